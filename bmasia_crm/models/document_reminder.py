from odoo import api, fields, models

from ..tools.roles import FINANCE


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

    @api.model
    def _todo_open(self):
        """Finance has overdue invoices and certificates under headings of their own."""
        chased = [("res_model", "not in", ("bmasia.invoice", "bmasia.receipt"))]
        is_finance = self.env.user.has_group(FINANCE)
        return [*super()._todo_open(), *(chased if is_finance else [])]
