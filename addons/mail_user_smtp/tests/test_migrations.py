import importlib.util
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import tagged

from .common import CUSTOMER, AccountCase

SCRIPT = "migrations/19.0.1.2.0/post-senders.py"


@tagged("post_install", "-at_install")
class TestMigrations(AccountCase):
    def migrate(self):
        path = Path(get_module_path("mail_user_smtp")) / SCRIPT
        spec = importlib.util.spec_from_file_location("senders", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.1.2")
        self.env.invalidate_all()

    def test_waiting_mails_know_their_sender(self):
        self.env.company.email = "office@example.com"
        letter = self.post(self.alice)
        mails = self.env["mail.mail"]
        of_the_system = mails.with_user(self.alice).sudo()
        of_the_system = of_the_system.create({"email_to": CUSTOMER, "body_html": "x"})
        of_the_company = mails.with_user(self.alice).sudo()
        of_the_company = of_the_company.create(
            {
                "author_id": self.alice.partner_id.id,
                "email_from": '"Office" <office@example.com>',
                "email_to": CUSTOMER,
            }
        )
        robot = mails.create({"email_to": CUSTOMER, "body_html": "x"})
        done = self.post(self.alice)
        done.state = "sent"
        every = letter | of_the_system | of_the_company | robot | done
        every.sender_id = False
        of_the_system.author_id = False
        self.migrate()
        self.assertEqual(letter.sender_id, self.alice)
        self.assertFalse((every - letter).sender_id)
