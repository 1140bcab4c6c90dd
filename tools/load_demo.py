"""Load the demo into the database that the environment names.

``python -m tools.load_demo --help`` names the options.
"""

import argparse
import json
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import odoo.init  # Odoo asks for it before anything else of Odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

API_KEY_DAYS = 90  # Odoo's own limit for an internal user
# Odoo's weekly report to its maker; the demo connects to nobody
PHONES_HOME = "mail.ir_cron_module_update_notification"


def make_api_keys(env: Any, logins: Iterable[str]) -> dict[str, str]:
    """One API key for each user.

    :param logins: of the users
    :returns: ``{login: key}``
    :rtype: dict
    """
    expiry = datetime.now() + timedelta(days=API_KEY_DAYS)
    keys = {}
    for user in env["res.users"].search([("login", "in", list(logins))]):
        own = env["res.users.apikeys"].with_user(user)
        keys[user.login] = own._generate("rpc", "Demo key, made at set-up", expiry)
    return keys


def main() -> None:
    """Load the demo and write the API keys to their file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--smtps-port", type=int, required=True)
    parser.add_argument("--mail-users", type=Path, required=True)
    parser.add_argument("--api-keys", type=Path, required=True)
    parser.add_argument("--only-access", action="store_true", help="no documents")
    options = parser.parse_args()
    passwords = json.loads(options.mail_users.read_text())

    config.parse_config(["--no-http"], setup_logging=True)
    # its imports from the addons work once Odoo knows where they are
    from tools.demo.load import MailServer, connect, load

    mail_server = MailServer(
        "localhost", options.smtp_port, options.smtps_port, passwords
    )
    with Registry(config["db_name"][0]).cursor() as cursor:
        env = api.Environment(cursor, odoo.SUPERUSER_ID, {})
        if options.only_access:
            connect(env, mail_server)
        else:
            env.ref(PHONES_HOME).active = False
            load(env, mail_server)
        keys = make_api_keys(env, [*passwords, "admin@bmasiamusic.com"])
    options.api_keys.unlink(missing_ok=True)
    descriptor = os.open(options.api_keys, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(keys, file, indent=2)


if __name__ == "__main__":
    main()
