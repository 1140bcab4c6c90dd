"""One question has one figure: on the first screen, in lists, pivots and reports."""

from ast import literal_eval

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged

from ..tools import money
from .reports import ReportCase

NET, TAX, TOTAL = (f"amount_{name}_signed" for name in ("untaxed", "tax", "total"))


class FigureCase(ReportCase):
    def setUp(self):
        super().setUp()
        # figures go by the reader's day, documents by their entity's
        for user in (self.env.user, self.norbert):
            user.sudo().tz = self.thailand.time_zone

    def figure(self, key):
        answer = self.env["bmasia.dashboard"].with_user(self.norbert).get_figures()
        (found,) = [one for one in answer["figures"] if one["key"] == key]
        return found

    def amount(self, key, currency=None):
        amounts = dict(self.figure(key)["amounts"])
        return amounts.get((currency or self.thailand.currency_id).id, 0.0)

    def opened(self, xml_id):
        """What the totals are of, of a list as its menu item opens it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        model = self.env[action["res_model"]].with_user(self.norbert)
        arch = etree.fromstring(model.get_view(view_type="search")["arch"])
        domain = Domain(literal_eval(action["domain"] or "[]"))
        for name, value in literal_eval(action["context"] or "{}").items():
            if name.startswith("search_default_") and value:
                name = name.removeprefix("search_default_")
                (found,) = arch.xpath(f"//filter[@name='{name}']")
                domain &= Domain(literal_eval(found.get("domain")))
        columns = etree.fromstring(model.get_view(view_type="list")["arch"])
        options = columns.xpath("//field[@sum]/@options")
        (counts,) = {literal_eval(each)["counts"] for each in options}
        return model.search(domain).filtered(counts)

    def sum_of(self, records, name):
        mine = records.filtered(lambda r: r.company_id == self.thailand)
        return money.add(mine.mapped(name))


@tagged("post_install", "-at_install")
class TestInvoiceFigures(FigureCase):
    def setUp(self):
        super().setUp()
        self.today = self.thailand._today()
        self.invoice(self.line(77))
        self.issued_invoice(self.line(33), kind="proforma")
        self.issued_invoice(self.line(55)).with_user(self.norbert).action_cancel("No")
        self.whole = self.issued_invoice(self.line(1000))
        note = self.whole.browse(
            self.issued_invoice(self.line(500)).action_credit("Agreed")["res_id"]
        )
        note.action_issue()

    def test_the_lists_totals_are_of_what_counts(self):
        listed = self.opened("bmasia_crm.bmasia_invoice_action")
        self.assertFalse(
            listed.filtered(
                lambda i: i.state in ("draft", "cancelled") or i.kind == "proforma"
            )
        )
        self.assertEqual(self.sum_of(listed, NET), 1000)
        self.assertEqual(self.sum_of(listed, TAX), 70)
        self.assertEqual(self.sum_of(listed, TOTAL), 1070)

    def test_first_screen_list_and_report_say_the_same_revenue(self):
        listed = self.opened("bmasia_crm.bmasia_invoice_action")
        month = self.today.replace(day=1)
        self.assertEqual(self.sum_of(listed, NET), self.amount("revenue"))
        (row,) = [
            row
            for row in self.rows("revenue", date_from=month, date_to=self.today)
            if row["currency"] == "THB"
        ]
        self.assertEqual(row["invoiced"], self.amount("revenue"))

    def test_what_is_cancelled_in_a_later_month_is_in_no_figure_of_any(self):
        with self.on("2026-01-10"):
            year = {"period_start": "2026-01-10", "period_end": "2027-01-09"}
            gone = self.issued_invoice(self.line(9000), **year)
        with self.on("2026-02-10"):
            self.issued_invoice(self.line(400))
        with self.on("2026-03-15"):
            gone.with_user(self.norbert).action_cancel("Never agreed")
            chart = self.env["bmasia.dashboard"].get_figures()["charts"][0]
            shown = self.opened("bmasia_crm.bmasia_invoice_action")
            deferred = self.rows("deferred", date="2026-02-28")
        rows = self.rows("revenue", date_from="2026-01-01", date_to="2026-03-31")
        for number, invoiced in ((1, 0), (2, 400), (3, 0)):
            month = ["issue_date", ">=", f"2026-0{number}-01"]
            in_list = shown.filtered(lambda i, m=number: i.issue_date.month == m)
            in_list = in_list.filtered(lambda i: i.issue_date.year == 2026)
            (place,) = (
                place
                for place, bar in enumerate(chart["bars"])
                if month in bar["domain"]
            )
            (series,) = [
                one["values"]
                for one in chart["series"]
                if one["currency_id"] == self.thailand.currency_id.id
            ]
            with self.subTest(month):
                row = rows[number - 1]
                self.assertEqual(row["invoiced"], invoiced)
                self.assertEqual(row["recognised"], invoiced)
                self.assertEqual(self.sum_of(in_list, NET), invoiced)
                self.assertEqual(series[place], invoiced)
        self.assertEqual(deferred, [])

    def test_first_screen_list_and_report_say_the_same_overdue(self):
        late = self.bill(self.today - relativedelta(days=45), 2000)
        self.assertTrue(late.is_overdue)
        rows = self.rows("open_invoices", date=self.today)
        overdue = money.add(row["open"] for row in rows if row["days"] > 0)
        self.assertEqual(self.amount("overdue"), overdue)
        listed = self.opened("bmasia_crm.bmasia_invoice_action")
        self.assertEqual(
            self.sum_of(listed.filtered("is_overdue"), "amount_due_signed"), overdue
        )

    def test_lists_and_pivots_add_up_signed_amounts_alone(self):
        model = self.env["bmasia.invoice"].with_user(self.norbert)
        for kind, names in (
            ("list", "//field[@sum]"),
            ("pivot", "//field[@type='measure']"),
            ("graph", "//field[@type='measure']"),
        ):
            arch = etree.fromstring(model.get_view(view_type=kind)["arch"])
            summed = [field.get("name") for field in arch.xpath(names)]
            self.assertTrue(summed)
            for name in summed:
                self.assertTrue(name.endswith("_signed"), f"{kind}: {name}")
            if kind == "list":
                continue
            hidden = {f.get("name") for f in arch.xpath("//field[@invisible='1']")}
            for name, field in model._fields.items():
                if name.endswith("_signed") and field.type == "monetary":
                    unsigned = name.removesuffix("_signed")
                    if unsigned != "amount_due":
                        self.assertIn(unsigned, hidden, kind)


@tagged("post_install", "-at_install")
class TestContractFigures(FigureCase):
    def setUp(self):
        super().setUp()
        self.today = fields.Date.context_today(self.env.user)

    def ending(self):
        start = self.today - relativedelta(months=12) + relativedelta(days=30)
        return self.active_contract(self.line(1000), start_date=start)

    def renew(self, contract):
        renewal = contract.browse(contract.action_renew(5)["res_id"])
        renewal.action_mark_sent()
        renewal.action_activate(self.thailand._today())
        return renewal

    def test_an_early_renewal_does_not_count_twice(self):
        contract = self.ending()
        self.assertEqual(self.amount("annual_value"), 1000)
        renewal = self.renew(contract)
        self.assertEqual(renewal.state, "active")
        self.assertEqual(self.amount("annual_value"), 1000)
        with self.on(renewal.start_date):
            self.assertEqual(self.amount("annual_value"), 1050)

    def test_signed_is_not_running(self):
        start = self.today + relativedelta(days=20)
        self.active_contract(self.line(1000), start_date=start)
        self.assertEqual(self.amount("annual_value"), 0)

    def test_what_is_renewed_does_not_end(self):
        contract = self.ending()
        self.assertEqual(self.figure("ending")["count"], 1)
        self.assertTrue(contract.is_ending)
        self.renew(contract)
        self.assertEqual(self.figure("ending")["count"], 0)
        contract.invalidate_recordset(["is_ending"])
        self.assertFalse(contract.is_ending)

    def test_a_renewal_that_is_only_written_changes_nothing(self):
        contract = self.ending()
        contract.action_renew(5)
        self.assertEqual(self.figure("ending")["count"], 1)

    def test_the_lists_totals_are_of_what_runs(self):
        self.renew(self.ending())
        self.contract(self.line(77))
        listed = self.opened("bmasia_crm.bmasia_contract_action")
        self.assertEqual(
            self.sum_of(listed, "annual_value"), self.amount("annual_value")
        )
