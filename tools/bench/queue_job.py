"""One measurement: Odoo's queue sends what waits. Runs inside a database.

``python -m tools.bench.queue_job PORT LOGIN COUNT < password`` prints the seconds. The
same program measures plain Odoo and ours: it calls nothing but core's interface.
"""

import base64
import sys
import time

import odoo.init  # Odoo asks for it before anything else of Odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

PDF = b"%PDF-1.7\n" + b"0123456789abcdef" * 1900  # about 30 kB, as a quote


def main(port, login, number):
    """Make the mails, then time the queue."""
    config.parse_config(["--no-http", "--log-level=critical"], setup_logging=True)
    password = sys.stdin.read()
    with Registry(config["db_name"][0]).cursor() as cursor:
        env = api.Environment(cursor, odoo.SUPERUSER_ID, {})
        env["ir.mail_server"].search([]).unlink()
        env["ir.mail_server"].create(
            {
                "name": "Bench",
                "smtp_host": "localhost",
                "smtp_port": port,
                "smtp_encryption": "starttls_strict",
                "smtp_user": login,
                "smtp_pass": password,
            }
        )
        attachment = {"name": "quote.pdf", "datas": base64.b64encode(PDF)}
        env["mail.mail"].create(
            [
                {
                    "subject": f"Quote {i}",
                    "body_html": "<p>Dear customer, please find it attached.</p>",
                    "email_from": login,
                    "email_to": f"guest{i}@example.com",
                    "attachment_ids": [(0, 0, attachment)],
                }
                for i in range(number)
            ]
        )
        cursor.commit()
        start = time.monotonic()
        env["mail.mail"].process_email_queue(batch_size=number)
        cursor.commit()
        seconds = time.monotonic() - start
        left = env["mail.mail"].search_count([("state", "!=", "sent")])
    if left:
        sys.exit(f"{left} mails were not sent")
    sys.stdout.write(f"{seconds:.3f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
