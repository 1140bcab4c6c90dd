"""Snapshots of what went out before there were any.

Until now a digest told whether the archived file was still true, and one more printed
field changed it. Here each document whose digest still agrees gets a snapshot of all
that it says; one that was corrected since its file was made gets none, and is printed
anew when it is sent again, as before.
"""

import hashlib
import json

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

BATCH = 500
EVERY = {"name", "lang", "currency", "seller", "customer"}
WITH_LINES = EVERY | {"lines", "terms"}
# What the digest was made of.
SAID = {
    "bmasia.quote": WITH_LINES
    | {"date", "valid_until", "term_months", "billing_frequency"}
    | {"payment_schedule", "note"},
    "bmasia.contract": WITH_LINES
    | {"start_date", "term_months", "billing_frequency", "property_name"}
    | {"auto_renew", "notice_days", "category", "text", "signatories", "locations"}
    | {"zones", "master"},
    "bmasia.invoice": WITH_LINES
    | {"kind", "issue_date", "due_date", "period_start", "period_end"}
    | {"property_name", "customer_reference", "note", "credit_reason", "reversed"},
    # what was the payment, by the name that 19.0.1.4.0 gives it before this runs
    "bmasia.receipt": EVERY
    | {"date", "amount", "withholding_amount", "method", "reference", "invoice"},
}
# Lists that had no names.
LISTED = {
    "lines": (
        *("product", "display_type", "name", "quantity", "unit_price", "discount"),
        *("tax_rate", "kind", "list_value", "date_from", "date_to"),
    ),
    "signatories": ("side", "name", "title", "entity", "authority"),
    "locations": ("name", "platform", "service", "zone_count"),
}


def migrate(cr, version):
    """Take a snapshot of each document whose file is still true."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for model in SAID:
        documents = env[model].search(
            [("document_digest", "!=", False), ("content_snapshot", "=", False)]
        )
        for ids in split_every(BATCH, documents.ids):
            for document in documents.browse(ids):
                values = document._document_values()
                if former_digest(model, values) == document.document_digest:
                    document.write(snapshot_of(values))
            env.flush_all()
            env.invalidate_all()


def former_digest(model, values):
    """The digest as it was made up to 19.0.1.2.0.

    :param dict values: all that the document says, by name
    """
    said = {name: values[name] for name in SAID[model] if name in values}
    for name, parts in LISTED.items():
        if name in said:
            said[name] = [[part[key] for key in parts] for part in said[name]]
    content = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def snapshot_of(values):
    """Snapshot and digest in the form of 19.0.1.3.0."""
    plain = json.loads(json.dumps(values, default=str))
    snapshot = {"version": 1, "values": plain}
    content = json.dumps(snapshot, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"content_snapshot": snapshot, "document_digest": digest}
