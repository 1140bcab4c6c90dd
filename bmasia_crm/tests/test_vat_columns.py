"""What tax returns ask for: taxed, zero-rated and exempt sales apart, all in baht."""

from odoo.tests import tagged

from .reports import ReportCase

MIXED = (("standard", 1000), ("zero", 500.05), ("exempt", 300.1), ("outside", 200))
YEAR = {"date_from": "2026-01-01", "date_to": "2026-12-31"}


class ColumnsCase(ReportCase):
    def setUp(self):
        super().setUp()
        self.thailand.country_id = self.env.ref("base.th")
        self.usd = self.currency("USD")

    def mixed(self, day, **values):
        """An invoice with a line of each kind."""
        lines = [self.line(price, tax_category=kind) for kind, price in MIXED]
        with self.on(day):
            return self.issued_invoice(*lines, **values)

    def goods(self, day, **values):
        """An invoice that is the tax invoice itself."""
        product = self.env.ref("bmasia_crm.product_player")
        with self.on(day):
            return self.issued_invoice(self.line(1000, product_id=product.id), **values)

    def rate(self, rate, day):
        self.env["bmasia.exchange.rate"].create(
            {"currency_id": self.usd.id, "date": day, "rate": rate}
        )

    def forget_rate(self, document):
        """As of a time at which no document had one."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {document._table} SET thb_rate = NULL, amount_untaxed_thb = NULL"
        )
        self.env.cr.execute("DELETE FROM bmasia_exchange_rate")
        self.env.invalidate_all()

    def sums(self, month):
        names = ("taxed", "zero", "exempt", "tax")
        return [self.total("vat", name, month=f"{month}-01") for name in names]


@tagged("post_install", "-at_install")
class TestKindsOfSales(ColumnsCase):
    def test_each_kind_has_its_column_and_what_is_outside_has_none(self):
        invoice = self.mixed("2026-01-10")
        self.assertEqual(invoice.amount_total, 2070.15)
        self.pay(invoice, "2026-02-05", 777.77)
        self.pay(invoice, "2026-03-05")
        first, second = self.sums("2026-02"), self.sums("2026-03")
        self.assertTrue(all(first) and all(second))
        both = [round(a + b, 2) for a, b in zip(first, second, strict=True)]
        self.assertEqual(both, [1000, 500.05, 300.1, 70])

    def test_an_invoice_that_is_a_tax_invoice_has_them_too(self):
        self.mixed("2026-01-10", tax_invoice_asked=True)
        self.assertEqual(self.sums("2026-01"), [1000, 500.05, 300.1, 70])

    def test_what_an_advance_declared_is_declared_once(self):
        proforma = self.bill("2026-01-10", 1000, kind="proforma")
        with self.on("2026-01-20"):
            proforma.action_register_payment(535)
        with self.on("2026-02-10"):
            made = proforma.action_invoice_proforma()["res_id"]
            invoice = proforma.browse(made)
            invoice.tax_invoice_asked = True
            invoice.action_issue()
        self.assertEqual(self.sums("2026-01"), [500, 0, 0, 35])
        self.assertEqual(self.sums("2026-02"), [500, 0, 0, 35])

    def test_a_credit_note_takes_away_from_each(self):
        invoice = self.mixed("2026-01-10")
        self.pay(invoice, "2026-01-20")
        self.credit(invoice, "2026-02-10")
        self.assertEqual(self.sums("2026-02"), [-1000, -500.05, -300.1, -70])
        (row,) = self.rows("vat", month="2026-02-01")
        self.assertEqual(row["status"], "")

    def test_what_is_filed_keeps_its_columns(self):
        invoice = self.mixed("2026-01-10")
        receipt = self.pay(invoice, "2026-01-20")
        with self.on("2026-02-10"):
            reports = self.env["bmasia.report"].with_user(self.pom)
            reports.press("vat", "file", {"month": "2026-01-01"})
        filed = self.env["bmasia.vat.return"].search([("month", "=", "2026-01-01")])
        self.assertEqual(filed.amount_untaxed, 1800.15)
        self.assertEqual(filed.amount_tax, 70)
        with self.on("2026-02-15"):
            self.env["bmasia.payment"].browse(receipt["id"]).with_user(
                self.norbert
            ).action_void("Bounced")
        self.assertEqual(self.sums("2026-01"), [1000, 500.05, 300.1, 70])
        (change,) = self.rows("vat_changes", **YEAR)
        self.assertEqual(
            [change[name] for name in ("taxed", "zero", "exempt", "tax")],
            [-1000, -500.05, -300.1, -70],
        )


@tagged("post_install", "-at_install")
class TestInBaht(ColumnsCase):
    def test_dollars_count_at_the_rate_on_the_document(self):
        self.rate(34.123456, "2026-01-19")
        self.pay(self.mixed("2026-01-10", currency_id=self.usd.id), "2026-01-20")
        self.pay(self.bill("2026-01-10", 1000), "2026-01-21")
        table = self.table("vat", month="2026-01-01")
        dollars, baht = table.rows
        self.assertEqual({row["currency"] for row in table.rows}, {"THB"})
        # 1,000.00, 1,500.05 and 1,800.15 dollars, each rounded in baht
        self.assertEqual(dollars["taxed"], 34123.46)
        self.assertEqual(dollars["zero"], round(51186.89 - 34123.46, 2))
        self.assertEqual(dollars["exempt"], round(61427.34 - 51186.89, 2))
        self.assertEqual(dollars["tax"], 2388.64)
        self.assertEqual((baht["taxed"], baht["tax"]), (1000, 70))
        self.assertNotIn("Currency", [c.label for c in table.shown_columns()])
        self.assertIn(("Currency", "THB"), table.facts)

    def test_what_has_no_rate_says_so_until_one_is_noted(self):
        self.rate(34, "2026-01-19")
        self.pay(self.bill("2026-01-10", currency_id=self.usd.id), "2026-01-20")
        self.forget_rate(self.env["bmasia.receipt"])
        (row,) = self.rows("vat", month="2026-01-01")
        self.assertEqual((row["taxed"], row["tax"]), (None, None))
        self.assertEqual(row["status"], "No exchange rate")
        self.rate(35, "2026-01-20")
        self.assertEqual(self.sums("2026-01"), [35000, 0, 0, 2450])

    def test_what_was_withheld_of_dollars_is_baht(self):
        self.rate(34, "2026-01-19")
        invoice = self.bill("2026-01-10", 1000, currency_id=self.usd.id)
        self.pay(invoice, "2026-01-20", 1040, withholding_amount=30)
        (row,) = self.rows("withholding", **YEAR)
        self.assertEqual(
            (row["amount_untaxed"], row["withholding_amount"]), (34000, 1020)
        )
        self.assertEqual((row["rate"], row["currency"]), (3, "THB"))
        certificate = invoice.allocation_ids.certificate_id
        self.assertEqual((certificate.base_thb, certificate.amount_thb), (34000, 1020))

    def test_a_plain_receipt_keeps_the_rate_of_what_was_withheld(self):
        self.rate(33, "2026-01-10")
        invoice = self.goods("2026-01-10", currency_id=self.usd.id)
        self.rate(34, "2026-01-20")
        self.pay(invoice, "2026-01-20", 1040, withholding_amount=30)
        receipt = invoice.receipt_ids
        self.assertFalse(receipt.is_tax_invoice)
        self.assertEqual(receipt.thb_rate, 34)
        self.assertEqual(receipt._thb_rows(), [], "nothing of it is declared")
        self.assertEqual(self.total("withholding", "withholding_amount", **YEAR), 1020)
        self.assertEqual(invoice.allocation_ids.certificate_id.amount_thb, 1020)
        self.assertEqual(self.sums("2026-01"), [33000, 0, 0, 2310])

    def test_who_declares_nothing_in_thailand_has_its_own_currency(self):
        invoice = self.bill(
            "2026-01-10",
            company_id=self.hongkong.id,
            currency_id=self.usd.id,
        )
        self.pay(invoice, "2026-01-20", 970, withholding_amount=30)
        (row,) = self.rows("withholding", company_id=self.hongkong.id, **YEAR)
        self.assertEqual((row["withholding_amount"], row["currency"]), (30, "USD"))
        certificate = invoice.allocation_ids.certificate_id
        self.assertEqual((certificate.amount, certificate.amount_thb), (30, 0))
