"""What a row of :mod:`.explain` may ask about an error and an account. No ORM."""

import re
import smtplib
import ssl
from collections.abc import Callable
from typing import Any

from . import guard
from .providers import provider_of_host
from .watch import NoAnswer

Condition = Callable[[BaseException, Any], bool]  # (error, Account)

LOGIN_REFUSED = (530, 534, 535, 550)
LONGEST_RESPONSE = 300  # characters that are shown; some servers send an essay


def server_response(error: BaseException) -> str:
    """What the server answered, on one line, with its code.

    >>> server_response(smtplib.SMTPResponseException(454, b"4.7.0 later\\n please"))
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
    return " ".join(text.split())[:LONGEST_RESPONSE]


# -- conditions: (error, account) -> bool


def is_kind(*kinds: type[BaseException]) -> Condition:
    return lambda error, account: isinstance(error, kinds)


def has_code(*codes: int) -> Condition:
    return lambda error, account: (
        isinstance(error, smtplib.SMTPResponseException) and error.smtp_code in codes
    )


def has_number(number: int) -> Condition:
    """An error of the system or the resolver."""
    return lambda error, account: isinstance(error, OSError) and error.errno == number


def says_code(*codes: str) -> Condition:
    """An enhanced code (RFC 3463) in the server response."""
    numbers = re.compile(rf"(?<![\d.])({'|'.join(map(re.escape, codes))})(?![\d.])")
    return lambda error, account: (
        isinstance(error, smtplib.SMTPResponseException)
        and bool(numbers.search(server_response(error)))
    )


def says_word(word: str) -> Condition:
    return lambda error, account: word in server_response(error).lower()


def every(*conditions: Condition) -> Condition:
    return lambda error, account: all(fits(error, account) for fits in conditions)


def certificate(*codes: int) -> Condition:
    return lambda error, account: (
        isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in codes
    )


def tls_reason(*reasons: str) -> Condition:
    return lambda error, account: (
        isinstance(error, ssl.SSLError)
        and any(reason in (error.reason or str(error)) for reason in reasons)
    )


def target(reason: str) -> Condition:
    return lambda error, account: (
        isinstance(error, guard.TargetRefused) and error.reason == reason
    )


def at(preset: str, fits: Condition) -> Condition:
    return lambda error, account: (
        provider_of_host(account.host) == preset and fits(error, account)
    )


def by_token(fits: Condition) -> Condition:
    return lambda error, account: account.token and fits(error, account)


def missing_feature(name: str) -> Condition:
    return lambda error, account: (
        isinstance(error, smtplib.SMTPNotSupportedError) and name in str(error)
    )


def either(one: Condition, other: Condition) -> Condition:
    return lambda error, account: one(error, account) or other(error, account)


def with_security(security: str, fits: Condition) -> Condition:
    return lambda error, account: (
        account.security == security and fits(error, account)
    )


def hung_up_on_port(port: int) -> Condition:
    return lambda error, account: (
        isinstance(error, smtplib.SMTPServerDisconnected) and account.port == port
    )


def silent(error: BaseException, account: Any) -> bool:
    """The connection stood, and then nothing came; smtplib reports that as a server
    that hung up, TLS in its own way.
    """
    text = str(error)
    hung_up = isinstance(error, smtplib.SMTPServerDisconnected) and "timed out" in text
    return hung_up or (isinstance(error, TimeoutError) and "handshake" in text)


def silent_at(step: str) -> Condition:
    return lambda error, account: isinstance(error, NoAnswer) and error.step == step


def login_refused(error: BaseException, account: Any) -> bool:
    """For good; with 550 Microsoft refuses passwords as such."""
    return (
        isinstance(error, smtplib.SMTPAuthenticationError)
        and error.smtp_code in LOGIN_REFUSED
    )
