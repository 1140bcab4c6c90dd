"""The same letter to the same people within minutes: asked first, never sent twice."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.document_flow.models.document_checked_mixin import REPEAT_MINUTES

from .common import SendingCase

TO = "somchai@example.com"


@tagged("post_install", "-at_install")
class TestRepeatedLetters(SendingCase):
    def wizard_of(self, document):
        action = document.action_send()
        wizards = self.env[action["res_model"]].with_user(document.env.user)
        return wizards.browse(action["res_id"])

    def test_a_second_call_is_told_when_and_to_whom_it_went(self):
        quote = self.quote()
        quote.send_email()
        with self.assertRaisesRegex(UserError, rf"{quote.name}.*{TO}.*\d\d:\d\d"):
            quote.send_email()
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(quote.send_email(send_again=True)["status"], "sent")
        self.assertEqual(self.server.copies(), {TO: 2})

    def test_a_key_of_ones_own_tells_a_new_call_from_a_repeated_one(self):
        quote = self.quote()
        for key in ("one", "one", "two"):
            quote.send_email(idempotency_key=key)
        self.assertEqual(self.server.copies(), {TO: 2})
        with self.assertRaises(UserError):
            quote.send_email(idempotency_key="three", send_again=False)

    def test_other_words_other_people_or_another_file_are_another_letter(self):
        quote = self.quote()
        quote.send_email()
        quote.send_email(subject="Once more")
        quote.send_email(recipients=[TO, "boss@example.com"])
        quote.send_email(cc=["boss@example.com"], body="Other words")
        self.assertEqual(len(self.server.messages), 6)

    def test_the_order_and_spelling_of_the_people_does_not_matter(self):
        quote = self.quote()
        quote.send_email(recipients=[TO, "b@example.com"], body="x")
        with self.assertRaises(UserError):
            quote.send_email(recipients="B@example.com; SOMCHAI@example.com", body="x")

    def test_after_some_minutes_it_is_a_reminder(self):
        quote = self.quote()
        quote.send_email()
        requests = self.env["document.send.request"].sudo().search([])
        old = fields.Datetime.now() - timedelta(minutes=REPEAT_MINUTES + 1)
        self.env.cr.execute(
            "UPDATE document_send_request SET create_date = %s WHERE id IN %s",
            (old, tuple(requests.ids)),
        )
        requests.invalidate_recordset()
        self.assertEqual(quote.send_email()["status"], "sent")

    def test_what_was_refused_or_taken_back_may_go_again(self):
        self.server.reply("RCPT", to=TO, with_=(550, "5.1.1 no"), times=1)
        quote = self.quote()
        quote.send_email()
        self.assertEqual(quote.send_email()["status"], "sent")
        other = self.quote()
        other.send_email(send_at=fields.Datetime.now() + timedelta(hours=1))
        other.action_cancel_mail()
        self.assertEqual(other.send_email()["status"], "sent")

    def test_the_wizard_asks_and_the_answer_counts(self):
        quote = self.quote()
        first, second = self.wizard_of(quote), self.wizard_of(quote)
        first.action_send()
        self.env.invalidate_all()
        # opened before the number was given: its words are the same letter
        again = second.action_send()
        self.assertEqual(again["res_id"], second.id)
        self.assertIn("has just gone", second.repeat_note)
        self.assertEqual(self.server.copies(), {TO: 1})
        second.action_send_again()
        self.assertEqual(self.server.copies(), {TO: 2})

    def test_every_kind_of_document_asks(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(100)
        for document in (
            self.quote(),
            self.contract(),
            self.invoice(),
            invoice.receipt_ids,
        ):
            with self.subTest(document._name):
                document.send_email()
                with self.assertRaisesRegex(UserError, "has just gone"):
                    document.send_email()
        contract = self.active_contract()
        contract.send_renewal_notice()
        with self.assertRaisesRegex(UserError, "has just gone"):
            contract.send_renewal_notice()
