"""What the tests of the REST API share: calls over real HTTP."""

import json

from odoo.addons.bmasia_crm.tests.keys import KeyCase

JSON = "application/json"


class RestCase(KeyCase):
    """Nikki and Pom have the profiles of the old system."""

    def setUp(self):
        super().setUp()
        self.nikki.sender_profile = "sales"
        self.pom.sender_profile = "finance"

    def call(self, address, user=None, method="GET", body=None, raw=None, **headers):
        """Call the API.

        :param str address: below ``/api/v1/``
        :param user: whose key is sent; default Nikki, False for none
        :param body: sent as JSON
        :param bytes raw: sent as it is
        :param headers: with underscores
        :returns: the response
        """
        user = self.nikki if user is None else user
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            sent.setdefault("Authorization", f"Bearer {self.keys[user]}")
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("Content-Type", JSON)
        self.env.flush_all()
        answer = self.url_open(
            f"/api/v1/{address}",
            data=raw,
            headers=sent,
            method=method,
            allow_redirects=False,
            timeout=60,
        )
        self.env.invalidate_all()
        return answer

    def send(self, document, body=None, user=None, **headers):
        """POST to a document's send address, as the old programs did."""
        return self.call(
            f"{document._plural}/{document.id}/send/",
            user or document.env.user,
            "POST",
            body={} if body is None else body,
            **headers,
        )

    def resources(self):
        """What the API is about, by the names in addresses."""
        return self.env["ir.http"]._rest_resources()

    def document_resources(self):
        return [each for each in self.resources().values() if each.is_document]

    def assertError(self, answer, status, code, words=""):
        """The answer is our error envelope and tells nothing else."""
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertEqual(answer.headers["Content-Type"], JSON)
        content = answer.json()
        self.assertEqual(set(content), {"code", "message", "details"})
        self.assertEqual(content["code"], code, content)
        self.assertIn(words, content["message"])
        self.assertNotIn("Traceback", answer.text)
        self.assertNotIn("odoo/", answer.text)
        return content
