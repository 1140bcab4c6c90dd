"""What lines are charged at the edges: single days, broken periods, amounts off."""

from datetime import date, timedelta

from odoo.tests import BaseCase

from odoo.addons.bmasia_crm.tools import service
from odoo.addons.bmasia_crm.tools.service import Due, Line, Span, lasting, periods

DAY = timedelta(days=1)
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
MONTHS = [periods(date(2026, 1, 1), 12, 1)]
QUARTERS = [periods(date(2026, 1, 1), 12, 3)]


def from_to(start, end):
    """Days of 2026, as ``"03-15"``."""
    return Span(*(date.fromisoformat(f"2026-{day}") for day in (start, end)))


def yearly(key, amount, *spans, root=None, taxed=()):
    return Line(key, root or key, "yearly", amount, spans, taxed=taxed)


def once(key, amount, *spans, taxed=()):
    return Line(key, key, "once", amount, spans, taxed=taxed)


def by_days(key, amount, price_days, *spans):
    return Line(key, key, "days", amount, spans, price_days)


def told(dues):
    """Period, month and day, amounts by line."""
    return [(due.period, f"{due.start:%m-%d}", due.parts) for due in dues]


class TestSpans(BaseCase):
    def test_both_ends_count(self):
        self.assertEqual(YEAR.days, 365)
        self.assertEqual(from_to("03-01", "03-01").days, 1)

    def test_what_two_have_in_common(self):
        march = from_to("03-01", "03-31")
        self.assertEqual(march.within(YEAR), march)
        self.assertEqual(
            march.within(from_to("03-31", "04-30")), from_to("03-31", "03-31")
        )
        self.assertIsNone(march.within(from_to("04-01", "04-30")))

    def test_gaps_are_taken_out_day_by_day(self):
        left = service.without(
            [from_to("01-01", "03-31"), from_to("05-01", "05-31")],
            [from_to("01-01", "01-31"), from_to("03-31", "05-01")],
        )
        self.assertEqual(left, (from_to("02-01", "03-30"), from_to("05-02", "05-31")))
        self.assertEqual(service.without([YEAR], []), (YEAR,))
        self.assertEqual(service.without([YEAR], [YEAR]), ())

    def test_days_served_are_counted_once_in_their_period(self):
        spans = [from_to("01-01", "01-10"), from_to("01-31", "02-05")]
        self.assertEqual(service.served(spans, MONTHS[0][0]), 11)
        self.assertEqual(service.served(spans, MONTHS[0][1]), 5)
        self.assertEqual(service.served(spans, MONTHS[0][2]), 0)


class TestLasting(BaseCase):
    def ends(self, end, every):
        day = date.fromisoformat(f"2026-{end}")
        found = lasting(date(2026, 1, 1), day, every)
        return [(f"{period.end:%m-%d}", period.months) for period in found]

    def test_whole_months_end_on_their_day(self):
        self.assertEqual(self.ends("01-31", 1), [("01-31", 1)])
        self.assertEqual(self.ends("06-30", 3), [("03-31", 3), ("06-30", 3)])
        self.assertEqual(self.ends("04-30", 3), [("03-31", 3), ("04-30", 1)])
        self.assertEqual(self.ends("04-30", None), [("04-30", 4)])

    def test_a_broken_end_is_in_a_whole_period(self):
        self.assertEqual(self.ends("01-15", 3), [("03-31", 3)])
        self.assertEqual(self.ends("04-15", 3), [("03-31", 3), ("06-30", 3)])
        self.assertEqual(self.ends("07-01", 6), [("06-30", 6), ("12-31", 6)])
        self.assertEqual(self.ends("04-15", None), [("04-30", 4)])


class TestCharged(BaseCase):
    def amounts(self, line, stretches=MONTHS):
        """By period, None where it is not served."""
        return [each.get(line.key) for each in service.charged([line], stretches)]

    def test_days_of_a_month_out_of_that_months(self):
        found = self.amounts(yearly(1, 12000, from_to("02-15", "04-10")))
        self.assertEqual(found, [None, 500, 1000, 333.33, *[None] * 8])

    def test_a_period_has_its_share_of_its_own_stretch(self):
        more = periods(date(2027, 1, 1), 6, 6)
        line = yearly(1, 12000, Span(date(2026, 1, 1), date(2027, 6, 30)))
        self.assertEqual(self.amounts(line, [*QUARTERS, more]), [3000] * 4 + [6000])

    def test_what_is_charged_once_is_in_the_first_period(self):
        later = [from_to("05-02", "12-31"), from_to("03-01", "03-02")]
        found = self.amounts(once(1, 700, *later))
        self.assertEqual(found, [None, None, 700, *[None] * 9])
        on_last_day = once(1, 700, from_to("01-31", "01-31"))
        self.assertEqual(self.amounts(on_last_day)[:2], [700, None])
        after = Span(date(2027, 3, 1), date(2027, 3, 1))
        self.assertEqual(self.amounts(once(1, 700, after)), [None] * 11 + [700])
        self.assertEqual(self.amounts(once(1, 700)), [None] * 12)

    def test_a_price_for_days_is_shared_by_these(self):
        whole = from_to("01-17", "02-15")  # 30 days, of which 15 in each month
        found = self.amounts(by_days(1, 300, whole, YEAR))
        self.assertEqual(found, [150, 150, *[None] * 10])
        served = by_days(
            1, 300, whole, from_to("01-17", "01-26"), from_to("02-15", "02-20")
        )
        self.assertEqual(self.amounts(served), [100, 10, *[None] * 10])

    def test_days_outside_the_term_are_the_nearest_periods(self):
        around = Span(date(2025, 12, 22), date(2027, 1, 10))
        amounts = self.amounts(by_days(1, 385, around, around), QUARTERS)
        self.assertEqual(amounts, [100, 91, 92, 102])

    def test_lines_that_follow_one_another_come_to_what_one_would(self):
        parts = [
            from_to("01-01", "01-10"),
            from_to("01-11", "01-20"),
            from_to("01-21", "01-31"),
        ]
        chain = [yearly(n, 1200, span, root=9) for n, span in enumerate(parts)]
        found, *_others = service.charged(chain, MONTHS)
        self.assertEqual(found, {0: 32.26, 1: 32.26, 2: 35.48})

    def test_rounding_is_the_currencys(self):
        thirds = [periods(date(2026, 1, 1), 3, 1)]
        line = yearly(1, 4000, from_to("01-01", "03-31"))
        self.assertEqual(
            service.charged([line], thirds), [{1: 333.33}, {1: 333.34}, {1: 333.33}]
        )
        self.assertEqual(
            service.charged([line], thirds, 1.0), [{1: 333}, {1: 334}, {1: 333}]
        )


class TestPlan(BaseCase):
    def plan(self, lines, billed=None, stretches=QUARTERS):
        return told(service.plan(lines, stretches, billed or {}))

    def test_a_period_without_lines_has_a_bill_of_nothing(self):
        found = self.plan([yearly(1, 12000, from_to("04-01", "06-30"))])
        self.assertEqual(
            found,
            [
                (0, "01-01", {}),
                (1, "04-01", {1: 3000}),
                (2, "07-01", {}),
                (3, "10-01", {}),
            ],
        )

    def test_a_line_that_begins_later_has_a_bill_of_its_own(self):
        lines = [yearly(1, 12000, YEAR), yearly(2, 12400, from_to("03-02", "12-31"))]
        self.assertEqual(
            self.plan(lines)[:3],
            [
                (0, "01-01", {1: 3000}),
                (0, "03-02", {2: 1033.33}),
                (1, "04-01", {1: 3000, 2: 3100}),
            ],
        )

    def test_a_price_for_days_is_due_where_these_begin(self):
        days = from_to("02-10", "02-19")
        found = self.plan([by_days(1, 300, days, YEAR)])
        self.assertEqual(found[:2], [(0, "01-01", {}), (0, "02-10", {1: 300})])

    def test_a_line_added_to_a_billed_period_is_billed_from_its_day(self):
        lines = [yearly(1, 12000, YEAR), yearly(2, 12400, from_to("03-02", "12-31"))]
        found = self.plan(lines, {0: {1: 3000}})
        self.assertEqual(found[0], (0, "03-02", {2: 1033.33}))
        self.assertEqual(found[1][0], 1)

    def test_what_was_taken_away_is_credited_from_the_day_after(self):
        line = yearly(1, 12000, from_to("01-01", "03-01"))
        found = self.plan([line], {0: {1: 3000}})
        self.assertEqual(found[0], (0, "03-02", {1: -1000}))

    def test_a_pause_is_credited_from_its_first_day(self):
        line = yearly(1, 12000, from_to("01-01", "02-28"), from_to("03-11", "12-31"))
        found = self.plan([line], {0: {1: 3000}})
        self.assertEqual(found[0], (0, "03-01", {1: -333.33}))

    def test_the_first_and_the_last_day_of_a_period_are_of_it(self):
        line = yearly(1, 12000, from_to("01-01", "03-31"), from_to("05-10", "12-31"))
        found = self.plan([line], {0: {1: 3000}, 1: {1: 3000}})
        self.assertEqual(found[0], (1, "04-01", {1: -1285.71}))
        line = yearly(1, 12000, from_to("01-01", "03-30"))
        found = self.plan([line], {0: {1: 3000}})
        self.assertEqual(found[0], (0, "03-31", {1: -33.33}))

    def test_cents_are_credited_and_billed_apart(self):
        lines = [yearly(1, 2, YEAR), yearly(2, 2, YEAR)]
        found = self.plan(lines, {0: {1: 0.9, 2: 0.1}})
        self.assertEqual(found[:2], [(0, "01-01", {1: -0.4}), (0, "01-01", {2: 0.4})])

    def test_what_costs_nothing_stands_on_the_bill(self):
        lines = [yearly(1, 12000, YEAR), yearly(2, 0, YEAR)]
        found = self.plan(lines)
        self.assertEqual(found[0], (0, "01-01", {1: 3000, 2: 0}))
        self.assertEqual(len(found), 4)

    def test_what_is_not_served_any_more_is_credited_from_the_first_day(self):
        found = self.plan([yearly(1, 12000)], {0: {1: 3000}})
        self.assertEqual(found[0], (0, "01-01", {1: -3000}))

    def test_a_change_at_the_edge_of_a_period_is_of_the_next(self):
        lines = [
            yearly(1, 12000, from_to("01-01", "03-31")),
            yearly(2, 24000, from_to("04-01", "12-31"), root=1),
        ]
        found = self.plan(lines, {0: {1: 3000}})
        self.assertEqual(found[0], (1, "04-01", {2: 6000}))
        found = self.plan(lines, {0: {1: 2900}})
        self.assertEqual(found[0], (0, "01-01", {1: 100}))

    def test_a_difference_is_of_the_line_served_last(self):
        lines = [
            yearly(1, 12000, from_to("01-01", "03-01")),
            yearly(2, 24000, from_to("03-02", "12-31"), root=1),
        ]
        found = self.plan(lines, {0: {1: 3000}, 1: {1: 3000}})
        self.assertEqual(found[:2], [(0, "03-02", {2: 1000}), (1, "04-01", {2: 3000})])
        gone = [*lines, yearly(3, 99, root=1)]
        self.assertEqual(self.plan(gone, {0: {1: 3000}})[0], (0, "03-02", {2: 1000}))

    def test_what_was_billed_as_agreed_is_left_alone(self):
        lines = [yearly(1, 12000, YEAR)]
        billed = {period: {1: 3000} for period in range(4)}
        self.assertEqual(self.plan(lines, billed), [])
        twice = [*lines, yearly(2, 400, YEAR)]
        self.assertEqual(
            self.plan(twice, {**billed, 1: {1: 3500}}),
            [
                (0, "01-01", {2: 100}),
                (1, "04-01", {1: -500}),
                (1, "04-01", {2: 100}),
                (2, "07-01", {2: 100}),
                (3, "10-01", {2: 100}),
            ],
        )

    def test_the_amount_of_a_bill_is_the_sum_of_its_parts(self):
        self.assertEqual(Due(0, DAY, {1: 0.1, 2: 0.2}).amount, 0.3)


class TestAmountsOff(BaseCase):
    def plan(self, lines, billed=None):
        return [due.parts for due in service.plan(lines, QUARTERS, billed or {})]

    def test_no_bill_goes_below_zero(self):
        lines = [yearly(1, 12000, YEAR), once(2, -4000, YEAR)]
        self.assertEqual(
            self.plan(lines),
            [{1: 3000, 2: -3000}, {1: 3000, 2: -1000}, {1: 3000}, {1: 3000}],
        )

    def test_none_is_taken_off_before_its_day(self):
        lines = [yearly(1, 12000, YEAR), once(2, -100, from_to("06-30", "12-31"))]
        self.assertEqual(self.plan(lines)[:2], [{1: 3000}, {1: 3000, 2: -100}])
        lines = [yearly(1, 12000, YEAR), once(2, -100, from_to("04-01", "12-31"))]
        self.assertEqual(self.plan(lines)[:2], [{1: 3000}, {1: 3000, 2: -100}])
        nowhere = [yearly(1, 12000, YEAR), once(2, -100)]
        self.assertEqual(self.plan(nowhere), [{1: 3000}] * 4)

    def test_it_is_taken_off_what_is_taxed_alike(self):
        lines = [
            yearly(1, 400, YEAR, taxed=(7,)),
            yearly(2, 12000, YEAR, taxed=(0,)),
            once(3, -150, YEAR, taxed=(7,)),
        ]
        self.assertEqual(
            self.plan(lines)[:2],
            [{1: 100, 2: 3000, 3: -100}, {1: 100, 2: 3000, 3: -50}],
        )

    def test_those_of_another_rate_leave_it_what_it_is_taken_off(self):
        lines = [
            yearly(1, 400, YEAR, taxed=(7,)),
            yearly(2, 12000, YEAR, taxed=(0,)),
            once(3, -3000, YEAR, taxed=(0,)),
            once(4, -100, YEAR, taxed=(7,)),
        ]
        self.assertEqual(self.plan(lines)[0], {1: 100, 2: 3000, 3: -3000, 4: -100})

    def test_small_ones_are_taken_off_too(self):
        lines = [yearly(1, 3.2, YEAR), once(2, -0.5, YEAR)]
        self.assertEqual(self.plan(lines)[0], {1: 0.8, 2: -0.5})

    def test_two_of_them_share_what_is_there(self):
        lines = [yearly(1, 12000, YEAR), once(2, -2000, YEAR), once(3, -2000, YEAR)]
        self.assertEqual(
            self.plan(lines)[:2],
            [{1: 3000, 2: -2000, 3: -1000}, {1: 3000, 3: -1000}],
        )

    def test_what_was_taken_off_earlier_is_not_taken_off_again(self):
        lines = [yearly(1, 12000, YEAR), once(2, -4000, YEAR)]
        billed = {0: {1: 3000}}
        self.assertEqual(
            self.plan(lines, billed)[:2], [{1: 3000, 2: -3000}, {1: 3000, 2: -1000}]
        )
        billed = {0: {1: 3000, 2: -3000}}
        self.assertEqual(self.plan(lines, billed)[0], {1: 3000, 2: -1000})
        billed[1] = {1: 3000, 2: -1000}
        self.assertEqual(self.plan(lines, billed), [{1: 3000}] * 2)

    def test_nothing_is_taken_off_a_credit(self):
        lines = [yearly(1, 12000, from_to("01-01", "03-01")), once(2, -500, YEAR)]
        found = self.plan(lines, {0: {1: 3000}})
        self.assertEqual(found, [{1: -1000}, {}, {}, {}])
