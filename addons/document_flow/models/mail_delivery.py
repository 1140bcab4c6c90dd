from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import answers

WAITING = ("queued", "deferred")


class MailDelivery(models.Model):
    """A mail that waits for its time says so, and each row leads to what was sent.

    What somebody who left had waiting, their manager withdraws, or sends.
    """

    _inherit = "mail.delivery"

    # not related to the document, of whichever model that is: lists are filtered by it
    company_id = fields.Many2one(
        "res.company",
        "Billing Entity",
        compute="_compute_company_id",
        store=True,
        index=True,  # who sees few of them must not read all to find these
        help="Of the document. Empty: the mail belongs to none.",
    )
    attachment_ids = fields.Many2many(
        related="mail_message_id.attachment_ids", string="Sent Files"
    )
    document_name = fields.Char(compute="_compute_document_name")

    held_for_id = fields.Many2one(related="mail_id.held_for_id", string="Held For")
    can_take_over = fields.Boolean(compute="_compute_can_take_over")

    @api.depends("model", "res_id")
    def _compute_company_id(self):
        for model, rows in self.grouped("model").items():
            documents = self.env.get(model) if model else None
            if getattr(documents, "_entity_path", "") != "company_id":
                rows.company_id = False
                continue
            known = documents.sudo().browse(set(rows.mapped("res_id"))).exists()
            entities = {document.id: document.company_id for document in known}
            for row in rows:
                row.company_id = entities.get(row.res_id)

    @api.depends("model", "res_id")
    def _compute_document_name(self):
        for row in self:
            model = self.env.get(row.model) if row.model else None
            document = model is not None and model.browse(row.res_id).exists()
            row.document_name = document.display_name if document else False

    def _explain(self):
        leaves = self.reason != "held" and self.sudo().mail_id.scheduled_date
        if self.state == "queued" and leaves and leaves > fields.Datetime.now():
            when = fields.Datetime.context_timestamp(self, leaves)
            return self.env._("It will be sent at %s.", when.strftime("%Y-%m-%d %H:%M"))
        return super()._explain()

    def _most_severe(self):
        """The row whose explanation tells how it goes with all of these: the state that
        people must look at goes first. None when all were sent.
        """
        trouble = self.filtered(lambda row: row.state != "sent")
        state = answers.send_state(trouble.mapped("state"))
        return trouble.filtered(lambda r: answers.send_state([r.state]) == state)[:1]

    def action_open_files(self):
        """Open exactly the files that were sent with this mail.

        :returns: an action
        :rtype: dict
        :raises UserError: the mail carried no file
        """
        self.ensure_one()
        self.check_access("read")
        files = self.mail_message_id.attachment_ids
        if not files:
            raise UserError(self.env._("This mail carried no file."))
        if len(files) == 1:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{files.id}?download=true",
                "target": "new",
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sent Files"),
            "res_model": "ir.attachment",
            "views": [[False, "kanban"], [False, "list"]],
            "domain": [["id", "in", files.ids]],
        }

    def export_data(self, fields_to_export):
        """As of Odoo, which gives external ids of records that the user may not read.

        :param list fields_to_export: Odoo's
        :returns: Odoo's
        :raises AccessError: not this user's to read
        """
        self.check_access("read")
        return super().export_data(fields_to_export)

    # ------------------------------------------------------------
    # HELD MAILS
    # ------------------------------------------------------------

    @api.depends("held_for_id", "state")
    @api.depends_context("uid")
    def _compute_can_take_over(self):
        for row in self:
            is_mine = row.held_for_id == self.env.user
            row.can_take_over = is_mine and row.state in WAITING

    def _check_access(self, operation):
        """Who decides about a mail reads its rows."""
        result = super()._check_access(operation)
        if not result or operation != "read" or not self:
            # without records the question is about the model
            return result
        forbidden, error = result
        held = forbidden.sudo().filtered(lambda row: row.held_for_id.id == self.env.uid)
        forbidden -= held.with_env(self.env)
        return (forbidden, error) if forbidden else None

    def action_take_over(self):
        """Send held mails in one's own name, from one's own mailbox.

        :returns: True
        :raises AccessError: somebody else decides about them
        :raises UserError: they wait no more, or the user has no working mailbox
        """
        mails = self._held_mails()
        mails._take_over()
        rows = mails._delivery_rows()
        rows.filtered(lambda row: row.state in WAITING).write({"user_id": self.env.uid})
        requests = self.env["document.send.request"].sudo()
        headers = rows.mapped("message_id_header")
        requests.search([("message_id_header", "in", headers)]).write(
            {"sender": self.env.user._sender_header()}
        )
        rows._settle()
        mails._deliver_after_commit()
        return True

    def action_withdraw(self):
        """Do not send held mails; the document can be sent again.

        :returns: True
        :raises AccessError: somebody else decides about them
        :raises UserError: they wait no more
        """
        mails = self._held_mails()
        mails.cancel()
        mails._delivery_rows()._settle()
        return True

    def _held_mails(self):
        """The mails of these rows, as superuser."""
        self.check_access("read")
        rows = self.sudo()
        if rows.held_for_id - self.env.user or not all(r.held_for_id for r in rows):
            raise AccessError(
                self.env._("Only the manager it waits for decides about this mail.")
            )
        if any(row.state not in WAITING for row in rows):
            raise UserError(self.env._("This e-mail is no longer waiting. Reload."))
        return rows.mail_id
