"""Passwords of mail accounts on the running system: dump, logs, rotation."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet

from tools.keys import mailbox_passwords
from tools.postgres import _bin_folder
from tools.settings import ROOT
from tools.stack import MAIL_USERS

NIKKI = "nikki.h@bmasiamusic.com"
# what a run of the command does at its second batch, with one row in each
KILLED = """
import os, signal
replace, done = rotation._replace, []
def dying(*arguments):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(replace(*arguments))
    return done[-1]
rotation._replace = dying
"""
RELAY = {"name": "Unused", "smtp_host": "x.example", "smtp_pass": "first", "active": 0}
# somebody saves another password just before that row is written
EDITED = """
replace, edited = rotation._replace, []
def editing(env, secret, rows):
    server = env["ir.mail_server"].with_context(active_test=False).search(
        [("name", "=", "Unused")]
    )
    if rows[0][0] != server.id or edited:
        return replace(env, secret, rows)
    edited.append(1)
    with env.registry.cursor() as cr:
        server.with_env(env(cr=cr)).smtp_pass = "edited"
    result = replace(env, secret, rows)
    print("now", secret.reveal__(server))
    return result
rotation._replace = editing
"""
PROGRAM = """
import sys
import odoo.init, odoo.http
from odoo.tools import config
config.parse_config(["-d", sys.argv[2], "--no-http"], setup_logging=False)
from odoo.addons.encrypted_field import rotation
from odoo.addons.encrypted_field.cli.secrets import Secrets
rotation.BATCH = 1
{happens}
Secrets().run(sys.argv[1:])
"""


@pytest.fixture
def odoo_secrets(stack, settings):
    """``odoo secrets`` with a ring: ``run(keys, "rotate", happens=KILLED)``."""

    def run(keys, *arguments, happens=""):
        environment = {**stack.environment, "ODOO_SECRET_KEYS": ",".join(keys)}
        database = ["-d", settings.database]
        command = ["-m", "odoo", "secrets", *database, *arguments]
        if happens:
            command = ["-c", PROGRAM.format(happens=happens), *database, *arguments]
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def keys(stack, odoo_secrets):
    """The ring's key and a new one; afterwards everything is under the former again."""
    with open(stack.environment["ODOO_SECRET_KEYS_FILE"]) as file:
        old = file.read().strip()
    new = Fernet.generate_key().decode()
    yield old, new
    back = odoo_secrets([old, new], "rotate")
    assert back.returncode == 0, back.stdout + back.stderr


def rotated(done):
    """How many values of mail servers a run wrote."""
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(r"smtp_pass: (\d+) (?:to )?rotate", done.stdout)[1])


def test_a_run_that_is_killed_goes_on_where_it_stopped(odoo_secrets, keys):
    old, new = keys
    ring = [new, old]
    count = rotated(odoo_secrets(ring, "rotate", "--dry-run"))
    assert count >= 6  # five people and the relay
    killed = odoo_secrets(ring, "rotate", happens=KILLED)
    assert killed.returncode == -9, killed.stderr
    assert rotated(odoo_secrets(ring, "rotate", "--dry-run")) == count - 1
    assert odoo_secrets([new], "status").returncode == 1  # the old key is still needed
    assert rotated(odoo_secrets(ring, "rotate")) == count - 1
    status = odoo_secrets([new], "status")
    assert status.returncode == 0 and f"smtp_pass: {count} with" in status.stdout


def test_a_password_saved_meanwhile_wins(odoo_secrets, keys, json2):
    old, new = keys
    relay = json2.user("admin").call("ir.mail_server", "create", vals_list=[RELAY])
    try:
        done = odoo_secrets([new, old], "rotate", happens=EDITED)
        assert rotated(done) >= 6  # all but that one
        assert "now edited" in done.stdout
    finally:
        json2.user("admin").call("ir.mail_server", "unlink", relay)


def test_a_dump_and_the_logs_hold_no_password(stack, settings, json2):
    nikki = json2.user("nikki.h")
    nikki.call("res.users", "action_test_smtp", [nikki_id(nikki)])
    dump = subprocess.run(
        [_bin_folder() / "pg_dump", "--inserts", settings.database],
        env=stack.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "v1:" in dump and NIKKI in dump
    passwords = mailbox_passwords(settings.state, MAIL_USERS)[0].values()
    logs = "".join(
        path.read_text(errors="replace")
        for path in (settings.state / "log").glob("*.log")
    )
    with open(stack.environment["ODOO_SECRET_KEYS_FILE"]) as file:
        for secret in (*passwords, file.read().strip()):
            assert secret not in dump and secret not in logs


def nikki_id(nikki):
    domain = [("login", "=", NIKKI)]
    return nikki.call("res.users", "search", domain=domain)[0]


def test_four_sends_of_one_user_at_once_leave_once_each(inbox, json2):
    nikki = json2.user("nikki.h")
    domain = [("email", "like", "example"), ("user_ids", "=", False)]
    partners = nikki.call("res.partner", "search", domain=domain, limit=4)
    assert len(partners) == 4

    def post(number):
        return nikki.call(
            "res.partner",
            "message_post",
            partners[number : number + 1],
            body="At the same time",
            subject=f"Parallel {number}",
            partner_ids=partners[number : number + 1],
            subtype_xmlid="mail.mt_comment",
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(post, range(4)))
    for number in range(4):
        inbox.wait_for(f"Parallel {number}")
    # whatever was left behind would leave a second time now
    cron = json2.user("admin").call(
        "ir.model.data",
        "check_object_reference",
        module="mail_delivery",
        xml_id="ir_cron_deliver",
    )[1]
    json2.user("admin").call("ir.cron", "method_direct_trigger", [cron])
    subjects = sorted(
        (message["Subject"], message["Username"])
        for message in inbox.messages()
        if message["Subject"].startswith("Parallel")
    )
    assert subjects == [(f"Parallel {number}", NIKKI) for number in range(4)]
