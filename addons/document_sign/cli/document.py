"""``odoo document verify FILE…``"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config

ADDON = "odoo.addons.document_sign"


class Document(Command):
    """Tell whether files are ours and as we made them, by the archive of a database
    and the seals in them. Nothing is stored.
    """

    epilog = "Exit code: 0 all are ours and unchanged, 1 one is not, 2 usage."

    def __init__(self) -> None:
        self.parser.add_argument("-c", "--config", help="configuration file")
        self.parser.add_argument("-d", "--database", help="database name")
        actions = self.parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="is this file ours?")
        verify.add_argument("files", nargs="+", metavar="FILE")

    def run(self, args: list[str]) -> None:
        options = self.parser.parse_args(args)
        with Registry(self._database(options)).cursor(readonly=True) as cr:
            sys.exit(self._run(Environment(cr, SUPERUSER_ID, {}), options))

    def _database(self, options: Any) -> str:
        arguments = ["--no-http", "--log-level=warn"]
        if options.config:
            arguments += ["-c", options.config]
        if options.database:
            arguments += ["-d", options.database]
        config.parse_config(arguments, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            self.parser.error("name one database with -d")
        return str(names[0])

    def _run(self, env: Any, options: Any) -> int:
        if "document.verification" not in env:
            self.parser.error("the addon document_sign is not installed there")
        # a list: each file is answered, whatever came out of those before it
        return 0 if all([self._verify(env, path) for path in options.files]) else 1

    def _verify(self, env: Any, path: str) -> bool:
        """Whether a file is ours and unchanged."""
        # Odoo imports commands before it knows addons
        unchanged = import_module(f"{ADDON}.tools.verification").UNCHANGED
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            self._print(f"{path}: cannot be read: {error.strerror}")
            return False
        verification = env["document.verification"]
        verdict = verification._verdict_of(content, path)
        for sentence in verification._sentences(verdict):
            self._print(f"{path}: {sentence}")
        return bool(verdict.state == unchanged)

    def _print(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
