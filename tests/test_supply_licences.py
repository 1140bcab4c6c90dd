"""Every locked package is under a licence that goes with LGPL-3."""

import ast
import doctest
import re

import pytest

from tools.released import addon_folders
from tools.settings import ROOT, Settings
from tools.supply import licences
from tools.supply.licences import is_spdx, may_use, rules, told
from tools.supply.locks import DEVELOPMENT, SHIPPED, read_lock


def test_every_licence_is_known_and_goes_with_ours():
    assert licences.problems() == []


@pytest.mark.parametrize(
    ("lock", "name", "expression", "said"),
    [
        (SHIPPED, "lxml", "AGPL-3.0-only", "AGPL-3.0-only, which does not go"),
        (SHIPPED, "lxml", "GPL-3.0-or-later", "GPL-3.0-or-later, which does not go"),
        (SHIPPED, "lxml", "MIT AND GPL-2.0-only", "GPL-2.0-only, which does not go"),
        (SHIPPED, "lxml", "", "unknown licence"),
        (DEVELOPMENT, "pytest", "GPL-2.0-only", "GPL-2.0-only, which does not go"),
        (DEVELOPMENT, "pytest", "", "unknown licence"),
    ],
)
def test_one_that_does_not_is_named(monkeypatch, lock, name, expression, said):
    known = licences.licence
    monkeypatch.setattr(
        licences, "licence", lambda n: expression if n == name else known(n)
    )
    (problem,) = licences.problems()
    assert problem.startswith(f"{lock}: {name} ")
    assert said in problem


def test_a_strong_copyleft_is_for_development_only():
    strong = ("AGPL-3.0-only", "AGPL-3.0-or-later", "GPL-2.0-or-later")
    for expression in strong:
        assert not may_use(expression, rules()["shipped"])
        assert may_use(expression, rules()["development"])
    shipped = {package.name for package in read_lock(SHIPPED)}
    assert not {"pytest-odoo", "odoo-addon-contract", "pylint-odoo"} & shipped


def stands_on(addon):
    """The addons that one names in its manifest or imports, tests left out."""
    folder = addon_folders()[addon]
    named = set(ast.literal_eval((folder / "__manifest__.py").read_text())["depends"])
    for path in folder.rglob("*.py"):
        if "tests" not in path.relative_to(folder).parts:
            named |= set(re.findall(r"odoo\.addons\.(\w+)", path.read_text()))
    return named - {addon}


def test_only_a_bridge_stands_on_an_addon_that_we_do_not_deliver():
    shipped = {package.name for package in read_lock(SHIPPED)}
    apart = {p.name for p in read_lock(DEVELOPMENT)} - shipped
    apart = {name for name in apart if name.startswith("odoo-addon-")}
    assert "odoo-addon-queue-job" in apart
    bridges = rules()["bridges"]
    for addon in addon_folders():
        found = {f"odoo-addon-{name.replace('_', '-')}" for name in stands_on(addon)}
        allowed = {bridges[addon]} if addon in bridges else set()
        assert found & apart == allowed, addon


def test_nothing_of_ours_stands_on_a_bridge():
    for addon in addon_folders():
        assert not stands_on(addon) & rules()["bridges"].keys(), addon


def test_a_choice_of_licences_is_enough():
    assert licences.licence("pyphen").startswith("GPL-2.0-or-later OR ")
    assert may_use(licences.licence("pyphen"), rules()["shipped"])


def test_our_list_is_in_the_words_of_spdx():
    for key in ("shipped", "development"):
        assert [each for each in rules()[key] if not is_spdx(each)] == []
    assert [e for e in rules()["packages"].values() if not is_spdx(e)] == []


def test_a_row_of_ours_is_needed():
    """Of a locked package that does not say it itself."""
    locked = {package.name for package in read_lock(DEVELOPMENT)}
    assert rules()["packages"].keys() <= locked
    assert [name for name in rules()["packages"] if told(name)] == []


def test_the_list_has_each_package_with_its_licence(capsys):
    assert licences.run_licences(Settings(ROOT)) == 0
    rows = capsys.readouterr().out.splitlines()
    packages = read_lock(DEVELOPMENT)
    assert [row.split()[:2] for row in rows] == [[p.name, p.version] for p in packages]
    (row,) = [row for row in rows if row.startswith("pytest-odoo ")]
    assert row.split()[2:] == ["AGPL-3.0-only", "development"]
    (row,) = [row for row in rows if row.startswith("weasyprint ")]
    assert row.split()[2:] == ["BSD-3-Clause"]


def test_the_command_fails_with_a_licence_that_is_unknown(monkeypatch, capsys):
    monkeypatch.setattr(licences, "licence", lambda _name: "")
    assert licences.run_licences(Settings(ROOT)) == 1
    assert "lxml has an unknown licence" in capsys.readouterr().err


def test_the_examples_hold():
    result = doctest.testmod(licences)
    assert result.attempted and not result.failed
