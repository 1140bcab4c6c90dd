from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools import variables

from ..tools import money, words


class BmasiaContractTextMixin(models.AbstractModel):
    """What a contract says: the clauses of its template, filled in.

    Gives the proposed template, its sections with this contract's values, the closed
    list of variables, and the snapshot of the clauses as they were sent. A contract
    whose text cannot be filled in, or that has none by mistake, is not sent.

    The model provides the parties (``bmasia.contract.parties.mixin``), the dates, the
    values and ``terms``.

    A clause of one product is printed where the contract has that product; which ones
    that are follows the locations, also after the contract was sent.
    """

    _name = "bmasia.contract.text.mixin"
    _description = "Text of a Contract"

    template_id = fields.Many2one(
        "bmasia.contract.template",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        ondelete="restrict",
    )
    without_clauses = fields.Boolean(
        help="This contract is sent with its lines and terms only, on purpose.",
    )
    lacks_clauses = fields.Boolean(compute="_compute_lacks_clauses")
    text_snapshot = fields.Json(
        readonly=True, copy=False, help="Clauses as they were sent, before filling in."
    )

    @api.depends(
        *("company_id", "category", "lang", "without_clauses"),
        *("line_ids.product_id", "line_ids.kind"),
    )
    def _compute_template_id(self):
        for contract in self:
            known = contract.template_id
            is_open = contract.state == "draft" and not contract.without_clauses
            if is_open and not (known and known._may_stay(contract)):
                known = known._for_contract(contract)
            contract.template_id = known

    @api.depends("state", "template_id.section_ids", "without_clauses")
    def _compute_lacks_clauses(self):
        for contract in self:
            wanted = contract.state == "draft" and not contract.without_clauses
            contract.lacks_clauses = wanted and not contract._clauses()

    def _check_can_send(self):
        if self.lacks_clauses:
            raise UserError(
                self.env._(
                    "%s has no clauses. Choose a template on the contract, or tick "
                    "“Without clauses” there if that is meant.",
                    self.display_name,
                )
            )
        self._sections()
        return super()._check_can_send()

    # ------------------------------------------------------------
    # CLAUSES
    # ------------------------------------------------------------

    def _sections(self):
        """The template's sections with this contract's values, in its language.

        :returns: list of dicts ``heading``, ``body`` and ``block``
        :raises UserError: a variable is unknown, half-written, or empty on this
            contract
        """
        self.ensure_one()
        clauses = self._clauses()
        for heading, body, _block in clauses:
            self._check_variables(heading, f"{heading} {body}")
        values = self._template_values() if clauses else {}
        try:
            return [
                {
                    "heading": variables.fill(heading, values),
                    "body": variables.fill_html(body, values),
                    "block": block,
                }
                for heading, body, block in clauses
            ]
        except variables.UnresolvedVariable as error:
            raise UserError(
                self.env._(
                    "The contract's text asks for what is unknown or empty: %s. "
                    "Fill it in, or change the template.",
                    ", ".join(error.names),
                )
            ) from error

    def _check_variables(self, heading, text):
        if found := variables.half_written(text):
            raise UserError(
                self.env._(
                    "The clause “%(heading)s” has braces that are no variable: "
                    "%(braces)s. Choose variables from the list beside the template's "
                    "clauses; braces mean nothing else there.",
                    heading=heading,
                    braces=", ".join(braces[:40] for braces in found),
                )
            )

    def _says_terms(self):
        """Whether a clause has the terms of payment, which else stand at the end."""
        used = (variables.VARIABLE.findall(body) for _h, body, _b in self._clauses())
        return any("payment_terms" in names for names in used)

    def _clauses(self):
        """Heading, body and block of each clause: of a draft as the template has them
        now, afterwards as they were sent, whatever happens to the template."""
        clauses = self._current_clauses()
        if not self._is_draft() and self.text_snapshot is not None:
            clauses = self.text_snapshot or []
        sold = self._platforms(self.template_id.sudo())
        # a snapshot from before 19.0.1.1.2 has no product: its clauses were chosen
        return [
            [heading, body, block]
            for heading, body, block, *product in clauses
            if not any(product) or product[0] in sold
        ]

    def _platforms(self, template):
        """The products that this contract has, else those that its template is for."""
        return set(self.location_ids.mapped("platform")) or {template.platform}

    def _current_clauses(self):
        """Heading, body, block and product of each clause, of all products: which of
        them are printed follows the locations, also when these are corrected.
        """
        template = self.template_id.sudo().with_context(lang=self._get_print_lang())
        return [
            [
                section.name,
                str(section.body or ""),
                section.block or "",
                section.platform or "",
            ]
            for section in template.section_ids
            if section.company_id in (self.company_id, section.company_id.browse())
        ]

    # ------------------------------------------------------------
    # AS THEY WENT OUT
    # ------------------------------------------------------------

    def write(self, vals):
        """What is corrected after it was sent is copied onto the document anew."""
        result = super().write(vals)
        if {"template_id", "lang"} & vals.keys():
            self.filtered(lambda contract: not contract._is_draft())._freeze_text()
        return result

    def _freeze_parties(self):
        fresh = self.filtered(
            lambda document: document._is_draft() or not document.seller_snapshot
        )
        result = super()._freeze_parties()
        fresh._freeze_text()
        return result

    def _freeze_text(self):
        for contract in self:
            contract.sudo().text_snapshot = contract._current_clauses()

    def _document_values(self):
        return {**super()._document_values(), "text": self._clauses()}

    # ------------------------------------------------------------
    # VARIABLES
    # ------------------------------------------------------------

    def _template_variables(self):
        """The closed list: what each variable of a contract's text stands for."""
        _ = self.env._
        return {
            "legal_name": _("Customer's legal name"),
            "company_name": _("Customer's trade name"),
            "customer_address": _("Customer's address"),
            "customer_tax_id": _("Customer's tax id"),
            "contact_name": _("Whom the contract is addressed to"),
            "contact_email": _("That person's e-mail address"),
            "property_name": _("Property, else the customer's trade name"),
            "signatory_name": _("Who signs for the customer"),
            "signatory_title": _("Position of who signs for the customer"),
            "seller_name": _("Our legal name"),
            "seller_address": _("Our address"),
            "seller_tax_id": _("Our tax id"),
            "contract_number": _("Number of the contract"),
            "agreement_date": _("Day of signing, else today"),
            "start_date": _("First day of the term"),
            "end_date": _("Last day of the term"),
            "term_months": _("Months of the term"),
            "notice_days": _("Days of notice before the end"),
            "currency": _("Currency"),
            "annual_value": _("Yearly amount before tax"),
            "term_value": _("Amount of the whole term before tax"),
            "term_value_words": _("Amount of the whole term in words"),
            "rate_per_zone": _("Yearly amount per zone before tax"),
            "tax_note": _("What is added as tax, as “+ VAT 7 %”"),
            "billing_frequency": _("How often it is billed"),
            "payment_terms": _("Terms of payment"),
            "locations": _("Names of all locations"),
            "zone_count": _("Number of zones"),
            "master_number": _("Number of the master agreement"),
            "master_date": _("Day on which the master agreement was signed"),
            "master_customer": _("Whose master agreement it is"),
        }

    def _template_values(self):
        """Values of :meth:`_template_variables`, in the contract's language."""
        document = self.with_context(lang=self._get_print_lang())
        return {
            **document._party_values(),
            **document._time_values(),
            **document._money_values(),
            "contract_number": self.name or self._number_in_mail(),
            "payment_terms": self.terms,
            "locations": ", ".join(self.location_ids.mapped("name")),
            "zone_count": self._zones_sold(),
        }

    def _party_values(self):
        customer, seller = self._customer(), self._seller()
        signers = self.signatory_ids.filtered(lambda signer: signer.side == "customer")
        master = self.master_contract_id.sudo()
        return {
            "company_name": customer["trade_name"],
            "legal_name": customer["name"],
            "customer_address": ", ".join(customer["address"]),
            "customer_tax_id": customer["vat"],
            "contact_name": customer["contact"] or self.partner_id.name,
            "contact_email": customer["email"],
            "property_name": self.property_name or customer["trade_name"],
            "signatory_name": ", ".join(signers.mapped("name")),
            "signatory_title": ", ".join(filter(None, signers.mapped("title"))),
            "seller_name": seller["name"],
            "seller_address": ", ".join(seller["address"]),
            "seller_tax_id": seller["vat"],
            "master_number": master.name,
            "master_date": self._format_day(master.signed_date or master.start_date),
            "master_customer": master and master._customer()["name"],
        }

    def _time_values(self):
        return {
            "start_date": self._format_day(self.start_date),
            "end_date": self._format_day(self.end_date),
            "agreement_date": self._format_day(self.signed_date or self._today()),
            "term_months": self.term_months,
            "notice_days": self.notice_days,
        }

    def _money_values(self):
        currency = self.currency_id.name
        zones = self._zones_sold()
        rate = money.exact(self.annual_value) / zones if zones else 0
        field = self._fields["billing_frequency"]
        frequencies = dict(field._description_selection(self.env))
        taxes = ", ".join(self._tax_alone(row) for row in self._tax_base() if row.tax)
        lang, digits = self._get_print_lang(), self.currency_id.decimal_places
        in_words = words.in_words(self.term_value, currency, lang, digits)
        return {
            "currency": currency,
            "annual_value": self._format_money(self.annual_value),
            "term_value": self._format_money(self.term_value),
            "term_value_words": in_words,
            "rate_per_zone": rate and self._format_money(rate),
            "tax_note": f"+ {taxes}" if taxes else self.env._("no tax is added"),
            "billing_frequency": frequencies[self.billing_frequency].lower(),
        }
