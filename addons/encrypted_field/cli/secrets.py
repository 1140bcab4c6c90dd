"""``odoo secrets status|rotate``"""

import sys
from importlib import import_module
from typing import Any

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config

ADDON = "odoo.addons.encrypted_field"


class Secrets(Command):
    """Show with which keys the secrets of a database are sealed, or rotate them.

    To rotate: put a new key in front of ODOO_SECRET_KEYS, restart Odoo, run
    "odoo secrets rotate", then "odoo secrets status", and remove the old key once
    no value needs it. Stop and repeat it as you like.
    """

    epilog = "Exit code: 0 all readable, 1 some value cannot be used, 2 no usable keys."

    def __init__(self) -> None:
        self.parser.add_argument("-c", "--config", help="configuration file")
        self.parser.add_argument("-d", "--database", help="database name")
        actions = self.parser.add_subparsers(dest="action", required=True)
        actions.add_parser("status", help="count the values by key")
        rotate = actions.add_parser("rotate", help="seal all with the first key")
        rotate.add_argument(
            "-n", "--dry-run", action="store_true", help="count, change nothing"
        )

    def run(self, args: list[str]) -> None:
        options = self.parser.parse_args(args)
        with Registry(self._database(options)).cursor() as cr:
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
        # Odoo imports commands before it knows addons
        rotation = import_module(f"{ADDON}.rotation")
        KeyRingError = import_module(f"{ADDON}.tools.keyring").KeyRingError

        try:
            if options.action == "status":
                reports = rotation.status(env)
            else:
                reports = rotation.rotate(env, dry_run=options.dry_run)
        except KeyRingError as error:
            self._print(f"no usable keys: {type(error).__name__} {error}".rstrip())
            return 2
        for report in reports:
            self._show(report, options)
        return 1 if any(r.unreadable or r.unbound for r in reports) else 0

    def _show(self, report: Any, options: Any) -> None:
        if options.action == "rotate":
            done = "to rotate" if options.dry_run else "rotated"
            self._print(f"{report.name}: {report.rotated} {done}")
        else:
            keys = report.sealed_with.items()
            counts = ", ".join(f"{count} with {key}" for key, count in keys)
            self._print(f"{report.name}: {counts or 'none'}")
        if report.unreadable:
            ids = ", ".join(map(str, report.unreadable))
            self._print(
                f"{report.name}: {len(report.unreadable)} unreadable, ids {ids}"
            )
        if report.unbound:
            ids = ", ".join(map(str, report.unbound))
            self._print(
                f"{report.name}: {len(report.unbound)} to be typed again, ids {ids}"
            )

    def _print(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
