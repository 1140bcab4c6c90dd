import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail_delivery.tools.addresses import read

from ..tools.letter import Letter
from .document_link import CALLABLE
from .mail_mail import AUTOMATIC_HEADERS

# How a portal's chatter lets people without an account in.
CHATTER_KEYS = ("hash", "pid", "token")
A_DAY = 24 * 60  # minutes
OURS = "user"  # what Odoo calls those of a mail's readers who are our own people
BUTTON = Markup(
    '<p style="margin:24px 0 0"><a href="%(address)s" style="display:inline-block;'
    "padding:10px 18px;border-radius:4px;background:%(colour)s;color:#ffffff;"
    'font-weight:bold;text-decoration:none">%(label)s</a></p>'
    '<p style="margin:6px 0 0;font-size:12px;color:#495057">%(note)s</p>'
)


class DocumentLinkedMixin(models.AbstractModel):
    """A document that its customer opens in the browser, with the link of a mail.

    Gives: a link in each mail to the customer, new ones on request, the day on which
    they end, and whether the page was viewed.

    A model has its name in addresses (``_plural``), another one for its links where
    that is taken (``_link_name``), and says until when what it says matters
    (``_link_matters_until``).

    How it works: keys are those of ``document.link``, one per mail. Core's own token is
    none here: core takes it for a key to the chatter, too, and who has a mail would
    read what was written to others, and write in the name of the addressee.
    """

    _name = "document.linked.mixin"
    _description = "Document Behind a Link"
    _inherit = ["document.mailed.mixin", "portal.mixin"]
    _mail_post_token_field = "chatter_token"
    _kept_fields = frozenset({"access_token"})

    # Set by the model: the kind's name in addresses, as "quotes"; in links, if another.
    _plural = ""
    _link_name = ""

    chatter_token = fields.Char(
        compute="_compute_chatter_token", groups=fields.NO_ACCESS
    )
    link_ids = fields.One2many(
        "document.link",
        "res_id",
        "Links",
        domain=lambda self: [
            ("res_model", "=", self._name),
            ("purpose", "!=", "preview"),
        ],
        readonly=True,
    )
    may_write = fields.Boolean(compute="_compute_may_write")
    viewed_date = fields.Datetime(
        "Viewed On",
        readonly=True,
        copy=False,
        help="When somebody first looked at its page. Programs that only follow the "
        "link do not count.",
    )

    @api.depends_context("uid")
    def _compute_may_write(self):
        for document in self:
            document.may_write = document.has_access("write")

    # ------------------------------------------------------------
    # CORE'S KEYS OPEN NOTHING
    # ------------------------------------------------------------

    @api.model
    def _name_in_links(self):
        """The kind's name in the addresses of links."""
        return self._link_name or self._plural

    def _compute_access_url(self):
        for document in self:
            document.access_url = f"/my/{self._name_in_links()}/{document.id}"

    def _compute_chatter_token(self):
        for document in self:
            document.chatter_token = secrets.token_urlsafe()

    def _portal_ensure_token(self):
        """A token that opens nothing, for callers in core that ask for one."""
        return secrets.token_urlsafe()

    def _sign_token(self, pid):
        """No signature of a contact opens the chatter, either."""
        return secrets.token_hex()

    @api.model
    def _get_thread_with_access(self, thread_id, **access):
        rights = {key: access[key] for key in access if key not in CHATTER_KEYS}
        return super()._get_thread_with_access(thread_id, **rights)

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    def get_portal_url(self, *_suffixes, **_options):
        """The path of a new link, for programs that write their own mails.

        :returns: the path below our own address, as core's; it can be had once, and is
            called back on the form
        :rtype: str
        :raises UserError: there is nothing to show yet
        """
        self.ensure_one()
        self.check_access("write")
        return urlsplit(self._new_link()).path

    def _get_share_url(self, *_arguments, **_options):
        return self.get_portal_url()

    def _new_link(self, purpose="mail", **values):
        """
        :param str purpose: of :class:`DocumentLink`
        :param values: of :meth:`DocumentLink._make`
        :returns: the address of a new link
        :raises UserError: there is nothing to show yet
        """
        self.ensure_one()
        if not (self.name and self._kept_pdf()):
            raise UserError(
                self.env._(
                    "%s was not issued yet: its page has nothing to show.",
                    self.display_name,
                )
            )
        return self.env["document.link"]._make(self, purpose, **values)[1]

    def _is_there(self):
        """Whether a customer who comes finds something. A mail that was refused by
        all leaves a draft, with a link that nobody has.
        """
        # whether the file still says the same is not asked: a list has many documents
        return not self._is_draft() and bool(self.archive_ids)

    def action_open_page(self):
        """Open the page as the customer has it, without a trace that they viewed it.

        :returns: an action
        :rtype: dict
        :raises UserError: there is nothing to show yet
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_url",
            "url": self._new_link("preview"),
            "target": "new",
        }

    def _visit_address(self):
        """The page for somebody who is logged in: one of us, or the customer's people.

        :returns: the address of a link that lasts a day
        :raises AccessError: it is not this user's to read
        :raises UserError: there is nothing to show yet
        """
        user, document = self.env.user, self.sudo()
        if not user._is_internal() and document._is_for(user):
            return document._new_link("visit")
        self.check_access("read")
        return document._new_link("preview")

    def _is_for(self, user):
        """Whether a customer's login shows this document; asked as superuser.

        :param user: a ``res.users`` of the portal
        :rtype: bool
        """
        return False

    def action_call_back_links(self):
        """Let none of the links to these documents open anything any more.

        :returns: True
        """
        self.check_access("write")
        here = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        links = self.env["document.link"].sudo().search(here)
        links = links.filtered(lambda link: link.state in CALLABLE)
        links.sudo(self.env.su).action_call_back()
        return True

    def _link_matters_until(self):
        """The day until which this document asks for something, or holds.

        :rtype: date
        """
        return self.company_id._local_day(self.sent_date or fields.Datetime.now())

    def _link_last_day(self, link=None):
        """The last day of a link: as long after that as the entity says, or after the
        day of the link itself where that is later.

        :param link: a ``document.link``; default: one that is made today
        :rtype: date
        """
        made = link.create_date if link else fields.Datetime.now()
        day = max(self._link_matters_until(), self.company_id._local_day(made))
        return day + timedelta(days=self.company_id.sudo().link_days)

    def _opens_by_link(self):
        """Whether a mail's link opens this document: as long as whom it was written to
        is somebody we know.

        :rtype: bool
        """
        self.ensure_one()
        return self._is_for_customer() and all(self.partner_id.mapped("active"))

    def _is_for_customer(self):
        """Whether its customer is one: none that was archived.

        :rtype: bool
        """
        return all(self._customer_partner().mapped("active"))

    def _is_open_to(self, user, operation="read"):
        """Whether a user may read this document, whichever of their companies somebody
        has ticked.

        :param user: a ``res.users``
        :param str operation: ``read``, or ``write``
        :rtype: bool
        """
        ticked = {"allowed_company_ids": user.company_ids.ids}
        return self.with_user(user).with_context(**ticked).has_access(operation)

    def _why_not_valid(self):
        """What the reader of a document should know before its file, or False."""
        self.ensure_one()
        ended = self._ended_states | self._void_states
        if "state" not in self._fields or self.state not in ended:
            return False
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(kind)s %(number)s is %(state)s. What its file says no longer holds.",
            kind=self._kind_label().capitalize(),
            number=self.name,
            state=states[self.state].lower(),
        )

    # ------------------------------------------------------------
    # IN MAILS
    # ------------------------------------------------------------

    def _mail_html(self, message, letter):
        """The mail's text with the button that opens the page."""
        document = self.with_context(lang=self._get_print_lang())
        body = super()._mail_html(message, letter)
        if not (self.name and self._kept_pdf()):
            return body  # about a draft
        label, note = document._words_of_link(letter)
        button = BUTTON % {
            "address": document._new_link(**document._values_of_link(message, letter)),
            "colour": self.env["document.report.values"]._accent_text(self),
            "label": label,
            "note": note,
        }
        return body + document._in_its_own_language(button)

    def _values_of_link(self, message, letter):
        """Of the link that a mail carries: those of :meth:`_new_link`.

        :param message: the ``mail.message``
        :param Letter letter: its words and recipients
        :rtype: dict
        """
        recipients = ", ".join(box.address for box in read([*letter.to]).good)
        return {"message_id": message.id, "recipients": recipients}

    def _words_of_link(self, letter):
        """What stands on the button and below it, in the document's language.

        :rtype: tuple[str, str]
        """
        label = self.env._(
            "Open %(kind)s %(number)s online",
            kind=self._kind_label(),
            number=self.name,
        )
        note = self.env._(
            "Whoever has this link sees the document, until %s.",
            self._format_day(self._link_last_day()),
        )
        return label, note

    def _notify_get_recipients_classify(self, message, *arguments, **options):
        """What people write to the customer in the chatter leads its readers to the
        page: contacts of the customer, and nobody else who is named there.
        """
        groups = super()._notify_get_recipients_classify(message, *arguments, **options)
        if not self:
            return groups
        own = [g for g in groups if g["notification_group_name"] == OURS]
        rest = [g for g in groups if g["notification_group_name"] != OURS]
        told = list(self._split_by_contact(rest))
        among_us = message.is_internal or message.subtype_id.internal
        opens = self._is_there() and not among_us
        readers = [group for is_known, group in told if is_known and opens]
        address = ""
        if readers:
            values = {"message_id": message.id, "recipients": self._read_by(readers)}
            address = self.sudo()._new_link(**values)
        for is_known, group in told:
            group["has_button_access"] = is_known and opens
            group["button_access"] = {**group["button_access"], "url": address}
        return own + [group for _is_known, group in told]

    def _split_by_contact(self, groups):
        """Groups of readers of whom all are contacts of the customer, or none is."""
        known = set(self._known_contacts().ids)
        for group in groups:
            rows = group["recipients_data"]
            for is_known in (True, False):
                own = [row for row in rows if (row["id"] in known) == is_known]
                if own:
                    ids = [row["id"] for row in own if row["id"]]
                    parts = {"recipients_data": own, "recipients_ids": ids}
                    yield is_known, {**group, **parts}

    def _read_by(self, groups):
        ids = [row["id"] for group in groups for row in group["recipients_data"]]
        partners = self.env["res.partner"].sudo().browse(filter(None, ids))
        return ", ".join(filter(None, partners.mapped("email_normalized")))

    # ------------------------------------------------------------
    # A NEW LINK, BY MAIL
    # ------------------------------------------------------------

    def _known_recipients(self, link):
        """Whom a new link goes to: those of the mail of an old one, or whose login it
        was made for, who are still contacts of the customer; else who gets this
        document anyway. Never an address that somebody outside types.

        :param link: a ``document.link``
        :returns: addresses
        :rtype: tuple[str, ...]
        """
        contacts = self._by_wire(self._known_contacts().filtered("active"))
        boxes = read(link.recipients or link.user_id.email or "").good
        known = tuple(box.formatted for box in boxes if box.wire in contacts)
        return known or self._addresses_of(self._default_recipients())

    def _addresses_of(self, contacts):
        boxes = read(contacts._delivery_addresses()).good
        return tuple(box.formatted for box in boxes)

    def _send_new_link(self, link):
        """Mail a new link to the addresses on file.

        :param link: the one that is over
        :returns: whether a mail was written
        :rtype: bool
        """
        document = self.with_context(lang=self._get_print_lang())
        words = {"kind": document._kind_label(), "number": document.name}
        subject = document.env._("A new link to %(kind)s %(number)s", **words)
        text = document.env._(
            "You asked for a new link to %(kind)s %(number)s. Here it is.", **words
        )
        return self._mail_customer(
            self._known_recipients(link), subject, Markup("<p>%s</p>") % text
        )

    def _mail_customer(self, to, subject, body):
        """Mail the customer in the responsible person's name, without the document.

        It carries a link, and leaves right after the commit. Where it cannot, the
        responsible person is told.

        :param tuple to: addresses
        :param str subject: in the document's language
        :param Markup body: likewise
        :returns: whether a mail was written
        :rtype: bool
        """
        return self._mail_letter(Letter(to, (), subject, body))

    def _mail_letter(self, letter):
        """As :meth:`_mail_customer`.

        :param Letter letter: its words and recipients
        """
        self.ensure_one()
        try:
            document = self._as_responsible()
            sender = document._check_sender()
            if not letter.to:
                raise UserError(self.env._("No contact has an e-mail address."))
        except UserError as error:
            self._follow_mail_not_written(letter.subject, str(error))
            return False
        nothing = self.env["ir.attachment"]
        automatic = {"headers": repr(AUTOMATIC_HEADERS)}
        mail = document._write_mail(letter, sender, nothing, automatic)
        mail.send_after_commit()
        return True

    def _as_responsible(self):
        """This document in the name of who answers for it: the acting user, else who is
        responsible. They need not have chosen that reminders leave automatically: the
        customer has asked.

        :raises UserError: nobody is
        """
        if self.env.uid != SUPERUSER_ID and self.env.user._is_internal():
            return self
        user = self._responsible_people().filtered("active")[:1]
        if not user:
            raise UserError(self.env._("Nobody is responsible for this document."))
        return self.with_user(user).sudo(self.env.su)

    # ------------------------------------------------------------
    # WHAT WE LEARN
    # ------------------------------------------------------------

    def _follow_viewed(self, link):
        """Somebody looked at the page.

        :param link: the ``document.link`` that they came with
        """
        if self.viewed_date:
            return
        self.sudo().viewed_date = fields.Datetime.now()
        who = link.recipients
        self._log_for_us(
            self.env._("The customer viewed the page (link sent to %s).", who)
            if who
            else self.env._("The customer viewed the page.")
        )

    def _follow_limit(self):
        """Somebody does something on the page so often that it is refused. Who is
        responsible learns it, once a day.
        """
        attempts = self.env["document.attempt"].sudo()
        if not attempts._allows("limit told", f"{self._name},{self.id}", 1, A_DAY):
            return
        user = self._responsible_people().filtered("active")[:1]
        document = self.with_context(
            lang=user.lang or self.env.lang, mail_activity_quick_update=True
        )
        document._ask_colleague(
            document.env._("Look at the links of %s", document.name),
            document.env._(
                "Somebody uses its page so often that it refuses them for now. If a "
                "link is in the wrong hands, call it back and send a new one."
            ),
        )

    def _follow_mail_not_written(self, subject, why):
        """A mail that the customer waits for could not be written."""
        user = self._responsible_people().filtered("active")[:1]
        document = self.with_context(lang=user.lang or self.env.lang)
        _ = document.env._
        document._log_for_us(
            _("“%(subject)s” could not be sent: %(why)s", subject=subject, why=why)
        )
        document._ask_colleague(_("Write to the customer: %s", subject), why)

    def _ask_colleague(self, summary, note):
        """An activity for who is responsible, due today.

        :returns: the activity; empty if nobody is
        :rtype: mail.activity
        """
        user = self._responsible_people().filtered("active")[:1]
        if not user:
            return self.env["mail.activity"]
        return self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=Markup("<p>%s</p>") % note,
            user_id=user.id,
            date_deadline=self._today(),
        )

    def _log_for_us(self, text):
        """A line in the chatter that only our own people read."""
        self.sudo()._message_log(body=Markup("<p>%s</p>") % text)
