"""``./run audit`` asks a real source, on this machine, and is never falsely green."""

import doctest
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.settings import HOST, Settings, free_ports
from tools.supply import audit
from tools.supply.audit import FOUND, NONE_KNOWN, NOT_JUDGED, Verdict
from tools.supply.locks import DEVELOPMENT, SHIPPED, read_lock

CANARY = tuple(audit.KNOWN.split("=="))


def advisory(name, number, fixed):
    """A weakness as OSV tells it."""
    return {
        "id": number,
        "summary": "bad",
        "affected": [
            {
                "package": {"name": name, "ecosystem": "PyPI"},
                "ranges": [
                    {
                        "type": "ECOSYSTEM",
                        "events": [{"introduced": "0"}, {"fixed": fixed}],
                    }
                ],
            }
        ],
    }


KNOWN = {CANARY: [advisory("jinja2", "CVE-2019-10906", "2.10.1")]}


class Source:
    """A source of advisories that speaks OSV's protocol.

    :param known: ``{(name, version): [advisory]}``
    :param broken: names at which it fails
    """

    def __init__(self, known, broken=()):
        self.known, self.broken, self.asked = known, broken, []
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                question = json.loads(self.rfile.read(length))
                key = (question["package"]["name"], question["version"])
                source.asked.append(key)
                found = source.known.get(key)
                body = json.dumps({"vulns": found} if found else {}).encode()
                self.send_response(500 if key[0] in source.broken else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer((HOST, 0), Handler)

    @property
    def arguments(self):
        address = f"http://{HOST}:{self.server.server_port}/v1/query"
        return ["-s", "osv", "--osv-url", address]


@contextmanager
def running(*arguments, **named):
    source = Source(*arguments, **named)
    thread = threading.Thread(target=source.server.serve_forever)
    thread.start()
    try:
        yield source
    finally:
        source.server.shutdown()
        thread.join()
        source.server.server_close()


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Audit a short lock with a source; the answer is the exit code."""
    names = ("lxml", "pytest")  # one is shipped, one is not
    packages = [p for p in read_lock(DEVELOPMENT) if p.name in names]
    lock = tmp_path / "short.lock"
    lock.write_text(
        "".join(
            f"{p.name}=={p.version} --hash=sha256:{p.hashes[0]}\n" for p in packages
        )
    )
    monkeypatch.setattr(audit, "DEVELOPMENT", str(lock))
    return lambda source: audit.run_audit(Settings(tmp_path), source.arguments)


def version(name):
    return next(p.version for p in read_lock(DEVELOPMENT) if p.name == name)


def test_nothing_known_is_zero(ask, capsys):
    with running(KNOWN) as source:
        assert ask(source) == NONE_KNOWN == 0
    assert ("lxml", version("lxml")) in source.asked
    assert "No weakness of a locked package is known." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "where"), [("lxml", f"({SHIPPED})"), ("pytest", "only)")]
)
def test_a_weakness_is_one_and_named(ask, capsys, name, where):
    weak = {(name, version(name)): [advisory(name, "CVE-2026-1", "999")]}
    with running(KNOWN | weak) as source:
        assert ask(source) == FOUND == 1
    said = capsys.readouterr().out
    (line,) = [line for line in said.splitlines() if "CVE-2026-1" in line]
    assert f"{name} {version(name)}: CVE-2026-1, fixed in 999" in line
    assert line.endswith(where)


def test_a_source_that_knows_nothing_is_none(ask, capsys):
    """A mirror that answers everything with *nothing known*."""
    with running({}) as source:
        assert ask(source) == NOT_JUDGED
    assert source.asked == [CANARY]
    assert "NOT JUDGED: no source of advisories was reached" in capsys.readouterr().err


def test_a_source_that_fails_half_way_judges_nothing(ask, capsys):
    with running(KNOWN, broken={"pytest"}) as source:
        assert ask(source) == NOT_JUDGED
    said = capsys.readouterr()
    assert "NOT JUDGED" in said.err and "No weakness" not in said.out


def test_a_source_that_is_not_there(tmp_path, capsys):
    address = f"http://{HOST}:{free_ports(1)[0]}/"
    arguments = ["-s", "osv", "--osv-url", address]
    assert audit.run_audit(Settings(tmp_path), arguments) == NOT_JUDGED == 69
    assert "NOT JUDGED" in capsys.readouterr().err


def test_every_source_is_tried(tmp_path, monkeypatch):
    tried = []
    monkeypatch.setattr(audit, "is_a_source", lambda source, _s: tried.append(source))
    assert audit.run_audit(Settings(tmp_path), []) == NOT_JUDGED
    assert tried == list(audit.SOURCES)


def test_a_package_that_the_source_does_not_know_is_not_judged(capsys):
    assert audit.report(Verdict(skipped=("lxml",))) == NOT_JUDGED
    assert "does not know lxml" in capsys.readouterr().err
    assert audit.report(Verdict(("pytest 1: CVE-1, fixed in 2",), ("lxml",))) == FOUND


def test_each_locked_package_is_asked_about(tmp_path):
    with running(KNOWN) as source:
        assert audit.run_audit(Settings(tmp_path), source.arguments) == NONE_KNOWN
    here = {(p.name, p.version) for p in read_lock(DEVELOPMENT) if p.is_for_here}
    assert set(source.asked) == here | {CANARY}
    assert not list(Path(tmp_path).glob("*.txt"))


def test_the_examples_hold():
    result = doctest.testmod(audit)
    assert result.attempted and not result.failed
