"""The child that lays documents out: ``python -m layout.worker``.

It is started by :mod:`pool` with a socket as its standard input, imports no Odoo, is
given everything a document shows, and reads or writes nothing else. It ends with who
started it: when the socket is closed, also in the middle of a layout.
"""

import contextlib
import logging
import os
import resource
import select
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from . import frames, pictures
from .attached import Attached
from .limits import DocumentTooLarge

IDLE = 600  # seconds; a child that nobody asked for so long ends
LOOK = 1000  # milliseconds between two looks whether the parent is still there

Frame = tuple[dict[str, Any], tuple[bytes, ...]]


def serve(connection: socket.socket) -> None:
    """Answer one job after the other until the parent has gone.

    :param connection: of :mod:`frames`
    """
    threading.Thread(target=_end_with_parent, args=(connection,), daemon=True).start()
    with contextlib.suppress(frames.Closed, TimeoutError):
        while True:
            until = time.monotonic() + IDLE
            head, parts = frames.receive(connection, until)
            _allow(head["seconds"], head["memory"])
            frames.send(connection, *_answer(head, parts))


def _answer(head: dict[str, Any], parts: list[bytes]) -> Frame:
    """The frame that answers a job: a document, or the limit that it is over."""
    try:
        return JOBS[head["job"]](head, parts)
    except DocumentTooLarge as error:
        return {"limit": error.limit, "place": error.place}, ()
    except MemoryError:
        return {"limit": "memory", "place": ""}, ()
    except Exception as error:  # whatever it is, the next document is none the worse
        logging.getLogger(__name__).exception("layout")
        return {"error": f"{type(error).__name__}: {error}"[:500]}, ()


def _print(head: dict[str, Any], parts: list[bytes]) -> Frame:
    from . import engine  # a picture is looked at without WeasyPrint

    source, *contents = parts
    count = len(head["files"])
    files = {
        path: (content, kind)
        for (path, kind), content in zip(head["files"], contents[:count], strict=True)
    }
    attached = [
        Attached.of(file, content)
        for file, content in zip(head["attached"], contents[count:], strict=True)
    ]
    sheets: Sequence[str] = head["sheets"]
    printed = engine.render(
        source.decode(), tuple(sheets), files, head["variant"], attached
    )
    answer = asdict(printed)
    return answer, (answer.pop("pdf"),)


def _picture(head: dict[str, Any], parts: list[bytes]) -> Frame:
    content, kind, _pixels = pictures.printable(parts[0], head["longest"])
    return {"kind": kind}, (content,)


JOBS = {"print": _print, "picture": _picture}


def _allow(seconds: int, memory: int) -> None:
    """Let this process have so much of the processor from now on, so many bytes, and no
    more: what hangs in a library is ended by the kernel.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)
    _limit(resource.RLIMIT_AS, memory)


def _limit(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, hard))


def _end_with_parent(connection: socket.socket) -> None:
    """End as soon as the parent has closed its end, or was killed.

    The kernel's own signal for that (PR_SET_PDEATHSIG) comes when the thread ends that
    started the child, and Odoo's threads end with each request.
    """
    watch = select.poll()
    watch.register(connection, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
    while not watch.poll(LOOK):
        pass
    os._exit(0)


def main() -> None:
    """Serve on the socket that is the standard input."""
    connection = socket.socket(fileno=os.dup(0))
    serve(connection)


if __name__ == "__main__":
    main()
