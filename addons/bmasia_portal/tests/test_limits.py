"""Limits: for the visitor who reaches them, and hardly for anybody else."""

from odoo.tests import tagged

from odoo.addons.document_flow.controllers import link as links
from odoo.addons.document_sign.controllers import two_steps
from odoo.addons.document_sign.tools.wishes import Origin

from .answering import AnswerCase


@tagged("post_install", "-at_install")
class TestLimits(AnswerCase):
    def come_from(self, remote):
        """The next requests come from another address."""
        self.patch(links, "visitor", lambda: remote)
        self.patch(two_steps, "origin", lambda: Origin(remote, "Browser"))

    def addresses(self):
        """What stands for the addresses that a code can go to, the first one first."""
        return self.open().tree.xpath("//select[@name='address']/option/@value")

    def refused(self, page):
        return "several codes already" in page.alert()

    def test_who_has_the_link_leaves_codes_for_everybody_else(self):
        self.somchai.receives_quotes = self.anong.receives_quotes = True
        self.come_from("192.0.2.1")
        addresses = self.addresses()
        self.assertEqual(len(addresses), 2)
        for _again in range(20):
            for address in addresses:
                self.ask(address=address)
        mails = self.env["mail.mail"].search([("subject", "ilike", "Your code")])
        self.assertLessEqual(len(mails), 10)
        self.come_from("192.0.2.2")
        for address in addresses:
            self.assertFalse(self.refused(self.ask(address=address)), address)

    def test_a_mailbox_is_not_flooded_from_everywhere(self):
        for number in range(30):
            self.come_from(f"192.0.2.{number}")
            self.ask()
        mails = self.env["mail.mail"].search([("subject", "ilike", "Your code")])
        self.assertEqual(len(mails), 6)

    def test_one_visitor_uses_up_no_answers_of_others(self):
        self.patch(two_steps, "POSTS_A_DAY", 2)
        self.come_from("192.0.2.1")
        for _again in range(9):
            self.post("/code", full_name="")
        self.assertIn("Too many attempts", self.post("/code", full_name="").alert())
        self.come_from("192.0.2.2")
        self.assertNotIn("Too many attempts", self.post("/code", full_name="").alert())

    def test_the_page_is_read_as_often_as_people_do(self):
        self.patch(links, "REQUESTS", 3)
        self.come_from("192.0.2.1")
        for path in ("", "/pdf", ""):
            self.assertEqual(self.open(path).status, 200)
        for path in ("", "/pdf", "/file/1"):
            page = self.open(path)
            self.assertEqual(page.status, 429)
            self.assertNotIn(self.document.name, page.text)
        self.come_from("192.0.2.2")
        self.assertEqual(self.open().status, 200)
        for number in range(3, 12):
            self.come_from(f"192.0.2.{number}")
            last = [self.open().status for _again in range(2)]
        self.assertEqual(last, [429, 429])  # the link as a whole

    def test_who_is_responsible_learns_it_once_a_day(self):
        self.come_from("192.0.2.1")
        before = self.document.activity_ids
        for _again in range(5):
            self.ask()
        activity = self.document.activity_ids - before
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.document.user_id)
        self.assertIn(self.document.name, activity.summary)
        self.assertIn("call it back", activity.note)
        self.tries["limit told", f"bmasia.quote,{self.document.id}"] = 0  # tomorrow
        self.ask()
        self.assertEqual(len(self.document.activity_ids - before), 2)

    def test_a_guessed_code_is_told_as_well(self):
        asked = self.ask()
        for _again in range(6):
            self.confirm(asked, "000000" if self.mailed_code() != "000000" else "1" * 6)
        self.assertIn("Look at the links", "".join(self.names_of_activities()))

    def names_of_activities(self):
        return self.document.activity_ids.mapped("summary")
