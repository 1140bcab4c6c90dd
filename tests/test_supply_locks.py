"""The locks hold what ``pyproject.toml`` asks for, and ``./run lock`` makes them."""

import doctest
import re
import shutil
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

from tools.errors import SetupError
from tools.settings import ROOT, Settings
from tools.supply import locks
from tools.supply.locks import DEVELOPMENT, GROUPS, SHIPPED, Locked

HASH = "    --hash=sha256:" + "0" * 64


@pytest.fixture
def tree(tmp_path):
    """A copy of what the locks are made from, and of the locks."""
    for name in ("pyproject.toml", *GROUPS):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def replaced(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_locks_fit_the_project():
    assert locks.problems() == []


@pytest.mark.parametrize("lock", GROUPS)
def test_what_the_packages_need_is_locked_too(lock):
    found = locks.unmet(locks.read_lock(lock), locks.asked(lock), locks.left_out())
    assert found == []


def test_a_need_that_is_not_locked_is_named():
    lock = [each for each in locks.read_lock(SHIPPED) if each.name != "urllib3"]
    found = locks.unmet(lock, [Requirement("requests")], set())
    assert [line for line in found if line.startswith("requests wants urllib3")]


def test_a_need_of_an_extra_is_one():
    requirement = [Requirement("cyclonedx-python-lib[json-validation]")]
    lock = [p for p in locks.read_lock(DEVELOPMENT) if p.name != "jsonschema"]
    assert "wants jsonschema" in "\n".join(locks.unmet(lock, requirement, set()))
    without = [Requirement("cyclonedx-python-lib")]
    assert locks.unmet(lock, without, set()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('    "jinja2",\n', '    "jinja2>=999",\n', "jinja2>=999 is not locked."),
        (
            '    "jinja2",\n',
            '    "nothing",\n    "jinja2",\n',
            "nothing is not locked.",
        ),
        ('    "zeep",\n', "", "zeep is no longer asked for."),
    ],
)
def test_what_the_project_asks_for_otherwise_is_named(tree, old, new, said):
    replaced(tree / "pyproject.toml", old, new)
    assert f"{SHIPPED}: {said}" in locks.problems(tree)


def test_a_package_without_a_hash_is_named(tree):
    with open(tree / DEVELOPMENT, "a") as file:
        file.write("zzz==1 \\\n    # via requests\n")
    assert locks.problems(tree) == [f"{DEVELOPMENT}: zzz has no hash."]


def test_a_package_that_nobody_needs_is_named(tree):
    with open(tree / DEVELOPMENT, "a") as file:
        file.write(f"zzz==1 \\\n{HASH}\nyyy==1 \\\n{HASH}\n    # via xxx\n")
    assert locks.problems(tree) == [
        f"{DEVELOPMENT}: nobody asks for zzz.",
        f"{DEVELOPMENT}: yyy is there for xxx only.",
    ]


def test_tests_run_on_the_versions_that_are_installed(tree):
    version = next(p.version for p in locks.read_lock(SHIPPED) if p.name == "lxml")
    replaced(tree / DEVELOPMENT, f"lxml=={version}", "lxml==1.0")
    assert locks.problems(tree) == [f"{DEVELOPMENT}: lxml is not the one of {SHIPPED}."]


@pytest.mark.parametrize(
    "line", ["--index-url https://example.com/simple", "lxml", "lxml>=6", "-e ."]
)
def test_a_line_that_fixes_nothing_is_refused(line):
    with pytest.raises(ValueError, match="no line of a lock"):
        locks.parse_lock(f"{line}\n")


def test_uv_is_asked_for_hashes_and_no_index():
    for lock in GROUPS:
        command = locks.compile_command(lock, ["--upgrade-package", "jinja2"])
        assert {"--generate-hashes", "--no-emit-index-url", "--universal"} <= {*command}
        assert command[-4:] == ["-o", lock, "--upgrade-package", "jinja2"]
    assert command[command.index("-c") + 1] == SHIPPED


def commands(tree, monkeypatch, *scripts):
    """Have ``./run lock`` work in a copy, with shell scripts in the place of uv."""
    rest = iter(scripts)
    monkeypatch.setattr(locks, "ROOT", tree)
    monkeypatch.setattr(
        locks, "compile_command", lambda _lock, _more: ["sh", "-c", next(rest)]
    )


def test_a_lock_that_cannot_be_made_leaves_both_as_they_were(tree, monkeypatch):
    commands(tree, monkeypatch, f": > {SHIPPED}", "echo 'no such version' >&2; exit 1")
    with pytest.raises(SetupError, match="both locks are as they were") as refused:
        locks.run_lock(Settings(tree), [])
    assert "no such version" in refused.value.what
    for name in GROUPS:
        assert (tree / name).read_bytes() == (ROOT / name).read_bytes()


def test_what_changed_is_said(tree, monkeypatch, capsys):
    version = next(p.version for p in locks.read_lock(SHIPPED) if p.name == "lxml")
    newer = f"sed -i 's/^lxml=={version}/lxml==999/' {SHIPPED}"
    commands(tree, monkeypatch, newer, "true")
    assert locks.run_lock(Settings(tree), []) == 0
    said = capsys.readouterr().out
    assert f"\n{SHIPPED}:\n  lxml {version} -> 999\n" in said
    assert f"\n{DEVELOPMENT}:\n  no change\n" in said


def test_uv_is_there_as_locked():
    wanted = next(p.version for p in locks.read_lock(DEVELOPMENT) if p.name == "uv")
    uv = locks.compile_command(SHIPPED, [])[0]
    said = subprocess.check_output([uv, "--version"], text=True)
    assert said.split()[1] == wanted


@pytest.mark.parametrize("file", ["run", "config/Dockerfile", "README.md"])
def test_pip_takes_only_what_a_lock_names(file):
    text = (ROOT / file).read_text().replace("\\\n", " ")
    calls = re.findall(r"\bpip install\b.*", text)
    assert calls
    for call in calls:
        assert "--require-hashes" in call and "--no-deps" in call


def test_packages_of_other_platforms_are_not_for_here():
    lock = {package.name: package for package in locks.read_lock(SHIPPED)}
    assert not lock["colorama"].is_for_here  # Windows
    assert lock["lxml"].is_for_here
    here = Locked("a", "1", f"sys_platform == '{sys.platform}'", (), (), True)
    assert here.is_for_here


def test_the_examples_hold():
    result = doctest.testmod(locks)
    assert result.attempted and not result.failed
