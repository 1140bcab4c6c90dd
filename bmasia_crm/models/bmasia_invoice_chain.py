"""What becomes of an issued invoice: paid, cancelled, credited."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import money
from .bmasia_invoice import COUNTED


class BmasiaInvoice(models.Model):
    _inherit = "bmasia.invoice"

    def action_register_payment(
        self,
        amount,
        date=None,
        method="transfer",
        withholding_amount=0.0,
        reference=None,
    ):
        """Note what the customer paid. The receipt gets its number now.

        :param float amount: what arrived
        :param date: of the payment, a date or ``YYYY-MM-DD``; default today
        :param str method: transfer, promptpay, cheque, card, cash or other
        :param float withholding_amount: tax that the customer withheld
        :param str reference: the bank's
        :returns: ``{"id", "number", "amount_due", "payment_state"}``
        :rtype: dict
        :raises UserError: more than is due, before the invoice's date, not issued
        """
        self.ensure_one()
        for name, value, kind in (
            ("amount", amount, "number"),
            ("withholding_amount", withholding_amount, "number"),
            ("method", method, "text"),
            ("reference", reference, "text"),
        ):
            self._check_argument(name, value, kind)
        payment = self.env["bmasia.payment"].create(
            {
                "invoice_id": self.id,
                "amount": amount,
                "date": self._read_day(date) or self._today(),
                "method": method,
                "withholding_amount": withholding_amount,
                "reference": reference,
            }
        )
        return {
            "id": payment.id,
            "number": payment.name,
            "amount_due": self.amount_due,
            "payment_state": self.payment_state,
        }

    def action_cancel(self, reason):
        """Take an invoice back that nobody paid. Its number stays.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, or something was paid or credited
        """
        reason = self._read_reason(
            reason, self.env._("Say why the invoice is cancelled.")
        )
        self._transition_to("cancelled", cancel_reason=reason)
        return True

    def action_credit(self, reason, line_ids=None):
        """Make the draft of a credit note that mirrors this invoice, or some lines.

        It has the lines that no credit note has yet. Take out some, or lower their
        quantity, before issuing it. Made once: while a credit note is being written,
        this opens it.

        :param str reason: printed
        :param list[int] line_ids: of this invoice; default all
        :returns: the action that opens the credit note
        :rtype: dict
        :raises UserError: not issued, credited in full, or no such line is left
        """
        self.ensure_one()
        self.check_access("write")
        self._check_argument("line_ids", line_ids, "ids")
        reason = self._read_reason(
            reason, self.env._("Say why the invoice is credited.")
        )
        if self.kind != "invoice" or self.state not in ("issued", "paid"):
            raise UserError(self.env._("Only an issued invoice is credited."))
        self._serialize()
        note = self.credit_note_ids.filtered(lambda note: note.state == "draft")[:1]
        if not note:
            lines = self._creditable_lines()
            if line_ids:
                lines = lines.filtered(lambda line: line.id in line_ids)
            note = self._create_credit_note(reason, lines)
        return self._open(note)

    def _creditable_lines(self):
        """The lines that no credit note has, or only a part of them."""
        notes = self.credit_note_ids.filtered(lambda note: note.state in COUNTED)
        credited = notes.line_ids.grouped("reversed_line_id")
        return self.line_ids.filtered(
            lambda line: line not in credited
            or money.add(credited[line].mapped("amount_total")) < line.amount_total
        )

    def _credited_earlier(self):
        """The net of the credit notes before this one. Section 86/10 of the Thai
        Revenue Code asks for the value that was, the right one, and their difference.
        """
        self.ensure_one()
        notes = self.reversed_id.credit_note_ids.filtered(
            lambda note: note.state in COUNTED and note != self
        )
        if not self._is_draft():
            mine = (self.issue_date, self.id)
            notes = notes.filtered(lambda note: (note.issue_date, note.id) < mine)
        return money.add(notes.mapped("amount_untaxed"))

    def _create_credit_note(self, reason, lines):
        if not lines.filtered(lambda line: not line.display_type):
            raise UserError(
                self.env._("These lines of %s are credited.", self.display_name)
            )
        self.check_access("create")
        made = self.sudo().copy(
            {
                "kind": "credit_note",
                "reversed_id": self.id,
                "credit_reason": reason,
                "line_ids": [Command.create(line._credited_values()) for line in lines],
            }
        )
        note = made.with_env(self.env)
        self.message_post(body=self.env._("Credit note: %s", note._get_html_link()))
        return note
