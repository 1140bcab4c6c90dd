"""How a request for signatures ends before all have signed: declined, passed on, over,
or void because the document changed; and who is reminded.
"""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .signing import SigningCase

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"


@tagged("post_install", "-at_install")
class TestSigningEnds(SigningCase):
    def setUp(self):
        super().setUp()
        self.ask_signatures()
        self.key = self.key_of(SOMCHAI)

    def run_cron(self):
        # what a write before would do at its commit
        self.env.cr.precommit.run()
        self.env["document.signing"]._cron_follow_up()

    def on(self, days):
        return freeze_time(fields.Datetime.now() + timedelta(days=days))

    # ------------------------------------------------------------
    # DECLINED
    # ------------------------------------------------------------

    def test_who_declines_says_why_and_nobody_else_is_asked(self):
        page = self.want(self.key, "/sign/decline", reason="The price")
        self.assertIn("I do not sign", self.panel(page))
        page = self.prove(page, SOMCHAI, self.key)
        self.assertIn("Thank you for your answer", page.text)
        self.assertEqual(self.signing().state, "declined")
        self.assertEqual(self.signer("Somchai").state, "declined")
        self.assertEqual(self.document.state, "sent")
        page = self.open(key=self.key_of(ANONG))
        self.assertFalse(self.offers(page))
        self.assertIn("has declined", self.panel(page))
        self.assertIn("The price", "".join(self.document.message_ids.mapped("body")))
        self.assertIn("declined", self.document.activity_ids[:1].summary)
        self.assertIn("no longer", self.mails_to(ANONG)[-1:].subject)
        # and it can be asked again
        self.assertTrue(self.document.can_ask_signatures)

    def test_declining_needs_a_reason_and_loses_nothing(self):
        page = self.want(self.key, "/sign/decline", full_name="Som")
        self.assertIn("why you do not sign", page.alert())
        self.assertEqual(self.field(page, "full_name"), "Som")
        self.assertEqual(self.signing().state, "open")

    # ------------------------------------------------------------
    # PASSED ON
    # ------------------------------------------------------------

    def delegate(self, key=None, **form):
        given = {"to_name": "Bob B.", "to_address": "bob@example.com", **form}
        return self.want(key or self.key, "/sign/delegate", **given)

    def test_a_colleague_signs_instead(self):
        page = self.prove(self.delegate(), SOMCHAI, self.key)
        self.assertIn("Your colleague gets an e-mail", page.text)
        self.assertEqual(self.signer("Somchai").state, "delegated")
        self.assertEqual(self.signer("Bob B.").delegated_by_id.name, "Somchai")
        self.assertEqual(self.open(key=self.key).status, 410)
        self.sign(ANONG)
        self.sign("bob@example.com")
        self.sign_for_us()
        self.assertEqual(self.document.state, "active")
        self.assertIn("delegated", self.kinds())

    def test_only_to_the_customer_s_own_domain(self):
        for address in ("bob@evil.test", "bob@gmail.com", "no address", "", ANONG):
            page = self.delegate(to_address=address)
            with self.subTest(address):
                self.assertTrue(page.alert())
                self.assertEqual(self.field(page, "to_name"), "Bob B.")
                self.assertEqual(self.field(page, "to_address"), address)
        self.somchai.email = "somchai@gmail.com"
        key = self.key_of("somchai@gmail.com")
        self.assertTrue(self.delegate(key, to_address="bob@gmail.com").alert())
        self.assertEqual(self.signer("Somchai").state, "asked")

    def test_our_own_people_pass_nothing_on(self):
        page = self.delegate(self.key_of_norbert())
        self.assertIn("cannot let somebody else sign", page.alert())

    # ------------------------------------------------------------
    # OVER
    # ------------------------------------------------------------

    def test_after_the_last_day_nobody_outside_signs(self):
        with self.on(31):
            page = self.open(key=self.key)
            self.assertIn("last day for signing is over", self.panel(page))
            self.assertFalse(self.offers(page))
            page = self.post(
                "/sign", key=self.key, sha256=self.signing().sha256, full_name="S"
            )
            self.assertEqual(page.status, 422)
            self.run_cron()
        self.assertEqual(self.signing().state, "expired")
        self.assertIn("signing_expired", self.kinds())
        self.assertIn("not signed in time", self.document.activity_ids[:1].summary)

    def test_we_sign_after_the_last_day_once_they_have(self):
        self.sign(SOMCHAI)
        self.sign(ANONG)
        with self.on(40):
            self.run_cron()
            self.assertEqual(self.signing().state, "open")
            self.sign_for_us()
        self.assertEqual(self.document.state, "active")

    # ------------------------------------------------------------
    # REMINDED
    # ------------------------------------------------------------

    def reminders(self, address):
        mails = self.mails_to(address)
        return len(mails.filtered(lambda m: "Reminder" in (m.subject or "")))

    def test_each_is_reminded_twice_at_most(self):
        self.sign(ANONG)
        for day in range(1, 31):
            with self.on(day):
                self.run_cron()
                self.run_cron()
            expected = 0 if day < 3 else 1 if day < 29 else 2
            self.assertEqual(self.reminders(SOMCHAI), expected, day)
        self.assertFalse(self.reminders(ANONG))
        key = self.key_of(SOMCHAI)
        self.assertNotEqual(key, self.key)
        self.assertEqual(self.link(key).signer_id, self.link(self.key).signer_id)

    def test_one_of_us_reminds_once_a_day(self):
        with self.assertRaisesRegex(UserError, "today already"):
            self.document.action_remind_signers()
        with self.on(1):
            self.document.action_remind_signers()
            self.assertEqual(self.reminders(SOMCHAI), 1)
            with self.assertRaisesRegex(UserError, "today already"):
                self.document.action_remind_signers()

    # ------------------------------------------------------------
    # VOID
    # ------------------------------------------------------------

    def assert_void(self):
        self.assertEqual(self.signing().state, "void")
        page = self.open(key=self.key)
        self.assertFalse(self.offers(page))
        self.assertIn("no longer valid", self.panel(page))
        self.assertIn("signing_void", self.kinds())
        self.assertIn("no longer", self.mails_to(SOMCHAI)[-1:].subject)
        self.assertIn("no longer asked", self.document.activity_ids[:1].summary)

    def test_an_edit_ends_it(self):
        asked = self.want(self.key)
        self.document.property_name = "Another venue"
        # even before the commit
        page = self.prove(asked, SOMCHAI, self.key)
        self.assertIn("no longer valid", self.panel(page))
        self.env.cr.precommit.run()
        self.assert_void()
        self.assertFalse(self.signing().signature_ids)

    def test_an_edit_of_a_part_ends_it(self):
        self.document.signatory_ids[0].title = "Owner and CEO"
        self.env.cr.precommit.run()
        self.assert_void()

    def test_what_is_not_printed_ends_nothing(self):
        self.document.internal_note = "for us"
        self.document.property_name = self.document.property_name
        self.env.cr.precommit.run()
        self.assertEqual(self.signing().state, "open")

    def test_a_paper_signature_ends_it(self):
        self.document.action_activate(self.document._today())
        self.assert_void()

    def test_a_cancelled_contract_ends_it(self):
        self.document.with_user(self.norbert).action_cancel("They left")
        self.assertEqual(self.signing().state, "void")
        self.assertFalse(self.offers(self.open(key=self.key)))

    def test_we_end_it(self):
        self.document.action_void_signing()
        self.assert_void()
        with self.assertRaisesRegex(UserError, "No signatures are asked for"):
            self.document.action_void_signing()

    def test_asked_anew_only_the_new_links_sign(self):
        self.document.property_name = "Another venue"
        self.env.cr.precommit.run()
        before = self.signing()
        self.ask_signatures()
        self.assertNotEqual(self.signing(), before)
        self.assertNotEqual(self.signing().file_id, before.file_id)
        self.assertFalse(self.offers(self.open(key=self.key)))
        self.sign_all()
        self.assertEqual(self.document.state, "active")

    def test_a_reopened_contract_shows_what_goes_out(self):
        original = self.document._kept_pdf()
        self.sign_all()
        signed = self.signing().signed_file_id
        self.assertEqual(self.document._kept_pdf(), signed)
        self.document.with_user(self.norbert).action_reopen("by mistake")
        self.assertEqual(self.document._kept_pdf(), original)
        self.ask_signatures()
        self.assertEqual(self.signing().file_id, original)

    def test_whom_no_mail_was_written_to_is_not_said_to_be_asked(self):
        self.document.action_void_signing()
        self.ask_signatures(in_order=True)
        self.thailand.smtp_policy = "block"
        before = self.kinds().count("signer_asked")
        self.sign(SOMCHAI)
        self.assertEqual(self.signer("Anong").state, "asked")
        self.assertEqual(self.kinds().count("signer_asked"), before)
        mails = self.mails_to(ANONG)
        self.thailand.smtp_policy = "relay"
        self.document.action_remind_signers()  # on the same day
        self.assertEqual(len(self.mails_to(ANONG) - mails), 1)
        self.assertTrue(self.offers(self.open(key=self.key_of(ANONG))))
        with self.assertRaisesRegex(UserError, "mailed today"):
            self.document.action_remind_signers()

    def test_signed_by_hand_later_it_names_no_signature_of_before(self):
        key = self.new_key(self.document)
        original = self.document._kept_pdf()
        self.sign_all()
        self.assertIn("Signed on", self.panel(self.open(key=key)))
        contract = self.document.with_user(self.norbert)
        contract.action_reopen("by mistake")
        self.assertEqual(contract.signatures_said, "")
        self.assertIn("no longer valid", self.panel(self.open(key=self.key)))
        contract.action_activate(contract._today())
        self.assertEqual(contract.state, "active")
        self.assertEqual(self.panel(self.open(key=key)), "")
        self.assertEqual(contract._kept_pdf(), original)
        self.assertEqual(self.signing().state, "signed", "evidence stays")
        self.assertTrue(self.signing().taken_back)
        self.assertIn("Taken back", str(contract._evidence_of_signing(self.signing())))

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def test_what_is_missing_is_asked_for(self):
        self.document.action_void_signing()
        wizard = self.wizard()
        wizard.signer_ids[0].email = False
        with self.assertRaisesRegex(UserError, "e-mail address of Somchai"):
            wizard.action_confirm()
        wizard.signer_ids[0].email = "a@example.com, b@example.com"
        with self.assertRaisesRegex(UserError, "one e-mail address for Somchai"):
            wizard.action_confirm()
        wizard.signer_ids[0].email = SOMCHAI
        wizard.signer_ids[2].user_id = False
        with self.assertRaisesRegex(UserError, "Choose the user"):
            wizard.action_confirm()
        wizard.signer_ids[2].user_id = self.norbert
        for day in (self.later(0), self.later(366)):
            wizard.expires = day
            with self.assertRaisesRegex(UserError, "last day"):
                wizard.action_confirm()
        wizard.expires = self.later(7)
        wizard.signer_ids = [Command.unlink(each.id) for each in wizard.signer_ids[:2]]
        with self.assertRaisesRegex(UserError, "signer of the customer"):
            wizard.action_confirm()
        self.assertEqual(self.signing().state, "void")

    def test_they_are_asked_for_once(self):
        with self.assertRaisesRegex(UserError, "already"):
            self.document.action_ask_signatures()

    def test_without_an_account_nobody_is_asked(self):
        self.document.action_void_signing()
        wizard = self.wizard()
        self.thailand.smtp_policy = "block"
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertEqual(self.signing().state, "void")

    def test_signatures_stay_where_the_contract_cannot_follow(self):
        model = type(self.document)
        self.patch(model, "action_activate", _refuse)
        self.sign_all()
        self.assertEqual(self.signing().state, "signed")
        self.assertEqual(len(self.signing().signature_ids), 3)
        self.assertEqual(self.document.state, "sent")
        self.assertIn("not now", self.document.activity_ids.note)


def _refuse(contract, _day):
    raise UserError(contract.env._("not now"))
