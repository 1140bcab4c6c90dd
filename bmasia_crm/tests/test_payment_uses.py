"""Money and what it is for: several invoices, a part, nothing yet, and differences."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tools import money

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestPaymentUses(MoneyCase):
    def test_one_transfer_pays_three_invoices_with_one_receipt(self):
        bills = [self.bill(price) for price in (1000, 2000, 7000)]
        answer = self.register(10700, [{"invoice_id": bill.id} for bill in bills])
        receipt = self.receipts_of(answer)
        self.assertEqual(len(receipt), 1)
        self.assertEqual(answer["receipts"][0]["number"], receipt.name)
        self.assertEqual([bill.state for bill in bills], ["paid"] * 3)
        self.assertEqual(receipt.invoice_ids.ids, [bill.id for bill in bills])
        amounts = ("amount_untaxed", "amount_tax", "amount_total", "amount_received")
        self.assertEqual([receipt[n] for n in amounts], [10000, 700, 10700, 10700])
        self.assertEqual(receipt.targets, ", ".join(bill.name for bill in bills))
        self.assertEqual(answer["unallocated"], 0)
        for bill in bills:
            self.assertEqual(bill.payment_ids.id, answer["payment"])
            self.assertEqual(bill.receipt_ids.id, receipt.id)

    def test_each_buyer_has_a_receipt_of_their_own(self):
        """Another branch of the same customer is another buyer to the tax office."""
        self.hilton.sudo().write({"vat": "0105500000001", "branch": "Head Office"})
        first = self.bill()
        self.hilton.sudo().branch = "Branch 2"
        second = self.bill(2000)
        group = self.make_company("Hilton Group", country="base.th")
        sister = self.make_company("Hilton Hua Hin", parent_id=group.id)
        self.hilton.sudo().parent_id = group
        third = self.bill(3000, customer_id=sister.id, company_id=self.thailand.id)
        bills = first | second | third
        uses = [{"invoice_id": bill.id} for bill in bills]
        answer = self.register(6420, uses, customer=group)
        receipts = self.receipts_of(answer)
        self.assertEqual(len(receipts), 3)
        for bill, receipt in zip(bills, receipts, strict=True):
            self.assertEqual(receipt._customer(), bill._customer())
            self.assertEqual(receipt.customer_id, bill.customer_id)

    def test_each_tax_point_has_a_receipt_of_its_own(self):
        bills = [self.bill() for _each in range(2)]
        today = bills[0]._today()
        # the earlier day first: on the first of a month it is of another month
        yesterday = today - timedelta(days=1)
        answer = self.payments.register(
            self.hilton.id,
            self.thailand.id,
            2140,
            date=yesterday,
            allocations=[
                {"invoice_id": bills[0].id},
                {"invoice_id": bills[1].id, "date": str(today)},
            ],
        )
        receipts = self.receipts_of(answer)
        self.assertEqual(receipts.mapped("tax_point"), [yesterday, today])
        bills = [self.bill() for _each in range(2)]
        uses = [
            {"invoice_id": bills[0].id},
            {"invoice_id": bills[1].id, "date": str(today)},
        ]
        answer = self.register(2140, uses)
        self.assertEqual(len(answer["receipts"]), 1)

    def test_unexplained_money_gets_no_tax_document_until_it_is_used(self):
        answer = self.register(1500)
        payment = self.payment_of(answer)
        self.assertEqual((answer["receipts"], answer["unallocated"]), ([], 1500))
        bill = self.bill()
        answer = payment.action_allocate([{"invoice_id": bill.id}])
        self.assertEqual((bill.state, answer["unallocated"]), ("paid", 430))
        self.assertEqual(self.receipts_of(answer).amount_total, 1070)
        with self.refused("not to be paid"):
            bill.action_register_payment(1)
        with self.refused("cannot be used"):
            payment.action_allocate([{"invoice_id": self.bill().id, "amount": 431}])

    def test_money_on_account_is_the_price_on_the_day_that_it_is_used(self):
        day = self.thailand._today() - timedelta(days=40)
        answer = self.payments.register(
            self.hilton.id, self.thailand.id, 1070, date=day
        )
        payment = self.payment_of(answer)
        old = self.invoice(self.line(500), issue_date=day - timedelta(days=1))
        old.sudo().action_issue()
        receipt = self.receipts_of(payment.action_allocate([{"invoice_id": old.id}]))
        self.assertEqual(receipt.tax_point, day)
        new = self.bill()
        receipt = self.receipts_of(payment.action_allocate([{"invoice_id": new.id}]))
        self.assertEqual(receipt.tax_point, new._today())

    def test_what_the_bank_keeps_is_a_bank_charge(self):
        bill = self.usd_bill()
        answer = bill.action_register_payment(975, bank_charge=25)
        self.assertEqual((answer["amount_due"], bill.state), (0, "paid"))
        receipt = bill.receipt_ids
        self.assertEqual((receipt.amount_total, receipt.amount_received), (1000, 975))
        rows = {row["kind"]: row["amount"] for row in receipt._receipt_rows()}
        self.assertEqual(rows, {"sum": 1000, "charge": -25, "total": 975})
        self.assertEqual(receipt.withholding_amount, 0)

    def test_a_part_on_account_and_the_charge_settle_together(self):
        bill = self.usd_bill()
        answer = bill.action_register_payment(960, bank_charge=25, rounding=0.5)
        self.assertEqual(answer["amount_due"], 14.5)
        answer = bill.action_register_payment(14, withholding_amount=0.5)
        self.assertEqual(answer["amount_due"], 0)

    def test_a_difference_is_rounded_away_within_the_entity_s_limit(self):
        for received, rounding in ((999.99, 0.01), (1000.01, -0.01), (999, 1)):
            bill = self.usd_bill()
            answer = bill.action_register_payment(received, rounding=rounding)
            self.assertEqual((answer["amount_due"], answer["unallocated"]), (0, 0))
            self.assertEqual(bill.receipt_ids.amount_received, received)
        bill = self.usd_bill()
        with self.refused("rounded away", ValidationError):
            bill.action_register_payment(998.99, rounding=1.01)
        self.hongkong.rounding_limit = 5
        self.assertEqual(bill.action_register_payment(995, rounding=5)["amount_due"], 0)

    def test_more_than_is_due_of_an_invoice_is_refused_if_said_so(self):
        bill = self.bill()
        with self.refused("only THB 1,070.00 left to pay"):
            self.register(1070.01, [{"invoice_id": bill.id, "amount": 1070.01}])

    def test_money_stays_with_its_entity_currency_and_family(self):
        bill = self.bill()
        stranger = self.make_company("Somebody Else")
        usd = self.currency("USD").id
        for words, act in (
            (
                "came to another",
                lambda use: self.register(1, [use], company=self.hongkong),
            ),
            ("the money in USD", lambda use: self.register(1, [use], currency_id=usd)),
            (
                "nothing to do with",
                lambda use: self.register(1, [use], customer=stranger),
            ),
        ):
            with self.refused(words):
                act({"invoice_id": bill.id})

    def test_what_makes_no_sense_is_said_in_words(self):
        bill = self.bill()
        for allocations in (
            {"invoice_id": bill.id},
            [bill.id],
            [{}],
            [{"invoice_id": bill.id, "contract_id": 1}],
            [{"invoice_id": bill.id, "nonsense": 1}],
        ):
            with self.refused("allocations takes a list"):
                self.register(5, allocations)
        for said in ({"invoice_id": 0x7FFFFFFF}, {"invoice_id": "abc"}):
            with self.refused("there is no record"):
                self.register(5, [said])
        with self.refused("takes a number"):
            self.register(5, [{"invoice_id": bill.id, "amount": "5"}])

    def test_shares_of_an_invoice_sum_to_it_to_the_satang(self):
        bill = self.bill(100)
        taxes = []
        for number, amount in enumerate((35.67, 35.67, 35.66)):
            bill.action_register_payment(amount, reference=str(number))
            taxes.append(bill.receipt_ids.sorted("id")[-1:].amount_tax)
        self.assertEqual(taxes, [2.33, 2.34, 2.33])
        self.assertEqual(money.add(taxes), 7)

    def test_who_may_book_and_who_may_read(self):
        bill = self.bill()
        answer = bill.action_register_payment(10)
        payment = self.payment_of(answer)
        self.assertEqual(payment.with_user(self.nikki).amount, 10)
        use = payment.allocation_ids
        self.assertEqual(use.with_user(self.nikki).settled, 10)
        by_nikki = self.payments.with_user(self.nikki)
        for act in (
            lambda: by_nikki.register(self.hilton.id, self.thailand.id, 5),
            lambda: payment.with_user(self.nikki).action_void("x"),
            lambda: payment.with_user(self.nikki).action_allocate([]),
            lambda: payment.with_user(self.nikki).action_refund(),
            lambda: bill.receipt_ids.with_user(self.nikki).action_void("x"),
            lambda: use.with_user(self.pom).write({"amount": 1}),
            lambda: payment.with_user(self.norbert).unlink(),
        ):
            with self.assertRaises(UserError):
                act()
        with self.refused("stays as it is"):
            payment.amount = 20
