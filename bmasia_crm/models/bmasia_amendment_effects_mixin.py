from odoo import api, fields, models
from odoo.fields import Command

from ..tools import money, schedule
from ..tools.service import DAY
from .bmasia_term_mixin import MAX_TERM


class BmasiaAmendmentEffectsMixin(models.AbstractModel):
    """What an amendment comes to, before it is signed.

    Gives what it will bill and credit, to the cent (``effect_ids``), a year of the
    contract before and after, and the next term's value before and after. All of it
    follows a draft, and what is billed meanwhile; from the day it is sent it stays as
    the customer read it.

    The model provides ``contract_id``, ``start_date``, ``term_months``, ``line_ids``
    and ``state``.

    How it works: the contract plans twice, as it is and with the changed lines
    (``_effects`` of ``bmasia.contract.amendment.mixin``); the difference is told.
    """

    _name = "bmasia.amendment.effects.mixin"
    _description = "Effects of an Amendment"

    currency_id = fields.Many2one("res.currency")
    effect_ids = fields.One2many(
        "bmasia.amendment.effect",
        "amendment_id",
        "What It Bills and Credits",
        compute="_compute_effects",
        store=True,
    )
    effect_total = fields.Monetary(
        "Over the Rest of the Term",
        compute="_compute_effects",
        store=True,
        help="Net: all that it bills, less what it credits.",
    )
    value_before = fields.Monetary(
        "Per Year Before", compute="_compute_effects", store=True
    )
    value_after = fields.Monetary(
        "Per Year From Then On", compute="_compute_effects", store=True
    )
    renewal_before = fields.Monetary(
        "Next Term Before", compute="_compute_effects", store=True
    )
    renewal_after = fields.Monetary(
        "Next Term From Then On", compute="_compute_effects", store=True
    )

    @api.depends(
        *("state", "contract_id", "start_date", "term_months"),
        *("line_ids.action", "line_ids.contract_line_id", "line_ids.amount_untaxed"),
        *("line_ids.kind", "line_ids.date_from", "line_ids.date_to"),
        *("line_ids.tax_rate", "line_ids.tax_category"),
        *("contract_id.schedule_ids.invoice_id", "contract_id.invoice_ids.state"),
    )
    def _compute_effects(self):
        for amendment in self:
            if amendment._is_draft():
                amendment.update(amendment._reckoned())
            else:
                # as the customer read it
                for name in self._reckoned_fields():
                    amendment[name] = amendment[name]

    @api.model
    def _reckoned_fields(self):
        values = ("value_before", "value_after", "renewal_before", "renewal_after")
        return ("effect_ids", "effect_total", *values)

    def _reckoned(self):
        """The values of all these fields, as the contract is now."""
        if not self._can_be_reckoned():
            nothing = dict.fromkeys(self._reckoned_fields(), 0.0)
            return {**nothing, "effect_ids": [Command.clear()]}
        effects = self.contract_id._effects(self)
        return {
            "effect_ids": [Command.clear(), *map(Command.create, effects)],
            "effect_total": money.add(effect["amount_untaxed"] for effect in effects),
            **self._values_per_year(),
            **self._values_of_renewal(),
        }

    def _can_be_reckoned(self):
        """Whether contract and day are known, and fit each other."""
        contract, day = self.contract_id, self.start_date
        known = contract.end_date and day and 0 <= self.term_months <= MAX_TERM
        return bool(known and contract.start_date <= day <= self._new_end())

    def _new_end(self):
        """The last day of service, with the new term."""
        contract = self.contract_id
        if not self.term_months:
            return contract.end_date
        return min(self._term_end(), contract.last_day or self._term_end())

    def _term_end(self):
        """The last day of the new term."""
        contract = self.contract_id
        by_law = contract.counts_by_law
        return schedule.end_of(contract.start_date, self.term_months, by_law)

    def _values_per_year(self):
        before = self.contract_id.lines_on(self.start_date)
        after = before - self.line_ids.contract_line_id
        return {
            "value_before": before._net_per_year(),
            "value_after": self._with_new(after, self.line_ids),
        }

    def _values_of_renewal(self):
        contract = self.contract_id
        before, by_rule = contract._renewed_lines(), contract._value_by_rule
        after = before - self.line_ids.contract_line_id
        lasting = self.line_ids.filtered(
            lambda line: not contract._next_change(
                line._first_of_chain(), self.start_date
            )
        )
        lasting = lasting.filtered(lambda line: line.action != "remove")
        day = self._new_end() + DAY
        new = money.add([by_rule(after, day), by_rule(lasting, day)])
        yearly = (by_rule(before), new)
        over = (contract.term_months, contract._rounding())
        before, after = (money.over_term(value, *over) for value in yearly)
        return {"renewal_before": before, "renewal_after": after}

    def _with_new(self, old, new):
        new = new.filtered(lambda line: line.action != "remove")
        return money.add([old._net_per_year(), new._net_per_year()])
