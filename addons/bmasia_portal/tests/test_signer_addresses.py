"""A signer whose address was corrected signs from where they are reached now."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

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

    def test_no_mailbox_of_another_signer_becomes_theirs(self):
        for address in (ANONG, "anong+som@example.com"):
            self.correct(address)
            with self.subTest(address):
                self.assertEqual(self.signer("Somchai").email, SOMCHAI)
                self.assertFalse(self.events("signer_address"))
        self.assertEqual(self.open(key=self.key).status, 410)

    def test_who_keeps_contacts_but_not_the_document_moves_no_signature(self):
        users = (
            self.user("abroad@example.com", "bmasia_crm.group_user", self.hongkong),
            self.user(
                "plain@example.com",
                "base.group_user,base.group_partner_manager",
                self.thailand,
            ),
        )
        for user in users:
            key = self.key_of(SOMCHAI)
            self.somchai.with_user(user).email = "mallory@example.test"
            with self.subTest(user.login):
                self.assertFalse(self.mails_to("mallory"))
                self.assertEqual(self.signer("Somchai").email, SOMCHAI)
                self.assertEqual(self.open(key=key).status, 410)
                [todo] = self.document.activity_ids.filtered(
                    lambda each: each.summary == "Ask for signatures anew"
                )
                self.assertEqual(todo.user_id, self.nikki)
                self.assertIn(f"{user.name}, who may not change this", todo.note)
                self.assertIn("mallory@example.test", todo.note)
            self.correct(SOMCHAI)
            self.document.with_user(self.nikki).action_remind_signers()

    def user(self, login, groups, company):
        return new_test_user(
            self.env,
            login=login,
            name=login.partition("@")[0].title(),
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_the_link_leaves_from_who_is_responsible_whoever_corrects(self):
        self.somchai.with_user(self.norbert).email = NEW
        mail = self.mails_to(NEW)[-1:]  # one that waited goes there, too
        self.assertIn(self.nikki.email, mail.email_from)
        self.assertEqual(mail.author_id, self.nikki.partner_id)
        self.assertEqual(self.events("signer_address").facts["by"], "Norbert")

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

    def test_who_has_signed_and_moved_gets_the_signed_file_where_they_signed(self):
        key = self.key
        self.sign(SOMCHAI)
        self.correct()
        self.assertEqual(self.open(key=key).status, 200)
        self.sign(ANONG)
        self.sign_for_us()
        subjects = self.mails_to(SOMCHAI).mapped("subject")
        self.assertTrue([each for each in subjects if "Signed by all" in each])

    def test_whichever_company_is_ticked_who_may_write_it_corrects(self):
        nikki = self.somchai.with_user(self.nikki)
        nikki.with_context(allowed_company_ids=self.hongkong.ids).email = NEW
        self.assertTrue(self.offers(self.open(key=self.key_of(NEW))))
