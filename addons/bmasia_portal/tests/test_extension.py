"""A quote that has expired: its customer asks for more time."""

from odoo.tests import tagged

from .answering import AnswerCase


@tagged("post_install", "-at_install")
class TestExtension(AnswerCase):
    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_quote SET date = '2020-01-01', valid_until = '2020-01-31'"
            " WHERE id = %s",
            (self.document.id,),
        )
        self.env.invalidate_all()
        self.link().sudo().fixed_end = self.document._today()

    def test_it_is_asked_for_and_somebody_is_told(self):
        self.document.sudo()._transition_to("expired")
        page = self.open()
        self.assertIn("Ask for an extension", page.text)
        self.assertFalse(page.panel())
        done = self.post("/extend")
        self.assertIn("We have been told", done.text)
        title = f"Hilton Pattaya asks to extend {self.document.name}"
        activity = self.document.activity_ids.filtered(lambda a: a.summary == title)
        self.assertEqual(activity.user_id, self.nikki)
        self.assertTrue(self.env["mail.mail"].search([("subject", "=", title)]))
        self.assertIn("extension", self.kinds())
        self.assertEqual(self.document.state, "expired")

    def test_on_the_day_before_the_cron_has_run(self):
        self.assertEqual(self.document.state, "sent")
        self.assertIn("Ask for an extension", self.open().text)
        self.post("/extend")
        self.assertIn("extension", self.kinds())

    def test_a_few_times_only(self):
        for _time in range(2):
            self.post("/extend")
        self.assertIn("Too many attempts", self.post("/extend").alert())
        self.assertEqual(self.kinds().count("extension"), 2)

    def test_a_quote_that_holds_needs_none(self):
        other = self.sent_quote()
        key = self.new_key(other)
        self.assertNotIn("extension", self.open(key=key).text)
        self.assertIn("needs no extension", self.post("/extend", key=key).alert())
        self.assertEqual(self.kinds(other), [])

    def test_our_own_look_asks_for_nothing(self):
        key = self.new_key(self.document, "preview")
        self.assertIn("Only the customer", self.post("/extend", key=key).alert())
        self.assertEqual(self.kinds(), [])

    def test_once_it_is_extended_it_is_accepted(self):
        self.document.sudo()._transition_to("expired")
        self.post("/extend")
        until = self.document._proposed_extension()
        self.document.action_extend(until)
        self.accept()
        self.assertEqual(self.document.state, "accepted")
