"""Each constraint of payments, of their uses, and of the calls that book them.

Named after the constraints, as in ``test_constraints.py``.
"""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_constraints import ConstraintCase


@tagged("post_install", "-at_install")
class TestPayments(ConstraintCase):
    def test_bmasia_payment_check_amount(self):
        payments = self.env["bmasia.payment"].with_user(self.pom)
        payment = {"customer_id": self.hilton.id}
        for amount, words in ((-1, "cannot be negative"), (0, "above zero")):
            with self.subTest(amount=amount):
                self.assertInvalid(
                    words, payments.create, {**payment, "amount": amount}
                )

    def test_bmasia_payment_check_date(self):
        payments = self.env["bmasia.payment"].with_user(self.pom)
        values = {"customer_id": self.hilton.id, "amount": 5, "date": "2099-01-01"}
        self.assertInvalid("in the future", payments.create, values)

    def test_bmasia_payment_check_used(self):
        answer = self.issued_invoice().action_register_payment(10)
        payment = self.env["bmasia.payment"].sudo().browse(answer["id"])
        self.assertInvalid("cannot be used", payment.write, {"amount": 5})

    def check_never_deleted(self, record):
        with self.assertRaisesRegex(UserError, "never deleted"):
            record.sudo().unlink()
        self.assertTrue(record.exists())

    def test_bmasia_payment_unlink_never(self):
        payment = {"customer_id": self.hilton.id, "amount": 100}
        self.check_never_deleted(self.env["bmasia.payment"].create(payment))

    def test_bmasia_payment_allocation_unlink_never(self):
        use = self.env["bmasia.payment.allocation"].create(self.use())
        self.check_never_deleted(use)

    def test_bmasia_write_off_unlink_never(self):
        invoice = self.issued_invoice()
        invoice.with_user(self.norbert).action_write_off("They closed")
        self.check_never_deleted(invoice.write_off_ids)

    def test_bmasia_booking_request_unique_key(self):
        request = {
            "user_id": self.pom.id,
            "key": "k-1",
            "digest": "d",
            "company_id": self.thailand.id,
        }
        requests = self.env["bmasia.booking.request"]
        requests.create([request, {**request, "user_id": self.nikki.id}])
        self.assertTaken(
            "bmasia_booking_request_unique_key",
            lambda: requests.create({**request, "digest": "other"}),
        )

    def use(self, **values):
        invoice = self.issued_invoice()
        payment = self.env["bmasia.payment"].create(
            {"customer_id": self.hilton.id, "amount": 100}
        )
        return {
            "payment_id": payment.id,
            "invoice_id": invoice.id,
            "customer_id": self.hilton.id,
            "company_id": invoice.company_id.id,
            "currency_id": invoice.currency_id.id,
            "date": payment.date,
            "amount": 10,
            **values,
        }

    def test_bmasia_payment_allocation_check_amounts(self):
        uses = self.env["bmasia.payment.allocation"]
        for amounts, words in (
            ({"amount": -1}, "cannot be negative"),
            ({"withholding_amount": -1}, "cannot be negative"),
            ({"bank_charge": -1}, "cannot be negative"),
            ({"amount": 0}, "above zero"),
            ({"rounding": 1.01}, "may be rounded away"),
            ({"rounding": -1.01}, "may be rounded away"),
        ):
            with self.subTest(**amounts):
                self.assertInvalid(words, uses.create, self.use(**amounts))

    def test_bmasia_payment_allocation_check_ends(self):
        uses = self.env["bmasia.payment.allocation"]
        for ends in ({"payment_id": False}, {"invoice_id": False}):
            with self.subTest(**ends):
                self.assertInvalid("one source", uses.create, self.use(**ends))

    def test_res_company_check_rounding_limit(self):
        for limit in (-1, 101):
            with self.subTest(limit):
                self.assertInvalid(
                    "between 0 and 100", self.thailand.write, {"rounding_limit": limit}
                )
        for limit in (float("inf"), float("nan")):
            with self.subTest(limit), self.assertRaisesRegex(UserError, "the maximum"):
                self.thailand.write({"rounding_limit": limit})
