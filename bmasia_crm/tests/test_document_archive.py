"""The bytes that were sent are kept once, and served ever after."""

import hashlib
import io
import json
from base64 import b64decode
from datetime import timedelta
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.module import load_script
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools.misc import file_path

from odoo.addons.document_flow.tools import snapshots

from .documents import DocumentCase
from .pages import PageMixin


@tagged("post_install", "-at_install")
class TestArchive(DocumentCase):
    def test_the_bytes_are_kept_once_with_their_digest(self):
        quote = self.quote(self.hotel)
        quote.action_mark_sent()
        archived = quote.archive_ids
        self.assertEqual(len(archived), 1)
        digest = hashlib.sha256(archived.raw).hexdigest()
        self.assertEqual(archived.document_sha256, digest)
        self.hotel.legal_name = "Renamed Ltd."
        self.thai.legal_name = "Renamed too"
        self.assertEqual(quote._archive_pdf(), archived)
        self.assertEqual(quote.archive_ids, archived)

    def test_no_name_of_a_file_is_turned_around(self):
        """As "invoice_fdp.exe", which some show as "invoice_exe.pdf"."""
        self.hotel.name = "Hotel \u202efdp.exe\u2066 / Bar:\n1"
        quote = self.quote(self.hotel)
        quote._assign_number()
        expected = f"{quote.name} Hotel fdp.exe Bar 1.pdf"
        self.assertEqual(quote._pdf_filename(), expected)

    def test_the_file_stays_the_same_when_contacts_or_companies_are_merged(self):
        """What is printed is the same, whichever record it is read from now."""
        twins = self.env["res.partner"].create(
            [{"name": "Ploy", "parent_id": self.hotel.partner_id.id}] * 2
        )
        contract = self.contract(self.hotel, partner_id=twins[0].id)
        contract.action_mark_sent()
        kept = contract.archive_ids
        self.env["base.partner.merge.automatic.wizard"]._merge(
            twins.ids, dst_partner=twins[1]
        )
        self.assertEqual(contract.partner_id, twins[1])
        self.assertEqual(contract._archive_pdf(), kept)
        other = self.customer(self.thai, "Another", "base.th")
        self.hotel.action_merge_into(other.id)
        self.assertEqual(contract.customer_id, other)
        self.assertEqual(contract._archive_pdf(), kept)

    def test_an_upgrade_keeps_the_file_of_what_says_the_same(self):
        """Up to 19.0.1.2.0 there was a digest only."""
        invoice = self.issued(self.hotel)
        invoice.action_credit("Not delivered")
        payment = self.issued(self.hotel)
        payment.action_register_payment(10)
        documents = [self.quote(self.hotel), self.contract(self.hotel)]
        documents += [invoice, invoice.credit_note_ids, payment.receipt_ids]
        script = file_path("bmasia_crm/migrations/19.0.1.3.0/post-snapshots.py")
        script = load_script(script, "snapshots")
        for document in documents:
            document._archive_pdf()
            values = document._document_values()
            document.content_snapshot = False
            document.document_digest = script.former_digest(document._name, values)
            self.assertFalse(document._archived_pdf())
        corrected = self.quote(self.hotel)
        corrected._archive_pdf()
        corrected.write(
            {"content_snapshot": False, "document_digest": "of what it said before"}
        )
        script.migrate(self.env.cr, "19.0.1.2.0")
        for document in documents:
            with self.subTest(document._name):
                self.assertEqual(document._archived_pdf(), document.archive_ids)
        self.assertFalse(corrected._archived_pdf())

    def test_one_more_printed_field_makes_no_second_file(self):
        """All kinds; nothing is migrated."""
        invoice = self.issued(self.hotel)
        invoice.action_register_payment(10)
        documents = [self.quote(self.hotel), self.contract(self.hotel)]
        for document in [*documents, invoice, invoice.receipt_ids]:
            document._archive_pdf()
            kept, kind = document.archive_ids, type(document)
            said = kind._document_values

            def more(document, said=said):
                return {**said(document), "one_more": document.id}

            with (
                self.subTest(document._name),
                patch.object(kind, "_document_values", more),
            ):
                self.assertEqual(document._archive_pdf(), kept)

    def test_the_digest_is_of_the_snapshot(self):
        quote = self.quote(self.hotel)
        quote._archive_pdf()
        snapshot = quote.content_snapshot
        self.assertEqual(snapshot["values"]["name"], quote.name)
        self.assertEqual(quote.document_digest, snapshots.digest(snapshot))

    def test_another_product_is_another_file(self):
        product, other = self.env["product.product"].create(
            [{"name": name, "list_price": 0} for name in ("Soundtrack", "Beat Breeze")]
        )
        line = {"name": "Music for the lobby", "product_id": product.id}
        contract = self.contract(self.hotel, line_ids=[Command.create(line)])
        contract.action_mark_sent()
        kept = contract.archive_ids
        product.name = "Soundtrack Your Brand"
        self.assertEqual(contract._archive_pdf(), kept)
        values = {"product_id": other.id, "name": contract.line_ids.name}
        contract.line_ids.write(values)
        self.assertIn("Beat Breeze", self.flat(contract._archive_pdf().raw))

    def test_a_credit_note_of_another_invoice_is_another_file(self):
        first, second = self.issued(self.hotel), self.issued(self.hotel)
        first.action_credit("Not delivered")
        note = first.credit_note_ids
        kept = note._archive_pdf()
        note.reversed_id = second
        self.assertNotEqual(note._archive_pdf(), kept)

    def test_no_context_of_a_user_goes_past_archive_and_watermark(self):
        quote = self.quote(self.hotel)
        quote.action_mark_sent()
        sent = quote.archive_ids.raw
        self.thai.write(self.entity_pictures())  # another look from now on
        numbered = self.quote(self.hotel)
        numbered._assign_number()
        reader = new_test_user(
            self.env,
            "context-reader",
            "bmasia_crm.group_finance",
            company_id=self.thai.id,
            company_ids=[Command.set(self.thai.ids)],
        )
        reports = self.env["ir.actions.report"].with_user(reader)
        reports = reports.with_context(
            force_report_rendering=True, document_goes_out=True
        )
        name = "bmasia_crm.report_quote"
        self.assertEqual(reports._render_qweb_pdf(name, quote.ids)[0], sent)
        marked = reports._render_qweb_pdf(name, numbered.ids)[0]
        self.assertIn("DRAFT", PdfReader(io.BytesIO(marked)).pages[0].extract_text())

    def test_a_draft_print_is_marked_and_what_goes_out_is_not(self):
        quote = self.quote(self.hotel)
        self.assertIn("DRAFT", self.text(quote))
        quote._assign_number()
        name = "bmasia_crm.report_quote"
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        printed, _kind = reports._render_qweb_pdf(name, quote.ids)
        self.assertIn("DRAFT", self.words(printed))
        quote.action_mark_sent()
        self.assertNotIn("DRAFT", self.words(quote.archive_ids.raw))

    def words(self, pdf):
        return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()

    def test_a_hostile_description_ends_in_a_sentence_and_leaves_a_draft(self):
        template = self.env["bmasia.contract.template"].create(
            {
                "name": "Test",
                "section_ids": [
                    Command.create(
                        {
                            "name": "Deep",
                            "body": "<div>" * 150 + "x" + "</div>" * 150,
                        }
                    )
                ],
            }
        )
        contract = self.contract(self.hotel, template_id=template.id)
        with self.assertRaisesRegex(UserError, "nested too deeply"):
            contract.action_mark_sent()
        self.assertEqual(contract.state, "draft")

    def test_a_description_of_a_million_words_is_refused_before_layout(self):
        quote = self.quote(self.hotel, lines=1)
        quote.line_ids.name = "word " * 1_000_000
        with self.assertRaisesRegex(UserError, "too large to print"):
            quote._render_pdf()


@tagged("post_install", "-at_install")
class TestArchiveDownload(HttpCase, DocumentCase):
    """Every way to a sent document leads to the very bytes that were sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "archive-reader",
            "bmasia_crm.group_finance",
            company_id=cls.thai.id,
            company_ids=[Command.set(cls.thai.ids)],
        )

    def gone_out(self):
        """One sent document of each kind, and another look for what is printed
        from now on.
        """
        quote, contract = self.quote(self.hotel), self.contract(self.hotel)
        quote.action_mark_sent()
        contract.action_mark_sent()
        proforma = self.invoice(self.hotel, kind="proforma")
        invoice = self.invoice(self.hotel)
        (invoice + proforma).action_issue()
        invoice.action_credit("Not delivered")
        note = invoice.credit_note_ids
        note.line_ids.unit_price = 400
        note.action_issue()
        receipt = self.receipt(invoice)
        receipt.action_mark_sent()
        self.thai.write(
            {"document_accent": "#3355aa", "document_footer": "Another footer"}
        )
        return [quote, contract, proforma, invoice, note, receipt]

    def printed(self, report, document):
        """What core's print route answers; tests get HTML unless they insist."""
        context = json.dumps({"force_report_rendering": True})
        address = f"/report/pdf/{report}/{document.id}"
        return self.url_open(address, params={"context": context}, timeout=60)

    def downloaded(self, report, document):
        """What the Print menu of the web client fetches."""
        address = json.dumps([f"/report/pdf/{report}/{document.id}", "qweb-pdf"])
        context = json.dumps({"force_report_rendering": True})
        return self.url_open(
            "/report/download", params={"data": address, "context": context}, timeout=60
        )

    def by_rest(self, document):
        key = self.env["res.users.apikeys"].with_user(self.reader).sudo()
        bearer = f"Bearer {key._generate(None, 'Test', False)}"
        name = {"bmasia.quote": "quotes", "bmasia.contract": "contracts"}
        return self.url_open(
            f"/api/v1/{name.get(document._name, 'invoices')}/{document.name}/pdf",
            headers={"Authorization": bearer},
            timeout=60,
        )

    def test_every_route_serves_the_archived_bytes(self):
        self.authenticate("archive-reader", "archive-reader")
        for document in self.gone_out():
            kept = document.archive_ids
            report = document._get_report().report_name
            answers = {
                "button": self.url_open(document.action_print()["url"]),
                "print": self.printed(report, document),
                "menu": self.downloaded(report, document),
            }
            if document._name != "bmasia.receipt":
                answers["REST"] = self.by_rest(document)
            for route, answer in answers.items():
                with self.subTest(document=document.name, route=route):
                    digest = hashlib.sha256(answer.content).hexdigest()
                    self.assertEqual(digest, kept.document_sha256)
                    self.assertEqual(answer.headers["Content-Type"], "application/pdf")
            self.assertEqual(document._archive_pdf(), kept, "what is sent again")

    def test_a_proforma_is_the_same_file_under_the_name_of_the_invoice(self):
        self.authenticate("archive-reader", "archive-reader")
        proforma = self.invoice(self.hotel, kind="proforma")
        proforma.action_issue()
        self.thai.document_accent = "#3355aa"
        answer = self.printed("bmasia_crm.report_invoice", proforma)
        self.assertEqual(answer.content, proforma.archive_ids.raw)

    def test_a_notice_is_not_mistaken_for_its_contract(self):
        self.authenticate("archive-reader", "archive-reader")
        contract = self.contract(self.hotel)
        contract.action_mark_sent()
        answer = self.printed("bmasia_crm.report_renewal_notice", contract)
        text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        self.assertIn("Renewal notice", text)

    def test_no_route_gives_a_draft_with_a_number_away_as_a_document(self):
        self.authenticate("archive-reader", "archive-reader")
        quote = self.quote(self.hotel)
        quote._assign_number()
        report = quote._get_report().report_name
        wizard = self.env["document.send.wizard"].browse(quote.action_send()["res_id"])
        for route, pdf in {
            "print": self.printed(report, quote).content,
            "menu": self.downloaded(report, quote).content,
            "REST": self.by_rest(quote).content,
            "preview": b64decode(wizard.preview),
        }.items():
            with self.subTest(route=route):
                self.assertIn("DRAFT", self.text(pdf))

    def test_what_went_out_is_served_until_a_correction_is_sent(self):
        self.authenticate("archive-reader", "archive-reader")
        quote = self.quote(self.hotel)
        quote.action_mark_sent()
        first = quote.archive_ids
        quote.action_extend(quote.valid_until + timedelta(days=30))
        answer = self.printed("bmasia_crm.report_quote", quote)
        self.assertEqual(answer.content, first.raw)
        wizard = self.env["document.send.wizard"].browse(quote.action_send()["res_id"])
        self.assertNotEqual(b64decode(wizard.preview), first.raw)
        second = quote._archive_pdf()
        self.assertNotEqual(second, first)
        answer = self.printed("bmasia_crm.report_quote", quote)
        self.assertEqual(answer.content, second.raw)

    def test_a_colleague_without_our_groups_gets_no_document(self):
        self.reader = new_test_user(self.env, "archive-outsider", "base.group_user")
        self.authenticate("archive-outsider", "archive-outsider")
        quote = self.quote(self.hotel)
        quote.action_mark_sent()
        for route, answer in {
            "print": self.printed("bmasia_crm.report_quote", quote),
            "button": self.url_open(quote.action_print()["url"]),
            "REST": self.by_rest(quote),
        }.items():
            with self.subTest(route=route):
                self.assertNotIn(b"%PDF", answer.content)
                self.assertNotEqual(answer.status_code, 200)


@tagged("post_install", "-at_install")
class TestPortal(PageMixin, HttpCase, DocumentCase):
    """What a customer opens from the button in a mail."""

    def test_the_link_of_each_document_opens_the_archived_bytes(self):
        quote, contract = self.quote(self.hotel), self.contract(self.hotel)
        quote.action_mark_sent()
        contract.action_mark_sent()
        invoice = self.invoice(self.hotel)
        invoice.action_issue()
        receipt = self.receipt(invoice)
        receipt.action_mark_sent()
        self.thai.document_accent = "#3355aa"  # another look from now on
        for document in (quote, contract, invoice, receipt):
            path = self.path_of(document)
            answer = self.get(f"{path}/pdf")
            self.assertEqual(answer.content, document.archive_ids.raw)
            self.assertEqual(answer.headers["Content-Type"], "application/pdf")
            self.assertIn("inline", answer.headers["Content-Disposition"])
            words = self.words(self.get(path))
            self.assertIn(document.name, words)
            self.assertIn(document._customer()["name"], words)

    def test_nobody_else_gets_it(self):
        quote, other = self.quote(self.hotel), self.quote(self.bar)
        (quote + other).action_mark_sent()
        foreign = self.path_of(other).rpartition("/")[2]
        new_test_user(self.env, "portal-other", "base.group_portal")
        for login in (None, "portal-other"):
            self.authenticate(login, login)
            for token in ("", "?access_token=", f"?access_token={foreign}"):
                answer = self.url_open(quote.access_url + token)
                self.assertNotIn(b"%PDF", answer.content)
                self.assertNotIn(quote.name, answer.text)
        self.assertEqual(self.url_open("/my/quotes/0").history[0].status_code, 303)

    def test_what_never_went_out_is_not_shown(self):
        quote = self.quote(self.hotel)
        quote._assign_number()
        quote._archive_pdf()  # as after a refused mail
        path = self.path_of(quote)
        answer = self.get(path)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("is not here yet", answer.text)
        self.assertNotIn(quote.name, answer.text)
        self.speak_thai()
        quote.lang = "th_TH"
        self.assertIn("ยังไม่มีเอกสารนี้", self.get(path).text)
