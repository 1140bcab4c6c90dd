"""The journal balances, follows VAT from undue to due, and is exported once."""

import csv
import io
from base64 import b64decode

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import money
from .reports import ReportCase

PERIOD = {"date_from": "2026-01-01", "date_to": "2026-12-31"}


class JournalCase(ReportCase):
    def lines(self, **days):
        return self.rows("journal", **{**PERIOD, **days})

    def balances(self, **days):
        """What stands on each account, credits negative."""
        found = {}
        for row in self.lines(**days):
            amount = money.subtract(row["debit"] or 0, row["credit"] or 0)
            before = found.get(row["account_name"], 0)
            found[row["account_name"]] = money.add([before, amount])
        return {account: amount for account, amount in found.items() if amount}


@tagged("post_install", "-at_install")
class TestJournal(JournalCase):
    def test_vat_is_undue_until_the_payment(self):
        invoice = self.bill("2026-01-10", 10000)
        self.assertEqual(
            self.balances(),
            {
                "Accounts Receivable (THB)": 10700,
                "Sales": -10000,
                "Undue Output VAT": -700,
            },
        )
        self.pay(invoice, "2026-02-05", 10380, withholding_amount=300, bank_charge=20)
        self.assertEqual(
            self.balances(),
            {
                "Bank": 10380,
                "Withholding Tax": 300,
                "Bank Charges": 20,
                "Sales": -10000,
                "Output VAT": -700,
            },
        )

    def test_money_that_nobody_explained_is_the_customer_s(self):
        with self.on("2026-02-05"):
            payments = self.env["bmasia.payment"].with_user(self.pom)
            payments.register(self.hilton.id, self.thailand.id, 5000, "2026-02-05")
        self.assertEqual(self.balances(), {"Bank": 5000, "Customer Advances": -5000})

    def test_a_product_has_an_account_of_its_own(self):
        product = self.env.ref("bmasia_crm.product_syb")
        product.income_account = "Income SYB"
        with self.on("2026-01-10"):
            self.issued_invoice(self.line(1000, product_id=product.id), self.line(500))
        found = self.balances()
        self.assertEqual((found["Income SYB"], found["Sales"]), (-1000, -500))

    def test_what_is_taken_back_is_taken_back_on_its_day(self):
        invoice = self.bill("2026-01-10", 1000)
        payment = self.pay(invoice, "2026-01-20")
        with self.on("2026-02-15"):
            record = self.env["bmasia.payment"].browse(payment["id"])
            record.with_user(self.norbert).action_void("Bounced")
        january = self.balances(date_to="2026-01-31")
        self.assertEqual(january["Output VAT"], -70)
        self.assertEqual(
            self.balances(),
            {
                "Accounts Receivable (THB)": 1070,
                "Sales": -1000,
                "Undue Output VAT": -70,
            },
        )

    PAID = {"Bank": 1070, "Sales": -1000, "Output VAT": -70}

    def test_an_advance_has_its_vat_once(self):
        proforma = self.bill("2026-01-10", 1000, kind="proforma")
        with self.on("2026-01-20"):
            proforma.action_register_payment(1070)
        self.assertEqual(
            self.balances(),
            {
                "Bank": 1070,
                "Customer Advances": -1070,
                "Undue Output VAT": 70,
                "Output VAT": -70,
            },
        )
        with self.on("2026-02-10"):
            action = proforma.action_invoice_proforma()
            proforma.browse(action["res_id"]).action_issue()
        self.assertEqual(self.balances(), self.PAID)
        self.assertEqual(self.rows("credits", date="2026-12-31"), [])

    def test_what_is_credited_and_paid_back_leaves_nothing(self):
        invoice = self.bill("2026-01-10", 1000)
        self.pay(invoice, "2026-01-20")
        note = self.credit(invoice, "2026-02-10")
        self.assertEqual(
            self.balances(), {"Bank": 1070, "Accounts Receivable (THB)": -1070}
        )
        self.pay(note, "2026-02-20", 1070)
        self.assertEqual(self.balances(), {})
        self.assertEqual(self.rows("credits", date="2026-12-31"), [])

    def test_what_is_set_off_pays_the_other_invoice(self):
        invoice = self.bill("2026-01-10", 1000)
        self.pay(invoice, "2026-01-20")
        note = self.credit(invoice, "2026-02-10")
        other = self.bill("2026-02-15", 1000)
        with self.on("2026-02-20"):
            note.with_user(self.pom).action_set_off(other.id)
        self.assertEqual(self.balances(), self.PAID)
        self.assertEqual(self.total("receivables", "due", date="2026-12-31"), 0)
        self.assertEqual(self.rows("credits", date="2026-12-31"), [])
        rows = self.rows("statement", customer_id=self.hilton.id, date_to="2026-12-31")
        self.assertEqual(rows[-1]["balance"], 0)

    def test_goods_owe_their_vat_with_the_invoice(self):
        product = self.env.ref("bmasia_crm.product_player")
        with self.on("2026-01-10"):
            invoice = self.issued_invoice(self.line(1000, product_id=product.id))
        self.assertTrue(invoice.is_tax_invoice)
        self.assertEqual(self.balances()["Output VAT"], -70)
        self.assertEqual(self.total("vat", "tax", month="2026-01-01"), 70)
        self.pay(invoice, "2026-02-20")
        self.assertEqual(self.balances(), self.PAID)
        self.assertEqual(self.rows("vat", month="2026-02-01"), [])

    def test_what_was_never_taxed_is_taken_back_from_undue_vat(self):
        invoice = self.bill("2026-01-10", 10000)
        self.pay(invoice, "2026-01-20", 4000)
        note = self.credit(invoice, "2026-02-10", 5000)
        self.assertEqual(note.kind, "adjustment")
        found = self.balances()
        self.assertEqual(found["Accounts Receivable (THB)"], 10700 - 4000 - 5350)
        self.assertEqual(found["Output VAT"], -261.68)
        self.assertEqual(found["Undue Output VAT"], -(350 - 261.68))
        self.assertEqual(self.rows("vat", month="2026-02-01"), [])

    def test_each_entry_balances_and_receivables_agree(self):
        invoice = self.bill("2026-01-10", 333.33)
        self.pay(invoice, "2026-01-20", 100.01)
        other = self.bill("2026-01-12", 1000)
        self.pay(other, "2026-01-25", 1200)
        self.credit(invoice, "2026-02-10", 50)
        entries = {}
        for row in self.lines():
            sums = entries.setdefault(row["key"], [])
            sums += [row["debit"] or 0, -(row["credit"] or 0)]
        new, _first = self.env["bmasia.report.journal"]._new_keys(
            self.thailand, PERIOD["date_to"]
        )
        self.assertEqual(set(new), entries.keys(), "what an export would have")
        for key, amounts in entries.items():
            self.assertEqual(money.add(amounts), 0, key)
        self.assertEqual(
            self.balances()["Accounts Receivable (THB)"],
            self.total("receivables", "due", date="2026-12-31"),
        )
        (credit,) = self.rows("credits", date="2026-12-31")
        self.assertEqual(self.balances()["Customer Advances"], -credit["amount"])

    def test_output_vat_is_what_the_vat_report_says(self):
        for number in range(3):
            invoice = self.bill(f"2026-01-{10 + number}", 333.33 + number)
            self.pay(invoice, f"2026-02-0{1 + number}", 100 + number)
        self.assertEqual(
            -self.balances(date_to="2026-02-28")["Output VAT"],
            self.total("vat", "tax", month="2026-02-01"),
        )


@tagged("post_install", "-at_install")
class TestIssuedAnew(JournalCase):
    """The new document has the day and the amounts: the month of the original stays."""

    def figures(self):
        january = {"date_from": "2026-01-01", "date_to": "2026-01-31"}
        (revenue,) = self.rows("revenue", **january)
        statement = self.rows(
            "statement", customer_id=self.hilton.id, date_to="2026-01-31"
        )
        return (
            self.balances(**january),
            self.total("receivables", "due", date="2026-01-31"),
            (revenue["invoiced"], revenue["recognised"], revenue["deferred"]),
            self.total("deferred", "deferred", date="2026-01-31"),
            statement[-1]["balance"],
            self.total("vat", "tax", month="2026-01-01"),
        )

    def test_no_figure_of_its_month_changes(self):
        year = {"period_start": "2026-01-10", "period_end": "2027-01-09"}
        invoice = self.bill("2026-01-10", 10000, **year)
        self.pay(invoice, "2026-01-20", 4000)
        before = self.figures()
        self.assertEqual(before[1], 6700)
        with self.on("2026-02-05"):
            invoice.with_user(self.pom).action_replace("The address was wrong")
        self.assertEqual(self.figures(), before)
        self.assertEqual(self.total("receivables", "due", date="2026-12-31"), 6700)


@tagged("post_install", "-at_install")
class TestJournalExport(JournalCase):
    def export(self, last):
        reports = self.env["bmasia.report"].with_user(self.pom)
        chosen = {"company_id": self.thailand.id, **PERIOD, "date_to": last}
        action = reports.press("journal", "export", chosen)
        return self.env["bmasia.journal.export"].browse(action["res_id"])

    def text(self, export, kind):
        content = b64decode(export.with_context(bin_size=False)[f"{kind}_file"])
        return content.decode("utf-8-sig")

    def amounts(self, text, keys):
        """What entries of a CSV file have on each account."""
        found = {}
        for row in csv.reader(io.StringIO(text)):
            account, debit, credit, key = row[4:8]
            if key in keys:
                amount = float(debit or 0) - float(credit or 0)
                found[account] = round(found.get(account, 0) + amount, 2)
        return found

    def test_each_entry_is_exported_once(self):
        invoice = self.bill("2026-01-10", 1000)
        first = self.export("2026-01-31")
        self.assertEqual((first.entry_count, first.late_count), (1, 0))
        with self.assertRaises(UserError):
            self.export("2026-01-31")
        self.pay(invoice, "2026-02-05")
        self.bill("2026-02-10", 500)
        second = self.export("2026-02-28")
        self.assertIn(invoice.name, self.text(first, "csv"))
        self.assertEqual(second.entry_count, 3)  # money, its use, an invoice
        self.assertFalse(
            set(first.row_ids.mapped("key")) & set(second.row_ids.mapped("key"))
        )

    def test_what_is_dated_earlier_is_counted_apart(self):
        invoice = self.bill("2026-01-10", 1000)
        self.export("2026-01-31")
        with self.on("2026-02-03"):
            invoice.with_user(self.pom).action_register_payment(1070, "2026-01-30")
        export = self.export("2026-02-28")
        self.assertEqual((export.entry_count, export.late_count), (2, 2))

    def test_what_is_voided_after_an_export_is_taken_back_in_the_next(self):
        invoice = self.bill("2026-01-10", 1000)
        payment = self.pay(invoice, "2026-01-20")
        first = self.export("2026-01-31")
        told = self.text(first, "csv")
        with self.on("2026-02-15"):
            record = self.env["bmasia.payment"].browse(payment["id"])
            record.with_user(self.norbert).action_void("Bounced")
        second = self.export("2026-02-28")
        keys = {key for key in first.row_ids.mapped("key") if "invoice" not in key}
        self.assertEqual(
            set(second.row_ids.mapped("key")), {f"{key}:void" for key in keys}
        )
        self.assertEqual(second.late_count, 0)
        self.assertEqual(self.text(first, "csv"), told)
        booked = self.amounts(told, keys)
        self.assertEqual(sum(booked.values()), 0)
        taken_back = self.amounts(self.text(second, "csv"), {f"{k}:void" for k in keys})
        self.assertEqual(taken_back, {name: -amount for name, amount in booked.items()})
        with self.assertRaises(UserError):
            self.export("2026-12-31")

    def test_quickbooks_gets_balanced_blocks_in_ascii(self):
        self.hilton.legal_name = "Café Zürich\t=1+1"
        invoice = self.bill("2026-01-10", 1000)
        self.pay(invoice, "2026-01-20", 1040, withholding_amount=30)
        text = self.text(self.export("2026-01-31"), "iif")
        self.assertTrue(text.isascii())
        blocks = text.split("ENDTRNS")[1:-1]
        self.assertEqual(len(blocks), 3)
        for block in blocks:
            rows = [
                line.split("\t")
                for line in block.splitlines()
                if line.startswith(("TRNS", "SPL"))
            ]
            self.assertEqual(money.add(float(row[5]) for row in rows), 0)
            self.assertEqual([row[0] for row in rows][0], "TRNS")
            self.assertEqual({row[4] for row in rows}, {"Cafe Zurich =1+1"})
        head = "TRNS\tINVOICE\t10/01/2026\tAccounts Receivable (THB)\t"
        self.assertTrue(any(head in block for block in blocks))

    def test_a_bill_in_dollars_stands_on_accounts_in_dollars(self):
        """QuickBooks has receivables and bank accounts of one currency each."""
        dollars = self.currency("USD").id
        invoice = self.bill("2026-01-10", 1000, currency_id=dollars)
        with self.on("2026-01-20"):
            invoice.with_user(self.pom).action_register_payment(
                1020, bank_charge=40, details={"thb_rate": 33, "thb_rate_source": "bot"}
            )
            payments = self.env["bmasia.payment"].with_user(self.pom)
            payments.register(self.hilton.id, self.thailand.id, 500)
        export = self.export("2026-01-31")
        accounts = {}
        for line in self.text(export, "iif").splitlines():
            cells = line.split("\t")
            if cells[0] in ("TRNS", "SPL"):
                accounts.setdefault(cells[7], set()).add(cells[3])
        self.assertEqual(
            accounts.pop(f"Invoice {invoice.name} USD"),
            {"Accounts Receivable (USD)", "Sales", "Undue Output VAT"},
        )
        self.assertEqual(
            accounts.pop(f"Settlement {invoice.receipt_ids.name} USD"),
            {
                *("Accounts Receivable (USD)", "Customer Advances (USD)"),
                *("Bank Charges", "Undue Output VAT", "Output VAT"),
            },
        )
        self.assertEqual(
            accounts,
            {
                "Payment USD": {"Bank (USD)", "Customer Advances (USD)"},
                "Payment": {"Bank", "Customer Advances"},
            },
        )
        in_csv = {
            row[4]: row[-1] for row in csv.reader(io.StringIO(self.text(export, "csv")))
        }
        self.assertEqual((in_csv["Bank (USD)"], in_csv["Bank"]), ("USD", "THB"))

    def test_the_currency_of_the_entity_needs_no_name(self):
        hongkong = self.hongkong
        hongkong.currency_id = self.currency("USD")
        with self.on("2026-01-20"):
            payments = self.env["bmasia.payment"].with_user(self.pom)
            payments.register(self.hilton.id, hongkong.id, 500)
        rows = self.rows("journal", company_id=hongkong.id, **PERIOD)
        self.assertEqual(
            {row["account_name"] for row in rows}, {"Bank", "Customer Advances"}
        )

    def test_an_export_stays(self):
        self.bill("2026-01-10", 1000)
        export = self.export("2026-01-31")
        with self.assertRaises(AccessError):
            export.with_user(self.norbert).unlink()
        with self.assertRaises(UserError):
            export.unlink()
