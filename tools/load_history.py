"""Give the demo's sent documents their PDFs and deliveries, beside everybody's work.

``python -m tools.load_history --help`` names the options. Stopped and started again, it
goes on where it was.
"""

import argparse
import os
import signal
import sys
import threading

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo.modules.registry import Registry
from odoo.tools import config


def main() -> int:
    """Complete the history.

    :returns: the exit code: 1 where documents still lack theirs
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, help="the oldest of each kind only")
    parser.add_argument("--list", action="store_true", help="say what lacks them only")
    parser.add_argument("--nice", type=int, default=0, help="let others go first")
    options = parser.parse_args()
    os.nice(options.nice)  # the children that print inherit it
    # A stop waits for the document at hand: an exception raised in here may meet code
    # that swallows it (a callback of a C library, a finalizer).
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())

    says = "--log-handler=tools.demo.history:INFO"
    config.parse_config(["--no-http", says], setup_logging=True)
    # its imports from the addons work once Odoo knows where they are
    from tools.demo.history import complete, list_missing

    registry = Registry(config["db_name"][0])
    if options.list:
        for model, record_id in list_missing(registry, options.each):
            sys.stdout.write(f"{model} {record_id}\n")
        return 0
    return int(bool(complete(registry, options.each, stopped)))


if __name__ == "__main__":
    sys.exit(main())
