"""What probes and Prometheus get, and what nobody gets."""

import os
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import fields, http
from odoo.modules.module import Manifest
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons import bmasia_health
from odoo.addons.bmasia_crm.tests.common import CrmMixin

from ..controllers import health as pages
from ..controllers.absence import answer_without_a_database

SEND_JOB = "mail_delivery.ir_cron_deliver"


class PageCase(CrmMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.make_users({"root": "base.group_system"})
        cls.health = cls.env["bmasia.health"].sudo()

    def setUp(self):
        super().setUp()
        # pytest imports addons itself, and does not call what Odoo calls then
        answer_without_a_database()
        pages._kept.clear()
        self.addCleanup(pages._kept.clear)
        environ = {k: v for k, v in os.environ.items() if k != "CRM_METRICS_TOKEN"}
        self.enterContext(patch.dict(os.environ, environ, clear=True))
        self.job = self.env.ref(SEND_JOB)
        self.job.lastcall = fields.Datetime.now()
        self.job.active = True
        self.env.cr.execute("DELETE FROM mail_delivery")
        self.env.flush_all()

    def get(self, path, token=None):
        pages._kept.clear()
        self.env.flush_all()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.url_open(path, headers=headers, allow_redirects=False)


@tagged("post_install", "-at_install")
class TestHealth(PageCase):
    def test_all_is_well(self):
        answer = self.get("/crm/health")
        self.assertEqual((answer.status_code, answer.json()), (200, {"status": "pass"}))
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_it_goes_red_and_names_the_checks(self):
        self.job.active = False
        mail = self.env["mail.mail"].create(
            {"email_to": "jane@example.com", "email_from": "a@example.com"}
        )
        hour = fields.Datetime.now() - timedelta(hours=1)
        mail._delivery_rows().queued_at = hour
        self.health.env["ir.config_parameter"].set_param(
            "bmasia_health.disk_megabytes", str(10**9)
        )
        answer = self.get("/crm/health")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(
            answer.json(),
            {"status": "fail", "failing": ["disk", "queue", "send_job"]},
        )

    def test_details_are_for_who_has_the_token(self):
        token = self.health._new_token()
        for wrong in (None, "x", token + "x"):
            self.assertEqual(self.get("/crm/health", wrong).json(), {"status": "pass"})
        details = self.get("/crm/health", token).json()["findings"]
        self.assertEqual(
            {finding["check"] for finding in details},
            {"key_ring", "queue", "send_job", "disk"},
        )

    def test_what_answers_without_a_database_is_there_from_the_start(self):
        hook = Manifest.for_addon("bmasia_health")["post_load"]
        self.assertIs(getattr(bmasia_health, hook), answer_without_a_database)

    @mute_logger("odoo.http")
    def test_without_a_database_it_goes_red_with_a_word(self):
        """Not 404, as Odoo answers then: that would say that there is no such page."""
        with patch.object(http, "Registry", side_effect=OperationalError("is away")):
            answer = self.url_open("/crm/health")
        self.assertEqual(
            (answer.status_code, answer.json()),
            (503, {"status": "fail", "failing": ["database"]}),
        )
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    @mute_logger("odoo.http")
    def test_without_a_database_nobody_is_told_that_there_is_no_such_document(self):
        """Nor is anybody logged out."""
        self.authenticate(self.nikki.login, self.nikki.login)
        with patch.object(http, "Registry", side_effect=OperationalError("is away")):
            answers = [
                self.url_open("/crm/metrics"),
                self.url_open("/api/v1/quotes/7"),
                self.url_open("/json/2/bmasia.quote/read", json={"ids": [7]}),
                self.url_open("/web/dataset/call_kw/res.users/read", json={}),
            ]
        for answer in answers:
            self.assertEqual(answer.status_code, 503, answer.url)
            self.assertEqual(answer.headers["Retry-After"], "30")
            self.assertIn("Try again in a minute", answer.text)
            self.assertNotIn("Set-Cookie", answer.headers)
        answer = self.url_open("/web/session/get_session_info", json={})
        self.assertEqual(answer.json()["result"]["uid"], self.nikki.id)

    @mute_logger("odoo.http")
    def test_where_there_are_several_databases_one_has_to_be_named(self):
        with (
            patch.object(http, "Registry", side_effect=OperationalError("is away")),
            patch.object(http, "db_list", return_value=["one", "two"]),
        ):
            for path in ("/crm/health", "/crm/metrics"):
                self.assertEqual(self.url_open(path).status_code, 404)

    def test_many_who_ask_are_answered_by_one_look(self):
        self.get("/crm/health")
        with patch.object(type(self.health), "_probe") as probe:
            for _number in range(3):
                answer = self.url_open("/crm/health")
                self.assertEqual(answer.json(), {"status": "pass"})
            self.assertFalse(probe.called)
            past = pages.time.monotonic() - pages.KEPT_SECONDS - 1
            pages._kept[self.env.cr.dbname] = (past, [])
            probe.return_value = []
            self.url_open("/crm/health")
            self.assertTrue(probe.called)

    def test_it_writes_nothing_and_takes_gets_alone(self):
        answer = self.url_open("/crm/health", data={"a": "b"})
        self.assertEqual(answer.status_code, 405)

    def test_the_probe_reads_few_things(self):
        """Whoever asks it every few seconds must cost nothing."""
        self.health._probe()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self.health._probe()


@tagged("post_install", "-at_install")
class TestMetricsPage(PageCase):
    def test_without_a_token_there_is_no_such_page(self):
        self.assertEqual(self.get("/crm/metrics").status_code, 404)
        self.assertEqual(self.get("/crm/metrics", "x").status_code, 404)

    def test_with_a_token(self):
        token = self.health._new_token()
        for wrong in (None, "x", token[:-1]):
            answer = self.get("/crm/metrics", wrong)
            self.assertEqual(answer.status_code, 401)
            self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
            self.assertNotIn("bmasia_", answer.text)
        answer = self.get("/crm/metrics", token)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        self.assertIn("bmasia_mail_due_deliveries 0.0", answer.text)

    def test_a_login_is_no_token(self):
        self.health._new_token()
        for user in (self.nikki, self.norbert, self.root, self.customer):
            self.authenticate(user.login, user.login)
            with self.subTest(user.login):
                self.assertEqual(self.get("/crm/metrics").status_code, 401)

    def test_the_token_of_the_environment(self):
        os.environ["CRM_METRICS_TOKEN"] = "from a file"
        self.assertEqual(self.get("/crm/metrics").status_code, 401)
        self.assertEqual(self.get("/crm/metrics", "from a file").status_code, 200)
        token = self.health._new_token()
        for known in (token, "from a file"):
            self.assertEqual(self.get("/crm/metrics", known).status_code, 200)
