"""Three venues of a chain, paid by its head office."""

from freezegun import freeze_time

from .common import CrmCase

NOON = "2026-03-15 05:00:00"
TAX_ID = "0105551234567"


class TogetherCase(CrmCase):
    """Minor pays for three venues, each with a contract of its own."""

    names = ("Anantara", "Avani", "Oaks")

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(NOON))
        self.payer = self.make_company(
            "Minor Hotels",
            country="base.th",
            legal_name="Minor International PCL",
            vat=TAX_ID,
            branch="Head Office",
            invoicing="day",
        )
        self.venues = [self.venue(name) for name in self.names]

    def go_to(self, day):
        self.clock.move_to(f"{day} 05:00:00")

    def venue(self, name, price=12000.0, **values):
        """A running contract of a venue, billed each month from 1 March on."""
        customer = values.pop("customer", None) or self.make_company(
            name, country="base.th"
        )
        values = {
            "customer_id": customer.id,
            "payer_id": self.payer.id,
            "start_date": "2026-03-01",
            "billing_frequency": "monthly",
            "lang": "en_US",
            **values,
        }
        return self.active_contract(self.line(price, name=f"Music {name}"), **values)

    @property
    def all(self):
        return self.env["bmasia.contract"].union(*self.venues)

    def run_cron(self):
        self.env["bmasia.contract"]._cron_create_invoices()
        return self.all.invoice_ids.sorted("id")

    def due(self, contracts=None):
        contracts = self.all if contracts is None else contracts
        rows = contracts._rows_due().with_user(self.pom)
        return rows.sorted(lambda row: (row.date, row.id))

    def issue_all(self):
        """Issue all drafts, the oldest first."""
        drafts = self.all.invoice_ids.filtered(lambda each: each.state == "draft")
        for draft in drafts.with_user(self.pom).sorted("id"):
            if draft._is_credit() and not draft.credit_ground:
                draft.credit_ground = "not_as_agreed"
            draft.action_issue()

    def amend(self, contract, day, *lines, **values):
        amendment = self.amendment_of(
            contract, start_date=day, line_ids=list(lines), **values
        )
        amendment.action_mark_sent()
        amendment.action_activate(amendment._today())
        return amendment

    def bill_together(self):
        """The shared invoice of all that is due, issued."""
        invoice = self.run_cron().filtered(lambda each: each.state == "draft")
        invoice.with_user(self.pom).action_issue()
        return invoice.with_user(self.pom)

    def lines_of(self, invoice, contract):
        return invoice.line_ids.filtered(
            lambda line: line.contract_line_id.contract_id == contract
        )

    def credit_by_hand(self, invoice, contract, net):
        lines = self.lines_of(invoice, contract)
        opened = invoice.action_credit("Broken", lines.ids, "short")
        note = invoice.browse(opened["res_id"])
        note.line_ids.unit_price = net
        note.action_issue()
        return note

    def assertAddsUp(self):
        """Book, lines, schedule and invoices of all contracts say the same."""
        self.env.flush_all()
        self.env.invalidate_all()
        for contract in self.all:
            self.assertEqual(contract._differences(), [], contract.venue_name)
