"""What the next term costs: the contract's rule, prices from a day on, the notice."""

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.modules.module import load_script
from odoo.tests import Form, tagged
from odoo.tools.misc import file_path

from .amendments import AmendmentCase

NEXT_YEAR = "2027-01-01"
# What 19.0.1.4.0 had, as far as the migration looks.
NOTICE = """<p>
    It ends on {{ end_date }}.
    A year of it comes to {{ annual_value_net }} before tax.
</p>"""


class RenewalCase(AmendmentCase):
    """Contracts of 2026; the price list says 14,000 today and 15,000 from 2027."""

    def setUp(self):
        super().setUp()
        self.product = self.env.ref("bmasia_crm.product_syb")
        self.thailand.document_pricelist_id = self.listed(
            "THB", (15000, "2026-12-31 17:00:00"), (14000, False)
        )

    def listed(self, currency, *prices, **values):
        """A price list of Thailand: prices of the product, each from a moment on."""
        items = [
            Command.create(
                {
                    "applied_on": "0_product_variant",
                    "product_id": self.product.id,
                    "compute_price": "fixed",
                    "fixed_price": price,
                    "date_start": start,
                }
            )
            for price, start in prices
        ]
        return self.env["product.pricelist"].create(
            {
                "name": f"Prices in {currency}",
                "company_id": self.thailand.id,
                "currency_id": self.currency(currency).id,
                "item_ids": items,
                **values,
            }
        )

    def music_line(self, **values):
        return Command.create({"product_id": self.product.id, **values})

    def renewal(self, contract, *args, **kwargs):
        contract = contract.with_user(self.nikki)
        return contract.browse(contract.action_renew(*args, **kwargs)["res_id"])


@tagged("post_install", "-at_install")
class TestRule(RenewalCase):
    def test_the_same_prices_unless_something_else_is_agreed(self):
        self.assertEqual(self.signed.renewal_rule, "fixed")
        self.assertEqual(self.renewal(self.signed).line_ids.unit_price, 14000)

    def test_percent_is_rounded_as_money(self):
        contract = self.running(
            self.line(999.99), renewal_rule="percent", renewal_percent=3.5
        )
        renewal = self.renewal(contract)
        self.assertEqual(renewal.line_ids.unit_price, 1034.99)
        self.assertEqual(
            (renewal.renewal_rule, renewal.renewal_percent), ("percent", 3.5)
        )

    def test_the_price_list_of_the_first_day_of_the_next_term(self):
        contract = self.running(
            self.music_line(unit_price=12345, discount=10, quantity=2),
            renewal_rule="price_list",
        )
        self.assertEqual(contract.renewal_value, 27000)
        line = self.renewal(contract).line_ids
        self.assertEqual((line.unit_price, line.discount), (15000, 10))

    def test_a_term_that_ends_this_year_takes_this_year_s_price(self):
        for months, price in ((11, 14000), (12, 15000)):
            contract = self.running(
                self.music_line(unit_price=1),
                renewal_rule="price_list",
                term_months=months,
            )
            with self.subTest(months=months):
                self.assertEqual(self.renewal(contract).line_ids.unit_price, price)

    def test_a_term_that_a_pause_makes_longer_takes_the_price_of_its_end(self):
        contract = self.running(
            self.music_line(unit_price=1),
            self.line(500, name="Lobby"),
            renewal_rule="price_list",
            term_months=11,
        )
        self.sign(
            self.amendment(
                "2026-05-01",
                self.removed(contract.line_ids[1]),
                self.added(3, 2, product_id=self.product.id),
                contract=contract,
            )
        )
        contract.action_pause("2026-06-01", "2026-07-31", "Works", True)
        self.assertEqual(str(contract.end_date), "2027-01-30")
        self.assertEqual(contract.renewal_value, 4 * 15000)
        renewal = self.renewal(contract)
        self.assertEqual(str(renewal.start_date), "2027-01-31")
        self.assertEqual(renewal.line_ids.mapped("unit_price"), [15000, 15000])
        self.assertEqual(renewal.line_ids.mapped("quantity"), [1, 3])
        self.assertEqual(contract._differences(), [])

    def test_what_ends_before_its_time_has_no_next_price(self):
        contract = self.running(
            self.music_line(unit_price=1), renewal_rule="price_list"
        )
        contract.with_user(self.norbert).action_cancel("Sold", "2026-06-30")
        with self.assertRaisesRegex(UserError, "ends before its time"):
            self.renewal(contract)
        contract.with_user(self.norbert).action_take_back_end()
        self.assertEqual(self.renewal(contract).line_ids.unit_price, 15000)

    def test_what_the_list_does_not_have_keeps_its_price_and_says_so(self):
        free = {"unit_price": 0, "list_value": 9000}
        contract = self.running(
            self.line(500, name="By hand"),
            self.music_line(**free),
            renewal_rule="price_list",
        )
        rows = contract._next_prices()
        self.assertEqual([each["price_then"] for each in rows], [500, 0])
        self.assertEqual(
            [each["reason"] for each in rows],
            ["Not in the price list: same price", "Free of charge"],
        )
        self.assertEqual(self.renewal(contract).line_ids.mapped("unit_price"), [500, 0])

    def test_without_an_exchange_rate_the_price_stays(self):
        euro = self.currency("EUR")
        euro.rate_ids.unlink()
        contract = self.running(
            self.music_line(unit_price=350),
            currency_id=euro.id,
            renewal_rule="price_list",
        )
        (row,) = contract._next_prices()
        self.assertEqual(row["price_then"], 350)
        self.assertIn("No exchange rate", row["reason"])

    def test_a_list_in_the_contract_s_currency_goes_before_a_conversion(self):
        euro = self.currency("EUR")
        self.listed("EUR", (390, False))
        contract = self.running(
            self.music_line(unit_price=350),
            currency_id=euro.id,
            renewal_rule="price_list",
        )
        self.assertEqual(self.renewal(contract).line_ids.unit_price, 390)

    def test_what_somebody_asks_for_wins_over_the_rule(self):
        for asked, price in (
            ({"price_change": 0}, 14000),
            ({"price_change": -10}, 12600),
            ({}, 15400),
        ):
            contract = self.running(renewal_rule="percent", renewal_percent=10)
            with self.subTest(asked=asked):
                renewal = self.renewal(contract, **asked)
                self.assertEqual(renewal.line_ids.unit_price, price)
        contract = self.running(
            self.line(1000), self.line(2000), renewal_rule="percent", renewal_percent=10
        )
        first = str(contract.line_ids[0].id)
        renewal = self.renewal(contract, prices={first: 1234})
        self.assertEqual(renewal.line_ids.mapped("unit_price"), [1234, 2200])

    def test_bmasia_contract_pricing_mixin_check_renewal_percent(self):
        for percent in (-100, 1001):
            with self.subTest(percent=percent), self.assertRaises(ValidationError):
                self.signed.renewal_percent = percent
        with self.assertRaisesRegex(UserError, "cannot be right"):
            self.signed.action_renew(2000)
        self.assertFalse(self.signed.renewal_id)

    def test_it_starts_from_the_lines_of_the_last_day(self):
        self.signed.renewal_rule = "percent"
        self.signed.renewal_percent = 10
        self.sign(self.amendment("2026-07-01", self.added(1, 5000)))
        self.sign(self.amendment("2026-10-01", self.changed(quantity=2)))
        self.assertEqual(self.signed.value_at_end, 33000)
        self.assertEqual(self.signed.renewal_value, 36300)
        self.assertEqual(
            self.signed.annual_value, 14000, "today is the first of January"
        )
        self.go_to("2026-10-01")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(self.signed.annual_value, 33000)
        self.assertEqual(self.renewal(self.signed).annual_value, 36300)

    def test_an_amendment_tells_the_next_term_by_the_rule(self):
        self.signed.write({"renewal_rule": "percent", "renewal_percent": 10})
        amendment = self.amendment("2026-07-01", self.added(1, 5000))
        self.assertEqual(
            (amendment.renewal_before, amendment.renewal_after), (15400, 20900)
        )


@tagged("post_install", "-at_install")
class TestPricesFromADay(RenewalCase):
    def price(self, day):
        self.go_to(day)
        return self.quote(self.music_line()).line_ids.unit_price

    def test_next_year_s_prices_leave_today_s_alone(self):
        for day, price in (("2026-12-31", 14000), ("2027-01-01", 15000)):
            with self.subTest(day=day):
                self.assertEqual(self.price(day), price)

    def test_whichever_was_typed_first(self):
        today = self.thailand.document_pricelist_id.item_ids.filtered(
            lambda rule: not rule.date_start
        )
        today.copy({"date_start": "2027-06-30 17:00:00", "fixed_price": 16000})
        today.copy({"fixed_price": 14100})
        for day, price in (
            ("2026-12-31", 14100),
            ("2027-01-01", 15000),
            ("2027-07-01", 16000),
        ):
            with self.subTest(day=day):
                self.assertEqual(self.price(day), price)

    def test_each_entity_has_its_own(self):
        prices = ((400, "2026-12-31 16:00:00"), (380, False))
        self.hongkong.document_pricelist_id = self.listed(
            "USD", *prices, company_id=self.hongkong.id
        )
        abroad = self.make_company("Soneva", country="base.mv")
        contract = self.running(
            self.music_line(unit_price=1),
            customer_id=abroad.id,
            renewal_rule="price_list",
        )
        self.assertEqual(contract.company_id, self.hongkong)
        self.assertEqual(self.renewal(contract).line_ids.unit_price, 400)
        quote = self.quote(self.music_line(), customer_id=abroad.id)
        self.assertEqual(quote.line_ids.unit_price, 380)


@tagged("post_install", "-at_install")
class TestWizard(RenewalCase):
    def opened(self, contract):
        action = contract.with_user(self.nikki).action_ask_renewal()
        wizards = self.env["bmasia.renew.wizard"].with_user(self.nikki)
        return Form(wizards.with_context(**action["context"]))

    def test_it_proposes_the_prices_by_the_rule(self):
        contract = self.running(
            self.music_line(unit_price=12000), renewal_rule="price_list"
        )
        form = self.opened(contract)
        self.assertEqual((form.old_value, form.new_value), (12000, 15000))
        with form.line_ids.edit(0) as line:
            self.assertEqual((line.old_price, line.new_price), (12000, 15000))
            self.assertEqual(line.reason, "Price list")
        action = form.save().action_confirm()
        renewal = contract.browse(action["res_id"])
        self.assertEqual(renewal.line_ids.unit_price, 15000)

    def test_another_percentage_replaces_them_all(self):
        contract = self.running(renewal_rule="percent", renewal_percent=5)
        form = self.opened(contract)
        self.assertEqual((form.price_change, form.new_value), (5, 14700))
        form.price_change = 2
        self.assertEqual(form.new_value, 14280)
        action = form.save().action_confirm()
        self.assertEqual(contract.browse(action["res_id"]).line_ids.unit_price, 14280)


@tagged("post_install", "-at_install")
class TestNotice(RenewalCase):
    def letter(self, contract, lang):
        contract.with_user(self.nikki).lang = lang
        template = "bmasia_crm.template_renewal_manual"
        return contract.with_user(self.nikki)._prepare_mail(template=template)["body"]

    def test_it_names_the_prices_that_change(self):
        self.env["res.lang"]._activate_lang("th_TH")
        module = self.env["ir.module.module"].search([("name", "=", "bmasia_crm")])
        module._update_translations(["th_TH"])
        contract = self.running(renewal_rule="percent", renewal_percent=5)
        for lang, words in (
            ("en_US", ("From 1 January 2027 these prices change", "14,700.00")),
            ("th_TH", ("ราคาต่อไปนี้จะเปลี่ยนแปลง", "14,700.00")),
        ):
            body = self.letter(contract, lang)
            for word in words:
                with self.subTest(lang=lang, word=word):
                    self.assertIn(word, body)

    def test_it_says_nothing_of_prices_that_stay(self):
        for values in ({}, {"renewal_rule": "percent", "renewal_percent": 0}):
            body = self.letter(self.running(**values), "en_US")
            self.assertNotIn("prices change", body)
            self.assertNotIn("2027", body)

    def test_the_letter_offers_them(self):
        contract = self.running(renewal_rule="percent", renewal_percent=5)
        self.assertEqual(contract._next_term().line_ids.unit_price, 14700)
        self.assertFalse(contract.renewal_id)

    def test_a_reminder_that_waits_is_told_of_other_prices(self):
        before = self.signed._reminder_facts()
        self.signed.write({"renewal_rule": "percent", "renewal_percent": 5})
        self.assertNotEqual(self.signed._reminder_facts(), before)

    @freeze_time("2026-12-20 05:00:00")
    def test_what_the_draft_says_goes_before_the_rule(self):
        contract = self.running(
            self.line(14000), self.line(1000, name="Left out"), renewal_rule="percent"
        )
        renewal = self.renewal(contract)
        renewal.line_ids[1].unlink()
        renewal.line_ids[0].unit_price = 20000
        renewal.write({"line_ids": [self.line(300, name="New")]})
        rows = [
            (each["price"], each["price_then"], each["before"], each["after"])
            for each in contract._next_prices()
        ]
        self.assertEqual(
            rows,
            [
                (14000, 20000, 14000, 20000),
                (1000, None, 1000, 0),
                (None, 300, 0, 300),
            ],
        )
        self.assertEqual(contract.renewal_value, 20300)
        self.assertIn("20,000.00", contract._new_prices_words())


@tagged("post_install", "-at_install")
class TestUpgrade(RenewalCase):
    def migrate(self):
        self.env.flush_all()
        path = "bmasia_crm/migrations/19.0.1.5.0/post-renewals.py"
        load_script(file_path(path), "renewals").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()

    def template(self, writer):
        """The notice as it was released, last written by somebody."""
        template = self.env.ref("bmasia_crm.template_renewal_manual")
        template.with_user(writer).sudo().body_html = NOTICE
        return template

    def test_the_notice_names_the_prices_from_now_on(self):
        template = self.template(self.env.ref("base.user_root"))
        self.migrate()
        self.migrate()
        self.assertEqual(template.body_html.count('t-if="renewal_prices"'), 1)
        contract = self.running(renewal_rule="percent", renewal_percent=5)
        body = contract._prepare_mail(template="bmasia_crm.template_renewal_manual")
        self.assertIn("these prices change: Music: 14,700.00 per unit", body["body"])

    def test_words_that_a_person_wrote_are_kept(self):
        template = self.template(self.norbert)
        before = template.body_html
        self.migrate()
        self.assertEqual(template.body_html, before)

    def test_short_terms_come_up_later_and_no_draft_is_written_twice(self):
        month = self.running(term_months=1)
        renewal = self.renewal(month)
        renewal.unlink()
        renewed = self.running()
        self.renewal(renewed)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_contract SET notice_from = end_date - notice_days,"
            " renewal_drafted_for = NULL"
        )
        self.migrate()
        self.assertEqual(str(month.notice_from), "2026-01-21")
        self.assertEqual(str(renewed.notice_from), "2026-11-01")
        self.assertEqual(renewed.renewal_drafted_for, renewed.end_date)
        self.assertFalse(month.renewal_drafted_for)
