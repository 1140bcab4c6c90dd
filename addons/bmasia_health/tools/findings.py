"""What a check finds, and what all findings come to. No ORM."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

OK, WARN, FAIL = "ok", "warn", "fail"
STATES = (OK, WARN, FAIL)  # each one worse than those before it


@dataclass(frozen=True)
class Finding:
    """The answer of a check, in words for an administrator.

    :param str state: one of :data:`STATES`
    :param str found: what is so
    :param str todo: what to do about it; empty where all is well
    :param str about: which one of several, such as the name of a billing entity
    """

    state: str
    found: str
    todo: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(self.state)


@dataclass(frozen=True)
class Check:
    """How a method is shown and when it is run.

    :param label: what it looks at
    :param int sequence: its place in the list
    :param bool is_probe: cheap, and one that a probe may ask every few seconds
    :param bool is_remote: it opens connections to other machines
    """

    label: Any
    sequence: int
    is_probe: bool = False
    is_remote: bool = False


def check(
    label: Any, sequence: int, is_probe: bool = False, is_remote: bool = False
) -> Callable[[Any], Any]:
    """Make a method of ``bmasia.health`` a check; its name is ``_check_`` and the
    name of the check.

    >>> @check("Disk", 10, is_probe=True)
    ... def _check_disk(self):
    ...     return Finding(OK, "12 GB are free")
    >>> _check_disk.health_check
    Check(label='Disk', sequence=10, is_probe=True, is_remote=False)
    """

    def mark(method: Any) -> Any:
        method.health_check = Check(label, sequence, is_probe, is_remote)
        return method

    return mark


def worst(states: Iterable[str]) -> str:
    """The state of a whole.

    >>> worst(["ok", "fail", "warn"]), worst(["ok", "warn"]), worst([])
    ('fail', 'warn', 'ok')
    """
    return max(states, key=STATES.index, default=OK)


def exit_code(states: Iterable[str]) -> int:
    """What a command ends with.

    >>> exit_code(["ok"]), exit_code(["warn", "ok"]), exit_code(["warn", "fail"])
    (0, 1, 2)
    """
    return STATES.index(worst(states))


def clock_state(difference: float) -> str:
    """What a difference between two clocks means.

    :param float difference: in seconds

    >>> clock_state(0.3), clock_state(-3), clock_state(61)
    ('ok', 'warn', 'fail')
    """
    if abs(difference) > 60:  # a code that counts for ten minutes, a due mail
        return FAIL
    return WARN if abs(difference) > 2 else OK


def disk_state(free: int, size: int, least: int) -> str:
    """What free space means.

    :param int free: bytes
    :param int size: bytes of the whole
    :param int least: bytes; with less nothing can be stored soon

    >>> disk_state(50, 100, 10), disk_state(3, 100, 2), disk_state(1, 100, 2)
    ('ok', 'warn', 'fail')
    """
    if free < least:
        return FAIL
    return WARN if free < max(2 * least, size // 20) else OK


def missing(values: Iterable[int]) -> list[tuple[int, int]]:
    """The gaps in a series of numbers.

    >>> missing([3, 1, 7, 2])
    [(4, 6)]
    >>> missing([426]), missing([])
    ([], [])
    """
    known = sorted(set(values))
    return [
        (before + 1, after - 1)
        for before, after in zip(known, known[1:], strict=False)
        if after - before > 1
    ]
