from odoo import api, fields, models
from odoo.fields import Domain

DOCUMENTS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice", "bmasia.payment")


class BmasiaCompany(models.Model):
    """What the company's page tells beyond its documents: payments and mails."""

    _inherit = "bmasia.company"

    payment_count = fields.Integer(compute="_compute_payment_count")
    delivery_count = fields.Integer(compute="_compute_delivery_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_payment_count(self):
        groups = self.env["bmasia.payment"]._read_group(
            [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
        )
        counts = {customer.id: count for customer, count in groups}
        for company in self:
            company.payment_count = counts.get(company.id, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_delivery_count(self):
        """On forms only: each company costs a query per kind of document."""
        for company in self:
            domain = company._deliveries_domain()
            company.delivery_count = self.env["mail.delivery"].search_count(domain)

    def _deliveries_domain(self):
        """The mails of all documents of these companies, and those to the companies."""
        domains = [self._deliveries_of(self)]
        for model in DOCUMENTS:
            documents = self.env[model].search([("customer_id", "in", self.ids)])
            domains.append(self._deliveries_of(documents))
        return Domain.OR(domains)

    def _deliveries_of(self, records):
        return Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)

    def action_open_deliveries(self):
        """Open every mail that went to this company, with its result.

        :returns: the action of the list
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bmasia_crm.mail_delivery_action_history"
        )
        domain = list(self._deliveries_domain())
        return {**action, "domain": domain, "context": {}}
