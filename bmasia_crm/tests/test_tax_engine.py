"""Tax once per rate, and the parts of it: tried with random documents, no database."""

import os

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.bmasia_crm.tools import money

# ./run soak tries many more
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "12")) * 20
ROUNDINGS = {"THB": 0.01, "USD": 0.01, "JPY": 1.0}
CATEGORIES = {0: ["zero", "exempt", "outside"], 7: ["standard"], 10: ["standard"]}
tried = settings(
    deadline=None,
    database=None,
    max_examples=EXAMPLES,
    # a busy machine is no fault of the engine
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def documents(draw):
    """Lines in a currency: amounts off, too, but no rate's base below zero."""
    rounding = ROUNDINGS[draw(st.sampled_from(sorted(ROUNDINGS)))]
    lines = []
    for _index in range(draw(st.integers(1, 12))):
        rate = draw(st.sampled_from([0, 7, 10]))
        category = draw(st.sampled_from(CATEGORIES[rate]))
        units = draw(st.integers(0, 10**6))
        lines.append(money.Taxable(category, rate, units * rounding))
    for line in list(lines):
        base = sum(
            money.exact(other.untaxed)
            for other in lines
            if (other.category, other.rate) == (line.category, line.rate)
        )
        most = int(base / money.exact(rounding))
        if most > 0 and draw(st.integers(0, 4)) == 0:
            off = draw(st.integers(1, most))
            lines.append(money.Taxable(line.category, line.rate, -off * rounding))
    lines = [
        money.Taxable(
            line.category, line.rate, float(money.to_currency(line.untaxed, rounding))
        )
        for line in lines
    ]
    return draw(st.permutations(lines)), rounding


@tagged("post_install", "-at_install")
class TestTaxEngine(BaseCase):
    @given(documents())
    @tried
    def test_the_tax_of_a_rate_is_rate_times_base_rounded_once(self, document):
        lines, rounding = document
        rows = money.tax_rows(lines, rounding)
        self.assertEqual(len({(row.category, row.rate) for row in rows}), len(rows))
        self.assertEqual(
            money.add(row.base for row in rows),
            money.add(line.untaxed for line in lines),
        )
        for row in rows:
            exact = money.exact(row.base) * money.exact(row.rate) / 100
            self.assertEqual(row.tax, float(money.to_currency(exact, rounding)))

    @given(documents())
    @tried
    def test_the_lines_taxes_sum_to_it_and_are_less_than_a_unit_off(self, document):
        lines, rounding = document
        taxes = money.line_taxes(lines, rounding)
        for row in money.tax_rows(lines, rounding):
            mine = [
                (line, tax)
                for line, tax in zip(lines, taxes, strict=True)
                if (line.category, line.rate) == (row.category, row.rate)
            ]
            self.assertEqual(money.add(tax for _line, tax in mine), row.tax)
            for line, tax in mine:
                exact = money.exact(line.untaxed) * money.exact(line.rate) / 100
                self.assertLess(abs(money.exact(tax) - exact), money.exact(rounding))

    @given(documents(), st.data())
    @tried
    def test_parts_in_any_number_close_every_base_and_every_tax(self, document, data):
        lines, rounding = document
        rows = money.tax_rows(lines, rounding)
        whole = money.add(row.total for row in rows)
        units = int(money.exact(whole) / money.exact(rounding))
        cuts = data.draw(st.lists(st.integers(0, units), max_size=5))
        ends, taken = [0, *sorted(cuts), units], []
        for start, end in zip(ends, ends[1:], strict=False):
            part = float(money.to_currency((end - start) * rounding, rounding))
            found = money.share(rows, part, taken, rounding)
            self.assertEqual(money.add(row.total for row in found), part)
            self.assertTrue(all(row.base >= 0 and row.tax >= 0 for row in found))
            for row, of in zip(found, rows, strict=True):
                ideal = of.tax * part / whole if whole else 0.0
                self.assertLess(abs(row.tax - ideal), 3 * rounding)
            taken += found
        for row in rows:
            mine = [
                part
                for part in taken
                if (part.category, part.rate) == (row.category, row.rate)
            ]
            self.assertEqual(money.add(part.base for part in mine), row.base)
            self.assertEqual(money.add(part.tax for part in mine), row.tax)

    @given(documents())
    @tried
    def test_a_part_taken_back_leaves_the_rest_closing_to_the_unit(self, document):
        """A receipt that is voided is taken again, by a part of another size."""
        lines, rounding = document
        rows = money.tax_rows(lines, rounding)
        whole = money.add(row.total for row in rows)
        third = float(money.to_currency(whole / 3, rounding))
        assume(2 * third <= whole)
        voided = money.share(rows, third, [], rounding)
        taken = money.share(rows, third, voided, rounding)
        rest = money.subtract(whole, third)
        taken += money.share(rows, rest, taken, rounding)
        self.assertEqual(
            money.add(r.tax for r in taken), money.add(r.tax for r in rows)
        )
        self.assertEqual(
            money.add(r.base for r in taken), money.add(r.base for r in rows)
        )

    def test_more_than_is_left_is_no_part(self):
        rows = money.tax_rows([money.Taxable("standard", 7, 100)])
        taken = money.share(rows, 100)
        for part in (7.01, -0.01):
            with self.subTest(part), self.assertRaises(ValueError):
                money.share(rows, part, taken)

    def test_the_examples_of_the_field_come_out_right(self):
        for quantity, untaxed, tax in (
            (10, 10.05, 7.04),
            (10, 7.50, 5.25),
            (3, 33.33, 7.00),
        ):
            with self.subTest(untaxed):
                lines = [money.Taxable("standard", 7, untaxed)] * quantity
                (row,) = money.tax_rows(lines)
                self.assertEqual(row.tax, tax)
                self.assertEqual(money.add(money.line_taxes(lines)), tax)
