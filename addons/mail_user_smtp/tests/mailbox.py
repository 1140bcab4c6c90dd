"""A mail server on this machine, with TLS, logins and a memory."""

import asyncio
import base64
import re
import socket
import ssl
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

STARTTLS, TLS, PLAIN = "starttls", "tls", "plain"
# somebody on the way takes STARTTLS out of the answer; the server does not want it now
STRIPPED, UNWILLING = "stripped", "unwilling"
SASL_LIMIT = 12288  # octets
COMMANDS = (b"EHLO", b"STARTTLS", b"AUTH", b"MAIL", b"RCPT", b"DATA")
FOREVER = 60  # seconds
TOKEN_LOGIN = re.compile("user=(.+)\x01auth=Bearer (.+)\x01\x01")


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
    :param str mode: starttls, stripped, unwilling, tls or plain
    :param str certificate: path of a file with key and certificate
    :param str refuse: answer to a wrong password
    :param bool login: whether to offer AUTH
    :param str mechanisms: the ones to offer, other than those it takes
    :param bool early: whether to offer AUTH before STARTTLS, too
    :param set tokens: those that XOAUTH2 takes
    :param str slow_at: the command that it answers slowly; "" for its greeting
    :param float pace: seconds for each byte of that answer; 0: it does not answer
    """

    def __init__(
        self,
        users,
        mode=STARTTLS,
        certificate=None,
        refuse="",
        login=True,
        mechanisms="PLAIN LOGIN",
        early=True,
        tokens=(),
        slow_at=None,
        pace=0,
    ):
        self.users = users
        self.mode = mode
        self.refuse = refuse or "535 5.7.8 Username and Password not accepted"
        self.login = login
        self.mechanisms = mechanisms
        self.early = early
        self.tokens = set(tokens)
        self.slow_at, self.pace = slow_at, pace
        self.certificate = certificate
        self.refused_senders = set()
        # instead of 250: to EHLO, MAIL and RCPT
        self.at_greeting = self.at_sender = self.at_recipient = ""
        self.forget()

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
        self.is_starting = True
        self._controller.start()
        self.is_starting = False
        try:
            yield self
        finally:
            self.stop()

    def stop(self):
        if not self._controller.loop.is_closed():
            self._controller.stop()

    def forget(self):
        """Begin a new memory."""
        self.heard = {False: b"", True: b""}  # all that came, by whether under TLS
        self.received = []
        self.logins = Counter()  # successful ones
        self.attempts = Counter()  # all, by login
        self.asked = []  # pairs of sender and recipient that RCPT named

    # -- what aiosmtpd asks

    async def handle_EHLO(self, server, session, envelope, hostname, answer):
        if self.at_greeting:
            return [self.at_greeting]
        session.host_name = hostname
        is_offered = self.login and (self.early or server.is_encrypted)
        offers = [line for line in answer[:-1] if not line.startswith("250-AUTH")]
        if self.mode == STRIPPED:
            offers.remove("250-STARTTLS")
        if is_offered:
            offers.append(f"250-AUTH {self.mechanisms}")
        return [*offers, answer[-1]]

    def authenticate(self, server, session, envelope, mechanism, data):
        login, password = data.login.decode(), data.password.decode()
        self.attempts[login] += 1
        if self.users.get(login) != password:
            return AuthResult(success=False, handled=False, message=self.refuse)
        self.logins[login] += 1
        session.login_name = login
        return AuthResult(success=True)

    async def auth_XOAUTH2(self, server, args):
        """As Gmail and Outlook do: the reason as a challenge, then the refusal."""
        if len(args) > 1:
            words = base64.b64decode(args[1]).decode()
        else:
            words = (await server.challenge_auth("")).decode()
        login, token = TOKEN_LOGIN.fullmatch(words).groups()
        self.attempts[login] += 1
        if token not in self.tokens:
            await server.challenge_auth('{"status":"400"}')
            await server.push("535 5.7.8 XOAUTH2: no longer valid")
            return AuthResult(success=False, handled=True)
        self.logins[login] += 1
        server.session.login_name = login
        return AuthResult(success=True)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address in self.refused_senders:
            return "553 5.7.1 Sender address rejected: not owned by user"
        if self.at_sender:
            return self.at_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append((envelope.mail_from, address))
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
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


class _Conversation(SMTP):
    """Remembers what it heard, and whether anybody on the way could hear it, too."""

    @property
    def is_encrypted(self):
        return self.transport.get_extra_info("sslcontext") is not None

    command = ""

    def data_received(self, data):
        self.event_handler.heard[self.is_encrypted] += data
        word = data[:8].upper().split()[:1]
        if word and word[0] in COMMANDS:
            self.command = word[0].decode()
        return super().data_received(data)

    async def push(self, status):
        server = self.event_handler
        if self.command != server.slow_at or server.is_starting:
            return await super().push(status)
        if not server.pace:
            await asyncio.sleep(FOREVER)
        for byte in f"{status}\r\n".encode():
            self._writer.write(bytes([byte]))
            await self._writer.drain()
            await asyncio.sleep(server.pace)

    async def challenge_auth(self, *args, **options):
        """Other lines than these are short (RFC 4954, 4)."""
        limit, self._reader._limit = self._reader._limit, SASL_LIMIT
        try:
            return await super().challenge_auth(*args, **options)
        finally:
            self._reader._limit = limit

    async def smtp_STARTTLS(self, arg):
        if self.event_handler.mode == UNWILLING:
            await self.push("454 4.7.0 TLS not available due to temporary reason")
        else:
            await super().smtp_STARTTLS(arg)


class _Controller(Controller):
    def __init__(self, mailbox, context):
        self.mailbox = mailbox
        super().__init__(
            mailbox,
            hostname="127.0.0.1",
            port=0,
            ssl_context=context if mailbox.mode == TLS else None,
        )
        self.starttls_context = None if mailbox.mode == TLS else context

    def factory(self):
        return _Conversation(
            self.mailbox,
            hostname="localhost",
            tls_context=self.starttls_context,
            require_starttls=self.starttls_context is not None,
            authenticator=self.mailbox.authenticate if self.mailbox.login else None,
            auth_required=self.mailbox.login,
            auth_require_tls=False,
            auth_exclude_mechanism=[
                name
                for name in ("LOGIN", "PLAIN")
                if not self.mailbox.login or name not in self.mailbox.mechanisms.split()
            ],
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
