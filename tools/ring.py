"""Which keys the sealed values of a database need, and whether the key ring of this
server has them. Odoo's own imports are in order only after ``odoo.http``.
"""

from importlib import import_module
from typing import Any

from tools.database import environment

ADDON = "odoo.addons.encrypted_field"


def key_ids(name: str) -> list[str]:
    """The ids of the keys that sealed something in a database.

    :param str name: of the database, at the version of this code
    """
    from odoo.tools import SQL

    fields, found = _module("fields"), set()
    with environment(name) as env:
        for secret in fields.secret_fields(env):
            rows = env.execute_query(
                SQL(
                    "SELECT DISTINCT split_part(%(column)s, ':', 2) FROM %(table)s"
                    " WHERE %(column)s LIKE %(sealed)s",
                    column=SQL.identifier(secret.name),
                    table=SQL.identifier(env[secret.model_name]._table),
                    sealed=fields.SEALED,
                )
            )
            found |= {key for (key,) in rows}
    return sorted(found)


def lacking(keys: list[str]) -> list[str]:
    """Those of these keys that the ring of this server does not have."""
    keyring = _module("tools.keyring")
    try:
        known = set(keyring.KeyRing.from_environ().key_ids)
    except keyring.KeyRingError:
        known = set()
    return [key for key in keys if key not in known]


def unreadable(name: str) -> tuple[int, int]:
    """Try to open every sealed value of a database.

    :returns: how many cannot be opened, and how many there are
    """
    rotation, keyring = _module("rotation"), _module("tools.keyring")
    with environment(name) as env:
        try:
            reports = rotation.status(env)
        except keyring.KeyRingError:
            count = sum(
                env.execute_query(_counting(env, secret))[0][0]
                for secret in _module("fields").secret_fields(env)
            )
            return count, count
    bad = sum(len(report.unreadable) for report in reports)
    return bad, bad + sum(sum(report.sealed_with.values()) for report in reports)


def _counting(env: Any, secret: Any) -> Any:
    from odoo.tools import SQL

    return SQL(
        "SELECT count(*) FROM %(table)s WHERE %(column)s LIKE %(sealed)s",
        column=SQL.identifier(secret.name),
        table=SQL.identifier(env[secret.model_name]._table),
        sealed=_module("fields").SEALED,
    )


def _module(name: str) -> Any:
    import_module("odoo.http")
    return import_module(f"{ADDON}.{name}")
