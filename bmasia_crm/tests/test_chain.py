"""From a contract to its invoices, payments, credit notes and the next term."""

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCase

NOON = "2026-03-05 05:00:00"


@tagged("post_install", "-at_install")
class TestBilling(CrmCase):
    def test_the_term_ends_the_day_before_its_anniversary(self):
        contract = self.contract(start_date="2026-02-01", term_months=12)
        self.assertEqual(str(contract.end_date), "2027-01-31")

    @freeze_time(NOON)
    def test_the_schedule_adds_up_to_the_value_of_the_term(self):
        for frequency, count in (
            ("annual", 2),
            ("upfront", 1),
            ("half_yearly", 4),
            ("quarterly", 8),
            ("monthly", 24),
            ("one_time", 1),
        ):
            contract = self.contract(
                self.line(price=1000 / 7, quantity=3, discount=12.5),
                self.line(price=99.99, kind="one_time"),
                term_months=24,
                billing_frequency=frequency,
            )
            periods = contract.schedule_ids
            with self.subTest(frequency=frequency):
                self.assertEqual(len(periods), count)
                total = sum(periods.mapped("amount_untaxed"))
                self.assertAlmostEqual(total, contract.term_value, 2)
                self.assertEqual(periods[-1].period_end, contract.end_date)

    @freeze_time(NOON)
    def test_each_due_period_becomes_one_invoice(self):
        contract = self.active_contract(
            start_date="2026-01-01", billing_frequency="monthly"
        )
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 3)
        contract.with_user(self.pom).action_create_invoices()
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 3)
        for invoice in contract.invoice_ids:
            self.assertEqual(invoice.amount_untaxed, invoice.schedule_id.amount_untaxed)

    @freeze_time(NOON)
    def test_the_net_of_all_invoices_is_the_value_of_the_term(self):
        contract = self.active_contract(
            self.line(price=10000 / 3, quantity=7, discount=7.5),
            start_date="2024-03-01",
            term_months=24,
            billing_frequency="quarterly",
        )
        contract.with_user(self.pom).action_create_invoices()
        total = sum(contract.invoice_ids.mapped("amount_untaxed"))
        self.assertEqual(len(contract.invoice_ids), 8)
        self.assertAlmostEqual(total, contract.term_value, 2)

    @freeze_time(NOON)
    def test_a_cancelled_invoice_frees_its_period(self):
        contract = self.active_contract(start_date="2026-03-01")
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids
        invoice.with_user(self.pom).action_issue()
        invoice.with_user(self.norbert).action_cancel("Wrong address")
        contract.with_user(self.pom).action_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 2)
        self.assertTrue(invoice.name)

    @freeze_time(NOON)
    def test_invoiced_contracts_keep_their_schedule(self):
        contract = self.active_contract(start_date="2026-03-01")
        contract.with_user(self.pom).action_create_invoices()
        with self.assertRaisesRegex(UserError, "has been invoiced"):
            contract.billing_frequency = "monthly"


@tagged("post_install", "-at_install")
class TestRenewal(CrmCase):
    def test_the_old_contract_is_renewed_when_the_new_one_starts(self):
        with freeze_time(NOON):
            old = self.active_contract(start_date="2025-04-01")
            action = old.action_renew(price_change=10)
            self.assertEqual(old.action_renew()["res_id"], action["res_id"])
            new = old.browse(action["res_id"])
            self.assertEqual(str(new.start_date), "2026-04-01")
            self.assertEqual(new.annual_value, round(old.annual_value * 1.1, 2))
            new.action_mark_sent()
            new.action_activate("2026-03-05")
            self.env["bmasia.contract"]._cron_follow_dates()
            self.assertEqual((old.state, new.state), ("active", "active"))
        with freeze_time("2026-04-01 05:00:00"):
            self.env["bmasia.contract"]._cron_follow_dates()
            self.assertEqual((old.state, new.state), ("renewed", "active"))

    def test_a_contract_that_nobody_renews_expires_after_its_last_day(self):
        with freeze_time(NOON):
            contract = self.active_contract(start_date="2025-04-01")
        for moment, state in (
            ("2026-03-31 10:00:00", "active"),
            ("2026-04-01 05:00:00", "expired"),
        ):
            with freeze_time(moment):
                self.env["bmasia.contract"]._cron_follow_dates()
                self.assertEqual(contract.state, state)

    def test_one_time_lines_are_not_renewed(self):
        contract = self.active_contract(
            self.line(), self.line(name="Player", kind="one_time")
        )
        new = contract.browse(contract.action_renew()["res_id"])
        self.assertEqual(new.line_ids.mapped("kind"), ["recurring"])


@tagged("post_install", "-at_install")
class TestPayments(CrmCase):
    def setUp(self):
        super().setUp()
        self.bill = self.issued_invoice(self.line(price=1000, kind="one_time"))
        self.assertEqual(self.bill.amount_total, 1070)

    def test_part_payments_and_tax_withheld_settle_the_invoice(self):
        first = self.bill.action_register_payment(500)
        self.assertEqual(first["payment_state"], "partial")
        self.assertEqual(self.bill.state, "issued")
        last = self.bill.action_register_payment(540, withholding_amount=30)
        self.assertEqual((last["amount_due"], self.bill.state), (0, "paid"))
        numbers = self.bill.payment_ids.mapped("name")
        self.assertEqual(len(set(numbers)), 2)
        self.assertTrue(all(number.startswith("REC-") for number in numbers))

    def test_more_than_is_due_is_refused(self):
        refused = self.assertRaisesRegex(UserError, "left to pay")
        with refused, self.env.cr.savepoint():
            self.bill.action_register_payment(1070.01)
        self.assertFalse(self.bill.payment_ids)

    def test_nothing_and_less_are_no_payments(self):
        for amount in (0, -5):
            with self.assertRaises(ValidationError):
                self.bill.action_register_payment(amount)

    def test_a_payment_is_not_older_than_its_invoice(self):
        with self.assertRaisesRegex(UserError, "before the invoice"):
            self.bill.action_register_payment(10, date="2020-01-01")

    def test_a_receipt_stays_as_it_is(self):
        self.bill.action_register_payment(10)
        with self.assertRaisesRegex(UserError, "stays"):
            self.bill.payment_ids.amount = 20

    def test_a_credit_note_mirrors_its_invoice(self):
        with self.assertRaisesRegex(UserError, "why"):
            self.bill.action_credit("")
        note = self.bill.browse(self.bill.action_credit("Returned")["res_id"])
        self.assertEqual(note.amount_total, self.bill.amount_total)
        note.action_issue()
        self.assertEqual((self.bill.state, self.bill.amount_due), ("credited", 0))
        self.assertTrue(note.name.startswith("CN-"))

    def test_overdue_follows_the_due_date(self):
        self.assertFalse(self.bill.is_overdue)
        overdue = [("is_overdue", "=", True), ("id", "=", self.bill.id)]
        self.assertFalse(self.bill.search(overdue))
        with freeze_time("2099-01-01"):
            self.bill.invalidate_recordset(["is_overdue", "days_overdue"])
            self.assertTrue(self.bill.is_overdue)
            self.assertEqual(self.bill.search(overdue), self.bill)
