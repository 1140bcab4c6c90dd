"""What somebody with a link, or without one, tries on the page."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.document_flow.controllers.link import TOGETHER

from .answering import AnswerCase

POSTS = ("/code", "/decline", "/again", "/answer", "/extend")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@tagged("post_install", "-at_install")
class TestAttacks(AnswerCase):
    def test_a_guessed_code(self):
        asked = self.ask()
        wrong = f"{(int(self.mailed_code()) + 1) % 10**6:06d}"
        page = self.confirm(asked, wrong)
        self.assertEqual(page.status, 422)
        self.assertIn("not the code", page.alert())
        self.assertTrue(page.has("code"))
        self.assert_untouched()
        self.assertEqual(self.kinds()[-1], "code_wrong")

    def test_the_sixth_try(self):
        asked = self.ask()
        right = self.mailed_code()
        wrong = f"{(int(right) + 1) % 10**6:06d}"
        for _time in range(5):
            self.assertIn("not the code", self.confirm(asked, wrong).alert())
        for _time in range(2):
            self.assertIn("no longer valid", self.confirm(asked, right).alert())
        self.assert_untouched()

    def test_the_code_of_another_link(self):
        other = self.new_key(self.document, recipients="anong@example.com")
        asked = self.ask()
        form = {"ticket": self.ticket(asked), "code": self.mailed_code()}
        page = self.post("/answer", key=other, **form)
        self.assertIn("out of date", page.alert())
        self.assert_untouched()

    def test_the_code_of_another_document(self):
        second = self.sent_quote()
        key = self.new_key(second, recipients="somchai@example.com")
        self.ask(key=key)
        code = self.mailed_code()
        asked = self.ask()
        self.assertIn("not the code", self.confirm(asked, code).alert())
        self.assert_untouched()
        self.assertEqual(second.state, "sent")

    def test_another_contact_s_code(self):
        addresses = self.open().tree.xpath("//select[@name='address']/option/@value")
        self.ask(address=addresses[1])
        hers = self.mailed_code("anong@example.com")
        mine = self.ask()
        self.assertIn("not the code", self.confirm(mine, hers).alert())
        self.assert_untouched()

    def test_an_address_that_somebody_types(self):
        for address in ("evil@example.com", "", "0" * 16, EVIL):
            page = self.ask(address=address)
            self.assertIn("Choose one of the e-mail addresses", page.alert())
        self.assertFalse(self.env["document.code"].search([]))

    def test_the_choice_of_another_link_is_no_choice_here(self):
        other = self.new_key(self.document, recipients="somchai@example.com")
        foreign = self.open(key=other).value("address")
        self.assertIn("Choose one", self.ask(address=foreign).alert())

    def test_getting_what_is_to_be_posted(self):
        asked = self.ask()
        query = f"?ticket={self.ticket(asked)}&code={self.mailed_code()}"
        before = self.kinds()
        for path in POSTS:
            with self.subTest(path):
                self.assertEqual(self.open(f"{path}{query}").status, 405)
        self.open(f"/confirm{query}")
        self.assert_untouched()
        self.assertEqual(self.kinds(), before)

    def test_our_own_look_answers_nothing(self):
        key = self.new_key(self.document, "preview")
        page = self.ask(key=key)
        self.assertIn("Only the customer answers", page.alert())
        mine = self.ask()
        form = {"ticket": self.ticket(mine), "code": self.mailed_code()}
        self.post("/answer", key=key, **form)
        self.post("/again", key=key, **form)
        self.assert_untouched()
        self.assertEqual(len(self.env["document.code"].search([])), 1)

    def test_a_link_that_is_over(self):
        asked = self.ask()
        form = {"ticket": self.ticket(asked), "code": self.mailed_code()}
        days = self.document._link_last_day() + timedelta(days=2)
        with freeze_time(days):
            for path in POSTS:
                self.assertEqual(self.post(path, **form).status, 410)
        self.link().sudo().called_back = fields.Datetime.now()
        for path in POSTS:
            self.assertEqual(self.post(path, **form).status, 410)
        self.assert_untouched()

    def test_a_contact_who_is_archived_in_between(self):
        self.assertEqual(self.document.partner_id, self.somchai)
        addresses = self.open().tree.xpath("//select[@name='address']/option/@value")
        asked = self.ask(address=addresses[1])
        code = self.mailed_code("anong@example.com")
        self.anong.active = False
        page = self.confirm(asked, code)
        self.assertIn("Choose one of the e-mail addresses", page.alert())
        self.assertEqual(page.value("full_name"), "Somchai P.")
        self.assert_untouched()

    def test_a_document_that_changes_before_the_code(self):
        page = self.open()
        self.print_again()
        form = {name: page.value(name) for name in ("sha256", "address")}
        page = self.post("/code", full_name="Somchai P.", **form)
        self.assertIn("has changed", page.alert())
        self.assertEqual(
            page.value("sha256"), self.document._kept_pdf().document_sha256
        )
        self.assertEqual(page.value("full_name"), "Somchai P.")
        self.assertFalse(self.env["document.code"].search([]))

    def test_a_document_that_changes_before_the_answer(self):
        asked = self.ask()
        self.print_again()
        page = self.confirm(asked)
        self.assertIn("has changed", page.alert())
        self.assertEqual(page.value("full_name"), "Somchai P.")
        self.assert_untouched()

    def print_again(self):
        """Another file is what the page serves now."""
        old = self.document.archive_ids
        new = old.sudo().copy({"raw": b"%PDF other", "document_sha256": "0" * 64})
        self.document.sudo().archive_ids |= new

    def test_a_file_that_was_exchanged_on_the_disk(self):
        asked = self.ask()
        self.env.cr.execute(
            "UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s",
            (b"%PDF forged", self.document.archive_ids.id),
        )
        page = self.confirm(asked)
        self.assertIn("not as it was sent", page.alert())
        self.assert_untouched()

    def test_a_document_that_ends_in_between(self):
        asked = self.ask()
        self.document.action_reject("by telephone")
        page = self.confirm(asked)
        self.assertIn("waits for no answer", page.alert())
        self.assertFalse(self.acceptances())

    def test_a_quote_whose_last_day_ends_in_between(self):
        asked = self.ask()
        code = self.mailed_code()
        self.link().sudo().fixed_end = self.document._today()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_quote SET date = '2020-01-01', valid_until = '2020-01-02'"
            " WHERE id = %s",
            (self.document.id,),
        )
        self.assertIn("waits for no answer", self.confirm(asked, code).alert())
        self.assertFalse(self.acceptances())

    def test_the_second_of_two_reads_who_was_first(self):
        mine = self.ask()
        addresses = self.open().tree.xpath("//select[@name='address']/option/@value")
        hers = self.ask(address=addresses[1], full_name="Anong K.")
        code = self.mailed_code("anong@example.com")
        self.confirm(mine)
        page = self.confirm(hers, code)
        self.assertIn("Somchai P. has answered already", page.alert())
        self.assertEqual(len(self.acceptances()), 1)

    def test_texts_are_texts(self):
        self.confirm(self.ask("/decline", full_name=EVIL[:80], reason=EVIL))
        self.assertEqual(self.document.reject_reason, EVIL)
        page = self.open()
        self.assertFalse(page.tree.xpath("//script[not(@src)]"))
        self.assertFalse(page.tree.xpath("//*[@onerror]"))
        bodies = self.document.message_ids.mapped("body")
        bodies += self.env["mail.mail"].search([]).mapped("body_html")
        for body in bodies:
            self.assertNotIn("<script", str(body))
            self.assertNotIn("<img src", str(body))
        for note in self.document.activity_ids.mapped("note"):
            self.assertNotIn("<script", str(note))
        faulty = self.ask_again_faulty()
        self.assertFalse(faulty.tree.xpath("//script[not(@src)] | //*[@onerror]"))

    def ask_again_faulty(self):
        other = self.sent_quote()
        key = self.new_key(other)
        return self.ask("/decline", key=key, full_name=EVIL, address="x", reason=EVIL)

    def test_too_much_of_everything(self):
        page = self.ask(full_name="x" * 81)
        self.assertIn("at most 80 letters", page.alert())
        page = self.ask("/decline", reason="x" * 2001)
        self.assertIn("at most 2000 letters", page.alert())
        for letters, status in ((50_000, 422), (500_000, 413)):
            answer = self.url_open(
                f"/d/{self.key}/code", data={"full_name": "x" * letters}
            )
            self.assertEqual(answer.status_code, status)
        asked = self.ask()
        self.confirm(asked, "1" * 100_000)
        self.post("/answer", ticket="x" * 100_000, code="1")
        self.assert_untouched()

    def test_forms_with_nothing_or_nonsense_in_them(self):
        for path in POSTS:
            for form in ({}, {"ticket": "\x00"}, {"sha256": "ก", "address": "\ud800"}):
                with self.subTest(path=path, form=form):
                    safe = {k: v.encode("utf-8", "replace") for k, v in form.items()}
                    self.assertLess(self.post(path, **safe).status, 500)
        self.assert_untouched()

    def test_one_link_is_not_tried_without_end(self):
        self.tries["answer", str(self.link().id)] = 100 * TOGETHER
        self.assertIn("Too many attempts", self.ask().alert())
