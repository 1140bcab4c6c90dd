"""The version of the project, and what each addon was at each release.

``pyproject.toml`` names the version; every addon carries the same one, for databases
are upgraded by it.

    python -m tools.released --check          lint: one version, a new one after changes
    python -m tools.released --version 19.0.1.4.0     write it everywhere
    python -m tools.released --add COMMIT     record a commit as the newest release

The record ``config/released.json`` holds version and digest of each addon at each
release, oldest first. ``tests/test_upgrade.py`` upgrades a database of the newest,
in ``./run soak`` of each.
"""

import argparse
import ast
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

from tools.errors import SetupError
from tools.settings import ROOT

RECORD = ROOT / "config" / "released.json"
LEFT_OUT = {"tests", "__pycache__"}  # what no database is made of
VERSION_LINE = re.compile(r'^(\s*"version": |version = )"[\d.]+"', re.MULTILINE)
Release = dict[str, Any]  # {"commit": hash, "addons": {name: {"version", "digest"}}}


def addon_folders(root: Path = ROOT) -> dict[str, Path]:
    """Where our addons are below a source tree."""
    manifests = [
        *root.glob("addons/*/__manifest__.py"),
        *root.glob("*/__manifest__.py"),
    ]
    return {path.parent.name: path.parent for path in sorted(manifests)}


def addon_version(folder: Path) -> str:
    """The version in an addon's manifest."""
    manifest = (folder / "__manifest__.py").read_text()
    version: str = ast.literal_eval(manifest)["version"]
    return version


def project_version(root: Path = ROOT) -> str:
    """The version in ``pyproject.toml``."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    version: str = project["project"]["version"]
    return version


def addon_digest(folder: Path) -> str:
    """SHA-256 of names and contents of all that an addon consists of; translations and
    scripts count, for they reach a database, or a browser, by an upgrade only."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not LEFT_OUT & set(name.parts):
            content = path.read_bytes()
            digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def extract(commit: str, folder: Path) -> None:
    """Put the source of a commit into a folder.

    :raises SetupError: this clone does not have the commit
    """
    command = ["git", "archive", "--format=tar", commit]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise SetupError(
            f"this clone does not have the commit {commit}",
            "Get the whole history: git fetch --unshallow",
        )
    # tarfile warns from Python 3.12 on unless told a filter, which Debian 12's lacks
    subprocess.run(["tar", "-x", "-C", folder], input=done.stdout, check=True)


def read_releases() -> list[Release]:
    """All releases as they were recorded, oldest first."""
    releases: list[Release] = json.loads(RECORD.read_text())
    return releases


def describe(root: Path) -> dict[str, dict[str, str]]:
    """Version and digest of each addon below a source tree."""
    return {
        name: {"version": addon_version(path), "digest": addon_digest(path)}
        for name, path in addon_folders(root).items()
    }


def add_release(commit: str) -> None:
    """Record a commit as the newest release.

    :raises SetupError: this clone does not have it, or it is recorded already
    """
    command = ["git", "rev-parse", "--verify", f"{commit}^{{commit}}"]
    found = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    commit = found.stdout.strip() or commit
    releases = read_releases()
    if commit in [release["commit"] for release in releases]:
        raise SetupError(f"{commit} is recorded already", "Nothing is left to do.")
    with tempfile.TemporaryDirectory() as folder:
        extract(commit, Path(folder))
        releases.append({"commit": commit, "addons": describe(Path(folder))})
    RECORD.write_text(json.dumps(releases, indent=4) + "\n")


def set_version(version: str, root: Path = ROOT) -> None:
    """Write a version into ``pyproject.toml`` and every manifest."""
    manifests = [path / "__manifest__.py" for path in addon_folders(root).values()]
    for path in [root / "pyproject.toml", *manifests]:
        text = VERSION_LINE.sub(rf'\g<1>"{version}"', path.read_text(), count=1)
        path.write_text(text)


def problems(release: Release, root: Path = ROOT) -> list[str]:
    """What is wrong with the versions below a source tree, in sentences.

    :param release: the last one
    """
    version, found = project_version(root), []
    for name, addon in describe(root).items():
        if addon["version"] != version:
            found.append(
                f"{name} calls itself {addon['version']}, pyproject.toml {version}."
            )
        released = release["addons"].get(name)
        if released is None or addon["digest"] == released["digest"]:
            continue  # databases of the release do not know it, or it is the same
        if _number(addon["version"]) <= _number(released["version"]):
            found.append(
                f"{name} changed since the release {release['commit'][:7]}, but still "
                f"calls itself {addon['version']}: databases of that release would "
                "keep its old views and fields."
            )
    return found


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def main(arguments: list[str]) -> int:
    """Do what the command line says.

    :returns: the exit code
    """
    parser = argparse.ArgumentParser(prog="python -m tools.released")
    parser.add_argument("--check", action="store_true", help="judge the versions")
    parser.add_argument("--version", help="write it into pyproject.toml and manifests")
    parser.add_argument("--add", metavar="COMMIT", help="record a release")
    options = parser.parse_args(arguments)
    if options.version:
        set_version(options.version)
    if options.add:
        try:
            add_release(options.add)
        except SetupError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    found = problems(read_releases()[-1]) if options.check else []
    if found:
        remedy = "One version for all: python -m tools.released --version NUMBER"
        sys.stderr.write("\n".join([*found, remedy]) + "\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
