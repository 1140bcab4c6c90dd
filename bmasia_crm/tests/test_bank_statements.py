"""Bank statements as CSV: read whole or not at all, matched, and booked once."""

from base64 import b64encode
from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open

from ..tools import statements
from .common import CrmCase


def sample(name):
    """An export as the bank makes it; its first transfer is ``{0}``."""
    with file_open(f"bmasia_crm/tests/statements/{name}.csv", "r") as file:
        return file.read().replace("10,700.00", "{0}", 1)


KBANK = sample("kbank")
SCB = sample("scb")
ENCODINGS = ("utf-8-sig", "utf-8", "cp874", "utf-16")


class BankCase(CrmCase):
    def setUp(self):
        super().setUp()
        self.thailand.withholding_rate = 3
        self.account = self.env["res.partner.bank"].create(
            {
                "acc_number": "DEMO-1",
                "partner_id": self.thailand.partner_id.id,
                "currency_id": self.thailand.currency_id.id,
            }
        )
        self.kbank = self.env.ref("bmasia_crm.bank_mapping_kbank")
        self.scb = self.env.ref("bmasia_crm.bank_mapping_scb")

    def draft(self, text, mapping=None, encoding="utf-8-sig", user=None, **values):
        data = text if isinstance(text, bytes) else text.encode(encoding)
        model = self.env["bmasia.bank.statement"].with_user(user or self.pom)
        return model.create(
            {
                "file": b64encode(data),
                "mapping_id": (mapping or self.kbank).id,
                "bank_account_id": self.account.id,
                **values,
            }
        )

    def read_file(self, text, *arguments, **values):
        statement = self.draft(text, *arguments, **values)
        statement.action_read()
        return statement

    def movement(self, amount, text, day="25-11-26"):
        """A statement with one movement; its line."""
        rows = f"Date,Withdrawal,Deposit,Details\n{day},,{amount},{text}\n"
        return self.read_file(rows).line_ids


@tagged("post_install", "-at_install")
class TestReading(BankCase):
    def test_two_banks_in_each_encoding(self):
        for encoding in ENCODINGS:
            for text, mapping, days in (
                (KBANK, self.kbank, ["2026-11-26", "2026-11-25"]),
                (SCB, self.scb, ["2026-11-27", "2026-11-26", "2026-11-25"]),
            ):
                with self.subTest(encoding, bank=mapping.name):
                    with self.env.cr.savepoint() as here:
                        text = text.format("10,700.00")
                        statement = self.read_file(text, mapping, encoding)
                        lines = statement.line_ids
                        self.assertEqual([str(d) for d in lines.mapped("date")], days)
                        self.assertEqual(lines[-1].amount, 10700)
                        self.assertEqual(lines[-1].state, "open")
                        self.assertEqual(lines[0].state, "ignored")  # money out
                        self.assertLess(lines[0].amount, 0)
                        here.rollback()
                    self.env.invalidate_all()

    def test_thai_letters_survive(self):
        lines = self.read_file(SCB.format("5"), self.scb, "cp874").line_ids
        self.assertIn("ฮิลตัน พัทยา", lines[-1].text)
        self.assertEqual(lines.filtered("reference").reference, "0004711")

    def test_a_bad_file_makes_nothing_and_says_why(self):
        for data, words in (
            (b" ", "is empty"),
            (b"PK\x03\x04 a workbook", "is no CSV"),
            (b"%PDF-1.7", "is no CSV"),
            (b"Date,\x81\x8d\xff", "letters cannot be read"),
            ("Datum,Betrag\n1,2", "Its headings: Datum, Betrag"),
            ("no table at all", "no column “Date"),
            ("Date,Withdrawal,Deposit\n", "no movements"),
            (KBANK.format("ten"), "Row 5, Deposit: “ten”"),
            (KBANK.format("5").replace("25-11-26", "31-02-26"), "Row 5, Date"),
        ):
            with self.subTest(words):
                statement = self.draft(data)
                with self.assertRaises(UserError) as refused:
                    statement.action_read()
                self.assertIn(words, str(refused.exception))
                self.assertEqual(statement.state, "draft")
                self.assertFalse(statement.line_ids)
                self.assertTrue(statement.file)

    def test_all_bad_cells_are_named_at_once(self):
        rows = "Date,Deposit,Withdrawal\n1/1/26,x,\n2/1/26,5,y\nnever,5,\n"
        statement = self.draft(rows)
        with self.assertRaises(UserError) as refused:
            statement.action_read()
        for words in ("3 cells", "“x”", "“y”", "“never”"):
            self.assertIn(words, str(refused.exception))

    def test_the_first_rows_are_shown_before_it_is_read(self):
        self.assertIn("Outstanding Balance", self.draft(KBANK).preview)
        self.assertIn("is no CSV", self.draft(b"PK\x03\x04").preview)

    def test_a_mapping_is_saved_and_proposed_for_the_account(self):
        own = (
            self.env["bmasia.bank.mapping"]
            .with_user(self.pom)
            .create({"name": "Own", "date_column": "When", "amount_column": "How much"})
        )
        self.read_file("When;How much\n2026-11-25;-5,00\n".replace(",", "."), own)
        form = Form(self.env["bmasia.bank.statement"].with_user(self.pom))
        form.bank_account_id = self.account
        self.assertEqual(form.mapping_id, own)
        with self.assertRaises(ValidationError):
            own.amount_column = False

    def test_statements_overlap_without_doubling_a_line(self):
        first = self.read_file(KBANK.format("10,700.00"))
        more = KBANK.format("10,700.00") + "27-11-26,,Transfer,,5.00,,,Bar\n"
        second = self.read_file(more)
        self.assertEqual((len(first.line_ids), first.known_count), (2, 0))
        self.assertEqual((len(second.line_ids), second.known_count), (1, 2))

    def test_two_equal_transfers_of_a_day_are_two(self):
        twice = "Date,Withdrawal,Deposit,Details\n" + "25-11-26,,5.00,Bar\n" * 2
        self.assertEqual(len(self.read_file(twice).line_ids), 2)
        self.assertEqual(self.read_file(twice).known_count, 2)

    def test_days_of_either_order_and_era(self):
        for text, order, expected in (
            ("11/25/2026", "mdy", date(2026, 11, 25)),
            ("05/11/2569", "dmy", date(2026, 11, 5)),
            ("05-พ.ย.-69", "dmy", date(2026, 11, 5)),
            ("26/11/05", "ymd", date(2026, 11, 5)),
        ):
            self.assertEqual(statements.parse_day(text, order), expected)
        self.assertEqual(
            statements.parse_amount("1,234,567.89-"), Decimal("-1234567.89")
        )


@tagged("post_install", "-at_install")
class TestMatching(BankCase):
    def test_what_an_accountant_would_propose(self):
        first = self.issued_invoice(self.line(10000))
        second = self.issued_invoice(self.line(2000))
        other = self.make_company("Skyline Bar", country="base.th")
        third = self.issued_invoice(self.line(333), customer_id=other.id)
        for amount, text, invoices, amounts, held, confidence in (
            (10700, "FR HILTON PATTAYA CO", first, [10700], [0], "sure"),
            (12840, "HILTON PATTAYA", first | second, [10700, 2140], [0, 0], "sure"),
            (10400, f"{first.name} thanks", first, [10400], [300], "sure"),
            (
                5000,
                f"INV {second.name}",
                second | first,
                [2140, 2860],
                [0, 0],
                "likely",
            ),
            (356.31, "ATM 5511", third, [356.31], [0], "likely"),
            (1.23, "INTEREST", first.browse(), [], [], "none"),
        ):
            with self.subTest(text), self.env.cr.savepoint() as here:
                line = self.movement(amount, text)
                self.assertEqual(line.confidence, confidence)
                self.assertEqual(line.match_ids.invoice_id, invoices)
                self.assertEqual(line.match_ids.mapped("amount"), amounts)
                self.assertEqual(line.match_ids.mapped("withholding_amount"), held)
                self.assertEqual(line.customer_id, invoices.customer_id)
                here.rollback()
            self.env.invalidate_all()

    def test_what_is_withheld_is_what_the_payment_dialog_proposes(self):
        goods = self.env.ref("bmasia_crm.product_player")
        rent = goods.copy({"type": "service"})
        rent.withholding_rate = 5
        ministry = self.make_company("Ministry of Music", country="base.th")
        ministry.write({"withholding_by": "own", "withholding_rate": 1})
        for name, customer, product, paid, held in (
            ("services", self.hilton, None, 10400, 300),
            ("rent", self.hilton, rent, 10200, 500),
            ("goods", self.hilton, goods, 10700, 0),
            ("a state body", ministry, goods, 10600, 100),
        ):
            with self.subTest(name), self.env.cr.savepoint() as here:
                line = self.line(10000, product_id=product and product.id)
                invoice = self.issued_invoice(line, customer_id=customer.id)
                found = self.movement(paid, customer.name)
                self.assertEqual(found.confidence, "sure")
                self.assertEqual(found.match_ids.withholding_amount, held)
                self.assertEqual(invoice._withholding_left(), held)
                other = self.movement(paid - 50, customer.name)
                self.assertEqual(other.confidence, "likely", "no rate fits")
                self.assertEqual(other.match_ids.withholding_amount, 0)
                here.rollback()
            self.env.invalidate_all()

    def test_equal_amounts_of_two_customers_are_not_guessed(self):
        other = self.make_company("Skyline Bar", country="base.th")
        self.issued_invoice(self.line(10000))
        self.issued_invoice(self.line(10000), customer_id=other.id)
        self.assertEqual(self.movement(10700, "ATM").confidence, "none")
        line = self.movement(10700, "FROM SKYLINE BAR")
        self.assertEqual(line.customer_id, other)

    def test_an_invoice_is_proposed_once(self):
        self.issued_invoice(self.line(10000))
        rows = (
            "Date,Withdrawal,Deposit,Details\n" + "25-11-26,,10700,HILTON PATTAYA\n" * 2
        )
        lines = self.read_file(rows).line_ids
        self.assertEqual(sorted(lines.mapped("confidence")), ["none", "sure"])

    def test_other_entities_and_currencies_are_not_proposed(self):
        self.issued_invoice(
            self.line(10000),
            company_id=self.hongkong.id,
            currency_id=self.currency("THB").id,
        )
        self.issued_invoice(self.line(10000), currency_id=self.currency("USD").id)
        line = self.movement(10700, "HILTON PATTAYA")
        self.assertFalse(line.match_ids)


@tagged("post_install", "-at_install")
class TestConfirming(BankCase):
    def setUp(self):
        super().setUp()
        today = self.thailand._today()
        self.day = today.strftime("%d-%m-%y")
        self.invoice_due = self.issued_invoice(self.line(10000))

    def line_of(self, amount, text="HILTON PATTAYA"):
        return self.movement(amount, text, self.day)

    def test_nothing_is_booked_before_it_is_confirmed(self):
        line = self.line_of(10700)
        self.assertEqual(self.invoice_due.amount_due, 10700)
        self.assertFalse(line.payment_id)
        line.action_confirm()
        self.assertEqual(line.state, "booked")
        self.assertEqual(self.invoice_due.state, "paid")
        self.assertEqual(line.payment_id.amount, 10700)
        self.assertEqual(line.payment_id.receipt_ids.amount_total, 10700)

    def test_a_line_is_booked_once(self):
        line = self.line_of(10700)
        line.action_confirm()
        with self.assertRaisesRegex(UserError, "booked"):
            line.action_confirm()
        # even where the line did not learn of it
        line.sudo().write({"state": "open", "payment_id": False})
        payments = self.env["bmasia.payment"].search_count([])
        line.action_confirm()
        self.assertEqual(self.env["bmasia.payment"].search_count([]), payments)

    def test_what_was_withheld_settles_the_invoice(self):
        self.line_of(10400).action_confirm()
        self.assertEqual(self.invoice_due.state, "paid")

    def test_what_no_invoice_explains_is_credit_of_the_customer_chosen(self):
        line = self.line_of(77, "ATM")
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            line.action_confirm()
        line.customer_id = self.hilton
        self.assertEqual(line.amount_left, 77)
        line.action_confirm()
        self.assertEqual(line.payment_id.amount_unallocated, 77)
        self.assertFalse(line.payment_id.receipt_ids)

    def test_a_person_changes_the_proposal(self):
        line = self.line_of(4000)
        line.match_ids.amount = 3000
        line.action_confirm()
        self.assertEqual(self.invoice_due.amount_due, 7700)
        self.assertEqual(line.payment_id.amount_unallocated, 1000)
        for change in (
            lambda: line.write({"customer_id": False}),
            lambda: line.match_ids.write({"amount": 1}),
            lambda: line.match_ids.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "is booked"):
                change()

    def test_what_a_booked_line_pays_is_not_brought_from_another_line(self):
        booked, other = self.line_of(77, "ATM"), self.line_of(4000)
        booked.customer_id = self.hilton
        booked.action_confirm()
        for change in (
            lambda: other.match_ids.write({"line_id": booked.id, "amount": 7}),
            lambda: other.match_ids.copy({"line_id": booked.id, "amount": 7}),
        ):
            with self.assertRaisesRegex(UserError, "is booked"), self.cr.savepoint():
                change()
        self.assertFalse(booked.match_ids)

    def test_more_than_came_in_is_refused(self):
        line = self.line_of(4000)
        with self.assertRaises(ValidationError) as refused:
            line.match_ids.amount = 4001
        self.assertIn("more than the money received", str(refused.exception))

    def test_an_expected_cheque_is_booked_not_doubled(self):
        answer = (
            self.env["bmasia.payment"]
            .with_user(self.pom)
            .register(
                customer_id=self.hilton.id,
                company_id=self.thailand.id,
                amount=10700,
                method="cheque",
                reference="0004711",
                cheque_date="2099-01-01",
                allocations=[{"invoice_id": self.invoice_due.id}],
            )
        )
        cheque = self.env["bmasia.payment"].browse(answer["payment"])
        self.assertEqual(cheque.state, "expected")
        line = self.line_of(10700, "CHEQUE DEPOSIT 0004711")
        self.assertEqual(line.cheque_id, cheque)
        self.assertFalse(line.match_ids)
        line.action_confirm()
        self.assertEqual((cheque.state, line.payment_id), ("booked", cheque))
        self.assertEqual(self.invoice_due.state, "paid")

    def test_a_voided_payment_lets_the_line_be_done_again(self):
        line = self.line_of(10700)
        line.action_confirm()
        with self.assertRaisesRegex(UserError, "Void its payment"):
            line.action_reopen()
        first = line.payment_id
        first.action_void("The wrong customer")
        line.action_reopen()
        self.assertEqual(line.match_ids.invoice_id, self.invoice_due)
        line.action_confirm()
        self.assertNotEqual(line.payment_id, first)
        self.assertEqual(self.invoice_due.state, "paid")

    def test_what_is_ignored_is_taken_up_again(self):
        line = self.line_of(10700)
        line.action_ignore()
        with self.assertRaisesRegex(UserError, "not to be done"):
            line.action_confirm()
        line.action_reopen()
        line.action_confirm()
        with self.assertRaisesRegex(UserError, "booked"):
            line.action_ignore()

    def test_what_was_booked_stays(self):
        line = self.line_of(10700)
        line.action_confirm()
        with self.assertRaisesRegex(UserError, "it stays"):
            line.statement_id.unlink()
        with self.assertRaisesRegex(UserError, "was read"):
            line.statement_id.file = b64encode(b"x")
        with self.assertRaisesRegex(UserError, "read already"):
            line.statement_id.action_read()

    def test_each_role_has_its_rights(self):
        line = self.line_of(10700)
        statement = line.statement_id
        abroad = new_test_user(
            self.env,
            "hk@example.com",
            groups="bmasia_crm.group_finance",
            company_id=self.hongkong.id,
            company_ids=[Command.set(self.hongkong.ids)],
        )
        for user in (self.nikki, abroad, self.customer, self.visitor):
            with self.subTest(user.login):
                for record in (statement, line, line.match_ids):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])
                for act in ("action_confirm", "action_ignore", "action_reopen"):
                    with self.assertRaises(AccessError):
                        getattr(line.with_user(user), act)()
                if user != abroad:
                    with self.assertRaises(AccessError):
                        self.kbank.with_user(user).read(["name"])
                with self.assertRaises(UserError):  # also of rights
                    self.draft(KBANK, user=user, company_id=self.thailand.id)
        line.with_user(self.norbert).action_confirm()

    def test_what_the_bank_said_is_not_typed(self):
        line = self.line_of(10700)
        for values in ({"amount": 1}, {"text": "x"}, {"state": "booked"}):
            with self.assertRaises(UserError):
                line.write(values)
