"""Whoever has left reads nothing more, signs nothing, and gets nothing of ours."""

from odoo.fields import Command
from odoo.tests import tagged

from .answering import AnswerCase
from .signing import LINK, SigningCase

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"
ANEW = "Ask for signatures anew"


@tagged("post_install", "-at_install")
class TestLinksOfWhoLeft(AnswerCase):
    """Anong gets copies of a quote that is addressed to Somchai."""

    def opens(self, recipients, **values):
        key = self.new_key(self.document, recipients=recipients, **values)
        self.anong.active = False
        statuses = {self.open(path, key=key).status for path in ("", "/pdf")}
        statuses.add(self.post("/ask", key=key, question="Still me?").status)
        self.anong.active = True
        return statuses

    def test_a_link_to_who_was_archived_opens_nothing(self):
        self.assertEqual(self.opens(ANONG), {410})
        self.assertEqual(self.opens(f"Anong <{ANONG.upper()}>"), {410})
        self.assertFalse(self.document.sudo().question_ids)

    def test_one_that_others_have_too_opens(self):
        for others in (SOMCHAI, "accounts@elsewhere.test"):
            with self.subTest(others):
                self.assertEqual(self.opens(f"{ANONG}, {others}"), {200})

    def test_a_copy_to_one_of_us_keeps_it_open_for_nobody(self):
        for ours in (self.nikki.email, "pom+quotes@example.com"):
            with self.subTest(ours):
                self.assertEqual(self.opens(f"{ANONG}, {ours}"), {410})

    def test_who_stays_goes_on_reading_when_the_addressee_has_left(self):
        """As long as the customer is one."""
        key = self.new_key(self.document, recipients=ANONG)
        self.assertEqual(self.document.partner_id, self.somchai)
        self.somchai.active = False
        self.assertEqual(self.open(key=key).status, 200)
        for others in ("a@elsewhere.test", f"{ANONG}, {SOMCHAI}"):
            theirs = self.new_key(self.document, recipients=others)
            self.assertEqual(self.open(key=theirs).status, 410)
        self.hilton.active = False
        self.assertEqual(self.open(key=key).status, 410)

    def test_who_got_a_copy_is_one_of_them(self):
        message = self.document._message_log(body="sent")
        self.env["mail.delivery"].create(
            {"mail_message_id": message.id, "recipient": SOMCHAI, "state": "sent"}
        )
        self.assertEqual(self.opens(ANONG, message_id=message.id), {200})

    def test_where_another_contact_reads_that_mailbox_it_opens(self):
        self.env["res.partner"].create(
            {"name": "A", "email": ANONG, "parent_id": self.hilton.partner_id.id}
        )
        self.assertEqual(self.opens(ANONG), {200})

    def test_an_expired_one_makes_nobody_write(self):
        key = self.new_key(self.document, recipients=ANONG)
        day = self.document._today()
        self.link(key).sudo().fixed_end = day.replace(year=day.year - 1)
        self.anong.active = False
        before = self.env["mail.mail"].search([])
        self.assertIn("on its way", self.post("/renew", key=key).text)
        self.assertEqual(self.env["mail.mail"].search([]), before)


@tagged("post_install", "-at_install")
class TestSignersWhoLeft(SigningCase):
    def told(self, title=ANEW):
        """Once, who is responsible."""
        [todo] = self.document.activity_ids.filtered(lambda each: title in each.summary)
        self.assertEqual(todo.user_id, self.nikki)
        return todo.note

    def long_ago(self):
        self.signing().signer_ids.write({"asked_date": "2020-01-01 00:00:00"})

    def remind(self):
        self.long_ago()
        self.signing()._cron_follow_up()
        self.document.with_user(self.nikki).action_remind_signers()

    def assert_shut(self, key):
        for path in ("", "/pdf"):
            self.assertEqual(self.open(path, key=key).status, 410)
        self.assertEqual(self.post("/ask", key=key, question="Me?").status, 410)
        self.assertFalse(self.document.sudo().question_ids)

    def test_their_link_ends_and_a_colleague_is_told(self):
        self.ask_signatures()
        key = self.key_of(ANONG)
        self.anong.active = False
        self.assert_shut(key)
        self.assertIn("Anong, asked at anong@example.com, is no longer", self.told())
        self.assertTrue(self.signer("Anong").is_not_mailed)

    def test_so_it_does_when_a_program_writes_past_the_contact(self):
        self.ask_signatures()
        key = self.key_of(ANONG)
        self.env.cr.execute(
            "UPDATE res_partner SET active = false WHERE id = %s", (self.anong.id,)
        )
        self.env.invalidate_all()
        self.assert_shut(key)
        self.signing()._cron_follow_up()
        self.signing()._cron_follow_up()
        self.assertTrue(self.told())

    def test_they_are_not_reminded(self):
        self.ask_signatures()
        self.anong.active = False
        before = self.mails_to(ANONG)
        self.remind()
        self.assertEqual(self.mails_to(ANONG), before)
        self.assertEqual(len(self.mails_to(SOMCHAI)), 2)
        self.assertTrue(self.told())

    def test_the_others_sign_although_the_addressee_has_left(self):
        """Also the link that the reminder brings."""
        self.document.partner_id = self.somchai
        self.ask_signatures()
        self.somchai.active = False
        self.remind()
        self.assertEqual(len(self.mails_to(ANONG)), 2)
        self.assertTrue(self.offers(self.open(key=self.key_of(ANONG))))
        self.assert_shut(self.key_of(SOMCHAI))
        self.sign(ANONG)
        self.assertEqual(self.signer("Anong").state, "signed")

    def test_what_they_get_at_the_end_opens(self):
        self.document.partner_id = self.somchai
        self.ask_signatures(only=["Anong"])
        self.somchai.active = False
        self.sign(ANONG)
        mail = self.mails_to(ANONG)[-1:]
        self.assertIn("Signed by all", mail.subject)
        key = LINK.search(mail.body_html)[1]
        self.assertEqual(self.open(key=key).status, 200)

    def test_when_their_turn_comes_nobody_writes_to_them(self):
        self.ask_signatures(in_order=True)
        self.anong.active = False
        self.document.activity_ids.unlink()
        self.sign(SOMCHAI)
        self.assertEqual(self.signer("Anong").state, "asked")
        self.assertFalse(self.mails_to(ANONG))
        self.assertTrue(self.told())

    def test_who_comes_back_is_asked_again(self):
        self.ask_signatures()
        self.anong.active = False
        self.anong.active = True
        self.document.with_user(self.nikki).action_remind_signers()
        self.assertTrue(self.offers(self.open(key=self.key_of(ANONG))))
        self.assertNotIn(ANEW, self.document.activity_ids.mapped("summary"))

    def test_nobody_passes_signing_on_to_them(self):
        self.ask_signatures(only=["Somchai"])
        self.anong.active = False
        form = {"to_name": "Anong", "to_address": ANONG}
        page = self.want(self.key_of(SOMCHAI), "/sign/delegate", **form)
        self.assertIn("address of your company", page.alert())
        self.assertFalse(self.mails_to(ANONG))

    def test_they_get_no_signed_file(self):
        self.ask_signatures(only=["Somchai", "Anong"])
        self.sign(ANONG)
        self.anong.active = False
        before = self.mails_to(ANONG)
        self.sign(SOMCHAI)
        self.assertEqual(self.signing().state, "signed")
        self.assertEqual(self.mails_to(ANONG), before)
        self.assertIn("Signed by all", self.mails_to(SOMCHAI)[-1:].subject)

    def test_nor_are_they_told_that_it_ended(self):
        self.ask_signatures()
        self.anong.active = False
        before = self.mails_to(ANONG)
        self.document.with_user(self.nikki).action_void_signing()
        self.assertEqual(self.mails_to(ANONG), before)
        self.assertIn("no longer asked for", self.mails_to(SOMCHAI)[-1:].subject)

    # ------------------------------------------------------------
    # DELETED
    # ------------------------------------------------------------

    def test_whose_contact_is_deleted_has_left(self):
        self.ask_signatures()
        key = self.key_of(ANONG)
        self.anong.with_user(self.nikki).unlink()
        self.assert_shut(key)
        before = self.mails_to(ANONG)
        self.remind()
        self.assertEqual(self.mails_to(ANONG), before)
        self.assertIn("is no longer with the customer", self.told())

    def test_so_has_a_colleague_who_became_a_contact_later(self):
        self.ask_signatures(only=["Somchai"])
        form = {"to_name": "Bob", "to_address": "bob@example.com"}
        key = self.key_of(SOMCHAI)
        self.prove(self.want(key, "/sign/delegate", **form), SOMCHAI, key)
        key = self.key_of("bob@example.com")
        bob = self.env["res.partner"].create(
            {
                "name": "Bob",
                "email": "bob@example.com",
                "parent_id": self.hilton.partner_id.id,
            }
        )
        self.assertTrue(self.offers(self.open(key=key)))
        bob.with_user(self.nikki).unlink()
        self.assert_shut(key)
        self.assertIn("Bob, asked at", self.told())

    def test_and_gets_no_signed_file(self):
        self.ask_signatures(only=["Somchai", "Anong"])
        self.sign(ANONG)
        before = self.mails_to(ANONG)
        self.anong.with_user(self.nikki).unlink()
        self.sign(SOMCHAI)
        self.assertEqual(self.mails_to(ANONG), before)

    def test_who_was_there_twice_stays(self):
        twin = self.env["res.partner"].create(
            {"name": "A", "email": ANONG, "parent_id": self.hilton.partner_id.id}
        )
        self.ask_signatures()
        key = self.key_of(ANONG)
        self.anong.with_user(self.nikki).unlink()
        self.assertTrue(self.offers(self.open(key=key)))
        self.assertEqual(self.signer("Anong").contact_id, twin)
        twin.active = False
        self.assert_shut(key)

    # ------------------------------------------------------------
    # OUR OWN
    # ------------------------------------------------------------

    def test_our_signer_who_lost_the_entity_signs_nothing(self):
        self.ask_signatures()
        key = self.key_of_norbert()
        self.norbert.write(
            {
                "company_id": self.hongkong.id,
                "company_ids": [Command.set(self.hongkong.ids)],
            }
        )
        self.assert_shut(key)
        self.signing()._cron_follow_up()
        self.assertIn("may not read", self.told("Let another one of us sign"))
        self.assertNotIn(self.norbert, self.document.activity_ids.user_id)

    def test_our_signer_signs_whichever_company_somebody_has_ticked(self):
        self.ask_signatures()
        ticked = {"allowed_company_ids": self.hongkong.ids}
        signer = self.signer("Norbert").with_context(**ticked)
        self.assertFalse(signer._has_left())

    def test_a_mail_to_a_colleague_who_left_opens_nothing(self):
        key = self.new_key(self.document, recipients=self.norbert.email)
        self.assertEqual(self.open(key=key).status, 200)
        self.norbert.active = False
        self.assertEqual(self.open(key=key).status, 410)
