"""Checks are found by their mark; one that breaks breaks no other."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.findings import OK, WARN, Finding, check
from .common import HealthCase

ISSUE = {
    *("key_ring", "stored_passwords", "seals", "pdf", "queue", "send_job", "jobs"),
    *("outcomes", "unknown", "accounts", "relay", "number_gaps"),
    *("number_duplicates", "trigrams", "unaccent", "clock", "disk", "versions"),
    *("proxy", "websocket", "public_websocket"),
}


def _check_ledger(self):
    return [Finding(OK, "in balance", about="TH"), Finding(WARN, "odd", "look", "HK")]


@tagged("post_install", "-at_install")
class TestRegistryOfChecks(HealthCase):
    def add_check(self, **how):
        method = check("Ledger", 5, **how)(_check_ledger)
        self.addCleanup(delattr, type(self.health), "_check_ledger")
        type(self.health)._check_ledger = method

    def test_all_that_was_asked_for_is_checked(self):
        names = [name for name, _mark in self.health._checks()]
        self.assertEqual(set(names), ISSUE)
        self.assertEqual(len(names), len(ISSUE))
        self.assertEqual(names[0], "key_ring", "in the order of their places")

    def test_another_addon_adds_one(self):
        self.add_check(is_probe=True)
        first, second, *_others = self.health._findings()
        self.assertEqual(
            (first["check"], first["label"], first["about"], first["found"]),
            ("ledger", "Ledger", "TH", "in balance"),
        )
        self.assertEqual((second["state"], second["todo"]), ("warn", "look"))
        self.assertIn("ledger", [found["check"] for found in self.health._probe()])

    def test_connections_are_opened_only_for_who_asks(self):
        self.add_check(is_remote=True)
        self.patch(type(self.health), "_check_relay", lambda self: [])
        self.patch(type(self.health), "_check_public_websocket", lambda self: [])
        for remote in (False, True):
            names = [f["check"] for f in self.health._findings(remote=remote)]
            self.assertEqual("ledger" in names, remote)

    @mute_logger("odoo.addons.bmasia_health.models.bmasia_health", "odoo.sql_db")
    def test_one_that_breaks_is_a_finding(self):
        def broken(self):
            self.env.cr.execute("SELECT no_such_column FROM res_partner")

        self.patch(type(self.health), "_check_queue", broken)
        self.assertState("queue", "fail", "UndefinedColumn")
        others = {f["check"]: f["state"] for f in self.health._probe()}
        self.assertEqual(others["key_ring"], "ok")

    def test_every_check_speaks_thai(self):
        names = [f["label"] for f in self.health._findings()]
        thai = self.health.with_context(lang="th_TH")
        self.env["res.lang"]._activate_lang("th_TH")
        for english, found in zip(names, thai._findings(), strict=True):
            with self.subTest(english):
                self.assertNotEqual(found["label"], english)

    def test_only_administrators_read_and_make_tokens(self):
        public = self.env["bmasia.health"]
        people = [self.nikki, self.pom, self.norbert, self.customer, self.visitor]
        for user in people:
            asked = public.with_user(user)
            for method in (asked.get_findings, asked.make_token):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    method()
        answer = public.with_user(self.root).get_findings()
        self.assertIn(answer["state"], ("ok", "warn", "fail"))
        self.assertFalse(answer["has_token"])

    def test_token_is_kept_as_digest_and_shown_once(self):
        asked = self.env["bmasia.health"].with_user(self.root)
        token = asked.make_token()
        self.assertTrue(self.health._is_token(token))
        self.assertTrue(asked.get_findings()["has_token"])
        kept = self.parameters.search([("key", "like", "bmasia_health")])
        self.assertNotIn(token, str(kept.mapped("value")))
        another = asked.make_token()
        self.assertFalse(self.health._is_token(token), "the former one ends")
        self.assertTrue(self.health._is_token(another))
        for wrong in ("", "x", token[:-1], kept.value):
            self.assertFalse(self.health._is_token(wrong))
