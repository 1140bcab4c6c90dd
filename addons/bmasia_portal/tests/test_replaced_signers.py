"""Another one of us signs in a place of ours that is open."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .signing import LINK, SigningCase

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"


@tagged("post_install", "-at_install")
class TestReplacedSigners(SigningCase):
    def setUp(self):
        super().setUp()
        self.ines = new_test_user(
            self.env,
            login="ines@example.com",
            name="Ines",
            groups="bmasia_crm.group_manager",
            company_id=self.thailand.id,
            function="Director",
        )

    def replace(self, name="Norbert", by=None, user=None):
        """Nikki names Ines."""
        signer = self.signer(name).with_user(by or self.nikki).sudo(False)
        context = signer.action_replace()["context"]
        dialogs = self.env["document.signer.wizard"].with_user(by or self.nikki)
        dialog = dialogs.with_context(**context).create(
            {"user_id": (user or self.ines).id}
        )
        return dialog.action_confirm()

    def sign_as(self, user):
        action = self.document.with_user(user).action_sign()
        key = LINK.search(action["url"])[1]
        return self.prove(self.want(key), user.login, key)

    def test_who_has_left_is_replaced_and_all_is_signed(self):
        self.ask_signatures()
        self.sign(SOMCHAI)
        self.sign(ANONG)
        key = self.key_of_norbert()
        self.norbert.active = False
        self.assertFalse(self.offers(self.open(key=key)))
        self.replace()
        self.assertEqual(self.open(key=key).status, 410)
        self.assertEqual(self.signer("Norbert").state, "delegated")
        new = self.signer("Ines")
        self.assertEqual((new.state, new.title), ("asked", "Director"))
        self.assertEqual(new.delegated_by_id, self.signer("Norbert"))
        self.sign_as(self.ines)
        self.assertEqual(self.document.state, "active")
        last = self.signing().signature_ids[-1]
        self.assertEqual((last.name, last.address), ("Ines", self.ines.login))

    def test_the_events_say_who_named_whom(self):
        self.ask_signatures()
        self.replace()
        events = self.document.sudo().event_ids
        [event] = events.filtered(lambda each: each.kind == "signer_replaced")
        self.assertEqual(event.who, "Nikki")
        self.assertEqual(event.facts, {"before": "Norbert", "to": "Ines"})
        self.assertFalse(self.env["document.event"]._broken(self.document))
        logged = "".join(map(str, self.document.message_ids.mapped("body")))
        self.assertIn("Ines signs for us in place of Norbert", logged)

    def test_only_the_new_one_is_asked(self):
        self.ask_signatures()
        self.replace()
        self.assertEqual(self.document.activity_ids.user_id, self.ines)
        self.assertTrue(self.document.with_user(self.ines).can_sign)
        self.assertFalse(self.document.with_user(self.norbert).can_sign)
        with self.assertRaisesRegex(UserError, "not your turn"):
            self.key_of_norbert()

    def test_a_place_whose_turn_comes_later_waits(self):
        self.ask_signatures(in_order=True)
        self.replace()
        self.assertEqual(self.signer("Ines").state, "waiting")
        self.sign(SOMCHAI)
        self.sign(ANONG)
        self.assertEqual(self.signer("Ines").state, "asked")

    def test_who_is_responsible_learns_it_when_one_leaves(self):
        for in_order in (False, True):
            self.ask_signatures(in_order=in_order)
            self.norbert.active = False
            with self.subTest(in_order=in_order):
                self.assert_asked_for_another()
            self.norbert.active = True
            self.document.action_void_signing()
            self.document.activity_ids.unlink()

    def assert_asked_for_another(self):
        [todo] = self.document.activity_ids
        self.assertEqual(todo.user_id, self.nikki)
        self.assertIn("Let another one of us sign", todo.summary)

    def test_and_when_the_turn_of_one_who_left_comes(self):
        self.ask_signatures(in_order=True)
        self.norbert.active = False
        self.document.activity_ids.unlink()
        self.sign(SOMCHAI)
        self.sign(ANONG)
        self.assert_asked_for_another()
        self.assertTrue(self.signer("Norbert").is_not_mailed)
        self.replace()
        self.assertEqual(self.document.activity_ids.user_id, self.ines)

    def test_a_place_of_the_customer_s_is_not_ours_to_give(self):
        self.ask_signatures()
        self.assertFalse(self.signer("Somchai").can_replace)
        with self.assertRaisesRegex(UserError, "does not have to sign for us"):
            self.replace("Somchai")

    def test_what_is_signed_or_over_is_not_given_away(self):
        self.ask_signatures()
        self.sign_for_us()
        with self.assertRaisesRegex(UserError, "does not have to sign for us"):
            self.replace()
        self.document.action_void_signing()
        self.ask_signatures()
        signer = self.signer("Norbert")
        self.document.action_void_signing()
        self.assertFalse(signer.can_replace)

    def test_who_signs_already_or_cannot_read_it_is_refused(self):
        self.ask_signatures()
        with self.assertRaisesRegex(UserError, "signs already"):
            self.replace(user=self.norbert)
        outside = new_test_user(
            self.env, login="out@example.com", groups="base.group_user"
        )
        with self.assertRaisesRegex(UserError, "may not read"):
            self.replace(user=outside)
        self.assertEqual(self.signer("Norbert").state, "asked")

    def test_who_may_not_write_the_document_names_nobody(self):
        self.ask_signatures()
        abroad = new_test_user(
            self.env,
            login="abroad@example.com",
            groups="bmasia_crm.group_manager",
            company_id=self.hongkong.id,
        )
        for user in (abroad, self.customer):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.replace(by=user)

    def test_the_customer_s_page_shows_who_signs(self):
        self.ask_signatures()
        self.replace()
        page = self.open(key=self.key_of(SOMCHAI))
        self.assertIn("Ines, Director", self.panel(page))
        self.assertIn("Somebody else signs", self.panel(page))
