"""300 mails with a PDF over one account: ours, Odoo core's queue, a bare loop."""

import smtplib
import ssl
import subprocess
import sys
import time
from email.message import EmailMessage

from tools.bench.queue_job import PDF
from tools.settings import ROOT

LOGIN = "relay@bmasiamusic.com"
MAILS = 300
ROUNDS = 3


def measure(stack, databases):
    """Time the three against the same local mail server, in turns.

    :param tools.stack.Stack stack: with its mail server running
    :param dict databases: names by ``ours`` and ``core``
    :returns: ``{name: best seconds}``
    """
    best = {}
    for _round in range(ROUNDS):
        for name, database in databases.items():
            seconds = _queue(stack, database)
            best[name] = min(seconds, best.get(name, seconds))
        seconds = _loop(stack)
        best["loop"] = min(seconds, best.get("loop", seconds))
    return best


def _queue(stack, database):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tools.bench.queue_job"),
            *(str(stack.settings.smtp_port), LOGIN, str(MAILS)),
        ],
        cwd=ROOT,
        env={**stack.environment, "PGDATABASE": database},
        input=stack.mail_passwords[LOGIN],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])


def _loop(stack):
    trusted = ssl.create_default_context(cafile=stack.environment["SSL_CERT_FILE"])
    start = time.monotonic()
    with smtplib.SMTP("localhost", stack.settings.smtp_port) as server:
        server.starttls(context=trusted)
        server.login(LOGIN, stack.mail_passwords[LOGIN])
        for i in range(MAILS):
            message = EmailMessage()
            message["From"], message["To"] = LOGIN, f"guest{i}@example.com"
            message["Subject"] = f"Quote {i}"
            message.set_content("Dear customer, please find it attached.")
            message.add_attachment(
                PDF, maintype="application", subtype="pdf", filename="quote.pdf"
            )
            server.send_message(message)
    return time.monotonic() - start
