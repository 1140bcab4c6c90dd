"""Who tries many cards is held up, others go on, and who is responsible learns it."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.document_flow.controllers import link
from odoo.addons.document_flow.models.document_attempt import DocumentAttempt

from ..controllers import pay
from .common import OnlineCase

REFUSED = "Too many attempts"


@tagged("post_install", "-at_install")
class TestOften(OnlineCase):
    """A request's rollback undoes in tests what cursors of its own have written: what
    is counted and told is kept in memory here.
    """

    def setUp(self):
        super().setUp()
        self.tries, self.told, self.cursors = {}, [], []
        follow = self.registry["bmasia.invoice"]._follow_limit

        def allows(attempts, what, who, most, _minutes):
            if what == "transaction":
                self.cursors.append(attempts.env.cr)
            count = self.tries[what, str(who)] = self.tries.get((what, str(who)), 0) + 1
            return count <= most

        def follow_limit(document):
            follow(document)
            activities = document.activity_ids.mapped("summary")
            self.told.append((activities, document.env.cr))

        self.patch(DocumentAttempt, "_allows", allows)
        self.patch(self.registry["bmasia.invoice"], "_follow_limit", follow_limit)
        self.patch(pay, "TRANSACTIONS", 4)
        self.values = self.form()

    def come_from(self, network):
        self.patch(link, "network_of", lambda _remote: network)

    def answers(self, times):
        """Which of so many tries are refused."""
        found = []
        with mute_logger("odoo.http"):
            for _time in range(times):
                answer = self.send(self.values)
                words = answer.get("error", {}).get("data", {}).get("message", "")
                found.append(REFUSED in words)
        return found

    def test_one_visitor_does_not_use_up_what_is_everybody_s(self):
        self.come_from("192.0.2.1")
        self.assertEqual(self.answers(5), [False, False, True, True, True])
        self.come_from("192.0.2.2")
        self.assertEqual(self.answers(3), [False, False, True])

    def test_all_together_are_limited(self):
        for network in ("192.0.2.1", "192.0.2.2"):
            self.come_from(network)
            self.assertEqual(self.answers(2), [False, False])
        self.come_from("192.0.2.3")
        self.assertEqual(self.answers(1), [True])

    def test_who_is_responsible_learns_it_though_the_request_fails(self):
        self.come_from("192.0.2.1")
        self.answers(3)
        [(activities, cursor)] = self.told
        self.assertIn(f"Look at the links of {self.invoice_.name}", activities)
        self.assertIsNot(cursor, self.cursors[-1], "which the error rolls back")
