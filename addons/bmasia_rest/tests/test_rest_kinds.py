"""Each kind of document that is installed has its addresses, without being listed."""

from unittest.mock import patch

from odoo.tests import tagged

from ..controllers import openapi
from ..controllers.kinds import make_schemas
from ..controllers.records import as_dicts
from ..controllers.resources import COMPANIES, SCHEMAS, Resource
from .rest import RestCase


@tagged("post_install", "-at_install")
class TestRestKinds(RestCase):
    def setUp(self):
        super().setUp()
        self.invoice_paid = self.issued_invoice()
        self.invoice_paid.action_register_payment(1000, reference="TT-17")
        self.receipt = self.invoice_paid.receipt_ids
        self.documents = {
            "quotes": self.quote(),
            "contracts": self.active_contract(),
            "amendments": self.amendment_of(),
            "invoices": self.invoice_paid,
            "receipts": self.receipt,
        }

    def test_every_kind_that_is_installed_is_listed_and_described(self):
        kinds = set(self.env["document.mixin"]._kinds())
        self.assertLessEqual(set(self.documents), kinds)
        paths = self.call("openapi.json", user=False).json()["paths"]
        for name in kinds:
            with self.subTest(name):
                answer = self.call(f"{name}?limit=1", self.norbert)
                self.assertEqual(answer.status_code, 200, answer.text)
                for part in ("", "/{key}", "/{key}/pdf", "/{key}/send/"):
                    self.assertIn(f"/api/v1/{name}{part}", paths)

    def test_every_kind_is_listed_told_printed_and_sent(self):
        for name, document in self.documents.items():
            with self.subTest(name):
                user = document.env.user
                resource = self.resources()[name]
                sent = self.send(document, {"recipients": ["a@example.com"]})
                self.assertEqual(sent.status_code, 200, sent.text)
                self.assertEqual(sent.json()["number"], document.name)
                (mailed,) = self.server.messages[-1].attachments.values()
                listed = self.call(f"{name}?name={document.name}", user).json()
                resource.listing.model_validate(listed, extra="forbid")
                self.assertEqual([r["id"] for r in listed["results"]], document.ids)
                one = self.call(f"{name}/{document.name}", user).json()
                resource.detail.model_validate(one, extra="forbid")
                self.assertEqual(one["send_state"], "sent")
                self.assertEqual(one["delivery_ids"][0]["recipient"], "a@example.com")
                pdf = self.call(f"{name}/{document.id}/pdf", user)
                self.assertEqual(pdf.content, mailed)

    def test_a_receipt_tells_its_invoice_day_and_amounts(self):
        told = self.call(f"receipts/{self.receipt.id}", self.pom).json()
        self.assertEqual(
            told["invoice_id"],
            {"id": self.invoice_paid.id, "name": self.invoice_paid.name},
        )
        self.assertEqual(told["customer_id"]["id"], self.hilton.id)
        self.assertEqual(told["date"], self.receipt.date.isoformat())
        amounts = ("amount_received", "amount_total", "withholding_amount")
        self.assertEqual([told[name] for name in amounts], [1000.0, 1000.0, 0.0])
        self.assertEqual((told["state"], told["is_tax_invoice"]), ("issued", True))
        self.assertEqual(told["invoice_ids"], [told["invoice_id"]])
        (use,) = told["allocation_ids"]
        self.assertEqual(use["invoice_id"], told["invoice_id"])
        self.assertEqual((use["settled"], use["amount_tax"]), (1000.0, 65.42))
        parts = [told["amount_untaxed"], told["amount_tax"]]
        self.assertEqual(parts, [934.58, 65.42])

    def test_payments_are_told_with_what_they_are_for(self):
        payment = self.invoice_paid.payment_ids
        customer = f"customer_id={self.hilton.id}"
        listed = self.call(f"payments?{customer}&state=booked", self.pom).json()
        self.assertEqual([row["id"] for row in listed["results"]], payment.ids)
        told = self.call(f"payments/{payment.id}", self.pom).json()
        self.assertEqual((told["direction"], told["amount"]), ("in", 1000.0))
        self.assertEqual(told["receipt_ids"][0]["name"], self.receipt.name)
        (use,) = told["allocation_ids"]
        self.assertEqual(use["receipt_id"]["name"], self.receipt.name)
        self.assertEqual(
            self.call("payments?state=voided", self.pom).json()["count"], 0
        )
        self.assertError(self.call("payments?name=x", self.pom), 422, "invalid", "name")
        self.assertError(self.call("payments/1/pdf", self.pom), 404, "not_found")

    def test_a_credited_invoice_is_not_told_as_paid(self):
        invoice = self.issued_invoice()
        note = invoice.browse(invoice.action_credit("Returned")["res_id"])
        note.action_issue()
        asked = f"invoices?customer_id={self.hilton.id}&kind=invoice&payment_state="
        paid = self.call(f"{asked}paid", self.pom).json()["results"]
        self.assertNotIn(invoice.id, [row["id"] for row in paid])
        (credited,) = self.call(f"{asked}credited", self.pom).json()["results"]
        self.assertEqual(credited["id"], invoice.id)
        self.assertEqual(credited["amount_credited"], invoice.amount_total)

    def test_receipts_are_filtered_and_other_filters_refused(self):
        found = {
            f"customer_id={self.hilton.id}": 1,
            f"customer_id={self.hilton.id + 1}": 0,
            f"partner_id={self.receipt.partner_id.id}": 1,
            "send_state=sent": 0,
            "updated_since=2020-01-01T00:00:00Z": 1,
        }
        for query, count in found.items():
            with self.subTest(query):
                answer = self.call(f"receipts?{query}", self.pom).json()
                self.assertEqual(answer["count"], count)
        # a receipt is no draft
        refused = self.call("receipts?state=draft", self.pom)
        self.assertError(refused, 422, "invalid", "state")

    def test_what_a_kind_has_is_told_without_schemas_of_its_own(self):
        for name, document in self.documents.items():
            with self.subTest(name):
                schemas = make_schemas(name, document.browse())
                _summary, detail, page, _listing = schemas
                (told,) = as_dicts(document.sudo(), detail)
                detail.model_validate(told, extra="forbid")
                self.assertEqual(told["name"], document.name or None)
                has_state = "state" in document._fields
                self.assertEqual("state" in told, has_state)
                self.assertEqual("state" in page.model_fields, has_state)

    def test_a_field_that_not_everybody_may_read_is_not_told(self):
        field = self.receipt._fields["amount_received"]
        with patch.object(field, "groups", "base.group_system"):
            summary = make_schemas("receipts", self.receipt.browse())[0]
        self.assertNotIn("amount_received", summary.model_fields)
        self.assertIn("withholding_amount", summary.model_fields)

    def test_no_address_names_a_kind(self):
        """What is found under another name is answered under that name."""
        renamed = {"delivery-notes": self.env["bmasia.receipt"]}
        mixin = self.registry["document.mixin"]
        self.addCleanup(self.registry.clear_cache)
        with (
            patch.object(mixin, "_kinds", lambda _model: renamed),
            # a kind that has no schemas of its own
            patch.dict(SCHEMAS, clear=True),
        ):
            self.registry.clear_cache()
            note = f"delivery-notes/{self.receipt.id}"
            self.assertEqual(self.call(note, self.pom).status_code, 200)
            send = f"{note}/send"
            sent = self.call(send, self.pom, "POST", {"recipients": ["a@example.com"]})
            self.assertEqual(sent.status_code, 200, sent.text)
            unknown = self.call("delivery-notes/0", self.pom)
            self.assertError(unknown, 404, "not_found", "no delivery note 0")
            for name in self.documents:
                self.assertError(self.call(name, self.pom), 404, "not_found")
            described = self.call("openapi.json", user=False).json()
            paths = set(described["paths"])
            self.assertIn("/api/v1/delivery-notes/{key}/send/", paths)
            self.assertNotIn("/api/v1/receipts", paths)
            names = described["components"]["schemas"]
            self.assertIn("DeliveryNoteDetail", names)

    def test_what_is_no_resource_is_404_whoever_asks_however(self):
        for address in ("cheques", "cheques/1", "cheques/1/pdf", "cheques/1/send"):
            for method in ("GET", "POST", "DELETE"):
                for user in (False, self.nikki):
                    with self.subTest(address=address, method=method, user=user):
                        answer = self.call(address, user, method)
                        self.assertError(answer, 404, "not_found")
        for address in ("companies/1/pdf", "contacts/1/send"):
            self.assertError(self.call(address, method="POST"), 404, "not_found")

    def test_two_schemas_of_one_name_are_told_apart(self):
        kind = self.env["bmasia.receipt"]
        # "Payment" is a record of its own as well
        payments = make_schemas("payments", kind)
        resources = [
            Resource("payments", "payment", kind._name, *payments),
            Resource(
                "invoices", "invoice", "bmasia.invoice", *SCHEMAS["bmasia.invoice"]
            ),
            COMPANIES,
        ]
        document = openapi.describe(resources)
        known = document["components"]["schemas"]
        listing = document["paths"]["/api/v1/payments"]["get"]["responses"]["200"]
        reference = listing["content"]["application/json"]["schema"]["$ref"]
        self.assertIn(reference.rsplit("/", 1)[1], known)
        rows = [schema for name, schema in known.items() if name.endswith("Payment")]
        self.assertEqual(len(rows), 2)
