"""Where the engines turn from one answer to the other: the examples in their docstrings
show the middle.
"""

from lxml import etree

from odoo.tests import BaseCase, tagged

from ..tools import money, promptpay


@tagged("post_install", "-at_install")
class TestMoney(BaseCase):
    def test_the_largest_figures(self):
        self.assertEqual(money.MAX_QUANTITY, 1_000_000)
        self.assertEqual(money.MAX_PRICE, 1_000_000_000_000)
        self.assertEqual(money.MAX_GROSS, 50_000_000_000)

    def test_half_of_the_smallest_unit_is_rounded_up(self):
        for value, rounding, rounded in (
            (1.005, 0.01, 1.01),
            (1.00499, 0.01, 1.0),
            (-1.005, 0.01, -1.01),
            (1.02, 0.05, 1.0),
            (1.025, 0.05, 1.05),
            (1.07, 0.05, 1.05),
            (1499.5, 1.0, 1500),
            (1499.49, 1.0, 1499),
            (1250, 100.0, 1300),
        ):
            with self.subTest(value=value, rounding=rounding):
                self.assertEqual(float(money.to_currency(value, rounding)), rounded)

    def test_each_step_of_a_line_is_rounded_by_itself(self):
        self.assertEqual(
            money.amounts(1, 0.5, discount=1, tax_rate=1),
            # half a cent of discount is one, half a cent of tax is none any more
            money.Amounts(0.5, 0.01, 0.49, 0.0, 0.49),
        )
        self.assertEqual(money.amounts(2, 3, years=2), money.Amounts(12, 0, 12, 0, 12))
        self.assertEqual(money.amounts(2, 3).gross, 6)

    def test_totals_are_added_column_by_column(self):
        lines = [money.Amounts(5, 4, 3, 2, 1), money.Amounts(10, 8, 6, 4, 2)]
        self.assertEqual(money.total(lines), money.Amounts(15, 12, 9, 6, 3))

    def test_every_net_amount_has_a_gross_one(self):
        for net in range(1, 300):
            for discount in (0, 3, 10, 33.33, 50, 99):
                untaxed = net / 100
                gross = money.gross_for(untaxed, discount)
                with self.subTest(untaxed=untaxed, discount=discount):
                    again = money.amounts(1, gross, discount=discount).untaxed
                    self.assertEqual(again, untaxed)

    def test_what_has_no_gross_amount(self):
        with self.assertRaisesRegex(ValueError, "leaves nothing"):
            money.gross_for(1, 100)
        with self.assertRaisesRegex(ValueError, "no amount of a currency"):
            money.gross_for(1.005, 0)


@tagged("post_install", "-at_install")
class TestPromptPay(BaseCase):
    def test_who_is_paid(self):
        for account, field in (
            ("081-234-5678", "01130066812345678"),
            ("0105548025073", "02130105548025073"),
            ("012345678901234", "0315012345678901234"),
        ):
            with self.subTest(account):
                self.assertEqual(promptpay.account_field(account), field)
        for account in ("1812345678", "081234567", "08123456789", "", None):
            with self.subTest(account), self.assertRaises(ValueError):
                promptpay.account_field(account)

    def test_the_code_is_drawn_over_the_whole_side(self):
        svg = etree.fromstring(promptpay.drawing("0002", 100).encode())
        self.assertEqual((svg.get("width"), svg.get("height")), ("100", "100"))
        small = etree.fromstring(promptpay.drawing("0002").encode())
        self.assertEqual(small.get("width"), "72")
        # 21 modules of 4.319 points, which reportlab draws unless told otherwise
        [_flip, scaled, *_rest] = svg.iter("{*}g")
        self.assertEqual(
            scaled.get("transform").strip(), "matrix(1.102431,0,0,1.102431,0,0)"
        )
