"""Whom a document is sent to over REST: the same spellings as by every way in."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.test_recipients import (
    REFUSED,
    WAYS_TO_WRITE,
    no_pace,
)

from .rest import RestCase

TO = "somchai@example.com"


@tagged("post_install", "-at_install")
class TestRestRecipients(RestCase):
    def setUp(self):
        super().setUp()
        no_pace(self)

    def test_texts_and_lists_are_read(self):
        for typed, expected in WAYS_TO_WRITE:
            with self.subTest(typed):
                self.server.messages.clear()
                answer = self.send(self.quote(), {"recipients": typed, "cc": typed})
                self.assertEqual(answer.status_code, 200, answer.text)
                self.assertEqual(self.server.copies(), dict.fromkeys(expected, 1))

    def test_what_is_no_address_is_refused_with_a_sentence(self):
        for typed, words in REFUSED:
            with self.subTest(typed):
                quote = self.quote()
                answer = self.send(quote, {"recipients": typed})
                words = words if isinstance(typed, str) else ""
                self.assertError(answer, 422, "invalid", words)
                self.assertFalse(quote.name)

    def test_an_archived_contact_is_refused(self):
        self.anong.active = False
        quote = self.quote(partner_id=self.somchai.id)
        self.somchai.active = False
        for values in ({}, {"recipients": [TO]}, {"recipients": [TO.upper()]}):
            with self.subTest(values):
                self.assertError(self.send(quote, values), 422, "invalid")
        self.assertFalse(quote.name or self.server.messages)
