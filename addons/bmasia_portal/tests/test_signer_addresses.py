"""A signer whose address was corrected signs from where they are reached now."""

from odoo.tests import tagged

from .signing import SigningCase

SOMCHAI, ANONG, NEW = "somchai@example.com", "anong@example.com", "som@hilton.test"


@tagged("post_install", "-at_install")
class TestSignerAddresses(SigningCase):
    def setUp(self):
        super().setUp()
        self.ask_signatures()
        self.key = self.key_of(SOMCHAI)

    def correct(self, email=NEW):
        self.somchai.with_user(self.nikki).email = email

    def events(self, kind):
        events = self.document.sudo().event_ids
        return events.filtered(lambda event: event.kind == kind)

    def test_link_and_code_go_there_and_the_evidence_says_so(self):
        self.correct()
        key = self.key_of(NEW)
        self.assertEqual(self.open(key=self.key).status, 410)
        self.sign(NEW, key=key)
        [signature] = self.signing().signature_ids
        self.assertEqual((signature.name, signature.address), ("Somchai", NEW))
        self.assertEqual(self.events("signed").address, NEW)
        [event] = self.events("signer_address")
        self.assertEqual(event.address, NEW)
        self.assertEqual(event.facts, {"before": SOMCHAI, "by": "Nikki"})
        self.assertFalse(self.env["document.event"]._broken(self.document))
        logged = "".join(map(str, self.document.message_ids.mapped("body")))
        self.assertIn(f"signs at {NEW} from now on, not at {SOMCHAI}", logged)

    def test_a_code_that_went_to_the_old_address_counts_no_more(self):
        page = self.want(self.key)
        code = self.mailed_code(SOMCHAI)
        self.correct()
        self.assertEqual(self.prove(page, SOMCHAI, self.key, code).status, 410)
        given = {"ticket": self.ticket(page), "code": code}
        self.post("/sign/confirm", key=self.key_of(NEW), **given)
        self.assertFalse(self.signing().signature_ids)

    def test_whose_turn_it_is_not_yet_is_asked_there_later(self):
        self.document.action_void_signing()
        self.ask_signatures(in_order=True)
        mails = self.env["mail.mail"].search([])
        self.anong.email = "an@hilton.test"
        self.assertEqual(self.signer("Anong").email, "an@hilton.test")
        self.assertEqual(self.env["mail.mail"].search([]), mails)
        self.sign(SOMCHAI)
        self.assertTrue(self.offers(self.open(key=self.key_of("an@hilton.test"))))

    def test_no_mailbox_of_ours_becomes_a_signer_s(self):
        self.correct(self.nikki.email)
        self.assertEqual(self.signer("Somchai").email, SOMCHAI)
        self.assertEqual(self.open(key=self.key).status, 410)
        self.assertFalse(self.events("signer_address"))
        titles = self.document.activity_ids.mapped("summary")
        self.assertIn("Ask for signatures anew", titles)
        self.assertIn("no longer among the signers", self.signer("Somchai")._why_shut())

    def test_an_address_that_is_gone_signs_nothing(self):
        self.correct(False)
        self.assertEqual(self.open(key=self.key).status, 410)
        self.assertTrue(self.signer("Somchai")._why_shut())
        # and where it comes back, they are reminded at once
        self.correct(SOMCHAI)
        self.document.with_user(self.nikki).action_remind_signers()
        self.assertTrue(self.offers(self.open(key=self.key_of(SOMCHAI))))

    def test_another_spelling_is_the_same_address(self):
        self.correct(f"Som <{SOMCHAI.upper()}>; {NEW}")
        self.assertTrue(self.offers(self.open(key=self.key)))
        self.assertFalse(self.events("signer_address"))

    def test_what_is_signed_stays_as_it_was_proved(self):
        self.sign(SOMCHAI)
        self.correct()
        self.assertFalse(self.events("signer_address"))
        self.assertEqual(self.signing().signature_ids.address, SOMCHAI)
        self.assertEqual(self.signer("Somchai").email, SOMCHAI)
