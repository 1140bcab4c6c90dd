from dataclasses import replace
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools import figures

from ..tools import money
from ..tools.service import DAY, Span, without


class BmasiaContractLine(models.Model):
    """A line of a contract: its share of each billing period, and of the next term."""

    _name = "bmasia.contract.line"
    _description = "Line of a Contract"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "contract_id"
    _entity_path = "contract_id.company_id"

    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    service_from = fields.Date(
        "Served From",
        readonly=True,
        copy=False,
        help="Of a line that an amendment brought; one that was signed is served from "
        "the start.",
    )
    service_to = fields.Date(
        "Served Until",
        compute="_compute_service_to",
        store=True,
        copy=False,
        help="The last day before an amendment changes or removes it; empty: as the "
        "term.",
    )
    billed_at_once = fields.Boolean(
        readonly=True,
        copy=False,
        help="Charged for certain days, and billed as a whole when those begin: so "
        "were all such lines before version 1.5.",
    )
    replaces_id = fields.Many2one(
        "bmasia.contract.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    renews_id = fields.Many2one(
        "bmasia.contract.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the term before that this one goes on from.",
    )
    amendment_line_id = fields.Many2one(
        "bmasia.amendment.line",
        "Brought By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    amendment_id = fields.Many2one(related="amendment_line_id.amendment_id")
    is_withdrawn = fields.Boolean(
        readonly=True,
        copy=False,
        help="Its amendment was taken back before its day: it is never served.",
    )
    quote_line_id = fields.Many2one(
        "bmasia.quote.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    quote_amount = fields.Monetary(
        "Of the Quote",
        readonly=True,
        copy=False,
        help="Net: what this takes of the quote's line, which is not invoiced without "
        "the contract.",
    )
    location = fields.Char("Where", help="The venue or zone. Printed.")

    @api.depends(
        *("service_from", "replaces_id", "is_withdrawn"),
        "contract_id.amendment_ids.state",
        *("contract_id.amendment_ids.start_date",),
        *("contract_id.amendment_ids.line_ids.contract_line_id",),
    )
    def _compute_service_to(self):
        for line in self:
            own, first = line._origin or line, line.service_from or date.min
            root = line._first_of_chain()._origin or own
            ends = [
                day - DAY
                for day, changed in line.contract_id._agreed_changes()
                if changed == own or (day > first and changed._first_of_chain() == root)
            ]
            if line.is_withdrawn:
                ends.append(first - DAY)
            line.service_to = min(ends, default=False)

    def _days_served(self, document):
        return document._days_between(
            self.service_from, self.service_to, document.end_date, self._own_days()
        )

    def _own_days(self):
        return Span(self.date_from, self.date_to) if self._is_prorated() else None

    def _served_until(self, end, last, pauses):
        """As ``_served``, with other last days.

        :param end: of the contract's service
        :param last: of this line; None: as the contract
        """
        contract = self.contract_id
        served = self._served(contract)
        spans = contract._days_between(self.service_from, last, end, self._own_days())
        if self._charge() != "once":
            spans = without(spans, pauses)
        return replace(served, spans=spans)

    def _begins_before(self, day):
        return any(span.start < day for span in self._days_served(self.contract_id))

    def _lasts_until(self, end):
        """Whether the line is still served when the term ends."""
        return (self.service_from or end) <= end <= (self.service_to or end)

    def _served(self, document, pauses=()):
        served = super()._served(document, pauses)
        return replace(served, charge="once") if self.billed_at_once else served

    def _first_of_chain(self):
        line = self
        while line.replaces_id:
            line = line.replaces_id
        return line

    def _check_document_open(self):
        """What an amendment brought is no part of what was signed, and is the system's
        to write.
        """
        brought = self.filtered("amendment_line_id")
        if brought and not self.env.su:
            raise UserError(
                self.env._(
                    "%(amendment)s brought “%(line)s”. Amend the contract again.",
                    amendment=brought[0].amendment_line_id.amendment_id.display_name,
                    line=brought[0].name,
                )
            )
        return super(BmasiaContractLine, self - brought)._check_document_open()

    def _taken_of_quote(self):
        """What this takes of its quote's line. A contract that was cancelled before it
        billed anything gives it back.
        """
        contract = self.contract_id
        bills = contract.invoice_ids.filtered(lambda each: each._is_bill())
        is_over = contract.state == "cancelled" and not bills
        return 0.0 if is_over else self.quote_amount

    # ------------------------------------------------------------
    # ON AN INVOICE
    # ------------------------------------------------------------

    def _billed_values(self, row, share):
        """The line of an invoice that bills a part of this one, at exactly its share.

        It is taxed as the entity taxes on the day of the invoice, unless another tax
        was chosen for this line.

        :param row: of the schedule
        :param share: net; None where that row has nothing of this line
        :returns: values, or None where there is no line
        """
        values = self._copied_values()
        if self.display_type:
            return values if row.kind == "period" else None
        if share is None:
            return None
        values["contract_line_id"] = self.id
        if self.amount_untaxed < 0:
            return values | self._taken_off_values(share)
        served = row._days_of(self)
        charge = self._charge()
        if row._is_of_change(self):
            return values | self._one_unit(share, row._change_words())
        if charge == "once":
            return values
        if charge == "days":
            return values | self._days_values(share, served)
        return values | self._yearly_values(share, row, served)

    def _yearly_values(self, share, row, served):
        """A share of the year's price, by months; by days where that is broken."""
        whole = row._span().days
        values = {
            "list_value": money.over_term(self.list_value, row.months, self._rounding())
        }
        price = money.over_term(self.unit_price, row.months, self._rounding())
        if served == whole and self._comes_to(price, share):
            return {**values, "unit_price": price}
        env = self._in_language().env
        contract = self.contract_id.with_env(env)
        part = env._("%d/12", row.months)
        if served != whole:
            part = env._(
                "%(part)s × %(days)d of %(of)d days", part=part, days=served, of=whole
            )
        words = env._(
            "%(quantity)s × %(price)s per year × %(part)s",
            quantity=figures.number(self.quantity),
            price=contract._format_price(self.unit_price),
            part=part,
        )
        return values | self._one_unit(share, words)

    def _days_values(self, share, served):
        """A share of a price for certain days."""
        if share == self.amount_untaxed:
            return {}
        env = self._in_language().env
        return {
            "date_from": False,
            "date_to": False,
            **self._one_unit(
                share,
                env._(
                    "%(days)d of %(of)d days",
                    days=served,
                    of=Span(self.date_from, self.date_to).days,
                ),
            ),
        }

    def _taken_off_values(self, share):
        """An amount off in one invoice: all of it, or what that charges."""
        if share == self.amount_untaxed:
            return {}
        env = self._in_language().env
        contract = self.contract_id.with_env(env)
        words = env._(
            "%(part)s of %(whole)s",
            part=contract._format_figure(share),
            whole=contract._format_figure(self.amount_untaxed),
        )
        name = f"{self.name}\n{words}"
        return {"quantity": 1, "unit_price": share, "discount": 0, "name": name}

    def _one_unit(self, share, words):
        """One unit of it all, where no price of a unit comes to the share exactly."""
        gross = money.gross_for(share, self.discount, self._rounding())
        name = f"{self.name}\n{words}"
        return {"quantity": 1.0, "unit_price": gross, "name": name}

    def _comes_to(self, price, share):
        at = (self.quantity, price, self.discount)
        return money.amounts(*at, rounding=self._rounding()).untaxed == share

    def _in_language(self):
        return self.with_context(lang=self.contract_id._get_print_lang())

    # ------------------------------------------------------------
    # IN THE NEXT TERM
    # ------------------------------------------------------------

    def _renewed_values(self, prices):
        """This line for the next term. One-time lines are done with."""
        values = {**self._copied_values(), "date_from": False, "date_to": False}
        values |= {"location": self.location, "renews_id": self.id}
        return {**values, "unit_price": prices.get(self.id, self.unit_price)}
