from odoo import api, models
from odoo.tools import format_date

from odoo.addons.mail_delivery.tools.addresses import read


class BmasiaSignedMixin(models.AbstractModel):
    """A contract or an amendment that its people sign online.

    Gives: its signatories as proposed signers, the customer's first, and that it is
    active once all have signed.

    The model has ``signatory_ids`` (``bmasia.signatory.mixin``) and
    ``action_activate``.
    """

    _name = "bmasia.signed.mixin"
    _description = "Document With Signatories That Is Signed Online"
    _inherit = ["document.signed.mixin"]

    def _awaits_signatures(self):
        return self.state == "sent"

    def _is_sent_by_asking(self):
        return self.state == "draft"

    def _proposed_signers(self):
        signatories = self.signatory_ids.sorted(lambda each: each.side == "seller")
        return [
            {
                "sequence": 10 * place,
                "side": signatory.side,
                "name": signatory.name,
                "title": signatory.title,
                "signatory_number": signatory.id,
                **self._reached_at(signatory),
            }
            for place, signatory in enumerate(signatories, 1)
        ]

    def _numbers_of_lines(self, side=None):
        rows = self.signatory_ids
        return set(rows.filtered(lambda row: side in (None, row.side)).ids)

    def _reached_at(self, signatory):
        """Where a signatory is reached, who is known by name only: a user of the
        entity, or a contact of the customer.

        :rtype: dict
        """
        if signatory.side == "seller":
            users = self.company_id.sudo().user_ids.filtered(
                lambda user: not user.share and user.name == signatory.name
            )
            return {"user_id": users[:1].id, "email": users[:1].email}
        contacts = self._known_contacts().filtered(
            lambda each: each.active and each.email and each.name == signatory.name
        )
        boxes = read(contacts[:1].email or "").good
        return {"user_id": False, "email": boxes[0].address if boxes else False}

    @api.depends("signed_date")
    def _compute_signatures_said(self):
        return super()._compute_signatures_said()

    def _say_signatures(self):
        """The day, once it is signed, online or by hand."""
        if self.signed_date:
            return format_date(self.env, self.signed_date)
        return super()._say_signatures()

    def _follow_signed(self, day):
        self.action_activate(day)
