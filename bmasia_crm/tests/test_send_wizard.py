"""The Send wizard beyond the plain case: who, which files, when, how it will look."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SendingCase

TO = "somchai@example.com"
LATER = timedelta(hours=3)


@tagged("post_install", "-at_install")
class TestSendWizard(SendingCase):
    def wizard_of(self, document):
        action = document.action_send()
        return (
            self.env[action["res_model"]].with_user(self.nikki).browse(action["res_id"])
        )

    # ------------------------------------------------------------
    # WHOM
    # ------------------------------------------------------------

    def test_a_chip_says_what_kind_of_contact_it_is_and_what_it_receives(self):
        self.assertEqual(self.somchai.recipient_kind, "Primary")
        self.assertEqual(self.anong.recipient_hint, "receives invoices")
        wizard = self.wizard_of(self.quote())
        for words in ("Anong", "Billing", "anong@example.com", "receives invoices"):
            self.assertIn(words, wizard.contacts_info)

    def test_the_address_book_starts_with_the_customers_own(self):
        other = self.env["res.partner"].create(
            {"name": "Aanong Elsewhere", "email": "aanong@example.com"}
        )
        book = self.env["res.partner"].with_context(
            document_first_of=self.hilton.partner_id.id
        )
        found = [partner_id for partner_id, _name in book.name_search("anong")]
        self.assertEqual(found[:2], [self.anong.id, other.id])

    def test_an_archived_contact_is_not_offered(self):
        self.anong.active = False
        wizard = self.wizard_of(self.quote())
        self.assertNotIn("Anong", wizard.contacts_info)

    def test_copies_from_the_address_book_are_real_copies(self):
        wizard = self.wizard_of(self.quote())
        wizard.cc_ids = self.anong
        wizard.cc = "boss@example.com"
        wizard.action_send()
        self.assertEqual(
            self.server.copies(), {TO: 1, "anong@example.com": 1, "boss@example.com": 1}
        )
        self.assertIn("anong@example.com", self.server.messages[0].message["Cc"])

    def test_without_a_text_nothing_leaves(self):
        quote = self.quote()
        for body in (False, "", "<p><br></p>"):
            wizard = self.wizard_of(quote)
            wizard.body = body
            with self.subTest(body), self.assertRaisesRegex(UserError, "is empty"):
                wizard.action_send()
        self.assertFalse(self.server.messages)

    def test_the_greeting_follows_the_recipients(self):
        form = Form(self.wizard_of(self.quote()))
        self.assertIn("Dear Somchai,", form.body)
        form.recipient_ids.add(self.anong)
        self.assertIn("Dear Somchai and Anong,", form.body)
        form.body = str(form.body).replace("Dear Somchai and Anong", "My dears")
        form.recipient_ids.remove(self.somchai.id)
        self.assertIn("My dears", form.body)

    def test_who_was_taken_out_again_is_not_greeted(self):
        """Also when the form was saved in between, as *Send* does."""
        form = Form(self.wizard_of(self.quote()))
        form.other_recipients = "Jane Roe <jane@example.com>"
        wizard = form.save()
        self.assertIn("Jane Roe", wizard.body)
        form = Form(wizard)
        form.other_recipients = False
        self.assertNotIn("Jane Roe", form.save().body)

    def test_the_signature_is_the_senders_own(self):
        self.nikki.signature = "<p>Nikki<br/>Sales, BMAsia</p>"
        self.assertIn("Sales, BMAsia", self.wizard_of(self.quote()).body)

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    def test_attachments_follow_the_document(self):
        wizard = self.wizard_of(self.quote())
        wizard.attachment_ids = [
            fields.Command.create({"name": "catalogue.txt", "raw": b"songs"})
        ]
        wizard.action_send()
        files = self.server.messages[0].attachments
        self.assertEqual(len(files), 2)
        self.assertEqual(files["catalogue.txt"].strip(), b"songs")

    def test_files_that_one_may_not_read_stay(self):
        secret = self.env["ir.attachment"].create({"name": "s", "raw": b"secret"})
        quote = self.quote()
        with self.assertRaises(AccessError):
            quote.send_email(attachment_ids=secret.ids)
        with self.assertRaisesRegex(UserError, "gone"):
            quote.send_email(attachment_ids=[2**30])
        self.assertFalse(quote.name or self.server.messages)

    def test_the_preview_shows_the_mail_as_it_leaves(self):
        wizard = self.wizard_of(self.quote())
        wizard.cc = "boss@example.com"
        for words in (
            self.nikki.email,
            TO,
            "boss@example.com",
            "Quote [number] for Hilton Pattaya",
            "Dear Somchai",
            ".pdf",
        ):
            self.assertIn(words, wizard.mail_preview)

    def test_an_empty_variable_is_shown_before_and_blocks(self):
        template = self.env.ref("bmasia_crm.template_quote_send")
        template.body_html = "<p>Call {{ sender_phone }}</p>"
        wizard = self.wizard_of(self.quote())
        self.assertEqual(wizard.empty_variables, "sender_phone")
        with self.assertRaisesRegex(UserError, "sender_phone"):
            wizard.action_send()
        wizard.body = "<p>Call me</p>"
        self.assertFalse(wizard.empty_variables)
        wizard.action_send()
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_subject_and_body_are_independent(self):
        quote = self.quote()
        quote.send_email(body="Only the body.")
        quote.send_email(subject="Only the subject")
        first, second = (received.message for received in self.server.messages)
        self.assertIn("Hilton Pattaya", first["Subject"])
        self.assertEqual(second["Subject"], "Only the subject")
        self.assertIn("Dear Somchai", second.get_body(("plain",)).get_content())

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    def test_a_mail_for_later_waits_says_so_and_leaves_then(self):
        quote = self.quote()
        moment = fields.Datetime.now().replace(microsecond=0) + LATER
        wizard = self.wizard_of(quote)
        wizard.send_at = moment
        notice = wizard.action_send()
        self.assertIn("will be sent at", notice["params"]["message"])
        self.assertEqual((quote.send_state, quote.state), ("queued", "draft"))
        self.assertIn("will be sent at", quote.send_info)
        self.env["mail.mail"]._deliver_queue()
        self.assertFalse(self.server.messages)
        mail = quote.sudo()._last_deliveries().mail_id
        self.assertEqual(mail.scheduled_date, moment)
        mail.scheduled_date = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
        self.env["mail.mail"]._deliver_queue()
        self.env.invalidate_all()
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(quote.state, "sent")

    def test_a_mail_for_later_can_be_taken_back(self):
        quote = self.quote()
        quote.send_email(send_at=fields.Datetime.now() + LATER)
        quote.action_cancel_mail()
        self.assertEqual((quote.send_state, quote.state), ("none", "draft"))
        self.assertEqual(quote.delivery_ids.state, "cancelled")
        with self.assertRaisesRegex(UserError, "Nothing is waiting"):
            quote.action_cancel_mail()
        quote.note = "Changed meanwhile"
        self.assertEqual(quote.send_email()["status"], "sent")

    def test_what_was_cancelled_while_it_waited_does_not_leave(self):
        contract = self.active_contract()
        contract.send_email(send_at=fields.Datetime.now() + LATER)
        contract.with_user(self.norbert).action_cancel("Changed their mind")
        mail = contract.sudo()._last_deliveries().mail_id
        mail.scheduled_date = False
        self.env.flush_all()
        self.env["mail.mail"]._deliver_queue()
        self.assertFalse(self.server.messages)

    def test_no_moment_in_the_past_or_beyond_reason(self):
        quote = self.quote()
        now = fields.Datetime.now()
        for moment, words in (
            (now - LATER, "in the past"),
            (now + timedelta(days=800), "more than a year"),
            ("next Friday", "YYYY-MM-DD"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                quote.send_email(send_at=moment)
        self.assertFalse(quote.name)

    # ------------------------------------------------------------
    # CONTACTS AND TYPED ADDRESSES AS ONE FIELD
    # ------------------------------------------------------------

    def test_typed_text_is_read_into_chips(self):
        wizard = self.wizard_of(self.quote())
        wizard.other_recipients = 'Doe, Jane <jane@example.com>; "x" <y@z.io>, nobody'
        jane, y, bad = wizard.typed_recipients
        self.assertEqual(
            (jane["name"], jane["address"]), ("Doe, Jane", "jane@example.com")
        )
        self.assertEqual(y["text"], '"x" <y@z.io>')
        self.assertIn("no e-mail address: nobody", bad["problem"])
        self.assertFalse(wizard.typed_cc)

    def test_a_contacts_address_becomes_the_contact_and_no_other(self):
        before = self.env["res.partner"].search_count([])
        form = Form(self.wizard_of(self.quote()))
        form.cc = "nobody; ANONG@example.com, new@example.com"
        self.assertEqual(form.cc_ids[:], self.anong)
        self.assertEqual(form.cc, "new@example.com; nobody")
        form.cc = "new@example.com"
        wizard = form.save()
        wizard.action_send()
        self.assertEqual(
            self.server.copies(), {TO: 1, "anong@example.com": 1, "new@example.com": 1}
        )
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_a_contact_with_several_addresses_is_not_meant_by_one_of_them(self):
        self.anong.email = "anong@example.com / office@example.com"
        form = Form(self.wizard_of(self.quote()))
        form.cc = "anong@example.com"
        self.assertFalse(form.cc_ids[:])
        self.assertEqual(form.cc, "anong@example.com")

    def test_an_archived_contact_is_not_recognised(self):
        self.anong.active = False
        form = Form(self.wizard_of(self.quote()))
        form.cc = "anong@example.com"
        self.assertFalse(form.cc_ids[:])

    def test_the_size_says_when_it_is_near_and_over_the_limit(self):
        wizard = self.wizard_of(self.quote())
        limit = wizard.document._size_limit(self.nikki._get_mail_sender())
        for share, level in ((0.1, "fits"), (0.65, "near"), (0.8, "over")):
            wizard.attachment_ids = [
                fields.Command.clear(),
                fields.Command.create({"name": "a", "raw": b"0" * int(limit * share)}),
            ]
            with self.subTest(share):
                self.assertEqual(wizard.size_level, level)

    def test_the_browser_is_told_which_draft_is_sent(self):
        quote = self.quote()
        params = self.wizard_of(quote).action_send()["params"]
        self.assertEqual(params["document"], f"bmasia.quote,{quote.id}")
