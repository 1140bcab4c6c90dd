from base64 import b64encode

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_datetime, human_size

from odoo.addons.mail_delivery.tools.addresses import read
from odoo.addons.report_weasyprint.models.ir_actions_report import PrintRemarks

from ..exceptions import RepeatedLetter
from ..tools import variables
from ..tools.letter import encoded_size

NEAR_THE_LIMIT = 0.8  # of what the mail server takes; one more file, and it is over
TYPED = (("recipient_ids", "other_recipients"), ("cc_ids", "cc"))


class DocumentSendWizard(models.TransientModel):
    """One wizard for every document: who sends, to whom, which words, which PDF.

    It is saved before it is shown, so that the PDF can be previewed, and its id is the
    idempotency key: a second click on Send is answered and sends nothing.

    Contacts and typed addresses are two fields, which the form shows as one
    (``static/src/recipients``); ``typed_recipients`` and ``typed_cc`` tell it how the
    typed text was read.
    """

    _name = "document.send.wizard"
    _description = "Send a Document"
    _inherit = ["document.wizard.mixin", "document.send.remarks.mixin"]

    _opened_for = "document"
    _fixed = frozenset({"mail_template", "notice_id"})

    document = fields.Reference(
        selection="_selection_document", required=True, readonly=True
    )
    sender_line = fields.Char("From", compute="_compute_sender")
    sender_policy = fields.Selection(
        [("own", "Own Account"), ("relay", "Company Server"), ("block", "Blocked")],
        compute="_compute_sender",
    )
    limits_note = fields.Char("Sending Limits", compute="_compute_limits_note")
    customer_partner_id = fields.Many2one(
        "res.partner", compute="_compute_customer_partner_id"
    )
    recipient_ids = fields.Many2many(
        "res.partner", "document_send_wizard_to_rel", string="To"
    )
    other_recipients = fields.Char("Typed To", help="Separate several with commas.")
    typed_recipients = fields.Json(compute="_compute_typed")
    cc_ids = fields.Many2many(
        "res.partner",
        "document_send_wizard_cc_rel",
        string="CC",
        help="Gets the same message, and everybody sees it.",
    )
    cc = fields.Char("Typed CC", help="Separate several with commas.")
    typed_cc = fields.Json(compute="_compute_typed")
    greeting = fields.Char(readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")
    send_at = fields.Datetime(
        "Send Later", help="The e-mail waits until then and can be cancelled before."
    )
    notice_id = fields.Many2one("document.reminder", readonly=True)
    mail_template = fields.Char(readonly=True)
    contacts_info = fields.Html(compute="_compute_contacts_info", sanitize=False)
    mail_preview = fields.Html(compute="_compute_mail_preview")
    empty_variables = fields.Char(compute="_compute_mail_preview")
    subject = fields.Char(required=True)
    body = fields.Html(sanitize_style=True)
    filename = fields.Char("Attachment", compute="_compute_preview")
    preview = fields.Binary(compute="_compute_preview")
    preview_size = fields.Integer(compute="_compute_preview")
    preview_note = fields.Char(compute="_compute_preview")
    print_warning = fields.Char(compute="_compute_preview")
    size_note = fields.Char("Size", compute="_compute_size_note")
    size_level = fields.Selection(
        [("fits", "Fits"), ("near", "Nearly Too Large"), ("over", "Too Large")],
        compute="_compute_size_note",
    )
    outcome = fields.Text(readonly=True)
    repeat_note = fields.Text(readonly=True)
    attempt = fields.Integer(readonly=True)

    # ------------------------------------------------------------
    # WHAT IS SHOWN
    # ------------------------------------------------------------

    @api.model
    def _selection_document(self):
        return self.env["document.mixin"]._kind_selection()

    @api.model
    def _open_for(
        self, document, template=None, receives=None, reminder=None, files=()
    ):
        """A wizard with everything filled in, as an action.

        :param document: one record that can be sent
        :param str template: of a mail about the document that does not carry it
        :param str receives: who gets that unless somebody chooses
        :param reminder: the ``document.reminder`` that this mail settles
        :param files: attachments that go along
        """
        document.ensure_one()
        people = document._default_recipients(receives)
        to = people._delivery_addresses()
        wizard = self.create(
            {
                "document": f"{document._name},{document.id}",
                "recipient_ids": [Command.set(people.ids)],
                "greeting": document._greeting_of(to),
                "mail_template": template,
                "notice_id": reminder and reminder.id,
                "attachment_ids": [Command.set([file.id for file in files])],
                **document._prepare_mail(template=template, to=to),
            }
        )
        return wizard._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send %s", self.document.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("document")
    @api.depends_context("uid")
    def _compute_sender(self):
        for wizard in self:
            company = wizard.document.company_id
            sender = self.env.user._get_mail_sender(company)
            wizard.sender_line = sender.line
            wizard.sender_policy = sender.policy

    @api.depends("recipient_ids", "other_recipients", "cc_ids", "cc")
    @api.depends_context("uid", "lang", "tz")
    def _compute_limits_note(self):
        """How long it takes, where the mailbox has sending limits."""
        server = self.env.user._smtp_server()
        for wizard in self:
            typed = self._split(wizard.other_recipients) + self._split(wizard.cc)
            people = len(wizard.recipient_ids | wizard.cc_ids) + len(typed)
            wizard.limits_note = server._limit_forecast(people)

    @api.depends("other_recipients", "cc")
    @api.depends_context("lang")
    def _compute_typed(self):
        for wizard in self:
            wizard.typed_recipients = wizard._read_typed(wizard.other_recipients)
            wizard.typed_cc = wizard._read_typed(wizard.cc)

    def _read_typed(self, text):
        """How typed addresses were read: each with what is wrong with it, if anything.

        :rtype: list[dict]
        """
        found = read(text or "")
        return [
            {"text": box.formatted, "name": box.name, "address": box.address}
            for box in found.good
        ] + [
            {"text": part.typed, "problem": self.document._unreadable_sentence([part])}
            for part in found.bad
        ]

    @api.depends("document")
    def _compute_customer_partner_id(self):
        for wizard in self:
            wizard.customer_partner_id = wizard.document._customer_partner()

    @api.depends("document")
    def _compute_preview(self):
        for wizard in self:
            remarks = PrintRemarks()
            shown = wizard.with_context(print_remarks=remarks)
            pdf, name, note = shown._preview_values()
            wizard.print_warning = remarks.said(self.env)
            wizard.preview = pdf and b64encode(pdf)
            wizard.preview_size = len(pdf or b"")
            wizard.filename = name
            wizard.preview_note = note

    def _preview_values(self):
        """What would go out: the archived bytes, or a print of now, marked as draft."""
        if self.mail_template:
            return b"", False, False
        document = self.document
        archived = document._archived_pdf()
        if archived:
            content = archived.with_context(bin_size=False).raw
            return content, archived.name, False
        note = (
            False if document.name else self.env._("The number is assigned on sending.")
        )
        return document._render_pdf(preview=True), document._pdf_filename(), note

    @api.depends("document", "preview_size", "attachment_ids", "body")
    @api.depends_context("lang", "uid")
    def _compute_size_note(self):
        """What leaves, as large as it travels, and how much the mail server takes."""
        for wizard in self:
            sender = self.env.user._get_mail_sender(wizard.document.company_id)
            sizes = wizard.attachment_ids.mapped("file_size")
            size = encoded_size([*sizes, wizard.preview_size], wizard.body)
            limit = wizard.document._size_limit(sender)
            note = self.env._(
                "%(size)s of at most %(limit)s",
                size=human_size(size),
                limit=human_size(limit),
            )
            level = "over" if size > limit else "fits"
            if size > limit:
                note = self.env._("Too large: %s", note)
            elif size > limit * NEAR_THE_LIMIT:
                level = "near"
                note = self.env._("Nearly too large: %s", note)
            wizard.size_level = level
            wizard.size_note = note

    @api.depends("document")
    @api.depends_context("lang")
    def _compute_contacts_info(self):
        """Who there is at the customer's, and what each of them receives."""
        row = Markup("<li><b>%s</b>%s <span class='text-muted'>%s</span></li>")
        for wizard in self:
            rows = Markup("").join(
                row
                % (
                    contact.name or "",
                    contact.recipient_kind and f" · {contact.recipient_kind}",
                    " · ".join(filter(None, [contact.email, contact.recipient_hint])),
                )
                for contact in wizard.document._contacts("").sudo()
            )
            wizard.contacts_info = rows and Markup("<ul class='mb-0'>%s</ul>") % rows

    @api.depends(
        *("subject", "body", "recipient_ids", "other_recipients", "cc_ids", "cc"),
        *("attachment_ids", "send_at"),
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_mail_preview(self):
        """The mail as it will be read, heads and all."""
        row = Markup(
            "<tr class='align-top'><th class='pe-3 text-nowrap'>%s</th><td>%s</td></tr>"
        )
        for wizard in self:
            rows = Markup("").join(
                row % (label, text) for label, text in wizard._mail_heads() if text
            )
            wizard.mail_preview = (
                Markup("<table class='mb-3'>%s</table><div>%s</div>")
            ) % (rows, wizard.body or "")
            said = f"{wizard.subject or ''}{wizard.body or ''}"
            wizard.empty_variables = ", ".join(variables.empties(said))

    def _mail_heads(self):
        _, sender = self.env._, self.env.user._get_mail_sender(self.document.company_id)
        people = self.recipient_ids._delivery_addresses()
        copies = self.cc_ids._delivery_addresses()
        files = [self.filename, *self.attachment_ids.mapped("name")]
        when = self.send_at and format_datetime(self.env, self.send_at)
        return [
            (_("From"), sender.from_header),
            (_("To"), ", ".join([*people, *self._split(self.other_recipients)])),
            (_("CC"), ", ".join([*copies, *self._split(self.cc)])),
            (_("Sending at"), when),
            (_("Subject"), self.subject),
            (_("Files"), ", ".join(filter(None, files))),
            (_("Size"), self.size_note),
        ]

    @api.onchange("other_recipients", "cc")
    def _onchange_typed(self):
        """A typed address that is a contact of the customer's is that contact."""
        for chosen, typed in TYPED:
            if self[typed]:
                self._recognise(chosen, typed)

    def _recognise(self, chosen, typed):
        contacts = self.document._known_contacts().filtered("active")
        alone = contacts.filtered(lambda contact: len(read(contact.email).good) == 1)
        by_wire, found = self.document._by_wire(alone), read(self[typed])
        known = [by_wire[box.wire].id for box in found.good if box.wire in by_wire]
        if not known:
            return
        self[chosen] |= self.env["res.partner"].browse(known)
        rest = [box.formatted for box in found.good if box.wire not in by_wire]
        self[typed] = "; ".join([*rest, *(part.typed for part in found.bad)])

    @api.onchange("recipient_ids", "other_recipients")
    def _onchange_recipients(self):
        """Greet whom the mail is written to, as long as the greeting is ours."""
        to = self.recipient_ids._delivery_addresses()
        greeting = self.document._greeting_of(to + self._split(self.other_recipients))
        old, new = escape(self.greeting or ""), escape(greeting)
        if old and old != new and old in (self.body or ""):
            self.body = Markup(str(self.body).replace(old, new, 1))
            self.greeting = greeting

    # ------------------------------------------------------------
    # WHAT THE BUTTONS DO
    # ------------------------------------------------------------

    def action_set_up_mailbox(self):
        """Open the user's own mail settings in a new tab: what is written here stays.

        :returns: a URL action
        """
        return self.env.user.action_visit_mail_account()

    def action_send(self):
        """Send the document as shown.

        :returns: an action: the wizard again with the server response when somebody was
            refused, else a message
        :raises UserError: an address or a text is missing
        """
        self.ensure_one()
        self._check_opened()
        try:
            answer = self._send(f"{self._name}-{self.id}-{self.attempt}")
        except RepeatedLetter as repeated:
            # nothing is written yet: the user decides
            self.repeat_note = repeated.said
            return self._reopen()
        if answer["status"] in ("sent", "queued"):
            return self._close(answer)
        # what was typed stays; the next click is a new attempt for whom it failed
        self.write({"outcome": self._outcome(), "attempt": self.attempt + 1})
        self._keep_only_failed(answer)
        return self._reopen()

    def action_send_again(self):
        """Send what has just gone once more: the user was asked.

        :returns: as :meth:`action_send`
        """
        return self.with_context(document_send_again=True).action_send()

    def _check_opened(self):
        """A reminder is settled by a mail about its own document only, and nothing else
        but a reminder leaves without the document.
        """
        result = super()._check_opened()
        for wizard in self:
            named = wizard.mail_template
            if named and named not in wizard.document._reminder_templates():
                raise UserError(self.env._("No reminder is sent with this template."))
            about = wizard.notice_id.sudo()
            if about and about._document() != wizard.document.sudo():
                raise UserError(self.env._("The reminder belongs to another document."))
        return result

    def _send(self, key):
        letter = {"subject": self.subject, "body": self.body or ""}
        to = self._addresses(self.recipient_ids) + self._split(self.other_recipients)
        cc = self._addresses(self.cc_ids) + self._split(self.cc)
        extra = {
            "attachment_ids": self.attachment_ids.ids,
            "send_at": self.send_at,
            "send_again": bool(self.env.context.get("document_send_again")),
        }
        if not self.mail_template:
            return self.document.send_email(
                recipients=to, cc=cc, idempotency_key=key, **letter, **extra
            )
        letter.update(to=to, cc=cc)
        return self.document._send_notice(
            self.mail_template, "", letter, key, reminder=self.notice_id, **extra
        )

    def _addresses(self, partners):
        without = partners.filtered(lambda partner: not partner.email)
        if without:
            raise UserError(
                self.env._(
                    "%s has no e-mail address. Add one, or take the contact out.",
                    without[0].display_name,
                )
            )
        return partners._delivery_addresses()

    @api.model
    def _split(self, text):
        """What was typed, one entry per mailbox; what is none is refused by name."""
        found = read(text or "")
        typed = [part.typed for part in found.bad]
        return [box.formatted for box in found.good] + typed

    def _keep_only_failed(self, answer):
        """Those who got their copy are not sent another one by the next click."""
        done = [d["recipient"] for d in answer["deliveries"] if d["state"] == "sent"]
        if not done:
            return
        for chosen, typed in TYPED:
            whole, rest = self[chosen].browse(), [self[typed] or ""]
            for partner in self[chosen]:
                own = partner._delivery_addresses()
                if read(own, done).good == read(own).good:
                    whole |= partner
                else:
                    rest += own
            left = read(rest, done).good
            self.write(
                {
                    chosen: [Command.set(whole.ids)],
                    typed: ", ".join(box.formatted for box in left),
                }
            )

    def _outcome(self):
        """The result for each recipient, in words, then the server response."""
        lines = []
        for delivery in self.document._last_deliveries():
            said = " ".join(filter(None, [str(delivery.smtp_code), delivery.error]))
            line = f"{delivery.recipient}: {delivery.explanation}"
            lines.append(f"{line} ({said})" if delivery.smtp_code else line)
        return "\n".join(lines)

    def _draft_name(self):
        """What the browser calls an unsent text (``static/src/send/send_form.js``)."""
        about = (self.document._name, str(self.document.id), self.mail_template)
        return ",".join(filter(None, about))

    def _close(self, answer):
        return {
            "type": "ir.actions.client",
            "tag": "document_sent",
            "params": {
                "document": self._draft_name(),
                "type": "success" if answer["status"] == "sent" else "info",
                "message": answer["message"],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
