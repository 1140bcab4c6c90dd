from importlib.util import module_from_spec, spec_from_file_location

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.misc import file_path

from odoo.addons.bmasia_crm.tests.common import CrmCase


@tagged("post_install", "-at_install")
class TestContractTemplateChoice(CrmCase):
    """A contract has its clauses without anybody having to think of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thailand.country_id = cls.env.ref("base.th")
        cls.hongkong.country_id = cls.env.ref("base.hk")
        cls.products = {
            "syb": cls.env.ref("bmasia_crm.product_syb"),
            "bb": cls.env.ref("bmasia_crm.product_bb"),
        }

    def shipped(self, name):
        return self.env.ref(f"bmasia_crm.contract_template_{name}")

    def music(self, product):
        return self.line(product_id=self.products[product].id, kind="recurring")

    def accepted_quote(self, *lines, **values):
        quote = self.quote(*lines, **values)
        quote.action_mark_sent()
        quote.action_accept()
        return quote

    def clauses(self, *lines, **values):
        return self.contract(*lines, without_clauses=False, **values)

    def contract_of(self, quote):
        quote.action_create_contract()
        return quote.contract_ids

    def test_a_contract_takes_the_text_of_its_entity_and_product(self):
        for entity, law in ((self.thailand, "th"), (self.hongkong, "hk")):
            for product in self.products:
                with self.subTest(law=law, product=product):
                    values = {
                        "company_id": entity.id,
                        "currency_id": entity.currency_id.id,
                    }
                    quote = self.accepted_quote(self.music(product), **values)
                    contract = self.contract_of(quote)
                    expected = self.shipped(f"{law}_{product}")
                    self.assertEqual(contract.template_id, expected)
                    self.assertFalse(contract.lacks_clauses)

    def test_what_an_entity_wrote_for_itself_goes_first(self):
        own = self.shipped("th_syb").copy(
            {"company_id": self.thailand.id, "country_id": False}
        )
        contract = self.clauses(self.music("syb"))
        self.assertEqual(contract.template_id, own)
        other = self.clauses(
            self.music("syb"),
            company_id=self.hongkong.id,
            currency_id=self.hongkong.currency_id.id,
        )
        self.assertEqual(other.template_id, self.shipped("hk_syb"))

    def test_of_two_texts_the_one_in_its_language_is_taken(self):
        self.env["res.lang"]._activate_lang("th_TH")
        section = Command.create({"name": "Parties", "body": "<p>The parties</p>"})
        english, thai = self.env["bmasia.contract.template"].create(
            [
                {
                    "name": name,
                    "company_id": self.thailand.id,
                    "platform": "soundtrack",
                    "sequence": number,
                    "section_ids": [section],
                }
                for number, name in enumerate(("English", "Thai"))
            ]
        )
        words = {"th_TH": {"The parties": "คู่สัญญา"}}
        thai.section_ids.update_field_translations("body", words)
        for lang, expected in (("en_US", english), ("th_TH", thai)):
            with self.subTest(lang):
                contract = self.clauses(self.music("syb"), lang=lang)
                self.assertEqual(contract.template_id, expected)

    def test_what_somebody_chose_stays(self):
        contract = self.clauses(self.music("syb"))
        chosen = self.shipped("hk_bb")
        contract.template_id = chosen
        contract.write({"line_ids": [self.music("bb")]})
        self.assertEqual(contract.template_id, chosen)

    def test_a_text_of_another_kind_of_contract_goes(self):
        contract = self.clauses(self.music("syb"))
        contract.category = "master"
        self.assertFalse(contract.template_id)

    def test_no_text_of_another_country_is_taken(self):
        self.thailand.country_id = self.env.ref("base.sg")
        contract = self.clauses(self.music("syb"))
        self.assertFalse(contract.template_id)
        self.assertTrue(contract.lacks_clauses)

    def test_a_contract_without_clauses_does_not_leave_unnoticed(self):
        contract = self.clauses(self.music("syb"))
        contract.template_id = False
        for way in (contract.action_mark_sent, contract._check_can_send):
            with self.assertRaisesRegex(UserError, "has no clauses"):
                way()
        self.assertEqual((contract.state, contract.name), ("draft", False))
        contract.without_clauses = True
        contract._check_can_send()

    def test_a_template_without_sections_is_no_text_either(self):
        contract = self.clauses(self.music("syb"))
        empty = {"section_ids": [Command.clear()]}
        contract.template_id = self.shipped("th_syb").copy(empty)
        with self.assertRaisesRegex(UserError, "has no clauses"):
            contract._check_can_send()

    def test_an_upgrade_says_whose_law_the_shipped_texts_are(self):
        expected = {"th_syb": "TH", "th_bb": "SG", "hk_syb": "HK", "hk_bb": "HK"}
        names = list(expected)
        for name in names:
            self.shipped(name).country_id = False
        own = self.shipped("th_bb")
        own.country_id = self.env.ref("base.sg")
        self.env.flush_all()
        script = "bmasia_crm/migrations/19.0.1.2.0/post-template-countries.py"
        spec = spec_from_file_location("countries", file_path(script))
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.1.1.2")
        self.env.invalidate_all()
        found = {name: self.shipped(name).country_id.code for name in names}
        self.assertEqual(found, expected)
