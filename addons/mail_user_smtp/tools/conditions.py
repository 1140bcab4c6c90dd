"""What a row of :mod:`.explain` may ask about an error and an account. No ORM."""

import re
import smtplib
import ssl

from . import guard
from .presets import provider_of_host

LOGIN_REFUSED = (530, 534, 535, 550)
WORDS_SHOWN = 300  # characters of the server's answer; some send an essay


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


# -- conditions: (error, account) -> bool


def is_kind(*kinds):
    return lambda error, account: isinstance(error, kinds)


def has_code(*codes):
    return lambda error, account: (
        isinstance(error, smtplib.SMTPResponseException) and error.smtp_code in codes
    )


def says_code(*codes):
    """An enhanced code (RFC 3463) in the server's words."""
    numbers = re.compile(rf"(?<![\d.])({'|'.join(map(re.escape, codes))})(?![\d.])")
    return lambda error, account: (
        isinstance(error, smtplib.SMTPResponseException)
        and bool(numbers.search(server_words(error)))
    )


def says_word(word):
    return lambda error, account: word in server_words(error).lower()


def every(*conditions):
    return lambda error, account: all(fits(error, account) for fits in conditions)


def certificate(*codes):
    return lambda error, account: (
        isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in codes
    )


def tls_reason(*reasons):
    return lambda error, account: (
        isinstance(error, ssl.SSLError)
        and any(reason in (error.reason or str(error)) for reason in reasons)
    )


def target(reason):
    return lambda error, account: (
        isinstance(error, guard.TargetRefused) and error.reason == reason
    )


def at(preset, fits):
    return lambda error, account: (
        provider_of_host(account.host) == preset and fits(error, account)
    )


def by_token(fits):
    return lambda error, account: account.token and fits(error, account)


def missing_feature(name):
    return lambda error, account: (
        isinstance(error, smtplib.SMTPNotSupportedError) and name in str(error)
    )


def either(one, other):
    return lambda error, account: one(error, account) or other(error, account)


def with_security(security, fits):
    return lambda error, account: (
        account.security == security and fits(error, account)
    )


def hung_up_on_port(port):
    return lambda error, account: (
        isinstance(error, smtplib.SMTPServerDisconnected) and account.port == port
    )


def silent(error, account):
    """The connection stood, and then nothing came; smtplib reports that as a server
    that hung up, TLS by its own words.
    """
    words = str(error)
    hung_up = isinstance(error, smtplib.SMTPServerDisconnected) and "timed out" in words
    return hung_up or (isinstance(error, TimeoutError) and "handshake" in words)


def login_refused(error, account):
    """For good; 550 is how Microsoft says that it takes no password any more."""
    kind = isinstance(error, smtplib.SMTPAuthenticationError)
    return kind and error.smtp_code in LOGIN_REFUSED
