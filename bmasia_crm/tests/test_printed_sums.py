"""Each printed row can be reckoned by its reader, on every document with lines."""

from odoo.fields import Command
from odoo.tests import tagged

from ..tools import money
from .documents import FIGURE, DocumentCase, words

EDGE = 1.0  # points


def right_column(pdf):
    """The figures of the first page's column of amounts, from top to bottom.

    Most figures share its right edge; a sentence may end further right.
    """
    figures = [w for w in words(pdf) if FIGURE.fullmatch(w.text) and w.page == 0]

    def beside(word):
        return [each for each in figures if abs(each.right - word.right) < EDGE]

    column = beside(max(figures, key=lambda word: (len(beside(word)), word.right)))
    column.sort(key=lambda word: word.top)
    return [float(word.text.replace(",", "")) for word in column]


@tagged("post_install", "-at_install")
class TestPrintedSums(DocumentCase):
    def lines(self, *values):
        return [
            Command.create({"name": f"Line {index}", "kind": "one_time", **line})
            for index, line in enumerate(values, 1)
        ]

    CASES = {
        "one rate": [{"unit_price": 7.5}] * 3,
        "two rates": [{"unit_price": 99.99}, {"unit_price": 900.04, "tax_rate": 0}],
        "discounts": [
            {"unit_price": 1000.02, "discount": 10},
            {"unit_price": 600.02},
            {"unit_price": 100, "quantity": 0.333, "discount": 33.33},
        ],
        "an amount off": [{"unit_price": 123456}, {"unit_price": -3456}],
        "presents": [
            {"unit_price": 1000},
            {"unit_price": 833.33, "discount": 100, "list_value": 833.33},
            {"unit_price": 0, "list_value": 9999.99},
        ],
        "all of it": [
            {"unit_price": 1000.02, "discount": 10},
            {"unit_price": 900.04, "tax_rate": 0},
            {"unit_price": 55.55, "tax_category": "exempt"},
            {"unit_price": -100},
            {"unit_price": 0, "list_value": 500},
        ],
    }

    def documents(self, lines):
        """One of each kind that has lines and totals, with these."""
        invoice = self.issued(self.hotel, line_ids=lines)
        invoice.action_credit("Closed")
        paid = self.issued(self.hotel, line_ids=lines)
        receipt = self.receipt(paid)
        yield from (
            (document, document.line_ids, document._totals_rows())
            for document in (
                self.quote(self.hotel, line_ids=lines),
                self.contract(self.hotel, line_ids=lines),
                invoice,
                invoice.credit_note_ids,
                self.invoice(self.hotel, kind="proforma", line_ids=lines),
            )
        )
        yield receipt, paid.line_ids, receipt._receipt_rows()

    def test_the_column_sums_to_the_row_below_it_and_so_on(self):
        for case, values in self.CASES.items():
            for document, lines, rows in self.documents(self.lines(*values)):
                with self.subTest(case, document=document._name):
                    column = right_column(document._render_pdf())
                    # a present is 0.00 there, as it should
                    top, below = column[: len(lines)], column[len(lines) :]
                    self.assertEqual(below[: len(rows)], [r["amount"] for r in rows])
                    running = money.add(top)
                    for row, printed in zip(rows, below, strict=False):
                        if row["kind"] in ("discount", "tax", "withheld"):
                            running = money.add([running, printed])
                        else:
                            self.assertEqual(printed, running, row["label"])

    def test_a_plain_receipt_of_a_taxed_invoice_is_one_row(self):
        lines = self.lines(*self.CASES["all of it"])
        taxed = self.invoice(self.hotel, line_ids=lines, tax_invoice_asked=True)
        taxed.action_issue()
        receipt = self.receipt(taxed)
        self.assertEqual(right_column(receipt._render_pdf()), [1811.61, 1811.61])

    def test_lines_are_marked_and_bases_named_where_rates_differ(self):
        lines = self.lines(*self.CASES["all of it"])
        for document, _lines, _rows in self.documents(lines):
            with self.subTest(document._name):
                text = self.flat(document)
                self.assertIn("VAT 7 % of 800.02 56.00", text)
                self.assertIn("VAT 0 % of 900.04 0.00", text)
                self.assertIn("VAT exempt: 55.55 0.00", text)
                self.assertRegex(text, r"Line 2 .*0 % .*900\.04")
                self.assertIn(" exempt 55.55 ", text)

    def test_one_rate_needs_no_marks(self):
        for document, _lines, _rows in self.documents(self.lines({"unit_price": 1000})):
            with self.subTest(document._name):
                text = self.flat(document)
                self.assertIn("VAT 7 % 70.00", text)
                self.assertNotIn("VAT 7 % of", text)

    def test_a_present_on_a_months_invoice_has_the_value_of_a_month(self):
        lines = [
            Command.create({"name": "Music", "unit_price": 12000}),
            Command.create({"name": "Jazz", "unit_price": 0, "list_value": 2400}),
        ]
        contract = self.contract(
            self.hotel, line_ids=lines, billing_frequency="monthly", term_months=12
        )
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        contract.action_create_invoices()
        invoice = contract.invoice_ids[0]
        self.assertIn("Value 200.00", self.flat(invoice))
        self.assertIn("Value 2,400.00 per year", self.flat(contract))

    def test_quantities_and_prices_are_printed_in_all_their_decimals(self):
        dinar = self.env.ref("base.KWD")
        dinar.active = True
        line = {"unit_price": 12.345, "quantity": 0.333}
        quote = self.quote(
            self.bar, line_ids=self.lines(line), currency_id=dinar.id, lang="en_US"
        )
        self.assertEqual(
            (quote.line_ids.unit_price, quote.amount_total), (12.345, 4.111)
        )
        text = self.flat(quote)
        self.assertIn("0.333 12.345 4.111", text)
        self.assertIn("KWD 4.111", text)


@tagged("post_install", "-at_install")
class TestFirstBill(DocumentCase):
    """What is billed first is named where it is another sum than the total."""

    def rows(self, *lines, **values):
        lines = [Command.create({"name": "Music", **line}) for line in lines]
        document = self.contract(self.hotel, line_ids=lines, **values)
        quote_values = {key: values[key] for key in values if key != "start_date"}
        quote = self.quote(self.hotel, line_ids=lines, **quote_values)
        self.assertEqual(document._term_rows(), quote._term_rows())
        return dict(document._term_rows())

    def test_three_years_upfront(self):
        rows = self.rows(
            {"unit_price": 36000}, term_months=36, billing_frequency="upfront"
        )
        label = "Invoice for the whole term, with VAT"
        self.assertEqual(rows[label], 115560)
        self.assertEqual(rows["Whole term of 36 months, before tax"], 108000)

    def test_instalments(self):
        for frequency, count, first in (
            ("monthly", 12, 1248.34),
            ("quarterly", 4, 3745.00),
            ("half_yearly", 2, 7490.00),
        ):
            rows = self.rows({"unit_price": 14000}, billing_frequency=frequency)
            label = f"First of {count} invoices, with VAT"
            self.assertEqual(rows[label], first, frequency)

    def test_it_is_what_is_billed(self):
        lines = [
            Command.create({"name": "Music", "unit_price": 10000 / 3}),
            Command.create({"name": "Export", "unit_price": 777, "tax_rate": 0}),
            Command.create({"name": "Player", "unit_price": 500, "kind": "one_time"}),
            Command.create({"name": "Off", "unit_price": -55, "kind": "one_time"}),
        ]
        for frequency in ("annual", "half_yearly", "quarterly", "monthly", "upfront"):
            contract = self.contract(
                self.hotel,
                line_ids=lines,
                billing_frequency=frequency,
                term_months=14,
                start_date="2024-01-31",
            )
            contract.action_mark_sent()
            contract.action_activate(contract._today())
            contract.action_create_invoices()
            bills = contract.invoice_ids.sorted("period_start").mapped("amount_total")
            self.assertEqual(contract._bills(), bills, frequency)

    def test_one_bill_of_the_total_needs_no_row(self):
        for frequency in ("annual", "upfront"):
            self.assertEqual(
                self.rows({"unit_price": 14000}, billing_frequency=frequency), {}
            )

    def test_it_is_printed(self):
        lines = [Command.create({"name": "Music", "unit_price": 36000})]
        for make in (self.quote, self.contract):
            document = make(
                self.hotel, line_ids=lines, term_months=36, billing_frequency="upfront"
            )
            text = self.flat(document)
            self.assertIn("Invoice for the whole term, with VAT 115,560.00", text)
