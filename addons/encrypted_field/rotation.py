"""What sealed what, and sealing it anew. Used by the command ``odoo secrets``."""

from collections import Counter
from dataclasses import dataclass, field

import psycopg2.errors

from odoo.tools import SQL

from .fields import key_ring, secret_fields
from .tools import keyring

BATCH = 200  # rows per commit: what a killed run has to do again at most
ATTEMPTS = 5  # per batch, when somebody edits the same rows


@dataclass
class Report:
    """What was found in one column."""

    name: str
    sealed_with: Counter = field(default_factory=Counter)  # readable, by key id
    unreadable: list = field(default_factory=list)  # ids of records
    unbound: list = field(default_factory=list)  # ids: of a version that is refused
    rotated: int = 0


def status(env):
    """Try to open every value.

    :returns: a list of :class:`Report`, one for each secret field
    :raises keyring.KeyRingError: there is no usable ring
    """
    ring = key_ring(env)
    return [_report(env, ring, secret) for secret in secret_fields(env)]


def rotate(env, dry_run=False):
    """Seal anew, under the ring's first key, whatever another key sealed.

    Commits after each batch and can be stopped at any time; a value that somebody
    writes meanwhile is left as it is.

    :param bool dry_run: count only
    :returns: a list of :class:`Report`; ``rotated`` is what was done, or would be
    :raises keyring.KeyRingError: there is no usable ring
    """
    ring = key_ring(env)
    return [_rotate_field(env, ring, secret, dry_run) for secret in secret_fields(env)]


def _report(env, ring, secret):
    report = Report(str(secret))
    for batch in _batches(env, secret, but_key=None):
        for res_id, envelope in batch:
            _reseal(env, ring, secret, res_id, envelope, report)
    return report


def _rotate_field(env, ring, secret, dry_run):
    report = Report(str(secret))
    for batch in _batches(env, secret, but_key=ring.current):
        resealed = []
        for res_id, envelope in batch:
            if new := _reseal(env, ring, secret, res_id, envelope, report):
                resealed.append((res_id, envelope, new))
        report.rotated += len(resealed) if dry_run else _replace(env, secret, resealed)
    return report


def _reseal(env, ring, secret, res_id, envelope, report):
    """The new envelope, or None if the old one cannot be opened; noted in the report.
    What is bound stays bound to the same: a value of the version without a binding is
    left to be typed again, for nobody knows where it was meant to go.
    """
    record = env[secret.model_name].browse(res_id)
    try:
        new = ring.reseal(envelope, secret._place(record))
    except keyring.Unbound:
        report.unbound.append(res_id)
    except keyring.SecretError:
        report.unreadable.append(res_id)
    else:
        report.sealed_with[keyring.sealed_with(envelope)] += 1
        return new
    return None


def _batches(env, secret, but_key):
    """Rows of a column in the order of their ids, a batch at a time."""
    last_id = 0
    # what a value is bound to is read as it is now
    env.invalidate_all()
    while rows := _rows(env, secret, but_key, last_id):
        yield rows
        last_id = rows[-1][0]


def _rows(env, secret, but_key, after):
    current = f"{keyring.VERSION}:{but_key}:%" if but_key else ""
    return env.execute_query(
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


def _replace(env, secret, resealed):
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


def _replace_one(env, secret, res_id, old, new):
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
    return env.cr.rowcount
