"""Databases made from backups of the running system, and dropped at the end."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg2

from tools.database_role import ROLE
from tools.settings import HOST, ROOT
from tools.stack import Stack

LIMIT = 600  # seconds for one process on a busy machine


class Backups:
    """``python -m tools.backup`` with the running system's settings.

    :param stack: the running system
    :param folder: for backups
    """

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, Path(folder)
        self.made = []

    def name(self, suffix):
        """The name of a database that is dropped at the end."""
        name = f"{self.stack.settings.database}_{suffix}"
        if name not in self.made:
            self.made.append(name)
        return name

    def environment(self, **changes):
        changes = {**self.stack.environment, "PYTHONPATH": str(ROOT), **changes}
        return {key: value for key, value in changes.items() if value is not None}

    def python(self, *words, before=None, **changes):
        """Run Python; the process when it has ended."""
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            preexec_fn=before,
        )

    def run(self, *words, **changes):
        return self.python("-m", "tools.backup", *map(str, words), **changes)

    def make(self, database=None, **changes):
        """Back up a database.

        :returns: the backup's folder
        """
        known = set(self.folder.iterdir())
        name = database or self.stack.settings.database
        done = self.run("make", self.folder, PGDATABASE=name, **changes)
        assert done.returncode == 0, done.stderr
        (made,) = set(self.folder.iterdir()) - known
        return made

    def restore(self, backup, suffix, word="restore"):
        """
        :returns: the name of the new database, and what was said
        """
        name = self.name(suffix)
        done = self.run(word, backup, "--as", name)
        assert done.returncode == 0, done.stdout + done.stderr
        return name, done.stdout

    def job(self, database, name, *arguments):
        """One of ``tests/neutralize_jobs.py``."""
        path = str(ROOT / "tests" / "neutralize_jobs.py")
        done = self.python(path, name, *arguments, PGDATABASE=database)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def execute(self, database, statement, *parameters):
        """The rows that a statement gives; committed."""
        connection = psycopg2.connect(
            host=HOST,
            port=self.stack.cluster.port,
            user=ROLE,
            password=self.stack.cluster.password,
            dbname=database,
        )
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def exists(self, database):
        """Whether the database, or its filestore, is there."""
        found = self.execute(
            "postgres", "SELECT 1 FROM pg_database WHERE datname = %s", database
        )
        return bool(found), self.filestore(database).exists()

    def filestore(self, database):
        return self.stack.state / "data" / "filestore" / database

    def drop(self):
        for name in self.made:
            stack = Stack(replace(self.stack.settings, database=name))
            stack.cluster.start()
            stack.drop_database()
            shutil.rmtree(self.filestore(name), ignore_errors=True)
