"""A quote prints its options apart, with their own amounts, in no sum."""

from odoo.fields import Command
from odoo.tests import tagged

from .documents import DocumentCase, words


@tagged("post_install", "-at_install")
class TestOptionalLinesPrint(DocumentCase):
    def offered(self, *more, **values):
        lines = [
            {"name": "Lobby", "display_type": "line_section"},
            {"name": "Music", "unit_price": 12000},
            {"name": "Loudspeakers", "unit_price": 5000, "quantity": 2, **self.ONCE},
            {"name": "Matt black", "display_type": "line_note"},
            {"name": "Pool", "display_type": "line_section"},
            {"name": "Tablet", "unit_price": 600, "is_optional": True},
            *more,
        ]
        commands = [Command.create(line) for line in lines]
        return self.quote(self.hotel, line_ids=commands, **values)

    ONCE = {"kind": "one_time", "is_optional": True}

    def text(self, quote):
        return " ".join(word.text for word in words(quote._render_pdf()))

    def parts(self, quote):
        """What stands above the heading of the options, and what from it on."""
        found = words(quote._render_pdf())
        [heading] = [word for word in found if word.text == "Optional"]
        split = [word.top >= heading.top - 1 for word in found]
        return [
            " ".join(
                word.text
                for word, is_below in zip(found, split, strict=True)
                if is_below == wanted
            )
            for wanted in (False, True)
        ]

    def test_they_stand_below_the_total(self):
        above, below = self.parts(self.offered())
        self.assertIn("12,840.00", above)
        for said in ("Loudspeakers", "Tablet", "Pool", "Matt", "10,000.00"):
            self.assertNotIn(said, above)
            self.assertIn(said, below)
        self.assertIn("Not in the total", below)
        self.assertIn("before VAT", below)
        self.assertIn("Lobby", above)
        self.assertIn("Lobby", below, "where the loudspeakers are for")

    def test_without_options_nothing_is_said_of_them(self):
        lines = [Command.create({"name": "Music", "unit_price": 12000})]
        text = self.text(self.quote(self.hotel, line_ids=lines))
        self.assertNotIn("Optional", text)

    def test_it_is_printed_as_offered_for_good(self):
        quote = self.offered()
        quote.action_mark_sent()
        before = self.text(quote)
        quote.action_accept(option_ids=quote._optional_lines().ids)
        self.assertEqual(quote.amount_untaxed, 22600)
        self.assertEqual(self.text(quote), before)

    def test_another_rate_or_a_discount_is_said(self):
        _above, below = self.parts(
            self.offered(
                {"name": "Abroad", "unit_price": 100, "tax_rate": 0, **self.ONCE},
                {"name": "Cheaper", "unit_price": 1000, "discount": 10, **self.ONCE},
            )
        )
        for said in ("0 %", "7 %", "10 %", "900.00"):
            self.assertIn(said, below)

    def test_it_is_in_the_language_of_the_document(self):
        self.speak_thai()
        text = self.text(self.offered(lang="th_TH"))
        self.assertIn("ทางเลือก", text)
        self.assertNotIn("Not in the total", text)
