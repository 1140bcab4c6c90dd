from odoo import fields, models


class DocumentAnswerWizard(models.TransientModel):
    """The answer to a customer's question."""

    _name = "document.answer.wizard"
    _description = "Answer to a Question"
    _inherit = ["document.wizard.mixin"]
    _opened_for = "question_id"

    question_id = fields.Many2one(
        "document.question",
        "Customer's Question",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    asker = fields.Char(related="question_id.asker")
    question = fields.Text(related="question_id.question")
    document_name = fields.Char(related="question_id.document_name")
    answer = fields.Text(required=True)

    def action_confirm(self):
        """Send the answer and show it on the page.

        :returns: the action that closes the dialog
        :rtype: dict
        """
        self.ensure_one()
        self._check_opened()
        self.question_id.give_answer(self.answer)
        return {"type": "ir.actions.act_window_close"}

    def _check_opened(self):
        """Who answers may write the document; a question itself nobody writes."""
        for wizard in self:
            question = wizard.question_id
            question.check_access("read")
            question._record().check_access("write")
