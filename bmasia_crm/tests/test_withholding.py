"""What Thai customers withhold: proposed on the net, shown, told when it differs."""

import random

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..tools import withholding
from .common import CrmCase
from .documents import DocumentCase

NOON = "2026-11-28 05:00:00"  # in Bangkok


class WithholdingCase(CrmCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOON))
        self.thailand.withholding_rate = 3
        self.music, self.player, self.room = self.env["product.product"].create(
            [
                {"name": "Music", "type": "service"},
                {"name": "Player", "type": "consu"},
                {"name": "Room", "type": "service", "withholding_rate": 5},
            ]
        )

    def of(self, product, price):
        return self.line(price, product_id=product.id)


@tagged("post_install", "-at_install")
class TestProposal(WithholdingCase):
    def test_products_have_their_rates_by_their_type(self):
        products = self.music | self.player | self.room
        self.assertEqual(products.mapped("withholding_rate"), [3, 0, 5])
        with self.assertRaises(ValidationError):
            self.room.product_tmpl_id.withholding_rate = 101

    def test_three_percent_of_services_five_of_rent_nothing_of_goods(self):
        lines = ((self.music, 10000), (self.player, 700), (self.room, 2000))
        invoice = self.invoice(*(self.of(*line) for line in lines))
        self.assertEqual(invoice.withholding_expected, 300 + 100)
        self.assertEqual(
            [(row["rate"], row["base"]) for row in invoice.withholding_rows],
            [(3, 10000), (5, 2000)],
        )

    def test_it_is_of_the_net_never_of_the_vat(self):
        invoice = self.invoice(self.of(self.music, 10000))
        self.assertEqual(invoice.amount_total, 10700)
        self.assertEqual(invoice.withholding_expected, 300)

    def test_a_line_without_a_product_has_the_entity_s_rate(self):
        self.assertEqual(self.invoice(self.line(10000)).withholding_expected, 300)
        self.thailand.withholding_rate = 0
        self.assertEqual(self.invoice(self.line(10000)).withholding_expected, 0)

    def test_a_state_body_withholds_one_percent_of_all(self):
        self.hilton.write({"withholding_by": "own", "withholding_rate": 1})
        invoice = self.invoice(self.of(self.music, 10000), self.of(self.player, 5000))
        self.assertEqual(invoice.withholding_expected, 150)
        self.hilton.withholding_rate = 0
        self.assertFalse(self.invoice(self.of(self.music, 10000)).withholding_expected)

    def test_who_pays_abroad_and_small_bills_are_paid_in_full(self):
        abroad = self.make_company("Raffles", country="base.sg")
        ends = {"customer_id": abroad.id, "company_id": self.thailand.id}
        bill = self.invoice(self.of(self.music, 10000), **ends)
        self.assertFalse(bill.withholding_expected)
        for price, expected in ((999.99, 0), (1000, 30)):
            small = self.invoice(self.of(self.music, price))
            self.assertEqual(small.withholding_expected, expected)

    def test_it_stays_as_the_invoice_was_issued(self):
        invoice = self.issued_invoice(self.of(self.music, 10000))
        self.music.withholding_rate = 7
        self.hilton.write({"withholding_by": "own", "withholding_rate": 1})
        self.assertEqual(invoice.withholding_expected, 300)

    def test_shares_of_part_payments_sum_to_it(self):
        random_ = random.Random(7)
        for _n in range(200):
            total = random_.randint(1, 10**7) / 100
            expected = random_.randint(0, 3 * 10**5) / 100
            half = withholding.share(expected, total / 2, total)
            self.assertAlmostEqual(half, expected / 2, delta=0.0051)
            self.assertEqual(withholding.share(expected, total, total), expected)


@tagged("post_install", "-at_install")
class TestPaying(WithholdingCase):
    def wizard(self, invoice):
        wizards = self.env["bmasia.payment.wizard"].with_user(self.pom)
        return wizards.with_context(
            active_model="bmasia.invoice", active_ids=invoice.ids
        ).create({})

    def test_the_dialog_proposes_what_is_withheld_of_the_net(self):
        wizard = self.wizard(self.issued_invoice(self.of(self.music, 10000)))
        self.assertEqual(wizard.line_ids.withholding_amount, 300)
        self.assertEqual(wizard.amount, 10400)
        self.assertFalse(wizard.withholding_warning)

    def test_another_amount_is_told_and_not_refused(self):
        invoice = self.issued_invoice(self.of(self.music, 10000))
        wizard = self.wizard(invoice)
        # 3 % of the sum with VAT
        wizard.line_ids.write({"withholding_amount": 321, "amount": 10379})
        wizard.amount = 10379
        self.assertIn("THB 300.00 would be withheld", wizard.withholding_warning)
        wizard.action_confirm()
        self.assertEqual(invoice.state, "paid")
        said = " ".join(invoice.payment_ids.message_ids.mapped("body"))
        self.assertIn("321.00", said)
        self.assertIn("300.00", said)

    def test_the_right_amount_is_not_commented(self):
        invoice = self.issued_invoice(self.of(self.music, 10000))
        invoice.action_register_payment(10400, withholding_amount=300)
        said = " ".join(invoice.payment_ids.message_ids.mapped("body"))
        self.assertNotIn("would be", said)

    def test_the_payment_code_asks_for_the_rest_only_where_it_is_switched_on(self):
        self.hilton.show_withholding = True
        invoice = self.issued_invoice(self.of(self.music, 10000))
        self.assertTrue(invoice.show_withholding)
        self.assertEqual(invoice._amount_to_transfer(), 10400)
        invoice.action_register_payment(5200, withholding_amount=150)
        self.assertEqual(invoice._amount_to_transfer(), 5200)
        self.hilton.show_withholding = False
        plain = self.issued_invoice(self.of(self.music, 10000))
        self.assertEqual(plain._amount_to_transfer(), 10700)
        with self.assertRaises(UserError):
            plain.show_withholding = True


@tagged("post_install", "-at_install")
class TestPrinted(DocumentCase):
    def test_the_invoice_shows_what_is_left_to_transfer(self):
        self.thai.withholding_rate = 3
        self.hotel.show_withholding = True
        invoice = self.issued(self.hotel)
        text = self.flat(invoice)
        self.assertRegex(text, "Withholding tax 3 % .30.00")
        self.assertIn("To be transferred 1,040.00", text)
        self.assertIn("to pay THB 1,040.00", text)
        self.assertIn("THB 1,070.00", text)
        self.hotel.show_withholding = False
        plain = self.flat(self.issued(self.hotel))
        self.assertNotIn("To be transferred", plain)
        self.assertIn("to pay THB 1,070.00", plain)
