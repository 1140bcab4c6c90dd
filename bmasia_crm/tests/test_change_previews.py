"""What a dialog says of a change comes out so, whatever the contract is."""

from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCase
from .test_properties import DOCUMENTS, tried

START = date(2026, 1, 1)
SIGNED, TODAY = "2026-01-01 05:00:00", "2026-05-20 05:00:00"
FREQUENCIES = st.sampled_from(["monthly", "quarterly", "half_yearly", "annual"])
CURRENCIES = st.sampled_from(["THB", "JPY"])
# days of the term, counted from its first one
DAYS = st.tuples(st.integers(0, 364), st.integers(0, 364)).map(sorted)
ENDS = st.integers(140, 364)
HOW = st.tuples(st.booleans(), st.booleans(), st.booleans())


@tagged("post_install", "-at_install")
class TestChangePreviews(CrmCase):
    def running(self, document, currency, frequency, billed, amended):
        """A contract of 2026, billed until today and amended where that is asked."""
        lines = [self.line(**{**values, "name": "A"}) for values in document]
        with freeze_time(SIGNED):
            contract = self.active_contract(
                self.line(12000),
                *lines,
                currency_id=self.currency(currency).id,
                start_date=START,
                billing_frequency=frequency,
            )
        if amended:
            change = {"action": "change", "contract_line_id": contract.line_ids[0].id}
            lines = [Command.create({**change, "quantity": 3}), self.line(777.77)]
            amendment = self.amendment_of(
                contract, start_date=date(2026, 6, 11), line_ids=lines
            )
            amendment.action_mark_sent()
            amendment.action_activate(contract._today())
        if billed:
            contract.with_user(self.pom).action_create_invoices()
            for invoice in contract.invoice_ids.with_user(self.pom).sorted("id"):
                invoice.action_issue()
                invoice.action_mark_sent()
        return contract

    def rows(self, contract):
        rows = contract.sudo().schedule_ids
        return self.sorted(row._plan_values() for row in rows)

    def sorted(self, rows):
        """Rows of a schedule as they can be compared."""
        return sorted(
            [f"{name}: {value}" for name, value in sorted(self.told(row).items())]
            for row in rows
        )

    def told(self, row):
        parts = sorted(map(str, row["parts"] or []))
        return {**row, "parts": parts}

    def assert_comes_out(self, contract, values, act):
        """A change does what was said of it before."""
        would_be = contract._would_become(values)
        gone, new = would_be._replanned()
        kept = contract.sudo().schedule_ids - gone
        said = self.sorted([*(row._plan_values() for row in kept), *new])
        facts = (would_be.end_date, would_be.annual_value)
        act()
        self.assertEqual(self.rows(contract), said)
        self.assertEqual((contract.end_date, contract.annual_value), facts)

    @given(DOCUMENTS, CURRENCIES, FREQUENCIES, DAYS, HOW)
    @tried
    def test_a_pause(self, document, currency, frequency, days, how):
        extend, billed, amended = how
        with freeze_time(TODAY):
            contract = self.running(document, currency, frequency, billed, amended)
            first, last = (START + timedelta(days=day) for day in days)
            pause = contract._pause_values(first, last, extend)
            self.assert_comes_out(
                contract,
                {"pause_ids": [Command.create({**pause, "state": "active"})]},
                lambda: contract.action_pause(first, last, "Works", extend),
            )

    @given(DOCUMENTS, CURRENCIES, FREQUENCIES, ENDS, HOW)
    @tried
    def test_an_early_end(self, document, currency, frequency, day, how):
        paused, billed, amended = how
        with freeze_time(TODAY):
            contract = self.running(document, currency, frequency, billed, amended)
            if paused:
                contract.action_pause("2026-07-10", "2026-08-02", "Works", True)
            last = START + timedelta(days=day)
            self.assert_comes_out(
                contract,
                {"last_day": last},
                lambda: contract.with_user(self.norbert).action_cancel(
                    "Closed", last, credit=True
                ),
            )
