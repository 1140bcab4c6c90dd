from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import figures, money

AMOUNTS = (
    "amount_gross",
    "amount_discount",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
)
PENDING = ("sending", "queued")


# What every document says; models add their own.
DOCUMENT_FIELDS = frozenset(
    {
        "company_id",
        "customer_id",
        "partner_id",
        "currency_id",
        "lang",
        "line_ids",
        "terms",
        "bank_account_id",
    }
)


class BmasiaDocumentMixin(models.AbstractModel):
    """A document for a customer, with lines and totals: quote, contract, invoice.

    A model adds the states to ``state`` with their table of transitions, the model of
    its lines to ``line_ids``, and its own dates.
    """

    _name = "bmasia.document.mixin"
    _description = "Document With Lines"
    _inherit = ["bmasia.state.mixin", "bmasia.sendable.mixin"]
    _rec_names_search = ["name", "customer_id.name"]

    # Set by the model: what the document says, and which of it stays open after the
    # draft.
    _document_fields = DOCUMENT_FIELDS
    _open_fields = {}
    _derived_fields = frozenset(AMOUNTS)
    _terms_field = ""

    # Of the screens that all kinds share; a model says which states and which lines.
    state = fields.Selection(lambda self: [], "Status")
    line_ids = fields.One2many("bmasia.document.line.mixin", string="Lines")
    customer_id = fields.Many2one(
        "bmasia.company", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        compute="_compute_company_id", store=True, readonly=False, precompute=True
    )
    partner_id = fields.Many2one(
        compute="_compute_partner_id", store=True, readonly=False, precompute=True
    )
    currency_id = fields.Many2one(
        compute="_compute_currency_id", store=True, readonly=False, precompute=True
    )
    lang = fields.Selection(
        compute="_compute_lang", store=True, readonly=False, precompute=True
    )
    seller_partner_id = fields.Many2one(
        related="company_id.partner_id", string="Seller's Contact"
    )
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        compute="_compute_bank_account_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Printed as where to pay. One of the billing entity's accounts.",
    )
    terms = fields.Text(
        compute="_compute_terms", store=True, readonly=False, precompute=True
    )
    internal_note = fields.Text(help="Never printed.")
    country_id = fields.Many2one(related="customer_id.country_id", store=True)
    amount_gross = fields.Monetary("Gross", compute="_compute_amounts", store=True)
    amount_discount = fields.Monetary(
        "Discount", compute="_compute_amounts", store=True
    )
    amount_untaxed = fields.Monetary(
        "Net", compute="_compute_amounts", store=True, tracking=True
    )
    amount_tax = fields.Monetary("Tax", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)

    # ------------------------------------------------------------
    # DEFAULTS FROM THE CUSTOMER
    # ------------------------------------------------------------

    @api.depends("customer_id")
    def _compute_company_id(self):
        for document in self:
            if not document.company_id or not document.name:
                entity = document.customer_id.sudo().billing_entity_id
                document.company_id = entity.sudo(self.env.su) or self.env.company

    @api.depends("customer_id")
    def _compute_partner_id(self):
        for document in self:
            customer = document.customer_id
            current = document.partner_id
            if not current or not current._belongs_to(customer.partner_id):
                contacts = customer._contacts_for(self._receives_field)
                document.partner_id = contacts[:1] or customer.partner_id

    @api.depends("company_id")
    def _compute_currency_id(self):
        for document in self:
            document.currency_id = document.company_id.sudo().currency_id

    @api.depends("partner_id")
    def _compute_lang(self):
        for document in self:
            if document.lang and not document._is_draft():
                continue  # another contact of a sent document reads the same
            customer = document.customer_id.partner_id
            document.lang = document.partner_id.lang or customer.lang or self.env.lang

    @api.depends("company_id", "currency_id")
    def _compute_bank_account_id(self):
        for document in self:
            account = document.company_id._bank_account(document.currency_id)
            document.bank_account_id = account.sudo(self.env.su)

    @api.depends("company_id", "lang")
    def _compute_terms(self):
        proposals = self._terms_proposals() if any(self.mapped("terms")) else ()
        for document in self:
            # what somebody typed outlasts another language
            if not document.terms or document.terms in proposals:
                company = document.company_id.sudo().with_context(lang=document.lang)
                document.terms = company[self._terms_field]

    def _terms_proposals(self):
        """The terms of every entity in every language."""
        entities = self.env["res.company"].sudo().search([])
        return {
            entity.with_context(lang=code)[self._terms_field]
            for entity in entities
            for code, _name in self.env["res.lang"].get_installed()
        }

    def copy_data(self, default=None):
        """What no longer holds is chosen anew: a contact who has left, an account that
        is closed.
        """
        copies = super().copy_data(default)
        for document, vals in zip(self, copies, strict=True):
            customer = self.env["bmasia.company"].browse(vals["customer_id"])
            contact = self.env["res.partner"].browse(vals.get("partner_id"))
            if not contact.active or not contact._belongs_to(customer.partner_id):
                vals.pop("partner_id", None)
            if not document.sudo().bank_account_id.active:
                vals.pop("bank_account_id", None)
        return copies

    # ------------------------------------------------------------
    # PRICES
    # ------------------------------------------------------------

    def _list_price(self, product, quantity):
        """The entity's price of a product, in this document's currency.

        :raises UserError: the list is in another currency, and no rate is known
        """
        company = self.company_id.sudo()
        prices = company.document_pricelist_id.with_company(company)
        product = product.sudo().with_company(company)
        if product.lst_price or prices:
            self._check_rate(prices.currency_id or product.currency_id, product)
        return prices._get_product_price(product, quantity, currency=self.currency_id)

    def _check_rate(self, source, product):
        """Odoo takes a currency without a rate for one worth as much as our own."""
        company, target = self.company_id.sudo(), self.currency_id
        foreign = (source | target) - company.currency_id
        if source == target or all(c._has_rate(company) for c in foreign):
            return
        raise UserError(
            self.env._(
                "%(product)s is priced in %(listed)s, and there is no exchange rate to "
                "%(wanted)s. Type the price on a line without a product, or ask a "
                "manager for a rate or a price list in %(wanted)s.",
                product=product.display_name,
                listed=source.name,
                wanted=target.name,
            )
        )

    @api.onchange("currency_id")
    def _onchange_currency_id(self):
        """A price of one currency means nothing in another: take the list's again."""
        priced = self._priced_lines().filtered(lambda line: line.unit_price)
        if not priced or self.currency_id == self._origin.currency_id:
            return None
        for line in priced.filtered("product_id"):
            line.unit_price = self._list_price(line.product_id, line.quantity or 1.0)
        return {
            "warning": {
                "title": self.env._("Another currency"),
                "message": self.env._(
                    "Prices of products were taken anew from the price list. Look at "
                    "the other lines: their figures stay, now in %s.",
                    self.currency_id.name,
                ),
                "type": "notification",
            }
        }

    # ------------------------------------------------------------
    # TOTALS
    # ------------------------------------------------------------

    @api.depends("line_ids.amount_gross", *(f"line_ids.{name}" for name in AMOUNTS[1:]))
    def _compute_amounts(self):
        for document in self:
            totals = [line._totals() for line in document.line_ids]
            sums = money.total(totals)
            document.amount_gross = sums.gross
            document.amount_discount = sums.discount
            document.amount_untaxed = sums.untaxed
            document.amount_tax = sums.tax
            document.amount_total = sums.total

    def _follow_lines(self):
        """Lines of these documents have changed."""

    def _priced_lines(self):
        """The lines that are neither sections nor notes."""
        return self.line_ids.filtered(lambda line: not line.display_type)

    def _totals_rows(self):
        """The rows below the lines; each follows from those above it.

        :returns: list of dicts ``label``, ``amount`` and ``kind`` (gross, discount,
            net, tax, total); a discount is negative, a tax of zero has no row
        """
        self.ensure_one()
        document = self.with_context(lang=self._get_print_lang())
        rows = []
        if document.amount_discount:
            rows.append(
                document._row("gross", document.env._("Subtotal"), "amount_gross")
            )
            rows.append(document._discount_row())
        taxes = document._tax_rows()
        if taxes:
            rows.append(document._row("net", document._net_label(), "amount_untaxed"))
        total = document._row("total", document._total_label(), "amount_total")
        return [*rows, *taxes, total]

    def _row(self, kind, label, amount):
        amount = self[amount] if isinstance(amount, str) else amount
        return {"kind": kind, "label": label, "amount": amount}

    def _discount_row(self):
        rates = set(self._priced_lines().mapped("discount"))
        label = self.env._("Discount")
        if len(rates) == 1:
            label = self.env._("Discount %s %%", figures.number(rates.pop()))
        return self._row("discount", label, -self.amount_discount)

    def _net_label(self):
        return self.env._("Net") if self.amount_discount else self.env._("Subtotal")

    def _total_label(self):
        return self.env._("Total")

    def _tax_rows(self):
        """One row per rate; none for what is zero."""
        by_rate = {}
        for line in self._priced_lines():
            by_rate.setdefault(line.tax_rate, []).append(line.amount_tax)
        label = self._seller()["tax_label"] or self.env._("Tax")
        return [
            self._row("tax", f"{label} {figures.number(rate)} %", money.add(amounts))
            for rate, amounts in sorted(by_rate.items())
            if any(amounts)
        ]

    def _tax_words(self):
        """Whether the total holds tax, in words. For mail templates."""
        document = self.with_context(lang=self._get_print_lang())
        label = self._seller()["tax_label"] or document.env._("tax")
        if not self.amount_tax:
            return ""
        return document.env._("including %s", label)

    # ------------------------------------------------------------
    # WHAT IS WRITTEN ON THE DOCUMENT
    # ------------------------------------------------------------

    def _is_draft(self):
        self.ensure_one()
        return self.state == "draft"

    def _addressee(self):
        self.ensure_one()
        return self.customer_id.name or ""

    @api.depends("name", "state", "customer_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _customer_values(self):
        customer = self.customer_id.sudo()
        owner = customer.partner_id.with_context(lang=self._get_print_lang())
        contact = self.partner_id.sudo()
        return {
            "name": customer.legal_name or customer.name,
            "trade_name": customer.name,
            "branch": customer.branch or "",
            "vat": customer.vat or "",
            "address": self._address_lines(owner),
            "phone": contact.phone or customer.phone or "",
            "email": contact.email or customer.email or "",
            "contact": contact.name if contact != customer.partner_id else "",
        }

    def _bank_values(self):
        account = self.bank_account_id.sudo()
        return self._bank_block(account) if account else False

    def _document_values(self):
        values = super()._document_values()
        # what a record prints counts, not which one it is: contacts are merged
        own = (
            name for name in self._document_fields if not self._fields[name].relational
        )
        values.update({name: self[name] for name in own})
        values["lines"] = [line._document_values() for line in self.line_ids]
        return values

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("partner_id", "customer_id")
    def _check_addressee(self):
        for document in self:
            if not document.partner_id._belongs_to(document.customer_id.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=document.partner_id.display_name,
                        customer=document.customer_id.name,
                    )
                )

    @api.constrains("bank_account_id", "company_id")
    def _check_bank_account(self):
        for document in self.sudo():
            account = document.bank_account_id
            if account and account.partner_id != document.company_id.partner_id:
                raise ValidationError(
                    self.env._("The bank account belongs to another billing entity.")
                )

    def _check_can_leave_draft(self):
        """An empty document is not sent."""
        if not self._priced_lines():
            raise UserError(
                self.env._(
                    "%s has no lines yet. Add at least one before sending.",
                    self.display_name,
                )
            )

    def _check_has_number(self):
        if not self.name:
            raise UserError(
                self.env._("This draft never got a number. Delete it instead.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_derived(vals)
            if vals.get("state", "draft") != "draft" and not self.env.su:
                raise UserError(self.env._("A new document is a draft."))
        documents = super().create(vals_list)
        # What an importer brings along was issued long ago.
        documents.filtered(lambda document: not document._is_draft())._freeze_parties()
        return documents

    def write(self, vals):
        self._check_derived(vals)
        if touched := self._document_fields & vals.keys():
            self._check_open(touched)
        if "company_id" in vals:
            self._check_entity_may_change(vals["company_id"])
        return super().write(vals)

    def _check_derived(self, vals):
        if self._derived_fields & vals.keys():
            raise UserError(
                self.env._("Totals follow from the lines and cannot be typed in.")
            )

    def _check_open(self, names):
        """Refuse changes to what the customer has got, or is about to get.

        :param names: fields that are about to change
        """
        for document in self:
            if document.send_state in PENDING:
                raise UserError(
                    self.env._("%s is being sent right now.", document.display_name)
                )
            if document.state == "draft":
                continue
            closed = names - document._open_fields.get(document.state, frozenset())
            if closed:
                labels = [
                    document._fields[name]._description_string(self.env)
                    for name in sorted(closed)
                ]
                raise UserError(
                    self.env._(
                        "%(document)s is no longer a draft: %(fields)s can no "
                        "longer change.",
                        document=document.display_name,
                        fields=", ".join(labels),
                    )
                )

    def _check_entity_may_change(self, company_id):
        if any(
            document.name and document.company_id.id != company_id for document in self
        ):
            raise UserError(
                self.env._("The number belongs to the billing entity; it stays.")
            )

    # ------------------------------------------------------------
    # SENT WITHOUT OUR HELP
    # ------------------------------------------------------------

    def action_mark_sent(self):
        """Say that the document reached the customer by other means.

        It gets its number, and its PDF is kept, as if it had been mailed.

        :returns: True
        :raises UserError: it has no lines, or cannot be sent in its state
        """
        for document in self:
            document.check_access("write")
            document._serialize()
            document._check_can_send()
            document._issue_document()
            document._follow_sent(fields.Datetime.now())
        return True

    def _follow_sent(self, moment):
        """The customer has it: a draft is a draft no more."""
        if self.state == "draft":
            self._transition_to("sent")
        return super()._follow_sent(moment)
