from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.transitions import questions

# What is no document, and is voided with a reason as well.
BOOKED = ("bmasia.payment", "bmasia.write.off")


class BmasiaTransitionWizard(models.TransientModel):
    """Asks for the reason or the day that a transition of a document needs.

    Which transitions ask, for what, and the method that makes them, is said by the
    table of each kind of document (``asks``); no list of them is here. A question's
    ``field`` is one of this dialog's.
    """

    _name = "bmasia.transition.wizard"
    _description = "Reason or Day of a Transition"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "document"
    _fixed = frozenset({"transition"})

    document = fields.Reference(
        selection="_selection_document", required=True, readonly=True
    )
    transition = fields.Selection(
        selection="_selection_transition", required=True, readonly=True
    )
    asks_for = fields.Char(compute="_compute_asks_for")
    reason = fields.Text()
    day = fields.Date(compute="_compute_day", store=True, readonly=False)

    @api.model
    def _selection_document(self):
        kinds = self.env["document.mixin"]._kind_selection()
        booked = map(self.env["ir.model"].sudo()._get, BOOKED)
        return [*kinds, *((model.model, model.name) for model in booked)]

    @api.model
    def _selection_transition(self):
        """What the tables of all kinds ask for, as the buttons are called."""
        found = {}
        kinds = self.env["document.mixin"]._kinds().values()
        for kind in (*kinds, *map(self.env.__getitem__, BOOKED)):
            found.update(self._questions(kind))
        return [(name, self.env._(found[name].label)) for name in sorted(found)]

    @api.model
    def _questions(self, document):
        """The questions of a kind of document, by the name of the transition.

        :rtype: dict
        """
        parts = type(document).mro()
        further = [
            q for part in parts for q in vars(part).get("_further_questions", ())
        ]
        return questions(getattr(document, "_transitions", {}), further)

    @api.model
    def default_get(self, fields):
        """The document on whose form the button was pressed."""
        values = super().default_get(fields)
        model, document_id = (
            self.env.context.get(f"active_{x}") for x in ("model", "id")
        )
        if "document" in fields and document_id:
            values["document"] = f"{model},{document_id}"
        return values

    @api.depends("document", "transition")
    def _compute_day(self):
        for wizard in self:
            question = wizard._question()
            proposes = question and question.proposes
            proposed = proposes and getattr(wizard.document, proposes)()
            wizard.day = wizard.day or proposed

    @api.depends("document", "transition")
    def _compute_asks_for(self):
        for wizard in self:
            question = wizard._question()
            wizard.asks_for = question and question.field

    def _question(self):
        """What the document's own table asks for this transition, or None."""
        return self._questions(self.document).get(self.transition)

    def _check_opened(self):
        """A transition that this kind of document does not have is not asked for."""
        result = super()._check_opened()
        for wizard in self:
            if not wizard._question():
                raise UserError(
                    self.env._(
                        "%s has no such transition. Use the buttons on its form.",
                        wizard.document.display_name,
                    )
                )
        return result

    def action_confirm(self):
        """Make the transition.

        :returns: the action that opens what it made, else one that closes the wizard
        :rtype: dict
        :raises UserError: the answer is missing, or the document refuses the transition
        """
        self.ensure_one()
        self._check_opened()
        question = self._question()
        made = getattr(self.document, question.method)(self[question.field])
        close = {"type": "ir.actions.act_window_close"}
        return made if isinstance(made, dict) else close
