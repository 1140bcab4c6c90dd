"""``./run licences``: under which licence each locked package is, in SPDX's words.

What a package says of itself counts: ``License-Expression``, else ``License`` where it
is an SPDX expression, else classifiers that leave nothing open. For the others
``config/licences.toml`` says it, and which licences go with ours.
"""

import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from license_expression import (
    ExpressionError,
    LicenseWithExceptionSymbol,
    get_spdx_licensing,
)

from tools.settings import ROOT, Settings
from tools.supply.locks import DEVELOPMENT, SHIPPED, Locked, read_lock

FILE = ROOT / "config" / "licences.toml"
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
SPDX = get_spdx_licensing()


@cache
def rules(path: Path = FILE) -> dict[str, Any]:
    """``config/licences.toml``."""
    return tomllib.loads(path.read_text())


def is_spdx(text: str) -> bool:
    """Whether a text is an expression of licences that SPDX knows.

    >>> is_spdx("MIT OR Apache-2.0"), is_spdx("BSD"), is_spdx("(c) 2021, me")
    (True, False, False)
    """
    try:
        return SPDX.parse(text, validate=True, strict=True) is not None
    except ExpressionError:
        return False


def told(name: str) -> str:
    """What the metadata of an installed package says; empty where that is no answer."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:  # of another platform
        return ""
    for field in ("License-Expression", "License"):
        if field in about and is_spdx(about[field]):
            return about[field]
    words = [
        c.rpartition(" :: ")[2]
        for c in about.get_all("Classifier") or []
        if c.startswith("License :: ") and c != "License :: OSI Approved"
    ]
    known = [CLASSIFIERS.get(word, "") for word in words]
    return known[0] if len(known) == 1 else ""


def licence(name: str) -> str:
    """The licence of a locked package: what ``config/licences.toml`` says, else the
    package itself.

    :returns: an SPDX expression; empty: unknown
    """
    return rules()["packages"].get(name) or told(name)


def may_use(expression: str, allowed: Iterable[str]) -> bool:
    """Whether an expression leaves us a licence that is allowed.

    >>> may_use("GPL-2.0-or-later OR MIT", {"MIT"})
    True
    >>> may_use("MIT AND (GPL-2.0-only OR ISC)", {"MIT"})
    False
    >>> may_use("GPL-3.0-only WITH GCC-exception-3.1", {"GPL-3.0-only"})
    True
    >>> may_use("", {"MIT"})
    False
    """
    return is_spdx(expression) and _may(SPDX.parse(expression), set(allowed))


def _may(node: Any, allowed: set[str]) -> bool:
    if isinstance(node, SPDX.OR):
        return any(_may(part, allowed) for part in node.args)
    if isinstance(node, SPDX.AND):
        return all(_may(part, allowed) for part in node.args)
    if isinstance(node, LicenseWithExceptionSymbol):  # an exception only adds rights
        node = node.license_symbol
    return node.key in allowed


def problems() -> list[str]:
    """Locked packages with a licence that is unknown or does not go with ours, in
    sentences."""
    shipped = read_lock(SHIPPED)
    names = {package.name for package in shipped}
    others = [p for p in read_lock(DEVELOPMENT) if p.name not in names]
    allowed = set(rules()["shipped"])
    return [
        *_problems_of(shipped, allowed, SHIPPED),
        *_problems_of(others, allowed | set(rules()["development"]), DEVELOPMENT),
    ]


def _problems_of(lock: list[Locked], allowed: set[str], where: str) -> list[str]:
    found = {package.name: licence(package.name) for package in lock}
    return [
        f"{where}: {name} has an unknown licence; read it, then name it in "
        "config/licences.toml."
        if not expression
        else f"{where}: {name} is under {expression}, which does not go with LGPL-3."
        for name, expression in found.items()
        if not may_use(expression, allowed)
    ]


def run_licences(_settings: Settings) -> int:
    """Print the list.

    :param tools.settings.Settings _settings: as for every command
    :returns: 1 where a licence is unknown or does not go with ours
    :rtype: int
    """
    shipped = {package.name for package in read_lock(SHIPPED)}
    for package in read_lock(DEVELOPMENT):
        where = "" if package.name in shipped else "development"
        line = f"{package.name:<28}{package.version:<14}"
        line += f"{licence(package.name) or 'UNKNOWN':<44}{where}"
        sys.stdout.write(line.rstrip() + "\n")
    found = problems()
    sys.stderr.write("".join(f"{line}\n" for line in found))
    return int(bool(found))
