"""An accepted quote is invoiced without a contract, never above what was accepted."""

from importlib.util import module_from_spec, spec_from_file_location

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import CrmCase

MIGRATION = "bmasia_crm/migrations/19.0.1.6.0/post-quote-lines.py"


class QuoteInvoiceCase(CrmCase):
    def accepted(self, *lines, **values):
        quote = self.quote(*(lines or self.event()), **values)
        quote.action_mark_sent()
        quote.action_accept()
        return quote

    def event(self):
        """Ten loudspeakers and their installation."""
        return (
            self.line(1000, 10, name="Loudspeaker", kind="one_time"),
            self.line(5000, name="Installation", kind="one_time"),
        )

    def invoice_of(self, quote, **asked):
        action = quote.action_create_invoice(**asked)
        return self.env["bmasia.invoice"].browse(action["res_id"]).with_user(self.pom)


@tagged("post_install", "-at_install")
class TestQuoteInvoices(QuoteInvoiceCase):
    def test_all_of_it_at_once(self):
        quote = self.accepted()
        self.assertEqual(quote.amount_to_invoice, 15000)
        invoice = self.invoice_of(quote)
        self.assertEqual(invoice.amount_untaxed, quote.amount_untaxed)
        self.assertEqual(invoice.quote_id, quote)
        self.assertEqual(invoice.customer_id, quote.customer_id)
        self.assertEqual(invoice.company_id, quote.company_id)
        self.assertEqual(invoice.lang, quote.lang)
        self.assertEqual(invoice.line_ids.mapped("quantity"), [10, 1])
        self.assertEqual(quote.invoice_ids, invoice)
        self.assertEqual((quote.amount_invoiced, quote.amount_to_invoice), (15000, 0))
        invoice.action_issue()
        self.assertEqual(invoice.state, "issued")

    def test_a_second_press_opens_what_was_made(self):
        quote = self.accepted()
        invoice = self.invoice_of(quote)
        self.assertEqual(self.invoice_of(quote), invoice)
        self.assertEqual(len(quote.invoice_ids), 1)

    def test_the_same_key_makes_one_invoice(self):
        quote = self.accepted()
        asked = {"percent": 30, "idempotency_key": "thirty"}
        first = self.invoice_of(quote, **asked)
        self.assertEqual(self.invoice_of(quote, **asked), first)
        self.assertEqual(first.amount_untaxed, 4500)
        with self.assertRaisesRegex(UserError, "used for something else"):
            quote.action_create_invoice(percent=40, idempotency_key="thirty")

    def test_in_parts_to_the_cent(self):
        quote = self.accepted(self.line(100, name="Show", kind="one_time"))
        parts = [self.invoice_of(quote, percent=33.33) for _each in range(2)]
        parts.append(self.invoice_of(quote))
        sums = [part.amount_untaxed for part in parts]
        self.assertEqual(sums, [33.33, 33.33, 33.34])
        self.assertIn("33.33 of 100.00", parts[0].line_ids.name)

    def test_a_part_in_whole_units_is_a_quantity(self):
        quote = self.accepted()
        speakers = quote.line_ids[0]
        first = self.invoice_of(quote, amounts={str(speakers.id): 4000})
        self.assertEqual(first.line_ids.quantity, 4)
        rest = self.invoice_of(quote)
        self.assertEqual(rest.line_ids.mapped("quantity"), [6, 1])
        self.assertEqual(quote.amount_to_invoice, 0)

    def test_chosen_lines_only_with_their_heading(self):
        quote = self.accepted(
            self.line(name="Sound", display_type="line_section"),
            self.line(1000, name="Loudspeaker", kind="one_time"),
            self.line(name="Light", display_type="line_section"),
            self.line(500, name="Lamp", kind="one_time"),
        )
        lamp = quote.line_ids[3]
        invoice = self.invoice_of(quote, line_ids=lamp.ids)
        self.assertEqual(invoice.line_ids.mapped("name"), ["Light", "Lamp"])
        self.assertEqual(lamp.amount_to_invoice, 0)
        self.assertEqual(quote.amount_to_invoice, 1000)

    def test_never_more_than_was_accepted(self):
        quote = self.accepted()
        line = quote.line_ids[1]
        self.invoice_of(quote, line_ids=line.ids, percent=60)
        for asked in (
            {"line_ids": line.ids, "percent": 50},
            {"amounts": {line.id: 2000.01}},
            {"amounts": {line.id: -1}},
            {"amounts": {line.id: 0}},
            {"percent": 101},
            {"percent": 0},
            {"line_ids": [0]},
            {"line_ids": "all"},
        ):
            with self.subTest(asked), self.assertRaises(UserError):
                quote.action_create_invoice(**asked)
        self.assertEqual(len(quote.invoice_ids), 1)

    def test_bmasia_invoice_line_check_quoted_above_what_was_accepted(self):
        invoice = self.invoice_of(self.accepted())
        line = invoice.line_ids[0]
        refused = self.assertRaisesRegex(ValidationError, "accepted at THB 10,000.00")
        with refused, self.env.cr.savepoint():
            line.quantity = 11
        line.quantity = 9
        self.assertEqual(invoice.quote_id.amount_to_invoice, 1000)

    def test_what_is_charged_by_the_year_needs_a_contract(self):
        quote = self.accepted(self.line(), *self.event())
        with self.assertRaisesRegex(UserError, "a contract invoices it"):
            quote.action_create_invoice(line_ids=quote.line_ids[:1].ids)
        self.assertEqual(self.invoice_of(quote).amount_untaxed, 15000)
        only_music = self.accepted(self.line())
        with self.assertRaisesRegex(UserError, "invoiced by a contract"):
            only_music.action_create_invoice()

    def test_a_cancelled_invoice_frees_what_it_billed(self):
        quote = self.accepted()
        invoice = self.invoice_of(quote)
        invoice.action_issue()
        invoice.with_user(self.norbert).action_cancel("Wrong month")
        self.assertEqual(quote.amount_to_invoice, 15000)
        self.assertNotEqual(self.invoice_of(quote), invoice)

    def test_a_credit_note_frees_what_it_credits(self):
        quote = self.accepted()
        invoice = self.invoice_of(quote)
        invoice.action_issue()
        speakers = invoice.line_ids[0]
        action = invoice.action_credit("Broken", line_ids=speakers.ids)
        note = self.env["bmasia.invoice"].browse(action["res_id"]).with_user(self.pom)
        self.assertEqual(quote.amount_to_invoice, 0)
        note.action_issue()
        self.assertEqual(note.quote_id, quote)
        self.assertEqual(quote.amount_to_invoice, 10000)
        self.assertEqual(quote.amount_invoiced, 5000)

    def test_an_invoice_that_is_issued_anew_takes_the_place(self):
        quote = self.accepted()
        invoice = self.invoice_of(quote)
        invoice.action_issue()
        invoice.action_replace("Wrong address")
        anew = invoice.replaced_by_id
        self.assertEqual(anew.quote_id, quote)
        self.assertEqual((quote.amount_invoiced, quote.amount_to_invoice), (15000, 0))

    def test_an_amount_off_is_taken_off_with_its_lines(self):
        off = self.line(-1000, name="Amount off", kind="one_time")
        quote = self.accepted(*self.event(), off)
        half = self.invoice_of(quote, percent=50)
        self.assertEqual(half.amount_untaxed, 7000)
        self.assertEqual(self.invoice_of(quote).amount_untaxed, 7000)

    def test_an_amount_off_is_never_left_out(self):
        off = self.line(-3000, name="Amount off", kind="one_time")
        quote = self.accepted(*self.event(), off)
        refused = self.assertRaisesRegex(ValidationError, "accepted at THB 12,000.00")
        with refused, self.env.cr.savepoint():
            quote.action_create_invoice(line_ids=quote.line_ids[:2].ids)
        half = quote.line_ids[0]
        self.invoice_of(quote, line_ids=half.ids)
        refused = self.assertRaisesRegex(ValidationError, "amounts off along")
        with refused, self.env.cr.savepoint():
            quote.action_create_invoice(line_ids=quote.line_ids[1].ids)
        rest = self.invoice_of(quote)
        self.assertEqual(rest.amount_untaxed, 2000)
        taken_off = rest.line_ids[-1]
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            taken_off.unlink()
        with self.assertRaises(ValidationError):
            taken_off.unit_price = -1

    def test_more_years_are_more_than_was_accepted(self):
        line = self.invoice_of(self.accepted()).line_ids[0]
        years = {"date_from": "2026-01-01", "date_to": "2027-12-31"}
        with self.assertRaisesRegex(ValidationError, "accepted at"):
            line.write({"kind": "recurring", **years})
            self.env.flush_all()

    def test_bmasia_invoice_quote_mixin_check_bills_never_as_a_proforma(self):
        """It would ask for nothing, and count as billed."""
        invoice = self.invoice_of(self.accepted())
        contract = self.active_contract()
        contract.with_user(self.pom).action_create_invoices()
        for bill in (invoice, contract.schedule_ids.invoice_id[:1]):
            with self.assertRaisesRegex(ValidationError, "stays an invoice"):
                bill.with_user(self.pom).kind = "proforma"
        proforma = self.invoice().with_user(self.pom)
        proforma.kind = "proforma"
        self.assertEqual(proforma.kind, "proforma")

    def test_a_present_is_on_one_invoice(self):
        gift = self.line(0, name="Cable", kind="one_time", list_value=100)
        quote = self.accepted(*self.event(), gift)
        first = self.invoice_of(quote, line_ids=quote.line_ids[::2].ids)
        self.assertEqual(first.line_ids.mapped("name"), ["Loudspeaker", "Cable"])
        self.assertEqual(
            self.invoice_of(quote).line_ids.mapped("name"), ["Installation"]
        )

    def test_an_advance_on_the_quote_is_deducted(self):
        quote = self.accepted()
        payments = self.env["bmasia.payment"].with_user(self.pom)
        payments.register(
            self.hilton.id,
            self.thailand.id,
            4815.0,
            allocations=[{"quote_id": quote.id, "amount": 4815.0}],
        )
        invoice = self.invoice_of(quote)
        self.assertEqual(invoice.amount_advance, 4815.0)
        self.assertEqual(quote.with_user(self.pom)._left_to_pay(), 0)
        invoice.action_issue()
        self.assertEqual(invoice.amount_due, 16050 - 4815)
        self.assertEqual(quote.with_user(self.pom)._left_to_pay(), 0)

    def test_a_deposit_waits_for_the_last_invoice(self):
        quote = self.accepted()
        self.env["bmasia.payment"].with_user(self.pom).register(
            self.hilton.id,
            self.thailand.id,
            1070.0,
            allocations=[{"quote_id": quote.id, "amount": 1070.0, "is_deposit": True}],
        )
        first = self.invoice_of(quote, percent=50)
        first.action_issue()
        self.assertEqual(first.amount_due, first.amount_total)
        last = self.invoice_of(quote)
        last.action_issue()
        self.assertEqual(last.amount_due, last.amount_total - 1070)

    def test_only_an_accepted_quote_is_invoiced(self):
        quote = self.quote(*self.event())
        with self.assertRaisesRegex(UserError, "is draft"):
            quote.action_create_invoice()
        quote.action_mark_sent()
        quote.action_revise()
        quote.revision_ids.action_mark_sent()
        with self.assertRaisesRegex(UserError, "is superseded"):
            quote.action_create_invoice()

    def test_what_adds_to_a_contract_becomes_an_amendment(self):
        contract = self.active_contract()
        quote = self.accepted(*self.event(), amends_contract_id=contract.id)
        with self.assertRaisesRegex(UserError, "create an amendment"):
            quote.action_create_invoice()

    def test_sales_prepares_the_draft_and_finance_issues_it(self):
        quote = self.accepted().with_user(self.nikki)
        invoice = self.invoice_of(quote)
        with self.assertRaises(AccessError):
            invoice.with_user(self.nikki).action_issue()
        with self.assertRaises(AccessError):
            invoice.with_user(self.nikki).line_ids[0].unit_price = 1
        invoice.action_issue()

    def test_bmasia_invoice_quote_mixin_check_quote_of_another_customer(self):
        invoice = self.invoice_of(self.accepted())
        other = self.make_company("Somebody", "base.th")
        with self.assertRaisesRegex(ValidationError, "accepted by another customer"):
            invoice.customer_id = other


@tagged("post_install", "-at_install")
class TestQuoteInvoicesAndContract(QuoteInvoiceCase):
    """What is charged once is billed by the contract or without it, and once."""

    def contract_of(self, quote):
        action = quote.action_create_contract()
        return self.env["bmasia.contract"].browse(action["res_id"])

    def test_the_contract_takes_what_was_not_invoiced(self):
        quote = self.accepted(self.line(), *self.event())
        self.invoice_of(quote, line_ids=quote.line_ids[2].ids)
        self.invoice_of(quote, amounts={quote.line_ids[1].id: 4000})
        contract = self.contract_of(quote)
        self.assertEqual(contract.line_ids.mapped("name"), ["Music", "Loudspeaker"])
        self.assertEqual(contract.line_ids.mapped("quantity"), [1, 6])
        self.assertEqual(quote.amount_to_invoice, 0)
        with self.assertRaises(UserError):
            quote.action_create_invoice(line_ids=quote.line_ids[1].ids)

    def test_what_a_cancelled_contract_did_not_bill_is_free_again(self):
        quote = self.accepted(self.line(), *self.event())
        contract = self.contract_of(quote)
        self.assertEqual(quote.amount_to_invoice, 0)
        contract.without_clauses = True
        contract.action_mark_sent()
        contract.with_user(self.norbert).action_cancel("Not signed")
        self.assertEqual(quote.amount_to_invoice, 15000)

    def test_a_line_taken_out_of_the_contract_is_free_again(self):
        quote = self.accepted(self.line(), *self.event())
        contract = self.contract_of(quote)
        contract.line_ids[2].unlink()
        self.assertEqual(quote.amount_to_invoice, 5000)
        self.assertEqual(self.invoice_of(quote).line_ids.name, "Installation")

    def test_a_quote_that_is_invoiced_makes_no_contract(self):
        quote = self.accepted()
        self.invoice_of(quote)
        with self.assertRaisesRegex(UserError, "nothing is left for a contract"):
            quote.action_create_contract()

    def test_contracts_of_before_have_what_their_quotes_charge_once(self):
        quote = self.accepted(self.line(), *self.event())
        contract = self.contract_of(quote)
        contract.line_ids[1].name = "Reworded"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_contract_line SET quote_line_id = NULL, quote_amount = NULL"
        )
        self.env.invalidate_all()
        self.assertEqual(quote.amount_to_invoice, 15000)
        spec = spec_from_file_location("migration", file_path(MIGRATION))
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual(quote.amount_to_invoice, 0)
        links = contract.line_ids.quote_line_id
        self.assertEqual(links, quote.line_ids[1:])
