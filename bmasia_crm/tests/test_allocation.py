"""Which documents the money that arrived pays, where one amount turns to the next."""

from odoo.tests import BaseCase, tagged

from ..tools.allocation import Open, Use, propose


@tagged("post_install", "-at_install")
class TestAllocation(BaseCase):
    def test_what_is_asked_is_due_less_what_is_withheld_and_no_less_than_nothing(self):
        for due, withheld, asked in (
            (10700, 300, 10400.0),
            (300, 299.99, 0.01),
            (300, 300, 0.0),
            (300, 400, 0.0),
        ):
            with self.subTest(due=due, withheld=withheld):
                self.assertEqual(Open(due, withheld).asked, asked)
        self.assertEqual(Open(300).asked, 300.0)

    def test_a_document_for_which_no_money_is_left_takes_nothing(self):
        nothing = Use(amount=0.0, withheld=0.0)
        self.assertEqual(Use(), nothing)
        for amount in (0, -5, -0.01):
            with self.subTest(amount=amount):
                self.assertEqual(propose(amount, [Open(1070, 30)]), [nothing])
        self.assertEqual(propose(5, [Open(300, 300)]), [nothing])

    def test_who_pays_nine_tenths_pays_all_and_a_satang_less_is_a_part(self):
        for amount, withheld in ((900, 30.0), (899.99, 27.0), (1000, 30.0)):
            with self.subTest(amount=amount):
                [use] = propose(amount, [Open(1030, 30)])
                self.assertEqual(use, Use(float(amount), withheld))

    def test_exactly_what_the_first_documents_come_to_is_paid_without_withholding(self):
        bills = [Open(1070, 30), Open(535, 15), Open(200)]
        for amount, uses in (
            (1605, [Use(1070.0), Use(535.0), Use()]),
            # the second one less what is withheld of it, and a satang for the next
            (1560, [Use(1040.0, 30.0), Use(520.0, 15.0), Use()]),
            (1560.01, [Use(1040.0, 30.0), Use(520.0, 15.0), Use(0.01)]),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(propose(amount, bills), uses)

    def test_withheld_tax_of_a_part_is_rounded_in_the_currency(self):
        self.assertEqual(propose(500, [Open(1030, 31)], 1.0), [Use(500.0, 16.0)])
