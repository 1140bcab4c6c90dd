from datetime import date

from odoo import api, fields, models

from odoo.addons.document_flow.models.document_draft_mixin import PENDING


class BmasiaEntityTaxMixin(models.AbstractModel):
    """Which rate of VAT a billing entity charges on which day.

    Gives ``_tax_rate_on``, which everything asks that needs a standard rate, and
    ``tax_rate``, the one of today. Rates are data: ``bmasia.tax.rate``.
    """

    _name = "bmasia.entity.tax.mixin"
    _description = "Tax Rates of a Billing Entity"

    tax_rate_ids = fields.One2many("bmasia.tax.rate", "company_id", "Tax Rates")
    tax_rate = fields.Float(
        "Tax Rate (%)",
        digits=(5, 2),
        compute="_compute_tax_rate",
        inverse="_inverse_tax_rate",
        store=True,
        compute_sudo=True,
        help="The standard rate of today. 0 prints no tax row.",
    )

    tax_rates_followed = fields.Date(
        readonly=True, help="Until then, what is due has the rates of its days."
    )

    @api.depends("tax_rate_ids.rate", "tax_rate_ids.date_from")
    def _compute_tax_rate(self):
        for company in self:
            company.tax_rate = company._tax_rate_on(company._today())

    def _inverse_tax_rate(self):
        """A rate that is set counts from today; from ever, if nothing was issued."""
        for company in self:
            today, rate = company._today(), company.tax_rate
            row = company._tax_row_on(today).sudo(self.env.su)
            if row.rate == rate or not row and not rate:
                continue
            if row and (row.date_from == today or not row.sudo()._is_used()):
                row.rate = rate
                continue
            first = today if row or self._has_issued(company) else False
            row.create({"company_id": company.id, "date_from": first, "rate": rate})

    def _has_issued(self, company):
        rates = self.env["bmasia.tax.rate"]
        return rates.new({"company_id": company.id}).sudo()._is_used()

    def action_open_tax_rates(self):
        """Open the tax rates of this billing entity.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bmasia_crm.bmasia_tax_rate_action"
        )
        context = {"default_company_id": self.id}
        return {**action, "domain": [("company_id", "=", self.id)], "context": context}

    def _tax_rate_on(self, day, supplied=None, agreed=None):
        """The standard rate of a tax point.

        :param day: on which the tax falls due
        :param supplied: last day of the service, for a transition
        :param agreed: when the contract was signed, for a transition
        :rtype: float
        """
        return self._tax_row_on(day, supplied, agreed).rate

    def _tax_row_on(self, day, supplied=None, agreed=None):
        """As ``_tax_rate_on``: the ``bmasia.tax.rate`` itself, or none."""
        self.ensure_one()

        def by_day(row):
            return row.date_from or date.min

        for row in self.sudo().tax_rate_ids.sorted(by_day, reverse=True):
            first = row._first_day(supplied, agreed)
            if not first or first <= day:
                return row
        return self.env["bmasia.tax.rate"]

    def _has_transitions(self):
        """Whether more than the day of a tax point counts for some rate."""
        return any(row.transition != "none" for row in self.sudo().tax_rate_ids)

    def _tax_changes(self, first, last, supplied=None, agreed=None):
        """The days after the first one, up to the last one, from which another rate
        counts, in order.

        :rtype: list[datetime.date]
        """
        rows = self.sudo().tax_rate_ids
        days = {row._first_day(supplied, agreed) for row in rows} - {False}
        return sorted(day for day in days if first < day <= last)

    def _follow_tax_rates(self):
        """Drafts and open invoices have the rates as they are now."""
        self.env.add_to_compute(self._fields["tax_rate"], self)
        self._tax_drafts_anew()
        invoices = self.env["bmasia.invoice"].sudo()
        for company in self:
            invoices.search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", "invoice"),
                    *(("state", "=", "issued"), ("amount_due", ">", 0)),
                ]
            )._follow_tax_rate()

    def _tax_drafts_anew(self):
        drafts = [
            ("company_id", "in", self.ids),
            *(("state", "=", "draft"), ("name", "=", False)),
            ("send_state", "not in", PENDING),  # taxed when it is issued
        ]
        for model in ("bmasia.contract", "bmasia.invoice"):
            documents = self.env[model].sudo().search(drafts)
            followers = documents.filtered(lambda each: each._follows_entity_tax())
            followers.line_ids._follow_entity_tax()

    @api.model
    def _cron_follow_tax_rates(self):
        """At the start of a day from which another rate counts."""
        for company in self.sudo().search([]):
            today = company._today()
            rows = company.tax_rate_ids.filtered("date_from")
            days = {row.date_from for row in rows}
            days |= {row._first_day(date.min, date.min) for row in rows}
            done = company.tax_rates_followed or date.min
            if any(done < day <= today for day in days):
                company._follow_tax_rates()
                company.tax_rates_followed = today
