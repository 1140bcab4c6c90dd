from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from odoo.addons.bmasia_crm.tools import money, schedule

from .common import CrmCase

PRICES = st.decimals(0, 10**6, places=2).map(float)
QUANTITIES = st.decimals(0, 10**4, places=2).map(float)
PERCENTS = st.decimals(0, 100, places=2).map(float)
ROUNDINGS = st.sampled_from([0.01, 1.0, 0.001])
LINES = st.lists(
    st.tuples(QUANTITIES, PRICES, PERCENTS, st.sampled_from([0, 7, 7.5])), max_size=8
)


@tagged("post_install", "-at_install")
class TestMoneyTotals(BaseCase):
    @given(LINES, ROUNDINGS)
    @settings(deadline=None, max_examples=300, database=None)
    def test_every_step_follows_from_the_one_above_to_the_cent(self, lines, rounding):
        totals = [money.amounts(*line, rounding=rounding) for line in lines]
        document = money.total(totals)
        self.assertEqual(
            money.subtract(document.gross, document.discount), document.untaxed
        )
        self.assertEqual(money.add([document.untaxed, document.tax]), document.total)
        self.assertEqual(money.add(one.total for one in totals), document.total)

    @given(QUANTITIES, PRICES, PERCENTS, ROUNDINGS)
    @settings(deadline=None, max_examples=300, database=None)
    def test_amounts_are_whole_units_of_the_currency(
        self, quantity, price, discount, rounding
    ):
        line = money.amounts(quantity, price, discount, 7, rounding)
        for amount in (line.gross, line.discount, line.untaxed, line.tax):
            self.assertEqual(float(money.to_currency(amount, rounding)), amount)
            self.assertGreaterEqual(amount, 0)
        self.assertLessEqual(line.discount, line.gross)

    @given(PRICES, st.decimals(0, "99.99", places=2).map(float))
    @settings(deadline=None, max_examples=500, database=None)
    def test_each_net_amount_has_a_gross_that_a_discount_turns_into_it(
        self, net, discount
    ):
        gross = money.gross_for(net, discount)
        self.assertEqual(money.amounts(1, gross, discount).untaxed, net)

    @given(PRICES, st.integers(1, 120), st.sampled_from([1, 3, 6, 12, None]))
    @settings(deadline=None, max_examples=300, database=None)
    def test_shares_of_a_term_sum_to_the_whole(self, amount, months, every):
        day = schedule.date(2026, 1, 31)
        periods = schedule.periods(day, months, every)
        shares = schedule.shares(amount, [period.months for period in periods])
        self.assertEqual(money.add(shares), amount)
        for one, following in zip(periods, periods[1:], strict=False):
            self.assertEqual((following.start - one.end).days, 1)
        self.assertEqual(periods[-1].end, schedule.end_of(day, months))


@tagged("post_install", "-at_install")
class TestTotals(CrmCase):
    def test_a_quote_adds_up_its_lines(self):
        quote = self.quote(
            self.line(14000, 3, discount=10), self.line(5000, kind="one_time")
        )
        self.assertEqual(quote.amount_gross, 47000)
        self.assertEqual(quote.amount_discount, 4200)
        self.assertEqual(quote.amount_untaxed, 42800)
        self.assertEqual(quote.amount_tax, 2996)
        self.assertEqual(quote.amount_total, 45796)

    def test_the_term_counts_recurring_lines_only(self):
        quote = self.quote(
            self.line(12000, 2), self.line(5000, kind="one_time"), term_months=36
        )
        self.assertEqual(quote.term_value, 77000)
        quote.term_months = 6
        self.assertEqual(quote.term_value, 17000)

    def test_a_contract_knows_its_year_and_its_term(self):
        contract = self.contract(
            self.line(12000, 2), self.line(5000, kind="one_time"), term_months=24
        )
        self.assertEqual(contract.annual_value, 24000)
        self.assertEqual(contract.term_value, 53000)

    def test_the_tax_of_the_entity_is_copied_and_an_explicit_zero_stays(self):
        quote = self.quote(self.line(), self.line(tax_rate=0))
        self.assertEqual(quote.line_ids.mapped("tax_rate"), [7, 0])
        self.thailand.tax_rate = 10
        quote.line_ids[0].quantity = 2
        self.assertEqual(quote.line_ids.mapped("tax_rate"), [7, 0])

    def test_hong_kong_bills_in_dollars_without_tax_row(self):
        quote = self.quote(self.line(380, 2), company_id=self.hongkong.id)
        self.assertEqual(quote.currency_id.name, "USD")
        self.assertEqual([row["kind"] for row in quote._totals_rows()], ["total"])

    def test_yen_have_no_cents(self):
        yen = self.currency("JPY")
        quote = self.quote(self.line(999.5, 1, discount=3), currency_id=yen.id)
        self.assertEqual(quote.amount_gross, 1000)
        self.assertEqual(quote.amount_untaxed, 970)
        self.assertEqual(quote.amount_tax, 68)

    def test_complimentary_lines_keep_their_list_value(self):
        quote = self.quote(self.line(), self.line(0, list_value=7000))
        self.assertEqual(quote.amount_total, 14980)
        self.assertEqual(quote.line_ids.mapped("is_complimentary"), [False, True])

    def test_sections_and_notes_cost_nothing(self):
        note = self.line(999, display_type="line_note", name="Lobby and pool")
        quote = self.quote(note, self.line())
        self.assertEqual(quote.amount_untaxed, 14000)

    def test_the_printed_ladder_adds_up_row_by_row(self):
        quote = self.quote(
            self.line(14000, 3, discount=10),
            self.line(333.33, 3, tax_rate=0),
            self.line(99.99, 7, discount=33.33, tax_rate=10),
        )
        running = None
        for row in quote._totals_rows():
            if row["kind"] == "gross":
                running = row["amount"]
            elif row["kind"] in ("discount", "tax"):
                running = money.add([running, row["amount"]])
            else:
                self.assertEqual(row["amount"], running)
        kinds = [row["kind"] for row in quote._totals_rows()]
        self.assertEqual(
            kinds, ["gross", "discount", *("net", "tax", "tax", "tax", "total")]
        )

    def test_totals_follow_a_line_that_changes(self):
        quote = self.quote(self.line(100))
        quote.line_ids.unit_price = 200
        self.assertEqual(quote.amount_total, 214)
        quote.line_ids.unlink()
        self.assertEqual(quote.amount_total, 0)

    def test_totals_cannot_be_typed_not_even_by_the_system(self):
        quote = self.quote()
        for name in ("amount_total", "amount_untaxed", "term_value"):
            with self.assertRaises(UserError):
                quote.write({name: 1})
        with self.assertRaises(UserError):
            quote.sudo().write({"amount_tax": 1})
        with self.assertRaises(UserError):
            self.quote(amount_total=1)
        with self.assertRaises(UserError):
            quote.line_ids.write({"amount_untaxed": 1})

    def test_absurd_figures_are_refused(self):
        for values in (
            {"quantity": -1},
            {"price": -1},
            {"quantity": 1e12},
            {"discount": 101},
            {"discount": -1},
            {"tax_rate": 101},
            {"name": "  "},
            {"list_value": -5},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.quote(self.line(**values))

    def test_a_product_brings_description_price_and_kind(self):
        product = self.env.ref("bmasia_crm.product_syb")
        product.lst_price = 14000
        line = self.quote(Command.create({"product_id": product.id})).line_ids
        self.assertIn("Soundtrack", line.name)
        self.assertEqual((line.unit_price, line.kind), (14000, "recurring"))

    def test_the_total_is_labelled_by_what_is_paid_for(self):
        yearly, once = self.line(14000), self.line(7000, kind="one_time")
        days = self.line(900, date_from="2026-03-15", date_to="2026-12-31")
        present = self.line(0, list_value=4500, kind="one_time")
        remitted = self.line(4500, discount=100, kind="one_time")
        for lines, label in (
            ((yearly,), "Total per year"),
            ((yearly, present), "Total per year"),
            ((yearly, remitted), "Total per year"),
            ((yearly, once), "Total of the first year"),
            ((yearly, days), "Total of the first year"),
            ((once, self.line(0, list_value=4500)), "One-time total"),
            ((days,), "Pro-rated total"),
            ((once, days), "Total"),
            ((present,), "Total"),
        ):
            for document in (self.quote(*lines), self.contract(*lines)):
                with self.subTest(label, document=document._name):
                    self.assertEqual(document._totals_rows()[-1]["label"], label)
        self.assertEqual(self.invoice(yearly)._totals_rows()[-1]["label"], "Total")


@tagged("post_install", "-at_install")
class TestInput(CrmCase):
    """What nobody can mean is refused in a sentence, before it is reckoned with."""

    def test_days_out_of_these_centuries_are_none(self):
        quote, contract = self.quote(), self.contract()
        for attempt in (
            lambda: quote.write({"date": "9999-12-31"}),
            lambda: contract.write({"start_date": "9999-06-01"}),
            lambda: contract.line_ids.write({"date_to": "0001-01-01"}),
            lambda: self.contract(start_date="9999-06-01"),
            lambda: quote.action_extend("2026-13-45"),
            lambda: contract.action_activate("soon"),
            lambda: self.issued_invoice().action_register_payment(1, date="abc"),
        ):
            with self.assertRaisesRegex(UserError, "is not a date"):
                attempt()

    def test_figures_without_measure_are_none(self):
        quote, invoice = self.quote(), self.issued_invoice()
        for attempt in (
            *(
                lambda name=name, value=value: quote.line_ids.write({name: value})
                for name in ("quantity", "unit_price", "discount", "tax_rate")
                for value in (1e300, float("inf"), float("nan"))
            ),
            lambda: self.quote(self.line(discount=1e300)),
            lambda: invoice.action_register_payment(float("nan")),
            lambda: invoice.action_register_payment(1e300),
        ):
            with self.assertRaisesRegex(UserError, "the maximum|takes a number"):
                attempt()
