from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import answers


class MailDelivery(models.Model):
    """A mail that waits for its time says so, and each row leads to what was sent."""

    _inherit = "mail.delivery"

    # not related to the document, of whichever model that is: lists are filtered by it
    company_id = fields.Many2one(
        "res.company",
        "Billing Entity",
        compute="_compute_company_id",
        store=True,
        help="Of the document. Empty: the mail belongs to none.",
    )
    attachment_ids = fields.Many2many(
        related="mail_message_id.attachment_ids", string="Sent Files"
    )
    document_name = fields.Char("Document", compute="_compute_document_name")

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
