from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

SAMPLED = 1000  # values that PostgreSQL remembers of a column, where it has 100 else
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
    """A document for a customer, with lines: quote, contract, invoice.

    Gives what follows from customer and billing entity (``bmasia.addressee.mixin``),
    and the terms; keeps lists and their search fast with 100,000 documents.

    A model provides ``state`` with its table of transitions, ``line_ids`` and its own
    dates. It names what it prints in ``_document_fields``, and in ``_open_fields``
    which of that may still change after the draft, by state::

        class Quote(models.Model):
            _inherit = ["bmasia.document.mixin"]
            _document_fields = DOCUMENT_FIELDS | {"date", "valid_until"}
            _open_fields = {"sent": frozenset({"valid_until"})}
            _terms_field = "quote_terms"

    How lists stay fast: record rules ask for the billing entity each time. Who works
    for one of them has lists in an index of that entity (``_in_order_of_entity``); for
    several, PostgreSQL reads the common one in order (``_in_order``). Each model has
    these two indexes.
    """

    _name = "bmasia.document.mixin"
    _description = "Document With Lines"
    _inherit = [
        "bmasia.sample.mixin",
        "bmasia.payable.mixin",
        "bmasia.document.totals.mixin",
        "bmasia.addressee.mixin",
    ]

    # Set by the model: what the document says, and which of it stays open after the
    # draft.
    _document_fields = DOCUMENT_FIELDS
    _open_fields = {}
    _terms_field = ""
    # Written along with transitions, and where a document comes from.
    _stamps = frozenset(
        {"signed_date", "reject_reason", "cancel_reason", "notice_date"}
        | {"quote_id", "renewed_from_id", "revision_of_id"}
    )

    # Of the screens that all kinds share; a model says which lines.
    line_ids = fields.One2many("bmasia.document.line.mixin", string="Lines")
    terms = fields.Text(
        compute="_compute_terms", store=True, readonly=False, precompute=True
    )
    internal_note = fields.Text(help="Never printed.")
    country_id = fields.Many2one(related="customer_id.country_id", store=True)

    # ------------------------------------------------------------
    # TERMS
    # ------------------------------------------------------------

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

    def _document_values(self):
        values = super()._document_values()
        values["lines"] = [line._document_values() for line in self.line_ids]
        return values

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    def _check_can_leave_draft(self):
        """An empty document is not sent."""
        if not self._priced_lines():
            raise UserError(
                self.env._(
                    "%s has no lines yet. Add at least one before sending.",
                    self.display_name,
                )
            )

    # ------------------------------------------------------------
    # FAST LISTS
    # ------------------------------------------------------------

    def init(self):
        """Let PostgreSQL sample more numbers. Where one of a hundred looks like what is
        searched, it expects one document in a hundred to do so, and rather reads all of
        them in the list's order than use the index.
        """
        if self._auto:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s ALTER COLUMN name SET STATISTICS %s",
                    SQL.identifier(self._table),
                    SQL(str(SAMPLED)),
                )
            )
        return super().init()
