"""An account is tested as it is typed, and kept only if it works."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common import PASSWORD, AccountMixin


@tagged("post_install", "-at_install")
class TestTypedAccount(AccountMixin, TransactionCase):
    def setUp(self):
        super().setUp()
        self.mail_server = self.start_server()

    def stored_password(self, user):
        server = user.sudo().smtp_server_ids
        return server._fields["smtp_pass"].reveal__(server)

    def test_a_wrong_password_does_not_replace_the_one_that_works(self):
        own = self.give_account(self.alice, self.mail_server)
        for mail in (False, True):
            answer = own.try_smtp({"smtp_password": "wrong"}, mail)
            self.assertFalse(answer["works"])
            self.assertIn("does not work", answer["title"])
            self.assertIn("refused the log-in", answer["text"])
            self.assertEqual(own.smtp_state, "ok")
            self.assertEqual(self.stored_password(own), PASSWORD)
        self.assertTrue(own.try_smtp()["works"])

    def test_another_server_that_does_not_answer_does_not_replace_it_either(self):
        own = self.give_account(self.alice, self.mail_server)
        for typed in (
            {"smtp_host": "localhost", "smtp_port": 1, "smtp_password": PASSWORD},
            {"smtp_login": "nobody", "smtp_password": PASSWORD},
            {"smtp_email": "elsewhere@example.com", "smtp_password": "x"},
        ):
            with self.subTest(typed):
                before = own.read(["smtp_host", "smtp_port", "smtp_login"])
                try:
                    self.assertFalse(own.try_smtp(typed)["works"])
                except UserError:
                    own.invalidate_recordset()
                self.assertEqual(
                    own.read(["smtp_host", "smtp_port", "smtp_login"]), before
                )
                self.assertEqual(own.smtp_state, "ok")

    def test_what_works_is_kept(self):
        own = self.set_account(self.alice, self.mail_server, smtp_password="wrong")
        self.assertFalse(own.try_smtp()["works"])
        self.assertEqual(own.smtp_state, "error")
        self.assertTrue(own.try_smtp({"smtp_password": PASSWORD})["works"])
        self.assertEqual(own.smtp_state, "ok")
        self.assertEqual(self.stored_password(own), PASSWORD)

    def test_a_first_account_that_does_not_work_is_not_made(self):
        own = self.alice.with_user(self.alice)
        typed = {"smtp_host": "localhost", "smtp_port": self.mail_server.port}
        self.assertFalse(own.try_smtp({**typed, "smtp_password": "wrong"})["works"])
        self.assertEqual(own.smtp_state, "none")
        with self.assertRaisesRegex(UserError, "Type the password"):
            own.try_smtp(typed)
        self.assertTrue(
            own.try_smtp({**typed, "smtp_password": PASSWORD}, mail=True)["works"]
        )
        self.assertEqual(own.smtp_state, "ok")
        (received,) = self.mail_server.received
        self.assertEqual(received.recipients, ["alice@example.com"])

    def test_only_fields_of_the_account_are_written(self):
        own = self.give_account(self.alice, self.mail_server)
        own.try_smtp({"name": "Mallory", "smtp_password": PASSWORD})
        self.assertEqual(own.name, "Alice")

    def test_nobody_else_tests_it(self):
        self.give_account(self.alice, self.mail_server)
        for user in (self.bob, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.alice.with_user(user).try_smtp({"smtp_password": "guess"})
        self.assertFalse(self.mail_server.logins)
