"""What ``./run test`` counts and prints."""

import json
import os
import subprocess
import sys

from tools.settings import ROOT
from tools.suites import Result, _table

TEST = f"""
import odoo.init
import odoo.addons

odoo.addons.__path__ = [*odoo.addons.__path__, {str(ROOT / "addons")!r}]

from odoo.addons.mail_delivery.tools import backoff


def test_nothing():
    assert backoff
"""


def test_the_lines_that_ran_are_counted(tmp_path):
    file, report = tmp_path / "test_import.py", tmp_path / "coverage.json"
    file.write_text(TEST)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:odoo"),
            *("-p", "tools.coverage_plugin", "--noconftest", str(file)),
        ],
        cwd=ROOT,
        env={**os.environ, "BMASIA_COVERAGE": str(report)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    result = json.loads(report.read_text())
    files = result["files"]
    path = "addons/mail_delivery/tools/backoff.py"
    lines = (ROOT / path).read_text().splitlines()
    first = next(n for n, line in enumerate(lines, 1) if line.startswith("def "))
    assert files[path] and first not in files[path]  # defined, and never called
    assert files["bmasia_crm/models/bmasia_quote.py"]  # imported by nobody
    assert not [name for name in files if "/tests/" in name or "/migrations/" in name]
    assert 0 < result["percent"] < 50


def test_the_table_shows_what_was_covered():
    addons = Result("addons", 20, 1, 0, 61.4, 93.24)
    lines = _table([addons, Result("system", 5, 0, 0, 9.0)]).splitlines()
    assert lines[1].split()[-1] == "coverage"
    assert lines[2].split() == ["addons", "20", "1", "0", "61", "93.2", "%"]
    assert lines[3].split() == ["system", "5", "0", "0", "9"]
    assert lines[-1] == "24 passed, 1 failed, 0 skipped"


def test_a_suite_without_a_report_has_failed(tmp_path):
    assert Result.read("addons", tmp_path / "none.xml", 1.0).failed == 1
