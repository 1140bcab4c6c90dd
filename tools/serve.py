"""Odoo's server, by a file that can be started again: where a request takes too long,
Odoo starts its script anew; "python -m odoo" would leave it a path that does not run.

``tools/start.py`` ends as this, once all is in order. It imports nothing of ours.

With ``workers`` each process answers one request at a time: as many slow ones as there
are processes, be it exports, prints or what waits for somebody else's server, and
nobody else is answered. So one more is started while all of them are held.

Without ``workers`` Odoo's scheduled actions are a thread, which ends for good when the
database is away for a moment. So it begins again.
"""

import logging
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg2

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo.cli.command import main
from odoo.service import server

BEAT = 1  # seconds after which an idle process says that it is; Odoo's own are 4
HELD = 2  # seconds in one request: longer than an idle process is silent
LINGER = 60  # seconds that processes which came to help stay
AGAIN = 5  # seconds until scheduled actions look whether the database is back

_logger = logging.getLogger(__name__)


class RelievedServer(server.PreforkServer):
    """Odoo's processes, and up to as many more while each of them is held."""

    population: int

    def __init__(self, app: object) -> None:
        super().__init__(app)
        self.beat = BEAT
        self.helpers = 0
        self.helped_at = 0.0
        self.ending: set[int] = set()  # processes that were asked to end

    def process_spawn(self) -> None:
        """Start what is missing, and one where nobody is free."""
        wanted = self.population
        self.population = wanted + self._helpers(wanted)
        try:
            super().process_spawn()
            self._end_surplus()
        finally:
            self.population = wanted

    def _helpers(self, wanted: int) -> int:
        now, held = time.time(), 0  # the clock that Odoo notes their signs by
        for worker in self.workers_http.values():
            held += now - worker.watchdog_time > HELD
        needed = max(0, min(held + 1 - wanted, wanted))
        if needed >= self.helpers or time.monotonic() - self.helped_at > LINGER:
            self.helpers, self.helped_at = needed, time.monotonic()
        return self.helpers

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
