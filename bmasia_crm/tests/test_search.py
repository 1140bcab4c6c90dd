"""Documents are found by what people remember of them."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CrmCase

DOCUMENTS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice", "bmasia.receipt")


@tagged("post_install", "-at_install")
class TestSearch(CrmCase):
    def setUp(self):
        super().setUp()
        self.env["bmasia.zone"].create(
            {"name": "Sky Lounge", "customer_id": self.hilton.id}
        )
        other = self.make_company("Doi Coffee Roasters", country="base.th")
        self.found, self.other = {}, {}
        for documents, customer in ((self.found, self.hilton), (self.other, other)):
            mine = {"customer_id": customer.id}
            quote, contract = self.quote(**mine), self.contract(**mine)
            quote.action_mark_sent()
            contract.action_mark_sent()
            invoice = self.issued_invoice(**mine)
            payment = invoice.action_register_payment(100)["receipt_id"]
            for document in (
                quote,
                contract,
                invoice,
                self.env["bmasia.receipt"].browse(payment),
            ):
                documents[document._name] = document

    def typed(self, model, label, text):
        """What the list shows when text is typed and one of the offers is taken."""
        records = self.env[model].with_user(self.nikki)
        arch = etree.fromstring(records.get_view(view_type="search")["arch"])
        (field,) = arch.xpath(f"//field[@string='{label}']")
        domain = safe_eval(field.get("filter_domain"), {"self": text})
        return records.search(domain)

    def test_each_document_is_found_by_number_company_contact_and_zone(self):
        for model in DOCUMENTS:
            document, other = self.found[model], self.other[model]
            for label, text in (
                ("Number or Company", document.name),
                ("Number or Company", "hilton patt"),
                ("Contact", "anong"),
                ("Zone", "sky lou"),
            ):
                with self.subTest(model=model, label=label, text=text):
                    found = self.typed(model, label, text)
                    self.assertIn(document, found)
                    self.assertNotIn(other, found)

    def test_a_company_is_found_by_contact_and_zone(self):
        for label, text in (
            ("Company", "hilton"),
            ("Contact", "somchai@"),
            ("Zone", "lounge"),
        ):
            self.assertEqual(self.typed("bmasia.company", label, text), self.hilton)
