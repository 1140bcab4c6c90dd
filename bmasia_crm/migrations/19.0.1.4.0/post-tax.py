"""Drafts are reckoned anew: tax is rounded once per document and rate, no longer per
line. What has a number keeps the amounts that it was issued with.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

BATCH = 500
MODELS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice")


def migrate(cr, version):
    """Compute the amounts of drafts."""
    # nobody is told of a satang in the history of a draft
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    for model in MODELS:
        drafts = env[model].search([("state", "=", "draft"), ("name", "=", False)])
        for ids in split_every(BATCH, drafts.ids):
            env[model].browse(ids).line_ids.modified(["quantity"])
            env.flush_all()
            env.invalidate_all()
