"""A database of one's own, used by the code below any root: a former release, today's.

The upgrade's test starts databases of former releases with it, ``./run structure``
measures former commits.
"""

import configparser
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tools.released import addon_folders
from tools.settings import MODULES, ROOT
from tools.stack import Stack

LIMIT = 900  # seconds for one process on a busy machine


class Sandbox:
    """A database beside another installation's, in the same PostgreSQL.

    :param stack: the installation, whose PostgreSQL and mail server run
    :param suffix: of the database's name
    :param folder: for its settings
    """

    def __init__(self, stack: Stack, suffix: str, folder: Path) -> None:
        self.name = f"{stack.settings.database}_{suffix}"
        self.folder = folder
        self.stack = Stack(replace(stack.settings, database=self.name))
        self.stack.cluster.start()
        self.drop()
        self._in_postgres(f'CREATE DATABASE "{self.name}" TEMPLATE template0')

    def run(self, root: Path, *words: str, **variables: str) -> str:
        """Run Python on the code below a root; what it prints.

        :raises RuntimeError: it failed, or logged an error
        """
        done = subprocess.run(
            [sys.executable, *words],
            cwd=root,
            env={**self._environment(root), **variables},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        troubles = (" ERROR ", " CRITICAL ", "Traceback")
        if done.returncode or any(trouble in done.stderr for trouble in troubles):
            command = " ".join(words[:3])
            raise RuntimeError(f"{command} in {root}:\n{done.stderr[-3000:]}")
        return done.stdout

    def begin(self, root: Path, *words: str) -> subprocess.Popen[bytes]:
        """Run Python on the code below a root, in a session of its own, to be killed
        with all that it starts."""
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=root,
            env=self._environment(root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def install(self, root: Path) -> None:
        """Install the addons that a demo has, without demo data."""
        modules = ",".join(installable(MODULES, root))
        self.run(root, "-m", "tools.start", "--init", BMASIA_MODULES=modules)

    def load_demo(self, root: Path) -> None:
        """Fill it with the demo of that code; its users mail through the stack."""
        self.stack._allow_demo_key()
        settings = self.stack.settings
        self.run(
            root,
            *("-m", "tools.load_demo"),
            *("--smtp-port", str(settings.smtp_port)),
            *("--smtps-port", str(settings.smtps_port)),
            *("--mail-users", str(self.stack.mail_users_file)),
            *("--api-keys", str(self.folder / "api-keys.json")),
        )

    def drop(self) -> None:
        """Drop the database."""
        self.stack.drop_database()

    def _in_postgres(self, statement: str) -> None:
        self.stack._psql("postgres", statement)

    def _environment(self, root: Path) -> dict[str, str]:
        return {
            **self.stack.environment,
            "ODOO_RC": str(self._write_configuration(root)),
            "PYTHONPATH": os.pathsep.join((str(root), str(ROOT))),
        }

    def _write_configuration(self, root: Path) -> Path:
        import odoo

        configuration = configparser.ConfigParser()
        configuration.read(self.stack.state / "odoo.conf")
        options = configuration["options"]
        core = [f"{path}/addons" for path in odoo.__path__]
        options["addons_path"] = ",".join([*core, str(root), str(root / "addons")])
        options["dbfilter"] = f"^{self.name}$"
        path = self.folder / "odoo.conf"
        with path.open("w") as file:
            configuration.write(file)
        return path


def installable(modules: Iterable[str], root: Path) -> list[str]:
    """Of some modules those that the code below a root has: Odoo's, and its own.

    :param modules: their names
    """
    ours, theirs = addon_folders(), addon_folders(root)
    return [name for name in modules if name not in ours or name in theirs]
