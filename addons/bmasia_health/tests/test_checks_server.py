"""What the checks of machine and process say when something is wrong."""

import os
import tempfile
from datetime import date, timedelta
from unittest.mock import Mock, patch

import requests

from odoo.tests import tagged
from odoo.tools import config, mute_logger

from odoo.addons.encrypted_field.tests.common import new_key, use_keys
from odoo.addons.report_weasyprint.tools.pool import POOL, LayoutFailed, Result

from ..models import bmasia_health_server as server
from .common import HealthCase


@tagged("post_install", "-at_install")
class TestKeys(HealthCase):
    def test_a_ring_that_can_be_used(self):
        with use_keys(new_key()):
            self.assertState("key_ring", "ok", "Keys: 1, from the environment")

    def test_no_ring(self):
        with use_keys():
            self.assertState("key_ring", "fail", "ODOO_SECRET_KEYS")
            self.assertState("stored_passwords", "fail")

    def test_a_ring_that_others_read(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(new_key())
            file.flush()
            with use_keys(ODOO_SECRET_KEYS_FILE=file.name):
                os.chmod(file.name, 0o400)
                self.assertState("key_ring", "ok", "a file")
                os.chmod(file.name, 0o444)
                self.assertState("key_ring", "fail", "chmod 400")

    def test_passwords_of_another_ring(self):
        with use_keys(new_key()):
            self.env["ir.mail_server"].create(
                {
                    "name": "Relay",
                    "smtp_host": "relay.example.com",
                    "smtp_user": "robot",
                    "smtp_pass": "correct horse",
                }
            )
            self.env.flush_all()
            self.assertIn("ok", {state for state, *_ in self.ask("stored_passwords")})
        with use_keys(new_key()):
            self.assertState("stored_passwords", "fail", "odoo secrets status")

    def test_seals_end(self):
        if "document.seal" not in self.env:
            return
        seals = self.env["document.seal"].search([])
        seals.active = False
        self.assertState("seals", "ok", "No billing entity")
        today = date.today()
        seal = self.env["document.seal"].create(
            {
                "company_id": self.thailand.id,
                "subject": "BMAsia",
                "issuer": "BMAsia",
                "begins": today,
                "ends": today + timedelta(days=70),
                "fingerprint": "0",
                "certificate": "0",
            }
        )
        for days, state in ((70, "ok"), (50, "warn"), (-2, "fail")):
            seal.ends = today + timedelta(days=days)
            self.assertState("seals", state)


@tagged("post_install", "-at_install")
class TestPdf(HealthCase):
    def test_engine_and_fonts_of_this_machine(self):
        self.assertState("pdf", "ok", "Thai")

    def test_engine_that_fails(self):
        with patch.object(POOL, "do", side_effect=LayoutFailed("no libpango")):
            self.assertState("pdf", "fail", "no libpango")

    def test_fonts_that_are_missing(self):
        result = Result(b"%PDF", {"missing_letters": "ไ"})
        with patch.object(POOL, "do", return_value=result):
            self.assertState("pdf", "fail", "fonts-noto-core")


@tagged("post_install", "-at_install")
class TestMachine(HealthCase):
    def test_clocks_that_differ(self):
        self.assertState("clock", "ok")
        now = server.time.time
        for seconds, state in ((5, "warn"), (-300, "fail")):
            with patch.object(server.time, "time", lambda s=seconds: now() + s):
                self.assertState("clock", state, "NTP")

    def test_buddhist_years(self):
        calendar = Mock(wraps=server.datetime)
        calendar.now.return_value = server.datetime(2569, 11, 30, tzinfo=server.UTC)
        with patch.object(server, "datetime", calendar):
            self.assertState("clock", "fail", "2569")

    def test_disk_that_is_nearly_full(self):
        self.assertEqual({state for state, *_ in self.ask("disk")} & {"fail"}, set())
        self.parameters.set_param("bmasia_health.disk_megabytes", str(10**9))
        self.assertEqual({state for state, *_ in self.ask("disk")}, {"fail"})

    def test_disk_that_cannot_be_written(self):
        gone = os.path.join(tempfile.gettempdir(), "no", "such", "folder")
        self.patch(type(self.health), "_filestore", lambda _self: gone)
        states = [state for state, *_ in self.ask("disk")]
        self.assertEqual(states[0], "fail")
        self.assertNotEqual(states[1], "fail", "the other one is well")

    def test_a_parameter_that_is_no_number_is_none(self):
        for text in ("", "0", "many", "-3"):
            self.parameters.set_param("bmasia_health.disk_megabytes", text)
            self.assertEqual(self.health._number("disk_megabytes", 7), 7)

    def test_addons_that_wait_for_their_upgrade(self):
        self.assertState("versions", "ok", "WeasyPrint")
        addons = self.env["ir.module.module"]
        addon = addons.search([("name", "=", "bmasia_crm")])
        addon.latest_version = "19.0.0.9"
        self.assertState("versions", "fail", "bmasia_crm")


@tagged("post_install", "-at_install")
class TestAddress(HealthCase):
    def site(self, address, **options):
        self.parameters.set_param("web.base.url", address)
        return patch.dict(config.options, options)

    def test_proxy(self):
        for address, proxy, state in (
            ("http://crm.example.com", True, "warn"),
            ("https://crm.example.com", False, "fail"),
            ("https://crm.example.com", True, "ok"),
        ):
            with self.subTest(address), self.site(address, proxy_mode=proxy):
                self.assertState("proxy", state, address.split(":")[0])

    def test_live_updates(self):
        with self.site("https://crm.example.com", workers=0):
            self.assertState("websocket", "ok")
        good, bad = requests.Response(), requests.Response()
        good.status_code, good._content = 200, b'{"status": "pass"}'
        bad.status_code = 404
        options = {"workers": 2, "http_interface": "0.0.0.0", "gevent_port": 8072}
        with self.site("https://crm.example.com", **options):
            for answer, state in ((good, "ok"), (bad, "warn")):
                with patch.object(requests, "get", return_value=answer) as get:
                    self.assertState("websocket", state)
                    inside = "http://127.0.0.1:8072/websocket/health"
                    self.assertEqual(get.call_args.args[0], inside)
                    self.assertState("public_websocket", state)
                    outside = "https://crm.example.com/websocket/health"
                    self.assertEqual(get.call_args.args[0], outside)
            dead = requests.ConnectionError()
            with patch.object(requests, "get", side_effect=dead):
                self.assertState("websocket", "warn", "ConnectionError")

    @mute_logger("odoo.addons.base.models.ir_mail_server")
    def test_mail_server_of_each_entity(self):
        self.let_mail_out()
        smtp = self.start_server()
        self.use_server(smtp)
        self.assertEqual(
            {state for state, *_ in self.ask("relay")}, {"ok"}, self.ask("relay")
        )
        self.assertEqual(
            len(self.ask("relay")), len(self.env["res.company"].search([]))
        )
        self.assertFalse(smtp.messages, "nothing is sent")
        smtp.stop()
        self.assertState("relay", "fail")
