"""Each constraint, in Python and in PostgreSQL, and each check before deleting.

A test is named after its constraint, by model and method, or by the name in PostgreSQL;
``./run mutate`` removes each in turn and wants that test to fall. What people see of
them is tested where it matters, as in ``test_states.py``.
"""

from datetime import timedelta

import psycopg2.errors

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CrmCase

# one red pixel
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLv"
    "AAAAAElFTkSuQmCC"
)


class ConstraintCase(CrmCase):
    def assertInvalid(self, words, act, *arguments, **values):
        """An act is refused with these words."""
        # not assertRaisesRegex: this one takes back what was written
        with self.assertRaises(ValidationError) as refused:
            act(*arguments, **values)
        self.assertRegex(str(refused.exception), words)

    def assertTaken(self, constraint, act):
        """PostgreSQL refuses a second one, by the constraint of this name."""
        with self.assertRaises(psycopg2.errors.UniqueViolation) as refused:
            with mute_logger("odoo.sql_db"):
                act()
                self.env.flush_all()
        self.assertEqual(refused.exception.diag.constraint_name, constraint)

    def check_legacy(self, documents):
        first, second = documents.sudo()
        first.legacy_uuid = "one"
        self.assertTaken(
            f"{first._table}_legacy", lambda: second.write({"legacy_uuid": "one"})
        )

    def check_number(self, documents):
        """By PostgreSQL, for an importer's sake: the register knows only ours."""
        first, second = documents.sudo()
        first._write_state({"name": "OLD-1"})
        self.assertTaken(
            f"{first._table}_number", lambda: second._write_state({"name": "OLD-1"})
        )


@tagged("post_install", "-at_install")
class TestDocuments(ConstraintCase):
    def test_bmasia_addressee_mixin_check_addressee(self):
        stranger = self.make_company("Marriott").partner_id
        for document in (self.quote(), self.contract(), self.invoice()):
            self.assertInvalid(
                "is no contact of", document.write, {"partner_id": stranger.id}
            )
            document.partner_id = self.anong

    def test_bmasia_addressee_mixin_check_bank_account(self):
        accounts = self.env["res.partner.bank"].create(
            [
                {"acc_number": company.name, "partner_id": company.partner_id.id}
                for company in (self.thailand, self.hongkong)
            ]
        )
        for document in (self.quote(), self.contract(), self.invoice()):
            document = document.sudo()
            own = accounts.filtered(
                lambda a, doc=document: a.partner_id == doc.company_id.partner_id
            )
            self.assertInvalid(
                "another billing entity",
                document.write,
                {"bank_account_id": (accounts - own).id},
            )
            document.bank_account_id = own

    def test_document_owned_mixin_check_linked_entity(self):
        """A draft for one entity never names a document of the other one."""
        foreign = self.contract(company_id=self.hongkong.id)
        invoice = self.invoice(company_id=self.thailand.id)
        self.assertInvalid(
            "another billing entity", invoice.sudo().write, {"contract_id": foreign.id}
        )

    def test_document_numbered_mixin_unlink_except_numbered(self):
        for document in (self.quote(), self.contract(), self.invoice()):
            document.sudo().name = f"OLD-{document}"
            with self.assertRaisesRegex(UserError, "has a number and is kept"):
                document.sudo().unlink()

    def test_bmasia_quote_legacy(self):
        self.check_legacy(self.quote() | self.quote())

    def test_bmasia_contract_legacy(self):
        self.check_legacy(self.contract() | self.contract())

    def test_bmasia_invoice_legacy(self):
        self.check_legacy(self.invoice() | self.invoice())

    def test_bmasia_receipt_legacy(self):
        self.check_legacy(self.receipts())

    def receipts(self):
        invoice = self.issued_invoice()
        for reference in ("A", "B"):
            invoice.action_register_payment(10, reference=reference)
        return invoice.receipt_ids

    def test_bmasia_quote_number(self):
        self.check_number(self.quote() | self.quote())

    def test_bmasia_contract_number(self):
        self.check_number(self.contract() | self.contract())

    def test_bmasia_invoice_number(self):
        self.check_number(self.invoice() | self.invoice())

    def test_bmasia_receipt_number(self):
        first, second = self.receipts().sudo()
        self.env.flush_all()
        self.assertTaken(
            "bmasia_receipt_number",
            lambda: self.env.cr.execute(
                "UPDATE bmasia_receipt SET name = %s WHERE id = %s",
                (first.name, second.id),
            ),
        )

    def statements(self):
        values = {"customer_id": self.hilton.id}
        return self.env["bmasia.statement"].create([values, values])

    def test_bmasia_statement_legacy(self):
        self.check_legacy(self.statements())

    def test_bmasia_statement_number(self):
        self.check_number(self.statements())

    def test_bmasia_statement_check_days(self):
        self.assertInvalid(
            "ends before it starts", self.statements().write, {"date": "2020-01-01"}
        )

    def vat_return(self):
        return self.env["bmasia.vat.return"].create(
            {
                "company_id": self.thailand.id,
                "user_id": self.pom.id,
                "month": "2020-01-01",
                "filed_date": "2020-02-01",
            }
        )

    def test_bmasia_vat_return_month(self):
        self.vat_return()
        self.assertTaken("bmasia_vat_return_month", self.vat_return)

    def test_bmasia_vat_return_unlink_by_managers(self):
        filed = self.vat_return()
        self.env["ir.model.access"].create(
            {
                "name": "any",
                "model_id": self.env["ir.model"]._get_id("bmasia.vat.return"),
                "group_id": self.env.ref("bmasia_crm.group_finance").id,
                "perm_unlink": True,
            }
        )
        with self.assertRaises(AccessError):
            filed.with_user(self.pom).unlink()
        filed.with_user(self.norbert).unlink()

    def journal_export(self):
        return self.env["bmasia.journal.export"].create(
            {
                "company_id": self.thailand.id,
                "user_id": self.pom.id,
                "date_to": "2020-01-31",
            }
        )

    def test_bmasia_journal_export_unlink_never(self):
        with self.assertRaises(UserError):
            self.journal_export().unlink()

    def test_bmasia_journal_exported_once(self):
        def note():
            export = self.journal_export()
            self.env["bmasia.journal.exported"]._note(export, ["invoice:1"])

        note()
        self.assertTaken("bmasia_journal_exported_once", note)

    def test_document_number_unique_value(self):
        number = {
            "series": "Q-1-",
            "value": 1,
            "company_id": self.thailand.id,
            "kind": "quote",
            "res_model": "bmasia.quote",
        }
        numbers = self.env["document.number"]
        numbers.create({**number, "name": "Q-1-1"})
        self.assertTaken(
            "document_number_unique_value",
            lambda: numbers.create({**number, "name": "Q-1-01"}),
        )

    def test_document_send_request_unique_key(self):
        quote = self.quote()
        request = {
            "user_id": self.nikki.id,
            "key": "k",
            "res_model": quote._name,
            "res_id": quote.id,
            "company_id": quote.company_id.id,
        }
        requests = self.env["document.send.request"]
        requests.create(request)
        requests.create({**request, "user_id": self.pom.id})
        self.assertTaken(
            "document_send_request_unique_key", lambda: requests.create(request)
        )

    def test_document_reminder_once(self):
        quote = self.quote()
        reminder = {
            "res_model": quote._name,
            "res_id": quote.id,
            "company_id": quote.company_id.id,
            "kind": "quote_3",
            "cycle": "2026-01-01",
            "document_name": "Q-1",
        }
        reminders = self.env["document.reminder"]
        reminders.create(reminder)
        reminders.create({**reminder, "cycle": "2026-02-01"})
        self.assertTaken("document_reminder_once", lambda: reminders.create(reminder))


@tagged("post_install", "-at_install")
class TestLines(ConstraintCase):
    def test_bmasia_document_line_mixin_check_description(self):
        line = self.quote().line_ids
        for name in (" ", "\n"):
            self.assertInvalid("needs a description", line.write, {"name": name})

    def test_bmasia_document_line_mixin_check_figures(self):
        line = self.quote().line_ids
        for values, words in (
            ({"quantity": -1}, "must not be negative"),
            ({"unit_price": -0.01}, "must not be negative"),
            ({"unit_price": 1e12}, "too large|exceeds"),
            ({"discount": 100.5}, "between 0 and 100"),
            ({"tax_rate": 101}, "between 0 and 100"),
        ):
            with self.subTest(**values):
                self.assertInvalid(words, line.write, values)
        line.write({"discount": 100, "tax_rate": 0})

    def test_bmasia_document_line_mixin_check_days(self):
        days = {"date_from": "2026-01-01", "date_to": "2026-03-31"}
        line = self.quote().line_ids
        for values, words in (
            ({**days, "kind": "one_time"}, "Only a recurring line"),
            ({"date_from": "2026-01-01"}, "needs both days"),
            ({"date_to": "2026-01-01"}, "needs both days"),
            ({"date_from": "2026-04-01", "date_to": "2026-03-31"}, "in this order"),
        ):
            with self.subTest(**values):
                self.assertInvalid(words, line.write, values)
        line.write(days)


@tagged("post_install", "-at_install")
class TestQuotes(ConstraintCase):
    def test_bmasia_term_mixin_check_term(self):
        for document in (self.quote(), self.contract()):
            for months in (0, -1, 241):
                self.assertInvalid(
                    "between 1 and", document.write, {"term_months": months}
                )
            document.term_months = 1

    def test_bmasia_quote_check_validity(self):
        quote = self.quote()
        before = quote.date - timedelta(days=1)
        self.assertInvalid("cannot end before", quote.write, {"valid_until": before})
        quote.valid_until = quote.date


@tagged("post_install", "-at_install")
class TestContracts(ConstraintCase):
    def test_bmasia_contract_renewal_mixin_check_notice_days(self):
        contract = self.contract()
        self.assertInvalid("cannot be negative", contract.write, {"notice_days": -1})
        contract.notice_days = 0

    def test_bmasia_contract_check_master(self):
        master, plain = self.contract(category="master"), self.contract()
        own = {"category": "participation"}
        self.assertInvalid("names its master", plain.write, own)
        self.assertInvalid(
            "Only a participation", plain.write, {"master_contract_id": master.id}
        )
        self.assertInvalid(
            "no master agreement",
            plain.write,
            {**own, "master_contract_id": self.contract().id},
        )
        plain.write({**own, "master_contract_id": master.id})

    def check_one(self, link):
        """One contract follows from something; another one once that is cancelled."""
        first, second = self.contract().sudo(), self.contract().sudo()
        source = {link: (self.quote() if link == "quote_id" else self.contract()).id}
        first._write_state(source)
        name = f"bmasia_contract_{link.removesuffix('_id')}"
        self.assertTaken(name, lambda: second._write_state(source))
        first._write_state({"state": "cancelled"})
        self.env.flush_all()
        second._write_state(source)
        self.env.flush_all()

    def test_bmasia_contract_quote(self):
        self.check_one("quote_id")

    def test_bmasia_contract_renewed_from(self):
        self.check_one("renewed_from_id")

    def test_bmasia_contract_schedule_period(self):
        period = self.contract().sudo().schedule_ids[0]
        self.assertTaken("bmasia_contract_schedule_period", period.copy)

    def test_bmasia_location_check_zone_count(self):
        self.assertInvalid(
            "negative zones",
            self.contract().write,
            {"location_ids": [Command.create({"name": "Lobby", "zone_count": -1})]},
        )

    def test_bmasia_zone_soundtrack(self):
        zone = {"name": "Lobby", "customer_id": self.hilton.id}
        zones = self.env["bmasia.zone"]
        zones.create([zone, zone, {**zone, "soundtrack_zone_id": "s1"}])
        self.assertTaken(
            "bmasia_zone_soundtrack",
            lambda: zones.create({**zone, "soundtrack_zone_id": "s1"}),
        )


@tagged("post_install", "-at_install")
class TestInvoices(ConstraintCase):
    def test_bmasia_invoice_contracts_mixin_check_period(self):
        invoice = self.invoice()
        period = {"period_start": "2026-02-01", "period_end": "2026-01-31"}
        self.assertInvalid("ends before it starts", invoice.write, period)
        invoice.write({**period, "period_end": "2026-02-01"})

    def test_bmasia_invoice_check_due_date(self):
        invoice = self.invoice()
        days = {"issue_date": "2026-02-01", "due_date": "2026-01-31"}
        self.assertInvalid("due before its own date", invoice.write, days)
        invoice.write({**days, "due_date": "2026-02-01"})

    def test_bmasia_invoice_contracts_mixin_check_contract(self):
        other = self.contract(customer_id=self.make_company("Marriott").id)
        invoice = self.invoice()
        self.assertInvalid(
            "another customer's", invoice.write, {"contract_id": other.id}
        )
        invoice.contract_id = self.contract()

    def test_bmasia_invoice_credit_mixin_check_reversed(self):
        invoice = self.issued_invoice()
        note = invoice.browse(invoice.action_credit("Withdrawn")["res_id"])
        marriott = self.make_company("Marriott")
        self.assertInvalid(
            "has these as its invoice",
            note.write,
            {"customer_id": marriott.id, "partner_id": marriott.partner_id.id},
        )
        self.assertInvalid(
            "created from its invoice", self.invoice().write, {"kind": "credit_note"}
        )


@tagged("post_install", "-at_install")
class TestCompanies(ConstraintCase):
    def test_bmasia_company_check_group(self):
        group = self.make_company("Hilton Worldwide")
        self.hilton.parent_id = group
        for member in (group, self.hilton):
            self.assertInvalid("own member", group.write, {"parent_id": member.id})

    def test_bmasia_company_check_counts(self):
        for name in ("location_count", "zone_count"):
            self.assertInvalid("cannot be negative", self.hilton.write, {name: -1})

    def test_bmasia_company_unlink_except_with_documents(self):
        self.quote()
        with self.assertRaisesRegex(UserError, "has documents"):
            self.hilton.unlink()
        self.make_company("Marriott").unlink()

    def test_bmasia_company_partner(self):
        partner = self.hilton.partner_id.id
        self.assertTaken(
            "bmasia_company_partner",
            lambda: self.make_company("Twin", partner_id=partner),
        )

    def test_bmasia_company_legacy(self):
        self.hilton.sudo().legacy_uuid = "one"
        other = self.make_company("Marriott").sudo()
        self.assertTaken(
            "bmasia_company_legacy", lambda: other.write({"legacy_uuid": "one"})
        )

    def test_res_partner_check_one_primary(self):
        primary = {"contact_type": "primary"}
        self.assertInvalid("primary contact already", self.anong.write, primary)
        self.somchai.contact_type = "billing"
        self.anong.write(primary)


@tagged("post_install", "-at_install")
class TestEntities(ConstraintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # may everything in contacts, banks and files, and has no part in what BMAsia is
        cls.clerk = new_test_user(
            cls.env, "clerk@example.com", "base.group_user,base.group_partner_manager"
        )

    def test_res_company_check_document_defaults(self):
        for values, words in (
            ({"tax_rate": -1}, "between 0 and 100"),
            ({"tax_rate": 100.5}, "between 0 and 100"),
            ({"payment_days": -1}, "must not be negative"),
            ({"quote_validity_days": 0}, "must not be negative"),
            ({"reminder_rest_days": -1}, "days between reminders"),
            ({"reminder_rest_days": 91}, "days between reminders"),
            ({"withholding_rate": 101}, "between 0 and 100"),
        ):
            with self.subTest(**values):
                self.assertInvalid(words, self.thailand.write, values)

    def test_res_company_check_document_accent(self):
        for colour in ("red", "#12345", "#1234567", "#12345g", "x #e8910c"):
            self.assertInvalid(
                "six digits", self.thailand.write, {"document_accent": colour}
            )
        self.thailand.document_accent = "#e8910c"

    def test_res_company_check_entity_code(self):
        for code in ("th", "T1", "ÄÖ"):
            self.assertInvalid(
                "capital letters", self.thailand.write, {"entity_code": code}
            )
        self.assertInvalid(
            "need a code",
            self.thailand.write,
            {"entity_code": "T", "number_preset": "year"},
        )

    def test_res_company_entity_code(self):
        self.assertTaken(
            "res_company_entity_code",
            lambda: self.hongkong.write({"entity_code": self.thailand.entity_code}),
        )

    def assertManagersOnly(self, record, user):
        with self.assertRaises(AccessError):
            record.with_user(user).unlink()
        self.assertTrue(record.exists())

    def test_res_bank_unlink_except_entity_bank(self):
        ours, other = self.env["res.bank"].create([{"name": "A"}, {"name": "B"}])
        self.env["res.partner.bank"].create(
            {
                "acc_number": "1",
                "partner_id": self.thailand.partner_id.id,
                "bank_id": ours.id,
                # what is archived may be printed again
                "active": False,
            }
        )
        self.assertManagersOnly(ours, self.clerk)
        other.with_user(self.clerk).unlink()

    def test_res_country_state_unlink_except_entity_s_address(self):
        thailand = self.env.ref("base.th")
        ours, other = self.env["res.country.state"].create(
            [
                {"name": name, "code": name, "country_id": thailand.id}
                for name in ("A1", "B1")
            ]
        )
        self.thailand.partner_id.state_id = ours
        self.assertManagersOnly(ours, self.clerk)
        other.with_user(self.clerk).unlink()

    def test_ir_attachment_unlink_except_entity_pictures(self):
        """The logo is the picture of a contact, and those are open to all."""
        partner = self.thailand.partner_id
        self.thailand.logo = PIXEL
        file = self.env["ir.attachment"].search(
            [("res_field", "=", "image_1920"), ("res_id", "=", partner.id)]
        )
        self.assertEqual(file.res_model, partner._name)
        self.assertManagersOnly(file, self.clerk)


@tagged("post_install", "-at_install")
class TestRates(ConstraintCase):
    def test_bmasia_exchange_rate_check_rate(self):
        usd = self.currency("USD")
        for rate in (0, -1):
            self.assertInvalid(
                "above zero",
                self.env["bmasia.exchange.rate"].create,
                {"currency_id": usd.id, "rate": rate},
            )

    def test_bmasia_exchange_rate_one_per_day(self):
        rate = {
            "currency_id": self.currency("USD").id,
            "rate": 34,
            "date": "2026-01-05",
        }
        self.env["bmasia.exchange.rate"].create(rate)
        self.assertTaken(
            "bmasia_exchange_rate_one_per_day",
            lambda: self.env["bmasia.exchange.rate"].create(rate),
        )

    def test_bmasia_tax_details_mixin_check_thb_rate(self):
        self.assertInvalid("cannot be negative", self.invoice().write, {"thb_rate": -1})

    def test_product_template_check_withholding_rate(self):
        product = self.env["product.template"].create({"name": "Music"})
        for rate in (-1, 100.5):
            self.assertInvalid(
                "between 0 and 100", product.write, {"withholding_rate": rate}
            )

    def test_bmasia_company_withholding_mixin_check_withholding_rate(self):
        for rate in (-1, 100.5):
            self.assertInvalid(
                "between 0 and 100", self.hilton.write, {"withholding_rate": rate}
            )

    def test_bmasia_withholding_certificate_check_figures(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(100, withholding_amount=3)
        owed = invoice.allocation_ids.certificate_id
        for vals in ({"base": -1}, {"amount": -1}, {"rate": 101}):
            self.assertInvalid("cannot be negative|between", owed.write, vals)


@tagged("post_install", "-at_install")
class TestTemplates(ConstraintCase):
    def test_mail_template_check_variables_exist(self):
        """Also for those who write any expression elsewhere, as administrators do."""
        editor = new_test_user(
            self.env,
            "ed@example.com",
            "base.group_user,mail.group_mail_template_editor",
        )
        template = self.env.ref("bmasia_crm.template_quote_send").with_user(editor)
        self.assertInvalid(
            "nonsense", template.write, {"body_html": "<p>{{ nonsense }}</p>"}
        )
