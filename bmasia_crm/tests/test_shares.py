"""However a sale is paid, its receipts sum to it, rate by rate, to the last unit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.bmasia_crm.tools import money, shares

ROUNDINGS = {"THB": 0.01, "USD": 0.01, "JPY": 1.0}
RATES = (0.0, 7.0, 10.0)


@st.composite
def sales(draw):
    """A sale of one to three rates, and the amounts that it is paid in."""
    rounding = ROUNDINGS[draw(st.sampled_from(sorted(ROUNDINGS)))]
    rates = draw(st.lists(st.sampled_from(RATES), min_size=1, unique=True))
    parts = []
    for rate in rates:
        base = money.to_currency(
            draw(st.integers(1, 10**8)) * money.exact(rounding), rounding
        )
        tax = money.to_currency(base * money.exact(rate) / 100, rounding)
        parts.append(money.TaxRow("standard", rate, float(base), float(tax)))
    whole = int(money.exact(shares.total(parts)) / money.exact(rounding))
    cuts = draw(st.lists(st.integers(1, whole), max_size=6))
    ends = sorted({*cuts, whole})
    steps = [end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    amounts = [float(step * money.exact(rounding)) for step in steps]
    return parts, amounts, rounding


@tagged("post_install", "-at_install")
class TestShares(BaseCase):
    @settings(max_examples=200, deadline=None)
    @given(sales())
    def test_the_shares_sum_to_the_sale_and_each_to_what_was_paid(self, sale):
        parts, amounts, rounding = sale
        taken = []
        for amount in amounts:
            share = shares.share(parts, amount, taken, rounding)
            self.assertEqual(shares.total(share), amount)
            self.assertTrue(all(row.base >= 0 and row.tax >= 0 for row in share))
            taken = shares.add(taken, share)
        self.assertEqual(taken, shares.add(parts))

    @settings(max_examples=200, deadline=None)
    @given(sales(), st.integers(2, 5))
    def test_several_years_of_a_sale_have_its_proportions(self, sale, years):
        """An advance on a contract: its lines are those of one year."""
        parts, _amounts, rounding = sale
        amount = money.add([shares.total(parts)] * years)
        share = shares.share(parts, amount, rounding=rounding)
        self.assertEqual(shares.add(share), shares.add(*[parts] * years))

    @settings(max_examples=200, deadline=None)
    @given(sales(), st.integers(0, 5))
    def test_what_is_left_after_any_start_closes_the_sale(self, sale, start):
        """Where an advance or a credit note came first, shares are of what is left."""
        parts, amounts, rounding = sale
        first = shares.share(parts, amounts[0], rounding=rounding)
        taken = first
        for amount in amounts[1:]:
            left = shares.subtract(parts, taken)
            share = shares.share(left, amount, rounding=rounding)
            self.assertEqual(shares.total(share), amount)
            taken = shares.add(taken, share)
        self.assertEqual(taken, shares.add(parts))

    @settings(max_examples=200, deadline=None)
    @given(sales(), st.data())
    def test_what_was_paid_of_a_credited_rate_goes_back_to_the_others(self, sale, data):
        """A rate that is credited whole after a part of the sale was paid."""
        parts, _amounts, rounding = sale
        gone = data.draw(st.sampled_from(parts))
        left = shares.subtract(parts, [gone])
        step = money.exact(rounding)
        most = int(money.exact(shares.total(left)) / step)
        paid = float(data.draw(st.integers(0, max(most - 1, 0))) * step)
        taken = shares.share(parts, paid, rounding=rounding)
        for whole in (False, True):
            rest = shares.subtract(left, taken)
            units = int(money.exact(shares.total(rest)) / step)
            amount = units if whole else data.draw(st.integers(0, units))
            amount = float(amount * step)
            share = shares.share(rest, amount, rounding=rounding)
            self.assertEqual(shares.total(share), amount)
            taken = shares.add(taken, share)
        self.assertFalse(any(row.total for row in shares.subtract(left, taken)))

    def test_a_sale_of_nothing_has_no_tax(self):
        self.assertEqual(shares.share([], 0), [])
        (part,) = shares.share([], 5)
        self.assertEqual((part.base, part.tax), (5, 0))

    @settings(max_examples=200, deadline=None)
    @given(sales(), st.data())
    def test_what_is_credited_of_a_rate_leaves_its_tax_alone(self, sale, data):
        """A part is paid, one rate is credited: the credit note takes back what was
        declared at it beyond what is left, and no other tax.
        """
        parts, amounts, rounding = sale
        paid = shares.share(parts, amounts[0], rounding=rounding)
        gone = data.draw(st.sampled_from(parts))
        left = shares.subtract(parts, [gone])
        note = shares.corrected([gone], paid, left, rounding)
        over = max(money.subtract(shares.total(paid), shares.total(left)), 0)
        self.assertGreaterEqual(shares.total(note), over)
        if over or len(parts) > 1:
            after = shares.subtract(paid, note)
            own = [row for row in after if row.key == gone.key]
            self.assertLessEqual(abs(shares.total(own)), rounding)
        for row in note:
            self.assertTrue(row.base >= 0 and row.tax >= 0)
