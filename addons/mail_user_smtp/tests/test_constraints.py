"""Each constraint, in Python and in PostgreSQL, and what happens before deleting.

A test is named after its constraint, by model and method, or by the name in PostgreSQL.
All the ways to a wrong address or name are tried in ``test_one_address.py`` and
``test_plain_names.py``.
"""

import psycopg2.errors

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccountCase

ACCESS = "base.group_erp_manager,base.group_partner_manager,base.group_user"


@tagged("post_install", "-at_install")
class TestConstraints(AccountCase):
    def setUp(self):
        super().setUp()
        self.access = self.make_user("norbert", ACCESS)
        self.account = self.env["ir.mail_server"].create(
            {
                "name": "Alice",
                "owner_user_id": self.alice.id,
                "smtp_authentication": "user_smtp",
                "smtp_host": "smtp.gmail.com",
                "smtp_port": 587,
                "smtp_encryption": "starttls_strict",
                "from_filter": "alice@example.com",
            }
        )

    def assertInvalid(self, record, values, words):
        # not assertRaisesRegex: this one takes back what was written
        with self.assertRaises(ValidationError) as refused:
            record.write(values)
        self.assertRegex(str(refused.exception), words)

    def assertChecked(self, constraint, **values):
        """PostgreSQL refuses these values of an account, by this constraint."""
        with self.assertRaises(psycopg2.errors.CheckViolation) as refused:
            with mute_logger("odoo.sql_db"):
                self.account.write(values)
                self.env.flush_all()
        self.assertEqual(refused.exception.diag.constraint_name, constraint)

    # -- accounts

    def test_ir_mail_server_user_smtp_owner(self):
        self.assertChecked("ir_mail_server_user_smtp_owner", owner_user_id=False)

    def test_ir_mail_server_user_smtp_encrypted(self):
        for encryption in ("none", "starttls", "ssl"):
            self.assertChecked(
                "ir_mail_server_user_smtp_encrypted", smtp_encryption=encryption
            )

    def test_ir_mail_server_user_smtp_no_debug(self):
        self.assertChecked("ir_mail_server_user_smtp_no_debug", smtp_debug=True)

    def test_ir_mail_server_check_user_smtp_target(self):
        self.assertInvalid(self.account, {"smtp_host": "127.0.0.1"}, "own network")
        self.assertInvalid(self.account, {"smtp_port": 22}, "port")

    def test_ir_mail_server_check_user_smtp_address(self):
        for address in (False, "alice", "a@example.com, b@example.com", "example.com"):
            self.assertInvalid(
                self.account, {"from_filter": address}, "not an e-mail address"
            )

    # -- people

    def test_mail_user_smtp_address_mixin_check_own_address(self):
        bob = self.bob.with_user(self.access)
        for values in ({"email": "alice@example.com"}, {"login": "alice@example.com "}):
            self.assertInvalid(bob, values, "is Alice's")
        self.assertInvalid(
            bob, {"email": "x@example.com, y@example.com"}, "exactly one"
        )

    def test_mail_user_smtp_address_mixin_check_own_name(self):
        bob = self.bob.with_user(self.access)
        self.assertInvalid(bob, {"name": "Bob <alice@example.com>"}, "holds no @")

    def test_res_partner_check_address_of_user(self):
        contact = self.bob.partner_id.with_user(self.access)
        self.assertInvalid(contact, {"email": "alice@example.com"}, "is Alice's")
        company = self.env.company.partner_id.with_user(self.access)
        self.assertInvalid(company, {"email": "alice@example.com"}, "is Alice's")

    def test_res_partner_check_name_of_user(self):
        contact = self.bob.partner_id.with_user(self.access)
        self.assertInvalid(contact, {"name": "Bob <alice@example.com>"}, "holds no @")

    def test_mail_alias_check_is_nobodys_address(self):
        domain = self.env["mail.alias.domain"].create({"name": "example.com"})
        values = {
            "alias_name": "help",
            "alias_domain_id": domain.id,
            "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
        }
        alias = self.env["mail.alias"].create(values)
        administrator = self.make_user("ada", "base.group_system")
        self.assertInvalid(
            alias.with_user(administrator), {"alias_name": "alice"}, "is Alice's"
        )

    def test_res_users_unlink_smtp_servers(self):
        """Without its owner the account would be a server for everybody."""
        self.alice.unlink()
        self.assertFalse(self.account.exists())
