"""``./run load``: a demo system of its own, people who work on it, and the verdict."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from tools.errors import SetupError
from tools.load.mails import Post
from tools.load.memory import resident
from tools.load.outcome import Outcome, steps_of
from tools.progress import step
from tools.settings import ROOT, Settings
from tools.stack import Stack

USERS, MINUTES, WORKERS = 50, 10.0, 4
WARM = 30  # seconds in which each worker fills its caches; not in the table
ALONE = 120  # seconds of one person alone, who does not pause
PAUSE = (1, 5)  # seconds between two steps of a person, at least and at most
LOOK = 15  # seconds between two looks at memory and inbox
ARRIVAL = 300  # seconds for the last mails: the queue runs each minute


def run_load(settings: Settings, arguments: list[str]) -> int:
    """Have people work, and print what they saw.

    :param tools.settings.Settings settings: of the normal installation
    :param arguments: of the command line
    :returns: 1 where something was answered with an error, a mail is lost or came
        twice, or memory grew
    """
    options = _parser().parse_args(arguments)
    own = replace(settings.apart("load"), workers=options.workers)
    stack = Stack(own)
    stack.prepare_folder()
    try:
        stack.cluster.start()
        stack.drop_database()
        stack.start()
        outcome = measure(stack, options.users, options.minutes * 60)
    finally:
        stack.stop()
    sys.stdout.write("\n".join(outcome.lines()) + "\n")
    return int(bool(outcome.faults()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run load")
    parser.add_argument("--users", type=int, default=USERS, help="people at work")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long")
    parser.add_argument("--workers", type=int, default=WORKERS, help="of Odoo")
    return parser


def measure(
    stack: Stack,
    users: int,
    seconds: float,
    alone: float = ALONE,
    warm: float = WARM,
    pause: tuple[float, float] = PAUSE,
) -> Outcome:
    """Some to warm up, then one person alone, then all of them.

    :param tools.stack.Stack stack: that runs, with the demo
    :param users: how many people
    :param seconds: how long they work
    :param alone: seconds of one person alone
    :param warm: seconds of warming up
    :param pause: seconds between two steps of each, at least and at most
    """
    post = Post(stack.settings.inbox_url)
    post.forget()  # what a run that was broken off has left there
    memory: list[int] = []

    def look() -> None:
        post.collect()
        memory.append(resident(stack))

    answers = []
    with step("Warming up"):
        if warm:
            workers = max(1, stack.settings.workers)
            answers.append(drive(stack, 2 * workers, warm, (0, 0), post.collect))
    with step("One person alone"):
        answers.append(drive(stack, 1, alone, (0, 0), post.collect))
    with step(f"{users} people"):
        answers.append(drive(stack, users, seconds, pause, look))
    answered = frozenset(each for answer in answers for each in answer["answered"])
    with step("The last mails"):
        post.wait_for(answered, ARRIVAL)
    return Outcome(
        users,
        seconds,
        steps_of(answers[-1]),
        steps_of(answers[-2]),
        [tuple(error) for answer in answers for error in answer["errors"]],
        memory,
        frozenset(each for answer in answers for each in answer["asked"]),
        answered,
        post.copies,
    )


def drive(
    stack: Stack,
    users: int,
    seconds: float,
    pause: tuple[float, float],
    look: Callable[[], None],
) -> dict[str, Any]:
    """Have people work in another process.

    :param tools.stack.Stack stack: whose Odoo they use
    :param users: how many
    :param seconds: how long
    :param pause: of each between two steps, in seconds, at least and at most
    :param look: what is called now and then meanwhile
    :returns: as ``tools.load.drive``
    :raises SetupError: it ended otherwise than it should
    """
    words = [stack.settings.odoo_url, stack.api_keys_file, users, seconds, *pause]
    log = stack.state / "log" / "load.log"
    with tempfile.TemporaryFile("w+") as output, open(log, "ab") as errors:
        look()
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.load.drive", *map(str, words)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        try:
            while process.poll() is None:
                _wait(process, min(LOOK, seconds / 4))
                look()
        finally:
            process.kill()
        if process.returncode:
            raise SetupError(
                f"the people's process ended with code {process.returncode}",
                f"Read {log}.",
            )
        output.seek(0)
        return json.load(output)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
