"""A database of each release comes out of the upgrade like a new one, with all that was
in it. As in production: its own release installs it, only the version decides what is
upgraded.

Without ``UPGRADE_FROM=all``, which ``./run soak`` sets, only the newest is upgraded.
"""

import hashlib
import json
import os
import re
import signal

import psycopg2
import pytest

from tests.kit import wait_for
from tools.released import addon_folders, extract, project_version, read_releases
from tools.sandbox import LIMIT, Sandbox
from tools.settings import HOST, ROOT
from tools.start import UPGRADING

RELEASES = [release["commit"] for release in read_releases()]
# The releases before documents had an addon of their own, and money a model of its own.
OLD_NAMES = RELEASES[:2]
# Those whose invoices named the billed period, and whose signatures named no company.
UNTURNED = RELEASES[:3]
# Each takes minutes: the older ones are left to ./run soak.
UPGRADED = RELEASES if os.environ.get("UPGRADE_FROM") == "all" else RELEASES[-1:]
STOP = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
NUMBERED = """
SELECT table_name FROM information_schema.columns
 WHERE table_schema = 'public' AND column_name = 'name' AND table_name IN (
    SELECT table_name FROM information_schema.columns WHERE column_name = 'send_state')
"""
AMOUNTS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND udt_name IN ('numeric', 'float8')
"""
SCHEMA = """
SELECT 'column ' || table_name || '.' || column_name,
       concat_ws(' ', udt_name, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
 UNION ALL
SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
 UNION ALL
SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""
# What is called otherwise now. Frozen: what a release named it.
RENAMED_TABLES = {
    f"bmasia_{name}": f"document_{name}"
    for name in ("number", "reminder", "send_request", "send_batch", "send_batch_line")
} | {"bmasia_payment": "bmasia_receipt"}
RENAMED_MODELS = {"bmasia.payment": "bmasia.receipt"}
RENAMED_REASONS = {"pace": "minute_limit", "pace_day": "day_limit"}  # of deliveries
RENAMED_COLUMNS = {
    "crm_manager_id": "document_manager_id",
    "reminder_id": "document_reminder_id",
    "amount": "amount_received",
    **{
        f"paper_{name}": f"document_{name}"
        for name in (
            *("name", "digest", "pricelist_id", "address", "accent", "footer"),
            *("signatory", "signatory_title"),
        )
    },
}
# A person's first page is another window of the same kind: see "used".
MADE_ANEW = {"write_date", "write_uid", "document_digest", "action_id"}
MADE_ANEW |= {"access_token"}  # a link of its own now: see "used"
# They name the customer's contact now.
OF_CUSTOMERS = ("bmasia_reminder", "bmasia_send_batch_line")
# A period names its invoice now; a signature that nobody edited, the company.
TURNED = re.compile(
    r"bmasia_invoice \d+ schedule_id: "
    r"|res_users \d+ signature: <div>([^<]*)</div> / <div>\1<br>[^<]*</div>$"
)
OWN_COLUMN = re.compile(r"[._]x_\w+:")
KEPT_TABLES = """
SELECT tablename FROM pg_tables
 WHERE tablename ~ '^bmasia_.*(?<!_rel|_wizard)$' OR tablename IN
       ('res_company', 'res_users', 'mail_mail', 'mail_activity', 'mail_delivery')
"""


class Database(Sandbox):
    """A sandbox whose content can be compared."""

    def job(self, root, name, *arguments):
        """One of ``tests/upgrade_jobs.py``, on the code below a root."""
        path = str(ROOT / "tests" / "upgrade_jobs.py")
        return json.loads(self.run(root, path, name, *map(json.dumps, arguments)))

    def rows(self, query, *parameters):
        connection = psycopg2.connect(
            host=HOST,
            port=self.stack.cluster.port,
            user=self.stack.cluster.environment["PGUSER"],
            password=self.stack.cluster.password,
            dbname=self.name,
        )
        with connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            rows = cursor.fetchall()
        connection.close()
        return rows

    @property
    def tables(self):
        """Those of documents, whatever they are called."""
        return [table for (table,) in self.rows(NUMBERED)]

    def numbers(self):
        """``{(table, id): number}`` of all documents."""
        return {
            (table, row): name
            for table in self.tables
            for row, name in self.rows(f"SELECT id, name FROM {table}")
        }

    def totals(self):
        """``{(table, column, id): amount}`` of all documents."""
        return {
            (table, column, row): amount
            for table in self.tables
            for (column,) in self.rows(AMOUNTS, table)
            for row, amount in self.rows(f"SELECT id, {column} FROM {table}")
        }

    def content(self, tables=()):
        """``{table: {id: {column: value}}}``, of these tables or of all that hold what
        people wrote."""
        tables = tables or [name for (name,) in self.rows(KEPT_TABLES)]
        return {
            table: {
                row["id"]: row
                for (row,) in self.rows(f"SELECT to_jsonb(t) FROM {table} AS t")
            }
            for table in tables
        }

    def archives(self):
        """``{(id, model, document, name): SHA-256}`` of all files of documents."""
        store = self.stack.state / "data" / "filestore" / self.name
        return {
            row: hashlib.sha256((store / path).read_bytes()).hexdigest()
            for *row, path in self.rows(
                "SELECT id, res_model, res_id, name, store_fname FROM ir_attachment"
                " WHERE replace(res_model, '.', '_') = ANY (%s)"
                " AND store_fname IS NOT NULL AND res_field IS NULL",
                self.tables,
            )
            for row in [tuple(row)]
        }


@pytest.fixture(scope="module")
def databases(stack, tmp_path_factory):
    """Make databases: ``databases("suffix")``; dropped afterwards."""
    made = []

    def make(suffix):
        made.append(Database(stack, suffix, tmp_path_factory.mktemp(suffix)))
        return made[-1]

    yield make
    for database in made:
        database.drop()


@pytest.fixture(scope="module", params=UPGRADED, ids=lambda commit: commit[:7])
def upgraded(request, databases, tmp_path_factory):
    """A database of a release, with documents sent by it, started with today's code.

    :returns: the database, and what was in it before
    """
    source = tmp_path_factory.mktemp("release")
    extract(request.param, source)
    database = databases(request.param[:7])
    database.install(source)
    database.load_demo(source)
    before = {"has_old_names": request.param in OLD_NAMES}
    before |= {"is_unturned": request.param in UNTURNED}
    before |= {"sent": database.job(source, "send")}
    before |= {"printed": database.job(source, "archive")}
    before |= {"used": database.job(source, "use")}
    before |= {"numbers": database.numbers(), "totals": database.totals()}
    before |= {"archives": database.archives(), "content": database.content()}
    if request.param == RELEASES[-2]:  # the newest may have nothing to migrate
        for addon in ("document_flow", "bmasia_crm"):
            kill_when_upgraded(database, addon)
    database.run(ROOT, "-m", "tools.start", *STOP)
    return database, before


def kill_when_upgraded(database, addon):
    """Start today's code, and kill it as soon as an addon is there in its version."""
    query = "SELECT state, latest_version FROM ir_module_module WHERE name = %s"
    wanted = [("installed", project_version())]
    # a session of its own: Odoo runs in a process below
    process = database.begin(ROOT, "-m", "tools.start", *STOP)
    try:
        wait_for(lambda: database.rows(query, addon) == wanted, LIMIT)
        assert process.poll() is None, f"the upgrade had ended before {addon}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def new(databases):
    """A database of today's code."""
    database = databases("new")
    database.install(ROOT)
    return database


def with_old_names(test):
    """Run a test on the releases of ``OLD_NAMES`` alone. Where none is upgraded, it is
    no test: pytest would skip it, which fails the run."""
    releases = [release for release in UPGRADED if release in OLD_NAMES]
    test.__test__ = bool(releases)
    return pytest.mark.parametrize(
        "upgraded", releases, indirect=True, ids=lambda commit: commit[:7]
    )(test)


def differences(ours, theirs):
    """Line by line what the upgraded database has otherwise than the new one."""
    lines = []
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key), theirs.get(key)
        if isinstance(mine, dict) and isinstance(other, dict):
            names = [
                n for n in mine.keys() | other.keys() if mine.get(n) != other.get(n)
            ]
            lines += [f"{key} {n}: {mine.get(n)} / {other.get(n)}" for n in names]
        elif mine != other:
            lines.append(f"{key}: {mine} / {other}")
    return lines


def test_definitions_are_those_of_a_new_database(upgraded, new):
    database, _before = upgraded
    addons = sorted(addon_folders())
    ours, theirs = (d.job(ROOT, "definitions", addons) for d in (database, new))
    assert len(theirs) > 500
    found = differences(ours, theirs)
    assert not found, "\n".join(found)


def test_tables_are_those_of_a_new_database(upgraded, new):
    ours, theirs = (dict(d.rows(SCHEMA)) for d in (upgraded[0], new))
    assert len(theirs) > 1000
    found = differences(ours, theirs)
    # columns that people added
    found = [line for line in found if not OWN_COLUMN.search(line)]
    assert not found, "\n".join(found)


def test_numbers_totals_and_archives_stay(upgraded):
    database, before = upgraded
    assert len(before["numbers"]) > 200 and len(before["archives"]) > 9
    tables = RENAMED_TABLES if before["has_old_names"] else {}
    numbers = {
        (tables.get(table, table), row): name
        for (table, row), name in before["numbers"].items()
    }
    assert differences(database.numbers(), numbers) == []
    models = RENAMED_MODELS if before["has_old_names"] else {}
    archives = {
        (key, models.get(model, model), *rest): digest
        for (key, model, *rest), digest in before["archives"].items()
    }
    assert any(model == "bmasia.receipt" for _key, model, *_rest in archives)
    assert differences(database.archives(), archives) == []
    totals = database.totals()
    expected = {
        _renamed_amount(*key): amount for key, amount in before["totals"].items()
    }
    known = {key: totals.get(key) for key in expected}
    assert len(known) > 1000
    assert differences(known, expected) == []


def _renamed_amount(table, column, row):
    if table == "bmasia_payment":
        return "bmasia_receipt", {"amount": "amount_received"}.get(column, column), row
    return table, column, row


@with_old_names
def test_each_receipt_has_its_money_and_the_amounts_that_it_printed(upgraded):
    """One payment and one use each, of the same id; all receipts of an invoice that is
    paid in full add up to it."""
    database, before = upgraded
    receipts = database.rows(
        "SELECT r.id, p.id, u.id, r.amount_received, p.amount, u.amount, u.settled,"
        " r.amount_total, r.amount_untaxed + r.amount_tax, r.tax_point = r.date,"
        " p.amount_unallocated, r.state"
        " FROM bmasia_receipt AS r LEFT JOIN bmasia_payment AS p ON p.id = r.payment_id"
        " LEFT JOIN bmasia_payment_allocation AS u ON u.receipt_id = r.id"
    )
    assert len(receipts) == len(before["content"]["bmasia_payment"]) > 20
    for receipt, payment, use, *amounts, state in receipts:
        received, money, used, settled, total, parts, is_point, left = amounts
        assert receipt == payment == use
        assert received == money == used
        assert settled == total == parts
        assert (is_point, left, state) == (True, 0, "issued")
    open_ = database.rows(
        "SELECT i.id FROM bmasia_invoice AS i JOIN bmasia_receipt AS r"
        " ON r.invoice_id = i.id WHERE i.state = 'paid' AND i.amount_credited = 0"
        " GROUP BY i.id HAVING SUM(r.amount_untaxed) <> i.amount_untaxed"
        " OR SUM(r.amount_tax) <> i.amount_tax"
    )
    assert open_ == []
    assert (
        database.rows("SELECT 1 FROM bmasia_payment_allocation WHERE tax_base IS NULL")
        == []
    )


@with_old_names
def test_nothing_points_at_the_old_name_of_receipts(upgraded):
    database, before = upgraded
    for table, column in (
        *(("document_number", "res_model"), ("mail_message", "model")),
        *(("ir_attachment", "res_model"), ("mail_delivery", "model")),
        *(("mail_followers", "res_model"), ("mail_activity", "res_model")),
    ):
        query = f"SELECT count(*) FROM {table} WHERE {column} = 'bmasia.payment'"
        assert database.rows(query) == [(0,)], table
    query = "SELECT count(*) FROM document_number WHERE res_model = 'bmasia.receipt'"
    assert database.rows(query)[0][0] >= len(before["content"]["bmasia_payment"])


def test_all_rows_stay_under_their_new_names(upgraded):
    database, before = upgraded
    tables = RENAMED_TABLES if before["has_old_names"] else {}
    assert all(before["content"][table] for table in tables)
    names = {table: tables.get(table, table) for table in before["content"]}
    content = database.content(names.values())
    lost = []
    for table, rows in before["content"].items():
        for key, row in rows.items():
            new = content[names[table]].get(key, {})
            if before["has_old_names"]:
                row = renamed(row, new)
            lost += [f"{table} {key} {line}" for line in unlike(row, new)]
    allowed = tuple(f"{table} " for table in OF_CUSTOMERS)
    lost = [x for x in lost if not (x.startswith(allowed) and " customer_id: " in x)]
    if before["is_unturned"]:
        lost = [line for line in lost if not TURNED.match(line)]
    assert lost == []
    invoices = before["content"]["bmasia_invoice"] if before["is_unturned"] else {}
    for key, invoice in invoices.items():
        if invoice["schedule_id"] and invoice["state"] != "cancelled":
            row = content["bmasia_contract_schedule"][invoice["schedule_id"]]
            assert row["invoice_id"] == key, "a period names its invoice now"
    companies = before["content"]["bmasia_company"]
    for table in OF_CUSTOMERS if before["has_old_names"] else ():
        for key, row in before["content"][table].items():
            partner = content[names[table]][key]["partner_id"]
            assert partner == companies[row["customer_id"]]["partner_id"]


def renamed(row, new):
    """A row of a release in the words of today."""
    words = {n if n in new else RENAMED_COLUMNS.get(n, n): v for n, v in row.items()}
    if words.get("note"):  # where an activity leads to
        words["note"] = words["note"].replace("/bmasia-rem", "/document-rem")
    if words.get("reason") in RENAMED_REASONS:
        words["reason"] = RENAMED_REASONS[words["reason"]]
    for name in ("res_model", "model"):
        words |= {n: RENAMED_MODELS.get(v, v) for n, v in words.items() if n == name}
    if words.get("payment_state") == "paid" and words.get("state") == "credited":
        words["payment_state"] = "credited"  # nobody paid it
    return words


def unlike(row, new):
    return [
        f"{name}: {value} / {new.get(name)}"
        for name, value in row.items()
        if name not in MADE_ANEW and (name not in new or new[name] != value)
    ]


@with_old_names
def test_next_ids_are_free_in_the_tables_that_moved(upgraded):
    database, _before = upgraded
    for table in RENAMED_TABLES.values():
        ((last, largest),) = database.rows(
            f"SELECT nextval('{table}_id_seq'), (SELECT max(id) FROM {table})"
        )
        assert last == largest + 1, table


def test_what_people_had_set_up_stays(upgraded):
    database, before = upgraded
    used = database.job(ROOT, "used")
    # the first release's mails did not name their reminder
    known = {name: used[name] for name, v in before["used"].items() if v is not None}
    expected = {k: v for k, v in before["used"].items() if v is not None}
    assert differences(known, expected) == []
    assert used["links"][0] > 9 and used["links"][1] == 0
    # counts that would be equal if nothing were left
    assert all(used["made"].values()) and used["managed"] == []
    assert used["menu"]


def test_what_was_corrected_is_printed_anew_and_nothing_else(upgraded):
    database, before = upgraded
    counts = database.job(ROOT, "archive_again", before["printed"])
    assert counts.keys() == before["printed"].keys()
    for model, files in counts.items():
        _ids, was_corrected = before["printed"][model]
        # nothing that is printed on a receipt can be corrected any more
        is_corrected = model == "bmasia.contract"
        again = 1 + was_corrected
        assert files == [[1, 1], [again, 1], [again, 1 + is_corrected]], model
    assert len(counts) == 2 and before["printed"]["bmasia.contract"][1]


def test_a_second_start_upgrades_nothing(upgraded):
    database, _before = upgraded
    query = "SELECT name, state, latest_version, write_date FROM ir_module_module"
    modules = database.rows(query)
    database.run(ROOT, "-m", "tools.start", *STOP)
    assert database.rows(query) == modules
    assert not [name for name, state, *_rest in modules if state.startswith("to ")]
    begun = "SELECT value FROM ir_config_parameter WHERE key = %s"
    assert database.rows(begun, UPGRADING) == []


def test_what_was_sent_is_sent_again_with_the_same_file(upgraded, inbox):
    database, before = upgraded
    archives = database.archives()
    again = database.job(ROOT, "send_again", before["sent"])
    assert again == before["sent"]
    # a kind of which the demo has nothing to send is empty in both
    assert sum(map(bool, again.values())) > 3
    assert differences(database.archives(), archives) == []
    known = set(archives.values())
    for numbers in again.values():
        for number in numbers.values():
            message = inbox.wait_for(number)
            content = inbox.attachment(message)
            assert hashlib.sha256(content).hexdigest() in known, number


def test_rest_answers_on_an_upgraded_database(upgraded):
    """It was part of another addon in the first releases, and is one of its own now."""
    database, before = upgraded
    keys = json.loads((database.folder / "api-keys.json").read_text())
    (number, *_others) = before["sent"]["bmasia.quote"].values()
    document = f"quotes/{number}"
    addresses = ["receipts", document, f"{document}/pdf", "openapi.json"]
    job = str(ROOT / "tests" / "rest_job.py")
    told = database.run(ROOT, job, keys["norbert@bmasiamusic.com"], *addresses)
    answers = dict(zip(addresses, json.loads(told), strict=True))
    assert [status for status, _content in answers.values()] == [200] * 4, answers
    assert answers[document][1]["name"] == number
    assert answers[f"{document}/pdf"][1].startswith("%PDF")


def test_whose_mailbox_worked_goes_on_mailing(upgraded, inbox):
    database, _before = upgraded
    subjects = database.job(ROOT, "write_as_each")
    assert len(subjects) >= 5
    for login, subject in subjects.items():
        assert inbox.wait_for(subject, limit=60)["Username"] == login
