"""How long a mail server may keep us waiting while the line to it is opened. No ORM.

Odoo opens the lines of servers that are nobody's by itself, with 60 seconds for each of
the steps: to each of the host's addresses, the greeting, TLS, each part of the log-in.
It offers no way to say less, so smtplib asks here before each of them.
"""

import smtplib
import socket
from contextlib import contextmanager
from contextvars import ContextVar

_patience = ContextVar("patience", default=None)


@contextmanager
def limited(patience):
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


def _get_socket(smtp, host, port, timeout):
    patience = _patience.get()
    if patience is None:
        return _core_get_socket(smtp, host, port, timeout)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for left in range(len(found), 0, -1):
        (*_family, address), share = found[-left], patience() / left
        try:
            return socket.create_connection(address[:2], share, smtp.source_address)
        except OSError:
            if left == 1:
                raise


def _getreply(smtp):
    patience = _patience.get()
    if patience is not None and smtp.sock is not None:
        smtp.sock.settimeout(patience())
    return _core_getreply(smtp)


# Other threads and other mail are not concerned: they set no patience.
_core_get_socket, smtplib.SMTP._get_socket = smtplib.SMTP._get_socket, _get_socket
_core_getreply, smtplib.SMTP.getreply = smtplib.SMTP.getreply, _getreply
