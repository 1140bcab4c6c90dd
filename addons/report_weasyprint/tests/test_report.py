import gc
import io
import weakref
from base64 import b64encode
from unittest.mock import Mock

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import HttpCase, TransactionCase, tagged

from ..models.ir_actions_report import PrintRemarks
from ..tools.pool import AHEAD, POOL, LayoutFailed, PoolBusy
from .formats import png
from .test_limits import BOMBS, drawing

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
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}"} for n in range(20)]
        )
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
        # who reads with that gets the size of a file in place of its content
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True, bin_size=True
        )
        again, _kind = reports._render_qweb_pdf(self.key, self.partners[0].ids)
        self.assertEqual(again, first)

    def test_hostile_text_ends_in_a_sentence(self):
        self.partners[0].comment = "<div>" * 150 + "x" + "</div>" * 150
        with self.assertRaises(UserError) as refusal:
            self.pdf(self.partners[0])
        self.assertIn("nested too deeply", str(refusal.exception))

    def refused(self, comment, words):
        self.partners[0].comment = comment
        with self.assertRaisesRegex(UserError, words):
            self.pdf(self.partners[0])

    def test_each_refusal_says_where_it_is_and_what_helps(self):
        self.patch(
            self.env.registry["res.partner"]._fields["comment"], "sanitize", False
        )
        bomb = b64encode(drawing(BOMBS["marker"])).decode()
        large = b64encode(png(40_000, 2000)).decode()
        endless = "<div style='display: flex'>" * 30 + "x" + "</div>" * 30
        greedy = (
            "<div style='display: grid; grid-template-columns: repeat(99999999, 1px)'>"
        )
        self.patch(POOL, "deadline", 5)
        self.patch(POOL, "limits", {"seconds": 30, "memory": 400 * 1024 * 1024})
        for comment, words in (
            (
                f"<h2>Map</h2><img src='data:image/png;base64,{bomb}'>",
                r"parts .*\(Map\)",
            ),
            (f"<h2>Map</h2>{drawing(BOMBS['marker']).decode()}", r"parts .*\(Map\)"),
            (f"<img alt='Photo' src='data:image/png,{'x' * 9}'>", r"be read \(Photo\)"),
            (
                f"<img alt='P' src='data:image/png;base64,{large}'>",
                r"too large .*\(P\)",
            ),
            (
                "<h3>Fees</h3><table><tr>" + "<td colspan='1000000'>x</td>" * 40,
                r"span too many .*\(Fees\)",
            ),
            (endless, "Partner C takes too long to print"),
            (greedy, "Partner C needs too much memory|Partner C takes too long"),
        ):
            with self.subTest(words):
                self.refused(comment, words)
        self.partners[
            0
        ].comment = "<table><tr><td colspan='1000000'>kept</td></tr></table>"
        self.assertIn("kept", self.texts(self.pdf(self.partners[0]))[0])

    def test_what_cannot_be_laid_out_is_said_and_logged(self):
        self.patch(POOL, "do", Mock(side_effect=LayoutFailed("ended with -11")))
        with self.assertLogs("odoo.addons.report_weasyprint", "ERROR"):
            self.refused("x", r"Partner C could not be printed. .*ended with -11")
        self.patch(POOL, "do", Mock(side_effect=PoolBusy("busy")))
        self.refused("x", "Try again in a minute")

    def test_who_prints_hears_what_is_not_shown(self):
        self.partners[
            0
        ].comment = "<p>A \ue000 <img src='https://example.com/x.png'></p>"
        remarks = PrintRemarks()
        self.env = self.env(context={"print_remarks": remarks})
        with self.assertLogs("odoo.addons.report_weasyprint", "WARNING"):
            self.pdf(self.partners[0])
        said = remarks.said(self.env)
        self.assertIn("U+E000", said)
        self.assertIn("https://example.com/x.png", said)
        remarks = PrintRemarks()
        self.partners[0].comment = "<p>A 🎵</p>"
        self.env = self.env(context={"print_remarks": remarks})
        self.pdf(self.partners[0])
        self.assertEqual(remarks.said(self.env), "")
        self.env = self.env(context={"print_remarks": "of somebody's own making"})
        self.pdf(self.partners[0])

    def test_pictures_that_belong_to_the_record_are_handed_to_the_child(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "pixel.png",
                "datas": PIXEL,
                "res_model": "res.partner",
                "res_id": self.partners[0].id,
            }
        )
        self.partners[0].comment = f"<img src='/web/image/{file.id}'>"
        self.partners[1].comment = f"<img src='/web/image/{file.id}'>"
        shown, not_shown = (
            PdfReader(io.BytesIO(self.pdf(partner))).pages[0].images
            for partner in self.partners[:2]
        )
        self.assertEqual((len(shown), len(not_shown)), (1, 0))
        file.datas = b64encode(bytes(21 * 1024 * 1024))
        self.refused(self.partners[0].comment, r"too large .*pixel.png")

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
        sized = self.report.with_context(bin_size=True)._resolver(self.partners[0])
        self.assertEqual(sized(f"web/image/{own.id}"), (own.raw, "image/png"))
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
