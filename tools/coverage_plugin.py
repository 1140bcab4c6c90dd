"""A pytest plugin: how much of our addons' Python the tests run through.

Every line is counted once and costs nothing from then on: SlipCover instruments the
addons' own code as it is imported, where a tracer would be called for each of Odoo's
functions, too. Written is one line of JSON into the file that ``BMASIA_COVERAGE``
names: ``percent``, and by file the lines that did not run (``files``) and how many
there are (``lines``); tests and migrations are left out.
"""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

from slipcover import Slipcover
from slipcover.importer import SlipcoverLoader

from tools.released import addon_folders

PACKAGE = "odoo.addons."
LEFT_OUT = {"tests", "migrations"}


class Cover(Slipcover):
    """Counts lines; where it cannot take its probes out yet, it does so later."""

    def deinstrument_seen(self) -> None:
        """Take the probes out of lines that ran.

        SlipCover compares the global names of all running functions. Those of Odoo's
        compiled templates may be so deep that Python gives up.
        """
        with suppress(RecursionError):
            super().deinstrument_seen()


class Finder(MetaPathFinder):
    """Finds modules of our addons and has their code instrumented.

    :param cover: what counts the lines
    :param folders: of the addons
    """

    def __init__(self, cover: Slipcover, folders: list[Path]) -> None:
        self.cover = cover
        self.folders = folders

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The module's spec, or None where the other finders are to look."""
        if not fullname.startswith(PACKAGE):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if not (spec and spec.origin and isinstance(spec.loader, SourceFileLoader)):
            return None
        file = Path(spec.origin)
        if not any(is_counted(file, folder) for folder in self.folders):
            return None
        spec.loader = SlipcoverLoader(self.cover, spec.loader, spec.origin)
        return spec


def is_counted(file: Path, folder: Path) -> bool:
    """Whether a file is the code of the addon in a folder."""
    return file.is_relative_to(folder) and not LEFT_OUT & set(
        file.relative_to(folder).parts
    )


def pytest_configure() -> None:
    """Count from here on."""
    sys.meta_path.insert(0, Finder(COVER, FOLDERS))


def pytest_unconfigure() -> None:
    """Write down what was counted; a file that nobody imported counts as well."""
    files, sizes, ran, total = {}, {}, 0, 0
    for name, lines in COVER.get_coverage()["files"].items():
        if any(is_counted(Path(name).resolve(), folder) for folder in FOLDERS):
            seen, missed = len(lines["executed_lines"]), lines["missing_lines"]
            files[name], sizes[name] = missed, seen + len(missed)
            ran, total = ran + seen, total + seen + len(missed)
    percent = 100 * ran / total if total else 0
    report = json.dumps({"percent": percent, "files": files, "lines": sizes})
    Path(os.environ["BMASIA_COVERAGE"]).write_text(report + "\n")


FOLDERS = list(addon_folders().values())
COVER = Cover(source=[str(folder) for folder in FOLDERS])
