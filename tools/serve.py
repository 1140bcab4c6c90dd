"""Odoo's server, by a file that can be started again: where a request takes too long,
Odoo starts its script anew; "python -m odoo" would leave it a path that does not run.

``tools/start.py`` ends as this, once all is in order. It imports nothing of ours.

With ``workers`` each process answers one request at a time: as many slow ones as there
are processes, be it exports, prints or what waits for somebody else's server, and
nobody else is answered. So more are started while requests wait that no process takes.

Without ``workers`` Odoo's scheduled actions are a thread, which ends for good when the
database is away for a moment. So it begins again.
"""

import logging
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg2

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo.cli.command import main
from odoo.service import server

BEAT = 0.5  # seconds between two looks; Odoo's own are 4
PATIENCE = 0.3  # seconds for which requests wait before more processes come
MOST = 2  # processes that come to help, for each that the settings name
LINGER = 60  # seconds that they stay after the last one that waited
HELD = 2  # seconds in one request: longer than an idle process is silent
# The requests that a listening socket holds stand there in Linux's "struct tcp_info"
# (linux/tcp.h) as tcpi_unacked, after eight single bytes and four numbers.
UNTAKEN = struct.Struct("8x4I I")
AGAIN = 5  # seconds until scheduled actions look whether the database is back

_logger = logging.getLogger(__name__)


class RelievedServer(server.PreforkServer):
    """Odoo's processes, and more while requests wait for one."""

    population: int
    socket: socket.socket | None

    def __init__(self, app: object) -> None:
        super().__init__(app)
        self.beat = BEAT
        self.helpers = 0
        self.helped_at = self.none_waited_at = time.monotonic()
        self.ending: set[int] = set()  # processes that were asked to end

    def process_spawn(self) -> None:
        """Start what is missing, and more where requests wait."""
        wanted = self.population
        self.population = wanted + self._helpers(wanted)
        try:
            super().process_spawn()
            self._end_surplus()
        finally:
            self.population = wanted

    def _helpers(self, wanted: int) -> int:
        now, waiting = time.monotonic(), self._waiting()
        if not waiting:
            self.none_waited_at = now
        elif now - self.none_waited_at >= PATIENCE:
            self.helpers = min(self.helpers + waiting, MOST * wanted)
            self.helped_at = self.none_waited_at = now
        if now - self.helped_at > LINGER:
            self.helpers = 0
        return self.helpers

    def _waiting(self) -> int:
        """How many requests the kernel holds, for no process has taken them."""
        if self.socket is None or sys.platform != "linux":
            return 0
        info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, UNTAKEN.size)
        count: int = UNTAKEN.unpack(info)[-1]
        return count

    def _end_surplus(self) -> None:
        """Have one end that is free; it answers first what it may just have taken."""
        self.ending &= self.workers_http.keys()
        surplus = len(self.workers_http) - len(self.ending) - self.population
        for pid, worker in reversed(self.workers_http.items()):
            is_free = time.time() - worker.watchdog_time <= HELD
            if surplus > 0 and is_free and pid not in self.ending:
                self.ending.add(pid)
                self.worker_kill(pid, signal.SIGINT)
                return


def persistent(cron_thread: Callable[[Any, int], None]) -> Callable[[Any, int], None]:
    """Odoo's thread of scheduled actions, which outlives the database's absence.

    :param cron_thread: of Odoo's server in one process; it names its class itself,
        so that no other can take its place
    """

    def run(self: Any, number: int) -> None:
        while True:
            try:
                cron_thread(self, number)
            except psycopg2.Error as error:
                reason = str(error).strip().splitlines()[:1]
                _logger.warning("scheduled actions wait for the database: %s", reason)
            time.sleep(AGAIN)

    return run


if __name__ == "__main__":
    server.PreforkServer = RelievedServer
    threaded = server.ThreadedServer
    threaded.cron_thread = persistent(threaded.cron_thread)
    sys.exit(main())
