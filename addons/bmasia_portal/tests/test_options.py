"""A customer chooses options of a quote, and confirms that very choice."""

from unittest.mock import patch

from odoo.tests import tagged

from .answering import AnswerCase

NAMES = ("Speakers", "Tablet")


class OptionCase(AnswerCase):
    """Music for 14,000 a year, with speakers and a tablet to choose."""

    def sent_quote(self, **values):
        options = (
            self.line(5000, name="Speakers\nblack", kind="one_time", is_optional=True),
            self.line(600, 2, name="Tablet", is_optional=True),
        )
        quote = self.quote(self.line(), *options, **values)
        quote.action_mark_sent()
        return quote

    def field(self, name, document=None):
        """What the form calls an optional line."""
        return f"option_{self.option(name, document).id}"

    def option(self, name, document=None):
        lines = (document or self.document).line_ids
        return lines.filtered(lambda line: line.name.startswith(name))

    def ticked(self, *names):
        return {self.field(name): "1" for name in names}

    def chosen(self):
        return [name for name in NAMES if self.option(name).is_chosen]


@tagged("post_install", "-at_install")
class TestOptions(OptionCase):
    def test_the_page_offers_them_with_their_amounts(self):
        page = self.open()
        self.assertIn("Accept for THB 14,980.00", page.panel())
        for said in ("Speakers", "2 × Tablet", "THB 5,000.00", "before VAT"):
            self.assertIn(said, page.panel())
        self.assertNotIn("black", page.panel())
        for name in NAMES:
            [box] = page.tree.xpath(f"//input[@name='{self.field(name)}']")
            self.assertEqual(box.get("type"), "checkbox")
            self.assertIsNone(box.get("checked"))
            [label] = page.tree.xpath(f"//label[@for='{box.get('id')}']")
            self.assertIn(name, label.text_content())

    def test_a_quote_without_options_shows_none(self):
        plain = self.quote()
        plain.action_mark_sent()
        page = self.open(key=self.new_key(plain))
        self.assertNotIn("Options", page.panel())
        self.assertFalse(page.tree.xpath("//script[contains(@src, 'options')]"))
        self.ask(key=self.new_key(plain))
        self.assertNotIn("options", self.code_mail().body_html)

    def test_the_choice_is_confirmed_recorded_and_counted(self):
        asked = self.ask(**self.ticked("Speakers"))
        for said in ("Speakers", "THB 20,330.00", self.document.name):
            self.assertIn(said, asked.panel())
            self.assertIn(said, self.code_mail().body_html)
        self.assertNotIn("Tablet", asked.panel())
        self.assertEqual(self.document.amount_total, 14980, "nothing counts yet")
        done = self.confirm(asked)
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(self.document.amount_total, 20330)
        self.assertEqual(self.chosen(), ["Speakers"])
        kept = self.acceptances()
        file = self.document.archive_ids
        self.assertEqual(kept.file_id, file)
        self.assertEqual(kept.total, "THB 20,330.00")
        for said in (
            self.document.name,
            file.document_sha256,
            "the option “Speakers” (THB 5,000.00 before VAT)",
            "a total of THB 20,330.00",
        ):
            self.assertIn(said, kept.sentence)
        said = [(each["name"], each["chosen"]) for each in kept.options]
        ids = [str(self.option(name).id) for name in NAMES]
        self.assertEqual(said, [(ids[0], True), (ids[1], False)])
        self.assertIn("Not chosen: “2 × Tablet”", kept.options_said)
        self.assertIn("Speakers", done.panel())
        self.assertIn("Not chosen", done.panel())
        self.assertIn("THB 20,330.00", done.text)

    def test_the_event_of_the_chain_holds_the_choice(self):
        self.confirm(self.ask(**self.ticked("Tablet")))
        [sent] = self.document.sudo().event_ids.filtered(
            lambda e: e.kind == "code_sent"
        )
        last = self.document.sudo().event_ids[:1]
        for event in (sent, last):
            chosen = [each["chosen"] for each in event.facts["options"]]
            self.assertEqual(chosen, [False, True])
            self.assertEqual(event.facts["total"], "THB 16,264.00")
        self.assertEqual(last.facts["sentence"], self.acceptances().sentence)
        self.assertEqual(self.acceptances().event_digest, last.digest)
        self.assertFalse(self.env["document.event"]._broken(self.document))

    def test_none_of_them_is_said_as_well(self):
        self.confirm(self.ask())
        kept = self.acceptances()
        self.assertIn("with none of its options and a total of", kept.sentence)
        self.assertEqual(self.document.amount_total, 14980)
        self.assertEqual(self.chosen(), [])

    def test_all_of_them(self):
        self.confirm(self.ask(**self.ticked(*NAMES)))
        kept = self.acceptances()
        self.assertIn("the options “Speakers”", kept.sentence)
        self.assertIn("and “2 × Tablet” (THB 1,200.00 per year", kept.sentence)
        self.assertEqual(kept.total, "THB 21,614.00")
        self.assertEqual(self.document.amount_total, 21614)

    def test_declining_chooses_nothing(self):
        asked = self.ask("/decline", reason="Too dear", **self.ticked(*NAMES))
        self.assertNotIn("option", asked.panel())
        self.confirm(asked)
        self.assertEqual(self.document.state, "rejected")
        self.assertEqual(self.chosen(), [])
        self.assertFalse(self.acceptances().options)
        facts = self.document.sudo().event_ids.mapped("facts")
        self.assertFalse([each for each in facts if "options" in (each or {})])

    def test_declining_keeps_nothing_that_is_not_on_offer(self):
        self.ask("/decline", reason="x", option_x="1", **self.ticked("Tablet"))
        [code] = self.env["document.code"].search([])
        self.assertEqual(code.options, [str(self.option("Tablet").id)])

    def test_what_was_ticked_is_not_lost(self):
        faulty = self.ask(full_name="", **self.ticked("Tablet"))
        asked = self.ask(**self.ticked("Tablet"))
        change = self.open(f"/confirm?ticket={self.ticket(asked)}&change=1")
        declined = self.ask("/decline", reason="Too dear", **self.ticked("Tablet"))
        again = self.open(f"/confirm?ticket={self.ticket(declined)}&change=1")
        for page in (faulty, change, again):
            [box] = page.tree.xpath(f"//input[@name='{self.field('Tablet')}']")
            self.assertEqual(box.get("checked"), "checked")
            [other] = page.tree.xpath(f"//input[@name='{self.field('Speakers')}']")
            self.assertIsNone(other.get("checked"))
            self.assertIn("Accept for THB 16,264.00", page.panel())

    # ------------------------------------------------------------
    # THE TOTAL ON THE PAGE
    # ------------------------------------------------------------

    def test_without_scripts_a_button_shows_the_total(self):
        page = self.post("/total", full_name="Somchai P.", **self.ticked("Speakers"))
        self.assertEqual(page.status, 200)
        self.assertIn("Accept for THB 20,330.00", page.panel())
        self.assertEqual(page.value("full_name"), "Somchai P.")
        self.assert_untouched()
        self.assertFalse(self.kinds())

    def test_the_script_gets_the_total_alone(self):
        answer = self.post("/total", bare="1", **self.ticked(*NAMES)).answer
        self.assertEqual(answer.text, "THB 21,614.00")
        self.assertIn("text/plain", answer.headers["Content-Type"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        foreign = {"option_1": "1", "option_x": "1", "option_": "1"}
        answer = self.post("/total", bare="1", **foreign).answer
        self.assertEqual(answer.text, "THB 14,980.00")

    def test_the_buttons_stand_so_that_enter_accepts(self):
        buttons = self.open().tree.xpath("//section[@id='answer']//button")
        self.assertIn("Accept for", buttons[0].text_content())

    def test_after_the_answer_there_is_no_total_to_ask_for(self):
        self.confirm(self.ask())
        page = self.post("/total", bare="1", **self.ticked(*NAMES))
        self.assertIn("Accepted", page.panel())

    # ------------------------------------------------------------
    # NOBODY GETS ANOTHER CHOICE RECORDED
    # ------------------------------------------------------------

    def test_forged_options(self):
        other = self.sent_quote()
        plain = self.document.line_ids[:1]
        wrong = (
            self.field("Tablet", other),
            f"option_{plain.id}",
            f"option_{max(other.line_ids.ids) + 1000}",
            "option_",
            "option_0",
            f"option_-{self.option('Tablet').id}",
            f"option_0{self.option('Tablet').id}",
            "option_<script>alert(1)</script>",
            "option_" + "9" * 5000,
        )
        for name in wrong:
            for with_right in ({}, self.ticked("Speakers")):
                with self.subTest(name[:40]):
                    page = self.ask(**{name: "1", **with_right})
                    self.assertEqual(page.status, 422)
                    self.assertIn("has changed", page.alert())
        self.assertFalse(self.env["document.code"].search([]))
        self.assertFalse(page.tree.xpath("//script[not(@src)]"))
        self.assert_untouched()

    def test_a_total_in_the_form_is_nothing(self):
        forged = {"total": "THB 1.00", "amount_total": "1", "price": "1"}
        asked = self.ask(**self.ticked("Speakers"), **forged)
        self.assertIn("THB 20,330.00", asked.panel())
        self.confirm(asked, **forged)
        self.assertEqual(self.acceptances().total, "THB 20,330.00")

    def test_the_code_confirms_the_choice_that_it_was_sent_for(self):
        asked = self.ask(**self.ticked("Speakers"))
        self.confirm(asked, **self.ticked("Tablet"))
        self.assertEqual(self.chosen(), ["Speakers"])
        self.assertEqual(self.acceptances().total, "THB 20,330.00")

    def test_a_changed_choice_needs_another_code(self):
        first = self.ask(**self.ticked("Speakers"))
        old = self.mailed_code()
        second = self.ask(**self.ticked("Tablet"))
        page = self.confirm(first, old)
        self.assertIn("no longer valid", page.alert())
        self.assertIn("not the code", self.confirm(second, old).alert())
        self.assert_untouched()
        self.confirm(second)
        self.assertEqual(self.chosen(), ["Tablet"])

    def test_two_people_with_two_choices(self):
        """Each code is for its own choice; who confirms first has answered."""
        addresses = self.open().tree.xpath("//select[@name='address']/option/@value")
        mine = self.ask(**self.ticked("Speakers"))
        hers = self.ask(
            address=addresses[1], full_name="Anong K.", **self.ticked("Tablet")
        )
        code = self.mailed_code("anong@example.com")
        self.assertIn("not the code", self.confirm(mine, code).alert())
        self.confirm(hers, code)
        self.assertIn("has answered already", self.confirm(mine).alert())
        self.assertEqual(self.chosen(), ["Tablet"])
        self.assertEqual(len(self.acceptances()), 1)

    def test_a_price_that_somebody_changes_in_the_database(self):
        """The total is reckoned again with the code: another one is refused."""
        asked = self.ask(**self.ticked("Speakers"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_quote_line SET unit_price = 1, amount_untaxed = 1,"
            " amount_gross = 1 WHERE id = %s",
            (self.option("Speakers").id,),
        )
        self.env.invalidate_all()
        self.assertIn("has changed", self.confirm(asked).alert())
        self.assert_untouched()
        self.assertEqual(self.chosen(), [])

    def test_an_option_that_is_none_any_more(self):
        asked = self.ask(**self.ticked("Speakers"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_quote_line SET is_optional = FALSE WHERE id = %s",
            (self.option("Speakers").id,),
        )
        self.env.invalidate_all()
        self.assertIn("has changed", self.confirm(asked).alert())
        self.assert_untouched()

    def test_what_becomes_of_it_is_what_was_confirmed_or_nothing(self):
        """Even if our own code noted another choice."""
        asked = self.ask(**self.ticked("Speakers"))
        with patch.object(self.registry["bmasia.quote"], "_choose"):
            page = self.confirm(asked)
        self.assertIn("has changed", page.alert())
        self.assert_untouched()

    def test_our_own_look_shows_a_total_and_chooses_nothing(self):
        key = self.new_key(self.document, "preview")
        page = self.post("/total", key=key, **self.ticked("Speakers"))
        self.assertIn("THB 20,330.00", page.panel())
        self.assertIn("Only the customer", self.ask(key=key).alert())
        self.assert_untouched()

    # ------------------------------------------------------------
    # AROUND IT
    # ------------------------------------------------------------

    def test_sales_take_it_back_and_the_customer_chooses_anew(self):
        self.confirm(self.ask(**self.ticked("Speakers")))
        self.document.with_user(self.norbert).action_reopen("Wrong speakers")
        self.assertEqual(self.chosen(), [])
        self.assertIn("Accept for THB 14,980.00", self.open().panel())
        self.confirm(self.ask(**self.ticked("Tablet")))
        self.assertEqual(self.chosen(), ["Tablet"])
        self.assertEqual(len(self.acceptances()), 2)

    def test_another_choice_by_telephone_is_not_said_to_be_the_customer_s(self):
        self.confirm(self.ask(**self.ticked("Speakers")))
        quote = self.document.with_user(self.norbert)
        quote.action_reopen("They called")
        tablet = self.document.line_ids.filtered(lambda line: line.name == "Tablet")
        quote.action_accept(option_ids=tablet.ids)
        page = self.open().panel()
        self.assertNotIn("20,330.00", page)
        self.assertNotIn("Somchai", page)

    def test_nor_is_the_same_choice_by_telephone(self):
        self.confirm(self.ask(**self.ticked("Speakers")))
        quote = self.document.with_user(self.norbert)
        quote.action_reopen("They called")
        quote.action_accept(option_ids=self.option("Speakers").ids)
        self.assertNotIn("Somchai", self.open().panel())
        self.assertEqual(self.chosen(), ["Speakers"])

    def test_the_pack_of_evidence_says_what_was_chosen(self):
        self.confirm(self.ask(**self.ticked("Speakers")))
        answer = self.acceptances()
        part = self.document._evidence_of_answer(answer)
        self.assertIn("Not chosen: “2 × Tablet”", str(part))
        self.assertIn("THB 20,330.00", str(part))
