import os

from odoo.tests import tagged

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
