from odoo import fields, models

AUTOMATIC_HEADERS = {
    # RFC 3834: no machine answers, and no answer of a machine is taken for a person's
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


class MailMail(models.Model):
    """A mail of a document knows what for it was written: one that people write in the
    chatter has no purpose here, and leaves whatever becomes of the document.
    """

    _inherit = "mail.mail"

    document_purpose = fields.Selection(
        [("document", "Carries the document"), ("reminder", "Reminds of it")],
        "Purpose",
        readonly=True,
        help="Empty for what people write in a document's chatter.",
    )
    document_reminder_id = fields.Many2one(
        "document.reminder", readonly=True, ondelete="set null"
    )
    reminder_facts = fields.Json(
        readonly=True, help="What the reminder says of the document, to be compared."
    )

    def _carries_its_files(self):
        """What people write in a document's chatter, too: what leaves has no link but
        ours, which ends and is called back.
        """
        kinds = self.env["document.mixin"]._kinds().values()
        is_of_document = self.model in {kind._name for kind in kinds}
        return is_of_document or super()._carries_its_files()
