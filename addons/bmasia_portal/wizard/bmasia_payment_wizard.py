from odoo import api, fields, models


class BmasiaPaymentWizard(models.TransientModel):
    """*Register Payment* closes what the customer has reported of that money.

    How it works: opened on a report, or on invoices of which one waits, it proposes
    that; of several, and where it was opened otherwise, it offers them. Whoever
    registers other money chooses none.
    """

    _inherit = "bmasia.payment.wizard"

    claim_ids = fields.Many2many(
        "bmasia.payment.claim", compute="_compute_claim_ids", string="Reports"
    )
    claim_id = fields.Many2one(
        "bmasia.payment.claim",
        "Reported as",
        domain="[('id', 'in', claim_ids)]",
        help="What the customer reported on the page. It is closed with this payment.",
    )
    claim_warning = fields.Char(compute="_compute_claim_warning")

    @api.model
    def default_get(self, fields):
        """With the report that waits on the invoices, if there is one."""
        values = super().default_get(fields)
        said = self.env.context
        if said.get("active_model") == "bmasia.invoice" and not values.get("claim_id"):
            invoices = self.env["bmasia.invoice"].browse(said.get("active_ids"))
            claims = self.env["bmasia.payment.claim"]._waiting_on(invoices)
            # what is paid back, or set off, nobody reports
            comes_in = values.get("direction") == "in" and not values.get("set_off")
            if len(claims) == 1 and comes_in:
                values["claim_id"] = claims.id
        return values

    @api.depends("line_ids.document", "direction", "set_off")
    def _compute_claim_ids(self):
        claims = self.env["bmasia.payment.claim"]
        for wizard in self:
            documents = [line.document for line in wizard.line_ids if line.document]
            ids = [each.id for each in documents if each._name == "bmasia.invoice"]
            invoices = self.env["bmasia.invoice"].browse(ids)
            comes_in = wizard.direction == "in" and not wizard.set_off
            found = claims._waiting_on(invoices) if comes_in else claims
            wizard.claim_ids = found | wizard.claim_id

    @api.depends("claim_id", "payment_id")
    def _compute_claim_warning(self):
        """Whether the same money may be noted already."""
        for wizard in self:
            noted = wizard.claim_id._noted_since() - wizard.payment_id
            wizard.claim_warning = bool(noted) and self.env._(
                "Registered since the customer reported: %s. If it is the same money, "
                "leave this window and press “Done with payment” on the report.",
                ", ".join(noted.mapped("display_name")),
            )

    def _follow_noted(self, payment):
        result = super()._follow_noted(payment)
        if self.claim_id:
            self.claim_id._settle(payment)
        return result
