"""The reverse proxy of docker-compose.yml: the very config/Caddyfile, in a real Caddy,
in front of an Odoo with several processes; only hosts and ports are other ones."""

import base64
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest
import websocket

from tests.kit import answers, wait_for
from tools.main_job import Client
from tools.settings import HOST, ROOT, free_ports

START_LIMIT = 120  # seconds
MEGABYTE = 1024 * 1024
CLIENT = "127.0.0.5"  # another address of this machine, to be told from the proxy's
TOKEN = "token-of-an-invitation"  # noqa: S105 (no secret of anybody)


def ended(process):
    process.terminate()
    process.wait(START_LIMIT)


@pytest.fixture(scope="module")
def odoo(stack, settings, tmp_path_factory):
    """A second Odoo on the database, with two processes for requests and one for live
    updates: its ports and its log."""
    http_port, live_port = free_ports(2)
    log = tmp_path_factory.mktemp("odoo") / "odoo.log"
    options = {
        "http-port": http_port,
        "gevent-port": live_port,
        "max-cron-threads": 0,
        "log-level": "info",
    }
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tools.start", "--proxy-mode"),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            cwd=ROOT,
            env={**stack.environment, "WORKERS": "2"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: answers(http_port) and answers(live_port), START_LIMIT)
        yield SimpleNamespace(http=http_port, live=live_port, log=log)
    finally:
        ended(process)


class Proxy:
    """A Caddy with the sample configuration.

    :param folder: for its own
    :param certificates: with ``server.pem`` and ``server-key.pem``
    :param odoo: ports ``http`` and ``live``
    """

    def __init__(self, folder, certificates, odoo):
        self.port, self.plain = free_ports(2)
        self.log = folder / "caddy.log"
        self.url = f"https://localhost:{self.port}"
        text = (ROOT / "config" / "Caddyfile").read_text()
        for before, after in (
            ("odoo:8069", f"{HOST}:{odoo.http}"),
            ("odoo:8072", f"{HOST}:{odoo.live}"),
            ("{\n\tadmin off", f"{{\n\thttp_port {self.plain}\n\tadmin off"),
        ):
            assert text.count(before) == 1
            text = text.replace(before, after)
        configuration = folder / "Caddyfile"
        configuration.write_text(text)
        server, key = (certificates / n for n in ("server.pem", "server-key.pem"))
        command = [Path(sys.executable).parent / "caddy", "run"]
        command += ["--config", configuration, "--adapter", "caddyfile"]
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                command,
                env={
                    "HOME": str(folder),
                    "PATH": os.environ["PATH"],
                    "SITE_URL": self.url,
                    "CADDY_TLS": f"tls {server} {key}",
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for(lambda: answers(self.port) and answers(self.plain), START_LIMIT)

    def open(self, path, **headers):
        """The answer to a GET, whatever its status, and its body; not followed."""
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(
            "localhost", self.port, source_address=(CLIENT, 0), context=context
        )
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer


@pytest.fixture(scope="module")
def proxy(odoo, settings, tmp_path_factory):
    proxy = Proxy(
        tmp_path_factory.mktemp("caddy"), settings.state / "certificates", odoo
    )
    yield proxy
    ended(proxy.process)


@pytest.fixture(scope="module")
def link(json2):
    """The path of a link to a quote that was sent."""
    client = json2.user("nikki.h")
    [customer] = client.call("bmasia.company", "search", domain=[], limit=1)
    line = {"name": "Music", "unit_price": 100, "kind": "one_time"}
    values = {"customer_id": customer, "line_ids": [[0, 0, line]]}
    [quote] = client.call("bmasia.quote", "create", vals_list=[values])
    client.call("bmasia.quote", "action_mark_sent", [quote])
    path = client.call("bmasia.quote", "get_portal_url", [quote])
    assert re.fullmatch(r"/d/[\w-]{20,}", path)
    return path


def test_a_page_comes_over_tls_with_a_cookie_for_tls_only(proxy):
    page = proxy.open("/web/login")
    assert page.status == 200 and "csrf_token" in page.text
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = page.headers.get_all("Set-Cookie")
    assert any(cookie.startswith("session_id=") for cookie in cookies)
    for cookie in cookies:
        assert "; Secure" in cookie
    (session,) = (each for each in cookies if each.startswith("session_id="))
    assert "HttpOnly" in session


def test_a_plain_address_leads_to_the_encrypted_one(proxy):
    connection = http.client.HTTPConnection(HOST, proxy.plain)
    connection.request("GET", "/web/login", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"].startswith("https://localhost")
    assert answer.headers["Location"].endswith("/web/login")
    connection.close()


def test_a_customers_page_keeps_its_own_rules(proxy, link):
    page = proxy.open(link)
    assert page.status == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    for name in ("Content-Security-Policy", "Referrer-Policy"):
        assert len(page.headers.get_all(name)) == 1
    assert "Content-Encoding" not in page.headers


def test_scripts_are_compressed_and_pages_are_not(proxy):
    page = proxy.open("/web/login", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page.headers
    (script,) = re.findall(r'src="(/web/assets/[^"]+\.js)"', page.text)[:1]
    request = urllib.request.Request(proxy.url + script)
    request.add_header("Accept-Encoding", "gzip")
    with urllib.request.urlopen(request, timeout=START_LIMIT) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"


def test_nobody_from_outside_starts_jobs(proxy, odoo):
    path = f"/queue_job/runjob?job_uuid={uuid.uuid4().hex}"
    assert proxy.open(path).status == 404
    proxy.open("/web/login?after=jobs")
    wait_for(lambda: "after=jobs" in odoo.log.read_text(), START_LIMIT)
    assert "/queue_job/" not in odoo.log.read_text()


def test_live_updates_reach_the_process_that_has_them(proxy):
    connection = websocket.create_connection(
        f"wss://localhost:{proxy.port}/websocket",
        origin=proxy.url,
        sslopt={"ca_certs": os.environ["SSL_CERT_FILE"]},
        timeout=START_LIMIT,
    )
    assert connection.getstatus() == 101
    connection.close()


def test_odoo_is_told_who_connected_and_not_what_they_say(proxy, odoo):
    proxy.open(
        f"/web/login?from={uuid.uuid4().hex}",
        **{"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example.com"},
    )
    wait_for(lambda: "GET /web/login" in odoo.log.read_text(), START_LIMIT)
    text = odoo.log.read_text()
    assert re.search(rf"{CLIENT} - - \[[^\]]*\] \"GET /web/login", text)
    assert "203.0.113.7" not in text


def test_no_link_and_no_token_is_in_the_log(proxy, link):
    key = link.rpartition("/")[2]
    for path in (link, f"{link}/nothing?of=that", f"/my/nothing?access_token={TOKEN}"):
        proxy.open(path, Referer=f"{proxy.url}{link}")
    lines = [json.loads(x) for x in proxy.log.read_text().splitlines()]
    seen = {line["request"]["uri"] for line in lines if "request" in line}
    assert {"/d/…", "/my/nothing?…"} <= seen
    assert key not in proxy.log.read_text() and TOKEN not in proxy.log.read_text()


def test_no_link_is_in_the_log_while_odoo_is_away(settings, tmp_path):
    away = SimpleNamespace(http=free_ports(1)[0], live=free_ports(1)[0])
    proxy = Proxy(tmp_path, settings.state / "certificates", away)
    try:
        assert proxy.open(f"/d/{TOKEN}").status == 502
        wait_for(lambda: '"level":"error"' in proxy.log.read_text(), START_LIMIT)
        assert "/d/…" in proxy.log.read_text()
        assert TOKEN not in proxy.log.read_text()
    finally:
        ended(proxy.process)


def test_programs_get_through(proxy, json2):
    client = Client(proxy.url, json2.key("nikki.h"))
    assert client.call("bmasia.quote", "search_count", domain=[])
    request = urllib.request.Request(f"{proxy.url}/api/v1/quotes/")
    request.add_header("Authorization", f"Bearer {client.key}")
    with urllib.request.urlopen(request, timeout=START_LIMIT) as answer:
        assert json.load(answer)["results"]


def test_a_large_file_gets_through_and_one_without_measure_does_not(proxy, json2):
    client = Client(proxy.url, json2.key("admin"))
    content = base64.b64encode(os.urandom(48 * MEGABYTE)).decode()
    values = {"name": "large.bin", "datas": content}
    (file,) = client.call("ir.attachment", "create", vals_list=[values])
    (read,) = client.call("ir.attachment", "read", [file], fields=["file_size"])
    assert read["file_size"] == 48 * MEGABYTE
    client.call("ir.attachment", "unlink", [file])

    request = urllib.request.Request(
        f"{proxy.url}/json/2/ir.attachment/create", data=bytes(160 * MEGABYTE)
    )
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", f"bearer {client.key}")
    # the connection may be closed before all of it is written
    with pytest.raises((urllib.error.HTTPError, urllib.error.URLError)) as refused:
        urllib.request.urlopen(request, timeout=START_LIMIT)
    assert getattr(refused.value, "code", 413) == 413
