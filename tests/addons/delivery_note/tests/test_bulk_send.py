"""Several delivery notes in one go, from the list."""

from lxml import etree

from odoo.tests import tagged

from .common import TO, SendingCase


@tagged("post_install", "-at_install")
class TestBulkSend(SendingCase):
    def test_the_list_offers_to_send_what_is_selected(self):
        view = self.env["delivery.note"].get_view(view_type="list")
        (button,) = etree.fromstring(view["arch"]).findall("header/button")
        self.assertEqual(button.get("name"), "action_send")

    def test_each_is_a_mail_of_its_own(self):
        notes = self.note() | self.note()
        action = notes.action_send()
        self.assertEqual(action["res_model"], "document.send.batch")
        batch = self.env["document.send.batch"].with_user(self.ann)
        batch = batch.browse(action["res_id"])
        self.assertEqual(batch.line_ids.mapped("recipients"), [f'"Ada" <{TO}>'] * 2)
        batch.action_send()
        self.env["document.send.batch"]._cron_send()
        self.env["mail.mail"]._deliver_queue()
        self.env.invalidate_all()
        self.assertEqual(batch.line_ids.mapped("state"), ["sent"] * 2)
        self.assertEqual(self.server.copies(), {TO: 2})
        self.assertEqual(set(notes.mapped("state")), {"sent"})
        self.assertEqual(len(set(notes.mapped("name"))), 2)
