"""How a bank's file is read: encoding, columns, days and amounts, cell by cell."""

from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools import statements
from ..tools.statements import BadCell, Line, Mapping, StatementError

TWO = Mapping(
    date="Date", credit="In", debit="Out", reference="Ref", text="Payer, Details"
)
SIGNED = Mapping(date="Date", amount="Amount")
DAY = date(2026, 11, 25)


class StatementCase(BaseCase):
    def assertRefused(self, reason, call, *arguments, **values):
        with self.assertRaises(StatementError) as refused:
            call(*arguments)
        self.assertEqual(refused.exception.reason, reason)
        self.assertEqual(refused.exception.values, values)


@tagged("post_install", "-at_install")
class TestFiles(StatementCase):
    def test_encodings(self):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp874"):
            with self.subTest(encoding):
                self.assertEqual(statements.decode("วันที่,x".encode(encoding)), "วันที่,x")
        big = b"\xfe\xff" + "วันที่".encode("utf-16-be")
        self.assertEqual(statements.decode(big), "วันที่")

    def test_what_is_no_text(self):
        for data, reason in (
            (b"", "empty"),
            (b" \r\n", "empty"),
            (b"PK\x03\x04", "binary"),
            (b"%PDF-1.7", "binary"),
            (b"\xd0\xcf\x11\xe0\xa1", "binary"),
            (b"Date\0", "binary"),
            (b"\xff\xfea", "encoding"),  # half a character of UTF-16
            (b"Date\xdb", "encoding"),  # no character of Windows-874
        ):
            with self.subTest(data):
                self.assertRefused(reason, statements.decode, data)
        for data in (b"P,K", b"%PDX", b"PxK"):
            self.assertEqual(statements.decode(data), data.decode())

    def test_a_statement_has_its_longest(self):
        for text, fits in (
            ("a,b\n" * 20_000, True),
            ("a,b\n" * 20_001, False),
            ("a," + "b" * 9_998, True),
            ("a," + "b" * 9_999, False),
        ):
            with self.subTest(length=len(text)):
                if fits:
                    self.assertTrue(list(statements.rows(text)))
                else:
                    self.assertRefused(
                        "large", list, statements.rows(text), rows=20_000
                    )

    def test_every_delimiter(self):
        for sign in ",;\t|":
            text = sign.join(["Date", "Amount"]) + "\n" + sign.join(["25/11/2026", "5"])
            with self.subTest(sign):
                [line] = statements.read(text.encode(), SIGNED)
                self.assertEqual((line.day, line.amount), (DAY, 5))


@tagged("post_install", "-at_install")
class TestColumns(StatementCase):
    def test_headings_are_found_wherever_they_stand(self):
        text = "Bank\nAccount,1\n x , DATE ,in,Out,\n"
        head, places, rows = statements.table(text, TWO)
        self.assertEqual((head, len(rows)), (2, 3))
        self.assertEqual(places, {"x": 0, "date": 1, "in": 2, "out": 3})

    def test_missing_headings_are_named_beside_those_of_the_closest_row(self):
        for text, missing, there in (
            # nothing fits: the first row that looks like one of a table
            ("Bank\nTag,Betrag\n1,2", ["Date", "In", "Out"], ["Tag", "Betrag"]),
            ("Bank,\n1,2", ["Date", "In", "Out"], ["1", "2"]),
            ("Tag,Betrag\nDate,In\n1,2", ["Out"], ["Date", "In"]),
            ("Date,In\nDate,x\n1,2", ["Out"], ["Date", "In"]),
            ("Bank", ["Date", "In", "Out"], []),
            ("Tag,Betrag\nDate,x\n1,2", ["In", "Out"], ["Date", "x"]),
            ("Bank,\nTag,Betrag,\n1,2,3", ["Date", "In", "Out"], ["Tag", "Betrag"]),
        ):
            with self.subTest(text):
                self.assertRefused(
                    "columns",
                    statements.table,
                    text,
                    TWO,
                    missing=missing,
                    there=there,
                )

    def test_a_heading_that_two_columns_share_is_missing_once(self):
        mapping = Mapping(date="Date", credit="Amount", debit="Amount")
        self.assertRefused(
            "columns",
            statements.table,
            "Date,Betrag\n1,2",
            mapping,
            missing=["Amount"],
            there=["Date", "Betrag"],
        )

    def test_a_mapping_names_what_a_file_must_have(self):
        for mapping, columns in (
            (TWO, ["Date", "In", "Out"]),
            (SIGNED, ["Date", "Amount"]),
            (Mapping(date=""), [""]),
        ):
            self.assertEqual(mapping.columns(), columns)


@tagged("post_install", "-at_install")
class TestRows(StatementCase):
    def rows_of(self, *rows, head="Date,Out,In,Payer,Details,Ref", mapping=TWO):
        return statements.read("\n".join(["Bank", head, *rows]).encode(), mapping)

    def test_a_movement_has_its_row_day_amount_reference_and_texts(self):
        self.assertEqual(
            self.rows_of(
                '25/11/2026,,"1,070.00",Hilton,INV-1,R1',
                "26/11/2026,20.50,,Bank,Bank,",
                "27/11/2026,-20.50",
                "28/11/2026,5,25,,,",
            ),
            [
                Line(3, DAY, Decimal("1070.00"), "R1", "Hilton · INV-1"),
                Line(4, date(2026, 11, 26), Decimal("-20.50"), "", "Bank"),
                Line(5, date(2026, 11, 27), Decimal("-20.50"), "", ""),
                Line(6, date(2026, 11, 28), Decimal(20), "", ""),
            ],
        )

    def test_money_in_counts_once_and_money_out_against_it(self):
        lines = self.rows_of(
            "25/11/2026,0.25,10.50,,,", "25/11/2026,0,10.50,,,", "25/11/2026,1,1,,,"
        )
        amounts = [line.amount for line in lines]
        self.assertEqual(amounts, [Decimal("10.25"), Decimal("10.50")])

    def test_a_reversal_of_money_in_stands_with_its_sign(self):
        [line] = self.rows_of("25/11/2026,,-5,,,")
        self.assertEqual(line.amount, -5)

    def test_a_row_may_end_before_its_last_columns(self):
        [line] = self.rows_of("25/11/2026,,5")
        self.assertEqual((line.reference, line.text), ("", ""))

    def test_one_column_with_signs(self):
        lines = self.rows_of(
            "25/11/2026,-5", "25/11/2026,7", head="Date,Amount", mapping=SIGNED
        )
        self.assertEqual([line.amount for line in lines], [-5, 7])

    def test_what_is_no_movement_is_left_out(self):
        lines = self.rows_of(
            ",,,,",
            "Total,1,2,,,",
            "ยอดยกมา,,2,,,",
            "Date,Out,In,Payer,Details,Ref",
            " date ,x,x,,,",
            "24/11/2026,,,balance,,",
            "25/11/2026,,5,,,",
        )
        self.assertEqual([(line.row, line.amount) for line in lines], [(9, 5)])

    def test_each_cell_that_cannot_be_read_is_named(self):
        self.assertRefused(
            "cells",
            self.rows_of,
            "25/13/2026,,5,,,",
            "25/11/2026,ten,five,,,",
            "25/11/2026,,5,,,",
            cells=[
                BadCell(3, "Date", "25/13/2026"),
                BadCell(4, "In", "five"),
                BadCell(4, "Out", "ten"),
            ],
        )

    def test_a_statement_without_movements(self):
        self.assertRefused("nothing", self.rows_of, "Total,1,2,,,")


@tagged("post_install", "-at_install")
class TestDays(BaseCase):
    def test_days_as_banks_write_them(self):
        for text, order, day in (
            ("25/11/2026", "dmy", DAY),
            ("25.11.2026 23:59:59", "dmy", DAY),
            ("25-11-2026T10:00", "dmy", DAY),
            ("11/25/2026", "mdy", DAY),
            ("26-11-25", "ymd", DAY),
            ("2026/11/25", "dmy", DAY),
            ("2569-11-25", "mdy", DAY),
            ("25-Nov-26", "dmy", DAY),
            ("25 NOVEMBER 2026", "dmy", DAY),
            ("25 พ.ย. 2569", "dmy", DAY),
            ("1 Sept 2026", "dmy", date(2026, 9, 1)),
            ("5 มี.ค. 69", "dmy", date(2026, 3, 5)),
            ("5 มิ.ย. 69", "dmy", date(2026, 6, 5)),
            ("5 มีนา 69", "dmy", None),
            ("29/02/2026", "dmy", None),
            # a year lacks a figure, or has one more
            ("25/11/126", "dmy", None),
            ("126/11/25", "ymd", None),
            ("25/11/20266", "dmy", None),
            ("5/1/6", "dmy", date(2006, 1, 5)),
            ("25/11", "dmy", None),
            ("tomorrow", "dmy", None),
            ("", "dmy", None),
        ):
            with self.subTest(text, order=order):
                self.assertEqual(statements.parse_day(text, order), day)

    def test_every_month_has_its_names(self):
        for names in (
            "jan feb mar apr may jun jul aug sep oct nov dec",
            "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
        ):
            for month, name in enumerate(names.split(), start=1):
                with self.subTest(name):
                    day = statements.parse_day(f"1 {name} 2026")
                    self.assertEqual(day, date(2026, month, 1))

    def test_years_of_either_era(self):
        for year, is_year in (
            ("26", 2026),
            ("59", 2059),
            ("60", 2017),
            ("69", 2026),
            ("2399", 2399),
            ("2400", 2400),
            ("2401", 1858),
            ("2569", 2026),
        ):
            with self.subTest(year):
                day = statements.parse_day(f"25/11/{year}")
                self.assertEqual(day, date(is_year, 11, 25))


@tagged("post_install", "-at_install")
class TestAmounts(BaseCase):
    def test_amounts_as_banks_write_them(self):
        for text, amount in (
            ("1,070.00", "1070.00"),
            ("1 070.00", "1070.00"),
            ("1\u00a0070.5", "1070.5"),
            ("1234567.89", "1234567.89"),
            ("+5", "5"),
            ("-5", "-5"),
            ("5-", "-5"),
            ("(5)", "-5"),
            # a sign says once more that it went out
            ("(-5)", "-5"),
            ("(5-)", "-5"),
            ("-5-", "-5"),
            ("(1,070.00) THB", "-1070.00"),
            (".5", "0.5"),
            ("thb 5", "5"),
            ("5 บาท", "5"),
            ("฿5", "5"),
            ("", "0"),
            ("-", "0"),
            ("--", "0"),
        ):
            with self.subTest(text):
                self.assertEqual(statements.parse_amount(text), Decimal(amount))

    def test_what_is_no_amount(self):
        for text in (
            *("ten", "1.070,00", "10,70", "5.", "USD 5", "5 5.5.5", "---"),
            *("(55", "55)", "()"),
        ):
            with self.subTest(text):
                self.assertIsNone(statements.parse_amount(text))
