from odoo import fields, models


class DocumentReminder(models.Model):
    """What the reminder of a delivery note is called."""

    _inherit = "document.reminder"

    kind = fields.Selection(
        selection_add=[("undelivered", "Nobody confirmed the delivery")],
        ondelete={"undelivered": "cascade"},
    )
