"""Two answers at once, in real transactions."""

from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.test_at_once import AtOnceCase
from odoo.addons.document_sign.exceptions import AnswerRefused
from odoo.addons.document_sign.tools import codes
from odoo.addons.document_sign.tools.wishes import Origin, Wish

# What an answer leaves, the last first.
TABLES = ("document_acceptance", "document_event", "document_code", "document_link")


class Undone(Exception):
    """A request that ends with an error."""


@tagged("post_install", "-at_install")
class TestAnswersAtOnce(AtOnceCase):
    def setUp(self):
        super().setUp()
        self.quote_id = self.make("bmasia.quote")
        self.addCleanup(self.forget_answers)
        with self.worker() as env:
            quote = env["bmasia.quote"].browse(self.quote_id)
            quote.action_mark_sent()
            customer = env["bmasia.company"].browse(self.customer_id).partner_id
            customer.email = "somchai@example.com, anong@example.com"
            link, _address = env["document.link"]._make(quote, "mail")
            self.link_id = link.id

    def forget_answers(self):
        """Past the triggers that keep them."""
        with self.worker() as env:
            for table in TABLES:
                env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                env.cr.execute(f"DELETE FROM {table} WHERE res_id = %s", self.here)
                env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            env["mail.mail"].search([("email_to", "ilike", "@example.com")]).unlink()

    @property
    def here(self):
        return (self.quote_id,)

    def document(self, env):
        quote = env["bmasia.quote"].browse(self.quote_id)
        return quote.with_user(SUPERUSER_ID), env["document.link"].browse(self.link_id)

    def ask(self, number, name, answer="accepted", reason=""):
        """A code for one of the customer's addresses, which somebody has; its id."""
        with self.worker() as env:
            return self.ask_in(env, number, name, answer, reason)

    def ask_in(self, env, number, name, answer="accepted", reason=""):
        quote, link = self.document(env)
        wish = Wish(
            answer=answer,
            sha256=quote._kept_pdf().document_sha256,
            name=name,
            choice=[*quote._answer_addresses(link)][number],
            reason=reason,
        )
        return quote._ask_for_code(link, wish, Origin()).id

    def taking(self, code_id):
        def job(env):
            quote, _link = self.document(env)
            code = env["document.code"].browse(code_id)
            return quote._take_answer(code, Origin()).answer

        return job

    def test_one_counts_and_the_other_one_reads_why_not(self):
        first = self.ask(0, "Somchai")
        second = self.ask(1, "Anong", "declined", "Too dear")
        answers = self.at_once(self.taking(first), self.taking(second))
        told = [each for each in answers if isinstance(each, AnswerRefused)]
        self.assertEqual(len(told), 1, answers)
        self.assertIn("has answered already", str(told[0]))
        with self.worker() as env:
            quote, _link = self.document(env)
            self.assertEqual(len(quote.acceptance_ids), 1)
            expected = {"accepted": "accepted", "rejected": "declined"}
            self.assertEqual(
                quote.acceptance_ids.answer, expected[quote.state], quote.state
            )
            self.assertFalse(env["document.event"]._broken(quote))

    def test_one_code_counts_once(self):
        code = self.ask(0, "Somchai")
        answers = self.at_once(self.taking(code))
        told = [each for each in answers if isinstance(each, AnswerRefused)]
        self.assertEqual(len(told), 1, answers)

    def test_tries_count_though_their_requests_are_undone(self):
        with patch.object(codes, "new_code", lambda: "123456"):
            code_id = self.ask(0, "Somchai")

        def tried(typed):
            with self.worker() as env:
                code = env["document.code"].browse(code_id)
                said = code._why_not_proved(typed, Origin())
                env.cr.rollback()
                return said

        for _time in range(codes.TRIES):
            self.assertIn("not the code", tried("654321"))
        self.assertIn("Too many attempts", tried("123456"))

    def test_codes_count_though_their_requests_are_undone(self):
        for _time in range(3):
            with self.assertRaises(Undone), self.worker() as env:
                self.ask_in(env, 0, "Somchai")
                raise Undone
        with self.assertRaisesRegex(AnswerRefused, "several codes already"):
            self.ask(0, "Somchai")

    def test_events_at_once_make_one_chain(self):
        def note(env):
            quote, link = self.document(env)
            return quote._record_event("viewed", link=link).previous

        answers = self.at_once(*[note] * 4)
        self.assertEqual(len({*answers}), 4)
        with self.worker() as env:
            quote, _link = self.document(env)
            self.assertEqual(len(quote.event_ids), 4)
            self.assertFalse(env["document.event"]._broken(quote))
