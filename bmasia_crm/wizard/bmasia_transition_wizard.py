from odoo import api, fields, models

# The method that makes each transition, and the field of the answer that it asks for.
TRANSITIONS = {
    "reject": ("action_reject", "reason"),
    "extend": ("action_extend", "day"),
    "activate": ("action_activate", "day"),
    "cancel": ("action_cancel", "reason"),
    "credit": ("action_credit", "reason"),
    "dispute": ("action_dispute", "reason"),
    "promise": ("action_promise", "day"),
    "void": ("action_void", "reason"),
}


class BmasiaTransitionWizard(models.TransientModel):
    """Asks for the reason or the day that a transition of a document needs."""

    _name = "bmasia.transition.wizard"
    _description = "Reason or Day of a Move"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "document"
    _fixed = frozenset({"transition"})

    document = fields.Reference(
        selection="_selection_document", required=True, readonly=True
    )
    transition = fields.Selection(
        [
            ("reject", "Declined"),
            ("extend", "Extend"),
            ("activate", "Signed"),
            ("cancel", "Cancel"),
            ("credit", "Credit"),
            ("dispute", "Disputed"),
            ("promise", "Promise to Pay"),
            ("void", "Void"),
        ],
        required=True,
        readonly=True,
    )
    asks_for = fields.Char(compute="_compute_asks_for")
    reason = fields.Text()
    day = fields.Date(compute="_compute_day", store=True, readonly=False)

    @api.model
    def _selection_document(self):
        payment = self.env["ir.model"].sudo()._get("bmasia.payment")
        kinds = self.env["document.mixin"]._kind_selection()
        return [*kinds, (payment.model, payment.name)]

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
            wizard.day = wizard.day or (wizard.document and wizard._proposed_day())

    def _proposed_day(self):
        if self.transition == "extend":
            return self.document._proposed_extension()
        return self.document._today()

    @api.depends("transition")
    def _compute_asks_for(self):
        for wizard in self:
            wizard.asks_for = (
                TRANSITIONS[wizard.transition][1] if wizard.transition else False
            )

    def action_confirm(self):
        """Make the transition.

        :returns: the action that opens what it made, else one that closes the wizard
        :rtype: dict
        :raises UserError: the answer is missing, or the document refuses the transition
        """
        self.ensure_one()
        self._check_opened()
        method, field = TRANSITIONS[self.transition]
        made = getattr(self.document, method)(self[field])
        close = {"type": "ir.actions.act_window_close"}
        return made if isinstance(made, dict) else close
