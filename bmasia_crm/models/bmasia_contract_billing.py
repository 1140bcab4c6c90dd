"""The billing of a contract: its schedule, and the invoices made from it."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money

_logger = logging.getLogger(__name__)

DUE_BATCH = 200  # contracts whose invoices are made in one transaction
# What decides when and how much is billed.
SCHEDULE_FIELDS = {"start_date", "term_months", "billing_frequency", "line_ids"}
BUYER_FIELDS = {"customer_id", "payer_id"}


class BmasiaContractBillingMixin(models.AbstractModel):
    """The billing schedule of a contract, and the invoices made from it.

    Gives the schedule, which follows dates, frequency and lines until an invoice has
    been issued, and withdraws drafts that no longer hold; the invoices of the periods
    that are due, each made once, by button, at the end of a term and by cron.

    The model provides ``start_date``, ``term_months``, ``billing_frequency``,
    ``property_name`` and ``line_ids``; ``bmasia.contract.service.mixin`` knows what is
    served when.

    How it works: ``tools/service.py`` says what each period comes to. What has an
    invoice that counts stays as it was planned; where the contract changed since, the
    difference is a row of its own, to bill or to credit. A row has one field for its
    invoice; the row lock makes two calls at once work one after the other.
    ``bmasia.schedule.billing.mixin`` makes the invoices.
    """

    _name = "bmasia.contract.billing.mixin"
    _description = "Billing of a Contract"

    schedule_ids = fields.One2many(
        "bmasia.contract.schedule", "contract_id", "Billing Schedule", readonly=True
    )
    invoice_ids = fields.Many2many(
        "bmasia.invoice",
        "bmasia_invoice_contract_rel",
        "contract_id",
        "invoice_id",
        string="Invoices",
        readonly=True,
        copy=False,
        help="Those of several contracts, too.",
    )
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
        if BUYER_FIELDS & vals.keys():
            self._withdraw_drafts_of_others()
        return result

    def _withdraw_drafts_of_others(self):
        """Drafts that are for who no longer pays are taken back; the periods are billed
        to who does.
        """
        rows = self.sudo().schedule_ids.filtered(
            lambda row: row.invoice_id.state == "draft"
            and row.kind != "credit"
            and not row._is_billed()
            and not row.contract_id._is_billed_to(row.invoice_id.customer_id)
        )
        rows._withdraw_invoices()
        rows.invalidate_recordset(["invoice_id"])

    def _follow_lines(self):
        self._plan()

    def _check_schedule_may_change(self):
        for contract in self:
            if contract._issued_rows():
                raise UserError(
                    self.env._(
                        "%s has been invoiced. Dates, term and billing stay, unless "
                        "its invoices are cancelled first.",
                        contract.display_name,
                    )
                )

    def _plan(self):
        """Write anew what is still to bill and to credit; what was billed stays.

        A row that comes out as it was stays, with its draft. What changed loses its
        draft, and a mail that waits.
        """
        gone, values = self.env["bmasia.contract.schedule"].sudo(), []
        for contract in self:
            old, new = contract._replanned()
            gone |= old
            values += new
        gone._withdraw_invoices()
        gone.unlink()
        gone.create(values)
        self.invalidate_recordset(["schedule_ids"])

    def _replanned(self):
        """The rows that no longer hold, and the values of those that take their place.

        Of a record that was not saved: what would become of the saved one's.
        """
        rows = self._origin.sudo().schedule_ids
        billed = rows.filtered(lambda row: row._is_billed())
        values = self._planned(billed)
        held = [row._plan_values() for row in rows - billed]
        gone = (rows - billed).filtered(lambda row: row._plan_values() not in values)
        return gone, [new for new in values if new not in held]

    def _planned(self, billed):
        """The rows that follow from dates, frequency, lines and what was billed."""
        if not self._priced_lines() or not self.start_date:
            return []
        periods = [period for stretch in self._stretches() for period in stretch]
        by_start = billed.grouped("plan_start")
        by_period = {
            index: by_start[period.start]
            for index, period in enumerate(periods)
            if period.start in by_start
        }
        dues = self._dues({i: found._by_chain() for i, found in by_period.items()})
        values = []
        for due in dues:
            period = periods[due.period]
            if due.parts or period.start <= self.end_date:
                values += self._due_values(due, period, by_period.get(due.period))
        return values

    def _due_values(self, due, period, billed):
        values = {
            "contract_id": self._origin.id,
            "kind": "change" if billed or due.start != period.start else "period",
            "plan_start": period.start,
            "period_start": due.start,
            "period_end": period.end,
            "months": period.months,
            "date": due.start,
            "credits_id": False,
        }
        if due.amount >= 0:
            return [{**values, **_sums(due.parts)}]
        return [
            {**values, "kind": "credit", "credits_id": invoice.id, **_sums(parts)}
            for invoice, parts in billed._to_credit(due.parts).items()
        ]

    def _term_start(self):
        return self.start_date

    def _due_periods(self, day):
        """Billing periods that have come, cost something and have no invoice."""
        return self.schedule_ids.filtered(
            lambda period: period.date <= day
            and period.amount_untaxed > 0
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
        serialize(self._billed_with())
        return window_of(self._create_due_invoices())

    def _check_is_billed(self):
        ran = self.state in ("active", "renewed", "expired") or self.last_day
        if not ran:
            raise UserError(self.env._("%s is not active.", self.display_name))

    def _transition_to(self, state, **vals):
        """At the end of a term, what is due is invoiced before the cron forgets it."""
        if state in ("renewed", "expired", "cancelled"):
            owing = self.filtered(
                lambda contract: contract.state == "active"
                and contract._due_periods(contract._today())
            )
            owing.sudo()._invoice_or_tell()
        return super()._transition_to(state, **vals)

    def _create_due_invoices(self):
        """Make the invoices of all these contracts in one go."""
        return self._rows_to_bill()._bill()

    def _rows_to_bill(self):
        """What is due of these contracts, and what goes on the same invoices."""
        rows, others = self._rows_due(), self._billed_with() - self
        if not others:
            return rows
        keys = {row._invoice_key() for row in rows}
        return rows | others._rows_due().filtered(
            lambda row: row._invoice_key() in keys
        )

    def _rows_due(self):
        rows = self.env["bmasia.contract.schedule"]
        return rows.union(*(each._due_periods(each._today()) for each in self))

    def _billed_with(self):
        """These contracts, and those that run and may be on one invoice with them."""
        payers = self.sudo().billed_id.filtered(lambda payer: payer.invoicing == "day")
        if not payers:
            return self
        same = Domain("billed_id", "in", payers._same_buyers().ids)
        same &= Domain("company_id", "in", self.company_id.ids)
        return self | self.search(same & Domain("state", "=", "active"))

    @api.model
    def _cron_create_invoices(self):
        """Invoice what is due, batch by batch, each batch committed."""
        contracts, cron = self._contracts_due(), self.env["ir.cron"]
        # A lock that is taken first in its transaction sees what others committed.
        cron._commit_progress(remaining=len(contracts))
        starts = range(0, len(contracts), DUE_BATCH)
        batches = [contracts[start : start + DUE_BATCH] for start in starts]
        # to the end: what cannot be invoiced stays due
        cron._run_later("_invoice_free", batches, to_the_end=True)

    def _invoice_free(self):
        """Invoice what is due of these contracts. Whom another worker is billing right
        now is left to it.
        """
        free = self._billed_with().try_lock_for_update()
        (self & free)._without_busy(free)._invoice_or_tell()

    def _without_busy(self, free):
        """Those of which nobody else bills what goes on the same invoice.

        :param free: contracts that are locked for this transaction
        """
        return self.filtered(lambda contract: contract._billed_with() <= free)

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
        """Make what is due in one go; where that fails, each invoice for itself, so
        that a contract which cannot be invoiced holds up nobody else.
        """
        if not self:
            return
        serialize(self._billed_with())
        try:
            with self.env.cr.savepoint():
                self._create_due_invoices()
        except UserError:
            rows = self._rows_to_bill()
            for group in rows.grouped(lambda row: row._invoice_key()).values():
                group._bill_or_tell()

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


def _sums(parts):
    """How a row stores its parts."""
    return {
        "amount_untaxed": money.add(parts.values()),
        "parts": [[line.id, amount] for line, amount in parts.items()],
    }
