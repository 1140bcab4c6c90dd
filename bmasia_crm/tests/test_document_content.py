import io
import re

from pypdf import PdfReader

from odoo.fields import Command
from odoo.tests import tagged

from ..tools import money, promptpay
from .documents import DocumentCase, pictures, words


@tagged("post_install", "-at_install")
class TestDocumentContent(DocumentCase):
    def test_document_tells_number_customer_and_the_total_of_the_form(self):
        for document in (
            self.quote(self.hotel),
            self.invoice(self.hotel),
            self.contract(self.hotel),
        ):
            with self.subTest(document._name):
                document._assign_number()
                text = self.text(document)
                self.assertIn(document.name, text)
                self.assertIn("บริษัท ตัวอย่าง โฮเทล", text)
                self.assertIn(f"THB {document.amount_total:,.2f}", text)

    def test_printed_ladder_adds_up_from_top_to_bottom(self):
        quote = self.quote(
            self.hotel,
            line_ids=[
                Command.create(
                    {"name": "a", "quantity": 3, "unit_price": 99.99, "discount": 10}
                ),
                Command.create({"name": "b", "quantity": 7, "unit_price": 1.15}),
            ],
        )
        steps = {step["kind"]: step["amount"] for step in quote._totals_rows()}
        column = money.add(quote.line_ids.mapped("amount_gross"))
        self.assertEqual(steps["gross"], column)
        self.assertAlmostEqual(steps["gross"] + steps["discount"], steps["net"])
        self.assertAlmostEqual(steps["net"] + steps["tax"], steps["total"])
        text = self.text(quote)
        for amount in steps.values():
            self.assertIn(f"{amount:,.2f}", text)

    def test_figures_are_written_alike_in_every_column_and_language(self):
        self.speak_thai()
        line = {"name": "a", "quantity": 234_567.5, "unit_price": 2000, "discount": 5}
        free = {"name": "b", "quantity": 12000, "unit_price": 0, "list_value": 1500}
        for lang in ("en_US", "th_TH"):
            lines = [Command.create(line), Command.create(free)]
            text = self.flat(self.quote(self.hotel, line_ids=lines, lang=lang))
            for figure in ("234,567.5", "2,000.00", "5 %", "12,000", "18,000,000.00"):
                self.assertIn(f" {figure} ", text.replace("\n", " "), lang)
            self.assertNotRegex(text, r"\d{4}\.\d|\de\+")

    def test_no_tax_row_where_no_tax_is_charged(self):
        text = self.text(self.quote(self.bar))
        self.assertNotIn("VAT", text)
        self.assertIn("USD", text)

    def test_explicit_zero_percent_survives_on_a_thai_document(self):
        line = {"name": "Export", "quantity": 1, "unit_price": 500, "tax_rate": 0}
        quote = self.quote(self.hotel, line_ids=[Command.create(line)])
        self.assertEqual(quote.amount_total, 500)
        self.assertNotIn("VAT", self.text(quote))

    def test_six_lines_with_bank_and_terms_fit_one_page(self):
        self.assertEqual(len(self.pages(self.quote(self.hotel))), 1)

    def test_nothing_empty_is_printed(self):
        for document in (self.quote(self.bar), self.invoice(self.bar)):
            text = self.text(document)
            for word in ("False", "None", "N/A", "{{"):
                self.assertNotIn(word, text)

    def test_internal_note_is_never_printed(self):
        quote = self.quote(self.hotel, internal_note="call before ten", note="Thanks!")
        text = self.text(quote)
        self.assertNotIn("call before ten", text)
        self.assertIn("Thanks!", text)

    def test_a_description_is_printed_as_it_was_written(self):
        """Nothing is cut off, nothing capitalised; a product is not named twice."""
        player, thai = self.env["product.product"].create(
            [{"name": "Player", "list_price": 0}, {"name": "เพลง", "list_price": 0}]
        )
        for product, text, bold in (
            (player, "Player", "Player"),
            (player, "Player and set-up on site", "Player"),
            (player, "Player, with a year of warranty", "Player"),
            (player, "Player\nin black", "Player"),
            (player, "Players for two", "Players for two"),
            (player, "set-up of a player\non site", "set-up of a player"),
            (player.browse(), "music\nLobby\npool", "music"),
            (thai, "เพลงสำหรับล็อบบี้", "เพลงสำหรับล็อบบี้"),
            (thai, "เพลง สำหรับล็อบบี้", "เพลง"),
        ):
            with self.subTest(text):
                line = {"product_id": product.id, "name": text}
                quote = self.quote(self.hotel, line_ids=[Command.create(line)])
                told = self.described(quote.line_ids)
                self.assertEqual((told[0], "".join(told)), (bold, text))
                self.assertIn(" ".join(text.split()), self.flat(quote))

    def test_a_product_stands_above_a_description_that_does_not_name_it(self):
        player = self.env["product.product"].create({"name": "Player", "list_price": 0})
        line = {"product_id": player.id, "name": "for the bar"}
        quote = self.quote(self.hotel, line_ids=[Command.create(line)])
        told = self.described(quote.line_ids)
        self.assertEqual(told, ("Player", "\nfor the bar"))

    def test_every_kind_prints_descriptions_as_they_were_written(self):
        """Sections and notes, too."""
        player = self.env["product.product"].create({"name": "Player", "list_price": 0})
        own = "Player and set-up on site"
        section, note = "by the pool", "with one year of warranty"
        lines = [
            Command.create({"name": section, "display_type": "line_section"}),
            Command.create(
                {"product_id": player.id, "name": own, "quantity": 1, "unit_price": 9}
            ),
            Command.create({"name": note, "display_type": "line_note"}),
        ]
        invoice = self.issued(self.hotel, line_ids=lines)
        answer = invoice.action_credit("wrong price", ground="short")
        whole = (
            self.quote(self.hotel, line_ids=lines),
            self.contract(self.hotel, line_ids=lines),
            invoice,
        )
        note_of_credit = self.env["bmasia.invoice"].browse(answer["res_id"])
        receipt = self.receipt(self.issued(self.hotel, line_ids=lines))
        for document in (*whole, note_of_credit, receipt):
            with self.subTest(document=document.display_name):
                text = self.flat(document)
                self.assertIn(own, text)
                if document in whole:
                    self.assertIn(f"{section} {own}", text)
                    self.assertIn(note, text)

    @property
    def described(self):
        return self.env["report.bmasia_crm.report_quote"]._described

    def test_no_status_is_printed(self):
        invoice = self.issued(self.hotel)
        receipt = self.receipt(invoice)
        quote, contract = self.quote(self.hotel), self.contract(self.hotel)
        for document in (quote, contract):
            document.action_mark_sent()
        contract.action_activate(contract._today())
        quote.action_accept()
        for document in (quote, contract, invoice, receipt):
            said = set(re.findall(r"\w+", self.text(document).lower()))
            for state in ("draft", "sent", "issued", "active", "paid", "status"):
                self.assertNotIn(state, said, document._name)
        self.assertEqual(invoice.state, "paid")

    def test_the_customers_address_stands_once_and_in_whole(self):
        self.hotel.write({"street2": "Moo 9", "city": "Pattaya", "zip": "20150"})
        text = self.flat(self.quote(self.hotel))
        for part in ("1 Beach Road", "Moo 9", "Pattaya", "20150"):
            self.assertEqual(text.count(part), 1, part)
        # not in our own name
        self.assertEqual(len(re.findall(r"(?<!\()Thailand", text)), 1)

    def test_lines_of_a_text_stay_lines(self):
        quote = self.quote(self.hotel, note="first\nsecond")
        quote.line_ids[0].name = "upper\nlower"
        tops = {word.text: word.top for word in words(quote._render_pdf())}
        self.assertGreater(tops["second"], tops["first"] + 5)
        self.assertGreater(tops["lower"], tops["upper"] + 5)

    def test_the_logo_comes_from_the_database_and_keeps_its_proportions(self):
        self.thai.logo = self.entity_pictures(300, 60)["logo"]
        quote = self.quote(self.hotel)
        quote._assign_number()
        # the preview is read by a page that asks for the sizes of files
        for document in (quote, quote.with_context(bin_size=True)):
            ((width, height),) = pictures(document._render_pdf())
            self.assertAlmostEqual(width / height, 5, places=1)

    def test_complimentary_lines_stand_apart_with_their_value(self):
        free = {"name": "Music design", "unit_price": 0, "list_value": 18000}
        paid = {"name": "Music", "quantity": 1, "unit_price": 14000}
        quote = self.quote(
            self.hotel, line_ids=[Command.create(free), Command.create(paid)]
        )
        text = self.text(quote)
        self.assertIn("Included at no charge", text)
        self.assertIn("18,000.00", text)
        self.assertEqual(quote.amount_untaxed, 14000)

    def test_user_text_is_text_and_not_markup(self):
        quote = self.quote(self.hotel, note="<b>Tom & Jerry</b> <img src=x>")
        self.assertIn("<b>Tom & Jerry</b>", self.text(quote))

    def test_draft_without_a_number_says_so_on_every_page(self):
        quote = self.quote(self.hotel, lines=60)
        pages = self.pages(quote)
        self.assertGreater(len(pages), 1)
        for page in pages:
            self.assertIn("DRAFT", page.extract_text())
        quote._assign_number()
        self.assertNotIn("DRAFT", self.text(quote))

    def test_long_zone_table_repeats_its_head(self):
        zones = [Command.create({"name": f"Zone {n}"}) for n in range(200)]
        pages = self.pages(self.contract(self.hotel, location_ids=zones))
        tables = [p.extract_text() for p in pages if "Zone " in p.extract_text()]
        self.assertGreater(len(tables), 3)
        for text in tables:
            self.assertIn("Location", text)

    def test_every_page_has_the_entity_and_its_number(self):
        pages = self.pages(self.quote(self.hotel, lines=60))
        for number, page in enumerate(pages, 1):
            text = " ".join(page.extract_text().split())
            self.assertIn("BMAsia (Thailand) Co., Ltd.", text)
            self.assertIn(f"Page {number} of {len(pages)}", text)

    def test_language_of_the_customer_decides(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.hotel.partner_id.lang = "th_TH"
        quote = self.quote(self.hotel)
        self.assertEqual(quote._get_print_lang(), "th_TH")
        root = PdfReader(io.BytesIO(quote._render_pdf())).trailer["/Root"]
        self.assertEqual(root["/Lang"], "th-TH")


@tagged("post_install", "-at_install")
class TestPromptPay(DocumentCase):
    def test_thai_invoice_carries_the_amount_and_a_right_checksum(self):
        invoice = self.invoice(self.hotel)
        text = promptpay.payload("0000000000000", invoice.amount_due)
        self.assertIn("54071070.00", text)
        self.assertEqual(promptpay.checksum(text[:-4]), text[-4:])
        self.assertIn("PromptPay", self.text(invoice))

    def test_no_code_in_another_currency_or_without_an_id(self):
        self.assertNotIn("PromptPay", self.text(self.invoice(self.bar)))
        self.thai.promptpay_id = False
        self.assertNotIn("PromptPay", self.text(self.invoice(self.hotel)))

    def test_wrong_id_leaves_the_bank_block(self):
        self.thai.promptpay_id = "12"
        text = self.text(self.invoice(self.hotel))
        self.assertNotIn("PromptPay", text)
        self.assertIn("DEMO-TH-0000", text)

    def test_drawing_is_one_square_of_svg(self):
        svg = promptpay.drawing(promptpay.payload("0812345678", 1))
        self.assertTrue(re.search(r"<svg[^>]*width=\"72", svg))
