"""What ``./run test`` counts and prints."""

import json
import os
import subprocess
import sys

import pytest

from tools.released import addon_folders
from tools.settings import EXAMPLES, ROOT, Settings
from tools.suites import DAILY, PARTS, Part, Result, _run_parts, _table, covered_by

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
    assert result["lines"].keys() == files.keys()
    assert result["lines"][path] > len(files[path])
    assert covered_by([result]) == pytest.approx(result["percent"])


def test_a_line_that_ran_in_one_part_is_covered():
    first = {"lines": {"a.py": 4, "b.py": 4}, "files": {"a.py": [1, 2], "b.py": []}}
    second = {"lines": {"a.py": 4}, "files": {"a.py": [2, 3, 4]}}
    assert covered_by([first]) == 75
    assert covered_by([first, second]) == covered_by([second, first]) == 87.5


def test_each_test_runs_in_one_part_of_the_daily_ones():
    """What lies in a folder that no part names would never run again."""
    places = [
        ROOT / path for part in PARTS if part.suite in DAILY for path in part.tests
    ]
    for folder in [*addon_folders().values(), ROOT / "tests", EXAMPLES]:
        assert places.count(folder) == 1, folder


def test_a_part_that_breaks_is_a_failure_and_its_output_is_shown(tmp_path, capfd):
    parts = [Part("addons", name, print, ()) for name in ("not there", "nor this")]
    own = Settings(tmp_path)
    (tmp_path / "log").mkdir()
    results = dict(_run_parts(own, parts, []))
    assert [results[part].failed for part in parts] == [1, 1]
    shown = capfd.readouterr().out
    for part in parts:
        assert f"-- {part.name}\n" in shown
        assert f"no part is called {part.name}" in shown


def test_the_table_shows_what_was_covered():
    addons = Result("addons", 20, 1, 0, 61.4, 93.24)
    lines = _table([addons, Result("system", 5, 0, 0, 9.0)]).splitlines()
    assert lines[1].split()[-1] == "coverage"
    assert lines[2].split() == ["addons", "20", "1", "0", "61", "93.2", "%"]
    assert lines[3].split() == ["system", "5", "0", "0", "9"]
    assert lines[-1] == "24 passed, 1 failed, 0 skipped"


def test_a_suite_without_a_report_has_failed(tmp_path):
    result = Result.read("addons", tmp_path / "none.xml", 1.0)
    assert result.failed == 1
    assert _table([result]).splitlines()[-1] == "0 passed, 1 failed, 0 skipped"
