"""``docs/states.md`` draws the tables of transitions, arrow by arrow."""

import ast
import re

import pytest

from tools.settings import ROOT

GUIDE = (ROOT / "docs" / "states.md").read_text()
MODELS = ROOT / "bmasia_crm" / "models"


def tables():
    """Old and new state of every transition, by kind of document: each table that a
    model's file has, as ``QUOTE_TRANSITIONS``."""
    found = {}
    for path in sorted(MODELS.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign):
                name = ast.unparse(node.targets[0])
                if name.endswith("_TRANSITIONS"):
                    found[name.removesuffix("_TRANSITIONS")] = _arrows(node.value)
    return found


def _arrows(table):
    return {ast.literal_eval(key) for key in table.keys}


def test_every_kind_with_states_is_found():
    assert {"QUOTE", "CONTRACT", "INVOICE"} <= tables().keys()


@pytest.mark.parametrize("kind", tables())
def test_the_guide_draws_every_transition_and_no_other(kind):
    title = kind.replace("_", " ").capitalize()
    section = GUIDE.split(f"## {title}\n")[1].split("\n## ")[0]
    drawn = set(re.findall(r"(\w+) --> (\w+):", section))
    assert drawn == tables()[kind]
