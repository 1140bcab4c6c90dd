"""A chain: a master agreement whose three venues are billed in one invoice."""

from datetime import timedelta
from typing import Any

from odoo.fields import Command

# who pays, and whose venues they are
PAYER = "lotus_sukhumvit"
VENUES = (PAYER, "chao_phraya_rooftop", "baan_talay_resort")
TERMS = {
    "name": "Terms for all venues; each has an agreement of its own",
    "kind": "one_time",
    "unit_price": 0,
}


def make_chain(maker: Any, customers: dict[str, Any]) -> None:
    """Make the agreements; their invoices are made with all others.

    :param maker: of the documents
    :param dict customers: ``bmasia.company`` by key
    """
    payer = customers[PAYER]
    payer.invoicing = "day"
    start = maker.ago(100).replace(day=1)
    signed = start - timedelta(days=20)
    contracts = maker.env["bmasia.contract"]
    owner = {"user_id": payer.user_id.id}
    master = contracts.create(
        {
            **maker.contract_values(payer, start, 36, "annual"),
            **maker.signed("active", signed),
            **owner,
            "category": "master",
            "line_ids": [Command.create(TERMS)],
        }
    )
    for index, key in enumerate(VENUES):
        contracts.create(
            {
                **maker.contract_values(customers[key], start, 12, "quarterly"),
                **maker.signed("active", signed),
                **owner,
                "category": "participation",
                "master_contract_id": master.id,
                "payer_id": payer.id,
                "line_ids": maker.lines(customers[key], index),
            }
        )
