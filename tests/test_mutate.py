"""``./run mutate``: which tests are taken for a rule, what it changes in engines."""

import unittest

from tools.mutate.engines import chosen, find, mutants
from tools.mutate.rules_job import _owned

SOURCE = '''
def fee(amount: int | None = 0) -> int:
    """Two more.

    >>> fee(1)
    3
    """
    return amount + 2
'''


class Sample(unittest.TestCase):
    __test__ = False  # looked at, not run

    def test_sample_check_term(self):
        pass

    def test_sample_check_term_of_years(self):
        pass

    def test_sample_check_term_months(self):
        pass

    def test_sampler(self):
        pass


def test_a_test_belongs_to_the_longest_rule_that_it_begins_with():
    names = {"sample", "sample_check_term", "sample_check_term_months", "sample_check"}
    assert _owned([Sample], names) == {
        "sample_check_term": {
            Sample: ["test_sample_check_term", "test_sample_check_term_of_years"]
        },
        "sample_check_term_months": {Sample: ["test_sample_check_term_months"]},
    }


def test_examples_and_hints_of_types_are_no_code_to_change():
    changed = [mutant.after for mutant in mutants(SOURCE)]
    assert sorted(" ".join(line.split()) for line in changed) == [
        "def fee(amount: int | None = -1) -> int:",
        "def fee(amount: int | None = 1) -> int:",
        "return amount + 1",
        "return amount + 3",
        "return amount - 2",
    ]


def test_every_engine_is_found_with_its_tests():
    found = {engine.path.name: engine for engine in find()}
    assert {"money.py", "numbering.py", "wire.py", "keyring.py"} <= found.keys()
    assert "odoo.addons.bmasia_crm.tests.test_engine_edges" in found["money.py"].modules


def test_only_engines_that_are_named_for_it_have_a_database():
    engines = chosen(["mail_delivery/tools"], {"talk_sql": ["*/ledger.py"]})
    assert len(engines) > 1
    assert [e.path.name for e in engines if e.talks_sql] == ["ledger.py"]
