"""A job ends when its time is over, and says that there is more: Odoo calls it again.
Otherwise a backlog runs on until the worker is killed."""

from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestCronTime(CrmCase):
    def let_time_pass(self, looked_at):
        """The time of each call is over after so many documents.

        :returns: what was reported: ``[(processed, remaining)]``
        """
        reported = []

        def commit(_cron, processed=0, *, remaining=None, **_how):
            reported.append((processed, remaining))
            return sum(done for done, _left in reported) < looked_at

        self.patch(self.registry["ir.cron"], "_commit_progress", commit)
        return reported

    def ended(self, count):
        contracts = self.env["bmasia.contract"]
        for _each in range(count):
            contracts |= self.active_contract(start_date="2020-01-01", term_months=12)
        self.assertEqual(set(contracts.mapped("state")), {"active"})
        return contracts

    def test_contracts_that_ended(self):
        contracts = self.ended(3)
        reported = self.let_time_pass(2)
        self.env["bmasia.contract"]._cron_follow_dates()
        states = sorted(contracts.mapped("state"))
        self.assertEqual(states, ["active", "expired", "expired"])
        # nothing after it takes back that one is left
        self.assertEqual(reported, [(1, 2), (1, 1)])
        del reported[:]
        self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(set(contracts.mapped("state")), {"expired"})

    def test_reminders(self):
        reminders = self.env["document.reminder"]
        rule = self.env["bmasia.invoice"]._reminder_rule
        looked_at = []
        self.patch(
            type(reminders), "_draft", lambda _self, _rule, one: looked_at.append(one)
        )
        documents = self.invoice() | self.invoice() | self.invoice()
        reported = self.let_time_pass(2)
        self.assertFalse(reminders._draft_each(rule, documents))
        self.assertEqual((len(looked_at), reported[-1]), (2, (1, 1)))
        del reported[:]
        self.assertTrue(reminders._draft_each(rule, documents[:2]))
