"""What a receipt says: its share of the invoice, and whether it is a tax invoice."""

from odoo import models

from odoo.addons.document_flow.tools import figures

from ..tools import money
from .bmasia_invoice import COUNTED


class BmasiaPayment(models.Model):
    _inherit = "bmasia.payment"

    def _is_tax_invoice(self):
        """Whether this receipt is the tax invoice as well: its entity charges VAT.

        Of a service, the tax is due when the payment arrives (Thai Revenue Code,
        section 78/1), and a registered seller issues the tax invoice then. Section 86/4
        asks for: the words "tax invoice" in plain sight; name, address and tax id of
        the seller; name and address of the buyer; a serial number; description,
        quantity and value of what was sold; the VAT apart from that value; the date;
        and, by the Director-General's notifications under its number 8, the buyer's
        tax id and which establishment, head office or branch, sells and buys. English
        beside Thai currency is allowed (notification on VAT no. 92); the Thai words
        stand there too, since the buyer's accountant looks for them.

        An entity that is not registered, as in Hong Kong, issues plain receipts.
        """
        self.ensure_one()
        return self.invoice_id._is_taxed()

    def _share(self):
        """How much of the invoice this payment settles, tax withheld included.

        The payments of an invoice, in the order of their receipts, add up to its net
        amount and its tax to the cent: each takes what the ones up to it make, rounded,
        less what the ones before it took. After a credit note, each takes its part of
        what is left then, since lines of another tax rate may be gone.

        :returns: dict with ``untaxed``, ``tax``, ``total`` and ``is_whole``
        """
        self.ensure_one()
        invoice = self.invoice_id
        before = invoice.payment_ids.filtered(lambda payment: payment.id < self.id)
        settled = before._settled()
        total = self._settled()
        if notes := self._credited_before():
            taken = [payment._share()["untaxed"] for payment in before]
            net = money.subtract(
                invoice.amount_untaxed, *notes.mapped("amount_untaxed"), *taken
            )
            whole = money.subtract(
                invoice.amount_total, *notes.mapped("amount_total"), settled
            )
            untaxed = self._part(net, total, whole)
        else:
            upto = money.add([settled, total])
            untaxed = money.subtract(self._net_of(upto), self._net_of(settled))
        return {
            "untaxed": untaxed,
            "tax": money.subtract(total, untaxed),
            "total": total,
            "is_whole": not before and total == invoice.amount_total,
        }

    def _settled(self):
        return money.add(
            amount
            for payment in self
            for amount in (payment.amount, payment.withholding_amount)
        )

    def _credited_before(self):
        """The credit notes of the invoice that were issued before this receipt: files
        are kept in the order in which documents are issued.
        """
        mine = min(self.archive_ids.ids, default=float("inf"))
        return self.invoice_id.credit_note_ids.filtered(
            lambda note: note.state in COUNTED
            and min(note.archive_ids.ids, default=0) < mine
        )

    def _net_of(self, settled):
        """The net part of what was settled of the invoice."""
        invoice = self.invoice_id
        return self._part(invoice.amount_untaxed, settled, invoice.amount_total)

    def _part(self, net, settled, whole):
        """What of a net amount falls to a part of the whole, rounded."""
        if not whole:
            return settled
        part = money.exact(net) * money.exact(settled) / money.exact(whole)
        return float(money.to_currency(part, self.currency_id.rounding))

    def _receipt_rows(self):
        """The rows below the lines, as :meth:`bmasia.document.mixin._totals_rows`.

        A tax invoice shows its tax even where the rate is zero.
        """
        self.ensure_one()
        env = self.with_context(lang=self._get_print_lang()).env
        share, above = self._share(), self._rows_above_net()
        rows = []
        if share["tax"] or self._is_tax_invoice():
            label = env._("Net") if above else env._("Subtotal")
            rows.append(("net", label, share["untaxed"]))
            rows.append(("tax", self._tax_label(), share["tax"]))
        if self.withholding_amount:
            rows.append(("sum", env._("Total"), share["total"]))
            label = env._("Withholding tax")
            rows.append(("withheld", label, -self.withholding_amount))
        rows.append(("total", env._("Received"), self.amount))
        names = ("kind", "label", "amount")
        return above + [dict(zip(names, row, strict=True)) for row in rows]

    def _rows_above_net(self):
        """Gross and discount as the invoice has them, where it is paid at once."""
        if not self._share()["is_whole"]:
            return []
        steps = self.invoice_id._totals_rows()
        return [step for step in steps if step["kind"] in ("gross", "discount")]

    def _tax_label(self):
        env = self.with_context(lang=self._get_print_lang()).env
        label = self._seller()["tax_label"] or env._("Tax")
        rates = set(self.invoice_id._priced_lines().mapped("tax_rate"))
        return f"{label} {figures.number(rates.pop())} %" if len(rates) == 1 else label
