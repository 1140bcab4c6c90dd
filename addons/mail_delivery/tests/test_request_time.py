"""How long a request waits for SMTP, and what goes on without it."""

import socket
import threading
import time
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail_delivery.models import delivery_request, ir_http, mail_mail
from odoo.addons.mail_delivery.testkit import CommittedCase

TO = "hotel@example.com"
BUDGET = 0.8  # seconds instead of 3
SLACK = 1.5  # seconds that a slow machine may add
RUN = "odoo.addons.mail_delivery.models.delivery_run"


@tagged("post_install", "-at_install")
class TestRequestTime(CommittedCase):
    def setUp(self):
        super().setUp()
        self.patch(delivery_request, "REQUEST_BUDGET", BUDGET)
        self.patch(delivery_request, "WORTH_TRYING", 0.1)
        self.patch(mail_mail.MailMail, "_delivers_in_background", True)
        self.going_on = threading.Event()
        self.addCleanup(self.join_threads)
        self.addCleanup(self.going_on.set)

    def join_threads(self):
        for thread in threading.enumerate():
            if thread.name == "mail delivery":
                thread.join(30)
                self.assertFalse(thread.is_alive())

    def hold(self, stage):
        """Have the server keep its answer back until the test lets it go on."""
        self.server.on(stage, lambda _session: self.going_on.wait(20), times=1)

    def request(self, mail_ids):
        """What a request does after its commit.

        :returns: the states that it sees, and the seconds that it took
        """
        start = time.monotonic()
        with self.commits() as env:
            rows = env["mail.mail"].browse(mail_ids)._deliver()
            states = {row.recipient: row.state for row in rows}
        return states, time.monotonic() - start

    def wait_for_state(self, *states):
        end = time.monotonic() + 20
        while (found := sorted(self.rows().values())) != sorted(states):
            self.assertLess(time.monotonic(), end, found)
            time.sleep(0.05)

    def is_queue_woken(self):
        with self.commits() as env:
            cron = env.ref("mail_delivery.ir_cron_deliver")
            domain = [("cron_id", "=", cron.id)]
            return bool(env["ir.cron.trigger"].search_count(domain))

    def test_a_quick_server_answers_within_the_request(self):
        states, _seconds = self.request(self.commit_mail(to=TO))
        self.assertEqual(states, {TO: "sent"})

    def test_wherever_a_server_falls_silent_the_request_goes_on(self):
        for stage in ("CONNECT", "MAIL", "RCPT", "DATA"):
            with self.subTest(stage):
                self.going_on.clear()
                self.server.forget()
                self.hold(stage)
                address = f"{stage.lower()}@example.com"
                states, seconds = self.request(self.commit_mail(to=address))
                self.assertLess(seconds, BUDGET + SLACK)
                self.assertIn(states[address], ("queued", "sending"))
                self.join_threads()
                self.going_on.set()
                # nobody is to blame, nothing waits for a next attempt
                row = self.rows("state", "attempts", "next_attempt")[address]
                self.assertEqual(row, ("queued", 0, False))
                self.assertTrue(self.is_queue_woken())
                self.run_queue()
                self.assertEqual(self.rows()[address], "sent")
                self.assertEqual(self.server.copies()[address], 1)

    def test_the_resolver_has_no_more_time_than_the_request(self):
        """What it would have said later is nobody's fault: the queue has more time."""
        with self.commits() as env:
            server = env["ir.mail_server"].browse(self.mail_server)
            server.smtp_host = "mail.provider.example"
        resolve = socket.getaddrinfo

        def slow(host, port, *args, **kwargs):
            if host == "mail.provider.example":
                self.going_on.wait(20)
                host = "127.0.0.1"
            return resolve(host, port, *args, **kwargs)

        self.patch(socket, "getaddrinfo", slow)
        states, seconds = self.request(self.commit_mail(to=TO))
        self.assertLess(seconds, BUDGET + SLACK)
        self.assertEqual(states, {TO: "queued"})
        self.join_threads()
        row = self.rows("state", "attempts", "next_attempt")[TO]
        self.assertEqual(row, ("queued", 0, False))
        self.going_on.set()
        self.run_queue()
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_what_a_server_has_in_hand_is_sending_until_it_answers(self):
        self.hold("BODY")
        states, seconds = self.request(self.commit_mail(to=TO))
        self.assertLess(seconds, BUDGET + SLACK)
        self.assertEqual(states, {TO: "sending"})
        self.run_queue()
        self.assertEqual(self.rows(), {TO: "sending"}, "its worker lives")
        self.going_on.set()
        self.wait_for_state("sent")
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_the_others_do_not_wait_for_that_answer(self):
        self.hold("BODY")
        addresses = [f"{number}@example.com" for number in range(4)]
        states, _seconds = self.request(self.commit_mail(to=addresses))
        self.assertEqual(sorted(states.values()), ["queued"] * 3 + ["sending"])
        self.assertTrue(self.is_queue_woken())
        self.run_queue()
        self.assertEqual(sorted(self.rows().values()), ["sending"] + ["sent"] * 3)
        self.going_on.set()
        self.wait_for_state(*["sent"] * 4)
        self.assertEqual(self.server.copies(), dict.fromkeys(addresses, 1))

    def test_a_mail_after_the_commit_waits_no_longer(self):
        self.hold("BODY")
        start = time.monotonic()
        with self.commits() as env:
            self.make_mail(TO, env=env).send()
        self.assertLess(time.monotonic() - start, BUDGET + SLACK)
        self.going_on.set()
        self.wait_for_state("sent")

    def test_all_mails_of_a_request_share_its_time(self):
        environ = {}
        request = SimpleNamespace(httprequest=SimpleNamespace(environ=environ))
        with patch.object(ir_http, "request", request):
            for number in range(3):
                self.hold("CONNECT")
                self.request(self.commit_mail(to=f"{number}@example.com"))
        self.assertLess(environ[delivery_request.SPENT], BUDGET + SLACK)
        self.assertEqual(self.server.sessions, 1, "no time was left for a second")
        self.assertTrue(self.is_queue_woken())

    def test_threads_are_few_and_the_queue_has_the_rest(self):
        one = threading.BoundedSemaphore(1)
        self.patch(delivery_request, "_threads", one)
        self.hold("BODY")
        self.request(self.commit_mail(to=TO))
        states, seconds = self.request(self.commit_mail(to="next@example.com"))
        self.assertEqual(states, {"next@example.com": "queued"})
        self.assertLess(seconds, BUDGET)
        self.going_on.set()
        self.join_threads()
        self.assertTrue(one.acquire(blocking=False), "it was given back")

    def test_one_process_stays_free_of_slow_servers(self):
        """Of two processes one may wait as long as it takes."""
        self.patch(delivery_request, "REQUEST_BUDGET", 8)
        self.patch(delivery_request, "CROWDED_BUDGET", BUDGET)
        with patch.object(delivery_request, "patient_requests", lambda: 1):
            self.hold("BODY")
            first = threading.Thread(
                target=self.request, args=(self.commit_mail(to=TO),)
            )
            first.start()
            self.wait_for_state("sending")
            self.hold("BODY")
            states, seconds = self.request(self.commit_mail(to="next@example.com"))
            self.assertTrue(first.is_alive(), "it waits with patience")
            self.going_on.set()
            first.join(20)
            self.join_threads()
            # the place is free again
            self.request(self.commit_mail(to="third@example.com"))
        self.assertLess(seconds, BUDGET + SLACK)
        self.assertIn(states["next@example.com"], ("queued", "sending"))
        self.run_queue()
        self.assertEqual(set(self.rows().values()), {"sent"})
        self.assertEqual(set(self.server.copies().values()), {1})

    def test_a_quick_server_answers_those_who_come_then_too(self):
        with patch.object(delivery_request, "patient_requests", lambda: 0):
            states, _seconds = self.request(self.commit_mail(to=TO))
        self.assertEqual(states, {TO: "sent"})

    def test_as_many_wait_as_leave_one_process_free(self):
        for workers, waiting in ((0, None), (1, 1), (2, 1), (8, 7)):
            with patch.object(delivery_request, "config", {"workers": workers}):
                self.assertEqual(delivery_request.patient_requests(), waiting)

    @mute_logger(RUN)
    def test_what_is_certain_within_the_time_is_said(self):
        self.server.stop()
        states, _seconds = self.request(self.commit_mail(to=TO))
        self.assertEqual(states, {TO: "deferred"})
        self.assertEqual(self.rows("reason"), {TO: "connect"})
