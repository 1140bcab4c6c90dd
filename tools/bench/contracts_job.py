"""One measurement: the cron invoices contracts that are due. Runs inside a database.

``python -m tools.bench.contracts_job ours|oca COUNT`` prints the seconds. Each contract
has two lines with 7 % tax, billed monthly, and is due for one draft invoice; both crons
commit as they do in service. A few contracts are invoiced first, unmeasured.
"""

import sys
import time
from typing import Any

from tools.bench.database import environment

CUSTOMERS = 100
WARM_UP = 20  # contracts
BATCH = 500  # contracts made in one go
PRICES = (1200.0, 480.0)


class Ours:
    """Contracts of bmasia_crm."""

    invoices = "bmasia.invoice"

    def __init__(self, env: Any) -> None:
        self.env = env
        env.company.write({"tax_rate": 7, "tax_label": "VAT"})
        self.customers = env["bmasia.company"].create(
            [{"name": f"Hotel {number}"} for number in range(CUSTOMERS)]
        )

    def make(self, number: int) -> None:
        """Make contracts that are due today."""
        lines = [
            (0, 0, {"name": "Music", "quantity": 3, "unit_price": price})
            for price in PRICES
        ]
        contracts = self.env["bmasia.contract"].create(
            [
                {
                    "customer_id": self.customers[index % CUSTOMERS].id,
                    "billing_frequency": "monthly",
                    "line_ids": lines,
                }
                for index in range(number)
            ]
        )
        self.env.flush_all()
        # to sign a thousand contracts is another matter
        self.env.cr.execute(
            "UPDATE bmasia_contract SET state = 'active', signed_date = start_date "
            "WHERE id IN %s",
            [tuple(contracts.ids)],
        )
        self.env.invalidate_all()

    def invoice(self) -> None:
        """Run the cron."""
        self.env["bmasia.contract"]._cron_create_invoices()


class Oca:
    """Contracts of OCA's contract, on Odoo's accounting."""

    invoices = "account.move"

    def __init__(self, env: Any) -> None:
        self.env = env
        env["account.chart.template"].try_loading("generic_coa", env.company, False)
        self.tax = env["account.tax"].create({"name": "VAT 7 %", "amount": 7})
        self.customers = env["res.partner"].create(
            [{"name": f"Hotel {number}"} for number in range(CUSTOMERS)]
        )
        self.product = env["product.product"].create(
            {"name": "Music", "type": "service", "taxes_id": [(6, 0, self.tax.ids)]}
        )

    def make(self, number: int) -> None:
        """Make contracts that are due today."""
        today = self.env["contract.contract"]._fields["create_date"].today()
        lines = [
            (
                0,
                0,
                {
                    "product_id": self.product.id,
                    "name": "Music",
                    "quantity": 3,
                    "price_unit": price,
                    "recurring_rule_type": "monthly",
                    "recurring_interval": 1,
                    "date_start": today.date(),
                    "recurring_next_date": today.date(),
                },
            )
            for price in PRICES
        ]
        self.env["contract.contract"].create(
            [
                {
                    "name": f"Contract {index}",
                    "partner_id": self.customers[index % CUSTOMERS].id,
                    "line_recurrence": True,
                    "contract_line_ids": lines,
                }
                for index in range(number)
            ]
        )

    def invoice(self) -> None:
        """Run the cron."""
        self.env["contract.contract"].cron_recurring_create_invoice()


def main(kind: str, number: int) -> None:
    """Make the contracts, then time the cron."""
    with environment() as env:
        world = Ours(env) if kind == "ours" else Oca(env)
        world.make(WARM_UP)
        world.invoice()
        env.cr.commit()
        for start in range(0, number, BATCH):
            world.make(min(BATCH, number - start))
            env.cr.commit()
        env.cr.execute("ANALYZE")
        env.cr.commit()
        env.invalidate_all()
        before = env[world.invoices].search_count([])
        begin = time.monotonic()
        world.invoice()
        env.cr.commit()
        seconds = time.monotonic() - begin
        made = env[world.invoices].search_count([]) - before
    if made != number:
        sys.exit(f"{made} invoices instead of {number}")
    sys.stdout.write(f"{seconds:.3f}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
