"""A statement of account is a document as the others: one's own mail, kept, in bulk."""

from datetime import timedelta

from odoo.tests import tagged

from .common import SendingCase
from .documents import DocumentCase
from .reports import ReportCase


@tagged("post_install", "-at_install")
class TestStatementDocument(DocumentCase):
    def test_it_prints_the_account_and_the_balance(self):
        invoice = self.issued(self.hotel)
        self.env["bmasia.invoice"].browse(invoice.id).action_register_payment(500)
        statement = self.env["bmasia.statement"].create({"customer_id": self.hotel.id})
        text = self.flat(statement)
        self.assertIn("Statement of account", text)
        self.assertIn(invoice.name, text)
        self.assertIn("1,070.00", text)
        self.assertIn("THB 570.00", text)
        self.assertIn("DEMO-TH-0000", text)

    def test_it_says_which_days_were_not_served_and_charged(self):
        day = self.env.company._today()
        first = day - timedelta(days=100)
        contract = self.contract(self.hotel, start_date=first)
        contract.action_mark_sent()
        contract.action_activate(day)
        self.issued(self.hotel)
        contract.action_pause(day, day + timedelta(days=9), "Works, said in confidence")
        contract.action_pause(first, first + timedelta(days=1), "x")
        contract.pause_ids.sorted("date_from")[0].action_withdraw()
        values = {"customer_id": self.hotel.id, "lang": "en_US"}
        statement = self.env["bmasia.statement"].create(values)
        text = self.flat(statement)
        self.assertEqual(text.count("No service, not charged"), 1)
        self.assertIn(contract.name, text)
        self.assertNotIn("in confidence", text)
        self.assertIn("THB 1,070.00", text)

    def test_in_thai_it_is_thai(self):
        self.speak_thai()
        self.issued(self.hotel)
        statement = self.env["bmasia.statement"].create(
            {"customer_id": self.hotel.id, "lang": "th_TH"}
        )
        text = self.flat(statement)
        self.assertNotIn("Statement", text)
        self.assertNotIn("Balance", text)
        self.assertIn("ยอดคงเหลือ", text)


@tagged("post_install", "-at_install")
class TestStatementsAreSent(ReportCase, SendingCase):
    def test_one_for_each_who_owes_in_one_go(self):
        other = self.make_company("Sheraton", country="base.th", email="s@example.com")
        self.issued_invoice(self.line(1000))
        self.issued_invoice(self.line(500), customer_id=other.id)
        reports = self.env["bmasia.report"].with_user(self.pom)
        chosen = {"company_id": self.thailand.id}
        action = reports.press("receivables", "statements", chosen)
        self.assertEqual(action["res_model"], "document.send.batch")
        statements = self.env["bmasia.statement"].search([])
        self.assertEqual(statements.customer_id, self.hilton | other)
        again = reports.press("receivables", "statements", chosen)
        self.assertEqual(again["res_model"], "document.send.batch")
        self.assertEqual(self.env["bmasia.statement"].search([]), statements)

    def test_it_leaves_through_the_sender_s_own_account(self):
        self.issued_invoice(self.line(1000))
        statement = (
            self.env["bmasia.statement"]
            .with_user(self.pom)
            .create({"customer_id": self.hilton.id, "company_id": self.thailand.id})
        )
        answer = statement.send_email()
        self.assertEqual(answer["status"], "sent")
        self.assertIn(self.pom.email, answer["from"])
        self.assertEqual(statement.state, "sent")
        self.assertTrue(statement.archive_ids)
        kept = statement._kept_pdf()
        self.issued_invoice(self.line(77))
        self.assertEqual(statement._kept_pdf(), kept)
