"""Passwords of mail accounts on the running system: dump, logs, rotation."""

import json
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from cryptography.fernet import Fernet

from tools.keys import mailbox_passwords
from tools.postgres import bin_folder
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
# ``odoo secrets``, several times in one process: loading Odoo is what takes long
PROGRAM = """
import json, os, sys
import odoo.init, odoo.http
from odoo.tools import config
database = ["-d", sys.argv[1]]
config.parse_config([*database, "--no-http"], setup_logging=False)
from odoo.addons.encrypted_field import rotation
from odoo.addons.encrypted_field.cli.secrets import Secrets
rotation.BATCH = 1
for keys, arguments, happens in json.load(sys.stdin):
    os.environ["ODOO_SECRET_KEYS"] = ",".join(keys)
    exec(happens)
    try:
        Secrets().run([*database, *arguments])
    except SystemExit as end:
        print("exit", end.code, flush=True)
"""
LIMIT = 240  # seconds for one process on a busy machine


@dataclass(frozen=True)
class Run:
    """What became of one run of the command."""

    code: int
    output: str

    @property
    def count(self):
        """How many values of mail servers it sealed anew, or would."""
        assert self.code == 0, self.output
        return int(re.search(r"smtp_pass: (\d+) (?:to )?rotate", self.output)[1])


@pytest.fixture(scope="class")
def odoo(stack, settings):
    """Run Python with the running system's database: ``odoo(words, **options)``."""

    def run(*words, environment=None, **options):
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env={**stack.environment, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            **options,
        )

    return run


@pytest.fixture(scope="class")
def odoo_secrets(odoo, settings):
    """``odoo secrets`` again and again: ``run((keys, arguments, happens), ...)``.

    :returns: a list of :class:`Run`, and whether the last one was killed
    """

    def run(*steps):
        steps = [(keys, words.split(), happens) for keys, words, happens in steps]
        done = odoo("-c", PROGRAM, settings.database, input=json.dumps(steps))
        ends = re.findall(r"(.*?)^exit (\d+)$", done.stdout, re.DOTALL | re.MULTILINE)
        killed = done.returncode == -signal.SIGKILL
        assert killed or not done.returncode, done.stderr
        assert len(ends) == len(steps) - killed, done.stderr
        return [Run(int(code), output) for output, code in ends], killed

    return run


@pytest.fixture(scope="class")
def keys(stack, odoo, settings):
    """The ring's key and two new ones. Afterwards everything is under the former again,
    by the command as an administrator types it."""
    with open(stack.environment["ODOO_SECRET_KEYS_FILE"]) as file:
        old = file.read().strip()
    new = [Fernet.generate_key().decode() for _number in range(2)]
    yield old, *new
    back = odoo(
        *("-m", "odoo", "secrets", "-d", settings.database, "rotate"),
        environment={"ODOO_SECRET_KEYS": ",".join([old, *new])},
    )
    assert back.returncode == 0, back.stdout + back.stderr


class TestRotation:
    def test_a_run_that_is_killed_goes_on_where_it_stopped(self, odoo_secrets, keys):
        old, new, _newest = keys
        ring = [new, old]
        (before,), killed = odoo_secrets(
            (ring, "rotate --dry-run", ""), (ring, "rotate", KILLED)
        )
        assert killed and before.count >= 6  # five people and the relay
        (left, early, rest, after), _killed = odoo_secrets(
            (ring, "rotate --dry-run", ""),
            ([new], "status", ""),
            (ring, "rotate", ""),
            ([new], "status", ""),
        )
        assert left.count == rest.count == before.count - 1
        assert early.code == 1  # the old key is still needed
        assert after.code == 0 and f"smtp_pass: {before.count} with" in after.output

    def test_a_password_saved_meanwhile_wins(self, odoo_secrets, keys, json2):
        ring = keys[::-1]
        relay = json2.user("admin").call("ir.mail_server", "create", vals_list=[RELAY])
        try:
            (before, done), _killed = odoo_secrets(
                (ring, "rotate --dry-run", ""), (ring, "rotate", EDITED)
            )
            assert done.count == before.count - 1  # all but that one
            assert "now edited" in done.output
        finally:
            json2.user("admin").call("ir.mail_server", "unlink", relay)


def test_a_dump_and_the_logs_hold_no_password(stack, settings, json2):
    nikki = json2.user("nikki.h")
    nikki.call("res.users", "action_test_smtp", [nikki_id(nikki)])
    dump = subprocess.run(
        [bin_folder() / "pg_dump", "--inserts", settings.database],
        env=stack.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "v2:" in dump and NIKKI in dump
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
