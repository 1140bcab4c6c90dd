import socket
import threading
import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.mail_delivery.testkit import (
    CommittedCase,
    DeliveryCase,
    scripted_smtp,
)
from odoo.addons.mail_delivery.tools import patience
from odoo.addons.mail_delivery.tools.deadline import Deadline

TO = "hotel@example.com"


@tagged("post_install", "-at_install")
class TestQueue(DeliveryCase):
    def test_the_cron_runs_every_minute(self):
        cron = self.env.ref("mail_delivery.ir_cron_deliver")
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "minutes"))
        self.assertTrue(cron.active)

    def test_the_crons_code_sends_and_counts(self):
        rows = self.env["mail.delivery"]
        for number in range(3):
            mail = self.make_mail(to=f"{number}@example.com")
            rows |= mail.delivery_ids
        self.env.flush_all()
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            env.ref("mail_delivery.ir_cron_deliver").ir_actions_server_id.run()
        self.assertEqual(set(self.states(rows).values()), {"sent"})

    def test_a_scheduled_mail_waits(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        mail = self.make_mail(to=TO, scheduled_date=later)
        row = self.send(mail)
        self.run_queue()
        self.assertEqual(self.states(row), {TO: "queued"})
        mail.scheduled_date = fields.Datetime.now() - timedelta(minutes=1)
        self.run_queue()
        self.assertEqual(self.states(row), {TO: "sent"})

    @mute_logger("odoo.addons.mail_delivery.models.delivery_letters")
    def test_one_broken_mail_stops_no_other(self):
        broken, fine = self.make_mail(to="a@example.com"), self.make_mail(to=TO)
        original = type(fine)._prepare_outgoing_list

        def prepare(mail, *args, **kwargs):
            if mail.id == broken.id:
                raise UserError(self.env._("The report is broken"))
            return original(mail, *args, **kwargs)

        self.patch(type(fine), "_prepare_outgoing_list", prepare)
        rows = self.send(broken | fine)
        self.assertEqual(self.states(rows), {"a@example.com": "refused", TO: "sent"})
        row = broken.delivery_ids
        self.assertEqual((row.reason, row.error), ("broken", "The report is broken"))

    @mute_logger("odoo.addons.mail_delivery.models.delivery_run")
    def test_a_mail_that_cannot_even_be_grouped_stops_no_other(self):
        broken, fine = self.make_mail(to="a@example.com"), self.make_mail(to=TO)
        original = type(fine)._split_by_mail_configuration

        def split(mails):
            if broken.id in mails.ids:
                raise ValueError("broken")
            return original(mails)

        self.patch(type(fine), "_split_by_mail_configuration", split)
        rows = self.send(broken | fine)
        self.assertEqual(self.states(rows), {"a@example.com": "queued", TO: "sent"})

    def test_a_request_keeps_to_its_budget_and_wakes_the_queue(self):
        spent = threading.Event()
        self.patch(Deadline, "left", lambda _deadline: 0 if spent.is_set() else 20)
        self.server.on("BODY", lambda _session: None, times=2)
        self.server.on("BODY", lambda _session: spent.set(), times=1)
        mail = self.make_mail(to=[f"{number}@example.com" for number in range(10)])
        self.env.flush_all()
        cron = self.env.ref("mail_delivery.ir_cron_deliver")
        waking = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(waking)
        rows = mail._deliver()
        states = sorted(rows.mapped("state"))
        self.assertEqual(states, ["queued"] * 7 + ["sent"] * 3)
        self.assertEqual(
            set(rows.filtered(lambda r: r.state != "sent").mapped("attempts")), {0}
        )
        self.assertEqual(self.env["ir.cron.trigger"].search_count(waking), before + 1)
        spent.clear()
        self.run_queue()
        self.assertEqual(set(self.server.copies().values()), {1})
        self.assertEqual(len(self.server.copies()), 10)

    def test_a_server_that_falls_silent_costs_no_more_than_the_budget(self):
        """At each step: accepted and not greeted, no EHLO, no TLS, no log-in …"""
        # Whoever waits longer than the second that is left hears the line break off.
        self.patch(scripted_smtp, "READ_TIMEOUT", 15)
        self.patch(Deadline, "left", lambda _deadline: 1)
        for stage in ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"):
            server = self.start_tls_server(users={"nikki": "secret"})
            self.use_server(
                server,
                smtp_host="localhost",
                smtp_encryption="starttls_strict",
                smtp_user="nikki",
                smtp_pass="secret",
            )
            server.say(stage, b"")
            with self.subTest(stage):
                row = self.send(to=TO)
                self.assertEqual((row.state, row.reason), ("deferred", "timeout"))
                self.assertEqual(server.log_of(stage), 1)

    def test_each_address_of_the_server_is_tried(self):
        self.mail_server.smtp_host = "mail.provider.example"
        resolve = socket.getaddrinfo

        def two(host, port, *args, **kwargs):
            if host != "mail.provider.example":
                return resolve(host, port, *args, **kwargs)
            # nobody listens at the first
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in ("127.0.0.2", "127.0.0.1")
            ]

        self.patch(socket, "getaddrinfo", two)
        self.assertEqual(self.send(to=TO).state, "sent")

    def test_a_resolver_that_does_not_answer_keeps_nobody_waiting(self):
        """Of a server that belongs to nobody, whose line Odoo itself opens."""
        self.mail_server.smtp_host = "mail.provider.example"
        self.patch(patience, "LOOK_UP", 0.3)
        resolve, going_on = socket.getaddrinfo, threading.Event()
        self.addCleanup(going_on.set)

        def dead(host, port, *args, **kwargs):
            if host == "mail.provider.example":
                going_on.wait(20)
            return resolve(host, port, *args, **kwargs)

        self.patch(socket, "getaddrinfo", dead)
        start = time.monotonic()
        row = self.send(to=TO)
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual((row.state, row.reason), ("deferred", "dns"))
        self.assertEqual(self.server.sessions, 0)

    def test_cores_queue_goes_through_the_engine(self):
        self.server.reply("RCPT", to="b@example.com", with_=(451, "busy"))
        first, second = (
            self.make_mail(to=[TO, "b@example.com"]),
            self.make_mail(to="c@example.com"),
        )
        self.env.flush_all()
        self.env["mail.mail"].process_email_queue(email_ids=second.ids)
        self.assertEqual(self.server.copies(), {"c@example.com": 1})
        self.env["mail.mail"].process_email_queue()
        self.assertEqual(self.server.copies(), {"c@example.com": 1, TO: 1})
        self.env.invalidate_all()
        self.assertEqual(
            self.states(first.delivery_ids), {TO: "sent", "b@example.com": "deferred"}
        )

    def test_under_core_s_kill_switch_nothing_leaves(self):
        self.patch(type(self.mail_server), "_disable_send", lambda *_args: True)
        row = self.send(to=TO)
        self.run_queue()
        self.assertEqual(self.states(row), {TO: "queued"})
        self.assertEqual(self.server.sessions, 0)


@tagged("post_install", "-at_install")
class TestTransactions(CommittedCase):
    """``send()`` inside the transaction that made the mail, and after it."""

    def test_a_mail_leaves_after_the_commit_that_made_it(self):
        with self.commits() as env:
            mail = self.make_mail(TO, env=env)
            mail.send()
            self.assertEqual(self.server.messages, [])
            self.assertEqual(mail.state, "outgoing")
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(self.rows(), {TO: "sent"})

    def test_a_rollback_takes_the_mail_with_it(self):
        with self.assertRaises(ZeroDivisionError), self.commits() as env:
            self.make_mail(TO, env=env).send()
            raise ZeroDivisionError
        self.run_queue()
        self.assertEqual(self.server.messages, [])
        self.assertEqual(self.rows(), {})

    def test_a_template_forced_to_send_leaves_after_the_commit(self):
        with self.commits() as env:
            partner = env["res.partner"].create({"name": "Hotel", "email": TO})
            template = env["mail.template"].create(
                {
                    "name": "Welcome",
                    "model_id": env.ref("base.model_res_partner").id,
                    "subject": "Welcome",
                    "body_html": "<p>Hi</p>",
                    "email_from": "nikki@sender.example.com",
                    "partner_to": "{{ object.id }}",
                    "auto_delete": True,
                }
            )
            template.send_mail(partner.id, force_send=True, raise_exception=True)
            self.assertEqual(self.server.messages, [])
            template.unlink()
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(self.rows("state", "subject"), {TO: ("sent", "Welcome")})

    def test_all_mails_of_a_transaction_share_a_session(self):
        with self.commits() as env:
            for number in range(5):
                self.make_mail(f"{number}@example.com", env=env)._deliver_after_commit()
        self.assertEqual(set(self.rows().values()), {"sent"})
        self.assertEqual(self.server.sessions, 1)

    def test_marking_and_sending_at_once(self):
        self.server.reply("RCPT", with_=(550, "no"), times=1)
        mail_ids = self.commit_mail(to=TO)
        self.deliver(mail_ids)
        self.assertEqual(self.rows(), {TO: "refused"})
        with self.commits() as env:
            mail = env["mail.mail"].browse(mail_ids)
            mail.mark_outgoing()
            mail.send()
        self.assertEqual(self.rows(), {TO: "sent"})

    def test_raise_exception_speaks_for_committed_mails(self):
        self.server.reply("RCPT", with_=(550, "5.1.1 unknown"))
        mail_ids = self.commit_mail(to=TO)
        with self.commits() as env, self.assertRaises(MailDeliveryException) as raised:
            env["mail.mail"].browse(mail_ids).send(raise_exception=True)
        self.assertIn("5.1.1 unknown", str(raised.exception))

    def test_auto_commit_commits_first(self):
        with self.commits() as env:
            self.make_mail(TO, env=env).send(auto_commit=True)
            self.assertEqual(self.server.copies(), {TO: 1})

    def test_deliver_answers_with_fresh_rows(self):
        mail_ids = self.commit_mail(to=TO)
        with self.commits() as env:
            row = env["mail.mail"].browse(mail_ids)._deliver()
            self.assertEqual((row.state, row.recipient), ("sent", TO))

    def test_an_error_in_the_hook_never_breaks_the_request(self):
        self.server.stop()
        with self.commits() as env:
            self.make_mail(TO, env=env).send()
        self.assertEqual(self.rows("state", "reason"), {TO: ("deferred", "connect")})
