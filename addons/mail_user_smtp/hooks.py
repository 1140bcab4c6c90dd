"""Sealing what a database has in the clear before this addon, or one that seals tokens,
comes; a column is named by model and field.
"""

from odoo.tools import SQL

from odoo.addons.encrypted_field.fields import SecretUserError, key_ring
from odoo.addons.encrypted_field.tools.keyring import SecretError

# Columns of core that this addon turns into secrets.
COLUMNS = (("ir.mail_server", "smtp_pass"), ("fetchmail.server", "password"))


def pre_init_hook(env):
    """Stop before anything changed if there are passwords and nothing to seal with."""
    check_keys(env, COLUMNS)


def post_init_hook(env):
    """Seal what core stored in the clear."""
    seal(env, COLUMNS)


def uninstall_hook(env):
    """Core would take an envelope for the password itself."""
    forget(env, COLUMNS)


def check_keys(env, columns):
    """
    :raises SecretUserError: there are values to seal, and no key
    """
    if not any(_has_values(env, *column) for column in columns):
        return
    try:
        key_ring(env)
    except SecretError as error:
        raise SecretUserError(env, error) from None


def seal(env, columns):
    """Seal the clear texts of columns, which are secrets by now."""
    for model, name in columns:
        env[model]._fields[name].seal_existing(env[model])


def forget(env, columns):
    """Empty columns."""
    for model, name in columns:
        env.cr.execute(
            SQL(
                "UPDATE %s SET %s = NULL",
                SQL.identifier(env[model]._table),
                SQL.identifier(name),
            )
        )


def _has_values(env, model, name):
    return env.execute_query(
        SQL(
            "SELECT 1 FROM %(table)s WHERE %(column)s <> '' LIMIT 1",
            table=SQL.identifier(env[model]._table),
            column=SQL.identifier(name),
        )
    )
