"""A master agreement and its venues: seen together, amended and renewed at once."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .together import TogetherCase


@tagged("post_install", "-at_install")
class TestChains(TogetherCase):
    def setUp(self):
        super().setUp()
        self.master = self.active_contract(
            self.line(0.0, name="Terms", kind="one_time"),
            customer_id=self.payer.id,
            category="master",
            start_date="2026-03-01",
            lang="en_US",
        )
        for venue in self.venues:
            venue.with_user(self.norbert).write(
                {"category": "participation", "master_contract_id": self.master.id}
            )
        self.first, self.second, self.third = self.venues

    def ask(self, user=None, **values):
        """The dialog, with its preview."""
        wizards = self.env["bmasia.chain.wizard"].with_user(user or self.nikki)
        with Form(wizards.with_context(default_master_id=self.master.id)) as form:
            for name, value in values.items():
                setattr(form, name, value)
        return form.record

    def line_of(self, wizard, contract):
        return wizard.line_ids.filtered(lambda line: line.contract_id == contract)

    def test_the_master_tells_what_its_venues_come_to(self):
        self.assertEqual(self.master.chain_count, 3)
        self.assertIn("36,000.00", self.master.chain_value)
        self.second.with_user(self.norbert).action_cancel("Closed", "2026-08-31")
        self.assertEqual(str(self.master.chain_end), "2026-08-31")
        dollars = self.venue(
            "Bali",
            currency_id=self.currency("USD").id,
            category="participation",
            master_contract_id=self.master.id,
        )
        self.assertTrue(dollars)
        value = self.master.chain_value
        self.assertEqual(value.count(","), 3, "two sums, never one of both")
        self.assertIn("12,000.00", value)

    # ------------------------------------------------------------
    # AMENDED
    # ------------------------------------------------------------

    def test_the_preview_says_what_each_bills(self):
        self.run_cron().with_user(self.pom).action_issue()
        wizard = self.ask(percent=10, start_date="2026-03-17")
        line = self.line_of(wizard, self.first)
        self.assertEqual((line.before, line.after), (12000, 13200))
        # 15 of 31 days of March at 100 more a month, then eleven whole months
        self.assertEqual((line.to_bill, line.to_credit), (1148.39, 0))
        effects = wizard.effect_ids.filtered(lambda e: e.contract_id == self.first)
        self.assertEqual(len(effects), 12)
        self.assertEqual(effects[0].amount_untaxed, 48.39)
        self.assertEqual(effects[0].kind, "change")
        self.assertFalse(self.all.amendment_ids, "nothing is made")

    def test_what_the_preview_said_comes_true(self):
        self.run_cron().with_user(self.pom).action_issue()
        wizard = self.ask(percent=-50, start_date="2026-03-17")
        told = {
            line.contract_id: line.to_bill + line.to_credit for line in wizard.line_ids
        }
        wizard.action_confirm()
        for contract in self.venues:
            amendment = contract.amendment_ids
            self.assertEqual(amendment.state, "draft")
            self.assertEqual(round(amendment.effect_total, 2), round(told[contract], 2))
            before = sum(contract.schedule_ids.mapped("amount_untaxed"))
            amendment.action_mark_sent()
            amendment.action_activate(amendment._today())
            after = sum(contract.schedule_ids.mapped("amount_untaxed"))
            self.assertEqual(round(after - before, 2), round(told[contract], 2))

    def test_a_line_more_a_product_less_another_term(self):
        product = self.env["product.product"].create(
            {"name": "Screen", "billing_kind": "recurring", "lst_price": 500}
        )
        added = self.ask(
            change="add", start_date="2026-04-01", product_id=product, unit_price=600
        )
        added.action_confirm()
        for amendment in self.all.amendment_ids:
            self.assertEqual(amendment.line_ids.action, "add")
            self.assertEqual(amendment.line_ids.unit_price, 600)
            amendment.action_mark_sent()
            amendment.action_activate(amendment._today())
        gone = self.ask(change="remove", start_date="2026-06-01", product_id=product)
        self.assertEqual(self.line_of(gone, self.first).after, 12000)
        gone.action_confirm()
        longer = self.ask(change="term", start_date="2026-06-01", term_months=24)
        self.assertEqual(self.line_of(longer, self.first).sentence, False)
        longer.action_confirm()
        newest = self.all.amendment_ids.filtered("term_months")
        self.assertEqual(newest.mapped("term_months"), [24] * 3)

    def test_only_those_that_are_ticked(self):
        wizard = self.ask(percent=10, start_date="2026-04-01")
        self.line_of(wizard, self.second).chosen = False
        wizard.action_confirm()
        self.assertFalse(self.second.amendment_ids)
        self.assertEqual(len(self.all.amendment_ids), 2)
        wizard.line_ids.chosen = False
        with self.assertRaisesRegex(UserError, "Tick"):
            wizard.action_confirm()

    def test_one_that_cannot_says_why_and_holds_up_nobody(self):
        self.second.with_user(self.norbert).action_cancel("Closed", "2026-03-31")
        self.third.with_user(self.norbert).action_cancel("Closed")
        wizard = self.ask(percent=10, start_date="2026-04-01")
        self.assertNotIn(self.third, wizard.line_ids.contract_id, "it has ended")
        line = self.line_of(wizard, self.second)
        self.assertIn("ends on 31 March 2026", line.sentence)
        self.assertFalse(line.chosen)
        line.chosen = True
        answer = wizard.action_confirm()
        self.assertEqual(answer["res_id"], wizard.id, "it stays open")
        self.assertTrue(self.first.amendment_ids)
        self.assertFalse(self.second.amendment_ids)
        self.assertIn("ends on", line.sentence)
        opened = wizard.action_open_made()
        self.assertEqual(opened["res_id"], self.first.amendment_ids.id)

    def test_what_changes_between_preview_and_yes_is_told(self):
        wizard = self.ask(percent=10, start_date="2026-04-01")
        self.first.with_user(self.norbert).action_cancel("Closed", "2026-03-20")
        wizard.action_confirm()
        self.assertIn("ends on", self.line_of(wizard, self.first).sentence)
        self.assertFalse(self.first.amendment_ids)
        self.assertTrue(self.second.amendment_ids)

    def test_bad_input_is_said_beside_each(self):
        product = self.env["product.product"].create({"name": "None has it"})
        for values, words in (
            ({"change": "remove", "product_id": product}, "has no such line"),
            ({"change": "price", "percent": 0}, "Enter the percentage"),
            ({"change": "term", "term_months": 12}, "changes nothing"),
            ({"change": "term", "term_months": 9999}, "term must be between"),
            ({"start_date": "2020-01-01"}, "begins on"),
        ):
            with self.subTest(values):
                wizard = self.ask(**values)
                for line in wizard.line_ids:
                    self.assertIn(words, line.sentence)
                self.assertFalse(any(wizard.line_ids.mapped("chosen")))

    def test_another_currency_gets_no_price_of_ours(self):
        dollars = self.venue(
            "Bali",
            currency_id=self.currency("USD").id,
            category="participation",
            master_contract_id=self.master.id,
        )
        wizard = self.ask(
            change="add", start_date="2026-04-01", name="Screen", unit_price=600
        )
        self.assertIn("amend it on its own", self.line_of(wizard, dollars).sentence)

    def test_two_tabs_raise_prices_once(self):
        tabs = [self.ask(percent=10, start_date="2026-04-01") for _n in range(2)]
        for tab in tabs:
            tab.action_confirm()
        one, other = self.first.amendment_ids
        for amendment in (one, other):
            amendment.action_mark_sent()
        one.action_activate(one._today())
        with self.assertRaisesRegex(UserError, "meanwhile"):
            other.action_activate(other._today())
        served = self.first.lines_on("2026-04-01")
        self.assertEqual(served.unit_price, 13200)

    def test_a_venue_that_is_closed_over_that_day_bills_what_was_said(self):
        self.run_cron().with_user(self.pom).action_issue()
        self.first.action_pause("2026-03-25", "2026-04-15", "Works", True)
        wizard = self.ask(percent=10, start_date="2026-04-01")
        told = self.line_of(wizard, self.first)
        wizard.action_confirm()
        before = sum(self.first.schedule_ids.mapped("amount_untaxed"))
        amendment = self.first.amendment_ids
        amendment.action_mark_sent()
        amendment.action_activate(amendment._today())
        after = sum(self.first.schedule_ids.mapped("amount_untaxed"))
        self.assertAlmostEqual(after - before, told.to_bill + told.to_credit, 2)
        self.assertAddsUp()

    def test_a_contract_of_no_chain_is_refused(self):
        wizard = self.ask(percent=10, start_date="2026-04-01")
        stranger = self.venue("Stranger")
        line = {"wizard_id": wizard.id, "contract_id": stranger.id, "chosen": True}
        made = self.env["bmasia.chain.wizard.line"].with_user(self.nikki).create(line)
        wizard.action_confirm()
        self.assertIn("not of this chain", made.sentence)
        self.assertFalse(stranger.amendment_ids)

    # ------------------------------------------------------------
    # RENEWED
    # ------------------------------------------------------------

    def test_all_are_renewed_at_once(self):
        wizard = self.ask(what="renew", by_rule=False, percent=5)
        self.assertEqual(self.line_of(wizard, self.first).after, 12600)
        wizard.action_confirm()
        renewals = self.all.renewal_id
        self.assertEqual(len(renewals), 3)
        self.assertEqual(renewals.mapped("annual_value"), [12600] * 3)
        self.assertEqual(renewals.payer_id, self.payer)
        self.assertEqual(renewals.master_contract_id, self.master)
        again = self.ask(what="renew")
        for line in again.line_ids.filtered(
            lambda line: line.contract_id != self.master
        ):
            if line.contract_id in self.all:
                self.assertIn("is renewed by", line.sentence)

    def test_as_each_contract_says(self):
        wizard = self.ask(what="renew")
        before = self.line_of(wizard, self.first)
        wizard.action_confirm()
        self.assertEqual(self.first.renewal_id.annual_value, before.after)

    def test_of_another_entity_nothing_is_seen(self):
        foreign = self.venue(
            "Hong Kong",
            company_id=self.hongkong.id,
        )
        foreign.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE bmasia_contract SET category='participation', master_contract_id=%s"
            " WHERE id=%s",
            (self.master.id, foreign.id),
        )
        self.env.invalidate_all()
        self.nikki.write(
            {
                "company_id": self.thailand.id,
                "company_ids": [Command.set(self.thailand.ids)],
            }
        )
        wizard = self.ask(percent=10, start_date="2026-04-01")
        self.assertNotIn(foreign.id, wizard.line_ids.contract_id.ids)
        self.assertEqual(len(wizard.line_ids), 3)
