import gc
import io
import weakref

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import HttpCase, TransactionCase, tagged

from ..tools.pool import AHEAD, POOL

TEMPLATE = """
<t t-name="{key}"><html><body><t t-foreach="docs" t-as="doc">
    <div class="article" t-att-data-oe-model="doc._name" t-att-data-oe-id="doc.id"
         t-att-data-title="doc.name">
        <h1 t-out="doc.name"/><div t-out="doc.comment"/>
        <p t-foreach="range(pages)" t-as="n" style="break-after: page" t-out="n"/>
    </div>
</t></body></html></t>
"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


class ReportCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = "report_weasyprint.test_paper"
        cls.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": cls.key,
                "key": cls.key,
                "arch": TEMPLATE.replace("{key}", cls.key).replace("pages", "2"),
            }
        )
        cls.report = cls.env["ir.actions.report"].create(
            {
                "name": "Test paper",
                "model": "res.partner",
                "report_type": "qweb-pdf",
                "report_name": cls.key,
                "pdf_engine": "weasyprint",
            }
        )
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Partner {letter}"} for letter in "CAB"]
        )

    def pdf(self, records, user=None):
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        if user:
            reports = reports.with_user(user)
        return reports._render_qweb_pdf(self.key, records.ids)[0]

    def texts(self, pdf):
        return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@tagged("post_install", "-at_install")
class TestReport(ReportCase):
    def test_prints_a_pdf_with_title(self):
        pdf = self.pdf(self.partners[0])
        self.assertTrue(pdf.startswith(b"%PDF-"))
        self.assertEqual(PdfReader(io.BytesIO(pdf)).metadata.title, "Partner C")

    def test_several_records_are_merged_in_their_order_and_split_right(self):
        texts = self.texts(self.pdf(self.partners))
        names = [t.splitlines()[0] for t in texts if "Partner" in t]
        self.assertEqual(names, ["Partner C", "Partner A", "Partner B"])
        streams = self.env["ir.actions.report"]._render_qweb_pdf_prepare_streams(
            self.key, {}, self.partners.ids
        )
        self.assertEqual(list(streams), self.partners.ids)
        for partner in self.partners:
            first = self.texts(streams[partner.id]["stream"].getvalue())[0]
            self.assertIn(partner.name, first)

    def test_a_batch_holds_few_documents_at_a_time(self):
        """What is laid out waits to be merged; what was rendered for it is dropped."""
        alive, most = weakref.WeakSet(), []
        layout_jobs = type(self.report)._layout_jobs

        def watch(reports, *arguments):
            jobs = layout_jobs(reports, *arguments)
            alive.update(jobs)
            most.append(len(alive))
            return jobs

        self.patch(type(self.report), "_layout_jobs", watch)
        self.addCleanup(gc.enable)
        gc.disable()  # what goes, goes at once
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(20)])
        self.pdf(partners)
        self.assertEqual(len(most), 20)
        self.assertLessEqual(max(most), 2 * POOL.size + AHEAD)

    def test_page_comes_from_the_paper_format(self):
        paper = self.env["report.paperformat"].create(
            {"name": "Letter", "format": "Letter", "orientation": "Landscape"}
        )
        self.report.paperformat_id = paper
        box = PdfReader(io.BytesIO(self.pdf(self.partners[0]))).pages[0].mediabox
        self.assertEqual((round(box.width), round(box.height)), (792, 612))

    def test_what_was_printed_is_kept_and_used_again(self):
        self.report.write({"attachment": "'paper.pdf'", "attachment_use": True})
        first = self.pdf(self.partners[0])
        self.partners[0].name = "Renamed"
        self.assertEqual(self.pdf(self.partners[0]), first)

    def test_hostile_text_ends_in_a_sentence(self):
        self.partners[0].comment = "<div>" * 150 + "x" + "</div>" * 150
        with self.assertRaises(UserError) as refusal:
            self.pdf(self.partners[0])
        self.assertIn("nested too deeply", str(refusal.exception))

    def test_only_own_attachments_are_shown(self):
        own, foreign = self.env["ir.attachment"].create(
            [
                {
                    "name": "pixel.png",
                    "datas": PIXEL,
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
                for partner in self.partners[:2]
            ]
        )
        resolve = self.report._resolver(self.partners[0])
        self.assertEqual(resolve(f"web/image/{own.id}")[1], "image/png")
        self.assertIsNone(resolve(f"web/image/{foreign.id}"))
        self.assertIsNone(resolve("etc/passwd"))
        self.assertIsNone(resolve("web/static/../../../etc/passwd"))
        self.assertIsNone(resolve("web/static/../../odoo.conf"))
        self.assertIsNone(resolve("web/static/../__manifest__.py"))
        self.assertTrue(resolve("web/static/img/favicon.ico"))

    def test_a_secret_attachment_of_the_same_record_needs_its_rights(self):
        mine = self.env["ir.attachment"].create(
            {"name": "a", "datas": PIXEL, "res_model": "ir.mail_server", "res_id": 1}
        )
        user = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "clerk-weasyprint",
                "password": "clerk-weasyprint",
            }
        )
        resolve = self.report.with_user(user)._resolver(None)
        self.assertIsNone(resolve(f"web/image/{mine.id}"))

    def test_other_reports_keep_their_engine(self):
        self.assertEqual(
            self.env.ref("base.ir_module_reference_print").pdf_engine, "wkhtmltopdf"
        )


@tagged("post_install", "-at_install")
class TestDownload(HttpCase, ReportCase):
    def test_the_web_client_downloads_without_wkhtmltopdf(self):
        self.authenticate("admin", "admin")
        answer = self.make_jsonrpc_request("/report/check_wkhtmltopdf", {})
        self.assertEqual(answer, "ok")
