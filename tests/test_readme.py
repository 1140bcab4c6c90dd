"""The README tells the truth: its commands run, its files are there."""

import re
import subprocess

import pytest

from tools.settings import ROOT

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "SECURITY.md")),
    *ROOT.glob("docs/*.md"),
]
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
    assert words == [] or re.search(rf"^    .*\b{words[0]}\b.*\)$", script, re.M)
    subprocess.run(["sh", "-n", str(ROOT / "run")], check=True)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_and_named_paths_exist(path):
    text = path.read_text()
    links = [
        target.split("#")[0]
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if "://" not in target
    ]
    missing = [t for t in links if t and not (path.parent / t).exists()]
    assert missing == []


def test_every_folder_that_the_readme_names_exists():
    names = re.findall(r"^\| `([\w/]+)/` \|", README, re.M)
    assert len(names) >= 8
    assert [n for n in names if not (ROOT / n).is_dir()] == []


def test_addon_readmes_fit_one_screen():
    addons = [ROOT / "bmasia_crm", *(ROOT / "addons").iterdir()]
    for addon in addons:
        lines = (addon / "README.rst").read_text().splitlines()
        assert 10 <= len(lines) <= 60, addon
