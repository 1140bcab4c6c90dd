"""A quote's page follows the quote: its revisions, and what our people note."""

from odoo.tests import tagged

from .answering import AnswerCase


@tagged("post_install", "-at_install")
class TestQuotes(AnswerCase):
    def revised(self, quote=None):
        """The next revision, sent."""
        quote = quote or self.document
        revision = self.env["bmasia.quote"].browse(quote.action_revise()["res_id"])
        revision = revision.with_user(self.nikki)
        revision.action_mark_sent()
        return revision

    def test_the_newest_revision_is_shown_and_accepted(self):
        newest = self.revised(self.revised())
        page = self.open()
        self.assertIn(newest.name, page.text)
        self.assertIn(f"This replaces {self.document.name}", page.text)
        self.accept()
        self.assertEqual(newest.state, "accepted")
        self.assertEqual(self.document.state, "superseded")
        self.assertEqual(self.acceptances(newest).document_name, newest.name)

    def test_so_it_is_to_who_stays_when_the_addressee_has_left(self):
        key = self.new_key(self.document, recipients="anong@example.com")
        newest = self.revised()
        self.somchai.active = False
        self.assertIn(newest.name, self.open(key=key).text)

    def test_a_draft_revision_is_not_shown(self):
        self.document.action_revise()
        page = self.open()
        self.assertIn(self.document.name, page.text)
        self.assertTrue(page.has("full_name"))

    def test_a_revision_for_another_customer_is_not_shown(self):
        revision = self.env["bmasia.quote"].browse(
            self.document.action_revise()["res_id"]
        )
        other = self.make_company("Competitor", country="base.th")
        revision.with_user(self.nikki).customer_id = other
        revision.with_user(self.nikki).action_mark_sent()
        self.assertEqual(self.document.state, "superseded")
        page = self.open()
        self.assertNotIn(revision.name, page.text)
        self.assertFalse(page.panel())

    def test_a_form_of_the_old_one_accepts_nothing(self):
        asked = self.ask()
        code = self.mailed_code()
        revision = self.revised()
        page = self.confirm(asked, code)
        self.assertIn("out of date", page.alert())
        self.assertIn(revision.name, page.text)
        self.assertEqual(revision.state, "sent")

    def test_what_our_people_noted_is_no_answer_of_the_page(self):
        self.document.action_accept()
        page = self.open()
        self.assertEqual(page.panel(), "")

    def test_a_quote_that_is_reopened_waits_again(self):
        self.decline()
        self.document.with_user(self.norbert).action_reopen("they called")
        self.assertTrue(self.open().has("full_name"))
        self.accept()
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(
            self.acceptances().sorted("id").mapped("answer"), ["declined", "accepted"]
        )
        self.assertIn("Accepted", self.open().panel())

    def test_an_answer_that_comes_by_telephone_later_is_nobody_s_of_the_page(self):
        quote = self.document.with_user(self.norbert)
        for answer, again in (
            (self.accept, quote.action_accept),
            (self.decline, lambda: quote.action_reject("They called")),
        ):
            answer()
            self.assertIn("Somchai P.", self.open().panel())
            quote.action_reopen("They called")
            self.assertFalse(quote.answer_id)
            again()
            with self.subTest(quote.state):
                self.assertEqual(self.open().panel(), "")
            quote.action_reopen("once more")
        self.assertEqual(len(self.acceptances()), 2, "evidence stays")

    def test_other_kinds_have_no_form(self):
        contract = self.contract()
        contract.action_mark_sent()
        key = self.new_key(contract)
        self.assertFalse(self.open(key=key).has("full_name"))
        for path in ("/code", "/decline", "/again", "/answer"):
            page = self.post(path, key=key, sha256="x", full_name="Somchai")
            self.assertIn(page.status, (404, 422))
        self.assertEqual(self.post("/extend", key=key).status, 404)
        self.assertEqual(contract.state, "sent")
