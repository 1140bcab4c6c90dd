import xmlrpc.client

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .common import CUSTOMER, AccountCase

ACCESS = "base.group_erp_manager,base.group_user"

FORGED = b"""From: Alice <alice@example.com>
To: whoever@example.com
Subject: Re: bank
Message-ID: <q1@example.com>
Content-Type: text/html

<p>Our bank account has changed.</p>
"""
GATEWAY = {
    "message_process",
    "message_route",
    "message_parse",
    "message_new",
    "message_update",
}


@tagged("post_install", "-at_install")
class TestGateway(AccountCase):
    """Who hands a mail to the gateway says who wrote it."""

    def setUp(self):
        super().setUp()
        self.customer.message_subscribe(self.customer.ids)

    def process(self, user, model="mail.thread"):
        target = self.env[model].with_user(user)
        return target.message_process("res.partner", FORGED, thread_id=self.customer.id)

    def test_no_user_does(self):
        portal = self.make_user("portia", "base.group_portal")
        access = self.make_user("norbert", ACCESS)
        before = self.customer.message_ids
        for user in (self.bob, self.alice, access, portal):
            for model in ("mail.thread", "res.partner"):
                with self.subTest(user=user.name, model=model):
                    with self.assertRaises(AccessError):
                        self.process(user, model)
        self.assertEqual(self.customer.message_ids, before)
        self.assertFalse(self.env["mail.mail"].search([("email_to", "=", CUSTOMER)]))

    def test_the_system_and_the_administrator_do(self):
        admin = self.make_user("ada", "base.group_system")
        for user in (self.env.user, admin):
            raw = FORGED.replace(b"q1@", b"%d@" % user.id)
            with self.subTest(user=user.name):
                self.env["mail.thread"].with_user(user).message_process(
                    "res.partner", xmlrpc.client.Binary(raw), thread_id=self.customer.id
                )
                message = self.customer.message_ids[0]
                self.assertEqual(message.message_type, "email")
                self.assertEqual(message.author_id, self.alice.partner_id)

    def test_nothing_else_of_it_is_called_from_outside(self):
        """On every model, whatever that makes of the method."""
        thread = self.registry["mail.thread"]
        checked = 0
        for name, model in self.registry.models.items():
            if not issubclass(model, thread):
                continue
            for method in GATEWAY - {"message_process"}:
                with self.subTest(model=name, method=method):
                    with self.assertRaises(AccessError):
                        get_public_method(self.env[name], method)
                checked += 1
        self.assertTrue(checked)
