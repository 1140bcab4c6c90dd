"""The set-up of tests about money: who books, and how a test says it in short."""

from contextlib import contextmanager

from odoo.exceptions import UserError

from .common import CrmCase


class MoneyCase(CrmCase):
    """Pom books money of Hilton Pattaya."""

    def setUp(self):
        super().setUp()
        self.payments = self.env["bmasia.payment"].with_user(self.pom)

    def bill(self, price=1000, **values):
        return self.issued_invoice(self.line(price, kind="one_time"), **values)

    def usd_bill(self, price=1000, **values):
        """Of Hong Kong: no tax."""
        values.setdefault("company_id", self.hongkong.id)
        values.setdefault("currency_id", self.currency("USD").id)
        return self.bill(price, **values)

    def register(self, amount, allocations=None, customer=None, company=None, **values):
        return self.payments.register(
            (customer or self.hilton).id,
            (company or self.thailand).id,
            amount,
            allocations=allocations,
            **values,
        )

    @contextmanager
    def refused(self, words, error=UserError):
        """What is tried within is refused in these words, and leaves nothing."""
        with self.assertRaisesRegex(error, words), self.env.cr.savepoint():
            yield

    def payment_of(self, answer):
        return self.payments.browse(answer.get("payment") or answer["id"])

    def receipts_of(self, answer):
        ids = [receipt["id"] for receipt in answer["receipts"]]
        return self.env["bmasia.receipt"].with_user(self.pom).browse(ids)

    def credited(self, invoice, net, reason="Less was delivered"):
        """An issued credit note over a part of the invoice's first line."""
        opened = invoice.action_credit(reason, ground="short")
        note = invoice.browse(opened["res_id"])
        note.line_ids.unit_price = net
        note.action_issue()
        return note
