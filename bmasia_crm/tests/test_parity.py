"""Book, lines, schedule and invoices of a contract say the same, or it is told."""

import os
import random
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .amendments import AmendmentCase
from .reports import ReportCase

# ./run soak tries a thousand
HISTORIES = int(os.environ.get("PARITY_HISTORIES", "24"))
YEARS = {"date_from": "2020-01-01", "date_to": "2040-12-31"}


class ParityCase(AmendmentCase, ReportCase):
    def told(self, contract=None):
        """What differs, as the report says it."""
        rows = self.rows("parity", **YEARS)
        name = (contract or self.signed).display_name
        return [
            (row["what"], row["expected"], row["found"], row["_open"])
            for row in rows
            if row["name"] == name
        ]

    def issue_credits(self, contract):
        drafts = contract.invoice_ids.filtered(lambda note: note.state == "draft")
        for note in drafts.with_user(self.pom).sorted("id"):
            if note._is_credit():
                note.credit_ground = "not_as_agreed"
            note.action_issue()


@tagged("post_install", "-at_install")
class TestParity(ParityCase):
    def assertTold(self, what, expected, found, record):
        opens = {"model": record._name, "id": record.id}
        self.assertIn((what, expected, found, opens), self.told())

    def spoil(self, record, **values):
        """As a program behind our back could leave it."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id = %s",
                (value, record.id),
            )
        self.env.invalidate_all()

    def test_nothing_is_told_of_what_adds_up(self):
        self.bill()
        self.assertEqual(self.told(), [])

    def test_a_value_of_lists_that_is_out_of_date(self):
        self.spoil(self.signed, annual_value=1, value_at_end=2)
        self.assertTold("Value per year today", 14000, 1, self.signed)
        self.assertTold("Value at the end", 14000, 2, self.signed)

    def test_a_year_comes_to_less_once_a_line_is_removed(self):
        self.signed = self.running(self.line(14000), self.line(1000, name="Other"))
        removed = self.removed(self.signed.line_ids[1])
        self.sign(self.amendment("2026-05-01", removed))
        cron = self.env["bmasia.contract"]
        for day, value in (("2026-04-30", 15000), ("2026-05-01", 14000)):
            self.go_to(day)
            cron._cron_follow_dates()
            with self.subTest(day=day):
                self.assertEqual(self.signed.annual_value, value)
                self.assertEqual(self.told(), [])

    def test_a_schedule_that_does_not_follow_the_lines(self):
        line = self.signed.line_ids
        self.spoil(line, amount_untaxed=15000)
        self.assertTold("Schedule of a period", 15000, 14000, self.signed)

    def test_a_period_that_the_term_does_not_have(self):
        row = self.signed.schedule_ids
        self.spoil(row, plan_start="2025-01-01")
        self.assertTold("Schedule of a period", 0, 14000, self.signed)
        self.assertTold("Schedule of a period", 14000, 0, self.signed)

    def test_a_row_that_is_not_its_parts(self):
        self.spoil(self.signed.schedule_ids, amount_untaxed=1)
        self.assertTold("Parts of a period", 14000, 1, self.signed)

    def test_an_invoice_that_somebody_changed(self):
        self.signed.with_user(self.pom).action_create_invoices()
        invoice = self.signed.invoice_ids
        invoice.with_user(self.pom).line_ids.unit_price = 13000
        self.assertTold("Invoice or credit note", 14000, 13000, invoice)
        invoice.with_user(self.pom).line_ids.unit_price = 14000
        invoice.with_user(self.pom).write(
            {"line_ids": [self.line(50, name="Delivery")]}
        )
        self.assertEqual(self.told(), [], "what is sold beside the contract is not its")

    def test_what_was_credited_by_hand(self):
        invoice = self.bill()
        self.credit(invoice, "2026-02-01", 4000)
        note = invoice.credit_note_ids
        self.assertTold("Credited apart from the schedule", 0, -4000, note)

    def test_an_amount_off_that_was_taken_twice(self):
        contract = self.running(
            self.line(1000), self.line(-100, kind="one_time", name="Off")
        )
        self.assertEqual(self.told(contract), [])
        row = contract.schedule_ids
        off = contract.line_ids[1]
        parts = [[contract.line_ids[0].id, 1000], [off.id, -200]]
        self.spoil(row, parts=str(parts), amount_untaxed=800)
        self.assertIn("Amount off", [what for what, *_more in self.told(contract)])

    def test_it_is_for_finance(self):
        with self.assertRaises(AccessError):
            self.rows("parity", user=self.nikki)


class History:
    """A contract over the ORM that is billed, amended, paused, ended and renewed."""

    def __init__(self, case, seed):
        self.case, self.chance = case, random.Random(seed)
        start = case.today + timedelta(self.chance.randrange(365))
        self.day = start
        case.go_to(start)
        count = self.chance.randint(1, 3)
        self.contract = case.active_contract(
            *(
                case.line(self.price(), self.chance.choice([1, 2, 7]))
                for _n in range(count)
            ),
            start_date=start,
            term_months=self.chance.choice([1, 6, 12, 12, 14, 24]),
            billing_frequency=self.chance.choice(
                ["annual", "quarterly", "monthly", "upfront", "half_yearly"]
            ),
            renewal_rule=self.chance.choice(["fixed", "percent"]),
            renewal_percent=self.chance.choice([0, 3.3, -5]),
        )

    def price(self):
        return self.chance.choice([14000, 12000.01, 999.99, 28000, 0.05])

    def later(self):
        """Time passes, at most to the end."""
        days = max((self.contract.end_date - self.day).days, 0)
        self.day += timedelta(self.chance.randint(0, days // 3 + 1))
        self.case.go_to(self.day)
        self.case.env["bmasia.contract"]._cron_follow_dates()

    def coming_day(self):
        days = max((self.contract.end_date - self.day).days, 0)
        return self.day + timedelta(self.chance.randint(0, days))

    def live(self):
        for _n in range(self.chance.randint(1, 5)):
            self.later()
            step = self.chance.choice(
                ["bill", "bill", "add", "change", "remove", "pause", "longer", "end"]
            )
            # what is refused leaves nothing behind
            try:
                with self.case.env.cr.savepoint():
                    getattr(self, step)()
            except UserError:
                self.case.env.invalidate_all()
        self.bill()

    def bill(self):
        self.case.bill(self.contract)
        self.case.issue_credits(self.contract)

    def amend(self, *lines, **values):
        case = self.case
        day = self.coming_day()
        case.sign(case.amendment(day, *lines, contract=self.contract, **values))

    def line(self):
        lines = self.contract.lines_on(self.coming_day())
        return self.chance.choice(list(lines) or [None])

    def add(self):
        self.amend(self.case.added(1, self.price()))

    def change(self):
        if line := self.line():
            self.amend(self.case.changed(line, unit_price=self.price()))

    def remove(self):
        if line := self.line():
            self.amend(self.case.removed(line))

    def longer(self):
        self.amend(term_months=self.contract.term_months + self.chance.choice([1, 5]))

    def pause(self):
        first = self.coming_day()
        last = min(first + timedelta(self.chance.randrange(60)), self.contract.end_date)
        self.contract.action_pause(first, last, "Works", self.chance.random() < 0.3)

    def end(self):
        if self.chance.random() < 0.3:
            contract = self.contract.with_user(self.case.norbert)
            contract.action_cancel("Sold", self.coming_day())


@tagged("post_install", "-at_install")
class TestHistories(ParityCase):
    def setUp(self):
        super().setUp()
        self.today = self.signed.start_date

    def test_whatever_happens_it_adds_up(self):
        lived = 0
        for seed in range(HISTORIES):
            with self.subTest(seed=seed):
                self.go_to(self.today)
                history = History(self, seed)
                history.live()
                contract = history.contract
                contract.invalidate_recordset()
                self.assertEqual(contract._differences(), [])
                lived += bool(contract.amendment_ids)
        self.assertTrue(lived or HISTORIES < 5, "some were amended")
