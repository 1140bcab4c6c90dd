"""A customer accepts or declines where they read."""

import hashlib

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from odoo.addons.document_sign.tools.wishes import Wish

from .answering import AnswerCase


@tagged("post_install", "-at_install")
class TestAnswers(AnswerCase):
    def test_name_accept_code_confirm(self):
        asked = self.ask()
        self.assertIn("s…i@example.com", asked.panel())
        self.assertIn(self.document.archive_ids.document_sha256, asked.panel())
        done = self.confirm(asked)
        self.assertIn("We have your acceptance", done.text)
        self.assertIn("Somchai P.", done.panel())
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(self.document.accepted_date, self.document._today())

    def test_the_answer_is_kept_as_evidence(self):
        self.accept()
        kept = self.acceptances()
        file = self.document.archive_ids
        self.assertEqual(kept.file_id, file)
        self.assertEqual(kept.sha256, hashlib.sha256(file.raw).hexdigest())
        for said in (kept.sha256, self.document.name, "THB 14,980.00"):
            self.assertIn(said, kept.sentence)
        self.assertEqual(kept.name, "Somchai P.")
        self.assertEqual(kept.address, "somchai@example.com")
        self.assertEqual(kept.answer, "accepted")
        self.assertTrue(kept.remote_address and kept.agent)
        self.assertIn("+07:00 (Asia/Bangkok)", kept.local_moment)
        self.assertEqual(kept.link_id, self.link())
        self.assertEqual(kept.company_id, self.thailand)
        last = self.document.event_ids[:1].sudo()
        self.assertEqual(kept.event_digest, last.digest)
        self.assertEqual(last.facts["sentence"], kept.sentence)

    def test_the_content_of_the_file_is_compared_not_its_size(self):
        quote = self.document.with_user(SUPERUSER_ID).with_context(bin_size=True)
        digest = quote._kept_pdf().document_sha256
        quote._check_still_shown(Wish("accepted", sha256=digest, name="Somchai"))
        made = self.env["document.evidence"]._file_of(1, quote, quote._kept_pdf())
        self.assertTrue(made.is_whole)

    def test_declining_needs_a_reason_and_a_code(self):
        bare = self.ask("/decline")
        self.assertIn("why you decline", bare.alert())
        self.assert_untouched()
        done = self.decline("Too dear")
        self.assertIn("Thank you for your answer", done.text)
        self.assertEqual(self.document.state, "rejected")
        self.assertEqual(self.document.reject_reason, "Too dear")
        self.assertEqual(self.acceptances().answer, "declined")
        self.assertIn("Too dear", done.panel())

    def test_who_is_responsible_learns_it(self):
        self.accept()
        title = f"{self.document.name} was accepted: Hilton Pattaya"
        activity = self.document.activity_ids.filtered(lambda a: a.summary == title)
        self.assertEqual(activity.user_id, self.nikki)
        mail = self.env["mail.mail"].search([("subject", "=", title)])
        self.assertEqual(mail.email_to, self.nikki.email_formatted)
        self.assertIn("somchai@example.com", mail.body_html)
        logged = [str(body) for body in self.document.message_ids.mapped("body")]
        self.assertTrue(any("accepted on the page" in body for body in logged))

    def test_the_customer_has_it_in_writing(self):
        told = []
        self.patch(
            self.registry["bmasia.quote"],
            "_mail_customer",
            lambda _self, *letter: told.append(letter) or True,
        )
        self.accept()
        [(to, subject, body)] = told
        self.assertEqual(len(to), 1)
        self.assertIn("somchai@example.com", to[0])
        self.assertIn(self.document.name, subject)
        for said in (self.acceptances().sha256, "Somchai P.", "+07:00"):
            self.assertIn(said, body)

    def test_what_was_typed_is_not_lost(self):
        addresses = self.open().tree.xpath("//select[@name='address']/option/@value")
        faulty = self.ask("/decline", address=addresses[1], full_name="Anong K.")
        self.assertEqual(faulty.status, 422)
        self.assertEqual(faulty.value("full_name"), "Anong K.")
        self.assertEqual(faulty.value("address"), addresses[1])
        nameless = self.ask("/decline", full_name=" ", reason="Too dear")
        self.assertEqual(nameless.value("reason"), "Too dear")
        asked = self.ask("/decline", reason="Too dear")
        change = self.open(f"/confirm?ticket={self.ticket(asked)}&change=1")
        self.assertEqual(change.value("reason"), "Too dear")
        self.assertEqual(change.value("full_name"), "Somchai P.")
        self.assertEqual(change.status, 200)

    def test_an_error_is_tied_to_its_field(self):
        page = self.ask(full_name="")
        [field] = page.tree.xpath("//*[@aria-invalid='true']")
        self.assertEqual(field.get("name"), "full_name")
        fault = page.tree.get_element_by_id(field.get("aria-describedby"))
        self.assertEqual(fault.text, "Type your name.")
        self.assertEqual(field.get("autofocus"), "autofocus")

    def test_each_field_has_a_label(self):
        for page in (self.open(), self.ask()):
            fields = page.tree.xpath(
                "//section[@id='answer']//*[self::input[not(@type='hidden')] or "
                "self::select or self::textarea]"
            )
            self.assertTrue(fields)
            for field in fields:
                labels = page.tree.xpath(f"//label[@for='{field.get('id')}']")
                self.assertTrue(labels, field.get("name"))

    def test_the_page_is_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("th_TH")
        page = self.open("?lang=th_TH")
        asked = self.post(
            "/code?lang=th_TH",
            sha256=page.value("sha256"),
            address=page.value("address"),
            full_name="สมชาย",
        )
        self.assertIn("lang=th_TH", asked.answer.url)
        self.assertEqual(asked.tree.get("lang"), "th-TH")
        faulty = self.post("/code?lang=th_TH", full_name="")
        [other] = faulty.tree.xpath("//nav/a[@lang='en-US']/@href")
        self.assertEqual(self.url_open(other).status_code, 200)

    def test_one_address_is_no_choice(self):
        self.anong.active = False
        page = self.open()
        self.assertFalse(page.tree.xpath("//select[@name='address']"))
        self.assertIn("s…i@example.com", page.panel())
        self.accept()
        self.assertEqual(self.document.state, "accepted")

    def test_without_an_address_there_is_no_form(self):
        (self.somchai | self.anong).email = False
        page = self.open()
        self.assertIn("no e-mail address on file", page.panel())
        self.assertFalse(page.has("full_name"))
