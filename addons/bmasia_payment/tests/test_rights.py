"""Who reads online payments, and that nobody writes them."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.document_flow.tests.rights import AccessRightsMixin, add_tests

from .common import OnlineCase


@tagged("post_install", "-at_install")
class TestRights(AccessRightsMixin, OnlineCase):
    ROLES = ("nikki", "pom", "norbert")
    RIGHTS = {"payment.transaction": ("", "r", "r")}
    OUTSIDERS = ("customer", "visitor")

    def test_finance_of_the_other_entity_reads_none(self):
        transaction = self.paid()
        self.assertTrue(transaction.with_user(self.pom).read(["amount"]))
        self.pom.write(
            {
                "company_ids": [Command.set(self.hongkong.ids)],
                "company_id": self.hongkong.id,
            }
        )
        with self.assertRaises(AccessError):
            transaction.with_user(self.pom).read(["amount"])

    def test_only_finance_reads_them_on_the_invoice(self):
        transaction = self.paid()
        invoice = self.invoice_.with_user(self.pom)
        self.assertEqual(invoice.online_transaction_ids, transaction)
        sales = self.invoice_.with_user(self.nikki)
        self.assertNotIn("online_transaction_ids", sales.fields_get())
        self.assertNotIn("online_transaction_ids", sales.read()[0])
        with self.assertRaises(AccessError):
            sales.read(["online_transaction_ids"])

    def test_nobody_says_what_a_transaction_pays(self):
        transaction = self.paid()
        other = self.issued_invoice()
        link = [Command.link(transaction.id)]
        for user in (self.nikki, self.pom, self.norbert):
            with self.subTest(user.login):
                with self.assertRaises(UserError):
                    other.with_user(user).write({"online_transaction_ids": link})
                with self.assertRaises(AccessError):
                    transaction.with_user(user).write({"bmasia_payment_id": False})
                with self.assertRaises(AccessError):
                    transaction.with_user(user).action_post_process()
        self.assertFalse(other.online_transaction_ids)

    def test_a_reported_payment_is_registered_by_finance_alone(self):
        transaction = self.transaction()
        transaction._set_done()
        claim = self.env["bmasia.payment.claim"].create(
            {
                "invoice_id": self.invoice_.id,
                "company_id": self.thailand.id,
                "amount": 14980.0,
                "date": self.thailand._today(),
                "transaction_id": transaction.id,
                "is_confirmed": True,
            }
        )
        for user in (self.nikki, self.customer, self.visitor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                claim.with_user(user).action_register()
        self.assertFalse(self.payments())
        claim.with_user(self.pom).action_register()
        self.assertEqual(self.invoice_.state, "paid")

    def test_the_forms_open_for_finance(self):
        transaction = self.paid()
        for record in (transaction, self.invoice_):
            views = record.with_user(self.pom).get_views([(False, "form")])
            self.assertIn("bmasia_payment_id", views["views"]["form"]["arch"])


add_tests(TestRights, "bmasia_payment")
