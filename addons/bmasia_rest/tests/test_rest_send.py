"""Sending over REST: the old programs' call, every status, once per key."""

import uuid

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import PDF
from odoo.addons.document_flow.models.document_letter_mixin import MAX_RECIPIENTS

from ..controllers import schemas
from .rest import RestCase

TO = "somchai@example.com"
GONE = "gone@example.com"


@tagged("post_install", "-at_install")
class TestRestSend(RestCase):
    def test_the_old_programs_call_sends_from_the_callers_own_mailbox(self):
        quote = self.quote()
        answer = self.send(
            quote,
            {
                "recipients": [TO],
                "sender": "sales",
                "subject": "Our offer",
                "body": "As we said.",
            },
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        content = answer.json()
        self.assertEqual(content["status"], "sent")
        self.assertIn(quote.name, content["message"])
        self.assertRegex(content["sent_date"], r"^\d{4}-\d\d-\d\dT[\d:]{8}Z$")
        self.assertIn(self.nikki.email, content["from"])
        schemas.SendAnswer.model_validate(content, extra="forbid")
        (received,) = self.server.messages
        self.assertEqual(received.login, self.nikki.login)
        self.assertEqual(received.message["Subject"], "Our offer")
        (attached,) = received.attachments.values()
        self.assertTrue(attached.startswith(PDF))
        self.assertEqual((quote.state, quote.send_state), ("sent", "sent"))

    def test_nobody_sends_as_another_profile(self):
        quote = self.quote()
        self.nikki.sender_profile = False
        for profile in ("finance", "admin", "sales", "somebody"):
            answer = self.send(quote, {"sender": profile})
            self.assertError(answer, 403, "forbidden", profile)
        self.assertFalse(self.server.messages or quote.name)

    def test_without_a_body_everything_comes_from_the_template(self):
        quote = self.quote()
        answer = self.call(f"quotes/{quote.id}/send", method="POST")
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_a_document_is_found_by_id_number_and_old_uuid_with_and_without_slash(self):
        quote = self.quote()
        quote.sudo().legacy_uuid = old = str(uuid.uuid4())
        quote.action_mark_sent()
        for key in (quote.id, quote.name, old, old.upper()):
            for slash in ("", "/"):
                with self.subTest(key=key, slash=slash):
                    address = f"quotes/{key}/send{slash}"
                    again = {"send_again": True}
                    answer = self.call(address, method="POST", body=again)
                    self.assertEqual(answer.status_code, 200, answer.text)
                    self.assertEqual(answer.json()["number"], quote.name)
        self.assertEqual(self.server.copies(), {TO: 8})

    def test_every_kind_of_document_by_who_may(self):
        contract, invoice = self.contract(), self.invoice()
        self.assertEqual(self.send(contract).status_code, 200)
        self.assertError(self.send(invoice, user=self.nikki), 403, "forbidden")
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(self.send(invoice).status_code, 200)
        self.assertEqual(invoice.state, "issued")

    def test_a_busy_server_is_202_and_says_until_when(self):
        self.server.reply("RCPT", to=TO, with_=(451, "4.3.0 later"), times=1)
        quote = self.quote()
        answer = self.send(quote)
        self.assertEqual(answer.status_code, 202, answer.text)
        content = answer.json()
        self.assertEqual((content["status"], content["sent_date"]), ("queued", None))
        next_attempt = f"{quote.delivery_ids.next_attempt.isoformat()}Z"
        self.assertEqual(content["queued_until"][:19], next_attempt[:19])
        again = self.send(quote)
        self.assertError(again, 409, "wrong_state", "being sent already")

    def test_a_refusal_is_502_with_the_servers_code_and_words(self):
        self.server.reply("RCPT", to=GONE, with_=(550, "5.1.1 no such user"))
        quote = self.quote()
        content = self.assertError(
            self.send(quote, {"recipients": [GONE]}), 502, "mail_refused", "not sent"
        )
        details = content["details"]
        self.assertEqual(details["smtp_code"], 550)
        self.assertIn("5.1.1 no such user", details["smtp_words"])
        self.assertEqual(details["number"], quote.name)
        self.assertEqual((quote.state, quote.send_state), ("draft", "refused"))

    def test_one_refused_of_two_is_200_and_named(self):
        self.server.reply("RCPT", to=GONE, with_=(550, "5.1.1 no such user"))
        answer = self.send(self.quote(), {"recipients": [GONE, TO]})
        self.assertEqual(answer.status_code, 200)
        states = {d["recipient"]: d["state"] for d in answer.json()["deliveries"]}
        self.assertEqual(answer.json()["status"], "partial")
        self.assertEqual(states, {GONE: "refused", TO: "sent"})

    def test_a_settled_document_is_409(self):
        quote = self.quote()
        quote.action_mark_sent()
        quote.action_reject("Too dear")
        self.assertError(self.send(quote), 409, "wrong_state", "declined")

    def test_the_same_letter_again_is_a_conflict(self):
        quote = self.quote()
        self.assertEqual(self.send(quote).status_code, 200)
        self.assertError(self.send(quote), 409, "wrong_state", "send_again")
        self.assertEqual(self.send(quote, {"send_again": True}).status_code, 200)
        self.assertEqual(self.send(quote, Idempotency_Key="k").status_code, 200)
        self.assertEqual(self.server.copies(), {TO: 3})

    def test_what_is_missing_is_422_and_says_what(self):
        empty = self.quote(self.line(display_type="line_note"))
        self.assertError(self.send(empty), 422, "invalid", "no lines")
        quote = self.quote(user=self.norbert)
        self.assertError(self.send(quote), 422, "invalid", "mailbox")
        quote = self.quote()
        for words, body in (
            ("no e-mail address", {"recipients": ["somchai at hilton"]}),
            ("in one line", {"recipients": [f"{TO}\r\nBcc: {GONE}"]}),
            ("Nobody to send", {"recipients": []}),
            ("still holds a variable", {"subject": "For {{ object.nobody }}"}),
            ("no subject", {"subject": ""}),
        ):
            with self.subTest(words):
                self.assertError(self.send(quote, body), 422, "invalid", words)
        self.assertFalse(self.server.messages or quote.name)

    def test_the_same_key_sends_once_and_tells_the_first_answer(self):
        quote = self.quote()
        first = self.send(quote, Idempotency_Key="once")
        again = self.send(quote, Idempotency_Key="once")
        self.assertEqual(first.status_code, 200, first.text)
        self.assertEqual(again.json(), first.json())
        self.assertEqual(self.server.copies(), {TO: 1})
        other = self.send(quote, {"subject": "Another"}, Idempotency_Key="once")
        self.assertError(other, 422, "invalid", "other words")
        elsewhere = self.send(self.quote(), Idempotency_Key="once")
        self.assertError(elsewhere, 422, "invalid", "another document")

    def test_a_repeated_refusal_is_502_again(self):
        self.server.reply("RCPT", to=TO, with_=(550, "5.1.1 no such user"), times=1)
        quote = self.quote()
        first = self.send(quote, Idempotency_Key="k")
        again = self.send(quote, Idempotency_Key="k")
        self.assertEqual((first.status_code, again.status_code), (502, 502))
        self.assertEqual(again.json(), first.json())
        self.assertFalse(self.server.copies())

    def test_a_bad_idempotency_key_is_400(self):
        quote = self.quote()
        for key in ("", "x" * 201):
            answer = self.send(quote, Idempotency_Key=key)
            self.assertError(answer, 400, "bad_request", "Idempotency-Key")
        self.assertFalse(quote.name)

    def test_the_schema_has_the_models_limit_of_recipients(self):
        self.assertEqual(schemas.MAX_RECIPIENTS, MAX_RECIPIENTS)
