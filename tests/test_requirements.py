"""``docs/requirements.md`` names tests and folders that exist."""

import re

from tools.settings import ROOT

PAGE = (ROOT / "docs" / "requirements.md").read_text()


def test_every_test_that_is_named_exists():
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)
    assert len(named) >= 60
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"\bdef {name}\(", (ROOT / path).read_text())
    ]
    assert missing == []


def test_every_path_that_is_named_exists():
    named = set(re.findall(r"`((?:tools|config|addons|docs|tests)/[\w./]*)`", PAGE))
    assert named
    assert {path for path in named if not (ROOT / path).exists()} == set()
