"""What is never going to be paid: given up for a reason, and never called paid."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.document_flow.exceptions import DocumentConflict

from ..tools import money
from .money import MoneyCase


class WriteOffCase(MoneyCase):
    def setUp(self):
        super().setUp()
        self.owed = self.bill(10000)

    def write_off(self, invoice=None, amount=None, reason="Insolvent", **values):
        invoice = (invoice or self.owed).with_user(self.norbert)
        answer = invoice.action_write_off(reason, amount, **values)
        return self.env["bmasia.write.off"].browse(answer["id"])

    def undue(self, invoice):
        """VAT that is neither due nor given up: of the journal, for one invoice."""
        rows = invoice.write_off_ids.filtered(lambda row: row.state == "valid")
        uses = invoice.allocation_ids.filtered(lambda use: use.state == "valid")
        taken = [*rows.mapped("amount_tax"), *uses.mapped("amount_tax")]
        return money.subtract(invoice.amount_tax, *taken)


@tagged("post_install", "-at_install")
class TestWriteOffs(WriteOffCase):
    def test_what_is_written_off_is_not_due_and_not_paid(self):
        answer = self.owed.with_user(self.norbert).action_write_off("Insolvent")
        self.assertEqual(answer["amount"], 10700)
        self.assertEqual(answer["amount_due"], 0)
        self.assertEqual(answer["payment_state"], "written_off")
        self.assertEqual((self.owed.state, self.owed.amount_paid), ("issued", 0))
        self.assertEqual(self.owed.amount_written_off, 10700)
        self.assertFalse(self.owed.is_overdue)
        self.assertFalse(self.owed.credit_note_ids, "no VAT document")
        self.assertIn("Insolvent", self.owed.message_ids[:1].body)

    def test_managers_alone_write_off_and_take_back(self):
        for user in (self.pom, self.nikki, self.customer, self.visitor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.owed.with_user(user).action_write_off("Insolvent")
        row = self.write_off()
        for user in (self.pom, self.nikki, self.customer, self.visitor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                row.with_user(user).action_void("Paid after all")
        row.with_user(self.norbert).action_void("Typo")
        self.assertEqual(self.owed.amount_due, 10700)

    def test_it_has_a_reason_and_no_more_than_is_due(self):
        mine = self.owed.with_user(self.norbert)
        with self.refused("Say why"):
            mine.action_write_off(" ")
        for amount in (10700.01, 0, -1):
            with self.refused("at most THB 10,700.00"):
                mine.action_write_off("Insolvent", amount)
        later = self.owed._today() + timedelta(days=1)
        for day in (later, self.owed.issue_date - timedelta(days=1)):
            with self.refused("not in the future"):
                mine.action_write_off("Insolvent", date=day)
        with self.refused("is due"):
            self.invoice().with_user(self.norbert).action_write_off("Insolvent")
        self.write_off()
        with self.refused("is due"):
            mine.action_write_off("Insolvent")

    def test_the_rest_of_a_part_payment(self):
        self.owed.action_register_payment(4000)
        row = self.write_off()
        self.assertEqual((row.amount, row.amount_tax), (6700, 438.32))
        self.assertEqual(self.owed.payment_state, "written_off")
        self.assertEqual(self.undue(self.owed), 0)

    def test_a_part_leaves_the_rest_due(self):
        self.write_off(amount=700)
        self.assertEqual(self.owed.amount_due, 10000)
        self.assertEqual(self.owed.payment_state, "unpaid")
        self.owed.action_register_payment(10000)
        self.assertEqual((self.owed.amount_due, self.owed.state), (0, "issued"))
        self.assertEqual(self.owed.payment_state, "written_off")
        self.assertEqual(self.undue(self.owed), 0)

    def test_the_same_again_asks_and_a_key_answers_as_before(self):
        self.write_off(amount=700)
        mine = self.owed.with_user(self.norbert)
        with self.assertRaises(DocumentConflict):
            mine.action_write_off("Insolvent", 700)
        first = mine.action_write_off("Insolvent", 700, idempotency_key="a")
        again = mine.action_write_off("Insolvent", 700, idempotency_key="a")
        self.assertEqual(first, again)
        self.assertEqual(self.owed.amount_written_off, 1400)

    def test_void_opens_the_invoice_again(self):
        row = self.write_off()
        with self.refused("Say why"):
            row.with_user(self.norbert).action_void("")
        row.with_user(self.norbert).action_void("They pay")
        self.assertEqual((row.state, row.void_reason), ("voided", "They pay"))
        self.assertEqual(self.owed.payment_state, "unpaid")
        with self.refused("not written off any more"):
            row.with_user(self.norbert).action_void("Again")
        with self.refused("never deleted"):
            row.sudo().unlink()

    def test_what_is_written_off_is_not_cancelled(self):
        self.write_off()
        with self.refused("Void the write-off first"):
            self.owed.with_user(self.norbert).action_cancel("Wrong")

    def test_nobody_is_reminded_of_it(self):
        self.write_off()
        reminders = self.env["document.reminder"].sudo()
        self.assertFalse(self.owed._is_reminder_due())
        self.assertIn("nothing of", self.owed._why_not_reminded())
        self.assertFalse(reminders._of(self.owed).filtered(lambda r: r.state == "open"))

    def test_issued_anew_it_stays_written_off(self):
        self.write_off()
        opened = self.owed.action_replace("Wrong address")
        made = self.owed.browse(opened["res_id"])
        self.assertEqual((made.amount_due, made.payment_state), (0, "written_off"))
        self.assertEqual(self.owed.amount_written_off, 0)

    def test_the_tax_of_a_tax_invoice_stays_declared(self):
        bill = self.bill(1000, tax_invoice_asked=True)
        row = self.write_off(bill)
        self.assertEqual((row.amount, row.amount_tax), (1070, 0))

    def test_the_dialog_proposes_what_is_due(self):
        wizard = (
            self.env["bmasia.write.off.wizard"]
            .with_user(self.norbert)
            .with_context(active_model="bmasia.invoice", active_id=self.owed.id)
            .create({"reason": "Insolvent"})
        )
        self.assertEqual((wizard.amount, wizard.date), (10700, self.owed._today()))
        wizard.action_confirm()
        self.assertEqual(self.owed.amount_due, 0)


@tagged("post_install", "-at_install")
class TestRecoveredMoney(WriteOffCase):
    def test_recovered_money_is_a_receipt_with_its_tax(self):
        row = self.write_off()
        answer = self.owed.action_register_payment(3210)
        receipt = self.owed.receipt_ids
        self.assertEqual(receipt.name, answer["number"])
        self.assertEqual((receipt.amount_untaxed, receipt.amount_tax), (3000, 210))
        self.assertEqual((self.owed.amount_due, answer["unallocated"]), (0, 0))
        self.assertEqual(row.amount_left, 7490)
        self.assertEqual(self.owed.payment_state, "written_off")
        self.assertEqual(self.undue(self.owed), 0)
        self.owed.action_register_payment(7490)
        self.assertEqual((self.owed.state, self.owed.payment_state), ("paid", "paid"))
        self.assertEqual(self.owed.amount_written_off, 0)
        self.assertEqual(self.undue(self.owed), 0)

    def test_more_than_that_is_on_account(self):
        self.write_off()
        answer = self.owed.action_register_payment(11000)
        self.assertEqual((self.owed.state, answer["unallocated"]), ("paid", 300))

    def test_what_is_due_is_paid_first(self):
        row = self.write_off(amount=700)
        self.owed.action_register_payment(10100)
        self.assertEqual((self.owed.amount_due, row.amount_left), (0, 600))

    def test_a_payment_that_is_void_leaves_it_written_off(self):
        row = self.write_off()
        answer = self.owed.action_register_payment(10700)
        self.assertEqual((self.owed.state, row.amount_left), ("paid", 0))
        self.payment_of(answer).action_void("Bounced")
        self.assertEqual((self.owed.state, row.amount_left), ("issued", 10700))
        self.assertEqual(self.owed.payment_state, "written_off")

    def test_void_after_a_part_came_leaves_the_rest_due(self):
        row = self.write_off()
        self.owed.action_register_payment(3210)
        row.with_user(self.norbert).action_void("They pay")
        self.assertEqual((self.owed.amount_due, self.owed.amount_paid), (7490, 3210))
        self.assertEqual(self.owed.payment_state, "partial")

    def test_what_is_credited_is_not_written_off_any_more(self):
        row = self.write_off()
        self.credited(self.owed, 4000)
        self.assertEqual((self.owed.amount_credited, row.amount_left), (4280, 6420))
        self.assertEqual((self.owed.amount_due, self.owed.amount_refund), (0, 0))

    def test_the_dialog_proposes_what_was_written_off(self):
        self.write_off()
        lines = self.env["bmasia.payment.wizard"].with_user(self.pom)
        values = lines.with_context(
            active_model="bmasia.invoice", active_ids=self.owed.ids
        ).default_get(["amount", "line_ids"])
        self.assertEqual(values["amount"], 10700)


@tagged("post_install", "-at_install")
class TestWriteOffsInReports(WriteOffCase):
    def rows(self, key, **chosen):
        report = self.env["bmasia.report"]._reports()[key].with_user(self.pom)
        chosen = {"company_id": self.thailand.id, **chosen}
        return report._build(report._read_chosen(chosen)).rows

    def open_of(self, day):
        names = [row["name"] for row in self.rows("open_invoices", date=str(day))]
        return self.owed.name in names

    def journal(self):
        """The balance of each account of what happened to the invoice."""
        today = str(self.owed._today())
        rows = self.rows("journal", date_from=today, date_to=today)
        new, _first = self.env["bmasia.report.journal"]._new_keys(self.thailand, today)
        self.assertLessEqual({row["key"] for row in rows}, set(new), "all is exported")
        balance = {}
        for row in rows:
            if row["number"] == self.owed.name or row["model"] == "bmasia.receipt":
                account = row["account"]
                balance[account] = money.add([balance.get(account, 0), row["amount"]])
        return {account: amount for account, amount in balance.items() if amount}

    def test_it_leaves_the_receivables_on_its_day(self):
        today = self.owed._today()
        before = today - timedelta(days=1)
        why = "On the first of a month, the day before is of another one"
        self.owed = self.bill(10000, issue_date=before, backdate_reason=why)
        self.assertTrue(self.open_of(today))
        self.write_off()
        self.assertTrue(self.open_of(before))
        self.assertFalse(self.open_of(today))

    def test_the_list_of_bad_debts_is_right_on_any_day(self):
        row = self.write_off()
        (shown,) = self.rows("write_offs")
        self.assertEqual((shown["amount"], shown["remaining"]), (10700, 10700))
        self.assertEqual((shown["tax"], shown["reason"]), (700, "Insolvent"))
        self.owed.action_register_payment(3210)
        (shown,) = self.rows("write_offs")
        self.assertEqual((shown["back"], shown["remaining"]), (3210, 7490))
        self.assertEqual(shown["tax"], 490)
        before = self.owed._today() - timedelta(days=1)
        self.assertFalse(self.rows("write_offs", date=str(before)))
        row.with_user(self.norbert).action_void("They pay")
        self.assertFalse(self.rows("write_offs"))

    def test_the_journal_has_the_expense_and_takes_undue_vat_back(self):
        self.write_off()
        self.assertEqual(self.journal(), {"income": -10000, "bad_debt": 10000})
        self.owed.action_register_payment(3210)
        self.assertEqual(
            self.journal(),
            {"income": -10000, "bad_debt": 7000, "vat": -210, "advance": 3210},
        )

    def test_the_journal_takes_a_void_write_off_back(self):
        self.write_off().with_user(self.norbert).action_void("Typo")
        self.assertEqual(
            self.journal(),
            {"receivable": 10700, "income": -10000, "vat_undue": -700},
        )

    def test_the_statement_of_account_agrees(self):
        self.write_off()
        self.owed.action_register_payment(3210)
        rows = self.rows("statement", customer_id=self.hilton.id)
        self.assertEqual(rows[-1]["balance"], 0)
        words = [row["what"] for row in rows]
        self.assertIn("Written off", words)
        self.assertIn("Write-off taken back", words)
