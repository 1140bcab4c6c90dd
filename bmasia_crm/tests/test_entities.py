"""Billing entities: who may set them up, and what documents take from them."""

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.document_flow.models.res_company import OF_MANAGERS

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestEntities(CrmCase):
    def account(self, number, currency=None, company=None):
        """A bank account of Thailand, or of another entity."""
        return self.env["res.partner.bank"].create(
            {
                "partner_id": (company or self.thailand).partner_id.id,
                "acc_number": number,
                "currency_id": currency and self.currency(currency).id,
            }
        )

    def test_a_manager_sets_one_up_in_one_form(self):
        view = "bmasia_crm.bmasia_entity_view_form"
        with Form(self.hongkong.with_user(self.norbert), view) as form:
            form.legal_name = "BMAsia Limited, Hong Kong"
            form.tax_label = "GST"
            form.street = "22 Sample Road"
            form.time_zone = "Asia/Singapore"
            form.document_signatory = "Chris"
            form.payment_days = 14
            with form.bank_ids.new() as account:
                account.acc_number = "000-1"
                account.currency_id = self.currency("USD")
        self.assertEqual(self.hongkong.bank_ids.acc_number, "000-1")
        seller = self.quote(company_id=self.hongkong.id)._seller()
        self.assertEqual(seller["name"], "BMAsia Limited, Hong Kong")
        self.assertEqual(seller["bank"]["account"], "000-1")
        self.assertEqual(seller["signatory"], "Chris")
        self.assertIn("22 Sample Road", seller["address"])

    def test_finance_and_sales_cannot_turn_the_money_elsewhere(self):
        account = self.account("000-1")
        new = {"partner_id": self.thailand.partner_id.id, "acc_number": "666"}
        for user in (self.nikki, self.pom):
            mine, company = account.with_user(user), self.thailand.with_user(user)
            for attempt in (
                lambda mine=mine: mine.write({"acc_number": "666"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.create(new),
                lambda company=company: company.write({"tax_rate": 0}),
                lambda company=company: company.partner_id.write({"vat": "666"}),
            ):
                with self.assertRaises(AccessError):
                    attempt()
        bank = self.env["res.bank"].create({"name": "Demo Bank", "bic": "DEMOTHBKXXX"})
        account.bank_id = bank
        for user in (self.nikki, self.pom):
            for attempt in (
                lambda user=user: bank.with_user(user).write({"bic": "EVILTHBKXXX"}),
                lambda user=user: bank.with_user(user).unlink(),
            ):
                with self.assertRaises(AccessError):
                    attempt()
        other = self.env["res.bank"].create({"name": "A customer's"})
        other.with_user(self.nikki).name = "Renamed"
        account.with_user(self.norbert).acc_number = "000-2"
        self.thailand.with_user(self.norbert).tax_rate = 10
        self.somchai.with_user(self.nikki).phone = "+66 2 000 0000"

    def test_a_manager_changes_what_is_on_the_form_and_nothing_else(self):
        mine = self.hongkong.with_user(self.norbert)
        view = self.env.ref("bmasia_crm.bmasia_entity_view_form")
        arch = etree.fromstring(mine.get_view(view.id, "form")["arch"])
        shown = arch.xpath("//field[not(ancestor::field)][not(@invisible='True')]")
        named = {node.get("name") for node in shown}
        typed = {name for name in named if not mine._fields[name].readonly}
        mine._check_managed(dict.fromkeys(typed, False))
        self.assertGreater(len(typed), 30)
        layout = self.env["ir.ui.view"].search([], limit=1)
        for vals in (
            {"user_ids": [Command.link(self.nikki.id)]},
            {"user_ids": [Command.unlink(self.pom.id)]},
            {"partner_id": self.hilton.partner_id.id},
            {"external_report_layout_id": layout.id},
            {"parent_id": self.thailand.id},
            {"active": False},
        ):
            with self.subTest(**vals):
                with self.assertRaisesRegex(AccessError, "Only an administrator"):
                    mine.write(vals)
        odoo_s = {
            name
            for name, field in mine._fields.items()
            if field._module in ("base", "mail", "web", "product") and field.store
        }
        for name in odoo_s - OF_MANAGERS:
            with self.subTest(name), self.assertRaises(AccessError):
                mine.write({name: False})

    def test_the_currency_stays_once_numbers_were_given(self):
        usd = self.currency("USD")
        fresh = self.hongkong.with_user(self.norbert)
        fresh.currency_id = usd
        self.issued_invoice()
        for user in (self.norbert, self.env.ref("base.user_admin")):
            used = self.thailand.with_user(user)
            used.write({"currency_id": used.currency_id.id})
            with self.assertRaisesRegex(UserError, "its currency stays"):
                used.write({"currency_id": usd.id})

    def test_who_does_not_set_entities_up_gets_no_signature_or_stamp(self):
        for user in (self.nikki, self.pom, self.customer, self.visitor):
            with self.assertRaises(AccessError):
                self.thailand.with_user(user).read(["document_signature"])
        self.thailand.with_user(self.norbert).read(
            ["document_signature", "document_stamp"]
        )

    def test_an_account_of_a_customer_cannot_become_the_entity_s(self):
        account = self.env["res.partner.bank"].with_user(self.nikki)
        account = account.create(
            {"partner_id": self.hilton.partner_id.id, "acc_number": "666"}
        )
        with self.assertRaises(AccessError):
            account.partner_id = self.thailand.partner_id

    def test_each_currency_is_paid_to_its_own_account(self):
        usd, rest = self.account("000-USD", "USD"), self.account("000-ANY")
        for currency, account in (("USD", usd), ("THB", rest), ("JPY", rest)):
            quote = self.quote(currency_id=self.currency(currency).id)
            self.assertEqual(quote.bank_account_id, account, currency)

    def test_another_entity_s_account_is_refused(self):
        foreign = self.account("000-HK", company=self.hongkong)
        with self.assertRaisesRegex(ValidationError, "another billing entity"):
            self.quote().bank_account_id = foreign

    def test_what_is_issued_keeps_the_entity_as_it_was(self):
        self.account("000-1")
        bill = self.issued_invoice()
        self.thailand.bank_ids.acc_number = "000-2"
        self.thailand.legal_name = "Another Name"
        self.hilton.billing_entity_id = self.hongkong
        seller = bill._seller()
        self.assertEqual(seller["name"], "BMAsia (Thailand) Co., Ltd.")
        self.assertEqual(seller["bank"]["account"], "000-1")
        self.assertEqual(bill.company_id, self.thailand)

    @freeze_time("2026-03-04 17:30:00")  # the 5th in Bangkok
    def test_a_day_that_nobody_chose_is_the_one_at_the_entity_s_desk(self):
        """Whatever the time zone of who writes; a program's user has none."""
        self.pom.tz = False
        pom = self.env(user=self.pom)
        contract, bill = self.contract(), self.issued_invoice()
        paid = pom["bmasia.payment"].browse(
            bill.with_env(pom).action_register_payment(100)["id"]
        )
        asked = {
            "active_model": "bmasia.contract",
            "active_id": contract.id,
            "default_transition": "activate",
        }
        wizard = Form(pom["bmasia.transition.wizard"].with_context(**asked))
        days = {
            pom["bmasia.quote"].create({"customer_id": self.hilton.id}).date,
            pom["bmasia.contract"].create({"customer_id": self.hilton.id}).start_date,
            paid.date,
            fields.Date.to_date(wizard.day),
            bill.issue_date,
        }
        self.assertEqual([str(day) for day in days], ["2026-03-05"])

    def test_proposed_terms_follow_entity_and_language_and_typed_ones_stay(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.thailand.with_context(lang="th_TH").quote_terms = "ชำระล่วงหน้า"
        self.hongkong.quote_terms = "Net of tax."
        quote = self.quote()
        self.assertEqual(quote.terms, "Payable in advance.")
        for change, proposed in (
            ({"lang": "th_TH"}, "ชำระล่วงหน้า"),
            ({"lang": "en_US"}, "Payable in advance."),
            ({"company_id": self.hongkong.id}, "Net of tax."),
        ):
            quote.write(change)
            self.assertEqual(quote.terms, proposed)
        with Form(quote) as form:
            form.terms = "As agreed by phone."
            form.lang = "th_TH"
            self.assertEqual(form.terms, "As agreed by phone.")
        quote.company_id = self.thailand
        self.assertEqual(quote.terms, "As agreed by phone.")

    def test_tax_follows_the_seller_and_not_country_or_currency(self):
        abroad = self.make_company("Soneva", country="base.mv")
        baht = self.currency("THB").id
        documents = {
            self.quote(company_id=self.thailand.id, customer_id=abroad.id): 7,
            self.quote(company_id=self.hongkong.id, currency_id=baht): 0,
        }
        for document, rate in documents.items():
            self.assertEqual(document.line_ids.tax_rate, rate)

    def test_absurd_rules_are_refused(self):
        for values in (
            {"tax_rate": 101},
            {"tax_rate": -1},
            {"payment_days": -1},
            {"quote_validity_days": 0},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.thailand.write(values)

    def test_countries_are_shared_out_by_configuration(self):
        vietnam = self.env.ref("base.vn")
        self.assertEqual(
            self.make_company("A", "base.vn").billing_entity_id, self.hongkong
        )
        self.thailand.billing_country_ids = [Command.link(vietnam.id)]
        company = self.make_company("B", "base.vn")
        self.assertEqual(company.billing_entity_id, self.thailand)
