"""One e-mail a day with what needs somebody, and none for each reminder."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_held_mails import HeldCase
from .test_reminders import ReminderCase

DIGEST_LOG = "odoo.addons.document_flow.models.ir_cron"


class DigestCase(HeldCase):
    def setUp(self):
        super().setUp()
        team = self.env.ref("document_flow.group_user").all_user_ids
        team.daily_digest = False
        self.nikki.write(
            {
                "daily_digest": True,
                "digest_hour": "8",
                "tz": "Asia/Bangkok",
                "email": self.nikki.login,
            }
        )
        self.quote().user_id = self.nikki

    def run_cron(self, moment):
        """Run the cron at a moment, in UTC; what it made leaves."""
        with freeze_time(moment):
            self.env["res.users"]._cron_digest()
            self.env.flush_all()
            mails = self.env["mail.mail"].search([("state", "=", "outgoing")])
            mails._deliver()

    def received(self, user=None):
        address = (user or self.nikki).login
        return [
            message for message in self.relay.messages if address in message.recipients
        ]


@tagged("post_install", "-at_install")
class TestWhen(DigestCase):
    def test_it_comes_once_a_day_at_the_hour_of_one_s_own_day(self):
        seen = []
        for moment in (
            "2026-03-02 00:50:00",  # 07:50 in Bangkok
            "2026-03-02 01:05:00",
            "2026-03-02 01:20:00",
            "2026-03-02 16:55:00",
            "2026-03-02 17:30:00",  # past midnight
            "2026-03-03 01:05:00",
        ):
            self.run_cron(moment)
            seen.append(len(self.received()))
        self.assertEqual(seen, [0, 1, 1, 1, 1, 2])

    def test_another_zone_and_hour(self):
        self.nikki.write({"tz": "Europe/Vienna", "digest_hour": "17"})
        self.run_cron("2026-03-02 15:50:00")
        self.assertFalse(self.received())
        self.run_cron("2026-03-02 16:05:00")
        self.assertTrue(self.received())

    def test_a_run_that_fails_leaves_it_for_the_next(self):
        users = self.registry["res.users"]
        with (
            patch.object(users, "_make_digest", side_effect=ValueError("disk full")),
            self.assertLogs(DIGEST_LOG, "ERROR"),
        ):
            self.run_cron("2026-03-02 01:05:00")
        self.assertFalse(self.nikki.digest_date)
        self.run_cron("2026-03-02 01:20:00")
        self.assertEqual(len(self.received()), 1)

    def test_one_that_fails_does_not_stop_the_others(self):
        self.pom.write({"daily_digest": True, "email": self.pom.login})
        self.invoice()
        users = self.registry["res.users"]
        made = users._make_digest

        def fails_for_pom(user, *arguments):
            if user == self.pom:
                raise ValueError("odd")
            return made(user, *arguments)

        with (
            patch.object(users, "_make_digest", fails_for_pom),
            self.assertLogs(DIGEST_LOG, "ERROR"),
        ):
            self.run_cron("2026-03-02 05:00:00")
        self.assertEqual(len(self.received()), 1)


@tagged("post_install", "-at_install")
class TestForWhom(DigestCase):
    def test_nobody_without_something_to_do_gets_one(self):
        idle = new_test_user(self.env, "idle@example.com", "bmasia_crm.group_user")
        idle.email = idle.login
        self.relay.messages.clear()
        self.run_cron("2026-03-02 05:00:00")
        self.assertFalse(self.received(idle))
        self.assertEqual(str(idle.digest_date), "2026-03-02")

    def test_who_switched_it_off_gets_none(self):
        self.nikki.with_user(self.nikki).daily_digest = False
        self.run_cron("2026-03-02 05:00:00")
        self.assertFalse(self.received())

    def test_who_left_gets_none(self):
        self.nikki.active = False
        self.relay.messages.clear()
        self.run_cron("2026-03-02 05:00:00")
        self.assertFalse(self.received())

    def test_one_chooses_the_hour_but_not_the_day_of_the_last_one(self):
        own = self.nikki.with_user(self.nikki)
        own.digest_hour = "6"
        with self.assertRaises(AccessError):
            own.digest_date = False

    def test_it_has_what_one_may_see_alone(self):
        """The entities of the user, though a cron of the system writes it."""
        self.nikki.write(
            {"company_id": self.hongkong.id, "company_ids": self.hongkong.ids}
        )
        self.run_cron("2026-03-02 05:00:00")
        self.assertFalse(self.received())


@tagged("post_install", "-at_install")
class TestWhatItSays(DigestCase):
    def test_it_names_the_work_and_leads_there(self):
        quote = self.quote(self.line(1000))
        quote.user_id = self.nikki
        self.run_cron("2026-03-02 05:00:00")
        (message,) = self.received()
        body = message.message.get_body(("html",)).get_content()
        self.assertIn("Quotes to send", body)
        self.assertIn(f"/odoo/bmasia.quote/{quote.id}", body)
        self.assertIn("/odoo/my-day", body)
        self.assertIn("1,070.00", body)
        self.assertIn("Monday 2 March", message.message["Subject"])

    def test_it_is_the_system_s_and_goes_through_the_company_s_server(self):
        self.set_up(self.nikki)
        self.run_cron("2026-03-02 05:00:00")
        (message,) = self.received()
        self.assertFalse(message.login)  # not the user's account
        self.assertNotIn(self.nikki.login, message.message["From"])

    def test_it_speaks_the_user_s_language(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.env["ir.module.module"].search(
            [("name", "in", ("document_flow", "bmasia_crm"))]
        )._update_translations(["th_TH"])
        self.nikki.lang = "th_TH"
        self.run_cron("2026-03-02 05:00:00")
        (message,) = self.received()
        body = message.message.get_body(("html",)).get_content()
        self.assertNotIn("Quotes to send", body)
        self.assertNotIn("Open My Day", body)


@tagged("post_install", "-at_install")
class TestQuietReminders(ReminderCase):
    def test_a_reminder_is_an_activity_without_an_e_mail(self):
        quote = self.sent_quote()
        before = self.env["mail.mail"].search_count([])
        self.run_cron(3)
        self.assertEqual(quote.activity_ids.user_id, self.nikki)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
