from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import email_normalize

from .common import AccountCase

ACCESS = "base.group_erp_manager,base.group_partner_manager,base.group_user"

BAD = (
    "Alice <alice@example.com>",
    "alice@example.com",
    "alice＠example.com",
    "Bob <",
    "Bob >",
    "Bob\u202emoc.elpmaxe",
    "Bob\u2066",
    "Bob\u200f",
    "Bob\r\nBcc: spy@example.com",
    "Bob\x85x",
    "Bob\u2028x",
    "Bob\u200b",
)


@tagged("post_install", "-at_install")
class TestPlainNames(AccountCase):
    """The name of a user is a name."""

    def refusals(self):
        own = self.bob.with_user(self.bob)
        access = self.make_user("norbert", ACCESS)
        users = self.env["res.users"].with_context(no_reset_password=True)
        yield lambda name: own.write({"name": name})
        yield lambda name: own.partner_id.write({"name": name})
        yield lambda name: self.bob.with_user(access).write({"name": name})
        yield lambda name: users.with_user(access).create({"name": name, "login": "e"})

    def test_it_looks_like_no_address_and_hides_nothing(self):
        for way in self.refusals():
            for name in BAD:
                with self.subTest(name=name), self.assertRaises(ValidationError):
                    way(name)
        self.assertEqual(self.bob.name, "Bob")

    def test_names_of_people_are_taken(self):
        own = self.bob.with_user(self.bob)
        for name in (
            "Bob O'Brien, Jr.",
            'สมชาย "ต้อม" ใจดี',
            "张伟",
            "Bob (Sales)",
            "क्‍ष",
        ):
            with self.subTest(name=name):
                own.name = name
                self.assertEqual(self.bob.name, name)

    def test_contacts_that_are_no_users_hold_what_they_like(self):
        contact = self.env["res.partner"].with_user(self.bob)
        name = "Desk <desk@example.com>"
        self.assertEqual(contact.create({"name": name}).name, name)

    def test_a_bad_name_that_stands_already_is_put_right_in_the_header(self):
        server = self.start_server()
        self.give_account(self.bob, server)
        for name in BAD:
            self.env.cr.execute(
                "UPDATE res_partner SET name = %s WHERE id = %s",
                (name, self.bob.partner_id.id),
            )
            self.env.invalidate_all()
            server.received.clear()
            with self.subTest(name=name):
                self.send(self.bob)
                (mail,) = server.received
                for header in ("From", "Reply-To"):
                    self.assertEqual(str(mail[header]).count("@"), 1)
                    self.assertEqual(email_normalize(mail[header]), "bob@example.com")
                    self.assertNotRegex(
                        str(mail[header]), "[\u200b-\u202f\u2066-\u2069]"
                    )
                formatted = self.bob.partner_id.email_formatted
                self.assertEqual(formatted.count("@"), 1)
