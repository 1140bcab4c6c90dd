"""What of our addons can be translated. Runs inside a database with them.

``python -m tools.translations_job FOLDER ...`` prints ``{addon: text of its .pot}`` for
addons in these folders as one line of JSON.
"""

import io
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tools.bench.database import environment


def templates(env: Any, folder: Path, addons: list[str]) -> dict[str, str]:
    """The text of each addon's template, as Odoo exports it.

    :param env: Odoo's environment of the superuser, in English
    :param folder: where the addons are
    """
    from odoo.tools.translate import PoFileWriter, TranslationModuleReader

    import odoo.addons

    texts = {}
    # One folder of addons lies in the other: Odoo, which walks through all of them,
    # takes what is in it for parts of an addon named "addons".
    with patch.object(odoo.addons, "__path__", [str(folder)]):
        # One after the other: of addons that extend the same model, Odoo gives its name
        # to the last of those it exports together.
        for addon in addons:
            rows = list(TranslationModuleReader(env.cr, modules=[addon]))
            target = io.BytesIO()
            PoFileWriter(target, lang=None).write_rows(rows)
            texts[addon] = target.getvalue().decode()
    return texts


def main(folders: list[Path]) -> None:
    """Print the templates."""
    beside = defaultdict(list)
    for folder in folders:
        beside[folder.parent].append(folder.name)
    texts: dict[str, str] = {}
    with environment() as env:
        for parent, addons in beside.items():
            texts |= templates(env, parent, addons)
    sys.stdout.write(json.dumps(texts) + "\n")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
