"""Many documents in one go: each its own mail, whatever becomes of the others."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.document_flow.models import document_send_batch

from .common import SendingCase

TO = "somchai@example.com"


@tagged("post_install", "-at_install")
class TestSendBatch(SendingCase):
    def batch_of(self, documents):
        action = documents.action_send()
        self.assertEqual(action["res_model"], "document.send.batch")
        return (
            self.env["document.send.batch"]
            .with_user(self.nikki)
            .browse(action["res_id"])
        )

    def three_quotes(self):
        return self.quote() | self.quote() | self.quote()

    def run_cron(self):
        self.env["document.send.batch"]._cron_send()

    def deliver(self):
        self.env["mail.mail"]._deliver_queue()
        self.env.invalidate_all()

    def test_it_is_reviewed_before_anything_happens(self):
        quotes = self.three_quotes()
        batch = self.batch_of(quotes)
        self.assertEqual(batch.line_ids.mapped("state"), ["waiting"] * 3)
        self.assertIn(TO, batch.line_ids[0].recipients)
        self.run_cron()
        self.assertFalse(any(quotes.mapped("name")))

    def test_each_document_is_a_mail_of_its_own(self):
        quotes = self.three_quotes()
        batch = self.batch_of(quotes)
        batch.action_send()
        self.run_cron()
        self.assertEqual(batch.line_ids.mapped("state"), ["queued"] * 3)
        self.assertFalse(self.server.messages)
        self.deliver()
        self.assertEqual(batch.line_ids.mapped("state"), ["sent"] * 3)
        self.assertEqual(self.server.copies(), {TO: 3})
        self.assertEqual(set(quotes.mapped("state")), {"sent"})
        subjects = {m.message["Subject"] for m in self.server.messages}
        self.assertEqual(len(subjects), 3)
        self.assertEqual({m.login for m in self.server.messages}, {self.nikki.login})
        self.assertEqual((batch.progress, batch.is_moving), (100, False))

    def test_running_twice_and_after_a_crash_sends_once(self):
        quotes = self.three_quotes()
        batch = self.batch_of(quotes)
        batch.action_send()
        batch.action_send()
        self.run_cron()
        # the worker died before it noted the first one
        batch.sudo().line_ids[0].request_id = False
        self.run_cron()
        self.deliver()
        self.run_cron()
        self.deliver()
        self.assertEqual(self.server.copies(), {TO: 3})

    def test_it_is_done_with_the_last_answer(self):
        batch = self.batch_of(self.three_quotes())
        self.assertEqual(batch.name, "3 quotes")
        batch.action_send()
        self.assertEqual(batch.state, "running")
        self.run_cron()
        self.assertEqual(batch.state, "running")
        self.deliver()
        self.assertEqual(batch.state, "done")

    def test_one_in_which_nothing_could_be_sent_is_done_too(self):
        quotes = self.three_quotes()
        batch = self.batch_of(quotes)
        batch.action_send()
        quotes.line_ids.unlink()
        self.run_cron()
        self.assertEqual(batch.state, "done")

    def test_what_was_sent_is_not_sent_anew_once_its_requests_are_forgotten(self):
        batch = self.batch_of(self.three_quotes())
        batch.action_send()
        self.run_cron()
        self.deliver()
        batch.line_ids.sudo().request_id.unlink()
        self.run_cron()
        self.deliver()
        self.assertEqual(self.server.copies(), {TO: 3})
        self.assertEqual(batch.line_ids.mapped("state"), ["sent"] * 3)

    def test_the_summary_tells_sent_refused_and_blocked_apart(self):
        self.server.reply("RCPT", to=TO, with_=(550, "5.1.1 no such user"), times=1)
        empty = self.env["bmasia.quote"].with_user(self.nikki)
        empty = empty.create({"customer_id": self.hilton.id})
        batch = self.batch_of(self.quote() | empty | self.quote())
        self.assertEqual(batch.line_ids[1].state, "blocked")
        self.assertIn("no lines", batch.line_ids[1].words)
        batch.action_send()
        self.run_cron()
        self.deliver()
        states = batch.line_ids.mapped("state")
        self.assertEqual(sorted(states), ["blocked", "refused", "sent"])
        self.assertEqual(batch.summary, "Cannot Be Sent 1 · Sent 1 · Refused 1")
        self.assertFalse(empty.name)

    def test_one_that_breaks_meanwhile_stops_no_other_and_gets_no_number(self):
        quotes = self.three_quotes()
        batch = self.batch_of(quotes)
        batch.action_send()
        quotes[0].line_ids.unlink()
        self.run_cron()
        self.deliver()
        self.assertEqual(batch.line_ids.mapped("state"), ["blocked", "sent", "sent"])
        self.assertFalse(quotes[0].name)

    def test_a_document_can_be_left_out_and_the_rest_stopped(self):
        quotes = self.three_quotes()
        batch = self.batch_of(quotes)
        batch.line_ids[0].action_remove()
        batch.action_send()
        with self.assertRaises(UserError):
            batch.line_ids[0].action_remove()
        self.run_cron()
        batch.action_stop()
        self.deliver()
        self.assertFalse(self.server.messages)
        self.assertEqual(set(quotes.mapped("state")), {"draft"})

    def test_every_kind_is_sent_from_its_list(self):
        """By the shared list's button."""
        for kind in self.env["document.mixin"]._kinds().values():
            with self.subTest(kind=kind._name):
                view = kind.get_view(view_type="list")
                buttons = etree.fromstring(view["arch"]).findall("header/button")
                offered = {button.get("name") for button in buttons}
                self.assertIn("action_send", offered)

    def test_only_its_maker_sends_it(self):
        batch = self.batch_of(self.three_quotes()).with_user(self.pom)
        for method in (batch.action_send, batch.action_stop):
            with self.assertRaises(AccessError):
                method()
        with self.assertRaises(AccessError):
            batch.with_user(self.norbert).write({"state": "running"})

    def test_without_an_account_nothing_starts(self):
        quotes = self.three_quotes().with_user(self.norbert)
        batch = self.batch_of(quotes).with_user(self.norbert)
        self.assertEqual(set(batch.line_ids.mapped("state")), {"blocked"})
        with self.assertRaisesRegex(UserError, "mailbox"):
            batch.action_send()

    def test_more_than_a_batch_holds_are_several_batches(self):
        self.patch(document_send_batch, "MAX_DOCUMENTS", 2)
        quotes = self.three_quotes() | self.three_quotes()[:2]
        action = quotes.action_send()
        batches = self.env["document.send.batch"].search(action["domain"], order="id")
        self.assertEqual(
            batches.mapped("name"),
            ["2 quotes (1 of 3)", "2 quotes (2 of 3)", "1 quote (3 of 3)"],
        )
        self.assertEqual(batches.line_ids.mapped("res_id"), quotes.ids)
        self.assertEqual(action["views"][0][1], "list")
        for batch in batches.with_user(self.nikki):
            batch.action_send()
        self.run_cron()
        self.deliver()
        self.assertEqual(self.server.copies(), {TO: 5})
        self.assertEqual(set(batches.mapped("state")), {"done"})

    def test_too_many_are_refused(self):
        self.patch(document_send_batch, "MAX_BATCHES", 1)
        quotes = self.env["bmasia.quote"].browse([self.quote().id] * 501)
        with self.assertRaisesRegex(UserError, "At most 500"):
            self.env["document.send.batch"]._open_for(quotes)
