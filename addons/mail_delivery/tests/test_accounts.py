from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase

POM = "pom@other.example.com"


@tagged("post_install", "-at_install")
class TestAccounts(DeliveryCase):
    def account(self, server, **values):
        return self.mail_server.copy(
            {
                "smtp_host": server.host,
                "smtp_port": server.port,
                "from_filter": POM,
                "sequence": 1,
                **values,
            }
        )

    def test_a_refused_login_is_final_and_asked_once(self):
        server = self.start_server(users={"pom": "right"})
        self.account(server, smtp_user="pom", smtp_pass="wrong")
        mails = self.make_mail(to=["a@example.com", "b@example.com"], email_from=POM)
        mails |= self.make_mail(to="c@example.com", email_from=POM)
        rows = self.send(mails)
        self.assertEqual(set(rows.mapped("state")), {"refused"})
        self.assertEqual(set(rows.mapped("reason")), {"login"})
        self.assertEqual(set(rows.mapped("smtp_code")), {535})
        self.assertEqual(server.sessions, 1)
        self.assertEqual(mails.mapped("failure_type"), ["mail_smtp", "mail_smtp"])

    def test_after_the_password_is_corrected_resend_works(self):
        server = self.start_server(users={"pom": "right"})
        account = self.account(server, smtp_user="pom", smtp_pass="wrong")
        row = self.send(to="a@example.com", email_from=POM)
        account.smtp_pass = "right"
        row.action_resend()
        self.run_queue()
        self.assertEqual(row.state, "sent")
        self.assertEqual(server.message_to("a@example.com").login, "pom")

    def test_a_broken_account_does_not_stop_another(self):
        server = self.start_server(users={"pom": "right"})
        self.account(server, smtp_user="pom", smtp_pass="wrong")
        mails = self.make_mail(to="a@example.com", email_from=POM)
        mails |= self.make_mail(to="b@example.com")
        self.assertEqual(
            self.states(self.send(mails)),
            {"a@example.com": "refused", "b@example.com": "sent"},
        )

    def test_one_login_per_batch(self):
        server = self.start_server(users={"pom": "right"})
        self.account(server, smtp_user="pom", smtp_pass="right")
        mails = self.env["mail.mail"]
        for number in range(60):
            mails |= self.make_mail(to=f"{number}@example.com", email_from=POM)
        rows = self.send(mails)
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        self.assertEqual(dict(server.logins), {"pom": 1})

    def test_a_server_that_closes_between_messages_gets_a_new_session(self):
        self.server.drop("MAIL", times=1)
        self.server.drop("RCPT", to="c@example.com", times=1)
        rows = self.send(to=[f"{name}@example.com" for name in "abcd"])
        self.assertEqual(
            self.states(rows),
            {
                "a@example.com": "deferred",
                "b@example.com": "sent",
                "c@example.com": "sent",
                "d@example.com": "sent",
            },
        )
        self.assertEqual(self.server.sessions, 3)

    def test_a_server_that_keeps_dropping_is_left_alone(self):
        self.server.drop("MAIL")
        rows = self.send(to=[f"{number}@example.com" for number in range(20)])
        self.assertEqual(set(rows.mapped("state")), {"deferred"})
        self.assertEqual(self.server.sessions, 3)

    def test_a_drop_after_the_hand_over_stops_nobody_else(self):
        self.server.drop("BODY", to="b@example.com", keep=True)
        rows = self.send(to=[f"{name}@example.com" for name in "abc"])
        self.assertEqual(
            self.states(rows),
            {
                "a@example.com": "sent",
                "b@example.com": "unknown",
                "c@example.com": "sent",
            },
        )
        self.assertEqual(set(self.server.copies().values()), {1})

    def test_settings_that_cannot_work_are_refused_in_words(self):
        self.mail_server.smtp_host = False
        self.mail_server.smtp_authentication = "cli"
        self.patch(type(self.mail_server), "_connect__", self._no_server)
        row = self.send(to="a@example.com")
        self.assertEqual((row.state, row.reason), ("refused", "settings"))
        self.assertEqual(row.error, "Missing SMTP Server")

    def _no_server(self, *_args, **_kwargs):
        raise UserError(self.env._("Missing SMTP Server"))


@tagged("post_install", "-at_install")
class TestTLS(DeliveryCase):
    def secure(self, server, **values):
        self.mail_server.write(
            {
                "smtp_host": "localhost",
                "smtp_port": server.port,
                "smtp_encryption": "starttls_strict",
                **values,
            }
        )

    def test_starttls_and_implicit_tls(self):
        for tls, encryption in (
            ("starttls", "starttls_strict"),
            ("implicit", "ssl_strict"),
        ):
            with self.subTest(tls):
                server = self.start_tls_server(tls, users={"nikki": "secret"})
                self.secure(
                    server,
                    smtp_encryption=encryption,
                    smtp_user="nikki",
                    smtp_pass="secret",
                )
                self.assertEqual(self.send(to="a@example.com").state, "sent")
                received = server.message_to("a@example.com")
                self.assertTrue(received.tls)
                self.assertEqual(received.login, "nikki")

    def assertNotSecure(self, row):
        self.assertEqual((row.state, row.reason), ("refused", "tls"))
        self.assertIn("could not be secured", row.explanation)

    def test_a_certificate_for_another_host_is_refused(self):
        server = self.start_tls_server(host="mail.elsewhere.example")
        self.secure(server)
        row = self.send(to="a@example.com")
        self.assertNotSecure(row)
        self.assertEqual(server.messages, [])

    def test_a_certificate_that_is_not_valid_yet_only_delays(self):
        """So it looks while the clock of this machine is behind, too."""
        server = self.start_tls_server(begins=timedelta(hours=1))
        self.secure(server)
        row = self.send(to="a@example.com")
        self.assertEqual((row.state, row.reason), ("deferred", "tls"))
        self.assertEqual(server.messages, [])

    def test_a_server_that_strips_starttls_is_refused(self):
        self.secure(self.server)
        row = self.send(to="a@example.com")
        self.assertNotSecure(row)
        self.assertEqual(self.server.messages, [])
