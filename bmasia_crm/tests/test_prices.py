"""Where a line's price, description and quantity come from."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestPrices(CrmCase):
    def setUp(self):
        super().setUp()
        self.music = self.env.ref("bmasia_crm.product_syb")
        self.player = self.env.ref("bmasia_crm.product_player")
        self.music.lst_price = 14000
        self.player.lst_price = 7000
        self.hongkong.document_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Dollars",
                "currency_id": self.hongkong.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.music.id,
                            "compute_price": "fixed",
                            "fixed_price": 380,
                        }
                    )
                ],
            }
        )

    def test_another_product_brings_its_own_words_and_price(self):
        line = self.quote(Command.create({"product_id": self.music.id})).line_ids
        line.product_id = self.player
        self.assertIn("Player", line.name)
        self.assertEqual((line.unit_price, line.kind), (7000, "one_time"))

    def test_what_was_agreed_on_stays_when_the_same_product_is_written_again(self):
        line = self.quote(
            Command.create({"product_id": self.music.id, "unit_price": 12345})
        ).line_ids
        line.write({"product_id": self.music.id, "quantity": 2})
        self.assertEqual((line.unit_price, line.quantity), (12345, 2))
        line.write({"product_id": self.player.id, "unit_price": 1})
        self.assertEqual(line.unit_price, 1)

    def test_music_starts_with_as_many_zones_as_the_customer_has(self):
        self.hilton.zone_count = 12
        with Form(self.env["bmasia.quote"].with_user(self.nikki)) as form:
            form.customer_id = self.hilton
            for product in (self.music, self.player):
                with form.line_ids.new() as line:
                    line.product_id = product
        self.assertEqual(form.record.line_ids.mapped("quantity"), [12, 1])

    def test_a_currency_without_a_rate_is_refused_not_taken_for_ours(self):
        euro = self.currency("EUR")
        euro.rate_ids.unlink()
        with self.assertRaisesRegex(UserError, "no exchange rate to EUR"):
            self.quote(
                Command.create({"product_id": self.music.id}), currency_id=euro.id
            )
        quote = self.quote(
            Command.create({"product_id": self.music.id, "unit_price": 350}),
            currency_id=euro.id,
        )
        self.assertEqual(quote.amount_untaxed, 350)
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.025})]
        quote = self.quote(
            Command.create({"product_id": self.music.id}), currency_id=euro.id
        )
        self.assertEqual(quote.amount_untaxed, 350)

    def test_another_customer_s_entity_brings_its_currency_and_prices(self):
        abroad = self.make_company("Soneva", country="base.mv")
        with Form(self.env["bmasia.quote"].with_user(self.nikki)) as form:
            form.customer_id = self.hilton
            with form.line_ids.new() as line:
                line.product_id = self.music
            with form.line_ids.new() as line:
                line.name = "By hand"
                line.unit_price = 50
            form.customer_id = abroad
        quote = form.record
        self.assertEqual(quote.currency_id, self.hongkong.currency_id)
        self.assertEqual(quote.line_ids.mapped("unit_price"), [380, 50])
        self.assertEqual(quote.line_ids.mapped("tax_rate"), [0, 0])

    def test_the_first_line_is_empty_until_somebody_chooses(self):
        with Form(self.env["bmasia.quote"].with_user(self.nikki)) as form:
            form.customer_id = self.hilton
            with form.line_ids.new() as line:
                self.assertFalse(line.name)
                self.assertEqual((line.unit_price, line.tax_rate), (0, 7))
                line.name = "Music"
