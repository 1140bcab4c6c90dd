"""Counting values by the key that sealed them, and sealing them with a new key. Used by
the command ``odoo secrets``.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg2.errors

from odoo.tools import SQL

from .fields import Secret, key_ring, secret_fields
from .tools import keyring
from .tools.keyring import KeyRing

BATCH = 200  # rows per commit: what a killed run has to do again at most
ATTEMPTS = 5  # per batch, when somebody edits the same rows

Rows = list[tuple[int, str]]  # id, envelope


@dataclass
class Report:
    """What was found in one column."""

    name: str
    sealed_with: Counter[str] = field(default_factory=Counter)  # readable, by key id
    unreadable: list[int] = field(default_factory=list)  # ids of records
    unbound: list[int] = field(
        default_factory=list
    )  # ids: of a version that is refused
    rotated: int = 0


def status(env: Any) -> list[Report]:
    """Try to open every value.

    :returns: a list of :class:`Report`, one for each secret field
    :raises keyring.KeyRingError: there is no usable ring
    """
    ring = key_ring(env)
    return [_report(env, ring, secret) for secret in secret_fields(env)]


def rotate(env: Any, dry_run: bool = False) -> list[Report]:
    """Seal with the ring's first key whatever another key sealed.

    Commits after each batch and can be stopped at any time; a value that somebody
    writes meanwhile is kept.

    :param bool dry_run: count only
    :returns: a list of :class:`Report`; ``rotated`` is what was done, or would be
    :raises keyring.KeyRingError: there is no usable ring
    """
    ring = key_ring(env)
    return [_rotate_field(env, ring, secret, dry_run) for secret in secret_fields(env)]


def _report(env: Any, ring: KeyRing, secret: Secret) -> Report:
    report = Report(str(secret))
    for batch in _batches(env, secret, but_key=None):
        for res_id, envelope in batch:
            _reseal(env, ring, secret, res_id, envelope, report)
    return report


def _rotate_field(env: Any, ring: KeyRing, secret: Secret, dry_run: bool) -> Report:
    report = Report(str(secret))
    for batch in _batches(env, secret, but_key=ring.current):
        resealed = []
        for res_id, envelope in batch:
            if new := _reseal(env, ring, secret, res_id, envelope, report):
                resealed.append((res_id, envelope, new))
        report.rotated += len(resealed) if dry_run else _replace(env, secret, resealed)
    return report


def _reseal(
    env: Any,
    ring: KeyRing,
    secret: Secret,
    res_id: int,
    envelope: str,
    report: Report,
) -> str | None:
    """The new envelope, or None if the old one cannot be opened; noted in the report.
    The binding stays the same. A value of the version without a binding has to be typed
    again, for nobody knows which server it was meant for.
    """
    record = env[secret.model_name].browse(res_id)
    try:
        new = ring.reseal(envelope, secret._place(record))
    except keyring.Unbound:
        report.unbound.append(res_id)
    except keyring.SecretError:
        report.unreadable.append(res_id)
    else:
        report.sealed_with[keyring.sealed_with(envelope) or ""] += 1
        return new
    return None


def _batches(env: Any, secret: Secret, but_key: str | None) -> Iterator[Rows]:
    """Rows of a column in the order of their ids, a batch at a time."""
    last_id = 0
    # what a value is bound to is read as it is now
    env.invalidate_all()
    while rows := _rows(env, secret, but_key, last_id):
        yield rows
        last_id = rows[-1][0]


def _rows(env: Any, secret: Secret, but_key: str | None, after: int) -> Rows:
    current = f"{keyring.VERSION}:{but_key}:%" if but_key else ""
    rows: Rows = env.execute_query(
        SQL(
            "SELECT id, %(column)s FROM %(table)s"
            " WHERE %(column)s <> '' AND %(column)s NOT LIKE %(current)s"
            " AND id > %(after)s ORDER BY id LIMIT %(batch)s",
            column=SQL.identifier(secret.name),
            table=SQL.identifier(env[secret.model_name]._table),
            current=current,
            after=after,
            batch=BATCH,
        )
    )
    return rows


def _replace(env: Any, secret: Secret, resealed: list[tuple[int, str, str]]) -> int:
    """Compare and set: a row that changed since it was read keeps its new value."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            replaced = sum(_replace_one(env, secret, *row) for row in resealed)
            env.cr.commit()
            return replaced
        except psycopg2.errors.SerializationFailure:
            # the snapshot is older than somebody's edit: look again
            env.cr.rollback()
            if attempt == ATTEMPTS:
                raise
    return 0


def _replace_one(env: Any, secret: Secret, res_id: int, old: str, new: str) -> int:
    env.cr.execute(
        SQL(
            "UPDATE %(table)s SET %(column)s = %(new)s"
            " WHERE id = %(id)s AND %(column)s = %(old)s",
            table=SQL.identifier(env[secret.model_name]._table),
            column=SQL.identifier(secret.name),
            new=new,
            old=old,
            id=res_id,
        )
    )
    replaced: int = env.cr.rowcount
    return replaced
