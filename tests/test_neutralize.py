"""A neutralised copy mails nobody: Odoo's own commands, all addons, the demo."""

import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from tests.neutralize_jobs import NOW, WAITING
from tools.settings import HOST, ROOT
from tools.stack import Stack

LIMIT = 900  # seconds for one process on a busy machine
RELAY = "relay@bmasiamusic.com"
KINDS = ("queued", "deferred", "document", "scheduled")
PRESSED = ("send_email", "wizard", "chatter", "composer", "relay")


class Listener(threading.Thread):
    """A mail server to fetch from: counts who comes, and says nothing."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server((HOST, 0))
        self.port = self.socket.getsockname()[1]
        self.visits = 0
        self.start()

    def run(self):
        while True:
            try:
                client, _address = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            client.close()


class Copies:
    """Databases that are made from the running system's, and dropped at the end."""

    def __init__(self, stack, folder, mail_passwords):
        self.stack, self.folder = stack, folder
        self.password = mail_passwords[RELAY]
        self.dump = str(folder / "dump.zip")
        self.made = []

    def name(self, suffix):
        name = f"{self.stack.settings.database}_{suffix}"
        if name not in self.made:
            self.made.append(name)
        return name

    def python(self, *words, database=None):
        settings = self.stack.settings
        relay = f"starttls://{RELAY.replace('@', '%40')}:{self.password}@localhost"
        environment = {
            **self.stack.environment,
            "PGDATABASE": database or settings.database,
            "PYTHONPATH": str(ROOT),
            "ODOO_SMTP_RELAY": f"{relay}:{settings.smtp_port}",
            "RELAY_PASSWORD": self.password,
        }
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def odoo(self, *words):
        return self.python("-m", "odoo", *words)

    def job(self, database, name, *arguments):
        path = str(ROOT / "tests" / "neutralize_jobs.py")
        return json.loads(self.python(path, name, *arguments, database=database))

    def duplicate(self, name, *options):
        """A copy without a dump, which takes a fraction of the time."""
        source = self.name("original")
        self.odoo("db", "duplicate", "--force", *options, source, name)

    def drop(self):
        for name in self.made:
            stack = Stack(replace(self.stack.settings, database=name))
            stack.cluster.start()
            stack.drop_database()


@pytest.fixture(scope="module")
def listener():
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.fixture(scope="module")
def copies(stack, tmp_path_factory, mail_passwords, listener):
    """Databases to make, from a dump in which mail of every kind waits."""
    copies = Copies(stack, tmp_path_factory.mktemp("copies"), mail_passwords)
    try:
        running = str(copies.folder / "running.zip")
        copies.odoo("db", "dump", stack.settings.database, running)
        original = copies.name("original")
        copies.odoo("db", "load", "--force", original, running)
        copies.job(original, "fill", str(listener.port))
        copies.odoo("db", "dump", original, copies.dump)
        os.unlink(running)
        yield copies
    finally:
        copies.drop()


def subjects(inbox):
    return [message["Subject"] for message in inbox.messages()]


def by_command(copies, name):
    copies.duplicate(name)
    copies.odoo("neutralize", "-d", name)


def by_loading(copies, name):
    copies.odoo("db", "load", "--force", "--neutralize", name, copies.dump)


def by_duplicating(copies, name):
    copies.duplicate(name, "--neutralize")


@pytest.fixture(scope="module", params=[by_command, by_loading, by_duplicating])
def neutralized(request, copies):
    """The name of a copy, neutralised in each of the ways that Odoo has."""
    name = copies.name(request.param.__name__)
    request.param(copies, name)
    return name


def test_a_plain_copy_mails(copies, inbox, listener):
    """The ways that the other tests close are ways."""
    name = copies.name("mailing")
    copies.duplicate(name)
    visits = listener.visits
    outcomes = copies.job(name, "leave")
    left = subjects(inbox)
    for subject in [f"{WAITING}: {kind}" for kind in KINDS]:
        assert subject in left, (outcomes, left)
    for subject in [f"{NOW}: {way}" for way in PRESSED]:
        assert subject in left, (outcomes, left)
    assert listener.visits > visits


def test_nothing_waits_in_a_neutralized_copy(copies, neutralized):
    state = copies.job(neutralized, "state")
    assert state["neutralized"] in ("true", "True", "t")
    assert len(state["rows"]) >= 3
    assert set(state["rows"].values()) == {
        "Not sent: it waited when this copy of the database was neutralized."
    }
    counts = ("mails", "scheduled", "batches", "documents")
    assert [state[count] for count in counts] == [0] * 4


def test_nothing_leaves_a_neutralized_copy(copies, neutralized, inbox, listener):
    visits = listener.visits
    outcomes = copies.job(neutralized, "leave")
    assert subjects(inbox) == [], outcomes
    assert listener.visits == visits, outcomes


def test_a_copy_that_may_mail_again_leaves_the_old_queue_alone(copies, inbox):
    name = copies.name("revived")
    by_duplicating(copies, name)
    copies.job(name, "revive")
    outcomes = copies.job(name, "leave")
    left = subjects(inbox)
    assert f"{NOW}: relay" in left, outcomes
    assert [subject for subject in left if subject.startswith(WAITING)] == []
