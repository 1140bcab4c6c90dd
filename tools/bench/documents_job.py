"""One measurement: lists, search, dashboard and My Day. Runs inside a database.

``python -m tools.bench.documents_job make`` makes 1,000 documents over two years, with
their lines, contacts and companies, one in ten of a second billing entity; ``... grow``
makes a hundred of each, all states in the same shares; ``... time`` prints the 95th
percentile of each kind of question in milliseconds, asked of the model as the web
client asks, by a user of both entities and by one who works for the second alone.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from tools.bench.database import environment

COMPANIES = 60
SPELLED = {57: "Café", 58: "น้\u0e33ตก", 59: "Đà-Nẵng"}  # not as they are typed
WORDS = ("Hotel", "Spa", "Mall")
MODELS = {"bmasia.quote": 300, "bmasia.contract": 300, "bmasia.invoice": 400}
TIMES = 100  # documents after growing, for each one before
STEP = 1_000_000  # between the ids of copies
ROUNDS = 30
Question = Callable[[], None]
Aged = Callable[[str, str, str], str]
PAGE = 80  # rows of a list
SECOND = 10  # one document in so many is of the second entity
BOTH, ALONE = "colleague1@example.com", "colleague2@example.com"
COUNTED = 10_001  # the web client counts no further
STATES = {
    "bmasia_quote": ["draft", "sent", "accepted", "accepted", "rejected", "expired"],
    "bmasia_contract": ["draft", "sent", "active", "active", "expired", "renewed"],
    "bmasia_invoice": ["draft", "issued", "paid", "paid", "paid", "paid"],
}
# table: its columns that refer to rows of other copied tables
COPIED = {
    "res_partner": ("parent_id", "commercial_partner_id"),
    "bmasia_company": ("partner_id",),
    "bmasia_quote": ("customer_id", "partner_id"),
    "bmasia_quote_line": ("quote_id",),
    "bmasia_contract": ("customer_id", "partner_id"),
    "bmasia_contract_line": ("contract_id",),
    "bmasia_invoice": ("customer_id", "partner_id"),
    "bmasia_invoice_line": ("invoice_id",),
}
# No copy is found by what is typed for an original: copies of "Hotel 017" and
# "Q-2025-1006-000123" are "Hotel 3.017" and "Q-2025-1006.3-000123".
COPY_OF_COMPANY = "replace(name, ' ', ' ' || n || '.')"
COPY_OF_NUMBER = "replace(name, '-1006-', '-1006.' || n || '-')"
RENAMED = {
    "res_partner": {
        "name": COPY_OF_COMPANY,
        "complete_name": COPY_OF_COMPANY.replace("name", "complete_name"),
    },
    "bmasia_company": {
        "name": COPY_OF_COMPANY,
        "name_key": "name_key || 'x' || n",
        "search_key": "replace(search_key, '|', '|' || n || '.')",
    },
    **dict.fromkeys(STATES, {"name": COPY_OF_NUMBER}),
}
# kind: what is typed, and found as often whatever the size; and found with each copy
SEARCHES = {
    "search, found as often": ("Hotel 017", "1006-000123", "Ms 42"),
    "search, typed otherwise": ("cafe 057", "น้\u0e4d\u0e32ตก 058", "danang 059"),
    "search, found 100 × as often": ("017", "000123"),
}
MINE = {"res_partner": "id IN (SELECT id FROM bench_partner)"}


def make(env: Any) -> None:
    """The first thousand, through the ORM."""
    dollar = env.ref("base.USD")
    dollar.active = True
    second = env["res.company"].create(
        {"name": "Second Entity", "currency_id": dollar.id, "entity_code": "SE"}
    )
    users = env.user | env["res.users"].create(
        [
            {
                "name": f"Colleague {number}",
                "login": login,
                "company_id": ids[0],
                "company_ids": [(6, 0, ids)],
                "group_ids": [(4, env.ref("bmasia_crm.group_user").id)],
            }
            for number, (login, ids) in enumerate(
                [(BOTH, [env.company.id, second.id]), (ALONE, [second.id])]
            )
        ]
    )
    companies = env["bmasia.company"].create(
        [
            {
                "name": f"{SPELLED.get(number) or random.choice(WORDS)} {number:03}",
                "contact_ids": [
                    (0, 0, {"name": f"Ms {number}", "contact_type": "primary"})
                ],
            }
            for number in range(COMPANIES)
        ]
    )
    today = env["bmasia.quote"]._fields["date"].today()
    for model, number in MODELS.items():
        day = {"bmasia.contract": "start_date", "bmasia.invoice": "issue_date"}
        values = [
            {
                "customer_id": random.choice(companies).id,
                "company_id": (env.company if index % SECOND else second).id,
                "user_id": random.choice(users).id,
                "currency_id": random.choice((env.company.currency_id, dollar)).id,
                day.get(model, "date"): today - timedelta(random.randrange(730)),
                "line_ids": [
                    (0, 0, {"name": "Music", "quantity": 2, "unit_price": 900.0})
                ],
            }
            for index in range(number)
        ]
        env[model].create(values)
    env.flush_all()
    for table, states in STATES.items():
        prefix = table.removeprefix("bmasia_")[0].upper()
        env.cr.execute(
            f"UPDATE {table} SET name = %s || lpad(id::text, 6, '0'), "
            "state = (%s::text[])[1 + id %% 6]",
            [f"{prefix}-2025-1006-", states],
        )
    env.cr.execute("UPDATE bmasia_invoice SET amount_due = 0 WHERE state != 'issued'")
    env.cr.commit()


def grow(
    env: Any, first: int = 1, last: int = TIMES - 1, aged: Aged = lambda *_column: ""
) -> None:
    """Copies of everything, by SQL.

    :param int first: number of the first copy
    :param int last: of the last one
    :param aged: what stands in a column of copy ``n``, by table, column and type;
        empty: what the original has
    """
    cursor = env.cr
    cursor.execute(
        "CREATE TEMP TABLE bench_partner AS "
        f"SELECT partner_id AS id FROM bmasia_company WHERE id < {STEP} "
        "UNION SELECT id FROM res_partner WHERE parent_id IN "
        f"(SELECT partner_id FROM bmasia_company WHERE id < {STEP})"
    )
    for table, references in COPIED.items():
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        values = {f'"{n}"': aged(table, n, t) or n for n, t in cursor.fetchall()}
        for name in ("id", *references):
            values[f'"{name}"'] = f"{name} + n * {STEP}"
        for name, renamed in RENAMED.get(table, {}).items():
            values[f'"{name}"'] = renamed
        if '"access_token"' in values:
            values['"access_token"'] = "NULL"
        where = MINE.get(table, f"id < {STEP}")
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(values)}) "
            f"SELECT {', '.join(values.values())} "
            f"FROM {table}, generate_series({first}, {last}) n WHERE {where}"
        )
    cursor.commit()
    vacuum(cursor)


def vacuum(cursor: Any) -> None:
    """As PostgreSQL does in time."""
    connection = cursor._cnx
    connection.autocommit = True
    with connection.cursor() as plain:
        plain.execute("VACUUM ANALYZE")
    connection.autocommit = False


def specification(model: Any) -> dict[str, Any]:
    """What the web client asks for to show the model's list."""
    found = model.get_views([(False, "list")])
    fields = found["models"][model._name]["fields"]
    return {
        name: {"fields": {"display_name": {}}}
        if model._fields[name].type == "many2one"
        else {}
        for name in fields
    }


def questions(env: Any) -> dict[str, list[Question]]:
    """``{kind: [a function that asks once]}``."""
    lists: list[Question] = []
    searches: dict[str, list[Question]] = {kind: [] for kind in SEARCHES}
    for name in ("bmasia.company", *MODELS):
        model = env[name]
        wanted = specification(model)

        def ask(
            domain: list[Any], model: Any = model, wanted: dict[str, Any] = wanted
        ) -> None:
            model.web_search_read(domain, wanted, limit=PAGE, count_limit=COUNTED)

        lists.append(partial(ask, []))
        for kind, texts in SEARCHES.items():
            for text in texts:
                domain: list[Any] = [("display_name", "ilike", text)]
                if name != "bmasia.company":
                    domain = ["|", ("customer_id", "ilike", text)]
                    domain.append(("name", "ilike", text))
                searches[kind].append(partial(ask, domain))
    return {
        "lists": lists,
        **searches,
        "pickers": [
            partial(env[name].name_search, text, limit=8)
            for name in ("bmasia.company", "res.partner", *MODELS)
            for texts in SEARCHES.values()
            for text in texts
        ],
        "possible duplicates": [
            partial(_duplicates, env["bmasia.company"], name)
            for name in ("Cafe 057 Co., Ltd.", "น้\u0e4d\u0e32ตก 058", "Hotel 017")
        ],
        "dashboard": [env["bmasia.dashboard"].get_figures] * len(lists),
        "my day": [env["document.day"].get_day] * len(lists),
    }


def _duplicates(companies: Any, name: str) -> None:
    """As the form shows them before a company is saved."""
    new = companies.new({"name": name, "vat": "0105536000315"})
    new.duplicate_ids.ids  # noqa: B018 (a computed field)


def time_all(env: Any) -> dict[str, float]:
    """The 95th percentile of each kind, in milliseconds."""
    both, alone = (
        questions(env(user=env["res.users"].search([("login", "=", login)])))
        for login in (BOTH, ALONE)
    )
    own = {
        f"{kind}, one entity": alone[kind] for kind in ("lists", "dashboard", "my day")
    }
    answers = {}
    for kind, asks in {**both, **own}.items():
        taken = []
        for turn in range(ROUNDS + 2):
            for ask in asks:
                env.invalidate_all()
                start = time.perf_counter()
                ask()
                if turn > 1:  # the first fill Odoo's caches
                    taken.append((time.perf_counter() - start) * 1000)
        answers[kind] = statistics.quantiles(taken, n=20)[-1]
    return answers


def main(step: str) -> None:
    """Do one of make, grow and time."""
    random.seed(7)
    with environment() as env:
        if step == "time":
            sys.stdout.write(json.dumps(time_all(env)) + "\n")
        else:
            {"make": make, "grow": grow}[step](env)


if __name__ == "__main__":
    main(sys.argv[1])
