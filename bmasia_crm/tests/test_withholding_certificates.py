"""Certificates of tax withheld: owed by each payment, received for one or several."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCase, SendingCase

NOON = "2026-11-28 05:00:00"  # in Bangkok


class CertificateCase(CrmCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOON))
        self.thailand.withholding_rate = 3
        self.hilton.vat = "0105500000001"

    def paid(self, amount=10400, withheld=300, price=10000, **values):
        invoice = self.issued_invoice(self.line(price), **values)
        invoice.action_register_payment(amount, withholding_amount=withheld)
        return invoice

    def certificate_of(self, invoice):
        found = invoice.allocation_ids.certificate_id
        return found.with_user(self.pom)


@tagged("post_install", "-at_install")
class TestOwed(CertificateCase):
    def test_each_payment_of_which_was_withheld_owes_one(self):
        owed = self.certificate_of(self.paid())
        self.assertEqual((owed.state, owed.amount, owed.base), ("owed", 300, 10000))
        self.assertEqual((owed.rate, owed.income_type), (3, "40_8"))
        self.assertEqual(owed.payer_vat, "0105500000001")
        self.assertEqual((owed.base_thb, owed.amount_thb), (10000, 300))
        self.assertEqual(owed.paid_on, self.thailand._today())
        self.assertFalse(self.certificate_of(self.paid(10700, 0)))

    def test_a_part_payment_has_the_base_of_its_share(self):
        invoice = self.issued_invoice(self.line(10000))
        for _half in range(2):
            invoice.action_register_payment(
                5200, withholding_amount=150, reference=str(_half)
            )
        owed = invoice.allocation_ids.certificate_id
        self.assertEqual(owed.mapped("base"), [5000, 5000])
        self.assertEqual(owed.mapped("rate"), [3, 3])

    def test_rent_is_another_income(self):
        owed = self.certificate_of(self.paid(10200, 500))
        self.assertEqual((owed.rate, owed.income_type), (5, "40_5"))

    def test_a_voided_payment_takes_it_along_unless_it_is_here(self):
        invoice, kept = self.paid(), self.paid()
        here = self.certificate_of(kept)
        here.action_receive("7/12", "2026-11-27")
        for each in (invoice, kept):
            each.payment_ids.with_user(self.pom).action_void("Bounced")
        self.assertFalse(invoice.allocation_ids.certificate_id)
        self.assertEqual(here.state, "received")
        self.assertEqual((here.amount_withheld, here.difference), (0, 300))

    def test_it_counts_its_days(self):
        owed = self.certificate_of(self.paid())
        with freeze_time("2027-01-07 05:00:00"):
            owed.invalidate_recordset(["days_owed"])
            self.assertEqual(owed.days_owed, 40)
        owed.action_receive("1", "2026-11-28")
        self.assertEqual(owed.days_owed, 0)


@tagged("post_install", "-at_install")
class TestReceived(CertificateCase):
    def test_it_needs_number_and_date(self):
        owed = self.certificate_of(self.paid())
        for said in ((None, "2026-11-27"), ("7/12", None)):
            with self.assertRaisesRegex(UserError, "number and the date"):
                with self.cr.savepoint():
                    owed.action_receive(*said)
        owed.write({"file": b"JVBERi0=", "file_name": "wht.pdf", "number": "7/12"})
        owed.action_receive(date="2026-11-27")
        self.assertEqual((owed.state, owed.number), ("received", "7/12"))

    def test_what_is_here_is_fixed_until_it_is_owed_again(self):
        here = self.certificate_of(self.paid())
        here.action_receive("7/12", "2026-11-27")
        with self.assertRaisesRegex(UserError, "Take that back first"):
            here.amount = 299
        here.action_owe()
        here.amount = 299
        self.assertEqual(here.difference, -1)
        here.action_receive()

    def test_one_serves_several_payments(self):
        owed = self.certificate_of(self.paid()) | self.certificate_of(self.paid())
        opened = owed.action_join()
        joined = owed.browse(opened["res_id"])
        self.assertEqual(owed.exists(), joined)
        self.assertEqual((joined.amount, joined.base, joined.rate), (600, 20000, 3))
        self.assertEqual(len(joined.allocation_ids), 2)
        self.assertEqual(joined.difference, 0)

    def test_others_are_not_joined(self):
        owed = self.certificate_of(self.paid())
        other = self.make_company("Marriott", country="base.th")
        stranger = self.certificate_of(self.paid(customer_id=other.id))
        here = self.certificate_of(self.paid())
        here.action_receive("1", "2026-11-27")
        for wrong in (owed, owed | stranger, owed | here):
            with self.assertRaises(UserError):
                wrong.action_join()

    def test_only_finance_notes_it_and_nobody_makes_or_deletes_one(self):
        owed = self.certificate_of(self.paid())
        with self.assertRaises(AccessError):
            owed.with_user(self.nikki).action_receive("1", "2026-11-27")
        with self.assertRaises(AccessError):
            owed.with_user(self.nikki).action_owe()
        for user in (self.pom, self.norbert):
            with self.assertRaises(AccessError):
                owed.with_user(user).unlink()
            with self.assertRaises(UserError):
                owed.with_user(user).create({"customer_id": self.hilton.id})
            with self.assertRaises(UserError):
                owed.with_user(user).state = "received"

    def test_figures_are_plausible(self):
        owed = self.certificate_of(self.paid())
        for vals in ({"rate": 101}, {"base": -1}, {"amount": -1}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                owed.write(vals)


@tagged("post_install", "-at_install")
class TestAskedFor(SendingCase):
    def setUp(self):
        super().setUp()
        self.hilton.vat = "0105500000001"
        invoice = self.issued_invoice(self.line(10000))
        invoice.action_register_payment(10400, withholding_amount=300)
        self.owed = invoice.allocation_ids.certificate_id.with_user(self.pom)
        self.receipt = self.owed.receipt_ids

    def test_the_mail_leaves_from_one_s_own_account_and_names_the_payment(self):
        answer = self.receipt.send_certificate_request(recipients=["anong@example.com"])
        self.assertEqual(answer["status"], "sent")
        (mail,) = self.server.messages
        text = str(mail)
        self.assertIn("pom@example.com", text)
        self.assertIn(self.receipt.name, text)
        self.assertIn("THB 300.00", text)

    def test_the_button_opens_it_for_review(self):
        wizard = self.env["document.send.wizard"].browse(
            self.owed.action_ask()["res_id"]
        )
        self.assertEqual(wizard.document, self.receipt)
        self.assertIn("Withholding tax certificate", wizard.subject)

    def test_nobody_is_asked_for_what_is_here(self):
        self.owed.action_receive("1", self.thailand._today())
        for ask in (self.owed.action_ask, self.receipt.action_ask_certificate):
            with self.assertRaises(UserError):
                ask()
        with self.assertRaises(UserError):
            self.receipt.send_certificate_request(recipients=["a@example.com"])

    def test_a_reminder_is_proposed_after_thirty_days_and_settled_when_it_is_here(self):
        later = self.thailand._today() + timedelta(days=31)
        with freeze_time(f"{later} 05:00:00"):
            self.env["document.reminder"]._cron_draft()
            reminder = self.receipt.sudo().reminder_id
            self.assertEqual(reminder.kind, "withholding_30")
            self.owed.action_receive("1", self.thailand._today())
            self.assertFalse(self.receipt.sudo()._is_reminder_due())
            self.assertIn("is here", self.receipt.sudo()._why_not_reminded())

    def test_who_asks_needs_the_right(self):
        with self.assertRaises(AccessError):
            self.receipt.with_user(self.nikki).send_certificate_request()


@tagged("post_install", "-at_install")
class TestOneTransfer(CertificateCase):
    def test_one_transfer_for_two_invoices_owes_one_certificate(self):
        bills = self.issued_invoice(self.line(10000)) | self.issued_invoice(
            self.line(10000)
        )
        self.env["bmasia.payment"].with_user(self.pom).register(
            self.hilton.id,
            self.thailand.id,
            20800,
            allocations=[
                {"invoice_id": bill.id, "amount": 10400, "withholding_amount": 300}
                for bill in bills
            ],
        )
        owed = bills.allocation_ids.certificate_id
        self.assertEqual(len(owed), 1)
        self.assertEqual((owed.amount, owed.base), (600, 20000))
