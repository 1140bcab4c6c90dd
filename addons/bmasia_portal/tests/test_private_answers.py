"""What Odoo itself answers to an address with a key is as private as our pages."""

import logging

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.pages import PageCase
from odoo.addons.document_flow.controllers.responses import PRIVATE


@tagged("post_install", "-at_install")
class TestPrivateAnswers(PageCase):
    def asked(self):
        """Answers of Odoo's own: nothing there, no such way to ask, another language,
        too large, and the keys of old mails.
        """
        self.env["res.lang"]._activate_lang("th_TH")
        key = self.path.rpartition("/")[2]
        old = f"/my/quotes/{self.document.id}/none?access_token={key}"
        large = {"question": "x" * 300_000}
        for status, path, options in (
            (404, f"{self.path}/none", {}),
            (405, self.path, {"method": "PUT"}),
            (405, f"{self.path}/ask", {}),
            (413, f"{self.path}/ask", {"data": large}),
            (404, f"{self.path}/file/9/9", {}),
            (404, old, {}),
            (301, f"/d/{self.path[2:]}", {}),
            (404, f"/th{self.path}/none", {}),
        ):
            answer = self.url_open(path, allow_redirects=False, **options)
            yield status, answer, path.replace(key, "KEY")
        self.opener.cookies["frontend_lang"] = "th_TH"
        path = f"{self.path}/none"
        yield 303, self.url_open(path, allow_redirects=False), "in Thai"

    def test_they_are_kept_and_listed_nowhere(self):
        for status, answer, what in self.asked():
            with self.subTest(what):
                self.assertEqual(answer.status_code, status)
                for name, value in PRIVATE.items():
                    self.assertEqual(answer.headers.get(name), value, name)

    def test_no_key_is_logged(self):
        key = self.path.rpartition("/")[2]
        # this process is the client, too, whose own log is no concern of ours
        self.patch(logging.getLogger("urllib3"), "disabled", True)
        self.patch(logging.getLogger("urllib3.connectionpool"), "disabled", True)
        with (
            self.assertLogs("werkzeug", logging.DEBUG) as requests,
            self.assertLogs(level=logging.DEBUG) as rest,
        ):
            logging.getLogger().debug("so that there is something")
            self.assertGreater(len([*self.asked()]), 5)
        said = "\n".join(requests.output + rest.output)
        self.assertIn("/d/…", said)
        self.assertNotIn(key, said)

    def test_other_addresses_are_left_alone(self):
        answer = self.url_open("/none", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)
        self.assertNotEqual(answer.headers.get("X-Robots-Tag"), PRIVATE["X-Robots-Tag"])
