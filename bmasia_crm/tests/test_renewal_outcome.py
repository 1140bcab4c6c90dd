"""Due, in talks, renewed, lost: who says so, and what is drafted automatically."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.bmasia_crm.tools import schedule

from .amendments import AmendmentCase
from .common import CrmCase

OPENS = "2026-11-01"  # sixty days before the end of 2026


@tagged("post_install", "-at_install")
class TestNoticeWindow(CrmCase):
    def test_no_term_comes_up_on_its_first_day(self):
        for months in (1, 2, 3, 6, 12, 36):
            for days in (0, 1, 30, 60, 90, 400):
                for start in (date(2026, 1, 31), date(2027, 2, 1), date(2028, 2, 29)):
                    end = schedule.end_of(start, months)
                    day = schedule.notice_day(start, end, days)
                    with self.subTest(months=months, days=days, start=start):
                        third = ((end - start).days + 1) / 3
                        self.assertLess(start, day)
                        self.assertLessEqual((end - day).days, min(days, third))
                        self.assertTrue(days > third or end - day == timedelta(days))

    @freeze_time("2026-03-01 05:00:00")
    def test_lists_figures_and_reminders_follow_the_same_day(self):
        month = self.active_contract(start_date="2026-03-01", term_months=1)
        contracts = self.env["bmasia.contract"]
        self.assertEqual(str(month.notice_from), "2026-03-21")
        for day, is_due in (("2026-03-01", 0), ("2026-03-20", 0), ("2026-03-21", 1)):
            with freeze_time(f"{day} 05:00:00"), self.subTest(day=day):
                month.invalidate_recordset(["is_ending"])
                self.assertEqual(month.is_ending, bool(is_due))
                found = contracts._reminder_candidates(self.thailand)
                self.assertEqual(month in found, bool(is_due))
                action = self.env["ir.actions.act_window"]._for_xml_id(
                    "bmasia_crm.bmasia_contract_action_renewals"
                )
                domain = [("state", "=", "active"), ("notice_from", "<=", "today")]
                self.assertIn("notice_from", action["domain"])
                self.assertEqual(month in contracts.search(domain), bool(is_due))
                figures = self.env["bmasia.dashboard"].with_user(self.nikki)
                (ending,) = (
                    each
                    for each in figures.get_figures()["figures"]
                    if each["key"] == "ending"
                )
                self.assertEqual(bool(ending["count"]), bool(is_due))

    def test_the_letter_asks_for_the_days_that_count(self):
        month = self.active_contract(
            start_date="2026-03-01", term_months=1, lang="en_US"
        )
        values = self.env["report.bmasia_crm.report_renewal_notice"]
        self.assertIn("10 days", values._notice(month)["request"])


@tagged("post_install", "-at_install")
class TestOutcome(AmendmentCase):
    def test_where_a_renewal_stands(self):
        contract = self.signed
        self.assertEqual(contract.renewal_state, "due")
        renewal = contract.browse(contract.action_renew()["res_id"])
        self.assertEqual(
            (contract.renewal_state, renewal.renewal_state), ("talks", False)
        )
        renewal.action_mark_sent()
        self.assertEqual(contract.renewal_state, "talks")
        renewal.with_user(self.norbert).action_cancel("Too dear")
        self.assertEqual(contract.renewal_state, "due")
        renewal = contract.browse(contract.action_renew()["res_id"])
        renewal.action_mark_sent()
        renewal.action_activate(renewal._today())
        self.assertEqual(contract.renewal_state, "renewed")
        self.go_to("2027-01-01")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(
            (contract.state, contract.renewal_state), ("renewed", "renewed")
        )
        self.assertEqual(renewal.renewal_state, "due")

    def test_what_was_never_signed_or_does_not_recur_is_not_in_the_book(self):
        draft = self.contract()
        sent = self.contract()
        sent.action_mark_sent()
        never = self.contract()
        never.action_mark_sent()
        never.with_user(self.norbert).action_cancel("No")
        sale = self.running(self.line(5000, kind="one_time"))
        for contract in (draft, sent, never, sale):
            self.assertFalse(contract.renewal_state)

    def test_a_contract_that_ends_before_its_time_is_lost(self):
        self.signed.with_user(self.norbert).action_cancel("Sold", "2026-01-01")
        self.assertEqual(self.signed.renewal_state, "lost")
        self.assertEqual(self.signed._reason_of_loss(), "Sold")

    def test_who_says_why_ends_reminders_and_the_draft(self):
        contract = self.signed.with_user(self.nikki)
        renewal = contract.browse(contract.action_renew()["res_id"])
        contract.action_lose("They close in January")
        self.assertFalse(renewal.exists())
        self.assertEqual(contract.renewal_state, "lost")
        self.go_to(OPENS)
        self.assertFalse(contract._is_reminder_due())
        self.assertIn("does not renew", contract._why_not_reminded())
        self.assertEqual(contract.state, "active", "it runs until its end")
        contract.action_renew()
        self.assertEqual(
            (contract.renewal_state, contract.lost_reason), ("talks", False)
        )

    def test_a_reminder_that_waits_ends_at_once(self):
        self.go_to(OPENS)
        self.thailand.write({"reminder_mode": "on", "renewal_reminders": "draft"})
        self.env["document.reminder"]._cron_draft()
        self.assertTrue(self.signed.reminder_id)
        self.signed.with_user(self.nikki).action_lose("They close in January")
        self.signed.invalidate_recordset(["reminder_id"])
        self.assertFalse(self.signed.reminder_id)

    def test_an_offer_that_was_sent_is_a_manager_s_to_cancel(self):
        renewal = self.signed.browse(self.signed.action_renew()["res_id"])
        renewal.action_mark_sent()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.signed.with_user(self.nikki).action_lose("No")
        self.assertFalse(self.signed.lost_reason)
        self.signed.with_user(self.norbert).action_lose("No")
        self.assertEqual(renewal.state, "cancelled")
        self.assertEqual(self.signed.renewal_state, "lost")

    def test_what_cannot_be_is_said(self):
        draft = self.contract()
        renewed = self.running()
        renewal = renewed.browse(renewed.action_renew()["res_id"])
        renewal.action_mark_sent()
        renewal.action_activate(renewal._today())
        for contract, reason, sentence in (
            (self.signed, " ", "Say why"),
            (self.signed, None, "Say why"),
            (self.signed, 5, "a text"),
            (draft, "No", "only a contract that runs"),
            (renewed, "No", "is signed"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                contract.action_lose(reason)

    def test_who_is_responsible_is_asked_why_once(self):
        self.go_to("2027-01-01")
        cron = self.env["bmasia.contract"]
        cron._cron_follow_dates()
        cron._cron_follow_dates()
        self.assertEqual(
            (self.signed.state, self.signed.renewal_state), ("expired", "lost")
        )
        task = self.signed.activity_ids
        self.assertEqual(task.user_id, self.nikki)
        self.assertIn("say why", task.summary)
        wizard = self.env["bmasia.transition.wizard"].with_user(self.nikki)
        wizard = wizard.with_context(
            active_model="bmasia.contract",
            active_id=self.signed.id,
            default_transition="lose",
        ).create({})
        self.assertEqual(wizard.question, "bmasia.contract/lose")
        wizard.reason = "Another provider"
        wizard.action_confirm()
        self.assertEqual(self.signed.lost_reason, "Another provider")
        self.assertFalse(self.signed.activity_ids)

    def test_who_said_why_is_not_asked_again(self):
        self.signed.action_lose("They close")
        self.go_to("2027-01-01")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(self.signed.state, "expired")
        self.assertFalse(self.signed.activity_ids)


@tagged("post_install", "-at_install")
class TestDraftedByItself(AmendmentCase):
    def setUp(self):
        super().setUp()
        self.signed.auto_renew = True

    def run_cron(self, day):
        self.go_to(day)
        self.env["bmasia.contract"]._cron_draft_renewals()

    def renewals(self):
        return self.env["bmasia.contract"].search(
            [("renewed_from_id", "=", self.signed.id)]
        )

    def test_when_the_window_opens_a_draft_and_a_task_and_no_more(self):
        self.signed.write({"renewal_rule": "percent", "renewal_percent": 5})
        mails = self.env["mail.mail"].search_count([])
        self.run_cron("2026-10-31")
        self.assertFalse(self.renewals())
        for day in (OPENS, OPENS, "2026-11-02", "2026-12-31"):
            self.run_cron(day)
        renewal = self.renewals()
        self.assertEqual((len(renewal), renewal.state), (1, "draft"))
        self.assertFalse(renewal.name)
        self.assertEqual(renewal.line_ids.unit_price, 14700)
        self.assertEqual(renewal.user_id, self.nikki)
        task = renewal.activity_ids
        self.assertEqual((len(task), task.user_id), (1, self.nikki))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.signed.state, "active")

    def test_it_is_who_wants_it_only(self):
        self.signed.auto_renew = False
        self.run_cron(OPENS)
        self.assertFalse(self.renewals())

    def test_what_somebody_deleted_or_cancelled_is_not_drafted_again(self):
        self.run_cron(OPENS)
        self.renewals().with_user(self.nikki).unlink()
        self.run_cron("2026-11-05")
        self.assertFalse(self.renewals())
        renewal = self.signed.browse(self.signed.action_renew()["res_id"])
        renewal.action_mark_sent()
        renewal.with_user(self.norbert).action_cancel("No")
        self.run_cron("2026-11-06")
        self.assertEqual(self.renewals(), renewal)

    def test_what_a_person_drafted_and_deleted_neither(self):
        renewal = self.signed.browse(self.signed.action_renew()["res_id"])
        renewal.with_user(self.nikki).unlink()
        self.run_cron(OPENS)
        self.assertFalse(self.renewals())

    def test_a_term_that_became_longer_is_a_new_one(self):
        self.run_cron(OPENS)
        self.renewals().unlink()
        self.sign(self.amendment("2026-12-01", term_months=18))
        self.run_cron("2026-12-31")
        self.assertFalse(self.renewals())
        self.run_cron("2027-05-15")
        self.assertEqual(str(self.renewals().start_date), "2027-07-01")

    def test_not_what_is_lost_or_ends_before_its_time(self):
        other = self.running(auto_renew=True)
        self.signed.action_lose("They close")
        other.with_user(self.norbert).action_cancel("Sold", "2026-12-30")
        self.run_cron("2026-11-05")
        self.assertFalse(self.renewals() | other.renewal_ids)

    def test_an_owner_who_left_hands_the_task_to_who_is_there(self):
        left = new_test_user(self.env, "left@x.com", groups="bmasia_crm.group_user")
        self.signed.user_id = left
        self.env.cr.execute(
            "UPDATE res_users SET active = false WHERE id = %s", [left.id]
        )
        left.invalidate_recordset(["active"])
        self.hilton.user_id = self.pom
        self.run_cron(OPENS)
        self.assertEqual(self.renewals().activity_ids.user_id, self.pom)

    def test_one_that_cannot_be_drafted_holds_up_nobody_and_is_told_once(self):
        good = self.running(auto_renew=True)
        # as an import could leave it behind
        self.env.cr.execute(
            "UPDATE bmasia_contract_line SET name = ' ' WHERE contract_id = %s",
            (self.signed.id,),
        )
        self.signed.line_ids.invalidate_recordset()
        with self.assertLogs("odoo.addons.bmasia_crm", "WARNING"):
            self.run_cron(OPENS)
        self.run_cron("2026-11-02")
        self.assertEqual(len(good.renewal_ids), 1)
        self.assertFalse(self.renewals())
        self.assertEqual(
            self.signed.activity_ids.summary, "The renewal could not be drafted"
        )

    def test_the_help_says_what_it_does(self):
        words = self.env["bmasia.contract"]._fields["auto_renew"].help
        for word in ("draft", "once", "task", "Nothing is sent"):
            self.assertIn(word, words)
