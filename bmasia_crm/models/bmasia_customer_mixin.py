from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.document_flow.tools import figures
from odoo.addons.document_flow.tools.rows import window_of

# As it is printed in either language (``document_values.py``).
HEAD_OFFICE = "Head Office"
MATCHES = 1000  # companies by name; more match only what is typed first
THAI_VOID = "ยกเลิก"  # what accountants look for on a cancelled tax document


class BmasiaCustomerMixin(models.AbstractModel):
    """A document for a customer of the CRM (``bmasia.company``).

    Gives: its contacts, by what they receive; the customer as it is printed, and what
    is missing of it on a tax invoice; a link that ends with the customer; who looks
    after the customer; how it is found by its customer; tax label and PromptPay
    account of the seller; the rows that print its tax; its UUID in the old system.

    A model has ``customer_id``, a ``bmasia.company``.

    How it works: ``document_flow`` knows partners only; this answers its questions from
    the company behind the partner.
    """

    _name = "bmasia.customer.mixin"
    _description = "Document for a Customer"
    _inherit = ["bmasia.asked.mixin", "document.mixin"]
    _rec_names_search = ["name", "customer_id"]

    legacy_uuid = fields.Char("UUID in the Old System", readonly=True, copy=False)

    _legacy = models.UniqueIndex("(legacy_uuid) WHERE legacy_uuid IS NOT NULL")

    def _contacts(self, receives_field):
        return self.customer_id._contacts_for(receives_field)

    def _customer_partner(self):
        return self.customer_id.partner_id

    def _responsible_people(self):
        return self.user_id | self.customer_id.user_id

    def _is_for_customer(self):
        return bool(self.customer_id.active) and super()._is_for_customer()

    def _states_tax_id(self):
        return self.company_id.sudo()._has_tax_id()

    def _void_words(self):
        """In Thailand, a void tax document says so in Thai, whatever its language."""
        words = super()._void_words()
        thai = self.company_id.sudo().country_id.code == "TH"
        if thai and self.state != "credited" and THAI_VOID not in words[0]:
            words.append(THAI_VOID)
        return words

    def _seller_values(self):
        company = self.company_id.sudo()
        return {
            **super()._seller_values(),
            "tax_label": company.tax_label or "",
            "promptpay_id": company.promptpay_id or "",
        }

    def _customer_values(self):
        customer = self.customer_id.sudo()
        contact = self.partner_id.sudo()
        return {
            "name": customer.legal_name or customer.name,
            "trade_name": customer.name,
            "branch": customer.branch or "",
            "vat": customer.vat or "",
            "address": self._address_lines(customer.partner_id),
            "phone": contact.phone or customer.phone or "",
            "email": contact.email or customer.email or "",
            "contact": contact.name if contact != customer.partner_id else "",
        }

    def _buyer_gaps(self):
        """What of a Thai buyer a tax invoice of this does not say.

        Section 86/4 of the Revenue Code asks for name and address; the
        Director-General's notifications under its number 8 for tax id and branch.

        :returns: the words for what is missing, joined; empty if nothing is
        """
        self.ensure_one()
        if self.customer_id.country_id.code not in ("TH", False):
            return ""
        customer = self._customer()
        needed = {
            "address": self.env._("address"),
            "vat": self.env._("tax ID"),
            "branch": self.env._("branch (or “Head Office”)"),
        }
        return ", ".join(label for name, label in needed.items() if not customer[name])

    def action_take_head_office(self):
        """Note that the customer, who has a tax ID, is a head office.

        :returns: True
        :raises AccessError: the company is not this user's to write
        """
        for document in self:
            customer = document.customer_id
            if customer.vat and not customer.branch:
                customer.branch = HEAD_OFFICE
        return True

    def action_open_customer(self):
        """Open the company, to put it right.

        :returns: its action
        :rtype: dict
        """
        self.ensure_one()
        return window_of(self.customer_id)

    # ------------------------------------------------------------
    # FAST SEARCH
    # ------------------------------------------------------------

    @api.model
    def _search(self, domain, *arguments, **options):
        """Look the companies up first: "this number, or a document of these companies"
        then uses two indexes, where a subquery would read every document."""
        domain = Domain(domain).map_conditions(self._companies_first)
        return super()._search(domain, *arguments, **options)

    @api.model
    def _search_display_name(self, operator, value):
        domain = Domain(super()._search_display_name(operator, value))
        return domain.map_conditions(self._companies_first)

    def _companies_first(self, condition):
        by_name = condition.field_expr in ("customer_id", "customer_id.display_name")
        if not by_name or condition.operator != "ilike" or not condition.value:
            return condition
        companies = self.env["bmasia.company"].with_context(active_test=False)
        typed = Domain("display_name", "ilike", condition.value)
        ids = list(companies._search(typed, limit=MATCHES + 1))
        return Domain("customer_id", "in", ids) if len(ids) <= MATCHES else condition

    # ------------------------------------------------------------
    # TAX IN PRINT
    # ------------------------------------------------------------

    def _tax_steps(self, rows, names_zero=False):
        """Tax as it is printed below the lines, from base and tax of each rate.

        One rate: "VAT 7 %". Several: each with its base, also where its tax is zero, so
        that the bases sum to the subtotal (EN 16931, BG-23).

        :param list rows: ``money.TaxRow``
        :param bool names_zero: whether a single tax of zero is printed, as a tax
            invoice does
        :returns: list of dicts ``label``, ``amount`` and ``kind`` (tax)
        """
        rows = self._charged_tax(rows)
        if len(rows) < 2 and not names_zero and not any(row.tax for row in rows):
            return []
        label = self._tax_on_base if len(rows) > 1 else self._tax_alone
        return [{"kind": "tax", "label": label(row), "amount": row.tax} for row in rows]

    def _charged_tax(self, rows):
        """The rates at which something is charged; of presents alone, all."""
        return [row for row in rows if row.base or row.tax] or rows[:1]

    def _tax_name(self):
        env = self.with_context(lang=self._get_print_lang()).env
        return self._seller()["tax_label"] or env._("Tax")

    def _tax_alone(self, row):
        return f"{self._tax_name()} {figures.number(row.rate)} %"

    def _tax_on_base(self, row):
        """Which tax, of what amount."""
        env = self.with_context(lang=self._get_print_lang()).env
        base = self._format_figure(row.base)
        if row.category == "exempt":
            return env._("%(tax)s exempt: %(base)s", tax=self._tax_name(), base=base)
        if row.category == "outside":
            return env._("Without %(tax)s: %(base)s", tax=self._tax_name(), base=base)
        return env._(
            "%(tax)s %(rate)s %% of %(base)s",
            tax=self._tax_name(),
            rate=figures.number(row.rate),
            base=base,
        )
