"""The company's relay as the environment names it. No ORM."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from .providers import DEFAULT_PORTS

RELAY = "ODOO_SMTP_RELAY"


class MalformedRelay(Exception):
    """The variable is set, but not as it should be. Never carries its value."""

    def __init__(self) -> None:
        super().__init__(
            f"{RELAY} must look like starttls://smtp.example.com:587 (or tls:// and "
            "465), with login:password@ before the host if that wants a log-in"
        )


@dataclass(frozen=True)
class Relay:
    """A mail server, and how to log in to it if it wants that."""

    host: str
    port: int
    security: str
    login: str = ""
    password: str = field(default="", repr=False)


def from_environ(environ: Mapping[str, str] = os.environ) -> Relay | None:
    """The relay, or None when the environment names none.

    :param environ: a mapping
    :raises MalformedRelay: see there

    >>> from_environ({RELAY: "tls://robot%40example.com:" "p%2Fw@smtp.example.com"})
    Relay(host='smtp.example.com', port=465, security='tls', login='robot@example.com')
    >>> from_environ({RELAY: "starttls://relay.lan:2525"}).port
    2525
    >>> from_environ({})
    >>> from_environ({RELAY: "smtp://relay.lan"})
    Traceback (most recent call last):
    ...
    odoo.addons.mail_user_smtp.tools.relay.MalformedRelay: ODOO_SMTP_RELAY must look \
like starttls://smtp.example.com:587 (or tls:// and 465), with login:password@ before \
the host if that wants a log-in
    """
    url = environ.get(RELAY)
    return _parse(url) if url else None


def _parse(url: str) -> Relay:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MalformedRelay() from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise MalformedRelay()
    return Relay(
        parts.hostname,
        port or DEFAULT_PORTS[parts.scheme],
        parts.scheme,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
