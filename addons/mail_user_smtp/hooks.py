"""What a database has before this addon comes: clear texts are sealed, and a company
that mails goes on as it did; a column is named by model and field.
"""

import logging

from odoo.tools import SQL, config

from odoo.addons.encrypted_field.fields import SecretUserError, key_ring
from odoo.addons.encrypted_field.tools.keyring import SecretError

from .tools.sender import RELAY

_logger = logging.getLogger(__name__)

# Where Odoo mails to when nobody has said where to.
NO_SERVER = "localhost"
# Columns of core that this addon turns into secrets.
COLUMNS = (("ir.mail_server", "smtp_pass"), ("fetchmail.server", "password"))


def pre_init_hook(env):
    """Stop before anything changed if there are passwords and nothing to seal with."""
    check_keys(env, COLUMNS)


def post_init_hook(env):
    """Seal what core stored in the clear; let a company that mails go on."""
    seal(env, COLUMNS)
    if _has_mailed(env):
        keep_the_way(env)


def keep_the_way(env):
    """Whoever mails through the company's server goes on, with answers to where they
    went, until an administrator chooses; they are told.
    """
    companies = env["res.company"].with_context(active_test=False).search([])
    companies.write({"smtp_policy": RELAY, "smtp_reply_to_sender": False})
    companies.write({"smtp_policy_kept": True})
    _logger.info(
        "mail_user_smtp: companies go on mailing through their own mail server; an "
        "administrator chooses in the general settings, Users without a Working Mailbox"
    )
    for user in env.ref("base.group_system").all_user_ids.filtered("active"):
        user.with_context(lang=user.lang)._tell_of_kept_policy()


def _has_mailed(env):
    """Whether a mail server of the company is there, or the one of Odoo's own options
    served people who have worked here.
    """
    if env["ir.mail_server"].search_count([("owner_user_id", "=", False)], limit=1):
        return True
    named = config["smtp_server"] or NO_SERVER
    return named != NO_SERVER and bool(env["res.users.log"].search_count([], limit=1))


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
