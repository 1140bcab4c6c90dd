"""One measurement: the reports of Finance. Runs inside a database.

``python -m tools.bench.reports_job make`` makes 200 sales over two years through the
ORM, of each kind that happens (open, paid, paid in parts, with tax withheld, too much,
credited), and copies them by SQL to other customers until there are 100,000 invoices;
``... time`` prints the seconds that each report takes, as the screen asks for it.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from tools.bench.database import environment
from tools.bench.reports import INVOICES

ORIGINALS = 200
CUSTOMERS = 1000
STEP = 1_000_000  # between the ids of copies
DAYS = 700
# table: its columns that refer to rows of other copied tables
COPIED = {
    "bmasia_invoice": ("reversed_id",),
    "bmasia_invoice_line": ("invoice_id", "reversed_line_id"),
    "bmasia_payment": (),
    "bmasia_receipt": ("payment_id", "invoice_id"),
    "bmasia_withholding_certificate": (),
    "bmasia_payment_allocation": (
        *("payment_id", "invoice_id", "receipt_id", "certificate_id"),
    ),
}
EMPTIED = ("access_token", "schedule_id", "idempotency_key", "legacy_uuid")
YEARLY = ("receipts", "credit_notes", "withholding", "revenue", "vat_changes")


def make(env: Any) -> None:
    """The first ones through the ORM, the others by SQL."""
    from odoo.addons.document_flow.models.document_archived_mixin import (
        DocumentArchivedMixin,
    )

    company = env.company
    env.ref("base.THB").active = True
    company.write(
        {
            "currency_id": env.ref("base.THB").id,
            "tax_rate": 7.0,
            "country_id": env.ref("base.th").id,
        }
    )
    customers = env["bmasia.company"].create(
        [
            {"name": f"Hotel {number:04}", "billing_entity_id": company.id}
            for number in range(CUSTOMERS)
        ]
    )
    with patch.object(DocumentArchivedMixin, "_render_pdf", lambda *_a, **_k: b"%PDF"):
        for number in range(ORIGINALS):
            day = company._today() - timedelta(random.randrange(60, DAYS))
            _sell(env, customers[number], day, number)
    env.flush_all()
    for table, references in COPIED.items():
        _copy(env.cr, table, references, customers.ids)
    env.cr.commit()
    connection = env.cr._cnx
    connection.autocommit = True
    with connection.cursor() as plain:
        plain.execute("VACUUM ANALYZE")
    connection.autocommit = False


def _sell(env: Any, customer: Any, day: date, number: int) -> None:
    """One invoice, and what becomes of it."""
    lines = [
        {"name": "Music", "unit_price": 900.0 + number},
        {"name": "Set-up", "unit_price": 90, "kind": "one_time"},
    ]
    invoice = env["bmasia.invoice"].create(
        {
            "customer_id": customer.id,
            "company_id": env.company.id,
            "issue_date": day,
            "period_start": day,
            "period_end": day + timedelta(364),
            "line_ids": [(0, 0, line) for line in lines],
        }
    )
    invoice.action_issue()
    due, paid = invoice.amount_due, day + timedelta(random.randrange(30))
    if number % 4 == 1:  # another quarter stays open
        invoice.action_register_payment(due, paid)
    elif number % 4 == 2:
        invoice.action_register_payment(due - 30, paid, withholding_amount=30)
    elif number % 4 == 3:
        invoice.action_register_payment(due / 2, paid)
        rest = invoice.amount_due + (number % 40 == 3) * 50  # some pay too much
        invoice.action_register_payment(rest, paid + timedelta(20))
    if number % 20 == 5:
        note = invoice.browse(invoice.action_credit("Less")["res_id"])
        note.write({"issue_date": day + timedelta(40), "credit_ground": "short"})
        note.line_ids[0].unit_price = 100
        note.action_issue()


def _copy(
    cursor: Any, table: str, references: tuple[str, ...], customers: list[int]
) -> None:
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
        elif name == "customer_id":
            first = customers[0]
            values.append(f"{first} + (customer_id - {first} + n) % {CUSTOMERS}")
        elif name == "name" and table in ("bmasia_invoice", "bmasia_receipt"):
            values.append("name || '.' || n")
        elif name in EMPTIED:
            values.append("NULL")
        else:
            values.append(f'"{name}"')
    quoted = ", ".join(f'"{name}"' for name in columns)
    with _bare(cursor, table):
        cursor.execute(
            f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} "
            f"FROM {table}, generate_series(1, {INVOICES // ORIGINALS - 1}) n "
            f"WHERE id < {STEP}"
        )


@contextmanager
def _bare(cursor: Any, table: str) -> Iterator[None]:
    """Without foreign keys and indexes while many rows come: looking each up for each
    row takes longer than making them anew.
    """
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = %s::regclass AND NOT indisprimary AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _definition in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    for name, definition in keys:
        cursor.execute(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID'
        )


def time_all(env: Any) -> dict[str, float]:
    """The seconds of each report: of a month, as of today, or of a year."""
    today = env.company._today()
    month = (today - timedelta(90)).replace(day=1)
    chosen = {
        "company_id": env.company.id,
        "date_from": str(month),
        "date_to": str(month + timedelta(29)),
        "month": str(month),
    }
    customer = env["bmasia.company"].search([], limit=1)
    reports = env["bmasia.report"]
    taken = {}
    for key in sorted(reports._reports()):
        asked = dict(chosen)
        if key == "statement":
            asked["customer_id"] = customer.id
        if key in YEARLY:
            asked["date_from"] = str(today - timedelta(365))
        taken[key] = _seconds(env, lambda k=key, a=asked: reports.show(k, a))
    _export_until(env, month - timedelta(1))
    export = "journal: export of a month"
    taken[export] = _seconds(env, lambda: reports.press("journal", "export", chosen))
    env.cr.rollback()
    return taken


def _export_until(env: Any, last: date) -> None:
    """Everything until a day was exported before, without the files."""
    env.cr.execute(
        "INSERT INTO bmasia_journal_export (company_id, user_id, date_to) "
        "VALUES (%s, %s, %s) RETURNING id",
        [env.company.id, env.uid, last],
    )
    (export,) = env.cr.fetchone()
    keys, _first = env["bmasia.report.journal"]._new_keys(env.company, last)
    row = env["bmasia.journal.export"].browse(export)
    env["bmasia.journal.exported"]._note(row, keys)
    env.cr.execute("ANALYZE bmasia_journal_exported")


def _seconds(env: Any, act: Any) -> float:
    env.invalidate_all()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


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
