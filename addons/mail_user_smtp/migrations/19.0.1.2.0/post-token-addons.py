"""Install the addons that seal the tokens of Odoo's Gmail and Outlook sign-ins where
these are in use: an upgrade does not look for new addons that install by themselves.
"""

BRIDGES = {
    "mail_user_smtp_gmail": "google_gmail",
    "mail_user_smtp_outlook": "microsoft_outlook",
}


def migrate(cr, version):
    for bridge, sign_in in BRIDGES.items():
        cr.execute(
            "UPDATE ir_module_module SET state = 'to install'"
            " WHERE name = %s AND state = 'uninstalled' AND EXISTS ("
            " SELECT FROM ir_module_module"
            " WHERE name = %s AND state IN ('installed', 'to upgrade'))",
            (bridge, sign_in),
        )
