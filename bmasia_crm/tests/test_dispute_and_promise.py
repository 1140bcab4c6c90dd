"""A dispute and a promise to pay stop reminders: until resolved, until the day."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SendingCase
from .test_reminder_looks_again import WaitingCase


@tagged("post_install", "-at_install")
class TestPaused(SendingCase):
    def setUp(self):
        super().setUp()
        self.reminders = self.env["document.reminder"]
        with self.on(-30):
            self.invoice_due = self.issued_invoice()  # due on day 0

    def on(self, day):
        start = self.env["document.input.mixin"]._read_day("2026-03-02")
        return freeze_time(f"{start + timedelta(days=day)} 05:00:00")

    def run_cron(self, day):
        with self.on(day):
            self.reminders._cron_draft()
        return self.open_kinds()

    def open_kinds(self, invoice=None):
        return [
            row.kind
            for row in self.reminders._of(invoice or self.invoice_due)
            if row.state == "open"
        ]

    def test_a_dispute_stops_reminders_until_it_is_resolved(self):
        invoice = self.invoice_due
        self.assertEqual(self.run_cron(7), ["overdue_7"])
        with self.on(8):
            invoice.action_dispute("Two zones were not delivered")
        self.assertEqual(self.open_kinds(), [])
        self.assertFalse(invoice.activity_ids)
        self.assertEqual(self.run_cron(14), [])
        self.assertEqual(self.run_cron(25), [])
        with self.on(26):
            invoice.action_resolve()
        self.assertEqual(self.run_cron(26), ["overdue_21"])
        self.assertIn("Two zones", " ".join(invoice.message_ids.mapped("body")))

    def test_a_promise_stops_reminders_until_its_day_is_over(self):
        invoice = self.invoice_due
        with self.on(5):
            invoice.action_promise(invoice.due_date + timedelta(days=10))
        self.assertEqual(self.run_cron(7), [])
        self.assertEqual(self.run_cron(10), [])
        self.assertEqual(self.run_cron(11), ["overdue_7"])

    def test_a_broken_promise_brings_the_step_back_that_was_reached(self):
        invoice = self.invoice_due
        self.assertEqual(self.run_cron(7), ["overdue_7"])
        with self.on(8):
            invoice.action_promise(invoice.due_date + timedelta(days=10))
        self.assertEqual(self.open_kinds(), [])
        self.assertEqual(self.run_cron(10), [])
        self.assertEqual(self.run_cron(11), ["overdue_7"])

    def test_a_promise_is_taken_back(self):
        invoice = self.invoice_due
        with self.on(5):
            invoice.action_promise("2026-03-30")
            invoice.action_promise(False)
        self.assertEqual(self.run_cron(7), ["overdue_7"])

    def test_what_cannot_be_meant_is_refused(self):
        invoice = self.invoice_due
        with self.on(5):
            for act, words in (
                (lambda: invoice.action_dispute("  "), "Say what"),
                (lambda: invoice.action_dispute(7), "a text"),
                (lambda: invoice.action_promise("2026-03-06"), "from today on"),
                (lambda: invoice.action_promise("2029-01-01"), "from today on"),
                (lambda: invoice.action_promise("soon"), "is not a date"),
                (invoice.action_resolve, "is not disputed"),
            ):
                with self.assertRaisesRegex(UserError, words):
                    act()
            draft = self.invoice()
            invoice.action_register_payment(invoice.amount_due)
            for settled in (draft, invoice):
                with self.assertRaisesRegex(UserError, "is due"):
                    settled.action_dispute("No")
                with self.assertRaisesRegex(UserError, "is due"):
                    settled.action_promise("2026-03-30")

    def test_it_is_finances_to_note(self):
        with self.on(5):
            invoice = self.invoice_due.with_user(self.nikki)
            for act in (
                lambda: invoice.action_dispute("No"),
                lambda: invoice.action_promise("2026-03-30"),
            ):
                with self.assertRaises(AccessError):
                    act()
            for user in (self.nikki, self.pom):  # by its buttons only
                with self.assertRaises(UserError):
                    self.invoice_due.with_user(user).write({"dispute_reason": "No"})

    def test_the_dialog_asks_for_reason_or_day(self):
        with self.on(5):
            for transition, values, field in (
                ("dispute", {"reason": "Late"}, "dispute_reason"),
                ("promise", {"day": "2026-03-30"}, "promise_date"),
            ):
                wizard = (
                    self.env["bmasia.transition.wizard"]
                    .with_user(self.pom)
                    .create(
                        {
                            "document": f"bmasia.invoice,{self.invoice_due.id}",
                            "transition": transition,
                            **values,
                        }
                    )
                )
                wizard.action_confirm()
                self.assertTrue(self.invoice_due[field])


@tagged("post_install", "-at_install")
class TestWaitingMail(WaitingCase):
    def test_a_waiting_reminder_does_not_leave(self):
        acts = {
            "disputed": lambda invoice: invoice.action_dispute("Never ordered"),
            "promised": lambda invoice: invoice.action_promise(self.today),
        }
        for word, act in acts.items():
            for queue in (self.queue_reminder, self.schedule_reminder):
                with self.subTest(word, queue=queue.__name__):
                    invoice = self.overdue_invoice()
                    reminder = queue(invoice)
                    rows = reminder._last_deliveries()
                    act(invoice)
                    self.assertEqual(reminder.state, "settled")
                    self.assertIn(word, reminder.error)
                    self.run_queue()
                    self.assertFalse(self.received())
                    self.assertEqual(set(rows.mapped("state")), {"cancelled"})
                    # straight before it leaves, were it still in the queue
                    reminder.sudo().state = "queued"
                    self.assertIn(word, invoice.sudo()._mail_delivery_obstacle(rows[0]))
                    invoice.sudo()._write_state({"state": "cancelled"})
