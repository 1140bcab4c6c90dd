from base64 import b64encode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

SENDABLE = [
    ("bmasia.quote", "Quote"),
    ("bmasia.contract", "Contract"),
    ("bmasia.invoice", "Invoice"),
    ("bmasia.payment", "Receipt"),
]


class BmasiaSendWizard(models.TransientModel):
    """One wizard for every paper: who sends, to whom, which words, which PDF.

    It is saved before it is shown, so that the PDF can be previewed, and its id is the
    idempotency key: a second click on Send is answered and sends nothing.
    """

    _name = "bmasia.send.wizard"
    _description = "Send a Paper"

    paper = fields.Reference(SENDABLE, required=True, readonly=True)
    sender_line = fields.Char("From", compute="_compute_sender")
    sender_policy = fields.Selection(
        [("own", "Own Account"), ("relay", "Company Server"), ("block", "Blocked")],
        compute="_compute_sender",
    )
    customer_partner_id = fields.Many2one(
        "res.partner", compute="_compute_customer_partner_id"
    )
    recipient_ids = fields.Many2many("res.partner", string="To")
    other_recipients = fields.Char(
        "Further Addresses", help="Separate several with commas."
    )
    cc = fields.Char("CC", help="Gets the same message. Separate several with commas.")
    subject = fields.Char(required=True)
    body = fields.Html(sanitize_style=True)
    filename = fields.Char("Attachment", compute="_compute_preview")
    preview = fields.Binary(compute="_compute_preview")
    preview_note = fields.Char(compute="_compute_preview")
    outcome = fields.Text(readonly=True)
    attempt = fields.Integer(readonly=True)

    # ------------------------------------------------------------
    # WHAT IS SHOWN
    # ------------------------------------------------------------

    @api.model
    def _open_for(self, paper):
        """A wizard with everything filled in, as an action.

        :param paper: one record that can be sent
        """
        paper.ensure_one()
        wizard = self.create(
            {
                "paper": f"{paper._name},{paper.id}",
                "recipient_ids": [Command.set(paper._default_recipients().ids)],
                **paper._prepare_mail(),
            }
        )
        return wizard._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send %s", self.paper.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("paper")
    @api.depends_context("uid")
    def _compute_sender(self):
        for wizard in self:
            company = wizard.paper.company_id
            sender = self.env.user._get_mail_sender(company)
            wizard.sender_line = sender.line
            wizard.sender_policy = sender.policy

    @api.depends("paper")
    def _compute_customer_partner_id(self):
        for wizard in self:
            partner = wizard.paper.partner_id
            wizard.customer_partner_id = partner.commercial_partner_id

    @api.depends("paper")
    def _compute_preview(self):
        for wizard in self:
            pdf, name, note = wizard._preview_values()
            wizard.preview = b64encode(pdf)
            wizard.filename = name
            wizard.preview_note = note

    def _preview_values(self):
        """What would go out: the archived bytes, or a print of now."""
        paper = self.paper
        archived = paper._archived_pdf()
        if archived:
            return archived.raw, archived.name, False
        note = False if paper.name else self.env._("The number is assigned on sending.")
        return paper._render_pdf(), paper._pdf_filename(), note

    # ------------------------------------------------------------
    # WHAT THE BUTTONS DO
    # ------------------------------------------------------------

    def action_set_up_mailbox(self):
        """Open the user's own mail settings.

        :returns: an action
        """
        return self.env.user.action_open_mail_account()

    def action_send(self):
        """Send the paper as shown.

        :returns: an action: the wizard again with the server's words when somebody was
            refused, else a message
        :raises UserError: an address or a text is missing
        """
        self.ensure_one()
        answer = self.paper.send_email(
            recipients=self._recipients(),
            cc=self._split(self.cc),
            subject=self.subject,
            body=self.body,
            idempotency_key=f"{self._name}-{self.id}-{self.attempt}",
        )
        if answer["status"] in ("sent", "queued"):
            return self._close(answer)
        # what was typed stays; the next click is a new attempt for whom it failed
        self.write({"outcome": self._outcome(), "attempt": self.attempt + 1})
        self._keep_only_failed(answer)
        return self._reopen()

    def _recipients(self):
        without = self.recipient_ids.filtered(lambda partner: not partner.email)
        if without:
            raise UserError(
                self.env._(
                    "%s has no e-mail address. Add one, or take the contact out.",
                    without[0].display_name,
                )
            )
        formatted = self.recipient_ids.mapped("email_formatted")
        return formatted + self._split(self.other_recipients)

    @api.model
    def _split(self, text):
        parts = (text or "").replace(";", ",").replace("\n", ",").split(",")
        return [part.strip() for part in parts if part.strip()]

    def _keep_only_failed(self, answer):
        """Those who got their copy are not sent another one by the next click."""
        done = {d["recipient"] for d in answer["deliveries"] if d["state"] == "sent"}
        if not done:
            return
        self.recipient_ids = self.recipient_ids.filtered(
            lambda partner: partner.email_normalized not in done
        )
        for field in ("other_recipients", "cc"):
            left = [a for a in self._split(self[field]) if a.lower() not in done]
            self[field] = ", ".join(left)

    def _outcome(self):
        """What became of each recipient, in words, then the server's own."""
        lines = []
        for delivery in self.paper._last_deliveries():
            said = " ".join(filter(None, [str(delivery.smtp_code), delivery.error]))
            line = f"{delivery.recipient}: {delivery.explanation}"
            lines.append(f"{line} ({said})" if delivery.smtp_code else line)
        return "\n".join(lines)

    def _close(self, answer):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if answer["status"] == "sent" else "info",
                "message": answer["message"],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
