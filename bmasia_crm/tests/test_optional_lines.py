"""Optional lines of a quote: in no total until the customer chooses them."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.bmasia_crm.models.bmasia_document_totals import AMOUNTS

from .common import CrmCase
from .test_properties import CURRENCIES, lines, tried

OPTION = {"is_optional": True}


class OptionsCase(CrmCase):
    def offered(self, *more, **values):
        """Music for 12,000 a year; speakers for 5,000 once and a tablet for 600 a year
        to choose from.
        """
        return self.quote(
            self.line(12000),
            self.line(5000, name="Speakers", kind="one_time", **OPTION),
            self.line(600, name="Tablet", **OPTION),
            *more,
            **values,
        )

    def sent(self, *more, **values):
        quote = self.offered(*more, **values)
        quote.action_mark_sent()
        return quote

    def accepted(self, *names, lines=(), **values):
        quote = self.sent(*lines, **values)
        quote.action_accept(option_ids=self.named(quote, *names).ids)
        return quote

    def named(self, quote, *names):
        return quote.line_ids.filtered(lambda line: line.name in names)

    def left_out(self, document, *names):
        return set(names) - set(document.line_ids.mapped("name"))


@tagged("post_install", "-at_install")
class TestOptionalLines(OptionsCase):
    # ------------------------------------------------------------
    # TOTALS
    # ------------------------------------------------------------

    def test_what_is_taxed_unlike_is_taxed_over_the_term_by_itself(self):
        exempt = {"tax_category": "exempt", "tax_rate": 0, **OPTION}
        option = self.line(5000, name="Deposit", kind="one_time", **exempt)
        quote = self.quote(self.line(12000), option, term_months=24)
        self.assertEqual(quote._printed_payable(), 25680)
        chosen = quote._with_choice(self.named(quote, "Deposit"))
        self.assertEqual(chosen._printed_payable(), 30680)

    def test_an_option_is_in_no_total(self):
        quote = self.offered()
        bare = self.quote(self.line(12000))
        for name in (*AMOUNTS, "term_value"):
            self.assertEqual(quote[name], bare[name], name)
        self.assertEqual(quote._bills(), bare._bills())
        self.assertEqual(quote._totals_rows(), bare._totals_rows())
        self.assertEqual(quote._term_rows(), bare._term_rows())
        self.assertEqual(quote._payable_total(), bare._payable_total())

    def test_it_has_its_own_amount_and_tax(self):
        speakers = self.named(self.offered(), "Speakers")
        self.assertEqual(speakers.amount_untaxed, 5000)
        self.assertEqual((speakers.amount_tax, speakers.amount_total), (350, 5350))

    def test_the_mark_moves_the_totals_of_a_draft(self):
        quote = self.offered()
        self.named(quote, "Speakers").is_optional = False
        self.assertEqual(quote.amount_untaxed, 17000)
        self.assertEqual(quote.amount_total, 18190)
        self.named(quote, "Speakers").is_optional = True
        self.assertEqual(quote.amount_untaxed, 12000)

    def test_a_form_shows_the_total_without_it_at_once(self):
        with Form(self.env["bmasia.quote"].with_user(self.nikki)) as form:
            form.customer_id = self.hilton
            for name, optional in (("Music", False), ("Speakers", True)):
                with form.line_ids.new() as line:
                    line.name = name
                    line.unit_price = 1000
                    line.is_optional = optional
            self.assertEqual(form.amount_untaxed, 1000)

    def test_what_is_chosen_counts_once_accepted(self):
        quote = self.accepted("Speakers")
        self.assertEqual(quote.amount_untaxed, 17000)
        self.assertEqual(quote.amount_tax, 1190)
        self.assertEqual(quote.term_value, 17000)
        self.assertEqual(self.named(quote, "Speakers").is_chosen, True)
        self.assertEqual(self.named(quote, "Tablet").is_chosen, False)
        self.assertEqual(len(quote.line_ids), 3, "what was not chosen stays visible")

    def test_a_cent_of_tax_is_where_it_is_once_all_are_counted(self):
        """The tax of a line is its part of that of all lines."""
        once = {"kind": "one_time", "tax_rate": 7}
        quote = self.quote(
            self.line(100, **once),
            self.line(0.08, **once),
            self.line(0.52, **once, **OPTION),
        )
        preview = quote._with_choice(quote.line_ids[2])
        self.assertEqual(preview.amount_tax, 7.04)
        self.assertEqual(preview.line_ids.mapped("amount_tax"), [7.0, 0.0, 0.04])
        quote.action_mark_sent()
        quote.action_accept(option_ids=quote.line_ids[2].ids)
        self.assertEqual(quote.amount_tax, 7.04)

    def test_nothing_chosen_is_an_answer(self):
        quote = self.accepted()
        self.assertEqual((quote.state, quote.amount_untaxed), ("accepted", 12000))

    def test_figures_of_the_team_have_what_counts(self):
        quotes = self.sent() | self.accepted("Speakers", "Tablet")
        domain = [("id", "in", quotes.ids)]
        groups = quotes._read_group(domain, ["state"], ["amount_untaxed:sum"])
        sums = dict(groups)
        self.assertEqual(sums, {"sent": 12000, "accepted": 17600})

    @given(st.lists(lines(), min_size=1, max_size=5), st.data(), CURRENCIES)
    @tried
    def test_a_choice_comes_to_what_its_lines_come_to(self, drawn, data, currency):
        """Whatever is offered and chosen: as a quote of these lines alone."""
        flags = st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn))
        optional, ticked = data.draw(flags), data.draw(flags)
        currency_id = self.currency(currency).id
        always = self.line(100, tax_rate=7)
        quote = self.quote(
            always,
            *(
                self.line(**values, is_optional=flag)
                for values, flag in zip(drawn, optional, strict=True)
            ),
            currency_id=currency_id,
        )
        kept = [
            values
            for values, flag, tick in zip(drawn, optional, ticked, strict=True)
            if tick or not flag
        ]
        alone = self.quote(
            always, *(self.line(**values) for values in kept), currency_id=currency_id
        )
        chosen = quote.line_ids.browse(
            line.id
            for line, flag, tick in zip(
                quote.line_ids[1:], optional, ticked, strict=True
            )
            if flag and tick
        )
        before = {name: quote[name] for name in AMOUNTS}
        preview = quote._with_choice(chosen)
        self.assert_same(preview, alone)
        self.assertEqual({name: quote[name] for name in AMOUNTS}, before)
        quote.action_mark_sent()
        quote.action_accept(option_ids=chosen.ids)
        self.assert_same(quote, alone)
        offered = quote._as_offered()
        self.assertEqual({name: offered[name] for name in AMOUNTS}, before)

    def assert_same(self, quote, alone):
        for name in (*AMOUNTS, "term_value"):
            self.assertEqual(quote[name], alone[name], name)
        self.assertEqual(quote._printed_payable(), alone._printed_payable())
        self.assertEqual(quote._tax_base(), alone._tax_base())
        self.assertEqual(
            [row["amount"] for row in quote._totals_rows()],
            [row["amount"] for row in alone._totals_rows()],
        )

    # ------------------------------------------------------------
    # WHAT IS REFUSED
    # ------------------------------------------------------------

    def test_bmasia_quote_line_check_optional(self):
        quote = self.quote(self.line(1000))
        for wrong in (
            {"display_type": "line_section", "unit_price": 0},
            {"display_type": "line_note", "unit_price": 0},
            {"unit_price": -100, "kind": "one_time"},
        ):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                values = {"name": "Off", **wrong, **OPTION, "quote_id": quote.id}
                self.env["bmasia.quote.line"].create(values)

    def test_something_is_offered_in_any_case(self):
        quote = self.quote(self.line(5000, **OPTION))
        with self.assertRaisesRegex(UserError, "at least one"):
            quote.action_mark_sent()
        self.assertEqual(quote.state, "draft")

    def test_nobody_types_what_is_chosen(self):
        quote = self.offered()
        for user in (self.nikki, self.pom, self.norbert):
            with self.assertRaises(UserError):
                self.named(quote, "Tablet").with_user(user).is_chosen = True
        with self.assertRaises(UserError):
            self.offered(self.line(1, name="Chosen", is_chosen=True, **OPTION))
        self.assertFalse(any(quote.line_ids.mapped("is_chosen")))

    def test_the_mark_is_closed_once_it_is_sent(self):
        for quote in (self.sent(), self.accepted("Tablet")):
            for line in quote.line_ids:
                with self.assertRaisesRegex(UserError, "no longer a draft"):
                    line.is_optional = not line.is_optional

    def test_only_an_optional_line_of_the_quote_is_chosen(self):
        quote, other = self.sent(), self.sent()
        for wrong in (
            quote.line_ids[:1].ids,
            self.named(other, "Speakers").ids,
            [self.env["bmasia.quote.line"].search([], order="id desc")[:1].id + 7],
            [0],
        ):
            with self.subTest(wrong), self.assertRaisesRegex(UserError, "no such"):
                quote.action_accept(option_ids=wrong)
            self.assertEqual(quote.state, "sent")
        for wrong in ("7", 7, [-1], [["7"]], {"7": 1}):
            with self.subTest(wrong), self.assertRaises(UserError):
                quote.action_accept(option_ids=wrong)

    def test_who_may_not_write_it_chooses_nothing(self):
        quote = self.sent()
        ids = self.named(quote, "Tablet").ids
        stranger = self.quote_of_hong_kong_only()
        for user in (self.customer, self.visitor, stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                quote.with_user(user).action_accept(option_ids=ids)
        self.assertFalse(any(quote.line_ids.mapped("is_chosen")))

    def quote_of_hong_kong_only(self):
        """A colleague of the other entity."""
        self.make_users(
            {"wing": "bmasia_crm.group_user"},
            company_id=self.hongkong.id,
            company_ids=self.hongkong.ids,
        )
        return self.wing

    # ------------------------------------------------------------
    # THE DIALOG OF SALES
    # ------------------------------------------------------------

    def dialog(self, quote, transition="accept"):
        action = quote.action_ask(transition)
        wizards = self.env[action["res_model"]].with_user(self.nikki)
        return Form(wizards.with_context(**action["context"]))

    def test_sales_notes_what_the_customer_chose(self):
        quote = self.sent()
        form = self.dialog(quote)
        self.assertEqual(form.offered_ids[:], quote._optional_lines())
        form.option_ids.add(self.named(quote, "Tablet"))
        form.save().action_confirm()
        self.assertEqual((quote.state, quote.amount_untaxed), ("accepted", 12600))

    def test_other_dialogs_and_quotes_ask_for_nothing(self):
        self.assertFalse(self.dialog(self.sent(), "reject").offered_ids)
        plain = self.quote()
        plain.action_mark_sent()
        form = self.dialog(plain)
        self.assertFalse(form.offered_ids)
        form.save().action_confirm()
        self.assertEqual(plain.state, "accepted")

    def test_an_option_is_listed_with_its_amount(self):
        lines = self.offered()._optional_lines().with_context(with_amount=True)
        lines[0].write({"quantity": 2.5, "name": "Speakers\nblack"})
        self.assertEqual(
            lines.mapped("display_name"),
            ["2.5 × Speakers: THB 12,500.00", "Tablet: THB 600.00"],
        )

    # ------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------

    def test_a_contract_takes_what_counts(self):
        quote = self.accepted("Speakers")
        contract = quote.contract_id.browse(quote.action_create_contract()["res_id"])
        self.assertEqual(contract.line_ids.mapped("name"), ["Music", "Speakers"])
        self.assertEqual(contract.amount_total, quote.amount_total)
        self.assertEqual(contract.annual_value, 12000)
        self.assertEqual(quote.amount_to_invoice, 0)

    def test_zones_of_what_was_not_chosen_are_not_sold(self):
        quote = self.accepted()
        contract = quote.contract_id.browse(quote.action_create_contract()["res_id"])
        self.assertEqual(sum(contract.location_ids.mapped("zone_count")), 1)

    def test_an_amendment_takes_what_counts(self):
        running = self.active_contract()
        quote = self.accepted("Tablet", amends_contract_id=running.id)
        made = quote.amendment_id.browse(quote.action_create_amendment()["res_id"])
        self.assertEqual(made.line_ids.mapped("name"), ["Music", "Tablet"])

    def test_an_invoice_takes_what_counts(self):
        extra = self.line(900, name="Delivery", kind="one_time", **OPTION)
        quote = self.accepted("Speakers", lines=[extra])
        self.assertEqual(quote.amount_to_invoice, 5000)
        made = quote.invoice_ids.browse(quote.action_create_invoice()["res_id"])
        self.assertEqual(made.line_ids.mapped("name"), ["Speakers"])
        with self.assertRaisesRegex(UserError, "was not chosen"):
            quote.action_create_invoice(line_ids=self.named(quote, "Delivery").ids)
        self.assertEqual(self.named(quote, "Delivery").amount_to_invoice, 0)

    def test_a_heading_of_nothing_chosen_is_left_out(self):
        section = self.line(0, name="Extras", display_type="line_section")
        extra = self.line(900, name="Delivery", kind="one_time", **OPTION)
        quote = self.accepted(lines=[section, extra])
        contract = quote.contract_id.browse(quote.action_create_contract()["res_id"])
        self.assertEqual(contract.line_ids.mapped("name"), ["Music"])

    def test_what_recurs_only_if_chosen(self):
        lines = (
            self.line(900, name="Delivery", kind="one_time"),
            self.line(600, name="Tablet", **OPTION),
        )
        for chosen, recurs in ((0, False), (1, True)):
            quote = self.quote(*lines)
            quote.action_mark_sent()
            tablet = self.named(quote, "Tablet")[:chosen]
            quote.action_accept(option_ids=tablet.ids)
            self.assertEqual(quote.has_recurring, recurs)
            waits = quote.search([*quote._todo_accepted(), ("id", "=", quote.id)])
            self.assertEqual(waits, quote)
            quote.action_create_invoice()
            waits = quote.search([*quote._todo_accepted(), ("id", "=", quote.id)])
            self.assertEqual(bool(waits), recurs, "a contract is left to make")

    def test_an_advance_is_for_what_counts(self):
        self.assertEqual(self.accepted("Speakers")._left_to_pay(), 18190)
        self.assertEqual(self.accepted()._left_to_pay(), 12840)

    def test_reopening_takes_the_choice_back(self):
        quote = self.accepted("Speakers")
        quote.with_user(self.norbert).action_reopen("Noted by mistake")
        self.assertFalse(any(quote.line_ids.mapped("is_chosen")))
        self.assertEqual((quote.state, quote.amount_untaxed), ("sent", 12000))
        quote.action_accept(option_ids=self.named(quote, "Tablet").ids)
        self.assertEqual(quote.amount_untaxed, 12600)

    def test_a_revision_offers_them_again(self):
        quote = self.sent()
        revision = quote.browse(quote.action_revise()["res_id"])
        self.assertEqual(
            revision._optional_lines().mapped("name"), ["Speakers", "Tablet"]
        )
        self.assertEqual(revision.amount_untaxed, 12000)
        copied = self.accepted("Tablet").copy()
        self.assertFalse(any(copied.line_ids.mapped("is_chosen")))
        self.assertEqual(copied.amount_untaxed, 12000)

    def test_what_was_sent_stays(self):
        quote = self.sent()
        file, snapshot = quote._kept_pdf(), quote.content_snapshot
        quote.action_accept(option_ids=self.named(quote, "Speakers").ids)
        self.assertEqual(quote._kept_pdf(), file)
        self.assertEqual(quote._archived_pdf(), file, "it still says the same")
        self.assertEqual(quote.content_snapshot, snapshot)
        self.assertEqual(quote._archive_pdf(), file)

    def test_the_mark_is_printed_so_it_belongs_to_the_snapshot(self):
        quote = self.sent()
        said = quote.content_snapshot["values"]["lines"]
        self.assertEqual([each["is_optional"] for each in said], [False, True, True])

    def test_other_documents_have_no_such_mark(self):
        for name in ("bmasia.contract.line", "bmasia.invoice.line"):
            self.assertNotIn("is_optional", self.env[name]._fields)
