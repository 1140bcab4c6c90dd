from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money
from .bmasia_invoice_payment import COUNTED

# of the buyer, as a tax invoice must name them
LEGAL_IDENTITY = ("name", "branch", "vat", "address")


class BmasiaInvoiceCreditMixin(models.AbstractModel):
    """Credit notes: the invoice that one credits, and what may be credited of it.

    Gives both sides. An invoice has its credit notes, makes the draft of the next one
    (``action_credit``) and becomes credited when nothing is left. A credit note has its
    invoice, names the buyer as that does, and never credits more than is left, of a
    line nor of the whole.

    The model provides ``kind``, ``state``, lines with ``reversed_line_id``, and a
    transition from issued and paid to credited that names ``_check_is_credited``. It
    asks ``_check_credit_fits`` before a credit note is issued.
    """

    _name = "bmasia.invoice.credit.mixin"
    _description = "Credit Notes of an Invoice"

    reversed_id = fields.Many2one(
        "bmasia.invoice",
        "Original Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    parted_from_id = fields.Many2one(
        "bmasia.invoice",
        "Parted From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The credit note with VAT of the same credit; the unpaid part goes first.",
    )
    credit_note_ids = fields.One2many("bmasia.invoice", "reversed_id", "Credit Notes")
    credit_reason = fields.Text(readonly=True, copy=False)

    def _customer_values(self):
        """A credit note names the buyer as the invoice does that it credits."""
        values = super()._customer_values()
        if credited := self._credited_document():
            original = credited._customer()
            values.update({name: original[name] for name in LEGAL_IDENTITY})
        return values

    def _credited_document(self):
        """The document that this one takes something back of, or none."""
        self.ensure_one()
        return self.reversed_id

    def _sibling_notes(self):
        """What is credited of the same, this one included."""
        self.ensure_one()
        return self.reversed_id.credit_note_ids

    def _document_values(self):
        original = self._credited_document().sudo()
        values = {**super()._document_values(), "reversed": original.name}
        if original:
            values["reversed_date"] = original._booked_day()
            values["reversed_net"] = self._credited_net()
            values["credited_earlier"] = self._credited_earlier()
            values["ground"] = self.credit_ground
            values["tax_invoices"] = self._printed_references()
        return values

    def _credited_net(self):
        """What was charged, before any credit."""
        return self.reversed_id.amount_untaxed

    def _credited_total(self):
        """The same with tax."""
        return self.reversed_id._asked_total()

    def _reckoned_tax(self, taxables):
        """A credit note takes back of the invoice's tax what its base is of the
        invoice's: the last one closes it, to the satang.
        """
        if not self.reversed_id or self.tax_given:
            return super()._reckoned_tax(taxables)
        earlier = self._earlier_notes()
        rows = [row for note in earlier for row in note._tax_base()]
        invoiced = self._charged_parts()
        return money.credited_tax(taxables, invoiced, rows, self._rounding())

    # ------------------------------------------------------------
    # CREDITING AN INVOICE
    # ------------------------------------------------------------

    def action_credit(self, reason, line_ids=None, ground=None, quantities=None):
        """Make the draft of a credit note that mirrors this invoice, or some lines.

        It has the lines that no credit note has yet. Take out some, or lower their
        quantity, before issuing it. Made once: while a credit note is being written,
        this opens it. When it is issued, what was never taxed becomes an adjustment
        without VAT, and only the rest a credit note.

        :param str reason: printed
        :param list[int] line_ids: of this invoice; default all
        :param str ground: a value of ``credit_ground``; may be chosen on the draft
        :param dict quantities: by id of a line, where not all of it is credited
        :returns: the action that opens the credit note
        :rtype: dict
        :raises UserError: not issued, credited in full, or no such line is left
        """
        self.ensure_one()
        self.check_access("write")
        self._check_argument("line_ids", line_ids, "ids")
        self._check_argument("ground", ground, "text")
        self._check_argument("quantities", quantities, "figures")
        reason = self._read_reason(
            reason, self.env._("Say why the invoice is credited.")
        )
        if self.kind != "invoice" or self.state not in ("issued", "paid"):
            raise UserError(self.env._("Only an issued invoice is credited."))
        serialize(self)
        note = self.credit_note_ids.filtered(lambda note: note.state == "draft")[:1]
        if not note:
            lines = self._creditable_lines()
            if line_ids:
                lines = lines.filtered(lambda line: line.id in line_ids)
            note = self._create_credit_note(reason, lines, ground, quantities)
        return window_of(note)

    def _creditable_lines(self):
        """The lines that no credit note has, or only a part of them."""
        notes = self.credit_note_ids.filtered(lambda note: note.state in COUNTED)
        credited = notes.line_ids.grouped("reversed_line_id")
        return self.line_ids.filtered(
            lambda line: line not in credited
            or abs(money.add(credited[line].mapped("amount_untaxed")))
            < abs(line.amount_untaxed)
        )

    def _left_of_contract_line(self, contract_line):
        """How much of what this billed of a contract's line, or of the lines that it
        followed, no credit note has yet, net.
        """
        billed = self._lines_of(contract_line)
        return money.add(line._left_to_credit() for line in billed)

    def _credited_by_hand(self, contract_line, rows):
        """What credit notes that no schedule asked for took back of a contract's line,
        net.

        :param rows: of the contract's schedule: of what they billed
        """
        billed = self._lines_of(contract_line).filtered(
            lambda line: not line.schedule_id or line.schedule_id in rows
        )
        return money.add(self._credits_by_hand(billed).values())

    def _credits_by_hand(self, billed):
        """What credit notes that no schedule asked for took back of lines, net.

        :param billed: lines of this invoice
        :returns: positive net by credit note
        """
        notes = self.credit_note_ids.filtered(lambda note: note.state in COUNTED)
        lines = notes.line_ids.filtered(
            lambda line: line.reversed_line_id in billed
            and line.schedule_id.kind != "credit"
        )
        return {
            note: money.add(found.mapped("amount_untaxed"))
            for note, found in lines.grouped("invoice_id").items()
        }

    def _credit_of_contract(self, row):
        """The draft of a credit note of what a contract serves no more.

        :param row: of the contract's schedule
        """
        words = row._change_words()
        values = []
        for source, amount in row._parts().items():
            for billed, part in self._lines_to_credit(source, row, -amount):
                line = {
                    **billed._credited_part_values(),
                    "reversed_line_id": billed.id,
                    "contract_line_id": source.id,
                    "schedule_id": row.id,
                    "unit_price": part,
                    "name": f"{billed.name}\n{words}",
                }
                values.append((billed, part, line))
        note = self.sudo().copy(
            {
                "kind": "credit_note",
                "reversed_id": self.id,
                "contract_id": row.contract_id.id,
                "property_name": row.contract_id._billed_place(),
                "schedule_ids": [Command.link(row.id)],
                "credit_reason": row.contract_id._credit_reason(row),
                "credit_ground": row.contract_id._credit_ground(),
                "period_start": row.period_start,
                "period_end": row.period_end,
                "line_ids": [
                    Command.create(line) for line in self._at_charged_rates(values)
                ],
            }
        )
        said = self.env._("Credit note: %s", note._get_html_link())
        self.message_post(body=said)
        row.contract_id.message_post(body=said)

    def _crediting_rows(self):
        """Rows of schedules that credit something of these invoices."""
        rows = self.env["bmasia.contract.schedule"].sudo()
        return rows.search([("credits_id", "in", self.ids)])

    def _hand_credits_on(self, made):
        """Drafts that credit this invoice credit the one that takes its place.

        :param made: has the same lines
        """
        lines = dict(zip(self.line_ids, made.line_ids, strict=True))
        for line in self.credit_note_ids.line_ids:
            line.reversed_line_id = lines.get(line.reversed_line_id)
        self.credit_note_ids.reversed_id = made
        self._crediting_rows().credits_id = made

    def _lines_to_credit(self, contract_line, row, amount):
        """Which lines are credited how much: those that billed the row's period, the
        last one first.

        :returns: pairs of a line and a positive net
        """
        billed = self._lines_of(contract_line)
        of_period = billed.filtered(
            lambda line: line.schedule_id.plan_start == row.plan_start
        )
        found = []
        for line in reversed(of_period or billed):
            part = min(amount, line._left_to_credit())
            if part > 0:
                found.append((line, part))
                amount = money.subtract(amount, part)
        return found

    def _lines_of(self, contract_line):
        """The lines that bill a contract's line, or one that it followed."""
        first = contract_line._first_of_chain()
        return self.line_ids.filtered(
            lambda line: line.contract_line_id
            and line.contract_line_id._first_of_chain() == first
        )

    def _create_credit_note(self, reason, lines, ground, quantities=None):
        if not lines.filtered(lambda line: not line.display_type):
            raise UserError(
                self.env._("These lines of %s are credited.", self.display_name)
            )
        self.check_access("create")
        wanted = {int(key): amount for key, amount in (quantities or {}).items()}
        values = self._at_charged_rates(
            [line._to_credit(wanted.get(line.id)) for line in lines]
        )
        made = self.sudo().copy(
            {
                "kind": "credit_note",
                "reversed_id": self.id,
                "quote_id": self.quote_id.id,
                "credit_reason": reason,
                "credit_ground": ground or False,
                "line_ids": [Command.create(line) for line in values],
            }
        )
        note = made.with_env(self.env)
        self.message_post(body=self.env._("Credit note: %s", note._get_html_link()))
        return note

    def _check_is_credited(self):
        if self.amount_credited < self._asked_total():
            raise UserError(
                self.env._("%s is not credited in full.", self.display_name)
            )

    def _settle_credit(self):
        """Credited in full is credited; in part, and the rest paid, is paid."""
        for invoice in self:
            whole = invoice.amount_credited >= invoice._asked_total()
            if whole and invoice._has_transition("credited"):
                invoice._transition_to("credited")
        self._settle_payment()

    # ------------------------------------------------------------
    # THE CREDIT NOTE
    # ------------------------------------------------------------

    @api.constrains("kind", "reversed_id", "customer_id", "company_id", "currency_id")
    def _check_reversed(self):
        """A credit note is a part of its invoice: same customer, entity, currency."""
        for invoice in self:
            original = invoice.reversed_id
            strays = [
                invoice._fields[name]._description_string(self.env)
                for name in ("customer_id", "company_id", "currency_id")
                if original and invoice[name] != original[name]
            ]
            if strays:
                raise ValidationError(
                    self.env._(
                        "A credit note has these as its invoice %(invoice)s has them: "
                        "%(fields)s.",
                        invoice=original.display_name,
                        fields=", ".join(strays),
                    )
                )
            if bool(invoice._credited_document()) != invoice._is_credit():
                raise ValidationError(
                    self.env._(
                        "A credit note is created from its invoice, with Credit there."
                    )
                )

    def _check_credit_fits(self):
        self._check_reversed()
        # another one may have been issued meanwhile
        self.line_ids.modified(["amount_untaxed"])
        invoice = self.reversed_id
        issued = invoice.issue_date
        if self.issue_date and issued and self.issue_date < issued:
            raise UserError(
                self.env._("A credit note cannot be older than its invoice.")
            )
        left = money.subtract(invoice._asked_total(), invoice.amount_credited)
        if invoice.state not in COUNTED or self.amount_total > left:
            raise UserError(
                self.env._(
                    "Of %(invoice)s, at most %(amount)s can still be credited.",
                    invoice=invoice.display_name,
                    amount=invoice._format_money(left),
                )
            )
        self._check_credited_lines_fit()
        self._check_credited_rates()

    def _check_credited_lines_fit(self):
        invoice = self.reversed_id
        counted = invoice.credit_note_ids.filtered(lambda note: note.state in COUNTED)
        others = (counted - self).line_ids.grouped("reversed_line_id")
        for line in self.line_ids.filtered("reversed_line_id"):
            invoiced = line.reversed_line_id
            earlier = others.get(invoiced, line.browse())
            credited = money.add(earlier.mapped("amount_untaxed"))
            both = money.add([credited, line.amount_untaxed])
            if abs(both) > abs(invoiced.amount_untaxed):
                raise UserError(
                    self.env._(
                        "“%(line)s” was invoiced at %(amount)s, of which %(credited)s "
                        "is credited: more than the rest cannot be.",
                        line=invoiced.name,
                        amount=invoice._format_money(invoiced.amount_untaxed),
                        credited=invoice._format_money(credited),
                    )
                )

    def _credited_earlier(self):
        """The net of the credit notes before this one. Section 86/10 of the Thai
        Revenue Code asks for the value that was, the right one, and their difference.
        """
        self.ensure_one()
        return money.add(self._earlier_notes().mapped("amount_untaxed"))

    def _earlier_notes(self):
        others = self._sibling_notes() - self._origin - self.parted_from_id
        notes = others.filtered(lambda note: note.state in COUNTED)
        if self._is_draft():
            return notes
        mine = (self.issue_date, self.id)
        return notes.filtered(lambda note: (note.issue_date, note.id) < mine)

    # ------------------------------------------------------------
    # A PAYMENT WAS TAKEN BACK
    # ------------------------------------------------------------

    def _credit_anew(self):
        """Credit notes correct tax invoices. Where one of these is void, and they would
        take back more than was paid too much, what was credited is credited anew: what
        nobody has paid is an adjustment then.

        :raises UserError: a credit note was paid back, or set off
        """
        for invoice in self:
            for note in invoice._tax_notes().sorted("id", reverse=True):
                if invoice._takes_back_too_much():
                    note._undo_uses_for_own_invoice()
                    note._issue_without_tax_invoice()

    def _takes_back_too_much(self):
        """Whether credit notes take back what is not declared, or nobody paid."""
        if self.is_tax_invoice or not self._is_taxed():
            return False
        unit = self.currency_id.rounding
        declared = self._covered_parts()
        notes = money.add(self._tax_notes().mapped("amount_total"))
        for_customer = money.add([self._given_back(), self.amount_refund])
        is_short = any(row.total < -unit * len(declared) for row in declared)
        return is_short or notes > for_customer

    def _issue_without_tax_invoice(self):
        if self._settled_by():
            raise UserError(
                self.env._(
                    "%s was paid back or set off, of what would not have been paid "
                    "then. Void that first.",
                    self.display_name,
                )
            )
        reason = self.env._("The tax invoice that it corrects is void.")
        values = {"replaces_id": self.id, "reissue_reason": reason}
        self.sudo()._issue_anew(values, reason)
