"""What a provider confirms becomes a payment: once, and nothing of it is lost."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.payment_transaction import BOOK_TESTS
from .common import OnlineCase


@tagged("post_install", "-at_install")
class TestMoney(OnlineCase):
    def activities(self):
        summary = [("summary", "like", "Online payment")]
        return self.invoice_.activity_ids.filtered_domain(summary)

    # ------------------------------------------------------------
    # ONCE
    # ------------------------------------------------------------

    def test_it_is_registered_for_the_invoice(self):
        transaction = self.paid(provider_reference="pi_123")
        [payment] = self.payments()
        self.assertEqual(transaction.bmasia_payment_id, payment)
        self.assertEqual((payment.amount, payment.method), (14980.0, "online"))
        self.assertEqual(payment.reference, f"{transaction.reference} pi_123")
        self.assertEqual(payment.company_id, self.thailand)
        self.assertEqual(payment.date, self.thailand._today())
        self.assertEqual(self.invoice_.state, "paid")
        self.assertEqual(len(self.invoice_.receipt_ids), 1)
        words = self.words(self.get(self.path))
        self.assertIn("Your payment of THB 14,980.00 arrived", words)
        self.assertIn("Nothing is due", words)

    def test_the_person_of_finance_is_told(self):
        self.paid()
        mail = self.env["mail.mail"].search([("email_to", "ilike", self.pom.email)])
        self.assertIn("Online payment of", mail.subject)
        self.assertIn("14,980.00", mail.body_html)
        self.assertFalse(self.activities())

    def test_processed_twice_it_is_one_payment(self):
        transaction = self.paid()
        self.process(transaction)
        transaction.is_post_processed = False
        self.process(transaction)
        self.assertEqual(len(self.payments()), 1)

    def test_the_idempotency_key_alone_keeps_it_from_being_booked_twice(self):
        transaction = self.paid()
        [payment] = self.payments()
        transaction.bmasia_payment_id = False
        with self.assertRaises(UserError):
            transaction._book()
        self.assertEqual(self.payments(), payment)

    def test_what_is_not_confirmed_books_nothing(self):
        self.collect_later()
        for set_state in (
            lambda each: each,
            lambda each: each._set_pending(),
            lambda each: each._set_authorized(),
            lambda each: each._set_canceled(),
            lambda each: each._set_error("Declined"),
        ):
            transaction = self.transaction()
            set_state(transaction)
            self.process(transaction)
        self.assertFalse(self.payments())
        self.assertFalse(self.claims())

    def test_a_transaction_of_nothing_of_ours_is_core_s(self):
        transaction = self.transaction()
        transaction.bmasia_invoice_ids = False
        self.confirm(transaction)
        self.assertTrue(transaction.is_post_processed)
        self.assertFalse(self.payments())

    # ------------------------------------------------------------
    # WHAT HAS CHANGED MEANWHILE
    # ------------------------------------------------------------

    def test_what_was_withheld_is_settled_as_well(self):
        self.thailand.withholding_rate = 3
        self.hilton.show_withholding = True
        self.invoice_ = self.issued_invoice()
        self.paid(14560.0)
        self.assertEqual(self.invoice_.state, "paid")
        [use] = self.payments().allocation_ids
        self.assertEqual((use.amount, use.withholding_amount), (14560.0, 420.0))
        self.assertFalse(self.activities())

    def test_money_for_an_invoice_that_was_paid_is_on_account(self):
        transaction = self.transaction()
        self.invoice_.with_user(self.pom).action_register_payment(14980.0)
        self.confirm(transaction)
        payment = transaction.bmasia_payment_id
        self.assertEqual(payment.amount_unallocated, 14980.0)
        self.assertFalse(payment.receipt_ids)
        self.assertEqual(self.activities().user_id, self.pom)
        self.assertIn("on account", self.activities().note)
        self.assertEqual(self.todos(self.pom, "unused_payments"), 1)

    def test_what_a_part_leaves_over_is_on_account(self):
        transaction = self.transaction()
        self.invoice_.with_user(self.pom).action_register_payment(4980.0)
        self.confirm(transaction)
        self.assertEqual(self.invoice_.state, "paid")
        self.assertEqual(transaction.bmasia_payment_id.amount_unallocated, 4980.0)
        self.assertEqual(len(self.activities()), 1)

    def test_less_than_is_due_by_now_is_a_part(self):
        self.paid(5000.0)
        self.assertEqual(self.invoice_.amount_due, 9980.0)
        self.assertIn("less than", self.activities().note)

    def test_money_for_an_invoice_that_was_cancelled_or_credited_is_on_account(self):
        def cancel(invoice):
            invoice.action_cancel("a slip")

        def credit(invoice):
            note = invoice.browse(invoice.action_credit("a slip")["res_id"])
            note.action_issue()

        for end in (cancel, credit):
            self.invoice_ = self.issued_invoice()
            transaction = self.transaction()
            end(self.invoice_.with_user(self.norbert))
            self.confirm(transaction)
            with self.subTest(self.invoice_.state):
                payment = transaction.bmasia_payment_id
                self.assertEqual(payment.amount_unallocated, 14980.0)
                self.assertEqual(len(self.activities()), 1)

    def test_money_for_a_proforma_whose_invoice_was_issued_is_on_account(self):
        self.invoice_ = proforma = self.issued_invoice(kind="proforma")
        transaction = self.transaction(14980.0)
        invoice = proforma.with_user(self.pom).action_invoice_proforma()["res_id"]
        proforma.browse(invoice).with_user(self.pom).action_issue()
        self.confirm(transaction)
        payment = transaction.bmasia_payment_id
        self.assertEqual(payment.amount_unallocated, 14980.0)
        self.assertFalse(payment.allocation_ids)
        self.assertEqual(len(self.activities()), 1)

    # ------------------------------------------------------------
    # WHAT CANNOT BE REGISTERED
    # ------------------------------------------------------------

    def test_in_a_closed_month_it_is_a_reported_payment(self):
        transaction = self.transaction()
        transaction._set_done()
        self.close_month()
        self.process(transaction)
        self.assertFalse(self.payments())
        [claim] = self.claims()
        self.assertTrue(claim.is_confirmed)
        self.assertEqual((claim.amount, claim.invoice_id), (14980.0, self.invoice_))
        self.assertEqual(claim.transaction_id, transaction)
        self.assertEqual(len(self.activities()), 1)
        self.process(transaction)
        self.assertEqual(self.claims(), claim)
        self.assertNotIn("Pay now", self.words(self.get(self.path)))

    def test_it_stays_on_my_day_until_finance_has_seen_to_it(self):
        transaction = self.transaction()
        transaction._set_done()
        self.close_month()
        self.process(transaction)
        [claim] = self.claims()
        day = transaction._day_of_money()
        self.assertEqual(self.todos(self.pom, "payment_claims"), 1)
        action = claim.with_user(self.pom).action_register()
        self.assertEqual(action["res_model"], "bmasia.payment.wizard")
        self.assertFalse(self.payments())
        self.env.cr.execute("UPDATE res_company SET lock_date = NULL")
        self.env.invalidate_all()
        action = claim.with_user(self.pom).action_register()
        [payment] = self.payments()
        self.assertEqual(action["res_id"], payment.id)
        self.assertEqual(payment.date, day)
        self.assertEqual(claim.state, "closed")
        self.assertEqual(self.invoice_.state, "paid")
        self.assertEqual(self.todos(self.pom, "payment_claims"), 0)
        self.process(transaction)
        self.assertEqual(len(self.payments()), 1)

    def test_what_finance_has_put_aside_is_not_booked_later(self):
        transaction = self.transaction()
        transaction._set_done()
        self.close_month()
        self.process(transaction)
        self.claims().with_user(self.pom).action_close()
        self.env.cr.execute("UPDATE res_company SET lock_date = NULL")
        self.env.invalidate_all()
        self.process(transaction)
        self.assertFalse(self.payments())

    def test_what_finance_has_booked_by_hand_is_not_booked_again(self):
        self.thailand.country_id = self.env.ref("base.th")
        self.invoice_ = self.issued_invoice(
            self.line(1000.0), currency_id=self.currency("USD").id
        )
        transaction = self.paid()
        claim = self.claims().with_user(self.pom)
        self.assertIn("No rate of USD", claim.note)
        self.assertEqual(claim.action_register()["res_model"], "bmasia.payment.wizard")
        self.invoice_.with_user(self.pom).action_register_payment(
            1070.0, details={"thb_rate": 34, "thb_rate_source": "bot"}
        )
        payment = self.payments()
        with self.assertRaisesRegex(UserError, "noted by hand"):
            claim.action_register()
        self.assertEqual(self.payments(), payment)
        self.assertFalse(transaction.bmasia_payment_id)
        with self.subTest("what was voided was no booking"):
            payment.with_user(self.norbert).action_void("a slip")
            self.env["bmasia.exchange.rate"].create(
                {
                    "currency_id": self.currency("USD").id,
                    "date": self.thailand._today(),
                    "rate": 34,
                }
            )
            claim.action_register()
            self.assertTrue(transaction.bmasia_payment_id)

    def claimed_in_a_closed_month(self):
        """Money that arrived and could not be booked; the month is open again."""
        transaction = self.transaction()
        transaction._set_done()
        self.close_month()
        self.process(transaction)
        self.env.cr.execute("UPDATE res_company SET lock_date = NULL")
        self.env.invalidate_all()
        return transaction, self.claims().with_user(self.pom)

    def settle(self, claim):
        """*Done with payment*."""
        action = claim.action_settle()
        dialogs = self.env[action["res_model"]].with_user(self.pom)
        dialogs.with_context(**action["context"]).create({}).action_confirm()

    def test_another_amount_and_day_by_hand_is_not_booked_again(self):
        """The bank's fee was taken off, and the statement has its own day."""
        transaction, claim = self.claimed_in_a_closed_month()
        day = self.thailand._today() - timedelta(days=1)
        self.invoice_.with_user(self.pom).action_register_payment(14630.0, date=day)
        payment = self.payments()
        with self.assertRaisesRegex(UserError, "Done with payment"):
            claim.action_register()
        self.settle(claim)
        self.assertEqual((claim.state, claim.payment_id), ("closed", payment))
        self.assertEqual(transaction.bmasia_payment_id, payment)
        self.process(transaction)
        self.assertEqual(self.payments(), payment)
        with self.subTest("voided, it waits again, and is booked as it came"):
            payment.with_user(self.norbert).action_void("a slip")
            self.assertFalse(transaction.bmasia_payment_id)
            claim.action_register()
            self.assertEqual(transaction.bmasia_payment_id.amount, 14980.0)

    def test_what_was_booked_and_voided_is_registered_by_hand(self):
        """The provider's confirmation is used up: nothing books it twice."""
        transaction, claim = self.claimed_in_a_closed_month()
        claim.action_register()
        payment = self.payments()
        payment.with_user(self.norbert).action_void("charged back")
        self.assertEqual(claim.state, "open")
        action = claim.action_register()
        self.assertEqual(action["res_model"], "bmasia.payment.wizard")
        self.assertEqual(transaction.bmasia_payment_id, payment)

    def test_what_was_announced_is_done_when_it_has_arrived(self):
        for books in (True, False):
            self.invoice_ = self.issued_invoice()
            transaction = self.transaction()
            announced = self.env["bmasia.payment.claim"].create(
                {
                    "invoice_id": self.invoice_.id,
                    "company_id": self.thailand.id,
                    "amount": 14980.0,
                    "date": self.thailand._today(),
                    "transaction_id": transaction.id,
                }
            )
            if not books:
                self.close_month()
            self.confirm(transaction)
            with self.subTest(books=books):
                waiting = self.claims().filtered(lambda each: each.state == "open")
                self.assertEqual(announced.state, "closed")
                self.assertEqual(len(waiting), 0 if books else 1)

    def test_a_report_of_several_invoices_registers_all_of_them(self):
        other = self.issued_invoice()
        transaction = self.transaction(invoices=self.invoice_ | other)
        transaction._set_done()
        self.close_month()
        self.process(transaction)
        claim = self.claims().with_user(self.pom)
        context = claim.action_register()["context"]
        self.assertEqual({*context["active_ids"]}, {self.invoice_.id, other.id})
        of_other = self.env["bmasia.payment.claim"]._waiting_on(other)
        self.assertEqual(of_other, claim)

    def test_another_online_payment_of_the_same_amount_is_no_booking_by_hand(self):
        first, second = self.transaction(), self.transaction()
        first._set_done()
        self.close_month()
        self.process(first)
        self.env.cr.execute("UPDATE res_company SET lock_date = NULL")
        self.env.invalidate_all()
        self.confirm(second)
        self.claims().with_user(self.pom).action_register()
        self.assertEqual(len(self.payments()), 2)

    def test_it_is_on_my_day_when_the_invoice_is_paid_otherwise(self):
        transaction = self.transaction()
        transaction._set_done()
        self.hilton.active = False
        self.invoice_.with_user(self.pom).action_register_payment(14980.0)
        self.process(transaction)
        self.assertTrue(self.claims().is_confirmed)
        self.assertEqual(self.todos(self.pom, "payment_claims"), 1)

    # ------------------------------------------------------------
    # NO MONEY
    # ------------------------------------------------------------

    def test_a_test_books_nothing(self):
        self.provider.state = "test"
        self.assertIn("Test mode", self.words(self.get(self.path)))
        self.paid()
        self.assertFalse(self.payments())
        self.assertIn("no money has moved", self.words(self.get(self.path)))
        log = "".join(self.invoice_.message_ids.mapped("body"))
        self.assertIn("is a test", log)

    def test_unless_the_database_is_for_trying_out(self):
        self.env["ir.config_parameter"].set_param(BOOK_TESTS, "True")
        self.provider.state = "test"
        self.paid()
        self.assertEqual(self.invoice_.state, "paid")

    def test_a_transfer_that_is_announced_is_a_reported_payment(self):
        wire = self.env["payment.provider"].search(
            [("code", "=", "custom"), ("company_id", "=", self.thailand.id)], limit=1
        )
        wire.write({"state": "enabled", "is_published": True})
        transaction = self.transaction(provider=wire)
        transaction._process("custom", {"reference": transaction.reference})
        self.assertEqual(transaction.state, "pending")
        self.process(transaction)
        self.process(transaction)
        [claim] = self.claims()
        self.assertFalse(claim.is_confirmed)
        self.assertFalse(self.payments())
        self.assertEqual(self.todos(self.pom, "payment_claims"), 1)
        words = self.words(self.get(self.path))
        self.assertIn("You reported a payment", words)
        self.assertIn("Pay now", words)
        dialog = claim.with_user(self.pom).action_register()
        self.assertEqual(dialog["context"]["default_amount"], 14980.0)
        self.invoice_.with_user(self.pom).action_register_payment(14980.0)
        self.assertEqual(self.todos(self.pom, "payment_claims"), 0)

    # ------------------------------------------------------------
    # PARTS AND REFUNDS
    # ------------------------------------------------------------

    def test_what_is_collected_in_parts_is_counted_once(self):
        self.collect_later()
        transaction = self.transaction()
        transaction._set_authorized()
        parts = [transaction._create_child_transaction(each) for each in (9000, 5980)]
        for part in parts:
            self.confirm(part)
        self.assertEqual(transaction.state, "done")
        self.process(transaction)
        self.assertEqual(sorted(self.payments().mapped("amount")), [5980.0, 9000.0])
        self.assertEqual(self.invoice_.state, "paid")
        self.assertFalse(transaction.bmasia_payment_id)

    def test_a_refund_is_told_and_not_booked(self):
        transaction = self.paid()
        refund = transaction._create_child_transaction(1000.0, is_refund=True)
        self.assertEqual(refund.bmasia_invoice_ids, self.invoice_)
        self.confirm(refund)
        self.process(refund)
        [activity] = self.activities()
        self.assertEqual(activity.user_id, self.pom)
        self.assertIn("1,000.00", activity.note)
        self.assertEqual(len(self.payments()), 1)
        self.assertEqual(self.invoice_.state, "paid")
