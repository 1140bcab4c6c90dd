import io
import re

from pypdf import PdfReader, Transformation

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from ..tools import promptpay

POINTS_PER_MM = 72 / 25.4
MARGIN = 12 * POINTS_PER_MM  # nothing is nearer to the edge


class PaperCase(TransactionCase):
    """Two entities, one customer each, and what a PDF says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("THB", "USD"):
            cls.env.ref(f"base.{code}").active = True
        cls.thai = cls.entity("BMAsia (Thailand) Co., Ltd.", "TH", "THB", 7)
        cls.thai.promptpay_id = "0000000000000"
        cls.hong_kong = cls.entity("BMAsia Limited", "HK", "USD", 0)
        cls.hotel = cls.customer(cls.thai, "บริษัท ตัวอย่าง โฮเทล", "base.th")
        cls.bar = cls.customer(cls.hong_kong, "維港燈光餐飲有限公司", "base.hk")

    @classmethod
    def entity(cls, name, code, currency, tax_rate):
        money = cls.env.ref(f"base.{currency}")
        company = cls.env["res.company"].create(
            {
                "name": name,
                "legal_name": name,
                "legal_branch": "Head Office",
                "entity_code": code,
                "currency_id": money.id,
                "tax_rate": tax_rate,
                "tax_label": "VAT",
                "quote_terms": "Net of tax.\nPayment within 30 days.\nFees are ours.",
            }
        )
        bank = cls.env["res.bank"].create({"name": "Demo Bank", "bic": "DEMOTHBKXXX"})
        cls.env["res.partner.bank"].create(
            {
                "acc_number": f"DEMO-{code}-0000",
                "partner_id": company.partner_id.id,
                "bank_id": bank.id,
                "currency_id": money.id,
            }
        )
        return company

    @classmethod
    def customer(cls, company, legal_name, country):
        return cls.env["bmasia.company"].create(
            {
                "name": "Sample Customer",
                "legal_name": legal_name,
                "billing_entity_id": company.id,
                "street": "1 Beach Road",
                "country_id": cls.env.ref(country).id,
            }
        )

    def quote(self, customer, lines=6, **values):
        line = {"name": "Background music", "quantity": 2, "unit_price": 14000}
        values.setdefault(
            "line_ids", [Command.create({**line, "sequence": n}) for n in range(lines)]
        )
        values["customer_id"] = customer.id
        return self.env["bmasia.quote"].create(values)

    def invoice(self, customer):
        line = {"name": "Background music", "quantity": 1, "unit_price": 1000}
        return self.env["bmasia.invoice"].create(
            {"customer_id": customer.id, "line_ids": [Command.create(line)]}
        )

    def contract(self, customer, **values):
        line = {"name": "Background music", "quantity": 2, "unit_price": 14000}
        return self.env["bmasia.contract"].create(
            {
                "customer_id": customer.id,
                "start_date": "2026-01-01",
                "line_ids": [Command.create(line)],
                **values,
            }
        )

    def pages(self, paper):
        return PdfReader(io.BytesIO(paper._render_pdf())).pages

    def text(self, paper):
        return "\n".join(page.extract_text() for page in self.pages(paper))


@tagged("post_install", "-at_install")
class TestPaperContent(PaperCase):
    def test_paper_tells_number_customer_and_the_total_of_the_form(self):
        for paper in (
            self.quote(self.hotel),
            self.invoice(self.hotel),
            self.contract(self.hotel),
        ):
            with self.subTest(paper._name):
                paper._mint_number()
                text = self.text(paper)
                self.assertIn(paper.name, text)
                self.assertIn("บริษัท ตัวอย่าง โฮเทล", text)
                self.assertIn(f"THB {paper.amount_total:,.2f}", text)

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
        steps = {step["kind"]: step["amount"] for step in quote._totals_ladder()}
        self.assertAlmostEqual(steps["gross"] + steps["discount"], steps["net"])
        self.assertAlmostEqual(steps["net"] + steps["tax"], steps["total"])
        text = self.text(quote)
        for amount in steps.values():
            self.assertIn(f"{amount:,.2f}", text)

    def test_no_tax_row_where_no_tax_is_charged(self):
        text = self.text(self.quote(self.bar))
        self.assertNotIn("VAT", text)
        self.assertIn("USD", text)

    def test_explicit_zero_percent_survives_on_a_thai_paper(self):
        line = {"name": "Export", "quantity": 1, "unit_price": 500, "tax_rate": 0}
        quote = self.quote(self.hotel, line_ids=[Command.create(line)])
        self.assertEqual(quote.amount_total, 500)
        self.assertNotIn("VAT", self.text(quote))

    def test_six_lines_with_bank_and_terms_fit_one_page(self):
        self.assertEqual(len(self.pages(self.quote(self.hotel))), 1)

    def test_nothing_empty_is_printed(self):
        for paper in (self.quote(self.bar), self.invoice(self.bar)):
            text = self.text(paper)
            for word in ("False", "None", "N/A", "{{"):
                self.assertNotIn(word, text)

    def test_internal_note_is_never_printed(self):
        quote = self.quote(self.hotel, internal_note="call before ten", note="Thanks!")
        text = self.text(quote)
        self.assertNotIn("call before ten", text)
        self.assertIn("Thanks!", text)

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
        quote._mint_number()
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
            self.assertIn(f"{number} / {len(pages)}", text)

    def test_text_keeps_its_distance_from_the_edge(self):
        quote = self.quote(self.hotel)
        quote._mint_number()
        page = self.pages(quote)[0]
        lefts = []

        def visit(text, page_matrix, matrix, _font, _size):
            if text.strip():
                on_page = Transformation(page_matrix)
                lefts.append(Transformation(matrix).transform(on_page).ctm[4])

        page.extract_text(visitor_text=visit)
        self.assertGreaterEqual(min(lefts), MARGIN)
        self.assertLessEqual(max(lefts), float(page.mediabox.width) - MARGIN)

    def test_language_of_the_customer_decides(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.hotel.partner_id.lang = "th_TH"
        quote = self.quote(self.hotel)
        self.assertEqual(quote._get_print_lang(), "th_TH")
        root = PdfReader(io.BytesIO(quote._render_pdf())).trailer["/Root"]
        self.assertEqual(root.get("/Lang"), "th-TH")


@tagged("post_install", "-at_install")
class TestPromptPay(PaperCase):
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
