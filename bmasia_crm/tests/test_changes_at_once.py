"""Two tabs change one contract at once: one does, the other is told, nothing is half
done.
"""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import date_utils

from .test_at_once import AtOnceCase


@tagged("post_install", "-at_install")
class TestChangesAtOnce(AtOnceCase):
    def setUp(self):
        super().setUp()
        self.contract_id = self.make_contract()
        with self.worker() as env:
            self.today = self.contract(env)._today()

    def clean_up(self):
        with self.worker() as env:
            own = env["bmasia.contract"].search(
                [("customer_id", "=", self.customer_id)]
            )
            found = env["bmasia.amendment"].search([("contract_id", "in", own.ids)])
            for words, ids in (
                (
                    "bmasia_contract_line WHERE amendment_line_id IS NOT NULL AND"
                    " contract_id",
                    own.ids,
                ),
                (
                    "document_number WHERE res_model = 'bmasia.amendment' AND res_id",
                    found.ids,
                ),
                ("bmasia_amendment WHERE id", found.ids),
            ):
                env.cr.execute(f"DELETE FROM {words} = ANY(%s)", (ids,))
        return super().clean_up()

    def contract(self, env):
        return env["bmasia.contract"].browse(self.contract_id)

    def in_days(self, days):
        return date_utils.add(self.today, days=days)

    def make_amendment(self, **change):
        with self.worker() as env:
            contract = self.contract(env)
            change = {
                "action": "change",
                "contract_line_id": contract.line_ids.id,
                **change,
            }
            amendment = env["bmasia.amendment"].create(
                {
                    "contract_id": contract.id,
                    "start_date": self.in_days(30),
                    "line_ids": [Command.create(change)],
                }
            )
            amendment.action_mark_sent()
            return amendment.id

    def told(self, answers):
        """The one sentence of the one that came too late."""
        errors = [each for each in answers if isinstance(each, UserError)]
        self.assertEqual(len(errors), 1, answers)
        return str(errors[0])

    def nets(self, env):
        rows = self.contract(env).schedule_ids
        return rows.mapped("amount_untaxed"), [row.parts for row in rows]

    def test_two_amendments_of_one_line(self):
        ids = [self.make_amendment(quantity=quantity) for quantity in (2, 3)]

        def sign(amendment_id):
            return (
                lambda env: env["bmasia.amendment"]
                .browse(amendment_id)
                .action_activate(self.today)
            )

        said = self.told(self.at_once(*map(sign, ids)))
        self.assertRegex(said, "was changed by AM-.* meanwhile")
        with self.worker() as env:
            amendments = env["bmasia.amendment"].browse(ids)
            self.assertEqual(sorted(amendments.mapped("state")), ["active", "sent"])
            signed = amendments.filtered(lambda each: each.state == "active")
            served = self.contract(env).lines_on(self.in_days(30))
            self.assertEqual(served, signed.line_ids.brought_ids)
            self.assertEqual(len(self.contract(env).service_line_ids), 2)

    def test_one_amendment_signed_twice(self):
        amendment_id = self.make_amendment(quantity=2)
        answers = self.at_once(
            lambda env: env["bmasia.amendment"]
            .browse(amendment_id)
            .action_activate(self.today)
        )
        self.assertIn("cannot become active", self.told(answers))
        with self.worker() as env:
            self.assertEqual(len(self.contract(env).service_line_ids), 2)

    def test_two_pauses_of_the_same_days(self):
        days = (self.in_days(20), self.in_days(25))
        answers = self.at_once(lambda env: self.contract(env).action_pause(*days, "x"))
        self.assertIn("is paused already", self.told(answers))
        with self.worker() as env:
            self.assertEqual(len(self.contract(env).pause_ids), 1)

    def test_a_pause_and_an_end(self):
        days = (self.in_days(20), self.in_days(25))
        answers = self.at_once(
            lambda env: self.contract(env).action_pause(*days, "x"),
            lambda env: self.contract(env).action_cancel("Sold", self.in_days(10)),
        )
        with self.worker() as env:
            contract = self.contract(env)
            self.assertEqual(contract.last_day, self.in_days(10))
            if any(isinstance(each, UserError) for each in answers):
                self.assertIn("choose days", self.told(answers))
                self.assertFalse(contract.pause_ids)
            # whichever was first, the schedule is what follows from both
            before = self.nets(env)
            contract._plan()
            self.assertEqual(self.nets(env), before)

    def test_an_end_twice_and_taking_it_back_twice(self):
        def end(env):
            return self.contract(env).action_cancel("Sold")

        self.assertIn("cannot become cancelled", self.told(self.at_once(end)))
        with self.worker() as env:
            self.assertEqual(self.contract(env).state, "cancelled")
            counts = self.contract(env).schedule_ids.mapped("invoice_id")
            self.assertEqual(len(counts), 3, "each period was invoiced once")
