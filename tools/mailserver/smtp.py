"""The SMTP side: TLS, a login for every sender, and replies that can be ordered."""

import hmac
import re
import ssl
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tools.mailserver.store import Store

SIZE_LIMIT = 25 * 1024 * 1024  # bytes; what Gmail takes
RELAY = "relay"  # this login mails in any name at its domain, others in their own only
# "refuse-550@…", "defer-451@…": the recipient decides the reply
ORDERED = re.compile(r"^(refuse|defer)-([45]\d\d)(?:\+.*)?@", re.IGNORECASE)
WORDS = {
    "421": "4.3.2 service shutting down",
    "450": "4.2.1 mailbox busy, try again later",
    "451": "4.7.1 greylisted, try again later",
    "452": "4.2.2 mailbox full",
    "550": "5.1.1 no such user here",
    "552": "5.3.4 message too big for this mailbox",
    "553": "5.1.3 address not accepted",
    "554": "5.7.1 rejected as spam",
}


class Authenticator:
    """Checks a login against the users of the demo.

    :param dict passwords: ``{login: password}``
    """

    def __init__(self, passwords: dict[str, str]) -> None:
        self.passwords = passwords

    def __call__(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        auth_data: object,
    ) -> AuthResult:
        if not isinstance(auth_data, LoginPassword):
            return AuthResult(success=False, handled=False)
        login = auth_data.login.decode("utf-8", "replace").lower()
        known = self.passwords.get(login, "")
        right = hmac.compare_digest(known.encode(), auth_data.password)
        if not (known and right):
            return AuthResult(
                success=False,
                handled=False,
                message="535 5.7.8 Username and Password not accepted",
            )
        return AuthResult(success=True, auth_data=login)


def may_send_as(login: str, address: str) -> bool:
    """Whether a login may name this sender."""
    name, _at, domain = login.partition("@")
    is_company = name == RELAY and address.rpartition("@")[2] == domain
    return address == login or is_company


class Handler:
    """Takes mails from logged-in senders and hands them to the store.

    :param Store store: where accepted messages go
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_MAIL(
        self,
        server: SMTP,
        session: Any,
        envelope: Any,
        address: str,
        options: list[str],
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        if not may_send_as(session.auth_data, address.lower()):
            return f"553 5.7.1 {session.auth_data} may not send as {address}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Any,
        envelope: Any,
        address: str,
        options: list[str],
    ) -> str:
        if ordered := ORDERED.match(address):
            code = ordered.group(2)
            words = WORDS.get(code) or f"{code[0]}.0.0 as ordered by the address"
            return f"{code} {words}"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        message_id = self.store.add(
            envelope.content, session.auth_data, envelope.mail_from, envelope.rcpt_tos
        )
        return f"250 2.0.0 OK queued as {message_id}"


def smtp_factory(
    store: Store,
    passwords: dict[str, str],
    hostname: str,
    starttls: ssl.SSLContext | None = None,
) -> Callable[[], SMTP]:
    """A factory of protocols for ``loop.create_server``.

    :param Store store: where messages go
    :param dict passwords: ``{login: password}``
    :param str hostname: for the greeting
    :param ssl.SSLContext starttls: offer STARTTLS with it and demand it; None where the
        socket itself is TLS
    """
    return lambda: SMTP(
        Handler(store),
        hostname=hostname,
        ident="BMAsia CRM demo mail",
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=Authenticator(passwords),
        # with implicit TLS the session is encrypted from the start
        auth_require_tls=starttls is not None,
        auth_required=True,
        timeout=120,
    )
