"""Nobody loses sight of a document by the upgrade.

Until now everybody in a group of the CRM saw the documents of every billing entity, and
*Allowed Companies* meant nothing. Now it decides: whoever was in such a group is
allowed all entities that have documents. Administrators take away what is not meant.
"""

import logging

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

_logger = logging.getLogger(__name__)

GROUPS = ("group_user", "group_finance", "group_manager")
WITH_DOCUMENTS = """
    SELECT company_id FROM bmasia_quote UNION SELECT company_id FROM bmasia_contract
    UNION SELECT company_id FROM bmasia_invoice
    UNION SELECT company_id FROM bmasia_receipt
"""


def migrate(cr, version):
    """Allow them, and say for whom."""
    cr.execute(WITH_DOCUMENTS)
    entities = {company_id for (company_id,) in cr.fetchall() if company_id}
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    groups = env["res.groups"].union(
        *(env.ref(f"bmasia_crm.{name}") for name in GROUPS)
    )
    users = env["res.users"].search([("all_group_ids", "in", groups.ids)])
    for user in users - env.ref("base.user_root"):
        missing = entities - set(user.company_ids.ids)
        if missing:
            user.write({"company_ids": [Command.link(each) for each in missing]})
            names = env["res.company"].browse(missing).mapped("name")
            _logger.info(
                "%s goes on seeing the documents of %s", user.login, ", ".join(names)
            )
