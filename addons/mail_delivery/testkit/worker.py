"""Workers in processes of their own, to be killed."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

CONNECTION = ("db_host", "db_port", "db_user", "db_password", "db_sslmode", "data_dir")
PATIENCE = 600  # seconds; a test that hangs must end, a slow machine may be slow
POLL = 0.01  # seconds between looks at a worker
PROGRAM = """
import json, sys
from odoo.tools import config
config.parse_config(json.loads(sys.stdin.readline()))
from odoo.addons.mail_delivery.testkit.worker import serve
serve(config["db_name"])
"""


def die_at(when: str, name: str, number: int) -> None:
    """Have this process kill itself at a step of the engine.

    :param str when: ``before`` or ``after`` it
    :param str name: a method of ``Ledger``, which commits; ``connect`` or ``hand_over``
    :param int number: which of its calls, from 1
    """
    from ..models.delivery_account import Account
    from ..tools import transmission
    from ..tools.ledger import Ledger

    elsewhere: dict[str, tuple[Any, str]] = {
        "connect": (Account, name),
        "hand_over": (transmission, f"_{name}"),
    }
    owner, name = elsewhere.get(name, (Ledger, name))
    method = getattr(owner, name)
    calls = itertools.count(1)

    def dying(*args: Any, **kwargs: Any) -> Any:
        is_last = next(calls) == number
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*args, **kwargs)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


# ------------------------------------------------------------
# IN THE PROCESSES
# ------------------------------------------------------------


def serve(databases: Iterable[str]) -> None:
    """Fork a worker for each job, as Odoo's prefork server does, and report its end.

    Questions and answers are lines of JSON: a job → the worker's process id; the id of
    a worker → its exit code, or null while it lives.
    """
    (database,) = databases
    registry = Registry(database)
    # a connection that two processes use is used by none
    sql_db.close_all()
    for line in sys.stdin:
        question = json.loads(line)
        if isinstance(question, int):
            pid, status = os.waitpid(question, os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if not answer:
                _work_and_end(registry, **question)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _work_and_end(registry: Any, mail_ids: Any, dies: Any) -> None:
    code = 1
    try:
        _work(registry, mail_ids, dies)
        code = 0
    finally:
        # not what the process that forked has buffered, nor its exit handlers
        os._exit(code)


def _work(registry: Any, mail_ids: Any, dies: Any) -> None:
    if dies:
        die_at(*dies)
    with registry.cursor() as cr:
        mails = api.Environment(cr, SUPERUSER_ID, {})["mail.mail"]
        if mail_ids is None:
            mails._deliver_queue()
        else:
            mails.browse(mail_ids)._deliver(PATIENCE)


# ------------------------------------------------------------
# IN THE TEST
# ------------------------------------------------------------


class Workers:
    """A process with Odoo loaded, which makes a worker of its own for each job.

    :param str database: its name
    """

    def __init__(self, database: str) -> None:
        self.process: Any = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        # a worker is killed from the mail server's thread while the test waits for it
        self.lock = threading.RLock()
        self._write(self._options(database))

    def _options(self, database: str) -> list[str]:
        addons_path = config["addons_path"]
        if not isinstance(addons_path, str):
            addons_path = ",".join(addons_path)
        options = [
            f"--{name.replace('_', '-') if name == 'data_dir' else name}={config[name]}"
            for name in CONNECTION
            if config[name]
        ]
        return [*options, f"--addons-path={addons_path}", f"--database={database}"]

    def start(
        self,
        mail_ids: list[int] | None = None,
        dies: tuple[str, str, int] | None = None,
    ) -> "Worker":
        """Have a worker deliver mails and end.

        :param mail_ids: what to deliver; None: whatever is due
        :param tuple dies: where it kills itself, as :func:`die_at` takes it
        :returns: a :class:`Worker`
        """
        return Worker(self, self.ask({"mail_ids": mail_ids, "dies": dies}))

    def ask(self, question: Any) -> Any:
        """See :func:`serve`."""
        with self.lock:
            self._write(question)
            return json.loads(self.process.stdout.readline())

    def _write(self, question: Any) -> None:
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()

    def stop(self) -> None:
        """End the process; workers that still live go on to their end."""
        self.process.communicate()


class Worker:
    """An Odoo process that delivers mails and ends. See :meth:`Workers.start`."""

    def __init__(self, workers: Workers, pid: int) -> None:
        self.workers = workers
        self.pid = pid
        self.code: int | None = None

    def kill(self, *_args: Any) -> None:
        """SIGKILL: no handler, no finally, no rollback of its own."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self, seconds: float = PATIENCE) -> int | None:
        """Wait for its end.

        :returns: the exit code, negative when it was killed
        :raises TimeoutError: it still lives
        """
        end = time.monotonic() + seconds
        while self._poll() is None:
            if time.monotonic() > end:
                raise TimeoutError(f"worker {self.pid} did not end")
            time.sleep(POLL)
        return self.code

    def _poll(self) -> int | None:
        with self.workers.lock:
            if self.code is None:
                self.code = self.workers.ask(self.pid)
            return self.code
