"""``docs/law.md`` names every source of law that the code names."""

import re

from tools.settings import ROOT

PAGE = (ROOT / "docs" / "law.md").read_text()
CODE = [
    path
    for suffix in ("py", "xml")
    for path in (ROOT / "bmasia_crm").rglob(f"*.{suffix}")
    if not {"tests", "migrations"} & set(path.parts)
]
NUMBER = r"\d+(?:/\d+)?(?: (?:bis|tredecim))?"
SECTIONS = re.compile(rf"[Ss]ections? ({NUMBER}(?:(?:, | and ){NUMBER})*)")
ORDERS = re.compile(r"\b(?:Tor )?Por\. \d+/\d+|\bVAT no\. \d+|\bBR-[A-Z]+-\d+")


def sources(text):
    """The sections, orders and notifications that a text names."""
    flat = re.sub(r"\s+", " ", re.sub(r"\(\w+\)", "", text))
    lists = SECTIONS.findall(flat)
    found = {number for each in lists for number in re.findall(NUMBER, each)}
    return found | set(ORDERS.findall(flat))


def test_the_page_names_every_source_of_the_code():
    named = {path.name: sources(path.read_text()) for path in CODE}
    assert sum(bool(found) for found in named.values()) > 10
    missing = {
        (name, source)
        for name, found in named.items()
        for source in found - sources(PAGE)
    }
    assert not missing


def test_every_row_names_where_and_asks():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    empty = [row for row in rows if re.search(r"\|\s*\|", row)]
    assert len(rows) > 30
    assert not empty


def test_sources_are_read_as_the_code_writes_them():
    text = "sections 3\ntredecim and 50 of the Code; section 78(1); Por. 86/2542"
    assert sources(text) == {"3 tredecim", "50", "78", "Por. 86/2542"}
