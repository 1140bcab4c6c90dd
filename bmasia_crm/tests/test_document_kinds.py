"""What each kind of document says that the others do not."""

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..tools import money
from .documents import DocumentCase


@tagged("post_install", "-at_install")
class TestTaxInvoice(DocumentCase):
    """Thai Revenue Code, section 86/4; see BmasiaPayment._is_tax_invoice."""

    def test_every_particular_of_section_86_4_is_there(self):
        receipt = self.receipt(self.issued(self.hotel))
        text = self.flat(receipt)
        particulars = {
            "the words": ("Receipt / Tax invoice", "ใบเสร็จรับเงิน / ใบกำกับภาษี"),
            "the seller": (
                "BMAsia (Thailand) Co., Ltd.",
                "1 Sample Street, Sample City",
                "Tax ID DEMO TH 000",
                "Head Office",
            ),
            "the buyer": (
                "บริษัท ตัวอย่าง โฮเทล",
                "1 Beach Road",
                "Tax ID DEMO 0000000000001",
                "Branch 00002",
            ),
            "the number": (receipt.name,),
            "what was sold": ("Background music", "1,000.00"),
            "the tax apart": ("VAT 7 % 70.00",),
            "the day": (receipt._format_day(receipt.date, "d MMM"),),
        }
        for particular, expected in particulars.items():
            for words in expected:
                self.assertIn(words, text, particular)

    def test_the_total_stands_in_thai_words_too(self):
        text = self.flat(self.receipt(self.issued(self.hotel)))
        self.assertIn("One thousand and seventy baht only", text)
        self.assertIn("หนึ่งพันเจ็ดสิบบาทถ้วน", text)

    def test_a_receipt_serves_as_tax_invoice_on_its_own_day(self):
        with freeze_time("2026-01-31 05:00:00"):
            invoice = self.issued(self.hotel)
        with freeze_time("2026-03-02 05:00:00"):
            text = self.flat(self.receipt(invoice))
        self.assertIn("Date 2 Mar 2026", text)
        self.assertNotIn("31 Jan 2026", text)

    def test_hong_kong_issues_plain_receipts(self):
        text = self.flat(self.receipt(self.issued(self.bar)))
        self.assertNotIn("Tax invoice", text)
        self.assertNotIn("VAT", text)
        self.assertIn("Receipt", text)

    def test_a_receipt_asks_for_no_money(self):
        text = self.flat(self.receipt(self.issued(self.hotel)))
        for word in ("SWIFT", "PromptPay", "Due", "Terms"):
            self.assertNotIn(word, text)

    def test_a_rate_of_zero_is_shown_as_such(self):
        line = {"name": "Export", "unit_price": 500, "tax_rate": 0}
        invoice = self.issued(self.hotel, line_ids=[Command.create(line)])
        self.assertIn("VAT 0 % 0.00", self.flat(self.receipt(invoice)))

    def test_part_payments_share_net_and_tax_to_the_cent(self):
        line = {"name": "Music", "quantity": 7, "unit_price": 333.33}
        invoice = self.issued(self.hotel, line_ids=[Command.create(line)])
        receipts = self.env["bmasia.receipt"]
        for amount in (100.01, 33.33, 0):
            receipts += self.receipt(invoice, amount or None)
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertEqual(money.add(receipts.mapped(name)), invoice[name], name)
        self.assertFalse(any(receipt._paid_whole() for receipt in receipts))
        text = self.flat(receipts[0])
        self.assertIn(f"Part payment of invoice {invoice.name}", text)
        self.assertIn("7 × Music", text)
        self.assertNotIn(f"{invoice.amount_total:,.2f}", text)

    def test_a_receipt_after_a_credit_note_has_the_tax_of_what_is_left(self):
        lines = [
            Command.create({"name": "Music", "unit_price": 1000, "tax_rate": 7}),
            Command.create({"name": "Export", "unit_price": 1000, "tax_rate": 0}),
        ]
        for first in (0, 500):
            invoice = self.issued(self.hotel, line_ids=lines)
            receipts = self.receipt(invoice, first) if first else invoice.receipt_ids
            before = receipts.mapped("amount_tax")
            invoice.action_credit("Not delivered", invoice.line_ids[1:].ids, "short")
            invoice.credit_note_ids.action_issue()
            self.receipt(invoice)
            self.assertEqual(receipts.mapped("amount_tax"), before, "they stay")
            notes = invoice.credit_note_ids.filtered(lambda n: n.kind == "credit_note")
            for name, left in (("amount_untaxed", 1000), ("amount_tax", 70)):
                declared = money.add(invoice.receipt_ids.mapped(name))
                self.assertEqual(money.subtract(declared, *notes.mapped(name)), left)

    def test_tax_withheld_is_taken_off_below_the_total(self):
        invoice = self.issued(self.hotel)
        receipt = self.receipt(invoice, 1040, withholding_amount=30)
        steps = {step["kind"]: step["amount"] for step in receipt._receipt_rows()}
        self.assertEqual(steps["sum"], 1070)
        self.assertEqual(steps["sum"] + steps["withheld"], steps["total"])
        self.assertIn("Withholding tax -30.00", self.flat(receipt))


@tagged("post_install", "-at_install")
class TestInvoiceKinds(DocumentCase):
    def test_an_invoice_tells_period_property_and_reference(self):
        invoice = self.issued(
            self.hotel,
            period_start="2026-01-01",
            period_end="2026-03-31",
            property_name="Beach Wing",
            customer_reference="PO-7788",
            note="With our thanks",
        )
        text = self.flat(invoice)
        for words in (
            "1 Jan 2026 – 31 Mar 2026",
            "Beach Wing",
            "PO-7788",
            "With our thanks",
            "One thousand and seventy baht only",
        ):
            self.assertIn(words, text)

    def test_a_credit_note_names_invoice_values_and_reason(self):
        invoice = self.issued(self.hotel)
        invoice.action_credit("Half of it was not delivered")
        note = invoice.credit_note_ids
        note.line_ids.unit_price = 400
        text = self.flat(note)
        for words in (
            "Credit note",
            invoice.name,
            "Half of it was not delivered",
            "Value of the invoice, before tax 1,000.00",
            "Correct value, before tax 600.00",
            "Difference, before tax 400.00",
        ):
            self.assertIn(words, text)
        for word in ("SWIFT", "Due", "Terms"):
            self.assertNotIn(word, text)

    def test_a_second_credit_note_starts_from_what_the_first_one_left(self):
        invoice = self.issued(self.hotel)
        for _number in range(2):
            invoice.action_credit("Part of it was not delivered")
            note = invoice.credit_note_ids.filtered(lambda note: note.state == "draft")
            note.line_ids.unit_price = 400
            note.action_issue()
        first, second = invoice.credit_note_ids.sorted("id")
        self.assertIn("Total of the invoice 1,070.00", self.flat(first))
        text = self.flat(second)
        self.assertIn("Total after earlier credit notes 642.00", text)
        self.assertIn("Correct total 214.00", text)

    def test_a_credit_note_of_a_taxed_sale_is_a_tax_document(self):
        """Thai Revenue Code, section 86/10: the words, and the tax invoice's number."""
        invoice = self.issued(self.hotel)
        receipt = self.receipt(invoice, invoice.amount_total)
        invoice.action_credit("Half of it was not delivered", ground="not_as_agreed")
        note = invoice.credit_note_ids
        note.action_issue()
        text = self.flat(note)
        self.assertIn("ใบลดหนี้", text)
        self.assertIn("Ground The goods or the service were not as agreed", text)
        self.assertRegex(text, f"Tax invoice Date .*{receipt.name} .* 1,000.00 70.00")
        plain = self.issued(self.bar)
        plain.action_credit("Half of it was not delivered")
        text = self.flat(plain.credit_note_ids)
        self.assertNotIn("ใบลดหนี้", text)
        self.assertNotIn("Tax invoice", text)

    def test_a_proforma_says_twice_that_it_is_no_tax_invoice(self):
        proforma = self.invoice(self.hotel, kind="proforma")
        self.assertEqual(self.text(proforma).count("It is not a tax invoice"), 2)
        self.assertIn("On receipt", self.flat(proforma))
        self.assertEqual(
            proforma._get_report().report_name, "bmasia_crm.report_proforma"
        )

    def test_a_proforma_of_a_discount_shows_list_discount_and_payable(self):
        line = {"name": "Music", "unit_price": 1000, "discount": 20}
        proforma = self.invoice(
            self.hotel, kind="proforma", line_ids=[Command.create(line)]
        )
        text = self.flat(proforma)
        steps = ("Subtotal 1,000.00", "Discount 20 % -200.00", "Net 800.00", "VAT 7 %")
        positions = [text.index(step) for step in steps]
        self.assertEqual(positions, sorted(positions))


@tagged("post_install", "-at_install")
class TestContractKinds(DocumentCase):
    def test_a_participation_names_its_master_and_property(self):
        seller = {"company_id": self.thai.id}  # of both: they stay in one entity
        master = self.contract(self.bar, category="master", **seller)
        master._assign_number()
        venue = self.contract(
            self.hotel,
            category="participation",
            master_contract_id=master.id,
            property_name="Beach Wing",
        )
        venue._assign_number()
        text = self.flat(venue)
        for words in ("Participation agreement", master.name, "Beach Wing"):
            self.assertIn(words, text)
        self.assertIn(f"{master.name}, 1 Jan 2026", text)
        self.assertIn("維港燈光餐飲有限公司", text)
        text = self.flat(master)
        for words in ("Master agreement", "Participation agreements", venue.name):
            self.assertIn(words, text)

    def test_each_signatory_stands_with_title_entity_and_authority(self):
        signers = [
            {"side": "customer", "name": "Ada", "title": "Director"},
            {
                "side": "customer",
                "name": "Bob",
                "title": "Owner",
                "entity": "Holding Ltd.",
                "authority": "by power of attorney of 1 March 2026",
            },
        ]
        contract = self.contract(
            self.hotel, signatory_ids=[Command.create(signer) for signer in signers]
        )
        text = self.flat(contract)
        for words in ("Ada Director", "Holding Ltd.", "Bob Owner by power of attorney"):
            self.assertIn(words, text)

    def test_our_signature_belongs_to_one_person_only(self):
        pixel = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            b"awAAAABJRU5ErkJggg=="
        )
        self.thai.document_signature = pixel
        values = self.env["report.bmasia_crm.report_contract"]
        contract = self.contract(self.hotel)
        self.assertTrue(values._signature_of(contract, "Norbert"))
        self.assertFalse(values._signature_of(contract, "Somebody Else"))
        contract.action_mark_sent()
        self.thai.document_signatory = "Bob"  # and the picture is Bob's from now on
        self.assertFalse(values._signature_of(contract, "Norbert"))
        self.assertFalse(values._signature_of(contract, "Bob"))

    def test_the_day_of_signing_is_printed_once_it_is_known(self):
        contract = self.contract(self.hotel)
        self.assertNotIn("Date:", self.flat(contract))
        contract.sudo().signed_date = "2026-02-03"
        self.assertIn("Date: 3 Feb 2026", self.flat(contract))

    def test_a_short_term_has_no_first_year(self):
        lines = [
            {"name": "Music", "unit_price": 12000},
            {"name": "Player", "unit_price": 5000, "kind": "one_time"},
        ]
        commands = [Command.create(line) for line in lines]
        text = self.flat(self.contract(self.hotel, term_months=6, line_ids=commands))
        self.assertIn("Total of a full year THB 18,190.00", text)
        self.assertIn("Whole term of 6 months, before tax 11,000.00", text)

    def test_a_mixed_contract_shows_yearly_once_and_the_whole_term(self):
        lines = [
            {"name": "Music", "unit_price": 14000},
            {"name": "Player", "unit_price": 7000, "kind": "one_time"},
        ]
        contract = self.contract(
            self.hotel,
            term_months=36,
            line_ids=[Command.create(line) for line in lines],
        )
        text = self.flat(contract)
        self.assertIn("Yearly, before tax 14,000.00", text)
        self.assertIn("Once, before tax 7,000.00", text)
        self.assertIn("Whole term of 36 months, before tax 49,000.00", text)

    def test_a_one_time_sale_speaks_of_no_year(self):
        line = {"name": "Player", "unit_price": 7000, "kind": "one_time"}
        text = self.flat(self.quote(self.hotel, line_ids=[Command.create(line)]))
        for words in ("per year", "Yearly", "months", "first year"):
            self.assertNotIn(words, text)

    def test_a_renewal_notice_tells_end_and_terms(self):
        contract = self.contract(self.hotel)
        contract._assign_number()
        text = self.flat(self.notice(contract))
        for words in ("Renewal notice", contract.name, "31 Dec 2026", "60 days"):
            self.assertIn(words, text)
        self.assertIn("ends on 31 December 2026.", text)

    def test_a_renewal_notice_offers_what_the_next_term_costs(self):
        lines = [
            {"name": "Music", "unit_price": 14000},
            {"name": "Installation", "unit_price": 9000, "kind": "one_time"},
            {
                "name": "Annexe",
                "unit_price": 10000,
                "date_from": "2026-07-01",
                "date_to": "2026-12-31",
            },
        ]
        contract = self.contract(
            self.hotel, line_ids=[Command.create(line) for line in lines]
        )
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        text = self.flat(self.notice(contract))
        self.assertNotIn("Installation", text)
        self.assertIn("Net 24,000.00", text.replace("Subtotal", "Net"))
        self.assertFalse(contract.renewal_ids, "nothing was made")
        contract.action_renew(price_change=10)
        text = self.flat(self.notice(contract))
        self.assertIn("Net 26,400.00", text.replace("Subtotal", "Net"))
