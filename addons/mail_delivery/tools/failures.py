"""What an exception means that came while talking to a mail server. No ORM."""

import smtplib
import socket
import ssl

from .replies import AUTH, CONNECT, EHLO, STARTTLS, Outcome, Reply, Verdict, classify

# Looked up by class, first match wins; the order goes from special to general.
NETWORK_REASONS = (
    (socket.gaierror, "dns"),
    (ConnectionRefusedError, "connect"),
    (TimeoutError, "timeout"),
    (smtplib.SMTPServerDisconnected, "dropped"),
    (ConnectionError, "dropped"),
    (OSError, "connect"),
)
# Reasons that say nothing about a mail: the server works again, and it leaves.
LINE_REASONS = frozenset({"dns", "connect", "timeout", "dropped", "failed"})


class ConnectionLost(Exception):
    """The conversation broke off.

    ``handed_over`` says whether a byte of the message had left: from then on nobody
    but the server knows whether it took it.
    """

    def __init__(self, stage, cause, handed_over=False):
        super().__init__(f"{stage}: {cause}")
        self.stage = stage
        self.cause = cause
        self.handed_over = handed_over

    @property
    def is_silence(self):
        """Whether the server did not answer in time, rather than break off.

        >>> ConnectionLost("RCPT", TimeoutError()).is_silence
        True
        """
        # smtplib calls an answer that did not come a disconnection
        return TimeoutError in (type(self.cause), type(self.cause.__context__))

    def verdict(self):
        """The verdict on the recipient who was being served.

        >>> ConnectionLost("BODY", TimeoutError(), handed_over=True).verdict().outcome
        <Outcome.UNKNOWN: 'unknown'>
        >>> ConnectionLost("RCPT", TimeoutError()).verdict().reason
        'timeout'
        """
        if self.handed_over:
            return Verdict(Outcome.UNKNOWN, "lost", text=words(self.cause))
        return connection_verdict(self.cause)


class MessageError(Exception):
    """A message that cannot be made. ``reason`` is a key of ``mail.delivery``."""

    def __init__(self, reason, text=""):
        super().__init__(text or reason)
        self.reason = reason
        self.text = text

    def verdict(self):
        return Verdict(Outcome.REFUSED, self.reason, text=self.text)


def words(error):
    """An exception in the words that it carries, never empty.

    >>> words(TimeoutError())
    'TimeoutError'
    >>> words(smtplib.SMTPAuthenticationError(535, b"5.7.8 no"))
    '5.7.8 no'
    """
    if isinstance(error, smtplib.SMTPResponseException):
        return decode(error.smtp_error)
    return str(error) or type(error).__name__


def decode(text):
    """Bytes or text of a server as printable text, whatever it sent.

    >>> decode(b"caf\\xe9 full")
    'caf\\ufffd full'
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return " ".join((text or "").replace("\x00", "").split())


def connection_verdict(error):
    """Judge a failure to connect, to secure the line or to log in.

    :param Exception error: what ``ir.mail_server._connect__`` raised
    :rtype: Verdict

    >>> connection_verdict(socket.gaierror(-2, "unknown host")).reason
    'dns'
    >>> connection_verdict(ssl.SSLError(1, "bad certificate")).outcome
    <Outcome.REFUSED: 'refused'>
    >>> connection_verdict(smtplib.SMTPAuthenticationError(535, b"no")).account
    True
    """
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return classify(Reply(error.smtp_code, words(error), AUTH))
    if isinstance(error, ssl.SSLError) or _is_certificate_error(error):
        return Verdict(Outcome.REFUSED, "tls", text=words(error), account=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        stage = STARTTLS if "STARTTLS" in str(error) else AUTH
        reason = "tls" if stage == STARTTLS else "login"
        return Verdict(Outcome.REFUSED, reason, text=words(error), account=True)
    if isinstance(error, smtplib.SMTPResponseException):
        stage = EHLO if isinstance(error, smtplib.SMTPHeloError) else CONNECT
        return classify(Reply(error.smtp_code, words(error), stage))
    if isinstance(error.__context__, TimeoutError):
        # smtplib calls an answer that did not come a disconnection
        error = error.__context__
    for family, reason in NETWORK_REASONS:
        if isinstance(error, family):
            return Verdict(Outcome.DEFERRED, reason, text=words(error))
    return Verdict(Outcome.DEFERRED, "failed", text=words(error))


def _is_certificate_error(error):
    """Odoo's certificate check may come from urllib3 or pyOpenSSL, by version."""
    return type(error).__name__ in ("CertificateError", "SSLError") or (
        type(error).__module__.startswith("OpenSSL")
    )
