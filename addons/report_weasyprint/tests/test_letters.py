"""What is copied from a PDF is what was typed; what no font has is said."""

import subprocess

from lxml import html

from odoo.tests import BaseCase, tagged

from ..tools.layout import engine
from ..tools.layout.articles import articles
from .archive_copy import faults_of

PAGE = (
    "@page { size: A4; margin: 15mm } html { image-rendering: crisp-edges; font-family:"
    ' "Noto Sans", "Noto Sans Thai", "Noto Sans CJK SC", sans-serif }'
)
WORDS = {
    "Thai": "น้ำ จำกัด กำกับ ภาษี ฟั่น ฏูฐิ ป่า ปี่ ญู น้ำทะเล น้ำใจ ทั้งปี ผู้ ที่ นี้ ซึ่ง เพื่อ เครื่อง"
    " บริษัท ตัวอย่าง (มหาชน) ฟ้า ฝั่ง ปั๊ม ก๊วยเตี๋ยว ค่ำ ย่ำ ล้ำ ไม้ม้วน ฯลฯ",
    "Lao": "ທັງໝົດ ນ້ຳ ຄຳ ໂຮງແຮມ",
    "Khmer": "កម្ពុជា ក្រុមហ៊ុន ភ្នំពេញ សណ្ឋាគារ",
    "Burmese": "ဟိုတယ် ရန်ကုန်မြို့",
    "Hindi": "होटल हिन्दी किताब क्षत्रिय श्री",
    "Bengali": "বাংলা হোটেল কলকাতা চট্টগ্রাম",
    "Tamil": "தமிழ் சென்னை",
    "Vietnamese": "Công ty Cổ phần Điện lực Việt Nam",
    "Chinese": "北京示例 株式会社 주식회사",
    "Latin": "office fluff AV To. ½ São Ålesund",
    "emoji": "🎵 👋🏽 👨‍👩‍👧 🇹🇭 ❤️ 1️⃣",
}


def text(pdf):
    command = ["pdftotext", "-", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@tagged("post_install", "-at_install")
class TestLetters(BaseCase):
    def render(self, body, css="", variant=None):
        source = articles(f"<div class='article'>{body}</div>")[0].source
        return engine.render(source, (PAGE + css,), variant=variant)

    def test_words_are_copied_as_they_were_typed(self):
        for script, words in WORDS.items():
            for style in ("", "font-weight: 700", "font-size: 7.5pt", "color: red"):
                with self.subTest(script, style=style):
                    pdf = self.render(f"<p style='{style}'>{words}</p>").pdf
                    self.assertEqual(text(pdf).split(), words.split())

    def test_all_of_them_in_one_document_in_any_order(self):
        for scripts in (list(WORDS.values()), list(WORDS.values())[::-1]):
            body = "".join(f"<p>{words}</p>" for words in scripts)
            printed = self.render(body, variant="pdf/a-3b")
            self.assertEqual(text(printed.pdf).split(), " ".join(scripts).split())
            self.assertEqual(printed.missing_letters, "")

    def test_an_archive_copy_stays_one(self):
        body = "".join(f"<p>{words}</p>" for words in WORDS.values())
        pdf = self.render(body, variant="pdf/a-3b").pdf
        self.assertEqual(faults_of(pdf), {})

    def test_a_letter_that_no_font_has_is_named_once(self):
        for letter in "\ue000\U000f0000\U0001f9ff\u2fe0":
            printed = self.render(f"<p>A {letter} and {letter}</p>")
            if letter == "\U0001f9ff":  # an emoji, which has one
                self.assertEqual(printed.missing_letters, "")
            else:
                self.assertEqual(printed.missing_letters, letter)

    def boxes(self, body):
        """The words of a page with their places: left, right, text."""
        pdf = self.render(body).pdf
        command = ["pdftotext", "-bbox", "-", "-"]
        done = subprocess.run(command, input=pdf, capture_output=True, check=True)
        return [
            (float(word.get("xmin")), float(word.get("xmax")), word.text)
            for word in html.fromstring(done.stdout.decode()).iter("word")
        ]

    def test_each_paragraph_is_read_in_its_own_direction(self):
        name = "مطعم Hilton (Dubai) رقم 5"
        paragraph = f"<p dir='auto'>{name}</p>"
        for body in (
            paragraph,
            f"<div dir='auto'>{paragraph}</div>",
            f"<div dir='auto'><p>English</p><p>{name}</p></div>",
            f"<ul dir='auto'><li>{name}</li></ul>",
            f"<p dir='AUTO'>(7) {name}</p>",
            f"<p>To <span dir='auto'>{name}</span></p>",
            f"<table><tr><td dir='auto'>{name}</td></tr></table>",
            "<p dir='auto'>שלום Hilton (Dubai) 5</p>",
        ):
            with self.subTest(body[:40]):
                words = sorted(w for w in self.boxes(body) if w[2] not in (")7(", "•"))
                # this tool gives the letters of a word in the order that they are seen
                self.assertIn(
                    words[-1][2], ("معطم", "םולש"), "the first is at the right"
                )

    def test_what_reads_from_the_left_stays_there(self):
        for body in (
            "<p dir='auto'>Hilton مطعم</p>",
            "<div dir='auto'><p dir='ltr'>مطعم Hilton</p></div>",
            "<p>مطعم Hilton</p>",
        ):
            with self.subTest(body):
                found = self.boxes(body)
                self.assertLess(min(left for left, _right, _word in found), 60)
