"""A line to a mail server that is checked, encrypted and logged in to once. No ORM."""

import base64
import smtplib
import socket
import ssl
from contextlib import contextmanager

from .presets import TLS

LOGGED_IN = (235, 503)  # 503: the line is authenticated already
GO_ON = 334
UNKNOWN_MECHANISM = 504
KINDS = "kinds of AUTH"  # how an error says that none of them is spoken here


class EncryptionRefused(smtplib.SMTPResponseException):
    """The server offers STARTTLS and does not want it now."""


class Pinned(smtplib.SMTP):
    """Connects to addresses that were checked, while TLS verifies the name."""

    def __init__(self, host, port, addresses, **options):
        self._addresses = addresses
        super().__init__(host, port, **options)

    def _get_socket(self, host, port, timeout):
        """The first address that answers; all attempts together keep the timeout."""
        share = timeout / len(self._addresses)
        for last, address in enumerate(self._addresses, 1 - len(self._addresses)):
            try:
                connected = socket.create_connection((address, port), share)
            except OSError:
                if not last:
                    raise
            else:
                connected.settimeout(timeout)
                return connected


class PinnedTLS(smtplib.SMTP_SSL, Pinned):
    """The same with TLS from the first byte (``SMTP_SSL`` wraps that socket)."""

    def __init__(self, host, port, addresses, **options):
        self._addresses = addresses
        smtplib.SMTP_SSL.__init__(self, host, port, **options)


def open_line(host, port, security, addresses, timeout, context=None):
    """Connect and encrypt; the line is never used in the clear.

    :param str host: the name that the certificate has to carry
    :param int port: where to connect
    :param str security: ``starttls`` or ``tls``
    :param list addresses: what :func:`.guard.checked_addresses` returned
    :param float timeout: seconds for any one step
    :param ssl.SSLContext context: other than the machine's trust store
    :returns: an ``smtplib.SMTP``
    :raises OSError, smtplib.SMTPException: see :mod:`.explain`
    """
    # SSL_CERT_FILE and SSL_CERT_DIR extend what the default context trusts
    context = context or ssl.create_default_context()
    if security == TLS:
        return PinnedTLS(host, port, addresses, timeout=timeout, context=context)
    line = Pinned(host, port, addresses, timeout=timeout)
    try:
        _start_tls(line, context)
    except BaseException:
        line.close()
        raise
    return line


def _start_tls(line, context):
    try:
        line.starttls(context=context)
    except smtplib.SMTPResponseException as error:
        raise EncryptionRefused(error.smtp_code, error.smtp_error) from None


def log_in(line, user, password):
    """Log in with one attempt: smtplib tries a refused password again with the next
    mechanism, and providers lock accounts for that.

    :param smtplib.SMTP line: an encrypted line
    :raises smtplib.SMTPAuthenticationError: refused
    :raises smtplib.SMTPNotSupportedError: no log-in offered, or none that we speak
    """
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError("AUTH not offered by the server")
    offered = line.esmtp_features["auth"].upper().split()
    mechanisms = [attempt for name, attempt in MECHANISMS if name in offered]
    if not mechanisms:
        raise smtplib.SMTPNotSupportedError(f"offered {KINDS}: {' '.join(offered)}")
    for attempt in mechanisms:
        code, words = attempt(line, user, password)
        if code != UNKNOWN_MECHANISM:
            break
    if code not in LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, words)


@contextmanager
def heeding_auth(line):
    """Odoo's own sign-ins with a token send AUTH and do not look at the answer; what
    is said next would then be refused, and nobody knew why.

    :param smtplib.SMTP line: whose AUTH raises when it is refused
    :raises smtplib.SMTPAuthenticationError: refused
    """
    docmd = line.docmd

    def heeding(command, args=""):
        code, words = docmd(command, args)
        if command == "AUTH" and code == GO_ON:
            # the reason in JSON; an empty line brings the refusal itself
            code, words = docmd("")
        if command == "AUTH" and code not in LOGGED_IN:
            raise smtplib.SMTPAuthenticationError(code, words)
        return code, words

    line.docmd = heeding
    try:
        yield
    finally:
        del line.docmd


def _plain(line, user, password):
    return line.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))


def _login(line, user, password):
    code, words = line.docmd("AUTH", "LOGIN")
    for part in (user, password):
        if code == GO_ON:
            code, words = line.docmd(_base64(part))
    return code, words


def _base64(text):
    return base64.b64encode(text.encode()).decode("ascii")


# Under TLS both show the server the password; nothing is won by a digest.
MECHANISMS = (("PLAIN", _plain), ("LOGIN", _login))
