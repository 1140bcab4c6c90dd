"""The children of this process that lay documents out.

Layout is code that a document steers: in a process of its own it can be ended, whatever
it does, by the clock of who waits for it. A child is started by exec, never forked from
a process that holds connections and secrets; it is started when it is first needed, and
used again. Each process has its own children: what it inherits by a fork is closed.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from .layout import frames
from .layout.attached import Attached
from .layout.limits import DocumentTooLarge

DEADLINE = 45  # seconds that one document may take; the limits let 20 or so pass
PROCESSOR = 40  # seconds of the processor, of these
MEMORY = 1536 * 1024 * 1024  # bytes of address space; 300 MB are fonts and libraries
WAITING = 60  # seconds that a document waits for a child to be free
JOBS = 500  # of one child: what WeasyPrint leaks is freed with it
AHEAD = 2  # documents of a batch that are ready before a child is
# What a child may know of its parent's environment: where things are, nothing secret.
ENVIRONMENT = frozenset(
    ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "PYTHONPATH", "LD_LIBRARY_PATH")
)
ENDED_FOR_MEMORY = frozenset((-signal.SIGKILL, -signal.SIGABRT))
PREFIXES = ("LC_", "FONTCONFIG_", "XDG_")

_logger = logging.getLogger(__name__)


class LayoutFailed(Exception):
    """A document that could not be laid out, though it is within all limits."""


class PoolBusy(LayoutFailed):
    """All children were busy for too long."""


@dataclass(frozen=True, eq=False)
class Job:
    """Something for a child to do."""

    head: dict[str, Any]
    parts: tuple[bytes, ...]

    @classmethod
    def document(
        cls,
        source: str,
        sheets: Sequence[str] = (),
        files: Mapping[str, tuple[bytes, str]] | None = None,
        variant: str | None = None,
        attached: Sequence[Attached] = (),
    ) -> "Job":
        """A document to lay out; see ``layout.engine.render``."""
        files = files or {}
        head = {
            "job": "print",
            "sheets": list(sheets),
            "variant": variant,
            "files": [(path, kind) for path, (_content, kind) in files.items()],
            "attached": [file.head() for file in attached],
        }
        contents = [content for content, _kind in files.values()]
        contents += [file.content for file in attached]
        return cls(head, (source.encode(), *contents))

    @classmethod
    def picture(cls, content: bytes, longest: int) -> "Job":
        """A picture to make printable; see ``layout.pictures.printable``."""
        return cls({"job": "picture", "longest": longest}, (content,))


@dataclass(frozen=True)
class Result:
    """What a child made of a job."""

    content: bytes
    told: dict[str, Any] = field(default_factory=dict)


class _Child:
    """A process that lays out, and the socket to it."""

    def __init__(self) -> None:
        self.connection, theirs = socket.socketpair()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "layout.worker"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
                start_new_session=True,  # what stops the parent must not garble this
            )
        except OSError:
            self.connection.close()
            raise
        finally:
            theirs.close()
        self.jobs = 0

    def do(self, job: Job, until: float, limits: dict[str, int]) -> Result:
        """Have it do something.

        :param dict limits: ``seconds`` of the processor and bytes of ``memory``

        :raises TimeoutError: it took too long
        :raises frames.Closed: it died
        :raises DocumentTooLarge, LayoutFailed: it says so
        """
        self.jobs += 1
        head = {**job.head, **limits}
        frames.send(self.connection, head, job.parts, until)
        told, parts = frames.receive(self.connection, until)
        if limit := told.get("limit"):
            raise DocumentTooLarge(limit, told["place"])
        if error := told.get("error"):
            raise LayoutFailed(error)
        return Result(parts[0], told)

    def is_usable(self) -> bool:
        """Whether it waits for a job: one that nobody asked for long has ended."""
        return self.jobs < JOBS and self.process.poll() is None

    def end(self) -> None:
        """Kill it and bury it."""
        self.connection.close()
        self.process.kill()
        self.process.wait()


class Pool:
    """Children that several threads use.

    :param int size: children at once; default: one for each processor
    :param float deadline: seconds for one document, by this process's clock
    :param int processor: seconds of the processor for one document
    :param int memory: bytes of address space for one document
    :param float waiting: seconds until a child is free
    """

    def __init__(
        self,
        size: int | None = None,
        deadline: float = DEADLINE,
        processor: int = PROCESSOR,
        memory: int = MEMORY,
        waiting: float = WAITING,
    ) -> None:
        self.size = size or len(os.sched_getaffinity(0))
        self.deadline = deadline
        self.limits = {"seconds": processor, "memory": memory}
        self.waiting = waiting
        self._begin()

    def _begin(self) -> None:
        self._places = threading.BoundedSemaphore(self.size)
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Forget the children: this is a fork of the process that started them."""
        for child in (*self._idle, *self._busy):
            child.connection.close()  # or they would outlive it
        self._begin()

    def close(self) -> None:
        """End all children that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def do(self, job: Job) -> Result:
        """Have a child do something. A job whose child died is tried once more.

        :raises DocumentTooLarge: it is over a limit, of time and memory, too
        :raises LayoutFailed: it could not be done for another reason
        """
        if not self._places.acquire(timeout=self.waiting):
            raise PoolBusy(f"no child within {self.waiting} s")
        try:
            result = self._try(job) or self._try(job, again=True)
            assert result  # the second attempt returns one or raises
            return result
        finally:
            self._places.release()

    def _try(self, job: Job, again: bool = False) -> Result | None:
        """One attempt; None asks for another one."""
        child = self._acquire()
        until = time.monotonic() + self.deadline
        well = False
        try:
            result = child.do(job, until, self.limits)
            well = True
            return result
        except (DocumentTooLarge, LayoutFailed) as error:
            # one without memory left is not fit for another document
            well = getattr(error, "limit", "") != "memory"
            raise
        except TimeoutError as error:
            raise DocumentTooLarge("time") from error
        except frames.Closed as error:
            self._died(child, again, error)
            return None
        finally:
            self._give_back(child, well)

    def _died(self, child: _Child, again: bool, error: Exception) -> None:
        """What to make of a child that ended: nothing the first time, since memory may
        be short for a moment.

        :raises DocumentTooLarge: the kernel ended it for what it used
        :raises LayoutFailed: it cannot be told why
        """
        code = child.process.wait()
        _logger.warning("A child that lays documents out ended with %s.", code)
        if code == -signal.SIGXCPU:
            raise DocumentTooLarge("time") from error
        if again and code in ENDED_FOR_MEMORY:
            raise DocumentTooLarge("memory") from error
        if again:
            raise LayoutFailed(f"ended with {code}") from error

    def map(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Do many at once, in their order, and hold few of them at a time.

        The jobs are made by this thread: the children's threads touch nothing else.
        """
        with ThreadPoolExecutor(self.size) as threads:
            jobs = iter(jobs)
            waiting: list[Future[Result]] = [
                threads.submit(self.do, job) for job in islice(jobs, self.size + AHEAD)
            ]
            try:
                while waiting:
                    yield waiting.pop(0).result()
                    waiting += [threads.submit(self.do, job) for job in islice(jobs, 1)]
            finally:
                for future in waiting:
                    future.cancel()

    def _acquire(self) -> _Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_usable():
                    break
                child.end()
            else:
                child = self._start()
            self._busy.add(child)
        return child

    def _start(self) -> _Child:
        try:
            return _Child()
        except OSError as error:
            raise LayoutFailed(str(error)) from error

    def _give_back(self, child: _Child, well: bool) -> None:
        with self._lock:
            self._busy.discard(child)
            if well and child.is_usable():
                self._idle.append(child)
                return
        child.end()


def _environment() -> dict[str, str]:
    """The environment of a child."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ENVIRONMENT or name.startswith(PREFIXES)
    }
    paths = (str(Path(__file__).parent), kept.get("PYTHONPATH"))
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        # the same document prints to the same bytes: fonts bear the day they are made
        "SOURCE_DATE_EPOCH": "0",
    }


POOL = Pool()
os.register_at_fork(after_in_child=POOL.forget)
