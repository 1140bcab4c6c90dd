"""Whatever can be asked by an address: prints, files, links and chatter."""

import json

from odoo.tests import tagged

from .common import MAIL_PASSWORD
from .entities import EntityWorld
from .keys import KeyCase
from .pages import PageMixin

KINDS = ("quotes", "contracts", "bmasia-invoices", "receipts")


@tagged("post_install", "-at_install")
class TestAddresses(PageMixin, EntityWorld, KeyCase):
    def sign_in(self, user):
        user.sudo().password = MAIL_PASSWORD
        self.env.flush_all()
        self.authenticate(user.login, MAIL_PASSWORD)

    def assert_closed(self, address, document, **request):
        """The address gives nothing of a document."""
        answer = self.url_open(address, allow_redirects=False, timeout=60, **request)
        with self.subTest(address=address):
            self.assertNotIn(self.mark_of(document.company_id), answer.text)
            self.assertNotIn(document.name, answer.text)
            self.assertNotIn("%PDF", answer.text)

    def test_prints_files_and_pages_of_the_other_entity_are_closed(self):
        for entity, other in self.pairs():
            self.sign_in(self.staff[other]["manager"])
            for document in self.documents[entity]:
                for address in self.addresses(document):
                    self.assert_closed(address, document)

    def addresses(self, document):
        """All that leads to a document without its token."""
        name, number = document._name, document.id
        kind = KINDS[self.documents[document.company_id].index(document)]
        reports = self.env["ir.actions.report"].search([("model", "=", name)])
        files = document.archive_ids
        self.assertTrue(reports and files)
        return [
            f"/my/{kind}/{number}",
            f"/mail/view?model={name}&res_id={number}",
            *(f"/web/content/{file.id}" for file in files),
            *(f"/web/content/{file.id}?download=true" for file in files),
            *(f"/report/html/{report.report_name}/{number}" for report in reports),
            *(f"/report/pdf/{report.report_name}/{number}" for report in reports),
        ]

    def test_the_chatter_of_the_other_entity_is_closed(self):
        for entity, other in self.pairs():
            self.sign_in(self.staff[other]["manager"])
            for document in self.documents[entity]:
                thread = {"thread_model": document._name, "thread_id": document.id}
                wanted = [
                    "followers",
                    "attachments",
                    "activities",
                    "suggestedRecipients",
                ]
                post = {"post_data": {"body": "x"}}
                for address, values in (
                    ("/mail/thread/messages", thread),
                    ("/mail/message/post", {**thread, **post}),
                    (
                        "/mail/data",
                        {
                            "fetch_params": [
                                ["mail.thread", {**thread, "request_list": wanted}],
                            ]
                        },
                    ),
                ):
                    before = len(document.message_ids)
                    self.assert_closed(
                        address,
                        document,
                        data=json.dumps({"params": values}),
                        headers={"Content-Type": "application/json"},
                    )
                    document.invalidate_recordset()
                    self.assertEqual(len(document.message_ids), before)

    def test_a_customer_opens_what_both_entities_sent_them(self):
        """The link of a mail is the key, whoever is signed in."""
        for login in (self.customer, None):
            if login:
                self.sign_in(login)
            else:
                self.authenticate(None, None)
            for documents in self.documents.values():
                for document in documents:
                    path = self.path_of(document)
                    answer = self.get(path)
                    self.assertEqual(answer.status_code, 200, answer.text)
                    self.assertIn(document.name, answer.text)
                    file = self.get(f"{path}/pdf")
                    self.assertIn("pdf", file.headers["Content-Type"])
