from datetime import timedelta

from odoo.tests import new_test_user, tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase
from odoo.addons.mail_delivery.tools.replies import AUTH, Reply, classify

TO, GONE = "hotel@example.com", "gone@example.com"


@tagged("post_install", "-at_install")
class TestSenderHears(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.env["res.partner"].create({"name": "Document"})
        cls.nikki = new_test_user(cls.env, "dlv_nikki")

    def send_as(self, user, to=(TO,), document=True, **values):
        if document:
            values.update(model="res.partner", res_id=self.document.id)
        env = self.env["mail.mail"].with_user(user).sudo().env
        return self.send(self.make_mail(to, env=env, **values).with_env(self.env))

    def activities(self, user=None):
        domain = [("user_id", "=", (user or self.nikki).id)]
        return self.env["mail.activity"].search(domain)

    def refuse(self, times=None):
        self.server.reply(
            "RCPT", to=GONE, with_=(550, "5.1.1 no such user"), times=times
        )

    def test_a_refusal_becomes_an_activity_on_the_document(self):
        self.refuse()
        self.send_as(self.nikki, to=[TO, GONE])
        activity = self.activities()
        self.assertEqual(activity.res_model, "res.partner")
        self.assertEqual(activity.res_id, self.document.id)
        self.assertIn(GONE, activity.note)
        self.assertIn("does not exist", activity.note)
        self.assertIn("550 5.1.1 no such user", activity.note)
        self.assertNotIn(TO, activity.note)

    def test_so_does_what_nobody_knows(self):
        self.server.drop("BODY", keep=True)
        self.send_as(self.nikki)
        self.assertIn("may have arrived", self.activities().note)

    def test_what_arrived_or_waits_disturbs_nobody(self):
        self.server.reply("RCPT", to=GONE, with_=(451, "later"))
        self.send_as(self.nikki, to=[TO, GONE])
        self.assertFalse(self.activities())

    def test_one_document_has_one_activity_that_lists_all(self):
        self.refuse()
        self.server.reply("RCPT", to="b@example.com", with_=(550, "no"))
        self.send_as(self.nikki, to=GONE)
        self.send_as(self.nikki, to="b@example.com")
        activity = self.activities()
        self.assertEqual(len(activity), 1)
        self.assertIn(GONE, activity.note)
        self.assertIn("b@example.com", activity.note)

    def test_it_is_gone_when_everybody_got_it(self):
        self.refuse(times=1)
        rows = self.send_as(self.nikki, to=[TO, GONE])
        refused = rows.filtered(lambda row: row.state == "refused")
        refused.action_resend()
        self.assertTrue(self.activities(), "not before it arrived")
        self.run_queue()
        self.assertFalse(self.activities())

    def test_what_was_dismissed_comes_back_with_the_next_refusal_only(self):
        self.refuse()
        row = self.send_as(self.nikki, to=GONE)
        self.activities().action_done()
        self.run_queue()
        self.assertFalse(self.activities())
        row.action_resend()
        self.run_queue()
        self.assertEqual(len(self.activities()), 1)

    def test_a_mail_without_a_document_reminds_its_sender(self):
        self.refuse()
        self.send_as(self.nikki, to=GONE, document=False)
        activity = self.activities()
        self.assertFalse(activity.res_model)
        self.assertIn(GONE, activity.note)

    def test_nobody_is_reminded_of_the_systems_mail(self):
        self.refuse()
        before = self.env["mail.activity"].search_count([])
        self.send_as(self.env.ref("base.user_root"), to=GONE, document=False)
        self.send_as(self.env.ref("base.public_user"), to=GONE, document=False)
        self.assertEqual(self.env["mail.activity"].search_count([]), before)

    def test_the_sender_reads_it_and_no_mail_is_sent_about_it(self):
        self.refuse()
        self.send_as(self.nikki, to=GONE)
        self.activities().with_user(self.nikki).read(["note", "res_name"])
        self.run_queue()
        self.assertEqual(self.server.messages, [])


@tagged("post_install", "-at_install")
class TestRefusedAccount(DeliveryCase):
    """530, 534, 535: the account is paused and its owner told."""

    def setUp(self):
        super().setUp()
        self.pom = new_test_user(self.env, "dlv_pom", email="pom@other.example.com")
        self.strict = self.start_server(users={"pom": "right"})
        self.account = self.mail_server.copy(
            {
                "name": "Pom's account",
                "smtp_port": self.strict.port,
                "from_filter": "pom@other.example.com",
                "sequence": 1,
                "smtp_user": "pom",
                "smtp_pass": "wrong",
            }
        )

    def send_as_pom(self, number=0):
        return self.send(
            to=f"guest{number}@example.com", email_from="pom@other.example.com"
        )

    def owner_activities(self):
        admin = self.env.ref("base.user_admin")
        return self.env["mail.activity"].search(
            [("user_id", "=", admin.id), ("note", "like", "Pom's account")]
        )

    def test_a_refused_account_is_not_asked_again(self):
        for number in range(3):
            row = self.send_as_pom(number)
            self.assertEqual((row.state, row.reason), ("refused", "login"))
            self.assertIn("5.7.8", row.error)
        self.assertEqual(self.strict.sessions, 1)
        self.assertEqual(self.account.delivery_pause, "login")
        self.assertTrue(self.account.delivery_paused_until)

    def test_its_owner_is_told_once_and_others_go_on(self):
        self.send_as_pom(1)
        self.send_as_pom(2)
        (activity,) = self.owner_activities()
        self.assertIn("5.7.8", activity.note)
        self.assertEqual(self.send(to="a@example.com").state, "sent")

    def test_the_owner_of_a_personal_account_hears_it_in_person(self):
        self.account.owner_user_id = self.pom
        self.account._pause_delivery(
            classify(Reply(534, "5.7.9 application password required", AUTH))
        )
        activity = self.account.delivery_activity_id
        self.assertEqual(activity.user_id, self.pom)
        self.assertIn("application password", activity.note)

    def test_a_corrected_password_ends_the_pause_at_once(self):
        row = self.send_as_pom()
        self.account.smtp_pass = "right"
        self.assertFalse(self.account.delivery_paused_until)
        self.assertFalse(self.owner_activities())
        row.action_resend()
        self.run_queue()
        self.assertEqual(row.state, "sent")

    def test_the_pause_ends_by_itself(self):
        self.send_as_pom(1)
        self.strict.users["pom"] = "wrong"
        self.account.delivery_paused_until -= timedelta(hours=2)
        self.assertEqual(self.send_as_pom(2).state, "sent")
        self.assertFalse(self.account.delivery_pause)
        self.assertFalse(self.owner_activities())

    def test_authentication_required_at_mail_pauses_too(self):
        self.server.reply("MAIL", with_=(530, "5.7.0 authentication required"))
        self.assertEqual(self.send(to="a@example.com").reason, "login")
        self.assertEqual(self.mail_server.delivery_pause, "login")

    def test_a_login_that_fails_for_the_moment_is_tried_again(self):
        self.strict.users["pom"] = "wrong"
        # core tries each mechanism
        self.strict.reply("AUTH", with_=(454, "4.7.0 temporary failure"), times=2)
        row = self.send_as_pom()
        self.assertEqual((row.state, row.reason), ("deferred", "login_later"))
        self.assertFalse(self.account.delivery_pause)
        self.make_due(row)
        self.run_queue()
        self.assertEqual(row.state, "sent")
