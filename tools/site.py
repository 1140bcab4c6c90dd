"""The public address of an installation: in links of mails, and told to who installs.
Used by ``tools.start``, also in the image.
"""

import os
from typing import Any
from urllib.parse import urlsplit

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo.tools import config

from tools.database import EX_CONFIG, CannotStart


def check_site_url(url: str) -> None:
    """Refuse an address that would make every link in a mail a dead one.

    :raises CannotStart: no ``https://host`` or ``http://host``
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotStart(
            EX_CONFIG, f"SITE_URL={url} must look like https://crm.example.com"
        )


def freeze_site_url(connection: Any, url: str) -> None:
    """Keep the public address in the database, so that links in mails are right
    whoever logs in from wherever."""
    with connection, connection.cursor() as cursor:
        for key, value in (
            ("web.base.url", url.rstrip("/")),
            ("web.base.url.freeze", "True"),
        ):
            cursor.execute(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
                " WHERE ir_config_parameter.value <> EXCLUDED.value",
                (key, value),
            )


def site_url() -> str:
    """The address that people open: the public one, else that of this machine."""
    host = config["http_interface"] or "127.0.0.1"
    if host in ("0.0.0.0", "::"):  # noqa: S104 (nothing listens here)
        host = "127.0.0.1"
    return os.environ.get("SITE_URL") or f"http://{host}:{config['http_port']}"
