"""The lock files: what they hold, how they are made anew, whether they still fit.

Two locks are made from ``pyproject.toml``: ``requirements.lock`` has what an
installation gets, ``requirements-dev.lock`` the same and what tests and linters need.
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.errors import SetupError
from tools.progress import step
from tools.settings import ROOT, Settings

SHIPPED, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
# groups of pyproject.toml that each lock has besides the project's own dependencies
GROUPS = {
    SHIPPED: ("demo",),
    DEVELOPMENT: ("demo", "test", "bench", "supply", "lint"),
}
OPTIONS = (
    *("--universal", "--python-version", "3.11"),  # Debian 12's; 13's is newer
    *("--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"),
)
PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==([^\s;]+)(?: ; (.*?))? \\$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
PROJECT = "bmasia-crm "  # as uv names what pyproject.toml itself asks for


@dataclass(frozen=True)
class Locked:
    """One package of a lock.

    :param marker: where it is installed, as ``sys_platform == 'win32'``; else empty
    :param hashes: SHA-256 of each file that pip takes for it
    :param asked_by: the packages that need it
    :param is_ours: ``pyproject.toml`` names it
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    asked_by: tuple[str, ...]
    is_ours: bool

    @property
    def is_for_here(self) -> bool:
        """Whether this Python on this machine gets it."""
        return not self.marker or Marker(self.marker).evaluate()


def parse_lock(text: str) -> list[Locked]:
    r"""The packages of a lock, in its order.

    :raises ValueError: a line that is neither a pin, a hash nor a comment, such as an
        index or a package without a version

    >>> lock = "idna==3.20 \\\n    --hash=sha256:" + "0" * 64 + "\n    # via requests\n"
    >>> [(p.name, p.version, len(p.hashes), p.asked_by) for p in parse_lock(lock)]
    [('idna', '3.20', 1, ('requests',))]
    >>> parse_lock("--index-url somewhere\n")
    Traceback (most recent call last):
    ValueError: no line of a lock: --index-url somewhere
    """
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        word = line.strip()
        if pin := PIN.match(line):
            name, version, marker = pin.groups(default="")
            found.append({"name": name, "version": version, "marker": marker})
            found[-1] |= {"hashes": [], "via": []}
        elif found and (digest := HASH.fullmatch(word.removesuffix(" \\"))):
            found[-1]["hashes"].append(digest.group(1))
        elif found and word.startswith("#"):
            found[-1]["via"].append(word.lstrip("# ").removeprefix("via").strip())
        elif word:
            raise ValueError(f"no line of a lock: {word}")
    return [_locked(package) for package in found]


def _locked(package: dict[str, Any]) -> Locked:
    reasons = [via for via in package["via"] if via and not via.startswith("-c ")]
    return Locked(
        name=package["name"],
        version=package["version"],
        marker=package["marker"],
        hashes=tuple(package["hashes"]),
        asked_by=tuple(via for via in reasons if not via.startswith(PROJECT)),
        is_ours=any(via.startswith(PROJECT) for via in reasons),
    )


def read_lock(name: str, root: Path = ROOT) -> list[Locked]:
    """The packages of a lock file.

    :param name: one of ``GROUPS``
    """
    return parse_lock((root / name).read_text())


def asked(lock: str, root: Path = ROOT) -> list[Requirement]:
    """What ``pyproject.toml`` wants in a lock."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    texts = [*project["project"]["dependencies"]]
    for group in GROUPS[lock]:
        texts += groups[group]
    return [Requirement(text) for text in texts]


def left_out(root: Path = ROOT) -> set[str]:
    """Packages that others ask for and that are on purpose not there, for the reason in
    ``pyproject.toml``.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text())
    overrides = project["tool"]["uv"]["override-dependencies"]
    return {canonicalize_name(Requirement(text).name) for text in overrides}


def problems(root: Path = ROOT) -> list[str]:
    """Where the locks do not fit ``pyproject.toml`` or each other, in sentences."""
    found = []
    locks = {name: read_lock(name, root) for name in GROUPS}
    for name, lock in locks.items():
        found += [f"{name}: {text}" for text in _problems_of(lock, asked(name, root))]
    pins = {(p.name, p.version): p.hashes for p in locks[DEVELOPMENT]}
    found += [
        f"{DEVELOPMENT}: {package.name} is not the one of {SHIPPED}."
        for package in locks[SHIPPED]
        if pins.get((package.name, package.version)) != package.hashes
    ]
    return found


def _problems_of(lock: list[Locked], wanted: list[Requirement]) -> Iterator[str]:
    names = {package.name for package in lock}
    ours = {canonicalize_name(requirement.name) for requirement in wanted}
    for requirement in wanted:
        if not any(fits(package, requirement) for package in lock):
            yield f"{requirement} is not locked."
    for package in lock:
        if not package.hashes:
            yield f"{package.name} has no hash."
        if package.is_ours and package.name not in ours:
            yield f"{package.name} is no longer asked for."
        if unknown := set(package.asked_by) - names:
            yield f"{package.name} is there for {', '.join(sorted(unknown))} only."
        if not package.is_ours and not package.asked_by:
            yield f"nobody asks for {package.name}."


def fits(package: Locked, requirement: Requirement) -> bool:
    """Whether a locked package is one that a requirement takes.

    >>> idna = Locked("idna", "3.20", "", (), (), True)
    >>> fits(idna, Requirement("IDNA>=3")), fits(idna, Requirement("idna<3"))
    (True, False)
    """
    return package.name == canonicalize_name(
        requirement.name
    ) and requirement.specifier.contains(package.version, prereleases=True)


def unmet(lock: list[Locked], wanted: list[Requirement], gone: set[str]) -> list[str]:
    """What the installed packages of a lock ask for and do not get from it, all the way
    down from ``pyproject.toml``, in sentences.

    :param gone: names that are on purpose not there
    """
    here = {package.name: package for package in lock if package.is_for_here}
    found: list[str] = []
    rest, seen = [("pyproject.toml", each) for each in wanted], set()
    while rest:
        asker, requirement = rest.pop()
        name = canonicalize_name(requirement.name)
        key = (name, str(requirement.specifier), tuple(sorted(requirement.extras)))
        if name in gone or key in seen:
            continue
        seen.add(key)
        if name not in here or not fits(here[name], requirement):
            found.append(f"{asker} wants {requirement}, which is not locked.")
        else:
            rest += [(name, more) for more in _needs(name, requirement.extras)]
    return found


def _needs(name: str, extras: Iterable[str]) -> Iterator[Requirement]:
    for text in metadata.requires(name) or []:
        requirement = Requirement(text)
        places: list[dict[str, Any]] = [
            {**default_environment(), "extra": extra} for extra in ("", *extras)
        ]
        marker = requirement.marker
        if marker is None or any(marker.evaluate(place) for place in places):
            yield requirement


def compile_command(lock: str, arguments: list[str]) -> list[str]:
    """The call of uv that makes a lock.

    :param arguments: for uv, as ``--upgrade-package jinja2``
    """
    groups = [word for group in GROUPS[lock] for word in ("--group", group)]
    # what is installed everywhere is the same for those who test it
    shipped = [] if lock == SHIPPED else ["-c", SHIPPED]
    uv = str(Path(sys.executable).with_name("uv"))
    return [
        *(uv, "pip", "compile", *OPTIONS, "pyproject.toml", *groups, *shipped),
        *("-o", lock, *arguments),
    ]


def run_lock(settings: Settings, arguments: list[str]) -> int:
    """Make both locks anew, or neither, and say what changed.

    :param tools.settings.Settings settings: for the state folder
    :param list[str] arguments: for uv: ``--upgrade``, ``--upgrade-package NAME``;
        without them only what ``pyproject.toml`` asks for otherwise changes
    :returns: the exit code
    :rtype: int
    :raises tools.errors.SetupError: uv found no versions that go together, or no index
    """
    before = {name: (ROOT / name).read_bytes() for name in GROUPS}
    try:
        for name in GROUPS:
            with step(name):
                _compile(name, arguments, settings.state / "uv")
    except BaseException:
        for name, content in before.items():
            (ROOT / name).write_bytes(content)
        raise
    for name, content in before.items():
        lines = changes(parse_lock(content.decode()), read_lock(name, ROOT))
        sys.stdout.write("\n".join([f"\n{name}:", *(lines or ["  no change"])]) + "\n")
    sys.stdout.write(
        "\nNow: ./run licences, ./run audit, ./run test on Debian 12 and 13\n"
    )
    return 0


def _compile(lock: str, arguments: list[str], cache: Path) -> None:
    done = subprocess.run(
        compile_command(lock, arguments),
        cwd=ROOT,
        env={**os.environ, "UV_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(
            f"uv could not make {lock}; both locks are as they were\n"
            f"{done.stderr.strip()}",
            "Read what uv says: versions that do not go together are settled in "
            "pyproject.toml, and it needs the package index.",
        )


def changes(old: list[Locked], new: list[Locked]) -> list[str]:
    """The packages of which a lock has another version than before, a line each.

    >>> def at(version):
    ...     return [Locked("idna", version, "", (), (), True)]
    >>> changes(at("3.19"), at("3.20")), changes(at("1"), at("1")), changes([], at("1"))
    (['  idna 3.19 -> 3.20'], [], ['  idna - -> 1'])
    """
    versions = [
        {(p.name, p.marker): p.version for p in packages} for packages in (old, new)
    ]
    return [
        f"  {key[0]} {' -> '.join(found)}"
        for key in sorted(versions[0].keys() | versions[1].keys())
        if len(set(found := [each.get(key, "-") for each in versions])) > 1
    ]
