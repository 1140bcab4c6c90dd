"""Odoo runs a request again after a conflict: what has left is not sent again."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.retried import TO, RetriedCase


@tagged("post_install", "-at_install")
class TestRestRetry(RetriedCase):
    def send(self, **headers):
        address = f"/api/v1/quotes/{self.quote_id}/send"
        return self.post(address, {"recipients": [TO], "send_again": True}, **headers)

    def test_a_request_that_is_run_again_sends_one_mail(self):
        for sent, method in enumerate(("_write_mail", "_answer"), 1):
            with self.subTest(method):
                with self.collision(method) as calls:
                    answer = self.send()
                self.assertEqual(len(calls), 2, "it was not run again")
                self.assertEqual(answer["status"], "sent", answer)
                self.assertEqual(self.server.copies(), {TO: sent})

    def test_with_a_key_of_the_caller_s_own(self):
        with self.collision("_answer") as calls:
            answer = self.send(**{"Idempotency-Key": "order-1"})
        self.assertEqual(len(calls), 2, "it was not run again")
        self.assertEqual(answer, self.send(**{"Idempotency-Key": "order-1"}))
        self.assertEqual(self.server.copies(), {TO: 1})
        self.send(**{"Idempotency-Key": "order-2"})
        self.assertEqual(self.server.copies(), {TO: 2})

    def test_the_model_is_always_given_a_key(self):
        keys, quotes = [], self.registry["bmasia.quote"]
        original = quotes.send_email

        def send_email(quote, **letter):
            keys.append(letter["idempotency_key"])
            return original(quote, **letter)

        self.patch(quotes, "send_email", send_email)
        self.send()
        self.send()
        self.assertTrue(all(keys))
        self.assertEqual(len(set(keys)), 2)
