"""A thousand movements in the shapes of two Thai banks, as their exports come."""

import csv
import io
import random
from base64 import b64encode
from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ..tools import statements
from .common import CrmCase

ENCODINGS = ("utf-8-sig", "utf-8", "cp874", "utf-16")
KBANK = statements.Mapping(
    "Date", credit="Deposit", debit="Withdrawal", text="Details, Descriptions"
)
SCB = statements.Mapping(
    "Date",
    credit="Credit Amount",
    debit="Debit Amount",
    reference="Cheque Number",
    text="Description",
)
TEXTS = (
    "From SCB X9876 HOTEL++",
    "กสิกรไทย (KBANK) /X9876 โรงแรม",
    "=cmd|' /C calc'!A0",
    "+66 2 123 4567",
    "@SUM(1+1)",
    'The "Blue", Bar',
    "two\nlines",
    '5" speaker, paid',
)
DAYS = ("%d-%m-%y", "%d/%m/%Y", "buddhist", "buddhist short")
SIGNS = ("plain", "thousands", "parentheses", "minus", "minus after", "baht")


def day_as(day, how):
    if how == "buddhist":
        return f"{day:%d/%m}/{day.year + 543}"
    if how == "buddhist short":
        return f"{day:%d/%m}/{(day.year + 543) % 100}"
    return day.strftime(how)


def money_out_as(amount, how):
    text = f"{amount:,.2f}"
    return {
        "plain": f"{amount:.2f}",
        "thousands": text,
        "parentheses": f"({text})",
        "minus": f"-{text}",
        "minus after": f"{text}-",
        "baht": f"{text} บาท",
    }[how]


def money_in_as(amount, how):
    text = f"{amount:,.2f}"
    return {"plain": f"{amount:.2f}", "baht": f"฿{text}"}.get(how, text)


class Export:
    """An export of a bank, made by chance, and what it says."""

    def __init__(self, bank, seed, movements=None, count=60):
        self.dice = random.Random(seed)
        self.bank, self.said = bank, []
        self.how_day, self.how_sign = self.dice.choice(DAYS), self.dice.choice(SIGNS)
        stream = io.StringIO()
        self.writer = csv.writer(
            stream, delimiter=self.dice.choice(",;\t"), lineterminator="\r\n"
        )
        self.head()
        for day, amount, text in movements or self.chance(count):
            self.movement(day, amount, text)
            if not self.dice.randrange(9):
                self.writer.writerow([])
            if not self.dice.randrange(30):
                self.headings()  # of a further page
        self.writer.writerow(["Total", "", "", "", "1,234.00", "99,999.00", "", ""])
        self.text = stream.getvalue()

    def chance(self, count):
        for number in range(count):
            day = date(2026, 1, 1) + timedelta(self.dice.randrange(300))
            amount = Decimal(self.dice.randrange(1, 10**9)) / 100
            text = f"{self.dice.choice(TEXTS)} {number % 50}"
            yield day, -amount if self.dice.random() < 0.3 else amount, text

    def head(self):
        title = "ธนาคารกสิกรไทย" if self.bank == KBANK else "ธนาคารไทยพาณิชย์"
        self.writer.writerow([title, "", ""])
        self.writer.writerow(["Account, No.", "123-4-56789-0"])
        self.writer.writerow([])
        self.headings()

    def headings(self):
        shape = {
            KBANK: "Date,Time,Descriptions,Withdrawal,Deposit,Outstanding Balance,"
            "Channel,Details",
            SCB: "Account Number,Date,Time,Cheque Number,Debit Amount,Credit Amount,"
            "Balance,Description",
        }[self.bank]
        self.writer.writerow(shape.split(","))

    def movement(self, day, amount, text):
        come, gone = "", ""
        if amount < 0:
            gone = money_out_as(-amount, self.how_sign)
        else:
            come = money_in_as(amount, self.how_sign)
        when, balance = day_as(day, self.how_day), "1,000,000.00"
        if self.bank == KBANK:
            row = [when, "10:05", "Transfer", gone, come, balance, "K BIZ", text]
            words = f"{text} · Transfer"
        else:
            row = ["0123", when, "10:05", "0004711", gone, come, balance, text]
            words = text
        self.writer.writerow(row)
        self.said.append((day, amount, words))

    def data(self, encoding):
        return self.text.encode(encoding)


@tagged("post_install", "-at_install")
class TestEveryShapeIsRead(BaseCase):
    def test_each_movement_as_the_bank_said_it(self):
        for seed in range(12):
            for bank in (KBANK, SCB):
                export = Export(bank, seed)
                for encoding in ENCODINGS:
                    how = (export.how_day, export.how_sign, encoding)
                    with self.subTest(seed=seed, how=how):
                        found = statements.read(export.data(encoding), bank)
                        self.assertEqual(
                            [(line.day, line.amount, line.text) for line in found],
                            export.said,
                        )

    def test_a_movement_without_a_day_is_not_left_out(self):
        for row, is_bad in (
            (",,Transfer,,5.00,,,HOTEL", True),
            (",,Total,,5.00,,,", False),
            (",,,,,,,", False),
            (",,more words of the line above,,,,,", False),
        ):
            text = f"Date,Time,Descriptions,Withdrawal,Deposit,,,Details\n{row}\n"
            text += "25-11-26,,Transfer,,7.00,,,BAR\n"
            with self.subTest(row):
                if not is_bad:
                    self.assertEqual(len(statements.read(text.encode(), KBANK)), 1)
                    continue
                with self.assertRaises(statements.StatementError) as refused:
                    statements.read(text.encode(), KBANK)
                (cell,) = refused.exception.values["cells"]
                self.assertEqual((cell.row, cell.column), (2, "Date"))

    def test_a_quotation_mark_that_never_closes_swallows_no_movement(self):
        text = "Date,Deposit,Withdrawal,Details\n25-11-26,5.00,,{}\n" + (
            "26-11-26,6.00,,BAR\n" * 3
        )
        with self.assertRaises(statements.StatementError) as refused:
            statements.read(text.format('"HOTEL').encode(), KBANK)
        self.assertEqual(refused.exception.reason, "quotes")
        for fine in ('5" speaker', '"two\nlines"', '"a ""b"""'):
            read = statements.read(text.format(fine).encode(), KBANK)
            self.assertEqual(len(read), 4, fine)


@tagged("post_install", "-at_install")
class TestAThousandLines(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["res.partner.bank"].create(
            {"acc_number": "SWEEP-1", "partner_id": cls.thailand.partner_id.id}
        )
        names = ("Amber", "Bamboo", "Coral", "Dusit", "Ebony", "Frangipani")
        kinds = ("Resort Samui", "Hotel Bangkok", "Spa Chiang Mai", "Rooftop Phuket")
        cls.hotels = cls.env["bmasia.company"]
        cls.bills = cls.env["bmasia.invoice"]
        for number, name in enumerate(f"{n} {k}" for n in names for k in kinds):
            hotel = cls.make_company(name, country="base.th", legal_name=f"{name} Ltd")
            cls.hotels += hotel
            for part in range(2):
                price = 1000 + 37 * number + 500 * part
                cls.bills += cls.invoice(cls.line(price), customer_id=hotel.id)
        cls.day = cls.thailand._today()

    def setUp(self):
        super().setUp()
        self.bills.filtered(lambda bill: bill.state == "draft").action_issue()

    def movements(self):
        """A thousand: each invoice is paid by one, all others are noise."""
        dice = random.Random(16)
        rows, expected = [], {}
        for place, bill in enumerate(self.bills):
            hotel = bill.customer_id
            texts = (
                f"TR FR {hotel.name.upper()}",
                f"PAY {bill.name}",
                hotel.legal_name,
            )
            text = f"{texts[place % 3]} REF{place:05}"
            expected[text] = bill
            rows.append((self.day, Decimal(str(bill.amount_total)), text))
        while len(rows) < 1000:
            amount = Decimal(dice.randrange(10**8, 10**9)) / 100
            gone = dice.random() < 0.5
            text = f"{dice.choice(TEXTS[2:])} {len(rows)}"
            rows.append((self.day, -amount if gone else amount, text))
        dice.shuffle(rows)
        return rows, expected

    def read_file(self, bank, data):
        statement = (
            self.env["bmasia.bank.statement"]
            .with_user(self.pom)
            .create(
                {
                    "file": b64encode(data),
                    "mapping_id": self.env.ref(f"bmasia_crm.bank_mapping_{bank}").id,
                    "bank_account_id": self.account.id,
                }
            )
        )
        statement.action_read()
        return statement

    def test_the_right_ones_are_matched_and_nobody_books_them(self):
        rows, expected = self.movements()
        for name, bank in (("kbank", KBANK), ("scb", SCB)):
            with self.subTest(name), self.env.cr.savepoint() as here:
                data = Export(bank, 3, rows).data("cp874")
                payments = self.env["bmasia.payment"].search_count([])
                statement = self.read_file(name, data)
                self.assertEqual(len(statement.line_ids), 1000)
                matched = statement.line_ids.filtered("match_ids")
                self.assertEqual(len(matched), len(expected))
                for line in matched:
                    text = line.text.removesuffix(" · Transfer")
                    self.assertEqual(line.match_ids.invoice_id, expected[text], text)
                    self.assertEqual(line.confidence, "sure", text)
                self.assertEqual(self.env["bmasia.payment"].search_count([]), payments)
                self.assertFalse(statement.line_ids.payment_id)
                self.assertEqual(set(self.bills.mapped("state")), {"issued"})
                again = self.read_file(name, data)
                self.assertEqual((len(again.line_ids), again.known_count), (0, 1000))
                matched[:9].action_confirm()
                self.assertEqual(
                    set(matched[:9].match_ids.invoice_id.mapped("state")), {"paid"}
                )
                self.assertEqual(
                    self.env["bmasia.payment"].search_count([]), payments + 9
                )
                with self.assertRaises(UserError):
                    matched[0].action_confirm()
                here.rollback()
            self.env.invalidate_all()
