"""An installation of its own, to break: a copy of the running one with a database
server, files and a port of its own. Only the mail server is shared."""

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg2

from tests.kit import wait_for
from tests.nodes import DELIVERIES, run_odoo
from tools.main_job import Client
from tools.settings import HOST, ROOT, free_ports
from tools.stack import Stack

START_LIMIT = 180  # seconds
END_LIMIT = 90
# Without these root reads and writes what it may not: then a folder is not read-only.
POWERS = "-dac_override,-dac_read_search"
HALF = 8000  # bytes; documents have 20,000 and more
NUMBERS = """
SELECT max(value), count(*), count(DISTINCT name) FROM document_number
 WHERE series IN (SELECT series FROM document_number
                   WHERE res_model = 'bmasia.quote' AND res_id = ANY(%s))
 GROUP BY series
"""


class Site:
    """See the module.

    :param stack: of the running system
    :param folder: for what is no longer needed afterwards
    """

    def __init__(self, stack, folder):
        self.origin = stack
        ports = free_ports(2)
        own = replace(
            stack.settings,
            state=folder / "state",
            database=f"{stack.settings.database}_faults",
            odoo_port=ports[0],
            gevent_port=ports[1],
        )
        for name in ("secrets", "certificates"):
            shutil.copytree(stack.state / name, own.state / name)
        self.stack, self.folder = Stack(own, durable=False), folder
        self.cluster = self.stack.cluster
        self.url, self.log = own.odoo_url, folder / "odoo.log"
        self.process = self.writer = None
        self.log.touch()

    def copy(self):
        dump = str(self.folder / "running.zip")
        database = self.stack.settings.database
        self.stack.prepare_folder()
        self.cluster.start()
        self.stack.write_configuration()
        run_odoo(
            self.origin.environment, "db", "dump", self.origin.settings.database, dump
        )
        run_odoo(self.stack.environment, "db", "load", "--force", database, dump)
        os.unlink(dump)

    def remove(self):
        self.kill()
        self.cluster.remove()

    # ------------------------------------------------------------
    # ODOO
    # ------------------------------------------------------------

    def launch(self, *wrapper, workers=0, **variables):
        """Begin to start Odoo, as a supervisor does: it may end at once.

        :param wrapper: a command that runs it
        :param variables: of its environment
        """
        self._write_configuration(workers)
        with open(self.log, "ab") as log:
            # a limit of file sizes is none of the log
            self.writer = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
        self.process = subprocess.Popen(
            [*wrapper, sys.executable, "-m", "tools.start"],
            cwd=ROOT,
            env={**self.stack.environment, "DATABASE_WAIT": "2", **variables},
            stdin=subprocess.DEVNULL,
            stdout=self.writer.stdin,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.writer.stdin.close()

    def start(self, *wrapper, **options):
        """Start it and wait until it serves; its crons look for work then."""
        self.launch(*wrapper, **options)
        wait_for(self._serves, START_LIMIT)
        notify = "SELECT pg_notify('cron_trigger', %s)"
        self.rows(notify, self.stack.settings.database, database="postgres")

    def _write_configuration(self, workers):
        self.stack.write_configuration()
        file = self.stack.state / "odoo.conf"
        text = file.read_text()
        for before, after in (
            ("workers = 0", f"workers = {workers}"),
            ("log_level = warn", "log_level = info"),
        ):
            assert before in text
            text = text.replace(before, after)
        file.write_text(text)

    def _serves(self):
        assert not self.has_ended(), self.log.read_text()[-3000:]
        return self.ask("/web/login")[0] == 200

    def has_ended(self):
        return self.process.poll() is not None

    def stop(self):
        """As a supervisor does it."""
        self.process.terminate()
        self.process.wait(END_LIMIT)
        self.kill()

    def kill(self):
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # all of it has ended
            self.process.wait(END_LIMIT)
            self.writer.wait(END_LIMIT)
            self.process = None

    def begins_with(self, name, code):
        """``PYTHONPATH`` with which each process begins with this code."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(code)
        return f"{folder}:{ROOT}"

    # ------------------------------------------------------------
    # WHAT IS SEEN FROM OUTSIDE
    # ------------------------------------------------------------

    def ask(self, path):
        """``(status, body)``; status 0: nothing listens."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def health(self):
        """``(status, names of the checks that fail)``"""
        status, body = self.ask("/crm/health")
        return status, set(json.loads(body).get("failing", ())) if status else set()

    def doctor(self, *wrapper, **variables):
        """``{check: {state}}``"""
        done = subprocess.run(
            [
                *(*wrapper, sys.executable, "-m", "odoo", "crm"),
                *("-d", self.stack.settings.database, "doctor", "--json"),
            ],
            cwd=ROOT,
            env={**self.stack.environment, **variables},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        found = {}
        for each in json.loads(done.stdout):
            found.setdefault(each["check"], set()).add(each["state"])
        return found

    def new_lines(self):
        """What came into the log since this was asked last."""
        text = self.log.read_text()
        before, self._read = getattr(self, "_read", 0), len(text)
        return text[before:]

    def as_user(self, key):
        """A JSON-2 client."""
        return Client(self.url, key)

    def rows(self, query, *parameters, database=None):
        connection = psycopg2.connect(
            host=HOST,
            port=self.cluster.port,
            user=self.cluster.environment["PGUSER"],
            password=self.cluster.password,
            dbname=database or self.stack.settings.database,
        )
        with closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, parameters or None)
                return cursor.fetchall()

    def count(self, query, *parameters):
        return self.rows(query, *parameters)[0][0]

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    @property
    def files(self):
        return self.stack.state / "data" / "filestore" / self.stack.settings.database

    @contextmanager
    def full_disk(self):
        """The system refuses to write a file any further, in its middle."""
        limit = resource.RLIMIT_FSIZE
        before = resource.prlimit(self.process.pid, limit)
        resource.prlimit(self.process.pid, limit, (HALF, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self.process.pid, limit, before)

    @contextmanager
    def read_only(self):
        """Nothing in the filestore may be written; start with :data:`obeying`."""
        folders = [
            self.files,
            *(path for path in self.files.iterdir() if path.is_dir()),
        ]
        modes = [(folder, stat.S_IMODE(folder.stat().st_mode)) for folder in folders]
        for folder, mode in modes:
            folder.chmod(mode & ~0o222)
        try:
            yield
        finally:
            for folder, mode in modes:
                folder.chmod(mode)

    @property
    def obeying(self):
        """A command that has root, too, obey the rights of files."""
        if os.geteuid():
            return ()
        return ("setpriv", f"--bounding-set={POWERS}")


def send_all(nikki, quotes):
    """Have the server send these quotes; ids of their batch."""
    batch = nikki.call("bmasia.quote", "action_send", quotes)["res_id"]
    nikki.call("document.send.batch", "action_send", [batch])
    return batch


def copies(inbox):
    """How many copies each guest got."""
    found = inbox._get("messages?limit=1000")["messages"]
    addresses = [each["Address"] for message in found for each in message["To"]]
    return Counter(a for a in addresses if a.startswith("guest"))


def assert_each_left_once(site, inbox, quotes, unknown=0):
    """Each guest has their quote once, each quote a number of its own and one file.

    :param int unknown: how many may be so, and be there or not: a worker that dies
        between text and answer leaves one
    """
    deadline = time.monotonic() + 300
    while open_ones := [
        row
        for row in site.rows(DELIVERIES, quotes)
        if row[1] in ("queued", "sending", "deferred")
    ]:
        assert time.monotonic() < deadline, open_ones
        time.sleep(1)
    states = dict(site.rows(DELIVERIES, quotes))
    received = copies(inbox)
    assert len(states) == len(quotes)
    assert set(states.values()) <= {"sent", "unknown"}
    assert sum(state == "unknown" for state in states.values()) <= unknown
    assert max(received.values()) == 1
    assert all(received[guest] for guest, state in states.items() if state == "sent")
    for highest, given, distinct in site.rows(NUMBERS, quotes):
        assert highest == given == distinct, "no gap, and none twice"
