"""An invoice for several venues is compared with each contract's part of it."""

from odoo.tests import tagged

from .reports import ReportCase
from .together import TogetherCase

YEARS = {"date_from": "2020-01-01", "date_to": "2040-12-31"}


@tagged("post_install", "-at_install")
class TestParityTogether(TogetherCase, ReportCase):
    def setUp(self):
        super().setUp()
        self.shared = self.run_cron().with_user(self.pom)

    def told(self):
        return [
            (row["name"], row["what"], row["expected"], row["found"])
            for row in self.rows("parity", **YEARS)
        ]

    def line_of(self, contract):
        return self.shared.line_ids.filtered(
            lambda line: line.contract_line_id.contract_id == contract
        )

    def test_nothing_is_told_of_what_adds_up(self):
        self.assertEqual(len(self.shared), 1)
        self.assertEqual(self.told(), [])
        self.shared.action_issue()
        self.assertEqual(self.told(), [])

    def test_a_line_that_somebody_changed_is_told_of_its_contract(self):
        contract = self.venues[1]
        self.line_of(contract).unit_price = 900
        what = "Invoice or credit note"
        self.assertEqual(self.told(), [(contract.name, what, 1000, 900)])

    def test_a_credit_by_hand_is_told_of_the_contract_it_is_for(self):
        self.shared.action_issue()
        contract = self.venues[2]
        lines = self.line_of(contract).ids
        opened = self.shared.action_credit("Agreed", lines, "not_as_agreed")
        self.shared.browse(opened["res_id"]).action_issue()
        what = "Credited apart from the schedule"
        self.assertEqual(self.told(), [(contract.name, what, 0, -1000)])

    def test_what_an_end_credits_adds_up(self):
        self.shared.action_issue()
        contract = self.venues[0].with_user(self.norbert)
        contract.action_cancel("Sold", contract._today())
        note = self.shared.credit_note_ids
        note.credit_ground = "not_as_agreed"
        note.action_issue()
        self.assertEqual(self.told(), [])

    def test_two_periods_of_a_contract_on_one_invoice(self):
        self.go_to("2026-04-02")
        self.due(self.venues[0]).action_bill_together()
        self.assertEqual(self.told(), [])
        self.go_to("2026-05-02")
        self.due(self.venues[0] | self.venues[1]).action_bill_together()
        self.assertEqual(self.told(), [])
