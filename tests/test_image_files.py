"""The image has all of ours that its commands import, where they look for it."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tools.settings import ROOT

EX_CONFIG = 78


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """What the Dockerfile copies of ``tools/``, below a root of its own."""
    root = tmp_path_factory.mktemp("image")
    dockerfile = (ROOT / "config" / "Dockerfile").read_text()
    dockerfile = dockerfile.replace("\\\n", " ")
    for line in re.findall(r"^COPY (tools/.*)$", dockerfile, re.M):
        *sources, target = line.split()
        place = root / target.removeprefix("/")
        is_folder = target.endswith("/")
        (place if is_folder else place.parent).mkdir(parents=True, exist_ok=True)
        for source in sources:
            shutil.copy(ROOT / source, place)
    return root / "opt" / "bmasia"


def run(*words, **variables):
    return subprocess.run(
        [sys.executable, *words],
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": "/", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["start.py"],
        ["backup.py", "verify", "/backups/none"],
        ["command.py", "secrets", "status"],
    ],
    ids=lambda words: words[0],
)
def test_its_commands_run_and_name_what_is_missing(image, words):
    done = run(image / words[0], *words[1:])
    assert done.returncode == EX_CONFIG, done.stderr
    assert "no database is named" in done.stderr


def test_a_staging_copy_can_be_upgraded(image):
    """As tools/restore.py starts it."""
    done = run("-m", "tools.start", PYTHONPATH=str(image))
    assert done.returncode == EX_CONFIG and "no database" in done.stderr, done.stderr


def test_the_server_is_a_file_that_can_be_started_again(image):
    done = run(image / "tools" / "serve.py", "--version")
    assert done.returncode == 0 and "Odoo Server 19" in done.stdout, done.stderr
