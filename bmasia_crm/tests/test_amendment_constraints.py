"""Each constraint of amendments, named after it, as in ``test_constraints.py``."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_constraints import ConstraintCase


@tagged("post_install", "-at_install")
class TestAmendmentConstraints(ConstraintCase):
    def setUp(self):
        super().setUp()
        self.signed = self.active_contract()
        self.amendment = self.amendment_of(self.signed)

    def changed(self, line, action="change"):
        return Command.create({"action": action, "contract_line_id": line.id})

    def test_bmasia_amendment_checks_mixin_check_day(self):
        amendment = self.amendment
        self.assertInvalid("between 1 and", amendment.write, {"term_months": -1})
        self.assertInvalid("between 1 and", amendment.write, {"term_months": 900})
        for words, day in (("begins on", "2020-01-01"), ("ends on", "2199-01-01")):
            with self.assertRaisesRegex(UserError, words):
                amendment.start_date = day

    def test_bmasia_amendment_checks_mixin_check_contract(self):
        other = self.make_company("Amari")
        for values in (
            {"currency_id": self.currency("USD").id},
            {"customer_id": other.id, "partner_id": other.partner_id.id},
        ):
            self.assertInvalid("of its contract", self.amendment.write, values)

    def test_bmasia_amendment_line_check_action(self):
        own, other = self.signed.line_ids, self.active_contract().line_ids
        for words, line in (
            ("Choose which line", self.line(action="remove")),
            ("changes no line", self.changed(own, "add")),
            ("is no line of", self.changed(other)),
            ("no sections", self.line(display_type="line_note")),
        ):
            self.assertInvalid(words, self.amendment.write, {"line_ids": [line]})

    def test_bmasia_contract_pause_days(self):
        pauses = self.env["bmasia.contract.pause"].sudo()
        pause = {"contract_id": self.signed.id, "reason": "Works"}
        one = {**pause, "date_from": "2026-02-01", "date_to": "2026-02-01"}
        self.assertTrue(pauses.create(one))
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            pauses.create({**one, "date_to": "2026-01-31"})

    def test_bmasia_amendment_line_once(self):
        lines = [
            self.changed(self.signed.line_ids, each) for each in ("change", "remove")
        ]
        self.assertTaken(
            "bmasia_amendment_line_once",
            lambda: self.amendment.write({"line_ids": lines}),
        )

    def test_bmasia_amendment_quote(self):
        quote, second = self.quote(), self.amendment_of(self.signed)
        self.amendment._write_state({"quote_id": quote.id})
        self.assertTaken(
            "bmasia_amendment_quote",
            lambda: second._write_state({"quote_id": quote.id}),
        )

    def test_bmasia_amendment_number(self):
        self.check_number((self.amendment | self.amendment_of(self.signed)).sudo())

    def test_bmasia_amendment_legacy(self):
        self.check_legacy((self.amendment | self.amendment_of(self.signed)).sudo())

    def test_bmasia_quote_check_amended_contract(self):
        other = self.make_company("Amari")
        quote = self.quote(customer_id=other.id)
        self.assertInvalid(
            "another customer", quote.write, {"amends_contract_id": self.signed.id}
        )
