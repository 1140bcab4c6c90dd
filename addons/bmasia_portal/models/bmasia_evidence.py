from odoo import api, models


class BmasiaEvidence(models.AbstractModel):
    """Which documents belong to one sale: from the first quote to the last receipt."""

    _name = "bmasia.evidence"
    _description = "Documents of a Sale"

    @api.model
    def _sale_of(self, quotes, contracts, invoices):
        """All documents of a sale, as they are printed: quotes with their revisions,
        contracts, their amendments, invoices with credit notes, receipts.

        :param quotes: known to belong to it, as superuser; likewise the others
        :returns: recordsets
        :rtype: list
        """
        amendments = contracts.amendment_ids
        quotes |= contracts.quote_id | amendments.quote_id | invoices.quote_id
        quotes = self._with_revisions(quotes)
        invoices |= contracts.invoice_ids
        billed = self.env["bmasia.invoice"].search([("quote_id", "in", quotes.ids)])
        invoices = self._with_relatives(invoices | billed)
        receipts = self._receipts_of(invoices)
        found = (quotes, contracts, amendments, invoices, receipts)
        return [records.sorted("id") for records in found]

    def _with_revisions(self, quotes):
        """A draft may have become a quote for another customer: none of this sale."""
        customers, new = quotes.customer_id, quotes
        while new:
            near = new.revision_of_id | new.revision_ids
            same = near.filtered(lambda each: each.customer_id in customers)
            new = same - quotes
            quotes |= new
        return quotes

    def _with_relatives(self, invoices):
        """With what credits, replaces or is replaced by them."""
        new = invoices
        while new:
            near = new.credit_note_ids | new.reversed_id
            new = (near | new.replaces_id | new.replaced_by_id) - invoices
            invoices |= new
        return invoices

    def _receipts_of(self, invoices):
        receipts = self.env["bmasia.receipt"]
        direct = receipts.search([("invoice_id", "in", invoices.ids)])
        paid = (invoices.allocation_ids | invoices.set_off_ids).receipt_id
        new = receipts = direct | paid
        while new:
            new = (new.replaces_id | new.replaced_by_id) - receipts
            receipts |= new
        return receipts
