"""What the page of each kind says first, and until when its links work."""

from datetime import date, timedelta

from lxml import html

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.pages import PageCase


@tagged("post_install", "-at_install")
class TestPages(PageCase):
    def facts(self, document):
        """The facts of a page as a dictionary, and the whole page opened."""
        path = self.path_of(document)
        answer = self.get(path)
        self.assertEqual(answer.status_code, 200, answer.text)
        facts = document.with_context(lang="en_US")._page_facts()
        words = self.words(answer)
        for label, text in facts:
            if text:
                self.assertIn(f"{label} {text}", words.replace(" : ", " "))
        return dict(facts)

    def test_a_contract_says_its_term_and_total(self):
        contract = self.active_contract(start_date=date(2026, 1, 1))
        facts = self.facts(contract)
        self.assertEqual(facts["Term"], "1 January 2026 – 31 December 2026")
        self.assertEqual(facts["Total"], "THB 14,980.00")
        self.assertTrue(facts["Signed on"])
        self.assertEqual(contract._link_matters_until(), date(2026, 12, 31))

    def test_an_amendment_says_which_contract_it_changes(self):
        amendment = self.amendment_of()
        amendment.action_mark_sent()
        facts = self.facts(amendment)
        self.assertEqual(facts["Contract"], amendment.contract_id.name)
        self.assertEqual(
            amendment._link_matters_until(), amendment.contract_id.end_date
        )

    def test_a_receipt_says_what_was_received(self):
        invoice = self.issued_invoice()
        invoice.with_user(self.pom).action_register_payment(invoice.amount_total)
        receipt = invoice.receipt_ids
        facts = self.facts(receipt)
        self.assertEqual(facts["Received"], "THB 14,980.00")
        self.assertEqual(receipt._link_matters_until(), receipt.date)

    def test_a_billing_note_says_what_is_due(self):
        self.issued_invoice()
        note = (
            self.env["bmasia.billing.note"]
            .with_user(self.pom)
            .create({"customer_id": self.hilton.id, "company_id": self.thailand.id})
        )
        note.action_mark_sent()
        facts = self.facts(note)
        self.assertEqual(facts["Due now"], "THB 14,980.00")
        self.assertEqual(note._link_matters_until(), note.payment_date)

    def test_an_invoice_works_as_long_as_it_may_be_paid(self):
        invoice = self.issued_invoice()
        facts = self.facts(invoice)
        self.assertEqual(facts["Total"], "THB 14,980.00")
        self.assertEqual(invoice._link_matters_until(), invoice.due_date)
        later = invoice.due_date + timedelta(days=10)
        invoice.sudo().paid_date = later
        self.assertEqual(invoice._link_matters_until(), later)

    def test_a_language_names_its_country_only_beside_another_of_its_name(self):
        langs = self.env["res.lang"]
        langs._activate_lang("th_TH")
        path = self.path_of(self.active_contract())

        def offered(lang):
            page = html.fromstring(self.get(f"{path}?lang={lang}").text)
            return [link.text_content() for link in page.xpath("//header/nav/a")]

        self.assertEqual(offered("th_TH"), ["English"])
        langs._activate_lang("en_GB")
        self.assertEqual(offered("th_TH"), ["English (UK)", "English (US)"])
        self.assertEqual(offered("en_US"), ["English (UK)", "ภาษาไทย"])
