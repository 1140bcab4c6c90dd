"""The browser of who paid and Odoo's cron process one transaction at the same time; two
tabs pay at the same time.
"""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.test_at_once import AtOnceCase


@tagged("post_install", "-at_install")
class TestPaidAtOnce(AtOnceCase):
    def setUp(self):
        super().setUp()
        self.invoice_id = self.make_invoice()
        self.addCleanup(self.forget)
        with self.worker() as env:
            invoice = env["bmasia.invoice"].browse(self.invoice_id)
            method = env.ref("payment.payment_method_unknown")
            provider = env["payment.provider"].create(
                {
                    "name": "At Once",
                    "code": "none",
                    "company_id": invoice.company_id.id,
                    "state": "enabled",
                    "is_published": True,
                    "payment_method_ids": [Command.set(method.ids)],
                }
            )
            method.active = True
            self.provider_id = provider.id

    def forget(self):
        with self.worker() as env:
            found = env["payment.transaction"].search(self.domain)
            found.unlink()
            env["mail.mail"].search([("subject", "like", "Online payment")]).unlink()
            provider = env["payment.provider"].browse(self.provider_id)
            provider.state = "disabled"
            provider.unlink()

    @property
    def domain(self):
        return [("bmasia_invoice_ids", "=", self.invoice_id)]

    def begin(self, env):
        invoice = env["bmasia.invoice"].browse(self.invoice_id)
        provider = env["payment.provider"].browse(self.provider_id)
        transactions = env["payment.transaction"]
        return transactions.create(
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids.id,
                "reference": transactions._compute_reference("none", invoice.name),
                "amount": invoice.amount_due,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.customer_id.partner_id.id,
                "operation": "online_redirect",
                "bmasia_invoice_ids": [Command.set(invoice.ids)],
            }
        )

    def payments(self, env):
        domain = [("customer_id", "=", self.customer_id)]
        return env["bmasia.payment"].search(domain)

    def test_one_transaction_is_one_payment(self):
        with self.worker() as env:
            transaction = self.begin(env)
            transaction._set_done()
            transaction_id = transaction.id

        def process(env):
            transaction = env["payment.transaction"].browse(transaction_id)
            transaction._post_process()
            return transaction.bmasia_payment_id.id

        answers = self.at_once(process)
        with self.worker() as env:
            [payment] = self.payments(env)
            self.assertEqual(answers, [payment.id] * 2)
            self.assertEqual(len(payment.receipt_ids), 1)

    def test_two_transactions_are_two_payments_of_which_one_is_on_account(self):
        with self.worker() as env:
            pair = self.begin(env), self.begin(env)
            for transaction in pair:
                transaction._set_done()
            ids = [transaction.id for transaction in pair]

        def processing(transaction_id):
            return lambda env: (
                env["payment.transaction"].browse(transaction_id)._post_process()
            )

        self.at_once(*map(processing, ids))
        with self.worker() as env:
            payments = self.payments(env)
            self.assertEqual(len(payments), 2)
            self.assertEqual(len(payments.filtered("amount_unallocated")), 1)
            invoice = env["bmasia.invoice"].browse(self.invoice_id)
            self.assertEqual(invoice.state, "paid")

    def test_of_two_who_begin_at_once_the_second_sees_the_first(self):
        def begin(env):
            invoice = env["bmasia.invoice"].browse(self.invoice_id)
            invoice._begin_online(invoice.amount_due)
            self.begin(env)._set_pending()

        answers = self.at_once(begin)
        self.assertEqual(len([each for each in answers if each is None]), 1)
        [refused] = filter(None, answers)
        self.assertIn("is being processed", str(refused))
