from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import CommittedCase, Worker

ADDRESSES = [f"guest{number}@example.com" for number in range(3)]


@tagged("post_install", "-at_install")
class TestKilledWorker(CommittedCase):
    """A real process, a real SIGKILL."""

    def setUp(self):
        super().setUp()
        self.mail_ids = [self.commit_mail(to=address)[0] for address in ADDRESSES]

    def kill_at(self, stage, **when):
        """Run a worker that dies when the server is about to answer ``stage``."""
        worker = Worker(self.registry.db_name, self.mail_ids)
        self.server.on(stage, worker.kill, times=1, **when)
        self.assertLess(worker.wait(), 0)
        self.server.forget()

    def test_between_the_last_byte_and_the_outcome(self):
        self.kill_at("BODY", to=ADDRESSES[1])
        self.run_queue()
        self.run_queue()
        self.assertEqual(
            self.rows("state", "reason"),
            {
                ADDRESSES[0]: ("sent", False),
                ADDRESSES[1]: ("unknown", "worker"),
                ADDRESSES[2]: ("sent", False),
            },
        )
        copies = self.server.copies()
        self.assertEqual((copies[ADDRESSES[0]], copies[ADDRESSES[2]]), (1, 1))
        self.assertLessEqual(copies.get(ADDRESSES[1], 0), 1)

    def test_before_the_first_message_everything_still_leaves_once(self):
        self.kill_at("CONNECT")
        self.run_queue()
        self.assertEqual(self.rows(), dict.fromkeys(ADDRESSES, "sent"))
        self.assertEqual(self.server.copies(), dict.fromkeys(ADDRESSES, 1))

    def test_its_mails_say_so_too(self):
        self.kill_at("BODY", to=ADDRESSES[0])
        self.run_queue()
        with self.commits() as env:
            mails = env["mail.mail"].browse(self.mail_ids)
            self.assertEqual(mails.mapped("state"), ["exception", "sent", "sent"])
            self.assertIn("may have arrived", mails[0].failure_reason)
