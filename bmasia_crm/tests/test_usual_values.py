"""What a person would type every time is there: country, head office, contact."""

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestUsualValues(CrmCase):
    def test_the_country_that_the_entity_bills(self):
        companies = self.env["bmasia.company"].with_user(self.nikki)
        form = Form(companies.with_company(self.thailand))
        form.name = "Sea View"
        self.assertEqual(form.country_id.code, "TH")
        other = Form(companies.with_company(self.hongkong))
        other.name = "Peak View"
        self.assertFalse(other.country_id)
        # what a program leaves out stays empty
        self.assertFalse(companies.create({"name": "Imported"}).country_id)

    def test_who_has_a_tax_id_is_a_head_office(self):
        form = Form(self.env["bmasia.company"].with_user(self.nikki))
        form.name = "Sea View"
        self.assertFalse(form.branch)
        form.vat = "DEMO 0000000000009"
        self.assertEqual(form.branch, "Head Office")
        form.branch = "Branch 00001"
        form.vat = "DEMO 0000000000010"
        self.assertEqual(form.branch, "Branch 00001")

    def test_a_quote_is_addressed_to_the_only_contact(self):
        sea_view = self.make_company(
            "Sea View", "base.th", contact_ids=[Command.create({"name": "Malee"})]
        )
        quote = self.quote(customer_id=sea_view.id)
        self.assertEqual(quote.partner_id.name, "Malee")
        sea_view.contact_ids = [Command.create({"name": "Somsak"})]
        self.assertEqual(
            self.quote(customer_id=sea_view.id).partner_id, sea_view.partner_id
        )

    def test_a_missing_branch_is_put_right_on_the_invoice(self):
        self.thailand.country_id = self.env.ref("base.th")
        self.hilton.write({"vat": "DEMO 0000000000009", "street": "1 Beach Road"})
        invoice = self.invoice()
        self.assertTrue(invoice.lacks_branch)
        self.assertIn("branch", invoice.tax_warning)
        invoice.action_take_head_office()
        self.assertEqual(self.hilton.branch, "Head Office")
        self.assertFalse(invoice.lacks_branch)
        self.assertFalse(invoice.tax_warning)
        self.hilton.branch = "Branch 00001"
        invoice.action_take_head_office()
        self.assertEqual(self.hilton.branch, "Branch 00001")
