"""A scheduled action whose time is over stops, and is called again for the rest."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bmasia_crm.models import bmasia_contract_billing

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestTimeOfCrons(CrmCase):
    def setUp(self):
        super().setUp()
        self.told, self.seconds = [], 0

        def commit_progress(_cron, processed=0, *, remaining=None):
            self.told.append(remaining)
            return self.seconds

        self.patch(self.registry["ir.cron"], "_commit_progress", commit_progress)

    def over_quotes(self, count=3):
        quotes = self.quote().union(*(self.quote() for _n in range(count - 1)))
        quotes.action_mark_sent()
        past = quotes[0]._today() - timedelta(days=1)
        quotes.sudo()._write_state({"date": past, "valid_until": past})
        return quotes

    def test_one_document_has_its_turn_at_least_and_the_rest_comes_next(self):
        quotes = self.over_quotes()
        states = []
        for _run in range(3):
            self.env["bmasia.quote"]._cron_expire()
            states.append(sorted(quotes.mapped("state")))
        self.assertEqual([each.count("expired") for each in states], [1, 2, 3])
        self.assertEqual(self.told, [2, 1, 0], "Odoo learns how much is left")

    def test_with_time_all_have_their_turn(self):
        quotes, self.seconds = self.over_quotes(), 5
        self.env["bmasia.quote"]._cron_expire()
        self.assertEqual(set(quotes.mapped("state")), {"expired"})

    def test_where_nothing_moves_odoo_does_not_come_again_at_once(self):
        quotes = self.over_quotes()
        refuse = patch.object(
            self.registry["bmasia.quote"], "_transition_to", side_effect=UserError("No")
        )
        with refuse, self.assertLogs("odoo.addons.document_flow", "ERROR"):
            self.env["bmasia.quote"]._cron_expire()
        self.assertEqual(self.told, [0])
        self.assertEqual(set(quotes.mapped("state")), {"sent"})

    def test_a_day_of_contracts_goes_on_where_it_stopped(self):
        contracts = self.contract().union(*(self.contract() for _n in range(2)))
        for contract in contracts:
            contract.action_mark_sent()
            contract.action_activate(contract._today())
        past = contracts[0]._today() - timedelta(days=1)
        contracts.sudo()._write_state({"last_day": past})
        self.told.clear()
        for left in (2, 1, 0):
            self.env["bmasia.contract"]._cron_follow_dates()
            self.assertEqual(self.told[-1], left)
        self.assertEqual(set(contracts.mapped("state")), {"cancelled"})

    def test_what_cannot_be_invoiced_keeps_nobody_from_a_turn(self):
        day = self.env["bmasia.contract"]._today() - timedelta(days=40)
        values = {"start_date": day, "billing_frequency": "monthly"}
        contracts = self.active_contract(**values) | self.active_contract(**values)
        with patch.object(bmasia_contract_billing, "DUE_BATCH", 1):
            self.env["bmasia.contract"]._cron_create_invoices()
        self.assertTrue(all(contract.invoice_ids for contract in contracts))
