"""Contracts that share invoices add up, whatever happens, and so do the books."""

import os
import random
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import money
from .test_journal import JournalCase
from .test_parts_that_meet import VENUES, SharedRateCase

# ./run soak tries a thousand
HISTORIES = int(os.environ.get("PARITY_HISTORIES", "12"))
STEPS = "bill bill pay pay pay grow pause end anew cancel credit".split()
COUNTED = ("issued", "paid", "credited")
YEARS = {"date_from": "2026-01-01", "date_to": "2028-12-31"}


@tagged("post_install", "-at_install")
class TestSharedHistories(SharedRateCase, JournalCase):
    """Three venues share invoices while each is amended, paused, ended, paid, over the
    day of a new rate.
    """

    def test_whatever_happens_contracts_and_books_add_up(self):
        self.decree()
        for seed in range(HISTORIES):
            with self.subTest(seed=seed):
                self.clock.move_to("2026-09-15 05:00:00")
                self.live(random.Random(seed))
                self.assertAddsUp()
        invoices = self.env["bmasia.invoice"].search(
            [("company_id", "=", self.thailand.id), ("state", "in", COUNTED)]
        )
        self.assertTrue(invoices.receipt_ids and invoices.credit_note_ids)
        self.assertBooks(invoices)

    def assertBooks(self, invoices):
        accounts, vat = self.balances(**YEARS), 0.0
        self.assertEqual(money.add(accounts.values()), 0)
        due = money.add(invoices.mapped("amount_due_signed"))
        given = money.add(invoices.mapped("amount_refund"))
        receivable = accounts["Accounts Receivable (THB)"]
        self.assertEqual(money.add([receivable, given]), due)
        net = money.add(invoices.mapped("amount_untaxed_signed"))
        self.assertEqual(-accounts["Sales"], net)
        for month in range(9, 22):
            first = f"{2026 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}-01"
            vat = money.add([vat, self.total("vat", "tax", month=first)])
        self.assertEqual(-accounts["Output VAT"], vat)
        self.assertEqual(self.total("deferred", "deferred", date="2028-12-31"), 0)

    # ------------------------------------------------------------
    # ONE HISTORY
    # ------------------------------------------------------------

    def live(self, chance):
        self.venues = [
            self.venue(
                f"{name} {chance.random()}",
                chance.choice([12000, 999.99, 14000.01]),
                start_date="2026-09-01",
                term_months=chance.choice([3, 6]),
                billing_frequency=chance.choice(["monthly", "quarterly"]),
            )
            for name in VENUES
        ]
        day = self.first._today()
        self.bill(chance, day)
        for _n in range(8):
            day += timedelta(chance.randint(0, 15))
            self.come(str(day))
            self.env["bmasia.contract"]._cron_follow_dates()
            # what is refused leaves nothing behind; nothing may be open
            try:
                with self.env.cr.savepoint():
                    getattr(self, chance.choice(STEPS))(chance, day)
            except (UserError, IndexError):
                self.env.invalidate_all()
        self.bill(chance, day)

    def coming(self, chance, day):
        contract = chance.choice(self.venues)
        left = max((contract.end_date - day).days, 0)
        return contract, day + timedelta(chance.randint(0, left))

    def issued(self, chance):
        issued = self.all.invoice_ids.filtered(
            lambda each: each.kind == "invoice" and each.state == "issued"
        )
        return chance.choice(issued).with_user(self.pom)

    def bill(self, _chance, _day):
        self.run_cron()
        self.issue_all()

    def grow(self, chance, day):
        contract, first = self.coming(chance, day)
        self.amend(contract, first, self.line(chance.choice([1200, 0.05])))

    def pause(self, chance, day):
        contract, last = self.coming(chance, day)
        first = last - timedelta(chance.randint(0, 40))
        first = max(first, contract.start_date)
        contract.action_pause(first, last, "Works", chance.random() < 0.3)

    def end(self, chance, day):
        contract, last = self.coming(chance, day)
        contract.with_user(self.norbert).action_cancel("Sold", last)

    def pay(self, chance, _day):
        invoice = self.issued(chance)
        amount = round(invoice.amount_due * chance.choice([1, 0.5, 0.31]), 2)
        withheld = round(amount * 3 / 107, 2) if chance.random() < 0.4 else 0.0
        paid = money.subtract(amount, withheld)
        invoice.action_register_payment(paid, withholding_amount=withheld)

    def anew(self, chance, _day):
        self.issued(chance).action_replace("The name was wrong")

    def cancel(self, chance, _day):
        self.issued(chance).with_user(self.norbert).action_cancel("Wrong")

    def credit(self, chance, _day):
        """A draft of all that is left, which Finance deletes again."""
        opened = self.issued(chance).action_credit("A mistake")
        self.env["bmasia.invoice"].with_user(self.pom).browse(opened["res_id"]).unlink()
