"""How long to wait before the next attempt. No ORM."""

import random
from collections.abc import Callable

BACKOFF_FIRST = 60  # seconds; greylisting usually opens after about a minute
BACKOFF_LONGEST = 4 * 3600  # seconds; a server that is down is asked 6 times a day
JITTER = 0.2  # share; mails deferred together must not come back together
ACCOUNT_LONGEST = 900  # seconds; asking a dead server costs the queue some, not its day
HOLD_SECONDS = 900  # until a held mail is looked at again, if nothing changes before
MAX_ATTEMPTS = 14  # about a day in all: the sender wants to know by then


def seconds_to_wait(
    attempts: int, chance: Callable[[], float] = random.random
) -> int | None:
    """Seconds until the attempt after ``attempts`` failed ones; None: give up.

    >>> [seconds_to_wait(n, chance=lambda: 0.5) for n in (1, 2, 3, 9, 13)]
    [60, 120, 240, 14400, 14400]
    >>> seconds_to_wait(1, chance=lambda: 0.0), seconds_to_wait(1, chance=lambda: 1.0)
    (48, 72)
    >>> seconds_to_wait(MAX_ATTEMPTS) is None
    True
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    pause = min(BACKOFF_FIRST << max(attempts - 1, 0), BACKOFF_LONGEST)
    return round(pause * (1 - JITTER + 2 * JITTER * chance()))


def seconds_to_avoid(failures: int) -> int:
    """Seconds for which the queue skips an account that failed so many times.

    >>> [seconds_to_avoid(n) for n in (1, 2, 5, 50)]
    [60, 120, 900, 900]
    """
    return min(BACKOFF_FIRST << min(failures - 1, 10), ACCOUNT_LONGEST)
