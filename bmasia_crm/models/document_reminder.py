from odoo import fields, models


class DocumentReminder(models.Model):
    """What customers are reminded of here. Each kind of reminder is a step of a rule
    (``_reminder_rule`` of a document's model) and has its label here.
    """

    _inherit = "document.reminder"

    kind = fields.Selection(
        selection_add=[
            ("renewal", "Renewal due"),
            ("overdue_7", "Overdue: first reminder"),
            ("overdue_14", "Overdue: second reminder"),
            ("overdue_21", "Overdue: last reminder"),
            ("quote_3", "Unanswered: first question"),
            ("quote_7", "Unanswered: second question"),
            ("withholding_30", "Certificate owed 30 days"),
            ("withholding_60", "Certificate owed 60 days"),
            ("withholding_90", "Certificate owed 90 days"),
        ],
        ondelete=dict.fromkeys(
            ("renewal", "overdue_7", "overdue_14", "overdue_21", "quote_3", "quote_7")
            + ("withholding_30", "withholding_60", "withholding_90"),
            "cascade",
        ),
    )
