"""Test cases that let mail out, to the scripted server and nowhere else."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase
from odoo.tests.common import get_db_name, release_test_lock

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..models.mail_mail import UNLIMITED_BUDGET
from ..tools.ledger import CLAIM_LOCKS
from .certificates import VALIDITY, Certificates
from .scripted_smtp import ScriptedSMTP
from .worker import PATIENCE

Addresses = str | Iterable[str]
SENDER = "nikki@sender.example.com"
# Tables that a committed test may fill, children first.
CLEANED = (
    "mail.delivery",
    "mail.notification",
    "mail.mail",
    "mail.message",
    "ir.mail_server",
    "ir.cron.trigger",
    "ir.cron.progress",
    "res.users",
    "res.partner",
)


class DeliveryMixin:
    """Lets Odoo send mail in tests, over one scripted server.

    ``self.server`` is the :class:`ScriptedSMTP`; :meth:`use_server` points Odoo at it.
    """

    # of the test case that this is mixed into
    env: Any
    addCleanup: Any

    def let_mail_out(self) -> None:
        """Undo, for this test, what keeps Odoo from sending mail in tests."""
        patches: list[Any] = [
            patch.object(IrMail_Server, "_disable_send", lambda *_args: False)
        ]
        mails = odoo.modules.registry.Registry(get_db_name())["mail.mail"]
        if hasattr(mails, "_delivers_in_tests"):
            patches.append(patch.object(mails, "_delivers_in_tests", True))
        for each in patches:
            each.start()
            self.addCleanup(each.stop)

    @contextmanager
    def trap_mails(self, env: Any = None) -> "Iterator[TrappedMails]":
        """Keep mails in the queue: what was queued, apart from its delivery.

        :returns: a :class:`TrappedMails`
        """
        env = env or self.env
        trapped = TrappedMails(env)
        with patch.object(IrMail_Server, "_disable_send", lambda *_args: True):
            with patch.object(env.registry["mail.mail"], "send", lambda *a, **k: True):
                yield trapped

    def start_server(self, **options: Any) -> ScriptedSMTP:
        """Start a scripted server that ends with the test."""
        server = ScriptedSMTP(**options).start()
        self.addCleanup(server.stop)
        return server

    def start_tls_server(
        self,
        tls: str = "starttls",
        host: str = "localhost",
        begins: timedelta = -VALIDITY,
        **options: Any,
    ) -> ScriptedSMTP:
        """The same with TLS, under a certificate authority that Odoo trusts.

        :param begins: when its certificate begins to be valid, from now
        """
        certificates = Certificates(host, begins)
        self.addCleanup(certificates.close)
        trusted = patch.dict(os.environ, {"SSL_CERT_FILE": certificates.ca_file})
        trusted.start()
        self.addCleanup(trusted.stop)
        return self.start_server(tls=tls, certificates=certificates, **options)

    def use_server(self, server: ScriptedSMTP, env: Any = None, **values: Any) -> Any:
        """Make an ``ir.mail_server`` for a scripted server, the only active one.

        :returns: the record
        """
        env = env or self.env
        env["ir.mail_server"].search([]).write({"active": False})
        return env["ir.mail_server"].create(
            {
                "name": "Scripted",
                "smtp_host": server.host,
                "smtp_port": server.port,
                "smtp_encryption": "none",
                "smtp_authentication": "login",
                **values,
            }
        )

    def make_mail(self, to: Addresses = (), env: Any = None, **values: Any) -> Any:
        """An outgoing ``mail.mail`` that waits.

        :param to: addresses
        """
        env = env or self.env
        return env["mail.mail"].create(
            {
                "subject": "Quote",
                "body_html": "<p>Dear customer</p>",
                "email_from": SENDER,
                "email_to": ", ".join([to] if isinstance(to, str) else to),
                **values,
            }
        )


class TrappedMails:
    """What was queued inside :meth:`DeliveryMixin.trap_mails`."""

    def __init__(self, env: Any) -> None:
        self._env = env
        self._start = env["mail.delivery"].sudo().search([], limit=1).id or 0

    @property
    def rows(self) -> Any:
        """The ``mail.delivery`` rows, in the order in which they were made."""
        domain = [("id", ">", self._start)]
        return self._env["mail.delivery"].sudo().search(domain, order="id")

    @property
    def recipients(self) -> list[str]:
        """Their addresses."""
        return list(self.rows.mapped("recipient"))

    def deliver(self) -> Any:
        """Let them out after all.

        :returns: the rows
        """
        rows = self.rows
        self._env.flush_all()
        rows.mail_id._deliver(UNLIMITED_BUDGET)
        return rows


class DeliveryCase(DeliveryMixin, TransactionCase):
    """The engine inside the test's transaction: fast, undone afterwards.

    Commits are savepoints here, so nothing can be said about two workers or a crash;
    that is what :class:`CommittedCase` is for.
    """

    def setUp(self) -> None:
        super().setUp()
        self.let_mail_out()
        self.registry_enter_test_mode()
        self.server = self.start_server()
        self.mail_server = self.use_server(self.server)

    def send(self, mails: Any = None, **values: Any) -> Any:
        """Send mails (or make one from ``values``) and return their deliveries."""
        mails = mails if mails is not None else self.make_mail(**values)
        self.env.flush_all()
        rows = self.env["mail.delivery"].search([("mail_id", "in", mails.ids)])
        mails._deliver(UNLIMITED_BUDGET)
        return rows

    def states(self, rows: Any) -> dict[str, str]:
        """``{recipient: state}``"""
        rows.invalidate_recordset()
        return {row.recipient: row.state for row in rows}

    def make_due(self, rows: Any) -> None:
        """Let the time pass that these rows are waiting for."""
        rows.sudo().write({"next_attempt": False})
        self.env["ir.mail_server"].search([]).delivery_retry_at = False
        self.env.flush_all()

    def run_queue(self) -> None:
        """What the cron does, in a cursor of its own as the cron's."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["mail.mail"]._deliver_queue()
        self.env.invalidate_all()


class CommittedCase(DeliveryMixin, BaseCase):
    """The engine as in production: cursors of its own, real commits.

    What a test commits it has to name: :meth:`commits` opens an environment whose work
    is committed, and the rows that the test added to the tables of mail are deleted.
    """

    def setUp(self) -> None:
        super().setUp()
        self.registry = Registry(get_db_name())
        self.let_mail_out()
        self.server = self.start_server()
        self._start = self._high_water()
        self.addCleanup(self._clean_up)
        with self.commits() as env:
            self._active = env["ir.mail_server"].search([]).ids
            self.mail_server = self.use_server(self.server, env=env).id

    @contextmanager
    def commits(self, user: int = SUPERUSER_ID, context: Any = None) -> Iterator[Any]:
        """An environment that commits on success."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, user, context or {})

    def commit_mail(
        self, to: Addresses = (), count: int = 1, **values: Any
    ) -> list[int]:
        """Commit mails that wait.

        :returns: their ids
        """
        with self.commits() as env:
            return [self.make_mail(to, env=env, **values).id for _n in range(count)]

    def deliver(self, mail_ids: list[int]) -> None:
        """What a request does after its commit."""
        with self.commits() as env:
            env["mail.mail"].browse(mail_ids)._deliver(UNLIMITED_BUDGET)

    def run_queue(self) -> None:
        """What the cron does."""
        with self.commits() as env:
            env["mail.mail"]._deliver_queue()

    def in_threads(
        self, *calls: Callable[[], object], seconds: float = PATIENCE
    ) -> None:
        """Run these calls at the same time and wait for all of them."""
        threads = [threading.Thread(target=call, daemon=True) for call in calls]
        # Odoo's test runner keeps other threads from the registry.
        with release_test_lock():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(seconds)
        self.assertFalse([thread for thread in threads if thread.is_alive()])

    def wait_until_noticed(self, seconds: float = 60) -> None:
        """Wait until PostgreSQL knows that workers are gone: nobody holds a claim."""
        end = time.monotonic() + seconds
        while self._is_any_claim_held():
            self.assertLess(time.monotonic(), end, "a claim is still held")
            time.sleep(0.01)

    def _is_any_claim_held(self) -> bool:
        with self.commits() as env:
            env.cr.execute(
                """
                SELECT 1 FROM pg_locks
                 WHERE locktype = 'advisory' AND classid = %s AND database =
                       (SELECT oid FROM pg_database WHERE datname = current_database())
                """,
                (CLAIM_LOCKS,),
            )
            return bool(env.cr.rowcount)

    def make_due(self) -> None:
        """Let the time pass that all rows are waiting for."""
        with self.commits() as env:
            env.cr.execute("UPDATE mail_delivery SET next_attempt = NULL")
            env.cr.execute("UPDATE ir_mail_server SET delivery_retry_at = NULL")

    def rows(self, *columns: str) -> dict[str, Any]:
        """The deliveries of this test: ``{recipient: column}`` or of tuples."""
        columns = columns or ("state",)
        with self.commits() as env:
            found = env["mail.delivery"].search(
                [("id", ">", self._start["mail.delivery"])]
            )
            return {
                row.recipient: tuple(row[column] for column in columns)
                if len(columns) > 1
                else row[columns[0]]
                for row in found
            }

    def _high_water(self) -> dict[str, int]:
        """The last ids before the test, of the tables that it may fill."""
        start: dict[str, int] = {}
        with self.commits() as env:
            for name in CLEANED:
                if name in env:
                    table = env[name]._table
                    env.cr.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
                    start[name] = env.cr.fetchone()[0]
        return start

    def _clean_up(self) -> None:
        with self.commits() as env:
            for name, start in self._start.items():
                table = env[name]._table
                env.cr.execute(f"DELETE FROM {table} WHERE id > %s", (start,))
            env["ir.mail_server"].browse(self._active).write({"active": True})
