from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestCompanies(CrmCase):
    def test_companies_bring_their_contact_records_along(self):
        companies = (
            self.env["bmasia.company"]
            .with_user(self.nikki)
            .create(
                [
                    {"name": "Centara", "city": "Hua Hin", "vat": "TH1"},
                    {"name": "Minor", "country_id": self.env.ref("base.vn").id},
                ]
            )
        )
        partners = companies.partner_id
        self.assertEqual(partners.mapped("name"), ["Centara", "Minor"])
        self.assertEqual(partners.mapped("is_company"), [True, True])
        self.assertEqual(partners[0].city, "Hua Hin")
        self.assertEqual(companies[0].vat, "TH1")

    def test_an_existing_contact_becomes_a_company_once(self):
        partner = self.env["res.partner"].create({"name": "Jetts", "is_company": True})
        company = self.env["bmasia.company"].create({"partner_id": partner.id})
        self.assertEqual(company.name, "Jetts")
        with self.assertRaisesRegex(Exception, "bmasia_company"), self.cr.savepoint():
            self.env["bmasia.company"].create({"partner_id": partner.id})

    def test_address_and_name_are_the_contacts(self):
        self.hilton.with_user(self.nikki).write({"name": "Hilton", "city": "Pattaya"})
        self.assertEqual(self.hilton.partner_id.name, "Hilton")
        self.hilton.partner_id.city = "Bangkok"
        self.env.flush_all()
        found = self.env["bmasia.company"].search([("city", "=", "Bangkok")])
        self.assertIn(self.hilton, found)

    def test_the_country_decides_the_billing_entity(self):
        self.assertEqual(self.hilton.billing_entity_id, self.thailand)
        abroad = self.make_company("Soneva", country="base.mv")
        self.assertEqual(abroad.billing_entity_id, self.hongkong)
        abroad.billing_entity_id = self.thailand
        self.assertEqual(abroad.billing_entity_id, self.thailand)

    def test_a_company_needs_a_name(self):
        for name in (False, "   "):
            with self.assertRaises(ValidationError):
                self.make_company(name)

    def test_at_most_one_contact_is_primary(self):
        with self.assertRaisesRegex(ValidationError, "primary contact already"):
            self.anong.contact_type = "primary"
        self.hilton.write(
            {
                "contact_ids": [
                    Command.update(self.somchai.id, {"contact_type": "other"}),
                    Command.update(self.anong.id, {"contact_type": "primary"}),
                ]
            }
        )
        self.assertEqual(self.hilton.primary_contact_id, self.anong)

    def test_contacts_receive_what_their_type_suggests_until_somebody_decides(self):
        self.assertTrue(self.anong.receives_invoices)
        self.assertFalse(self.anong.receives_quotes)
        self.anong.receives_quotes = True
        contacts = self.hilton._contacts_for("receives_quotes")
        self.assertEqual(contacts, self.somchai | self.anong)

    def test_contacts_are_made_with_the_company(self):
        company = self.make_company(
            "Ascott",
            contact_ids=[
                Command.create({"name": "Lek", "contact_type": "primary"}),
            ],
        )
        self.assertEqual(company.contact_ids.name, "Lek")
        self.assertEqual(company.contact_ids.parent_id, company.partner_id)

    def test_a_company_with_documents_is_archived_not_deleted(self):
        self.quote()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.hilton.unlink()
        self.hilton.active = False
        self.assertFalse(self.hilton.partner_id.active)

    def duplicates(self, **values):
        """Those that the form shows before a new company is saved."""
        new = self.env["bmasia.company"].with_user(self.nikki).new(values)
        return new.duplicate_ids._origin

    def test_possible_duplicates_are_shown_before_saving(self):
        self.hilton.write(
            {
                "legal_name": "Pattaya Beach Hotels Co., Ltd.",
                "vat": "0-1055-48025-07-3",
                "website": "https://www.hilton.example/pattaya",
            }
        )
        self.anong.email = "anong@tower.example"
        for values in (
            {"name": "hilton PATTAYA"},
            {"name": "Pattaya Beach Hotels"},
            {"name": "Conrad", "vat": "0105548025073"},
            {"name": "Conrad", "email": "gm@hilton.example"},
            {"name": "Conrad", "website": "hilton.example"},
            {
                "name": "Conrad",
                "contact_ids": [Command.create({"email": "lek@tower.example"})],
            },
        ):
            with self.subTest(values):
                self.assertEqual(self.duplicates(**values), self.hilton)

    def test_what_many_have_in_common_is_no_duplicate(self):
        self.hilton.website = "https://www.hilton.example"
        self.make_company("Gmailer", email="one@gmail.com")
        for values in (
            {"name": "Hilton"},
            {"name": "100 % Hilton_Pattaya"},
            {"name": "Conrad", "email": "two@gmail.com"},
            {"name": "Conrad", "website": "ton.example"},
            {
                "name": "Hilton Hua Hin",
                "parent_id": self.hilton.id,
                "email": "gm@hilton.example",
            },
        ):
            with self.subTest(values):
                self.assertFalse(self.duplicates(**values))

    def test_core_merge_cannot_lose_a_company(self):
        other = self.make_company("Hilton Pataya")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRaisesRegex(UserError, "documents of their own"):
            wizard._merge((self.hilton | other).partner_id.ids, self.hilton.partner_id)
        stranger = self.env["res.partner"].create({"name": "Hilton Patt"})
        wizard._merge((self.hilton.partner_id | stranger).ids, stranger)
        self.assertEqual(self.hilton.partner_id, stranger)

    def test_zones_are_counted_once_they_are_listed(self):
        self.hilton.zone_count = 12
        self.assertEqual(self.hilton.zone_count, 12)
        self.env["bmasia.zone"].create(
            [{"name": n, "customer_id": self.hilton.id} for n in ("Lobby", "Pool")]
        )
        self.assertEqual(self.hilton.zone_count, 2)

    def test_a_group_is_not_its_own_member(self):
        child = self.make_company("Hilton Hua Hin", parent_id=self.hilton.id)
        with self.assertRaises(ValidationError):
            self.hilton.parent_id = child
