"""Documents in the customer's language; names in any script."""

import io
import re
from datetime import date

from pypdf import PdfReader

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.report_weasyprint.models.ir_actions_report import PrintRemarks

from ..tools.words import in_words
from .documents import DocumentCase

NAMES = {
    "Latin": "Ålesund Brygge Hotell · São Paulo Música Ltda · Łódź Zdrój",
    "Vietnamese": "Công ty Cổ phần Đầu tư Khách sạn Phú Quốc · Nguyễn Thị Ánh",
    "Thai": "บริษัท ตัวอย่างโฮเทลแอนด์รีสอร์ท จำกัด (มหาชน) · ปิ่นมณี ก๋วยเตี๋ยว",
    "Chinese": "北京音乐餐饮有限公司 · 維港燈光餐飲有限公司",
    "Japanese": "株式会社サンプルホテル · ミュージックカフェ東京",
    "Korean": "주식회사 서울호텔 · 김민수",
    "Cyrillic": "ООО «Примерный отель» · Київ",
}


@tagged("post_install", "-at_install")
class TestScripts(DocumentCase):
    def test_names_in_every_script_have_glyphs_and_stay_text(self):
        lines = [
            Command.create(
                {"name": f"{script}: {name}", "unit_price": 1, "sequence": n}
            )
            for n, (script, name) in enumerate(NAMES.items())
        ]
        quote = self.quote(self.hotel, line_ids=lines)
        remarks = PrintRemarks()
        text = self.flat(quote.with_context(print_remarks=remarks))
        self.assertEqual(remarks.letters, "")
        for script, name in NAMES.items():
            # marks above and below make some readers see a space
            self.assertIn(name.replace(" ", ""), text.replace(" ", ""), script)

    def test_fonts_are_embedded_and_subset(self):
        pdf = self.quote(self.hotel)._render_pdf()
        fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
        self.assertGreaterEqual(len(fonts), 3)
        for font in fonts:
            font = font.get_object()
            if "/DescendantFonts" not in font:
                continue  # the watermark's, one of the fourteen that every reader has
            self.assertRegex(font["/BaseFont"], r"^/[A-Z]{6}\+")
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            self.assertTrue({"/FontFile2", "/FontFile3"} & descriptor.keys())
        self.assertLess(len(pdf), 150_000, "whole fonts would be megabytes")

    def test_text_comes_out_in_reading_order(self):
        quote = self.quote(self.hotel, note="A note")
        quote._assign_number()
        text = self.flat(quote)
        order = ("Quotation", quote.name, "From", "To", "Background music", "Subtotal")
        order += ("VAT 7 %", "Total per year", "SWIFT", "Accepted")
        positions = [text.index(word) for word in order]
        self.assertEqual(positions, sorted(positions))


@tagged("post_install", "-at_install")
class TestThai(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.speak_thai(cls)
        cls.hotel.partner_id.lang = "th_TH"
        thai = cls.thai.with_context(lang="th_TH")
        thai.legal_name = "บริษัท บีเอ็มเอเชีย (ประเทศไทย) จำกัด"
        thai.document_address = "1 ถนนตัวอย่าง กรุงเทพมหานคร"
        thai.tax_label = "ภาษีมูลค่าเพิ่ม"

    def test_days_count_from_the_buddhist_era(self):
        quote = self.quote(self.hotel, date=date(2026, 1, 31))
        self.assertIn("31 ม.ค. 2569", self.flat(quote))
        self.assertEqual(quote._format_day(date(2026, 1, 31)), "31 มกราคม 2569")
        quote.lang = "en_US"
        self.assertIn("31 Jan 2026", self.flat(quote))

    def test_seller_branch_and_tax_are_named_in_thai(self):
        text = self.flat(self.receipt(self.issued(self.hotel)))
        for said in (
            "ใบเสร็จรับเงิน / ใบกำกับภาษี",
            "บริษัท บีเอ็มเอเชีย (ประเทศไทย) จำกัด",
            "1 ถนนตัวอย่าง กรุงเทพมหานคร",
            "สำนักงานใหญ่",
            "สาขาที่ 00002",
            "ภาษีมูลค่าเพิ่ม 7 % 70.00",
            "หนึ่งพันเจ็ดสิบบาทถ้วน",
            "หน้า 1 จาก 1",
        ):
            self.assertIn(said, text)
        self.assertEqual(text.count("ใบเสร็จรับเงิน / ใบกำกับภาษี"), 1)

    def test_no_label_is_left_in_english(self):
        line = {"name": "เพลง", "unit_price": 1000}
        invoice = self.issued(self.hotel, line_ids=[Command.create(line)])
        invoice.action_credit("ยกเลิก")
        contract = self.contract(self.hotel, line_ids=[Command.create(line)])
        contract._assign_number()
        documents = [
            self.quote(self.hotel, line_ids=[Command.create(line)], terms="เงื่อนไข"),
            self.contract(
                self.hotel,
                line_ids=[Command.create(line)],
                terms="เงื่อนไข",
                template_id=self.template("th_syb").id,
                location_ids=[Command.create({"name": "ล็อบบี้", "service": "เพลง"})] * 2,
            ),
            invoice,
            invoice.credit_note_ids,
            self.receipt(invoice, 500),
            self.invoice(self.hotel, kind="proforma", line_ids=[Command.create(line)]),
            self.notice(contract),
        ]
        allowed = (
            "VAT|THB|SWIFT|DEMO|TH|Demo|Bank|DEMOTHBKXXX|Sample|Customer|Beach|Road"
        )
        allowed += "|Norbert|Director|BMAsia|Thailand|Co|Ltd|DRAFT|PromptPay|Soundtrack"
        allowed += "|Your|Brand|Thailand|Street|City|QT|INV|CN|REC|C|Q|Bank|b|OdooBot"
        for document in documents:
            left = set(re.findall(r"[A-Za-z]+", self.flat(document)))
            self.assertFalse(left - set(allowed.split("|")), str(document)[:40])


@tagged("post_install", "-at_install")
class TestWords(DocumentCase):
    def test_amounts_read_as_people_say_them(self):
        for amount, currency, lang, said in (
            (11, "THB", "th_TH", "สิบเอ็ดบาทถ้วน"),
            (21.5, "THB", "th_TH", "ยี่สิบเอ็ดบาทห้าสิบสตางค์"),
            (2_101_000, "THB", "th_TH", "สองล้านหนึ่งแสนหนึ่งพันบาทถ้วน"),
            (0.29, "USD", "en_US", "Twenty-nine cents"),
            (1, "EUR", "en_US", "One euro only"),
            (1.005, "GBP", "en_US", "One pound sterling and one penny"),
        ):
            self.assertEqual(in_words(amount, currency, lang), said)
