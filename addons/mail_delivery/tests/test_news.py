import json
import threading
import time

from odoo.tests import tagged

from odoo.addons.mail_delivery.models import delivery_request, mail_mail
from odoo.addons.mail_delivery.models.mail_delivery import NEWS
from odoo.addons.mail_delivery.testkit import CommittedCase

TO = "hotel@example.com"


@tagged("post_install", "-at_install")
class TestNews(CommittedCase):
    """What the sender's browser hears when a mail has an outcome."""

    def setUp(self):
        super().setUp()
        with self.commits() as env:
            env.cr.execute("SELECT COALESCE(max(id), 0) FROM bus_bus")
            self.before = env.cr.fetchone()[0]
            self.sender = env.ref("base.user_admin").id
            self.document = env["res.partner"].create({"name": "Hotel", "email": TO}).id

    def news(self):
        with self.commits() as env:
            found = env["bus.bus"].search([("id", ">", self.before)], order="id")
            messages = [json.loads(row.message) for row in found]
        return [m["payload"] for m in messages if m["type"] == NEWS]

    def commit_document_mail(self):
        with self.commits() as env:
            about = {"model": "res.partner", "res_id": self.document}
            mail = self.make_mail(TO, env=env, **about)
            mail.delivery_ids.user_id = self.sender
            return mail.ids

    def test_the_document_and_the_row_are_named(self):
        self.deliver(self.commit_document_mail())
        (news,) = self.news()
        document = {"model": "res.partner", "id": self.document}
        self.assertEqual(news["documents"], [document])
        self.assertEqual(len(news["deliveries"]), 1)

    def test_who_still_waits_hears_no_second_answer(self):
        self.patch(mail_mail.MailMail, "_delivers_in_background", True)
        with self.commits() as env:
            env["mail.mail"].browse(self.commit_document_mail())._deliver()
        (news,) = self.news()
        self.assertNotIn("message", news)

    def test_what_comes_late_is_said_in_words(self):
        self.patch(mail_mail.MailMail, "_delivers_in_background", True)
        self.patch(delivery_request, "REQUEST_BUDGET", 0.6)
        going_on = threading.Event()
        self.addCleanup(going_on.set)
        self.server.on("BODY", lambda _session: going_on.wait(20))
        with self.commits() as env:
            env["mail.mail"].browse(self.commit_document_mail())._deliver()
        self.assertEqual(self.news(), [])
        going_on.set()
        end = time.monotonic() + 20
        while not self.news():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        (news,) = self.news()
        self.assertEqual(news["message"], "Hotel: Accepted by the mail server.")
        self.assertEqual(news["type"], "success")

    def test_the_queue_says_a_refusal(self):
        self.server.reply("RCPT", with_=(550, "5.1.1 unknown"))
        self.commit_document_mail()
        self.run_queue()
        (news,) = self.news()
        self.assertIn("This address does not exist", news["message"])
        self.assertEqual(news["type"], "danger")

    def test_a_batch_is_one_message_without_words(self):
        for _mail in range(3):
            self.commit_document_mail()
        with self.commits(self.sender) as env:
            other = env["res.partner"].create({"name": "Other", "email": TO})
            self.document, first = other.id, self.document
        self.commit_document_mail()
        self.run_queue()
        (news,) = self.news()
        self.assertEqual({d["id"] for d in news["documents"]}, {first, self.document})
        self.assertNotIn("message", news)
