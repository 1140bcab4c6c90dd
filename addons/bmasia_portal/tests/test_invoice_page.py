"""The page of an invoice: what is due now, how to pay it, and what was paid."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.pages import PageCase


@tagged("post_install", "-at_install")
class TestInvoicePage(PageCase):
    def setUp(self):
        super().setUp()
        bank = self.env["res.bank"].create({"name": "Kasikornbank", "bic": "KASITHBK"})
        self.env["res.partner.bank"].create(
            {
                "acc_number": "123-4-56789-0",
                "bank_id": bank.id,
                "partner_id": self.thailand.partner_id.id,
                "company_id": self.thailand.id,
                "currency_id": self.currency("THB").id,
            }
        )
        self.thailand.promptpay_id = "0812345678"
        self.invoice_ = self.issued_invoice()
        self.path = self.path_of(self.invoice_)

    def pay(self, amount):
        self.invoice_.with_user(self.pom).action_register_payment(amount)
        self.env.flush_all()

    def test_it_says_what_is_due_and_how_to_pay(self):
        page = self.get(self.path)
        words = self.words(page)
        for said in ("THB 14,980.00", "Kasikornbank", "KASITHBK", "123-4-56789-0"):
            self.assertIn(said, words)
        self.assertIn('data-copy="123-4-56789-0"', page.text)
        self.assertIn("data:image/svg+xml;base64,", page.text)
        self.assertIn(f'data-copy="{self.invoice_.name}"', page.text)

    def test_the_code_is_for_exactly_what_is_due(self):
        before = self.invoice_._page_payment()
        self.pay(4980.0)
        after = self.invoice_._page_payment()
        self.assertEqual((before["due"], after["due"]), (14980.0, 10000.0))
        self.assertNotEqual(before["code"], after["code"])
        values = self.env["report.bmasia_crm.report_invoice"]
        code = values._code_of(self.invoice_, self.invoice_.currency_id, 10000.0)
        self.assertEqual(after["code"], code)

    def test_part_payments_and_credits_count(self):
        self.pay(4980.0)
        words = self.words(self.get(self.path))
        self.assertIn("To be paid now: THB 10,000.00", words)
        self.assertIn("Paid -4,980.00", words)

    def test_no_code_but_that_of_what_is_due_is_on_the_page(self):
        self.pay(4980.0)
        self.assertEqual(self.get(self.path).text.count("data:image/svg"), 1)

    def test_its_receipts_can_be_opened_and_no_others(self):
        self.pay(4980.0)
        [receipt] = self.invoice_.receipt_ids
        receipt._archive_pdf()
        self.assertIn(receipt.name, self.words(self.get(self.path)))
        file = self.get(f"{self.path}/receipt/{receipt.id}")
        self.assertEqual(file.content, receipt.archive_ids.raw)
        other = self.issued_invoice()
        other.with_user(self.pom).action_register_payment(other.amount_total)
        foreign = other.receipt_ids
        foreign._archive_pdf()
        answer = self.get(f"{self.path}/receipt/{foreign.id}")
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn(b"%PDF", answer.content)

    def test_what_is_paid_asks_for_nothing(self):
        self.pay(self.invoice_.amount_total)
        page = self.get(self.path)
        self.assertIn("Nothing is due", self.words(page))
        self.assertNotIn("data:image/svg", page.text)
        self.assertNotIn("/paid", page.text)

    def test_what_is_void_asks_for_nothing(self):
        self.invoice_.with_user(self.norbert).action_cancel("a slip")
        page = self.get(self.path)
        self.assertIn("is cancelled", self.words(page))
        self.assertNotIn("123-4-56789-0", page.text)
        self.assertNotIn("data:image/svg", page.text)

    def test_another_kind_has_no_such_panel(self):
        quote = self.path_of(self.document)
        self.assertNotIn("To be paid now", self.words(self.get(quote)))
        self.assertEqual(self.get(f"{quote}/receipt/1").status_code, 404)

    # ------------------------------------------------------------
    # A PROFORMA
    # ------------------------------------------------------------

    def proforma(self):
        proforma = self.issued_invoice(kind="proforma")
        return proforma, self.path_of(proforma)

    def invoiced(self, proforma):
        """The invoice of a proforma, issued."""
        made = proforma.with_user(self.pom).action_invoice_proforma()["res_id"]
        invoice = proforma.browse(made).with_user(self.pom)
        invoice.action_issue()
        return invoice

    def test_a_proforma_asks_as_long_as_nothing_else_does(self):
        proforma, path = self.proforma()
        self.assertIn("To be paid now: THB 14,980.00", self.words(self.get(path)))
        proforma.with_user(self.pom).action_invoice_proforma()
        self.assertIn("To be paid now", self.words(self.get(path)), "a draft")
        self.pay_of(proforma)
        page = self.get(path)
        self.assertIn("Nothing is due", self.words(page))
        self.assertNotIn("123-4-56789-0", page.text)

    def pay_of(self, proforma):
        proforma.with_user(self.pom).action_register_payment(proforma.amount_total)
        self.env.flush_all()

    def test_once_its_invoice_is_issued_it_names_that_and_asks_for_nothing(self):
        proforma, path = self.proforma()
        invoice = self.invoiced(proforma)
        page = self.get(path)
        words = self.words(page)
        self.assertIn("Nothing is due", words)
        self.assertIn(f"the place of this proforma: {invoice.name}", words)
        self.assertNotIn("123-4-56789-0", page.text)
        self.assertNotIn("data:image/svg", page.text)
        self.assertNotIn("/paid", page.text)

    def test_once_its_invoice_was_sent_that_is_shown(self):
        proforma, path = self.proforma()
        invoice = self.invoiced(proforma)
        invoice.sudo().sent_date = "2026-01-01 12:00:00"
        words = self.words(self.get(path))
        self.assertIn(f"This replaces {proforma.name}", words)
        self.assertIn(invoice.name, words)
        self.assertIn("To be paid now: THB 14,980.00", words)

    def test_an_invoice_issued_anew_is_still_that_of_its_proforma(self):
        proforma, path = self.proforma()
        old = self.invoiced(proforma).with_user(self.norbert)
        new = old.browse(old.action_replace("the name was wrong")["res_id"])
        self.assertIn(new.name, self.words(self.get(path)))
        made = proforma.with_user(self.pom).action_invoice_proforma()["res_id"]
        self.assertEqual(made, new.id, "nothing is invoiced twice")

    def test_once_its_invoice_is_cancelled_it_asks_again(self):
        proforma, path = self.proforma()
        self.invoiced(proforma).with_user(self.norbert).action_cancel("a slip")
        self.assertIn("To be paid now", self.words(self.get(path)))

    def test_an_invoice_in_dollars_has_no_code(self):
        invoice = self.issued_invoice(company_id=self.hongkong.id)
        self.assertFalse(invoice._page_payment()["code"])
