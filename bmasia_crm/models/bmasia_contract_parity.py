from odoo import models

from ..tools import money
from ..tools.service import charged


class BmasiaContractParityMixin(models.AbstractModel):
    """Whether a contract says the same sums wherever it says them.

    Gives the differences between what the lines come to by the days they are served,
    the billing schedule, the invoices and credit notes made from it, and the values
    that lists and the renewal book read.

    The model inherits ``bmasia.contract.service.mixin``,
    ``bmasia.contract.billing.mixin`` and ``bmasia.contract.pricing.mixin``.

    How it works: each pair of neighbours is compared at the smallest record that both
    have: a billing period, a bill, a credit note. Amounts off are taken off the first
    bills that allow it, which depends on what was billed when: of these, only the whole
    is compared.
    """

    _name = "bmasia.contract.parity.mixin"
    _description = "Sums of a Contract That Agree"

    def _differences(self):
        """Where two sums that should be the same are not.

        :returns: dicts with ``what`` in words, the first ``day``, ``expected``,
            ``found`` and the ``record`` where it is seen to
        :rtype: list[dict]
        """
        self.ensure_one()
        found = [
            *self._differing_values(),
            *self._differing_periods(),
            *self._differing_amounts_off(),
        ]
        for row in self.schedule_ids:
            found += self._differing_bills(row)
        return found

    def _difference(self, what, day, expected, found, record=None):
        if not money.subtract(expected, found):
            return []
        record = record or self
        values = {"what": what, "day": day, "expected": expected, "found": found}
        return [{**values, "record": record}]

    # ------------------------------------------------------------
    # BOOK AND LINES
    # ------------------------------------------------------------

    def _differing_values(self):
        """What lists and the renewal book read, and what the lines say."""
        _, last = self.env._, self.end_date
        day = min(max(self._today(), self.start_date), last)
        is_amended = self._active_amendments().line_ids
        lines = self.lines_on(day) if is_amended else self.line_ids
        today = lines._net_per_year()
        at_end = self._renewed_lines()._net_per_year()
        return [
            *self._difference(_("Value per year today"), day, today, self.annual_value),
            *self._difference(_("Value at the end"), last, at_end, self.value_at_end),
        ]

    # ------------------------------------------------------------
    # LINES AND SCHEDULE
    # ------------------------------------------------------------

    def _differing_periods(self):
        """What the lines come to in each billing period, and what is planned."""
        periods = [period for stretch in self._stretches() for period in stretch]
        expected, planned = self._charged(periods), self._scheduled()
        what, found = self.env._("Schedule of a period"), []
        for period in periods:
            sums = (expected.get(period.start, 0.0), planned.pop(period.start, 0.0))
            found += self._difference(what, period.start, *sums)
        for day, amount in planned.items():
            found += self._difference(what, day, 0.0, amount)
        return found

    def _charged(self, periods):
        """Net by the first day of each period, by the lines, without amounts off."""
        chains = {}
        for line in self._served_lines():
            if line.amount >= 0:
                chains.setdefault(line.root, []).append(line)
        sums = {}
        for chain in chains.values():
            amounts = charged(chain, self._stretches(), self._rounding())
            for period, parts in zip(periods, amounts, strict=True):
                whole = [sums.get(period.start, 0.0), *parts.values()]
                sums[period.start] = money.add(whole)
        return sums

    def _scheduled(self):
        """Net by the first day of each period, by the schedule, without amounts off."""
        sums = {}
        for row in self.schedule_ids:
            parts = [part for line, part in row._parts().items() if not _is_off(line)]
            sums[row.plan_start] = money.add([sums.get(row.plan_start, 0.0), *parts])
        return sums

    def _differing_amounts_off(self):
        """An amount off is never taken off twice."""
        taken = {}
        for row in self.schedule_ids:
            for line, part in row._parts().items():
                if _is_off(line):
                    taken[line] = money.add([taken.get(line, 0.0), part])
        what, found = self.env._("Amount off"), []
        for line, amount in taken.items():
            most = max(amount, line.amount_untaxed)
            found += self._difference(what, self.start_date, most, amount)
        return found

    # ------------------------------------------------------------
    # SCHEDULE AND INVOICES
    # ------------------------------------------------------------

    def _differing_bills(self, row):
        """A row of the schedule, its parts, its invoice, and credits beside it.

        :param row: of this contract's schedule
        """
        _, day, amount = self.env._, row.period_start, row.amount_untaxed
        parts = money.add(row._parts().values())
        found = self._difference(_("Parts of a period"), day, parts, amount)
        if invoice := row.invoice_id:
            lines = row._billed_lines()
            billed = money.add(lines.mapped("amount_untaxed"))
            billed = -billed if invoice._is_credit() else billed
            what = _("Invoice or credit note")
            found += self._difference(what, day, amount, billed, invoice)
            for note, credited in invoice._credits_by_hand(lines).items():
                what = _("Credited apart from the schedule")
                found += self._difference(what, day, 0.0, -credited, note)
        return found


def _is_off(line):
    return line.amount_untaxed < 0
