from odoo import fields, models


class DocumentReminder(models.Model):
    """What customers are reminded of here."""

    _inherit = "document.reminder"

    kind = fields.Selection(
        selection_add=[
            ("renewal", "Renewal due"),
            ("overdue_7", "Overdue: first reminder"),
            ("overdue_14", "Overdue: second reminder"),
            ("overdue_21", "Overdue: last reminder"),
            ("quote_3", "Unanswered: first question"),
            ("quote_7", "Unanswered: second question"),
        ],
        ondelete=dict.fromkeys(
            ("renewal", "overdue_7", "overdue_14", "overdue_21", "quote_3", "quote_7"),
            "cascade",
        ),
    )
