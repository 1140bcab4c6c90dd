"""Sending: each through their own account, and what becomes of the document."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PDF, SendingCase

TO = "somchai@example.com"
GONE = "gone@example.com"


@tagged("post_install", "-at_install")
class TestSending(SendingCase):
    def test_a_quote_leaves_through_its_senders_account(self):
        quote = self.quote()
        answer = quote.send_email(cc=["boss@example.com"])
        self.assertEqual(answer["status"], "sent", answer)
        self.assertEqual((quote.state, quote.send_state), ("sent", "sent"))
        self.assertEqual(answer["number"], quote.name)
        self.assertEqual(self.server.copies(), {TO: 1, "boss@example.com": 1})
        for received in self.server.messages:
            message = received.message
            self.assertEqual(received.login, self.nikki.login)
            self.assertEqual(received.sender, self.nikki.email)
            self.assertIn(self.nikki.email, message["From"])
            self.assertIn(self.nikki.email, message["Reply-To"])
            self.assertIn("boss@example.com", message["Cc"])
            ((name, content),) = received.attachments.items()
            self.assertTrue(content.startswith(PDF))
            self.assertIn(quote.name, name)
        headers = {m.message["Message-ID"] for m in self.server.messages}
        self.assertEqual(headers, {quote.send_header})

    def test_the_archived_bytes_are_the_sent_ones(self):
        quote = self.quote()
        quote.send_email()
        quote.send_email(send_again=True)
        self.assertEqual(len(quote.archive_ids), 1)
        self.assertEqual(len(self.server.messages), 2)
        for message in self.server.messages:
            (content,) = message.attachments.values()
            self.assertEqual(content, quote.archive_ids.raw)

    def test_sending_shows_in_the_chatter(self):
        quote = self.quote()
        quote.send_email(subject="Our offer", body="As we said.")
        message = quote.message_ids.filtered(lambda m: m.subject == "Our offer")
        self.assertEqual(message.author_id, self.nikki.partner_id)
        self.assertEqual(message.attachment_ids, quote.archive_ids)

    def test_a_refusal_leaves_a_draft_with_its_number(self):
        self.server.reply("RCPT", to=TO, with_=(550, "5.1.1 no such user"), times=1)
        quote = self.quote()
        answer = quote.send_email()
        self.assertEqual((answer["status"], quote.state), ("refused", "draft"))
        self.assertEqual(answer["deliveries"][0]["code"], 550)
        self.assertIn("no such user", answer["deliveries"][0]["error"])
        self.assertEqual(quote.send_state, "refused")
        number = quote.name
        quote.note = "With another discount"
        answer = quote.send_email()
        self.assertEqual((answer["status"], quote.name), ("sent", number))

    def test_one_refused_recipient_does_not_stop_the_others(self):
        self.server.reply("RCPT", to=GONE, with_=(550, "5.1.1 no such user"))
        quote = self.quote()
        answer = quote.send_email(recipients=[GONE, TO])
        self.assertEqual((answer["status"], quote.state), ("partial", "sent"))
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_a_busy_server_queues_the_document_and_closes_it(self):
        self.server.reply("RCPT", to=TO, with_=(451, "4.3.0 later"), times=1)
        quote = self.quote()
        answer = quote.send_email()
        self.assertEqual((answer["status"], quote.state), ("queued", "draft"))
        with self.assertRaisesRegex(UserError, "being sent"):
            quote.note = "Changed meanwhile"
        with self.assertRaisesRegex(UserError, "being sent"):
            quote.send_email()

    def test_a_queue_is_explained_by_what_waits_not_by_what_was_refused(self):
        boss, gone = "boss@example.com", "gone@example.com"
        for refused in (TO, gone):
            self.server.reply("RCPT", to=refused, with_=(550, "5.1.1 no such user"))
        self.server.reply("RCPT", to=boss, with_=(451, "4.3.0 later"))
        quote = self.quote()
        answer = quote.send_email(cc=[boss, gone])
        states = {row["recipient"]: row["state"] for row in answer["deliveries"]}
        self.assertEqual(states, {TO: "refused", boss: "deferred", gone: "refused"})
        self.assertIn("is in the queue", answer["message"])
        self.assertNotIn("exist", answer["message"])
        quote.invalidate_recordset()
        self.assertRegex(quote.send_info, "^Queued: .*come back later")

    def test_the_same_key_sends_once(self):
        quote = self.quote()
        first = quote.send_email(idempotency_key="once")
        self.assertEqual(quote.send_email(idempotency_key="once"), first)
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_bad_letters_are_refused_before_anything_is_written(self):
        quote = self.quote()
        for words, values in (
            ("no e-mail address", {"recipients": ["somchai at hilton"]}),
            ("Nobody to send", {"recipients": []}),
            ("still holds a variable", {"subject": "For {{ object.nobody }}"}),
            ("no subject", {"subject": "  "}),
            ("body is empty", {"body": "<p> </p>"}),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                quote.send_email(**values)
        self.assertFalse(quote.name or quote.delivery_ids or self.server.messages)

    def test_without_an_account_nothing_is_written(self):
        quote = self.quote(user=self.norbert)
        with self.assertRaisesRegex(UserError, "mailbox"):
            quote.send_email()
        self.assertFalse(quote.name or quote.delivery_ids)

    def test_a_contract_with_an_unknown_variable_stays(self):
        template = self.env["bmasia.contract.template"].create(
            {
                "name": "Sample",
                "section_ids": [(0, 0, {"name": "Who", "body": "{{signatory_name}}"})],
            }
        )
        contract = self.contract(template_id=template.id)
        with self.assertRaisesRegex(UserError, "signatory_name"):
            contract.send_email()
        contract.signatory_ids = [(0, 0, {"name": "Khun Somchai"})]
        self.assertEqual(contract.send_email()["status"], "sent")

    def test_an_invoice_is_issued_by_sending_and_only_by_finance(self):
        invoice = self.invoice()
        with self.assertRaises(AccessError):
            invoice.with_user(self.nikki).send_email()
        answer = invoice.send_email()
        self.assertEqual((answer["status"], invoice.state), ("sent", "issued"))
        self.assertEqual(self.server.messages[0].login, self.pom.login)

    def test_a_receipt_goes_to_who_pays(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(100)
        answer = invoice.receipt_ids.send_email()
        self.assertEqual(answer["number"], invoice.receipt_ids.name)
        self.assertIn("anong@example.com", self.server.copies())

    def test_a_renewal_notice_carries_no_document(self):
        contract = self.active_contract()
        answer = contract.send_renewal_notice()
        self.assertEqual(answer["status"], "sent")
        self.assertFalse(self.server.messages[-1].attachments)
        self.assertTrue(contract.notice_date)


@tagged("post_install", "-at_install")
class TestWizard(SendingCase):
    def wizard_of(self, document):
        action = document.action_send()
        return (
            self.env[action["res_model"]]
            .with_user(document.env.user)
            .browse(action["res_id"])
        )

    def test_everything_is_filled_in(self):
        wizard = self.wizard_of(self.quote())
        self.assertEqual(wizard.recipient_ids, self.somchai)
        self.assertEqual(wizard.sender_policy, "own")
        self.assertIn(f"<{self.nikki.email}> via localhost", wizard.sender_line)
        self.assertIn("Hilton Pattaya", wizard.subject)
        self.assertIn("number is assigned", wizard.preview_note)
        self.assertTrue(wizard.preview)

    def test_opening_it_gives_no_number(self):
        quote = self.quote()
        self.wizard_of(quote)
        self.assertFalse(quote.name)

    def test_a_second_click_sends_nothing(self):
        quote = self.quote()
        wizard = self.wizard_of(quote)
        wizard.action_send()
        wizard.action_send()
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_the_servers_words_are_shown_and_only_the_rest_is_sent_again(self):
        self.server.reply("RCPT", to=GONE, with_=(550, "5.1.1 no such user"), times=1)
        wizard = self.wizard_of(self.quote())
        wizard.other_recipients = GONE
        again = wizard.action_send()
        self.assertEqual(again["res_id"], wizard.id)
        self.assertIn("550", wizard.outcome)
        self.assertIn("no such user", wizard.outcome)
        self.assertFalse(wizard.recipient_ids)
        wizard.action_send()
        self.assertEqual(self.server.copies(), {TO: 1, GONE: 1})

    def test_a_print_error_gives_no_mail_and_no_number(self):
        quote = self.quote()
        broken = patch.object(
            type(quote), "_render_pdf", side_effect=UserError("No room for this text")
        )
        with broken, self.assertRaises(UserError), self.env.cr.savepoint():
            quote.send_email()
        quote.invalidate_recordset()
        self.assertFalse(quote.name or self.server.messages)
