"""What customers owe on any day, computed from what had happened until then."""

from odoo.tests import tagged

from .reports import ReportCase


@tagged("post_install", "-at_install")
class TestReceivables(ReportCase):
    def due(self, day, name="due", key="receivables"):
        return self.total(key, name, date=day)

    def test_an_invoice_is_open_from_its_day_until_it_is_paid(self):
        invoice = self.bill("2026-01-10", 10000)
        self.pay(invoice, "2026-02-05", 4000)
        self.pay(invoice, "2026-03-20", 6400, withholding_amount=300)
        for day, due in (
            ("2026-01-09", 0),
            ("2026-01-10", 10700),
            ("2026-02-04", 10700),
            ("2026-02-05", 6700),
            ("2026-03-19", 6700),
            ("2026-03-20", 0),
        ):
            with self.subTest(day=day):
                self.assertEqual(self.due(day), due)
                self.assertEqual(self.due(day, "open", "open_invoices"), due)

    def test_ages_are_those_of_the_day_that_is_asked(self):
        self.bill("2026-01-10", 10000)  # due on 9 February
        for day, age in (
            ("2026-02-09", "current"),
            ("2026-02-10", "1_30"),
            ("2026-03-11", "1_30"),
            ("2026-03-12", "31_60"),
            ("2026-04-11", "61_90"),
            ("2026-05-11", "older"),
        ):
            with self.subTest(day=day):
                (row,) = self.rows("receivables", date=day)
                ages = ("current", "1_30", "31_60", "61_90", "older")
                self.assertEqual({a for a in ages if row[a]}, {age})
                self.assertEqual(row[age], 10700)

    def test_a_credit_note_takes_away_from_its_day(self):
        invoice = self.bill("2026-01-10", 10000)
        self.credit(invoice, "2026-04-02", 2500)
        self.assertEqual(self.due("2026-04-01"), 10700)
        self.assertEqual(self.due("2026-04-02"), 8025)

    def test_a_cancelled_invoice_was_open_until_then(self):
        invoice = self.bill("2026-01-10", 10000)
        with self.on("2026-02-10"):
            invoice.with_user(self.norbert).action_cancel("Wrong customer")
        self.assertEqual(self.due("2026-02-09"), 10700)
        self.assertEqual(self.due("2026-02-10"), 0)

    def test_drafts_and_proformas_are_owed_by_nobody(self):
        with self.on("2026-01-10"):
            self.invoice(issue_date="2026-01-10")
            self.issued_invoice(kind="proforma")
        self.assertEqual(self.due("2026-12-31"), 0)

    def test_currencies_and_entities_stand_apart(self):
        abroad = self.make_company("Shanghai Silk", country="base.cn")
        self.bill("2026-01-10", 1000)
        self.bill("2026-01-10", 300, customer_id=abroad.id)
        here = self.rows("receivables", date="2026-01-31")
        there = self.rows("receivables", date="2026-01-31", company_id=self.hongkong.id)
        self.assertEqual([(r["currency"], r["due"]) for r in here], [("THB", 1070)])
        self.assertEqual([(r["currency"], r["due"]) for r in there], [("USD", 300)])

    def test_today_agrees_with_what_invoices_say(self):
        for number in range(4):
            invoice = self.bill(f"2026-01-{10 + number}", 1000 + number)
            if number % 2:
                self.pay(invoice, "2026-02-01", 500)
        invoices = self.env["bmasia.invoice"].search(
            [("company_id", "=", self.thailand.id)]
        )
        self.assertEqual(
            self.due(str(self.thailand._today())), sum(invoices.mapped("amount_due"))
        )


@tagged("post_install", "-at_install")
class TestStatement(ReportCase):
    def test_the_balance_follows_every_move(self):
        invoice = self.bill("2026-01-10", 10000)
        self.pay(invoice, "2026-02-05", 4000)
        self.credit(invoice, "2026-02-10", 1000)
        rows = self.rows(
            "statement",
            customer_id=self.hilton.id,
            date_from="2026-02-01",
            date_to="2026-02-28",
        )
        self.assertEqual([row["balance"] for row in rows], [10700, 6700, 5630])
        self.assertEqual(rows[0]["what"], "Balance brought forward")
        self.assertEqual((rows[1]["credit"], rows[2]["credit"]), (4000, 1070))

    def test_it_ends_with_what_receivables_say(self):
        invoice = self.bill("2026-01-10", 10000)
        self.bill("2026-01-20", 333.33)
        self.pay(invoice, "2026-02-05", 4000)
        rows = self.rows("statement", customer_id=self.hilton.id, date_to="2026-12-31")
        due = self.total("receivables", "due", date="2026-12-31")
        self.assertEqual(rows[-1]["balance"], due)
