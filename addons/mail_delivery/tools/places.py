"""How many processes of one server may wait at the same time. No ORM."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def place(name: str, count: int) -> Iterator[bool]:
    """Take one of so many places, if one is free; it is given back afterwards.

    A place is a socket with an abstract name: it belongs to this machine, and Linux
    frees it when the process that has it ends, however it does. Elsewhere there is
    always one.

    :param str name: of what is waited for; the same in all processes
    :param int count: places
    :returns: whether one was free

    >>> with place("doctest", 1) as first, place("doctest", 1) as second:
    ...     first, second
    (True, False)
    >>> with place("doctest", 1) as again:
    ...     again
    True
    >>> with place("doctest", 0) as none:
    ...     none
    False
    """
    with socket.socket(socket.AF_UNIX) as mark:
        yield sys.platform != "linux" or any(
            _bind(mark, f"\0odoo-{name}-{number}") for number in range(count)
        )


def _bind(mark: socket.socket, name: str) -> bool:
    try:
        mark.bind(name)
    except OSError:
        return False
    return True
