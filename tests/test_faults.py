"""What an installation lives through, and what its administrator sees of it: the
database away, a full disk, a filestore that is read-only, a dead resolver, a clock that
jumps. Nothing is lost, and nothing is done twice. A machine that is lost:
``test_nodes.py``.

``./run soak`` runs them, ``./run test`` does not, unless the file is named;
``FAULT_SECONDS`` (60) says how long a fault lasts.
"""

import os
import time
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.faults import Site, assert_each_left_once, copies, send_all
from tests.kit import wait_for
from tests.nodes import quotes_for_guests
from tools.database import EX_UNAVAILABLE
from tools.errors import SetupError

SECONDS = int(os.environ.get("FAULT_SECONDS", 60))
QUOTES = 60
LIMIT = 300  # seconds
PROBE = 20  # seconds until the probe has seen it
LATER = """
SELECT count(*) FROM mail_delivery
 WHERE res_id = ANY(%s) AND model = 'bmasia.quote' AND handed_at > %s
"""
HANDED = """
SELECT count(*) FROM mail_delivery
 WHERE res_id = ANY(%s) AND model = 'bmasia.quote' AND handed_at IS NOT NULL
"""
FILES = """
SELECT store_fname, document_sha256 FROM ir_attachment
 WHERE res_model = 'bmasia.quote' AND res_id = ANY(%s) AND document_sha256 IS NOT NULL
"""
# Names are looked up by this process as those of a machine whose resolver is dead.
DEAD_RESOLVER = """
import os, socket, time

look_up = socket.getaddrinfo


def getaddrinfo(host, *words, **more):
    if host == "localhost" and os.path.exists({marker!r}):
        time.sleep({seconds})
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return look_up(host, *words, **more)


socket.getaddrinfo = getaddrinfo
"""
# libfaketime takes the clock of sleeps, which does not jump, for one that it moves.
SLEEP = """
import select, time

time.sleep = lambda seconds: select.select([], [], [], max(seconds, 0)) and None
"""


@pytest.fixture(scope="module")
def site(stack, tmp_path_factory):
    """A copy of the running system, which is off."""
    site = Site(stack, tmp_path_factory.mktemp("faults"))
    try:
        site.copy()
        yield site
    finally:
        site.remove()


@pytest.fixture
def broken(site):
    """The copy; nothing of it runs afterwards but its database."""
    site.new_lines()
    yield site
    site.kill()
    site.cluster.start()


def begin_sending(site, nikki):
    """Quotes on their way, a third of which has left."""
    quotes = quotes_for_guests(nikki, QUOTES)
    send_all(nikki, quotes)
    wait_until_left(site, quotes, QUOTES // 3)
    return quotes


def wait_until_left(site, quotes, count):
    wait_for(lambda: site.count(HANDED, quotes) >= count, LIMIT)


# ------------------------------------------------------------
# THE DATABASE
# ------------------------------------------------------------


def test_the_database_is_away_for_one_process(broken, json2, inbox):
    """It waits, says so, and goes on; nobody is told that a document is not there."""
    broken.start(workers=0)
    nikki = broken.as_user(json2.key("nikki.h"))
    quotes = begin_sending(broken, nikki)
    broken.cluster.stop()
    away = time.monotonic()
    wait_for(lambda: broken.health() == (503, {"database"}), PROBE)
    assert broken.ask("/api/v1/quotes/1")[0] == 503, "nobody takes it for deleted"
    with pytest.raises(SetupError, match="answered 503"):
        nikki.call("bmasia.quote", "read", quotes, fields=["name"])
    time.sleep(max(0, SECONDS - (time.monotonic() - away)))
    assert broken.health() == (503, {"database"})
    assert not broken.has_ended()
    broken.cluster.start()
    back = broken.rows("SELECT now() AT TIME ZONE 'UTC'")[0][0]
    wait_for(lambda: broken.health()[0] == 200, PROBE)
    wait_until_left(broken, quotes, QUOTES)
    assert broken.count(LATER, quotes, back), "it was over before"
    assert_each_left_once(broken, inbox, quotes, unknown=1)
    assert "scheduled actions wait for the database" in broken.new_lines()


def test_the_database_is_away_for_several_processes(broken, json2, inbox):
    """They end, are started by who watches over them, and say what is missing."""
    broken.start(workers=2)
    quotes = begin_sending(broken, broken.as_user(json2.key("nikki.h")))
    broken.cluster.stop()
    away = time.monotonic()
    wait_for(broken.has_ended, PROBE)
    wait_for(lambda: broken.health()[0] == 0, PROBE)
    codes = set()
    while time.monotonic() - away < SECONDS:
        broken.kill()
        broken.launch(workers=2)
        codes.add(broken.process.wait(60))
    assert codes == {EX_UNAVAILABLE}, "the supervisor tries again at this code"
    assert "BMAsia CRM does not start: " in broken.new_lines()
    broken.kill()
    broken.cluster.start()
    back = broken.rows("SELECT now() AT TIME ZONE 'UTC'")[0][0]
    broken.start(workers=2)
    wait_until_left(broken, quotes, QUOTES)
    assert broken.count(LATER, quotes, back), "it was over before"
    assert_each_left_once(broken, inbox, quotes, unknown=1)


# ------------------------------------------------------------
# FILES
# ------------------------------------------------------------


@pytest.mark.parametrize("fault", ["full_disk", "read_only"])
def test_a_filestore_that_takes_nothing(broken, json2, inbox, fault):
    """The document stays the draft that it was, and is sent once there is room: what
    was begun of its file is not taken for it."""
    broken.start(*broken.obeying)
    # Nikki's mailbox may have sent what its provider takes in a minute
    keith = broken.as_user(json2.key("keith"))
    [quote] = quotes_for_guests(keith, 1)
    before = stored(broken)
    with getattr(broken, fault)():
        for _try in range(2):
            with pytest.raises(SetupError, match="answered 500.*server's log has it"):
                keith.call("bmasia.quote", "send_email", [quote])
        fields = ["name", "state", "send_state", "archive_ids"]
        [values] = keith.call("bmasia.quote", "read", [quote], fields=fields)
        assert [values[field] for field in fields] == [False, "draft", "none", []]
        assert "OSError" in (log := broken.new_lines()) or "PermissionError" in log
        if fault == "read_only":
            wait_for(lambda: broken.health() == (503, {"disk"}), PROBE)
            assert "fail" in broken.doctor(*broken.obeying)["disk"]
    assert stored(broken) == before, "nothing is left of a file"
    assert not copies(inbox)
    wait_for(lambda: broken.health()[0] == 200, 70)
    assert keith.call("bmasia.quote", "send_email", [quote])["status"] == "sent"
    [(name, digest)] = broken.rows(FILES, [quote])
    content = (broken.files / name).read_bytes()
    assert sha256(content).hexdigest() == digest
    assert content.rstrip().endswith(b"%%EOF")
    assert_each_left_once(broken, inbox, [quote])


def stored(site):
    """The files of the filestore that are whole files or parts of such."""
    return {
        path
        for path in site.files.rglob("*")
        if path.is_file() and "checklist" not in path.parts
    }


# ------------------------------------------------------------
# NAMES
# ------------------------------------------------------------


@contextmanager
def dead_resolver(marker):
    marker.touch()
    try:
        yield
    finally:
        marker.unlink()


def test_names_of_mail_servers_are_not_found(broken, json2, inbox, mail_passwords):
    """Whose server has a name waits; whoever is reached by an address goes on; nobody
    who looks at a screen waits for the resolver."""
    marker = broken.folder / "resolver-is-dead"
    code = DEAD_RESOLVER.format(marker=str(marker), seconds=SECONDS)
    broken.start(workers=2, PYTHONPATH=broken.begins_with("resolver", code))
    admin = broken.as_user(json2.key("admin"))
    nikki, keith = (broken.as_user(json2.key(login)) for login in ("nikki.h", "keith"))
    admin.call(
        "ir.config_parameter",
        "set_param",
        key="mail_user_smtp.internal_hosts",
        value="localhost,127.0.0.1",
    )
    move_mailbox(nikki, "127.0.0.1", mail_passwords["nikki.h@bmasiamusic.com"])
    [late] = quotes_for_guests(keith, 1)
    with dead_resolver(marker):
        start = time.monotonic()
        answer = keith.call("bmasia.quote", "send_email", [late])
        assert answer["status"] == "queued"
        assert time.monotonic() - start < 10
        start = time.monotonic()
        own_mailbox(keith, "action_test_smtp")
        assert time.monotonic() - start < 10
        assert own_values(keith, "smtp_state") == "ok", "it says nothing about it"
        quotes = quotes_for_guests(nikki, QUOTES)
        send_all(nikki, quotes)
        wait_until_left(broken, quotes, QUOTES)
        wait_for(lambda: deliveries(broken, late)[0][1] == "dns", LIMIT)
        assert broken.health()[0] == 200
    assert "reason=dns" in broken.new_lines()
    wait_for(lambda: deliveries(broken, late)[0][0] == "sent", LIMIT)
    assert copies(inbox).total() == QUOTES + 1


def deliveries(site, quote):
    query = "SELECT state, reason FROM mail_delivery WHERE res_id = %s AND model = %s"
    return site.rows(query, quote, "bmasia.quote")


def own_id(user):
    return user.call("res.users", "context_get")["uid"]


def own_mailbox(user, method):
    return user.call("res.users", method, [own_id(user)])


def own_values(user, field):
    [values] = user.call("res.users", "read", [own_id(user)], fields=[field])
    return values[field]


def move_mailbox(user, host, password):
    values = {"smtp_host": host, "smtp_password": password}
    user.call("res.users", "write", [own_id(user)], vals=values)
    own_mailbox(user, "action_test_smtp")
    assert own_values(user, "smtp_state") == "ok"


# ------------------------------------------------------------
# TIME
# ------------------------------------------------------------


def test_the_clock_jumps(broken, json2, inbox):
    """The machine's clock goes a day ahead while mails leave, and back; the database's,
    by which mails are due, does not."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    assert library, "it comes with config/packages-soak.txt, as ./run soak installs it"
    clock = broken.folder / "clock.txt"
    clock.write_text("+0")
    clocked = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        # no jump of a real clock moves it
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": broken.begins_with("clock", SLEEP),
    }
    broken.start(workers=2, **clocked)
    nikki = broken.as_user(json2.key("nikki.h"))
    quotes = begin_sending(broken, nikki)
    clock.write_text("+1d")
    wait_until_left(broken, quotes, 2 * QUOTES // 3)
    assert broken.doctor(**clocked)["clock"] & {"warn", "fail"}
    clock.write_text("-1h")
    time.sleep(SECONDS)
    clock.write_text("+0")
    wait_until_left(broken, quotes, QUOTES)
    # Odoo kills processes that seem to be silent for so long
    assert_each_left_once(broken, inbox, quotes, unknown=2)
    days = {
        date.fromisoformat(row["date"])
        for row in nikki.call("bmasia.quote", "read", quotes, fields=["date"])
    }
    assert days <= {date.today() + timedelta(days=n) for n in (-1, 0, 1)}
    assert broken.doctor()["clock"] == {"ok"}
