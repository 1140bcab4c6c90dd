"""A bound on what has none: the resolver, a server that answers in drops. No ORM."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def in_time(seconds: float, call: Callable[[], T]) -> T:
    """What a call returns or raises, if it does so in time. Else it goes on in a thread
    of its own, and nobody waits for it.

    :param float seconds: to wait at most
    :param call: touches nothing that others use
    :raises TimeoutError: it did not end in time

    >>> in_time(5, lambda: 1 + 1)
    2
    >>> in_time(5, lambda: 1 // 0)
    Traceback (most recent call last):
    ZeroDivisionError: integer division or modulo by zero
    >>> in_time(0.01, lambda: threading.Event().wait(1))
    Traceback (most recent call last):
    TimeoutError
    """
    done: Future[T] = Future()

    def work() -> None:
        try:
            done.set_result(call())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, name="in time", daemon=True).start()
    return done.result(seconds)
