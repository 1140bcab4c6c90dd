"""What core does wrong, asked of core's own interface.

These tests say nothing about ``mail.delivery``; on plain Odoo each of them fails.
"""

import contextlib
import os
import smtplib
import threading
from functools import partial
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.models.ir_mail_server import IrMail_Server
from odoo.addons.mail_delivery.testkit import CommittedCase

THREE = ["a@example.com", "gone@example.com", "b@example.com"]
LOGGERS = ("odoo.addons.mail.models.mail_mail", "odoo.sql_db")


@tagged("post_install", "-at_install", "core_defect")
class TestCoreDefects(CommittedCase):
    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*LOGGERS))

    def send(self, mail_ids):
        """What a request does after its commit, as far as core gets."""
        with contextlib.suppress(smtplib.SMTPException), self.commits() as env:
            env["mail.mail"].browse(mail_ids).send()

    def run_core_queue(self):
        with self.commits() as env:
            env["mail.mail"].process_email_queue()

    def states(self, mail_ids):
        with self.commits() as env:
            return env["mail.mail"].browse(mail_ids).mapped("state")

    def make_partners(self, env):
        # served by name: the refused one is in the middle
        return env["res.partner"].create(
            [{"name": f"{n}", "email": address} for n, address in enumerate(THREE)]
        )

    def test_one_refused_partner_does_not_stop_the_others(self):
        self.server.reply("RCPT", to="gone@example.com", with_=(550, "5.1.1 unknown"))
        with self.commits() as env:
            partners = self.make_partners(env)
            mail = self.make_mail(env=env, recipient_ids=[(6, 0, partners.ids)])
        self.send(mail.ids)
        self.assertEqual(self.server.copies(), {"a@example.com": 1, "b@example.com": 1})

    def test_a_refused_address_is_not_forgotten(self):
        self.server.reply("RCPT", to="gone@example.com", with_=(550, "5.1.1 unknown"))
        mail_ids = self.commit_mail(to=THREE)
        self.send(mail_ids)
        with self.commits() as env:
            mail = env["mail.mail"].browse(mail_ids)
            self.assertEqual(mail.state, "exception")
            self.assertIn("gone@example.com", mail.failure_reason)

    def test_a_dropped_session_does_not_unrecord_what_was_sent(self):
        mail_ids = [self.commit_mail(to=address)[0] for address in THREE]
        self.server.drop("RCPT", to="gone@example.com", times=2)
        self.send(mail_ids)
        self.server.forget()
        self.run_core_queue()
        copies = self.server.copies()
        self.assertEqual((copies["a@example.com"], copies["b@example.com"]), (1, 1))

    def test_a_rollback_after_smtp_sends_no_second_copy(self):
        mail_ids = self.commit_mail(to="a@example.com")
        with contextlib.suppress(ZeroDivisionError), self.commits() as env:
            env["mail.mail"].browse(mail_ids).send()
            raise ZeroDivisionError
        self.run_core_queue()
        self.assertEqual(self.server.copies(), {"a@example.com": 1})
        self.assertEqual(self.states(mail_ids), ["sent"])

    def test_two_sends_at_once_of_one_user_send_once_each(self):
        mail_ids = [self.commit_mail(to=address)[0] for address in THREE[:2]]
        with self.commits() as env:
            env["ir.mail_server"].browse(self.mail_server).write(
                {
                    "owner_user_id": env.uid,
                    "from_filter": "nikki@sender.example.com",
                    "smtp_user": False,
                }
            )
        together = threading.Barrier(2, timeout=10)

        def meet(_session):
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait()

        self.server.on("BODY", meet)
        with self._owned_by_anybody():
            self.in_threads(
                *(partial(self._send_quietly, [mail_id]) for mail_id in mail_ids)
            )
            self.server.forget()
            self.run_core_queue()
        self.assertEqual(self.server.copies(), dict.fromkeys(THREE[:2], 1))
        self.assertEqual(self.states(mail_ids), ["sent", "sent"])

    def _send_quietly(self, mail_ids):
        with contextlib.suppress(Exception):
            self.send(mail_ids)

    def _owned_by_anybody(self):
        """Core lets a personal server be used only through its own OAuth screens."""
        return patch.object(
            IrMail_Server, "_check_forced_mail_server", lambda *_args: None
        )

    def test_no_mail_without_its_attachment(self):
        with self.commits() as env:
            attachment = env["ir.attachment"].create({"name": "Q.pdf", "raw": b"%PDF"})
            path = attachment._full_path(attachment.store_fname)
            mail = self.make_mail(
                "a@example.com", env=env, attachment_ids=[(4, attachment.id)]
            )
        os.unlink(path)
        self.send(mail.ids)
        self.assertEqual(self.server.copies(), {})
        self.assertEqual(self.states(mail.ids), ["exception"])

    def test_an_international_domain_is_served(self):
        mail_ids = self.commit_mail(to="anna@bücher.example")
        self.send(mail_ids)
        self.assertEqual(self.server.copies(), {"anna@xn--bcher-kva.example": 1})

    def test_the_to_header_has_no_stray_comma(self):
        with self.commits() as env:
            partner = env["res.partner"].create(
                {"name": "Hotel", "email": "hotel@example.com"}
            )
            mail = self.make_mail(
                env=env,
                recipient_ids=[(4, partner.id)],
                headers=repr({"X-Msg-To-Add": '"Hotel" <hotel@example.com>'}),
            )
        self.send(mail.ids)
        raw = self.server.message_to("hotel@example.com").content
        self.assertIn(b'\r\nTo: "Hotel" <hotel@example.com>\r\n', raw)
