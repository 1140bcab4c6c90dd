"""Print one document of every kind from the demo data. Runs inside its database.

``python -m tools.gallery_job FOLDER`` writes ``name.pdf`` for each; what it makes on
the way is undone.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import odoo.init  # Odoo asks for it before anything else of Odoo
from odoo import api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

ZONES = 200
Documents = Iterator[tuple[str, bytes]]  # name and PDF
TITLES = ("General Manager", "Director of Finance")


def main(folder: Path) -> None:
    """Write them all."""
    config.parse_config(["--no-http", "--log-level=error"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cursor:
        env = api.Environment(cursor, odoo.SUPERUSER_ID, {"lang": "en_US"})
        for name, pdf in Gallery(env).documents():
            (folder / f"{name}.pdf").write_bytes(pdf)
        cursor.rollback()


class Gallery:
    """The documents of the page ``docs/gallery.md``."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.thailand = env["res.company"].search([("entity_code", "=", "TH")])
        self.hong_kong = env["res.company"].search([("entity_code", "=", "HK")])
        self.contract = env["bmasia.contract"].search(
            [("name", "=", "C-2025-1006-001")]
        )
        self.hilton = self.contract.customer_id

    def documents(self) -> Documents:
        """Name and PDF of each."""
        yield from self.quotes()
        yield from self.contracts()
        yield from self.bills()

    def first(self, model: str, *domain: Any) -> Any:
        return self.env[model].search([*domain], order="id", limit=1)

    def printed(self, document: Any) -> bytes:
        document._assign_number()
        return document._render_pdf()

    def quotes(self) -> Documents:
        mixed = self.first("bmasia.quote", ("name", "=", "Q-2025-1006-426"))
        yield "quote", self.printed(mixed)
        simple = self.first(
            "bmasia.quote",
            ("state", "=", "sent"),
            ("company_id", "=", self.hong_kong.id),
        )
        yield "quote-hong-kong", self.printed(simple)
        offered = self.first(
            "bmasia.quote",
            ("state", "=", "sent"),
            ("line_ids.is_optional", "=", True),
        )
        yield "quote-options", self.printed(offered)
        thai = mixed.copy({"lang": "th_TH"})
        yield "quote-draft", thai._render_pdf()
        yield "quote-thai", self.printed(thai)

    def contracts(self) -> Documents:
        yield "contract", self.printed(self.contract)
        yield "amendment", self.printed(self.amendment())
        long = self.contract.copy(
            {
                "lang": "th_TH",
                "location_ids": [Command.clear()]
                + [Command.create({"name": f"Zone {n + 1}"}) for n in range(ZONES)],
                "signatory_ids": [
                    Command.create({"name": f"Signatory {title}", "title": title})
                    for title in TITLES
                ],
            }
        )
        yield "contract-200-zones", self.printed(long)
        master = self.contract.copy({"category": "master"})
        master._assign_number()
        venue = self.contract.copy(
            {
                "category": "participation",
                "master_contract_id": master.id,
                "property_name": "Beach Wing",
            }
        )
        yield "participation", self.printed(venue)
        yield "master", self.printed(master)
        name = "bmasia_crm.report_renewal_notice"
        reports = self.env["ir.actions.report"].with_context(document_goes_out=True)
        yield "renewal", reports._render_qweb_pdf(name, self.contract.ids)[0]

    def amendment(self) -> Any:
        """One zone more than was signed, and a line that comes along."""
        line = self.contract._priced_lines()[0]
        change = {"action": "change", "contract_line_id": line.id}
        lines = [
            {**change, "quantity": line.quantity + 1},
            {"name": "Soundtrack", "unit_price": 14000, "location": "Pool"},
        ]
        return self.env["bmasia.amendment"].create(
            {
                "contract_id": self.contract.id,
                "start_date": self.contract.end_date.replace(day=1),
                "line_ids": [Command.create(values) for values in lines],
            }
        )

    def bills(self) -> Documents:
        issued = [("kind", "=", "invoice"), ("state", "=", "issued")]
        for name, company in (
            ("invoice-thailand", self.thailand),
            ("invoice-hong-kong", self.hong_kong),
        ):
            own = ("company_id", "=", company.id)
            yield name, self.printed(self.first("bmasia.invoice", *issued, own))
        venues = ("contract_ids.category", "=", "participation")
        asked = [("kind", "=", "invoice"), ("state", "in", ("issued", "paid"))]
        many = self.first("bmasia.invoice", *asked, ("contract_id", "=", False), venues)
        yield "invoice-venues", self.printed(many)
        for kind in ("proforma", "credit_note"):
            document = self.first("bmasia.invoice", ("kind", "=", kind))
            yield kind.replace("_", "-"), self.printed(document)
        withheld = ("withholding_amount", ">", 0)
        thai = ("company_id", "=", self.thailand.id)
        yield "tax-invoice", self.printed(self.first("bmasia.receipt", withheld, thai))
        part = ("invoice_id.payment_state", "=", "partial")
        yield "part-payment", self.printed(self.first("bmasia.receipt", part, thai))
        plain = ("company_id", "=", self.hong_kong.id)
        yield "receipt", self.printed(self.first("bmasia.receipt", plain))
        yield from self.finance()

    def finance(self) -> Documents:
        unpaid = self.first(
            "bmasia.invoice",
            ("kind", "=", "invoice"),
            ("state", "=", "issued"),
            ("payment_state", "=", "unpaid"),
            ("company_id", "=", self.thailand.id),
        )
        ends = {"customer_id": unpaid.customer_id.id, "company_id": self.thailand.id}
        note = self.env["bmasia.billing.note"].create(ends)
        note.action_fill()
        yield "billing-note", self.printed(note)
        day = unpaid.issue_date.replace(month=12, day=31)
        statement = self.env["bmasia.statement"]._make_for(
            self.thailand, unpaid.customer_id, min(day, self.thailand._today())
        )
        yield "statement", self.printed(statement)
        credit = unpaid.action_credit("The zone was closed earlier.")
        adjustment = self.env["bmasia.invoice"].browse(credit["res_id"])
        adjustment.action_issue()
        yield "adjustment", self.printed(adjustment)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
