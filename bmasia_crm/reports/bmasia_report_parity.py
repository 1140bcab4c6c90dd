from odoo import models
from odoo.fields import Domain
from odoo.tools import date_utils
from odoo.tools.translate import LazyTranslate

from ..tools import money
from ..tools.report_table import Column

_lt = LazyTranslate(__name__)

RAN = ("active", "expired", "renewed")


class BmasiaReportParity(models.AbstractModel):
    """Where book, lines, schedule and invoices of a contract say different sums."""

    _name = "bmasia.report.parity"
    _description = "Contracts That Do Not Add Up"
    _inherit = ["bmasia.report"]

    _title = _lt("Contracts that do not add up")
    _help = _lt(
        "Compares what the lines come to by the days they are served, the billing "
        "schedule, its invoices and credit notes, and the values of lists and the "
        "renewal book, of contracts that run or ran in these days. Empty is right."
    )
    _nothing = _lt("Everything adds up")
    _nothing_hint = _lt("No contract of these days says different sums.")
    _asks = ("date_from", "date_to", "customer_id")
    _prints_landscape = True

    def _default_days(self, today):
        return date_utils.start_of(today, "year"), date_utils.end_of(today, "year")

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("name", _("Contract")),
            Column("customer", _("Company")),
            Column("what", _("What")),
            Column("day", _("From"), "date"),
            Column("record", _("Document")),
            Column("expected", _("Should be"), "money"),
            Column("found", _("Is"), "money"),
            Column("difference", _("Difference"), "money"),
        ]

    def _report_rows(self, chosen):
        ran = Domain("state", "in", RAN)
        ran |= Domain("state", "=", "cancelled") & Domain("last_day", "!=", False)
        ran &= Domain("company_id", "=", chosen.entity)
        ran &= Domain("start_date", "<=", chosen.last)
        ran &= Domain("end_date", ">=", chosen.first)
        if chosen.customer:
            ran &= Domain("customer_id", "=", chosen.customer.id)
        contracts = self.env["bmasia.contract"].search(ran, order="start_date, id")
        return [
            self._row(contract, each)
            for contract in contracts
            for each in contract._differences()
        ]

    def _row(self, contract, each):
        record = each["record"]
        return {
            **each,
            "name": contract.display_name,
            "customer": contract.customer_id.display_name,
            "record": record.display_name,
            "difference": money.subtract(each["found"], each["expected"]),
            "currency": contract.currency_id.name,
            "_open": {"model": record._name, "id": record.id},
        }
