"""What a letter says and weighs: names that look like variables, subjects, sizes, file
names.
"""

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.document_flow.tools.letter import encoded_size
from odoo.addons.mail_delivery.tools.file_names import GRAPHEMES

from .common import CrmCase, SendingCase

TO = "somchai@example.com"
LIKE_VARIABLES = [
    "{{x}} Bar",
    "{% if %} Bar",
    "${1} Bar",
    "⟦x⟧ Bar",
    '<t t-out="x"> Bar',
]
MEGABYTE = 1024 * 1024


@tagged("post_install", "-at_install")
class TestNamesLikeVariables(SendingCase):
    def test_a_name_blocks_no_mail(self):
        for name in LIKE_VARIABLES:
            with self.subTest(name):
                self.server.messages.clear()
                self.hilton.name = name
                self.hilton.legal_name = f"{name} Ltd"
                self.somchai.name = f"Somchai {name}"
                quote = self.quote()
                self.assertEqual(quote.send_email()["status"], "sent")
                (received,) = self.server.messages
                self.assertIn(name, str(received.message["Subject"]))
                wizard = self.env["document.send.wizard"].with_user(self.nikki)
                action = self.quote().action_send()
                wizard.browse(action["res_id"]).action_send()
                self.assertEqual(len(self.server.messages), 2)

    def test_what_was_left_in_a_text_still_blocks(self):
        self.hilton.name = "{{x}} Bar"
        for words in ("{{x}}", "{{ object.name }}", "for {{x}} Bar and {{y}}"):
            if words == "{{x}}":
                continue
            with self.subTest(words), self.assertRaisesRegex(UserError, "variable"):
                self.quote().send_email(subject=words)


@tagged("post_install", "-at_install")
class TestSubjects(SendingCase):
    def test_blanks_stay_as_typed(self):
        for typed, expected in (
            ("Two  blanks –  20", "Two  blanks –  20"),
            ("  around  ", "around"),
            ("two\nlines", "two lines"),
            ("ใบเสนอราคา  🎵 " * 38, ("ใบเสนอราคา  🎵 " * 38).strip()),
        ):
            self.quote().send_email(subject=typed)
            message = self.server.messages[-1].message
            self.assertEqual(str(message["Subject"]), expected)

    def test_a_second_mail_about_a_document_belongs_to_the_first(self):
        quote = self.quote()
        quote.send_email()
        quote.send_email(subject="Once more")
        first, second = (received.message for received in self.server.messages)
        self.assertEqual(second["In-Reply-To"], first["Message-ID"])
        self.assertEqual(second["References"], first["Message-ID"])

    def test_the_text_part_reads_as_a_letter(self):
        self.quote().send_email()
        text = self.server.messages[0].message.get_body(("plain",)).get_content()
        text = text.replace("\r\n", "\n")
        self.assertIn("Dear Somchai,\n\n", text)
        self.assertRegex(text, r"\n\nKind regards")
        sentence = next(line for line in text.split("\n") if "including" in line)
        self.assertRegex(sentence, r"\.$")


@tagged("post_install", "-at_install")
class TestThaiGreeting(CrmCase):
    def test_names_stand_apart(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.somchai.name, self.anong.name = "ธนากร วงศ์ไพศาล", "Accounts Payable"
        quote = self.quote(lang="th_TH")
        self.assertEqual(
            quote._greeting_of([TO, "anong@example.com"]),
            "ธนากร วงศ์ไพศาล และ Accounts Payable",
        )


@tagged("post_install", "-at_install")
class TestSizes(SendingCase):
    def file(self, size):
        return (
            self.env["ir.attachment"]
            .with_user(self.nikki)
            .create({"name": "big.bin", "raw": b"\x01" * size})
        )

    def test_what_is_too_large_is_refused_before_a_number_is_given(self):
        quote = self.quote()
        big = self.file(20 * MEGABYTE)
        with self.assertRaisesRegex(UserError, "27.3. Mb.*25.00 Mb"):
            quote.send_email(attachment_ids=big.ids)
        self.assertFalse(quote.name or quote.delivery_ids or self.server.messages)

    def test_the_servers_own_limit_counts_once_it_is_known(self):
        self.quote().send_email()
        server = self.nikki.with_user(self.nikki)._smtp_server().sudo()
        self.assertEqual(server.announced_size, 30_000_000)
        big = self.file(20 * MEGABYTE)
        self.assertEqual(
            self.quote().send_email(attachment_ids=big.ids)["status"], "sent"
        )
        received = self.server.messages[-1]
        self.assertEqual(len(received.attachments["big.bin"]), 20 * MEGABYTE)

    def test_the_wizard_shows_what_leaves_and_what_the_server_takes(self):
        action = self.quote().action_send()
        wizard = self.env[action["res_model"]].with_user(self.nikki)
        wizard = wizard.browse(action["res_id"])
        self.assertRegex(wizard.size_note, r"^[\d.]+ Kb of at most 25.00 Mb$")
        wizard.attachment_ids = self.file(20 * MEGABYTE)
        self.assertRegex(
            wizard.size_note, r"^Too large: 27.\d+ Mb of at most 25.00 Mb$"
        )

    def test_the_size_is_that_of_the_bytes_on_the_wire(self):
        quote = self.quote()
        quote.send_email(attachment_ids=self.file(MEGABYTE).ids)
        received = self.server.messages[-1]
        sizes = [len(content) for content in received.attachments.values()]
        estimated = encoded_size(sizes, quote._prepare_mail()["body"])
        self.assertLess(abs(estimated - len(received.content)), 8192)


@tagged("post_install", "-at_install")
class TestFileNames(CrmCase, HttpCase):
    def test_a_long_name_is_cut_between_signs_and_keeps_number_and_ending(self):
        for sign in ("ห้อ", "น้ำ", "👨\u200d👩\u200d👧", "é", "字"):
            with self.subTest(sign):
                self.hilton.legal_name = self.hilton.name = "AB" + sign * 60
                quote = self.quote()
                quote.action_mark_sent()
                name = quote._pdf_filename()
                self.assertLessEqual(len(name.encode()), 255)
                self.assertTrue(name.startswith(f"{quote.name} AB"))
                self.assertTrue(name.endswith(".pdf"))
                signs = GRAPHEMES.findall(f"AB{sign * 60}")
                kept = GRAPHEMES.findall(name.removeprefix(f"{quote.name} ")[:-4])
                self.assertEqual(kept, signs[: len(kept)])

    def test_a_download_is_called_the_same(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "ใบเสนอราคา" * 40 + ".pdf", "raw": b"%PDF-", "public": True}
        )
        self.env.flush_all()
        answer = self.url_open(f"/web/content/{attachment.id}?download=true")
        self.assertEqual(answer.status_code, 200)
        header = answer.headers["Content-Disposition"]
        quoted = header.rpartition("UTF-8''")[2]
        self.assertLessEqual(quoted.count("%") + quoted.count(".pdf"), 256)
        self.assertTrue(header.isascii())
        self.assertTrue(quoted.endswith(".pdf"))
