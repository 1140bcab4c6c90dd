"""What ``./run test`` counts and prints."""

import doctest
import json
import os
import re
import subprocess
import sys
import types
from datetime import date

import freezegun
import pytest

from tests import screens
from tools import suites
from tools.freeze_plugin import names_of
from tools.released import addon_folders, read_releases
from tools.settings import EXAMPLES, FURTHER_MODULES, MODULES, ROOT, Settings
from tools.suites import (
    DAILY,
    PARTS,
    SCREENS,
    Part,
    Result,
    _left_out,
    _named,
    _run_parts,
    _table,
    covered_by,
)

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


def test_a_stopped_clock_reaches_what_a_module_gets_later(monkeypatch):
    monkeypatch.setattr(freezegun.api, "_get_module_attributes_hash", names_of)
    module = types.ModuleType("of_a_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with freezegun.freeze_time("2020-02-29"):
        pass
    module.day = date
    with freezegun.freeze_time("2020-02-29"):
        assert module.day.today() == date(2020, 2, 29)
    assert module.day is date


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
    files = [place for place in places if place.suffix]
    assert files
    for file in files:
        assert file.exists() and places.count(file) == 1, file


def test_what_one_part_names_another_of_its_suite_leaves_out():
    servers, system = (part for part in PARTS if part.suite == "system")
    assert _left_out(system) == [f"--ignore={test}" for test in servers.tests]
    assert _left_out(servers) == []


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("addons/bmasia_payment/tests/test_money.py::TestMoney", "further"),
        ("addons/bmasia_queue/tests/test_print_batch.py::TestPrintBatch", "further"),
        ("addons/document_flow/tests", "generic"),
        ("bmasia_crm/tests/test_totals.py", "crm"),
        ("-q", "crm"),
    ],
)
def test_a_test_that_is_named_runs_where_its_addon_is_installed(argument, name):
    parts = [part for part in PARTS if part.suite == "addons"]
    assert _named(parts, ["-x", argument]).name == name


def test_what_the_demo_lacks_is_in_no_other_database():
    for part in PARTS:
        has_further = bool({*FURTHER_MODULES} & {*part.modules})
        assert has_further == (part.name == "further")
    assert not {*FURTHER_MODULES} & {*MODULES}


def upgrades(chosen):
    """Which releases each test of ``test_upgrade.py`` runs on.

    :param str chosen: the variable ``UPGRADE_FROM``
    :returns: ``{test: {release}}``
    """
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:odoo"),
            *("--collect-only", "--noconftest", "tests/test_upgrade.py"),
        ],
        cwd=ROOT,
        env={**os.environ, "UPGRADE_FROM": chosen},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    found = {}
    for test, release in re.findall(r"::(\w+)\[(\w+)\]", done.stdout):
        found.setdefault(test, set()).add(release)
    return found


def test_the_newest_release_is_upgraded_daily():
    releases = [release["commit"][:7] for release in read_releases()]
    daily = upgrades("").values()
    assert daily and all(found == set(releases[-1:]) for found in daily)


def test_soak_upgrades_all_releases(monkeypatch):
    asked = {}

    def run_tests(_settings, arguments):
        asked.update(dict.fromkeys(arguments, os.environ.get("UPGRADE_FROM")))
        return 0

    monkeypatch.setattr(os, "environ", dict(os.environ))  # it sets some for its tests
    monkeypatch.setattr(suites, "run_tests", run_tests)
    monkeypatch.setattr(suites, "run_mutate", lambda _settings, _words: 0)
    assert suites.run_soak(Settings(ROOT)) == 0
    found = upgrades(asked["tests/test_upgrade.py"])
    releases = [release["commit"][:7] for release in read_releases()]
    assert found.pop("test_next_ids_are_free_in_the_tables_that_moved") == set(
        releases[:2]
    )
    assert found.keys() > upgrades("").keys()
    assert found["test_definitions_are_those_of_a_new_database"] == set(releases)


def test_soak_breaks_machines_and_nobody_else_does(monkeypatch):
    asked = {}

    def run_tests(_settings, arguments):
        asked.update(dict.fromkeys(arguments, os.environ.get("FAULT_SECONDS")))
        return 0

    environ = {k: v for k, v in os.environ.items() if k != "FAULT_SECONDS"}
    monkeypatch.setattr(os, "environ", environ)
    monkeypatch.setattr(suites, "run_tests", run_tests)
    monkeypatch.setattr(suites, "run_mutate", lambda _settings, _words: 0)
    assert suites.run_soak(Settings(ROOT)) == 0
    seconds = asked["tests/test_faults.py"]
    assert "test_faults" in collected(FAULT_SECONDS=seconds)
    assert "test_faults" not in collected(FAULT_SECONDS="")


def test_every_other_screen_is_looked_at_daily_and_all_by_soak():
    assert doctest.testmod(screens).failed == 0
    views = r"test_a_panel_has_no_findings_and_fits\[([\w ]+)-(\w+)\]"
    every = re.findall(views, collected(*SCREENS))
    daily = re.findall(views, collected("tests"))
    panels, languages = ({pair[n] for pair in every} for n in (0, 1))
    assert len(every) == len(panels) * len(languages) == 2 * len(panels)
    assert set(daily) < set(every)
    assert ({pair[0] for pair in daily}, {pair[1] for pair in daily}) == (
        panels,
        languages,
    )
    assert {path for path in SCREENS if f"{path}::" not in collected(*SCREENS)} == set()


def collected(*paths, **variables):
    """The system tests that would run."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:odoo", "--co"),
            *(paths or ("tests",)),
        ],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


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
