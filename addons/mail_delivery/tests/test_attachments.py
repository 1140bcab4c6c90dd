import os
from base64 import b64encode
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase


@tagged("post_install", "-at_install")
class TestAttachments(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.attachment = self.env["ir.attachment"].create(
            {"name": "Q-1.pdf", "raw": os.urandom(64) + b".\r\n.line"}
        )

    def test_the_bytes_arrive_unchanged(self):
        self.send(to="a@example.com", attachment_ids=[(4, self.attachment.id)])
        received = self.server.message_to("a@example.com")
        self.assertEqual(received.attachments, {"Q-1.pdf": self.attachment.raw})

    def test_no_mail_without_its_attachment(self):
        os.unlink(self.attachment._full_path(self.attachment.store_fname))
        self.attachment.invalidate_recordset()
        mail = self.make_mail(
            to=["a@example.com", "b@example.com"],
            attachment_ids=[(4, self.attachment.id)],
        )
        rows = self.send(mail)
        self.assertEqual(set(rows.mapped("state")), {"refused"})
        self.assertEqual(set(rows.mapped("reason")), {"attachment"})
        self.assertEqual(rows[0].error, "Q-1.pdf")
        self.assertEqual(self.server.messages, [])
        self.assertEqual(mail.state, "exception")

    def test_a_truncated_file_is_no_attachment_either(self):
        path = self.attachment._full_path(self.attachment.store_fname)
        os.chmod(path, 0o600)
        with open(path, "wb") as file:
            file.write(b"half")
        self.attachment.invalidate_recordset()
        row = self.send(to="a@example.com", attachment_ids=[(4, self.attachment.id)])
        self.assertEqual((row.state, row.reason), ("refused", "attachment"))


@tagged("post_install", "-at_install")
class TestFilesOfMails(DeliveryCase):
    """Who may write a document may write its files: not those of mails about it."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Hotel"})
        self.file = self.env["ir.attachment"].create(
            {"name": "offer.txt", "raw": b"as agreed", **self.place()}
        )
        self.colleague = new_test_user(
            self.env, "colleague", groups="base.group_user,base.group_partner_manager"
        )

    def place(self):
        return {"res_model": "res.partner", "res_id": self.partner.id}

    def ways(self):
        mine = self.file.with_user(self.colleague)
        other = self.env["res.partner"].create({"name": "Bar"})
        return (
            lambda: mine.write({"raw": b"forged"}),
            lambda: mine.write({"datas": b64encode(b"forged")}),
            lambda: mine.write({"name": "bank-change.txt"}),
            lambda: mine.write({"mimetype": "text/html"}),
            lambda: mine.write({"res_id": other.id}),
            mine.unlink,
            mine._delete_and_notify,
            mine.sudo()._delete_and_notify,
        )

    def assertFixed(self):
        for number, way in enumerate(self.ways()):
            with (
                self.subTest(number),
                self.assertRaisesRegex(UserError, "was sent by e-mail"),
            ):
                way()
        self.assertEqual(self.file.raw, b"as agreed")

    def test_the_file_of_a_mail_stays_while_it_waits_and_after_it_left(self):
        mail = self.make_mail(to="hotel@example.com", attachment_ids=self.file.ids)
        self.assertFixed()
        self.send(mail)
        self.assertFixed()

    def test_the_file_of_a_colleagues_scheduled_message_stays(self):
        self.env["mail.scheduled.message"].create(
            {
                "author_id": self.env.user.partner_id.id,
                "body": "Later",
                "attachment_ids": self.file.ids,
                "model": "res.partner",
                "res_id": self.partner.id,
                "scheduled_date": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        self.assertFixed()

    def test_other_files_and_those_of_withdrawn_mails_may_change(self):
        mail = self.make_mail(to="hotel@example.com", attachment_ids=self.file.ids)
        mail.cancel()
        self.file.with_user(self.colleague).name = "offer-2.txt"
        self.file.with_user(self.colleague).unlink()
