"""Whatever can be asked by an address: prints, files, links, chatter and REST."""

import json

from odoo.tests import tagged

from odoo.addons.bmasia_crm.controllers.resources import RESOURCES

from .common import MAIL_PASSWORD
from .entities import EntityWorld
from .rest import RestCase

KINDS = ("quotes", "contracts", "bmasia-invoices", "receipts")


class LinkCase(EntityWorld, RestCase):
    def setUp(self):
        super().setUp()
        self.keys.update(
            {
                user: self.make_key(user)
                for entity in self.staff.values()
                for user in entity.values()
            }
        )

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


@tagged("post_install", "-at_install")
class TestAddresses(LinkCase):
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
                for kind, document in zip(KINDS, documents, strict=True):
                    token = document._portal_ensure_token()
                    self.env.flush_all()
                    answer = self.url_open(
                        f"/my/{kind}/{document.id}?access_token={token}",
                        allow_redirects=False,
                    )
                    self.assertEqual(answer.status_code, 200, answer.text)
                    self.assertIn("pdf", answer.headers["Content-Type"])


@tagged("post_install", "-at_install")
class TestRest(LinkCase):
    def test_each_role_gets_its_own_entity_s_documents_only(self):
        for entity, other in self.pairs():
            for resource in (r for r in RESOURCES.values() if r.is_document):
                theirs = self.records_of(self.env[resource.model], entity)
                foreign = self.records_of(self.env[resource.model], other)
                for user in self.staff[entity].values():
                    with self.subTest(resource=resource.name, user=user.login):
                        self.assert_listed(resource, user, theirs)
                        for record in foreign:
                            self.assert_unknown(resource, user, record)

    def assert_listed(self, resource, user, records):
        answer = self.call(f"{resource.name}?limit=200", user).json()
        self.assertEqual({row["id"] for row in answer["results"]}, set(records.ids))
        self.assertEqual(answer["count"], len(records))

    def assert_unknown(self, resource, user, record):
        for key in filter(None, (str(record.id), record.name)):
            address = f"{resource.name}/{key}"
            self.assertError(self.call(address, user), 404, "not_found")
            self.assertError(self.call(f"{address}/pdf", user), 404, "not_found")
            sent = self.call(f"{address}/send", user, "POST", body={})
            self.assertError(sent, 404, "not_found")
            listed = self.call(f"{resource.name}?name={key}", user).json()
            self.assertEqual(listed["count"], 0)
