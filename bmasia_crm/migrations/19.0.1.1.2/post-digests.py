import hashlib
import json

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

# Whose ids were part of the digest
LINKS = ("partner_id", "currency_id", "bank_account_id")
MODELS = {
    "bmasia.quote": LINKS,
    "bmasia.contract": (
        *LINKS,
        *("location_ids", "signatory_ids", "template_id", "master_contract_id"),
    ),
    "bmasia.invoice": (*LINKS, "reversed_id"),
}
BATCH = 1000
SIGNATORY = ["side", "name", "title", "entity", "authority"]
LOCATION = ["name", "platform", "service", "zone_count"]


def migrate(cr, version):
    """Digests no longer hold ids: what says the same as it did stays the same file."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for model in MODELS:
        papers = env[model].search([("paper_digest", "!=", False)])
        for ids in split_every(BATCH, papers.ids):
            for paper in papers.browse(ids):
                if paper.paper_digest == former_fingerprint(paper):
                    paper.paper_digest = paper._paper_fingerprint()
            env.flush_all()
            env.invalidate_all()


def former_fingerprint(paper):
    """The digest as it was made up to 19.0.1.1.1."""
    values = paper._paper_values()
    values.pop("reversed", None)
    values["lines"] = [line[1:] for line in values["lines"]]
    values.update({name: paper[name].ids for name in MODELS[paper._name]})
    if paper._name == "bmasia.contract":
        values["signatories"] = paper.signatory_ids.read(SIGNATORY)
        values["locations"] = paper.location_ids.read(LOCATION)
    content = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()
