from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..tools import money


class BmasiaInvoiceContractsMixin(models.AbstractModel):
    """The contracts and periods that an invoice bills or credits.

    Gives the contract of an invoice, or several (``contract_ids``), the periods of
    their schedules that it bills, the days that it is for, and its lines by venue
    (``_line_groups``).

    The model provides ``line_ids``, ``customer_id`` and the state *cancelled*.

    How it works: a row of a schedule names its invoice, so each period is billed once.
    An invoice that is cancelled lets its rows go; their contracts are planned anew.
    """

    _name = "bmasia.invoice.contracts.mixin"
    _description = "Contracts That an Invoice Bills"

    contract_id = fields.Many2one(
        "bmasia.contract",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty where it bills several.",
    )
    contract_ids = fields.Many2many(
        "bmasia.contract",
        "bmasia_invoice_contract_rel",
        "invoice_id",
        "contract_id",
        string="Contracts",
        compute="_compute_contract_ids",
        store=True,
        copy=False,
        help="All that it bills or credits.",
    )
    schedule_ids = fields.One2many(
        "bmasia.contract.schedule",
        "invoice_id",
        "Billing Periods",
        readonly=True,
        copy=False,
    )
    schedule_id = fields.Many2one(
        "bmasia.contract.schedule",
        "Billing Period",
        compute="_compute_schedule_id",
        help="The first one, where it bills several.",
    )
    period_start = fields.Date("Service From")
    period_end = fields.Date("Service Until")

    @api.model_create_multi
    def create(self, vals_list):
        """Its contracts know it at once."""
        invoices = super().create(vals_list)
        invoices.mapped("contract_ids")
        return invoices

    @api.depends(
        *("contract_id", "line_ids.contract_line_id"),
        "line_ids.reversed_line_id.contract_line_id",
    )
    def _compute_contract_ids(self):
        values = []
        for invoice in self:
            billed = invoice.line_ids | invoice.line_ids.reversed_line_id
            found = billed.contract_line_id.contract_id
            values.append((invoice, [Command.set((invoice.contract_id | found).ids)]))
        # set one by one, it costs two queries for each invoice of a batch
        self._fields["contract_ids"].write_batch(values)

    @api.depends("schedule_ids")
    def _compute_schedule_id(self):
        for invoice in self:
            invoice.schedule_id = invoice.schedule_ids[:1]

    def _contract_numbers(self):
        """The numbers of all that it bills, as a text."""
        return ", ".join(self.contract_ids.sudo().sorted("id").mapped("display_name"))

    def _line_groups(self):
        """By venue, where it bills several periods."""
        groups, lines = [], self.env["bmasia.invoice.line"]
        for line in self.line_ids:
            if line.is_venue and lines:
                groups.append(lines)
                lines = lines.browse()
            lines |= line
        return [self._line_group(lines) for lines in [*groups, lines]]

    def _line_group(self, lines):
        if not lines[:1].is_venue:
            return {"lines": lines}
        paid = self._paid_lines() & lines
        amounts = (self._column_amount(line) for line in paid)
        return {"lines": lines, "name": lines[0].name, "subtotal": money.add(amounts)}

    @api.constrains("period_start", "period_end")
    def _check_period(self):
        for invoice in self:
            start, end = invoice.period_start, invoice.period_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._("The service period ends before it starts.")
                )

    @api.constrains("contract_id", "customer_id", "schedule_ids")
    def _check_contract(self):
        for invoice in self:
            contracts = invoice.contract_id | invoice.schedule_ids.contract_id
            # who pays may have changed since what this corrects was issued
            corrects = invoice._credited_document() or invoice.replaces_id
            strangers = contracts.filtered(
                lambda each, buyer=invoice.customer_id: not each._is_billed_to(buyer)
            )
            if strangers and not corrects:
                raise ValidationError(self.env._("The contract is another customer's."))
            for name in ("company_id", "currency_id"):
                if invoice.schedule_ids.contract_id[name] - invoice[name]:
                    raise ValidationError(
                        self.env._(
                            "An invoice bills periods in its own currency, of its own "
                            "billing entity."
                        )
                    )

    def _transition_to(self, state, **vals):
        """What is cancelled bills nothing: its periods are to be billed again, as their
        contracts are by now.
        """
        result = super()._transition_to(state, **vals)
        if state == "cancelled":
            self.sudo().schedule_ids.invoice_id = False
            gone = self.filtered(lambda invoice: not invoice.replaced_by_id)
            gone._crediting_rows().contract_id._plan()
        return result

    def _tell_withdrawn(self):
        """Say on its contracts that a draft is taken back, as one of them changed."""
        said = self.env._("Withdrawn, as the contract changed: %s")
        name = self._get_html_link() if self.name else self.display_name
        for contract in self.contract_ids:
            contract.message_post(body=Markup.escape(said) % name)
