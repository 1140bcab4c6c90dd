"""An invoice over two rates that is paid in parts and credited, and money that bounces:
the VAT that is declared is that of what is left, rate by rate."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import shares
from .money import MoneyCase
from .reports import ReportCase


@tagged("post_install", "-at_install")
class TestTwoRates(MoneyCase, ReportCase):
    def setUp(self):
        super().setUp()
        self.sale = self.issued_invoice(
            self.line(1000, kind="one_time"),
            self.line(1000, kind="one_time", tax_rate=0, tax_category="zero"),
        )
        self.assertEqual(self.sale.amount_total, 2070)

    def pay(self, amount):
        return self.sale.with_user(self.pom).action_register_payment(amount, again=True)

    def credit_rate(self, rate, net=None):
        """Credit the line of a rate, or a part of it.

        :returns: the credit notes with VAT that this made
        """
        sale = self.sale.with_user(self.pom)
        line = sale.line_ids.filtered(lambda line: line.tax_rate == rate)
        before = sale.credit_note_ids
        opened = sale.action_credit("Agreed", line_ids=line.ids, ground="short")
        note = sale.browse(opened["res_id"])
        if net:
            note.line_ids.unit_price = net
        note.action_issue()
        return (sale.credit_note_ids - before).filtered(
            lambda note: note.kind == "credit_note"
        )

    def declared(self):
        """Net and VAT by rate that receipts declare, less credit notes."""
        return {row.rate: (row.base, row.tax) for row in self.sale._covered_parts()}

    def in_reports(self):
        """The VAT of the month, and undue VAT and receivables in the journal."""
        today = self.sale._today()
        vat = self.total("vat", "tax", month=str(today))
        rows = self.rows("journal", date_from=str(today), date_to=str(today))
        found = {"Undue Output VAT": 0.0, "Accounts Receivable (THB)": 0.0}
        for row in rows:
            if row["account_name"] in found:
                amount = float((row["debit"] or 0) - (row["credit"] or 0))
                found[row["account_name"]] = round(
                    found[row["account_name"]] + amount, 2
                )
        return vat, *found.values()

    def test_as_much_is_paid_as_is_left(self):
        self.pay(1070)
        note = self.credit_rate(0)
        self.assertEqual(self.declared(), {7: (1000, 70), 0: (0, 0)})
        self.assertEqual((self.sale.amount_due, self.sale.amount_refund), (0, 0))
        self.assertEqual(self.sale.state, "paid")
        # what was paid at 0 % pays the other rate now, with a receipt
        self.assertEqual(note.amount_tax, 0)
        self.assertEqual(note.set_off_ids.settled, note.amount_total)
        receipt = note.set_off_ids.receipt_id
        self.assertTrue(receipt.is_tax_invoice)
        self.assertEqual(
            sum(self.sale.receipt_ids.mapped("amount_tax")), 70, "of both receipts"
        )
        self.assertEqual(self.in_reports(), (70, 0, 0))

    def test_less_is_paid_and_the_rest_follows(self):
        self.pay(500)
        self.credit_rate(0)
        self.assertEqual(self.sale.amount_due, 570)
        self.assertEqual(self.declared(), {7: (467.29, 32.71), 0: (0, 0)})
        self.pay(570)
        self.assertEqual(self.declared(), {7: (1000, 70), 0: (0, 0)})
        self.assertEqual(self.in_reports(), (70, 0, 0))

    def test_more_is_paid_and_is_refunded(self):
        self.pay(1500)
        note = self.credit_rate(0)
        self.assertEqual(self.declared(), {7: (1000, 70), 0: (0, 0)})
        self.assertEqual((self.sale.amount_due, self.sale.amount_refund), (0, 430))
        note.action_register_payment(430)
        self.assertEqual(self.sale.amount_refund, 0)
        self.assertEqual(self.in_reports(), (70, 0, 0))

    def test_the_taxed_rate_is_credited(self):
        self.pay(1500)
        note = self.credit_rate(7)
        self.assertEqual(self.declared(), {7: (0, 0), 0: (1000, 0)})
        self.assertEqual(note.amount_tax, 50.72)
        self.assertEqual(self.sale.amount_refund, 500)

    def test_a_draft_says_what_becomes_of_it(self):
        self.pay(500)
        line = self.sale.line_ids.filtered(lambda line: not line.tax_rate)
        opened = self.sale.action_credit("Agreed", line_ids=line.ids)
        note = self.sale.browse(opened["res_id"])
        self.assertIn("THB 758.45 of this was never paid", note.credit_split)
        self.assertIn("issued for THB 241.55", note.credit_split)

    def test_credited_first_and_paid_in_parts(self):
        self.assertFalse(self.credit_rate(0))
        for amount in (333.33, 333.33, 403.34):
            self.pay(amount)
        self.assertEqual(self.declared(), {7: (1000, 70)})

    def test_its_receipt_stays_with_the_credit_note(self):
        self.pay(1070)
        note = self.credit_rate(0)
        receipt = note.set_off_ids.receipt_id.with_user(self.norbert)
        with self.refused("what was paid at one rate pays the others"):
            receipt.action_void("Typed wrongly")
        receipt.action_replace("The name was wrong")
        self.assertEqual(self.in_reports(), (70, 0, 0))

    def test_every_order_of_payments_and_credits(self):
        for first, net, second in (
            (100, 300, 700),
            (1900, 250.5, 100),
            (690, 999.99, 300),
            (1069.99, 1000, 0.01),
        ):
            for rate in (0, 7):
                with self.subTest(first=first, net=net, rate=rate):
                    self.setUp()
                    self.pay(first)
                    self.credit_rate(rate, net)
                    if self.sale.amount_due:
                        self.pay(min(second, self.sale.amount_due))
                    if self.sale.amount_due:
                        self.pay(self.sale.amount_due)
                    left = shares.subtract(
                        self.sale._left_parts(), self.sale._covered_parts()
                    )
                    for row in left:
                        self.assertLessEqual(abs(row.base), 0.02)
                        self.assertLessEqual(abs(row.tax), 0.01)


@tagged("post_install", "-at_install")
class TestTaxInvoiceIsVoid(MoneyCase, ReportCase):
    """A credit note corrects a tax invoice: when this is void, nothing is corrected."""

    def setUp(self):
        super().setUp()
        self.sale = self.bill(1000).with_user(self.pom)
        self.paid = self.payment_of(self.sale.action_register_payment(1070))

    def vat(self):
        return self.total("vat", "tax", month=str(self.sale._today()))

    def test_what_was_credited_is_an_adjustment_then(self):
        note = self.credited(self.sale, 400)
        self.assertEqual((note.kind, self.vat()), ("credit_note", 42))
        self.paid.action_void("The cheque bounced")
        self.assertEqual(note.state, "cancelled")
        made = note.replaced_by_id
        self.assertEqual((made.kind, made.state), ("adjustment", "issued"))
        self.assertEqual((made.amount_total, made.issue_date), (428, note.issue_date))
        self.assertEqual((self.sale.amount_due, self.vat()), (642, 0))
        self.sale.action_register_payment(642)
        self.assertEqual(self.vat(), 42)
        self.assertEqual(self.sale.state, "paid")

    def test_a_part_of_the_money_stays(self):
        sale = self.bill(1000).with_user(self.pom)
        bounced = self.payment_of(sale.action_register_payment(600))
        sale.action_register_payment(470)
        note = self.credited(sale, 700)
        self.assertEqual(note.amount_total, 749)
        bounced.action_void("The cheque bounced")
        notes = sale.credit_note_ids.filtered(lambda n: n.state == "issued")
        self.assertEqual(
            {n.kind: n.amount_total for n in notes},
            {"adjustment": 600, "credit_note": 149},
        )
        self.assertEqual((sale.amount_due, sale.amount_refund), (0, 149))

    def test_what_was_paid_back_already_is_voided_first(self):
        note = self.credited(self.sale, 400)
        back = self.payment_of(note.action_register_payment(428))
        with self.refused("was paid back or set off", UserError):
            self.paid.action_void("The cheque bounced")
        self.assertEqual(self.paid.state, "booked")
        back.action_void("It never left")
        self.paid.action_void("The cheque bounced")
        self.assertEqual((self.sale.amount_due, self.vat()), (642, 0))

    def test_a_receipt_that_is_void_and_made_anew(self):
        note = self.credited(self.sale, 400)
        self.sale.receipt_ids.action_void("For another invoice")
        self.assertEqual(note.state, "cancelled")
        self.paid.action_allocate([{"invoice_id": self.sale.id}])
        self.assertEqual((self.sale.amount_due, self.vat()), (0, 42))
        self.assertEqual(self.paid.amount_unallocated, 428)

    def test_goods_have_their_tax_invoice_still(self):
        product = self.env.ref("bmasia_crm.product_player")
        line = self.line(1000, kind="one_time", product_id=product.id)
        sale = self.issued_invoice(line).with_user(self.pom)
        paid = self.payment_of(sale.action_register_payment(1070))
        note = self.credited(sale, 400)
        paid.action_void("The cheque bounced")
        self.assertEqual((note.state, sale.amount_due), ("issued", 642))
