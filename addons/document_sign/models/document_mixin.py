from zoneinfo import ZoneInfo

from odoo import fields, models

from ..tools.mailboxes import mailboxes
from ..tools.wishes import Origin

VIEWED_AGAIN = 24  # hours after which a view with the same link is noted again


class DocumentMixin(models.AbstractModel):
    """What happened around a document, and what its customer answered.

    Gives: events and answers, and the evidence pack of both.

    How it works: whoever sees something happen calls ``_record_event``.
    """

    _name = "document.mixin"
    _inherit = ["document.evidence.mixin", "document.mixin"]

    event_ids = fields.One2many(
        "document.event",
        "res_id",
        "Events",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )
    acceptance_ids = fields.One2many(
        "document.acceptance",
        "res_id",
        "Answers",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )

    def _record_event(
        self, kind, who="", address="", origin: Origin | None = None, link=None, **facts
    ):
        """Note for good what happened: see :meth:`DocumentEvent._append`.

        :returns: the event
        """
        return self.env["document.event"]._append(
            self, kind, who, address, origin, link, **facts
        )

    def _follow_viewed(self, link):
        """Noted once a day for each link: a page is loaded many times."""
        result = super()._follow_viewed(link)
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=VIEWED_AGAIN)
        seen = self.event_ids.filtered(
            lambda event: event.kind == "viewed"
            and event.link_number == link.id
            and event.moment > since
        )
        if not seen:
            self._record_event("viewed", link.recipients or "", link=link)
        return result

    def _follow_question(self, question):
        result = super()._follow_question(question)
        self._record_event("asked", question.asker or "", link=question.link_id)
        return result

    def _our_mailboxes(self, former=True):
        """The mailboxes of our own people and entities: whoever reads them neither
        answers nor signs for a customer.

        :param bool former: also of colleagues who left: their mail may still be read
        :rtype: frozenset
        """
        env = self.with_context(active_test=not former).env
        people = env["res.users"].sudo().search([("share", "=", False)])
        entities = env["res.company"].sudo().search([])
        return mailboxes(
            [
                *people.mapped("login"),
                *people.mapped("email"),
                *entities.partner_id.mapped("email"),
            ]
        )

    def _send_new_link(self, link):
        """A signer's link is followed by one of their own, as long as they can sign;
        one of us has a button.
        """
        signer = link.signer_id
        if signer.user_id or (signer and not signer._why_shut()):
            return signer._ask_again()
        return super()._send_new_link(link)

    def _local_moment(self, moment):
        """As ISO 8601 writes it, with the zone's name: ``2026-01-31 16:05:00+07:00
        (Asia/Bangkok)``.
        """
        zone = self.company_id.time_zone
        there = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
        return f"{there.isoformat(' ', 'seconds')} ({zone})"
