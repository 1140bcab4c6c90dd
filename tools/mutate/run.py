"""``./run mutate [rules|engines] [WORDS]``: both, or one of them."""

import os
import subprocess
import sys
import tomllib

from tools.mutate import engines
from tools.progress import step
from tools.settings import ROOT, Settings
from tools.stack import Stack

JOBS = {"rules": "tools.mutate.rules_job", "engines": "tools.mutate.engines"}


def run_mutate(settings: Settings, arguments: list[str]) -> int:
    """Take each rule away, change each engine, and print whether a test falls.

    :param settings: of the normal installation
    :param arguments: ``rules`` or ``engines`` to do one of them; further words choose
        those whose name has one of them
    :returns: 0 when each is missed
    """
    chosen = [name for name in JOBS if name in arguments] or list(JOBS)
    words = [word for word in arguments if word not in JOBS]
    stack = Stack(settings.apart("mutate"), durable=False)
    stack.prepare_folder()
    try:
        stack.write_configuration()
        if "rules" in chosen or _talk_sql(words):
            with step("Database with the addons, no demo"):
                stack.cluster.start()
                stack.drop_database()
                stack.install()
        return max(_run(stack, JOBS[name], words) for name in chosen)
    finally:
        stack.stop()


def _talk_sql(words: list[str]) -> bool:
    """Whether one of the engines with these words is tested on a database."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutate"]
    return any(engine.talks_sql for engine in engines.chosen(words, settings))


def _run(stack: Stack, job: str, words: list[str]) -> int:
    command = [sys.executable, "-m", job, *words]
    environment = {**os.environ, **stack.environment}
    return subprocess.call(command, cwd=ROOT, env=environment)
