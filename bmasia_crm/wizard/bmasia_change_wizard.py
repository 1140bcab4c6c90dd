from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.roles import MANAGER

WHAT = [("pause", "Pause"), ("skip", "Skip a period"), ("end", "End the contract")]


class BmasiaChangeWizard(models.TransientModel):
    """Asks for the days of a pause, the period to skip or the last day of service, and
    shows what becomes of bills, drafts and the renewal before it is confirmed.
    """

    _name = "bmasia.change.wizard"
    _description = "Pause or End of a Contract"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "contract_id"

    contract_id = fields.Many2one("bmasia.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    what = fields.Selection(WHAT, required=True, default="pause")
    period_id = fields.Many2one(
        "bmasia.contract.schedule",
        "Period",
        domain="[('contract_id', '=', contract_id), ('kind', '=', 'period')]",
    )
    date_from = fields.Date("From")
    date_to = fields.Date("Until")
    last_day = fields.Date("Last Day of Service")
    reason = fields.Char()
    said_by = fields.Char("Requested By")
    extend = fields.Boolean(
        "Longer Term", help="The contract ends as many days later as are not served."
    )
    end_date = fields.Date("Contract Ends On", compute="_compute_effects")
    may_end = fields.Boolean(compute="_compute_may_end")
    sentence = fields.Text("What Happens", compute="_compute_effects")
    effect_ids = fields.One2many(
        "bmasia.change.effect",
        "wizard_id",
        "Bills",
        compute="_compute_effect_ids",
        store=True,
    )

    @api.depends_context("uid")
    def _compute_may_end(self):
        self.may_end = self.env.user.has_group(MANAGER)

    @api.depends("what", "period_id", "date_from", "date_to", "last_day", "extend")
    def _compute_effects(self):
        for wizard in self:
            values = wizard._values()
            would_be = wizard.contract_id._would_become(values or {})
            wizard.end_date = would_be.end_date
            wizard.sentence = "\n".join(wizard._sentences())

    @api.depends("what", "period_id", "date_from", "date_to", "last_day", "extend")
    def _compute_effect_ids(self):
        for wizard in self:
            values = wizard._values()
            effects = wizard.contract_id._effects_of(values) if values else []
            wizard.effect_ids = [Command.clear(), *map(Command.create, effects)]

    def _days(self):
        """First and last day of the pause, once they are known and of the term."""
        contract, first, last = self.contract_id, self.date_from, self.date_to
        if self.what == "skip":
            period = self._skipped()
            first = period.plan_start
            last = period and min(period.period_end, contract.end_date)
        known = first and last and first <= last
        if known and contract.start_date <= first and last <= contract.end_date:
            return first, last
        return None

    def _skipped(self):
        """The period that is skipped, if it is one of this contract."""
        contract = self.contract_id
        return self.period_id.filtered(lambda row: row.contract_id == contract)

    def _known_last_day(self):
        """The last day of service, once it is known and may be it."""
        contract, day = self.contract_id, self.last_day
        return day if day and contract._today() <= day <= contract.end_date else None

    def _values(self):
        """What the contract would have, once enough is said."""
        if self.what == "end":
            day = self._known_last_day()
            return day and {"last_day": day}
        if not self._days():
            return None
        pause = self.contract_id._pause_values(*self._days(), self.extend)
        return {"pause_ids": [Command.create({**pause, "state": "active"})]}

    def _sentences(self):
        """What happens besides the bills."""
        day = self.what == "end" and self._known_last_day()
        return self.contract_id._ending(day) if day else []

    def action_confirm(self):
        """Do it.

        :returns: the action that closes the dialog
        :rtype: dict
        :raises UserError: something is not said, or the contract refuses it
        """
        self.ensure_one()
        self._check_opened()
        contract, why = self.contract_id, self.reason
        said = (why, self.extend, self.said_by)
        if self.what == "end":
            if not self.last_day:
                raise UserError(self.env._("Say which day is the last one."))
            contract.action_cancel(why, self.last_day)
        elif self.what == "skip":
            contract.action_skip(self._skipped().plan_start, *said)
        else:
            contract.action_pause(self.date_from, self.date_to, *said)
        return {"type": "ir.actions.act_window_close"}


class BmasiaChangeEffect(models.TransientModel):
    """A bill that changes, or a credit note that is made."""

    _name = "bmasia.change.effect"
    _description = "What a Change Does to a Bill"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "wizard_id"

    wizard_id = fields.Many2one(
        "bmasia.change.wizard", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("Until", readonly=True)
    before = fields.Monetary("Was", readonly=True)
    after = fields.Monetary("Becomes", readonly=True)
    draft = fields.Many2one("bmasia.invoice", "Withdrawn", readonly=True)
    credits = fields.Many2one("bmasia.invoice", "Credited", readonly=True)
    words = fields.Char("What Happens", compute="_compute_words")

    @api.depends("draft", "credits", "after")
    def _compute_words(self):
        for effect in self:
            effect.words = effect._what_happens()

    def _what_happens(self):
        draft = self.draft
        if self.credits:
            return self.env._(
                "Draft of a credit note for %s", self.credits.display_name
            )
        if draft and draft.name:
            return self.env._("%s is withdrawn with its e-mail", draft.display_name)
        if draft and self.after:
            return self.env._("The draft is withdrawn and made anew")
        if draft:
            return self.env._("The draft is withdrawn")
        return self.env._("Invoice to come") if self.after else self.env._("No invoice")
