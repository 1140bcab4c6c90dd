"""The renewal book: contracts by their end, what becomes of them, what they cost."""

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import date_utils
from odoo.tools.translate import LazyTranslate

from ..tools import money
from ..tools.report_table import Column
from ..tools.roles import USER

_lt = LazyTranslate(__name__)

STATES = ("due", "talks", "renewed", "lost")
COMING = 3  # months whose prices are looked at, unless others are chosen


class BmasiaReportRenewal(models.AbstractModel):
    """Contracts by the last day of their service.

    What a contract is worth is a year of the lines of its last day, as amended, net;
    afterwards a year of the renewal as signed or drafted; where nothing is written yet,
    what the contract's rule makes of it; nothing if it is lost.
    """

    _name = "bmasia.report.renewal.mixin"
    _description = "Contracts by Their End"

    _group = USER
    _prints_landscape = True

    def _default_days(self, today):
        """What was this year, and what is to come in twelve months."""
        last = date_utils.end_of(today + relativedelta(months=12), "month")
        return date_utils.start_of(today, "year"), last

    def _contracts(self, chosen, states=STATES):
        """The contracts that end in these days, in the order of their ends.

        :param chosen: what the report is asked for
        :param states: of ``renewal_state``
        """
        ending = Domain("company_id", "=", chosen.entity)
        ending &= Domain("end_date", ">=", chosen.first)
        ending &= Domain("end_date", "<=", chosen.last)
        ending &= Domain("renewal_state", "in", states)
        if chosen.customer:
            ending &= Domain("customer_id", "=", chosen.customer.id)
        if chosen.user:
            ending &= Domain("user_id", "=", chosen.user.id)
        contracts = self.env["bmasia.contract"]
        return contracts.search(ending, order="end_date, id")

    def _after(self, contract):
        """What a contract is worth after its end."""
        is_lost = contract.renewal_state == "lost"
        return 0.0 if is_lost else contract.renewal_value


class BmasiaReportRenewals(models.AbstractModel):
    """By month, responsible person and currency."""

    _name = "bmasia.report.renewals"
    _description = "Renewal Book"
    _inherit = ["bmasia.report.renewal.mixin", "bmasia.report"]

    _title = _lt("Renewal book")
    _help = _lt(
        "Contracts by the month of their last day, as they stand now. Before: a year "
        "of the lines of that day, net. After: a year of the renewal; where nothing is "
        "written yet, what the contract's rule makes of it; nothing for what is lost."
    )
    _asks = ("date_from", "date_to", "user_id")

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("month", _("Month")),
            Column("owner", _("Responsible")),
            Column("count", _("Contracts"), "number"),
            Column("due", _("Due"), "number"),
            Column("talks", _("In talks"), "number"),
            Column("renewed", _("Renewed"), "number"),
            Column("lost", _("Lost"), "number"),
            Column("before", _("Before"), "money"),
            Column("after", _("After"), "money"),
            Column("lost_value", _("Value lost"), "money"),
        ]

    def _report_rows(self, chosen):
        groups = self._contracts(chosen).grouped(
            lambda each: (
                date_utils.start_of(each.end_date, "month"),
                each.user_id,
                each.currency_id,
            )
        )
        order = sorted(
            groups, key=lambda key: (key[0], key[1].sudo().name or "", key[2].name)
        )
        return [self._row(chosen, *key, groups[key]) for key in order]

    def _row(self, chosen, month, owner, currency, contracts):
        states = contracts.mapped(lambda contract: [contract.renewal_state])
        lost = contracts.filtered(lambda contract: contract.renewal_state == "lost")
        return {
            "month": self._month(month),
            "owner": owner.sudo().name,
            "currency": currency.name,
            "count": len(contracts),
            **{name: states.count([name]) for name in STATES},
            "before": money.add(contracts.mapped("value_at_end")),
            "after": money.add(self._after(contract) for contract in contracts),
            "lost_value": money.add(lost.mapped("value_at_end")),
            "_open": self._opened(chosen, month, owner, contracts),
        }

    def _opened(self, chosen, month, owner, contracts):
        if not owner:
            domain = [["id", "in", contracts.ids]]
            return {"model": "bmasia.contract", "domain": domain}
        last = date_utils.end_of(month, "month")
        asked = {
            "company_id": chosen.entity,
            "date_from": str(max(month, chosen.first)),
            "date_to": str(min(last, chosen.last)),
            "user_id": owner.id,
        }
        return {"report": "renewal_contracts", "chosen": asked}


class BmasiaReportRenewalContracts(models.AbstractModel):
    """The contracts that the renewal book counts."""

    _name = "bmasia.report.renewal_contracts"
    _description = "Renewals by Contract"
    _inherit = ["bmasia.report.renewal.mixin", "bmasia.report"]

    _title = _lt("Renewals by contract")
    _help = _lt(
        "Contracts by their last day, as they stand now, with a year before and after, "
        "net. “Not renewed” on a contract says why one is lost."
    )
    _asks = ("date_from", "date_to", "customer_id", "user_id")

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("name", _("Contract")),
            Column("end", _("Ends"), "date"),
            Column("customer", _("Company")),
            Column("venue", _("Venue")),
            Column("owner", _("Responsible")),
            Column("state", _("Status")),
            Column("before", _("Before"), "money"),
            Column("after", _("After"), "money"),
            Column("change", _("Difference"), "money"),
            Column("renewal", _("Renewal")),
            Column("reason", _("Reason")),
        ]

    def _report_rows(self, chosen):
        contracts = self._contracts(chosen)
        field = contracts._fields["renewal_state"]
        words = dict(field._description_selection(self.env))
        return [self._row(contract, words) for contract in contracts]

    def _row(self, contract, words):
        after, is_lost = self._after(contract), contract.renewal_state == "lost"
        reason = contract._reason_of_loss() or self.env._("Not said yet")
        return {
            "name": contract.display_name,
            "end": contract.end_date,
            "customer": contract.customer_id.display_name,
            "venue": contract.property_name,
            "owner": contract.user_id.sudo().name,
            "state": words[contract.renewal_state],
            "before": contract.value_at_end,
            "after": after,
            "change": money.subtract(after, contract.value_at_end),
            "renewal": contract.renewal_id.display_name,
            "reason": reason if is_lost else "",
            "currency": contract.currency_id.name,
            "_open": {"model": "bmasia.contract", "id": contract.id},
        }


class BmasiaReportRenewalPrices(models.AbstractModel):
    """What will change, line by line, in contracts that end."""

    _name = "bmasia.report.renewal_prices"
    _description = "Prices at Renewal"
    _inherit = ["bmasia.report.renewal.mixin", "bmasia.report"]

    _title = _lt("Prices at renewal")
    _help = _lt(
        "The lines of contracts that end in these days and are neither signed anew nor "
        "lost: price per unit and year, and a year net, now and in the next term."
    )
    _asks = ("date_from", "date_to", "customer_id", "user_id")

    def _default_days(self, today):
        last = date_utils.end_of(today + relativedelta(months=COMING), "month")
        return today, last

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("name", _("Contract")),
            Column("end", _("Ends"), "date"),
            Column("customer", _("Company")),
            Column("line", _("Line")),
            Column("quantity", _("Quantity"), "number"),
            Column("price", _("Price today"), "money", total=False),
            Column("price_then", _("Price then"), "money", total=False),
            Column("percent", _("%"), "number"),
            Column("before", _("Before"), "money"),
            Column("after", _("After"), "money"),
            Column("reason", _("By")),
        ]

    def _report_rows(self, chosen):
        return [
            self._row(contract, each)
            for contract in self._contracts(chosen, ("due", "talks"))
            for each in contract._next_prices()
        ]

    def _row(self, contract, each):
        line, price, then = each["line"], each["price"], each["price_then"]
        known = price and then is not None
        return {
            **each,
            "name": contract.display_name,
            "end": contract.end_date,
            "customer": contract.customer_id.display_name,
            "line": line.name.splitlines()[0],
            "quantity": line.quantity,
            "percent": round(100 * (then - price) / price, 2) if known else None,
            "currency": contract.currency_id.name,
            "_open": {"model": "bmasia.contract", "id": contract.id},
        }
