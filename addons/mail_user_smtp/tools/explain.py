"""What went wrong between us and a mail server, in sentences. No ORM.

``ROWS`` is the only place where errors become sentences; the first row that fits wins.
A row's sentence says what happened and what to do. The server response is kept
apart, for the small print.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odoo.tools.translate import LazyTranslate

from . import guard, watch
from .conditions import (
    Condition,
    at,
    by_token,
    certificate,
    either,
    every,
    has_code,
    has_number,
    hung_up_on_port,
    is_kind,
    login_refused,
    missing_feature,
    says_code,
    says_word,
    server_response,
    silent,
    silent_at,
    target,
    tls_reason,
    with_security,
)
from .providers import BLANKS, LETTERS, STARTTLS, TLS
from .transport import (
    KINDS,
    AddressNotTaken,
    EncryptionRefused,
    GreetingRefused,
    OwnAddressRefused,
)

_lt = LazyTranslate(__name__)

# OpenSSL's X509_V_ERR_*: why a certificate was not accepted
EXPIRED, NOT_YET_VALID = (10,), (9,)
OTHER_NAME = (62, 64)
SELF_SIGNED = (18,)
UNKNOWN_ISSUER = (2, 19, 20, 21)
# OpenSSL's reasons when the other side has no TLS at all
NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
TEMPORARY = range(400, 500)


@dataclass(frozen=True)
class Account:
    """What the sentence is about."""

    host: str = ""
    port: int = 0
    security: str = STARTTLS
    email: str = ""
    token: bool = False  # signed in at the provider instead of a password
    greeting: str = ""  # the name in EHLO
    doubt: str = ""  # about the password, of providers.password_doubt


@dataclass(frozen=True)
class Row:
    """One kind of error and its sentence."""

    kind: str
    fits: Condition
    sentence: Any  # a lazy translation with %(host)s, %(port)s, %(email)s
    login: bool = False  # the account itself was refused: do not try it again
    later: bool = False  # a temporary answer: it tells nothing about the account


@dataclass(frozen=True)
class Explanation:
    """Why it failed. ``sentence`` is for people, ``response`` the small print."""

    row: Row
    account: Account
    response: str = ""

    @property
    def kind(self) -> str:
        return self.row.kind

    @property
    def login_refused(self) -> bool:
        return self.row.login

    @property
    def is_temporary(self) -> bool:
        return self.row.later

    def sentence(self, translate: Callable[[Any], str] = str) -> str:
        """
        :param translate: ``env._``, or ``str`` for English
        """
        sentence = translate(self.row.sentence) % vars(self.account)
        doubt = DOUBTS.get(self.account.doubt) if self.row.login else None
        return f"{sentence} {translate(doubt)}" if doubt else sentence


def explain(error: BaseException, account: Account) -> Explanation:
    """Find the row for an error.

    :param Exception error: what :mod:`.guard` or :mod:`.transport` raised
    :param Account account: the account that was tried
    :rtype: Explanation

    >>> error = smtplib.SMTPAuthenticationError(535, b"5.7.8 BadCredentials")
    >>> why = explain(error, Account("mail.example.com", 587))
    >>> why.kind, why.login_refused, why.response
    ('login', True, '535 5.7.8 BadCredentials')
    """
    row = next(row for row in ROWS if row.fits(error, account))
    return Explanation(row, account, server_response(error))


# Added to the sentence of a refused log-in.
DOUBTS = {
    BLANKS: _lt(
        "What you typed as the password begins or ends with a blank: if that came "
        "along when copying, type the password again without it."
    ),
    LETTERS: _lt(
        "The password has letters that can be written in more than one way, such as "
        "accents or full-width figures: type it by hand instead of pasting it."
    ),
}

# At each step, what a server means that does not answer it.
SILENT = (
    (
        watch.HELLO,
        _lt("%(host)s greeted and did not go on in time. Try again in some minutes."),
    ),
    (
        watch.ENCRYPTION,
        _lt(
            "%(host)s did not begin the encryption (STARTTLS) in time. Try again in "
            "some minutes, or try TLS on port 465."
        ),
    ),
    (
        watch.LOGIN,
        _lt(
            "%(host)s did not answer the log-in in time. That says nothing about your "
            "password: try again in some minutes."
        ),
    ),
    (
        watch.SENDER,
        _lt(
            "%(host)s took the log-in, but did not say in time whether it takes mail "
            "from %(email)s. Try again in some minutes."
        ),
    ),
    (
        watch.MAIL,
        _lt(
            "%(host)s did not say in time that it took the test mail, which may arrive "
            "all the same. Look into your mailbox, or try again in some minutes."
        ),
    ),
)

ROWS = (
    # before all others: with the code of an answer that means another thing later
    Row(
        "greeting_name",
        # Postfix keeps it to itself until a recipient is named
        every(
            has_code(*range(500, 600)),
            either(
                is_kind(GreetingRefused),
                every(is_kind(smtplib.SMTPSenderRefused), says_word("helo command")),
            ),
        ),
        _lt(
            "%(host)s does not accept the name by which this server greets it "
            "(%(greeting)s). Your administrator has to set the address of this site "
            "(web.base.url) to its real name, or the mail server has to allow this one."
        ),
    ),
    Row(
        "starttls_not_offered",
        either(missing_feature("STARTTLS"), is_kind(EncryptionRefused)),
        _lt(
            "%(host)s offers no encryption (STARTTLS) on port %(port)s, so nothing "
            "was sent. Try TLS on port 465, or ask who runs the server."
        ),
    ),
    # the address in From
    Row(
        "sender_later",
        every(
            is_kind(smtplib.SMTPSenderRefused, smtplib.SMTPDataError),
            has_code(*TEMPORARY),
        ),
        _lt(
            "%(host)s takes no mail from %(email)s at the moment. That says nothing "
            "about your settings: try again in some minutes."
        ),
        later=True,
    ),
    Row(
        "mailbox_full",
        every(is_kind(OwnAddressRefused), either(has_code(552), says_code("5.2.2"))),
        _lt(
            "The mailbox %(email)s is full, so no answer would reach you. Make room in "
            "it, then test again."
        ),
    ),
    Row(
        "address_unknown",
        every(is_kind(OwnAddressRefused), says_code("5.1.1", "5.1.2", "5.1.10")),
        _lt("%(host)s knows no mailbox %(email)s. Check your mail address."),
    ),
    Row(
        "sender_refused",
        is_kind(smtplib.SMTPSenderRefused),
        _lt(
            "%(host)s does not let this login send as %(email)s. Use the address that "
            "belongs to the login, or add it as an alias at your provider."
        ),
    ),
    Row(
        "mail_refused",
        is_kind(smtplib.SMTPDataError),
        _lt(
            "%(host)s took the addresses, but refused the mail itself. Its response "
            "has the reason; ask who runs the server."
        ),
    ),
    Row(
        "address_characters",
        is_kind(AddressNotTaken),
        _lt(
            "%(host)s takes no address with letters such as those before the @ in "
            "%(email)s. Use an address in Latin letters without accents."
        ),
    ),
    # the log-in
    Row(
        "login_token",
        by_token(login_refused),
        _lt(
            "%(host)s refuses Odoo's sign-in for %(email)s: it was withdrawn or has "
            "ended. Sign in again in My Preferences, Outgoing Mail Server."
        ),
        login=True,
    ),
    Row(
        "login_gmail",
        at("gmail", login_refused),
        _lt(
            "Gmail refused the password. Gmail needs an app password here, not the "
            "password of your Google account: switch on 2-Step Verification, make one "
            "at myaccount.google.com/apppasswords and paste it, with or without spaces."
        ),
        login=True,
    ),
    Row(
        "login_basic_off",
        every(login_refused, says_code("5.7.139", "5.7.30")),
        _lt(
            "Microsoft has switched mailing with a password off here. Ask your "
            "administrator to allow authenticated SMTP for your mailbox, or use "
            "Odoo's Outlook sign-in instead."
        ),
        login=True,
    ),
    Row(
        "login_microsoft",
        at("microsoft", login_refused),
        _lt(
            "Microsoft refused the log-in. Mailing with a password is switched off for "
            "many organisations: ask your administrator to allow authenticated SMTP "
            "for your mailbox, or use Odoo's Outlook sign-in instead."
        ),
        login=True,
    ),
    Row(
        "login_app_password",
        every(login_refused, either(has_code(534), says_code("5.7.9"))),
        _lt(
            "%(host)s refused the log-in: it wants an app password here instead of "
            "your normal one. Make one in the settings of your mailbox and type it."
        ),
        login=True,
    ),
    Row(
        "login",
        login_refused,
        _lt(
            "%(host)s refused the log-in. Check login and password; many providers "
            "want an app password here instead of your normal one."
        ),
        login=True,
    ),
    Row(
        "login_later",
        either(
            has_code(421, 432, 454),
            every(is_kind(GreetingRefused), has_code(*TEMPORARY)),
        ),
        _lt("%(host)s takes no log-in at the moment. Try again in some minutes."),
        later=True,
    ),
    Row(
        "login_kind",
        either(missing_feature(KINDS), has_code(504)),
        _lt(
            "%(host)s takes no log-in with a password in a way that Odoo speaks (PLAIN "
            "or LOGIN). Ask your provider for one; for Gmail and Microsoft, Odoo's "
            "own sign-in is the other way."
        ),
    ),
    Row(
        "login_not_offered",
        missing_feature("AUTH"),
        _lt(
            "%(host)s offers no log-in with a password on port %(port)s. Check the "
            "port: mail programs usually use 587 or 465."
        ),
    ),
    Row(
        "password_characters",
        is_kind(UnicodeError),
        _lt(
            "Login or password contain characters that %(host)s cannot take. Type "
            "them again, or use an app password."
        ),
    ),
    # encryption
    Row(
        "certificate_name",
        certificate(*OTHER_NAME),
        _lt(
            "The certificate of the server belongs to another name than %(host)s. "
            "Check the name of the server."
        ),
    ),
    Row(
        "certificate_expired",
        certificate(*EXPIRED),
        _lt(
            "The certificate of %(host)s has expired. Whoever runs that mail server "
            "has to renew it."
        ),
    ),
    Row(
        "certificate_not_yet_valid",
        certificate(*NOT_YET_VALID),
        _lt(
            "The certificate of %(host)s is not valid yet. Check the clock of this "
            "server and the certificate."
        ),
    ),
    Row(
        "certificate_self_signed",
        certificate(*SELF_SIGNED),
        _lt(
            "%(host)s shows a certificate that it signed itself, so nobody vouches "
            "for it. The mail server needs one from a known authority."
        ),
    ),
    Row(
        "certificate_unknown",
        certificate(*UNKNOWN_ISSUER),
        _lt(
            "The certificate of %(host)s was issued by an authority that this server "
            "does not know."
        ),
    ),
    *(Row(f"silent_{at}", silent_at(at), said, later=True) for at, said in SILENT),
    Row(
        "security_starttls",
        # a port for STARTTLS greets in the clear
        with_security(TLS, tls_reason(*NOT_TLS)),
        _lt(
            "Port %(port)s of %(host)s does not start with TLS. Choose STARTTLS as "
            "security, or port 465."
        ),
    ),
    Row(
        "security_tls",
        # a port for TLS says nothing until the client starts it
        with_security(STARTTLS, either(silent, hung_up_on_port(465))),
        _lt(
            "%(host)s accepted the connection on port %(port)s and did not answer in "
            "time. It may expect TLS from the start, as port 465 does: choose TLS as "
            "security, or port 587."
        ),
    ),
    Row(
        "security_unclear",
        with_security(TLS, silent),
        _lt(
            "%(host)s accepted the connection on port %(port)s and did not answer in "
            "time. It may want STARTTLS, as port 587 does: choose it as security, or "
            "port 465."
        ),
    ),
    Row(
        "tls",
        is_kind(ssl.SSLError),
        _lt("No secure connection to %(host)s could be agreed on."),
    ),
    # finding and reaching the server
    Row(
        "host_malformed",
        target(guard.MALFORMED),
        _lt(
            "“%(host)s” is not the name of a mail server. Type the name only, as in "
            "smtp.example.com."
        ),
    ),
    Row(
        "host_internal",
        target(guard.INTERNAL),
        _lt(
            "%(host)s is inside this server's own network, where mail must not go. If "
            "it is your company's mail server, your administrator can allow it."
        ),
    ),
    Row(
        "port_not_allowed",
        target(guard.PORT),
        _lt(
            "Port %(port)s is not a port for mail. Use 587 or 465; your administrator "
            "can allow others."
        ),
    ),
    Row(
        "host_later",
        every(is_kind(socket.gaierror), has_number(socket.EAI_AGAIN)),
        _lt(
            "Names such as %(host)s cannot be looked up at the moment. That says "
            "nothing about your settings: try again in some minutes."
        ),
        later=True,
    ),
    Row(
        "host_unknown",
        is_kind(socket.gaierror),
        _lt("There is no server named %(host)s. Check the name of the mail server."),
    ),
    Row(
        "refused",
        is_kind(ConnectionRefusedError),
        _lt(
            "%(host)s does not answer on port %(port)s. Check the port (587 or 465), "
            "or try later: the mail server may be down."
        ),
    ),
    Row(
        "timeout",
        is_kind(TimeoutError),
        _lt(
            "%(host)s did not answer in time on port %(port)s. Check server and port; "
            "a firewall may be in the way."
        ),
    ),
    Row(
        "dropped",
        is_kind(smtplib.SMTPServerDisconnected, ConnectionError),
        _lt(
            "%(host)s closed the connection on port %(port)s. Check port and "
            "security, or try again later."
        ),
    ),
    Row(
        "greeting",
        is_kind(smtplib.SMTPException),
        _lt("%(host)s refused the connection."),
    ),
    Row(
        "network",
        is_kind(OSError),
        _lt("%(host)s cannot be reached from here on port %(port)s."),
    ),
    Row(
        "unexpected",
        is_kind(Exception),
        _lt("%(host)s gave an answer that Odoo does not understand."),
    ),
)
