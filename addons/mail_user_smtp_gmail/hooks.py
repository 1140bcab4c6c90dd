"""Sealing the tokens that a database has before this addon comes."""

from odoo.addons.mail_user_smtp import hooks

COLUMNS = [
    (model, f"google_gmail_{kind}_token")
    for model in ("ir.mail_server", "fetchmail.server")
    for kind in ("refresh", "access")
]


def pre_init_hook(env):
    """Stop before anything changed if there are tokens and nothing to seal with."""
    hooks.check_keys(env, COLUMNS)


def post_init_hook(env):
    """Seal what core stored in the clear."""
    hooks.seal(env, COLUMNS)


def uninstall_hook(env):
    """Core would take an envelope for the token itself: sign in again then."""
    hooks.forget(env, COLUMNS)
