"""A company and its documents are found by how somebody types the name."""

from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CrmCase

# name of the company: what is typed for it
TYPED = {
    "Café Zürich": ("cafe zurich", "CAFÉ", "zurich", "cafezurich"),
    "Phở Hà Nội": ("pho ha noi", "phohanoi", "ha noi"),
    "Đà Nẵng Resort": ("da nang", "danang", "DaNang Res", "đà nẵng"),
    "น้\u0e33ตก รีสอร์ท": ("น้\u0e33ตก", "น้\u0e4d\u0e32ตก", "น้ำตกรีสอร์ท"),
    "น้\u0e4d\u0e32ใส สปา": ("น้\u0e33ใส", "น้\u0e4d\u0e32ใสสปา"),
    "Ｈｉｌｔｏｎ Q18": ("hilton q18", "hiltonq18"),
    "Al\u2011Bustan": ("al-bustan", "al bustan", "albustan"),
    "Seaview": ("sea view", "sea-view"),
}
WRONG = {
    "Panda Nangka": ("danang",),
    "Martin": ("art in",),
    "นำโชค": ("น้ำโชค",),
}
DOCUMENTS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice")


@tagged("post_install", "-at_install")
class TestFoldedSearch(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = {
            name: cls.make_company(name, country="base.th") for name in (*TYPED, *WRONG)
        }
        cls.documents = {}
        for name, company in cls.companies.items():
            made = {"customer_id": company.id}
            cls.documents[name] = [cls.quote(**made), cls.contract(**made)]
            cls.documents[name].append(cls.invoice(**made))

    def from_list(self, model, text):
        """What the list shows when text is typed and the first offer is taken."""
        records = self.env[model].with_user(self.nikki)
        arch = etree.fromstring(records.get_view(view_type="search")["arch"])
        typed = arch.xpath("//field[@filter_domain]")[0].get("filter_domain")
        return records.search(safe_eval(typed, {"self": text}))

    def picked(self, model, text):
        found = self.env[model].with_user(self.nikki).name_search(text, limit=None)
        return self.env[model].browse([key for key, _label in found])

    def ways(self, model, text):
        """Each way in which somebody searches."""
        yield self.from_list(model, text)
        yield self.picked(model, text)
        yield self.env[model].search([("display_name", "ilike", text)])

    def test_companies_are_found_in_lists_and_pickers(self):
        for name, texts in TYPED.items():
            for text in texts:
                for found in self.ways("bmasia.company", text):
                    with self.subTest(name=name, typed=text):
                        self.assertIn(self.companies[name], found)

    def test_documents_are_found_by_their_company(self):
        for name, texts in TYPED.items():
            for document in self.documents[name]:
                for text in texts:
                    for found in self.ways(document._name, text):
                        with self.subTest(name=name, typed=text, of=document._name):
                            self.assertIn(document, found)

    def test_every_kind_of_document_is_searched_by_its_customer(self):
        """The next kind is met here without being named."""
        for kind in self.env["bmasia.company"]._document_kinds():
            domain = kind._search_display_name("ilike", "danang")
            conditions = {c.field_expr: c.value for c in domain.iter_conditions()}
            with self.subTest(kind._name):
                company = self.companies["Đà Nẵng Resort"]
                self.assertEqual(list(conditions["customer_id"]), company.ids)

    def test_others_are_not_found(self):
        for name, texts in WRONG.items():
            for text in texts:
                for found in self.ways("bmasia.company", text):
                    with self.subTest(name=name, typed=text):
                        self.assertNotIn(self.companies[name], found)

    def test_a_tax_id_is_found_with_and_without_hyphens(self):
        company = self.companies["Seaview"]
        company.vat = "0-1055-36000-31-5"
        for text in ("0105536000315", "0-1055-36000-31-5", "0 1055 36000"):
            self.assertIn(company, self.picked("bmasia.company", text))

    def test_the_opposite_finds_all_others(self):
        companies = self.env["bmasia.company"]
        found = companies.search([("display_name", "ilike", "danang")])
        others = companies.search([("display_name", "not ilike", "danang")])
        self.assertEqual(found, self.companies["Đà Nẵng Resort"])
        self.assertEqual(found | others, companies.search([]))
        self.assertFalse(found & others)
        both = companies.search(~Domain("display_name", "ilike", "danang"))
        self.assertEqual(both, others)

    def test_keys_follow_the_name(self):
        company = self.companies["Seaview"]
        company.name = "Mountain View"
        self.assertIn(company, self.picked("bmasia.company", "mountainview"))
        self.assertNotIn(company, self.picked("bmasia.company", "sea view"))
