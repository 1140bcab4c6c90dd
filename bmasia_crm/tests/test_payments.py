"""Payments, receipts, credit notes, and what is overdue."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCase


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
        numbers = self.bill.receipt_ids.mapped("name")
        self.assertEqual(len(set(numbers)), 2)
        self.assertTrue(all(number.startswith("REC-") for number in numbers))

    def test_lists_add_up_only_what_customers_were_asked_for(self):
        draft = self.bill.copy()
        self.bill.action_register_payment(70)
        self.assertEqual((draft | self.bill).mapped("amount_due_signed"), [0.0, 1000.0])

    def test_more_than_is_due_is_the_customer_s_credit(self):
        answer = self.bill.action_register_payment(1070.01)
        self.assertEqual((answer["amount_due"], answer["unallocated"]), (0, 0.01))
        payment = self.bill.payment_ids
        self.assertEqual(payment.amount_unallocated, 0.01)
        self.assertEqual(self.bill.receipt_ids.amount_total, 1070)

    def test_nothing_and_less_are_no_payments(self):
        for amount in (0, -5):
            with self.assertRaises(ValidationError):
                self.bill.action_register_payment(amount)

    def test_money_may_be_older_than_its_invoice_but_not_by_years(self):
        with self.assertRaisesRegex(UserError, "more than a year before the invoice"):
            self.bill.action_register_payment(10, date="2020-01-01")
        day = self.bill.issue_date - timedelta(days=2)
        self.bill.action_register_payment(10, date=day)
        receipt = self.bill.receipt_ids
        self.assertEqual((receipt.date, receipt.tax_point), (day, day))

    def test_a_receipt_stays_as_it_is(self):
        self.bill.action_register_payment(10)
        for record in (self.bill.receipt_ids, self.bill.payment_ids):
            with self.assertRaisesRegex(UserError, "stays"):
                record.reference = "CHQ 124"

    def test_a_receipt_is_kept_from_the_day_it_is_made(self):
        self.bill.action_register_payment(100)
        receipt = self.bill.receipt_ids
        self.assertTrue(receipt.archive_ids)
        kept = receipt.archive_ids
        receipt.action_print()
        self.assertEqual(receipt.archive_ids, kept)
        with self.assertRaisesRegex(UserError, "stays"):
            receipt.currency_id = self.env.ref("base.USD")

    def test_an_issued_invoice_keeps_its_contract(self):
        invoice, contract = self.issued_invoice(), self.active_contract()
        with self.assertRaisesRegex(UserError, "can no longer change"):
            invoice.contract_id = contract

    def test_a_credit_note_mirrors_its_invoice(self):
        with self.assertRaisesRegex(UserError, "why"):
            self.bill.action_credit("")
        note = self.bill.browse(self.bill.action_credit("Returned")["res_id"])
        self.assertEqual(note.amount_total, self.bill.amount_total)
        note.action_issue()
        self.assertEqual((self.bill.state, self.bill.amount_due), ("credited", 0))
        self.assertTrue(note.name.startswith("ADJ-"), "nothing of it was taxed")

    def test_a_credit_note_takes_the_lines_that_were_chosen(self):
        bill = self.issued_invoice(
            self.line(1000, 3, kind="one_time"), self.line(500, kind="one_time")
        )
        first, second = bill.line_ids
        note = bill.browse(bill.action_credit("Broken", [second.id])["res_id"])
        self.assertEqual(note.amount_total, second.amount_total)
        note.action_issue()
        self.assertEqual((bill.state, bill.amount_due), ("issued", 3210))
        with self.assertRaisesRegex(UserError, "are credited"):
            bill.action_credit("Again", [second.id])
        note = bill.browse(bill.action_credit("Two came late")["res_id"])
        self.assertEqual(note.line_ids.reversed_line_id, first)
        note.line_ids.quantity = 2
        note.action_issue()
        self.assertEqual((bill.state, bill.amount_due), ("issued", 1070))
        rest = bill.browse(bill.action_credit("All of it")["res_id"])
        with self.assertRaisesRegex(UserError, "at most.*1,070"):
            rest.action_issue()
        self.assertFalse(rest.name)
        rest.line_ids.quantity = 1
        rest.action_issue()
        self.assertEqual((bill.state, bill.amount_due), ("credited", 0))

    def test_no_line_is_credited_at_more_than_was_invoiced(self):
        lines = [self.line(100, 3, name="A"), self.line(900, name="B")]
        bill = self.issued_invoice(*lines)
        bill.action_credit("Two of them", bill.line_ids[:1].ids)
        note = bill.credit_note_ids
        note.line_ids.quantity = 2
        note.action_issue()
        bill.action_credit("And more", bill.line_ids[:1].ids)
        again = bill.credit_note_ids - note
        again.line_ids.quantity = 2
        with self.assertRaisesRegex(UserError, "more than the rest"):
            again.action_issue()
        again.line_ids.quantity = 1
        again.action_issue()

    def test_a_part_credited_and_the_rest_paid_is_paid(self):
        for credit_first in (True, False):
            bill = self.issued_invoice(
                self.line(1000, kind="one_time"), self.line(500, kind="one_time")
            )
            note = bill.browse(
                bill.action_credit("Broken", bill.line_ids[1].ids)["res_id"]
            )
            steps = [note.action_issue, lambda b=bill: b.action_register_payment(1070)]
            for step in steps if credit_first else reversed(steps):
                step()
            self.assertEqual((bill.state, bill.amount_due), ("paid", 0))
            self.assertEqual(bill.amount_refund, 0)

    def test_what_was_paid_and_then_credited_is_to_be_refunded(self):
        self.bill.action_register_payment(1070)
        answer = self.bill.action_credit("Returned", ground="returned")
        note = self.bill.browse(answer["res_id"])
        note.action_issue()
        self.assertTrue(note.name.startswith("CN-"))
        self.assertEqual(self.bill.state, "credited")
        self.assertEqual((self.bill.amount_due, self.bill.amount_refund), (0, 1070))

    def test_a_credit_note_is_not_older_than_its_invoice(self):
        note = self.bill.browse(self.bill.action_credit("Returned")["res_id"])
        note.issue_date = "2020-01-01"
        with self.assertRaisesRegex(UserError, "older than its invoice"):
            note.action_issue()

    def test_an_invoice_over_nothing_is_settled_when_it_is_issued(self):
        self.assertEqual(self.issued_invoice(self.line(10, discount=100)).state, "paid")
        self.assertEqual(self.issued_invoice(kind="proforma").state, "issued")

    def test_only_an_issued_invoice_is_credited_or_paid(self):
        note = self.bill.browse(self.bill.action_credit("Returned")["res_id"])
        proforma = self.issued_invoice(kind="proforma")
        for document in (self.invoice(), note, proforma):
            with self.assertRaisesRegex(UserError, "Only an issued invoice"):
                document.action_credit("Why not")
        for document in (self.invoice(), note):
            with self.assertRaisesRegex(UserError, "not to be paid"):
                document.action_register_payment(1)

    def test_due_date_follows_from_the_entity_s_terms_or_is_chosen(self):
        self.thailand.payment_days = 15
        bill = self.issued_invoice()
        self.assertEqual((bill.due_date - bill.issue_date).days, 15)
        chosen = self.invoice(due_date="2099-01-01")
        chosen.action_issue()
        self.assertEqual(str(chosen.due_date), "2099-01-01")
        self.assertFalse(self.issued_invoice(kind="proforma").due_date)

    def test_the_second_of_two_receipts_has_its_own_number_and_none_changes(self):
        answer = self.bill.action_register_payment(1070)
        refused = self.assertRaisesRegex(UserError, "not to be paid")
        with refused, self.env.cr.savepoint():
            self.bill.action_register_payment(1070)
        self.bill.receipt_ids.action_mark_sent()
        self.assertEqual(self.bill.receipt_ids.mapped("name"), [answer["number"]])

    def test_invoices_age(self):
        ages = dict.fromkeys((0, 1, 30, 31, 60, 61, 90, 91, 400))
        bills = self.bill
        for late in ages:
            with freeze_time("2026-03-05 05:00:00") as clock:
                bill = self.issued_invoice()
                clock.tick(86400 * (30 + late))
                bill.invalidate_recordset(["ageing"])
                ages[late] = bill.ageing
                own = [("id", "in", (bill | bills).ids)]
                for age in ("current", "1_30", "31_60", "61_90", "older"):
                    found = bill.search([("ageing", "=", age), *own])
                    self.assertEqual(bill in found, age == bill.ageing, (late, age))
        names = ["current", "1_30", "1_30", "31_60", "31_60", "61_90", "61_90"]
        self.assertEqual([*ages.values()], [*names, "older", "older"])
        self.bill.action_register_payment(1070)
        self.assertFalse(self.bill.ageing)
        unaged = self.bill.search([("ageing", "=", False), ("id", "=", self.bill.id)])
        self.assertEqual(unaged, self.bill)

    def test_overdue_follows_the_due_date(self):
        self.assertFalse(self.bill.is_overdue)
        overdue = [("is_overdue", "=", True), ("id", "=", self.bill.id)]
        self.assertFalse(self.bill.search(overdue))
        with freeze_time("2099-01-01"):
            self.bill.invalidate_recordset(["is_overdue", "days_overdue"])
            self.assertTrue(self.bill.is_overdue)
            self.assertEqual(self.bill.search(overdue), self.bill)

    def test_a_draft_says_what_its_tax_invoice_will_lack(self):
        self.thailand.country_id = self.env.ref("base.th")
        invoice = self.invoice()
        customer = self.hilton.sudo()
        customer.write({"vat": False, "branch": False, "street": "1 Beach Road"})
        self.assertIn("no tax ID, branch", invoice.tax_warning)
        customer.write({"vat": "DEMO 0000000000001", "branch": "Head Office"})
        self.assertFalse(invoice.tax_warning)
        invoice.currency_id = self.env.ref("base.USD")
        self.assertIn("made out in THB", invoice.tax_warning)
        customer.write({"vat": False, "country_id": self.env.ref("base.vn").id})
        self.assertNotIn("tax ID", invoice.tax_warning)
        self.thailand.country_id = self.env.ref("base.hk")
        invoice.invalidate_recordset(["tax_warning"])
        self.assertFalse(invoice.tax_warning)
