"""``./run load``: people work on the running system, and what is wrong is said."""

import doctest
import threading
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools.load import outcome, run, web_client
from tools.load.outcome import GROWTH, STEADY, Outcome, Step
from tools.settings import HOST, free_ports
from tools.stack import Stack

ADDRESSES = frozenset(("one@example.com", "two@example.com"))
MEBIBYTE = 1024 * 1024


def run_of(**values):
    """A run in which all is well, but for some values."""
    well = {
        "users": 2,
        "seconds": STEADY,
        "steps": {"list": Step(9, 0, (10, 20, 30))},
        "alone": {"list": Step(3, 0, (4, 5, 6))},
        "memory": [100 * MEBIBYTE, *[200 * MEBIBYTE] * 9],
        "asked": ADDRESSES,
        "answered": ADDRESSES,
        "copies": Counter(ADDRESSES),
    }
    return Outcome(**{**well, **values})


def test_a_run_in_which_all_is_well_has_no_faults():
    assert run_of().faults() == []
    assert not any(line.startswith("WRONG") for line in run_of().lines())


@pytest.mark.parametrize(
    "values, said",
    [
        ({"errors": [("list", "500 no", 3)]}, "list: 500 no (3 ×)"),
        ({"copies": Counter(["one@example.com"])}, "1 mails were lost: two@"),
        ({"copies": Counter([*ADDRESSES, *ADDRESSES])}, "2 mails arrived more than"),
        ({"asked": frozenset(), "answered": frozenset()}, "that nobody asked for"),
        ({"memory": [100] + [200] * 5 + [200 * (1.01 + GROWTH)] * 4}, "memory grew"),
    ],
    ids=["error", "lost", "twice", "unasked", "memory"],
)
def test_what_is_wrong_is_said_and_fails_the_run(values, said):
    (fault,) = run_of(**values).faults()
    assert said in fault
    assert f"WRONG: {fault}" in run_of(**values).lines()


def test_a_mail_whose_answer_nobody_saw_may_have_left_or_not():
    cut_off = run_of(answered=frozenset(), copies=Counter(["one@example.com"]))
    assert cut_off.faults() == []


def test_memory_is_judged_once_it_can_be_steady():
    grown = [100, *[200] * 5, *[400] * 4]
    assert run_of(memory=grown, seconds=STEADY - 1).faults() == []
    assert run_of(memory=grown).faults()


def test_times_are_told_as_ratios_of_one_person_alone():
    (row,) = (line for line in run_of().lines() if line.strip().startswith("list"))
    assert row.split() == ["list", "9", "10", "20", "30", "5", "4.0", "×", "0"]


@pytest.mark.parametrize("module", [outcome, web_client])
def test_examples_in_the_code_are_right(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_five_people_work_without_an_error(stack, inbox):
    seen = run.measure(stack, users=5, seconds=8, alone=4, warm=0, pause=(0, 0.5))
    assert seen.faults() == []
    assert len(seen.steps) > 3 and seen.steps["sign in"].times >= 5
    # what the system that runs beside the tests has in memory
    assert min(seen.memory) > 100 * MEBIBYTE


@pytest.fixture
def broken(stack):
    """A server in Odoo's place that answers everything with an error."""

    class Broken(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(500, "out of order")

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer((HOST, free_ports(1)[0]), Broken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Stack(replace(stack.settings, odoo_port=server.server_port))
    server.shutdown()
    server.server_close()


def test_an_answer_that_is_an_error_is_counted(broken):
    seen = run.drive(broken, 1, 2, (0.1, 0.1), lambda: None)
    step, words, times = seen["errors"][0]
    assert step == "sign-in page" and words.startswith("500") and times
    assert seen["steps"][step]["failed"] == seen["steps"][step]["times"]
