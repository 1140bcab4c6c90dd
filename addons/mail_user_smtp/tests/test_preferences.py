from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import PASSWORD, AccountCase
from .mailbox import TLS

PREFERENCES = "base.view_users_form_simple_modif"


@tagged("post_install", "-at_install")
class TestPreferences(AccountCase):
    def stored_password(self, user):
        server = user._smtp_server()
        return server._fields["smtp_pass"].reveal__(server)

    def test_somebody_without_account_sees_so(self):
        own = self.alice.with_user(self.alice)
        self.assertEqual(own.smtp_state, "none")
        self.assertFalse(own.smtp_host)
        self.assertFalse(own.smtp_password_set)

    def test_choosing_a_provider_leaves_one_thing_to_type(self):
        own = self.alice.with_user(self.alice)
        with Form(own, view=PREFERENCES) as form:
            form.smtp_preset = "gmail"
            self.assertEqual(form.smtp_host, "smtp.gmail.com")
            self.assertEqual(form.smtp_port, 587)
            self.assertEqual(form.smtp_security, "starttls")
            self.assertEqual(form.smtp_email, "alice@example.com")
            self.assertEqual(form.smtp_login, "alice@example.com")
            form.smtp_password = "abcd efgh ijkl mnop"
        self.assertEqual(own.smtp_state, "untested")
        self.assertEqual(own.smtp_preset, "gmail")
        self.assertTrue(own.smtp_password_set)
        self.assertFalse(own.smtp_password)
        self.assertEqual(self.stored_password(own), "abcdefghijklmnop")

    def test_the_form_says_when_the_password_has_to_be_typed_again(self):
        server = self.start_server()
        own = self.give_account(self.alice, server)
        changes = {
            "smtp_host": "mail.example.com",
            "smtp_port": 2525,
            "smtp_security": "tls",
            "smtp_login": "other@example.com",
            "smtp_email": "other@example.com",  # the login is the address
            "smtp_preset": "zoho",
        }
        for name, value in changes.items():
            with self.subTest(name=name):
                form = Form(own, view=PREFERENCES)
                self.assertTrue(form.smtp_password_set)
                form[name] = value
                self.assertFalse(form.smtp_password_set)
        with Form(own, view=PREFERENCES) as form:
            form.smtp_port = 2525
            form.smtp_port = server.port
            self.assertTrue(form.smtp_password_set)
            form.smtp_host = "LOCALHOST."
            self.assertTrue(form.smtp_password_set)
        self.assertEqual(self.stored_password(own), PASSWORD)

    def test_the_forms_of_servers_say_so_too(self):
        relay = self.env["ir.mail_server"].create(
            {
                "name": "Relay",
                "smtp_host": "a.example.com",
                "smtp_user": "a",
                "smtp_pass": "p",
            }
        )
        inbox = self.env["fetchmail.server"].create(
            {
                "name": "Inbox",
                "server": "a.example.com",
                "port": 993,
                "user": "a",
                "password": "p",
            }
        )
        for record, host, told in (
            (relay, "smtp_host", "smtp_pass_set"),
            (inbox, "server", "password_set"),
        ):
            with self.subTest(record=record):
                form = Form(record)
                self.assertTrue(form[told])
                form[host] = "b.example.com"
                self.assertFalse(form[told])
                form[host] = "A.example.com"
                self.assertTrue(form[told])

    def test_programs_that_send_nonsense_are_told_so(self):
        own = self.give_account(self.alice, self.start_server())
        nonsense = {
            "smtp_password": [["hunter2"], {"a": 1}, 1234],
            "smtp_host": [["localhost"], 1],
            "smtp_email": [["alice@example.com"], 1],
            "smtp_login": [("alice",)],
            "smtp_port": [["587"], "x", 5.5],
            "smtp_security": ["none", ["tls"]],
            "smtp_preset": ["nobody", ["gmail"]],
        }
        for name, values in nonsense.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    with self.assertRaises(ValidationError) as refused:
                        own.write({name: value})
                    self.assertIn("cannot have this value", str(refused.exception))
                    self.assertNotIn("hunter2", str(refused.exception))
        self.assertEqual(own.smtp_state, "ok")
        self.assertEqual(self.stored_password(own), PASSWORD)
        own.smtp_port = "587"
        self.assertEqual(own.smtp_port, 587)

    def test_every_provider_fills_in_its_server(self):
        expected = {
            "gmail": ("smtp.gmail.com", 587, "starttls"),
            "microsoft": ("smtp.office365.com", 587, "starttls"),
            "zoho": ("smtp.zoho.com", 465, "tls"),
            "yahoo": ("smtp.mail.yahoo.com", 465, "tls"),
            "icloud": ("smtp.mail.me.com", 587, "starttls"),
        }
        own = self.alice.with_user(self.alice)
        for preset, (host, port, security) in expected.items():
            with self.subTest(preset=preset):
                own.write({"smtp_preset": preset, "smtp_password": "secret"})
                self.assertEqual(
                    (own.smtp_preset, own.smtp_host, own.smtp_port, own.smtp_security),
                    (preset, host, port, security),
                )

    def test_another_server_is_typed(self):
        own = self.alice.with_user(self.alice)
        with Form(own, view=PREFERENCES) as form:
            form.smtp_preset = "gmail"
            form.smtp_preset = "other"
            self.assertFalse(form.smtp_host)
            form.smtp_host = " Mail.Example.com "
            form.smtp_security = "tls"
            self.assertEqual(form.smtp_port, 465)
            form.smtp_password = "abcd efgh ijkl mnop"
        self.assertEqual(own.smtp_preset, "other")
        self.assertEqual(own.smtp_host, "Mail.Example.com")
        self.assertEqual(self.stored_password(own), "abcd efgh ijkl mnop")

    def test_saving_without_touching_the_password_keeps_it(self):
        own = self.give_account(self.alice, self.start_server())
        with Form(own, view=PREFERENCES) as form:
            form.signature = "<p>Alice</p>"
        own.write({"smtp_password": ""})
        own.write({"smtp_password": False, "name": "Alice Liddell"})
        self.assertEqual(self.stored_password(own), PASSWORD)
        self.assertEqual(own.smtp_state, "ok")

    def test_what_changes_the_account_makes_it_untested(self):
        server = self.start_server()
        for change in (
            {"smtp_host": "127.0.0.1"},
            {"smtp_port": 587},
            {"smtp_security": TLS},
            {"smtp_login": "alice.liddell"},
            {"smtp_email": "liddell@example.com"},
            {"smtp_password": "another"},
        ):
            with self.subTest(change=change):
                own = self._working_account(server)
                self.allow("localhost,127.0.0.1")
                own.write(change)
                self.assertEqual(own.smtp_state, "untested")
                self.assertFalse(own.smtp_checked_at)
                self.assertFalse(own.smtp_error)

    def _working_account(self, server):
        self.alice.sudo().action_clear_smtp()
        return self.give_account(self.alice, server)

    def test_what_changes_nothing_keeps_it_tested(self):
        server = self.start_server()
        own = self.give_account(self.alice, server)
        own.write({"smtp_host": "localhost", "smtp_port": server.port, "lang": "en_US"})
        self.assertEqual(own.smtp_state, "ok")

    def test_a_corrected_password_counts_at_once(self):
        server = self.start_server()
        own = self.set_account(self.alice, server, smtp_password="wrong")
        own.action_test_smtp()
        self.assertEqual(own.smtp_state, "error")
        own.smtp_password = PASSWORD
        self.assertEqual(own.smtp_state, "untested")
        own.action_test_smtp()
        self.assertEqual(own.smtp_state, "ok")
        self.assertFalse(own.smtp_error)

    def test_the_login_is_the_address_unless_typed(self):
        server = self.start_server()
        own = self.set_account(self.alice, server)
        self.assertEqual(own.smtp_login, "alice@example.com")
        own.smtp_email = "Liddell@Example.com"
        self.assertEqual(own.smtp_email, "liddell@example.com")
        self.assertEqual(own.smtp_login, "liddell@example.com")
        own.smtp_login = "ali"
        own.smtp_email = "alice@example.com"
        self.assertEqual(own.smtp_login, "ali")

    def test_forgetting_the_account(self):
        own = self.give_account(self.alice, self.start_server())
        self.assertIs(own.action_clear_smtp(), True)
        self.assertEqual(own.smtp_state, "none")
        self.assertFalse(own.smtp_password_set)
        self.assertFalse(self.alice.smtp_server_ids)

    def test_bad_input_is_refused_in_words(self):
        own = self.set_account(self.alice, self.start_server())
        for values, says in (
            ({"smtp_host": "10.0.0.1"}, "inside this server's own network"),
            ({"smtp_host": "http://mail.example.com"}, "not the name of a mail server"),
            ({"smtp_port": 22}, "Port 22 is not a port for mail"),
            ({"smtp_email": "nonsense"}, "not an e-mail address"),
            ({"smtp_email": "bob@example.com"}, "Bob's"),
            ({"smtp_email": "a@example.com, b@example.com"}, "not an e-mail address"),
        ):
            with self.subTest(values=values):
                with self.assertRaises(ValidationError) as refused:
                    own.write(values)
                self.assertIn(says, str(refused.exception))
                self.env.invalidate_all()
                self.assertEqual(own.smtp_email, "alice@example.com")

    def test_an_account_needs_a_server_and_a_password_to_be_tested(self):
        own = self.alice.with_user(self.alice)
        with self.assertRaises(UserError):
            own.action_test_smtp()
        with self.assertRaises(UserError):
            own.write({"smtp_password": PASSWORD})
        own.write({"smtp_preset": "gmail"})
        with self.assertRaises(UserError) as refused:
            own.action_test_smtp()
        self.assertIn("password", str(refused.exception))

    def test_the_answer_of_a_test_is_a_notification(self):
        own = self.set_account(self.alice, self.start_server(), smtp_password="wrong")
        params = own.action_test_smtp()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("refused the log-in", params["message"])
        self.assertNotIn("wrong", params["message"])

    def test_a_portal_user_has_no_mailbox(self):
        portal = self.make_user("portia", "base.group_portal")
        own = portal.with_user(portal)
        self.assertFalse(own.read(["smtp_host", "smtp_state"])[0]["smtp_host"])
        with self.assertRaises(AccessError):
            own.write({"smtp_preset": "gmail", "smtp_password": PASSWORD})
        with self.assertRaises(AccessError):
            own.action_test_smtp()

    def test_the_button_opens_the_own_mailbox(self):
        action = self.bob.with_user(self.alice).action_open_mail_account()
        self.assertEqual(action["res_id"], self.alice.id)
        view_id = action["views"][0][0]
        own = self.alice.with_user(self.alice)
        with Form(own, view=self.env["ir.ui.view"].browse(view_id)) as form:
            form.smtp_preset = "gmail"
            form.smtp_password = "secret"
        self.assertEqual(own.smtp_state, "untested")

    def test_two_presets_in_a_row_do_not_mix(self):
        own = self.alice.with_user(self.alice)
        own.write({"smtp_preset": "zoho", "smtp_password": "secret"})
        own.write({"smtp_preset": "gmail"})
        self.assertEqual((own.smtp_host, own.smtp_port), ("smtp.gmail.com", 587))
        self.assertEqual(own.smtp_security, "starttls")
