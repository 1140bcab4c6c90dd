"""One measurement: the reports of Finance. Runs inside a database.

``python -m tools.bench.reports_job make`` makes 200 invoices over two years, three of
four paid, and copies them by SQL until there are 100,000; ``... time`` prints the
seconds that each report takes, as the screen asks for it.
"""

import json
import random
import sys
import time
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from tools.bench.database import environment
from tools.bench.reports import INVOICES

ORIGINALS = 200
STEP = 1_000_000  # between the ids of copies
DAYS = 700
# table: its columns that refer to rows of other copied tables
COPIED = {
    "bmasia_invoice": (),
    "bmasia_invoice_line": ("invoice_id",),
    "bmasia_payment": (),
    "bmasia_receipt": ("payment_id", "invoice_id"),
    "bmasia_payment_allocation": ("payment_id", "invoice_id", "receipt_id"),
}
NUMBERED = ("bmasia_invoice", "bmasia_receipt")
EMPTIED = ("access_token", "schedule_id", "idempotency_key", "legacy_uuid")


def make(env: Any) -> None:
    """The first ones through the ORM, the others by SQL."""
    from odoo.addons.document_flow.models.document_archived_mixin import (
        DocumentArchivedMixin,
    )

    company = env.company
    company.write({"currency_id": env.ref("base.THB").id, "tax_rate": 7.0})
    env.ref("base.THB").active = True
    today = company._today()
    with patch.object(DocumentArchivedMixin, "_render_pdf", lambda *_a, **_k: b"%PDF"):
        for number in range(ORIGINALS):
            customer = env["bmasia.company"].create(
                {"name": f"Hotel {number:03}", "billing_entity_id": company.id}
            )
            day = today - timedelta(random.randrange(30, DAYS))
            invoice = env["bmasia.invoice"].create(
                {
                    "customer_id": customer.id,
                    "company_id": company.id,
                    "issue_date": day,
                    "period_start": day,
                    "period_end": day + timedelta(364),
                    "line_ids": [
                        (0, 0, {"name": "Music", "unit_price": 900.0 + number}),
                        (
                            0,
                            0,
                            {"name": "Set-up", "unit_price": 90, "kind": "one_time"},
                        ),
                    ],
                }
            )
            invoice.action_issue()
            if number % 4:
                paid = day + timedelta(random.randrange(30))
                invoice.action_register_payment(invoice.amount_due, paid)
    env.flush_all()
    for table, references in COPIED.items():
        _copy(env.cr, table, references)
    env.cr.commit()
    connection = env.cr._cnx
    connection.autocommit = True
    with connection.cursor() as plain:
        plain.execute("VACUUM ANALYZE")
    connection.autocommit = False


def _copy(cursor: Any, table: str, references: tuple[str, ...]) -> None:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = []
    for name in columns:
        if name in {"id", *references}:
            values.append(f'"{name}" + n * {STEP}')
        elif name == "name" and table in NUMBERED:
            values.append("name || '.' || n")
        elif name in EMPTIED:
            values.append("NULL")
        else:
            values.append(f'"{name}"')
    quoted = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} "
        f"FROM {table}, generate_series(1, {INVOICES // ORIGINALS - 1}) n "
        f"WHERE id < {STEP}"
    )


def time_all(env: Any) -> dict[str, float]:
    """The seconds of each report: a year of it, or as of today."""
    today = env.company._today()
    chosen = {
        "company_id": env.company.id,
        "date_from": str(today - timedelta(365)),
        "date_to": str(today),
        "month": str(today - timedelta(90)),
        "customer_id": env["bmasia.company"].search([], limit=1).id,
    }
    reports = env["bmasia.report"]
    taken = {}
    for key, report in sorted(reports._reports().items()):
        asked = dict(chosen)
        if key not in ("statement",):
            asked.pop("customer_id")
        report._build(report._read_chosen(asked))
        start = time.perf_counter()
        reports.show(key, asked)
        taken[key] = time.perf_counter() - start
    return taken


def main(step: str) -> None:
    """Do one of make and time."""
    random.seed(7)
    with environment() as env:
        if step == "time":
            sys.stdout.write(json.dumps(time_all(env)) + "\n")
        else:
            make(env)


if __name__ == "__main__":
    main(sys.argv[1])
