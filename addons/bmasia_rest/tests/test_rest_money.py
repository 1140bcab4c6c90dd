"""Booking money over REST: noted, used, paid back, taken back, once per key."""

import uuid
from datetime import timedelta

from odoo.tests import tagged

from ..controllers import schemas
from .rest import RestCase


@tagged("post_install", "-at_install")
class TestRestMoney(RestCase):
    """Pom books money; Hilton Pattaya owes 10,700.00 per invoice."""

    def setUp(self):
        super().setUp()
        self.payments = self.env["bmasia.payment"].with_user(self.pom)

    def bill(self, price=10000, **values):
        return self.issued_invoice(self.line(price, kind="one_time"), **values)

    def post(self, body, address="payments", user=None, **headers):
        return self.call(address, user or self.pom, "POST", body=body, **headers)

    def booked(self, body, address="payments", **headers):
        """What is answered to what works."""
        answer = self.post(body, address, **headers)
        self.assertEqual(answer.status_code, 200, answer.text)
        content = answer.json()
        schemas.BookingAnswer.model_validate(content, extra="forbid")
        return content, self.payments.browse(content["payment"])

    def assertNothingBooked(self, before=0):
        self.assertEqual(self.payments.search_count([]), before)

    # ------------------------------------------------------------
    # NOTED
    # ------------------------------------------------------------

    def test_one_transfer_pays_invoices_by_number_id_and_old_uuid(self):
        first, second, third = bills = [self.bill() for _number in range(3)]
        third.sudo().legacy_uuid = old = str(uuid.uuid4())
        said = [
            {"invoice_id": first.name, "amount": 10400, "withholding_amount": 300},
            {"invoice_id": second.id, "amount": 10690, "bank_charge": 10},
            {"invoice_id": old, "amount": 10700.5, "rounding": -0.5},
        ]
        day = first._today().isoformat()
        answer, payment = self.booked(
            {
                "customer_id": self.hilton.id,
                "date": day,
                "amount": 32000,
                "method": "transfer",
                "reference": "KB-1",
                "allocations": said,
            }
        )
        self.assertEqual({bill.payment_state for bill in bills}, {"paid"})
        (receipt,) = answer["receipts"]
        self.assertEqual(receipt["number"], payment.receipt_ids.name)
        self.assertEqual(answer["unallocated"], payment.amount_unallocated)
        self.assertEqual(answer["unallocated"], 209.5)
        told = self.call(f"payments/{answer['payment']}", self.pom).json()
        schemas.PaymentDetail.model_validate(told, extra="forbid")
        self.assertEqual((told["amount"], told["reference"]), (32000, "KB-1"))
        self.assertEqual(told["date"], day)
        receipt = self.call(f"receipts/{receipt['number']}", self.pom).json()
        self.assertEqual(receipt["withholding_amount"], 300)
        self.assertEqual((receipt["bank_charge"], receipt["rounding"]), (10, -0.5))

    def test_whose_money_it_is_follows_from_what_it_is_for(self):
        bill = self.bill(
            company_id=self.hongkong.id, currency_id=self.currency("USD").id
        )
        _answer, payment = self.booked(
            {"amount": 100, "allocations": [{"invoice_id": bill.name}]}
        )
        self.assertEqual(payment.customer_id, self.hilton)
        self.assertEqual(payment.company_id, self.hongkong)
        self.assertEqual(payment.currency_id.name, "USD")
        self.assertEqual(bill.amount_paid, 100)

    def test_money_that_nobody_explained_is_on_account(self):
        customer = {"customer_id": self.hilton.id, "amount": 500}
        answer, payment = self.booked(customer)
        self.assertEqual((answer["receipts"], answer["unallocated"]), ([], 500))
        self.assertEqual(payment.company_id, self.hilton.billing_entity_id)
        _answer, other = self.booked({**customer, "currency_id": "USD"})
        self.assertEqual(other.currency_id.name, "USD")

    def test_an_advance_is_for_a_quote_or_a_contract(self):
        quote, contract = self.quote(), self.active_contract()
        quote.action_mark_sent()
        for name, document in (("quote_id", quote), ("contract_id", contract)):
            with self.subTest(name):
                said = {name: document.name, "percent": 30}
                answer, payment = self.booked({"amount": 4494, "allocations": [said]})
                self.assertEqual(payment.allocation_ids[name], document)
                self.assertEqual(len(answer["receipts"]), 1)

    def test_a_cheque_dated_ahead_is_booked_when_it_is_paid(self):
        bill = self.bill()
        ahead = (bill._today() + timedelta(days=9)).isoformat()
        answer, payment = self.booked(
            {
                "amount": 10700,
                "method": "cheque",
                "cheque_date": ahead,
                "allocations": [{"invoice_id": bill.name}],
            }
        )
        self.assertEqual((payment.state, answer["receipts"]), ("expected", []))
        told = self.post({}, f"payments/{payment.id}/book")
        self.assertEqual(told.status_code, 200, told.text)
        schemas.PaymentDetail.model_validate(told.json(), extra="forbid")
        self.assertEqual((told.json()["state"], bill.payment_state), ("booked", "paid"))
        again = self.post({}, f"payments/{payment.id}/book")
        self.assertError(again, 409, "wrong_state", "not expected any more")

    def test_what_a_receipt_needs_is_said_with_the_money(self):
        usd = self.currency("USD")
        bill = self.bill(currency_id=usd.id)
        body = {"amount": 10700, "allocations": [{"invoice_id": bill.name}]}
        refused = self.post(body)
        self.assertError(refused, 422, "invalid")
        self.assertNothingBooked()
        details = {"thb_rate": 33.25, "thb_rate_source": "bank"}
        details["thb_rate_date"] = bill._today().isoformat()
        _answer, payment = self.booked({**body, "details": details})
        self.assertEqual(payment.receipt_ids.thb_rate, 33.25)

    # ------------------------------------------------------------
    # USED, PAID BACK, TAKEN BACK
    # ------------------------------------------------------------

    def test_money_on_account_is_used_and_what_is_left_is_paid_back(self):
        _answer, payment = self.booked({"customer_id": self.hilton.id, "amount": 11000})
        bill, address = self.bill(), f"payments/{payment.id}"
        said = {"allocations": [{"invoice_id": bill.name}]}
        answer, _payment = self.booked(said, f"{address}/allocate")
        self.assertEqual((answer["unallocated"], bill.payment_state), (300, "paid"))
        self.assertTrue(answer["receipts"][0]["number"])
        refused = self.post({"amount": 301}, f"{address}/refund")
        self.assertError(refused, 422, "invalid", "300.00")
        for key in ("once", "once"):
            asked = {"amount": 200}
            refund = self.post(asked, f"{address}/refund", Idempotency_Key=key)
            content = refund.json()
            schemas.RefundAnswer.model_validate(content, extra="forbid")
        out = self.payments.browse(content["payment"])
        self.assertEqual((out.direction, out.amount), ("out", 200))
        self.assertEqual(payment.amount_unallocated, 100)

    def test_a_payment_is_taken_back_with_a_reason(self):
        bill = self.bill()
        said = [{"invoice_id": bill.id}]
        _answer, payment = self.booked({"amount": 10700, "allocations": said})
        address = f"payments/{payment.id}/void"
        self.assertError(self.post({}, address), 422, "invalid", "reason")
        self.assertError(self.post({"reason": "  "}, address), 422, "invalid", "why")
        told = self.post({"reason": "It bounced"}, address)
        self.assertEqual(told.status_code, 200, told.text)
        schemas.PaymentDetail.model_validate(told.json(), extra="forbid")
        self.assertEqual(told.json()["void_reason"], "It bounced")
        self.assertEqual((payment.state, bill.payment_state), ("voided", "unpaid"))
        again = self.post({"reason": "It bounced"}, address)
        self.assertError(again, 409, "wrong_state", "void already")
        used = self.post({"allocations": said}, f"payments/{payment.id}/allocate")
        self.assertError(used, 409, "wrong_state", "is void")

    # ------------------------------------------------------------
    # ONCE
    # ------------------------------------------------------------

    def test_the_same_key_books_once_and_tells_the_first_answer(self):
        body = {"customer_id": self.hilton.id, "amount": 500}
        first = self.post(body, Idempotency_Key="once")
        again = self.post(body, Idempotency_Key="once")
        self.assertEqual(first.status_code, 200, first.text)
        self.assertEqual(again.json(), first.json())
        self.assertNothingBooked(1)
        other = self.post({**body, "amount": 501}, Idempotency_Key="once")
        self.assertError(other, 422, "invalid", "used for something else")
        self.booked(body, Idempotency_Key="twice")
        self.assertNothingBooked(2)
        # another user's key is another key, and tells nothing of this one
        self.assertEqual(
            self.post(
                {**body, "amount": 7}, user=self.norbert, Idempotency_Key="once"
            ).status_code,
            200,
        )
        for key in ("", "x" * 201):
            refused = self.post(body, Idempotency_Key=key)
            self.assertError(refused, 400, "bad_request", "Idempotency-Key")

    def test_an_equal_call_without_a_key_asks(self):
        bill = self.bill()
        said = [{"invoice_id": bill.name, "amount": 100}]
        body = {"amount": 100, "reference": "KB-2", "allocations": said}
        self.booked(body)
        self.assertError(self.post(body), 409, "wrong_state", "noted already")
        self.assertNothingBooked(1)
        self.booked({**body, "again": True})
        self.booked({**body, "reference": "KB-3"})
        self.assertEqual(bill.amount_paid, 300)
        _answer, payment = self.booked({"customer_id": self.hilton.id, "amount": 300})
        use = {"allocations": [{"invoice_id": bill.name, "amount": 10}]}
        address = f"payments/{payment.id}/allocate"
        self.booked(use, address)
        self.assertError(self.post(use, address), 409, "wrong_state", "noted already")
        self.booked({**use, "again": True}, address)

    # ------------------------------------------------------------
    # REFUSED
    # ------------------------------------------------------------

    def test_what_makes_no_sense_is_422_and_named(self):
        bill, draft = self.bill(), self.invoice()
        money = {"customer_id": self.hilton.id, "amount": 100}
        use = {"invoice_id": bill.name}
        for field, body in (
            ("amount", {"customer_id": self.hilton.id}),
            ("amount", {**money, "amount": -1}),
            ("amount", {**money, "amount": "100"}),
            ("amount", {**money, "amount": True}),
            ("amount", {**money, "amount": 1e13}),
            ("date", {**money, "date": "yesterday"}),
            ("date", {**money, "date": 5}),
            ("method", {**money, "method": "shells"}),
            ("currency_id", {**money, "currency_id": "XXX"}),
            ("customer_id", {"amount": 100}),
            ("customer_id", {**money, "customer_id": 999999}),
            ("payee", {**money, "payee": "x"}),
            ("allocations", {**money, "allocations": [{}]}),
            ("allocations", {**money, "allocations": [{**use, "quote_id": 1}]}),
            ("allocations", {**money, "allocations": [{**use, "amount": -5}]}),
            ("allocations", {**money, "allocations": [{"invoice_id": "INV-0"}]}),
        ):
            with self.subTest(body=str(body)):
                content = self.assertError(self.post(body), 422, "invalid", field)
                named = content["details"]["fields"][0]["field"]
                self.assertTrue(named.startswith(field), named)
        for words, body in (
            ("company_id", {**money, "company_id": 999999}),
            ("future", {**money, "date": "2199-01-01"}),
            ("above zero", {**money, "amount": 0}),
            ("not to be paid", {**money, "allocations": [{"invoice_id": draft.id}]}),
            ("left to pay", {"amount": 20000, "allocations": [{**use, "amount": 2e4}]}),
            ("cannot be used", {**money, "allocations": [{**use, "amount": 101}]}),
        ):
            with self.subTest(words):
                self.assertError(self.post(body), 422, "invalid", words)
        self.assertNothingBooked()

    def test_not_a_number_is_no_amount(self):
        for word in ("NaN", "Infinity", "-Infinity", "1e999"):
            raw = f'{{"customer_id": {self.hilton.id}, "amount": {word}}}'.encode()
            with self.subTest(word):
                answer = self.call(
                    *("payments", self.pom, "POST"),
                    raw=raw,
                    Content_Type="application/json",
                )
                self.assertError(answer, 422, "invalid", "amount")
        self.assertNothingBooked()

    def test_only_who_may_book_does(self):
        body = {"customer_id": self.hilton.id, "amount": 100}
        _answer, payment = self.booked(body)
        one = f"payments/{payment.id}"
        for address, said in (
            ("payments", body),
            (f"{one}/allocate", {"allocations": [{"invoice_id": self.bill().name}]}),
            (f"{one}/refund", {}),
            (f"{one}/book", {}),
            (f"{one}/void", {"reason": "x"}),
        ):
            with self.subTest(address):
                refused = self.post(said, address, user=self.nikki)
                self.assertError(refused, 403, "forbidden")
                refused = self.post(said, address, user=self.customer)
                self.assertError(refused, 403, "forbidden")
        self.assertEqual(payment.state, "booked")
        self.assertNothingBooked(1)

    def test_addresses_of_payments_know_their_methods(self):
        _answer, payment = self.booked({"customer_id": self.hilton.id, "amount": 100})
        for address, methods, allowed in (
            ("payments", ("PUT", "DELETE", "OPTIONS"), ("GET, POST", "POST")),
            (f"payments/{payment.id}", ("POST", "DELETE"), ("GET",)),
            (f"payments/{payment.id}/void", ("GET", "PUT"), ("POST",)),
        ):
            for method in methods:
                with self.subTest(address=address, method=method):
                    answer = self.call(address, self.pom, method=method)
                    self.assertError(answer, 405, "method_not_allowed")
                    self.assertIn(answer.headers["Allow"], allowed)
        lost = self.post(
            {"customer_id": self.hilton.id, "amount": 5}, "payments?again=true"
        )
        self.assertError(lost, 422, "invalid", "again")
        self.assertNothingBooked(1)
