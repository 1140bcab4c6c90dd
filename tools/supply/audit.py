"""``./run audit``: which locked packages have published weaknesses.

pip-audit asks; but it calls a package that the source does not know *skipped*, and
ends as if all was well. So each source is asked first about a release whose weakness
has been published for years: one that does not name it says nothing about ours either.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.progress import step
from tools.settings import ROOT, Settings
from tools.supply.locks import DEVELOPMENT, SHIPPED, read_lock

NONE_KNOWN, FOUND = 0, 1
NOT_JUDGED = 69  # EX_UNAVAILABLE, as tools/start.py has it for a database out of reach
# CVE-2019-10906, of April 2019, fixed in 2.10.1
KNOWN = "jinja2==2.10"
SOURCES = (("-s", "osv"), ("-s", "pypi"))
OPTIONS = ("--disable-pip", "--format", "json", "--progress-spinner", "off")
TIMEOUT = 15  # seconds for each answer of a source


@dataclass(frozen=True)
class Verdict:
    """What a source says of some packages.

    :param weak: a line for each weakness
    :param skipped: packages that it does not know
    """

    weak: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @classmethod
    def read(cls, answer: dict[str, Any]) -> "Verdict":
        """Read pip-audit's JSON.

        >>> weak = {"id": "CVE-1", "fix_versions": ["2"], "aliases": []}
        >>> Verdict.read({"dependencies": [
        ...     {"name": "a", "version": "1", "vulns": [weak]},
        ...     {"name": "b", "skip_reason": "not found"}]})
        Verdict(weak=('a 1: CVE-1, fixed in 2',), skipped=('b',))
        """
        weak, skipped = [], []
        for each in answer["dependencies"]:
            if "skip_reason" in each:
                skipped.append(each["name"])
            for found in each.get("vulns", []):
                names = " ".join([found["id"], *found.get("aliases", [])])
                fixed = ", ".join(found["fix_versions"]) or "no version yet"
                weak.append(
                    f"{each['name']} {each['version']}: {names}, fixed in {fixed}"
                )
        return cls(tuple(weak), tuple(skipped))


def ask(source: Sequence[str], state: Path, *arguments: str) -> Verdict | None:
    """Ask a source.

    :param source: pip-audit's options that name it
    :param state: for its cache
    :param arguments: for pip-audit, what to ask about
    :returns: None: it does not answer
    """
    command = [
        *(sys.executable, "-m", "pip_audit", *source, *OPTIONS, *arguments),
        *("--timeout", str(TIMEOUT), "--cache-dir", str(state / "pip-audit")),
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        return Verdict.read(json.loads(done.stdout))
    except (ValueError, KeyError):  # a traceback, or nothing
        return None


def is_a_source(source: Sequence[str], state: Path) -> bool:
    """Whether it knows what has been known for years."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(f"{KNOWN}\n")
        file.flush()
        verdict = ask(source, state, "--no-deps", "-r", file.name)
    return bool(verdict and verdict.weak)


def run_audit(settings: Settings, arguments: list[str]) -> int:
    """Ask the first source that knows anything about every locked package.

    :param tools.settings.Settings settings: for the state folder
    :param list[str] arguments: pip-audit's options for another source, as ``-s osv
        --osv-url ADDRESS``
    :returns: 0: none is known; 1: some are; 69: not judged, or not all of them
    :rtype: int
    """
    for source in [arguments] if arguments else SOURCES:
        with step(f"Advisories: {' '.join(source)}"):
            knows = is_a_source(source, settings.state)
        if knows:
            with step(DEVELOPMENT):
                verdict = ask(
                    source, settings.state, "--require-hashes", "-r", DEVELOPMENT
                )
            return report(verdict)
        sys.stdout.write(f"  it does not answer, or knows nothing of {KNOWN}\n")
    return report(None)


def report(verdict: Verdict | None) -> int:
    """Say what came out.

    :param verdict: None: no source answered
    :returns: the exit code
    """
    if verdict is None:
        sys.stderr.write(
            "\nNOT JUDGED: no source of advisories was reached; nothing is known about "
            "the locked packages.\nTry again where the internet is, or name a source: "
            "./run audit -s osv --osv-url ADDRESS\n"
        )
        return NOT_JUDGED
    shipped = {package.name for package in read_lock(SHIPPED)}
    for line in verdict.weak:
        where = SHIPPED if line.split()[0] in shipped else f"{DEVELOPMENT} only"
        sys.stdout.write(f"  {line} ({where})\n")
    if verdict.skipped:
        sys.stderr.write(
            f"\nNOT JUDGED: the source does not know {', '.join(verdict.skipped)}.\n"
        )
    if verdict.weak:
        sys.stdout.write(
            f"{len(verdict.weak)} known weaknesses. Renew what has a fixed version: "
            "./run lock --upgrade-package NAME\n"
        )
        return FOUND
    if verdict.skipped:
        return NOT_JUDGED
    sys.stdout.write("No weakness of a locked package is known.\n")
    return NONE_KNOWN
