"""Each constraint of terms, billing notes, reminder steps and bank statements.

Named after the constraints, as in ``test_constraints.py``.
"""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_bank_statements import KBANK, BankCase
from .test_constraints import ConstraintCase


@tagged("post_install", "-at_install")
class TestTermsAndNotes(ConstraintCase):
    def note(self, **values):
        notes = self.env["bmasia.billing.note"].with_user(self.pom)
        return notes.create({"customer_id": self.hilton.id, **values})

    def test_bmasia_company_terms_mixin_check_payment_days(self):
        self.assertInvalid("between 1 and 31", self.hilton.write, {"billing_first": 32})
        self.assertInvalid(
            "between 0 and 366", self.hilton.write, {"payment_term_days": -1}
        )
        impossible = {"cheque_first": 1, "cheque_week": "last", "cheque_weekday": "0"}
        self.assertInvalid("No day is both", self.hilton.write, impossible)

    def test_bmasia_billing_note_check_days(self):
        note = self.note(date="2026-11-10")
        for values in (
            {"billing_date": "2026-11-09"},
            {"payment_date": "2026-11-09"},
        ):
            self.assertInvalid("before", note.write, values)

    def test_bmasia_billing_note_check_lines(self):
        self.issued_invoice()
        note, other = self.note(), self.make_company("Marriott")
        self.assertInvalid(
            "a billing note of its own", note.write, {"customer_id": other.id}
        )

    def test_bmasia_billing_note_line_check_invoice(self):
        self.issued_invoice()
        self.assertInvalid(
            "is not to be paid", self.note().line_ids.write, {"amount": 0}
        )

    def test_bmasia_billing_note_line_once(self):
        invoice = self.issued_invoice()
        note = self.note()
        line = Command.create({"invoice_id": invoice.id})
        self.assertTaken(
            "bmasia_billing_note_line_once", lambda: note.write({"line_ids": [line]})
        )

    def test_bmasia_billing_note_number(self):
        first, second = (self.note() | self.note()).sudo()
        first._write_state({"name": "OLD-1"})
        self.assertTaken(
            "bmasia_billing_note_number",
            lambda: second._write_state({"name": "OLD-1"}),
        )

    def test_bmasia_billing_note_legacy(self):
        first, second = (self.note() | self.note()).sudo()
        first.legacy_uuid = "one"
        self.assertTaken(
            "bmasia_billing_note_legacy", lambda: second.write({"legacy_uuid": "one"})
        )

    def test_document_reminder_step_check_step(self):
        steps = self.env["document.reminder.step"]
        self.assertInvalid(
            "one after the other", steps.create, {"kind": "overdue_7", "days": 14}
        )

    def test_document_reminder_step_once(self):
        steps = self.env["document.reminder.step"]
        steps.create({"kind": "overdue_7"})
        self.assertTaken(
            "document_reminder_step_once", lambda: steps.create({"kind": "overdue_7"})
        )


@tagged("post_install", "-at_install")
class TestBank(ConstraintCase, BankCase):
    def test_bmasia_bank_mapping_check_columns(self):
        self.assertInvalid(
            "Name the column", self.kbank.write, {"credit_column": False}
        )

    def test_bmasia_bank_statement_check_bank_account(self):
        other = self.env["res.partner.bank"].create(
            {"acc_number": "DEMO-2", "partner_id": self.hongkong.partner_id.id}
        )
        statement = self.draft(KBANK)
        self.assertInvalid(
            "another billing entity", statement.write, {"bank_account_id": other.id}
        )

    def test_bmasia_bank_statement_unlink_except_booked(self):
        statement = self.read_file(KBANK.format(5))
        statement.line_ids.sudo().state = "booked"
        with self.assertRaisesRegex(UserError, "it stays"):
            statement.unlink()

    def test_bmasia_bank_statement_line_once(self):
        first, second = self.read_file(KBANK.format(5)).line_ids.sudo()
        self.assertTaken(
            "bmasia_bank_statement_line_once",
            lambda: second.write({"fingerprint": first.fingerprint}),
        )

    def test_bmasia_bank_statement_line_check_cheque(self):
        line = self.movement(500, "ATM")
        for values in (
            {"amount": 501},
            {"company_id": self.hongkong.id},
            {"currency_id": self.currency("USD").id},
        ):
            cheque = self.env["bmasia.payment"].create(
                {
                    "customer_id": self.hilton.id,
                    "company_id": self.thailand.id,
                    "currency_id": self.thailand.currency_id.id,
                    "amount": 500,
                    "method": "cheque",
                    **values,
                }
            )
            self.assertInvalid("another amount", line.write, {"cheque_id": cheque.id})

    def test_bmasia_bank_match_check_match(self):
        self.issued_invoice(self.line(10000))
        line = self.movement(500, "HILTON PATTAYA")
        for values, words in (
            ({"amount": 501}, "more than the money received"),
            ({"amount": -1}, "cannot be negative"),
        ):
            self.assertInvalid(words, line.match_ids.write, values)
        abroad = self.issued_invoice(company_id=self.hongkong.id)
        self.assertInvalid(
            "another entity", line.match_ids.write, {"invoice_id": abroad.id}
        )

    def test_bmasia_bank_match_once(self):
        invoice = self.issued_invoice(self.line(10000))
        line = self.movement(500, "HILTON PATTAYA")
        again = {"line_id": line.id, "invoice_id": invoice.id, "amount": 0}
        self.assertTaken(
            "bmasia_bank_match_once",
            lambda: self.env["bmasia.bank.match"].create(again),
        )
