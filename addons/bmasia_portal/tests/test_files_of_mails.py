"""What leaves of a document has no link that works for ever."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import CrmCase


@tagged("post_install", "-at_install")
class TestFilesOfMails(CrmCase):
    def setUp(self):
        super().setUp()
        self.thailand.smtp_policy = "relay"
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("base.default_max_email_size", "0.01")

    def mail(self, record):
        """What leaves of a mail about a record, with a file of it that is large."""
        file = self.env["ir.attachment"].create(
            {
                "name": "plan.bin",
                "raw": b"x" * 100_000,
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        message = record.message_post(
            body="Here is the plan.",
            partner_ids=self.somchai.ids,
            attachment_ids=file.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        mail = self.env["mail.mail"].create(
            {
                "mail_message_id": message.id,
                "body_html": message.body,
                "recipient_ids": self.somchai.ids,
            }
        )
        [email] = mail._prepare_outgoing_list()
        return file, email

    def test_a_large_file_of_a_document_travels_in_the_mail(self):
        for kind in ("quote", "contract", "issued_invoice"):
            with self.subTest(kind):
                file, email = self.mail(getattr(self, kind)())
                self.assertFalse(file.access_token)
                self.assertNotIn("access_token", email["body"])
                self.assertEqual(
                    [name for name, *_rest in email["attachments"]], ["plan.bin"]
                )

    def test_of_what_is_no_document_odoo_makes_a_link(self):
        file, email = self.mail(self.somchai)
        self.assertTrue(file.access_token)
        self.assertIn("access_token", email["body"])
