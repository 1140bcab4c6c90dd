"""The list of a customer's login says of each invoice what is paid, due, or waits."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.pages import PageCase

from .answering import Page

ACCOUNT = "/my/documents"


@tagged("post_install", "-at_install")
class TestAccountStates(PageCase):
    def setUp(self):
        super().setUp()
        self.customer.partner_id.parent_id = self.hilton.partner_id
        self.invoice_ = self.sent()
        self.sign_in(self.customer)

    def sent(self, **values):
        invoice = self.issued_invoice(**values)
        invoice.action_mark_sent()
        return invoice

    def row(self, invoice=None):
        """What the list says of an invoice."""
        name = (invoice or self.invoice_).name
        rows = Page(self.get(ACCOUNT)).tree.xpath("//ul[@class='files']/li")
        said = [" ".join(row.text_content().split()) for row in rows]
        [row] = [each for each in said if name in each]
        return row

    def pay(self, amount, invoice=None):
        invoice = (invoice or self.invoice_).with_user(self.pom)
        invoice.action_register_payment(amount)
        self.env.flush_all()

    def test_what_is_due_and_until_when(self):
        day = self.invoice_._say_day(self.invoice_.due_date)
        self.assertIn(f"To be paid by {day}: THB 14,980.00", self.row())
        self.pay(4980.0)
        self.assertIn(f"To be paid by {day}: THB 10,000.00", self.row())
        self.pay(10000.0)
        self.assertTrue(self.row().endswith("Paid"), self.row())

    def test_what_is_overdue(self):
        day = self.invoice_.due_date
        with freeze_time(day + timedelta(days=2)):
            self.invoice_.invalidate_recordset()
            said = self.invoice_.with_context(lang="en_US")._account_state()
        self.assertEqual(
            said, f"Overdue: THB 14,980.00, due on {self.invoice_._say_day(day)}"
        )

    def test_what_we_check(self):
        today = str(self.invoice_._today())
        path = self.path_of(self.invoice_)
        self.post(f"{path}/paid", amount="14,980.00", date=today)
        self.assertIn("We check the payment you reported", self.row())

    def test_what_is_void(self):
        self.invoice_.with_user(self.norbert).action_cancel("a slip")
        self.assertTrue(self.row().endswith("Cancelled"), self.row())

    def test_a_proforma_asks_until_its_invoice_does(self):
        proforma = self.sent(kind="proforma")
        self.assertIn("To be paid: THB 14,980.00", self.row(proforma))
        self.pay(proforma.amount_total, proforma)
        self.assertNotIn("To be paid", self.row(proforma))

    def test_a_quote_has_no_such_words(self):
        self.assertTrue(self.row(self.document).endswith("THB 14,980.00"))

    def test_the_rows_add_up_to_what_stands_above(self):
        self.sent()
        self.pay(4980.0)
        words = self.words(self.get(ACCOUNT))
        self.assertIn("To be paid now: THB 24,980.00", words)
