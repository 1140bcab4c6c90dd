"""Accounts are made by invitation only, where nobody has chosen otherwise; who has sent
quotes needs no checklist of the first hour.
"""

import logging

ROOT = 1  # who writes when an addon is installed
_logger = logging.getLogger(__name__)


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE ir_config_parameter SET value = 'b2b'
         WHERE key = 'auth_signup.invitation_scope' AND value = 'b2c'
           AND write_uid = %s
        """,
        [ROOT],
    )
    if cr.rowcount:
        _close_links(cr)
    cr.execute(
        """
        INSERT INTO ir_config_parameter (key, value)
        SELECT 'bmasia_crm.checklist_hidden', 'True'
         WHERE EXISTS (SELECT FROM bmasia_quote WHERE state <> 'draft')
            ON CONFLICT (key) DO NOTHING
        """
    )


def _close_links(cr):
    """Links in mails to customers carried a token by which their reader made an
    account. Nobody was invited by them: who was is a user already."""
    cr.execute(
        """
        UPDATE res_partner SET signup_type = NULL
         WHERE signup_type = 'signup'
           AND NOT EXISTS (SELECT FROM res_users WHERE partner_id = res_partner.id)
        """
    )
    _logger.info("sign-up is by invitation now; %s links to it are closed", cr.rowcount)
