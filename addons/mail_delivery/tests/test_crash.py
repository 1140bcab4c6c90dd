"""A worker is killed, anywhere: nobody gets two copies, nobody is forgotten.

``CRASH_ROUNDS`` (3) says how often at each point, ``CRASH_SEED`` which of the mails it
happens to; the seed is printed with a failure.
"""

import os
import random
from itertools import count
from queue import Queue

from odoo.tests import tagged
from odoo.tests.common import get_db_name

from odoo.addons.mail_delivery.testkit import CommittedCase, Workers

ROUNDS = int(os.environ.get("CRASH_ROUNDS", 3))
SEED = int(os.environ.get("CRASH_SEED") or random.randrange(10**6))
MAILS = 3
WORKERS = 4
MAILS_EACH = int(os.environ.get("CRASH_MAILS", 25))
# before the first byte of a message has left: the queue simply goes on
EARLY = {
    "intent committed": ("before", "claim"),
    "claimed": ("after", "claim"),
    "connecting": "CONNECT",
    "connected": ("after", "connect"),
}
LATE = {
    "begun": ("after", "begin"),
    "naming the sender": "MAIL",
    "naming the recipient": "RCPT",
    "asked for the text": "DATA",
    "told to go ahead": ("before", "hand_over"),
    "text handed over": "BODY",
    "answered, not recorded": ("before", "record"),
    "recorded": ("after", "record"),
    "session idle": "QUIT",
}


@tagged("post_install", "-at_install")
class TestKilledWorker(CommittedCase):
    """A real process, a real SIGKILL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workers = Workers(get_db_name())
        cls.addClassCleanup(cls.workers.stop)

    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.rounds = count(1)

    def kill_at(self, point, number):
        """Commit mails, and kill the worker that delivers them.

        :param point: a stage of the SMTP session, or a step of the engine
        :param int number: of the occasion, from 1
        :returns: the addresses
        """
        batch = next(self.rounds)
        addresses = [f"guest{batch}-{i}@example.com" for i in range(MAILS)]
        mail_ids = [self.commit_mail(to=address)[0] for address in addresses]
        if isinstance(point, tuple):
            worker = self.workers.start(mail_ids, dies=(*point, number))
            self.assertLess(worker.wait(), 0, "it was not killed")
        else:
            self.kill_from_outside(mail_ids, point, number)
        self.wait_until_noticed()
        self.server.forget()
        self.run_queue()
        self.run_queue()
        return addresses

    def kill_from_outside(self, mail_ids, stage, number=1):
        """Kill a worker while the mail server has its say."""
        started, occasions = Queue(), count(1)

        def kill(_session):
            if next(occasions) == number:
                started.get(timeout=60).kill()

        self.server.on(stage, kill)
        worker = self.workers.start(mail_ids)
        started.put(worker)
        self.assertLess(worker.wait(), 0, "it was not killed")

    def test_before_a_message_leaves_everything_still_leaves_once(self):
        for name, point in EARLY.items():
            for _round in range(ROUNDS):
                addresses = self.kill_at(point, 1)
                with self.subTest(point=name, seed=SEED):
                    states, copies = self.rows(), self.server.copies()
                    for address in addresses:
                        self.assertEqual(
                            (states[address], copies[address]), ("sent", 1)
                        )

    def test_afterwards_one_is_unknown_and_no_one_gets_two(self):
        for name, point in LATE.items():
            for _round in range(ROUNDS):
                number = 1 if point == "QUIT" else self.chance.randint(1, MAILS)
                addresses = self.kill_at(point, number)
                with self.subTest(point=name, seed=SEED):
                    states, copies = self.rows(), self.server.copies()
                    unknown = [a for a in addresses if states[a] == "unknown"]
                    self.assertLessEqual(len(unknown), 1)
                    for address in unknown:
                        self.assertLessEqual(copies.get(address, 0), 1)
                    for address in set(addresses) - set(unknown):
                        self.assertEqual(
                            (states[address], copies[address]), ("sent", 1)
                        )

    def test_what_may_have_arrived_is_said_on_the_mail(self):
        mail_ids = self.commit_mail(to="guest@example.com", count=1)
        self.kill_from_outside(mail_ids, "BODY")
        self.wait_until_noticed()
        self.run_queue()
        self.assertEqual(
            self.rows("state", "reason"), {"guest@example.com": ("unknown", "worker")}
        )
        with self.commits() as env:
            mail = env["mail.mail"].browse(mail_ids)
            self.assertEqual(mail.state, "exception")
            self.assertIn("may have arrived", mail.failure_reason)

    def use_accounts(self, env, server):
        """An account of its own for each of the server's users."""
        template = env["ir.mail_server"].browse(self.mail_server)
        template.active = False
        for login, password in server.users.items():
            template.copy(
                {
                    "active": True,
                    "smtp_port": server.port,
                    "from_filter": f"{login}@sender.example.com",
                    "smtp_user": login,
                    "smtp_pass": password,
                }
            )

    def test_four_workers_share_the_queue(self):
        total = WORKERS * MAILS_EACH
        addresses = {f"guest{number}@example.com" for number in range(total)}
        self.server = self.start_server(users={"nikki": "one", "pom": "two"})
        senders = [f"{login}@sender.example.com" for login in self.server.users]
        with self.commits() as env:
            self.use_accounts(env, self.server)
            for number, address in enumerate(sorted(addresses)):
                self.make_mail(address, env=env, email_from=senders[number % 2])
        workers = [self.workers.start() for _number in range(WORKERS)]
        for worker in workers:
            self.assertEqual(worker.wait(), 0)
        self.run_queue()
        self.assertEqual(self.server.copies(), dict.fromkeys(addresses, 1))
        self.assertEqual(self.rows(), dict.fromkeys(addresses, "sent"))
        for received in self.server.messages:
            self.assertEqual(received.sender, f"{received.login}@sender.example.com")
        # one session per worker and account, never one per mail
        self.assertEqual(set(self.server.logins), {"nikki", "pom"})
        self.assertLessEqual(max(self.server.logins.values()), WORKERS)
