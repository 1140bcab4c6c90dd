"""Odoo runs a call again after a conflict: what has left by then is not sent again."""

from unittest.mock import patch
from xmlrpc.client import ServerProxy

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.document_flow.tools.request_keys import RequestKeys

from .retried import TO, RetriedCase

# the intent is written, and nothing is committed; all is, and the mail has left
COLLISIONS = ("_write_mail", "_answer")


@tagged("post_install", "-at_install")
class TestRetriedSend(RetriedCase):
    def by_json_2(self, **letter):
        return self.post(
            "/json/2/bmasia.quote/send_email", {"ids": [self.quote_id], **letter}
        )

    @mute_logger("odoo.addons.rpc.controllers.xmlrpc")
    def by_xml_rpc(self, **letter):
        with patch("odoo.modules.module.current_test", None):
            return ServerProxy(f"{self.address}/xmlrpc/2/object").execute_kw(
                *(self.registry.db_name, self.user_id, self.key),
                *("bmasia.quote", "send_email", [[self.quote_id]], letter),
            )

    def test_a_call_that_is_run_again_sends_one_mail(self):
        sent = 0
        for call in (self.by_json_2, self.by_xml_rpc):
            for method in COLLISIONS:
                with self.subTest(call, method=method):
                    with self.collision(method) as calls:
                        # asked for, so that nothing but the key is in the way
                        answer = call(recipients=[TO], send_again=True)
                    sent += 1
                    self.assertEqual(len(calls), 2, "it was not run again")
                    self.assertEqual(answer["status"], "sent", answer)
                    self.assertEqual(self.server.copies(), {TO: sent})

    def test_a_second_call_is_another_one(self):
        for sent in (1, 2):
            answer = self.by_json_2(recipients=[TO], send_again=True)
            self.assertEqual(answer["status"], "sent", answer)
            self.assertEqual(self.server.copies(), {TO: sent})


@tagged("post_install", "-at_install")
class TestRequestKeys(RetriedCase):
    """On real cursors: those of tests forget nothing at a commit."""

    def next(self, cursor, digest="one"):
        return RequestKeys.of(cursor).next(cursor, digest)

    def test_the_same_calls_after_a_rollback_get_the_same_keys(self):
        with self.registry.cursor() as cursor:
            asked = ("one", "one", "other")
            keys = [self.next(cursor, digest) for digest in asked]
            self.assertEqual(len(set(keys)), 3)
            for _time in range(2):
                cursor.rollback()
                self.assertEqual([self.next(cursor, d) for d in asked], keys)

    def test_a_commit_is_no_rollback(self):
        with self.registry.cursor() as cursor:
            key = self.next(cursor)
            cursor.commit()
            self.assertNotEqual(self.next(cursor), key)

    def test_a_savepoint_is_no_rollback(self):
        with self.registry.cursor() as cursor:
            with cursor.savepoint() as savepoint:
                key = self.next(cursor)
                savepoint.rollback()
            self.assertNotEqual(self.next(cursor), key)

    def test_each_cursor_has_its_own(self):
        with self.registry.cursor() as cursor, self.registry.cursor() as other:
            self.assertNotEqual(self.next(cursor), self.next(other))
