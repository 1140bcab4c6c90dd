"""Reminders: drafted once, for who is responsible; nothing is sent automatically."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.document_flow.models.document_reminder import STOPPED

from .common import SendingCase

NOON = 5  # o'clock in UTC: noon in Bangkok

REMINDER_LOG = "odoo.addons.document_flow.models.document_reminder"


class ReminderCase(SendingCase):
    def setUp(self):
        super().setUp()
        self.start = fields.Date.to_date("2026-03-02")
        self.reminders = self.env["document.reminder"]

    def on(self, days):
        """That many days after the start, at noon."""
        return freeze_time(f"{self.start + timedelta(days=days)} {NOON:02d}:00:00")

    def run_cron(self, day):
        with self.on(day):
            self.reminders._cron_draft()

    def of(self, document):
        return self.reminders.search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)],
            order="id",
        )

    def kinds(self, document, state="open"):
        return self.of(document).filtered(lambda row: row.state == state).mapped("kind")

    def overdue_invoice(self):
        """Due on the first day."""
        with self.on(-30):
            return self.issued_invoice()

    def sent_quote(self):
        with self.on(0):
            quote = self.quote()
            quote.action_mark_sent()
            return quote

    def ending_contract(self, term_months=12):
        with self.on(0):
            contract = self.contract(start_date=self.start, term_months=term_months)
            contract.action_mark_sent()
            contract.action_activate(self.start)
            return contract


@tagged("post_install", "-at_install")
class TestReminders(ReminderCase):
    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    def test_an_overdue_invoice_comes_up_at_7_14_and_21_days(self):
        invoice = self.overdue_invoice()
        seen = []
        for day in range(0, 60):
            self.run_cron(day)
            seen.append((day, len(self.of(invoice))))
        growth = [
            day for day, count in seen if count > (seen[day - 1][1] if day else 0)
        ]
        self.assertEqual(growth, [7, 14, 21])
        self.assertEqual(self.kinds(invoice), ["overdue_21"])

    def test_an_unanswered_quote_comes_up_at_3_and_7_days(self):
        quote = self.sent_quote()
        made = {}
        for day in range(0, 20):
            self.run_cron(day)
            made.setdefault(len(self.of(quote)), day)
        self.assertEqual(made, {0: 0, 1: 3, 2: 7})

    def test_a_cron_that_slept_for_three_days_makes_each_once(self):
        invoice, quote = self.overdue_invoice(), self.sent_quote()
        for day in (2, 5, 5, 10, 10):
            self.run_cron(day)
        self.assertEqual(self.of(quote).mapped("kind"), ["quote_3", "quote_7"])
        self.assertEqual(self.kinds(invoice), ["overdue_7"])

    def test_what_was_slept_through_is_passed_over_not_sent_in_a_heap(self):
        invoice = self.overdue_invoice()
        self.run_cron(15)
        self.assertEqual(self.kinds(invoice), ["overdue_14"])
        self.assertEqual(self.kinds(invoice, "skipped"), ["overdue_7"])
        self.assertEqual(len(invoice.activity_ids), 1)

    def test_what_is_long_past_is_no_news(self):
        invoice = self.overdue_invoice()
        self.run_cron(90)
        self.assertFalse(self.of(invoice))

    def test_a_contract_comes_up_once_in_its_notice_window(self):
        contract = self.ending_contract()
        made = []
        end = (contract.end_date - self.start).days
        for day in range(end - 70, end + 10, 5):
            self.run_cron(day)
            made.append(len(self.of(contract)))
        self.assertEqual(set(made), {0, 1})
        self.assertEqual(made.index(1), 2)  # sixty days before the end

    def test_a_contract_of_three_years_is_not_nagged_yearly(self):
        contract = self.ending_contract(term_months=36)
        for day in (300, 320, 365, 680, 730):
            self.run_cron(day)
        self.assertFalse(self.of(contract))
        self.run_cron(1060)
        self.assertEqual(self.kinds(contract), ["renewal"])

    def test_a_contract_that_is_being_renewed_is_left_alone(self):
        contract = self.ending_contract()
        with self.on(310):
            contract.action_renew()
            contract.renewal_id.action_mark_sent()
        self.run_cron(310)
        self.assertFalse(self.of(contract))

    def test_days_count_at_the_entitys_desk(self):
        # sent at one in the morning in Bangkok, when it is yesterday in London
        with freeze_time("2026-03-01 18:00:00"):
            quote = self.quote()
            quote.action_mark_sent()
        self.run_cron(2)
        self.assertFalse(self.of(quote))
        self.run_cron(3)
        self.assertEqual(self.of(quote).cycle, self.start)

    # ------------------------------------------------------------
    # WHO REVIEWS
    # ------------------------------------------------------------

    def test_nothing_leaves_but_the_responsible_gets_an_activity(self):
        quote = self.sent_quote()
        self.run_cron(3)
        self.assertFalse(self.server.messages)
        activity = quote.activity_ids
        self.assertEqual(activity.user_id, self.nikki)
        self.assertIn("Unanswered: first question", activity.summary)
        self.assertIn(f"/odoo/document-reminders/{self.of(quote).id}", activity.note)
        self.assertEqual(quote.reminder_id, self.of(quote))

    def test_the_ready_mail_is_reviewed_and_leaves_from_ones_own_account(self):
        quote = self.sent_quote()
        self.run_cron(3)
        action = quote.action_send_reminder()
        wizard = self.env["document.send.wizard"].browse(action["res_id"])
        wizard = wizard.with_user(self.nikki)
        self.assertIn(quote.name, wizard.subject)
        self.assertEqual(wizard.recipient_ids, self.somchai)
        self.assertFalse(wizard.preview)
        wizard.subject = "A word of mine"
        with self.on(3):  # it looks again, at the day on which it leaves
            wizard.action_send()
            wizard.action_send()
        (received,) = self.server.messages
        self.assertEqual(received.login, self.nikki.login)
        self.assertEqual(received.message["Subject"], "A word of mine")
        self.assertFalse(received.attachments)
        self.assertEqual(self.of(quote).state, "sent")
        self.assertFalse(quote.activity_ids)

    def test_a_refused_reminder_stays_to_be_done(self):
        self.server.reply("RCPT", to=self.somchai.email, with_=(550, "5.1.1 no"))
        quote = self.sent_quote()
        self.run_cron(3)
        action = quote.action_send_reminder()
        wizard = self.env["document.send.wizard"].browse(action["res_id"])
        with self.on(3):
            wizard.with_user(self.nikki).action_send()
        self.assertEqual(self.of(quote).state, "open")
        self.assertTrue(quote.activity_ids)
        self.assertIn("550", wizard.outcome)

    def test_an_answer_takes_the_reminder_away(self):
        quote, invoice = self.sent_quote(), self.overdue_invoice()
        self.run_cron(7)
        with self.on(8):
            quote.action_accept()
            invoice.action_register_payment(invoice.amount_due)
        self.run_cron(8)
        for document in (quote, invoice):
            self.assertEqual(self.of(document)[-1].state, "settled")
            self.assertFalse(document.activity_ids)

    def test_dismissed_is_not_made_again(self):
        quote = self.sent_quote()
        self.run_cron(3)
        quote.action_dismiss_reminder()
        self.run_cron(4)
        self.assertEqual(self.of(quote).mapped("state"), ["dismissed"])

    def test_sales_cannot_settle_what_is_for_finance(self):
        invoice = self.overdue_invoice()
        self.run_cron(7)
        reminder = self.of(invoice).with_user(self.nikki)
        for method in (reminder.action_review, reminder.action_dismiss):
            with self.assertRaises(AccessError):
                method()

    def test_nobody_writes_a_reminder_by_hand(self):
        quote = self.sent_quote()
        self.run_cron(3)
        with self.assertRaises(AccessError):
            self.of(quote).with_user(self.norbert).write({"state": "sent"})

    # ------------------------------------------------------------
    # SWITCHES
    # ------------------------------------------------------------

    def test_a_manager_switches_a_kind_on_for_one_entity(self):
        for user in (self.nikki, self.pom):
            with self.assertRaises(AccessError):
                self.thailand.with_user(user).quote_reminders = "auto"
        self.thailand.with_user(self.norbert).quote_reminders = "auto"
        self.nikki.with_user(self.nikki).automatic_reminders = True
        quote, invoice = self.sent_quote(), self.overdue_invoice()
        self.run_cron(7)
        self.assertEqual(self.of(quote)[-1].state, "queued")
        self.assertEqual(self.kinds(invoice), ["overdue_7"])
        with self.on(7):  # it looks again, at the day on which it leaves
            self.env["mail.mail"]._deliver_queue()
        self.env.invalidate_all()
        (received,) = self.server.messages
        self.assertEqual(received.login, self.nikki.login)
        self.assertEqual(self.of(quote)[-1].state, "sent")
        self.run_cron(8)
        self.assertEqual(len(self.server.messages), 1)

    def test_what_cannot_be_sent_automatically_is_drafted_with_the_reason(self):
        self.thailand.quote_reminders = "auto"
        quote = self.sent_quote()
        quote.user_id = self.norbert  # who has no mailbox
        self.norbert.automatic_reminders = True
        self.run_cron(3)
        reminder = self.of(quote)
        self.assertEqual((reminder.state, reminder.is_automatic), ("open", False))
        self.assertIn("mailbox", reminder.error)
        self.assertEqual(quote.activity_ids.user_id, self.norbert)

    def test_the_kill_switches(self):
        quote = self.sent_quote()
        self.env["ir.config_parameter"].set_param(STOPPED, "1")
        self.run_cron(3)
        self.assertFalse(self.of(quote))
        self.env["ir.config_parameter"].set_param(STOPPED, False)
        self.thailand.reminder_mode = "off"
        self.run_cron(3)
        self.assertFalse(self.of(quote))
        self.thailand.write({"reminder_mode": "on", "quote_reminders": "off"})
        self.run_cron(3)
        self.assertFalse(self.of(quote))

    def test_a_dry_run_lists_and_does_nothing(self):
        self.thailand.write({"reminder_mode": "dry_run", "quote_reminders": "auto"})
        quote = self.sent_quote()
        self.run_cron(3)
        self.run_cron(3)
        self.assertEqual(self.of(quote).mapped("state"), ["trial"])
        self.assertFalse(quote.activity_ids or quote.reminder_id)
        self.thailand.write({"reminder_mode": "on", "quote_reminders": "draft"})
        self.run_cron(4)
        self.assertEqual(self.of(quote).mapped("state"), ["open"])

    def test_one_that_fails_never_stops_the_others_and_is_reported(self):
        broken, good = self.sent_quote(), self.sent_quote()
        real = type(self.reminders)._draft

        def draft(reminders, rule, document):
            if document == broken:
                raise ValueError("a slip of ours")
            return real(reminders, rule, document)

        with (
            patch.object(type(self.reminders), "_draft", draft),
            self.assertLogs("odoo.addons.document_flow.models.ir_cron", "ERROR"),
        ):
            self.run_cron(3)
            self.run_cron(3)
        self.assertEqual(self.kinds(good), ["quote_3"])
        self.assertEqual(len(broken.activity_ids), 1)
        self.assertTrue(
            broken.activity_ids.user_id.has_group("bmasia_crm.group_manager")
        )


@tagged("post_install", "-at_install")
class TestRenewals(SendingCase):
    def test_the_list_shows_who_is_in_the_notice_window(self):
        today = self.thailand._today()
        near = self.active_contract(start_date=today - timedelta(days=320))
        far = self.active_contract(start_date=today)
        action = self.env.ref("bmasia_crm.bmasia_contract_action_renewals")
        domain = [("state", "=", "active"), ("notice_from", "<=", "today")]
        self.assertEqual(action.domain.replace("'", '"'), str(domain).replace("'", '"'))
        found = self.env["bmasia.contract"].search(domain)
        self.assertIn(near, found)
        self.assertNotIn(far, found)

    def test_the_notice_opens_the_wizard_with_who_receives_renewals(self):
        contract = self.active_contract()
        wizard = self.env["document.send.wizard"].browse(
            contract.action_renewal_notice()["res_id"]
        )
        self.assertEqual(wizard.recipient_ids, self.somchai)
        self.assertFalse(self.server.messages)
        wizard.with_user(self.nikki).action_send()
        self.assertEqual(contract.notice_date, contract._today())

    def test_a_draft_gets_no_notice(self):
        with self.assertRaisesRegex(UserError, "running"):
            self.contract().action_renewal_notice()
