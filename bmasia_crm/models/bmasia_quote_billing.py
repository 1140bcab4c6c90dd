"""The invoices of an accepted quote that need no contract."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money


class BmasiaQuoteBillingMixin(models.AbstractModel):
    """What is charged once on an accepted quote, invoiced without a contract.

    Gives the draft of an invoice (``action_create_invoice``): of all such lines, of
    some, or of a part of them; what is invoiced, and what is left; the lines that a
    contract takes over (``_lines_for_contract``).

    The model provides ``state``, ``contract_ids``, ``amends_contract_id`` and
    ``line_ids`` of ``bmasia.quote.line``, which know what is left of each.

    How it works: a line of an invoice, or of a contract, names the line of the quote
    that it takes something of. Nothing is counted twice, and what an invoice is
    cancelled or credited of is free again.
    """

    _name = "bmasia.quote.billing.mixin"
    _description = "Invoices of a Quote"

    currency_id = fields.Many2one("res.currency")
    invoice_ids = fields.One2many(
        "bmasia.invoice", "quote_id", "Invoices", readonly=True, copy=False
    )
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    has_recurring = fields.Boolean(compute="_compute_has_recurring")
    amount_invoiced = fields.Monetary(
        "Invoiced",
        compute="_compute_amount_to_invoice",
        help="Net, less what was credited.",
    )
    amount_to_invoice = fields.Monetary(
        "Left To Invoice",
        compute="_compute_amount_to_invoice",
        help="Net: what is charged once, and neither invoiced nor in a contract.",
    )

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        for quote in self:
            quote.invoice_count = len(quote.invoice_ids)

    @api.depends("line_ids.kind", "line_ids.display_type")
    def _compute_has_recurring(self):
        for quote in self:
            kinds = quote._counted_lines().mapped("kind")
            quote.has_recurring = "recurring" in kinds

    @api.depends("state", "line_ids.amount_invoiced", "line_ids.amount_to_invoice")
    def _compute_amount_to_invoice(self):
        for quote in self:
            lines = quote.line_ids
            left = money.add(lines.mapped("amount_to_invoice"))
            quote.amount_invoiced = money.add(lines.mapped("amount_invoiced"))
            quote.amount_to_invoice = left if quote.state == "accepted" else 0.0

    def _charges_once(self):
        """Whether there is something to invoice without a contract, once accepted."""
        return money.add(self.line_ids.mapped("amount_to_invoice")) > 0

    def _followers(self):
        bills = self.invoice_ids.filtered(
            lambda each: each._is_bill() and each.state != "credited"
        )
        return [*super()._followers(), *bills]

    def _left_to_pay(self):
        """What was invoiced is paid there, not in advance."""
        left = super()._left_to_pay()
        invoices = self.invoice_ids.filtered(lambda each: each._is_bill())
        if not invoices:
            return left
        credited = invoices.mapped("amount_credited")
        open_uses = self._advances().filtered(lambda use: use.state != "voided")
        gone = (*invoices.mapped("amount_total"), *open_uses.mapped("amount_left"))
        rest = money.subtract(money.add([self._payable_total(), *credited]), *gone)
        return max(min(left, rest), 0.0)

    # ------------------------------------------------------------
    # INVOICES
    # ------------------------------------------------------------

    def action_create_invoice(
        self, line_ids=None, amounts=None, percent=None, idempotency_key=None
    ):
        """Make the draft of an invoice of what is charged once on an accepted quote.

        Whoever writes the quote prepares it; Finance issues it. Where nothing is left
        to invoice, this opens what was made.

        :param list[int] line_ids: of the quote; default all that are left
        :param dict amounts: net by id of a line, where only a part of it is invoiced
        :param float percent: of what each line was accepted at; default: all of it that
            is left
        :param str idempotency_key: a second call with the same key makes no second one
        :returns: the action that opens the invoice
        :rtype: dict
        :raises UserError: the quote is not accepted, a line is not charged once, or
            more of one is asked for than is left
        """
        self.ensure_one()
        self.check_access("write")
        self._check_argument("line_ids", line_ids, "ids")
        self._check_argument("amounts", amounts, "figures")
        self._check_argument("percent", percent, "number")
        asked = {"line_ids": line_ids, "amounts": amounts, "percent": percent}
        requests = self.env["bmasia.booking.request"]
        return requests._once(
            idempotency_key,
            self.company_id,
            {"what": "bmasia.quote/invoice", "id": self.id, **asked},
            lambda: window_of(self._invoice_once(**asked)),
        )

    def _invoice_once(self, line_ids, amounts, percent):
        self._check_is_invoiced()
        serialize(self)
        if not (line_ids or amounts) and not self.line_ids._open():
            made = self.invoice_ids.filtered(lambda each: each.state != "cancelled")
            if made:
                return made
        parts = self._read_parts(line_ids, amounts or {}, percent)
        if money.add(parts.values()) < 0 or not parts:
            raise UserError(
                self.env._(
                    "Nothing of %s that is charged once is left to invoice. What is "
                    "charged by the year is invoiced by a contract.",
                    self.display_name,
                )
            )
        # Sales prepares the draft; to change and issue it is for Finance
        made = self.sudo().env["bmasia.invoice"].create(self._invoice_values(parts))
        made = made.with_env(self.env)
        self.message_post(body=self.env._("Invoice: %s", made._get_html_link()))
        return made

    def _check_invoiced(self):
        """An amount off is taken along before the last of what it is taken off.

        :raises ValidationError: the invoices come to more than was accepted
        """
        for quote in self:
            once = quote._counted_lines().filtered(lambda line: line._is_once())
            whole = money.add(line._accepted_for_invoices() for line in once)
            billed = money.add(once.mapped("amount_invoiced"))
            if money.subtract(whole, billed) < 0:
                raise ValidationError(
                    self.env._(
                        "%(quote)s was accepted at %(whole)s, and its invoices would "
                        "come to %(billed)s. Invoice the amounts off along, or less.",
                        quote=quote.display_name,
                        whole=quote._format_money(whole),
                        billed=quote._format_money(billed),
                    )
                )

    def _check_is_invoiced(self):
        if self.state != "accepted":
            raise UserError(
                self.env._(
                    "Only an accepted quote is invoiced; %(quote)s is %(state)s.",
                    quote=self.display_name,
                    state=self._state_word(),
                )
            )
        if self.amends_contract_id:
            raise UserError(self._amends_sentence())

    def _read_parts(self, line_ids, amounts, percent):
        """What is invoiced of which lines, net.

        :rtype: dict
        """
        amounts = {int(key): amount for key, amount in amounts.items()}
        chosen = {*(line_ids or ()), *amounts}
        lines = self.line_ids.filtered(lambda line: line.id in chosen)
        if chosen - set(lines.ids):
            raise UserError(self.env._("%s has no such line.", self.display_name))
        if percent is not None and not 0 < percent <= 100:
            raise UserError(self.env._("Enter a percentage above 0, up to 100."))
        return {
            line: line._read_part(amounts.get(line.id), percent)
            for line in (lines if chosen else self.line_ids._open())
        }

    def _invoice_values(self, parts):
        names = ("customer_id", "company_id", "currency_id", "user_id")
        values = {name: self[name].id for name in names}
        lines = [
            line._invoiced_values(parts[line])
            if line in parts
            else line._copied_values()
            for line in self._with_headings(parts)
        ]
        return {
            **values,
            "quote_id": self.id,
            "lang": self.lang,
            "line_ids": [Command.create(line) for line in lines],
        }

    def _with_headings(self, lines):
        """These lines with the sections that they stand in, and the notes there."""
        if self._priced_lines() <= self.line_ids.browse(line.id for line in lines):
            return self.line_ids
        found, heading, chosen = self.line_ids.browse(), self.line_ids.browse(), False
        for line in self.line_ids:
            if line.display_type == "line_section":
                heading, chosen = line, False
            elif line.display_type:
                heading |= line
                if chosen:
                    found |= line
            elif line in lines:
                found |= line if chosen else heading | line
                chosen = True
        return found

    # ------------------------------------------------------------
    # A CONTRACT
    # ------------------------------------------------------------

    def _lines_for_contract(self):
        """The values of a contract's lines: all of this but what was invoiced.

        :raises UserError: all of it was
        """
        taken = self._counted_lines().filtered(
            lambda line: line.kind == "recurring" or line._is_open()
        )
        if not taken:
            raise UserError(
                self.env._(
                    "All of %s is invoiced: nothing is left for a contract.",
                    self.display_name,
                )
            )
        return [line._contracted_values() for line in self._with_headings(taken)]
