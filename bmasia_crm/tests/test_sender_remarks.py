"""Before it leaves, the Send wizard says what its reader would wonder at."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestSenderRemarks(CrmCase):
    def setUp(self):
        super().setUp()
        self.thailand.write(
            {
                **{"street": "1 Silom Road", "vat": "0105561000001"},
                "country_id": self.env.ref("base.th").id,
            }
        )

    def wizard(self, document, user=None):
        document = document.with_user(user or self.norbert)
        action = document.action_send()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_nothing_is_said_where_nothing_is_missing(self):
        wizard = self.wizard(self.quote())
        self.assertFalse(wizard.sender_remark)
        self.assertFalse(wizard.content_remark)

    def test_my_company_without_address_is_not_sent_unnoticed(self):
        self.thailand.write({"name": "My Company", "legal_name": False})
        self.thailand.write({"street": False, "vat": False})
        remark = self.wizard(self.quote()).sender_remark
        for words in ("My Company", "its name", "its address", "its tax ID"):
            self.assertIn(words, remark)

    def test_every_kind_of_document_says_so(self):
        self.thailand.write({"street": False})
        for model in self.env["document.mixin"]._kinds().values():
            document = model.new({"company_id": self.thailand.id})
            self.assertIn("its address", document._sender_remark(), model)

    def test_an_address_that_is_written_for_documents_is_one(self):
        self.thailand.write({"street": False, "document_address": "1 ถนนสีลม"})
        self.assertFalse(self.wizard(self.quote()).sender_remark)

    def test_who_charges_no_tax_needs_no_tax_id(self):
        self.hongkong.write({"street": "1 Queen's Road"})
        self.hongkong.country_id = self.env.ref("base.hk")
        abroad = self.make_company("Shanghai Silk", country="base.cn")
        quote = self.quote(customer_id=abroad.id)
        self.assertEqual(quote.company_id, self.hongkong)
        self.assertFalse(self.wizard(quote).sender_remark)
        self.hongkong.tax_rate = 5
        self.assertIn("its tax ID", self.wizard(quote).sender_remark)

    def test_a_price_that_nobody_has_set_is_named(self):
        product = self.env["product.product"].create({"name": "Player"})
        self.assertEqual(product.list_price, 0)
        quote = self.quote(
            self.line(),
            self.line(0, product_id=product.id, name="A player"),
        )
        self.assertIn("Player", self.wizard(quote).content_remark)

    def test_odoos_own_price_is_none(self):
        product = self.env["product.product"].create(
            {"name": "Player", "list_price": 1}
        )
        quote = self.quote(self.line(), self.line(1, product_id=product.id))
        self.assertIn("Player", self.wizard(quote).content_remark)
        product.list_price = 25
        self.assertFalse(self.wizard(quote).content_remark)

    def test_a_present_is_no_forgotten_price(self):
        quote = self.quote(self.line(), self.line(0, list_value=500))
        self.assertFalse(self.wizard(quote).content_remark)

    def test_the_button_leads_to_the_form_in_another_tab(self):
        wizard = self.wizard(self.quote())
        self.assertEqual(
            wizard.action_complete_entity()["url"],
            f"/odoo/bmasia-entities/{self.thailand.id}",
        )
        self.norbert.company_ids = [Command.set(self.thailand.ids)]
        action = wizard.with_user(self.norbert).action_complete_entity()
        self.assertEqual(action["url"], "/odoo/our-company")
        self.assertEqual(action["target"], "new")
