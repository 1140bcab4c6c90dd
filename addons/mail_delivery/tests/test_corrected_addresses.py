"""A contact's address is corrected, or the contact archived, while a mail waits."""

from odoo.tests import new_test_user, tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase

WRONG, RIGHT, OTHER = "wrong@example.com", "right@example.com", "other@example.com"


@tagged("post_install", "-at_install")
class TestCorrectedAddresses(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.anna = self.env["res.partner"].create({"name": "Anna", "email": WRONG})

    def test_a_mail_to_the_contact_goes_to_the_new_address(self):
        mail = self.make_mail(recipient_ids=[(4, self.anna.id)])
        self.anna.email = RIGHT
        self.assertEqual(mail.delivery_ids.recipient, RIGHT)
        self.send(mail)
        self.assertEqual(self.server.copies(), {RIGHT: 1})

    def test_who_may_not_read_the_document_has_nothing_sent_elsewhere(self):
        """Contacts are everybody's, what waits for them is not."""
        server = self.env["ir.mail_server"].browse(self.mail_server.id)
        mail = self.make_mail(
            recipient_ids=[(4, self.anna.id)], model=server._name, res_id=server.id
        )
        groups = "base.group_user,base.group_partner_manager"
        stranger = new_test_user(self.env, "stranger", groups=groups)
        self.anna.with_user(stranger).email = OTHER
        self.assertEqual(mail.delivery_ids.recipient, WRONG)

    def test_a_mail_by_address_does_so_too_once_its_row_knows_the_contact(self):
        mail = self.make_mail(
            to=f'"Anna, B" <{WRONG}>, {OTHER}', email_cc=OTHER, same_message=True
        )
        rows = mail.delivery_ids
        rows.filtered(lambda row: row.recipient == WRONG).partner_id = self.anna
        self.anna.email = RIGHT
        self.assertEqual(set(rows.exists().mapped("recipient")), {RIGHT, OTHER})
        self.send(mail)
        self.assertEqual(self.server.copies(), {RIGHT: 1, OTHER: 1})
        for received in self.server.messages:
            self.assertEqual(received.message["To"].addresses[0].addr_spec, RIGHT)
            self.assertEqual(
                received.message["To"].addresses[0].display_name, "Anna, B"
            )

    def test_a_refused_one_is_resent_to_the_new_address(self):
        self.server.reply("RCPT", to=WRONG, with_=(550, "5.1.1 no such user"))
        row = self.send(to=WRONG)
        row.partner_id = self.anna
        self.anna.email = RIGHT
        row.action_resend()
        self.run_queue()
        self.assertEqual(self.server.copies(), {RIGHT: 1})

    def test_what_was_sent_keeps_its_address(self):
        row = self.send(to=WRONG)
        row.partner_id = self.anna
        self.anna.email = RIGHT
        self.assertEqual(row.recipient, WRONG)

    def test_an_emptied_address_changes_nothing(self):
        mail = self.make_mail(to=WRONG)
        mail.delivery_ids.partner_id = self.anna
        self.anna.email = False
        self.assertEqual(mail.delivery_ids.recipient, WRONG)

    def test_only_the_address_that_went_is_replaced(self):
        self.anna.email = f"{OTHER}; {WRONG}"
        mail = self.make_mail(recipient_ids=[(4, self.anna.id)])
        self.anna.email = f"{OTHER}; {RIGHT}"
        self.assertEqual(set(mail.delivery_ids.mapped("recipient")), {OTHER, RIGHT})

    def test_an_archived_contact_gets_nothing_and_the_row_says_why(self):
        row = self.make_mail(recipient_ids=[(4, self.anna.id)]).delivery_ids
        self.anna.active = False
        self.send(row.mail_id)
        self.assertEqual((row.state, row.reason), ("cancelled", "archived"))
        self.assertIn("archived", row.explanation)
        self.assertEqual(self.server.messages, [])
