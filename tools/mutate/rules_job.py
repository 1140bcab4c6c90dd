"""Remove each rule in turn and run its tests. Runs inside a database.

``python -m tools.mutate.rules_job [WORDS]`` prints a line for each rule that was taken
away (only rules with one of the words in their name, where there are any) and a table;
it ends with 1 if a rule has no test, or one that does not miss it.
"""

import importlib
import logging
import sys
import threading
import unittest
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tools.bench.database import environment
from tools.released import addon_folders

KILLED, SURVIVED, UNTESTED, BROKEN = "killed", "survived", "no test", "test fails"
Tests = dict[type, list[str]]
Verdict = tuple[str, str]  # one of the above, and what the table says beside it


def main(words: list[str]) -> int:
    """Do it.

    :returns: 0 if each rule is missed by a test of its own
    """
    logging.disable(logging.CRITICAL)
    from tools.mutate import rules

    with environment() as env:
        state = [("state", "=", "installed"), ("name", "in", list(addon_folders()))]
        addons = env["ir.module.module"].search(state).mapped("name")
        every = rules.find(env, addons)
    mutations = [m for m in every if not words or any(w in m.rule for w in words)]
    owned = _owned(_test_classes(addons), {m.rule for m in every})
    verdicts = _judge(mutations, owned)
    for mutation in mutations:
        verdict, test = verdicts[mutation]
        sys.stdout.write(
            f"{verdict:<11}{mutation.kind:<15}"
            f"{mutation.rule}: {mutation.change}{test}\n"
        )
    sys.stdout.write(_table(mutations, verdicts))
    return int(any(verdict != KILLED for verdict, _test in verdicts.values()))


def _test_classes(addons: Iterable[str]) -> list[type]:
    """The test cases that the addons have in their ``tests``."""
    classes = []
    for addon in addons:
        try:
            package = importlib.import_module(f"odoo.addons.{addon}.tests")
        except ModuleNotFoundError:
            continue
        modules = [
            module
            for module in vars(package).values()
            if getattr(module, "__name__", "").startswith(f"{package.__name__}.")
        ]
        classes += [
            thing
            for module in modules
            for thing in vars(module).values()
            if isinstance(thing, type)
            and issubclass(thing, unittest.TestCase)
            and thing.__module__ == module.__name__
        ]
    return classes


def _owned(classes: list[type], names: set[str]) -> dict[str, Tests]:
    """The tests of each rule: they begin with its name, and with no longer one."""
    owned: dict[str, Tests] = defaultdict(lambda: defaultdict(list))
    for case in classes:
        for method in unittest.TestLoader().getTestCaseNames(case):
            words = method.removeprefix("test_").split("_")
            beginnings = ("_".join(words[:n]) for n in range(len(words), 0, -1))
            if rule := next((name for name in beginnings if name in names), None):
                owned[rule][case].append(method)
    return owned


def _judge(mutations: list[Any], owned: dict[str, Tests]) -> dict[Any, Verdict]:
    """Class by class, each of which is set up once."""
    verdicts = {
        m: (UNTESTED, f" (test_{m.rule})") for m in mutations if m.rule not in owned
    }
    by_class: dict[type, list[Any]] = defaultdict(list)
    for mutation in mutations:
        for case in owned.get(mutation.rule, ()):
            by_class[case].append(mutation)
    for case, mine in by_class.items():
        with _set_up(case) as env:
            for mutation in mine:
                methods = owned[mutation.rule][case]
                verdict = _verdict(env, case, methods, mutation)
                if verdicts.get(mutation, (SURVIVED,))[0] != KILLED:
                    verdicts[mutation] = verdict
                    sys.stderr.write("." if verdict[0] == KILLED else "!")
                    sys.stderr.flush()
    sys.stderr.write("\n")
    return verdicts


def _verdict(env: Any, case: type, methods: list[str], mutation: Any) -> Verdict:
    if failed := _failing(case, methods):
        return BROKEN, f" ({case.__name__}.{failed}, with all rules in place)"
    savepoint = env.cr.savepoint(flush=False)
    try:
        with mutation.apply(env):
            failed = _failing(case, methods)
    finally:
        savepoint.rollback()
        savepoint.close(rollback=False)
        env.registry.clear_all_caches()
        env.invalidate_all()
    if failed:
        return KILLED, f" → {case.__name__}.{failed}"
    return SURVIVED, f" ({case.__name__}.{', '.join(methods)})"


def _failing(case: type, methods: list[str]) -> str | None:
    """The first of these tests that fails, with its sub-test."""
    import odoo.modules.module
    from odoo.tests.result import OdooTestResult

    for method in methods:
        result = OdooTestResult()
        test: Any = case(method)
        odoo.modules.module.current_test = test
        test.run(result)
        if not result.wasSuccessful():
            return method
    return None


@contextmanager
def _set_up(case: Any) -> Iterator[Any]:
    """What Odoo's own suite does around the tests of a class."""
    from odoo.tools import config

    thread: Any = threading.current_thread()
    thread.testing = True
    config["test_enable"] = True
    case._classSetupFailed = False
    try:
        case.setUpClass()
        try:
            yield case.env
        finally:
            case.tearDownClass()
    finally:
        case.doClassCleanups()
        config["test_enable"] = False


def _table(mutations: list[Any], verdicts: dict[Any, Verdict]) -> str:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutation in mutations:
        counts[mutation.kind][verdicts[mutation][0]] += 1
        counts["all"][verdicts[mutation][0]] += 1
    columns = (KILLED, SURVIVED, UNTESTED, BROKEN)
    rows = [f"\n{'':<16}" + "".join(f"{column:>12}" for column in columns)]
    for kind in [*sorted(counts.keys() - {"all"}), "all"]:
        rows.append(f"{kind:<16}" + "".join(f"{counts[kind][c]:>12}" for c in columns))
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
