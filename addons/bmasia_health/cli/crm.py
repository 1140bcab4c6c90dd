"""``odoo crm doctor``"""

import json
import sys
from importlib import import_module
from typing import Any

import psycopg2

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config

ADDON = "odoo.addons.bmasia_health"
FAILED = 2  # as the command's exit code


class Crm(Command):
    """Look whether an installation of BMAsia CRM works, and say what to do where it
    does not. Nothing is changed.
    """

    epilog = "Exit code: 0 all is well, 1 a warning, 2 something fails."

    def __init__(self) -> None:
        self.parser.add_argument("-c", "--config", help="configuration file")
        self.parser.add_argument("-d", "--database", help="database name")
        actions = self.parser.add_subparsers(dest="action", required=True)
        doctor = actions.add_parser("doctor", help="run every check")
        doctor.add_argument("--json", action="store_true", help="for programs")
        doctor.add_argument(
            "--remote",
            action="store_true",
            help="try the mail servers and the public address, too",
        )

    def run(self, args: list[str]) -> None:
        options = self.parser.parse_args(args)
        name = self._database(options)
        try:
            with Registry(name).cursor(readonly=True) as cr:
                code = self._run(Environment(cr, SUPERUSER_ID, {}), options)
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            sys.stderr.write(f"database {name!r} cannot be used: {reason}\n")
            sys.exit(FAILED)
        sys.exit(code)

    def _database(self, options: Any) -> str:
        arguments = ["--no-http", "--log-level=error"]
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
        if "bmasia.health" not in env:
            self.parser.error("the addon bmasia_health is not installed there")
        # Odoo imports commands before it knows addons
        exit_code = import_module(f"{ADDON}.tools.findings").exit_code
        findings = env["bmasia.health"]._findings(remote=options.remote)
        if options.json:
            self._print(json.dumps(findings, indent=2, ensure_ascii=False))
        else:
            for finding in findings:
                self._show(finding)
        return int(exit_code(finding["state"] for finding in findings))

    def _show(self, finding: dict[str, str]) -> None:
        about = f" ({finding['about']})" if finding["about"] else ""
        head = f"{finding['label']}{about}"
        self._print(f"{finding['state']:<4}  {head}: {finding['found']}")
        if finding["todo"]:
            self._print(f"      → {finding['todo']}")

    def _print(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
