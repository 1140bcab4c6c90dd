from copy import copy

from odoo import api, fields, models
from odoo.exceptions import UserError


class BmasiaTransitionWizard(models.TransientModel):
    """Asks for the reason or the day that a transition of a document needs.

    Which transitions ask, for what, in which words, and the method that makes them, is
    said by the table of each kind of document (``asks``); no list of them is here. The
    form has a field and a button for each text of the tables, of which the question's
    own are shown.
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
    question = fields.Char(compute="_compute_question")
    steps = fields.Char(
        compute="_compute_question", help="Methods that may follow in the same click."
    )
    reason = fields.Text()
    day = fields.Date(compute="_compute_day", store=True, readonly=False)
    offered_ids = fields.Many2many(
        "bmasia.quote.line", compute="_compute_offered_ids", string="Offered"
    )
    option_ids = fields.Many2many("bmasia.quote.line", string="Chosen Options")

    # ------------------------------------------------------------
    # WHAT IS ASKED
    # ------------------------------------------------------------

    @api.model
    def _selection_document(self):
        models = map(self.env["ir.model"].sudo()._get, self._questions_of_all())
        return [(model.model, model.name) for model in models]

    @api.model
    def _selection_transition(self):
        """What the tables of all kinds ask for, by the names of the transitions."""
        found = {}
        for questions in self._questions_of_all().values():
            found.update(questions)
        return [(name, self.env._(found[name].title)) for name in sorted(found)]

    @api.model
    def _questions_of_all(self):
        """The questions of each model, by the name of the transition.

        :rtype: dict[str, dict]
        """
        models = self.env["bmasia.asked.mixin"]._askable()
        return {model._name: model._questions() for model in models}

    @api.model
    def default_get(self, fields):
        """The document on whose form the button was pressed."""
        values = super().default_get(fields)
        model, document_id = (
            self.env.context.get(f"active_{x}") for x in ("model", "id")
        )
        if "document" in fields and "document" not in values and document_id:
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
    def _compute_question(self):
        for wizard in self:
            question, document = wizard._question(), wizard.document
            wizard.question = question and f"{document._name}/{question.name}"
            steps = question.then if question else ()
            wizard.steps = " ".join(
                method for method, _title in steps if document._may_go_on(method)
            )

    @api.depends("document", "transition")
    def _compute_offered_ids(self):
        for wizard in self:
            question = wizard._question()
            asks = question and question.options
            wizard.offered_ids = asks and wizard.document._optional_lines()

    def _question(self):
        """What the document's own table asks for this transition, or None."""
        return self.document and self.document._questions().get(self.transition)

    def _check_opened(self):
        """A transition that this kind of document does not have is not asked for."""
        result = super()._check_opened()
        for wizard in self:
            if not wizard._question():
                raise UserError(wizard.document._unknown_transition())
        return result

    # ------------------------------------------------------------
    # IN THE QUESTION'S OWN WORDS
    # ------------------------------------------------------------

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._put_words(arch)
        return arch, view

    @api.model
    def _put_words(self, arch):
        """A field and a button for each text of the tables, instead of one for all."""
        for name in ("reason", "day"):
            field = arch.find(f".//field[@name='{name}']")
            for (label, hint), keys in self._keys_by_words(name, "hint").items():
                shown = f"question in {keys}"
                values = {"string": label, "placeholder": hint, "required": shown}
                _copied(field, **values, invisible=f"not ({shown})")
            field.getparent().remove(field)
        button = arch.find(".//button[@name='action_confirm']")
        for (title,), keys in self._keys_by_words("title").items():
            _copied(button, string=title, invisible=f"question not in {keys}")
        button.getparent().remove(button)
        button = arch.find(".//button[@name='action_confirm_and']")
        for method, title in self._further_steps():
            offered = f"'{method}' in (steps or '')"
            values = {"string": title, "args": f"['{method}']"}
            _copied(button, **values, invisible=f"not ({offered})")
        button.getparent().remove(button)

    @api.model
    def _keys_by_words(self, name, *others):
        """The questions that have the same words in some of their texts.

        :param str name: of the first text; without it, nothing is asked
        :rtype: dict[tuple, list[str]]
        """
        found = {}
        for model, questions in self._questions_of_all().items():
            for question in questions.values():
                if getattr(question, name):
                    texts = (getattr(question, each) for each in (name, *others))
                    words = tuple(text and self.env._(text) for text in texts)
                    found.setdefault(words, []).append(f"{model}/{question.name}")
        return found

    @api.model
    def _further_steps(self):
        """What some click goes on with: pairs of a method and what the button says."""
        steps = {
            method: title
            for questions in self._questions_of_all().values()
            for question in questions.values()
            for method, title in question.then
        }
        return [(method, self.env._(title)) for method, title in steps.items()]

    # ------------------------------------------------------------
    # DONE
    # ------------------------------------------------------------

    def action_confirm(self):
        """Make the transition.

        :returns: the action that opens what it made, else one that closes the wizard
        :rtype: dict
        :raises UserError: the answer is missing, or the document refuses the transition
        """
        self.ensure_one()
        self._check_opened()
        question = self._question()
        answers = [self[name] for name in question.fields]
        chosen = {"option_ids": self.option_ids.ids} if question.options else {}
        made = getattr(self.document, question.method)(*answers, **chosen)
        close = {"type": "ir.actions.act_window_close"}
        return made if isinstance(made, dict) else close

    def action_confirm_and(self, step=None):
        """Make the transition, and go on with what usually follows.

        :param str step: the document's method that does, of those that are offered
        :returns: the action that opens what that made
        :rtype: dict
        :raises UserError: as :meth:`action_confirm`; another step
        """
        self.ensure_one()
        self._check_opened()
        if step not in (self.steps or "").split():
            raise UserError(self.document._unknown_transition())
        self.action_confirm()
        return getattr(self.document, step)()


def _copied(node, **attributes):
    """Another node like this one, before it."""
    copied = copy(node)
    for name, value in attributes.items():
        copied.set(name, value)
    node.addprevious(copied)
