"""``./run test``: every suite, then one table.

Three suites: the addons' own tests (pytest-odoo, on a database without demo data),
those of the example addons (on a database that has nothing else of ours but what they
stand on), and ``tests/``, which needs the whole running system. A suite has one part
or several. Each part works in a folder, a database and on ports of its own, so that as
many run at the same time as the machine has processors, and ``./run`` may be up
meanwhile.
"""

import json
import os
import random
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tools.errors import SetupError
from tools.mutate.run import run_mutate
from tools.progress import step
from tools.settings import (
    EXAMPLES,
    FURTHER_MODULES,
    GENERIC_ADDONS,
    MODULES,
    OF_FURTHER_MODULES,
    OF_THE_CRM,
    ROOT,
    Settings,
)
from tools.stack import Stack

# Odoo's own tests of what our addons change: server, mail, composer, gateway, companies
CORE_TESTS = (
    "mail/tests/test_ir_mail_server.py",
    "mail/tests/test_mail_mail.py",
    "mail/tests/test_mail_composer.py",
    "mail/tests/test_fetchmail.py",
    "test_mail/tests/test_mail_mail.py",
    "test_mail/tests/test_mail_composer.py",
    "test_mail/tests/test_mail_gateway.py",
    "test_mail/tests/test_mail_multicompany.py",
)
DAILY = ["addons", "examples", "system"]
COVERAGE = ".coverage.json"  # what tools/coverage_plugin.py writes, beside the report


@dataclass(frozen=True)
class Part:
    """What one process runs, on a system of its own.

    :param suite: the row of the table that it counts in
    :param name: of its folder, its report and its log
    :param run: called with its settings, where its report goes, and what pytest is
        told
    :param tests: for pytest, where the command line names none
    :param modules: that its database has, where it does not say so itself
    """

    suite: str
    name: str
    run: Callable[["Part", Settings, Path, list[str]], None]
    tests: tuple[str, ...]
    modules: tuple[str, ...] = MODULES

    def runs(self, argument: str) -> bool:
        """Whether it has the test that an argument of pytest names.

        >>> part = Part("addons", "crm", print, ("addons/bmasia_rest",))
        >>> part.runs("addons/bmasia_rest/tests/test_keys.py::TestKeys")
        True
        >>> part.runs("-q") or part.runs("addons/bmasia_restful/tests")
        False
        """
        path = ROOT / argument.partition("::")[0]
        return any(path.is_relative_to(ROOT / own) for own in self.tests)

    def place(self, settings: Settings) -> Settings:
        """Its folder, database and ports.

        :param settings: of the normal installation
        """
        return settings.apart(f"test_{self.name}")

    def report(self, settings: Settings) -> Path:
        """Where its report is, with what was covered beside it.

        :param settings: of the normal installation
        """
        return settings.state / f"test_{self.name}" / "report.xml"


@dataclass(frozen=True)
class Result:
    """The outcome of one suite, a row of the table."""

    suite: str
    tests: int
    failed: int
    skipped: int
    seconds: float
    covered: float | None = None  # percent of the addons' lines, where it was measured

    @classmethod
    def read(cls, suite: str, path: Path, seconds: float) -> "Result":
        """Read pytest's JUnit report; no report or no test counts as a failure."""
        root = ElementTree.parse(path).getroot() if path.exists() else None
        node = None if root is None else root.find("testsuite")
        if node is None:
            return cls(suite, 0, 1, 0, seconds)
        count = {
            k: int(node.get(k, 0)) for k in ("tests", "failures", "errors", "skipped")
        }
        failed = count["failures"] + count["errors"]
        return cls(
            suite,
            count["tests"],
            failed or not count["tests"],
            count["skipped"],
            seconds,
        )


def run_tests(settings: Settings, arguments: list[str]) -> int:
    """Run the suites and print the table.

    :param tools.settings.Settings settings: of the normal installation
    :param list[str] arguments: ``addons``, ``examples`` or ``system`` to run one suite,
        ``core`` for Odoo's own tests of mail with our addons installed; the rest goes
        to pytest
    :returns: 0 when every test ran and passed; a skipped test is a failure
    :rtype: int
    """
    suites = list(dict.fromkeys(part.suite for part in PARTS))
    chosen = [name for name in suites if name in arguments] or DAILY
    extra = [argument for argument in arguments if argument not in suites]
    parts = [part for part in PARTS if part.suite in chosen]
    if extra:  # they name the tests: one part of each suite runs them
        parts = [_named([p for p in parts if p.suite == s], extra) for s in chosen]
    start = time.monotonic()
    results = _run_parts(settings, parts, extra)
    rows = [
        _joined(settings, suite, [(p, r) for p, r in results if p.suite == suite])
        for suite in chosen
    ]
    sys.stdout.write(_table(rows))
    sys.stdout.write(f"{time.monotonic() - start:.0f} seconds altogether\n")
    return int(any(r.failed or r.skipped for r in rows))


def _named(parts: list[Part], arguments: list[str]) -> Part:
    """The part that has the tests which are named; else the first one."""
    found = [part for part in parts if any(map(part.runs, arguments))]
    return (found or parts)[0]


def _run_parts(
    settings: Settings, parts: list[Part], extra: list[str]
) -> list[tuple[Part, Result]]:
    """One part here and now; several each in a process, whose output is shown when it
    has ended."""
    for part in parts:
        report = part.report(settings)
        for file in (report, report.with_suffix(COVERAGE)):
            file.unlink(missing_ok=True)
    if len(parts) == 1:
        (part,), start = parts, time.monotonic()
        _run_here(settings, part, extra)
        return [(part, _result(settings, part, start))]
    results = []
    # the parts share the machine: more of them at once would only wait for each other
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as lanes:
        begun = [lanes.submit(_run_apart, settings, part, extra) for part in parts]
        try:
            for future in as_completed(begun):
                part, result, log = future.result()
                sys.stdout.write(f"\n-- {part.name}\n{log.read_text()}")
                sys.stdout.flush()
                results.append((part, result))
        except BaseException:  # Ctrl-C ends those that run, and the rest never begins
            lanes.shutdown(cancel_futures=True)
            raise
    return results


def _run_here(settings: Settings, part: Part, extra: list[str]) -> None:
    part.run(part, part.place(settings), part.report(settings), extra)


def _run_apart(
    settings: Settings, part: Part, extra: list[str]
) -> tuple[Part, Result, Path]:
    start = time.monotonic()
    log = settings.state / "log" / f"test-{part.name}.log"
    sys.stdout.write(f"  {part.name} begins, see {log}\n")
    sys.stdout.flush()
    with open(log, "wb") as output:
        code = subprocess.call(
            [sys.executable, "-m", "tools.suites", part.name, *extra],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    result = _result(settings, part, start)
    if code:  # what went wrong around the tests is in no report
        result = replace(result, failed=max(1, result.failed))
    return part, result, log


def _result(settings: Settings, part: Part, start: float) -> Result:
    seconds = time.monotonic() - start
    return Result.read(part.suite, part.report(settings), seconds)


def _joined(
    settings: Settings, suite: str, results: list[tuple[Part, Result]]
) -> Result:
    """The row of a suite: its parts together."""
    files = [part.report(settings).with_suffix(COVERAGE) for part, _ in results]
    reports = [json.loads(file.read_text()) for file in files if file.exists()]
    return Result(
        suite,
        sum(r.tests for _, r in results),
        sum(r.failed for _, r in results),
        sum(r.skipped for _, r in results),
        sum(r.seconds for _, r in results),
        # without one of them it would say less than is covered
        covered_by(reports) if reports and len(reports) == len(files) else None,
    )


def covered_by(reports: Iterable[dict[str, Any]]) -> float:
    """Of all lines those that ran in one part or another.

    :param reports: what ``tools/coverage_plugin.py`` wrote
    :returns: percent
    """
    lines: dict[str, int] = {}
    missed: dict[str, set[int]] = {}
    for report in reports:
        lines |= report["lines"]
        for name, numbers in report["files"].items():
            missed[name] = missed.get(name, set(numbers)) & set(numbers)
    total = sum(lines.values())
    return 100 - 100 * sum(map(len, missed.values())) / total if total else 0


def run_soak(settings: Settings) -> int:
    """The crash tests, random documents, contracts that live through anything, calls to
    the other billing entity, upgrades of every release, machines that are killed, with
    and without jobs, a database that is away, full disks and other faults, broken input
    over REST, all in full size, pages at each width in each language, Odoo's own tests
    of mail, and every rule removed in turn.

    :param tools.settings.Settings settings: of the normal installation
    :returns: 0 when all passed
    :rtype: int
    """
    seed = os.environ.setdefault("CRASH_SEED", str(random.randrange(10**6)))
    sys.stdout.write(f"  CRASH_SEED={seed}\n")
    os.environ.update(CRASH_ROUNDS="25", CRASH_MAILS="200", PROPERTY_EXAMPLES="400")
    os.environ.update(ENTITY_SIDES="both", PARITY_HISTORIES="1000")
    crash = "addons/mail_delivery/tests/test_crash.py"
    documents = "bmasia_crm/tests/test_properties.py"
    contracts = "bmasia_crm/tests/test_parity.py"
    entities = "bmasia_crm/tests/test_entity_matrix.py"
    failed = run_tests(
        settings, ["addons", "-q", crash, documents, contracts, entities]
    )
    os.environ.update(UPGRADE_FROM="all")
    os.environ.update(NODE_MAILS="200", NODE_KILLS="6", NODE_WAYS="crons,jobs")
    os.environ.update(REST_EXAMPLES="50", REST_PHASES="examples,coverage,fuzzing")
    os.environ.update(FAULT_SECONDS="60")
    # first: what the other one sends could be taken for theirs
    upgrades = "tests/test_upgrade.py"
    rest = "tests/test_rest.py::test_schemathesis_finds_no_server_error"
    nodes, faults = "tests/test_nodes.py", "tests/test_faults.py"
    failed = (
        run_tests(settings, ["system", "-q", upgrades, nodes, faults, rest]) or failed
    )
    failed = run_tests(settings, ["system", "-q", *SCREENS]) or failed
    failed = run_tests(settings, ["core"]) or failed
    return run_mutate(settings, []) or failed


def _table(results: list[Result]) -> str:
    rows = [
        f"\n{'suite':<10}{'tests':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"
        f"{'coverage':>10}"
    ]
    for r in results:
        covered = "" if r.covered is None else f"{r.covered:.1f} %"
        rows.append(
            f"{r.suite:<10}{r.tests:>8}{r.failed:>8}{r.skipped:>9}{r.seconds:>9.0f}"
            f"{covered:>10}".rstrip()
        )
    # a suite that wrote no report has failed without a test
    passed = sum(max(0, r.tests - r.failed - r.skipped) for r in results)
    failed = sum(r.failed for r in results)
    skipped = sum(r.skipped for r in results)
    rows.append(f"\n{passed} passed, {failed} failed, {skipped} skipped\n")
    return "\n".join(rows)


def _pytest(stack: Stack, report: Path, *arguments: str, **variables: str) -> None:
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
    environment = {
        **os.environ,
        **stack.environment,
        **variables,
        "BMASIA_COVERAGE": str(report.with_suffix(COVERAGE)),
    }
    subprocess.call(command, cwd=ROOT, env=environment)


def _addons_suite(
    part: Part, settings: Settings, report: Path, extra: list[str]
) -> None:
    stack = Stack(settings, durable=False)
    stack.prepare_folder()
    try:
        with step("Database with the addons, no demo"):
            stack.cluster.start()
            stack.write_configuration()
            stack.drop_database()
            stack.install(part.modules)
        _pytest(
            stack,
            report,
            f"--odoo-database={settings.database}",
            *("--odoo-http", "--odoo-log-level=error", "-p", "tools.freeze_plugin"),
            # of a part of the tests it would say nothing
            *(extra or ["-q", "-p", "tools.coverage_plugin", *part.tests]),
        )
    finally:
        stack.stop()


def _examples_suite(
    part: Part, settings: Settings, report: Path, extra: list[str]
) -> None:
    """Each example, on what it depends on and nothing else of ours."""
    stack = Stack(settings, durable=False)
    stack.prepare_folder()
    try:
        with step("Database with the example addons alone"):
            stack.cluster.start()
            stack.write_configuration()
            stack.drop_database()
            stack.install(sorted(p.parent.name for p in EXAMPLES.glob("*/__init__.py")))
        _pytest(
            stack,
            report,
            f"--odoo-database={settings.database}",
            *("--odoo-http", "--odoo-log-level=error"),
            # the tests around them are those of the whole running system
            f"--confcutdir={EXAMPLES}",
            *(extra or ["-q", *part.tests]),
        )
    finally:
        stack.stop()


def _core_suite(part: Part, settings: Settings, report: Path, extra: list[str]) -> None:
    """Odoo's own tests, from the installed Odoo, on all our addons."""
    import odoo

    # addons from PyPI live in a folder of the same package
    homes = [Path(path).resolve() / "addons" for path in odoo.__path__]
    addons = next(home for home in homes if (home / "test_mail").exists())
    stack = Stack(settings, durable=False)
    stack.prepare_folder()
    try:
        with step("Database with the addons and Odoo's test_mail"):
            stack.cluster.start()
            stack.write_configuration()
            stack.drop_database()
            stack.install((*MODULES, "test_mail"))
        _pytest(
            stack,
            report,
            f"--odoo-database={settings.database}",
            *("--odoo-http", "--odoo-log-level=critical", "-p", "tools.core_policy"),
            # its browser tours are about the composer's buttons
            *("-k", "not TestMailComposerUI"),
            *(extra or ["-q", *(str(addons / path) for path in part.tests)]),
        )
    finally:
        stack.stop()


def _system_suite(
    part: Part, settings: Settings, report: Path, extra: list[str]
) -> None:
    stack = Stack(settings, durable=False)
    stack.prepare_folder()
    try:
        stack.cluster.start()
        stack.drop_database()
        stack.start()
        _pytest(
            stack,
            report,
            *("-p", "no:odoo"),
            *(extra or ["-q", *part.tests, *_left_out(part)]),
            BMASIA_STATE=str(settings.state),
            ODOO_PORT=str(settings.odoo_port),
            INBOX_PORT=str(settings.inbox_port),
            SMTP_PORT=str(settings.smtp_port),
            SMTPS_PORT=str(settings.smtps_port),
            BMASIA_DATABASE=settings.database,
        )
    finally:
        stack.stop()


def _left_out(part: Part) -> list[str]:
    """For pytest: what another part of its suite names, in a folder of this one."""
    return [
        f"--ignore={test}"
        for other in PARTS
        for test in other.tests
        if other is not part and other.suite == part.suite and part.runs(test)
    ]


# Those of tests/ that start servers, databases or installations of their own: together
# they take half as long as what works with the running system.
SERVERS = tuple(
    f"tests/test_{name}.py"
    for name in (
        *("alone", "backup", "database_role", "demo_history"),
        *("first_hour", "first_start", "neutralize", "node_starts", "nodes", "proxy"),
        *("run", "start", "upgrade"),
    )
)
# Those that look at pages at each width in each language; see tests/screens.py.
SCREENS = tuple(
    f"tests/test_{name}.py"
    for name in (
        *("customer_answer", "customer_options", "customer_page", "customer_panels"),
        *("customer_signs", "look", "verify"),
    )
)
# Two at a time, on two processors, end together in this order.
PARTS = (
    Part("system", "servers", _system_suite, SERVERS),
    Part("addons", "crm", _addons_suite, OF_THE_CRM),
    Part("system", "system", _system_suite, ("tests",)),
    Part(
        *("addons", "generic", _addons_suite),
        tuple(f"addons/{name}" for name in GENERIC_ADDONS),
    ),
    # what the demo does not have: the other tests run without it
    Part(
        *("addons", "further", _addons_suite, OF_FURTHER_MODULES),
        (*MODULES, *FURTHER_MODULES),
    ),
    Part("examples", "examples", _examples_suite, (str(EXAMPLES),)),
    Part("core", "core", _core_suite, CORE_TESTS),
)


def main(arguments: list[str]) -> int:
    """One part: its name, then what pytest is told."""
    name, *extra = arguments
    try:
        parts = [part for part in PARTS if part.name == name]
        if not parts:
            names = ", ".join(part.name for part in PARTS)
            raise SetupError(f"no part is called {name}", f"There are: {names}.")
        _run_here(Settings.from_environment(), parts[0], extra)
    except SetupError as error:
        sys.stderr.write(f"\nFAILED: {error.what}\n{error.remedy}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
