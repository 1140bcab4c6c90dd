"""The public page: what it takes, what it says, and what it keeps off."""

import hashlib
import re

from odoo.tests import HttpCase, tagged

from ..controllers import verify
from .common import PDF, SealCase, flipped


@tagged("post_install", "-at_install")
class TestVerifyPage(SealCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archived = cls.sealed()
        cls.env["ir.attachment"].create(
            {
                "name": "kept.pdf",
                "raw": cls.archived,
                "document_sha256": hashlib.sha256(cls.archived).hexdigest(),
            }
        )

    def setUp(self):
        super().setUp()
        self.page = self.url_open("/verify")

    def token(self):
        return re.search(r'name="csrf_token"\s+value="([^"]+)"', self.page.text)[1]

    def ask(self, content=None, name="some.pdf", **data):
        files = {} if content is None else {"document": (name, content)}
        form = {"csrf_token": self.token(), **data}
        return self.url_open("/verify", data=form, files=files or None)

    def test_anybody_gets_the_form(self):
        self.assertEqual(self.page.status_code, 200)
        self.assertIn("Is this file ours?", self.page.text)
        self.assertNotIn('role="status"', self.page.text)

    def test_a_file_of_ours_is_found(self):
        answer = self.ask(self.archived)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("This file is ours", answer.text)
        self.assertIn("Sealed by Thai Sample Co., Ltd.", answer.text)
        self.assertIn('class="panel unchanged"', answer.text)

    def test_a_changed_one_and_a_foreign_one_are_not(self):
        changed = self.ask(flipped(self.archived, 30))
        self.assertIn('class="panel changed"', changed.text)
        self.assertIn("not the file that we keep", changed.text)
        foreign = self.ask(PDF)
        self.assertIn('class="panel unknown"', foreign.text)

    def test_nothing_is_stored(self):
        count = self.env["ir.attachment"].search_count
        before = count([])
        self.ask(PDF)
        self.assertEqual(count([]), before)

    def test_what_is_no_file_is_asked_for_again(self):
        for answer in (
            self.ask(),
            self.ask(document="words"),
            self.ask(PDF, name=""),
        ):
            self.assertEqual(answer.status_code, 400)
            self.assertIn("Choose a file first", answer.text)
        empty = self.ask(b"")
        self.assertEqual(empty.status_code, 400)
        self.assertIn("This file is empty", empty.text)

    def test_a_file_that_is_too_large_is_not_read(self):
        self.patch(verify, "LARGEST", 2 * 1024 * 1024)
        answer = self.ask(b"\0" * (2 * 1024 * 1024 + 1))
        self.assertEqual(answer.status_code, 413)
        self.assertIn("more than 2 MB", answer.text)
        self.assertEqual(self.ask(b"\0" * 2 * 1024 * 1024).status_code, 200)

    def test_the_server_stops_reading_what_is_larger_still(self):
        rule = next(
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule == "/verify"
        )
        self.assertEqual(rule.endpoint.routing["max_content_length"], verify.READ)

    def test_a_form_of_another_page_is_refused(self):
        answer = self.ask(PDF, csrf_token="x")
        self.assertEqual(answer.status_code, 400)
        self.assertNotIn("We do not know", answer.text)

    def test_too_many_from_one_address_are_refused(self):
        self.patch(verify.VerifyPage, "_allowed", lambda _page: False)
        answer = self.ask(self.archived)
        self.assertEqual(answer.status_code, 429)
        self.assertIn("Too many files", answer.text)
        self.assertNotIn("This file is ours", answer.text)
        self.assertEqual(self.url_open("/verify").status_code, 200)

    def test_the_page_runs_nothing_of_others_and_is_nobody_s_to_frame_or_list(self):
        for answer in (self.page, self.ask(PDF)):
            policy = answer.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertIn("script-src 'self';", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertIn("noindex", answer.headers["X-Robots-Tag"])
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
            self.assertNotRegex(answer.text, r"<script>|\son\w+=|style=|javascript:")
            self.assertIn('name="robots" content="noindex', answer.text)

    def test_what_the_page_needs_is_there(self):
        for path in re.findall(r'(?:href|src)="(/document_[^"]+)"', self.page.text):
            self.assertEqual(self.url_open(path).status_code, 200, path)

    def test_a_file_name_is_text(self):
        name = "../<img src=x onerror=alert(1)>\"'.pdf"
        answer = self.ask(PDF, name=name)
        self.assertNotIn("<img src=x", answer.text)
        self.assertIn("&lt;img src=x", answer.text)
        long = self.ask(PDF, name="a" * 300 + ".pdf")
        self.assertNotIn("a" * 100, long.text)

    def test_names_as_programs_send_them(self):
        self.assertEqual(verify._shown("C:\\docs\\Quote.pdf"), "Quote.pdf")
        self.assertEqual(verify._shown("a/b\n\u202ec.pdf"), "bc.pdf")
        self.assertEqual(verify._shown("ใบเสนอราคา.pdf"), "ใบเสนอราคา.pdf")

    def test_it_speaks_the_visitor_s_language(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.env["ir.module.module"].search(
            [("name", "=", "document_sign")]
        )._update_translations(["th_TH"])
        self.env.flush_all()
        self.opener.cookies.clear()
        thai = self.url_open("/verify", headers={"Accept-Language": "th"})
        self.assertIn('lang="th-TH"', thai.text)
        self.assertNotIn("Is this file ours?", thai.text)
        self.assertIn('hreflang="en-US"', thai.text)
        self.opener.cookies.clear()
        self.page = self.url_open("/verify?lang=th_TH")
        [address] = re.findall(r'action="([^"]+)"', self.page.text)
        answer = self.url_open(
            address, data={"csrf_token": self.token()}, files={"document": ("x", PDF)}
        )
        self.assertIn('class="panel unknown"', answer.text)
        self.assertNotIn("We do not know", answer.text)

    def test_the_limit_is_by_address(self):
        asked = []

        def allows(*arguments):
            asked.append(arguments)
            return len(asked) < 2

        request = type("Request", (), {})()
        request.httprequest = type("Http", (), {"remote_addr": "192.0.2.7"})()
        self.patch(verify.links, "request", request)
        self.patch(verify.links, "allows", allows)
        page = verify.VerifyPage()
        self.assertEqual([page._allowed(), page._allowed()], [True, False])
        self.assertEqual(asked[0], ("verify", "192.0.2.7", verify.MOST, verify.MINUTES))
