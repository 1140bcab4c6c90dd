"""A line to a mail server that is checked, encrypted and logged in to once. No ORM."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import Any

import idna

from .names import address_literal
from .providers import TLS
from .watch import ENCRYPTION, NoAnswer, Watch

ACCEPTED = (250, 251)
LOGGED_IN = (235, 503)  # 503: the line is authenticated already
GO_ON = 334
UNKNOWN_MECHANISM = 504
KINDS = "kinds of AUTH"  # how an error says that none of them is known here
NO_EHLO = (500, 502)  # a server that knows HELO only, and so no encryption
COMMAND_LIMIT = 512  # octets of a line with its end (RFC 5321, 4.5.3.1.4)
LINE_END = 2  # octets

Answer = tuple[int, bytes]


class EncryptionRefused(smtplib.SMTPResponseException):
    """The server offers STARTTLS and does not want it now."""


class GreetingRefused(smtplib.SMTPResponseException):
    """The server does not accept the name in EHLO."""


class OwnAddressRefused(smtplib.SMTPSenderRefused):
    """The server does not take a mail from the account to itself: many look at the
    sender only when the recipient is named.
    """


class AddressNotTaken(smtplib.SMTPNotSupportedError):
    """The address has letters that the server cannot take."""


class Pinned(smtplib.SMTP):
    """Connects to addresses that were checked, while TLS verifies the name."""

    def __init__(
        self,
        host: str,
        port: int,
        addresses: list[str],
        watch: Watch | None = None,
        **options: Any,
    ) -> None:
        self._addresses = addresses
        self.watch = watch or Watch()
        super().__init__(host, port, **options)

    def putcmd(self, cmd: str, args: str = "") -> None:
        self.watch.note_command(cmd)
        return super().putcmd(cmd, args)

    def getreply(self) -> Answer:
        try:
            answer = super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):
                raise NoAnswer(self.watch.step) from error.__context__
            raise
        if self.watch.rang:  # smtplib takes the beginning of an answer for one
            raise NoAnswer(self.watch.step)
        return answer

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
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
                self.watch.follow(connected)
                return connected
        raise AssertionError("unreachable")  # there is an address, or an error


class PinnedTLS(smtplib.SMTP_SSL, Pinned):
    """The same with TLS from the first byte (``SMTP_SSL`` wraps that socket)."""

    def __init__(
        self,
        host: str,
        port: int,
        addresses: list[str],
        watch: Watch | None = None,
        **options: Any,
    ) -> None:
        self._addresses = addresses
        self.watch = watch or Watch()
        smtplib.SMTP_SSL.__init__(self, host, port, **options)


def open_line(
    host: str,
    port: int,
    security: str,
    addresses: list[str],
    timeout: float,
    context: ssl.SSLContext | None = None,
    name: str = "",
    watch: Watch | None = None,
) -> smtplib.SMTP:
    """Connect, greet and encrypt; the line is never used in the clear.

    :param str host: the name that the certificate has to carry
    :param int port: where to connect
    :param str security: ``starttls`` or ``tls``
    :param list addresses: what :func:`.guard.checked_addresses` returned
    :param float timeout: seconds for any one step
    :param ssl.SSLContext context: other than the machine's trust store
    :param str name: for EHLO; default: the address of this end
    :param Watch watch: ends the conversation if it takes too long
    :returns: an ``smtplib.SMTP``
    :raises OSError, smtplib.SMTPException: see :mod:`.explain`
    """
    # SSL_CERT_FILE and SSL_CERT_DIR extend what the default context trusts
    context = context or ssl.create_default_context()
    # smtplib would look up a name of this machine; the address is known once connected
    options: dict[str, Any] = {
        "timeout": timeout,
        "local_hostname": name or "[127.0.0.1]",
        "watch": watch,
    }
    if security == TLS:
        line: Pinned = PinnedTLS(host, port, addresses, context=context, **options)
    else:
        line = Pinned(host, port, addresses, **options)
    try:
        _begin(line, name, None if security == TLS else context)
    except BaseException:
        line.close()
        raise
    return line


def _begin(line: Any, name: str, context: ssl.SSLContext | None) -> None:
    """Greet, and start TLS where there is a context for it."""
    if not name:
        line.local_hostname = address_literal(line.sock.getsockname()[0])
    _greet(line)
    if context:
        _start_tls(line, context)
        _greet(line)


def _greet(line: smtplib.SMTP) -> None:
    code, response = line.ehlo()
    if code in NO_EHLO:
        code, response = line.helo()
    if code not in ACCEPTED:
        raise GreetingRefused(code, response)


def _start_tls(line: smtplib.SMTP, context: ssl.SSLContext) -> None:
    try:
        line.starttls(context=context)
    except smtplib.SMTPResponseException as error:
        raise EncryptionRefused(error.smtp_code, error.smtp_error) from None
    except TimeoutError as error:  # while TLS itself begins
        raise NoAnswer(ENCRYPTION) from error


def ask_address(line: smtplib.SMTP, address: str) -> None:
    """Whether an account may send from its address, without sending anything.

    :param smtplib.SMTP line: logged in
    :param str address: the sender, who is the recipient, too
    :raises smtplib.SMTPSenderRefused: it may not, or not now
    :raises AddressNotTaken: the server takes no address with such letters
    """
    path, options = wire_address(line, address)
    code, response = line.mail(path, options)
    if code not in ACCEPTED:
        raise smtplib.SMTPSenderRefused(code, response, address)
    code, response = line.rcpt(path)
    if code not in ACCEPTED:
        raise OwnAddressRefused(code, response, address)
    line.rset()


def wire_address(line: Any, address: str) -> tuple[str, list[str]]:
    """An address as a line takes it: its domain in ASCII; letters beyond ASCII before
    the @ only where the server offers that.

    :returns: the address and the options of MAIL
    :raises AddressNotTaken: see there
    """
    local, _at, domain = address.rpartition("@")
    try:
        path = f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        path = address
    if path.isascii():
        return path, []
    if not line.has_extn("smtputf8"):
        raise AddressNotTaken(address)
    line.command_encoding = "utf-8"
    return path, ["SMTPUTF8"]


def log_in(line: smtplib.SMTP, user: str, password: str) -> None:
    """Log in with one attempt: smtplib tries a refused password again with the next
    mechanism, and providers lock accounts for that.

    :param smtplib.SMTP line: an encrypted line
    :raises smtplib.SMTPAuthenticationError: refused
    :raises smtplib.SMTPNotSupportedError: no log-in offered, or none that we know
    """
    offered = _offered(line)
    if offered is None:
        raise smtplib.SMTPNotSupportedError("AUTH not offered by the server")
    mechanisms = [attempt for name, attempt in MECHANISMS if name in offered]
    if not mechanisms:
        raise smtplib.SMTPNotSupportedError(f"offered {KINDS}: {' '.join(offered)}")
    for attempt in mechanisms:
        code, response = attempt(line, user, password)
        if code != UNKNOWN_MECHANISM:
            break
    if code not in LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, response)


def can_log_in(line: smtplib.SMTP) -> bool:
    """Whether :func:`log_in` may be used on a line that core opened: nobody on the way
    reads along, and the server offers a kind that we know.
    """
    if not isinstance(getattr(line, "sock", None), ssl.SSLSocket):
        return False
    return any(name in (_offered(line) or ()) for name, _attempt in MECHANISMS)


def _offered(line: Any) -> list[str] | None:
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("auth"):
        return None
    offered: str = line.esmtp_features["auth"]
    return offered.upper().split()


def log_in_with_token(line: Any, user: str, token: str) -> None:
    """Log in with the token of a sign-in at the provider (XOAUTH2). Odoo's own addons
    send it without looking at the answer, and in one line however long it is.

    :param smtplib.SMTP line: an encrypted line
    :raises smtplib.SMTPAuthenticationError: refused
    """
    level, line.debuglevel = line.debuglevel, 0
    try:
        line.ehlo_or_helo_if_needed()
        initial = _base64(token_text(user, token))
        code, response = _authenticate(line.docmd, "XOAUTH2", initial)
        if code == GO_ON:
            # the reason in JSON; an empty line brings the refusal itself
            code, response = line.docmd("")
    finally:
        line.debuglevel = level
    if code not in LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, response)


def token_text(user: str, token: str) -> str:
    """The response of XOAUTH2, before it is encoded."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def _authenticate(
    docmd: Callable[..., Answer], mechanism: str, response: str
) -> Answer:
    """A command that is too long for a line goes without the response, which the server
    then asks for (RFC 4954, 4): such a line may be 12,288 octets.
    """
    if len(f"AUTH {mechanism} {response}") + LINE_END <= COMMAND_LIMIT:
        return docmd("AUTH", f"{mechanism} {response}")
    code, prompt = docmd("AUTH", mechanism)
    return docmd(response) if code == GO_ON else (code, prompt)


def _plain(line: smtplib.SMTP, user: str, password: str) -> Answer:
    return _authenticate(line.docmd, "PLAIN", _base64(f"\0{user}\0{password}"))


def _login(line: smtplib.SMTP, user: str, password: str) -> Answer:
    code, response = line.docmd("AUTH", "LOGIN")
    for part in (user, password):
        if code == GO_ON:
            code, response = line.docmd(_base64(part))
    return code, response


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


# Under TLS both show the server the password; nothing is won by a digest.
MECHANISMS = (("PLAIN", _plain), ("LOGIN", _login))
