"""What an amendment bills and credits, told before and done afterwards."""

from datetime import date, timedelta
from random import Random

from odoo.tests import tagged

from ..tools import money
from .amendments import AmendmentCase


@tagged("post_install", "-at_install")
class TestAnnualBilling(AmendmentCase):
    def test_two_zones_from_april_are_their_days_of_a_billed_year(self):
        self.bill()
        amendment = self.amendment("2026-04-01", self.added())
        self.assertEqual(self.effects(amendment), [("2026-04-01", "change", 21095.89)])
        self.sign(amendment)
        self.assertEqual(self.plan(), [("2026-04-01", 21095.89)])
        self.go_to("2026-04-01")
        self.assertEqual(self.bill().amount_untaxed, 21095.89)

    def test_it_is_a_bill_of_its_own_where_the_year_is_not_billed_yet(self):
        amendment = self.amendment("2026-04-01", self.added())
        self.assertEqual(self.effects(amendment), [("2026-04-01", "change", 21095.89)])
        self.sign(amendment)
        self.assertEqual(
            self.plan(), [("2026-01-01", 14000.0), ("2026-04-01", 21095.89)]
        )

    def test_one_zone_less_from_july_of_a_billed_year_is_credited(self):
        contract = self.running(self.line(14000, 2))
        self.bill(contract)
        line = contract.line_ids
        amendment = self.amendment(
            "2026-07-01", self.changed(line, quantity=1), contract=contract
        )
        # owed: 28,000 × 181/365 + 14,000 × 184/365 = 20,942.4658, rounded once
        self.assertEqual(self.effects(amendment), [("2026-07-01", "credit", -7057.53)])
        self.sign(amendment)
        credits = contract.schedule_ids.filtered(lambda row: row.kind == "credit")
        self.assertEqual(credits.amount_untaxed, -7057.53)
        note = credits.invoice_id
        self.assertEqual((note.state, note.amount_untaxed), ("draft", 7057.53))

    def test_a_line_that_goes_before_the_year_is_billed_makes_the_bill_smaller(self):
        amendment = self.amendment("2026-07-01", self.removed())
        self.assertEqual(self.effects(amendment), [("2026-01-01", "period", -7057.53)])
        self.assertEqual(amendment.effect_ids.bill_untaxed, 6942.47)
        self.sign(amendment)
        self.assertEqual(self.plan(), [("2026-01-01", 6942.47)])

    def test_a_fee_is_charged_once_on_its_day(self):
        self.bill()
        fee = self.added(1, 3000, kind="one_time", name="Installation")
        amendment = self.amendment("2026-05-11", fee)
        self.assertEqual(self.effects(amendment), [("2026-05-11", "change", 3000.0)])
        self.sign(amendment)
        self.assertEqual(self.plan(), [("2026-05-11", 3000.0)])

    def test_another_price_is_charged_from_its_day(self):
        self.bill()
        amendment = self.amendment("2026-07-01", self.changed(unit_price=15000))
        # 184 of 365 days of 1,000
        self.assertEqual(self.effects(amendment), [("2026-07-01", "change", 504.11)])

    def test_another_place_alone_bills_nothing(self):
        amendment = self.amendment("2026-07-01", self.changed(location="Pool"))
        self.assertFalse(amendment.effect_ids)
        self.sign(amendment)
        self.assertEqual(self.signed.lines_on("2026-07-01").location, "Pool")
        self.assertEqual(self.plan(), [("2026-01-01", 14000.0)])

    def test_a_longer_term_is_a_period_more(self):
        self.bill()
        amendment = self.amendment("2026-06-01", term_months=18)
        self.assertEqual(self.effects(amendment), [("2027-01-01", "period", 7000.0)])
        self.sign(amendment)
        self.assertEqual(str(self.signed.end_date), "2027-06-30")
        self.assertEqual(self.plan(), [("2027-01-01", 7000.0)])

    def test_a_shorter_term_is_credited(self):
        self.bill()
        amendment = self.amendment("2026-06-01", term_months=9)
        # 92 of 365 days of 14,000
        self.assertEqual(self.effects(amendment), [("2026-10-01", "credit", -3528.77)])
        self.sign(amendment)
        self.assertEqual(str(self.signed.end_date), "2026-09-30")

    def test_it_says_a_year_and_the_next_term_before_and_after(self):
        amendment = self.amendment("2026-04-01", self.added())
        self.assertEqual(
            (amendment.value_before, amendment.value_after), (14000.0, 42000.0)
        )
        self.assertEqual(
            (amendment.renewal_before, amendment.renewal_after), (14000.0, 42000.0)
        )

    def test_what_is_told_follows_what_is_billed_meanwhile(self):
        amendment = self.amendment("2026-07-01", self.removed())
        self.assertEqual(amendment.effect_ids.kind, "period")
        self.bill()
        self.assertEqual(self.effects(amendment), [("2026-07-01", "credit", -7057.53)])

    def test_nothing_is_written_to_the_contract_by_a_draft(self):
        before = self.plan(), self.signed.service_line_ids
        self.amendment("2026-04-01", self.added(), self.changed(quantity=5))
        self.assertEqual((self.plan(), self.signed.service_line_ids), before)


@tagged("post_install", "-at_install")
class TestMonthlyBilling(AmendmentCase):
    frequency = "monthly"

    def test_two_zones_from_april_are_nine_whole_months(self):
        amendment = self.amendment("2026-04-01", self.added())
        effects = self.effects(amendment)
        self.assertEqual(len(effects), 9)
        self.assertEqual({kind for _day, kind, _net in effects}, {"period"})
        self.assertEqual(amendment.effect_total, 21000.0)
        before = sum(net for _day, net in self.plan())
        self.sign(amendment)
        self.assertEqual(round(sum(net for _d, net in self.plan()) - before, 2), 21000)

    def test_a_month_that_is_broken_counts_by_its_days(self):
        amendment = self.amendment("2026-12-17", self.added())
        # 15 of 31 days of a month of 28,000 a year
        self.assertEqual(self.effects(amendment), [("2026-12-17", "change", 1129.03)])
        self.sign(amendment)
        self.go_to("2026-12-17")
        bill = self.bill().sorted("period_start")[-1]
        self.assertEqual(bill.amount_untaxed, 1129.03)
        self.assertIn("× 1/12 × 15 of 31 days", bill.line_ids.name)

    def test_a_draft_of_april_becomes_one_with_the_new_zones(self):
        self.go_to("2026-04-01")
        self.signed.with_user(self.pom).action_create_invoices()
        drafts = self.signed.invoice_ids
        april = drafts.filtered(lambda bill: str(bill.period_start) == "2026-04-01")
        amendment = self.amendment("2026-04-01", self.added())
        self.assertEqual(amendment.effect_ids[0].bill_untaxed, 3500.0)
        self.sign(amendment)
        self.assertFalse(april.exists())
        self.assertEqual(self.signed.invoice_ids, drafts - april)
        self.signed.with_user(self.pom).action_create_invoices()
        (april,) = self.signed.invoice_ids - drafts
        self.assertEqual(april.amount_untaxed, 3500.0)
        self.assertEqual(april.line_ids.mapped("amount_untaxed"), [1166.67, 2333.33])

    def test_what_was_issued_stays_and_the_difference_is_billed(self):
        self.go_to("2026-04-02")
        self.bill()
        amendment = self.amendment("2026-04-01", self.added())
        effects = self.effects(amendment)
        self.assertEqual(effects[0], ("2026-04-01", "change", 2333.33))
        self.assertEqual({kind for _day, kind, _net in effects[1:]}, {"period"})
        self.assertEqual(amendment.effect_total, 21000.0)
        self.sign(amendment)
        self.assertEqual(self.plan()[0], ("2026-04-01", 2333.33))


@tagged("post_install", "-at_install")
class TestToldAndDone(AmendmentCase):
    """Of random amendments, one upon the other, on contracts that are billed so far."""

    def open_rows(self, contract):
        """Net by day, of what is still to bill and of what is to be credited."""
        found = {}
        for row in contract.schedule_ids.filtered(lambda row: not row._is_billed()):
            place = (row.date, row.kind == "credit")
            found[place] = money.add([found.get(place, 0.0), row.amount_untaxed])
        return found

    def random_lines(self, random, contract, day):
        lines = [self.added(random.randint(1, 3), random.choice((9999, 14000, 70.07)))]
        served = contract.lines_on(day)
        if served and random.random() < 0.7:
            line = random.choice(served)
            if random.random() < 0.3:
                lines.append(self.removed(line))
            else:
                lines.append(self.changed(line, quantity=random.randint(4, 9)))
        return lines

    def test_what_is_told_is_what_is_done(self):
        random = Random(17)
        frequencies = ("annual", "upfront", "half_yearly", "quarterly", "monthly")
        for frequency in frequencies:
            self.go_to("2026-01-01")
            contract = self.running(
                self.line(random.choice((14000, 10000.01)), 2),
                start_date=f"2026-01-{random.randint(1, 31):02}",
                billing_frequency=frequency,
            )
            for today in ("2026-02-01", "2026-05-17", "2026-09-30"):
                self.go_to(today)
                self.bill(contract)
                day = date(2026, 2, 1) + timedelta(random.randint(0, 330))
                lines = self.random_lines(random, contract, day)
                amendment = self.amendment(
                    day,
                    *lines,
                    contract=contract,
                    term_months=random.choice((0, 0, 14)),
                )
                before = self.open_rows(contract)
                told = {
                    (effect.date, effect.kind == "credit"): effect.amount_untaxed
                    for effect in amendment.effect_ids
                }
                self.sign(amendment)
                after = self.open_rows(contract)
                done = {
                    place: money.subtract(after.get(place, 0), before.get(place, 0))
                    for place in before.keys() | after.keys()
                }
                done = {place: net for place, net in done.items() if net}
                with self.subTest(frequency=frequency, today=today, day=day):
                    self.assertEqual(told, done)
