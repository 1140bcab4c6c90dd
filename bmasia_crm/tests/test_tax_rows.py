"""Net and tax by rate: parts of a sale, what a credit corrects, rates of another day.

``test_shares.py`` and ``test_rate_properties.py`` say what holds for every sale.
"""

from odoo.tests import BaseCase, tagged

from ..tools import rates, shares
from ..tools.money import TaxRow


def at(rate, base, tax=0.0):
    """A row of the standard rate."""
    return TaxRow("standard", float(rate), base, tax)


def zero(base):
    """A row that is not taxed."""
    return TaxRow("zero", 0.0, base, 0.0)


@tagged("post_install", "-at_install")
class TestShares(BaseCase):
    def test_an_amount_without_a_sale_is_outside_the_tax(self):
        outside = [TaxRow("outside", 0.0, 5.0, 0.0)]
        # credited, and paid besides: a rate may be below zero
        below = TaxRow("standard", 7.0, -100.0, -7.0)
        for whole in ([], [below]):
            self.assertEqual(shares.share(whole, 5), outside)

    def test_a_rate_that_was_paid_too_much_gives_back(self):
        below = TaxRow("zero", 0.0, -50.0, 0.0)
        sale = [TaxRow("standard", 7.0, 100.0, 7.0), below]
        (standard, zero) = shares.share(sale, 57)
        self.assertEqual((standard.base, standard.tax), (100.0, 7.0))
        self.assertEqual((zero.base, zero.tax), (-50.0, 0.0))

    def test_rows_of_one_rate_stand_by_category(self):
        rows = [TaxRow(category, 0.0, 1.0, 0.0) for category in ("exempt", "zero")]
        for given in (rows, rows[::-1]):
            self.assertEqual(shares.add(given), rows)
            self.assertEqual(shares.add([*given, at(7, 1.0)]), [at(7, 1.0), *rows])

    def test_a_rate_of_nothing_changes_no_part(self):
        sale = [at(7, 100.0, 7.0)]
        taken = shares.share(sale, 35.67)
        [standard, nothing] = shares.share([*sale, zero(0.0)], 35.67, taken)
        self.assertEqual([standard], shares.share(sale, 35.67, taken))
        self.assertEqual((standard.tax, nothing.total), (2.34, 0.0))

    def test_the_second_year_begins_a_satang_after_the_first(self):
        sale = [at(7, 100.0, 7.0)]
        for amount, base, tax in (
            (0, 0.0, 0.0),
            (106.99, 99.99, 7.0),
            (107, 100.0, 7.0),
            (107.01, 100.01, 7.0),
            (214, 200.0, 14.0),
        ):
            with self.subTest(amount=amount):
                [row] = shares.share(sale, amount)
                self.assertEqual((row.base, row.tax), (base, tax))


@tagged("post_install", "-at_install")
class TestCorrected(BaseCase):
    """What of a credit corrects tax invoices."""

    def test_nothing_was_declared(self):
        credited = [at(7, 100.0, 7.0)]
        self.assertEqual(shares.corrected(credited, [], [at(7, 50.0, 3.5)]), [])
        self.assertEqual(shares.corrected(credited, [], []), [])

    def test_all_was_declared(self):
        whole = [at(7, 100.0, 7.0)]
        self.assertEqual(shares.corrected(whole, whole, []), whole)

    def test_each_rate_takes_back_what_was_declared_at_it(self):
        credited = [at(7, 100.0, 7.0), zero(100.0)]
        note = shares.corrected(credited, credited[:1], [])
        self.assertEqual(note, [at(7, 100.0, 7.0), zero(0.0)])

    def test_a_rate_of_nothing_changes_no_correction(self):
        credited, left = at(7, 1000.0, 70.0), [zero(1000.0)]
        note = shares.corrected([credited], [credited], left)
        self.assertEqual(note, [credited])
        self.assertEqual(
            shares.corrected([credited, zero(0.0)], [credited], left),
            [credited, zero(0.0)],
        )

    def test_a_credit_with_a_line_below_nothing_takes_back_what_was_paid_too_much(self):
        credited, below = at(7, 1000.0, 70.0), zero(-0.5)
        note = shares.corrected([credited, below], [credited], [zero(1000.5)])
        self.assertEqual(shares.total(note), 69.5)

    def test_what_another_rate_declared_is_in_proportion_to_the_credit(self):
        credited = [at(7, 100.0, 7.0), zero(107.0)]
        for beyond in (0.5, 10.0):
            declared = [credited[0], at(10, beyond)]
            note = shares.corrected(credited, declared, [])
            with self.subTest(beyond=beyond):
                self.assertEqual(shares.total(note), 107 + beyond)
                standard, untaxed = note
                self.assertAlmostEqual(standard.total, untaxed.total, delta=0.011)

    def test_a_satang_of_rounding_is_no_correction_of_its_own(self):
        credited = at(7, 100.0, 7.0)
        for left, corrected in ((0.01, 106.99), (0.02, 107.0)):
            with self.subTest(left=left):
                note = shares.corrected([credited], [credited], [zero(left)])
                self.assertEqual(shares.total(note), corrected)


@tagged("post_install", "-at_install")
class TestRates(BaseCase):
    """A sale of 100 at 7 %, on a day with another rate."""

    def test_what_was_settled_keeps_its_rate(self):
        for now, settled, rows in (
            (10, [], [at(10, 100.0, 10.0)]),
            (10, [at(7, 40.0, 2.8)], [at(10, 60.0, 6.0), at(7, 40.0, 2.8)]),
            (10, [at(7, 0.5, 0.04)], [at(10, 99.5, 9.95), at(7, 0.5, 0.04)]),
            (10, [at(7, 1.0, 0.07)], [at(10, 99.0, 9.9), at(7, 1.0, 0.07)]),
            (10, [at(7, 99.5, 6.97)], [at(10, 0.5, 0.05), at(7, 99.5, 6.97)]),
            (10, [at(7, 99.0, 6.93)], [at(10, 1.0, 0.1), at(7, 99.0, 6.93)]),
            # all: nothing is left for today's rate
            (10, [at(7, 100.0, 7.0)], [at(7, 100.0, 7.0)]),
            (7, [at(10, 100.0, 10.0)], [at(10, 100.0, 10.0)]),
            # at a rate that came and went
            (7, [at(10, 40.0, 4.0)], [at(10, 40.0, 4.0), at(7, 60.0, 4.2)]),
            (7, [], [at(7, 100.0, 7.0)]),
            (7, [at(7, 40.0, 2.8)], [at(7, 100.0, 7.0)]),
        ):
            with self.subTest(now=now, settled=settled):
                found = rates.at_rate([at(7, 100.0, 7.0)], 7, now, settled)
                self.assertEqual(found, rows)

    def test_what_was_settled_at_todays_rate_is_taxed_with_the_rest(self):
        found = rates.at_rate([at(7, 100.0, 7.0)], 7, 10, [at(10, 50.0, 4.99)])
        self.assertEqual(found, [at(10, 100.0, 10.0)])

    def test_what_takes_nothing_of_the_net_is_not_kept(self):
        for settled in (at(7, 0.0), at(7, -0.5, -0.04), zero(40.0), zero(0.0)):
            with self.subTest(settled=settled):
                found = rates.at_rate([at(7, 100.0, 7.0)], 7, 10, [settled])
                self.assertEqual(found, [at(10, 100.0, 10.0)])

    def test_of_more_than_all_the_net_is_what_was_agreed(self):
        for now in (7, 12):
            for base in (100.01, 100.5, 101.0, 150.0):
                settled = at(10, base, 15.0)
                with self.subTest(now=now, base=base):
                    found = rates.at_rate([at(7, 100.0, 7.0)], 7, now, [settled])
                    over = round(base - 100, 2)
                    self.assertEqual(found, [settled, at(7, -over)])

    def test_other_rates_of_the_document_stay(self):
        bill = [at(10, 50.0, 5.0), at(7, 100.0, 7.0), zero(30.0)]
        found = rates.at_rate(bill, 7, 12, [at(10, 50.0, 5.0), zero(30.0)])
        self.assertEqual(found, [at(12, 100.0, 12.0), bill[0], bill[2]])

    def test_tax_is_rounded_in_the_currency(self):
        found = rates.at_rate([at(7, 105.0, 7.0)], 7, 10, rounding=1.0)
        self.assertEqual(found, [at(10, 105.0, 11.0)])

    def test_a_document_is_restated_at_one_rate_alone(self):
        bill = [at(10, 50.0, 5.0), at(7, 100.0, 7.0), zero(30.0)]
        self.assertEqual(rates.restated(bill, 7, 7), bill)
        self.assertEqual(rates.restated(bill, 7, 10), [at(10, 150.0, 15.0), bill[2]])
        self.assertEqual(
            rates.restated(bill, 7, 12), [at(12, 100.0, 12.0), bill[0], bill[2]]
        )
