"""Secrets of one installation, made at set-up and readable by their owner only."""

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.fernet import Fernet

from tools.errors import SetupError

DEMO_PREFIX = "demo-only-"  # as encrypted_field knows it; importable without Odoo


def secret_file(path: Path, make: Callable[[], str]) -> str:
    """Make a file for secrets once, with mode 0400 from its first byte on.

    :param pathlib.Path path: where
    :param make: called without arguments for the text when the file is missing
    :returns: the file's text
    :rtype: str
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
    return path.read_text()


def key_ring(state: Path) -> Path:
    """The file for ``ODOO_SECRET_KEYS_FILE``: one Fernet key of this machine, whose
    first characters tell every other database to refuse it.

    :param pathlib.Path state: the state folder
    :rtype: pathlib.Path
    :raises SetupError: the file is there and cannot be used
    """
    path = state / "secrets" / "odoo-secret-keys"
    text = secret_file(
        path, lambda: DEMO_PREFIX + Fernet.generate_key().decode()[len(DEMO_PREFIX) :]
    )
    try:
        usable = [Fernet(key) for key in text.replace(",", " ").split()]
    except ValueError:
        usable = []
    if not usable:
        raise SetupError(
            f"{path} holds no encryption key",
            "Put the former file back; or delete it, then the demo makes a new one.",
        )
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SetupError(
            f"{path} can be read by other users of this machine",
            f"Take that away: chmod 400 '{path}'",
        )
    return path


def key_ring_id(state: Path) -> str:
    """The name of that key, for the database that may be used with it.

    :rtype: str
    """
    return hashlib.sha256(key_ring(state).read_bytes()).hexdigest()[:8]


def mailbox_passwords(
    state: Path, logins: Iterable[str]
) -> tuple[dict[str, str], Path]:
    """A password for each login of the local mail server.

    :param pathlib.Path state: the state folder
    :param logins: iterable of addresses
    :returns: ``{login: password}`` and the file that holds it
    :rtype: tuple[dict, pathlib.Path]
    """
    path = state / "secrets" / "mail-users.json"
    text = secret_file(
        path,
        lambda: json.dumps({login: secrets.token_urlsafe(12) for login in logins}),
    )
    return json.loads(text), path


def database_password(state: Path) -> str:
    """The password of Odoo's role in the private PostgreSQL cluster.

    :rtype: str
    """
    return secret_file(
        state / "secrets" / "database-password", lambda: secrets.token_urlsafe(24)
    )


def superuser_password(state: Path) -> str:
    """The password of that cluster's superuser, which nothing but the set-up uses.

    :rtype: str
    """
    return secret_file(
        state / "secrets" / "database-superuser-password",
        lambda: secrets.token_urlsafe(24),
    )
