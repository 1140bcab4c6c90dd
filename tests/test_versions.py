"""A database is upgraded by version: what changes needs a new one."""

from pathlib import Path

import pytest

from tools.errors import SetupError
from tools.released import (
    addon_digest,
    addon_folders,
    addon_version,
    extract,
    read_record,
)

RELEASED = read_record()


def number(version):
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize("name", sorted(addon_folders()))
def test_an_addon_that_changed_since_the_release_has_a_new_version(name):
    folder, released = addon_folders()[name], RELEASED["addons"].get(name)
    if released is None or addon_digest(folder) == released["digest"]:
        return  # databases of the release do not know it, or it is the same
    assert number(addon_version(folder)) > number(released["version"]), (
        f"{name} changed since the release {RELEASED['commit'][:7]}, but still calls "
        f"itself {released['version']}: databases of that release would keep its old "
        "views and fields. Raise the version in its __manifest__.py."
    )


def test_the_record_is_what_the_command_writes(tmp_path):
    extract(RELEASED["commit"], tmp_path)
    assert RELEASED["addons"] == {
        name: {"version": addon_version(path), "digest": addon_digest(path)}
        for name, path in addon_folders(tmp_path).items()
    }


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
