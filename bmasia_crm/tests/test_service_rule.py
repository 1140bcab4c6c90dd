"""Whatever happens to a contract, its bills less its credits are what was served."""

import random
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from odoo.tests import BaseCase

from odoo.addons.bmasia_crm.tools import money, schedule, service

DAY = timedelta(days=1)
STARTS = [date(2024, 1, 1) + n * DAY for n in range(0, 1461)]


class TestMonths(BaseCase):
    def test_a_term_ends_before_its_day_or_with_the_month(self):
        for start, months, end in (
            (date(2026, 1, 1), 12, date(2026, 12, 31)),
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2027, 3, 1), 6, date(2027, 8, 31)),
            (date(2028, 2, 29), 12, date(2029, 2, 28)),
            (date(2026, 1, 29), 1, date(2026, 2, 28)),
            (date(2026, 1, 30), 1, date(2026, 2, 28)),
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2026, 1, 28), 1, date(2026, 2, 27)),
        ):
            with self.subTest(start=start, months=months):
                self.assertEqual(schedule.end_of(start, months), end)

    def test_periods_keep_the_day_of_the_term(self):
        ends = [p.end for p in schedule.periods(date(2026, 1, 31), 6, 1)]
        self.assertEqual(
            [f"{day:%m-%d}" for day in ends],
            ["02-28", "03-30", "04-30", "05-30", "06-30", "07-30"],
        )

    def test_periods_cover_each_term_exactly(self):
        chance = random.Random(5)
        for _n in range(2000):
            start, months = chance.choice(STARTS), chance.randint(1, 60)
            every = chance.choice([1, 3, 6, 12, None])
            with self.subTest(start=start, months=months, every=every):
                found = schedule.periods(start, months, every)
                self.assertEqual(found[0].start, start)
                self.assertEqual(found[-1].end, schedule.end_of(start, months))
                for one, two in zip(found, found[1:], strict=False):
                    self.assertEqual(one.end + DAY, two.start)
                self.assertEqual(sum(p.months for p in found), months)

    def test_a_renewal_goes_on_without_a_gap(self):
        for start in STARTS:
            end = schedule.end_of(start, 1)
            self.assertLess(start, end)
            self.assertGreater(schedule.end_of(end + DAY, 1), end + DAY)


class History:
    """A contract whose lines change, pause and end while it is billed."""

    def __init__(self, seed):
        chance = self.chance = random.Random(seed)
        self.start = chance.choice(STARTS)
        self.months = chance.choice([1, 6, 12, 12, 14, 24])
        self.every = chance.choice([1, 3, 6, 12, None])
        self.stretches = [service.periods(self.start, self.months, self.every)]
        self.end = self.stretches[0][-1].end
        self.lines = [
            self.line(n, n, self.whole()) for n in range(chance.randint(1, 3))
        ]
        self.pauses, self.billed, self.total = [], {}, Counter()

    def whole(self):
        return service.Span(self.start, self.end)

    def line(self, key, root, span):
        amount = self.chance.choice([14000, 12000.01, 999.99, 28000, 0.05])
        return service.Line(key, root, "yearly", amount, (span,))

    def day(self):
        return (
            self.start + self.chance.randrange((self.end - self.start).days + 1) * DAY
        )

    def lines_with_pauses(self):
        return [
            service.Line(
                line.key,
                line.root,
                line.charge,
                line.amount,
                service.without(line.spans, self.pauses),
            )
            for line in self.lines
        ]

    def bill(self, until):
        """Bill and credit what is due until a day."""
        for due in service.plan(self.lines_with_pauses(), self.stretches, self.billed):
            if due.start <= until and (due.amount > 0 or due.period in self.billed):
                roots = {line.key: line.root for line in self.lines}
                period = self.billed.setdefault(due.period, {})
                for key, amount in due.parts.items():
                    root = roots[key]
                    period[root] = money.add([period.get(root, 0.0), amount])
                    self.total[root] = money.add([self.total[root], amount])

    def happen(self):
        self.chance.choice(
            [self.add, self.change, self.remove, self.pause, self.stop]
        )()

    def add(self):
        key = len(self.lines)
        self.lines.append(self.line(key, key, service.Span(self.day(), self.end)))

    def cut(self, index, day):
        line = self.lines[index]
        (span,) = line.spans or (None,)
        rest = span and span.within(service.Span(date.min, day - DAY))
        spans = (rest,) if rest else ()
        self.lines[index] = service.Line(
            line.key, line.root, "yearly", line.amount, spans
        )
        return span and span.within(service.Span(day, date.max))

    def change(self):
        index = self.chance.randrange(len(self.lines))
        rest = self.cut(index, self.day())
        if rest:
            root = self.lines[index].root
            self.lines.append(self.line(len(self.lines), root, rest))

    def remove(self):
        self.cut(self.chance.randrange(len(self.lines)), self.day())

    def pause(self):
        first = self.day()
        last = min(first + self.chance.randrange(90) * DAY, self.end)
        span = service.Span(first, last)
        if not any(span.within(other) for other in self.pauses):
            self.pauses.append(span)

    def stop(self):
        if self.chance.random() < 0.3:
            day = self.day()
            for index in range(len(self.lines)):
                self.cut(index, day)

    def owed(self):
        """By root, day by day, without the product's own reckoning."""
        found = Counter()
        for line in self.lines:
            exact = Fraction(0)
            price = Fraction(str(money.over_term(line.amount, self.months)))
            for period in self.stretches[0]:
                share = price * period.months / self.months
                days, day = 0, period.start
                while day <= period.end:
                    on = any(s.start <= day <= s.end for s in line.spans)
                    off = any(s.start <= day <= s.end for s in self.pauses)
                    days += on and not off
                    day += DAY
                exact += share * days / ((period.end - period.start).days + 1)
            found[line.root] += exact
        # half up; nothing is negative
        return {
            root: int(sum_ * 100 + Fraction(1, 2)) / 100 for root, sum_ in found.items()
        }


class TestRule(BaseCase):
    def test_two_zones_from_the_first_of_april(self):
        span = service.Span(date(2026, 4, 1), date(2026, 12, 31))
        line = service.Line(1, 1, "yearly", 28000, (span,))
        for every, amount in ((12, 21095.89), (1, 21000), (3, 21000), (6, None)):
            stretches = [service.periods(date(2026, 1, 1), 12, every)]
            charged = service.charged([line], stretches)
            if amount:
                total = money.add(sum(each.values()) for each in charged)
                self.assertEqual(total, amount)

    def test_a_line_that_is_replaced_by_an_equal_one_changes_nothing(self):
        year = [service.periods(date(2026, 1, 1), 12, 12)]
        middle = date(2026, 7, 1)
        halves = (
            service.Span(date(2026, 1, 1), middle - DAY),
            service.Span(middle, date(2026, 12, 31)),
        )
        whole = [service.Line(1, 1, "yearly", 28000, halves)]
        less = [
            service.Line(1, 1, "yearly", 28000, halves[:1]),
            service.Line(2, 1, "yearly", 14000, halves[1:]),
        ]
        (credit,) = service.plan(less, year, {0: {1: 28000}})
        self.assertEqual(credit.parts, {2: -7057.53})  # 14,000 × 184 of 365 days
        same = [
            service.Line(n, 1, "yearly", 28000, (half,))
            for n, half in enumerate(halves)
        ]
        for lines in (whole, same):
            self.assertEqual(service.plan(lines, year, {0: {1: 28000}}), [])

    def test_bills_less_credits_are_what_was_served(self):
        self.assert_served(range(500))

    def test_they_are_in_five_hundred_more_histories(self):
        self.assert_served(range(500, 1000))

    def assert_served(self, seeds):
        for seed in seeds:
            history = History(seed)
            for _n in range(history.chance.randrange(5)):
                history.bill(history.day())
                history.happen()
            history.bill(date.max)
            with self.subTest(seed=seed):
                owed = {root: sum_ for root, sum_ in history.owed().items() if sum_}
                billed = {root: sum_ for root, sum_ in history.total.items() if sum_}
                self.assertEqual(billed, owed)
                left = service.plan(
                    history.lines_with_pauses(), history.stretches, history.billed
                )
                self.assertFalse([due for due in left if due.amount])

    def test_an_extension_is_billed_by_the_same_rule(self):
        base = service.periods(date(2026, 1, 1), 12, 3)
        more = service.lasting(date(2027, 1, 1), date(2027, 4, 15), 3)
        self.assertEqual([str(p.end) for p in more], ["2027-03-31", "2027-06-30"])
        span = service.Span(date(2026, 1, 1), date(2027, 4, 15))
        line = service.Line(1, 1, "yearly", 12000, (span,))
        charged = [each[1] for each in service.charged([line], [base, more])]
        self.assertEqual(charged[:5], [3000] * 5)
        self.assertEqual(charged[5], 494.51)  # 15 of 91 days

    def test_an_amount_off_waits_for_what_is_charged(self):
        year = [service.periods(date(2026, 1, 1), 12, 1)]
        whole = service.Span(date(2026, 1, 1), date(2026, 12, 31))
        lines = [
            service.Line(1, 1, "yearly", 12000, (whole,)),
            service.Line(2, 2, "once", -2500, (whole,)),
        ]
        amounts = [due.amount for due in service.plan(lines, year, {})]
        self.assertEqual(amounts, [0, 0, 500] + [1000] * 9)
        billed = {2: {1: 1000, 2: -500}}
        amounts = [due.amount for due in service.plan(lines, year, billed)]
        self.assertEqual(amounts, [0, 0] + [1000] * 9, "2,000 of it are left")
