"""What an exception means that came while talking to a mail server. No ORM."""

import smtplib
import socket
import ssl

from .replies import AUTH, CONNECT, EHLO, Outcome, Reply, Verdict, classify

# Looked up by class, first match wins; the order goes from special to general.
NETWORK_REASONS = (
    (socket.gaierror, "dns"),
    (ConnectionRefusedError, "connect"),
    (TimeoutError, "timeout"),
    (smtplib.SMTPServerDisconnected, "dropped"),
    (ConnectionError, "dropped"),
    (OSError, "connect"),
)
# At which stage the server gave the answer that an exception carries.
STAGES = (
    (smtplib.SMTPAuthenticationError, AUTH),
    (smtplib.SMTPHeloError, EHLO),
    (smtplib.SMTPResponseException, CONNECT),
)
# Reasons that say nothing about a mail: once the server works again, it is sent.
LINE_REASONS = frozenset({"dns", "connect", "timeout", "dropped", "failed", "tls"})
NOT_YET_VALID = 9  # OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID


class ConnectionLost(Exception):
    """The conversation broke off.

    ``handed_over`` says whether a byte of the message was sent: from then on nobody
    but the server knows whether it took it.
    """

    def __init__(
        self, stage: str, cause: BaseException, handed_over: bool = False
    ) -> None:
        super().__init__(f"{stage}: {cause}")
        self.stage = stage
        self.cause = cause
        self.handed_over = handed_over

    @property
    def is_silence(self) -> bool:
        """Whether the server did not answer in time, rather than break off.

        >>> ConnectionLost("RCPT", TimeoutError()).is_silence
        True
        """
        # smtplib calls an answer that did not come a disconnection
        return TimeoutError in (type(self.cause), type(self.cause.__context__))

    def verdict(self) -> Verdict:
        """The verdict on the recipient who was being served.

        >>> ConnectionLost("BODY", TimeoutError(), handed_over=True).verdict().outcome
        <Outcome.UNKNOWN: 'unknown'>
        >>> ConnectionLost("RCPT", TimeoutError()).verdict().reason
        'timeout'
        """
        if self.handed_over:
            return Verdict(Outcome.UNKNOWN, "lost", text=text_of(self.cause))
        return connection_verdict(self.cause)


class MessageError(Exception):
    """A message that cannot be made. ``reason`` is a key of ``mail.delivery``."""

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(text or reason)
        self.reason = reason
        self.text = text

    def verdict(self) -> Verdict:
        return Verdict(Outcome.REFUSED, self.reason, text=self.text)


def text_of(error: BaseException) -> str:
    """The text of an exception, never empty.

    >>> text_of(TimeoutError())
    'TimeoutError'
    >>> text_of(smtplib.SMTPAuthenticationError(535, b"5.7.8 no"))
    '5.7.8 no'
    """
    if isinstance(error, smtplib.SMTPResponseException):
        return decode(error.smtp_error)
    return str(error) or type(error).__name__


def decode(text: bytes | str | None) -> str:
    """Bytes or text of a server as printable text, whatever it sent.

    >>> decode(b"caf\\xe9 full")
    'caf\\ufffd full'
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return " ".join((text or "").replace("\x00", "").split())


def connection_verdict(error: BaseException) -> Verdict:
    """Judge a failure to connect, to secure the line or to log in.

    :param Exception error: what ``ir.mail_server._connect__`` raised
    :rtype: Verdict

    >>> connection_verdict(socket.gaierror(-2, "unknown host")).reason
    'dns'
    >>> early = ssl.SSLCertVerificationError(1, "certificate is not yet valid")
    >>> early.verify_code = NOT_YET_VALID
    >>> connection_verdict(early).outcome
    <Outcome.DEFERRED: 'deferred'>
    >>> connection_verdict(ssl.SSLError(1, "bad certificate")).outcome
    <Outcome.REFUSED: 'refused'>
    >>> connection_verdict(smtplib.SMTPAuthenticationError(535, b"no")).account
    True
    """
    if getattr(error, "verify_code", None) == NOT_YET_VALID:
        # this machine's clock is behind, or it was just made: it becomes valid
        return Verdict(Outcome.DEFERRED, "tls", text=text_of(error))
    if isinstance(error, ssl.SSLError) or _is_certificate_error(error):
        return Verdict(Outcome.REFUSED, "tls", text=text_of(error), account=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        reason = "tls" if "STARTTLS" in str(error) else "login"
        return Verdict(Outcome.REFUSED, reason, text=text_of(error), account=True)
    if isinstance(error, smtplib.SMTPResponseException):
        stage = next((stage for kind, stage in STAGES if isinstance(error, kind)))
        return classify(Reply(error.smtp_code, text_of(error), stage))
    if isinstance(error.__context__, TimeoutError):
        # smtplib calls an answer that did not come a disconnection
        error = error.__context__
    found = (reason for kind, reason in NETWORK_REASONS if isinstance(error, kind))
    return Verdict(Outcome.DEFERRED, next(found, "failed"), text=text_of(error))


def _is_certificate_error(error: BaseException) -> bool:
    """Odoo's certificate check may come from urllib3 or pyOpenSSL, by version."""
    return type(error).__name__ in ("CertificateError", "SSLError") or (
        type(error).__module__.startswith("OpenSSL")
    )
