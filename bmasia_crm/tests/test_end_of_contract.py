"""What the dialog says that an end does, and all that it then does."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .amendments import AmendmentCase
from .common import SendingCase


class EndCase(AmendmentCase):
    frequency = "monthly"

    def dialog(self, contract=None, user=None, **values):
        contract = contract or self.signed
        wizards = self.env["bmasia.change.wizard"].with_user(user or self.norbert)
        return wizards.create(
            {"contract_id": contract.id, "what": "end", "reason": "Sold", **values}
        )

    def end(self, day, contract=None):
        (contract or self.signed).with_user(self.norbert).action_cancel("Sold", day)


@tagged("post_install", "-at_install")
class TestWhatTheDialogSays(EndCase):
    def setUp(self):
        super().setUp()
        self.go_to("2026-03-10")

    def said(self, **values):
        return self.dialog(**values).sentence

    def rows(self, contract):
        """What is still to bill and to credit, as the schedule has it."""
        return {
            (row.period_start, row.amount_untaxed)
            for row in contract.schedule_ids
            if not row._is_billed() and row.amount_untaxed
        }

    def test_it_is_what_then_happens_to_each_bill(self):
        for frequency in ("monthly", "quarterly", "annual"):
            for issued in (False, True):
                contract = self.running(
                    self.line(14000, 2), billing_frequency=frequency
                )
                if issued:
                    self.bill(contract)
                for values in (
                    {"what": "end", "last_day": "2026-03-10"},
                    {"what": "end", "last_day": "2026-05-15"},
                    {
                        "what": "pause",
                        "date_from": "2026-02-03",
                        "date_to": "2026-04-20",
                    },
                    {
                        **{"what": "pause", "date_from": "2026-06-01"},
                        **{"date_to": "2026-06-10", "extend": True},
                    },
                ):
                    with self.subTest(frequency=frequency, issued=issued, **values):
                        with self.env.cr.savepoint() as undone:
                            self.check_dialog(contract, values)
                            undone.rollback()
                        self.env.invalidate_all()

    def check_dialog(self, contract, values):
        before = self.rows(contract)
        wizard = self.dialog(contract, **values)
        gone = {
            (each.date_from, each.before) for each in wizard.effect_ids if each.before
        }
        come = {
            (each.date_from, each.after) for each in wizard.effect_ids if each.after
        }
        ends = wizard.end_date
        wizard.action_confirm()
        self.assertTrue(gone | come)
        self.assertEqual(self.rows(contract), before - gone | come)
        self.assertEqual(contract.end_date, ends)

    def test_an_end_at_once_and_one_to_come(self):
        self.assertIn("ends at once", self.said(last_day="2026-03-10"))
        self.assertIn("can take the end back", self.said(last_day="2026-03-11"))

    def test_days_are_in_the_language_of_who_reads_it(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.signed.lang = "th_TH"
        self.assertIn("11 March 2026", self.said(last_day="2026-03-11"))
        self.norbert.lang = "th_TH"
        self.signed.lang = "en_US"
        wizard = self.dialog(last_day="2026-03-11").with_context(lang="th_TH")
        wizard.invalidate_recordset(["sentence"])
        self.assertIn("11 มีนาคม 2569", wizard.sentence)

    def test_nothing_of_a_day_that_cannot_be(self):
        for day in ("2026-03-09", "2027-01-01", "9999-01-01"):
            wizard = self.dialog(last_day="2026-03-10")
            with Form(wizard) as form:
                form.last_day = day
                self.assertFalse(form.sentence or form.effect_ids, day)
                form.last_day = "2026-03-10"

    def test_what_is_left_to_bill(self):
        # of 1,166.67 a month: two whole ones, and ten of 31 days
        self.assertIn("2,709.68", self.said(last_day="2026-03-10"))

    def test_a_renewal_an_amendment_and_a_reminder(self):
        renewal = self.signed.browse(self.signed.action_renew()["res_id"])
        amendment = self.amendment("2026-04-01", self.added())
        amendment.action_mark_sent()
        said = self.said(last_day="2026-03-10")
        self.assertIn(f"dropped: {renewal.display_name}", said)
        self.assertIn(f"dropped: {amendment.name}", said)
        self.assertNotIn(amendment.name, self.said(last_day="2026-03-11"))
        renewal.action_mark_sent()
        renewal.action_activate("2026-03-10")
        self.assertIn(
            f"cancel it first: {renewal.name}", self.said(last_day="2026-03-10")
        )

    def test_the_period_of_another_contract_is_not_skipped(self):
        other = self.running().schedule_ids[5]
        wizard = self.dialog(what="skip", period_id=other.id)
        self.assertFalse(wizard.effect_ids)
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertFalse(self.signed.pause_ids)

    def test_only_a_manager_is_offered_the_end(self):
        self.assertTrue(self.dialog().may_end)
        for user in (self.nikki, self.pom):
            self.assertFalse(self.dialog(user=user).may_end)


@tagged("post_install", "-at_install")
class TestWhatEnds(EndCase):
    def test_periods_until_then_are_still_billed(self):
        self.go_to("2026-03-10")
        self.end("2026-03-10")
        self.assertEqual(self.signed.state, "cancelled")
        drafts = self.signed.invoice_ids.sorted("period_start")
        nets = drafts.mapped("amount_untaxed")
        # together 2,709.68: two months, and 10 of 31 days
        self.assertEqual(nets, [1166.67, 1166.66, 376.35])
        self.assertFalse(self.plan(), "nothing else is planned")
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(self.signed.invoice_ids, drafts)

    def test_drafts_of_later_days_go(self):
        self.go_to("2026-03-31")
        self.signed.with_user(self.pom).action_create_invoices()
        march = self.signed.invoice_ids.sorted("period_start")[-1]
        self.end("2026-03-31")
        self.assertTrue(march.exists(), "it was served")
        other = self.running()
        other.with_user(self.pom).action_create_invoices()
        march = other.invoice_ids.sorted("period_start")[-1]
        self.go_to("2026-03-20")
        self.end("2026-03-20", other)
        self.assertFalse(march.exists())

    def test_amendments_that_nobody_signed_are_dropped(self):
        draft = self.amendment("2026-06-01", self.added())
        sent = self.amendment("2026-04-01", self.added())
        sent.action_mark_sent()
        self.end("2026-05-31")
        self.assertTrue(draft.exists())
        self.assertEqual(sent.state, "sent", "it may hold until then")
        self.go_to("2026-06-01")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(self.signed.state, "cancelled")
        self.assertFalse(draft.exists())
        self.assertEqual((sent.state, sent.cancel_reason), ("cancelled", "Sold"))

    def test_it_is_not_renewed_nor_noticed(self):
        self.end("2026-05-31")
        for act in (
            self.signed.action_renew,
            self.signed.action_renewal_notice,
            self.signed.send_renewal_notice,
        ):
            with self.assertRaisesRegex(UserError, "ends before its time"):
                act()
        self.signed.with_user(self.norbert).action_take_back_end()
        self.assertTrue(self.signed.action_renew())

    def test_it_is_taken_back_until_that_day_only(self):
        self.end("2026-05-31")
        self.go_to("2026-06-01")  # the cron has not run yet
        with self.assertRaisesRegex(UserError, "ended on 31 May 2026"):
            self.signed.with_user(self.norbert).action_take_back_end()
        self.go_to("2026-05-31")
        self.signed.with_user(self.norbert).action_take_back_end()
        self.assertEqual(str(self.signed.end_date), "2026-12-31")
        self.assertFalse(self.signed.cancel_reason)

    def test_a_term_is_not_made_longer_under_its_renewal(self):
        self.signed.action_renew()
        with self.assertRaisesRegex(UserError, "next term is written already"):
            self.signed.action_pause("2026-04-01", "2026-04-10", "x", extend=True)
        self.signed.action_pause("2026-04-01", "2026-04-10", "x")
        other = self.running()
        other.action_pause("2026-04-01", "2026-04-10", "x", extend=True)
        other.action_renew()
        with self.assertRaisesRegex(UserError, "next term is written already"):
            other.pause_ids.action_withdraw()
        self.assertEqual(other.pause_ids.state, "active")

    def test_days_that_were_credited_are_not_paused(self):
        self.go_to("2026-02-10")
        bills = self.bill().sorted("period_start")
        action = bills[1].with_user(self.pom).action_credit("Closed")
        note = self.env["bmasia.invoice"].browse(action["res_id"])
        note.with_user(self.pom).action_issue()
        for first, last in (("2026-02-05", "2026-02-06"), ("2026-01-31", "2026-02-01")):
            with self.assertRaisesRegex(UserError, "has credited .* already"):
                self.signed.action_pause(first, last, "Closed")
        self.assertFalse(self.signed.pause_ids)
        self.assertEqual(bills.credit_note_ids, note)
        self.signed.action_pause("2026-03-01", "2026-03-02", "Closed")


@tagged("post_install", "-at_install")
class TestMailsOfWhatEnds(SendingCase):
    """Mails that wait are not sent, and nobody is reminded."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time("2026-11-28 05:00:00"))
        self.signed = self.active_contract(
            self.line(12000), start_date="2026-01-01", billing_frequency="monthly"
        )

    def queue(self, document):
        # what waits is compared with the database's clock, which is not frozen
        later = self.env.cr.now() + timedelta(days=3)
        answer = document.send_email(send_at=fields.Datetime.to_string(later))
        self.assertEqual(answer["status"], "queued", answer)
        return document.sudo()._last_deliveries()

    def end(self, day):
        self.signed.with_user(self.norbert).action_cancel("Sold", day)

    def test_of_an_invoice_that_bills_later_days(self):
        self.signed.with_user(self.pom).action_create_invoices()
        invoices = self.signed.invoice_ids.with_user(self.pom)
        november = invoices.sorted("period_start")[-1]
        rows = self.queue(november)
        number = november.name
        dialog = self.env["bmasia.change.wizard"].with_user(self.norbert)
        said = dialog.create(
            {"contract_id": self.signed.id, "what": "end", "last_day": "2026-11-28"}
        )
        words = said.effect_ids.mapped("words")
        self.assertIn(f"{number} is withdrawn with its e-mail", words)
        self.end("2026-11-28")
        self.assertEqual(set(rows.mapped("state")), {"cancelled"})
        self.assertEqual((november.state, november.name), ("cancelled", number))
        anew = self.signed.invoice_ids - invoices
        self.assertEqual(anew.mapped("amount_untaxed"), [933.33])  # 28 of 30 days

    def test_of_the_contract_itself(self):
        rows = self.queue(self.signed.with_user(self.nikki))
        self.end("2026-11-30")
        self.assertEqual(set(rows.mapped("state")), {"queued"}, "it runs until then")
        self.clock.move_to("2026-12-01 05:00:00")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(self.signed.state, "cancelled")
        self.assertEqual(set(rows.mapped("state")), {"cancelled"})

    def test_of_the_renewal_that_is_dropped(self):
        renewal = self.signed.browse(self.signed.action_renew()["res_id"])
        renewal.without_clauses = True
        rows = self.queue(renewal.with_user(self.nikki))
        self.end("2026-12-15")
        self.assertEqual(renewal.state, "cancelled")
        self.assertEqual(set(rows.mapped("state")), {"cancelled"})

    def test_the_reminder_of_the_renewal(self):
        self.thailand.write({"reminder_mode": "on", "renewal_reminders": "draft"})
        reminders = self.env["document.reminder"]
        reminders._cron_draft()
        reminder = reminders.search([("res_id", "=", self.signed.id)])
        reminder = reminder.filtered(lambda each: each.res_model == "bmasia.contract")
        self.assertEqual(reminder.state, "open")
        self.end("2026-12-15")
        self.assertEqual(reminder.state, "settled")
        reminders._cron_draft()
        self.assertEqual(
            reminders.search_count(
                [("res_model", "=", "bmasia.contract"), ("res_id", "=", self.signed.id)]
            ),
            1,
        )


@tagged("post_install", "-at_install")
class TestCreditsOfTheEnd(EndCase):
    frequency = "annual"

    def setUp(self):
        super().setUp()
        (self.sold,) = self.bill()
        self.sold.with_user(self.pom).action_register_payment(self.sold.amount_due)
        self.go_to("2026-07-02")

    def credits(self):
        return self.sold.credit_note_ids.filtered(lambda note: note.state == "draft")

    def test_it_names_the_ground_and_is_issued_as_it_is(self):
        self.end("2026-07-02")
        note = self.credits()
        # 14,000 for 182 of 365 days are left
        self.assertEqual((note.credit_ground, note.amount_untaxed), ("ended", 6980.82))
        note.with_user(self.pom).action_issue()
        self.assertEqual(note.kind, "credit_note")

    def test_what_was_credited_by_hand_is_not_given_back_twice(self):
        opened = self.sold.with_user(self.pom).action_credit("Agreed", ground="short")
        by_hand = self.sold.browse(opened["res_id"]).with_user(self.pom)
        by_hand.line_ids.unit_price = 1000
        by_hand.action_issue()
        self.end("2026-07-02")
        self.assertEqual(self.credits().amount_untaxed, 5980.82)
