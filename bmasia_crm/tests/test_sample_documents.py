"""The sample on the form of a billing entity: what is typed, printed, never written."""

import io
from base64 import b64decode, b64encode

from PIL import Image
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.bmasia_crm.tools.roles import FINANCE, MANAGER, USER

from .documents import DocumentCase

TYPED = {
    "legal_name": "Typed Legal Ltd.",
    "document_address": "1 Typed Street\nTyped City",
    "vat": "TYPED 123",
    "phone": "+66 1 234 567",
    "document_footer": "A typed footer",
    "document_accent": "#0055aa",
    "quote_terms": "Typed terms of quotes",
    "billing_terms": "Typed terms of invoices",
    "entity_code": "TY",
    "tax_label": "Typed tax",
}
PRINTED = ("Typed Legal Ltd.", "1 Typed Street", "TYPED 123", "+66 1 234 567")


@tagged("post_install", "-at_install")
class TestSampleDocuments(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user_of("manager", MANAGER, cls.thai)

    @classmethod
    def user_of(cls, login, group, company):
        return new_test_user(
            cls.env,
            login,
            groups=group,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def sample(self, kind, values=None, user=None, entity=None, lang="en_US"):
        entity = self.thai if entity is None else entity
        asked = entity.with_user(user or self.manager)
        answer = asked.sample_document(kind, values or {}, lang)
        self.pdf = b64decode(answer["pdf"])
        return self.flat(self.pdf)

    def rows(self):
        """How many rows the tables have that a sample is about."""
        tables = ("res.company", "res.partner", "res.partner.bank", "document.number")
        kinds = [kind._name for kind in self.env["document.mixin"]._kinds().values()]
        return [
            self.env[name].with_context(active_test=False).search_count([])
            for name in (*tables, *kinds, "bmasia.company", "ir.attachment")
        ]

    def test_what_is_typed_is_printed_and_nothing_is_written(self):
        kinds = [kind for kind, _label in self.thai.sample_kinds()["kinds"]]
        self.assertEqual(kinds, ["invoices", "quotes"])
        self.env.flush_all()
        before = self.rows(), self.thai.read(["legal_name", "phone", "write_date"])
        for kind in kinds:
            with self.subTest(kind):
                text = self.sample(kind, TYPED)
                for words in (*PRINTED, "A typed footer", "Typed terms", "Typed tax 7"):
                    self.assertIn(words, text)
                self.assertIn("SAMPLE", text)
                self.assertIn("Sample Hotel Co., Ltd.", text)
        self.assertIn("INV-TY-", self.sample("invoices", TYPED))
        self.assertFalse(any(self.env.transaction.field_dirty.values()))
        self.env.invalidate_all()
        after = self.rows(), self.thai.read(["legal_name", "phone", "write_date"])
        self.assertEqual(after, before)

    def test_it_is_the_layout_of_what_is_sent(self):
        sample = self.sample("quotes")
        quote = self.flat(self.quote(self.hotel, lines=2))
        for word in ("Quotation", "From", "Tax", "Accepted", "Terms", "DEMO-TH-0000"):
            self.assertIn(word, sample)
            self.assertIn(word, quote)
        self.assertNotIn("False", sample.split())

    def test_it_speaks_the_chosen_language(self):
        self.speak_thai()
        self.thai.with_context(lang="th_TH").legal_name = "บริษัท ตัวอย่าง จำกัด"
        text = self.sample("invoices", {"phone": "1"}, lang="th_TH")
        self.assertIn("ใบแจ้งหนี้", text)
        self.assertIn("บริษัท ตัวอย่าง จำกัด", text)
        self.assertIn("Invoice", self.sample("invoices", lang="xx_XX"))

    def test_accounts_follow(self):
        (account,) = self.thai.bank_ids
        named = {"acc_number": "999-9", "acc_holder_name": "Typed Holder"}
        for commands, printed in (
            ([(0, "virtual_1", {**named, "currency_id": False})], "DEMO-TH-0000"),
            ([(1, account.id, named)], "999-9"),
            ([(2, account.id, False), (0, "virtual_1", named)], "Typed Holder"),
        ):
            with self.subTest(commands):
                self.assertIn(printed, self.sample("invoices", {"bank_ids": commands}))
        self.assertNotIn("DEMO-TH-0000", self.flat(self.pdf))

    def test_a_logo_is_shown_before_it_is_saved(self):
        stream = io.BytesIO()
        Image.new("RGB", (40, 20), (200, 30, 30)).save(stream, "png")
        self.sample("quotes")
        self.assertFalse(PdfReader(io.BytesIO(self.pdf)).pages[0].images)
        self.sample("quotes", {"logo": b64encode(stream.getvalue()).decode()})
        self.assertTrue(PdfReader(io.BytesIO(self.pdf)).pages[0].images)

    def test_an_entity_that_is_not_saved_yet_has_one(self):
        none = self.thai.browse()
        manager = self.manager
        manager.sudo().group_ids |= self.env.ref("base.group_erp_manager")
        thb = self.env.ref("base.THB").id
        values = {**TYPED, "name": "New", "currency_id": thb, "number_preset": "day"}
        text = self.sample("quotes", values, user=manager, entity=none)
        self.assertIn("Typed Legal Ltd.", text)

    def test_bad_input_is_told_in_words(self):
        broken = b64encode(b"no picture").decode()
        for values, words in (
            ({"document_accent": "red"}, "six digits"),
            ({"logo": broken}, "cannot be read"),
        ):
            with self.assertRaisesRegex((UserError, ValidationError), words):
                self.sample("quotes", values)
        with self.assertRaisesRegex(UserError, "no sample"):
            self.sample("contracts")

    def test_it_shows_nothing_of_others(self):
        """Neither what a value could name, nor an entity that is not the manager's."""
        other = self.hong_kong.bank_ids
        for commands in ([(4, other.id)], [(1, other.id, {})]):
            with self.subTest(commands), self.assertRaises(AccessError):
                self.sample("invoices", {"bank_ids": commands})
        text = self.sample("invoices", {"bank_ids": [(6, 0, other.ids)]})
        self.assertNotIn(other.acc_number, text)
        secret = self.env["res.partner"].create({"name": "Secret", "street": "Hidden"})
        text = self.sample("quotes", {"partner_id": secret.id, "parent_id": 1})
        self.assertNotIn("Hidden", text)
        with self.assertRaises(AccessError):
            self.sample("quotes", entity=self.hong_kong)

    def test_only_who_sets_up_entities_sees_it(self):
        for number, group in enumerate((USER, FINANCE, "base.group_portal")):
            user = self.user_of(f"nobody{number}", group, self.thai)
            with self.subTest(group), self.assertRaises(AccessError):
                self.sample("quotes", user=user)
