"""The documentation shows every picture that ``./run pictures`` makes."""

import re

from tools.settings import ROOT

PAGE = (ROOT / "docs" / "gallery.md").read_text()


def test_every_picture_is_shown_once_with_words_for_it():
    shown = re.findall(
        r'<img src="gallery/([\w-]+)\.png" width="49%" alt="[^"]+">', PAGE
    )
    made = [file.stem for file in (ROOT / "docs" / "gallery").glob("*.png")]
    assert sorted(shown) == sorted(made)


def test_every_document_that_the_command_prints_is_there():
    code = (ROOT / "tools" / "gallery_job.py").read_text()
    named = set(re.findall(r'"([a-z0-9-]+)", (?:self|reports|thai)[.\w]*\(', code))
    assert len(named) >= 8
    assert not [name for name in named if f"gallery/{name}.png" not in PAGE]


def test_every_picture_of_a_page_is_made_by_the_command():
    pages = "".join(
        path.read_text() for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))
    )
    shown = set(re.findall(r"pictures/([\w-]+)\.png", pages))
    kept = {file.stem for file in (ROOT / "docs" / "pictures").glob("*.png")}
    assert shown == kept
    code = "".join(path.read_text() for path in ROOT.glob("tools/pictures*.py"))
    assert {name for name in shown if f'"{name}"' not in code} == set()
