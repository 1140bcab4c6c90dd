"""A version is tagged once everything says it, and a reader can verify it."""

import doctest
import json
import subprocess

import pytest

from tools import released
from tools.errors import SetupError
from tools.released import describe, extract, read_releases
from tools.settings import ROOT, Settings
from tools.supply import release
from tools.supply.release import problems, released_as, verify

VERSION = "19.0.9.0.0"


def git(tree, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    command = ["git", *identity, "-c", "commit.gpgsign=false", *arguments]
    return subprocess.check_output(command, cwd=tree, text=True).strip()


def commit(tree):
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "step")
    return git(tree, "rev-parse", "HEAD")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A clone with a version that is released and recorded."""
    folder = tmp_path / "clone"
    addon = folder / "addons" / "sample"
    addon.mkdir(parents=True)
    (addon / "__manifest__.py").write_text(f'{{\n    "version": "{VERSION}",\n}}\n')
    (folder / "pyproject.toml").write_text(f'[project]\nversion = "{VERSION}"\n')
    (folder / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## {VERSION}\n\n- **New**: this\n\n## 19.0.8.0.0\n\n- that\n"
    )
    git(tmp_path, "init", "-q", "clone")
    record = [{"commit": commit(folder), "addons": describe(folder)}]
    (folder / "config").mkdir()
    (folder / "config" / "released.json").write_text(json.dumps(record))
    commit(folder)
    for module in (released, release):
        monkeypatch.setattr(module, "ROOT", folder)
    monkeypatch.setattr(released, "RECORD", folder / "config" / "released.json")
    return folder


def found(tree, version=VERSION):
    record = json.loads((tree / "config" / "released.json").read_text())
    return problems(version, released_as(version, record), tree)


def test_nothing_is_in_the_way(tree):
    assert found(tree) == []


def test_a_tree_with_changes_is_not_tagged(tree):
    (tree / "more.txt").write_text("")
    assert [line[:20] for line in found(tree)] == ["The tree has changes"]


def test_a_tag_is_made_once(tree):
    git(tree, "tag", f"v{VERSION}")
    assert found(tree) == [
        f"The tag v{VERSION} exists; a published one is never moved."
    ]


def test_a_version_has_notes_and_a_record(tree):
    first, second = found(tree, "19.0.9.1.0")
    assert first == "CHANGELOG.md has no section 19.0.9.1.0, or an empty one."
    assert "has no release 19.0.9.1.0" in second


def test_what_is_recorded_is_what_the_commit_holds(tree):
    path = tree / "config" / "released.json"
    path.write_text(path.read_text().replace('"digest": "', '"digest": "0'))
    commit(tree)
    first, second = found(tree)
    assert first.startswith("The addons are not those of the recorded commit ")
    assert second.endswith("is not what its commit holds.")


def test_what_changed_after_the_record_is_not_tagged(tree):
    (tree / "addons" / "sample" / "more.py").write_text("")
    commit(tree)
    (problem,) = found(tree)
    assert problem.startswith("The addons are not those of the recorded commit ")


def test_a_commit_of_another_branch_is_not_tagged(tree):
    git(tree, "checkout", "-q", "--orphan", "other")
    commit(tree)
    (problem,) = found(tree)
    assert problem.endswith("is not in this branch.")


def test_notes_are_written_and_the_commands_told_not_run(tree, tmp_path, capsys):
    assert release.run_release(Settings(tmp_path), []) == 0
    notes = tmp_path / f"release-notes-{VERSION}.md"
    assert notes.read_text() == f"BMAsia CRM {VERSION}\n\n- **New**: this\n"
    said = capsys.readouterr().out
    assert f"git tag -s v{VERSION} -F {notes} --cleanup=verbatim\n" in said
    assert f"git verify-tag v{VERSION}" in said
    assert git(tree, "tag") == ""


def test_the_notes_are_the_message_of_the_tag(tree, tmp_path):
    """As ``git tag`` takes them, but for the signature, which needs a key."""
    release.run_release(Settings(tmp_path), [])
    notes = tmp_path / f"release-notes-{VERSION}.md"
    git(tree, "tag", "-a", "v1", "-F", str(notes), "--cleanup=verbatim")
    assert git(tree, "tag", "-l", "--format=%(contents)") == notes.read_text().strip()


def test_what_is_in_the_way_is_said(tree, tmp_path, capsys):
    (tree / "more.txt").write_text("")
    assert release.run_release(Settings(tmp_path), []) == 1
    assert "git status" in capsys.readouterr().err
    assert not list(tmp_path.glob("release-notes*"))


def test_the_addons_of_a_release_are_known_again(tmp_path, capsys):
    newest = read_releases()[-1]
    extract(newest["commit"], tmp_path)
    assert verify(tmp_path, read_releases()) == []
    assert release.run_release(Settings(ROOT), ["--verify", str(tmp_path)]) == 0
    assert f"{len(newest['addons'])} addons, as released." in capsys.readouterr().out
    changed = next(tmp_path.glob("addons/mail_delivery/models/*.py"))
    changed.write_text(changed.read_text() + "\n")
    (problem,) = verify(tmp_path, read_releases())
    assert problem.startswith("mail_delivery is not the one of release 19.0.")
    assert release.run_release(Settings(ROOT), ["--verify", str(tmp_path)]) == 1


def test_what_was_never_released_is_said(tmp_path):
    addon = tmp_path / "addons" / "sample"
    addon.mkdir(parents=True)
    (addon / "__manifest__.py").write_text('{"version": "19.0.99.0.0"}')
    assert verify(tmp_path, read_releases()) == ["sample 19.0.99.0.0 is in no release."]


def test_a_folder_without_addons_is_named(tmp_path):
    with pytest.raises(SetupError, match="no addon of ours lies in"):
        release.run_release(Settings(ROOT), ["--verify", str(tmp_path)])


def test_every_release_with_one_version_has_notes():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    versions = [
        {addon["version"] for addon in each["addons"].values()}
        for each in read_releases()
    ]
    single = [names.pop() for names in versions if len(names) == 1]
    assert len(single) >= 2
    assert [v for v in single if not release.notes_of(changelog, v)] == []


def test_the_examples_hold():
    result = doctest.testmod(release)
    assert result.attempted and not result.failed
