"""Seal stored passwords together with where they go.

Until 19.0.1.1.0 an envelope (``v1``) was bound to its row only; from now on the fields
refuse it. Where the present settings can be trusted, the same password is sealed with
them (``v2``):

- a user's account: its last test, or the mail sent since, went well (state ``ok``);
- the company's own outgoing servers: active, log in with a password;
- incoming servers: active and confirmed.

The latter two are vouched for by whoever starts the upgrade: only administrators could
change them. Every other password is forgotten, and its form asks for it.
"""

import logging

from odoo import SUPERUSER_ID, api

from odoo.addons.encrypted_field.fields import SecretUserError, key_ring
from odoo.addons.encrypted_field.tools.keyring import SecretError

_logger = logging.getLogger(__name__)

OUTGOING = ("ir.mail_server", "ir_mail_server", "smtp_pass")
OUTGOING_BOUND_TO = (
    "smtp_host",
    "smtp_port",
    "smtp_encryption",
    "smtp_user",
    "smtp_authentication",
    "owner_user_id",
)
OUTGOING_TRUSTED = """
    CASE WHEN owner_user_id IS NULL THEN active AND smtp_authentication = 'login'
         ELSE smtp_authentication = 'user_smtp' AND user_smtp_state = 'ok' END
"""
INCOMING = ("fetchmail.server", "fetchmail_server", "password")
INCOMING_BOUND_TO = ("server", "port", "is_ssl", "user", "server_type")
INCOMING_TRUSTED = "active AND state = 'done'"


def migrate(cr, version):
    """
    :raises SecretUserError: there are passwords to keep and no key to seal them with;
        nothing is changed then
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    bind(env, OUTGOING, OUTGOING_BOUND_TO, OUTGOING_TRUSTED)
    bind(env, INCOMING, INCOMING_BOUND_TO, INCOMING_TRUSTED)


def bind(env, column, bound_to, trusted):
    """
    :param tuple column: model, table and column
    :param tuple bound_to: the columns whose values are sealed along
    :param str trusted: a condition in SQL
    """
    model, table, name = column
    quoted = ", ".join(f'"{key}"' for key in bound_to)  # "user" is a word of SQL
    env.cr.execute(
        f"SELECT id, {name}, {trusted}, {quoted} FROM {table}"
        f" WHERE {name} LIKE 'v1:%' ORDER BY id"
    )
    rows = env.cr.fetchall()
    ring = ring_of(env) if any(row[2] for row in rows) else None
    for res_id, envelope, is_trusted, *values in rows:
        new = None
        if is_trusted:
            binding = [
                [key, normal_form(value)]
                for key, value in zip(bound_to, values, strict=True)
            ]
            new = bound_envelope(ring, envelope, [model, name, res_id], binding)
            if not new:
                _logger.warning(
                    "The password of %s %s cannot be opened with the present keys: "
                    "it has to be typed again",
                    model,
                    res_id,
                )
                continue
        env.cr.execute(f"UPDATE {table} SET {name} = %s WHERE id = %s", (new, res_id))
        if not new:
            _logger.info("The password of %s %s has to be typed again", model, res_id)


def ring_of(env):
    try:
        return key_ring(env)
    except SecretError as error:
        raise SecretUserError(env, error) from None


def bound_envelope(ring, envelope, place, binding):
    """The envelope of this version, or None: the old one cannot be opened here."""
    try:
        *found, value = ring.unlock(envelope)
    except SecretError:
        return None
    return ring.lock("v2", [*place, binding, value]) if found == place else None


def normal_form(value):
    return str(value).strip().lower().removesuffix(".") if value else ""
