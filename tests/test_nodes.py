"""Two machines on one database: both work, either is killed, nothing is done twice.

``NODE_MAILS`` (40) says how many documents are sent, ``NODE_KILLS`` (2) how often a
machine is killed meanwhile, ``NODE_WAYS`` (crons) whether by scheduled actions, by jobs
of OCA's ``queue_job`` (jobs), or by both, one after the other (crons,jobs).
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from hashlib import sha256
from itertools import cycle

import pytest

from tests.kit import wait_for
from tests.nodes import DELIVERIES, Machines, quotes_for_guests

MAILS = int(os.environ.get("NODE_MAILS", 40))
KILLS = int(os.environ.get("NODE_KILLS", 2))
WAYS = os.environ.get("NODE_WAYS", "crons").split(",")
LIMIT = 300 + 10 * MAILS  # seconds; a machine that died is noticed within a minute
PROGRESS = """
SELECT (SELECT count(*) FROM document_send_batch_line
         WHERE batch_id = %s AND (request_id IS NOT NULL OR error IS NOT NULL))
     + (SELECT count(*) FROM mail_delivery
         WHERE res_id = ANY(%s) AND model = 'bmasia.quote' AND handed_at IS NOT NULL)
"""
NUMBERS = """
SELECT max(value), count(*), count(DISTINCT name) FROM document_number
 WHERE series IN (SELECT series FROM document_number
                   WHERE res_model = 'bmasia.quote' AND res_id = ANY(%s))
"""
ARCHIVES = """
SELECT res_id, store_fname, document_sha256 FROM ir_attachment
 WHERE res_model = 'bmasia.quote' AND res_id = ANY(%s) AND document_sha256 IS NOT NULL
"""
INVOICED = """
SELECT schedule.invoice_id FROM bmasia_contract_schedule AS schedule
 WHERE schedule.contract_id = ANY(%s) AND schedule.date <= %s
"""
INVOICES = """
SELECT count(*) FROM bmasia_invoice WHERE contract_id = ANY(%s)
"""


@pytest.fixture(scope="module", params=WAYS)
def machines(request, stack, tmp_path_factory):
    """A copy of the running system for two machines, which are off."""
    folder = tmp_path_factory.mktemp("nodes")
    machines = Machines(stack, folder, with_jobs=request.param == "jobs")
    try:
        machines.copy()
        yield machines
    finally:
        machines.stop()


@pytest.fixture
def both(machines):
    """Both machines, which serve."""
    for node in machines.nodes:
        if not node.process:
            node.start()
    return machines.nodes


def copies(inbox):
    """How many copies each guest got."""
    found = inbox._get(f"messages?limit={10 * MAILS}")["messages"]
    addresses = [each["Address"] for message in found for each in message["To"]]
    return Counter(a for a in addresses if a.startswith("guest"))


def test_machines_are_killed_and_each_document_leaves_once(machines, json2, inbox):
    first = machines.nodes[0]
    first.start()
    nikki = first.as_user(json2.key("nikki.h"))
    quotes = quotes_for_guests(nikki, MAILS)
    batch = nikki.call("bmasia.quote", "action_send", quotes)["res_id"]
    nikki.call("document.send.batch", "action_send", [batch])
    for kill, node in zip(range(KILLS), cycle(machines.nodes), strict=False):
        if not node.process:
            node.start()
        target = 2 * MAILS * (kill + 1) // (KILLS + 1)
        wait_for(lambda n=target: machines.count(PROGRESS, batch, quotes) >= n, LIMIT)
        # alone: it is the one that was at work
        node.kill()
    state = "SELECT state FROM document_send_batch WHERE id = %s"
    assert machines.count(state, batch) == "running", "it was over before the last kill"
    for node in machines.nodes:
        node.start()
    wait_for(lambda: machines.count(state, batch) == "done", LIMIT)

    received, rows = copies(inbox), machines.rows(DELIVERIES, quotes)
    guests = [f"guest{number}@example.com" for number in range(MAILS)]
    assert sorted(recipient for recipient, _state in rows) == sorted(guests)
    assert max(received.values()) == 1
    states = dict(rows)
    # a machine that dies between the text and the answer leaves one that may be there
    unknown = [guest for guest in guests if states[guest] == "unknown"]
    assert len(unknown) <= KILLS
    assert {states[guest] for guest in guests} <= {"sent", "unknown"}
    assert all(received[guest] == 1 for guest in guests if states[guest] == "sent")
    highest, given, distinct = machines.rows(NUMBERS, quotes)[0]
    assert highest == given == distinct, "no gap, and none twice"
    archives = machines.rows(ARCHIVES, quotes)
    assert Counter(row[0] for row in archives) == Counter(quotes)
    for _quote, name, digest in archives:
        assert sha256(machines.file(name)).hexdigest() == digest


def due_contracts(pom, count):
    """Active contracts, three of whose months are due."""
    today = date.today()
    company = pom.call("bmasia.company", "search", domain=[], limit=1)[0]
    line = {"name": "Music", "quantity": 1, "unit_price": 1000.0}
    contracts = pom.call(
        "bmasia.contract",
        "create",
        vals_list=[
            {
                "customer_id": company,
                "start_date": str(today - timedelta(days=75)),
                "billing_frequency": "monthly",
                "without_clauses": True,
                "line_ids": [[0, 0, line]],
            }
            for _number in range(count)
        ],
    )
    yesterday = str(today - timedelta(days=1))
    for contract in contracts:
        pom.call("bmasia.contract", "action_mark_sent", [contract], sent_date=yesterday)
        pom.call(
            "bmasia.contract", "action_activate", [contract], signed_date=yesterday
        )
    return contracts


def test_crons_of_both_machines_invoice_each_period_once(machines, both, json2):
    admin = [node.as_user(json2.key("admin")) for node in both]
    contracts = due_contracts(both[0].as_user(json2.key("norbert")), MAILS // 4)
    code = [("code", "=", "model._cron_create_invoices()")]
    (cron,) = admin[0].call("ir.cron", "search", domain=code)
    (other,) = admin[0].call("ir.cron", "copy", [cron])
    with ThreadPoolExecutor(2) as pool:
        runs = zip(admin, (cron, other), strict=True)
        started = [
            pool.submit(client.call, "ir.cron", "method_direct_trigger", [which])
            for client, which in runs
        ]
        for run in started:
            run.result()
    admin[0].call("ir.cron", "unlink", [other])
    due = (contracts, date.today())

    def are_invoiced():
        rows = machines.rows(INVOICED, *due)
        return rows and all(invoice for (invoice,) in rows)

    wait_for(are_invoiced, LIMIT)
    made = machines.rows(INVOICED, *due)
    assert len(made) >= 3 * len(contracts)
    assert len(set(made)) == len(made), "an invoice for each period"
    assert machines.count(INVOICES, contracts) == len(made), "and no other"
