from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AccountCase

ACCESS = "base.group_erp_manager,base.group_partner_manager,base.group_user"

# However it is written, readers and servers take it for Alice's.
ALICES = (
    "alice@example.com",
    "ALICE@Example.COM",
    "Al <alice@example.com>",
    '"alice@example.com" <bob2@example.com>',
    "bob2@example.com, alice@example.com",
    "alice@example.com, bob2@example.com",
    "bob2@example.com; Alice <alice@example.com>",
    "Bob <bob2@example.com>\nalice@example.com",
    "ａｌｉｃｅ@example.com",
    "alice@example.com.",
    "ali\u200bce@example.com",
    "alice@ｅｘａｍｐｌｅ.com",
)
NOT_ONE = (
    "bob2@example.com, bob3@example.com",
    "bob2@example.com; bob3@example.com",
    "bob2@example.com bob3@example.com",
    "bob2@example.com\nbob3@example.com",
    "bob2@example.com/bob3@example.com",
    "Bob <bob2@example.com>, Bob <bob3@example.com>",
    "bob",
    "bob2@",
    "bob2@example.com\u202e",
)


@tagged("post_install", "-at_install")
class TestOneAddress(AccountCase):
    """An address of a person is one address, and nobody else's."""

    def setUp(self):
        super().setUp()
        self.env.company.email = "office@example.com"
        self.own = self.bob.with_user(self.bob)
        self.access = self.make_user("norbert", ACCESS)

    # -- every way to an address of an internal user

    def in_the_preferences(self, address):
        self.own.write({"email": address})

    def on_the_own_contact(self, address):
        self.own.partner_id.write({"email": address})

    def through_the_user_of_a_contact(self, address):
        partner = self.own.partner_id
        partner.write({"user_ids": [Command.update(self.bob.id, {"email": address})]})

    def by_somebody_with_access_rights(self, address):
        self.bob.with_user(self.access).write({"email": address})

    def by_another_contact(self, address):
        other = self.env["res.partner"].create({"name": "Bob", "email": address})
        self.bob.with_user(self.access).write({"partner_id": other.id})

    def for_a_new_user(self, address):
        self.env["res.users"].with_user(self.access).with_context(
            no_reset_password=True
        ).create({"name": "Eve", "login": "eve", "email": address})

    def as_the_address_of_the_mailbox(self, address):
        self.own.write(
            {
                "smtp_host": "smtp.gmail.com",
                "smtp_email": address,
                "smtp_password": "x",
            }
        )

    def by_a_merge(self, address):
        """The address of a contact that no user had."""
        contact = self.env["res.partner"].create({"name": "Bob", "email": address})
        self.env.cr.execute(
            "UPDATE res_partner SET email = %s WHERE id = %s",
            (address, self.bob.partner_id.id),
        )
        self.env.invalidate_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.access)
        wizard._merge((contact | self.bob.partner_id).ids, contact)

    WAYS = (
        in_the_preferences,
        on_the_own_contact,
        through_the_user_of_a_contact,
        by_somebody_with_access_rights,
        by_another_contact,
        for_a_new_user,
        as_the_address_of_the_mailbox,
        by_a_merge,
    )

    def assertRefused(self, way, address):
        before = self.bob.email
        with self.subTest(way=way.__name__, address=address):
            with self.assertRaises(UserError):
                way(self, address)
            self.assertEqual(self.bob.email, before)

    def test_nobody_takes_the_address_of_a_colleague(self):
        for way in self.WAYS:
            for address in ALICES:
                self.assertRefused(way, address)

    def test_it_is_exactly_one(self):
        for way in self.WAYS:
            for address in NOT_ONE:
                self.assertRefused(way, address)

    def test_nobody_takes_an_address_of_the_company(self):
        self.env["mail.alias.domain"].create(
            {
                "name": "relay.example",
                "default_from": "notifications",
                "catchall_alias": "catchall",
            }
        )
        for way in self.WAYS:
            for address in (
                "office@example.com",
                "Office <OFFICE@example.com>",
                "notifications@relay.example",
                "catchall@relay.example",
            ):
                self.assertRefused(way, address)

    def test_nobody_takes_the_address_of_a_colleagues_mailbox(self):
        self.give_account(
            self.alice,
            self.start_server(),
            smtp_email="sales@example.com",
            smtp_login="alice@example.com",
        )
        for way in self.WAYS:
            for address in ("sales@example.com", "Sales <SALES@EXAMPLE.COM>"):
                self.assertRefused(way, address)

    def test_an_international_address_is_compared_in_both_spellings(self):
        self.alice.email = "alice@münchen.example"
        for address in (
            "alice@xn--mnchen-3ya.example",
            "alice@MÜNCHEN.example",
            "Al <alice@XN--MNCHEN-3YA.example>",
            "alice@mu\u0308nchen.example",
        ):
            self.assertRefused(type(self).in_the_preferences, address)
            self.assertRefused(type(self).as_the_address_of_the_mailbox, address)

    def test_a_login_that_is_an_address_counts(self):
        self.alice.email = "liddell@example.com"
        self.assertRefused(type(self).in_the_preferences, "alice@example.com")
        login = self.bob.with_user(self.access)
        with self.assertRaises(ValidationError):
            login.write({"login": "LIDDELL@example.com"})

    def test_an_alias_is_nobodys_address(self):
        domain = self.env["mail.alias.domain"].create({"name": "example.com"})
        admin = self.make_user("ada", "base.group_system")
        with self.assertRaises(ValidationError):
            self.env["mail.alias"].with_user(admin).create(
                {
                    "alias_name": "alice",
                    "alias_domain_id": domain.id,
                    "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                }
            )

    def test_the_company_takes_no_address_of_a_colleague(self):
        partner = self.env.company.partner_id.with_user(self.bob)
        with self.assertRaises(UserError):
            partner.write({"email": "alice@example.com"})

    def test_a_new_address_of_ones_own_is_taken(self):
        for address in ("robert@example.com", "Bob <bob4@example.com>", False):
            with self.subTest(address=address):
                self.own.email = address
                self.assertEqual(self.bob.email, address)

    def test_contacts_that_are_no_users_hold_what_they_like(self):
        contact = self.env["res.partner"].with_user(self.bob)
        contact = contact.create({"name": "Front desk", "email": "a@x.com, b@x.com"})
        self.assertEqual(contact.email, "a@x.com, b@x.com")

    def test_what_an_address_holds_already_makes_one_header(self):
        """Of a user who is older than the rule."""
        self.env.cr.execute(
            "UPDATE res_partner SET email = %s WHERE id = %s",
            ("bob@example.com, alice@example.com", self.bob.partner_id.id),
        )
        self.env.invalidate_all()
        header = self.own._sender_header()
        self.assertNotIn("alice", header)
