"""``./run test``: every suite, then one table.

Three suites: the addons' own tests (pytest-odoo, on a database without demo data),
those of the example addons (on a database that has nothing else of ours but what they
stand on), and ``tests/``, which needs the whole running system. Each works in a folder,
a database and on ports of its own, so that ``./run`` may be up meanwhile.
"""

import json
import os
import random
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, replace
from pathlib import Path

from tools.mutate.run import run_mutate
from tools.progress import step
from tools.settings import EXAMPLES, GENERIC_ADDONS, MODULES, ROOT, Settings
from tools.stack import Stack

# Odoo's own tests of what our addons change: server, mail, composer, gateway, companies
CORE_TESTS = [
    "mail/tests/test_ir_mail_server.py",
    "mail/tests/test_mail_mail.py",
    "mail/tests/test_mail_composer.py",
    "mail/tests/test_fetchmail.py",
    "test_mail/tests/test_mail_mail.py",
    "test_mail/tests/test_mail_composer.py",
    "test_mail/tests/test_mail_gateway.py",
    "test_mail/tests/test_mail_multicompany.py",
]
COVERAGE = ".coverage.json"  # what tools/coverage_plugin.py writes, beside the report
ADDON_TESTS = [
    *(f"addons/{name}" for name in GENERIC_ADDONS),
    "bmasia_crm",
    "addons/bmasia_rest",
]


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
    suites = {
        "addons": _addons_suite,
        "examples": _examples_suite,
        "system": _system_suite,
        "core": _core_suite,
    }
    daily = ["addons", "examples", "system"]
    chosen = [name for name in suites if name in arguments] or daily
    extra = [argument for argument in arguments if argument not in suites]
    own = settings.apart("test")
    results = []
    for name in chosen:
        start = time.monotonic()
        report = own.state / f"{name}.xml"
        coverage = report.with_suffix(COVERAGE)
        for file in (report, coverage):
            file.unlink(missing_ok=True)
        suites[name](own, report, extra)
        result = Result.read(name, report, time.monotonic() - start)
        if coverage.exists():
            percent = json.loads(coverage.read_text())["percent"]
            result = replace(result, covered=percent)
        results.append(result)
    sys.stdout.write(_table(results))
    return int(any(r.failed or r.skipped for r in results))


def run_soak(settings: Settings) -> int:
    """The crash tests, random documents, broken input over REST, all in full size,
    Odoo's own tests of mail, and every rule removed in turn.

    :param tools.settings.Settings settings: of the normal installation
    :returns: 0 when all passed
    :rtype: int
    """
    seed = os.environ.setdefault("CRASH_SEED", str(random.randrange(10**6)))
    sys.stdout.write(f"  CRASH_SEED={seed}\n")
    os.environ.update(CRASH_ROUNDS="25", CRASH_MAILS="200", PROPERTY_EXAMPLES="400")
    crash = "addons/mail_delivery/tests/test_crash.py"
    documents = "bmasia_crm/tests/test_properties.py"
    failed = run_tests(settings, ["addons", "-q", crash, documents])
    os.environ.update(REST_EXAMPLES="50", REST_PHASES="coverage,fuzzing")
    rest = "tests/test_rest.py::test_schemathesis_finds_no_server_error"
    failed = run_tests(settings, ["system", "-q", rest]) or failed
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
    passed = sum(r.tests - r.failed - r.skipped for r in results)
    failed = sum(r.failed for r in results)
    skipped = sum(r.skipped for r in results)
    rows.append(f"\n{passed} passed, {failed} failed, {skipped} skipped\n")
    return "\n".join(rows)


def _pytest(stack: Stack, report: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
    environment = {
        **os.environ,
        **stack.environment,
        "BMASIA_COVERAGE": str(report.with_suffix(COVERAGE)),
    }
    subprocess.call(command, cwd=ROOT, env=environment)


def _addons_suite(settings: Settings, report: Path, extra: list[str]) -> None:
    stack = Stack(settings, durable=False)
    stack.prepare_folder()
    try:
        with step("Database with the addons, no demo"):
            stack.cluster.start()
            stack.write_configuration()
            stack.drop_database()
            stack.install()
        _pytest(
            stack,
            report,
            f"--odoo-database={settings.database}",
            "--odoo-http",
            "--odoo-log-level=error",
            # of a part of the tests it would say nothing
            *(extra or ["-q", "-p", "tools.coverage_plugin", *ADDON_TESTS]),
        )
    finally:
        stack.stop()


def _examples_suite(settings: Settings, report: Path, extra: list[str]) -> None:
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
            *(extra or ["-q", str(EXAMPLES)]),
        )
    finally:
        stack.stop()


def _core_suite(settings: Settings, report: Path, extra: list[str]) -> None:
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
            *(extra or ["-q", *(str(addons / path) for path in CORE_TESTS)]),
        )
    finally:
        stack.stop()


def _system_suite(settings: Settings, report: Path, extra: list[str]) -> None:
    stack = Stack(settings, durable=False)
    stack.prepare_folder()
    try:
        stack.cluster.start()
        stack.drop_database()
        stack.start()
        os.environ.update(
            BMASIA_STATE=str(settings.state),
            ODOO_PORT=str(settings.odoo_port),
            INBOX_PORT=str(settings.inbox_port),
            SMTP_PORT=str(settings.smtp_port),
            SMTPS_PORT=str(settings.smtps_port),
            BMASIA_DATABASE=settings.database,
        )
        _pytest(stack, report, "-p", "no:odoo", *(extra or ["-q", "tests"]))
    finally:
        stack.stop()
