"""The customer's answer over REST: noted with its day, and taken back by a manager."""

from freezegun import freeze_time

from odoo.tests import tagged

from ..controllers import schemas
from .rest import RestCase

WHY = {"reason": "Noted on the wrong quote"}


@tagged("post_install", "-at_install")
class TestRestAnswers(RestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time("2026-03-10 05:00:00"))

    def post(self, document, step, body, user=None, **headers):
        address = f"{document._plural}/{document.id}/{step}"
        return self.call(address, user or self.nikki, "POST", body=body, **headers)

    def told(self, model, document, step, body, user=None, **headers):
        answer = self.post(document, step, body, user, **headers)
        self.assertEqual(answer.status_code, 200, answer.text)
        model.model_validate(answer.json(), extra="forbid")
        return answer.json()

    def test_a_quote_is_sent_accepted_reopened_declined_and_extended(self):
        quote, model = self.quote(), schemas.QuoteDetail
        told = self.told(model, quote, "mark_sent", {"sent_date": "2026-03-06"})
        self.assertEqual((told["state"], told["name"]), ("sent", quote.name))
        until = {"valid_until": "2026-06-01"}
        told = self.told(model, quote, "extend", until)
        self.assertEqual(told["valid_until"], "2026-06-01")
        day = {"accepted_date": "2026-03-09"}
        told = self.told(model, quote, "accept", day, Idempotency_Key="k-1")
        again = self.told(model, quote, "accept", day, Idempotency_Key="k-1")
        self.assertEqual((told, told["state"]), (again, "accepted"))
        told = self.told(model, quote, "reopen", WHY, self.norbert)
        self.assertEqual(told["state"], "sent")
        told = self.told(model, quote, "decline", {"reason": "Too dear"})
        self.assertEqual(told["state"], "rejected")

    def test_a_quote_is_accepted_with_what_was_chosen(self):
        option = {"name": "Tablet", "is_optional": True}
        quote = self.quote(self.line(1000), self.line(600, **option))
        other = self.quote(self.line(1000), self.line(600, **option))
        mine, foreign = quote._optional_lines(), other._optional_lines()
        model = schemas.QuoteDetail
        told = self.told(model, quote, "mark_sent", {})
        marks = [line["is_optional"] for line in told["line_ids"]]
        self.assertEqual((marks, told["amount_untaxed"]), ([False, True], 1000))
        for wrong in (foreign.ids, quote.line_ids[:1].ids, ["7"], [0], "7", [True]):
            refused = self.post(quote, "accept", {"option_ids": wrong})
            self.assertEqual(refused.status_code, 422, refused.text)
        self.assertEqual(quote.state, "sent")
        told = self.told(model, quote, "accept", {"option_ids": mine.ids})
        chosen = [line["is_chosen"] for line in told["line_ids"]]
        self.assertEqual((chosen, told["amount_untaxed"]), ([False, True], 1600))

    def test_a_contract_and_an_amendment_are_signed_and_reopened(self):
        contract, model = self.contract(), schemas.ContractDetail
        self.told(model, contract, "mark_sent", {})
        signed = {"signed_date": "2026-03-10"}
        told = self.told(model, contract, "activate", signed)
        self.assertEqual((told["state"], told["signed_date"]), ("active", "2026-03-10"))
        amendment = self.amendment_of(contract, start_date="2026-03-10")
        self.told(schemas.AmendmentDetail, amendment, "mark_sent", {})
        self.told(schemas.AmendmentDetail, amendment, "activate", signed)
        refused = self.post(contract, "reopen", WHY, self.norbert)
        self.assertEqual(refused.status_code, 422, refused.text)
        self.assertIn("was made from it", refused.json()["message"])
        told = self.told(
            schemas.AmendmentDetail, amendment, "reopen", WHY, self.norbert
        )
        self.assertEqual(told["state"], "sent")
        amendment.with_user(self.norbert).action_cancel("No")
        told = self.told(model, contract, "reopen", WHY, self.norbert)
        self.assertEqual((told["state"], told["signed_date"]), ("sent", None))

    def test_money_documents_are_marked_as_sent_by_finance(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(10)
        for document, model in (
            (invoice, schemas.InvoiceDetail),
            (invoice.receipt_ids, schemas.ReceiptDetail),
        ):
            refused = self.post(document, "mark_sent", {})
            self.assertEqual(refused.status_code, 403, refused.text)
            told = self.told(model, document, "mark_sent", {}, self.pom)
            self.assertTrue(told["sent_date"])

    def test_who_may_not_and_what_cannot_be(self):
        quote = self.quote()
        quote.action_mark_sent()
        for status, step, body, user in (
            (403, "reopen", WHY, self.nikki),
            (403, "reopen", WHY, self.pom),
            (422, "reopen", WHY, self.norbert),
            (422, "reopen", {}, self.norbert),
            (422, "decline", {}, self.nikki),
            (422, "accept", {"accepted_date": "2026-03-11"}, self.nikki),
            (422, "accept", {"accepted_date": "2026-03-09"}, self.nikki),
            (422, "accept", {"accepted": "2026-03-10"}, self.nikki),
            (404, "activate", {"signed_date": "2026-03-10"}, self.nikki),
        ):
            if step == "reopen" and status == 403:
                quote._write_state({"state": "accepted"})
            with self.subTest(step, status=status, **body):
                answer = self.post(quote, step, body, user)
                self.assertEqual(answer.status_code, status, answer.text)
                self.assertTrue(answer.json()["message"])
            quote._write_state({"state": "sent"})
