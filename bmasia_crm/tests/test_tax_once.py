"""Tax is rounded once per document and rate, and shared out to the lines."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import Form, tagged
from odoo.tools.misc import file_path

from ..models.bmasia_line_tax_mixin import CATEGORIES
from ..tools import money
from .common import CrmCase

MODELS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice")


@tagged("post_install", "-at_install")
class TestTaxOnce(CrmCase):
    def test_the_tax_of_every_kind_of_document_is_rate_times_base(self):
        for model in MODELS:
            for count, price, net, tax in (
                (10, 10.05, 100.50, 7.04),
                (10, 7.50, 75.00, 5.25),
                (3, 33.33, 99.99, 7.00),
            ):
                with self.subTest(model, price=price):
                    lines = [self.line(price) for _index in range(count)]
                    document = self.make(model, *lines)
                    self.assertEqual(document.amount_untaxed, net)
                    self.assertEqual(document.amount_tax, tax)
                    self.assertEqual(document.amount_total, money.add([net, tax]))
                    taxes = document.line_ids.mapped("amount_tax")
                    self.assertEqual(money.add(taxes), tax)

    def test_each_rate_is_rounded_for_itself(self):
        quote = self.quote(
            *(self.line(10.05) for _index in range(5)),
            *(self.line(10.05, tax_rate=10) for _index in range(5)),
            self.line(900.04, tax_rate=0),
        )
        rows = [(row.rate, row.base, row.tax) for row in quote._tax_base()]
        self.assertEqual(rows, [(10, 50.25, 5.03), (7, 50.25, 3.52), (0, 900.04, 0)])

    def test_a_line_that_changes_moves_the_others_satang(self):
        quote = self.quote(*(self.line(7.50) for _index in range(10)))
        quote.line_ids[0].unit_price = 100
        self.assertEqual(quote.amount_tax, 11.73)  # 7 % of 167.50, 11.725
        quote.line_ids[-1].unlink()
        self.assertEqual(quote.amount_tax, 11.20)
        quote.write({"line_ids": [self.line(0.07), self.line(0.07), self.line(0.07)]})
        self.assertEqual(quote.amount_tax, 11.21)
        self.assertEqual(money.add(quote.line_ids.mapped("amount_tax")), 11.21)

    def test_the_invoices_of_a_contract_have_seven_percent_each_month(self):
        venues = [self.line(14000) for _index in range(12)]
        contract = self.active_contract(
            *venues, start_date="2025-01-01", billing_frequency="monthly"
        )
        contract.with_user(self.pom).action_create_invoices()
        for invoice in contract.invoice_ids:
            exact = money.exact(invoice.amount_untaxed) * 7 / 100
            self.assertEqual(invoice.amount_tax, float(money.to_currency(exact)))
        nets = contract.invoice_ids.mapped("amount_untaxed")
        self.assertEqual(money.add(nets), 168000)

    def test_credit_notes_in_parts_take_back_the_whole_tax(self):
        for count, price in ((10, 7.50), (3, 33.33)):
            lines = [self.line(price, name=f"Venue {n}") for n in range(count)]
            invoice = self.issued_invoice(*lines)
            for line in invoice.line_ids:
                invoice.action_credit("Closed", line.ids)
                invoice.credit_note_ids.sorted("id")[-1].action_issue()
            notes = invoice.credit_note_ids
            self.assertEqual(len(notes), count)
            self.assertEqual(
                money.add(notes.mapped("amount_tax")), invoice.amount_tax, price
            )
            self.assertEqual((invoice.state, invoice.amount_due), ("credited", 0))


@tagged("post_install", "-at_install")
class TestTaxCategory(CrmCase):
    def test_it_is_proposed_by_entity_product_and_rate(self):
        exempt = self.env["product.product"].create(
            {"name": "Licence", "tax_category": "exempt", "list_price": 100}
        )
        lines = [
            self.line(),
            self.line(tax_rate=0),
            self.line(tax_rate=10),
            Command.create({"product_id": exempt.id}),
            self.line(tax_category="exempt"),
            self.line(display_type="line_note"),
        ]
        for model in MODELS:
            with self.subTest(model):
                found = self.make(model, *lines).line_ids
                self.assertEqual(
                    found.mapped("tax_category"),
                    ["standard", "zero", "standard", "exempt", "exempt", False],
                )
                self.assertEqual(found.mapped("tax_rate"), [7, 0, 10, 0, 0, 0])
                self.assertEqual(
                    found.mapped("tax_chosen"), [False, True, True, False, True, False]
                )
        lines = [*lines[:2], self.line(product_id=exempt.id)]
        abroad = self.quote(*lines, company_id=self.hongkong.id)
        self.assertEqual(set(abroad.line_ids.mapped("tax_category")), {"outside"})

    def test_category_and_rate_follow_each_other(self):
        line = self.quote().line_ids
        for category, _label in CATEGORIES[1:]:
            line.tax_category = category
            self.assertEqual((line.tax_category, line.tax_rate), (category, 0))
            self.assertEqual(line.amount_tax, 0)
        line.tax_category = "standard"
        self.assertEqual((line.tax_rate, line.amount_tax), (7, 980))
        line.tax_rate = 0
        self.assertEqual(line.tax_category, "zero")

    def test_a_form_shows_the_rate_of_a_category_at_once(self):
        with Form(self.quote(self.line(100), self.line(100))) as form:
            with form.line_ids.edit(0) as line:
                line.tax_category = "exempt"
                self.assertEqual(line.tax_rate, 0)
                line.tax_category = "standard"
                self.assertEqual(line.tax_rate, 7)
                line.tax_rate = 0
                self.assertEqual(line.tax_category, "zero")
            self.assertEqual(form.amount_tax, 7)

    def test_they_cannot_contradict_each_other(self):
        line = self.quote().line_ids
        for category, rate in (("exempt", 7), ("outside", 7), ("standard", 0)):
            with self.subTest(category), self.assertRaises(ValidationError):
                line.write({"tax_category": category, "tax_rate": rate})

    def test_who_is_not_registered_charges_no_tax(self):
        """Section 86/13: it must not issue a tax invoice either."""
        for model in MODELS:
            with (
                self.subTest(model),
                self.assertRaisesRegex(ValidationError, "BMAsia Limited charges no"),
            ):
                self.make(model, self.line(tax_rate=7), company_id=self.hongkong.id)

    def test_old_lines_with_tax_make_no_tax_invoice_of_who_is_not_registered(self):
        invoice = self.issued_invoice(company_id=self.hongkong.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_invoice_line SET tax_rate = 7, tax_category = 'standard',"
            " amount_tax = 980 WHERE invoice_id = %s",
            [invoice.id],
        )
        self.env.invalidate_all()
        self.assertFalse(invoice._is_taxed())


@tagged("post_install", "-at_install")
class TestRateChange(CrmCase):
    def test_invoices_and_renewals_take_the_rate_of_their_day(self):
        contract = self.active_contract(
            self.line(12000),
            self.line(1200, tax_rate=0),
            start_date="2025-01-01",
            billing_frequency="quarterly",
        )
        self.thailand.tax_rate = 10
        contract.with_user(self.pom).action_create_invoices()
        for invoice in contract.invoice_ids:
            self.assertEqual(invoice.line_ids.mapped("tax_rate"), [10, 0])
        self.assertEqual(contract.line_ids.mapped("tax_rate"), [7, 0], "as signed")
        contract.action_renew()
        self.assertEqual(contract.renewal_id.line_ids.mapped("tax_rate"), [10, 0])

    def test_a_rate_that_was_chosen_stays_chosen(self):
        contract = self.active_contract(
            self.line(12000, tax_rate=5), start_date="2025-01-01"
        )
        self.thailand.tax_rate = 10
        contract.with_user(self.pom).action_create_invoices()
        self.assertEqual(contract.invoice_ids.line_ids.mapped("tax_rate"), [5])
        contract.action_renew()
        self.assertEqual(contract.renewal_id.line_ids.tax_rate, 5)

    def test_drafts_of_contracts_and_invoices_follow_at_once(self):
        lines = self.line(1000), self.line(1000, tax_rate=0)
        documents = [self.contract(*lines), self.invoice(*lines)]
        sent = self.contract(*lines)
        sent.action_mark_sent()
        self.thailand.tax_rate = 10
        for document in documents:
            self.assertEqual(document.line_ids.mapped("tax_rate"), [10, 0])
            self.assertEqual(document.amount_tax, 100)
        self.assertEqual(sent.line_ids.mapped("tax_rate"), [7, 0])

    def test_a_draft_is_issued_at_the_rate_of_that_day(self):
        invoice = self.invoice(self.line(1000), self.line(1000, tax_rate=0))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_tax_rate SET rate = 10 WHERE company_id = %s",
            [self.thailand.id],
        )
        self.thailand.tax_rate_ids.invalidate_recordset(["rate"])
        invoice.action_issue()
        self.assertEqual(invoice.line_ids.mapped("tax_rate"), [10, 0])
        self.assertEqual(invoice.amount_total, 2100)

    def test_a_credit_note_has_the_rate_of_its_invoice(self):
        invoice = self.issued_invoice(self.line(1000))
        self.thailand.tax_rate = 10
        invoice.action_credit("Closed")
        note = invoice.credit_note_ids
        self.assertEqual((note.line_ids.tax_rate, note.amount_tax), (7, 70))
        note.action_issue()
        self.assertEqual((note.line_ids.tax_rate, note.amount_tax), (7, 70))

    def test_a_quote_that_is_accepted_later_becomes_a_contract_at_the_new_rate(self):
        quote = self.quote(self.line(1000), self.line(500, tax_rate=0))
        quote.action_mark_sent()
        quote.action_accept()
        self.thailand.tax_rate = 10
        quote.action_create_contract()
        lines = quote.contract_ids.line_ids
        self.assertEqual(lines.mapped("tax_rate"), [10, 0])
        self.assertEqual(quote.line_ids.mapped("tax_rate"), [7, 0], "as offered")


@tagged("post_install", "-at_install")
class TestMigration(CrmCase):
    def run_script(self, name):
        self.env.flush_all()
        script = file_path(f"bmasia_crm/migrations/19.0.1.4.0/{name}.py")
        load_script(script, name.replace("-", "_")).migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def as_rounded_by_line(self, *documents):
        """Amounts as the version before had them, categories unknown."""
        self.env.flush_all()
        for document in documents:
            for table, column, ids in (
                (document.line_ids._table, "id", document.line_ids.ids),
            ):
                self.env.cr.execute(
                    f"UPDATE {table} SET amount_tax = 0.53, amount_total = 8.03,"
                    f" tax_category = NULL, tax_chosen = NULL WHERE {column} = ANY(%s)",
                    [ids],
                )
            self.env.cr.execute(
                f"UPDATE {document._table} SET amount_tax = 5.30, amount_total = 80.30"
                " WHERE id = %s",
                [document.id],
            )
        self.env.invalidate_all()

    def test_what_was_issued_keeps_its_amounts_and_drafts_are_reckoned_anew(self):
        lines = [self.line(7.50) for _index in range(10)]
        issued, draft = self.issued_invoice(*lines), self.invoice(*lines)
        quote, sent = self.quote(*lines), self.quote(*lines)
        sent.action_mark_sent()
        self.as_rounded_by_line(issued, draft, quote, sent)
        self.run_script("pre-tax")
        self.run_script("post-tax")
        for document in (issued, sent):
            self.assertEqual(
                (document.amount_tax, document.amount_total), (5.30, 80.30)
            )
            self.assertEqual(document._totals_rows()[1]["amount"], 5.30)
        for document in (draft, quote):
            self.assertEqual(
                (document.amount_tax, document.amount_total), (5.25, 80.25)
            )
        # what is credited of an old invoice closes it, with its old tax
        issued.action_credit("Closed")
        issued.credit_note_ids.action_issue()
        self.assertEqual(issued.credit_note_ids.amount_tax, 5.30)
        self.assertEqual(issued.state, "credited")

    def test_each_line_gets_its_category(self):
        lines = [self.line(), self.line(tax_rate=0), self.line(tax_rate=10)]
        lines.append(self.line(display_type="line_section", name="Bar"))
        thai = self.invoice(*lines)
        abroad = self.invoice(company_id=self.hongkong.id)
        self.as_rounded_by_line(thai, abroad)
        self.run_script("pre-tax")
        self.assertEqual(
            thai.line_ids.mapped("tax_category"),
            ["standard", "zero", "standard", False],
        )
        self.assertEqual(thai.line_ids.mapped("tax_chosen"), [False, True, True, False])
        self.assertEqual(abroad.line_ids.mapped("tax_category"), ["outside"])
        self.assertEqual(abroad.line_ids.mapped("tax_chosen"), [False])
