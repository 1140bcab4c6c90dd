"""Names and texts in every script: laid out in their direction, copied as typed, and
what no font has is said before anything is sent.
"""

import subprocess

from odoo.fields import Command
from odoo.tests import tagged

from .documents import DocumentCase

ARABIC = "مطعم Hilton (Dubai) رقم 5"
THAI = "น้ำ จำกัด กำกับ ฟั่น เครื่อง"
EMOJI = "🎵 👋🏽"


def extracted(pdf, *options):
    command = ["pdftotext", *options, "-", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@tagged("post_install", "-at_install")
class TestDocumentLetters(DocumentCase):
    def documents(self, words):
        """One of each kind, with these words wherever people write some."""
        self.thai.write({"legal_name": words, "document_signatory": words})
        self.hotel.legal_name = words
        lines = [
            Command.create({"name": f"{words}\n{words}", "unit_price": 1000}),
            Command.create({"display_type": "line_section", "name": words}),
            Command.create({"display_type": "line_note", "name": words}),
            Command.create({"name": words, "unit_price": 0, "list_value": 100}),
        ]
        body = f"<p>English first</p><p>{words}</p><ul><li>{words}</li></ul>"
        template = self.env["bmasia.contract.template"].create(
            {
                "name": "Test",
                "section_ids": [Command.create({"name": words, "body": body})],
            }
        )
        signatory = {"side": "customer", "name": words, "title": words}
        contract = self.contract(
            self.hotel,
            line_ids=lines,
            terms=words,
            property_name=words,
            template_id=template.id,
            location_ids=[Command.create({"name": words, "service": words})],
            signatory_ids=[Command.create(signatory)],
        )
        invoice = self.issued(self.hotel, line_ids=lines[:1], note=words)
        yield self.quote(self.hotel, line_ids=lines, note=words, terms=words)
        yield contract
        yield invoice
        yield self.receipt(invoice)

    def test_right_to_left_is_laid_out_from_the_right_wherever_people_write(self):
        for document in self.documents(ARABIC):
            document._assign_number()
            text = extracted(document._render_pdf(), "-layout")
            lines = [line for line in text.splitlines() if "Hilton" in line]
            self.assertGreaterEqual(len(lines), 3, document)
            for line in lines:
                for name in line.split("Hilton")[1:]:
                    # seen from the left: 5, the last word, Hilton, the first word
                    with self.subTest(document._name, line=line):
                        self.assertIn("مطعم", name)

    def test_words_are_copied_as_they_were_typed(self):
        for document in self.documents(f"{THAI} {EMOJI}"):
            document._assign_number()
            text = extracted(document._render_pdf())
            for word in (THAI + " " + EMOJI).split():
                with self.subTest(document._name, word=word):
                    self.assertGreaterEqual(text.count(word), 3)

    def wizard(self, quote):
        return self.env["document.send.wizard"].browse(quote.action_send()["res_id"])

    def test_the_send_wizard_says_what_prints_as_a_box(self):
        quote = self.quote(self.hotel, note="Sign \ue000 and \uf8ff here")
        warning = self.wizard(quote).print_warning
        self.assertIn("\ue000 (U+E000)", warning)
        self.assertIn("U+F8FF", warning)
        self.assertFalse(self.wizard(self.quote(self.hotel, note=EMOJI)).print_warning)
