"""What core does wrong with the mail of users, asked of core's own interface.

These tests say nothing about our fields; on plain Odoo each of them fails.
"""

import contextlib
import io
import logging
import smtplib
import time
from base64 import b64encode
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import email_normalize, mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.encrypted_field.tests.common import new_key, use_keys
from odoo.addons.mail_user_smtp.tests.certificates import Authority
from odoo.addons.mail_user_smtp.tests.mailbox import STARTTLS, MailServer

SECRET = "Tr0ub4dor&3"
# as AUTH PLAIN sends it
SECRET_ON_THE_WIRE = b64encode(f"\0alice@example.com\0{SECRET}".encode()).decode()


@tagged("post_install", "-at_install", "core_defect")
class TestCoreDefects(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(use_keys(new_key()))
        cls.alice, cls.bob = (cls._make_user(name) for name in ("alice", "bob"))
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": "customer@example.com"}
        )

    @classmethod
    def _make_user(cls, name):
        email = f"{name}@example.com"
        groups = "base.group_user,base.group_partner_manager"
        return new_test_user(cls.env, email, groups, name=name.title(), email=email)

    def make_server(self, **values):
        return self.env["ir.mail_server"].create(
            {
                "name": "Server",
                "smtp_host": "localhost",
                "smtp_encryption": "starttls_strict",
                "smtp_user": "alice@example.com",
                "smtp_pass": SECRET,
                **values,
            }
        )

    def personal_server(self, **values):
        """As core's own set-up makes them, with a password instead of a token."""
        field = self.env["ir.mail_server"]._fields["smtp_authentication"]
        kinds = dict(field.selection)
        kind = "user_smtp" if "user_smtp" in kinds else "login"
        return self.make_server(
            smtp_host="smtp.gmail.com",
            smtp_port=587,
            owner_user_id=self.alice.id,
            from_filter="alice@example.com",
            smtp_authentication=kind,
            **values,
        )

    def column(self, record, name):
        record.flush_recordset()
        self.env.cr.execute(f"SELECT {name} FROM {record._table} WHERE id={record.id}")
        return self.env.cr.fetchone()[0]

    # -- secrets

    def test_a_dump_holds_no_password(self):
        server = self.make_server()
        self.assertNotEqual(self.column(server, "smtp_pass"), SECRET)

    def test_a_dump_holds_no_password_of_incoming_mail(self):
        inbox = self.env["fetchmail.server"].create({"name": "In", "password": SECRET})
        self.assertNotEqual(self.column(inbox, "password"), SECRET)

    def test_an_administrator_cannot_read_the_password(self):
        admin = self.env.ref("base.user_admin")
        (seen,) = self.make_server().with_user(admin).read(["smtp_pass"])
        self.assertNotEqual(seen["smtp_pass"], SECRET)

    def test_debugging_smtp_does_not_log_the_password(self):
        authority = Authority()
        self.patch(IrMail_Server, "_disable_send", lambda *_args: False)
        users = {"alice@example.com": SECRET}
        mailbox = MailServer(users, STARTTLS, authority.certificate())
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        logger = logging.getLogger("odoo.addons.base.models.ir_mail_server")
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        level = logger.level
        logger.setLevel(logging.DEBUG)
        self.addCleanup(logger.setLevel, level)
        trusted = patch.dict("os.environ", {"SSL_CERT_FILE": authority.path})
        with mailbox.running(), trusted, contextlib.redirect_stderr(log):
            server = self.make_server(smtp_port=mailbox.port, smtp_debug=True)
            server._connect__(mail_server_id=server.id).quit()
        self.assertTrue(mailbox.logins)
        self.assertIn("EHLO", log.getvalue().upper(), "debugging shows the rest")
        self.assertNotIn(SECRET_ON_THE_WIRE, log.getvalue())

    def test_another_server_does_not_get_the_stored_password(self):
        authority = Authority()
        self.patch(IrMail_Server, "_disable_send", lambda *_args: False)
        trap = MailServer({}, STARTTLS, authority.certificate())
        trusted = patch.dict("os.environ", {"SSL_CERT_FILE": authority.path})
        with trap.running(), trusted:
            server = self.make_server(smtp_port=587)
            server.smtp_port = trap.port
            with contextlib.suppress(UserError, smtplib.SMTPAuthenticationError):
                server._connect__(mail_server_id=server.id)
        self.assertIn(b"EHLO", trap.heard[False].upper())
        self.assertFalse(trap.attempts)

    # -- signing in with a token

    @contextlib.contextmanager
    def signed_in(self, host="localhost", tokens=()):
        """Alice's Gmail server, and the mail server that it leads to."""
        authority = Authority()
        self.patch(IrMail_Server, "_disable_send", lambda *_args: False)
        mailbox = MailServer(
            {},
            STARTTLS,
            authority.certificate(host),
            mechanisms="XOAUTH2",
            tokens=tokens,
        )
        trusted = patch.dict("os.environ", {"SSL_CERT_FILE": authority.path})
        with mailbox.running(), trusted:
            params = self.env["ir.config_parameter"]
            params.set_param("mail_user_smtp.internal_hosts", "localhost")
            params.set_param("mail_user_smtp.extra_ports", mailbox.port)
            server = self.env["ir.mail_server"].create(
                {
                    "name": "Gmail",
                    "smtp_authentication": "gmail",
                    "smtp_host": "localhost",
                    "smtp_port": mailbox.port,
                    "smtp_encryption": "starttls",
                    "smtp_user": "alice@example.com",
                    "from_filter": "alice@example.com",
                    "owner_user_id": self.alice.id,
                    "google_gmail_refresh_token": "refresh",
                    "google_gmail_access_token": SECRET,
                    "google_gmail_access_token_expiration": int(time.time()) + 3600,
                }
            )
            yield server, mailbox

    def test_a_token_is_shown_to_a_verified_server_only(self):
        with self.signed_in("mail.example.com", {SECRET}) as (server, mailbox):
            with contextlib.suppress(OSError):
                self.connect(server)
        self.assertFalse(mailbox.attempts)

    def test_a_refused_token_is_noticed(self):
        with self.signed_in() as (server, mailbox):
            with self.assertRaises(smtplib.SMTPAuthenticationError):
                self.connect(server)
        self.assertTrue(mailbox.attempts)

    def connect(self, server):
        server._connect__(mail_server_id=server.id, smtp_from="alice@example.com")

    # -- whose server

    def owned_server(self):
        server = self.personal_server()
        self.assertEqual(self._own(), server, "core says so, too")
        return server

    def _own(self):
        self.env.invalidate_all()
        return self.alice.outgoing_mail_server_id

    def test_a_server_stays_its_owners_whatever_the_login_is(self):
        server = self.owned_server()
        server.smtp_user = "al.login"
        self.assertEqual(self._own(), server)

    def test_a_capital_letter_in_the_address_changes_nothing(self):
        server = self.owned_server()
        self.alice.email = "Alice@Example.com"
        self.assertEqual(self._own(), server)

    def test_the_nightly_clean_up_keeps_a_server_in_use(self):
        server = self.owned_server()
        server.smtp_user = "al.login"
        self.env.invalidate_all()  # a night passes
        self.env["res.users"]._gc_personal_mail_servers()
        self.assertTrue(server.exists())

    def test_a_refused_password_is_tried_once(self):
        attempts = []
        authority = Authority()
        self.patch(IrMail_Server, "_disable_send", lambda *_args: False)
        mailbox = MailServer({}, STARTTLS, authority.certificate())
        trusted = patch.dict("os.environ", {"SSL_CERT_FILE": authority.path})
        with mailbox.running(), trusted:
            params = self.env["ir.config_parameter"]
            params.set_param("mail_user_smtp.internal_hosts", "localhost")
            params.set_param("mail_user_smtp.extra_ports", mailbox.port)
            server = self.personal_server()
            server.write(
                {
                    "smtp_host": "localhost",
                    "smtp_port": mailbox.port,
                    "smtp_pass": SECRET,
                }
            )
            for _mail in range(2):
                try:
                    server._connect__(
                        mail_server_id=server.id, smtp_from="alice@example.com"
                    )
                except smtplib.SMTPAuthenticationError as error:
                    attempts.append(error)
        self.assertEqual(len(attempts), 2, "both mails failed")
        self.assertEqual(mailbox.attempts["alice@example.com"], 1)

    # -- who speaks

    def post_as_bob(self, **values):
        record = self.bob.partner_id.with_user(self.bob)
        return record.message_post(body="Hello", **values)

    def test_nobody_writes_in_the_name_of_a_colleague(self):
        message = self.post_as_bob(
            author_id=self.alice.partner_id.id, email_from="alice@example.com"
        )
        self.assertEqual(email_normalize(message.email_from), "bob@example.com")

    def test_nobody_takes_the_address_of_a_colleague(self):
        refused = contextlib.suppress(ValidationError, AccessError)
        with refused, self.env.cr.savepoint():
            self.bob.with_user(self.bob).email = "alice@example.com"
        self.assertEqual(self.bob.email, "bob@example.com")

    def test_a_template_does_not_replace_the_sender(self):
        template = self.env["mail.template"].create(
            {
                "name": "As Alice",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "email_from": "alice@example.com",
                "partner_to": "{{ object.id }}",
                "subject": "x",
                "body_html": "<p>x</p>",
            }
        )
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            mail_id = template.with_user(self.bob).send_mail(self.bob.partner_id.id)
        mail = self.env["mail.mail"].sudo().browse(mail_id)
        self.assertEqual(email_normalize(mail.email_from), "bob@example.com")

    def test_replies_reach_whoever_wrote(self):
        self.env.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "relay.example", "catchall_alias": "catchall"}
        )
        message = self.post_as_bob()
        self.assertEqual(email_normalize(message.reply_to), "bob@example.com")
