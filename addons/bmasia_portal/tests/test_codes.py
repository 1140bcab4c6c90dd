"""The code: to an address on file, for ten minutes, once."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from .answering import CODE, AnswerCase


@tagged("post_install", "-at_install")
class TestCodes(AnswerCase):
    def test_the_mail_says_what_it_is_for_and_has_no_link(self):
        self.ask()
        mail = self.code_mail()
        self.assertIn(f"you accept quote {self.document.name}", mail.body_html)
        self.assertNotIn("/d/", mail.body_html)
        self.assertNotIn("http", mail.body_html)
        self.assertNotRegex(mail.subject, r"\d{6}$")
        self.assertTrue(mail.auto_delete)
        self.assertFalse(mail.model or mail.res_id)
        self.ask("/decline", reason="Too dear")
        self.assertIn("you decline quote", self.code_mail().body_html)

    def test_it_is_the_system_s_mail_and_no_person_s(self):
        self.thailand.email = "office@example.com"
        self.ask()
        mail = self.code_mail()
        self.assertFalse(mail.sender_id)
        self.assertIn("office@example.com", mail.email_from)

    def test_it_is_kept_as_a_digest_and_nowhere_else(self):
        self.ask()
        code = self.mailed_code()
        kept = self.env["document.code"].search([], limit=1)
        self.assertEqual(len(kept.sudo().digest), 64)
        for name, value in kept.sudo().read()[0].items():
            if name not in ("id", "ticket", "digest", "sha256", "sentence"):
                self.assertNotIn(code, str(value), name)
        bodies = self.document.message_ids.mapped("body")
        self.assertFalse(any(code in str(body) for body in bodies))
        for event in self.document.sudo().event_ids:
            self.assertNotIn(code, str(event.facts))

    def offered(self, key=None):
        """The addresses that the page offers."""
        self.env.flush_all()
        document = self.document.with_user(SUPERUSER_ID)
        boxes = document._answer_addresses(self.link(key))
        return [box.address for box in boxes.values()]

    def test_only_who_has_the_document_is_offered(self):
        values = {"parent_id": self.hilton.partner_id.id, "contact_type": "technical"}
        for name in ("carl", "dora", "emil"):
            values["email"] = f"{name}@example.com"
            self.env["res.partner"].create({**values, "name": name})
        self.anong.receives_quotes = False
        self.assertEqual(self.offered(), ["somchai@example.com"])
        # a mail of this document went to them, with another link
        self.new_key(self.document, recipients="dora@example.com, who@example.com")
        self.assertEqual(self.offered(), ["somchai@example.com", "dora@example.com"])
        self.anong.receives_quotes = True
        self.assertIn("anong@example.com", self.offered())
        self.assertNotIn("carl@example.com", self.offered())

    def test_who_got_a_copy_is_offered(self):
        self.thailand.smtp_policy = "relay"
        self.document.with_user(self.nikki).send_email(
            recipients=["somchai@example.com"], cc=["anong@example.com"]
        )
        self.anong.receives_quotes = False
        self.assertIn("anong@example.com", self.offered())

    def test_a_login_of_the_customer_answers_with_its_own_address(self):
        self.customer.partner_id.parent_id = self.hilton.partner_id
        address = self.document.with_user(self.customer)._visit_address()
        self.assertIn("customer@example.com", self.offered(address.rpartition("/")[2]))
        self.assertNotIn("customer@example.com", self.offered())

    def test_the_addresses_are_those_of_active_contacts_masked(self):
        self.anong.active = False
        self.env["res.partner"].create(
            {
                "name": "Jo",
                "email": "jo@example.com, desk@example.com",
                "receives_quotes": True,
                "parent_id": self.hilton.partner_id.id,
            }
        )
        page = self.open()
        options = page.tree.xpath("//select[@name='address']/option")
        said = [option.text for option in options]
        self.assertEqual(said[0], "s…i@example.com")  # whom the mail was sent to
        self.assertEqual({*said[1:]}, {"j…@example.com", "d…k@example.com"})
        self.assertNotIn("somchai@", page.answer.text)

    def test_it_counts_for_ten_minutes(self):
        asked = self.ask()
        now = fields.Datetime.now()
        with freeze_time(now + timedelta(minutes=11)):
            late = self.confirm(asked)
        self.assertIn("no longer valid", late.alert())
        self.assertIn("Send a new code", late.panel())
        self.assert_untouched()

    def test_it_counts_once(self):
        asked = self.ask()
        code = self.mailed_code()
        self.confirm(asked, code)
        self.document.with_user(self.norbert).action_reopen("by mistake")
        again = self.confirm(asked, code)
        self.assertIn("no longer valid", again.alert())
        self.assertEqual(self.document.state, "sent")

    def test_a_new_one_ends_those_before(self):
        first = self.ask()
        code = self.mailed_code()
        again = self.post("/again", ticket=self.ticket(first))
        self.assertNotEqual(self.ticket(again), self.ticket(first))
        self.assertIn("no longer valid", self.confirm(first, code).alert())
        self.assert_untouched()
        self.confirm(again)
        self.assertEqual(self.document.state, "accepted")

    def test_another_contact_s_request_does_not_end_mine(self):
        mine = self.ask()
        code = self.mailed_code()
        addresses = self.open().tree.xpath("//select[@name='address']/option/@value")
        self.ask(address=addresses[1])
        self.confirm(mine, code)
        self.assertEqual(self.document.state, "accepted")

    def test_three_in_ten_minutes(self):
        for _time in range(3):
            self.ask()
        before = self.env["mail.mail"].search_count([])
        refused = self.ask()
        self.assertIn("several codes already", refused.alert())
        self.assertEqual(refused.value("full_name"), "Somchai P.")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_digits_are_read_as_people_paste_them(self):
        asked = self.ask()
        code = self.mailed_code()
        self.confirm(asked, f" {code[:3]}-{code[3:]} ")
        self.assertEqual(self.document.state, "accepted")

    def test_what_is_no_code_uses_up_no_try(self):
        asked = self.ask()
        for _time in range(10):
            self.assertIn("Type the 6 digits", self.confirm(asked, "123").alert())
        self.confirm(asked)
        self.assertEqual(self.document.state, "accepted")

    def test_old_ones_are_forgotten(self):
        self.ask()
        codes = self.env["document.code"]
        codes._gc_codes()
        self.assertTrue(codes.search([]))
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            codes._gc_codes()
        self.assertFalse(codes.search([]))

    def test_the_code_looks_like_one(self):
        self.ask()
        self.assertTrue(CODE.search(self.code_mail().body_html))
