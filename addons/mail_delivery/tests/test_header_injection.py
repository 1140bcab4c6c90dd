from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase

BREAK = "x\r\nBcc: victim@example.net"


@tagged("post_install", "-at_install")
class TestHeaderInjection(DeliveryCase):
    def assertRefused(self, rows):
        self.assertEqual(set(rows.mapped("state")), {"refused"})
        self.assertEqual(set(rows.mapped("reason")), {"line_break"})
        self.assertEqual(self.server.messages, [])

    def test_in_the_subject(self):
        self.assertRefused(self.send(to="a@example.com", subject=BREAK))

    def test_in_the_reply_address(self):
        self.assertRefused(self.send(to="a@example.com", reply_to=BREAK))

    def test_in_an_extra_header(self):
        headers = repr({"X-Odoo": BREAK})
        self.assertRefused(self.send(to="a@example.com", headers=headers))
        headers = repr({"X\r\nBcc: v@example.net": "1"})
        self.assertRefused(self.send(to="a@example.com", headers=headers))

    def test_in_a_file_name(self):
        attachment = self.env["ir.attachment"].create({"name": BREAK, "raw": b"pdf"})
        self.assertRefused(
            self.send(to="a@example.com", attachment_ids=[(4, attachment.id)])
        )

    def test_in_a_contact_name_it_goes_nowhere(self):
        partner = self.env["res.partner"].create(
            {"name": BREAK, "email": "a@example.com"}
        )
        self.assertRefused(self.send(recipient_ids=[(4, partner.id)]))

    def test_a_null_byte_counts_as_one(self):
        mail = self.make_mail(to="a@example.com")
        original = type(mail)._prepare_outgoing_list

        def prepare(mail, *args, **kwargs):
            emails = original(mail, *args, **kwargs)
            return [{**email, "subject": "Quote\x00"} for email in emails]

        self.patch(type(mail), "_prepare_outgoing_list", prepare)
        self.assertRefused(self.send(mail))

    def test_folded_references_are_unfolded(self):
        row = self.send(to="a@example.com", references="<a@x>\r\n <b@x>")
        self.assertEqual(row.state, "sent")
        message = self.server.message_to("a@example.com").message
        self.assertEqual(message["References"], "<a@x> <b@x>")
