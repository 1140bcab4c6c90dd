"""A database of the last release comes out of the upgrade like a new one, with all that
was in it. As in production: its own release installs it, only the version decides what
is upgraded."""

import configparser
import hashlib
import json
import subprocess
import sys
from dataclasses import replace

import psycopg2
import pytest

import odoo

from tools.released import addon_folders, extract, read_record
from tools.settings import HOST, MODULES, ROOT
from tools.stack import Stack

LIMIT = 900  # seconds for one process on a busy machine
STOP = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
NUMBERED = """
SELECT table_name FROM information_schema.columns
 WHERE table_schema = 'public' AND column_name = 'name' AND table_name IN (
    SELECT table_name FROM information_schema.columns WHERE column_name = 'send_state')
"""
SCHEMA = """
SELECT 'column ' || table_name || '.' || column_name,
       concat_ws(' ', udt_name, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
 UNION ALL
SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
 UNION ALL
SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""


class Database:
    """A database of its own beside the running system's, used by the code below a root.

    :param str suffix: of its name
    :param Path folder: for its settings
    """

    def __init__(self, stack, suffix, folder):
        name = f"{stack.settings.database}_{suffix}"
        self.stack = Stack(replace(stack.settings, database=name))
        self.stack.cluster.start()
        self.name, self.folder = name, folder
        self.stack.drop_database()
        self.in_postgres(f'CREATE DATABASE "{name}" TEMPLATE template0')

    def run(self, root, *words, **variables):
        """Run Python on the code below a root; what it prints."""
        conf = configparser.ConfigParser()
        conf.read(self.stack.state / "odoo.conf")
        options = conf["options"]
        core = [f"{path}/addons" for path in odoo.__path__]
        folders = [*core, str(root), str(root / "addons")]
        options["addons_path"] = ",".join(folders)
        options["dbfilter"] = f"^{self.name}$"
        path = self.folder / "odoo.conf"
        with open(path, "w") as file:
            conf.write(file)
        environment = {"ODOO_RC": str(path), "PYTHONPATH": f"{root}:{ROOT}"}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=root,
            env={**self.stack.environment, **environment, **variables},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        for trouble in (" ERROR ", " CRITICAL ", "Traceback"):
            assert trouble not in done.stderr, done.stderr[-3000:]
        return done.stdout

    def job(self, root, name, *arguments):
        """One of ``tests/upgrade_jobs.py``, on the code below a root."""
        path = str(ROOT / "tests" / "upgrade_jobs.py")
        return json.loads(self.run(root, path, name, *map(json.dumps, arguments)))

    def install(self, root):
        self.run(root, "-m", "tools.start", "--init", BMASIA_MODULES=",".join(MODULES))

    def load_demo(self, root):
        stack, settings = self.stack, self.stack.settings
        stack._allow_demo_key()
        self.run(
            root,
            *("-m", "tools.load_demo"),
            *("--smtp-port", str(settings.smtp_port)),
            *("--smtps-port", str(settings.smtps_port)),
            *("--mail-users", str(stack.mail_users_file)),
            *("--api-keys", str(self.folder / "api-keys.json")),
        )

    def in_postgres(self, statement):
        self.stack._psql("postgres", statement)

    def rows(self, query):
        connection = psycopg2.connect(
            host=HOST,
            port=self.stack.cluster.port,
            user=self.stack.cluster.environment["PGUSER"],
            password=self.stack.cluster.password,
            dbname=self.name,
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            rows = cursor.fetchall()
        connection.close()
        return rows

    def numbers(self):
        """``{(table, id): number}`` of all documents."""
        return {
            (table, row): name
            for (table,) in self.rows(NUMBERED)
            for row, name in self.rows(f"SELECT id, name FROM {table}")
        }

    def archives(self):
        """``{(model, id, file name): SHA-256}`` of all files of documents."""
        store = self.stack.state / "data" / "filestore" / self.name
        return {
            row: hashlib.sha256((store / path).read_bytes()).hexdigest()
            for *row, path in self.rows(
                "SELECT res_model, res_id, name, store_fname FROM ir_attachment"
                " WHERE res_model LIKE 'bmasia.%' AND store_fname IS NOT NULL"
                " AND res_field IS NULL"
            )
            for row in [tuple(row)]
        }


@pytest.fixture(scope="module")
def databases(stack, tmp_path_factory):
    """Make databases: ``databases("suffix")``; dropped afterwards."""
    made = []

    def make(suffix):
        made.append(Database(stack, suffix, tmp_path_factory.mktemp(suffix)))
        return made[-1]

    yield make
    for database in made:
        database.stack.drop_database()


@pytest.fixture(scope="module")
def upgraded(databases, tmp_path_factory):
    """A database of the release, with documents sent by it, started with today's code.

    :returns: the database, and what was in it before
    """
    source = tmp_path_factory.mktemp("release")
    extract(read_record()["commit"], source)
    database = databases("released")
    database.install(source)
    database.load_demo(source)
    before = {"sent": database.job(source, "send")}
    before |= {"numbers": database.numbers(), "archives": database.archives()}
    database.run(ROOT, "-m", "tools.start", *STOP)
    return database, before


@pytest.fixture(scope="module")
def new(databases):
    """A database of today's code."""
    database = databases("new")
    database.install(ROOT)
    return database


def differences(ours, theirs):
    """Line by line what the upgraded database has otherwise than the new one."""
    lines = []
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key), theirs.get(key)
        if isinstance(mine, dict) and isinstance(other, dict):
            names = [
                n for n in mine.keys() | other.keys() if mine.get(n) != other.get(n)
            ]
            lines += [f"{key} {n}: {mine.get(n)} / {other.get(n)}" for n in names]
        elif mine != other:
            lines.append(f"{key}: {mine} / {other}")
    return lines


def test_definitions_are_those_of_a_new_database(upgraded, new):
    database, _before = upgraded
    addons = sorted(addon_folders())
    ours, theirs = (d.job(ROOT, "definitions", addons) for d in (database, new))
    assert len(theirs) > 500
    assert differences(ours, theirs) == []


def test_tables_are_those_of_a_new_database(upgraded, new):
    ours, theirs = (dict(d.rows(SCHEMA)) for d in (upgraded[0], new))
    assert len(theirs) > 1000
    assert differences(ours, theirs) == []


def test_numbers_and_archives_stay(upgraded):
    database, before = upgraded
    assert len(before["numbers"]) > 200 and len(before["archives"]) > 9
    assert differences(database.numbers(), before["numbers"]) == []
    assert differences(database.archives(), before["archives"]) == []


def test_what_was_sent_is_sent_again_with_the_same_file(upgraded, inbox):
    database, before = upgraded
    archives = database.archives()
    again = database.job(ROOT, "send_again", before["sent"])
    assert again == before["sent"] and all(again.values())
    assert differences(database.archives(), archives) == []
    known = set(archives.values())
    for numbers in again.values():
        for number in numbers.values():
            message = inbox.wait_for(number)
            content = inbox.attachment(message)
            assert hashlib.sha256(content).hexdigest() in known, number


def test_rest_answers_on_an_upgraded_database(upgraded):
    """It was part of another addon in the release, and is one of its own now."""
    database, before = upgraded
    keys = json.loads((database.folder / "api-keys.json").read_text())
    (number, *_others) = before["sent"]["bmasia.quote"].values()
    document = f"quotes/{number}"
    addresses = ["receipts", document, f"{document}/pdf", "openapi.json"]
    job = str(ROOT / "tests" / "rest_job.py")
    told = database.run(ROOT, job, keys["norbert@bmasiamusic.com"], *addresses)
    answers = dict(zip(addresses, json.loads(told), strict=True))
    assert [status for status, _content in answers.values()] == [200] * 4, answers
    assert answers[document][1]["name"] == number
    assert answers[f"{document}/pdf"][1].startswith("%PDF")


def test_whose_mailbox_worked_goes_on_mailing(upgraded, inbox):
    database, _before = upgraded
    subjects = database.job(ROOT, "write_as_each")
    assert len(subjects) >= 5
    for login, subject in subjects.items():
        assert inbox.wait_for(subject)["Username"] == login
