from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.transitions import Question, questions

_lt = LazyTranslate(__name__)
# What is asked of several kinds.
KEPT = _lt("Stays on the record. Not printed.")
SENDING = Question(
    "action_mark_sent", _lt("Mark as sent"), day=_lt("Sent on"), proposes="_today"
)
SIGNING = Question(
    "action_activate", _lt("Mark as signed"), day=_lt("Signed on"), proposes="_today"
)
REOPENING = Question(
    "action_reopen",
    _lt("Reopen"),
    reason=_lt("Reason for reopening"),
    hint=_lt("Stays in the history. Not printed."),
)


class BmasiaAskedMixin(models.AbstractModel):
    """A record whose transitions ask something first, in a dialog named after them.

    Gives: ``action_ask``, which a button calls with the name of the transition, as
    ``<button name="action_ask" args="['reject']" .../>``.

    A model says what is asked in its table of transitions (``asks``), and in
    ``_further_questions`` before what is no transition of the table.

    How it works: ``bmasia.transition.wizard`` is the dialog; it has fields and buttons
    as the questions name them.
    """

    _name = "bmasia.asked.mixin"
    _description = "Record Whose Transitions Ask Something"

    _further_questions = ()

    @api.model
    def _askable(self):
        """The models whose transitions ask something.

        :rtype: list[odoo.models.BaseModel]
        """
        names = self.env.registry.descendants([BmasiaAskedMixin._name], "_inherit")
        found = (self.env[name] for name in sorted(names))
        return [model for model in found if not model._abstract]

    @api.model
    def _questions(self):
        """What is asked, by the name of the transition.

        :rtype: dict
        """
        parts = type(self).mro()
        further = [
            question
            for part in parts
            for question in vars(part).get("_further_questions", ())
        ]
        return questions(getattr(self, "_transitions", {}), further)

    def action_ask(self, transition=None):
        """Ask for what a transition needs, then make it.

        :param str transition: the method that makes it, without ``action_``
        :returns: the action that opens the dialog
        :rtype: dict
        :raises UserError: there is no such transition
        """
        self.ensure_one()
        self._check_argument("transition", transition, "text")
        question = self._questions().get(transition)
        if not question:
            raise UserError(self._unknown_transition())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(question.title),
            "res_model": "bmasia.transition.wizard",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_document": f"{self._name},{self.id}",
                "default_transition": transition,
            },
        }

    def _unknown_transition(self):
        return self.env._(
            "%s has no such transition. Use the buttons on its form.",
            self.display_name,
        )

    def _may_go_on(self, method):
        """Whether a question's further step is this record's to make.

        :param str method: that makes it
        """
        return True
