"""Programs that give an argument in another type read what it takes, not "internal"."""

import doctest
import inspect
import json
from contextlib import suppress

from psycopg2.errors import NotNullViolation

from odoo import http
from odoo.exceptions import UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from odoo.addons.bmasia_crm.controllers import export

from .common import PDF, CrmCase
from .keys import KeyCase

OURS = ("odoo.addons.bmasia_", "odoo.addons.document_")
WRONG = (5, -1.5, "no such thing", "2026-13-77", [5], ["x"], [[]], {"a": 1}, True, "")
WRONG += (float("nan"), float("inf"), 10**30, "NaN", "1e400")
WRONG += (1e308, "nul \0", "0001-01-01")
# What only a method looks into.
FURTHER = (10**400, "9999-12-31", [5, 6], {"1": 1e308}, {"9" * 5000: 1})
FURTHER += ({"bank_ids": [5]}, {"partner_id": "x"}, {"customer": {"name": "\0"}})
# What Odoo tells people as a sentence: nothing where something is required.
REFUSED = (UserError, NotNullViolation)
TYPED = ("float", "monetary", "integer", "selection", "date")
TEXTS = ("char", "text", "html")


@tagged("post_install", "-at_install")
class TestWrongTypes(CrmCase):
    def setUp(self):
        super().setUp()
        # a substitute is made of the printed file, which is none in these tests
        reports = self.registry["ir.actions.report"]
        self.patch(reports, "_marked_pdf", lambda *_a, **_k: PDF)

    def documents(self):
        sent = self.quote()
        sent.action_mark_sent()
        invoice = self.issued_invoice()
        invoice.action_register_payment(100, withholding_amount=3)
        use = invoice.allocation_ids
        customer = {"customer_id": self.hilton.id}
        notes = self.env["bmasia.billing.note"].with_user(self.pom)
        statements = self.env["bmasia.statement"].with_user(self.pom)
        return [
            *(sent, self.active_contract(), invoice, invoice.receipt_ids),
            *(use.payment_id, use.certificate_id),
            *(notes.create(customer), statements.create(customer)),
            *(self.env["bmasia.report"], self.env["bmasia.dashboard"]),
            self.env["document.day"],
            *(self.quote(), self.invoice()),
            *(self.hilton, self.env["bmasia.contract.template"]),
            *(self.env["bmasia.checklist"], self.thailand),
        ]

    def own_name(self, record, name):
        """What else a method needs, right, so that it gets to what is wrong."""
        known = {"kind": "quotes", "key": "receivables", "values": {}, "reason": "Why"}
        return known.get(name, "words")

    def own_methods(self, record):
        for name in dir(type(record)):
            if name.startswith("_") or not callable(getattr(type(record), name, None)):
                continue
            try:
                method = get_public_method(record, name)
            except Exception:
                continue
            first = next(c for c in reversed(type(record).mro()) if hasattr(c, name))
            if getattr(first, "__module__", "").startswith(OURS):
                yield name, list(inspect.signature(method).parameters.values())[1:]

    def test_no_argument_of_ours_ends_in_an_unknown_error(self):
        tried = set()
        for record in self.documents():
            own = record.with_user(self.norbert)
            for name, parameters in self.own_methods(record):
                for parameter in parameters:
                    for wrong in WRONG + FURTHER:
                        tried.add((record._name, name, parameter.name))
                        given = {
                            other.name: self.own_name(record, other.name)
                            for other in parameters
                            if other.default is inspect.Parameter.empty
                        }
                        given[parameter.name] = wrong
                        with self.subTest(record=record, method=name, given=given):
                            with suppress(UserError), self.env.cr.savepoint() as here:
                                getattr(own, name)(**given)
                                here.rollback()
                        self.env.invalidate_all()
        self.assertGreater(len(tried), 60)
        self.assertIn(("bmasia.payment", "register", "allocations"), tried)
        self.assertIn(("bmasia.report", "show", "chosen"), tried)
        self.assertIn(("bmasia.quote", "send_email", "recipients"), tried)
        self.assertIn(("bmasia.company", "action_merge_into", "target_id"), tried)
        self.assertIn(("res.company", "sample_document", "values"), tried)
        self.assertIn(("bmasia.checklist", "open_step", "key"), tried)

    def test_no_value_of_a_field_ends_in_an_unknown_error(self):
        tried = set()
        for record in self.documents():
            own = record.with_user(self.norbert)
            for name, field in record._fields.items():
                if not field.store or field.type not in TYPED + TEXTS:
                    continue
                for wrong in WRONG if field.type in TYPED else ("nul \0",):
                    tried.add((record._name, name))
                    with self.subTest(record=record, field=name, value=wrong):
                        with suppress(*REFUSED), self.env.cr.savepoint() as here:
                            own.write({name: wrong})
                            self.env.flush_all()
                            here.rollback()
                    self.env.invalidate_all()
        self.assertIn(("bmasia.withholding.certificate", "rate"), tried)

    def test_what_is_right_but_for_one_part_reads_what_is_wrong(self):
        """Where the rest of a call decides whether that part is looked at."""
        quote = self.quote()
        quote.action_mark_sent()
        quote.action_accept()
        line = str(quote.line_ids[0].id)
        invoice = self.issued_invoice()
        ends = (self.hilton.id, self.thailand.id)
        register = self.env["bmasia.payment"].with_user(self.pom).register
        entity = self.thailand.with_user(self.norbert)
        report = self.env["bmasia.report"].with_user(self.norbert)
        kind = entity.sample_kinds()["kinds"][0][0]
        for call in (
            lambda: quote.action_create_invoice(amounts={line: 1e308}),
            lambda: quote.action_create_invoice(amounts={"9" * 5000: 1}),
            lambda: quote.action_create_invoice(idempotency_key="\0"),
            lambda: register(*ends, 5, idempotency_key="\0"),
            lambda: register(*ends, 5, reference="\0"),
            lambda: register(*ends, 5, method="\0"),
            lambda: register(*ends, 5, direction="\0"),
            lambda: register(10**30, self.thailand.id, 5),
            lambda: invoice.action_replace("Why", {"customer": {"name": "x\0"}}),
            lambda: invoice.action_replace("Why", {"partner_id": "x"}),
            lambda: invoice.action_replace("Why", {"partner_id": 1e308}),
            lambda: entity.sample_document(kind, {"bank_ids": [5]}),
            lambda: entity.sample_document(kind, 5),
            lambda: entity.sample_document([], {}),
            lambda: report.show("receivables", {"date": "0001-01-01"}),
            lambda: report.show("receivables", {"date": "9999-12-31"}),
        ):
            with self.subTest(inspect.getsource(call)):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    call()

    def test_a_sample_takes_no_wrong_value_of_the_form(self):
        entity = self.thailand.with_user(self.norbert)
        kind = entity.sample_kinds()["kinds"][0][0]
        self.patch(type(self.env["bmasia.quote"]), "_print_sample", lambda _s: PDF)
        self.patch(type(self.env["bmasia.invoice"]), "_print_sample", lambda _s: PDF)
        for name in sorted(entity._sampled_fields()):
            for wrong in (
                "nul \0",
                1e308,
                ["x"],
                {"a": 1},
                5,
                [[0, 0, {"bank_id": {"a": 1}}]],
            ):
                with self.subTest(field=name, value=wrong), suppress(UserError):
                    entity.sample_document(kind, {name: wrong})

    def test_what_no_index_takes_reads_how_long_it_may_be(self):
        """Random letters: PostgreSQL presses others together."""
        letters = "".join(chr(0x4E00 + i * 7919 % 20000) for i in range(4000))
        companies = self.env["bmasia.company"].with_user(self.nikki)
        for name in ("name", "legal_name", "vat", "branch"):
            with self.subTest(name), self.assertRaisesRegex(UserError, "at most 500"):
                companies.create({"name": "Long", name: letters})
        made = companies.create({"name": letters[:500], "vat": letters[:500]})
        folded = "\ufdfa" * 500  # eighteen letters each, once it is folded
        made.write({"name": folded, "legal_name": folded})
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestOverTheWire(KeyCase):
    def test_json2_answers_422(self):
        quote = self.quote()
        self.env.flush_all()
        for name, wrong in (("recipients", 5), ("subject", ["x"]), ("send_at", {})):
            answer = self.url_open(
                "/json/2/bmasia.quote/send_email",
                data=json.dumps({"ids": quote.ids, name: wrong or {"a": 1}}),
                headers={
                    "Authorization": f"Bearer {self.keys[self.nikki]}",
                    "Content-Type": "application/json",
                },
            )
            self.assertEqual(answer.status_code, 422, answer.text)

    def test_an_export_holds_no_formulas(self):
        self.assertFalse(doctest.testmod(export).failed)
        names = ("@SUM(1)", "\t=1", "\r=1", "=1+1", "-1", "Plain")
        companies = self.env["bmasia.company"].create(
            [{"name": name} for name in names if name.strip() == name]
        )
        companies[0].street = "\t=cmd"
        self.authenticate(self.norbert.login, self.norbert.login)
        self.norbert.group_ids |= self.env.ref("base.group_allow_export")
        self.env.flush_all()
        data = {
            "model": "bmasia.company",
            "fields": [{"name": n, "label": n} for n in ("name", "street")],
            "ids": companies.ids,
            "domain": [],
            "import_compat": False,
        }
        answer = self.url_open(
            "/web/export/csv",
            data={
                "data": json.dumps(data),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        cells = [c.strip('"') for c in answer.text.replace("\r", "").split("\n")]
        text = "\n".join(cells)
        self.assertIn("'@SUM(1)", text)
        self.assertIn("'=1+1", text)
        self.assertIn("Plain", text)
        self.assertNotIn('"@', answer.text)
        self.assertNotIn('"\t', answer.text)
