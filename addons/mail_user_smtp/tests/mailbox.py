"""A mail server on this machine, with TLS, logins and a memory."""

import socket
import ssl
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

STARTTLS, TLS, PLAIN = "starttls", "tls", "plain"


@dataclass
class Received:
    login: str
    sender: str  # of the envelope
    recipients: list
    message: object

    def __getitem__(self, header):
        return self.message[header]


class MailServer:
    """
    :param dict users: password by login
    :param str mode: starttls, tls, or plain (STARTTLS is not offered)
    :param str certificate: path of a file with key and certificate
    :param str refuse: answer to a wrong password
    :param bool login: whether to offer AUTH
    """

    def __init__(self, users, mode=STARTTLS, certificate=None, refuse="", login=True):
        self.users = users
        self.mode = mode
        self.refuse = refuse or "535 5.7.8 Username and Password not accepted"
        self.login = login
        self.certificate = certificate
        self.received = []
        self.logins = Counter()  # successful ones
        self.attempts = Counter()  # all, by login
        self.refused_senders = set()

    @property
    def port(self):
        return self._controller.port

    @contextmanager
    def running(self):
        context = None
        if self.mode != PLAIN:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
        self._controller = _Controller(self, context)
        self._controller.start()
        try:
            yield self
        finally:
            self.stop()

    def stop(self):
        if not self._controller.loop.is_closed():
            self._controller.stop()

    # -- what aiosmtpd asks

    def authenticate(self, server, session, envelope, mechanism, data):
        login, password = data.login.decode(), data.password.decode()
        self.attempts[login] += 1
        if self.users.get(login) != password:
            return AuthResult(success=False, handled=False, message=self.refuse)
        self.logins[login] += 1
        session.login_name = login
        return AuthResult(success=True)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address in self.refused_senders:
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(
            Received(
                getattr(session, "login_name", None),
                envelope.mail_from,
                list(envelope.rcpt_tos),
                message_from_bytes(envelope.content, policy=policy.SMTP),
            )
        )
        return "250 accepted"


class _Controller(Controller):
    def __init__(self, mailbox, context):
        self.mailbox = mailbox
        super().__init__(
            mailbox,
            hostname="127.0.0.1",
            port=0,
            ssl_context=context if mailbox.mode == TLS else None,
        )
        self.starttls_context = context if mailbox.mode == STARTTLS else None

    def factory(self):
        return SMTP(
            self.mailbox,
            hostname="localhost",
            tls_context=self.starttls_context,
            require_starttls=self.starttls_context is not None,
            authenticator=self.mailbox.authenticate if self.mailbox.login else None,
            auth_required=self.mailbox.login,
            auth_require_tls=False,
            auth_exclude_mechanism=() if self.mailbox.login else ("LOGIN", "PLAIN"),
        )

    def _trigger_server(self):
        """Connect once: the controller waits for that."""
        # with port 0 it does not know where it listens
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port), 5) as line:
            if self.ssl_context:
                careless = ssl._create_unverified_context()
                line = careless.wrap_socket(line)
            line.recv(100)
            line.close()
