"""What holds whatever is paid before and after a new rate, with random payments."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tools import money, shares

from .rates import RateCase
from .reports import ReportCase
from .test_properties import cents, tried

CHANGES = st.sampled_from([(10.0,), (5.0,), (10.0, 8.0), (8.25, 7.0)])
STEPS = st.lists(
    st.tuples(st.integers(0, 5), cents(1).filter(lambda part: part > 0)),
    min_size=1,
    max_size=5,
)
DAYS = [
    "2026-09-20",
    "2026-09-30",
    "2026-10-01",
    "2026-10-20",
    "2026-11-01",
    "2026-11-09",
]
LINES = st.lists(
    st.tuples(cents(50000).filter(lambda price: price > 1), st.sampled_from([7, 7, 0])),
    min_size=1,
    max_size=3,
)


@tagged("post_install", "-at_install")
class TestRatesAndPayments(RateCase, ReportCase):
    @given(LINES, CHANGES, STEPS)
    @tried
    def test_each_net_closes_to_the_satang_at_the_rate_of_its_day(
        self, lines, changes, steps
    ):
        with self.env.cr.savepoint(flush=True) as undone:
            self.clock.move_to("2026-09-15 05:00:00")
            bill = self.issued_invoice(
                *(self.line(price, tax_rate=rate) for price, rate in lines)
            )
            for rate, day in zip(changes, ("2026-10-01", "2026-11-01"), strict=False):
                self.decree(rate, day)
            for number, (at, part) in enumerate(sorted(steps)):
                self.come(DAYS[at])
                self._pay_a_part(bill, part, DAYS[at], f"Transfer {number}")
            self.come("2026-11-10")
            self._pay_a_part(bill, 1, "2026-11-10", "The rest")
            self._check(bill)
            undone.rollback()
            self.env.invalidate_all()

    def _pay_a_part(self, bill, part, day, reference):
        due = bill.amount_due
        amount = float(money.to_currency(money.exact(due) * money.exact(part)))
        if not amount:
            return
        # without a reference, two of the same amount and day are asked about
        self.paid(bill, amount, reference=reference)
        self.assertEqual(bill.amount_due, money.subtract(due, amount))
        opened = self.total("receivables", "due", date=day)
        self.assertEqual(opened, bill.amount_due, "the report of the day")

    def _check(self, bill):
        self.assertEqual((bill.amount_due, bill.payment_state), (0, "paid"))
        uses = bill.allocation_ids
        rows = shares.add(*(shares.read(use.tax_base) for use in uses))
        self.assertEqual(money.add(row.base for row in rows), bill.amount_untaxed)
        for row in rows:
            exact = money.exact(row.base) * money.exact(row.rate) / 100
            self.assertLessEqual(abs(exact - money.exact(row.tax)), 0.02, row)
        for use in uses:
            rate = self.thailand._tax_rate_on(use.date)
            for row in shares.read(use.tax_base):
                self.assertIn(row.rate, (rate, 0))
        asked = money.add([bill.amount_total, bill.amount_rate_change])
        self.assertEqual(money.add(uses.mapped("settled")), asked)
