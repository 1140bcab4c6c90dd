from datetime import timedelta

from odoo import models
from odoo.tools import SQL
from odoo.tools.misc import format_date
from odoo.tools.translate import LazyTranslate

from ..tools import money
from ..tools.report_table import Column

_lt = LazyTranslate(__name__)


class BmasiaReportStatement(models.AbstractModel):
    """Everything between us and a customer in a period, with the balance after it."""

    _name = "bmasia.report.statement"
    _description = "Statement of Account"
    _inherit = ["bmasia.report", "bmasia.report.facts.mixin"]

    _title = _lt("Statement of account")
    _help = _lt(
        "What was invoiced, paid and credited, and the balance after each. To mail it, "
        "choose the company and press Send statement."
    )
    _nothing = _lt("Choose a company above")
    _nothing_hint = _lt("Its invoices, payments and balance are listed then.")
    _asks = ("date_from", "date_to", "customer_id")
    _buttons = {"send": (_lt("Send statement"), "")}

    def _may(self, button, chosen):
        return bool(chosen.customer) and chosen.last <= chosen.company._today()

    def _do_send(self, chosen):
        statements = self.env["bmasia.statement"]
        made = statements._make_for(chosen.company, chosen.customer, chosen.last)
        made.date_from = chosen.first
        return made.action_send()

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("day", _("Date"), "date"),
            Column("name", _("Document")),
            Column("what", _("What")),
            Column("debit", _("Charged"), "money"),
            Column("credit", _("Paid or credited"), "money"),
            Column("balance", _("Balance"), "money", total=False),
        ]

    def _default_days(self, today):
        return today.replace(month=1, day=1), today

    def _report_rows(self, chosen):
        if not chosen.customer:
            return []
        rows = []
        for currency, moves in self._by_currency(chosen).items():
            rows += self._ledger(currency, moves, chosen)
        return rows

    def _by_currency(self, chosen):
        moves = self._fetched(
            SQL(
                "SELECT m.*, k.name AS currency FROM (%s) m"
                " JOIN res_currency k ON k.id = m.currency_id"
                " WHERE m.day <= %s"
                " ORDER BY k.name, m.day, m.model, m.res_id, m.amount DESC",
                self._account(chosen.entity, chosen.customer),
                chosen.last,
            )
        )
        found = {}
        for move in moves:
            found.setdefault(move["currency"], []).append(move)
        for pause in self._paused(chosen):
            if pause["currency"] in found:
                found[pause["currency"]].append(pause)
        # what begins on a day comes after what was before it
        return {code: sorted(rows, key=_day_of) for code, rows in found.items()}

    def _paused(self, chosen):
        """Pauses that begin in these days: nothing was charged for them."""
        return self._fetched(
            SQL(
                "SELECT k.name AS currency, p.date_from AS day, p.date_to, 0 AS amount,"
                " 'pause' AS what, 'bmasia.contract' AS model, c.id AS res_id, c.name"
                " FROM bmasia_contract_pause p"
                " JOIN bmasia_contract c ON c.id = p.contract_id"
                " JOIN res_currency k ON k.id = c.currency_id"
                " WHERE p.state = 'active' AND %s AND p.date_from BETWEEN %s AND %s"
                " ORDER BY p.date_from, p.id",
                self._of("c", chosen.entity, chosen.customer),
                chosen.first,
                chosen.last,
            )
        )

    def _ledger(self, currency, moves, chosen):
        before = [move for move in moves if move["day"] < chosen.first]
        balance = money.add(move["amount"] for move in before)
        opening = {
            "day": chosen.first - timedelta(days=1),
            "what": self.env._("Balance brought forward"),
            "balance": balance,
            "currency": currency,
            "_bold": True,
        }
        rows = [opening] if before else []
        words = self._words()
        for move in moves[len(before) :]:
            amount = move["amount"]
            balance = money.add([balance, amount])
            rows.append(
                {
                    "day": move["day"],
                    "name": move["name"],
                    "what": words[self._what(move)] + self._days_of(move),
                    "debit": amount if amount > 0 else None,
                    "credit": -amount if amount < 0 else None,
                    "balance": balance,
                    "currency": currency,
                    "_open": {"model": move["model"], "id": move["res_id"]},
                }
            )
        return rows

    def _what(self, move):
        comes_back = move["what"] == "write_off" and move["amount"] > 0
        return "recovery" if comes_back else move["what"]

    def _days_of(self, move):
        """Of a pause, its days."""
        if move["what"] != "pause":
            return ""
        days = (move["day"], move["date_to"])
        first, last = (format_date(self.env, d, date_format="d MMM") for d in days)
        return f", {first} – {last}"

    def _words(self):
        _ = self.env._
        return {
            "pause": _("No service, not charged"),
            "invoice": _("Invoice"),
            "cancelled": _("Cancelled"),
            "credit_note": _("Credit note"),
            "adjustment": _("Adjustment"),
            "payment": _("Payment"),
            "withheld": _("Tax withheld, charges"),
            "voided": _("Payment taken back"),
            "refund": _("Paid back"),
            "write_off": _("Written off"),
            "rate_change": _("New tax rate"),
            "recovery": _("Write-off taken back"),
        }


def _day_of(move):
    return move["day"]
