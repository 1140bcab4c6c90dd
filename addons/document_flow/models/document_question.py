from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import FormRefused
from ..tools import typed
from ..tools.todo import Todo
from .document_todo_mixin import WORK, _lt

LONGEST = 2000  # letters of a question or an answer; more is a letter
LONGEST_NAME = 80


class DocumentQuestion(models.Model):
    """A question that a customer asks on a document's page, and our answer.

    Gives: it is on the page, in the chatter, on My Day and in the mail of who is
    responsible; the answer is on the page and in a mail to the addresses on file.

    How it works: who asks proves nothing but that they have the link, so a name is what
    they typed, and the answer goes to those the link was sent to.
    """

    _name = "document.question"
    _description = "Customer's Question"
    _inherit = ["document.entity.mixin", "document.system.mixin", "document.todo.mixin"]
    _order = "id desc"
    _rec_name = "question"

    _todos = (
        Todo(
            "questions",
            _lt("Questions of customers"),
            WORK,
            domain="_todo_open",
            button=_lt("Answer"),
            method="action_answer",
            sequence=5,
            day="asked_date",
            when=_lt("Asked on"),
        ),
    )

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", "Billing Entity", readonly=True)
    link_id = fields.Many2one("document.link", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, index=True)
    document_name = fields.Char("Document Number", readonly=True)
    customer_name = fields.Char("Customer", readonly=True)
    asker = fields.Char("Asked By", readonly=True, help="As they typed it.")
    question = fields.Text(required=True, readonly=True)
    asked_date = fields.Datetime("Asked On", required=True, readonly=True)
    answer = fields.Text(readonly=True)
    answered_by_id = fields.Many2one("res.users", "Answered By", readonly=True)
    answered_date = fields.Datetime("Answered On", readonly=True)

    may_answer = fields.Boolean(compute="_compute_may_answer")

    _by_document = models.Index("(res_model, res_id)")

    @api.model
    def _ask(self, document, link, name, question):
        """Take a question from a page.

        :param document: that the page shows, as superuser
        :param link: the ``document.link`` that it was asked with
        :param str name: who asks, as typed
        :param str question: likewise
        :returns: the question
        :raises FormRefused: it is empty or too long
        """
        question, faults = typed.text(question), []
        if not question:
            faults.append(("question", self.env._("Type your question first.")))
        if len(question) > LONGEST:
            said = self.env._("A question has at most %s letters here.", LONGEST)
            faults.append(("question", said))
        FormRefused.check(faults)
        asked = self.sudo().create(
            {
                "res_model": document._name,
                "res_id": document.id,
                "company_id": document.company_id.id,
                "link_id": link.id,
                "user_id": document._responsible_people().filtered("active")[:1].id,
                "document_name": document.name,
                "customer_name": document._todo_customer(),
                "asker": typed.line(name)[:LONGEST_NAME],
                "question": question,
                "asked_date": fields.Datetime.now(),
            }
        )
        document._follow_question(asked)
        return asked

    def _record(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    @api.depends_context("uid")
    def _compute_may_answer(self):
        for question in self:
            question.may_answer = question._record().has_access("write")

    # ------------------------------------------------------------
    # THE ANSWER
    # ------------------------------------------------------------

    def action_answer(self):
        """Open the dialog for the answer.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer the question"),
            "res_model": "document.answer.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_question_id": self.id},
        }

    def give_answer(self, answer):
        """Answer on the page, and by mail from the acting user's account.

        :param str answer: plain text
        :returns: True
        :raises UserError: it is empty or too long, was answered before, or the mail
            cannot be written
        :raises AccessError: the document is not this user's to write
        """
        self.ensure_one()
        document = self._record()
        document.check_access("write")
        document._check_argument("answer", answer, "text")
        answer = typed.text(answer)
        if not answer:
            raise UserError(self.env._("Type the answer first."))
        if len(answer) > LONGEST:
            raise UserError(
                self.env._("An answer has at most %s letters here.", LONGEST)
            )
        self.lock_for_update()
        if self.answer:
            raise UserError(
                self.env._("%s has answered already.", self.answered_by_id.name)
            )
        self.sudo().write(
            {
                "answer": answer,
                "answered_by_id": self.env.uid,
                "answered_date": fields.Datetime.now(),
            }
        )
        document._mail_answer(self)
        return True

    # ------------------------------------------------------------
    # MY DAY
    # ------------------------------------------------------------

    def _todo_open(self):
        return [("answered_date", "=", False)]

    def _todo_customer(self):
        return self.customer_name or ""

    def _todo_name(self):
        return self.document_name or ""

    def _todo_record(self):
        return self._record()

    def _todo_why(self, todo):
        return self.question
