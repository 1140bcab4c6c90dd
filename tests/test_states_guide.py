"""``docs/states.md`` draws the tables of transitions, arrow by arrow."""

import re
import runpy

import pytest

from tools.settings import ROOT

GUIDE = (ROOT / "docs" / "states.md").read_text()
TABLES = runpy.run_path(str(ROOT / "bmasia_crm" / "tools" / "transitions.py"))


@pytest.mark.parametrize("kind", ["quote", "contract", "invoice"])
def test_the_guide_draws_every_move_and_no_other(kind):
    section = GUIDE.split(f"## {kind.capitalize()}\n")[1].split("\n## ")[0]
    drawn = set(re.findall(r"(\w+) --> (\w+):", section))
    assert drawn == set(TABLES[f"{kind.upper()}_MOVES"])
