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
# What Odoo tells people as a sentence: nothing where something is required.
REFUSED = (UserError, NotNullViolation)
TYPED = ("float", "monetary", "integer", "selection", "date")


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
        ]

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
                    for wrong in WRONG:
                        tried.add((record._name, name, parameter.name))
                        given = {
                            other.name: "words"
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

    def test_no_value_of_a_field_ends_in_an_unknown_error(self):
        tried = set()
        for record in self.documents():
            own = record.with_user(self.norbert)
            for name, field in record._fields.items():
                if not field.store or field.type not in TYPED:
                    continue
                for wrong in WRONG:
                    tried.add((record._name, name))
                    with self.subTest(record=record, field=name, value=wrong):
                        with suppress(*REFUSED), self.env.cr.savepoint() as here:
                            own.write({name: wrong})
                            self.env.flush_all()
                            here.rollback()
                    self.env.invalidate_all()
        self.assertIn(("bmasia.withholding.certificate", "rate"), tried)


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
