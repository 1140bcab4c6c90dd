"""A contract of 2026 that is amended."""

from freezegun import freeze_time

from odoo.fields import Command

from .common import CrmCase

SIGNED = "2026-01-01 05:00:00"


class AmendmentCase(CrmCase):
    """One zone of 14,000 over 2026, signed on its first day."""

    frequency = "annual"

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(SIGNED))
        self.signed = self.running()
        self.music = self.signed.line_ids

    def running(self, *lines, **values):
        values = {
            "start_date": "2026-01-01",
            "billing_frequency": self.frequency,
            **values,
        }
        return self.active_contract(*lines, **values)

    def go_to(self, day):
        self.clock.move_to(f"{day} 05:00:00")

    def amendment(self, day, *lines, contract=None, **values):
        """A draft from a day on."""
        contract = contract or self.signed
        return (
            self.env["bmasia.amendment"]
            .with_user(self.nikki)
            .create(
                {
                    "contract_id": contract.id,
                    "start_date": day,
                    "line_ids": list(lines),
                    **values,
                }
            )
        )

    def added(self, quantity=2, price=14000, **values):
        return self.line(price, quantity, **{"name": "More music", **values})

    def changed(self, line=None, **values):
        line = line or self.music
        return Command.create(
            {"action": "change", "contract_line_id": line.id, **values}
        )

    def removed(self, line=None):
        line = line or self.music
        return Command.create({"action": "remove", "contract_line_id": line.id})

    def sign(self, amendment):
        amendment.action_mark_sent()
        amendment.action_activate(amendment._today())
        return amendment

    def bill(self, contract=None):
        """Issue all that is due."""
        contract = contract or self.signed
        contract.with_user(self.pom).action_create_invoices()
        drafts = contract.invoice_ids.filtered(lambda bill: bill.state == "draft")
        for invoice in drafts.with_user(self.pom).sorted("id"):
            invoice.action_issue()
        return drafts

    def effects(self, amendment):
        return [
            (str(effect.date), effect.kind, effect.amount_untaxed)
            for effect in amendment.effect_ids
        ]

    def plan(self, contract=None):
        """Day and net of what is not billed."""
        rows = (contract or self.signed).schedule_ids.filtered(
            lambda row: not row.invoice_id
        )
        return [(str(row.date), row.amount_untaxed) for row in rows]
