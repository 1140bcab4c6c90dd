"""The guides begin with the day's jobs, and say what the screens say."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location

import polib
import pytest

from tools.released import addon_folders
from tools.settings import ROOT


def engine(path):
    """A module of an addon that needs no Odoo, without the addon."""
    spec = spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


guides = engine(ROOT / "bmasia_crm" / "tools" / "guides.py")

# Odoo's own words, formats of files, and what is printed
CORE = {
    *("settings", "users", "allowed companies", "actions", "apps", "record rules"),
    *("permissions", "customer account", "general settings", "users & companies"),
    *("incoming mail servers", "mail template editor", "strict", "bmasia rest"),
    *("csv", "pdf", "xlsx", "per day", "per year, with a code"),
    *("accounts receivable (usd)", "bank (usd)", "advance payment", "substitute no. 1"),
}
TODO = re.compile(r'\bTodo\(\n\s+"\w+",\n\s+_lt\("([^"]+)"\)')
JOBS = re.compile(r"^# .*?^## (.*?)$(.*?)^##", re.MULTILINE | re.DOTALL)


def page(name):
    return (guides.FOLDER / f"{name}.md").read_text()


def words_of_the_screens():
    """What stands on the screens of all addons, in small letters."""
    texts = set()
    for folder in addon_folders().values():
        for path in folder.glob("i18n/*.pot"):
            for entry in polib.pofile(str(path)):
                text = re.sub(r"<[^>]+>", "", entry.msgid)
                texts.add(re.sub(r"\s+", " ", text).strip(" .…:\n").lower())
    return texts


SCREENS = words_of_the_screens() | CORE


def is_on_a_screen(words):
    """As a whole, or as a field and what is chosen there."""
    return {words.strip(" .…").lower()} <= SCREENS or all(
        part.strip(" .…").lower() in SCREENS for part in words.split(": ")
    )


@pytest.mark.parametrize("name", guides.ROLES)
def test_a_guide_begins_with_the_jobs_of_the_day(name):
    heading, jobs = JOBS.search(page(name)).groups()
    assert heading == "The day's jobs"
    assert re.search(r"^!\[[^\]]+\]\(pictures/[\w-]+\.png\)$", jobs, re.MULTILINE)
    assert len(re.findall(r"^\| (?!---)", jobs, re.MULTILINE)) > 5
    assert len(re.findall(r"^!\[", page(name), re.MULTILINE)) >= 3


@pytest.mark.parametrize("name", guides.ROLES)
def test_menus_and_buttons_are_written_as_on_the_screen(name):
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", page(name))
    named = re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*)", re.sub(r"\s+", " ", text))
    parts = {part for words in named for part in words.split(" → ")}
    assert {part for part in parts if not is_on_a_screen(part)} == set()


def test_every_kind_of_work_on_my_day_is_a_job_of_a_guide():
    labels = set()
    for folder in addon_folders().values():
        for path in folder.glob("models/*.py"):
            labels.update(TODO.findall(path.read_text()))
    assert len(labels) > 15
    text = "".join(page(name) for name in guides.ROLES)
    assert {label for label in labels if label not in text} == set()


@pytest.mark.parametrize("name", guides.PAGES)
def test_every_link_leads_to_a_guide_and_its_heading(name):
    guide = guides.read(name)
    for target in re.findall(r'<a href="([^"]+)"', guide.html):
        if "://" not in target:
            there, _sign, anchor = target.partition("#")
            other = guides.read(there or name)
            assert not anchor or anchor in guides.anchors(other), target
    for folder, picture in re.findall(r'<img src="(\w+)/([\w-]+)\.png"', guide.html):
        assert guides.picture(folder, picture), picture


@pytest.mark.parametrize("place", sorted(set(guides.PLACES.values())))
def test_help_leads_to_a_heading(place):
    name, _sign, anchor = place.partition("#")
    assert anchor in guides.anchors(guides.read(name))


def test_the_image_has_the_guides_where_the_addon_looks_for_them():
    dockerfile = (ROOT / "config" / "Dockerfile").read_text()
    addon = re.search(r"^COPY bmasia_crm (\S+)/bmasia_crm$", dockerfile, re.MULTILINE)
    assert f"COPY docs {addon.group(1)}/docs\n" in dockerfile
    assert "docs" not in (ROOT / ".dockerignore").read_text().split()
