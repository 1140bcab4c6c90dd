"""A contract is signed on its page by all who sign."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.document_sign.tools.wishes import Wish

from .signing import SigningCase, drawn

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"


@tagged("post_install", "-at_install")
class TestSigning(SigningCase):
    def test_the_dialog_proposes_the_signatories_the_customer_s_first(self):
        wizard = self.wizard()
        proposed = [(s.side, s.name, s.title, s.email) for s in wizard.signer_ids]
        self.assertEqual(
            proposed,
            [
                ("customer", "Somchai", "General Manager", SOMCHAI),
                ("customer", "Anong", "Owner", ANONG),
                ("seller", "Norbert", "CEO", "norbert@example.com"),
            ],
        )
        self.assertEqual(wizard.signer_ids[-1].user_id, self.norbert)
        self.assertEqual(wizard.expires, self.later(30))

    def test_all_sign_at_once_and_the_contract_is_active(self):
        self.ask_signatures()
        self.assertEqual(set(self.signing().signer_ids.mapped("state")), {"asked"})
        page = self.sign(ANONG)
        self.assertIn("We have your signature", page.text)
        self.assertIn("Once everybody has signed", page.text)
        self.assertIn("You have signed on", self.panel(page))
        self.assertEqual(self.signing().progress, "1 of 3")
        self.sign(SOMCHAI, full_name="Somchai P.")
        self.assertEqual(self.document.state, "sent")
        page = self.sign_for_us()
        self.assertIn("Everybody has signed.", page.text)
        self.assertIn("Norbert, CEO", self.panel(page))
        self.assertEqual(self.document.state, "active")
        self.assertEqual(self.document.signed_date, self.document._today())
        self.assertEqual(self.signing().state, "signed")
        signatures = self.signing().signature_ids
        self.assertEqual(signatures.mapped("name"), ["Anong", "Somchai P.", "Norbert"])
        self.assertEqual(set(signatures.mapped("sha256")), {self.signing().sha256})
        self.assertFalse(self.env["document.event"]._broken(self.document))

    def test_the_content_of_the_file_is_compared_not_its_size(self):
        self.ask_signatures()
        signer = self.signer("Somchai").with_context(bin_size=True)
        signer._check_open(Wish("signed", sha256=self.signing().sha256))

    def test_in_order_each_is_asked_after_the_one_before(self):
        self.ask_signatures(in_order=True)
        self.assertEqual(
            self.signing().signer_ids.mapped("state"), ["asked", "waiting", "waiting"]
        )
        self.assertFalse(self.mails_to(ANONG))
        with self.assertRaisesRegex(UserError, "not your turn"):
            self.key_of_norbert()
        self.sign(SOMCHAI)
        self.assertEqual(self.signer("Anong").state, "asked")
        self.sign(ANONG)
        self.assertTrue(self.document.with_user(self.norbert).can_sign)
        self.assertFalse(self.document.with_user(self.nikki).can_sign)
        self.assertEqual(self.document.activity_ids.user_id, self.norbert)
        self.sign_for_us()
        self.assertFalse(self.document.activity_ids)
        self.assertEqual(self.document.state, "active")

    def test_the_sentence_names_kind_number_and_file(self):
        self.ask_signatures()
        key = self.key_of(SOMCHAI)
        page = self.want(key)
        for part in ("electronic signature", "contract", self.document.name):
            self.assertIn(part, self.panel(page))
        self.assertIn(self.signing().sha256, self.panel(page))
        self.assertIn("you sign contract", self.code_mail(SOMCHAI).body_html)
        self.prove(page, SOMCHAI, key)
        [signature] = self.signing().signature_ids
        self.assertIn(self.signing().sha256, signature.sentence)
        self.assertIn("(Asia/Bangkok)", signature.local_moment)
        self.assertEqual(signature.address, SOMCHAI)
        event = self.document.sudo().event_ids.filtered(lambda e: e.kind == "signed")
        self.assertEqual(signature.event_digest, event.digest)

    def test_a_drawing_is_kept_and_a_typed_name_will_do(self):
        self.ask_signatures()
        self.sign(SOMCHAI, drawing=drawn())
        self.sign(ANONG)
        first, second = self.signing().signature_ids
        self.assertEqual((first.way, second.way), ("drawn", "typed"))
        self.assertTrue(first._picture_address().startswith("data:image/png;base64,"))
        self.assertFalse(second.picture)

    def test_the_mail_is_the_responsible_person_s_and_for_one_alone(self):
        self.ask_signatures()
        for address in (SOMCHAI, ANONG):
            mail = self.mails_to(address)
            self.assertEqual(len(mail), 1)
            self.assertEqual(mail.mail_message_id.author_id, self.nikki.partner_id)
            self.assertIn("for you alone", mail.body_html)
            self.assertNotIn("/d/", mail.mail_message_id.body)
        self.assertNotEqual(self.key_of(SOMCHAI), self.key_of(ANONG))
        link = self.link(self.key_of(SOMCHAI))
        self.assertEqual((link.purpose, link.signer_id.name), ("sign", "Somchai"))
        self.assertFalse(
            self.mails_to("norbert@example.com")[-1:].mail_message_id.model
        )

    def test_the_next_ones_are_asked_in_the_responsible_person_s_name(self):
        self.ask_signatures(in_order=True)
        self.sign(SOMCHAI)
        mail = self.mails_to(ANONG)
        self.assertEqual(mail.mail_message_id.author_id, self.nikki.partner_id)

    def test_others_see_who_signs_and_no_form(self):
        self.ask_signatures()
        page = self.open(key=self.new_key(self.document))
        self.assertFalse(self.offers(page))
        self.assertIn("a link of their own", self.panel(page))
        self.assertIn("Somchai", self.panel(page))
        self.sign(SOMCHAI)
        page = self.open(key=self.new_key(self.document))
        self.assertIn("Signed on", self.panel(page))
        self.assertNotIn("somchai@", page.answer.text)

    def test_the_events_tell_it_all(self):
        self.ask_signatures()
        self.sign_all()
        kinds = [kind for kind in self.kinds() if kind != "viewed"]
        self.assertEqual(
            kinds,
            ["signing_asked"]
            + ["signer_asked"] * 3
            + ["code_sent", "signed"] * 3
            + ["signing_done", "signed_file"],
        )

    def test_all_get_the_signed_file(self):
        self.ask_signatures()
        self.sign_all()
        file = self.signing().signed_file_id
        for address in (SOMCHAI, ANONG, "norbert@example.com"):
            mails = self.mails_to(address).filtered(
                lambda mail: "Signed by all" in (mail.subject or "")
            )
            with self.subTest(address):
                carrying = mails.filtered(
                    lambda mail: file in mail.mail_message_id.attachment_ids
                )
                self.assertEqual(len(carrying), 1)

    def test_the_page_and_downloads_serve_the_signed_file(self):
        self.ask_signatures()
        key = self.key_of(SOMCHAI)
        original = self.document._kept_pdf()
        self.sign_all()
        signed = self.signing().signed_file_id
        self.assertNotEqual(signed, original)
        self.assertEqual(self.document._kept_pdf(), signed)
        self.assertEqual(self.document._archived_pdf(), signed)
        self.assertEqual(self.open("/pdf", key=key).answer.content, signed.raw)
        self.assertIn(original, self.document.archive_ids)

    def test_the_responsible_person_is_told(self):
        self.ask_signatures()
        self.sign_all()
        subjects = self.mails_to("nikki@example.com").mapped("subject")
        self.assertTrue([s for s in subjects if "was signed by all" in (s or "")])
        bodies = "".join(self.document.message_ids.mapped("body"))
        self.assertIn("Somchai (somchai@example.com) has signed", bodies)

    def test_an_amendment_is_signed_as_well(self):
        contract = self.active_contract(user_id=self.nikki.id)
        self.document = self.amendment_of(contract)
        self.document.action_mark_sent()
        wizard = self.wizard()
        wizard.signer_ids = [
            (0, 0, {"name": "Somchai", "email": SOMCHAI, "side": "customer"})
        ]
        wizard.action_confirm()
        self.sign(SOMCHAI)
        self.assertEqual(self.document.state, "active")
        self.assertTrue(contract.line_ids.amendment_line_id or contract.amendment_ids)

    def test_a_draft_is_sent_by_asking(self):
        self.document = self.contract(
            signatory_ids=[(0, 0, {"name": "Somchai", "title": "General Manager"})],
            user_id=self.nikki.id,
        )
        self.assertTrue(self.document.can_ask_signatures)
        wizard = self.wizard()
        self.assertTrue(wizard.sends)
        wizard.action_confirm()
        self.assertEqual(self.document.state, "sent")
        self.assertTrue(self.document.sent_date)
        [mail] = self.mails_to(SOMCHAI)
        self.assertIn(self.document.name, mail.subject)
        self.assertFalse(self.mails_to(ANONG))
        self.sign(SOMCHAI)
        self.assertEqual(self.document.state, "active")

    def test_a_draft_is_not_sent_to_ourselves(self):
        self.document = self.contract(
            signatory_ids=[
                (0, 0, {"name": "Somchai", "title": "General Manager"}),
                (0, 0, {"side": "seller", "name": "Norbert", "title": "CEO"}),
            ],
            user_id=self.nikki.id,
        )
        wizard = self.wizard()
        ours = wizard.signer_ids.filtered(lambda each: each.side == "seller")
        ours.sequence = 1
        wizard.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "draft.*customer sign first"):
            wizard.action_confirm()
        wizard.in_order = False
        wizard.action_confirm()
        self.assertEqual(self.document.state, "sent")

    def test_a_draft_that_cannot_be_sent_asks_nobody(self):
        self.document = self.contract(user_id=self.nikki.id)
        self.document.line_ids.unlink()
        wizard = self.wizard()
        wizard.signer_ids = [
            (0, 0, {"name": "Somchai", "email": SOMCHAI, "side": "customer"})
        ]
        with self.assertRaisesRegex(UserError, "line"), self.cr.savepoint():
            wizard.action_confirm()
        self.assertEqual(self.document.state, "draft")
        self.assertFalse(self.document.signing_ids)

    def test_a_paper_is_signed_as_before(self):
        self.document.action_activate(self.document._today())
        self.assertEqual(self.document.state, "active")
        self.assertFalse(self.document.can_ask_signatures)
        with self.assertRaisesRegex(UserError, "waits for no signature"):
            self.document.action_ask_signatures()
