"""The Debian packages of an installation, as this machine has them."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.settings import ROOT

# what Odoo and PostgreSQL run with; the lists for tests and measurements are no part
LISTS = ("config/packages.txt", "config/packages-host.txt")
FIELDS = ("Package", "Version", "Architecture", "Pre-Depends", "Depends", "Provides")
FORMAT = "\t".join([*(f"${{{field}}}" for field in FIELDS), "${db:Status-Status}\n"])


@dataclass(frozen=True)
class Package:
    """A package of Debian.

    :param needs: for each of its needs the names of which one is enough
    :param gives: names that it stands for, its own among them
    :param sha256: of its file, where that is known
    """

    name: str
    version: str
    architecture: str
    needs: tuple[tuple[str, ...], ...] = ()
    gives: tuple[str, ...] = ()
    sha256: str = ""


def named(path: Path) -> list[str]:
    """The names in a list of packages."""
    lines = [line.partition("#")[0].strip() for line in path.read_text().splitlines()]
    return [line for line in lines if line]


def alternatives(field: str) -> tuple[tuple[str, ...], ...]:
    """A field of dependencies: of each the names of which one is enough.

    >>> alternatives("libc6 (>= 2.14), python3:any | python3-minimal")
    (('libc6',), ('python3', 'python3-minimal'))
    >>> alternatives("")
    ()
    """
    return tuple(
        tuple(re.match(r"[\w.+-]+", each.strip())[0] for each in part.split("|"))  # type: ignore[index]
        for part in field.split(",")
        if part.strip()
    )


def read_installed(text: str) -> list[Package]:
    """The packages in an answer of dpkg, a line each in the fields of ``FORMAT``.

    >>> line = "python3\\t3.11.2\\tamd64\\t\\tlibc6\\tpython3-any (= 3)\\tinstalled"
    >>> [(p.name, p.needs, p.gives) for p in read_installed(line)]
    [('python3', (('libc6',),), ('python3', 'python3-any'))]
    >>> read_installed(line.replace("installed", "config-files"))
    []
    """
    found = []
    for line in text.splitlines():
        name, version, architecture, before, needs, gives, status = line.split("\t")
        if status == "installed":
            others = tuple(names[0] for names in alternatives(gives))
            required = alternatives(before) + alternatives(needs)
            found.append(
                Package(name, version, architecture, required, (name, *others))
            )
    return found


def with_needs(names: Iterable[str], installed: list[Package]) -> list[Package]:
    """Packages and all that they need, as far as it is installed, by name.

    >>> def make(name, *needs):
    ...     return Package(name, "1", "all", tuple((n,) for n in needs), (name,))
    >>> here = [make("a", "b"), make("b", "a", "gone"), make("c")]
    >>> [package.name for package in with_needs(["a"], here)]
    ['a', 'b']
    """
    givers: dict[str, list[Package]] = {}
    for package in installed:
        for name in package.gives or (package.name,):
            givers.setdefault(name, []).append(package)
    found: dict[str, Package] = {}
    rest = list(names)
    while rest:
        for package in givers.get(rest.pop(), []):
            if package.name not in found:
                found[package.name] = package
                rest += [name for names in package.needs for name in names]
    return [found[name] for name in sorted(found)]


def of_the_machine(root: Path = ROOT) -> list[Package]:
    """What our lists name and all that it needs, as dpkg has it installed."""
    wanted = [name for path in LISTS for name in named(root / path)]
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", FORMAT], capture_output=True, text=True, check=True
    )
    return with_needs(wanted, read_installed(answer.stdout))


def unpacked(sums: str) -> list[Package]:
    """The packages that ``./run`` unpacked into the state folder.

    :param sums: its file ``odoo/SHA256SUMS``

    >>> sums = "0" * 64 + "  ./fonts-roboto-unhinted_2%3a0~20170802-3_all.deb"
    >>> [(p.name, p.version, p.architecture) for p in unpacked(sums)]
    [('fonts-roboto-unhinted', '2:0~20170802-3', 'all')]
    """
    found = []
    for line in sums.splitlines():
        digest, path = line.split()
        name, version, architecture = Path(path).stem.split("_")
        version = version.replace("%3a", ":")
        found.append(Package(name, version, architecture, sha256=digest))
    return found


def release(path: Path = Path("/etc/os-release")) -> str:
    """Which release this machine runs, as ``debian-12``."""
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)', path.read_text(), re.MULTILINE))
    return "-".join(fields[key] for key in ("ID", "VERSION_ID") if key in fields)
