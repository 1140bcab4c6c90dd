"""Sends that collide with another transaction, in real transactions of the server."""

import json
import urllib.error
import urllib.request
from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import common, new_test_user
from odoo.tools import config, mute_logger

from odoo.addons.document_flow.models.document_archived_mixin import (
    DocumentArchivedMixin,
)
from odoo.addons.encrypted_field.tests.common import new_key, use_keys
from odoo.addons.mail_delivery.testkit import CommittedCase

from .common import MAIL_PASSWORD, PDF

TO = "somchai@example.com"
LOGIN = "retried@example.com"
PARAMETERS = ("mail_user_smtp.internal_hosts", "mail_user_smtp.extra_ports")


class RetriedCase(CommittedCase):
    """A committed quote, and a user with a mailbox and an API key."""

    def setUp(self):
        super().setUp()
        self.enterContext(use_keys(new_key()))
        self.enterContext(mute_logger("odoo.http", "odoo.sql_db", "odoo.service.model"))
        for patcher in (
            patch.object(DocumentArchivedMixin, "_render_pdf", lambda *_a, **_k: PDF),
            # Odoo waits seconds before it runs a transaction again
            patch("odoo.service.model.random.uniform", lambda first, last: 0.02),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)
        self.server = self.start_tls_server(users={LOGIN: MAIL_PASSWORD})
        with self.commits() as env:
            self.make_world(env)
        self.addCleanup(self.clean_up)

    def make_world(self, env):
        parameters = env["ir.config_parameter"]
        values = ("localhost", str(self.server.port))
        self.former = {key: parameters.get_param(key) for key in PARAMETERS}
        for key, value in zip(PARAMETERS, values, strict=True):
            parameters.set_param(key, value)
        user = new_test_user(
            env, login=LOGIN, email=LOGIN, groups="bmasia_crm.group_user"
        )
        user.with_user(user).write(
            {
                "smtp_host": "localhost",
                "smtp_port": self.server.port,
                "smtp_security": "starttls",
                "smtp_password": MAIL_PASSWORD,
            }
        )
        account = user._smtp_server()
        account._try_account__(account._ask_sender_address)
        keys = env["res.users.apikeys"].with_user(user).sudo()
        company = env["bmasia.company"].create({"name": "Hilton Pattaya"})
        line = {"name": "Music", "unit_price": 1000.0}
        quote = (
            env["bmasia.quote"]
            .with_user(user)
            .create(
                {
                    "customer_id": company.id,
                    "line_ids": [Command.create(line)],
                }
            )
        )
        self.user_id, self.key = user.id, keys._generate(None, "Tests", False)
        self.company_id, self.quote_id = company.id, quote.id

    def clean_up(self):
        """What was committed goes, past the guards that keep numbered documents."""
        with self.commits() as env:
            for key, value in self.former.items():
                env["ir.config_parameter"].set_param(key, value)
            for table in ("document_number", "document_send_request", "ir_attachment"):
                env.cr.execute(
                    f"DELETE FROM {table} WHERE res_model = %s AND res_id = %s",
                    ("bmasia.quote", self.quote_id),
                )
            env.cr.execute("DELETE FROM bmasia_quote WHERE id = %s", (self.quote_id,))
            env["bmasia.company"].browse(self.company_id).unlink()

    # ------------------------------------------------------------
    # WHAT HAPPENS
    # ------------------------------------------------------------

    @contextmanager
    def collision(self, method):
        """The first time that a quote does this, its transaction has lost against
        another one, which wrote the same row.

        :param str method: of quotes; the collision comes right after it
        :returns: how often it was called, in a list
        """
        quotes, calls = self.registry["bmasia.quote"], []
        original = getattr(quotes, method)

        def collide(document, *arguments, **named):
            result = original(document, *arguments, **named)
            calls.append(method)
            if len(calls) == 1:
                touch = "UPDATE bmasia_company SET phone = %s WHERE id = %s"
                with self.commits() as env:
                    env.cr.execute(touch, ("1", self.company_id))
                document.env.cr.execute(touch, ("2", self.company_id))
            return result

        with patch.object(quotes, method, collide):
            yield calls

    @property
    def address(self):
        return f"http://{common.HOST}:{config['http_port']}"

    def post(self, address, content, **headers):
        """Call the server, which commits as in production.

        :returns: the answer to a call that worked
        """
        request = urllib.request.Request(
            f"{self.address}{address}",
            data=json.dumps(content).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        with patch("odoo.modules.module.current_test", None):
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
