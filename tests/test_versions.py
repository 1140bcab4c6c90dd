"""A database is upgraded by version: what changes needs a new one, the same for all."""

import shutil
from pathlib import Path

import pytest

from tools.errors import SetupError
from tools.released import (
    addon_digest,
    addon_folders,
    describe,
    extract,
    problems,
    project_version,
    read_releases,
    set_version,
)
from tools.settings import ROOT

RELEASES = read_releases()


@pytest.fixture
def copy(tmp_path):
    """A source tree with the project's version and two addons, and its release."""
    for name in ("pyproject.toml", "addons/encrypted_field", "addons/mail_user_smtp"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, path)
        else:
            shutil.copy(ROOT / name, path)
    set_version("19.0.5.0.0", tmp_path)
    return tmp_path, {"commit": "0" * 40, "addons": describe(tmp_path)}


def test_the_versions_are_right():
    assert problems(RELEASES[-1]) == []


def test_an_addon_that_changed_needs_a_new_version(copy):
    root, release = copy
    assert problems(release, root) == []
    (root / "addons/encrypted_field/fields.py").write_text("changed")
    (found,) = problems(release, root)
    assert "encrypted_field changed since the release 0000000" in found
    set_version("19.0.5.1.0", root)
    assert problems(release, root) == []
    set_version("19.0.4.9.9", root)
    assert len(problems(release, root)) == 2  # a manifest counts, too


def test_every_addon_carries_the_version_of_the_project(copy):
    root, release = copy
    assert project_version(root) == "19.0.5.0.0"
    project = root / "pyproject.toml"
    project.write_text(project.read_text().replace("19.0.5.0.0", "19.0.6.0.0"))
    found = problems(release, root)
    assert len(found) == 2
    assert found[0] == (
        "encrypted_field calls itself 19.0.5.0.0, pyproject.toml 19.0.6.0.0."
    )


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r["commit"][:7])
def test_the_record_is_what_the_command_writes(tmp_path, release):
    extract(release["commit"], tmp_path)
    assert release["addons"] == describe(tmp_path)


def test_releases_are_recorded_oldest_first():
    versions = [
        [int(part) for part in release["addons"]["bmasia_crm"]["version"].split(".")]
        for release in RELEASES
    ]
    assert len(versions) > 1
    assert versions == sorted(versions)


def test_a_change_of_anything_but_tests_counts(tmp_path):
    def put(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return addon_digest(tmp_path)

    first = put("models/order.py", "a")
    assert put("tests/test_order.py", "a") == first
    assert put("models/__pycache__/order.pyc", "a") == first
    others = [
        put("models/order.py", "b"),
        put("i18n/th.po", "a"),
        put("static/src/order.js", "a"),
    ]
    assert len({first, *others}) == 4


def test_a_clone_without_the_commit_says_how_to_get_it():
    with pytest.raises(SetupError, match="git fetch --unshallow"):
        extract("0" * 40, Path("/nowhere"))


def test_the_addons_are_found():
    assert {"bmasia_crm", "mail_delivery"} <= addon_folders().keys()
