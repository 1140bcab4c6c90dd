"""The README tells the truth: its commands run, its files are there."""

import re
import subprocess
from itertools import pairwise

import pytest

from tools.released import addon_folders
from tools.settings import ROOT

SECTIONS = ["Installation", "Configuration", "Usage", "Known issues / Roadmap"]
SECTIONS += ["Bug Tracker", "Credits"]
README = (ROOT / "README.md").read_text()


def commands():
    blocks = re.findall(r"```sh\n(.*?)```", README, re.S)
    return [line for block in blocks for line in block.splitlines() if line]


def test_the_two_commands_stand_in_blocks_of_their_own():
    assert commands() == ["./run", "./run test"]


@pytest.mark.parametrize("command", commands())
def test_command_block_is_understood_by_run(command):
    """``./run`` and ``./run test`` themselves are what runs this test; here the script
    must know the word, and sh must accept the file."""
    words = command.split()[1:]
    script = (ROOT / "run").read_text()
    assert words == [] or re.search(rf"^    .*\b{words[0]}\b.*[)\\]$", script, re.M)
    subprocess.run(["sh", "-n", str(ROOT / "run")], check=True)


def test_every_folder_that_the_readme_names_exists():
    names = re.findall(r"^\| `([\w/]+)/` \|", README, re.M)
    assert len(names) >= 8
    assert [n for n in names if not (ROOT / n).is_dir()] == []


@pytest.mark.parametrize("name", addon_folders())
def test_addon_readmes_have_the_usual_sections(name):
    lines = (addon_folders()[name] / "README.rst").read_text().splitlines()
    assert len(lines) <= 100
    underlined = [a for a, b in pairwise(lines) if b and not b.strip("=")]
    assert [title for title in underlined if title in SECTIONS] == SECTIONS
