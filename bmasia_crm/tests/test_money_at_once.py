"""The same money, or the same debt, used twice at once: it is there once."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged

from .test_at_once import AtOnceCase


@tagged("post_install", "-at_install")
class TestMoneyAtOnce(AtOnceCase):
    def register(self, env, amount, allocations=None, again=True, **values):
        return env["bmasia.payment"].register(
            self.customer_id,
            env.company.id,
            amount,
            allocations=allocations,
            again=again,
            **values,
        )

    def assertOneRefused(self, answers):
        refused = [answer for answer in answers if isinstance(answer, UserError)]
        self.assertEqual(len(refused), 1, answers)

    def paid(self, *invoice_ids):
        with self.worker() as env:
            return sum(env["bmasia.invoice"].browse(invoice_ids).mapped("amount_paid"))

    def test_money_on_account_is_used_once(self):
        first, second = self.make_invoice(), self.make_invoice()
        with self.worker() as env:
            payment_id = self.register(env, 900)["payment"]

        def use(invoice_id):
            said = [{"invoice_id": invoice_id, "amount": 900}]
            return lambda env: (
                env["bmasia.payment"].browse(payment_id).action_allocate(said)
            )

        self.assertOneRefused(self.at_once(use(first), use(second)))
        self.assertEqual(self.paid(first, second), 900)

    def test_two_clicks_note_money_on_account_once(self):
        answers = self.at_once(lambda env: self.register(env, 500, again=False))
        self.assertOneRefused(answers)
        with self.worker() as env:
            noted = env["bmasia.payment"].search(
                [("customer_id", "=", self.customer_id)]
            )
            self.assertEqual(noted.mapped("amount"), [500])

    def test_an_invoice_is_paid_once(self):
        invoice_id = self.make_invoice()
        said = [{"invoice_id": invoice_id, "amount": 700}]
        self.assertOneRefused(self.at_once(lambda env: self.register(env, 700, said)))
        self.assertEqual(self.paid(invoice_id), 700)

    def test_a_quote_or_contract_is_paid_in_advance_once(self):
        quote_id = self.make("bmasia.quote")
        with self.worker() as env:
            env["bmasia.quote"].browse(quote_id).action_mark_sent()
        contract_id = self.make_contract()
        for name, model, id_ in (
            ("quote_id", "bmasia.quote", quote_id),
            ("contract_id", "bmasia.contract", contract_id),
        ):
            with self.subTest(name):
                with self.worker() as env:
                    whole = env[model].browse(id_)._payable_total()
                said = [{name: id_, "amount": whole}]
                answers = self.at_once(
                    lambda env, whole=whole, said=said: self.register(env, whole, said)
                )
                self.assertOneRefused(answers)
                with self.worker() as env:
                    self.assertEqual(env[model].browse(id_)._left_to_pay(), 0)

    def test_a_cheque_is_booked_or_voided(self):
        invoice_id = self.make_invoice()
        with self.worker() as env:
            ahead = env.company._today() + timedelta(days=5)
            said = [{"invoice_id": invoice_id}]
            answer = self.register(env, 1000, said, cheque_date=str(ahead))

        def cheque(env):
            return env["bmasia.payment"].browse(answer["payment"])

        answers = self.at_once(
            lambda env: cheque(env).action_book(),
            lambda env: cheque(env).action_void("Bounced"),
        )
        with self.worker() as env:
            state = cheque(env).state
        # voided after it was booked is right as well
        is_void = state == "voided"
        self.assertEqual(self.paid(invoice_id), 0 if is_void else 1000, answers)

    def test_what_was_begun_before_a_month_was_closed_is_not_booked_into_it(self):
        with self.worker() as env:
            day = env.company._today() - timedelta(days=40)
        self.addCleanup(self.reopen)
        with self.worker() as env:
            env.cr.execute("SELECT 1 FROM res_company LIMIT 1")  # sees it open
            with self.worker() as other:
                other.company.lock_date = day
            with self.assertRaisesRegex(UserError, "is closed"):
                retrying(lambda: self.register(env, 5, date=str(day)), env)
            env.cr.rollback()
        with self.worker() as env:
            payments = env["bmasia.payment"]
            own = [("customer_id", "=", self.customer_id)]
            self.assertFalse(payments.search_count(own))

    def reopen(self):
        with self.worker() as env:
            env.cr.execute("UPDATE res_company SET lock_date = NULL")
            env.cr.execute("DELETE FROM bmasia_lock_log")
