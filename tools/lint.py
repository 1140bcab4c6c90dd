"""``./run lint``: the hooks of .pre-commit-config.yaml on every file."""

import os
import subprocess
import sys
from pathlib import Path

from tools.errors import SetupError
from tools.progress import step
from tools.settings import ROOT, Settings

NODE = ROOT / "config" / "lint"


def run_lint(settings: Settings, arguments: list[str]) -> int:
    """Install the linters from npm once, then run every hook.

    :param tools.settings.Settings settings: for the state folder
    :param list[str] arguments: for pre-commit, e.g. the name of one hook
    :returns: the exit code of pre-commit
    :rtype: int
    """
    with step("Linters from npm (locked)"):
        install_node_packages(settings.state / "log" / "npm.log")
    programs = (Path(sys.executable).parent, NODE / "node_modules" / ".bin")
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((*map(str, programs), os.environ["PATH"])),
        "MYPY_CACHE_DIR": str(settings.state / "mypy"),
        "PRE_COMMIT_HOME": str(settings.state / "pre-commit"),
    }
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", *arguments]
    return subprocess.call(command, cwd=ROOT, env=environment)


def install_node_packages(log_path: Path) -> None:
    """Install what ``config/lint/package-lock.json`` names: linters, and axe-core, with
    which tests look at our screens as who does not see them well.

    :raises tools.errors.SetupError: npm did not succeed
    """
    stamp = NODE / "node_modules" / ".package-lock.json"
    lock = NODE / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime > lock.stat().st_mtime:
        return
    with open(log_path, "wb") as log:
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=NODE,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise SetupError(
            f"npm could not install the linters (see {log_path})",
            "Check the network, then run ./run lint again.",
        )
