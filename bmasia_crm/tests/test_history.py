"""Afterwards: who sent what to whom, when, with which bytes, and with what result."""

from odoo.tests import tagged

from .common import SendingCase


@tagged("post_install", "-at_install")
class TestHistory(SendingCase):
    def mails_of(self, company):
        action = company.action_open_deliveries()
        return self.env["mail.delivery"].with_user(self.nikki).search(action["domain"])

    def test_the_company_lists_the_mails_of_all_its_documents(self):
        quote, contract, invoice = self.quote(), self.contract(), self.invoice()
        other = self.make_company("Elsewhere")
        self.quote(customer_id=other.id, line_ids=[self.line()]).send_email(
            recipients=["else@example.com"]
        )
        for document in (quote, contract, invoice):
            document.send_email()
        invoice.action_register_payment(100)
        invoice.receipt_ids.send_email()
        rows = self.mails_of(self.hilton)
        documents = quote | quote
        self.assertEqual(
            set(rows.mapped("document_name")),
            {
                documents.name,
                contract.name,
                invoice.name,
                invoice.receipt_ids.name,
            },
        )
        self.assertNotIn("else@example.com", rows.mapped("recipient"))

    def test_a_row_leads_to_the_bytes_that_went_out(self):
        quote = self.quote()
        quote.send_email()
        row = self.mails_of(self.hilton)
        self.assertEqual(row.user_id, self.nikki)
        self.assertEqual((row.state, row.recipient), ("sent", "somchai@example.com"))
        self.assertTrue(row.sent_at and quote.name in row.subject)
        (sent,) = self.server.messages[0].attachments.values()
        self.assertEqual(row.attachment_ids.raw, sent)
        action = row.action_open_files()
        self.assertIn(f"/web/content/{quote.archive_ids.id}", action["url"])

    def test_a_company_without_documents_has_no_mails(self):
        self.quote().send_email()
        self.assertFalse(self.mails_of(self.make_company("New")))
