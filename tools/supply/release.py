"""``./run release``: whether the version may be tagged, its notes, and the commands.

The commit of a release is recorded in ``config/released.json`` by the commit after it,
which changes nothing else; the tag goes on that one, so that it covers the record.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.errors import SetupError
from tools.released import (
    Release,
    addon_folders,
    describe,
    extract,
    project_version,
    read_releases,
)
from tools.settings import ROOT, Settings

COMMANDS = """
The notes are in {notes}. Sign and publish:

    git tag -s {tag} -F {notes} --cleanup=verbatim
    git push origin {tag}

A reader verifies:

    git verify-tag {tag}
    ./run release --verify FOLDER
"""


def notes_of(changelog: str, version: str) -> str:
    r"""What the changelog says about a version, without its heading.

    :returns: empty: nothing

    >>> text = "# Changelog\n\n## 2.0\n\n- new\n\n## 1.0\n\n- first\n"
    >>> notes_of(text, "2.0"), notes_of(text, "1.0"), notes_of(text, "0")
    ('- new', '- first', '')
    """
    heading = rf"^## {re.escape(version)}$\n(.*?)(?=^## |\Z)"
    found = re.search(heading, changelog, re.MULTILINE | re.DOTALL)
    return found.group(1).strip() if found else ""


def released_as(version: str, releases: list[Release]) -> Release | None:
    """The newest release in the record of which all addons have a version."""
    for release in reversed(releases):
        if {addon["version"] for addon in release["addons"].values()} == {version}:
            return release
    return None


def problems(version: str, release: Release | None, root: Path = ROOT) -> list[str]:
    """What keeps the current commit from being tagged, in sentences.

    :param version: of ``pyproject.toml``
    :param release: what is recorded of it
    """
    found = []
    if _git(root, "status", "--porcelain"):
        found.append("The tree has changes that are not committed: git status")
    if _git(root, "tag", "--list", f"v{version}"):
        found.append(f"The tag v{version} exists; a published one is never moved.")
    if not notes_of((root / "CHANGELOG.md").read_text(), version):
        found.append(f"CHANGELOG.md has no section {version}, or an empty one.")
    if release is None:
        found.append(
            f"config/released.json has no release {version}; once its commit is "
            "final: python -m tools.released --add COMMIT"
        )
        return found
    return found + _against_record(release, root)


def _against_record(release: Release, root: Path) -> list[str]:
    commit = release["commit"]
    found = []
    if describe(root) != release["addons"]:
        found.append(
            f"The addons are not those of the recorded commit {commit[:7]}: they need "
            "another version."
        )
    try:
        _git(root, "merge-base", "--is-ancestor", commit, "HEAD")
    except subprocess.CalledProcessError:
        return [*found, f"The recorded commit {commit[:7]} is not in this branch."]
    with tempfile.TemporaryDirectory() as folder:
        extract(commit, Path(folder))
        if describe(Path(folder)) != release["addons"]:
            found.append(f"The record of {commit[:7]} is not what its commit holds.")
    return found


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def verify(folder: Path, releases: list[Release]) -> list[str]:
    """Where the addons in a folder are not those of the release that they call
    themselves, in sentences.

    :param folder: a source tree, or one with the folder ``addons``, as in the image
    """
    found = []
    for name, addon in describe(folder).items():
        release = released_as(addon["version"], releases)
        recorded = release and release["addons"].get(name)
        if not recorded:
            found.append(f"{name} {addon['version']} is in no release.")
        elif recorded != addon:
            found.append(f"{name} is not the one of release {addon['version']}.")
    return found


def run_release(settings: Settings, arguments: list[str]) -> int:
    """Check the version, write its notes, and say how it is tagged; or verify a folder.

    :param tools.settings.Settings settings: for the state folder
    :param list[str] arguments: none, or ``--verify`` and a folder
    :returns: 1 where something is in the way, or another than released
    :rtype: int
    :raises tools.errors.SetupError: a folder without addons, or no git clone
    """
    releases = read_releases()
    if arguments[:1] == ["--verify"]:
        return _run_verify(Path(*arguments[1:]), releases)
    if not (ROOT / ".git").exists():
        raise SetupError(f"{ROOT} is no clone", "A release is made in a git clone.")
    version = project_version(ROOT)
    found = problems(version, released_as(version, releases), ROOT)
    if found:
        sys.stderr.write("".join(f"{line}\n" for line in found))
        return 1
    notes = settings.state / f"release-notes-{version}.md"
    changelog = (ROOT / "CHANGELOG.md").read_text()
    text = f"BMAsia CRM {version}\n\n{notes_of(changelog, version)}\n"
    notes.write_text(text)
    sys.stdout.write(COMMANDS.format(notes=notes, tag=f"v{version}"))
    return 0


def _run_verify(folder: Path, releases: list[Release]) -> int:
    addons = addon_folders(folder)
    if not addons:
        raise SetupError(
            f"no addon of ours lies in {folder}", "Name the folder above addons/."
        )
    found = verify(folder, releases)
    if found:
        sys.stderr.write("".join(f"{line}\n" for line in found))
        return 1
    sys.stdout.write(f"{len(addons)} addons, as released.\n")
    return 0
