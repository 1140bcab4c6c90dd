"""No way round the rules of money: made by hand, imported, duplicated, by a context."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestWaysRoundPayments(MoneyCase):
    def setUp(self):
        super().setUp()
        self.today = self.thailand._today()

    def ahead(self):
        return str(self.today + timedelta(days=9))

    def test_money_is_not_duplicated(self):
        payment = self.payment_of(self.register(900))
        for record in (payment, payment.with_user(self.norbert), payment.sudo()):
            with self.refused("not duplicated"):
                record.copy()

    def test_what_is_written_by_hand_or_imported_is_money_in(self):
        own = {"customer_id": self.hilton.id, "amount": 5}
        with self.refused("paid back for something"):
            self.payments.create({**own, "direction": "out"})
        done = self.payments.load(
            ["customer_id/.id", "amount", "direction"],
            [[str(self.hilton.id), "5", "Paid Back"]],
        )
        self.assertFalse(done["ids"])
        self.assertIn("paid back for something", done["messages"][0]["message"])
        # a cheque dated ahead is no money yet, whoever writes it down how
        cheque = self.payments.create({**own, "cheque_date": self.ahead()})
        self.assertEqual((cheque.state, cheque.amount_unallocated), ("expected", 0))
        self.assertEqual(self.payments.create(own).state, "booked")

    def test_money_out_gives_something_back(self):
        contract, quote = self.active_contract(), self.quote()
        quote.action_mark_sent()
        bill = self.bill(10000)
        bill.action_register_payment(10700)
        note = self.credited(bill, 2000)
        for words, said in (
            ("on its payment", None),
            ("on its payment", [{"invoice_id": note.id, "amount": 5}]),
            ("itself", [{"contract_id": contract.id, "amount": 100}]),
            ("itself", [{"quote_id": quote.id, "amount": 100}]),
            ("not to be paid", [{"invoice_id": bill.id, "amount": 100}]),
        ):
            with self.subTest(said=said), self.refused(words):
                self.register(100, said, direction="out")
        self.assertFalse(contract._advances() | quote._advances())
        answer = self.register(
            100, [{"invoice_id": note.id, "amount": 100}], direction="out"
        )
        self.assertEqual(answer["unallocated"], 0)
        self.assertEqual(self.payment_of(answer).create_uid, self.pom)

    def test_money_of_an_archived_customer_is_for_something(self):
        bill = self.bill()
        self.hilton.active = False
        with self.refused("is archived"):
            self.register(100)
        self.register(100, [{"invoice_id": bill.id}])
        self.assertEqual(bill.amount_paid, 100)

    def test_a_context_of_the_caller_changes_nothing(self):
        """Neither defaults for what the system makes, nor words of our own code."""
        bill = self.bill()
        said = {
            "state": "voided",
            "direction": "out",
            "name": "REC-1",
            "void_reason": "x",
            "receipt_id": 1,
            "tax_base": [],
            "buyer_particulars": {"name": "Another Co., Ltd."},
            "legacy_uuid": "x",
        }
        context = {f"default_{name}": value for name, value in said.items()}
        answer = self.payments.with_context(**context).register(
            self.hilton.id, self.thailand.id, 107, allocations=[{"invoice_id": bill.id}]
        )
        payment = self.payment_of(answer)
        self.assertEqual((payment.state, payment.direction), ("booked", "in"))
        use, receipt = payment.allocation_ids, payment.receipt_ids
        self.assertEqual((use.state, use.receipt_id), ("valid", receipt))
        self.assertNotEqual(receipt.name, "REC-1")
        self.assertEqual((receipt.state, receipt.amount_tax), ("issued", 7))
        names = ("void_reason", "buyer_particulars", "legacy_uuid")
        self.assertFalse(any(receipt[name] for name in names))

    def test_no_context_takes_more_off_than_there_is(self):
        invoice = self.invoice(self.line(1000))
        lines = self.env["bmasia.invoice.line"].with_user(self.pom)
        off = {"invoice_id": invoice.id, "name": "Off", "unit_price": -2000}
        for value in (True, 1, "x"):
            ours = {"lines_are_saved_with_document": value}
            with self.subTest(value), self.assertRaises(ValidationError):
                with self.env.cr.savepoint():
                    lines.with_context(**ours).create({**off, "kind": "one_time"})

    def test_no_context_takes_particulars_back(self):
        receipt = self.receipts_of(self.register(107, [{"invoice_id": self.bill().id}]))
        receipt.action_replace("The name", {"customer": {"name": "Right Name"}})
        made = receipt.replaced_by_id
        asked = made.with_context(fresh_particulars=True)
        self.assertEqual(asked._customer_values()["name"], "Right Name")

    def test_a_key_that_comes_again_after_midnight_is_the_same_call(self):
        bill = self.bill()
        paid = self.bill(10000)
        paid.action_register_payment(10700)
        note, money = self.credited(paid, 2000), self.payment_of(self.register(900))
        calls = {
            "register": lambda: self.register(70, idempotency_key="register"),
            "refund": lambda: money.action_refund(10, idempotency_key="refund"),
            "set off": lambda: note.action_set_off(bill.id, 30, idempotency_key="off"),
        }
        first = {name: call() for name, call in calls.items()}
        with freeze_time(f"{self.today + timedelta(days=1)} 05:00:00"):
            for name, call in calls.items():
                with self.subTest(name):
                    self.assertEqual(call(), first[name])
            with self.refused("something else"):
                self.register(70, date=str(self.today), idempotency_key="register")

    def test_choices_are_named(self):
        for said in ({"method": "shells"}, {"direction": "sideways"}):
            with self.subTest(**said), self.refused("takes one of"):
                self.register(5, **said)

    def test_no_figure_is_a_text_or_without_end(self):
        contract = self.active_contract()
        nothing = float("nan")
        for said in (
            {"allocations": [{"contract_id": contract.id, "percent": nothing}]},
            {"allocations": [{"contract_id": contract.id, "amount": nothing}]},
            {"details": {"thb_rate": float("inf")}},
        ):
            with self.subTest(said=str(said)), self.refused("takes a number"):
                self.register(5, **said)
        with self.refused("takes a number"):
            self.register(nothing)
        with self.assertRaises(UserError):
            self.payments.create({"customer_id": self.hilton.id, "amount": "NaN"})
