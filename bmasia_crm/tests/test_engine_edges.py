"""Where the engines turn from one answer to the other: the examples in their docstrings
show the middle.
"""

from datetime import date
from fractions import Fraction

from lxml import etree

from odoo.tests import BaseCase, tagged

from ..tools import money, promptpay, schedule, terms, withholding, words
from ..tools.terms import PaymentDays


@tagged("post_install", "-at_install")
class TestMoney(BaseCase):
    def test_the_largest_figures(self):
        self.assertEqual(money.MAX_QUANTITY, 1_000_000)
        self.assertEqual(money.MAX_PRICE, 1_000_000_000_000)
        self.assertEqual(money.MAX_GROSS, 50_000_000_000)

    def test_half_of_the_smallest_unit_is_rounded_up(self):
        for value, rounding, rounded in (
            (1.005, 0.01, 1.01),
            (1.00499, 0.01, 1.0),
            (-1.005, 0.01, -1.01),
            (1.02, 0.05, 1.0),
            (1.025, 0.05, 1.05),
            (1.07, 0.05, 1.05),
            (1499.5, 1.0, 1500),
            (1499.49, 1.0, 1499),
            (1250, 100.0, 1300),
        ):
            with self.subTest(value=value, rounding=rounding):
                self.assertEqual(float(money.to_currency(value, rounding)), rounded)

    def test_each_step_of_a_line_is_rounded_by_itself(self):
        self.assertEqual(
            money.amounts(1, 0.5, discount=1, tax_rate=1),
            # half a cent of discount is one, half a cent of tax is none any more
            money.Amounts(0.5, 0.01, 0.49, 0.0, 0.49),
        )
        self.assertEqual(money.amounts(2, 3, years=2), money.Amounts(12, 0, 12, 0, 12))
        self.assertEqual(money.amounts(2, 3).gross, 6)

    def test_totals_are_added_column_by_column(self):
        lines = [money.Amounts(5, 4, 3, 2, 1), money.Amounts(10, 8, 6, 4, 2)]
        self.assertEqual(money.total(lines), money.Amounts(15, 12, 9, 6, 3))

    def test_every_net_amount_has_a_gross_one(self):
        for net in range(1, 300):
            for discount in (0, 3, 10, 33.33, 50, 99):
                untaxed = net / 100
                gross = money.gross_for(untaxed, discount)
                with self.subTest(untaxed=untaxed, discount=discount):
                    again = money.amounts(1, gross, discount=discount).untaxed
                    self.assertEqual(again, untaxed)

    def test_what_has_no_gross_amount(self):
        with self.assertRaisesRegex(ValueError, "leaves nothing"):
            money.gross_for(1, 100)
        with self.assertRaisesRegex(ValueError, "no amount of a currency"):
            money.gross_for(1.005, 0)


def taxable(*lines):
    """Lines of a document: ``(rate, net)``; what has no rate is zero-rated."""
    return [
        money.Taxable("standard" if rate else "zero", rate, net) for rate, net in lines
    ]


def figures(rows):
    """``[(base, tax), …]``"""
    return [(row.base, row.tax) for row in rows]


@tagged("post_install", "-at_install")
class TestTaxOfDocuments(BaseCase):
    """Worked out by hand, with a pocket calculator."""

    def test_rows_stand_in_the_same_order_for_everybody(self):
        lines = taxable((0, 1), (7, 2), (10, 3), (7, 4))
        lines.insert(0, money.Taxable("exempt", 0, 5))
        lines.append(money.Taxable("exempt", 0, 6))
        self.assertEqual(
            [(row.category, row.rate, row.base) for row in money.tax_rows(lines)],
            [
                ("standard", 10, 3),
                ("standard", 7, 6),
                ("exempt", 0, 11),
                ("zero", 0, 1),
            ],
        )

    def test_lines_share_the_tax_of_their_rate(self):
        for lines, rows, taxes in (
            # 0.7035 and 0.0350 of 0.74: the cent goes where more is missing
            ([(7, 10.05), (0, 5), (7, 0), (7, 0.5)], None, [0.7, 0, 0, 0.04]),
            ([(7, 0.5), (7, 10.05)], None, [0.04, 0.7]),
            # the document's tax is another one than theirs
            ([(7, 7.5), (7, 7.5)], [(7, 15, 1.07)], [0.54, 0.53]),
            ([(7, 7.5), (7, 7.5)], [(7, 15, 1.0)], [0.5, 0.5]),
            ([(7, 7.5), (7, 7.5)], [(7, 15, 0.99)], [0.5, 0.49]),
            # a rate of which it has no line
            ([(7, 100)], [(10, 50, 5), (7, 100, 7)], [7]),
            ([(7, 100)], [], [0]),
        ):
            with self.subTest(lines=lines, rows=rows):
                given = rows
                if rows is not None:
                    given = [money.TaxRow("standard", *row) for row in rows]
                self.assertEqual(money.line_taxes(taxable(*lines), rows=given), taxes)
        # of 1,498 yen the tax is 104.86
        self.assertEqual(money.line_taxes(taxable((7, 749), (7, 749)), 1.0), [53, 52])

    def test_credit_notes_take_back_the_tax_by_and_by(self):
        bill = money.tax_rows(taxable((7, 100)))
        credited = []
        for net, tax in ((33.33, 2.33), (33.33, 2.34), (33.34, 2.33), (10, 0)):
            rows = money.credited_tax(taxable((7, net)), bill, credited)
            with self.subTest(net=net, tax=tax):
                self.assertEqual(figures(rows), [(net, tax)])
            credited += rows
        # a rate that the invoice does not have is taxed as it says
        other = money.credited_tax(taxable((10, 50)), bill)
        self.assertEqual(figures(other), [(50, 5)])

    def test_parts_of_two_rates(self):
        bill, taken = money.tax_rows(taxable((7, 100), (0, 50))), []
        for amount, expected in (
            (10, [(6.37, 0.45), (3.18, 0)]),
            (20, [(12.74, 0.89), (6.37, 0)]),
            (0, [(0, 0), (0, 0)]),
            (127, [(80.89, 5.66), (40.45, 0)]),
        ):
            part = money.share(bill, amount, taken)
            with self.subTest(amount=amount):
                self.assertEqual(figures(part), expected)
            taken += part

    def test_a_rate_that_is_paid_takes_nothing_more(self):
        bill = money.tax_rows(taxable((7, 100), (0, 50)))
        for taken, amount, expected in (
            ([("standard", 7, 100, 7)], 20, [(0, 0), (20, 0)]),
            ([("standard", 7, 100, 7)], 50, [(0, 0), (50, 0)]),
            ([("zero", 0, 50, 0)], 107, [(100, 7), (0, 0)]),
            ([("zero", 0, 50, 0)], 20, [(18.69, 1.31), (0, 0)]),
            # nothing but the tax was paid
            ([("standard", 7, 0, 7)], 150, [(100, 0), (50, 0)]),
            ([("standard", 7, 100, 0)], 57, [(0, 7), (50, 0)]),
        ):
            rows = [money.TaxRow(*row) for row in taken]
            with self.subTest(taken=taken, amount=amount):
                self.assertEqual(figures(money.share(bill, amount, rows)), expected)

    def test_a_part_lies_between_nothing_and_all(self):
        bill = money.tax_rows(taxable((7, 100), (0, 50)))
        half = [money.TaxRow("standard", 7, 50, 3.5)]
        for taken, amount, left in (
            ([], -0.5, "157.00"),
            ([], 157.01, "157.00"),
            (half, 103.51, "103.50"),
        ):
            words = f"{amount} is no part of {left[:-1]}"
            with self.subTest(amount=amount), self.assertRaisesRegex(ValueError, words):
                money.share(bill, amount, taken)
        for taken, amount in (([], 0), ([], 0.5), ([], 157), (half, 103.5)):
            with self.subTest(amount=amount):
                part = money.share(bill, amount, taken)
                self.assertEqual(money.add(row.total for row in part), amount)
        self.assertEqual(money.share([], 0), [])
        nothing = money.tax_rows(taxable((0, 0)))
        self.assertEqual(figures(money.share(nothing, 0)), [(0, 0)])

    def test_sums_have_no_dust(self):
        self.assertEqual(money.subtract(0.9, 0.3, 0.3), 0.3)
        self.assertEqual(money.TaxRow("standard", 7, 0.1, 0.2).total, 0.3)


@tagged("post_install", "-at_install")
class TestPromptPay(BaseCase):
    def test_who_is_paid(self):
        for account, field in (
            ("081-234-5678", "01130066812345678"),
            ("0105548025073", "02130105548025073"),
            ("012345678901234", "0315012345678901234"),
        ):
            with self.subTest(account):
                self.assertEqual(promptpay.account_field(account), field)
        for account in ("1812345678", "081234567", "08123456789", "", None):
            with self.subTest(account), self.assertRaises(ValueError):
                promptpay.account_field(account)

    def test_the_code_is_drawn_over_the_whole_side(self):
        svg = etree.fromstring(promptpay.drawing("0002", 100).encode())
        self.assertEqual((svg.get("width"), svg.get("height")), ("100", "100"))
        small = etree.fromstring(promptpay.drawing("0002").encode())
        self.assertEqual(small.get("width"), "72")
        # 21 modules of 4.319 points, which reportlab draws unless told otherwise
        [_flip, scaled, *_rest] = svg.iter("{*}g")
        self.assertEqual(
            scaled.get("transform").strip(), "matrix(1.102431,0,0,1.102431,0,0)"
        )


@tagged("post_install", "-at_install")
class TestSchedule(BaseCase):
    def test_months_between_two_bills(self):
        self.assertEqual(
            schedule.EVERY,
            {
                "monthly": 1,
                "quarterly": 3,
                "half_yearly": 6,
                "annual": 12,
                "upfront": None,
                "one_time": None,
            },
        )

    def test_whole_years_and_the_days_after_them(self):
        for start, end, split, years in (
            (date(2026, 1, 1), date(2026, 1, 1), (0, 1, 365), Fraction(1, 365)),
            (date(2026, 1, 1), date(2026, 11, 30), (0, 334, 365), Fraction(334, 365)),
            (date(2026, 1, 1), date(2026, 12, 30), (0, 364, 365), Fraction(364, 365)),
            (date(2026, 1, 1), date(2026, 12, 31), (1, 0, 365), Fraction(1)),
            (date(2027, 1, 1), date(2028, 1, 1), (1, 1, 366), 1 + Fraction(1, 366)),
            (date(2026, 3, 15), date(2029, 3, 14), (3, 0, 365), Fraction(3)),
        ):
            with self.subTest(start=start, end=end):
                self.assertEqual(schedule.split_years(start, end), split)
                self.assertEqual(schedule.years(start, end), years)


@tagged("post_install", "-at_install")
class TestTerms(BaseCase):
    def test_a_term_is_a_leap_year_at_most(self):
        self.assertEqual(terms.MAX_DAYS, 366)

    def test_a_rule_without_a_day_is_not_searched_for_ever(self):
        rare = PaymentDays(first=29, weekday="4", week="last")
        self.assertEqual(rare.on_or_after(date(2026, 2, 1)), date(2026, 5, 29))
        never = PaymentDays(first=1, weekday="0", week="4")
        self.assertIsNone(never.on_or_after(date(2026, 1, 1)))

    def test_days_of_the_month(self):
        for first, last, day, has in (
            (20, 0, 20, True),
            (20, 0, 21, False),
            (20, 0, 1, False),
            (1, 10, 1, True),
            (1, 10, 10, True),
            (1, 10, 11, False),
            (5, 10, 4, False),
            # over the end of the month
            (25, 5, 24, False),
            (25, 5, 25, True),
            (25, 5, 30, True),
            (25, 5, 5, True),
            (25, 5, 6, False),
            # the last day of a month that has 30
            (31, 0, 30, True),
            (31, 0, 29, False),
        ):
            with self.subTest(first=first, last=last, day=day):
                days = PaymentDays(first=first, last=last)
                self.assertEqual(days.has(date(2026, 11, day)), has)

    def test_weeks_of_the_month(self):
        # Mondays of November 2026: 2, 9, 16, 23, 30; Sundays: 1, 8, 15, 22, 29
        for weekday, week, days in (
            ("0", "", [2, 9, 16, 23, 30]),
            ("0", "1", [2]),
            ("0", "2", [9]),
            ("0", "4", [23]),
            ("0", "last", [30]),
            ("6", "1", [1]),
            ("6", "2", [8]),
            ("5", "1", [7]),
            ("5", "last", [28]),
            ("1", "last", [24]),
            ("", "", [*range(1, 31)]),
        ):
            with self.subTest(weekday=weekday, week=week):
                rule = PaymentDays(weekday=weekday, week=week)
                november = (date(2026, 11, day) for day in range(1, 31))
                self.assertEqual([d.day for d in november if rule.has(d)], days)

    def test_what_is_a_rule(self):
        for rule, is_rule in (
            (PaymentDays(), False),
            (PaymentDays(first=1), True),
            (PaymentDays(weekday="0"), True),
            (PaymentDays(last=3), False),
            (PaymentDays(week="1"), False),
        ):
            with self.subTest(rule=rule):
                self.assertEqual(bool(rule), is_rule)

    def test_terms_at_the_end_of_a_month(self):
        for term, days, issued, due in (
            ("end_of_month", 0, date(2026, 2, 1), date(2026, 2, 28)),
            ("end_of_month", 0, date(2026, 2, 28), date(2026, 2, 28)),
            ("end_of_month", 1, date(2026, 12, 31), date(2027, 1, 1)),
            ("days", 0, date(2026, 2, 1), date(2026, 2, 1)),
            ("on_receipt", 99, date(2026, 2, 1), date(2026, 2, 1)),
        ):
            with self.subTest(term=term, days=days, issued=issued):
                self.assertEqual(terms.due_date(term, days, issued), due)


@tagged("post_install", "-at_install")
class TestWithholding(BaseCase):
    def test_from_a_thousand_baht_on(self):
        self.assertEqual(withholding.SMALLEST, 1000)

    def test_the_income_that_a_rate_tells(self):
        for rate, income in ((5.0, "40_5"), (3.0, "40_8"), (1.0, "40_8"), (0, "40_8")):
            self.assertEqual(withholding.income_of(rate), income)


@tagged("post_install", "-at_install")
class TestWords(BaseCase):
    def test_one_and_many(self):
        for amount, currency, digits, english in (
            (0, "USD", 2, "Zero US dollars only"),
            (1, "USD", 2, "One US dollar only"),
            (2, "USD", 2, "Two US dollars only"),
            (0.01, "USD", 2, "One cent"),
            (1.01, "USD", 2, "One US dollar and one cent"),
            (2.02, "USD", 2, "Two US dollars and two cents"),
            (1.005, "USD", 2, "One US dollar and one cent"),
            (1234, "JPY", 0, "One thousand two hundred and thirty-four yen only"),
            (1.5, "JPY", 0, "Two yen only"),
            (1.001, "KWD", 3, "One Kuwaiti dinar and one fils"),
            (1.1, "XDR", 1, "One XDR and one tenth"),
            (1.2, "XDR", 1, "One XDR and two tenths"),
            (1.01, "XDR", 2, "One XDR and one hundredth"),
            (1.002, "XDR", 3, "One XDR and two thousandths"),
            (1.0002, "XDR", 4, "One XDR and two hundredths"),
        ):
            with self.subTest(amount=amount, currency=currency, digits=digits):
                said = words.in_words(amount, currency, "en_US", digits)
                self.assertEqual(said, english)

    def test_thai(self):
        for amount, digits, thai in (
            (0, 2, "ศูนย์บาทถ้วน"),
            (1, 2, "หนึ่งบาทถ้วน"),
            (1.5, 2, "หนึ่งบาทห้าสิบสตางค์"),
            (0.5, 2, "ห้าสิบสตางค์"),
        ):
            with self.subTest(amount=amount):
                said = words.in_words(amount, "THB", "th_TH", digits)
                self.assertEqual(said, thai)
        self.assertEqual(
            words.in_words(1, "THB", None), words.in_words(1, "THB", "en_US")
        )
