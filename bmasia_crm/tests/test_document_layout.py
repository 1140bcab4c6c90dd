"""The rules of the layout, measured on the PDF."""

from unittest.mock import patch

from weasyprint.text.fonts import FontConfiguration

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.document_flow.tools.colours import READABLE, contrast
from odoo.addons.report_weasyprint.tools.layout import engine
from odoo.addons.report_weasyprint.tools.pool import POOL

from .documents import (
    FIGURE,
    POINTS_PER_MM,
    DocumentCase,
    family,
    glyphs,
    pictures,
    words,
)

EDGE = 12 * POINTS_PER_MM
SAME_EDGE = 0.5  # points
SMALLEST, SMALLEST_OF_TERMS = 8, 7.5  # points
PANEL = "#faf7f2"  # the darkest ground that text stands on


@tagged("post_install", "-at_install")
class TestDocumentLayout(DocumentCase):
    def documents(self):
        """One of each kind, with everything on it that can be there."""
        self.thai.document_footer = (
            "A footer line that is long enough to need two lines"
        )
        free = {"name": "Music design", "unit_price": 0, "list_value": 18000}
        player = {"name": "Player", "unit_price": 7000, "kind": "one_time"}
        music = {"name": "Music", "quantity": 8, "unit_price": 14000, "discount": 10}
        lines = [Command.create(line) for line in (music, player, free)]
        invoice = self.issued(self.hotel, line_ids=lines, note="Thank you")
        yield self.quote(self.hotel, line_ids=lines, term_months=24)
        yield self.contract(
            self.hotel, line_ids=lines, template_id=self.template("th_bb").id
        )
        yield self.invoice(self.hotel, kind="proforma", line_ids=lines)
        yield self.receipt(invoice, invoice.amount_due - 300, withholding_amount=300)
        yield invoice
        yield self.quote(self.bar)

    def signed(self, document):
        document._assign_number()
        return document._render_pdf()

    def test_nothing_is_nearer_to_the_edge_than_12_mm(self):
        for document in self.documents():
            for word in words(self.signed(document)):
                with self.subTest(document=document._name, word=word.text):
                    self.assertGreaterEqual(word.left, EDGE)
                    self.assertLessEqual(word.right, 210 * POINTS_PER_MM - EDGE)
                    self.assertGreaterEqual(word.top, EDGE)
                    self.assertLessEqual(word.bottom, 297 * POINTS_PER_MM - EDGE)

    def test_amounts_share_one_right_edge(self):
        for document in self.documents():
            found = words(self.signed(document))
            figures = [word.right for word in found if FIGURE.fullmatch(word.text)]
            # unit prices have a column of their own further left
            amounts = [right for right in figures if right > 180 * POINTS_PER_MM]
            self.assertGreaterEqual(len(amounts), 2, document)
            self.assertLessEqual(max(amounts) - min(amounts), SAME_EDGE, document)

    def test_one_family_in_legible_sizes_and_colours(self):
        for document in self.documents():
            runs = glyphs(self.signed(document))
            self.assertGreater(len(runs), 20)
            self.assertLessEqual(len({family(run.font) for run in runs}), 2)
            for run in runs:
                self.assertGreaterEqual(round(run.size, 2), SMALLEST_OF_TERMS)
                colour = "#" + "".join(f"{round(255 * c):02x}" for c in run.colour)
                self.assertGreaterEqual(contrast(colour, PANEL), READABLE, colour)
            small = [run for run in runs if run.size < SMALLEST]
            self.assertFalse(small, "only terms may be smaller, and are not")

    def test_a_pale_colour_of_the_entity_is_darkened_where_it_is_text(self):
        self.thai.document_accent = "#ffe600"
        colours = {run.colour for run in glyphs(self.signed(self.quote(self.hotel)))}
        self.assertNotIn((1.0, 230 / 255, 0.0), colours)
        self.assertGreaterEqual(len(colours), 3)

    def mixed_quote(self, **values):
        """Six lines with prices under two headings, and a present."""
        lines = [
            {"display_type": "line_section", "name": "Music"},
            {"name": "Soundtrack\nLobby\nPool", "quantity": 8, "unit_price": 14000},
            {"name": "Beat Breeze\nBar\nRoof", "quantity": 4, "unit_price": 9800},
            {"display_type": "line_section", "name": "Equipment"},
            {"name": "Player", "unit_price": 7000, "kind": "one_time", "discount": 5},
            {"name": "Cable", "unit_price": 70, "kind": "one_time"},
            {"name": "Mounting", "unit_price": 700, "kind": "one_time"},
            {"name": "Installation", "unit_price": 0, "list_value": 4500},
            {"display_type": "line_note", "name": "On a day that you choose."},
        ]
        commands = [
            Command.create({**line, "sequence": n}) for n, line in enumerate(lines)
        ]
        return self.quote(
            self.hotel, line_ids=commands, term_months=24, note="Thanks!", **values
        )

    def test_a_mixed_quote_with_a_present_fits_one_page(self):
        self.assertEqual(len(self.pages(self.mixed_quote())), 1)

    def test_it_does_so_in_thai_as_well(self):
        self.speak_thai()
        self.thai.write(self.entity_pictures(300, 90))
        thai = self.thai.with_context(lang="th_TH")
        thai.document_address = "1 ถนนตัวอย่าง แขวงตัวอย่าง\nเขตวัฒนา กรุงเทพมหานคร 10110"
        thai.document_footer = "ข้อมูลตัวอย่างที่ยาวพอสำหรับสองบรรทัดในท้ายกระดาษของทุกหน้า"
        terms = "ราคาคิดต่อโซนเพลงต่อปี เว้นแต่จะระบุไว้เป็นอย่างอื่นในแต่ละรายการ\n" * 3
        quote = self.mixed_quote(lang="th_TH", terms=terms)
        self.assertEqual(len(self.pages(quote)), 1)

    def page_of(self, found, text):
        return next(word.page for word in reversed(found) if word.text == text)

    def test_signatures_and_account_stay_with_what_is_signed_and_together(self):
        counts = set()
        for lines in range(1, 13):
            line = {"name": "Background music", "quantity": 2, "unit_price": 14000}
            contract = self.contract(
                self.hotel,
                template_id=self.template("th_syb").id,
                line_ids=[Command.create(line)] * lines,
                location_ids=[Command.create({"name": "Lobby"})],
            )
            pages = [page.extract_text() for page in self.pages(self.signed(contract))]
            counts.add(len(pages))
            last = pages[-1].split("For the provider")[0]
            self.assertRegex(
                last, r"[a-z]{3,}[.;]\s*$", f"{lines} lines: a clause ends"
            )
            accounts = [text for text in pages if "SWIFT" in text]
            self.assertEqual(len(accounts), 1)
            self.assertIn("Beneficiary", accounts[0])
            self.assertIn("DEMO-TH-0000", accounts[0])
        self.assertGreater(len(counts), 1, "some of them need another page")

    def test_sums_stay_together_and_with_the_last_line(self):
        split = 0
        for count in (11, 14, 17, 20):
            quote = self.quote(self.hotel, lines=count)
            quote.line_ids[-1].name = "LAST"
            found = words(self.signed(quote))
            split += found[-1].page > 0
            together = ("LAST", "Subtotal", "Total", "SWIFT")
            pages = {self.page_of(found, text) for text in together}
            self.assertEqual(len(pages), 1, f"{count} lines")
            signing = {self.page_of(found, text) for text in ("Accepted", "Position")}
            self.assertEqual(len(signing), 1, f"{count} lines")
        self.assertTrue(split, "some of them need a second page")

    def test_signatures_are_never_split(self):
        signers = [
            {"side": "customer", "name": f"Signatory{n}", "title": f"Title{n}"}
            for n in range(3)
        ]
        pages = set()
        for count in (2, 9, 16, 20):
            contract = self.contract(
                self.hotel,
                template_id=self.template("th_syb").id,
                signatory_ids=[Command.create(signer) for signer in signers],
                location_ids=[
                    Command.create({"name": f"Zone {n}"}) for n in range(count)
                ],
            )
            found = words(self.signed(contract))
            names = ("provider", "Signatory0", "Title0", "Signatory2", "Title2")
            # "the provider" stands in the clauses, too: the last one counts
            where = {self.page_of(found, name) for name in names}
            self.assertEqual(len(where), 1, f"{count} locations")
            pages |= where
        self.assertGreater(len(pages), 1, "the block moved as a whole")

    def test_signature_and_stamp_keep_their_proportions(self):
        for width, height in ((300, 60), (60, 60), (60, 120)):
            self.thai.write(self.entity_pictures(width, height))
            drawn = pictures(self.signed(self.contract(self.hotel)))
            self.assertEqual(len(drawn), 3)
            for found in drawn:
                self.assertAlmostEqual(found[0] / found[1], width / height, places=1)
                self.assertLessEqual(found[1], 16 * POINTS_PER_MM)

    def test_a_heading_is_followed_by_its_text(self):
        for count in (4, 9, 13):
            contract = self.contract(
                self.hotel,
                template_id=self.template("hk_bb").id,
                location_ids=[
                    Command.create({"name": f"Zone {n}"}) for n in range(count)
                ],
            )
            for page in self.pages(contract):
                last = page.extract_text().split("\n")
                body = [line for line in last if line.strip() and "Page" not in line]
                self.assertNotRegex(body[-1], r"^\d+\. \w+")

    def test_long_names_wrap_and_codes_do_not(self):
        name = "Grand" + "hotel" * 40
        quote = self.quote(self.hotel)
        quote.customer_id.legal_name = name
        quote.line_ids[0].name = name
        found = words(self.signed(quote))
        self.assertIn("DEMOTHBKXXX", [word.text for word in found])
        self.assertLessEqual(max(word.right for word in found), 198 * POINTS_PER_MM)

    def test_a_long_fact_wraps_in_a_row_of_its_own(self):
        name = "Grand" + "hotel" * 40
        invoice = self.invoice(self.hotel, property_name=name, customer_reference=name)
        found = words(self.signed(invoice))
        self.assertLessEqual(max(word.right for word in found), 198 * POINTS_PER_MM)

    def test_no_text_has_a_font_feature(self):
        """WeasyPrint leaks memory for each; a batch would grow and grow."""
        jobs, do = [], POOL.do
        with patch.object(POOL, "do", lambda job: jobs.append(job) or do(job)):
            for document in self.documents():
                self.signed(document)
        fonts = FontConfiguration()
        engine.stylesheet.cache_clear()
        self.addCleanup(engine.stylesheet.cache_clear)
        with patch.object(engine, "fonts", lambda: fonts):
            for job in jobs:
                engine.render(job.parts[0].decode(), tuple(job.head["sheets"]))
        self.assertTrue(fonts.strut_layouts)
        self.assertFalse(fonts.font_features)

    def test_letter_format_is_a_matter_of_the_paper_format(self):
        self.env.ref("document_flow.paperformat_a4").format = "Letter"
        page = self.pages(self.quote(self.hotel))[0]
        self.assertEqual([round(side) for side in page.mediabox[2:]], [612, 792])

    def test_a_colour_is_six_digits(self):
        with self.assertRaisesRegex(Exception, "six digits"):
            self.thai.document_accent = "red; } body { display: none"
