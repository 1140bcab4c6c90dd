"""Who makes an evidence pack, and what of a sale is in theirs."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .evidence import EvidenceCase

MOST = 80  # queries of a pack of 50 documents
EACH = 0.1  # of a query for each further document: batches of what is prefetched


@tagged("post_install", "-at_install")
class TestEvidenceRights(EvidenceCase):
    def setUp(self):
        super().setUp()
        self.abroad = new_test_user(
            self.env,
            login="abroad@example.com",
            password="abroad@example.com",
            groups="bmasia_crm.group_manager",
            company_id=self.hongkong.id,
            company_ids=[Command.set(self.hongkong.ids)],
        )

    def test_who_may(self):
        _contract, invoice, _receipt = self.sold()
        writers = self.nikki | self.pom | self.norbert
        for document, makers in (
            (self.document, writers),
            (invoice, self.pom | self.norbert),
        ):
            everybody = writers | self.abroad | self.customer | self.visitor
            for user in everybody:
                with self.subTest(document._name, user=user.login):
                    if user in makers:
                        self.assertTrue(self.kept(document, user))
                        continue
                    with self.assertRaises(AccessError):
                        self.kept(document, user)

    @mute_logger("odoo.http")
    def test_the_same_from_outside(self):
        _contract, invoice, _receipt = self.sold()
        for user, document, may in (
            (self.nikki, self.document, True),
            (self.nikki, invoice, False),
            (self.pom, invoice, True),
            (self.abroad, self.document, False),
            (self.customer, self.document, False),
        ):
            with self.subTest(user.login, document=document._name):
                self.authenticate(user.login, user.login)
                if not may:
                    with self.assertRaises(JsonRpcException):
                        self.call(document)
                    continue
                answer = self.url_open(self.call(document)["url"])
                self.assertEqual(answer.headers["Content-Type"], "application/pdf")
                self.assertTrue(answer.content.startswith(b"%PDF-1.7"))

    @mute_logger("odoo.http")
    def test_nobody_else_reads_it(self):
        pack = self.kept(self.document)
        for user in (self.abroad, self.customer, None):
            login = user and user.login
            self.authenticate(login, login)
            self.env.flush_all()
            answer = self.url_open(f"/web/content/{pack.id}?download=true")
            self.assertNotEqual(answer.status_code, 200)
        for user in self.abroad | self.customer | self.visitor:
            with self.assertRaises(AccessError):
                pack.with_user(user).sudo(False).read(["raw"])

    def test_nobody_passes_a_file_off_as_one(self):
        files = self.env["ir.attachment"].with_user(self.nikki)
        made = files.create({"name": "x", "is_evidence_pack": True, "raw": b"x"})
        made.write({"is_evidence_pack": True})
        self.assertFalse(made.sudo().is_evidence_pack)

    def call(self, document):
        self.env.flush_all()
        path = f"/web/dataset/call_kw/{document._name}/action_evidence_pack"
        return self.make_jsonrpc_request(
            path,
            {
                "model": document._name,
                "method": "action_evidence_pack",
                "args": [document.ids],
                "kwargs": {},
            },
        )

    # ------------------------------------------------------------
    # WHAT IS LEFT OUT
    # ------------------------------------------------------------

    def test_what_they_may_not_read_is_left_out_and_counted(self):
        contract, invoice, receipt = (each.sudo() for each in self.sold())
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("bmasia.invoice"),
                "domain_force": f"[('id', '!=', {invoice.id})]",
            }
        )
        pack = self.pack(contract)
        self.assertIn("of another entity: 1.", pack.text())
        self.assertNotIn(invoice.name, pack.text())
        self.assertNotIn(invoice.name, str(pack.told()))
        self.assertNotIn(invoice.archive_ids.document_sha256, pack.digests())
        self.assertIn(receipt.archive_ids.document_sha256, pack.digests())

    def test_what_is_of_another_entity_is_left_out_and_counted(self):
        other = self.quote(company_id=self.hongkong.id, user=self.norbert)
        other.action_mark_sent()
        self.assertEqual(other.company_id, self.hongkong)
        sale = type(self.env["bmasia.quote"])
        self.patch(sale, "_evidence_chain", lambda d: [d | d.browse(other.id)])
        pack = self.pack(self.document)
        self.assertIn("of another entity: 1.", pack.text())
        self.assertNotIn(other.name, pack.text())
        self.assertEqual(len(pack.sent()), 1)

    def test_a_revision_for_another_customer_is_none_of_it(self):
        revision = self.document.browse(self.document.action_revise()["res_id"])
        bar = self.make_company("Siam Bar", country="base.th")
        revision.customer_id = bar
        revision.action_mark_sent()
        pack = self.pack(self.document)
        self.assertNotIn(revision.name, pack.text())
        self.assertEqual(len(pack.sent()), 1)

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def test_each_further_document_costs_next_to_nothing(self):
        costs = [self.queries(count) for count in (10, 50)]
        self.assertLessEqual(costs[1], MOST, costs)
        self.assertLessEqual((costs[1] - costs[0]) / 40, EACH, costs)

    def queries(self, count):
        quotes = self.document
        for _n in range(count - 1):
            quotes |= self.sent_quote()
        for quote in quotes:
            link, _address = self.env["document.link"]._make(quote, "mail")
            self.mailed(quote)
            self.env["document.question"]._ask(quote.sudo(), link, "A", "Why?")
        chain = [quotes.sudo()]
        self.patch(type(quotes), "_evidence_chain", lambda _d: chain)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        document = self.document.with_user(self.norbert)
        document.action_evidence_pack()
        self.env.flush_all()
        return self.cr.sql_log_count - before
