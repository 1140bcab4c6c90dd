"""The key of a mail opens its page, and no door of Odoo's."""

import hashlib
import hmac
import inspect
import json
import threading
from unittest.mock import patch
from urllib.parse import urlencode

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .pages import PageCase

SECRET = "our-margin-is-thin"
STRANGER = "written-by-a-stranger"
# What a route may call the key, the document or a part of it.
ASKING = {
    *("access_token", "token", "hash", "_hash", "pid", "thread_model", "res_model"),
    *("model", "attachment_id", "message_id", "fetch_params", "post_data"),
}
OPEN = ("public", "none")
OURS = "/d/<"
# These are no door to a record, and must not be pushed open in a test.
LEFT_OUT = ("/web/database", "/websocket", "/web/session", "/xmlrpc", "/jsonrpc")


class LinkCase(PageCase):
    def setUp(self):
        super().setUp()
        self.file = self.env["ir.attachment"].create(
            {
                "name": f"{SECRET}.txt",
                "raw": SECRET.encode(),
                "res_model": self.document._name,
                "res_id": self.document.id,
            }
        )
        self.message = self.env["mail.message"].create(
            {
                "model": self.document._name,
                "res_id": self.document.id,
                "body": f"To Anong only: {SECRET}",
                "partner_ids": [Command.set(self.anong.ids)],
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "attachment_ids": [Command.set(self.file.ids)],
            }
        )
        self.token = self.path.rpartition("/")[2]


@tagged("post_install", "-at_install")
class TestLink(LinkCase):
    def core_hash(self, partner):
        """The signature in mails that left before the chatter was closed."""
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        signed = repr((self.env.cr.dbname, self.token, partner.id)).encode()
        return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()

    def arguments(self):
        """Whatever a route may want to know, with the keys of the mail."""
        keys = {
            "token": self.token,
            "key": self.token,
            "access_token": self.token,
            "hash": self.core_hash(self.somchai),
            "_hash": self.core_hash(self.somchai),
            "pid": self.somchai.id,
        }
        where = {"thread_model": self.document._name, "thread_id": self.document.id}
        asked = ["messages", "attachments", "followers", "suggestedRecipients"]
        thread = {
            **where,
            "request_list": asked,
            "access_params": keys,
            **keys,
        }
        return {
            **keys,
            **where,
            "model": self.document._name,
            "res_model": self.document._name,
            "model_name": self.document._name,
            "res_id": self.document.id,
            "id": self.document.id,
            "document_id": self.document.id,
            "attachment_id": self.file.id,
            "message_id": self.message.id,
            "fetch_params": [["mail.thread", thread], ["/mail/thread", thread]],
            "context": {},
            "post_data": {"body": STRANGER, "message_type": "comment"},
            "update_data": {"body": STRANGER},
            "body": STRANGER,
            "content": "👍",
            "action": "add",
        }

    def doors(self):
        """Every address that answers without a log-in and may take a key."""
        here = patch.object(
            threading.current_thread(), "dbname", self.env.cr.dbname, create=True
        )
        with here:  # as in a worker
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            routing = rule.endpoint.routing
            path = rule.rule
            if routing["auth"] not in OPEN or path.startswith(LEFT_OUT):
                continue
            endpoint = getattr(rule.endpoint, "original_endpoint", rule.endpoint)
            parameters = inspect.signature(endpoint).parameters
            takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
            if takes_any or ASKING & (parameters.keys() | rule.arguments):
                yield rule, routing

    def knock(self, rule, routing):
        given = self.arguments()
        parts = {name: given.get(name, 1) for name in rule.arguments}
        try:
            _domain, path = rule.build(parts)
        except Exception:
            return None  # a word where it wants a number, or the other way round
        if routing["type"] == "jsonrpc":
            return self.url_open(
                path,
                data=json.dumps({"jsonrpc": "2.0", "params": given}),
                headers={"Content-Type": "application/json"},
                allow_redirects=False,
            )
        plain = {k: v for k, v in given.items() if isinstance(v, int | str)}
        return self.url_open(f"{path}?{urlencode(plain)}", allow_redirects=False)

    def test_no_door_but_ours_opens_with_the_key_of_a_mail(self):
        self.env.flush_all()
        before = self.document.message_ids
        tried = set()
        for rule, routing in self.doors():
            with self.subTest(rule.rule):
                answer = self.knock(rule, routing)
                if answer is None:
                    continue
                tried.add(rule.rule)
                self.assertNotIn(SECRET, answer.text)
                self.assertNotIn(self.anong.email, answer.text)
                if not rule.rule.startswith(OURS):
                    self.assertNotIn(b"%PDF", answer.content)
        self.env.invalidate_all()
        self.assertEqual(self.document.message_ids, before)
        self.assertFalse(self.message.reaction_ids)
        for known in ("/mail/chatter_fetch", "/mail/message/post", "/mail/data"):
            self.assertIn(known, tried)
        self.assertGreater(len(tried), 30)

    def test_no_key_of_the_chatter_can_be_had(self):
        threads = self.env[self.document._name]
        for keys in (
            {"token": self.token},
            {"hash": self.core_hash(self.somchai), "pid": self.somchai.id},
            {"hash": self.document._sign_token(self.anong.id), "pid": self.anong.id},
            {"token": self.document.sudo().chatter_token},
        ):
            self.env.invalidate_all()
            with self.subTest(keys):
                thread = threads.with_user(self.visitor)._get_thread_with_access(
                    self.document.id, mode="read", **keys
                )
                self.assertFalse(thread)

    def test_users_do_not_choose_the_key(self):
        for model, user in (("bmasia.quote", self.nikki), ("bmasia.invoice", self.pom)):
            document = self.make(model)
            with self.assertRaises(UserError):
                document.with_user(user).access_token = "hello"
            with self.assertRaises(UserError):
                self.make(model, access_token="hello")
            made = self.make(model, user=user).with_user(user)
            made = made.with_context(default_access_token="hello").copy()
            self.assertFalse(made.sudo().access_token)

    def test_what_was_ended_says_so_and_keeps_its_file(self):
        cancelled = self.issued_invoice()
        cancelled.with_user(self.norbert).action_cancel("a slip")
        credited = self.issued_invoice()
        note = self.env["bmasia.invoice"].browse(
            credited.action_credit("wrong")["res_id"]
        )
        note.action_issue()
        rejected = self.quote()
        rejected.action_mark_sent()
        rejected.action_reject("dear")
        contract = self.contract()
        contract.action_mark_sent()
        contract.with_user(self.norbert).action_cancel("closed")
        for document, word in (
            (cancelled, "cancelled"),
            (credited, "credited"),
            (rejected, "declined"),
            (contract, "cancelled"),
        ):
            with self.subTest(document._name, word=word):
                path = self.path_of(document)
                answer = self.get(path)
                self.assertEqual(answer.status_code, 200)
                self.assertIn(f"{document.name} is {word}", self.words(answer))
                if not document._is_void():  # test_void_documents opens those
                    file = self.get(f"{path}/pdf")
                    self.assertEqual(file.content, document.archive_ids.raw)

    def test_a_customer_with_an_account_sees_no_more(self):
        self.customer.partner_id.parent_id = self.hilton.partner_id
        self.customer.write(
            {"group_ids": [Command.set(self.env.ref("base.group_portal").ids)]}
        )
        self.authenticate(self.customer.login, self.customer.login)
        self.env.flush_all()
        answer = self.url_open(
            "/mail/chatter_fetch",
            data=json.dumps({"params": self.arguments()}),
            headers={"Content-Type": "application/json"},
        )
        self.assertNotIn(SECRET, answer.text)
