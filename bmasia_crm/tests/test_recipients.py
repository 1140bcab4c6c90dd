"""Whom a document is sent to: every spelling, by every way in."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.mail_delivery.tools.addresses import read

from .common import SendingCase
from .keys import KeyCase

TO = "somchai@example.com"
WAYS_TO_WRITE = [
    (
        ['"Smith, Sons, Co. <Bangkok>" <smith@example.com>', "b@example.com"],
        {"smith@example.com", "b@example.com"},
    ),
    ("a@example.com; b@example.com", {"a@example.com", "b@example.com"}),
    (["a@example.com, b@example.com"], {"a@example.com", "b@example.com"}),
    ("a@example.com / b@example.com", {"a@example.com", "b@example.com"}),
    (
        "Doe, Jane <jane@example.com>; keith@example.com",
        {"jane@example.com", "keith@example.com"},
    ),
    ('"Smith; Sons" <smith@example.com>', {"smith@example.com"}),
    ("\xa0tom@example.com.\u200b", {"tom@example.com"}),
    ('"สมชาย \\"ต้อม\\" ใจดี" <s@example.com>', {"s@example.com"}),
    ("info@münchen.example.com", {"info@xn--mnchen-3ya.example.com"}),
    ('"Max" <info@münchen.example.com>', {"info@xn--mnchen-3ya.example.com"}),
    (
        ["info@münchen.example.com", "info@xn--mnchen-3ya.example.com"],
        {"info@xn--mnchen-3ya.example.com"},
    ),
    ("info@ร้านอาหาร.example.com", {"info@xn--q3ctb5aj2acb5r.example.com"}),
    ("info@คาเฟ่.example.com", {"info@xn--42c8cucwcyb.example.com"}),
]
REFUSED = [
    ("somchai at hilton", "somchai at hilton"),
    ("a@example.com, rubbish", "address: rubbish"),
    ("อนงค์@example.com", "before the @"),
    ('"Anong" <อนงค์@example.com>', "before the @"),
    ("jürgen@example.com", "before the @"),
    ('"=?utf-8?Q?Bob=0D=0ABcc:_e@x.io?=" <b@example.com>', "no e-mail address"),
    ([{"email": "a@example.com"}], "a text or a list of texts"),
    ([7], "a text or a list of texts"),
    ([True], "a text or a list of texts"),
    (7, "a text or a list of texts"),
    ({"to": "a@example.com"}, "a text or a list of texts"),
]


def no_pace(case):
    """Let more mails out in a minute than a person sends."""
    limit = "mail.server.personal.limit.minutes"
    case.env["ir.config_parameter"].sudo().set_param(limit, "1000")


@tagged("post_install", "-at_install")
class TestRecipients(SendingCase):
    def setUp(self):
        super().setUp()
        no_pace(self)

    def wizard_of(self, document):
        action = document.action_send()
        return (
            self.env[action["res_model"]]
            .with_user(document.env.user)
            .browse(action["res_id"])
        )

    def test_send_email_reads_texts_and_lists(self):
        for typed, expected in WAYS_TO_WRITE:
            with self.subTest(typed):
                self.server.messages.clear()
                quote = self.quote()
                answer = quote.send_email(recipients=typed)
                self.assertEqual(answer["status"], "sent", answer)
                self.assertEqual(self.server.copies(), dict.fromkeys(expected, 1))
                shown = [row["recipient"] for row in answer["deliveries"]]
                self.assertEqual(len(shown), len(expected))

    def test_the_wizard_reads_the_same(self):
        for typed, expected in WAYS_TO_WRITE:
            typed = typed if isinstance(typed, str) else ", ".join(typed)
            with self.subTest(typed):
                self.server.messages.clear()
                wizard = self.wizard_of(self.quote())
                wizard.recipient_ids = False
                wizard.write({"other_recipients": TO, "cc": typed})
                wizard.action_send()
                self.assertEqual(
                    self.server.copies(), dict.fromkeys({TO, *expected}, 1)
                )

    def test_contacts_with_every_kind_of_address_are_reached_once_each(self):
        for typed, expected in WAYS_TO_WRITE:
            text = typed if isinstance(typed, str) else ", ".join(typed)
            if len({box.name for box in read(text).good}) > 1:
                continue
            with self.subTest(text):
                self.server.messages.clear()
                self.somchai.email = text
                self.assertEqual(self.quote().send_email()["status"], "sent")
                self.assertEqual(self.server.copies(), dict.fromkeys(expected, 1))
                greeted = self.server.messages[0].message.get_body(("html",))
                self.assertIn("Somchai", greeted.get_content())
                self.server.messages.clear()
                self.wizard_of(self.quote()).action_send()
                self.assertEqual(self.server.copies(), dict.fromkeys(expected, 1))

    def test_what_was_typed_is_on_the_screen(self):
        quote = self.quote()
        answer = quote.send_email(recipients="info@ร้านอาหาร.example.com")
        self.assertIn("info@ร้านอาหาร.example.com", answer["message"])
        self.assertEqual(quote.delivery_ids.recipient, "info@ร้านอาหาร.example.com")

    def test_what_is_none_is_named_before_a_number_is_given(self):
        for typed, words in REFUSED:
            with self.subTest(typed):
                quote = self.quote()
                with self.assertRaisesRegex(UserError, words):
                    quote.send_email(recipients=typed)
                with self.assertRaisesRegex(UserError, words):
                    quote.send_email(cc=typed)
                self.assertFalse(quote.name or quote.delivery_ids)
                if isinstance(typed, str):
                    wizard = self.wizard_of(quote)
                    wizard.other_recipients = typed
                    with self.assertRaisesRegex(UserError, words):
                        wizard.action_send()
                    self.somchai.email = typed
                    if self.somchai.email:
                        with self.assertRaisesRegex(UserError, words):
                            quote.send_email()
                        self.wizard_of(quote)
                    self.somchai.email = TO
        self.assertFalse(self.server.messages)

    def test_typing_in_the_wizard_never_fails(self):
        with Form(self.wizard_of(self.quote())) as form:
            for typed, _words in REFUSED:
                if isinstance(typed, str):
                    form.other_recipients = typed
                    form.cc = typed
            form.other_recipients = "Doe, Jane <jane@example.com>"
            self.assertIn("Doe, Jane", form.mail_preview)

    def test_of_several_addresses_of_a_contact_only_the_failed_ones_stay(self):
        self.somchai.email = "a@example.com; gone@example.com"
        self.server.reply(
            "RCPT", to="gone@example.com", with_=(550, "5.1.1 no"), times=1
        )
        wizard = self.wizard_of(self.quote())
        wizard.action_send()
        self.assertFalse(wizard.recipient_ids)
        self.assertIn("gone@example.com", wizard.other_recipients)
        wizard.action_send()
        self.assertEqual(
            self.server.copies(), {"a@example.com": 1, "gone@example.com": 1}
        )

    def test_notices_and_reminders_reach_them_too(self):
        for typed in ("info@münchen.example.com", "a@example.com / b@example.com"):
            self.server.messages.clear()
            self.somchai.email = typed
            answer = self.active_contract().send_renewal_notice()
            self.assertEqual(answer["status"], "sent", answer)
            self.assertEqual(
                self.server.copies(), {box.wire: 1 for box in read(typed).good}
            )
        self.somchai.email = "อนงค์@example.com"
        with self.assertRaisesRegex(UserError, "before the @"):
            self.active_contract().send_renewal_notice()

    def test_the_chatter_reaches_the_same_people(self):
        self.somchai.email = "a@example.com; b@example.com"
        quote = self.quote()
        quote.send_email()
        self.server.messages.clear()
        with self.trap_mails() as trapped:
            quote.message_post(
                body="One more thing",
                partner_ids=self.somchai.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        trapped.deliver()
        self.assertEqual(self.server.copies(), {"a@example.com": 1, "b@example.com": 1})
        message = self.server.messages[0].message
        self.assertEqual(message["Subject"], f"Quote {quote.name} for Hilton Pattaya")
        self.assertIn(quote.send_header, message["References"])


@tagged("post_install", "-at_install")
class TestRecipientsOverTheWire(KeyCase):
    def setUp(self):
        super().setUp()
        no_pace(self)

    def test_json_2_refuses_with_a_sentence(self):
        for typed, words in REFUSED:
            with self.subTest(typed):
                quote = self.quote()
                self.env.flush_all()
                answer = self.url_open(
                    "/json/2/bmasia.quote/send_email",
                    json={"ids": quote.ids, "recipients": typed},
                    headers={"Authorization": f"Bearer {self.keys[self.nikki]}"},
                )
                self.assertEqual(answer.status_code, 422, answer.text)
                self.assertIn(words, answer.json()["message"])
