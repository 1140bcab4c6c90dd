"""Whose hand stands on which line of the signed document, and with which day."""

from datetime import datetime, timedelta
from unittest.mock import patch

from lxml import html

from odoo import SUPERUSER_ID, fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .signing import LINK, PREFIX, SigningCase, drawn

SOMCHAI, ANONG, INTERN = (
    "somchai@example.com",
    "anong@example.com",
    "intern@example.com",
)


class LinesCase(SigningCase):
    def pass_on(self, key, name, address=INTERN):
        """Somchai lets a colleague sign."""
        page = self.want(key, "/sign/delegate", to_name=name, to_address=address)
        return self.prove(page, SOMCHAI, key)

    def sign_as(self, user, **form):
        action = self.document.with_user(user).action_sign()
        key = LINK.search(action["url"])[1]
        return self.prove(self.want(key, **form), user.login, key)

    def printed(self):
        """What stands on each line for a signature, ours first.

        :returns: hands, and the texts below the lines
        :rtype: list[tuple]
        """
        document = self.document.with_user(SUPERUSER_ID)
        reports = self.env["ir.actions.report"].with_user(SUPERUSER_ID)
        reports = reports.with_context(document_signing=self.signing().id)
        name = f"bmasia_crm.report_{self.document._name.removeprefix('bmasia.')}"
        content = reports._render_qweb_html(name, document.ids)[0]
        found = html.fromstring(content.decode()).find_class("signature")
        return [self.on_line(each) for each in found]

    def on_line(self, node):
        [line] = node.find_class("line")
        hand = line.text_content().strip() or "".join(line.xpath("img/@src"))
        below = " ".join(
            text for each in line.itersiblings() for text in each.itertext()
        )
        return hand, " ".join(below.split())


@tagged("post_install", "-at_install")
class TestSignatureLines(LinesCase):
    def test_each_signs_on_their_own_line(self):
        self.ask_signatures()
        self.sign_all()
        self.assertEqual(
            [hand for hand, _below in self.printed()], ["Norbert", "Somchai", "Anong"]
        )
        self.assertNotIn("Signed by", str(self.printed()))

    def ask_others(self, *people):
        """All of the customer's are taken out of the dialog, and others typed in."""
        wizard = self.wizard()
        wizard.in_order = False
        wizard.signer_ids.filtered(lambda each: each.side == "customer").unlink()
        wizard.signer_ids = [
            Command.create({"side": "customer", "name": name, "email": address})
            for name, address in people
        ]
        wizard.action_confirm()
        for _name, address in people:
            self.sign(address)
        self.sign_for_us()
        return [hand for hand, _below in self.printed()]

    def test_who_is_taken_out_of_the_dialog_and_typed_again_has_their_line(self):
        hands = self.ask_others(("Anong", ANONG), ("Somchai", SOMCHAI))
        self.assertEqual(hands, ["Norbert", "Somchai", "Anong"])

    def test_who_is_typed_instead_has_the_line_that_became_free(self):
        hands = self.ask_others(("Intern", INTERN), ("Somchai", SOMCHAI))
        self.assertEqual(hands, ["Norbert", "Somchai", "Intern"])
        [_ours, _somchai, (_hand, below)] = self.printed()
        self.assertIn("Anong", below)

    def test_one_more_than_there_are_lines_has_none(self):
        people = (("Intern", INTERN), ("Somchai", SOMCHAI), ("Anong", ANONG))
        self.assertEqual(self.ask_others(*people), ["Norbert", "Somchai", "Anong"])

    def test_who_is_given_a_line_of_the_other_side_has_one_of_their_own(self):
        """Or the line of somebody else, by a program."""
        wizard = self.wizard()
        wizard.in_order = False
        somchai, anong, norbert = wizard.signer_ids.sorted("sequence")
        somchai.signatory_number = norbert.signatory_number
        norbert.signatory_number = anong.signatory_number
        wizard.action_confirm()
        self.sign_all()
        self.assertEqual(
            [hand for hand, _below in self.printed()], ["Norbert", "Somchai", "Anong"]
        )

    def test_a_request_ends_with_the_lines_that_it_is_for(self):
        """Also if the document prints the same afterwards."""
        request = self.ask_signatures()
        rows = [
            Command.create({"side": row.side, "name": row.name, "title": row.title})
            for row in self.document.signatory_ids
        ]
        self.document.with_user(self.norbert).signatory_ids = [Command.clear(), *rows]
        self.env.cr.precommit.run()
        self.assertEqual(request.state, "void")
        self.assertIn("signatories have changed", request.reason)

    def test_a_colleague_of_the_customer_signs_on_no_line_of_ours(self):
        """Whatever they are called: the place is the one that was passed on."""
        self.ask_signatures()
        self.pass_on(self.key_of(SOMCHAI), "Norbert")
        self.sign(INTERN, full_name="THE INTERN")
        self.sign(ANONG)
        self.sign_for_us()
        ours, theirs, _anong = self.printed()
        self.assertEqual(ours[0], "Norbert")
        self.assertNotIn("Signed by", ours[1])
        self.assertEqual(theirs[0], "THE INTERN")
        self.assertTrue(theirs[1].startswith("Somchai General Manager Signed by"))
        self.assertIn(f"Signed by THE INTERN {INTERN} Date:", theirs[1])

    def test_who_signs_in_another_s_name_is_said(self):
        self.ask_signatures(only=["Somchai"])
        self.pass_on(self.key_of(SOMCHAI), "Somchai")
        self.sign(INTERN, full_name="Somchai")
        self.assertIn(f"Signed by Somchai {INTERN}", self.printed()[1][1])

    def test_two_of_one_name_sign_on_two_lines(self):
        anong = self.document.signatory_ids.filtered(lambda each: each.name == "Anong")
        anong.name = "Somchai"
        wizard = self.wizard()
        second = wizard.signer_ids.filtered(lambda each: each.name == "Somchai")[1]
        second.email = ANONG
        wizard.in_order = False
        wizard.action_confirm()
        self.sign(ANONG, drawing=drawn())
        self.sign(SOMCHAI)
        self.sign_for_us()
        _ours, first, second = self.printed()
        self.assertEqual(first[0], "Somchai")
        self.assertTrue(second[0].startswith(PREFIX))

    def test_who_replaced_one_of_us_is_said_on_the_line(self):
        ines = new_test_user(
            self.env,
            login="ines@example.com",
            name="Ines",
            groups="bmasia_crm.group_manager",
            company_id=self.thailand.id,
            function="Director",
        )
        self.ask_signatures(only=["Somchai", "Norbert"])
        signer = self.signer("Norbert").with_user(self.nikki).sudo(False)
        context = signer.action_replace()["context"]
        dialogs = self.env["document.signer.wizard"].with_user(self.nikki)
        dialogs.with_context(**context).create({"user_id": ines.id}).action_confirm()
        self.sign_as(ines)
        self.sign(SOMCHAI)
        hand, below = self.printed()[0]
        self.assertEqual(hand, "Ines")
        self.assertIn("Norbert CEO Signed by Ines, Director ines@example.com", below)

    def test_who_did_not_sign_has_neither_hand_nor_day(self):
        self.ask_signatures(only=["Somchai"])
        self.sign(SOMCHAI)
        ours, _somchai, anong = self.printed()
        for hand, below in (ours, anong):
            self.assertFalse(hand)
            self.assertTrue(below.endswith("Date"), below)

    def test_a_line_without_a_signatory_is_for_who_signs_for_that_side(self):
        self.document.signatory_ids.unlink()
        self.assertFalse(self.wizard().signer_ids)
        wizard = self.wizard()
        wizard.signer_ids = [
            Command.create({"name": "Somchai", "title": "GM", "email": SOMCHAI}),
            Command.create({"side": "seller", "user_id": self.norbert.id}),
        ]
        wizard.action_confirm()
        self.sign(SOMCHAI)
        self.sign_for_us()
        ours, theirs = self.printed()
        self.assertEqual(ours[0], "Norbert")
        self.assertEqual(theirs[0], "Somchai")
        self.assertTrue(theirs[1].startswith(f"Signed by Somchai, GM {SOMCHAI} Date:"))

    def test_each_line_has_the_day_of_its_own_signature(self):
        """At the entity's desk: 20:00 UTC is the next day in Bangkok."""
        today = self.document._today()
        early = datetime.combine(today, datetime.min.time()) - timedelta(hours=28)
        self.ask_signatures()
        with patch.object(fields.Datetime, "now", staticmethod(lambda *a: early)):
            self.sign(SOMCHAI)
        self.sign(ANONG)
        self.sign_for_us()
        [first] = self.signing().signature_ids.filtered(
            lambda each: each.name == "Somchai"
        )
        self.assertEqual(first.moment, early)
        said = [below.rpartition("Date: ")[2] for _hand, below in self.printed()]
        own = self.document._format_day(today - timedelta(days=1), "d MMM")
        last = self.document._format_day(today, "d MMM")
        self.assertEqual(said, [last, own, last])
        self.assertIn(str(today - timedelta(days=1)), first.local_moment)

    def test_an_amendment_prints_in_the_same_way(self):
        self.document.action_activate(self.document._today())
        self.document = self.amendment_of(self.document)
        self.document.action_mark_sent()
        self.ask_signatures()
        self.pass_on(self.key_of(SOMCHAI), "Norbert")
        self.sign(INTERN, full_name="THE INTERN")
        self.sign(ANONG)
        self.sign_for_us()
        hands = [hand for hand, _below in self.printed()]
        self.assertEqual(hands, ["Norbert", "THE INTERN", "Anong"])


@tagged("post_install", "-at_install")
class TestOurSigners(LinesCase):
    def test_another_one_of_us_than_was_proposed_signs_under_their_own_name(self):
        self.nikki.partner_id.function = "Sales Manager"
        wizard = self.wizard()
        wizard.signer_ids.filtered(lambda each: each.name == "Anong").unlink()
        row = wizard.signer_ids.filtered(lambda each: each.side == "seller")
        self.assertEqual((row.name, row.title), ("Norbert", "CEO"))
        row.user_id = self.nikki
        self.assertEqual((row.name, row.title), ("Nikki", "Sales Manager"))
        row.name = "Norbert"  # past the form
        wizard.action_confirm()
        self.assertEqual(self.signer("Nikki").user_id, self.nikki)
        self.sign(SOMCHAI)
        self.sign_as(self.nikki)
        hand, below = self.printed()[0]
        self.assertEqual(hand, "Nikki")
        self.assertIn("Norbert CEO Signed by Nikki, Sales Manager", below)

    def test_the_page_takes_no_other_name_of_one_of_us(self):
        self.ask_signatures()
        page = self.open(key=self.key_of_norbert())
        [box] = page.tree.xpath("//section[@id='sign']//input[@name='full_name']")
        self.assertEqual(
            (box.get("value"), box.get("readonly")), ("Norbert", "readonly")
        )
        self.sign_for_us(full_name="Somebody Else")
        self.assertEqual(self.signing().signature_ids.name, "Norbert")

    def test_a_customer_types_their_name(self):
        self.ask_signatures()
        page = self.open(key=self.key_of(SOMCHAI))
        [box] = page.tree.xpath("//section[@id='sign']//input[@name='full_name']")
        self.assertFalse(box.get("readonly"))
