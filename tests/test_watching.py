"""Watching a running system: doctor, probe, metrics, watch and page."""

import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import psycopg2
import pytest
from playwright.sync_api import expect
from prometheus_client.parser import text_string_to_metric_families

from tests.kit import PAGE_LIMIT, wait_for
from tools.database import EX_CONFIG, EX_USAGE
from tools.database_role import ROLE
from tools.settings import HOST, ROOT

GUIDE = (ROOT / "docs" / "administrator.md").read_text()
SECTION = GUIDE[GUIDE.index("\n## Watching") :]
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.M | re.S)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
UNITS = ROOT / "config" / "systemd"
KEPT = 6  # seconds: for so long an answer to the probe counts
SEND_JOB = "model._deliver_queue()"


@pytest.fixture
def ask(settings):
    """``(status, body)`` of an address."""

    def ask(path, token=None):
        request = urllib.request.Request(settings.odoo_url + path)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return ask


@pytest.fixture
def database(stack, settings):
    """A connection to the system's database, whose statements count at once."""
    connection = psycopg2.connect(
        host=HOST,
        port=stack.cluster.port,
        user=ROLE,
        password=stack.cluster.password,
        dbname=settings.database,
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


@pytest.fixture
def waiting(database):
    """Put a mail into the queue that could have left for some time, behind Odoo's back:
    it would try at once. It is gone afterwards."""
    made = []

    def put(address, age):
        database.execute(
            "INSERT INTO mail_message (message_type, subject, date)"
            " VALUES ('email', 'Stands', now() AT TIME ZONE 'UTC') RETURNING id"
        )
        (message,) = database.fetchone()
        database.execute(
            "INSERT INTO mail_mail (mail_message_id, state, email_to)"
            " VALUES (%s, 'outgoing', %s) RETURNING id",
            (message, address),
        )
        (mail,) = database.fetchone()
        database.execute(
            "INSERT INTO mail_delivery (mail_id, recipient, kind, state, queued_at)"
            " VALUES (%s, %s, 'to', 'queued', now() AT TIME ZONE 'UTC' - %s::interval)",
            (mail, address, age),
        )
        made.append((message, mail))

    yield put
    for message, mail in made:
        database.execute("DELETE FROM mail_delivery WHERE mail_id = %s", (mail,))
        database.execute("DELETE FROM mail_mail WHERE id = %s", (mail,))
        database.execute("DELETE FROM mail_message WHERE id = %s", (message,))


@pytest.fixture
def token(json2):
    return json2.user("admin").call("bmasia.health", "make_token")


@pytest.fixture
def send_job(json2):
    """The job that sends; it works again afterwards."""
    admin = json2.user("admin")
    [job] = admin.call("ir.cron", "search", domain=[("code", "=", SEND_JOB)])
    yield lambda **values: admin.call("ir.cron", "write", [job], vals=values)
    admin.call("ir.cron", "write", [job], vals={"active": True})
    admin.call("ir.cron", "method_direct_trigger", [job])


def doctor(stack, settings, *options, environ=None):
    return subprocess.run(
        [
            *(sys.executable, "-m", "odoo", "crm", "-d", settings.database),
            *("doctor", *options),
        ],
        cwd=ROOT,
        env=environ or stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )


# ------------------------------------------------------------
# THE DOCTOR
# ------------------------------------------------------------


def test_the_doctor_finds_the_demo_well_but_for_its_address(stack, settings):
    done = doctor(stack, settings, "--json")
    findings = json.loads(done.stdout)
    failing = [each for each in findings if each["state"] == "fail"]
    assert not failing, failing
    unwell = {each["check"] for each in findings if each["state"] == "warn"}
    assert "proxy" in unwell, "the demo has no https"
    assert done.returncode == 1, done.stderr
    assert {"pdf", "stored_passwords", "send_job", "trigrams"} <= {
        each["check"] for each in findings if each["state"] == "ok"
    }


def test_the_doctor_reaches_the_mail_server_of_each_entity(stack, settings):
    done = doctor(stack, settings, "--remote", "--json")
    relays = [each for each in json.loads(done.stdout) if each["check"] == "relay"]
    assert len(relays) > 1
    assert {each["state"] for each in relays} == {"ok"}, relays


def test_the_doctor_says_what_fails_and_what_to_do(stack, settings):
    names = ("ODOO_SECRET_KEYS", "ODOO_SECRET_KEYS_FILE")
    bare = {k: v for k, v in stack.environment.items() if k not in names}
    done = doctor(stack, settings, environ=bare)
    assert done.returncode == 2
    assert re.search(r"^fail  Key ring: .*ODOO_SECRET_KEYS", done.stdout, re.M)
    assert "      → See The key ring" in done.stdout
    assert re.search(r"^ok    Numbers given once: ", done.stdout, re.M)


def test_without_a_database_the_doctor_says_so(stack, settings):
    done = subprocess.run(
        [sys.executable, "-m", "odoo", "crm", "-d", "no_such_database", "doctor"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "database 'no_such_database' cannot be used: " in done.stderr
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------
# THE PROBE
# ------------------------------------------------------------


def test_the_probe_goes_red_when_the_job_is_off_and_green_again(ask, send_job):
    wait_for(lambda: ask("/crm/health") == (200, '{"status": "pass"}'), 70)
    send_job(active=False)
    wait_for(lambda: ask("/crm/health")[0] == 503, KEPT + 5)
    body = json.loads(ask("/crm/health")[1])
    assert body == {"status": "fail", "failing": ["send_job"]}
    send_job(active=True)
    wait_for(lambda: ask("/crm/health")[0] == 200, KEPT + 5)


def test_the_probe_goes_red_when_the_queue_stands(ask, send_job, waiting, database):
    send_job(active=False)
    waiting("jane@example.com", "1 hour")
    # what other tests sent just now is no sign that it moves
    database.execute(
        "UPDATE mail_delivery SET handed_at = handed_at - interval '1 hour'"
        " WHERE handed_at > now() AT TIME ZONE 'UTC' - interval '1 hour'"
    )
    wait_for(lambda: '"queue"' in ask("/crm/health")[1], KEPT + 5)
    status, body = ask("/crm/health")
    assert status == 503
    assert json.loads(body) == {"status": "fail", "failing": ["queue", "send_job"]}


def test_prometheus_reads_what_the_token_opens(ask, token):
    assert ask("/crm/metrics")[0] == 401
    assert ask("/crm/metrics", token + "x")[0] == 401
    status, text = ask("/crm/metrics", token)
    assert status == 200
    found = {family.name: family for family in text_string_to_metric_families(text)}
    documents = {
        sample.labels["kind"]: sample.value
        for sample in found["bmasia_documents"].samples
    }
    assert documents["bmasia_quote"] > 50
    assert "@" not in text and "nikki" not in text.lower()


# ------------------------------------------------------------
# THE GUIDE
# ------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_guide_works(command, stack, settings, token, ask):
    wait_for(lambda: ask("/crm/health")[0] == 200, 70)
    if command.startswith("systemd-analyze") and not shutil.which("systemd-analyze"):
        units = re.findall(r"\S+\.(?:service|timer)", command)
        assert all((ROOT / unit).is_file() for unit in units)
        return
    command = command.replace(":8069", f":{settings.odoo_port}")
    command = re.sub(r"^odoo crm", f"{sys.executable} -m odoo crm", command)
    environ = {**stack.environment, "CRM_METRICS_TOKEN": token}
    environ["ODOO_RC"] = str(settings.state / "odoo.conf")
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    well = (0, 1) if " crm doctor" in command else (0,)  # 1: the demo has no https
    assert done.returncode in well, f"{done.stdout}{done.stderr}"
    assert done.stdout or command.startswith("systemd-analyze")


def test_the_guide_has_commands():
    assert len(COMMANDS) == 6


# ------------------------------------------------------------
# THE WATCH
# ------------------------------------------------------------


@contextmanager
def answering(*answers):
    """A server that gives these answers in turn, ``(status, body)``, then the last."""
    left = list(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_arguments):
            pass

    server = http.server.HTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{HOST}:{server.server_port}/crm/health"
    server.shutdown()
    server.server_close()


def watch(url, tries=2):
    """Whether the watch restarts Odoo."""
    done = subprocess.run(
        ["sh", str(UNITS / "watch.sh"), "echo", "restarted"],
        env={
            **os.environ,
            "HEALTH_URL": url,
            "HEALTH_TRIES": str(tries),
            "HEALTH_PAUSE": "0",
            "HEALTH_TIMEOUT": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return "restarted" in done.stdout


PASS = (200, {"status": "pass"})


@pytest.mark.parametrize(
    ("answer", "restarts"),
    [
        (PASS, False),
        ((503, {"status": "fail", "failing": ["disk"]}), False),
        ((503, {"status": "fail", "failing": ["key_ring"]}), False),
        ((503, {"status": "fail", "failing": ["disk", "send_job"]}), True),
        ((503, {"status": "fail", "failing": ["queue"]}), True),
        ((503, {"status": "fail", "failing": ["database"]}), True),
        ((500, "Internal Server Error"), True),
        ((404, "Not Found"), True),
        ((502, "Bad Gateway"), True),
    ],
    ids=str,
)
def test_the_watch_restarts_where_that_helps(answer, restarts):
    with answering(answer) as url:
        assert watch(url) is restarts


def test_the_watch_does_not_restart_for_one_bad_answer():
    with answering((500, ""), PASS) as url:
        assert not watch(url)


def test_the_watch_restarts_what_accepts_and_is_silent():
    with socket.create_server((HOST, 0)) as silent:
        assert watch(f"http://{HOST}:{silent.getsockname()[1]}/crm/health")


def test_the_watch_leaves_alone_what_starts_or_upgrades():
    """Nothing listens then; it may take longer than all tries."""
    with answering(PASS) as url:
        pass
    assert not watch(url)


def test_the_unit_starts_odoo_again_but_not_for_a_wrong_setting():
    unit = (UNITS / "odoo-bmasia.service").read_text()
    assert "\nRestart=always\n" in unit
    assert f"\nRestartPreventExitStatus={EX_USAGE} {EX_CONFIG}\n" in unit
    assert re.search(r"^ExecStart=\S+python3 -m tools\.start$", unit, re.M)


# ------------------------------------------------------------
# THE PAGE
# ------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 390])
def test_an_administrator_reads_it_in_the_browser(page_of, settings, width):
    page = page_of("admin", width)
    page.goto(f"{settings.odoo_url}/odoo/system-health")
    rows = page.locator(".o_bmasia_health [data-check]")
    expect(rows.first).to_be_visible(timeout=PAGE_LIMIT)
    first = rows.first
    expect(first).to_have_attribute("data-state", "warn")
    expect(page.locator("[data-check=proxy]")).to_contain_text("SITE_URL")
    page.screenshot(path=settings.state / f"system-health-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Try mail servers, too").first.click()
    expect(page.locator("[data-check=relay]").first).to_be_visible()


def test_the_token_is_shown_once(page_of, settings, ask):
    page = page_of("admin")
    page.goto(f"{settings.odoo_url}/odoo/system-health")
    page.locator("button[name=token]").first.click()
    dialog = page.locator(".modal-footer button.btn-primary")
    field = page.locator("#bmasia_health_token")
    expect(dialog.or_(field)).to_be_visible()
    if dialog.is_visible():
        dialog.click()
    expect(field).to_be_visible()
    assert ask("/crm/metrics", field.input_value())[0] == 200
    page.reload()
    expect(page.locator(".o_bmasia_health [data-check]").first).to_be_visible()
    expect(field).to_have_count(0)
