"""The bytes that went out are kept once, and served ever after."""

import hashlib
import io

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .papers import PaperCase


@tagged("post_install", "-at_install")
class TestArchive(PaperCase):
    def test_the_bytes_are_kept_once_with_their_digest(self):
        quote = self.quote(self.hotel)
        quote.action_mark_sent()
        archived = quote.archive_ids
        self.assertEqual(len(archived), 1)
        digest = hashlib.sha256(archived.raw).hexdigest()
        self.assertEqual(archived.paper_sha256, digest)
        self.hotel.legal_name = "Renamed Ltd."
        self.thai.legal_name = "Renamed too"
        self.assertEqual(quote._archive_pdf(), archived)
        self.assertEqual(quote.archive_ids, archived)

    def test_a_draft_print_is_marked_and_what_goes_out_is_not(self):
        quote = self.quote(self.hotel)
        self.assertIn("DRAFT", self.text(quote))
        quote._mint_number()
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
        quote.line_ids.name = "word " * 5_000_000
        with self.assertRaisesRegex(UserError, "too large to print"):
            quote._render_pdf()


@tagged("post_install", "-at_install")
class TestArchiveDownload(HttpCase, PaperCase):
    def test_download_serves_the_archived_bytes(self):
        new_test_user(
            self.env,
            "archive-reader",
            "bmasia_crm.group_user",
            company_id=self.thai.id,
            company_ids=[Command.set(self.thai.ids)],
        )
        quote = self.quote(self.hotel)
        quote.action_mark_sent()
        self.authenticate("archive-reader", "archive-reader")
        answer = self.url_open(quote.action_print()["url"])
        self.assertEqual(answer.content, quote.archive_ids.raw)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
