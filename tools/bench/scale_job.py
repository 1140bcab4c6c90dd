"""One measurement: a million documents. Runs inside a database of ``documents_job``.

``python -m tools.bench.scale_job grow FIRST LAST`` makes these copies of everything,
each document with a file, a message, two deliveries, a link, an event and a request for
signatures; copies from the hundredth on are older by a year for each hundred, and
closed. ``... time`` prints the 95th percentile of each kind of question, and how many
deliveries it reads; ``... sizes`` the room that tables take.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tools.bench import customer_job, documents_job
from tools.bench.database import environment
from tools.bench.documents_job import (
    ALONE,
    BOTH,
    COPIED,
    COUNTED,
    MODELS,
    PAGE,
    STEP,
    Question,
)
from tools.load.web_client import specification

ROUNDS = 10
ENOUGH = 10  # seconds for one kind of question
YEAR = 100  # copies that were made in one year: 100,000 documents
OLDEST = 9 * YEAR  # the first copy of the year before which there is none
LARGE = 500  # of so many copies one belongs to the large customer: 2,000 documents
REFUSED = 1000  # one delivery in so many was
LARGEST = 15  # tables that are told
FILLED = (*COPIED, *customer_job.ROWS, "mail_delivery")
# what an old document has come to
CLOSED = {
    ("bmasia_quote", "state"): "CASE WHEN state IN ('draft', 'sent') THEN 'accepted' "
    "ELSE state END",
    ("bmasia_contract", "state"): "CASE WHEN state IN ('draft', 'sent', 'active') "
    "THEN 'expired' ELSE state END",
    ("bmasia_invoice", "state"): "'paid'",
    ("bmasia_invoice", "amount_due"): "0",
}
# each old quote that was accepted has its contract, each contract renews that of the
# year before, and some drafts renew what runs; of all kinds, one id is of one entity
LINKED = {
    ("bmasia_contract", "quote_id"): (
        f"CASE WHEN n >= {YEAR} AND id % 6 < 4 THEN id + n * {STEP} END"
    ),
    ("bmasia_contract", "renewed_from_id"): (
        f"CASE WHEN n >= {YEAR} AND n < {OLDEST} THEN id + (n + {YEAR}) * {STEP}"
        f" WHEN n < {YEAR} AND id % 6 = 0 AND id <= 280 THEN id + 20 + n * {STEP} END"
    ),
    ("bmasia_contract", "renewal_id"): (
        f"CASE WHEN n >= 2 * {YEAR} THEN id + (n - {YEAR}) * {STEP}"
        f" WHEN n < {YEAR} AND id % 6 = 2 AND id > 20 THEN id - 20 + n * {STEP} END"
    ),
}
DAYS = {
    "bmasia.quote": "date",
    "bmasia.contract": "start_date",
    "bmasia.invoice": "issue_date",
}
DELIVERIES = """
    INSERT INTO mail_delivery (
        mail_message_id, message_id_header, subject, user_id, author_id, email_from,
        company_id, model, res_id, recipient, partner_id, kind, state, attempts,
        smtp_code, smtp_reply, queued_at, handed_at, sent_at, settled, create_date,
        write_date)
    SELECT m.id, '<' || md5(%(model)s || d.id) || '@example.com>', d.name, d.user_id,
           u.partner_id, 'Somebody <somebody@example.com>', d.company_id,
           %(model)s, d.id, 'person' || d.partner_id || n || '@example.com',
           d.partner_id, CASE n WHEN 1 THEN 'to' ELSE 'cc' END,
           CASE WHEN (d.id + n) %% {refused} = 0 THEN 'refused' ELSE 'sent' END, 1, 250,
           '2.0.0 OK queued as 4bTn1d2Hj3z9', day, day, day, true, day, day
      FROM (SELECT *, coalesce({day}, create_date)::timestamp AS day FROM {table}) d
      JOIN mail_message m ON m.model = %(model)s AND m.res_id = d.id
           AND m.message_type = 'email'
      JOIN res_users u ON u.id = d.user_id, generate_series(1, 2) n
     WHERE d.id >= %(least)s
"""


def aged(table: str, name: str, kind: str) -> str:
    """What stands in a column of copy ``n`` of an original.

    >>> aged("bmasia_quote", "date", "date")
    'date - n / 100 * 365'
    >>> aged("bmasia_quote", "name", "character varying")
    ''
    """
    if kind == "date":
        return f"{name} - n / {YEAR} * 365"
    if closed := CLOSED.get((table, name)):
        return f"CASE WHEN n < {YEAR} THEN {name} ELSE {closed} END"
    return LINKED.get((table, name), "")


def grow(env: Any, first: int, last: int) -> None:
    """The copies, and what documents have."""
    cursor = env.cr
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET maintenance_work_mem = '1GB'")
    with _without_indexes(cursor, FILLED):
        documents_job.grow(env, first, last, aged)
        customer_job.fill(env)
        for model in MODELS:
            statement = DELIVERIES.format(
                refused=REFUSED, day=DAYS[model], table=env[model]._table
            )
            least = 0 if first == 1 else first * STEP
            cursor.execute(statement, {"model": model, "least": least})
    cursor.execute("SELECT id, partner_id FROM bmasia_company ORDER BY id LIMIT 1")
    large, partner = cursor.fetchone()
    for model in MODELS:
        cursor.execute(
            f"UPDATE {env[model]._table} SET customer_id = %s, partner_id = %s "
            f"WHERE id / {STEP} %% {LARGE} = 3 AND customer_id != %s",
            [large, partner, large],
        )
    cursor.commit()
    documents_job.vacuum(cursor)


@contextmanager
def _without_indexes(cursor: Any, tables: Iterable[str]) -> Iterator[None]:
    """Rows go in without the indexes, which are made at the end, each at once; those of
    constraints stay.
    """
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) "
        "FROM pg_index i WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS "
        "(SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    cursor.commit()


def questions(env: Any) -> dict[str, list[Question]]:
    """``{kind: [a function that asks once]}``."""
    deliveries = env["mail.delivery"]
    wanted = documents_job.specification(deliveries)
    search = partial(deliveries.web_search_read, limit=PAGE, count_limit=COUNTED)
    large = env["bmasia.company"].search([], order="id", limit=1)
    quote = env["bmasia.quote"].search([("state", "=", "sent")], limit=1)
    return {
        **documents_job.questions(env),
        "page of a large customer": [_page(large)],
        "page of a quote": [_page(quote)],
        "sent e-mails": [partial(search, [], wanted)],
        "sent e-mails, mine": [partial(search, [("user_id", "=", env.uid)], wanted)],
        "sent e-mails, refused": [partial(search, [("state", "=", "refused")], wanted)],
        "sent e-mails, of an address": [
            partial(search, [("recipient", "ilike", f"person{large.id}1@")], wanted)
        ],
        "sent e-mails, of a number": [
            partial(search, [("subject", "ilike", quote.name)], wanted)
        ],
        "sent e-mails, by status": [
            partial(deliveries.formatted_read_group, [], ["state"], ["__count"])
        ],
    }


def _page(record: Any) -> Question:
    wanted = specification(record.get_views([(False, "form")]), "form")
    return partial(record.web_read, wanted)


def time_all(env: Any) -> dict[str, dict[str, float]]:
    """``{kind: {"ms", "rows"}}``: the 95th percentile, and the deliveries that one
    question reads.
    """
    both, alone = (
        questions(env(user=env["res.users"].search([("login", "=", login)])))
        for login in (BOTH, ALONE)
    )
    some = ("lists", "dashboard", "my day", "sent e-mails")
    own = {f"{kind}, one entity": alone[kind] for kind in some}
    return {kind: _time(env, asks) for kind, asks in {**both, **own}.items()}


def _time(env: Any, asks: list[Question]) -> dict[str, float]:
    taken: list[float] = []
    rows, begin = 0, time.perf_counter()
    for turn in range(ROUNDS + 1):
        for ask in asks:
            env.invalidate_all()
            before, start = _rows(env), time.perf_counter()
            ask()
            if turn:  # the first fills Odoo's caches
                taken.append((time.perf_counter() - start) * 1000)
            rows = max(rows, _rows(env) - before)
        if len(taken) > 1 and time.perf_counter() - begin > ENOUGH:
            break
    return {"ms": statistics.quantiles(taken, n=20)[-1], "rows": rows}


def _rows(env: Any) -> int:
    """Deliveries that this transaction has read."""
    env.cr.execute(
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
        " FROM pg_stat_xact_user_tables WHERE relname = 'mail_delivery'"
    )
    return env.cr.fetchone()[0]


def sizes(env: Any) -> dict[str, Any]:
    """``{"database": bytes, "tables": [[name, rows, bytes]]}``, the largest first."""
    env.cr.execute(
        "SELECT relname, greatest(reltuples, 0)::bigint, pg_total_relation_size(oid) "
        "FROM pg_class WHERE relkind = 'r' ORDER BY 3 DESC LIMIT %s",
        [LARGEST],
    )
    tables = env.cr.fetchall()
    env.cr.execute("SELECT pg_database_size(current_database())")
    return {"database": env.cr.fetchone()[0], "tables": tables}


def main(step: str, *copies: str) -> None:
    """Do one of grow, time and sizes."""
    with environment() as env:
        if step == "grow":
            grow(env, *map(int, copies))
        else:
            answer = {"time": time_all, "sizes": sizes}[step](env)
            sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
