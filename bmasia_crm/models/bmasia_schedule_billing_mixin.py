"""From rows of billing schedules to invoices: one for each, or one for several."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.document_flow.tools.rows import serialize, window_of


class BmasiaScheduleBillingMixin(models.AbstractModel):
    """Makes the invoices of rows of billing schedules, and takes drafts back.

    Gives which rows go on one invoice, by the choice of who pays (``invoicing`` of
    ``bmasia.company``) or of a person who chose rows; the invoice's values, grouped by
    venue; and what becomes of a draft when one of its rows no longer holds.

    The model provides ``contract_id``, ``invoice_id``, ``date``, ``kind`` and the days
    of the period.
    """

    _name = "bmasia.schedule.billing.mixin"
    _description = "Invoices of Billing Periods"

    # ------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------

    def action_bill(self):
        """Make the draft invoices of these rows, as who pays wants them.

        :returns: the action that opens them
        :rtype: dict
        :raises UserError: a row is billed, is not due, or is no bill
        :raises AccessError: not Finance
        """
        return window_of(self._checked_to_bill()._bill())

    def action_bill_together(self):
        """Make the draft of one invoice of all these rows.

        :returns: the action that opens it
        :rtype: dict
        :raises UserError: as :meth:`action_bill`, or they are of several buyers,
            entities or currencies
        :raises AccessError: not Finance
        """
        rows = self._checked_to_bill()
        rows._check_go_together()
        return window_of(rows._bill_as([rows]))

    def action_open_contract(self):
        """Open the contract of this row.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        return window_of(self.contract_id)

    def _checked_to_bill(self):
        """These rows, which nobody else bills until this is done."""
        self.env["bmasia.invoice"].check_access("create")
        self.check_access("read")
        serialize(self.contract_id)
        self.invalidate_recordset()
        for row in self:
            row.contract_id._check_is_billed()
            row._check_to_bill()
        return self

    def _check_to_bill(self):
        contract, _ = self.contract_id, self.env._
        words = {"contract": contract.display_name}
        if self.invoice_id:
            words["invoice"] = self.invoice_id.display_name
            said = _("%(contract)s: %(invoice)s bills this period already.", **words)
        elif self.amount_untaxed <= 0:
            said = _("%(contract)s: nothing is to be billed of this row.", **words)
        elif self.date > contract._today():
            words["day"] = contract._say_day(self.date)
            said = _("%(contract)s: this period is billed from %(day)s on.", **words)
        else:
            return
        raise UserError(said)

    def _check_go_together(self):
        """One invoice has one buyer, and is in one currency, of one entity."""
        contracts = self.contract_id
        if not contracts:
            raise UserError(self.env._("Choose the periods to bill."))
        buyers = {contract.billed_id._buyer_key() for contract in contracts}
        if len(buyers) > 1:
            raise UserError(
                self.env._(
                    "These are billed to several buyers: %s. Choose periods of one; "
                    "who has the same tax ID and branch is one.",
                    ", ".join(contracts.billed_id.mapped("display_name")),
                )
            )
        if len(contracts.company_id) > 1 or len(contracts.currency_id) > 1:
            raise UserError(
                self.env._(
                    "One invoice is in one currency, of one billing entity. Choose "
                    "periods that are."
                )
            )

    # ------------------------------------------------------------
    # MADE
    # ------------------------------------------------------------

    def _bill(self):
        """The draft invoices of these rows, as who pays wants them."""
        return self._bill_as(self.grouped(lambda row: row._invoice_key()).values())

    def _bill_as(self, groups):
        """
        :param groups: rows that go on one invoice, for each of these
        """
        # nobody wants a mail "you were assigned" for each of a thousand drafts
        invoices = self.env["bmasia.invoice"].sudo()
        quiet = invoices.with_context(mail_auto_subscribe_no_notify=True)
        made = quiet.create([rows.sudo()._invoice_values() for rows in groups])
        return made.with_env(self.env)

    def _invoice_key(self):
        """What rows on one invoice have in common."""
        contract, payer = self.contract_id, self.contract_id.billed_id
        if payer.invoicing != "day":
            return self
        parties = (contract.company_id, contract.currency_id, payer._buyer_key())
        return (*parties, self.date)

    def _bill_or_tell(self):
        """Make the invoice of these rows; where one of them cannot be billed, of the
        others.
        """
        try:
            with self.env.cr.savepoint():
                self._bill_as([self])
        except UserError as error:
            if len(self) == 1:
                self.contract_id._tell_not_invoiced(error)
                return
            sound = self.filtered(lambda row: row._bills_or_tells())
            if sound:
                sound._bill_as([sound])

    def _bills_or_tells(self):
        """Whether an invoice of this row alone can be made; none is."""
        try:
            with self.env.cr.savepoint() as trial:
                self._bill_as([self])
                trial.rollback()
        except UserError as error:
            self.contract_id._tell_not_invoiced(error)
            return False
        return True

    # ------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------

    def _invoice_values(self):
        """The invoice that bills these rows."""
        contracts = self.contract_id
        first = contracts[0]
        places = set(contracts.mapped("venue_name"))
        values = {
            "contract_id": first.id if len(contracts) == 1 else False,
            "schedule_ids": [Command.link(row.id) for row in self],
            "period_start": min(self.mapped("period_start")),
            "period_end": max(self.mapped("period_end")),
            "property_name": first._billed_place() if len(places) == 1 else False,
            "customer_id": first.billed_id.id,
            "company_id": first.company_id.id,
            "currency_id": first.currency_id.id,
            "user_id": first.user_id.id,
        }
        values["lang"] = lang = self._lang_of_bill()
        rows = self.with_context(billed_in=lang)
        lines = rows._lines_of_one() if len(self) == 1 else rows._lines_by_venue()
        return {**values, "line_ids": [Command.create(line) for line in lines]}

    def _lang_of_bill(self):
        """The language of these contracts; where they differ, of who pays."""
        contracts = self.contract_id
        if len(set(contracts.mapped("lang"))) == 1:
            return contracts[0].lang
        buyer = {"customer_id": contracts[0].billed_id.id}
        return self.env["bmasia.invoice"].new(buyer).lang

    def _lines_of_one(self):
        parts = self._parts()
        lines = (
            line._billed_values(self, parts.get(line))
            for line in self.contract_id.service_line_ids
        )
        return [{**line, "schedule_id": self.id} for line in lines if line]

    def _lines_by_venue(self):
        """The lines under their venues, each period named."""
        rows = self.sorted(lambda row: (row.venue_name, row.contract_id.id))
        lines = []
        for name, found in rows.grouped("venue_name").items():
            lines.append(
                {"display_type": "line_section", "name": name, "is_venue": True}
            )
            for row in found:
                days = {"period_start": row.period_start, "period_end": row.period_end}
                lines.append({"display_type": "line_note", "name": row._period_words()})
                lines += [{**line, **days} for line in row._lines_of_one()]
        return [{**line, "sequence": 10 * n} for n, line in enumerate(lines, 1)]

    def _period_words(self):
        """Contract and period of this row. Printed."""
        contract = self.contract_id
        env = contract.with_context(lang=contract._get_print_lang()).env
        first, last = (
            contract.with_env(env)._format_day(day)
            for day in (self.period_start, self.period_end)
        )
        words = {"contract": contract.name, "first": first, "last": last}
        return env._("Contract %(contract)s: %(first)s – %(last)s", **words)

    # ------------------------------------------------------------
    # TAKEN BACK
    # ------------------------------------------------------------

    def _withdraw_invoices(self):
        """Take back the drafts of these rows, and what still waits to be sent. What
        else was on them is billed anew.
        """
        for invoice in self.invoice_id:
            others = invoice.schedule_ids - self
            if invoice.send_state == "queued":
                invoice.action_cancel_mail()
            invoice._tell_withdrawn()
            if invoice.name:
                invoice.action_cancel(self.env._("The contract changed."))
            else:
                invoice.unlink()
            if others:
                others.invalidate_recordset(["invoice_id"])
                others._bill_or_tell()
