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
        self.assertEqual((told["amount"], told["withholding_amount"]), (1000.0, 0.0))

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
        # a receipt has no states
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
        field = self.receipt._fields["amount"]
        with patch.object(field, "groups", "base.group_system"):
            summary = make_schemas("receipts", self.receipt.browse())[0]
        self.assertNotIn("amount", summary.model_fields)
        self.assertIn("withholding_amount", summary.model_fields)

    def test_no_address_names_a_kind(self):
        """What is found under another name is answered under that name."""
        renamed = {"delivery-notes": self.env["bmasia.receipt"]}
        mixin = self.registry["document.mixin"]
        self.addCleanup(self.registry.clear_cache)
        with patch.object(mixin, "_kinds", lambda _model: renamed):
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
        for address in ("payments", "payments/1", "payments/1/pdf", "payments/1/send"):
            for method in ("GET", "POST", "DELETE"):
                for user in (False, self.nikki):
                    with self.subTest(address=address, method=method, user=user):
                        answer = self.call(address, user, method)
                        self.assertError(answer, 404, "not_found")
        for address in ("companies/1/pdf", "contacts/1/send"):
            self.assertError(self.call(address, method="POST"), 404, "not_found")

    def test_two_schemas_of_one_name_are_told_apart(self):
        kind = self.env["bmasia.receipt"]
        # "Payment" is a part of an invoice as well
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
