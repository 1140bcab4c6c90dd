"""300 mails over one account: ours, Odoo core's queue, a bare loop of smtplib.

Twice: small ones against Debian's Postfix, and ones with a PDF against the local mail
server with TLS and a log-in. Then the queue through the cron, with a dead account among
healthy ones.
"""

import json
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from tools.bench import postfix
from tools.bench.queue_job import PDF, SENDER, TEXT
from tools.settings import ROOT, free_ports
from tools.stack import Stack

LOGIN = SENDER
MAILS = 300
ROUNDS = 5  # the best counts: the machine does other things, too
LABELS = {
    "ours": "mail_delivery",
    "core": "Odoo core's queue",
    "loop": "a bare smtplib loop",
}


def measure(
    stack: Stack, databases: dict[str, str]
) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Time everything, in turns, so that a busy moment of the machine hits all alike.

    :param tools.stack.Stack stack: with its mail server running
    :param dict databases: names by ``ours`` and ``core``
    :returns: ``(small, with_pdf, dead)``: seconds by name, best of :data:`ROUNDS`, and
        what the cron job printed
    """
    with postfix.running(free_ports(1)[0]) as port:
        small = _best(stack, databases, {"port": port}, lambda: _loop(port))
    secured = {
        "port": stack.settings.smtp_port,
        "login": LOGIN,
        "with_pdf": True,
    }
    with_pdf = _best(stack, databases, secured, lambda: _loop_with_pdf(stack))
    return small, with_pdf, _cron(stack, databases["ours"])


def table(
    small: dict[str, float], with_pdf: dict[str, float], dead: list[str]
) -> list[str]:
    """The lines to print."""
    lines = []
    for title, seconds in (
        (f"Sending {MAILS} small mails over one account to Postfix", small),
        (f"Sending {MAILS} mails with a 30 kB PDF, TLS and log-in", with_pdf),
    ):
        lines.append(f"\n{title}, best of {ROUNDS}")
        for name, label in LABELS.items():
            ratio = seconds[name] / seconds["loop"]
            lines.append(f"  {label:<22}{seconds[name]:7.2f} s   {ratio:5.2f} × loop")
        lines.append(f"  ours is {seconds['ours'] / seconds['core']:.2f} × core")
    return [*lines, "\nThe queue through the cron", *(f"  {line}" for line in dead)]


def _best(
    stack: Stack,
    databases: dict[str, str],
    options: dict[str, Any],
    loop: Callable[[], float],
) -> dict[str, float]:
    best: dict[str, float] = {}
    for _round in range(ROUNDS):
        for name, database in databases.items():
            seconds = _queue(stack, database, options)
            best[name] = min(seconds, best.get(name, seconds))
        seconds = loop()
        best["loop"] = min(seconds, best.get("loop", seconds))
    return best


def _queue(stack: Stack, database: str, options: dict[str, Any]) -> float:
    lines = _run(stack, database, "queue_job", {"count": MAILS, **options})
    return float(lines[-1])


def _cron(stack: Stack, database: str) -> list[str]:
    return _run(stack, database, "cron_job", {})


def _run(stack: Stack, database: str, job: str, options: dict[str, Any]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", f"tools.bench.{job}", json.dumps(options)],
        cwd=ROOT,
        env={**stack.environment, "PGDATABASE": database},
        input=stack.mail_passwords[LOGIN],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{job} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout.splitlines()


def _loop(port: int) -> float:
    start = time.monotonic()
    with smtplib.SMTP(postfix.HOST, port) as server:
        _send_all(server, with_pdf=False)
    return time.monotonic() - start


def _loop_with_pdf(stack: Stack) -> float:
    trusted = ssl.create_default_context(cafile=stack.environment["SSL_CERT_FILE"])
    start = time.monotonic()
    with smtplib.SMTP("localhost", stack.settings.smtp_port) as server:
        server.starttls(context=trusted)
        server.login(LOGIN, stack.mail_passwords[LOGIN])
        _send_all(server, with_pdf=True)
    return time.monotonic() - start


def _send_all(server: smtplib.SMTP, with_pdf: bool) -> None:
    # without this the kernel keeps the end of each message back, 40 ms for nothing
    if server.sock:
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for i in range(MAILS):
        message = EmailMessage()
        message["From"], message["To"] = LOGIN, f"guest{i}@example.com"
        message["Subject"] = f"Quote {i}"
        message.set_content(TEXT)
        message.add_alternative(f"<p>{TEXT}</p>", subtype="html")
        if with_pdf:
            message.add_attachment(
                PDF, maintype="application", subtype="pdf", filename="quote.pdf"
            )
        server.send_message(message)
