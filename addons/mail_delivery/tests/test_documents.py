from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail_delivery.testkit import DeliveryCase

TO = "hotel@example.com"


@tagged("post_install", "-at_install")
class TestDocuments(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.env["res.partner"].create({"name": "Document"})
        cls.nikki = new_test_user(cls.env, "dlv_nikki")

    def setUp(self):
        super().setUp()
        self.told = []

    def listen(self):
        told = self.told

        def outcome(document, deliveries):
            told.append(
                (
                    document.id,
                    document.env.user.login,
                    document.env.su,
                    sorted((row.recipient, row.state) for row in deliveries),
                )
            )

        self.patch(type(self.document), "_mail_delivery_outcome", outcome)

    def send_document(self, to=(TO,), **values):
        mail = self.make_mail(
            to,
            env=self.env["mail.mail"].with_user(self.nikki).sudo().env,
            model="res.partner",
            res_id=self.document.id,
            **values,
        )
        return self.send(mail.with_env(self.env))

    def test_it_hears_once_per_batch_in_the_senders_name(self):
        self.listen()
        self.server.reply("RCPT", to="b@example.com", with_=(550, "no"))
        self.send_document(to=[TO, "b@example.com"])
        self.assertEqual(
            self.told,
            [
                (
                    self.document.id,
                    "dlv_nikki",
                    True,
                    [("b@example.com", "refused"), (TO, "sent")],
                )
            ],
        )
        self.run_queue()
        self.assertEqual(len(self.told), 1)

    def test_it_hears_of_waiting_and_of_the_next_attempt(self):
        self.listen()
        self.server.reply("RCPT", with_=(451, "busy"), times=1)
        row = self.send_document()
        self.make_due(row)
        self.run_queue()
        self.assertEqual(
            [states for *_who, states in self.told],
            [[(TO, "deferred")], [(TO, "sent")]],
        )

    def test_what_it_writes_is_committed_with_the_mails_state(self):
        def outcome(document, deliveries):
            document.comment = f"{deliveries.recipient} {deliveries.state}"

        self.patch(type(self.document), "_mail_delivery_outcome", outcome)
        self.send_document()
        self.assertIn(f"{TO} sent", self.document.comment)
        self.assertEqual(self.document.write_uid, self.nikki)

    @mute_logger("odoo.addons.mail_delivery.models.mail_delivery")
    def test_a_document_that_fails_changes_no_outcome_and_is_told_again(self):
        fails = [True, True]

        def outcome(document, deliveries):
            document.comment = "half done"
            document.flush_recordset()
            if fails:
                fails.pop()
                raise ValueError("broken")
            document.comment = "done"

        self.patch(type(self.document), "_mail_delivery_outcome", outcome)
        mail = self.make_mail(TO, model="res.partner", res_id=self.document.id)
        row = self.send(mail)
        self.assertEqual((row.state, mail.state), ("sent", "sent"))
        self.run_queue()
        self.run_queue()
        self.assertIn("done", self.document.comment)
        self.assertNotIn("half", self.document.comment)
        self.assertTrue(row.settled)
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_a_document_can_hold_back_its_mail(self):
        def obstacle(document, delivery):
            return document.name == "Document" and "The quote has expired."

        self.patch(type(self.document), "_mail_delivery_obstacle", obstacle)
        row = self.send_document()
        self.assertEqual((row.state, row.reason), ("cancelled", "obstacle"))
        self.assertEqual(row.explanation, "The quote has expired.")
        self.assertEqual(self.server.messages, [])

    def test_a_document_that_is_gone_or_has_no_thread_disturbs_nothing(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        mail = self.make_mail(TO, model="res.partner", res_id=gone.id)
        country = self.make_mail("b@example.com", model="res.country", res_id=1)
        gone.unlink()
        self.assertEqual(set(self.send(mail | country).mapped("state")), {"sent"})


@tagged("post_install", "-at_install")
class TestNotifications(DeliveryCase):
    """Mail and notifications follow the outcomes, through core's own method."""

    def setUp(self):
        super().setUp()
        self.partners = self.env["res.partner"].create(
            [{"name": n, "email": f"{n}@example.com"} for n in ("a", "b", "c")]
        )
        self.document = self.env["res.partner"].create({"name": "Document"})

    def post(self):
        message = self.document.message_post(
            body="Your quote",
            subject="Quote",
            partner_ids=self.partners.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_from="nikki@sender.example.com",
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return message

    def status(self, message):
        return {
            n.res_partner_id.name: (n.notification_status, n.failure_type or "")
            for n in message.notification_ids
            if n.res_partner_id in self.partners
        }

    def test_a_chatter_message_goes_through_the_engine(self):
        message = self.post()
        self.assertEqual(self.status(message), dict.fromkeys("abc", ("sent", "")))
        self.assertFalse(message.mail_ids, "deleted once sent, as core does")
        rows = self.env["mail.delivery"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        self.assertEqual(rows.mapped("res_id"), [self.document.id] * 3)

    def test_each_recipient_has_its_own_reason(self):
        self.server.reply("RCPT", to="a@example.com", with_=(550, "5.1.1 unknown"))
        self.server.reply(
            "RCPT", to="b@example.com", with_=(550, "5.7.1 looks like spam")
        )
        message = self.post()
        self.assertEqual(
            self.status(message),
            {
                "a": ("exception", "unknown"),
                "b": ("exception", "mail_spam"),
                "c": ("sent", ""),
            },
        )
        reasons = {
            n.res_partner_id.name: n.failure_reason for n in message.notification_ids
        }
        self.assertIn("does not exist", reasons["a"])
        self.assertNotIn("a@example.com", reasons["b"])
        mail = message.mail_ids
        self.assertEqual((mail.state, mail.failure_type), ("exception", "unknown"))

    def test_while_one_waits_the_others_are_told_already(self):
        self.server.reply("RCPT", to="b@example.com", with_=(451, "busy"), times=1)
        message = self.post()
        self.assertEqual(
            self.status(message),
            {"a": ("sent", ""), "b": ("ready", ""), "c": ("sent", "")},
        )
        self.assertEqual(message.mail_ids.state, "outgoing")
        rows = self.env["mail.delivery"].search([("mail_message_id", "=", message.id)])
        self.make_due(rows)
        self.run_queue()
        self.assertEqual(self.status(message), dict.fromkeys("abc", ("sent", "")))

    def test_resending_resets_the_notification(self):
        self.server.reply("RCPT", to="b@example.com", with_=(550, "no"), times=1)
        message = self.post()
        rows = self.env["mail.delivery"].search([("mail_message_id", "=", message.id)])
        rows.filtered(lambda row: row.state == "refused").action_resend()
        self.assertEqual(self.status(message)["b"][0], "ready")
        self.run_queue()
        self.assertEqual(self.status(message)["b"], ("sent", ""))
