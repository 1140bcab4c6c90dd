"""The first administrator's password, and the mark of a database that has none yet.
Used by ``tools.start``, also in the image.
"""

import secrets
from typing import Any

import psycopg2
from passlib.hash import pbkdf2_sha512
from psycopg2 import sql

from tools.database import EX_CONFIG, CannotStart, holds_odoo, read_secret

PASSWORD_LENGTH = 12  # characters, at least
HASH_ROUNDS = 600_000  # as Odoo has them
# The comment of a database while it is installed. Odoo commits addon by addon, and its
# administrator's password is ``admin`` until the end.
MARK = "BMAsia CRM: the installation has not come to its end"


def first_password() -> tuple[str, str]:
    """The first administrator's password, and how to name it to whoever installs.

    :raises CannotStart: the one of ``ADMIN_PASSWORD_FILE`` is too short
    """
    if not (password := read_secret("ADMIN_PASSWORD_FILE")):
        password = secrets.token_urlsafe(15)
        return password, f"password {password} (shown this once)"
    if len(password) < PASSWORD_LENGTH:
        raise CannotStart(
            EX_CONFIG,
            f"ADMIN_PASSWORD_FILE: a password has {PASSWORD_LENGTH} characters or more",
        )
    return password, "with the password of ADMIN_PASSWORD_FILE"


def set_first_password(connection: Any, password: str) -> None:
    """Give the administrator, whose password is ``admin``, one of their own."""
    hashed = pbkdf2_sha512.using(rounds=HASH_ROUNDS).hash(password)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE res_users SET password = %s WHERE id = (SELECT res_id"
            " FROM ir_model_data WHERE module = 'base' AND name = 'user_admin')",
            (hashed,),
        )


def mark_installation(connection: Any, name: str, is_open: bool) -> None:
    """Note that the installation begins, or that it has come to its end.

    :raises CannotStart: the role does not own the database
    """
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}").format(
        sql.Identifier(name), sql.Literal(MARK if is_open else None)
    )
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(comment)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise CannotStart(
            EX_CONFIG,
            f"the database role does not own the database {name!r}: make it the owner, "
            "as docs/administrator.md says under The database role",
        ) from error


def check_installed(connection: Any, name: str) -> None:
    """Refuse a database whose installation was broken off.

    :raises CannotStart: its administrator still has the password ``admin``
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = current_database()"
        )
        (comment,) = cursor.fetchone()
    if comment == MARK and holds_odoo(connection):
        raise CannotStart(
            EX_CONFIG,
            f"the installation of database {name!r} was broken off: drop it, make it "
            "anew, empty, and start with --init",
        )
