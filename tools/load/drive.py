"""``python -m tools.load.drive``: have people work for some time, and print in JSON
what they saw. A process of its own: locust patches all of Python's waiting.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment

from tools.load.day import Person

ARRIVALS = 5  # people who come to work, in a second
LAST_STEP = 200  # seconds that a step which has begun may take, when the day is over
PERCENTILES = (0.5, 0.95, 0.99)


def drive(url: str, users: int, seconds: float) -> dict[str, Any]:
    """Have them work.

    :param url: of Odoo
    :param users: how many people
    :param seconds: how long
    """
    environment = Environment(user_classes=[Person], host=url, stop_timeout=LAST_STEP)
    runner = environment.create_local_runner()
    Person.ends = time.monotonic() + seconds
    runner.start(users, spawn_rate=ARRIVALS)
    gevent.sleep(seconds)
    runner.stop()
    steps = {
        entry.name: {
            "times": entry.num_requests,
            "failed": entry.num_failures,
            "percentiles": [entry.get_response_time_percentile(p) for p in PERCENTILES],
        }
        for entry in environment.stats.entries.values()
    }
    errors = [
        [error.name, str(error.error), error.occurrences]
        for error in environment.stats.errors.values()
    ]
    # what went wrong on this side is no answer of the server's, and no success either
    errors += [
        ["load", each["traceback"], each["count"]]
        for each in runner.exceptions.values()
    ]
    return {
        "steps": steps,
        "errors": errors,
        "asked": Person.asked,
        "answered": Person.answered,
    }


def main() -> None:
    """Read the command line and drive."""
    parser = argparse.ArgumentParser(prog="python -m tools.load.drive")
    parser.add_argument("url")
    parser.add_argument("keys", type=Path, help="file with {login: API key}")
    parser.add_argument("users", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("pause", type=float, nargs=2, help="seconds between steps")
    options = parser.parse_args()
    keys = json.loads(options.keys.read_text())
    # without a mailbox of their own, on purpose
    Person.keys = {login: key for login, key in keys.items() if "admin" not in login}
    Person.pause = tuple(options.pause)
    json.dump(drive(options.url, options.users, options.seconds), sys.stdout)


if __name__ == "__main__":
    main()
