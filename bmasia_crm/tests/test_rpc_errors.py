"""Errors over JSON-2, JSON-RPC and XML-RPC: what happened, no traceback, no secret."""

import json
import xmlrpc.client

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.bmasia_crm.controllers.rpc import INTERNAL

from .keys import KeyCase

JSON = "application/json"
SECRET = "hunter2-not-to-be-seen"
INNER = ("Traceback", 'File "', "site-packages", "/odoo/", SECRET)


@tagged("post_install", "-at_install")
class TestRpcErrors(KeyCase):
    def json2(self, model, method, user=None, **arguments):
        self.env.flush_all()
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={
                "Authorization": f"Bearer {self.keys[user or self.nikki]}",
                "Content-Type": JSON,
            },
        )

    def xml(self, model, method, *arguments):
        self.env.flush_all()
        with self.assertRaises(xmlrpc.client.Fault) as caught:
            self.xmlrpc_object.execute_kw(
                self.env.cr.dbname,
                self.nikki.id,
                self.keys[self.nikki],
                model,
                method,
                list(arguments),
            )
        return caught.exception

    def assertClean(self, text):
        for inner in INNER:
            self.assertNotIn(inner, text)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers.xmlrpc")
    def test_json2_tells_what_happened_and_no_more(self):
        quote = self.quote()
        calls = (
            (
                422,
                "no e-mail",
                ("bmasia.quote", "send_email"),
                {"ids": quote.ids, "recipients": ["nobody"]},
            ),
            (403, "", ("bmasia.invoice", "create"), {"vals_list": [{}]}),
            (404, "", ("bmasia.quote", "no_such_method"), {}),
            (422, "", ("bmasia.quote", "send_email"), {"recipient": "x"}),
            (
                500,
                "no_such_field",
                ("bmasia.quote", "search"),
                {"domain": [["no_such_field", "=", 1]]},
            ),
            (500, INTERNAL, ("bmasia.quote", "search"), {"domain": [], "limit": -1}),
        )
        for status, words, target, arguments in calls:
            with self.subTest(target=target, arguments=arguments):
                answer = self.json2(*target, **arguments)
                self.assertEqual(answer.status_code, status, answer.text)
                content = answer.json()
                self.assertIn(words, content["message"])
                self.assertEqual(content["debug"], "")
                self.assertClean(answer.text)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers.xmlrpc")
    def test_xml_rpc_tells_what_happened_and_no_more(self):
        quote = self.quote()
        refused = self.xml("bmasia.quote", "send_email", quote.ids, ["nobody"])
        self.assertEqual(refused.faultCode, 2)
        self.assertIn("no e-mail address", refused.faultString)
        broken = self.xml("bmasia.quote", "search", [("no_such_field", "=", 1)])
        self.assertEqual(broken.faultCode, 1)
        self.assertIn("no_such_field", broken.faultString)
        self.assertClean(broken.faultString)
        database = self.xml("bmasia.quote", "search", [], -1)
        self.assertEqual(database.faultString, INTERNAL)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers.xmlrpc")
    def test_somebody_without_a_mailbox_is_told_in_words(self):
        self.nikki.smtp_server_ids.unlink()
        quote = self.quote()
        said = "You have no mailbox yet. Set it up to send from it."
        answer = self.json2("bmasia.quote", "send_email", ids=quote.ids)
        self.assertEqual(answer.status_code, 422)
        content = answer.json()
        self.assertEqual(content["message"], said)
        self.assertEqual(content["arguments"], [said])
        self.assertEqual(content["context"], {})
        fault = self.xml("bmasia.quote", "send_email", quote.ids)
        self.assertEqual(fault.faultString, said)
        self.assertNotIn("ir.actions", answer.text + str(fault))

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc")
    def test_a_state_in_the_way_is_a_conflict_and_odoo_s_own_error_to_programs(self):
        quote = self.quote()
        quote.action_mark_sent()
        quote.action_reject("Too dear")
        answer = self.json2("bmasia.quote", "send_email", ids=quote.ids)
        self.assertEqual(answer.status_code, 409, answer.text)
        self.assertEqual(answer.json()["name"], "odoo.exceptions.UserError")
        self.assertIn("declined", answer.json()["message"])
        fault = self.xml("bmasia.quote", "send_email", quote.ids)
        self.assertEqual(fault.faultString, answer.json()["message"])
        again = self.quote()
        again.send_email()
        self.env.flush_all()
        repeated = self.json2("bmasia.quote", "send_email", ids=again.ids)
        self.assertEqual(repeated.status_code, 409, repeated.text)
        # what is missing on a draft is none
        empty = self.quote(self.line(display_type="line_note"))
        missing = self.json2("bmasia.quote", "send_email", ids=empty.ids)
        self.assertEqual(missing.status_code, 422, missing.text)

    def test_the_web_client_shows_a_conflict_in_a_dialog_not_as_a_crash(self):
        quote = self.quote()
        quote.action_mark_sent()
        quote.action_reject("Too dear")
        self.authenticate(self.nikki.login, self.nikki.login)
        with mute_logger("odoo.http"):
            error = self.call_kw("bmasia.quote", "send_email", [quote.ids])
        dialog = error["context"]["exception_class"]
        self.assertEqual(dialog, "odoo.exceptions.UserError")

    def test_the_web_client_gets_the_button(self):
        self.nikki.smtp_server_ids.unlink()
        quote = self.quote()
        self.authenticate(self.nikki.login, self.nikki.login)
        with mute_logger("odoo.http"):
            error = self.call_kw("bmasia.quote", "send_email", [quote.ids])
        self.assertTrue(error["name"].endswith(".NoMailbox"))
        self.assertEqual(error["context"]["button"], "Set up my mailbox")
        url = error["context"]["action"]["url"]
        self.assertEqual(url, f"/odoo/my-preferences/{self.nikki.id}")

    def call_kw(self, model, method, args):
        """What the web client gets as error."""
        self.env.flush_all()
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"params": params}),
            headers={"Content-Type": JSON},
        )
        return answer.json()["error"]["data"]

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers.jsonrpc")
    def test_json_rpc_tells_what_happened_and_no_more(self):
        call = [self.env.cr.dbname, self.nikki.id, self.keys[self.nikki]]
        call += ["bmasia.quote", "search", [("no_such_field", "=", 1)]]
        params = {"service": "object", "method": "execute", "args": call}
        self.env.flush_all()
        answer = self.url_open(
            "/jsonrpc",
            data=json.dumps({"jsonrpc": "2.0", "params": params, "id": 1}),
            headers={"Content-Type": JSON},
        )
        error = answer.json()["error"]
        self.assertIn("no_such_field", error["data"]["message"])
        self.assertEqual(error["data"]["debug"], "")
        self.assertClean(answer.text)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers.xmlrpc")
    def test_a_password_that_was_sent_along_is_never_repeated(self):
        for values in (
            {"smtp_password": SECRET, "smtp_port": "no number"},
            {"smtp_password": SECRET, "no_such_field": 1},
            {"smtp_password": SECRET, "sender_profile": "nobody"},
        ):
            with self.subTest(values=sorted(values)):
                answer = self.json2(
                    "res.users", "write", ids=self.nikki.ids, vals=values
                )
                self.assertGreaterEqual(answer.status_code, 400, answer.text)
                self.assertClean(answer.text)
                fault = self.xml("res.users", "write", self.nikki.ids, values)
                self.assertClean(str(fault))

    def test_the_web_client_keeps_its_details(self):
        self.authenticate(self.nikki.login, self.nikki.login)
        with mute_logger("odoo.http"):
            error = self.call_kw(
                "bmasia.quote", "search", [[["no_such_field", "=", 1]]]
            )
        self.assertIn("Traceback", error["debug"])
