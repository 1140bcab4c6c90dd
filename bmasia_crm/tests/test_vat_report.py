"""The VAT sales report: by tax point, void ones at zero, frozen when it is filed."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .reports import ReportCase


class VatCase(ReportCase):
    def setUp(self):
        super().setUp()
        self.hilton.write({"vat": "0105500000001", "branch": "Branch 2"})

    def vat(self, month, **chosen):
        return self.rows("vat", month=f"{month}-01", **chosen)

    def net_and_tax(self, month):
        return tuple(
            self.total("vat", name, month=f"{month}-01") for name in ("taxed", "tax")
        )

    def void(self, payment, day):
        with self.on(day):
            record = self.env["bmasia.payment"].browse(payment["id"])
            record.with_user(self.norbert).action_void("The cheque bounced")

    def file(self, month, day):
        with self.on(day):
            reports = self.env["bmasia.report"].with_user(self.pom)
            chosen = {"company_id": self.thailand.id, "month": f"{month}-01"}
            return reports.press("vat", "file", chosen)

    def changes(self):
        return self.rows("vat_changes", date_from="2026-01-01", date_to="2026-12-31")


@tagged("post_install", "-at_install")
class TestVatReport(VatCase):
    def test_a_service_is_declared_in_the_month_of_its_payments(self):
        invoice = self.bill("2026-01-10", 10000)
        self.pay(invoice, "2026-02-05", 4000)
        self.pay(invoice, "2026-03-20", 6400, withholding_amount=300)
        self.assertEqual(self.vat("2026-01"), [])
        self.assertEqual(self.net_and_tax("2026-02"), (3738.32, 261.68))
        self.assertEqual(self.net_and_tax("2026-03"), (6261.68, 438.32))

    def test_each_row_names_the_buyer_as_the_document_does(self):
        receipt = self.pay(self.bill("2026-01-10", 1000), "2026-01-20")
        self.hilton.write({"vat": "9999999999999", "branch": "Head Office"})
        (row,) = self.vat("2026-01")
        self.assertEqual(row["name"], receipt["number"])
        self.assertEqual(row["buyer"], "Hilton Pattaya")
        self.assertEqual(row["vat"], "0105500000001")
        self.assertEqual(row["branch"], "Branch 2")
        self.assertEqual(str(row["date"]), "2026-01-20")

    def test_a_void_receipt_stays_at_zero(self):
        payment = self.pay(self.bill("2026-01-10", 1000), "2026-01-20")
        self.void(payment, "2026-01-25")
        (row,) = self.vat("2026-01")
        self.assertEqual((row["taxed"], row["tax"]), (0, 0))
        self.assertEqual(row["status"], "Voided")
        (row,) = self.rows("receipts", date_from="2026-01-01", date_to="2026-01-31")
        self.assertEqual((row["amount_total"], row["status"]), (0, "Voided"))

    def test_plain_receipts_are_no_tax_documents(self):
        abroad = self.make_company("Shanghai Silk", country="base.cn")
        self.pay(self.bill("2026-01-10", 300, customer_id=abroad.id), "2026-01-20")
        self.assertEqual(self.vat("2026-01", company_id=self.hongkong.id), [])

    def test_a_month_and_its_register_agree(self):
        for number in range(3):
            invoice = self.bill(f"2026-01-{10 + number}", 333.33 + number)
            self.pay(invoice, f"2026-02-0{1 + number}")
        days = {"date_from": "2026-02-01", "date_to": "2026-02-28"}
        for name, same in (("taxed", "amount_untaxed"), ("tax", "amount_tax")):
            self.assertEqual(
                self.total("vat", name, month="2026-02-01"),
                self.total("receipts", same, **days),
            )


@tagged("post_install", "-at_install")
class TestFiledVat(VatCase):
    def test_what_is_filed_stays_and_changes_are_listed(self):
        first = self.pay(self.bill("2026-01-10", 1000), "2026-01-20")
        self.pay(self.bill("2026-01-11", 2000), "2026-01-21")
        self.file("2026-01", "2026-02-10")
        filed = self.net_and_tax("2026-01")
        self.assertEqual(filed, (3000, 210))
        self.assertEqual(self.changes(), [])
        self.void(first, "2026-02-15")
        self.assertEqual(self.net_and_tax("2026-01"), filed)
        (change,) = self.changes()
        self.assertEqual((change["taxed"], change["tax"]), (-1000, -70))
        self.assertEqual(change["why"], "Voided")

    def test_a_document_dated_into_a_filed_month_is_listed(self):
        invoice = self.bill("2026-01-10", 1000)
        self.file("2026-01", "2026-02-10")
        with self.on("2026-02-12"):
            invoice.with_user(self.pom).action_register_payment(1070, "2026-01-30")
        self.assertEqual(self.vat("2026-01"), [])
        (change,) = self.changes()
        self.assertEqual((change["taxed"], change["tax"]), (1000, 70))

    def test_a_month_is_filed_once_and_when_it_is_over(self):
        self.pay(self.bill("2026-01-10", 1000), "2026-01-20")
        with self.assertRaises(UserError):
            self.file("2026-01", "2026-01-31")
        self.file("2026-01", "2026-02-01")
        with self.assertRaises(UserError):
            self.file("2026-01", "2026-02-02")

    def test_only_a_manager_takes_a_filing_back(self):
        self.file("2026-01", "2026-02-01")
        filed = self.env["bmasia.vat.return"].search([("month", "=", "2026-01-01")])
        with self.assertRaises(AccessError):
            filed.with_user(self.pom).unlink()
        with self.assertRaises(UserError):
            filed.with_user(self.norbert).write({"rows": []})
        filed.with_user(self.norbert).unlink()
        self.file("2026-01", "2026-02-02")


@tagged("post_install", "-at_install")
class TestRegisters(VatCase):
    PERIOD = {"date_from": "2026-01-01", "date_to": "2026-12-31"}

    def test_receipts_tell_what_was_withheld_and_charged(self):
        invoice = self.bill("2026-01-10", 10000)
        self.pay(invoice, "2026-02-05", 10380, withholding_amount=300, bank_charge=20)
        (row,) = self.rows("receipts", **self.PERIOD)
        self.assertEqual(row["amount_untaxed"], 10000)
        self.assertEqual(row["amount_tax"], 700)
        self.assertEqual(row["amount_total"], 10700)
        self.assertEqual(row["withholding_amount"], 300)
        self.assertEqual(row["charges"], 20)
        self.assertEqual(row["amount_received"], 10380)

    def test_withheld_tax_has_its_base_and_rate(self):
        invoice = self.bill("2026-01-10", 10000)
        self.pay(invoice, "2026-02-05", 10400, withholding_amount=300)
        (row,) = self.rows("withholding", **self.PERIOD)
        self.assertEqual(
            (row["amount_untaxed"], row["rate"], row["withholding_amount"]),
            (10000, 3, 300),
        )
        self.assertEqual(row["status"], "Owed")

    def test_credit_notes_name_their_invoice(self):
        invoice = self.bill("2026-01-10", 10000)
        note = self.credit(invoice, "2026-03-01", 500)
        (row,) = self.rows("credit_notes", **self.PERIOD)
        self.assertEqual((row["name"], row["original"]), (note.name, invoice.name))
        # nobody paid it: what is taken back was never taxed
        self.assertEqual((row["amount_untaxed"], row["amount_tax"]), (535, 0))


@tagged("post_install", "-at_install")
class TestCredits(VatCase):
    def credits(self, day):
        return {row["what"]: row["amount"] for row in self.rows("credits", date=day)}

    def test_money_is_a_credit_until_it_is_used(self):
        with self.on("2026-02-05"):
            payments = self.env["bmasia.payment"].with_user(self.pom)
            answer = payments.register(
                self.hilton.id, self.thailand.id, 5000, "2026-02-05"
            )
        invoice = self.bill("2026-03-01", 1000)
        with self.on("2026-03-02"):
            payment = payments.browse(answer["payment"])
            payment.action_allocate([{"invoice_id": invoice.id, "amount": 1070}])
        self.assertEqual(self.credits("2026-02-04"), {})
        self.assertEqual(self.credits("2026-02-28"), {"credit": 5000})
        self.assertEqual(self.credits("2026-03-31"), {"credit": 3930})

    def test_an_advance_is_owed_until_an_invoice_deducts_it(self):
        contract = self.active_contract(self.line(1000), start_date="2026-01-01")
        with self.on("2026-02-05"):
            payments = self.env["bmasia.payment"].with_user(self.pom)
            payments.register(
                self.hilton.id,
                self.thailand.id,
                535,
                "2026-02-05",
                allocations=[{"contract_id": contract.id, "amount": 535}],
            )
        self.assertEqual(self.credits("2026-02-28"), {"advance": 535})

    def test_what_was_paid_and_credited_is_to_be_refunded(self):
        invoice = self.bill("2026-01-10", 10000)
        self.pay(invoice, "2026-02-05")
        self.credit(invoice, "2026-03-01", 2000)
        self.assertEqual(self.credits("2026-02-28"), {})
        self.assertEqual(self.credits("2026-03-01"), {"refund": 2140})
        rows = self.rows("statement", customer_id=self.hilton.id, date_to="2026-12-31")
        self.assertEqual(rows[-1]["balance"], -2140)
