import os
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.encrypted_field.tests.common import new_key, use_keys

from .certificates import Authority
from .mailbox import STARTTLS, TLS, MailServer

PASSWORD = "Tr0ub4dor&3"
CUSTOMER = "customer@example.com"


class AccountMixin:
    """Users, a key ring, and mail servers on this machine that may be connected to."""

    policy = "relay"  # for users without a mailbox
    with_user_logs_in = True  # else only whoever really came in is logged in

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(use_keys(new_key()))
        cls.authority = Authority()
        cls.enterClassContext(
            patch.dict(os.environ, {"SSL_CERT_FILE": cls.authority.path})
        )
        # Odoo's tests mail nothing unless they say so
        servers = cls.registry["ir.mail_server"]
        cls.startClassPatcher(patch.object(servers, "_disable_send", lambda *a: False))
        if cls.with_user_logs_in:
            users = cls.registry["res.users"]
            log_in = patch.object(users, "_logged_in_uid", lambda self: self.env.uid)
            cls.startClassPatcher(log_in)
        cls.env.company.smtp_policy = cls.policy
        cls.alice = cls.make_user("alice")
        cls.bob = cls.make_user("bob")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": CUSTOMER}
        )

    @classmethod
    def make_user(cls, name, groups="base.group_user,base.group_partner_manager"):
        return new_test_user(
            cls.env,
            f"{name}@example.com",
            groups,
            name=name.title(),
            email=f"{name}@example.com",
            notification_type="email",
        )

    def start_server(self, mode=STARTTLS, certificate=None, users=None, **options):
        """A mail server until the end of the test.

        :param str certificate: default: one for localhost
        """
        if users is None:
            users = {user.login: PASSWORD for user in self.alice + self.bob}
        certificate = certificate or self.authority.certificate()
        server = MailServer(users, mode, certificate, **options)
        self.enterContext(server.running())
        self.allow("localhost", server.port)
        return server

    def allow(self, hosts, *ports):
        """What the administrator allows."""
        params = self.env["ir.config_parameter"].sudo()
        known = params.get_param("mail_user_smtp.extra_ports") or ""
        numbers = ",".join([known, *map(str, ports)]).strip(",")
        params.set_param("mail_user_smtp.internal_hosts", hosts)
        params.set_param("mail_user_smtp.extra_ports", numbers)

    def set_account(self, user, server, **values):
        """The account of a user on a server, as they would type it; not tested."""
        own = user.with_user(user)
        own.write(
            {
                "smtp_host": "localhost",
                "smtp_port": server.port,
                "smtp_security": TLS if server.mode == TLS else STARTTLS,
                "smtp_password": PASSWORD,
                **values,
            }
        )
        return own

    def give_account(self, user, server, **values):
        """A tested account."""
        own = self.set_account(user, server, **values)
        own.action_test_smtp()
        self.assertEqual(own.smtp_state, "ok", own.smtp_error)
        server.logins.clear()
        server.attempts.clear()
        return own

    # -- sending

    def post(self, user, **values):
        """A message in the chatter of the customer.

        :returns: its outgoing mails, not sent yet
        """
        record = self.customer.with_user(user).with_context(
            mail_notify_force_send=False, mail_post_autofollow_author_skip=True
        )
        message = record.message_post(
            **{
                "body": "Hello",
                "subject": "Hello",
                "partner_ids": self.customer.ids,
                "subtype_xmlid": "mail.mt_comment",
                **values,
            }
        )
        return self.mails_of(message)

    def mails_of(self, message):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("mail_message_id", "in", message.ids)])
        )

    def deliver(self, mails):
        """Core's own steps from a mail to a server, without its commits."""
        for server_id, _domain, sender, ids in mails._split_by_mail_configuration():
            server = self.env["ir.mail_server"].sudo()
            session = server._connect__(mail_server_id=server_id, smtp_from=sender)
            try:
                for mail in mails.browse(ids):
                    self._transmit(server, session, mail)
            finally:
                session.quit()

    def _transmit(self, server, session, mail):
        for email in mail._prepare_outgoing_list():
            message = server._build_email__(
                email_from=email["email_from"],
                email_to=email["email_to"],
                email_cc=email["email_cc"],
                subject=email["subject"],
                body=email["body"],
                reply_to=email["reply_to"],
                headers=email["headers"],
                message_id=email["message_id"],
                subtype="html",
            )
            server.send_email(message, smtp_session=session)

    def send(self, user, **values):
        """Post in the chatter of the customer and mail it."""
        mails = self.post(user, **values)
        self.deliver(mails)
        return mails

    @contextmanager
    def relay(self, from_filter="example.com"):
        """The company's own server, which takes everything."""
        with ExitStack() as stack:
            certificate = self.authority.certificate()
            server = MailServer({"relay": "relay"}, STARTTLS, certificate)
            stack.enter_context(server.running())
            public = self.env["ir.mail_server"].search([("owner_user_id", "=", False)])
            public.active = False
            self.env["ir.mail_server"].create(
                {
                    "name": "Relay",
                    "smtp_host": "localhost",
                    "smtp_port": server.port,
                    "smtp_encryption": "starttls_strict",
                    "smtp_user": "relay",
                    "smtp_pass": "relay",
                    "from_filter": from_filter,
                    "sequence": 1,
                }
            )
            yield server


class Caught:
    """Expects an exception, without the savepoint that takes its traces back.

    ::

        with Caught(self, OSError) as caught: ...
        self.assertIn("refused", str(caught[0]))
    """

    def __init__(self, test, kind):
        self.test, self.kind, self.caught = test, kind, []

    def __enter__(self):
        return self.caught

    def __exit__(self, kind, error, traceback):
        self.test.assertIsInstance(error, self.kind)
        self.caught.append(error)
        return True


class AccountCase(AccountMixin, TransactionCase):
    pass
