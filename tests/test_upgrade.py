"""A database of each release comes out of the upgrade like a new one, with all that was
in it. As in production: its own release installs it, only the version decides what is
upgraded."""

import hashlib
import json

import psycopg2
import pytest

from tools.released import addon_folders, extract, read_releases
from tools.sandbox import Sandbox
from tools.settings import HOST, ROOT

RELEASES = [release["commit"] for release in read_releases()]
STOP = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
NUMBERED = """
SELECT table_name FROM information_schema.columns
 WHERE table_schema = 'public' AND column_name = 'name' AND table_name IN (
    SELECT table_name FROM information_schema.columns WHERE column_name = 'send_state')
"""
AMOUNTS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND udt_name IN ('numeric', 'float8')
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


class Database(Sandbox):
    """A sandbox whose content can be compared."""

    def job(self, root, name, *arguments):
        """One of ``tests/upgrade_jobs.py``, on the code below a root."""
        path = str(ROOT / "tests" / "upgrade_jobs.py")
        return json.loads(self.run(root, path, name, *map(json.dumps, arguments)))

    def rows(self, query, *parameters):
        connection = psycopg2.connect(
            host=HOST,
            port=self.stack.cluster.port,
            user=self.stack.cluster.environment["PGUSER"],
            password=self.stack.cluster.password,
            dbname=self.name,
        )
        with connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            rows = cursor.fetchall()
        connection.close()
        return rows

    @property
    def tables(self):
        """Those of documents, whatever they are called."""
        return [table for (table,) in self.rows(NUMBERED)]

    def numbers(self):
        """``{(table, id): number}`` of all documents."""
        return {
            (table, row): name
            for table in self.tables
            for row, name in self.rows(f"SELECT id, name FROM {table}")
        }

    def totals(self):
        """``{(table, column, id): amount}`` of all documents."""
        return {
            (table, column, row): amount
            for table in self.tables
            for (column,) in self.rows(AMOUNTS, table)
            for row, amount in self.rows(f"SELECT id, {column} FROM {table}")
        }

    def archives(self):
        """``{(model, id, file name): SHA-256}`` of all files of documents."""
        store = self.stack.state / "data" / "filestore" / self.name
        return {
            row: hashlib.sha256((store / path).read_bytes()).hexdigest()
            for *row, path in self.rows(
                "SELECT res_model, res_id, name, store_fname FROM ir_attachment"
                " WHERE replace(res_model, '.', '_') = ANY (%s)"
                " AND store_fname IS NOT NULL AND res_field IS NULL",
                self.tables,
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
        database.drop()


@pytest.fixture(scope="module", params=RELEASES, ids=lambda commit: commit[:7])
def upgraded(request, databases, tmp_path_factory):
    """A database of a release, with documents sent by it, started with today's code.

    :returns: the database, and what was in it before
    """
    source = tmp_path_factory.mktemp("release")
    extract(request.param, source)
    database = databases(request.param[:7])
    database.install(source)
    database.load_demo(source)
    before = {"sent": database.job(source, "send")}
    before |= {"numbers": database.numbers(), "totals": database.totals()}
    before |= {"archives": database.archives()}
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


def test_numbers_totals_and_archives_stay(upgraded):
    database, before = upgraded
    assert len(before["numbers"]) > 200 and len(before["archives"]) > 9
    assert differences(database.numbers(), before["numbers"]) == []
    assert differences(database.archives(), before["archives"]) == []
    totals = database.totals()
    known = {key: totals.get(key) for key in before["totals"]}
    assert len(known) > 1000
    assert differences(known, before["totals"]) == []


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
        assert inbox.wait_for(subject, limit=60)["Username"] == login
