from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..tools import allocation, money

OPEN = Domain(
    [("kind", "=", "invoice"), ("state", "=", "issued"), ("amount_due", ">", 0)]
)
# What money may be for before there is an invoice of it.
ADVANCE = {
    "bmasia.invoice": Domain([("kind", "=", "proforma"), ("state", "=", "issued")]),
    "bmasia.quote": Domain(
        [
            ("state", "in", ("sent", "accepted")),
            ("contract_ids", "not any", [("state", "!=", "cancelled")]),
            ("invoice_ids", "not any", [("state", "in", ("issued", "paid"))]),
        ]
    ),
    "bmasia.contract": Domain(
        [
            ("state", "in", ("sent", "active")),
            ("invoice_ids", "not any", [("state", "in", ("issued", "paid"))]),
        ]
    ),
}


class BmasiaPaymentProposalMixin(models.AbstractModel):
    """What the dialog that notes money proposes.

    Gives: the values with which it opens, for invoices, for a quote or contract, for
    money on account, for a credit note, or for a customer: its open invoices, the
    oldest due first, then what an advance may be for.

    How it works: which rows the money pays is in ``tools/allocation.py``. A button that
    knows what arrived says so in the context: ``default_amount``, and of a customer
    ``default_company_id`` and ``default_currency_id``.
    """

    _name = "bmasia.payment.proposal.mixin"
    _description = "Proposal of a Payment"

    @api.model
    def default_get(self, fields):
        """What the button was pressed on: invoices, a quote or contract, money."""
        values = super().default_get(fields)
        said = self.env.context
        model, ids = said.get("active_model"), said.get("active_ids") or []
        arrived = values.get("amount")
        if model == "bmasia.invoice" and ids and values.get("set_off"):
            values.update(self._values_of_note(self.env[model].browse(ids[:1])))
        elif model in ("bmasia.invoice", "bmasia.contract", "bmasia.quote") and ids:
            values.update(self._values_for(self.env[model].browse(ids), arrived))
        elif model == "bmasia.payment" and ids:
            values.update(self._values_of(self.env[model].browse(ids[:1])))
        elif model == "bmasia.company" and ids:
            ends = [
                self.env["res.company"].browse(said.get("default_company_id")),
                self.env["res.currency"].browse(said.get("default_currency_id")),
            ]
            customer = self.env[model].browse(ids[:1])
            values.update(self._values_of_customer(customer, *ends, arrived or 0.0))
        return values

    @api.model
    def _values_for(self, documents, arrived=None):
        """For documents of one customer, entity and currency.

        :param float arrived: the amount, where it is known; else all that is due
        :raises UserError: they are of several, or nothing is due
        """
        self._check_go_together(documents)
        first = documents[0]
        lines = [line for line in map(self._line_for, documents) if line["amount_due"]]
        if not lines:
            raise UserError(self.env._("Nothing is due."))
        is_out = documents._name == "bmasia.invoice" and first.kind == "credit_note"
        for line in lines:
            asks = documents._name == "bmasia.invoice"
            line["amount"] = self._to_transfer(line) if asks else 0.0
        if arrived and asks and not is_out:
            self._share(arrived, lines, first.currency_id)
        return {
            "is_given": True,
            "customer_id": first.customer_id.id,
            "company_id": first.company_id.id,
            "currency_id": first.currency_id.id,
            "direction": "out" if is_out else "in",
            "amount": arrived or money.add(line["amount"] for line in lines),
            "line_ids": [Command.create(line) for line in lines],
        }

    @api.model
    def _check_go_together(self, documents):
        """Whether one payment can be for all of them.

        :raises UserError: it cannot
        """
        for name in ("company_id", "currency_id"):
            if len(documents[name]) > 1:
                raise UserError(
                    self.env._(
                        "One payment is in one currency, to one billing entity. "
                        "Choose invoices that are."
                    )
                )
        if len({customer._family_root() for customer in documents.customer_id}) > 1:
            raise UserError(
                self.env._("One payment is of one customer. Choose invoices that are.")
            )
        for document in documents:
            document._check_takes_money()

    @api.model
    def _line_for(self, document):
        """A row of the dialog: what is due, and what should be withheld of it."""
        is_invoice = document._name == "bmasia.invoice"
        return {
            "document": f"{document._name},{document.id}",
            "amount_due": document._payable_on(document._today()),
            "withholding_amount": document._withholding_left() if is_invoice else 0.0,
        }

    @api.model
    def _to_transfer(self, line):
        return money.subtract(line["amount_due"], line["withholding_amount"])

    @api.model
    def _values_of(self, payment):
        """To say what money on account is for: the oldest invoices first."""
        return {
            "is_given": True,
            "payment_id": payment.id,
            "direction": payment.direction,
            "date": payment.date,
            "method": payment.method,
            "reference": payment.reference,
            **self._values_of_customer(
                payment.customer_id,
                payment.company_id,
                payment.currency_id,
                payment._left_to_use(),
            ),
        }

    @api.model
    def _values_of_note(self, note):
        """To set a credit note off against the oldest open invoices."""
        if not note._left_to_pay():
            raise UserError(self.env._("There is nothing to refund."))
        values = self._values_of_customer(
            note.customer_id,
            note.company_id,
            note.currency_id,
            note._left_to_pay(),
            with_advances=False,
        )
        return {"is_given": True, "credit_note_id": note.id, **values}

    @api.model
    def _values_of_customer(
        self, customer, company=None, currency=None, amount=0.0, with_advances=True
    ):
        """Of one entity and currency: those of the oldest invoice, if not given."""
        domain = Domain("customer_id", "=", customer.id)
        for name, record in (("company_id", company), ("currency_id", currency)):
            if record:
                domain &= Domain(name, "=", record.id)
        invoices = self.env["bmasia.invoice"].search(
            domain & OPEN, order="due_date, id"
        )
        first = invoices[:1]
        company = company or first.company_id or customer.sudo().billing_entity_id
        company = company or self.env.company
        currency = currency or first.currency_id or company.sudo().currency_id
        invoices = invoices.filtered(
            lambda i: i.company_id == company and i.currency_id == currency
        )
        lines = self._shared_out(amount, invoices)
        if with_advances:
            lines += self._lines_in_advance(customer, company, currency)
        return {
            "customer_id": customer.id,
            "company_id": company.id,
            "currency_id": currency.id,
            "amount": amount,
            "line_ids": [Command.create(line) for line in lines],
        }

    @api.model
    def _shared_out(self, amount, invoices):
        lines = [self._line_for(invoice) for invoice in invoices]
        self._share(amount, lines, invoices.currency_id)
        return lines

    @api.model
    def _share(self, amount, lines, currency):
        """Fill in what each row gets of an amount."""
        rows = [
            allocation.Open(line["amount_due"], line["withholding_amount"])
            for line in lines
        ]
        rounding = currency.rounding or money.CENT
        uses = allocation.propose(amount, rows, rounding)
        for line, use in zip(lines, uses, strict=True):
            line.update(amount=use.amount, withholding_amount=use.withheld)

    @api.model
    def _lines_in_advance(self, customer, company, currency):
        """A customer's open proformas, and quotes and contracts that no invoice has
        begun; the money is proposed for none of them.
        """
        same = Domain("customer_id", "=", customer.id)
        same &= Domain("company_id", "=", company.id)
        same &= Domain("currency_id", "=", currency.id)
        found = [self.env[name].search(same & of) for name, of in ADVANCE.items()]
        lines = [self._line_for(document) for each in found for document in each]
        nothing = {"amount": 0.0, "withholding_amount": 0.0}
        return [{**line, **nothing} for line in lines if line["amount_due"]]
