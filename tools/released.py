"""What each addon was at the last release: version and digest of its content.

``python -m tools.released [COMMIT]`` writes ``config/released.json`` once a commit is
released (default: HEAD). ``tests/test_versions.py`` then wants a new version of every
addon that changes, since databases upgrade by version; ``tests/test_upgrade.py``
upgrades a database of that commit.
"""

import ast
import json
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from tools.errors import SetupError
from tools.settings import ROOT

RECORD = ROOT / "config" / "released.json"
LEFT_OUT = {"tests", "__pycache__"}  # what no database is made of


def addon_folders(root: Path = ROOT) -> dict[str, Path]:
    """Where our addons are below a source tree."""
    manifests = [
        *root.glob("addons/*/__manifest__.py"),
        *root.glob("*/__manifest__.py"),
    ]
    return {path.parent.name: path.parent for path in sorted(manifests)}


def addon_version(folder: Path) -> str:
    """The version in an addon's manifest."""
    return ast.literal_eval((folder / "__manifest__.py").read_text())["version"]


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


def read_record() -> dict:
    """The last release, as :func:`write_record` wrote it."""
    return json.loads(RECORD.read_text())


def write_record(commit: str) -> None:
    """Record a commit as the last release.

    :raises SetupError: this clone does not have it
    """
    command = ["git", "rev-parse", "--verify", f"{commit}^{{commit}}"]
    found = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    commit = found.stdout.strip() or commit
    with tempfile.TemporaryDirectory() as folder:
        extract(commit, Path(folder))
        addons = {
            name: {"version": addon_version(path), "digest": addon_digest(path)}
            for name, path in addon_folders(Path(folder)).items()
        }
    record = {"commit": commit, "addons": addons}
    RECORD.write_text(json.dumps(record, indent=4) + "\n")


if __name__ == "__main__":
    write_record(sys.argv[1] if len(sys.argv) > 1 else "HEAD")
