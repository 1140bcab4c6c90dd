"""Mails of code that rolls back on purpose what it did to send them. No ORM.

Such code counts on a mail being gone when ``send()`` returns: it makes and sends the
mail inside a savepoint, then rolls that back so that no trace of it stays. A mail that
waits for the commit would never be sent. Code that rolls back for another reason, such
as the test run of an import, must not send: so nothing is guessed, the caller decides.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_kept: ContextVar[list[Any] | None] = ContextVar("kept", default=None)


@contextmanager
def keeping_mails() -> Iterator[list[Any]]:
    """Collect what is sent meanwhile instead of sending it.

    :returns: the list of the mails' values, to make and send them again outside of the
        savepoint

    >>> with keeping_mails() as outer:
    ...     kept_mails().append("reset")
    >>> outer, kept_mails()
    (['reset'], None)
    """
    values: list[Any] = []
    token = _kept.set(values)
    try:
        yield values
    finally:
        _kept.reset(token)


def kept_mails() -> list[Any] | None:
    """The list of :func:`keeping_mails`, or None outside of it."""
    return _kept.get()
