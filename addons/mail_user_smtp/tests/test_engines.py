import doctest
import ipaddress
import logging
import pkgutil
import smtplib
import socket
import ssl
import threading
import time
from importlib import import_module
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from .. import tools
from ..tools import conditions, explain, guard, providers, redact, transport, watch
from ..tools.explain import ROWS, Account
from ..tools.guard import Exceptions, TargetRefused, checked_addresses
from ..tools.transport import KINDS

PASSWORD = "Tr0ub4dor&3"
MAIL = Account("mail.example.com", 587, providers.STARTTLS, "nikki@example.com")
GMAIL = Account("smtp.gmail.com", 587, providers.STARTTLS, "nikki@example.com")
MICROSOFT = Account("smtp.office365.com", 587, providers.STARTTLS, "nikki@example.com")
OUTLOOK = Account("smtp-mail.outlook.com", 587, providers.STARTTLS, "nikki@example.com")
ODD_NAME = Account("mail.example.com", 587, greeting="crm.example.com")
TLS_465 = Account("mail.example.com", 465, providers.TLS, "nikki@example.com")
STARTTLS_465 = Account("mail.example.com", 465, providers.STARTTLS, "nikki@example.com")
TOKEN = Account("smtp.gmail.com", 587, email="nikki@example.com", token=True)


def certificate_error(code):
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


def tls_error(reason):
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


def login(code, words=b"refused"):
    return smtplib.SMTPAuthenticationError(code, words)


def sender_refused(code, words):
    return smtplib.SMTPSenderRefused(code, words, "nikki@example.com")


def at_recipient(code, words):
    return transport.OwnAddressRefused(code, words, "nikki@example.com")


SILENT = smtplib.SMTPServerDisconnected("unexpectedly closed: timed out")

# kind of row -> what leads to it
CASES = {
    "greeting_name": [
        (transport.GreetingRefused(code, b"bad name"), ODD_NAME)
        for code in (501, 504, 550)
    ]
    + [(at_recipient(504, b"5.5.2 <x>: Helo command rejected: not a name"), ODD_NAME)],
    "starttls_not_offered": [
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported"), MAIL),
        (transport.EncryptionRefused(454, b"4.7.0 TLS not available"), MAIL),
    ],
    "sender_later": [
        (sender_refused(452, b"4.3.1 Insufficient system storage"), MAIL),
        (sender_refused(421, b"4.7.0 Try again later"), MAIL),
        (at_recipient(450, b"4.2.0 Greylisted"), MAIL),
        (at_recipient(451, b"4.7.1 Later"), MAIL),
        (smtplib.SMTPDataError(451, b"4.3.0 Later"), MAIL),
    ],
    "mailbox_full": [
        (at_recipient(552, b"Quota"), MAIL),
        (at_recipient(550, b"5.2.2 Mailbox full"), MAIL),
    ],
    "address_unknown": [
        (at_recipient(550, b"5.1.1 User unknown"), MAIL),
        (at_recipient(550, b"5.1.10 RESOLVER.ADR.RecipientNotFound"), MICROSOFT),
    ],
    "sender_refused": [
        (sender_refused(553, b"5.7.1 not yours"), MAIL),
        (sender_refused(550, b"5.1.13 Sender rejected"), MAIL),
        (at_recipient(553, b"5.7.1 Sender address rejected: not owned by user"), MAIL),
        (at_recipient(550, b"5.7.60 Client does not have permissions"), MICROSOFT),
    ],
    "mail_refused": [(smtplib.SMTPDataError(554, b"5.7.1 Spam"), MAIL)],
    "address_characters": [(transport.AddressNotTaken("jürgen@example.com"), MAIL)],
    "login_token": [(login(code), TOKEN) for code in (530, 534, 535)],
    "login_gmail": [(login(535), GMAIL), (login(534, b"5.7.9 App password"), GMAIL)],
    "login_basic_off": [
        (login(535, b"5.7.139 Authentication unsuccessful"), account)
        for account in (MICROSOFT, OUTLOOK, MAIL)
    ]
    + [(login(550, b"5.7.30 Basic authentication is not supported"), MICROSOFT)],
    "login_microsoft": [
        (login(535, b"5.7.3 no"), where) for where in (MICROSOFT, OUTLOOK)
    ],
    "login_app_password": [
        (login(534, b"refused"), MAIL),
        (login(535, b"5.7.9 Application-specific password required"), MAIL),
    ],
    "login": [(login(code), MAIL) for code in (530, 535, 550)],
    "login_later": [
        (login(454, b"4.7.0 Temporary authentication failure"), MAIL),
        (smtplib.SMTPConnectError(421, b"Too many connections"), GMAIL),
        (transport.GreetingRefused(450, b"4.7.1 Later"), MAIL),
    ],
    "login_kind": [
        (smtplib.SMTPNotSupportedError(f"offered {KINDS}: XOAUTH2"), MAIL),
        (login(504, b"5.7.4 Unrecognized authentication type"), MAIL),
    ],
    "login_not_offered": [
        (smtplib.SMTPNotSupportedError("AUTH not offered by the server"), MAIL)
    ],
    "password_characters": [(UnicodeEncodeError("ascii", "ü", 0, 1, "no"), MAIL)],
    "certificate_name": [(certificate_error(62), MAIL), (certificate_error(64), MAIL)],
    "certificate_expired": [(certificate_error(10), MAIL)],
    "certificate_not_yet_valid": [(certificate_error(9), MAIL)],
    "certificate_self_signed": [(certificate_error(18), MAIL)],
    "certificate_unknown": [
        (certificate_error(code), MAIL) for code in (2, 19, 20, 21)
    ],
    **{
        f"silent_{step}": [(watch.NoAnswer(step), where) for where in (MAIL, TLS_465)]
        for step in ("hello", "encryption", "login", "sender", "mail")
    },
    "security_starttls": [(tls_error("WRONG_VERSION_NUMBER"), TLS_465)],
    "security_tls": [
        (SILENT, STARTTLS_465),
        (SILENT, MAIL),
        (watch.NoAnswer("greeting"), MAIL),
        (smtplib.SMTPServerDisconnected("closed"), STARTTLS_465),
    ],
    "security_unclear": [
        (SILENT, TLS_465),
        (TimeoutError("_ssl.c:989: The handshake operation timed out"), TLS_465),
    ],
    "tls": [(tls_error("NO_SHARED_CIPHER"), MAIL), (certificate_error(1), MAIL)],
    "host_malformed": [(TargetRefused(guard.MALFORMED, "x y"), MAIL)],
    "host_internal": [(TargetRefused(guard.INTERNAL, "10.0.0.1"), MAIL)],
    "port_not_allowed": [(TargetRefused(guard.PORT, 22), MAIL)],
    "host_later": [(socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), MAIL)],
    "host_unknown": [(socket.gaierror(-2, "Name or service not known"), MAIL)],
    "refused": [(ConnectionRefusedError(111, "refused"), MAIL)],
    "timeout": [
        (TimeoutError("timed out"), MAIL),
        (TimeoutError("timed out"), STARTTLS_465),
    ],
    "dropped": [
        (smtplib.SMTPServerDisconnected("closed"), MAIL),
        (ConnectionResetError(104, "reset"), MAIL),
    ],
    "greeting": [(smtplib.SMTPConnectError(554, b"go away"), MAIL)],
    "network": [(OSError(101, "Network is unreachable"), MAIL)],
    "unexpected": [(ValueError("?"), MAIL)],
}


@tagged("post_install", "-at_install")
class TestExamples(BaseCase):
    def test_the_examples_of_every_engine_hold(self):
        attempted = 0
        for found in pkgutil.walk_packages(tools.__path__, f"{tools.__name__}."):
            with self.subTest(found.name):
                result = doctest.testmod(import_module(found.name))
                self.assertFalse(result.failed)
                attempted += result.attempted
        self.assertTrue(attempted)


@tagged("post_install", "-at_install")
class TestPresets(BaseCase):
    def test_each_provider_is_reached_where_it_says(self):
        expected = {
            "smtp.gmail.com": (587, providers.STARTTLS),
            "smtp.office365.com": (587, providers.STARTTLS),
            "smtp.zoho.com": (465, providers.TLS),
            "smtp.mail.yahoo.com": (465, providers.TLS),
            "smtp.mail.me.com": (587, providers.STARTTLS),
            "": (587, providers.STARTTLS),
        }
        found = {p.host: (p.port, p.security) for p in providers.PRESETS.values()}
        self.assertEqual(found, expected)

    def test_each_security_has_its_usual_port(self):
        self.assertEqual(
            providers.DEFAULT_PORTS, {providers.STARTTLS: 587, providers.TLS: 465}
        )

    def test_nothing_typed_is_no_provider(self):
        for nothing in ("", None, False):
            self.assertEqual(providers.preset_of_host(nothing), providers.OTHER)
            self.assertEqual(providers.provider_of_host(nothing), providers.OTHER)
            self.assertIsNone(providers.preset_of_address(nothing))
            self.assertEqual(providers.company_domains(nothing), {})


@tagged("post_install", "-at_install")
class TestRedaction(BaseCase):
    def test_the_log_of_remote_calls_is_filtered_once(self):
        logger = logging.getLogger("odoo.service.model")
        self.patch(logger, "filters", [])
        redact.install()
        redact.install()
        [known] = logger.filters
        self.assertIsInstance(known, redact.RedactCalls)

    def test_what_is_filtered_is_still_logged(self):
        call = {"smtp_password": PASSWORD}
        record = logging.makeLogRecord({"msg": "write(%s)", "args": (call,)})
        self.assertTrue(redact.RedactCalls().filter(record))
        self.assertEqual(record.getMessage(), "write({'smtp_password': '***'})")


@tagged("post_install", "-at_install")
class TestExplanations(BaseCase):
    def test_codes_count_from_their_first_to_their_last(self):
        for code, kind in (
            (399, "greeting"),
            (400, "login_later"),
            (499, "login_later"),
            (500, "greeting_name"),
            (599, "greeting_name"),
            (600, "greeting"),
        ):
            error = transport.GreetingRefused(code, b"bad name")
            with self.subTest(code=code):
                self.assertEqual(explain.explain(error, ODD_NAME).kind, kind)
        for code in (421, 432, 454):
            with self.subTest(code=code):
                self.assertEqual(explain.explain(login(code), MAIL).kind, "login_later")
        self.assertNotEqual(explain.explain(login(433), MAIL).kind, "login_later")

    def test_every_row_is_reached_by_its_errors(self):
        self.assertEqual([row.kind for row in ROWS], list(CASES))
        for kind, cases in CASES.items():
            for error, account in cases:
                with self.subTest(kind=kind, error=error):
                    self.assertEqual(explain.explain(error, account).kind, kind)

    def test_every_sentence_is_complete(self):
        for kind, cases in CASES.items():
            with self.subTest(kind=kind):
                why = explain.explain(*cases[0])
                self.assertRegex(why.sentence(), r"^\S.*\.$")
                self.assertNotIn("%", why.sentence())

    def test_only_a_refused_login_is_never_tried_again(self):
        final = {row.kind for row in ROWS if row.login}
        self.assertEqual(
            final,
            {
                "login_token",
                "login_gmail",
                "login_basic_off",
                "login_microsoft",
                "login_app_password",
                "login",
            },
        )

    def test_a_temporary_answer_is_no_verdict(self):
        later = {row.kind for row in ROWS if row.later}
        # who did not answer may have been slow
        silent = {f"silent_{step}" for step, _sentence in explain.SILENT}
        self.assertEqual(later, silent | {"sender_later", "login_later", "host_later"})

    def test_a_refused_log_in_hints_at_what_the_password_looks_like(self):
        doubts = {
            providers.BLANKS: "begins or ends with a blank",
            providers.LETTERS: "in more than one way",
        }
        self.assertEqual(set(doubts), set(explain.DOUBTS))
        for doubt, hint in doubts.items():
            account = Account("mail.example.com", doubt=doubt)
            why = explain.explain(login(535), account)
            self.assertIn(hint, why.sentence())
            # whatever else went wrong has nothing to do with it
            why = explain.explain(TimeoutError("timed out"), account)
            self.assertNotIn(hint, why.sentence())

    def test_the_server_response_stays_short_and_on_one_line(self):
        error = login(535, b"5.7.8 no\r\n  way " + b"x" * 1000)
        response = explain.explain(error, MAIL).response
        self.assertTrue(response.startswith("535 5.7.8 no way x"))
        self.assertEqual(len(response), 300)

    def test_an_error_without_words_is_named(self):
        for error, response in (
            (TimeoutError("timed  out"), "timed out"),
            (TimeoutError(), "TimeoutError"),
        ):
            with self.subTest(error=repr(error)):
                self.assertEqual(conditions.server_response(error), response)

    def test_a_reason_of_tls_is_looked_for_in_the_words_where_none_is_given(self):
        fits = conditions.tls_reason("WRONG_VERSION", "no reason")
        unnamed = ssl.SSLError(1, "closed for no reason")
        unnamed.reason = None
        for error, expected in (
            (tls_error("WRONG_VERSION_NUMBER"), True),
            (tls_error("NO_SHARED_CIPHER"), False),
            (unnamed, True),
            (tls_error(None), False),
            (TimeoutError("WRONG_VERSION"), False),
        ):
            with self.subTest(error=repr(error)):
                self.assertEqual(fits(error, MAIL), expected)

    def test_the_guard_tells_nothing_about_the_network_inside(self):
        why = explain.explain(TargetRefused(guard.INTERNAL, "10.0.0.1"), MAIL)
        self.assertEqual(why.response, "")


@tagged("post_install", "-at_install")
class TestGuard(BaseCase):
    def answer(self, *addresses):
        """A resolver with these addresses for every name."""

        def resolve(name, port, *_args):
            return [(0, 0, 0, "", (address, port)) for address in addresses]

        return resolve

    def assertRefused(self, reason, host, port=587, **options):
        with self.assertRaises(TargetRefused) as refused:
            checked_addresses(host, port, **options)
        self.assertEqual(refused.exception.reason, reason)

    def test_addresses_inside_are_refused_however_they_are_written(self):
        for host in (
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0.0.0.0",
            "localhost",
            "169.254.169.254",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:7f00:1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "fec0::1",
            "::127.0.0.1",
            "::ffff:169.254.169.254",
            "127.0.0.1.",
            "0x7f.1",
            "017700000001",
            "2002:7f00:1::",
            # Teredo: the client's address, inverted, comes last
            "2001:0:808:808:0:0:80ff:fffe",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
        ):
            with self.subTest(host=host):
                self.assertRefused(guard.INTERNAL, host)

    def test_the_address_that_another_one_leads_to(self):
        for text, inner in (
            ("64:ff9b::808:809", "8.8.8.9"),
            ("64:ff9b::ffff:ffff", "255.255.255.255"),
            ("::ffff:8.8.8.8", "8.8.8.8"),
            ("2002:808:808::1", "8.8.8.8"),
            # Teredo: inverted, in its last half
            ("2001:0:101:101:0:0:f7f7:f7f7", "8.8.8.8"),
            ("2001:4860:4860::8888", None),
            ("8.8.8.8", None),
        ):
            with self.subTest(text):
                found = guard._embedded(ipaddress.ip_address(text))
                self.assertEqual(str(found), str(inner))
                self.assertEqual(guard.is_public(text), inner != "255.255.255.255")

    def test_what_is_no_address_is_not_public(self):
        for text in ("", "mail.example.com", "8.8.8"):
            self.assertFalse(guard.is_public(text), text)

    def test_a_dead_resolver_keeps_nobody_waiting(self):
        """It may take a minute until it gives up: the machine's setting, not ours."""
        end = threading.Event()
        self.addCleanup(end.set)
        start = time.monotonic()
        with patch.object(guard, "LOOK_UP", 0.2), self.assertRaises(socket.gaierror):
            try:
                checked_addresses(
                    "mail.example.com", 587, resolve=lambda *_words: end.wait(20)
                )
            except socket.gaierror as error:
                self.assertEqual(error.errno, socket.EAI_AGAIN)
                self.assertIsNone(error.__context__, "or it passes for a slow server")
                raise
        self.assertLess(time.monotonic() - start, 5)

    def test_a_name_is_refused_if_any_of_its_addresses_is_inside(self):
        mixed = self.answer("8.8.8.8", "10.0.0.1")
        self.assertRefused(guard.INTERNAL, "mail.example.com", resolve=mixed)

    def test_a_public_name_gives_its_addresses(self):
        resolve = self.answer("8.8.8.8", "2001:4860:4860::8888", "8.8.8.8")
        self.assertEqual(
            checked_addresses("mail.example.com", 587, resolve=resolve),
            ["8.8.8.8", "2001:4860:4860::8888"],
        )

    def test_internal_hosts_are_those_of_the_administrator(self):
        allowed = Exceptions.from_text("relay.lan, localhost", "")
        inside = self.answer("10.0.0.1")
        for host in ("relay.lan", "RELAY.lan.", " relay.lan "):
            with self.subTest(host=host):
                addresses = checked_addresses(host, 587, allowed, inside)
                self.assertEqual(addresses, ["10.0.0.1"])
        for host in ("relay.lan.example.com", "xrelay.lan"):
            with self.subTest(host=host):
                self.assertRefused(
                    guard.INTERNAL, host, exceptions=allowed, resolve=inside
                )

    def test_ports_are_those_of_mail_and_of_the_administrator(self):
        resolve = self.answer("8.8.8.8")
        more = Exceptions.from_text("", "1025, nonsense")
        for port in (25, 465, 587, 2525, 1025):
            self.assertTrue(checked_addresses("mail.example.com", port, more, resolve))
        for port in (0, 22, 80, 443, 5432, 8069, 65536):
            with self.subTest(port=port):
                self.assertRefused(
                    guard.PORT, "mail.example.com", port, resolve=resolve
                )

    def test_what_is_no_host_name_is_refused(self):
        for host in (
            "",
            "http://mail.example.com",
            "mail.example.com:587",
            "user@mail.example.com",
            "mail example.com",
            "mail.example.com\r\nEHLO",
            "mail..example.com",
            "x" * 64 + ".com",
            "mail.example.com/path",
            "\0",
        ):
            with self.subTest(host=host):
                self.assertRefused(guard.MALFORMED, host)


@tagged("post_install", "-at_install")
class TestPinnedAddress(BaseCase):
    def test_the_line_goes_to_the_checked_address_not_to_the_name(self):
        """A name that resolves differently the second time (rebinding)."""
        connected = []

        def connect(address, timeout):
            connected.append(address)
            raise ConnectionRefusedError

        self.patch(socket, "create_connection", connect)
        for security in (providers.STARTTLS, providers.TLS):
            with self.assertRaises(ConnectionRefusedError):
                transport.open_line(
                    "mail.example.com", 587, security, ["192.0.2.1", "192.0.2.2"], 2
                )
        expected = [("192.0.2.1", 587), ("192.0.2.2", 587)] * 2
        self.assertEqual(connected, expected)
