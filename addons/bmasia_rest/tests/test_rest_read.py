"""Reading over REST: lists, single records, PDFs; and the schemas of what is told."""

import hashlib
from typing import Literal, get_args, get_origin
from urllib.parse import urlencode

from odoo.tests import tagged

from ..controllers import schemas
from ..controllers.records import DERIVED
from ..controllers.resources import CONDITIONS
from .rest import RestCase

PARTS = {
    "line_ids": ("bmasia.quote.line", schemas.Line),
    "delivery_ids": ("mail.delivery", schemas.Delivery),
    "archive_ids": ("ir.attachment", schemas.Archive),
    "location_ids": ("bmasia.location", schemas.Location),
    "signatory_ids": ("bmasia.signatory", schemas.Signatory),
    "schedule_ids": ("bmasia.contract.schedule", schemas.BillingPeriod),
    "payment_ids": ("bmasia.payment", schemas.Payment),
    "allocation_ids": ("bmasia.payment.allocation", schemas.Allocation),
}


@tagged("post_install", "-at_install")
class TestRestRead(RestCase):
    def test_a_list_comes_in_pages(self):
        quotes = [self.quote().id for _number in range(5)]
        pages, address = [], f"quotes?customer_id={self.hilton.id}&limit=2"
        while address:
            answer = self.call(address)
            self.assertEqual(answer.status_code, 200, answer.text)
            content = answer.json()
            schemas.QuoteList.model_validate(content, extra="forbid")
            self.assertEqual(content["count"], 5)
            pages.append([quote["id"] for quote in content["results"]])
            address = (content["next"] or "").removeprefix("/api/v1/")
        self.assertEqual(pages, [quotes[:2], quotes[2:4], quotes[4:]])
        back = self.call(f"quotes?limit=2&offset=1&customer_id={self.hilton.id}").json()
        self.assertIn("offset=0", back["previous"])
        newest = self.call("quotes?order=-id&limit=1").json()["results"]
        self.assertEqual([quote["id"] for quote in newest], quotes[-1:])

    def test_pages_have_a_limit(self):
        for query in ("limit=201", "limit=0", "offset=-1", "limit=x", "order=name"):
            self.assertError(self.call(f"quotes?{query}"), 422, "invalid")
        for moment in ("0001-01-01T00:00:00Z", "yesterday"):
            answer = self.call(f"quotes?updated_since={moment}")
            self.assertError(answer, 422, "invalid", "updated_since")

    def test_lists_are_filtered(self):
        quote, other = self.quote(), self.quote()
        other.action_mark_sent()
        found = {
            "state=sent": other,
            "state=draft": quote,
            f"name={other.name}": other,
            f"search={other.name}": other,
            f"user_id={self.nikki.id}": quote | other,
            f"user_id={self.pom.id}": quote.browse(),
            "updated_since=2099-01-01T00:00:00Z": quote.browse(),
            "updated_since=2020-01-01T00:00:00%2B07:00": quote | other,
        }
        for query, expected in found.items():
            with self.subTest(query):
                answer = self.call(f"quotes?customer_id={self.hilton.id}&{query}")
                ids = [row["id"] for row in answer.json()["results"]]
                self.assertEqual(ids, sorted(expected.ids))

    def test_an_invoice_of_several_contracts_is_found_by_each(self):
        self.hilton.invoicing = "day"
        first, second = contracts = [self.active_contract() for _n in range(2)]
        first.with_user(self.pom).action_create_invoices()
        (row,) = self.call(f"invoices?contract_id={second.id}").json()["results"]
        self.assertIsNone(row["contract_id"])
        told = {contract["id"] for contract in row["contract_ids"]}
        self.assertEqual(told, {contract.id for contract in contracts})
        detail = self.call(f"invoices/{row['id']}").json()
        self.resources()["invoices"].detail.model_validate(detail, extra="forbid")
        told = {period["contract_id"]["id"] for period in detail["schedule_ids"]}
        self.assertEqual(told, {contract.id for contract in contracts})
        self.assertIn(
            detail["schedule_id"]["id"], [p["id"] for p in detail["schedule_ids"]]
        )
        self.assertEqual(
            self.call(f"contracts/{first.id}").json()["invoice_ids"][0]["id"], row["id"]
        )

    def test_an_email_is_a_text_and_no_pattern(self):
        mine = {"parent_id": self.hilton.partner_id.id}
        odd = "odd_%\\@example.com"
        for name, email in (("Odd", odd), ("Near", "oddx@example.com")):
            self.env["res.partner"].create({"name": name, "email": email, **mine})
        self.env.flush_all()
        for asked, count in (
            *((odd, 1), (odd.upper(), 1), ("odd_@example.com", 0)),
            *(("\\", 0), ("%", 0), ("_" * 16, 0), ("odd%", 0)),
        ):
            with self.subTest(asked):
                answer = self.call(f"contacts?{urlencode({'email': asked})}")
                self.assertEqual(answer.status_code, 200, answer.text)
                self.assertEqual(answer.json()["count"], count)

    def test_companies_and_contacts(self):
        company = self.call(f"companies/{self.hilton.id}/").json()
        schemas.CompanyDetail.model_validate(company, extra="forbid")
        self.assertEqual(company["name"], "Hilton Pattaya")
        names = [contact["name"] for contact in company["contact_ids"]]
        self.assertEqual(set(names), {"Somchai", "Anong"})
        query = f"customer_id={self.hilton.id}&contact_type=billing"
        answer = self.call(f"contacts?{query}")
        (anong,) = answer.json()["results"]
        schemas.Contact.model_validate(anong, extra="forbid")
        self.assertEqual(
            anong["customer_id"], {"id": self.hilton.id, "name": "Hilton Pattaya"}
        )
        self.assertEqual(self.call(f"contacts/{anong['id']}").json(), anong)
        self.hilton.active = False
        self.assertFalse(self.call("companies?search=Hilton").json()["results"])
        gone = self.call("companies?search=Hilton&active=false&country=TH").json()
        self.assertEqual(len(gone["results"]), 1)

    def test_a_search_finds_what_is_spelled_otherwise(self):
        company = self.make_company("Đà Nẵng Café", country="base.th")
        quote = self.quote(customer_id=company.id)
        for typed in ("da+nang", "danang", "cafe", "%EF%BD%83afe", "da%E2%80%91nang"):
            for address, record in (("companies", company), ("quotes", quote)):
                found = self.call(f"{address}?search={typed}").json()["results"]
                with self.subTest(typed=typed, address=address):
                    self.assertEqual([row["id"] for row in found], record.ids)

    def test_a_company_tells_its_possible_duplicates(self):
        twin = self.make_company("HILTON-PATTAYA Co., Ltd.", country="base.th")
        told = self.call(f"companies/{twin.id}").json()["duplicate_ids"]
        self.assertEqual(told, [{"id": self.hilton.id, "name": self.hilton.name}])

    def test_each_document_tells_its_parts_and_what_became_of_its_mail(self):
        documents = {
            "quotes": self.quote(),
            "contracts": self.active_contract(),
            "invoices": self.issued_invoice(),
        }
        documents["contracts"].location_ids = [(0, 0, {"name": "Lobby"})]
        signed = documents["contracts"].with_user(self.norbert)
        signed.signatory_ids = [(0, 0, {"name": "Khun Somchai"})]
        documents["invoices"].action_register_payment(100)
        for name, document in documents.items():
            self.assertEqual(self.send(document).status_code, 200)
            content = self.call(f"{name}/{document.id}").json()
            detail = self.resources()[name].detail
            with self.subTest(name):
                detail.model_validate(content, extra="forbid")
                self.assertEqual(content["amount_total"], document.amount_total)
                self.assertEqual(content["line_ids"][0]["name"], "Music")
                self.assertTrue(content["delivery_ids"])
                self.assertEqual(
                    {row["state"] for row in content["delivery_ids"]}, {"sent"}
                )
                self.assertEqual(
                    content["archive_ids"][-1]["document_sha256"],
                    hashlib.sha256(document.archive_ids[-1].raw).hexdigest(),
                )

    def test_the_pdf_is_the_very_file_that_went_out(self):
        quote = self.quote()
        draft = self.call(f"quotes/{quote.id}/pdf")
        self.assertEqual(draft.headers["Content-Type"], "application/pdf")
        self.assertTrue(draft.content.startswith(b"%PDF"))
        self.assertFalse(quote.name or quote.archive_ids)
        self.send(quote)
        answer = self.call(f"quotes/{quote.name}/pdf/")
        (sent,) = self.server.messages[0].attachments.values()
        self.assertEqual(answer.content, sent)
        self.assertIn(quote.name, answer.headers["Content-Disposition"])
        # also when something changed since
        quote.sudo().content_snapshot = False
        self.env.flush_all()
        self.assertEqual(self.call(f"quotes/{quote.id}/pdf").content, sent)

    def test_a_list_costs_the_same_number_of_queries_for_any_length(self):
        self.quote()
        self.call("quotes?limit=200")
        costs = []
        for _round in range(2):
            before = self.cr.sql_log_count
            self.assertEqual(self.call("quotes?limit=200").status_code, 200)
            costs.append(self.cr.sql_log_count - before)
            for _number in range(10):
                self.quote()
        self.assertLessEqual(costs[1], costs[0] + 3)

    def test_what_is_told_exists_in_odoo_with_the_same_choices(self):
        pairs = [(each.model, each.detail) for each in self.resources().values()]
        for model, answer in [*pairs, *PARTS.values()]:
            for name, field in answer.model_fields.items():
                with self.subTest(model=model, field=name):
                    known = self.env[model]._fields
                    self.assertTrue(name in known or (model, name) in DERIVED)
                    if choices := self.choices(field.annotation):
                        odoos = known[name].get_values(self.env)
                        self.assertEqual(set(choices), set(odoos))

    def choices(self, annotation):
        """The values of a Literal, also of ``Literal[...] | None``."""
        for kind in (annotation, *get_args(annotation)):
            if get_origin(kind) is Literal:
                return get_args(kind)
        return ()

    def test_what_can_be_asked_exists_in_odoo(self):
        for resource in self.resources().values():
            own = set(resource.page.model_fields) - {"limit", "offset", "order"}
            for name in own - set(CONDITIONS) - {"customer_id"}:
                self.assertIn(name, self.env[resource.model]._fields)

    def test_the_description_is_open_complete_and_without_loose_ends(self):
        answer = self.call("openapi.json", user=False)
        self.assertEqual(answer.status_code, 200)
        document = answer.json()
        documents, all_resources = self.document_resources(), self.resources()
        paths = 2 * len(all_resources) + 2 * len(documents)
        self.assertGreaterEqual(paths, 2 * 6 + 2 * 4)
        paths += sum(len(each.steps) for each in all_resources.values())
        self.assertEqual(len(document["paths"]), paths)
        self.assertIn("/api/v1/quotes/{key}/send/", document["paths"])
        known = document["components"]["schemas"]
        for reference in set(self.references(document)):
            self.assertIn(reference.removeprefix("#/components/schemas/"), known)

    def references(self, node):
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            node = list(node.values())
        if isinstance(node, list):
            for part in node:
                yield from self.references(part)
