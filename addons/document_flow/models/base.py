from odoo import api, models

# What programs need and nobody groups a list by or exports: keys, fingerprints, and
# how lines hang together.
TECHNICAL = frozenset(
    {"access_token", "attempt", "claim", "claimed_at", "content_snapshot", "digest"}
    | {"display_type", "document_digest", "document_sha256", "fingerprint"}
    | {"idempotency_key", "key", "legacy_uuid", "letter_digest", "message_id_header"}
    | {"model", "number_key", "renewal_drafted_for", "request_id", "res_id"}
    | {"res_model", "seller_partner_id", "send_header", "settled", "tax_chosen"}
    | {"mail_id", "mail_message_id", "message_main_attachment_id", "outcome"}
)
OFFERED = ("groupable", "exportable")


class Base(models.AbstractModel):
    """Lists offer people what people know."""

    _inherit = "base"

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Core's; technical fields are offered for groups and exports in developer mode
        only.
        """
        found = super().fields_get(allfields, attributes)
        technical = TECHNICAL & found.keys()
        if not technical or self.env.user.has_group("base.group_no_one"):
            return found
        for name in technical:
            for attribute in OFFERED:
                if attribute in found[name]:
                    found[name][attribute] = False
        return found
