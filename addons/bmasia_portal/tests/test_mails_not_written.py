"""Where a mail that a page speaks of is not written, page and team are told so."""

from odoo.tests import tagged

from .answering import AnswerCase
from .signing import SigningCase

SOMCHAI, ANONG, BOB = "somchai@example.com", "anong@example.com", "bob@example.com"


class NoSender:
    """Each writes from an account of their own, and Nikki has none; codes are the
    system's.
    """

    def no_sender(self):
        self.thailand.smtp_policy = "block"

    def titles(self):
        return " ".join(self.document.activity_ids.mapped("summary"))

    def logged(self):
        return " ".join(map(str, self.document.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestAnswersNotConfirmed(NoSender, AnswerCase):
    def test_an_acceptance_counts_and_the_page_says_what_is_true(self):
        self.no_sender()
        page = self.accept()
        self.assertEqual(self.document.state, "accepted")
        self.assertIn("We have your acceptance", page.text)
        self.assertIn("could not write the e-mail that confirms it", page.text)
        self.assertNotIn("by e-mail as well", page.text)
        self.assertIn("SHA-256 of the file", page.panel())
        self.assertIn(f"You accepted quote {self.document.name}", self.titles())
        self.assertIn("could not be sent: ", self.logged())

    def test_so_does_a_refusal(self):
        self.no_sender()
        page = self.decline()
        self.assertIn("could not write the e-mail that confirms it", page.text)
        self.assertIn("You declined quote", self.titles())

    def test_where_it_was_written_the_page_says_that(self):
        self.thailand.smtp_policy = "relay"
        page = self.accept()
        self.assertIn("You get it by e-mail as well", page.text)
        self.assertFalse(self.document.is_answer_unmailed)
        mails = self.env["mail.mail"].search([("email_to", "ilike", SOMCHAI)])
        self.assertTrue(any("You accepted" in (m.subject or "") for m in mails))

    def test_an_answer_that_is_taken_back_leaves_nothing_of_it(self):
        self.no_sender()
        self.accept()
        self.assertTrue(self.document.is_answer_unmailed)
        self.document.with_user(self.norbert).action_reopen("A slip")
        self.assertFalse(self.document.is_answer_unmailed)


@tagged("post_install", "-at_install")
class TestSignersNotWrittenTo(NoSender, SigningCase):
    def setUp(self):
        super().setUp()
        self.ask_signatures()

    def test_the_last_signer_is_told_that_no_mail_comes(self):
        self.sign(ANONG)
        self.sign_for_us()
        key = self.key_of(SOMCHAI)
        self.no_sender()
        page = self.sign(SOMCHAI, key=key)
        self.assertEqual(self.document.state, "active")
        self.assertIn("could not write you an e-mail about it", page.text)
        self.assertNotIn("you get the signed file", page.text)
        self.assertIn("Signed by all", self.titles())

    def test_the_last_signer_is_told_that_one_comes(self):
        self.sign(ANONG)
        self.sign_for_us()
        page = self.sign(SOMCHAI)
        self.assertIn("You get an e-mail about it", page.text)

    def test_a_colleague_who_was_not_written_to(self):
        key = self.key_of(SOMCHAI)
        form = {"to_name": "Bob B.", "to_address": BOB}
        asked = self.want(key, "/sign/delegate", **form)
        self.no_sender()
        page = self.prove(asked, SOMCHAI, key)
        self.assertIn("could not write to your colleague yet", page.text)
        self.assertNotIn("gets an e-mail", page.text)
        self.assertTrue(self.signer("Bob B.").is_not_mailed)
        self.assertIn("Please sign", self.titles())
