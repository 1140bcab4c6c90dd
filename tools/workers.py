"""How many processes answer requests. Used by ``tools.start``, also in the image."""

import os

from tools.database import EX_CONFIG, CannotStart

# Memory for one process that answers requests: 210 to 290 MB were seen under load.
# The rest is for the database jobs, live updates and the printing of documents.
MEBIBYTE = 1024 * 1024
WORKER_MEMORY, OTHER_MEMORY = 384 * MEBIBYTE, 1024 * MEBIBYTE
CGROUP = "/sys/fs/cgroup"  # what this container may use, as Linux has it since 2016


def default_workers(processors: int, memory: int) -> int:
    """How many processes answer requests: two for each processor, for half of them wait
    for the database, as far as the memory goes.

    >>> default_workers(4, 8 * 1024**3)
    8
    >>> default_workers(16, 4 * 1024**3)
    8
    >>> default_workers(1, 1024**3)
    2

    :param int processors: that this machine or container may use
    :param int memory: of the same, in bytes
    """
    return max(2, min(2 * processors, (memory - OTHER_MEMORY) // WORKER_MEMORY))


def workers() -> list[str]:
    """The option of Odoo's that ``WORKERS`` stands for.

    :raises CannotStart: ``WORKERS`` is neither ``auto`` nor a number
    """
    text = os.environ.get("WORKERS", "")
    if text == "auto":
        processors = len(os.sched_getaffinity(0))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        quota = _cgroup("cpu.max")
        if quota[0].isdigit():  # of so many microseconds of each processor's
            processors = min(processors, max(1, int(quota[0]) // int(quota[1])))
        limit = _cgroup("memory.max")[0]
        text = str(
            default_workers(processors, int(limit) if limit.isdigit() else memory)
        )
    if text and not text.isdigit():
        raise CannotStart(
            EX_CONFIG, f"WORKERS={text} is neither auto nor a whole number"
        )
    return [f"--workers={text}"] if text else []


def _cgroup(name: str) -> list[str]:
    try:
        with open(f"{CGROUP}/{name}", encoding="ascii") as file:
            return file.read().split() or ["max"]
    except OSError:
        return ["max"]
