"""Amendments: from a day on, stacked, dated ahead, taken back; what is refused."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .amendments import AmendmentCase


@tagged("post_install", "-at_install")
class TestAmendment(AmendmentCase):
    def lines_on(self, day, contract=None):
        lines = (contract or self.signed).lines_on(day)
        return sorted((line.name, line.quantity, line.unit_price) for line in lines)

    def test_the_contract_shows_itself_as_of_any_day(self):
        self.sign(self.amendment("2026-04-01", self.added(), self.changed(quantity=3)))
        self.assertEqual(self.lines_on("2026-03-31"), [("Music", 1.0, 14000.0)])
        self.assertEqual(
            self.lines_on("2026-04-01"),
            [("More music", 2.0, 14000.0), ("Music", 3.0, 14000.0)],
        )
        self.assertEqual(self.lines_on("2027-01-01"), [])
        self.signed.action_pause("2026-05-01", "2026-05-31", "Works")
        for day, net, note in (
            ("2026-03-31", 14000, False),
            ("2026-04-01", 70000, False),
            ("2026-05-02", 70000, "Paused from 1 May 2026 to 31 May 2026: Works"),
            ("2027-01-01", 0, "Served from 1 January 2026 to 31 December 2026 only."),
        ):
            dialog = self.env["bmasia.day.wizard"].with_user(self.pom)
            shown = dialog.create({"contract_id": self.signed.id, "day": day})
            self.assertEqual((shown.annual_value, shown.note), (net, note))
            self.assertEqual(shown.line_ids, self.signed.lines_on(day))

    def test_what_was_signed_stays_as_it_was(self):
        fields = ("line_ids", "amount_total", "term_months", "term_value")
        before = self.signed._document_values(), [self.signed[name] for name in fields]
        self.sign(
            self.amendment("2026-04-01", self.added(), self.removed(), term_months=24)
        )
        after = self.signed._document_values(), [self.signed[name] for name in fields]
        self.assertEqual(after, before)
        self.assertEqual(str(self.music.service_to), "2026-03-31")

    def test_a_change_starts_with_the_figures_of_its_line(self):
        contract = self.running(
            self.line(9000, 4, discount=10, name="Pool", tax_rate=0, list_value=3)
        )
        line = contract.line_ids
        made = self.amendment(
            "2026-04-01", self.changed(line, quantity=5), contract=contract
        ).line_ids
        typed = Form(self.amendment("2026-04-01", contract=contract))
        with typed.line_ids.new() as row:
            row.action = "change"
            row.contract_line_id = line
        for change in (made, typed.save().line_ids):
            for name in ("name", "unit_price", "discount", "tax_rate", "list_value"):
                self.assertEqual(change[name], line[name], name)
        self.assertEqual((made.quantity, made.old_quantity), (5, 4))

    def test_its_button_opens_one_empty_draft(self):
        opened = self.signed.action_amend()
        self.assertEqual(opened, self.signed.action_amend())
        amendment = self.env["bmasia.amendment"].browse(opened["res_id"])
        self.assertEqual(amendment.contract_id, self.signed)
        self.assertEqual(amendment.customer_id, self.hilton)
        self.assertEqual(amendment.start_date, amendment._today())
        amendment.line_ids = [self.added()]
        self.assertNotEqual(opened, self.signed.action_amend())

    def test_who_signed_the_contract_is_proposed_to_sign(self):
        contract = self.contract(start_date="2026-01-01")
        contract.signatory_ids = [
            Command.create({"name": "Somchai", "side": "customer", "title": "GM"})
        ]
        contract.action_mark_sent()
        contract.action_activate("2026-01-01")
        amendment = self.amendment("2026-04-01", contract=contract)
        self.assertEqual(amendment.signatory_ids.mapped("title"), ["GM"])

    def test_it_has_a_number_of_its_own_kind(self):
        amendment = self.amendment("2026-04-01", self.added())
        amendment.action_mark_sent()
        self.assertTrue(amendment.name.startswith("AM-2026-0101-"), amendment.name)

    def test_a_line_that_it_brought_is_changed_by_another_amendment(self):
        first = self.sign(self.amendment("2026-04-01", self.added()))
        brought = first.line_ids.brought_ids
        second = self.amendment("2026-07-01", self.changed(brought, quantity=5))
        self.assertEqual(second.line_ids.old_quantity, 2)
        self.sign(second)
        self.assertEqual(self.lines_on("2026-06-30")[0], ("More music", 2.0, 14000.0))
        self.assertEqual(self.lines_on("2026-07-01")[0], ("More music", 5.0, 14000.0))

    def test_an_earlier_day_holds_until_the_change_that_was_agreed_already(self):
        self.sign(self.amendment("2026-10-01", self.changed(quantity=3)))
        self.sign(self.amendment("2026-07-01", self.changed(quantity=2)))
        quantities = [
            self.signed.lines_on(day).mapped("quantity")
            for day in ("2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01")
        ]
        self.assertEqual(quantities, [[1.0], [2.0], [2.0], [3.0]])

    def test_two_on_one_day_hold_in_the_order_of_signing(self):
        first = self.sign(self.amendment("2026-07-01", self.changed(quantity=3)))
        brought = first.line_ids.brought_ids
        self.sign(self.amendment("2026-07-01", self.changed(brought, quantity=4)))
        self.assertEqual(self.signed.lines_on("2026-07-01").quantity, 4)
        # 14,000 × 181/365 + 56,000 × 184/365 = 35,172.6027, rounded once
        self.assertEqual(self.plan(), [("2026-01-01", 35172.6)])

    def test_a_year_comes_to_what_runs_today(self):
        self.sign(self.amendment("2026-01-01", self.added()))
        self.assertEqual(self.signed.annual_value, 42000.0)

    def test_the_renewal_starts_from_the_amended_state(self):
        self.sign(
            self.amendment(
                "2026-04-01",
                self.changed(unit_price=15000, location="Lobby"),
                self.added(price=9000),
                self.added(1, 500, kind="one_time", name="Installation"),
            )
        )
        renewal = self.env["bmasia.contract"].browse(
            self.signed.action_renew(price_change=10)["res_id"]
        )
        lines = renewal.line_ids.sorted("unit_price")
        self.assertEqual(
            [(line.name, line.quantity, line.unit_price) for line in lines],
            [("More music", 2.0, 9900.0), ("Music", 1.0, 16500.0)],
        )
        self.assertEqual(lines[1].location, "Lobby")

    def test_it_ends_with_the_contract(self):
        amendment = self.sign(self.amendment("2026-04-01", self.added()))
        brought = amendment.line_ids.brought_ids
        (span,) = brought._days_served(self.signed)
        self.assertEqual((str(span.start), str(span.end)), ("2026-04-01", "2026-12-31"))

    def test_an_amended_line_is_nobodys_to_write(self):
        amendment = self.sign(self.amendment("2026-04-01", self.added()))
        brought = amendment.line_ids.brought_ids.with_user(self.norbert)
        for act in (lambda: brought.write({"quantity": 9}), brought.unlink):
            with self.assertRaisesRegex(UserError, "Amend the contract again"):
                act()


@tagged("post_install", "-at_install")
class TestTakenBack(AmendmentCase):
    def taken_back(self, amendment, user=None):
        amendment.with_user(user or self.norbert).action_cancel("Changed his mind")

    def test_before_its_day_lines_and_schedule_are_as_before(self):
        self.bill()
        before = self.plan(), self.signed.end_date
        amendment = self.amendment(
            "2026-04-01", self.added(), self.changed(quantity=3), term_months=24
        )
        self.sign(amendment)
        self.assertNotEqual((self.plan(), self.signed.end_date), before)
        self.taken_back(amendment)
        self.assertEqual((self.plan(), self.signed.end_date), before)
        self.assertEqual(self.signed.service_line_ids, self.music)
        self.assertFalse(self.music.service_to)
        self.assertEqual(amendment.cancel_reason, "Changed his mind")

    def test_a_manager_does_it_and_says_why(self):
        amendment = self.sign(self.amendment("2026-04-01", self.added()))
        with self.assertRaises(AccessError):
            self.taken_back(amendment, self.nikki)
        with self.assertRaisesRegex(UserError, "Say why"):
            amendment.with_user(self.norbert).action_cancel(" ")

    def test_not_since_its_day(self):
        amendment = self.sign(self.amendment("2026-04-01", self.added()))
        self.go_to("2026-04-01")
        with self.assertRaisesRegex(UserError, "holds since 1 April 2026"):
            self.taken_back(amendment)
        self.assertEqual(len(self.signed.service_line_ids), 2)

    def test_not_when_another_one_builds_upon_it(self):
        first = self.sign(self.amendment("2026-04-01", self.added()))
        brought = first.line_ids.brought_ids
        second = self.sign(self.amendment("2026-07-01", self.removed(brought)))
        with self.assertRaisesRegex(UserError, f"{second.name}.* changes what"):
            self.taken_back(first)
        self.taken_back(second)
        self.taken_back(first)
        self.assertEqual(self.signed.service_line_ids, self.music)

    def test_drafts_that_it_made_are_withdrawn(self):
        self.bill()
        amendment = self.sign(self.amendment("2026-07-01", self.removed()))
        note = self.signed.invoice_ids.filtered(lambda each: each._is_credit())
        self.assertEqual((note.state, note.amount_untaxed), ("draft", 7057.53))
        self.taken_back(amendment)
        self.assertFalse(note.exists())
        self.assertEqual(self.signed.lines_on("2026-07-01"), self.music)

    def test_not_when_something_of_it_was_billed(self):
        contract = self.running(start_date="2026-03-01")
        amendment = self.sign(
            self.amendment(
                "2026-03-01",
                self.changed(contract.line_ids, quantity=2),
                contract=contract,
            )
        )
        contract.schedule_ids.sudo().date = "2026-01-01"  # billed ahead of its day
        bill = self.bill(contract)
        with self.assertRaisesRegex(UserError, f"{bill.name}.* has billed"):
            self.taken_back(amendment)
        self.assertEqual(len(contract.service_line_ids), 2)


@tagged("post_install", "-at_install")
class TestRefusals(AmendmentCase):
    def refused(self, words, *lines, day="2026-04-01", contract=None, **values):
        """An amendment that is written, and cannot be sent; nothing is half done."""
        contract = contract or self.signed
        amendment = self.amendment(day, *lines, contract=contract, **values)
        with self.assertRaisesRegex(UserError, words):
            amendment.action_mark_sent()
        self.assertEqual((amendment.state, amendment.name), ("draft", False))

    def not_written(self, words, *lines, day="2026-04-01", **values):
        with self.assertRaisesRegex((UserError, ValidationError), words):
            with self.env.cr.savepoint():
                self.amendment(day, *lines, **values)

    def test_a_day_outside_the_service(self):
        self.not_written("begins on 1 January 2026", self.added(), day="2025-12-31")
        self.not_written("ends on 31 December 2026", self.added(), day="2027-01-01")
        self.amendment("2027-01-01", self.added(), term_months=24)

    def test_a_new_term_that_ends_before_the_day(self):
        self.not_written("ends on 31 March 2026", term_months=3)

    def test_a_quantity_below_zero(self):
        self.not_written("must not be negative", self.added(-1))
        self.not_written("must not be negative", self.changed(quantity=-1))

    def test_no_change_at_all(self):
        self.refused("changes nothing yet")
        self.refused("changes nothing yet", term_months=12)
        self.refused("is as it was", self.changed())

    def test_a_line_of_another_contract(self):
        other = self.running()
        self.not_written("is no line of", self.changed(other.line_ids))

    def test_a_change_without_a_line(self):
        self.not_written("Choose which line", self.line(action="remove"))

    def test_a_contract_that_does_not_run(self):
        draft = self.contract(start_date="2026-01-01")
        self.not_written("is not active", self.added(), contract=draft)
        with self.assertRaisesRegex(UserError, "is not active"):
            draft.action_amend()

    def test_a_contract_that_ended_meanwhile(self):
        amendment = self.amendment("2026-04-01", self.added())
        amendment.action_mark_sent()
        self.go_to("2027-01-01")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(self.signed.state, "expired")
        with self.assertRaisesRegex(UserError, "is not active"):
            amendment.action_activate("2027-01-01")
        self.assertEqual(amendment.state, "sent")
        self.assertEqual(self.signed.service_line_ids, self.music)

    def test_a_contract_that_was_renewed_meanwhile(self):
        amendment = self.amendment("2026-04-01", self.added())
        amendment.action_mark_sent()
        renewal = self.signed.browse(self.signed.action_renew()["res_id"])
        self.go_to("2027-01-01")
        renewal.action_mark_sent()
        renewal.action_activate("2027-01-01")
        self.assertEqual(self.signed.state, "renewed")
        with self.assertRaisesRegex(UserError, "is not active"):
            amendment.action_activate("2027-01-01")

    def test_of_two_at_once_the_second_is_told_what_happened(self):
        first = self.amendment("2026-04-01", self.changed(quantity=2))
        second = self.amendment("2026-04-01", self.changed(quantity=3))
        for amendment in (first, second):
            amendment.action_mark_sent()
        first.action_activate("2026-01-01")
        words = f"was changed by {first.name}.* from 1 April 2026"
        with self.assertRaisesRegex(UserError, words):
            second.action_activate("2026-01-01")
        self.assertEqual(second.state, "sent")
        self.assertEqual(len(self.signed.service_line_ids), 2)

    def test_a_day_that_was_billed_and_is_closed(self):
        self.bill()
        self.go_to("2026-05-04")
        self.thailand.with_user(self.pom).lock_date = "2026-04-30"
        self.refused("closed", self.changed(quantity=2), day="2026-04-30")
        self.amendment("2026-05-01", self.changed(quantity=2)).action_mark_sent()

    def test_a_fee_that_was_charged(self):
        contract = self.running(self.line(), self.line(500, kind="one_time"))
        fee = contract.line_ids[1]
        self.refused("charged once", self.removed(fee), contract=contract)

    def test_a_term_whose_renewal_is_written(self):
        self.signed.action_renew()
        self.refused("next term is written already", term_months=24)
        self.amendment("2026-04-01", self.added()).action_mark_sent()

    def test_signed_tomorrow_or_on_no_day(self):
        amendment = self.amendment("2026-04-01", self.added())
        amendment.action_mark_sent()
        with self.assertRaisesRegex(UserError, "still to come"):
            amendment.action_activate("2026-01-02")
        with self.assertRaisesRegex(UserError, "on which day"):
            amendment.action_activate()
        self.assertEqual(len(self.signed.service_line_ids), 1)

    def test_another_customer_or_currency(self):
        amendment = self.amendment("2026-04-01", self.added())
        other = self.make_company("Amari")
        with self.assertRaises(UserError):
            amendment.customer_id = other
        with self.assertRaisesRegex(UserError, "of its contract"):
            amendment.currency_id = self.currency("USD")


@tagged("post_install", "-at_install")
class TestAddOnQuote(AmendmentCase):
    def accepted(self, **values):
        quote = self.quote(self.added(), amends_contract_id=self.signed.id, **values)
        quote.action_mark_sent()
        quote.action_accept()
        return quote

    def test_an_accepted_one_becomes_an_amendment_once(self):
        quote = self.accepted()
        opened = quote.action_create_amendment()
        self.assertEqual(opened, quote.action_create_amendment())
        amendment = quote.amendment_ids
        self.assertEqual(amendment.contract_id, self.signed)
        self.assertEqual(
            [(line.action, line.name, line.quantity) for line in amendment.line_ids],
            [("add", "More music", 2.0)],
        )

    def test_it_becomes_no_contract(self):
        with self.assertRaisesRegex(UserError, "create an amendment"):
            self.accepted().action_create_contract()

    def test_a_quote_of_its_own_becomes_no_amendment(self):
        quote = self.quote()
        quote.action_mark_sent()
        with self.assertRaisesRegex(UserError, "Only an accepted quote"):
            quote.action_create_amendment()

    def test_it_is_of_the_contracts_customer(self):
        with self.assertRaisesRegex(UserError, "another customer"):
            self.quote(
                amends_contract_id=self.signed.id,
                customer_id=self.make_company("Amari").id,
            )
