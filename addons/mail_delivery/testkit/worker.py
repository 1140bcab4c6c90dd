"""A worker in a process of its own, to be killed."""

import itertools
import json
import os
import signal
import subprocess
import sys

from odoo.tools import config

CONNECTION = ("db_host", "db_port", "db_user", "db_password", "db_sslmode", "data_dir")
PROGRAM = """
import json, sys
job = json.loads(sys.stdin.read())
from odoo.tools import config
config.parse_config(job["options"])
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
registry = Registry(job["database"])
if job["dies"]:
    from odoo.addons.mail_delivery.testkit.worker import die_at
    die_at(*job["dies"])
with registry.cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    mails = env["mail.mail"]
    if job["mail_ids"] is None:
        mails._deliver_queue()
    else:
        mails.browse(job["mail_ids"])._deliver()
"""


def die_at(when, name, number):
    """Have this process kill itself at a step of the engine.

    :param str when: ``before`` or ``after`` it
    :param str name: a method of ``Ledger``, which commits; ``connect`` or ``hand_over``
    :param int number: which of its calls, from 1
    """
    from ..models.delivery_account import Account
    from ..tools import transmission
    from ..tools.ledger import Ledger

    elsewhere = {"connect": (Account, name), "hand_over": (transmission, f"_{name}")}
    owner, name = elsewhere.get(name, (Ledger, name))
    method = getattr(owner, name)
    calls = itertools.count(1)

    def dying(*args, **kwargs):
        is_last = next(calls) == number
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*args, **kwargs)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


class Worker:
    """An Odoo process that delivers mails and ends.

    :param str database: its name
    :param mail_ids: what to deliver; None: whatever is due
    :param tuple dies: where it kills itself, as :func:`die_at` takes it
    """

    def __init__(self, database, mail_ids=None, dies=None):
        options = [
            f"--{name.replace('_', '-') if name == 'data_dir' else name}={config[name]}"
            for name in CONNECTION
            if config[name]
        ]
        addons_path = config["addons_path"]
        if not isinstance(addons_path, str):
            addons_path = ",".join(addons_path)
        options += [f"--addons-path={addons_path}", f"--database={database}"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        job = {
            "options": options,
            "database": database,
            "mail_ids": mail_ids,
            "dies": dies,
        }
        self.process.stdin.write(json.dumps(job).encode())
        self.process.stdin.close()

    def kill(self, *_args):
        """SIGKILL: no handler, no finally, no rollback of its own."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def wait(self, seconds=60):
        """Wait for its end.

        :returns: the exit code, negative when it was killed
        """
        return self.process.wait(seconds)
