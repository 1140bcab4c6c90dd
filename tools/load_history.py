"""Give the demo's sent documents their PDFs and deliveries, beside everybody's work.

``python -m tools.load_history --help`` names the options. Stopped and started again, it
goes on where it was.
"""

import argparse
import os
import signal
import sys

import odoo.init  # Odoo asks for it before anything else of Odoo
from odoo.modules.registry import Registry
from odoo.tools import config

NICENESS = 15  # the processor is for those who work


def main():
    """Complete the history.

    :returns: the exit code: 1 where documents still lack theirs
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, help="how many documents at most")
    options = parser.parse_args()
    os.nice(NICENESS)
    # a stop undoes the document at hand, in order
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    says = "--log-handler=tools.demo.history:INFO"
    config.parse_config(["--no-http", says], setup_logging=True)
    # its imports from the addons work once Odoo knows where they are
    from tools.demo.history import complete

    left = complete(Registry(config["db_name"][0]), options.limit)
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
