from odoo.tests import TransactionCase, tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase, DeliveryMixin

from ..hooks import post_init_hook

TO = "good@example.com"


@tagged("post_install", "-at_install")
class TestRows(DeliveryMixin, TransactionCase):
    def rows_of(self, mail):
        return self.env["mail.delivery"].search([("mail_id", "=", mail.id)])

    def test_each_address_has_one_row(self):
        partner = self.env["res.partner"].create(
            {"name": "Anna", "email": "Anna <a@example.com>"}
        )
        mail = self.make_mail(
            to=["A@example.com", "b@example.com"],
            email_cc="c@example.com, b@example.com",
            recipient_ids=[(4, partner.id)],
            headers=repr({"Bcc": "d@example.com"}),
        )
        rows = self.rows_of(mail)
        self.assertEqual(
            {(row.recipient, row.kind) for row in rows},
            {
                ("a@example.com", "to"),
                ("b@example.com", "to"),
                ("c@example.com", "cc"),
                ("d@example.com", "bcc"),
            },
        )
        by_partner = rows.filtered("partner_id")
        self.assertEqual(by_partner.recipient, "a@example.com")

    def test_a_row_keeps_what_the_mail_was_about(self):
        partner = self.env["res.partner"].create({"name": "Hotel"})
        mail = self.make_mail(
            to="a@example.com", model="res.partner", res_id=partner.id
        )
        row = self.rows_of(mail)
        message_id = mail.message_id
        mail.unlink()
        row.invalidate_recordset()
        self.assertFalse(row.mail_id)
        self.assertEqual((row.state, row.reason), ("cancelled", "deleted"))
        self.assertEqual(row.subject, "Quote")
        self.assertEqual((row.model, row.res_id), ("res.partner", partner.id))
        self.assertEqual(row.message_id_header, message_id)
        self.assertEqual(row.user_id, self.env.user)

    def test_rows_follow_the_mail_until_the_first_attempt(self):
        mail = self.make_mail(to=["a@example.com", "b@example.com"])
        self.rows_of(mail).filtered(
            lambda row: row.recipient == "b@example.com"
        ).claimed_at = mail.create_date
        mail.email_to = "c@example.com"
        self.assertEqual(
            set(self.rows_of(mail).mapped("recipient")),
            {"b@example.com", "c@example.com"},
        )

    def test_cancelling_the_mail_cancels_the_row(self):
        mail = self.make_mail(to="a@example.com")
        mail.cancel()
        row = self.rows_of(mail)
        self.assertEqual(row.state, "cancelled")
        mail.mark_outgoing()
        self.assertEqual(row.state, "queued")

    def test_a_mail_that_is_not_outgoing_has_no_row(self):
        self.assertFalse(self.rows_of(self.make_mail(to="a@example.com", state="sent")))

    def test_nobody_is_refused_too(self):
        self.assertEqual(self.rows_of(self.make_mail()).mapped("recipient"), [""])

    def test_the_hook_records_what_waited_before_the_addon(self):
        mail = self.make_mail(to="a@example.com")
        self.rows_of(mail).unlink()
        post_init_hook(self.env)
        self.assertEqual(self.rows_of(mail).recipient, "a@example.com")


@tagged("post_install", "-at_install")
class TestBadRecipients(DeliveryCase):
    def test_what_is_no_address_is_refused_by_name(self):
        partners = self.env["res.partner"].create(
            [{"name": "Nobody"}, {"name": "Typo", "email": "typo at example"}]
        )
        rows = self.send(to="good@example.com", recipient_ids=[(6, 0, partners.ids)])
        self.assertEqual(
            {(row.recipient, row.state, row.reason or "") for row in rows},
            {
                ("good@example.com", "sent", ""),
                ("(Nobody)", "refused", "no_address"),
                ("typo at example", "refused", "invalid_address"),
            },
        )
        self.assertEqual(self.server.copies(), {"good@example.com": 1})

    def test_no_recipient_at_all(self):
        mail = self.make_mail()
        row = self.send(mail)
        self.assertEqual((row.state, row.reason), ("refused", "no_address"))
        self.assertEqual(mail.state, "exception")
        self.assertEqual(mail.failure_type, "mail_email_missing")

    def test_rubbish_in_the_to_field(self):
        row = self.send(to="rubbish")
        self.assertEqual((row.state, row.reason), ("refused", "invalid_address"))

    def test_rubbish_among_addresses_stops_nobody_and_is_refused_by_name(self):
        mail = self.make_mail(
            to=["rubbish", TO], email_cc="Bob <bob>; c@example.com", same_message=True
        )
        rows = self.send(mail)
        self.assertEqual(
            {(row.recipient, row.kind, row.state, row.reason or "") for row in rows},
            {
                (TO, "to", "sent", ""),
                ("rubbish", "to", "refused", "invalid_address"),
                ("c@example.com", "cc", "sent", ""),
                ("Bob <bob>", "cc", "refused", "invalid_address"),
            },
        )
        self.assertEqual(self.server.copies(), {TO: 1, "c@example.com": 1})
        self.assertIn("rubbish", mail.failure_reason)
        message = self.server.message_to(TO).message
        self.assertEqual((message["To"], message["Cc"]), (TO, "c@example.com"))

    def test_an_international_domain_goes_out_in_ascii(self):
        row = self.send(to="anna@bücher.example")
        self.assertEqual(row.state, "sent")
        self.assertEqual(self.server.copies(), {"anna@xn--bcher-kva.example": 1})

    def test_a_local_part_that_no_server_understands_is_refused(self):
        rows = self.send(to=["änna@example.com", "b@example.com"])
        states = {row.recipient: row.state for row in rows}
        self.assertEqual(states.pop("b@example.com"), "sent")
        self.assertEqual(list(states.values()), ["refused"])

    def test_a_corrected_address_is_used_at_the_next_attempt(self):
        partner = self.env["res.partner"].create(
            {"name": "Anna", "email": "ana@example.com"}
        )
        self.server.reply("RCPT", with_=(550, "5.1.1 unknown"), to="ana@example.com")
        row = self.send(recipient_ids=[(4, partner.id)])
        self.assertEqual(row.state, "refused")
        partner.email = "anna@example.com"
        row.action_resend()
        self.run_queue()
        self.assertEqual((row.state, row.recipient), ("sent", "anna@example.com"))
        self.assertEqual(self.server.copies(), {"anna@example.com": 1})
