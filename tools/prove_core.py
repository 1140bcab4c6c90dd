"""``./run prove-core``: on plain Odoo, each test of a core defect fails.

The tests tagged ``core_defect`` say what our addons mend. Here they run on a database
with nothing but Odoo's own mail and Gmail sign-in; one that passes there accuses core
wrongly.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tools.errors import SetupError
from tools.progress import step
from tools.settings import ROOT, Settings
from tools.stack import Stack

TESTS = (
    "addons/mail_delivery/tests/test_core_defects.py",
    "addons/mail_user_smtp/tests/test_core_defects.py",
)


def prove_core(settings: Settings) -> int:
    """Run them and print what core does instead.

    :param tools.settings.Settings settings: of the normal installation
    :returns: 0 when every one of them fails
    :rtype: int
    """
    own = settings.apart("prove")
    stack = Stack(own, durable=False)
    stack.prepare_folder()
    report = own.state / "core.xml"
    report.unlink(missing_ok=True)
    try:
        with step("Plain Odoo with its mail"):
            stack.cluster.start()
            stack.write_configuration()
            stack.drop_database()
            stack.install(["mail", "google_gmail"])
        with step("The tests of core defects"):
            _run(stack, report)
    finally:
        stack.stop()
    return _judge(report)


def _run(stack: Stack, report: Path) -> None:
    command = [
        *(sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"),
        *(f"--odoo-database={stack.settings.database}", "--odoo-log-level=critical"),
        *TESTS,
    ]
    subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **stack.environment},
        stdout=subprocess.DEVNULL,
        check=False,
    )


def _judge(report: Path) -> int:
    if not report.exists():
        raise SetupError("the tests did not run", "Try: ./run test addons")
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    passing = 0
    for case in cases:
        failure = case.find("failure")
        passing += failure is None
        why = "PASSES ON PLAIN ODOO"
        if failure is not None:
            why = failure.get("message", "it fails")
        sys.stdout.write(f"\n{case.get('name')}\n    {why.splitlines()[0][:150]}\n")
    failing = len(cases) - passing
    sys.stdout.write(f"\n{failing} of {len(cases)} fail on plain Odoo\n")
    return int(not cases or passing > 0)
