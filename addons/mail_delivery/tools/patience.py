"""How long a mail server may keep us waiting while the line to it is opened. No ORM.

Odoo itself opens the lines of servers that belong to nobody, with 60 seconds for each
step: connecting to each address of the host, greeting, TLS, each part of the log-in. It
offers no way to say less, so smtplib asks here before each of them.
"""

import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Patience = Callable[[], float]
_patience: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def limited(patience: Patience) -> Iterator[None]:
    """Have the lines that are opened meanwhile wait for each answer so long at most.

    :param patience: called before each wait, returns the seconds that are left for it

    >>> server = socket.create_server(("127.0.0.1", 0))  # accepts and never answers
    >>> with limited(lambda: 0.05):
    ...     smtplib.SMTP(*server.getsockname(), timeout=60)
    Traceback (most recent call last):
    smtplib.SMTPServerDisconnected: Connection unexpectedly closed: timed out
    >>> server.close()
    """
    token = _patience.set(patience)
    try:
        yield
    finally:
        _patience.reset(token)


def _get_socket(smtp: Any, host: str, port: int, timeout: float) -> Any:
    patience = _patience.get()
    if patience is None:
        return _core_get_socket(smtp, host, port, timeout)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for left in range(len(found), 0, -1):
        *_family, address = found[-left]
        host, port, share = str(address[0]), int(address[1]), patience() / left
        try:
            return socket.create_connection((host, port), share, smtp.source_address)
        except OSError:
            if left == 1:
                raise
    raise AssertionError("unreachable")  # getaddrinfo finds an address or raises


def _getreply(smtp: Any) -> Any:
    patience = _patience.get()
    if patience is not None and smtp.sock is not None:
        smtp.sock.settimeout(patience())
    return _core_getreply(smtp)


# Other threads and other mail are not concerned: they set no patience.
_SMTP: Any = smtplib.SMTP
_core_get_socket, _SMTP._get_socket = _SMTP._get_socket, _get_socket
_core_getreply, _SMTP.getreply = _SMTP.getreply, _getreply
