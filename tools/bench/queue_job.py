"""One measurement: Odoo's queue sends what waits. Runs inside a database.

``python -m tools.bench.queue_job '{"port": …, "count": …}' < password`` prints the
seconds. The same program measures plain Odoo and ours: it calls nothing but core's
interface.
"""

import base64
import json
import sys
import time
from typing import Any

from tools.bench.database import environment

SENDER = "relay@bmasiamusic.com"
PDF = b"%PDF-1.7\n" + b"0123456789abcdef" * 1900  # about 30 kB, as a quote
TEXT = "Dear customer, please find our offer below. We are looking forward to you."


def main(
    port: int, count: int, with_pdf: bool = False, login: str | None = None
) -> None:
    """Make the mails, then time the queue."""
    password = sys.stdin.read()
    with environment() as env:
        _use_server(env, port, login, password)
        _make_mails(env, count, with_pdf)
        env.cr.commit()
        start = time.monotonic()
        env["mail.mail"].process_email_queue(batch_size=count)
        env.cr.commit()
        seconds = time.monotonic() - start
        left = env["mail.mail"].search_count([("state", "!=", "sent")])
    if left:
        sys.exit(f"{left} mails were not sent")
    sys.stdout.write(f"{seconds:.3f}\n")


def _use_server(env: Any, port: int, login: str | None, password: str) -> None:
    env["ir.mail_server"].search([]).unlink()
    values = {"name": "Bench", "smtp_host": "localhost", "smtp_port": port}
    if login:
        values.update(
            smtp_encryption="starttls_strict", smtp_user=login, smtp_pass=password
        )
    env["ir.mail_server"].create(values)


def _make_mails(env: Any, count: int, with_pdf: bool) -> None:
    attachment = {"name": "quote.pdf", "datas": base64.b64encode(PDF)}
    env["mail.mail"].create(
        [
            {
                "subject": f"Quote {i}",
                "body_html": f"<p>{TEXT}</p>",
                "email_from": SENDER,
                "email_to": f"guest{i}@example.com",
                "attachment_ids": [(0, 0, attachment)] if with_pdf else [],
            }
            for i in range(count)
        ]
    )


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
