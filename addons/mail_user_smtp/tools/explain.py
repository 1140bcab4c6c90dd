"""What went wrong between us and a mail server, in plain words. No ORM.

``ROWS`` is the only place where errors become sentences; the first row that fits wins.
A row's sentence says what happened and what to do. The server's own words are kept
apart, for the small print.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

from . import guard
from .presets import STARTTLS, TLS, preset_of_host
from .transport import KINDS, EncryptionRefused

_lt = LazyTranslate(__name__)

# OpenSSL's X509_V_ERR_*: why a certificate was not accepted
EXPIRED, NOT_YET_VALID = (10,), (9,)
OTHER_NAME = (62, 64)
SELF_SIGNED = (18,)
UNKNOWN_ISSUER = (2, 19, 20, 21)
# OpenSSL's reasons when the other side does not speak TLS at all
NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
LOGIN_REFUSED = (530, 534, 535)
WORDS_SHOWN = 300  # characters of the server's answer; some send an essay


@dataclass(frozen=True)
class Account:
    """What the sentence speaks about."""

    host: str = ""
    port: int = 0
    security: str = STARTTLS
    email: str = ""
    token: bool = False  # signed in at the provider instead of a password


@dataclass(frozen=True)
class Row:
    kind: str
    fits: Callable  # (error, account) -> bool
    sentence: object  # a lazy translation with %(host)s, %(port)s, %(email)s
    login: bool = False  # the account itself was refused: do not try it again


@dataclass(frozen=True)
class Explanation:
    """Why something failed. ``sentence`` is for people, ``words`` the small print."""

    row: Row
    account: Account
    words: str = ""

    @property
    def kind(self):
        return self.row.kind

    @property
    def login_refused(self):
        return self.row.login

    def sentence(self, translate=str):
        """
        :param translate: ``env._``, or ``str`` for English
        """
        return translate(self.row.sentence) % vars(self.account)


def explain(error, account):
    """Find the row for an error.

    :param Exception error: what :mod:`.guard` or :mod:`.transport` raised
    :param Account account: the account that was tried
    :rtype: Explanation

    >>> error = smtplib.SMTPAuthenticationError(535, b"5.7.8 BadCredentials")
    >>> why = explain(error, Account("mail.example.com", 587))
    >>> why.kind, why.login_refused, why.words
    ('login', True, '535 5.7.8 BadCredentials')
    """
    row = next(row for row in ROWS if row.fits(error, account))
    return Explanation(row, account, server_words(error))


def server_words(error):
    """What the server said, on one line, with its code.

    >>> server_words(smtplib.SMTPResponseException(454, b"4.7.0 later\\n please"))
    '454 4.7.0 later please'
    """
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        text = f"{error.smtp_code} {text}"
    elif isinstance(error, guard.TargetRefused | UnicodeError):
        text = ""
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())[:WORDS_SHOWN]


# -- what a row may ask about an error


def _is(*kinds):
    return lambda error, account: isinstance(error, kinds)


def _code(*codes):
    return lambda error, account: (
        isinstance(error, smtplib.SMTPResponseException) and error.smtp_code in codes
    )


def _certificate(*codes):
    return lambda error, account: (
        isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in codes
    )


def _tls_reason(*reasons):
    return lambda error, account: (
        isinstance(error, ssl.SSLError)
        and any(reason in (error.reason or str(error)) for reason in reasons)
    )


def _target(reason):
    return lambda error, account: (
        isinstance(error, guard.TargetRefused) and error.reason == reason
    )


def _at(preset, fits):
    return lambda error, account: (
        preset_of_host(account.host) == preset and fits(error, account)
    )


def _by_token(fits):
    return lambda error, account: account.token and fits(error, account)


def _missing_feature(name):
    return lambda error, account: (
        isinstance(error, smtplib.SMTPNotSupportedError) and name in str(error)
    )


def _either(one, other):
    return lambda error, account: one(error, account) or other(error, account)


def _waits_for_tls(error, account):
    """A port for TLS says nothing until the client starts it."""
    silent = isinstance(error, TimeoutError | smtplib.SMTPServerDisconnected)
    return silent and account.port == 465 and account.security == STARTTLS


def _timed_out(error, account):
    """smtplib reports a silent server as one that hung up."""
    dropped = isinstance(error, smtplib.SMTPServerDisconnected)
    return isinstance(error, TimeoutError) or (dropped and "timed out" in str(error))


def _speaks_first(error, account):
    """A port for STARTTLS greets in the clear."""
    return account.security == TLS and _tls_reason(*NOT_TLS)(error, account)


ROWS = (
    # before all others: with the code of an answer that means another thing later
    Row(
        "starttls_not_offered",
        _either(_missing_feature("STARTTLS"), _is(EncryptionRefused)),
        _lt(
            "%(host)s offers no encryption (STARTTLS) on port %(port)s, so nothing "
            "was sent. Try TLS on port 465, or ask who runs the server."
        ),
    ),
    # the log-in
    Row(
        "login_token",
        _by_token(_code(*LOGIN_REFUSED)),
        _lt(
            "%(host)s refuses Odoo's sign-in for %(email)s: it was withdrawn or has "
            "ended. Sign in again in My Preferences, Outgoing Mail Server."
        ),
        login=True,
    ),
    Row(
        "login_gmail",
        _at("gmail", _code(*LOGIN_REFUSED)),
        _lt(
            "Gmail refused the password. Gmail needs an app password here, not the "
            "password of your Google account: switch on 2-Step Verification, make one "
            "at myaccount.google.com/apppasswords and paste it, with or without spaces."
        ),
        login=True,
    ),
    Row(
        "login_microsoft",
        _at("microsoft", _code(*LOGIN_REFUSED)),
        _lt(
            "Microsoft refused the log-in. Mailing with a password is switched off for "
            "many organisations: ask your administrator to allow authenticated SMTP "
            "for your mailbox, or use Odoo's Outlook sign-in instead."
        ),
        login=True,
    ),
    Row(
        "login",
        _code(*LOGIN_REFUSED),
        _lt(
            "%(host)s refused the log-in. Check login and password; many providers "
            "want an app password here instead of your normal one."
        ),
        login=True,
    ),
    Row(
        "login_later",
        _code(421, 432, 454),
        _lt("%(host)s takes no log-in at the moment. Try again in some minutes."),
    ),
    Row(
        "login_kind",
        _either(_missing_feature(KINDS), _code(504)),
        _lt(
            "%(host)s takes no log-in with a password in a way that Odoo speaks (PLAIN "
            "or LOGIN). Ask your provider for one; for Gmail and Microsoft, Odoo's "
            "own sign-in is the other way."
        ),
    ),
    Row(
        "login_not_offered",
        _missing_feature("AUTH"),
        _lt(
            "%(host)s offers no log-in with a password on port %(port)s. Check the "
            "port: mail programs usually use 587 or 465."
        ),
    ),
    Row(
        "password_characters",
        _is(UnicodeError),
        _lt(
            "Login or password contain characters that %(host)s cannot take. Type "
            "them again, or use an app password."
        ),
    ),
    # the address in From
    Row(
        "sender_refused",
        _is(smtplib.SMTPSenderRefused),
        _lt(
            "%(host)s does not let this login send as %(email)s. Use the address that "
            "belongs to the login, or add it as an alias at your provider."
        ),
    ),
    # encryption
    Row(
        "certificate_name",
        _certificate(*OTHER_NAME),
        _lt(
            "The certificate of the server belongs to another name than %(host)s. "
            "Check the name of the server."
        ),
    ),
    Row(
        "certificate_expired",
        _certificate(*EXPIRED),
        _lt(
            "The certificate of %(host)s has expired. Whoever runs that mail server "
            "has to renew it."
        ),
    ),
    Row(
        "certificate_not_yet_valid",
        _certificate(*NOT_YET_VALID),
        _lt(
            "The certificate of %(host)s is not valid yet. Check the clock of this "
            "server and the certificate."
        ),
    ),
    Row(
        "certificate_self_signed",
        _certificate(*SELF_SIGNED),
        _lt(
            "%(host)s shows a certificate that it signed itself, so nobody vouches "
            "for it. The mail server needs one from a known authority."
        ),
    ),
    Row(
        "certificate_unknown",
        _certificate(*UNKNOWN_ISSUER),
        _lt(
            "The certificate of %(host)s was issued by an authority that this server "
            "does not know."
        ),
    ),
    Row(
        "security_starttls",
        _speaks_first,
        _lt(
            "Port %(port)s of %(host)s does not start with TLS. Choose STARTTLS as "
            "security, or port 465."
        ),
    ),
    Row(
        "security_tls",
        _waits_for_tls,
        _lt(
            "Port 465 of %(host)s expects TLS from the start. Choose TLS as security, "
            "or port 587."
        ),
    ),
    Row(
        "tls",
        _is(ssl.SSLError),
        _lt("No secure connection to %(host)s could be agreed on."),
    ),
    # finding and reaching the server
    Row(
        "host_malformed",
        _target(guard.MALFORMED),
        _lt(
            "“%(host)s” is not the name of a mail server. Type the name only, as in "
            "smtp.example.com."
        ),
    ),
    Row(
        "host_internal",
        _target(guard.INTERNAL),
        _lt(
            "%(host)s is inside this server's own network, where mail must not go. If "
            "it is your company's mail server, your administrator can allow it."
        ),
    ),
    Row(
        "port_not_allowed",
        _target(guard.PORT),
        _lt(
            "Port %(port)s is not a port for mail. Use 587 or 465; your administrator "
            "can allow others."
        ),
    ),
    Row(
        "host_unknown",
        _is(socket.gaierror),
        _lt("There is no server named %(host)s. Check the name of the mail server."),
    ),
    Row(
        "refused",
        _is(ConnectionRefusedError),
        _lt(
            "%(host)s does not answer on port %(port)s. Check the port (587 or 465), "
            "or try later: the mail server may be down."
        ),
    ),
    Row(
        "timeout",
        _timed_out,
        _lt(
            "%(host)s did not answer in time on port %(port)s. Check server and port; "
            "a firewall may be in the way."
        ),
    ),
    Row(
        "dropped",
        _is(smtplib.SMTPServerDisconnected, ConnectionError),
        _lt(
            "%(host)s closed the connection on port %(port)s. Check port and "
            "security, or try again later."
        ),
    ),
    Row(
        "greeting",
        _is(smtplib.SMTPException),
        _lt("%(host)s refused to talk to us."),
    ),
    Row(
        "network",
        _is(OSError),
        _lt("%(host)s cannot be reached from here on port %(port)s."),
    ),
    Row(
        "unexpected",
        _is(Exception),
        _lt("%(host)s answered in a way that we do not understand."),
    ),
)
