"""Mail templates: a closed list of variables, none unknown, none empty."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SendingCase
from .letters import LetterCase

DOCUMENTS = (
    "bmasia.quote",
    "bmasia.contract",
    "bmasia.invoice",
    "bmasia.receipt",
    "bmasia.statement",
)


@tagged("post_install", "-at_install")
class TestMailTemplates(LetterCase):
    def template(self, kind="quote_send"):
        return self.env.ref(f"bmasia_crm.template_{kind}")

    def test_net_and_total_are_different_variables(self):
        quote = self.quote(self.line(price=1000))
        self.template().body_html = "<p>{{ amount_net }} / {{ amount_total }}</p>"
        body = str(quote._prepare_mail()["body"])
        self.assertRegex(body, r"1,000\.00.* / .*1,070\.00")

    def test_subject_and_body_are_written_alike(self):
        self.template().write(
            {"subject": "{{ trade_name }}", "body_html": "<p>{{ trade_name }}</p>"}
        )
        mail = self.quote()._prepare_mail()
        self.assertEqual(mail["subject"], "Hilton Pattaya")
        self.assertIn("<p>Hilton Pattaya</p>", mail["body"])

    def test_an_empty_variable_blocks_the_send_and_is_named(self):
        self.template().body_html = "<p>Call {{ sender_phone }}</p>"
        quote = self.quote()
        self.assertIn("⟦sender_phone⟧", quote._prepare_mail()["body"])
        with self.assertRaisesRegex(UserError, "empty here: sender_phone"):
            quote.send_email()
        self.assertFalse(quote.name or quote.delivery_ids)
        self.nikki.phone = "+66 2 153 3520"
        self.assertEqual(quote.send_email()["status"], "sent")

    def test_an_empty_variable_in_the_subject_blocks_too(self):
        self.template().subject = "{{ sender_phone }}: your quote"
        with self.assertRaisesRegex(UserError, "sender_phone"):
            self.quote().send_email()

    def test_a_template_can_ask_whether_a_variable_is_empty(self):
        self.template().body_html = (
            '<p>Hello<t t-if="sender_phone">, call {{ sender_phone }}</t></p>'
        )
        self.assertEqual(self.quote().send_email()["status"], "sent")

    def test_an_unknown_variable_is_refused_on_saving_and_named(self):
        for values in (
            {"subject": "{{ contact_nmae }}"},
            {"body_html": "<p>{{ contact_nmae }}</p>"},
            {"body_html": '<p><t t-out="contact_nmae"/></p>'},
        ):
            with (
                self.subTest(**values),
                self.assertRaisesRegex(ValidationError, "contact_nmae"),
            ):
                self.template().write(values)

    def test_a_customers_name_is_text_never_a_template(self):
        self.hilton.name = "R&D <b>{{ object.company_id.name }}</b>"
        body = str(self.quote()._prepare_mail()["body"])
        self.assertIn("R&amp;D &lt;b&gt;", body)
        self.assertNotIn("BMAsia Thailand", body.split("R&amp;D")[1][:60])

    def test_the_guide_lists_every_variable_of_the_document(self):
        for kind, name in (
            ("quote_send", "valid_until"),
            ("contract_send", "annual_value_net"),
            ("invoice_send", "due_date"),
            ("receipt_send", "amount_paid"),
        ):
            with self.subTest(kind):
                self.assertIn(
                    f"{{{{ {name} }}}}", self.template(kind).document_variables
                )

    def test_meaning_and_value_go_together(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(100)
        documents = (self.quote(), self.contract(), invoice, invoice.receipt_ids)
        for document in documents:
            with self.subTest(document._name):
                self.assertEqual(
                    document._mail_variables().keys(),
                    document._mail_variable_meanings().keys(),
                )

    def test_templates_of_other_models_are_left_alone(self):
        template = self.env["mail.template"].create(
            {
                "name": "Other",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "{{ object.name }}",
                "body_html": "<p>{{ anything }}</p>",
            }
        )
        rendered = template._render_field("subject", self.somchai.ids)
        self.assertEqual(rendered[self.somchai.id], "Somchai")
        self.assertFalse(template.document_variables)

    def test_a_manager_edits_them(self):
        template = self.template().with_user(self.norbert)
        template.body_html = "<p>Hello {{ contact_name }}</p>"
        self.assertIn("Hello Somchai", self.quote()._prepare_mail()["body"])

    def test_each_one_greets_signs_and_renders_without_a_gap(self):
        self.nikki.signature = "<p>Nikki, BMAsia</p>"
        documents = self.one_of_each()
        templates = self.shipped_templates()
        self.assertGreaterEqual(len(templates), 12)
        for key in templates:
            with self.subTest(key):
                document = documents[self.env.ref(key).model].with_user(self.nikki)
                mail = document._prepare_mail(template=key)
                document._check_resolved(mail)
                self.assertIn("Nikki, BMAsia", mail["body"])
                self.assertNotIn("{{", mail["subject"] + mail["body"])

    def test_a_thai_customer_gets_thai(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.env["ir.module.module"]._load_module_terms(["bmasia_crm"], ["th_TH"])
        quote = self.quote(lang="th_TH")
        mail = quote._prepare_mail()
        self.assertIn("เรียน", mail["body"])
        self.assertIn("ใบเสนอราคา", mail["subject"])
        self.assertNotIn("Dear", mail["body"])
        for kind in ("quote_reminder", "quote_send"):
            template = self.template(kind).with_context(lang="th_TH")
            self.assertIn("ขอแสดงความนับถือ", template.body_html)
            self.assertIn("{{ signature }}", template.body_html)

    def test_a_mail_names_days_and_amounts_as_its_document_does(self):
        self.env["res.lang"]._activate_lang("th_TH")
        contract = self.contract(
            self.line(price=14000), lang="th_TH", start_date="2026-01-31"
        )
        values = contract._mail_variables()
        self.assertEqual(values["start_date"], "31 มกราคม 2569")
        printed = contract._template_values()
        self.assertEqual(values["start_date"], printed["start_date"])
        self.assertEqual(values["amount_total"], "THB 14,980.00")
        self.assertEqual(values["amount_total"], contract._format_money(14980))
        this_year = contract._today().year
        self.assertEqual(values["current_year"], str(this_year + 543))
        contract.lang = "en_US"
        values = contract._mail_variables()
        self.assertEqual(values["start_date"], "31 January 2026")
        self.assertEqual(values["current_year"], str(this_year))
        self.assertEqual(values["amount_total"], "THB 14,980.00")

    def test_the_day_of_sending_is_the_one_at_the_entitys_desk(self):
        quote = self.quote()
        quote.sudo().sent_date = "2026-01-31 18:00:00"  # 1 February in Bangkok
        self.assertEqual(quote._mail_variables()["sent_on"], "1 February 2026")


@tagged("post_install", "-at_install")
class TestGreeting(SendingCase):
    def test_everybody_is_greeted_by_name(self):
        quote = self.quote()
        for to, names in (
            (["somchai@example.com"], "Dear Somchai,"),
            (["somchai@example.com", "anong@example.com"], "Dear Somchai and Anong,"),
            (["Khun Lek <lek@example.com>"], "Dear Khun Lek,"),
            # nobody is greeted by another's name: whom the document is addressed to
            (["nobody-knows@example.com"], "Dear Somchai,"),
        ):
            with self.subTest(names):
                self.assertIn(names, quote._prepare_mail(to=to)["body"])
