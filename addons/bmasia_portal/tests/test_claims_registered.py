"""A payment that a customer reports is a task until its money is registered, in any
way, with whichever amount and day, and no longer.
"""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.bmasia_crm.tests.common import CrmCase
from odoo.addons.document_flow.exceptions import DocumentConflict


class ClaimedCase(CrmCase):
    """An invoice over 14,980.00 baht, which its customer says to have paid today."""

    def setUp(self):
        super().setUp()
        self.invoice_ = self.issued_invoice()
        self.claim = self.report()

    def report(self, invoice=None, amount=14980.0, **values):
        invoice = invoice or self.invoice_
        return self.env["bmasia.payment.claim"].create(
            {
                "invoice_id": invoice.id,
                "company_id": invoice.company_id.id,
                "amount": amount,
                "date": invoice._today(),
                **values,
            }
        )

    def yesterday(self):
        return self.invoice_._today() - timedelta(days=1)

    def registering(self, records, user=None):
        """*Register payment*, as it opens on a report or on invoices."""
        if records._name == "bmasia.payment.claim":
            context = records.with_user(user or self.pom).action_register()["context"]
        else:
            context = {"active_model": records._name, "active_ids": records.ids}
        dialogs = self.env["bmasia.payment.wizard"].with_user(user or self.pom)
        return Form(dialogs.with_context(**context))

    def noted(self, amount=14950.0, invoice=None, **values):
        """Money that was noted without the report, as by a program."""
        invoice = (invoice or self.invoice_).with_user(self.pom)
        made = invoice.action_register_payment(amount, **values)
        return self.env["bmasia.payment"].browse(made["id"])

    def settling(self, claim=None, user=None):
        """*Done with payment*, as it opens."""
        action = (claim or self.claim).with_user(user or self.pom).action_settle()
        dialogs = self.env[action["res_model"]].with_user(user or self.pom)
        return Form(dialogs.with_context(**action["context"]))

    def tasks(self, user=None):
        """The reports on My Day of somebody."""
        day = self.env["document.day"].with_user(user or self.pom).get_day()
        found = [todo for area in day["areas"] for todo in area["todos"]]
        return sum(t["count"] for t in found if t["key"] == "payment_claims")

    def assert_done(self, payment, claim=None):
        claim = claim or self.claim
        self.assertEqual((claim.state, claim.payment_id), ("closed", payment))
        self.assertEqual(self.tasks(), 0)


@tagged("post_install", "-at_install")
class TestRegistering(ClaimedCase):
    def test_another_amount_and_day_is_the_same_money(self):
        form = self.registering(self.claim)
        self.assertEqual((form.amount, form.claim_id), (14980.0, self.claim))
        form.amount = 14950.0
        form.date = self.yesterday()
        form.save().action_confirm()
        self.assertEqual(self.invoice_.amount_due, 30.0)
        self.assert_done(self.invoice_.payment_ids)
        self.assertEqual(self.claim.closed_by_id, self.pom)

    def test_it_opens_with_the_part_that_was_reported(self):
        self.claim = self.report(amount=5000.0, date=self.yesterday())
        form = self.registering(self.claim)
        self.assertEqual((form.amount, form.date), (5000.0, self.yesterday()))
        self.assertEqual([row["amount"] for row in form.line_ids._records], [5000.0])
        form.save().action_confirm()
        self.assertEqual(self.invoice_.amount_due, 9980.0)

    def test_on_the_invoice_it_is_proposed(self):
        form = self.registering(self.invoice_)
        self.assertEqual(form.claim_id, self.claim)
        form.amount = 14000.0
        form.save().action_confirm()
        self.assert_done(self.invoice_.payment_ids)

    def test_who_registers_other_money_chooses_none(self):
        form = self.registering(self.invoice_)
        form.claim_id = self.claim.browse()
        form.amount = 1000.0
        form.save().action_confirm()
        self.assertEqual((self.claim.state, self.tasks()), ("open", 1))

    def test_of_several_one_is_chosen(self):
        other = self.report(amount=5000.0)
        form = self.registering(self.invoice_)
        self.assertFalse(form.claim_id)
        self.assertEqual(form.claim_ids[:], self.claim | other)
        form.claim_id = other
        form.amount = 5000.0
        form.save().action_confirm()
        self.assertEqual((other.state, self.claim.state), ("closed", "open"))

    def test_on_the_customer_it_is_offered(self):
        form = self.registering(self.hilton)
        self.assertFalse(form.claim_id)
        self.assertEqual(form.claim_ids[:], self.claim)
        form.amount = 14980.0
        form.claim_id = self.claim
        form.save().action_confirm()
        self.assert_done(self.invoice_.payment_ids)

    def test_money_on_account_that_is_used_for_the_invoice_may_be_it(self):
        payments = self.env["bmasia.payment"].with_user(self.pom)
        made = payments.register(self.hilton.id, self.thailand.id, 14980.0)
        payment = payments.browse(made["payment"])
        form = self.registering(payment)
        self.assertEqual(form.claim_ids[:], self.claim)
        form.claim_id = self.claim
        form.save().action_confirm()
        self.assert_done(payment.sudo(False))

    def test_what_is_paid_back_was_reported_by_nobody(self):
        self.noted(14980.0)
        invoice = self.invoice_.with_user(self.norbert)
        made = invoice.action_credit("a slip", ground="short")
        note = invoice.browse(made["res_id"])
        note.action_issue()
        self.report(note)
        form = self.registering(note)
        self.assertEqual(form.direction, "out")
        self.assertFalse(form.claim_id or form.claim_ids[:])

    def test_two_who_register_it_at_the_same_time_book_it_once(self):
        self.claim = self.report(amount=5000.0)
        first, second = (self.registering(self.claim).save() for _each in range(2))
        first.action_confirm()
        second.again = True
        with self.assertRaisesRegex(DocumentConflict, "closed already"):
            second.action_confirm()
        for act in (self.claim.action_register, self.claim.action_settle):
            with self.assertRaisesRegex(DocumentConflict, "closed already"):
                act()

    def test_money_that_was_noted_since_is_pointed_out(self):
        before = self.registering(self.claim)
        self.assertFalse(before.claim_warning)
        payment = self.noted()
        form = self.registering(self.claim)
        self.assertIn(payment.display_name, form.claim_warning)
        self.assertIn("Done with payment", form.claim_warning)
        self.settling().save().action_confirm()
        again = self.report()
        form = self.registering(again)
        self.assertFalse(form.claim_warning, "that is the money of another report")

    def test_where_nothing_is_due_it_comes_on_account(self):
        self.noted(14980.0)
        form = self.registering(self.claim)
        self.assertEqual(form.customer_id, self.hilton)
        self.assertEqual(form.company_id, self.thailand)
        self.assertEqual((form.amount, form.amount_left), (14980.0, 14980.0))
        form.again = True
        form.reference = "a second transfer"
        wizard = form.save()
        self.assertEqual(wizard.claim_id, self.claim)
        wizard.action_confirm()
        self.assertEqual(self.claim.payment_id.amount_unallocated, 14980.0)


@tagged("post_install", "-at_install")
class TestSettling(ClaimedCase):
    def test_money_that_was_noted_otherwise_is_named(self):
        payment = self.noted(date=self.yesterday())
        self.assertEqual((self.claim.state, self.tasks()), ("open", 1))
        form = self.settling()
        self.assertEqual(form.payment_id, payment)
        form.save().action_confirm()
        self.assert_done(payment)
        self.assertEqual(len(self.invoice_.payment_ids), 1)

    def test_of_several_payments_none_is_proposed(self):
        payments = self.noted(5000.0) | self.noted(6000.0)
        form = self.settling()
        self.assertFalse(form.payment_id)
        self.assertLessEqual(payments, form.payment_ids[:])
        with self.assertRaisesRegex(UserError, "Choose the payment"):
            self.env["bmasia.payment.claim.wizard"].with_user(self.pom).create(
                {"claim_id": self.claim.id}
            ).action_confirm()

    def test_only_money_that_can_be_it_is_offered_and_taken(self):
        other = self.make_company("Somebody Else", country="base.th")
        theirs = self.issued_invoice(customer_id=other.id)
        hongkong = self.issued_invoice(company_id=self.hongkong.id)
        void = self.noted(1000.0)
        void.with_user(self.norbert).action_void("a slip")
        wrong = (
            self.noted(14980.0, theirs),
            self.noted(100.0, hongkong),
            void,
        )
        offered = self.settling().payment_ids[:]
        for payment in wrong:
            with self.subTest(payment.display_name):
                self.assertNotIn(payment, offered)
                with self.assertRaises(UserError):
                    self.claim.with_user(self.pom)._settle(payment)
        self.assertEqual(self.claim.state, "open")

    def test_another_company_of_the_group_may_have_paid(self):
        head = self.make_company("Hilton Group", country="base.th")
        self.hilton.parent_id = head
        payments = self.env["bmasia.payment"].with_user(self.pom)
        made = payments.register(
            head.id,
            self.thailand.id,
            14900.0,
            allocations=[{"invoice_id": self.invoice_.id}],
        )
        form = self.settling()
        self.assertEqual(form.payment_id.id, made["payment"])

    def test_a_payment_that_is_voided_leaves_it_to_be_done(self):
        payment = self.noted()
        self.settling().save().action_confirm()
        payment.with_user(self.norbert).action_void("the wrong day")
        self.assertEqual((self.claim.state, self.tasks()), ("open", 1))
        self.assertFalse(self.claim.payment_id or self.claim.closed_by_id)

    def test_it_is_finance_s_and_of_the_entity(self):
        payment = self.noted()
        for user in (self.nikki, self.customer, self.visitor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.claim.with_user(user).action_settle()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.claim.with_user(user)._settle(payment)
        form = self.settling()
        wizard = form.save()
        with self.assertRaises(UserError):
            wizard.claim_id = self.report()
        self.pom.write(
            {"company_ids": [(6, 0, self.hongkong.ids)], "company_id": self.hongkong.id}
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.pom).action_confirm()
        self.assertEqual(self.claim.state, "open")


@tagged("post_install", "-at_install")
class TestClaimOfProforma(ClaimedCase):
    def setUp(self):
        super().setUp()
        self.claim._close()
        self.proforma = self.issued_invoice(kind="proforma")
        self.claim = self.report(self.proforma)

    def test_it_is_a_task_though_nothing_is_due_of_a_proforma(self):
        self.assertEqual(self.tasks(), 1)
        self.registering(self.claim).save().action_confirm()
        self.assert_done(self.proforma.payment_ids)

    def test_it_pays_the_invoice_that_took_its_place(self):
        made = self.proforma.with_user(self.pom).action_invoice_proforma()["res_id"]
        invoice = self.proforma.browse(made)
        invoice.with_user(self.pom).action_issue()
        self.assertEqual(self.registering(invoice).claim_id, self.claim)
        self.registering(self.claim).save().action_confirm()
        self.assertEqual(invoice.state, "paid")
        self.assert_done(invoice.payment_ids)
        self.assertFalse(self.proforma.payment_ids)
