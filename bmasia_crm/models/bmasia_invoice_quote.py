from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BmasiaInvoiceQuoteMixin(models.AbstractModel):
    """The quote that an invoice was made of, without a contract.

    The model provides ``kind``, ``state``, ``customer_id``, ``company_id``,
    ``currency_id``, ``schedule_ids``, and lines with ``quote_line_id``.
    """

    _name = "bmasia.invoice.quote.mixin"
    _description = "Quote That an Invoice Bills"

    quote_id = fields.Many2one(
        "bmasia.quote",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _is_bill(self):
        """Whether it asks for money, or is going to."""
        return self.kind == "invoice" and self.state != "cancelled"

    @api.constrains("kind", "quote_id", "schedule_ids")
    def _check_bills(self):
        """What counts as billed is asked for: a proforma asks for nothing."""
        for invoice in self.filtered(lambda each: each.kind == "proforma"):
            billed = invoice.quote_id or invoice.schedule_ids.contract_id[:1]
            if billed:
                raise ValidationError(
                    self.env._(
                        "This bills %s and stays an invoice. Write the proforma as a "
                        "document of its own.",
                        billed.display_name,
                    )
                )

    @api.constrains("quote_id", "customer_id", "company_id", "currency_id")
    def _check_quote(self):
        """Another company of the customer's group may be the buyer."""
        for invoice in self.filtered("quote_id"):
            quote = invoice.quote_id
            names = ("company_id", "currency_id")
            is_same = all(invoice[name] == quote[name] for name in names)
            buyers = invoice.customer_id | quote.customer_id
            if not is_same or len({each._family_root() for each in buyers}) > 1:
                raise ValidationError(
                    self.env._(
                        "%s was accepted by another customer, of another entity or in "
                        "another currency.",
                        quote.display_name,
                    )
                )
