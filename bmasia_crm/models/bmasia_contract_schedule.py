"""When a contract is billed: the periods of its term, and what makes them invoices."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money

_logger = logging.getLogger(__name__)

DUE_BATCH = 200  # contracts whose invoices are made in one transaction
# What decides when and how much is billed.
SCHEDULE_FIELDS = {"start_date", "term_months", "billing_frequency", "line_ids"}


class BmasiaContractSchedule(models.Model):
    """One period of a contract's term, which becomes one invoice."""

    _name = "bmasia.contract.schedule"
    _description = "Billing Period of a Contract"
    _inherit = ["document.entity.mixin"]
    _order = "period_start, id"
    _rec_name = "period_start"

    _entity_path = "contract_id.company_id"

    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    period_start = fields.Date(required=True, readonly=True)
    period_end = fields.Date(required=True, readonly=True)
    months = fields.Integer(required=True, readonly=True)
    date = fields.Date("Invoice On", required=True, readonly=True, index=True)
    amount_untaxed = fields.Monetary("Net", readonly=True)
    invoice_ids = fields.One2many("bmasia.invoice", "schedule_id", "All Invoices")
    invoice_id = fields.Many2one(
        "bmasia.invoice", compute="_compute_invoice_id", store=True, readonly=True
    )

    _period = models.Constraint(
        "unique(contract_id, period_start)", "This period is in the schedule already."
    )
    _due = models.Index("(date, contract_id) WHERE invoice_id IS NULL")

    @api.depends("invoice_ids.state")
    def _compute_invoice_id(self):
        for period in self:
            period.invoice_id = period.invoice_ids.filtered(
                lambda invoice: invoice.state != "cancelled"
            )[:1]


class BmasiaContractBillingMixin(models.AbstractModel):
    """The billing schedule of a contract, and the invoices made from it.

    Gives the schedule, which follows dates, frequency and lines until a period is
    invoiced; the invoices of the periods that are due, each made once, by button, at
    the end of a term and by cron.

    The model provides ``start_date``, ``term_months``, ``billing_frequency``,
    ``property_name`` and ``line_ids``; ``bmasia.term.mixin`` knows each line's share of
    each period.

    How it works: ``tools/schedule.py`` cuts the term into periods. A unique index lets
    a period have one invoice that counts; the row lock makes two calls at once work
    one after the other.
    """

    _name = "bmasia.contract.billing.mixin"
    _description = "Billing of a Contract"

    schedule_ids = fields.One2many(
        "bmasia.contract.schedule", "contract_id", "Billing Schedule", readonly=True
    )
    invoice_ids = fields.One2many("bmasia.invoice", "contract_id", "Invoices")
    invoice_count = fields.Integer(compute="_compute_invoice_count")

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        for contract in self:
            contract.invoice_count = len(contract.invoice_ids)

    # ------------------------------------------------------------
    # THE SCHEDULE
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts._plan()
        return contracts

    def write(self, vals):
        touched = SCHEDULE_FIELDS & vals.keys()
        if touched:
            self._check_schedule_may_change()
        result = super().write(vals)
        if touched:
            self._plan()
        return result

    def _follow_lines(self):
        self._plan()

    def _check_schedule_may_change(self):
        for contract in self:
            if contract.schedule_ids.invoice_id:
                raise UserError(
                    self.env._(
                        "%s has been invoiced. Dates, term and billing stay, unless "
                        "its invoices are cancelled first.",
                        contract.display_name,
                    )
                )

    def _plan(self):
        """Write the schedule of contracts that were not invoiced yet."""
        contracts = self.filtered(lambda contract: not contract.schedule_ids.invoice_id)
        rows = contracts.sudo().schedule_ids
        rows.unlink()
        self.env["bmasia.contract.schedule"].sudo().create(
            [values for contract in contracts for values in contract._planned()]
        )
        contracts.invalidate_recordset(["schedule_ids"])

    def _planned(self):
        """The schedule as it follows from dates, frequency and lines."""
        if not self._priced_lines() or not self.start_date:
            return []
        periods = self._billing_periods()
        months = [period.months for period in periods]
        shares = self._line_shares(months).values()
        return [
            {
                "contract_id": self.id,
                "period_start": period.start,
                "period_end": period.end,
                "months": period.months,
                "date": period.start,
                "amount_untaxed": money.add(column),
            }
            for period, column in zip(periods, zip(*shares, strict=True), strict=True)
        ]

    def _term_start(self):
        return self.start_date

    def _due_periods(self, day):
        """Billing periods that have come, cost something and have no invoice."""
        return self.schedule_ids.filtered(
            lambda period: period.date <= day
            and period.amount_untaxed
            and not period.invoice_id
        )

    # ------------------------------------------------------------
    # INVOICES
    # ------------------------------------------------------------

    def action_create_invoices(self):
        """Make draft invoices of all billing periods that are due, each once.

        :returns: the action that opens the invoices made by this call
        :rtype: dict
        :raises UserError: a contract never ran, or was cancelled
        """
        self.env["bmasia.invoice"].check_access("create")
        for contract in self:
            contract._check_is_billed()
        serialize(self)
        return window_of(self._create_due_invoices())

    def _check_is_billed(self):
        if self.state not in ("active", "renewed", "expired"):
            raise UserError(self.env._("%s is not active.", self.display_name))

    def _transition_to(self, state, **vals):
        """At the end of a term, what is due is invoiced before the cron forgets it."""
        if state in ("renewed", "expired"):
            owing = self.filtered(
                lambda contract: contract.state == "active"
                and contract._due_periods(contract._today())
            )
            owing.sudo()._invoice_or_tell()
        return super()._transition_to(state, **vals)

    def _create_due_invoices(self):
        """Make the invoices of all these contracts in one go."""
        values = [
            contract._invoice_values(period)
            for contract in self
            for period in contract._due_periods(contract._today())
        ]
        invoices = self.env["bmasia.invoice"]
        # nobody wants a mail "you were assigned" for each of a thousand drafts
        quiet = invoices.with_context(mail_auto_subscribe_no_notify=True)
        return quiet.sudo().create(values).with_env(self.env)

    def _invoice_values(self, period):
        periods = self.schedule_ids
        months = periods.mapped("months")
        index = list(periods).index(period)
        shares = self._line_shares(months)
        billed = self.env["bmasia.invoice.line"]._values_from
        lines = (
            billed(line, months, index, shares.get(line)) for line in self.line_ids
        )
        return {
            "contract_id": self.id,
            "schedule_id": period.id,
            "period_start": period.period_start,
            "period_end": period.period_end,
            "property_name": self.property_name,
            "customer_id": self.customer_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "user_id": self.user_id.id,
            "lang": self.lang,
            "line_ids": [Command.create(line) for line in lines if line],
        }

    @api.model
    def _cron_create_invoices(self):
        """Invoice what is due, batch by batch, each batch committed.

        Whom another worker is billing right now is left to it.
        """
        contracts, cron = self._contracts_due(), self.env["ir.cron"]
        left = len(contracts)
        # A lock that is taken first in its transaction sees what others committed.
        cron._commit_progress(remaining=left)
        for start in range(0, len(contracts), DUE_BATCH):
            batch = contracts[start : start + DUE_BATCH]
            batch.try_lock_for_update()._invoice_or_tell()
            left -= len(batch)
            cron._commit_progress(len(batch), remaining=left)

    @api.model
    def _contracts_due(self):
        """Active contracts with a period that has come, by the day at each desk."""
        due = Domain.OR(
            Domain("contract_id.company_id", "=", company.id)
            & Domain("date", "<=", company._today())
            for company in self.env["res.company"].sudo().search([])
        )
        due &= Domain("invoice_id", "=", False) & Domain("amount_untaxed", ">", 0)
        due &= Domain("contract_id.state", "=", "active")
        periods = self.env["bmasia.contract.schedule"]
        rows = periods._read_group(due, ["contract_id"])
        return self.browse([contract.id for (contract,) in rows])

    def _invoice_or_tell(self):
        """Make what is due in one go; where that fails, each contract for itself, so
        that one which cannot be invoiced holds up nobody else.
        """
        if not self:
            return
        serialize(self)
        try:
            with self.env.cr.savepoint():
                self._create_due_invoices()
        except UserError as error:
            if len(self) > 1:
                for contract in self:
                    contract._invoice_or_tell()
            else:
                self._tell_not_invoiced(error)

    def _tell_not_invoiced(self, error):
        """Once per contract, until somebody has seen to it."""
        _logger.warning("%s cannot be invoiced: %s", self.display_name, error)
        summary = self.env._("Not invoiced")
        if summary not in self.activity_ids.mapped("summary"):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=str(error),
                user_id=(self.user_id or self.env.user).id,
            )
