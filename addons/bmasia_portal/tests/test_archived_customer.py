"""Signatures that are asked for of a customer who was archived."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .signing import SigningCase

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"


@tagged("post_install", "-at_install")
class TestArchivedCustomer(SigningCase):
    """Their links open nothing: nobody writes to them, and a colleague learns it."""

    TITLE = "Signatures of {} wait"

    def test_nobody_is_reminded(self):
        self.ask_signatures()
        key = self.key_of(ANONG)
        before = self.mails_to(ANONG)
        self.hilton.active = False
        self.signing().signer_ids.write({"asked_date": "2020-01-01 00:00:00"})
        self.signing()._cron_follow_up()
        with self.assertRaisesRegex(UserError, "Hilton Pattaya is archived"):
            self.document.with_user(self.nikki).action_remind_signers()
        self.assertEqual(self.mails_to(ANONG), before)
        self.assertEqual(self.open(key=key).status, 410)
        self.assertFalse(self.signer("Anong").reminded_date)
        self.hilton.active = True
        self.document.with_user(self.nikki).action_remind_signers()
        self.assertEqual(len(self.mails_to(ANONG)), len(before) + 1)

    def test_one_of_us_who_signs_last_is(self):
        self.ask_signatures()
        self.sign(SOMCHAI)
        self.sign(ANONG)
        self.hilton.active = False
        self.signing().signer_ids.write({"asked_date": "2020-01-01 00:00:00"})
        self.document.with_user(self.nikki).action_remind_signers()
        self.assertTrue(self.signer("Norbert").reminded_date)

    def test_nobody_is_asked(self):
        self.hilton.active = False
        for document in (self.document, self.contract(user_id=self.nikki.id)):
            state = document.state
            with self.subTest(state):
                with self.assertRaisesRegex(UserError, "Restore the customer"):
                    document.with_user(self.nikki).action_ask_signatures()
                self.assertEqual(document.state, state)

    def test_whose_turn_comes_is_not_asked_and_a_colleague_learns_it(self):
        self.ask_signatures(in_order=True)
        self.sign(SOMCHAI)
        before = self.mails_to(ANONG)
        self.hilton.active = False
        anong = self.signer("Anong")
        anong._remind()
        self.assertTrue(anong.is_not_mailed)
        self.assertEqual(self.mails_to(ANONG), before)
        title = self.TITLE.format(self.document.name)
        [todo] = self.document.activity_ids.filtered(lambda a: a.summary == title)
        self.assertEqual(todo.user_id, self.nikki)
        self.assertIn("Anong got no e-mail", todo.note)

    def test_nobody_is_told_of_the_end(self):
        self.ask_signatures()
        self.sign(SOMCHAI)
        self.hilton.active = False
        before = self.mails_to("@example.com")
        self.document.with_user(self.nikki).action_void_signing()
        told = self.mails_to("@example.com") - before
        self.assertFalse(told & (self.mails_to(SOMCHAI) | self.mails_to(ANONG)))
