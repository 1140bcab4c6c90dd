"""Accepted quotes are invoiced over REST, once per key."""

from odoo.tests import tagged

from ..controllers import schemas
from .rest import RestCase


@tagged("post_install", "-at_install")
class TestRestQuoteInvoices(RestCase):
    def setUp(self):
        super().setUp()
        self.event = self.quote(
            self.line(1000, 10, name="Loudspeaker", kind="one_time"),
            self.line(5000, name="Installation", kind="one_time"),
        )
        self.event.action_mark_sent()

    def post(self, body=None, user=None, **headers):
        address = f"quotes/{self.event.name}/invoice"
        return self.call(address, user or self.nikki, "POST", body=body, **headers)

    def test_in_parts_and_once_per_key(self):
        early = self.post({})
        self.assertEqual(early.status_code, 422, early.text)
        self.assertIn("accepted", early.json()["message"])
        self.event.action_accept()
        first = self.post({"percent": 30}, Idempotency_Key="q-1")
        self.assertEqual(first.status_code, 200, first.text)
        schemas.InvoiceDetail.model_validate(first.json(), extra="forbid")
        self.assertEqual(first.json()["amount_untaxed"], 4500)
        self.assertEqual(first.json()["quote_id"]["id"], self.event.id)
        again = self.post({"percent": 30}, Idempotency_Key="q-1")
        self.assertEqual(again.json(), first.json())
        line = self.event.line_ids[1]
        too_much = self.post({"lines": [{"line_id": line.id, "amount": 4000}]})
        self.assertEqual(too_much.status_code, 422, too_much.text)
        some = self.post({"lines": [{"line_id": line.id, "amount": 1000}]})
        self.assertEqual(some.json()["amount_untaxed"], 1000)
        rest = self.post()
        self.assertEqual(rest.json()["amount_untaxed"], 9500)
        told = self.call(f"quotes/{self.event.id}", self.nikki).json()
        schemas.QuoteDetail.model_validate(told, extra="forbid")
        self.assertEqual(
            (told["amount_invoiced"], told["amount_to_invoice"]), (15000, 0)
        )
        self.assertEqual(len(told["invoice_ids"]), 3)
        self.assertEqual(told["line_ids"][1]["amount_invoiced"], 5000)
        nothing_left = self.post()
        self.assertIn(nothing_left.json()["id"], self.event.invoice_ids.ids)

    def test_what_is_no_line_or_no_figure_is_refused(self):
        self.event.action_accept()
        for body in (
            {"percent": 0},
            {"percent": 200},
            {"percent": "all"},
            {"lines": [{"line_id": 0}]},
            {"lines": [{"line_id": self.event.line_ids[0].id, "amount": -5}]},
            {"line": 5},
        ):
            with self.subTest(body):
                self.assertIn(self.post(body).status_code, (400, 422))
        self.assertFalse(self.event.invoice_ids)
