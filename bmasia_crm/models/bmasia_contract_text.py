"""What a contract says: the clauses of its template, filled in."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import money, variables, words

CONTACT = ("contact", "phone", "email")  # of a document's customer


class BmasiaContract(models.Model):
    _inherit = "bmasia.contract"

    text_snapshot = fields.Json(
        readonly=True, copy=False, help="Clauses as they were sent, before filling in."
    )

    zone_snapshot = fields.Json(readonly=True, copy=False)

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

    def _zones(self):
        """Name and product of the zones that are listed by name, of a document that
        were sent as they were then.
        """
        if not self._is_draft() and self.zone_snapshot is not None:
            zones = self.zone_snapshot
        else:
            zones = self._current_zones()
        lang = self._get_print_lang()
        field = self.with_context(lang=lang).zone_ids._fields["platform"]
        labels = dict(field._description_selection(self.with_context(lang=lang).env))
        return [(name, labels.get(platform, platform)) for name, platform in zones]

    def _current_zones(self):
        return [[zone.name, zone.platform] for zone in self.sudo().zone_ids]

    def _freeze_parties(self):
        fresh = self.filtered(
            lambda document: document._is_draft() or not document.seller_snapshot
        )
        result = super()._freeze_parties()
        fresh._freeze_text()
        fresh._freeze_zones()
        return result

    def _freeze_text(self):
        for contract in self:
            contract.sudo().text_snapshot = contract._current_clauses()

    def _freeze_zones(self):
        for contract in self:
            contract.sudo().zone_snapshot = contract._current_zones()

    def write(self, vals):
        """What is corrected after it was sent is copied onto the document anew."""
        result = super().write(vals)
        sent = self.filtered(lambda contract: not contract._is_draft())
        if {"template_id", "lang"} & vals.keys():
            sent._freeze_text()
        if "zone_ids" in vals:
            sent._freeze_zones()
        if {"partner_id", "bank_account_id", "currency_id", "lang"} & vals.keys():
            sent._correct_parties(everything="lang" in vals)
        return result

    def _correct_parties(self, everything):
        """Copy the parties onto sent documents.

        :param bool everything: else the contact and the bank account only; the rest
            stays as both sides have agreed on it
        """
        for contract in self.filtered("seller_snapshot").sudo():
            seller, customer = contract._seller_values(), contract._customer_values()
            if not everything:
                contact = {name: customer[name] for name in CONTACT}
                customer = {**contract.customer_snapshot, **contact}
                seller = {**contract.seller_snapshot, "bank": seller["bank"]}
            contract.write({"seller_snapshot": seller, "customer_snapshot": customer})

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
        taxes = ", ".join(row["label"] for row in self._tax_rows())
        in_words = words.in_words(self.term_value, currency, self._get_print_lang())
        return {
            "currency": currency,
            "annual_value": self._format_money(self.annual_value),
            "term_value": self._format_money(self.term_value),
            "term_value_words": in_words,
            "rate_per_zone": rate and self._format_money(rate),
            "tax_note": f"+ {taxes}" if taxes else self.env._("no tax is added"),
            "billing_frequency": frequencies[self.billing_frequency].lower(),
        }

    def _zones_sold(self):
        """Zones of the locations, else of the recurring lines."""
        listed = sum(self.location_ids.mapped("zone_count"))
        recurring = self._priced_lines().filtered(lambda line: line.kind == "recurring")
        return listed or int(sum(recurring.mapped("quantity")))

    def _document_values(self):
        values = super()._document_values()
        values["signatories"] = [
            [signer.side, signer.name, signer.title, signer.entity, signer.authority]
            for signer in self.signatory_ids
        ]
        values["locations"] = [
            [place.name, place.platform, place.service, place.zone_count]
            for place in self.location_ids
        ]
        values["text"] = clauses = self._clauses()
        if any(block == "zones" for _heading, _body, block in clauses):
            values["zones"] = [name for name, _product in self._zones()]
        if self.master_contract_id:
            values["master"] = self.master_contract_id.sudo().name
        return values

    def _participations(self):
        """The agreements under this master that have a number, oldest first."""
        documents = self.sudo().participation_ids
        return documents.filtered(
            lambda document: document.name and document.state != "cancelled"
        ).sorted(lambda document: (document.start_date, document.id))
