"""How long a mail server may keep us waiting while the line to it is opened. No ORM.

Odoo itself opens the lines of servers that belong to nobody, with 60 seconds for each
step: connecting to each address of the host, greeting, TLS, each part of the log-in. It
offers no way to say less, so smtplib asks here before each of them. The look-up of the
host's name has no bound at all: a resolver that is dead takes as long as its settings
say, half a minute and more for each name.
"""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

LOOK_UP = 5  # seconds; a resolver that is there answers within one

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
    found = _look_up(host, port, min(patience(), LOOK_UP))
    for left in range(len(found), 0, -1):
        *_family, address = found[-left]
        host, port, share = str(address[0]), int(address[1]), patience() / left
        try:
            return socket.create_connection((host, port), share, smtp.source_address)
        except OSError:
            if left == 1:
                raise
    raise AssertionError("unreachable")  # getaddrinfo finds an address or raises


def _look_up(host: str, port: int, seconds: float) -> Any:
    """
    :raises OSError: the name cannot be resolved, or not in time; the look-up then goes
        on in a thread of its own, and nobody waits for it
    :raises TimeoutError: not in less time than a resolver may take, which says nothing
    """
    found: Future[Any] = Future()

    def ask() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except BaseException as error:
            found.set_exception(error)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    if wait([found], seconds).not_done:
        if seconds < LOOK_UP:
            raise TimeoutError("timed out")
        # in the resolver's own words for it
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return found.result()


def _getreply(smtp: Any) -> Any:
    patience = _patience.get()
    if patience is not None and smtp.sock is not None:
        smtp.sock.settimeout(patience())
    return _core_getreply(smtp)


# Other threads and other mail are not concerned: they set no patience.
_SMTP: Any = smtplib.SMTP
_core_get_socket, _SMTP._get_socket = _SMTP._get_socket, _get_socket
_core_getreply, _SMTP.getreply = _SMTP.getreply, _getreply
