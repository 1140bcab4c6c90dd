from odoo import api, fields, models

from .bmasia_send_wizard import SENDABLE

# The method that makes each move, and the field of the answer that it asks for.
MOVES = {
    "reject": ("action_reject", "reason"),
    "extend": ("action_extend", "day"),
    "activate": ("action_activate", "day"),
    "cancel": ("action_cancel", "reason"),
    "credit": ("action_credit", "reason"),
}


class BmasiaMoveWizard(models.TransientModel):
    """Asks for the reason or the day that a move of a paper needs."""

    _name = "bmasia.move.wizard"
    _description = "Reason or Day of a Move"
    _inherit = ["bmasia.wizard.mixin"]

    _opened_for = "paper"
    _fixed = frozenset({"move"})

    paper = fields.Reference(SENDABLE, required=True, readonly=True)
    move = fields.Selection(
        [
            ("reject", "Declined"),
            ("extend", "Extend"),
            ("activate", "Signed"),
            ("cancel", "Cancel"),
            ("credit", "Credit"),
        ],
        required=True,
        readonly=True,
    )
    asks_for = fields.Char(compute="_compute_asks_for")
    reason = fields.Text()
    day = fields.Date(compute="_compute_day", store=True, readonly=False)

    @api.model
    def default_get(self, fields):
        """The paper on whose form the button was pressed."""
        values = super().default_get(fields)
        model, paper_id = (self.env.context.get(f"active_{x}") for x in ("model", "id"))
        if "paper" in fields and paper_id:
            values["paper"] = f"{model},{paper_id}"
        return values

    @api.depends("paper", "move")
    def _compute_day(self):
        for wizard in self:
            wizard.day = wizard.day or (wizard.paper and wizard._proposed_day())

    def _proposed_day(self):
        if self.move == "extend":
            return self.paper._proposed_extension()
        return self.paper._today()

    @api.depends("move")
    def _compute_asks_for(self):
        for wizard in self:
            wizard.asks_for = MOVES[wizard.move][1] if wizard.move else False

    def action_confirm(self):
        """Make the move.

        :returns: the action that opens what it made, else one that closes the wizard
        :rtype: dict
        :raises UserError: the answer is missing, or the paper refuses the move
        """
        self.ensure_one()
        self._check_opened()
        method, field = MOVES[self.move]
        made = getattr(self.paper, method)(self[field])
        close = {"type": "ir.actions.act_window_close"}
        return made if isinstance(made, dict) else close
