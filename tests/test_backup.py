"""A database is backed up while people work, and comes back with all that was in it;
what comes back mails nobody until it is released."""

import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg2
import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import expect

from tests.backup_kit import Backups
from tests.kit import answers, wait_for
from tests.neutralize_jobs import NOW, WAITING
from tools import backup as backup_module
from tools.backup import _parser
from tools.database_role import ROLE
from tools.settings import HOST, ROOT, free_ports

EX_USAGE, EX_DATAERR, EX_UNAVAILABLE = 64, 65, 69
EX_CANTCREAT, EX_IOERR = 73, 74
START_LIMIT = 120  # seconds
TABLES = """
SELECT relname FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
ARCHIVES = """
SELECT id, res_model, res_id, document_sha256, store_fname FROM ir_attachment
 WHERE document_sha256 IS NOT NULL ORDER BY id
"""


@pytest.fixture(scope="module")
def backups(stack, tmp_path_factory):
    backups = Backups(stack, tmp_path_factory.mktemp("backups"))
    yield backups
    backups.drop()


@pytest.fixture(scope="module")
def running(backups):
    """A backup of the system that is running."""
    return backups.make()


@pytest.fixture(scope="module")
def source(backups, running):
    """A database with mail of every kind that waits: what is backed up below."""
    name, _said = backups.restore(running, "source")
    (port,) = free_ports(1)
    backups.job(name, "fill", str(port))
    return name


@pytest.fixture(scope="module")
def backup(backups, source):
    return backups.make(source)


@pytest.fixture(scope="module")
def restored(backups, backup):
    """A database that was restored, and what the command said."""
    return backups.restore(backup, "restored")


def refused(done, code, *words):
    assert done.returncode == code, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_everything_is_there(backups, source, restored):
    name, said = restored
    counts = [
        {
            table: backups.execute(database, f'SELECT count(*) FROM "{table}"')
            for (table,) in backups.execute(database, TABLES)
        }
        for database in (source, name)
    ]
    differing = [
        table for table in counts[0] if counts[0][table] != counts[1].get(table)
    ]
    assert len(counts[0]) > 200 and differing == []
    assert "sends and fetches no e-mail" in said


def test_documents_that_were_sent_are_the_same_bytes(backups, source, restored):
    archives = [backups.execute(name, ARCHIVES) for name in (source, restored[0])]
    assert archives[0] == archives[1] and archives[0]
    for *_document, digest, stored in archives[1]:
        content = (backups.filestore(restored[0]) / stored).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


def test_the_key_ring_opens_what_is_sealed(backups, restored):
    name, said = restored
    (count,) = re.findall(r"(\d+) of \1 sealed values can be read", said)
    assert int(count) >= 5
    done = backups.python("-m", "odoo", "secrets", "status", PGDATABASE=name)
    assert done.returncode == 0 and "unreadable" not in done.stdout


def test_no_secret_is_in_a_backup(backups, backup, mail_passwords):
    ring = open(backups.environment()["ODOO_SECRET_KEYS_FILE"]).read().strip()
    manifest = json.loads((backup / "manifest.json").read_text())
    assert len(manifest["keys"]) == 1
    told = (
        subprocess.run(
            ["pg_restore", "--file=-", backup / "database.dump"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        + (backup / "manifest.json").read_text()
    )
    for secret in [ring, *mail_passwords.values()]:
        assert secret not in told
    assert backup.stat().st_mode & 0o077 == 0


def test_its_screens_say_why_nothing_leaves(backups, restored, browser):
    name, _said = restored
    (port,) = free_ports(1)
    words = ("-m", "tools.start", f"--http-port={port}", f"--db-filter=^{name}$")
    server = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=backups.environment(PGDATABASE=name, SITE_URL=None),
    )
    context = browser.new_context()
    try:
        wait_for(lambda: answers(port), START_LIMIT)
        page = context.new_page()
        page.goto(f"http://{HOST}:{port}/web/login", timeout=START_LIMIT * 1000)
        page.fill("input[name=login]", "admin@bmasiamusic.com")
        page.fill("input[name=password]", "demo")
        page.click("button[type=submit]")
        banner = page.locator("#o_mail_hold_banner")
        expect(banner).to_contain_text("It sends and fetches no e-mail")
        banner.get_by_role("link", name="Release").click()
        form = page.locator(".o_form_view")
        expect(form).to_contain_text("was restored from the backup of")
        expect(form.get_by_role("button", name="Release")).to_be_visible()
    finally:
        context.close()
        server.terminate()
        server.wait(START_LIMIT)


def subjects(inbox):
    return Counter(
        message["Subject"]
        for message in inbox.messages()
        if message["Subject"].startswith((WAITING, NOW))
    )


def test_nothing_leaves_until_it_is_released_and_then_each_once(
    backups, restored, inbox
):
    name, _said = restored
    outcomes = backups.job(name, "leave")
    assert inbox.messages() == [], outcomes
    refused(backups.run("release", name), EX_USAGE, "--send-waiting", "waited when")
    signals = "SELECT COALESCE(max(id), 0) FROM orm_signaling_stable"
    before = backups.execute(name, signals)
    done = backups.run("release", name, "--send-waiting")
    assert done.returncode == 0, done.stderr
    assert backups.execute(name, signals) > before, "a server that runs is not told"
    assert re.search(r"\d+ that waited: sent", done.stdout)
    for _twice in range(2):
        backups.job(name, "work_off")
    left, rows = subjects(inbox), backups.job(name, "sent")
    assert left == rows, outcomes
    kinds = ("queued", "deferred", "document", "scheduled")
    assert {f"{WAITING}: {kind}" for kind in kinds} <= left.keys()
    assert f"{NOW}: chatter" in left
    refused(backups.run("release", name), EX_USAGE, "is not held")


def test_a_staging_copy_is_neutralized(backups, backup, source, inbox):
    name, said = backups.restore(backup, "staging", "staging")
    assert "nothing leaves it" in said
    state = backups.job(name, "state")
    assert state["neutralized"] in ("true", "True", "t")
    assert state["mails"] == state["scheduled"] == state["documents"] == 0
    query = "SELECT value FROM ir_config_parameter WHERE key = %s"
    for key in ("database.uuid", "database.secret"):
        values = [backups.execute(each, query, key) for each in (source, name)]
        assert values[0] != values[1], key
    assert backups.execute(name, query, "mail_delivery.hold") == []
    banner = "SELECT active FROM ir_ui_view WHERE key = 'web.neutralize_banner'"
    assert backups.execute(name, banner) == [(True,)]
    assert inbox.messages() == []


# -- what goes wrong --


def test_a_foreign_key_ring_is_named(backups, backup):
    keys = {
        "ODOO_SECRET_KEYS_FILE": None,
        "ODOO_SECRET_KEYS": Fernet.generate_key().decode(),
    }
    (needed,) = json.loads((backup / "manifest.json").read_text())["keys"]
    done = backups.run("verify", backup, **keys)
    assert done.returncode == 1 and f"lacks the keys {needed}" in done.stdout
    name = backups.name("foreign")
    done = backups.run("restore", backup, "--as", name, **keys)
    assert done.returncode == 1, done.stderr
    assert re.search(r"0 of [1-9]\d* sealed values", done.stdout), done.stdout
    assert backups.exists(name) == (True, True)


@pytest.fixture
def damaged(backup, tmp_path):
    """A copy of the backup, to be damaged."""
    return shutil.copytree(backup, tmp_path / "damaged")


@pytest.mark.parametrize("part", ["database.dump", "filestore.tar"])
def test_a_damaged_backup_is_refused(backups, damaged, part):
    with open(damaged / part, "r+b") as file:
        file.seek(20_000)
        (byte,) = file.read(1)
        file.seek(20_000)
        file.write(bytes([byte ^ 1]))
    refused(backups.run("verify", damaged), EX_DATAERR, part, "damaged")
    name = backups.name("damaged")
    done = backups.run("restore", damaged, "--as", name)
    refused(done, EX_DATAERR, part)
    assert backups.exists(name) == (False, False)


@pytest.mark.parametrize("part", ["database.dump", "filestore.tar", "manifest.json"])
def test_half_a_backup_is_refused(backups, damaged, part):
    (damaged / part).unlink()
    refused(backups.run("verify", damaged), EX_DATAERR, part)


def no_room():
    """As on a full disk: no file gets larger than that."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))


def test_a_full_disk_leaves_no_half_backup(backups, tmp_path):
    done = backups.run("make", tmp_path, before=no_room)
    refused(done, EX_IOERR, "no room", str(tmp_path), "nothing was kept")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_database(backups, backup):
    name = backups.name("half")
    done = backups.run("restore", backup, "--as", name, before=no_room)
    refused(done, EX_IOERR, "no room")
    assert backups.exists(name) == (False, False)
    store = backups.filestore(name)
    assert not store.with_name(f".{name}.restoring").exists()


def test_nothing_is_overwritten(backups, backup, source):
    done = backups.run("restore", backup, "--as", source)
    refused(done, EX_CANTCREAT, "there already")
    shutil.rmtree(backups.filestore(backups.name("gone")), ignore_errors=True)
    running = backups.stack.settings.database
    moved = backups.filestore(source).rename(backups.filestore(f"{source}_moved"))
    try:
        done = backups.run("restore", backup, "--as", source)
        refused(done, EX_CANTCREAT, "is not empty")
    finally:
        moved.rename(backups.filestore(source))
    assert backups.exists(running) == (True, True)


def test_a_database_that_was_made_for_it_is_filled(backups, backup):
    """For a role that may make none."""
    name = backups.name("made")  # others leave files of an empty one
    connection = backups.stack._psql
    connection("postgres", f'CREATE DATABASE "{name}" TEMPLATE template0')
    done = backups.run("restore", backup, "--as", name)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("version", [None, "9.6.24"])
def test_programs_of_postgresql_that_do_not_fit_are_named(backups, tmp_path, version):
    if version:
        fake = tmp_path / "pg_dump"
        fake.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        fake.chmod(0o755)
    done = backups.run("make", tmp_path / "to", PGPATH=str(tmp_path))
    refused(done, EX_UNAVAILABLE, "pg_dump", "postgresql-client-")
    assert not os.path.exists(tmp_path / "to") or not os.listdir(tmp_path / "to")


def test_only_the_newest_are_kept(backups, running, tmp_path):
    name = backups.stack.settings.database
    for year in ("2024", "2025"):
        old = shutil.copytree(running, tmp_path / f"{name}-{year}0101T020000Z")
        manifest = json.loads((old / "manifest.json").read_text())
        manifest["made_at"] = f"{year}-01-01T02:00:00+00:00"
        (old / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / f"{name}-notes-Z").mkdir()
    done = backups.run("make", tmp_path, "--keep", 2)
    assert done.returncode == 0, done.stderr
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 3 and f"{name}-20250101T020000Z" in left
    assert f"{name}-notes-Z" in left


def test_a_backup_with_what_is_missing_now_is_kept(backups, running, tmp_path):
    name = backups.stack.settings.database
    old = {}
    for year, missing in (("2024", []), ("2025", ["aa/" + "a" * 40] * 9)):
        old[year] = shutil.copytree(running, tmp_path / f"{name}-{year}0101T020000Z")
        manifest = json.loads((old[year] / "manifest.json").read_text())
        manifest["made_at"] = f"{year}-01-01T02:00:00+00:00"
        manifest["files"]["missing"] = missing
        (old[year] / "manifest.json").write_text(json.dumps(manifest))
    query = "SELECT min(store_fname) FROM ir_attachment WHERE store_fname IS NOT NULL"
    [(stored,)] = backups.execute(name, query)
    file = backups.filestore(name) / stored
    moved = file.rename(tmp_path / "moved")
    try:
        done = backups.run("make", tmp_path, "--keep", 1)
    finally:
        moved.rename(file)
    assert done.returncode == 1, done.stderr
    assert f"{old['2024']}: kept" in done.stdout
    assert old["2024"].exists() and not old["2025"].exists()


def test_fewer_than_no_backups_are_not_kept(backups, tmp_path):
    done = backups.run("make", tmp_path, "--keep", "-1")
    assert done.returncode == EX_USAGE, done.stderr
    assert "-1 is no whole number" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_not_older_than_what_is_in_it(backups, tmp_path):
    """What waits for its lock, as for a long upgrade, is of the time after that."""
    name = backups.stack.settings.database
    waits = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted"
        " AND relation = 'ir_attachment'::regclass AND mode = 'RowExclusiveLock'"
    )
    cluster = backups.stack.cluster
    upgrade = psycopg2.connect(
        host=HOST,
        port=cluster.port,
        user=ROLE,
        password=cluster.password,
        dbname=name,
    )
    upgrade.cursor().execute("LOCK TABLE ir_attachment IN SHARE MODE")
    with ThreadPoolExecutor() as pool:
        making = pool.submit(backups.run, "make", tmp_path)
        try:
            wait_for(lambda: backups.execute(name, waits)[0][0], 60)
            time.sleep(2)
        finally:
            over = datetime.now(UTC)
            upgrade.close()
        done = making.result()
    assert done.returncode == 0, done.stderr
    [made] = tmp_path.iterdir()
    manifest = json.loads((made / "manifest.json").read_text())
    assert datetime.fromisoformat(manifest["made_at"]) >= over


def test_what_nobody_foresaw_is_not_taken_for_done(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(backup_module, "_run", lambda _options: 1 / 0)
    assert backup_module.main(["verify", str(tmp_path)]) == 70
    assert "verify was not done: ZeroDivisionError" in capsys.readouterr().err


def test_the_commands_of_the_guide_are_understood():
    guide = (ROOT / "docs" / "administrator.md").read_text()
    commands = re.findall(r"^python -m tools\.backup (.+)$", guide, re.M)
    assert len(commands) >= 5
    for command in commands:
        _parser().parse_args(shlex.split(command))
