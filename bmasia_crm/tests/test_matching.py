"""Which invoices are proposed for a movement: where names, numbers, amounts and
withheld tax begin to fit, and where they end.
"""

from odoo.tests import BaseCase, tagged

from ..tools import matching
from ..tools.matching import Item, Proposal, propose

HILTON, MARRIOTT, LOCAL = ("Hilton Pattaya Co., Ltd.",), ("Marriott Bangkok",), ("Ö",)


def bills(*dues, customer=1, names=HILTON):
    """Open invoices of a customer, whose ids are 1, 2, 3 …"""
    return [
        Item(place, f"INV-{customer}-00{place}", customer, names, due)
        for place, due in enumerate(dues, start=1)
    ]


def paid(proposal):
    """``{invoice: amount}``"""
    return {invoice: amount for invoice, amount, _withheld in proposal.parts}


@tagged("post_install", "-at_install")
class TestNames(BaseCase):
    def test_where_a_text_names_a_customer(self):
        for text, name, named in (
            ("PAY HILTO NOW", "Hilto", True),
            ("PAY HILT NOW", "Hilt", False),
            # cut off, from its last letter but one down to its eighth
            ("FR HILTON PATTAY", "Hilton Pattaya", True),
            ("FR HILTON PATTA", "Hilton Pattaya", True),
            ("FR HILTON PA", "Hilton Pattaya", True),
            ("FR HILTON P", "Hilton Pattaya", False),
            # whose beginning stands elsewhere too
            ("FR HILTON PALACE", "Hilton Pattaya", False),
            ("FR HILTON PALACE HILTON P", "Hilton Pattaya", False),
            ("", "Hilton Pattaya", False),
            ("FR HILTON", "", False),
        ):
            with self.subTest(text, name=name):
                self.assertEqual(matching.names_customer(text, [name]), named)

    def test_a_name_of_eight_letters_is_not_cut_off(self):
        for text, named in (("FR NOVOTELS", True), ("FR NOVOTEL", False)):
            with self.subTest(text):
                self.assertEqual(matching.names_customer(text, ["Novotels"]), named)

    def test_each_of_its_names_is_looked_for(self):
        names = ["Marriott Bangkok", "Hilton Pattaya"]
        self.assertTrue(matching.names_customer("FR HILTON PATT", names))

    def test_where_a_text_holds_a_number(self):
        for text, number, held in (
            ("pay inv/2026.1101#001", "INV-2026-1101-001", True),
            ("INV-2026-1101-0011 INV-2026-1101-001", "INV-2026-1101-001", True),
            ("INV-2026-1101-002", "INV-2026-1101-001", False),
            ("anything", "", False),
        ):
            with self.subTest(text, number=number):
                self.assertEqual(matching.names_number(text, number), held)


@tagged("post_install", "-at_install")
class TestAmounts(BaseCase):
    def test_with_and_without_what_is_to_be_withheld(self):
        item = Item(1, "INV-1", 7, HILTON, 10700, 350)
        for amount, withheld, reasons in (
            (10700, 0.0, ("customer", "amount")),
            (10350, 350.0, ("customer", "amount", "withheld")),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(
                    propose(amount, "HILTON PATTAYA", [item]),
                    Proposal(7, ((1, float(amount), withheld),), reasons, True),
                )

    def test_another_rate_than_is_to_be_withheld_does_not_fit(self):
        found = propose(
            10400, "HILTON PATTAYA", [Item(1, "INV-1", 7, HILTON, 10700, 500)]
        )
        self.assertEqual(found.parts, ((1, 10400.0, 0.0),))
        self.assertFalse(found.sure)

    def test_of_several_invoices_each_has_its_own(self):
        items = [
            Item(1, "INV-1", 7, HILTON, 10700, 300),
            Item(2, "INV-2", 7, HILTON, 5350),
            Item(3, "INV-3", 7, HILTON, 2140, 100),
        ]
        found = propose(10400 + 5350 + 2040, "HILTON PATTAYA", items)
        self.assertEqual(
            found.parts, ((1, 10400.0, 300.0), (2, 5350.0, 0.0), (3, 2040.0, 100.0))
        )
        self.assertTrue(found.sure)

    def test_nothing_is_withheld_unless_it_is_said(self):
        self.assertEqual(bills(100)[0].withheld, 0)

    def test_an_amount_fits_to_the_satang(self):
        for amount, sure in ((100, True), (99.99, False), (99, False), (101, False)):
            with self.subTest(amount=amount):
                found = propose(amount, "HILTON PATTAYA", bills(100))
                self.assertEqual(found.sure, sure)

    def test_satang_are_kept_in_what_each_invoice_gets(self):
        items = [
            Item(1, "INV-1", 7, HILTON, 1070.55, 30.02),
            Item(2, "INV-2", 7, HILTON, 0.05),
        ]
        for amount, parts in (
            (1070.6, ((1, 1070.55, 0.0), (2, 0.05, 0.0))),
            (1040.53, ((1, 1040.53, 30.02),)),
            (1040.58, ((1, 1040.53, 30.02), (2, 0.05, 0.0))),
            # the oldest first
            (1070.57, ((1, 1070.55, 0.0), (2, 0.02, 0.0))),
        ):
            with self.subTest(amount=amount):
                found = propose(amount, "HILTON PATTAYA", items)
                self.assertEqual(found.parts, parts)

    def test_no_money_pays_no_invoice(self):
        for amount in (0, -100):
            with self.subTest(amount=amount):
                found = propose(amount, "HILTON PATTAYA", bills(100, 200))
                self.assertEqual((found.parts, found.sure), ((), False))

    def test_the_fewest_invoices_that_make_the_amount_are_paid(self):
        for dues, amount, invoices in (
            ((100, 200, 300), 300, {3: 300}),
            ((100, 200, 300, 400), 1000, {1: 100, 2: 200, 3: 300, 4: 400}),
            ((100, 100), 100, {1: 100}),
        ):
            with self.subTest(dues=dues):
                found = propose(amount, "HILTON PATTAYA", bills(*dues))
                self.assertEqual(paid(found), invoices)

    def test_up_to_four_invoices_are_combined(self):
        six = bills(100, 200, 400, 800, 1600, 3200)
        for amount, fits in (
            (100 + 200 + 400 + 3200, {1: 100, 2: 200, 3: 400, 6: 3200}),
            (sum(item.due for item in six), {n + 1: 100 * 2**n for n in range(6)}),
            # five: the oldest are paid first
            (100 + 200 + 400 + 800 + 3200, None),
        ):
            with self.subTest(amount=amount):
                found = propose(amount, "HILTON PATTAYA", six)
                self.assertEqual(found.sure, bool(fits))
                if fits:
                    self.assertEqual(paid(found), fits)
                    self.assertEqual(found.reasons, ("customer", "amount"))

    def test_all_of_five_are_one_combination_more(self):
        found = propose(31 * 100, "HILTON PATTAYA", bills(100, 200, 400, 800, 1600))
        self.assertTrue(found.sure)
        self.assertEqual(len(found.parts), 5)

    def test_combinations_are_looked_for_among_the_oldest_fourteen(self):
        many = bills(*(100 * 2**n for n in range(16)))
        for place, sure in ((13, True), (14, False)):
            found = propose(100 + many[place].due, "HILTON PATTAYA", many)
            with self.subTest(place=place):
                self.assertEqual(found.sure, sure)

    def test_what_fits_nothing_pays_the_oldest_first(self):
        for amount, parts, reasons in (
            (150.33, {1: 100, 2: 50.33}, ("customer",)),
            (0.01, {1: 0.01}, ("customer",)),
            (320, {1: 100, 2: 200, 3: 20}, ("customer",)),
            (400.55, {1: 100, 2: 200, 3: 50}, ("customer", "rest")),
            (350.01, {1: 100, 2: 200, 3: 50}, ("customer", "rest")),
        ):
            with self.subTest(amount=amount):
                found = propose(amount, "HILTON PATTAYA", bills(100, 200, 50))
                self.assertEqual((paid(found), found.reasons), (parts, reasons))
                self.assertFalse(found.sure)
                self.assertEqual({part[2] for part in found.parts}, {0.0})


@tagged("post_install", "-at_install")
class TestPayers(BaseCase):
    def test_a_number_and_other_invoices_of_its_customer(self):
        first, second = bills(100, 200)
        other = Item(9, "INV-9-009", 9, MARRIOTT, 200)
        found = propose(300, "inv-1-001", [first, other, second])
        self.assertEqual(
            found,
            Proposal(1, ((1, 100.0, 0.0), (2, 200.0, 0.0)), ("number", "amount"), True),
        )

    def test_numbers_of_two_customers_say_nothing(self):
        items = [*bills(100), *bills(100, customer=2, names=MARRIOTT)]
        self.assertIsNone(propose(200, "INV-1-001 INV-2-001", items))

    def test_the_only_invoice_of_that_amount(self):
        items = [*bills(100, 200), Item(9, "INV-9", 9, MARRIOTT, 300)]
        for amount, parts in (
            (300, ((9, 300.0, 0.0),)),
            (100, ((1, 100.0, 0.0),)),
            (150, None),
            (300.01, None),
        ):
            with self.subTest(amount=amount):
                found = propose(amount, "ATM", items)
                self.assertEqual(found and found.parts, parts)
                if found:
                    self.assertEqual((found.reasons, found.sure), (("amount",), False))

    def test_of_two_named_customers_the_one_who_owes_that_amount(self):
        items = [
            *bills(100),
            Item(8, "INV-8", 8, MARRIOTT, 200),
            Item(9, "INV-9", 9, LOCAL, 100),
        ]
        found = propose(100, "HILTON PATTAYA MARRIOTT BANGKOK", items)
        self.assertEqual(paid(found), {1: 100})
        self.assertIsNone(propose(100, "ATM", items))
