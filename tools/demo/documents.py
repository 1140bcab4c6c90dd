"""A year of quotes, contracts, invoices and receipts, every state at least twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from odoo.addons.document_flow.tools import numbering

from .chain import make_chain
from .options import make_options

QUOTES, CONTRACTS, INVOICES = 60, 39, 120
SELLERS = ("nikki.h", "nikki.h", "norbert", "nikki.h", "keith")
FREQUENCIES = ("annual", "quarterly", "annual", "monthly", "half_yearly")
Values = dict[str, Any]  # of a record to be made
HILTON_DAY = date(2025, 10, 6)
# state: how many, days ago of the first, days between two
QUOTE_PLAN = {
    "accepted": (18, 345, 17),
    "rejected": (5, 290, 55),
    "expired": (6, 210, 28),
    "superseded": (2, 24, 3),
    "sent": (13, 21, 1),
    "draft": (15, 0, 0),
}
PLATFORMS = {"SYB": "soundtrack", "BB": "beat_breeze"}
REVISED = QUOTE_PLAN["superseded"][0]
REASONS = ("The budget for this year is spent.", "They stay with their radio.")
WITHHELD = 0.03  # what Thai companies usually withhold on services
PAID_AFTER = 75  # days; by then nearly everybody has paid
DUE_AFTER = 30
SALE_PLANS = (
    *("credit", "credit", "credit part", "cancel", "cancel"),
    *("proforma", "proforma", "draft", "draft", "draft", "draft"),
)
CREDIT_NOTES = 3


def make_documents(
    env: Any, entities: dict[str, Any], team: dict[str, Any], customers: dict[str, Any]
) -> None:
    """Make all documents; what is not a draft has its number and its day.

    :param dict entities: ``res.company`` by code
    :param dict team: users by login without domain
    :param dict customers: ``bmasia.company`` by key
    :raises RuntimeError: the plan came out with another number of documents
    """
    maker = _Maker(env, entities, team, customers)
    maker.make_quotes()
    maker.make_hilton_quote()
    maker.make_hilton_contract()
    maker.make_contracts()
    make_chain(maker, customers)
    maker.make_invoices()
    for model, count in (
        ("bmasia.quote", QUOTES),
        ("bmasia.contract", CONTRACTS),
        ("bmasia.invoice", INVOICES),
    ):
        if (made := env[model].search_count([])) != count:
            raise RuntimeError(f"the demo has {made} of {model}, not {count}")


class _Maker:
    def __init__(
        self,
        env: Any,
        entities: dict[str, Any],
        team: dict[str, Any],
        customers: dict[str, Any],
    ) -> None:
        self.env = env
        self.team = team
        self.customers = list(customers.values())
        self.hilton = customers["hilton_pattaya"]
        self.others = [company for company in self.customers if company != self.hilton]
        self.today = entities["TH"]._today()
        self.now = env.cr.now().replace(microsecond=0)
        self.numbers = Counter({"Q-2025-1006-": 426})
        self.codes = env["document.numbered.mixin"]._all_number_codes()
        products = env["product.product"].search([("default_code", "!=", False)])
        self.products = {product.default_code: product for product in products}
        self.templates = {
            (template.company_id, template.platform): template
            for template in env["bmasia.contract.template"].search([])
        }

    # -- numbers and days --------------------------------------------------------

    def number(self, kind: str, day: date, entity: Any = None) -> str:
        """The next number of a day, as the documents got them in their time.

        :param entity: the billing entity, for kinds that each counts for itself
        """
        code = entity.entity_code if entity else ""
        prefix = numbering.series("day", self.codes[kind], code, day)
        self.numbers[prefix] += 1
        return numbering.numbered(prefix, self.numbers[prefix])

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def sent(self, day: date) -> Values:
        """What a document has that was sent on a day: in the morning, unless that is
        still to come.
        """
        moment = min(datetime.combine(day, time(4)), self.now)
        return {"sent_date": moment, "send_state": "sent"}

    # -- lines ---------------------------------------------------------------------

    def product_of(self, company: Any) -> str:
        """What this customer has: one in three takes Beat Breeze."""
        return "BB" if company.zone_ids[:1].platform == "beat_breeze" else "SYB"

    def lines(self, company: Any, index: int, state: str = "") -> list[Any]:
        """Lines of a usual deal: the zones, sometimes hardware or a present; in the
        state of an open quote perhaps options.
        """
        zones = company.zone_count
        code = self.product_of(company)
        lines = [self.line(code, zones, discount=10 if index % 5 == 0 else 0)]
        if index % 4 == 1:
            hardware = "PC" if code == "BB" else "PLAYER"
            lines.append(self.line(hardware, min(zones, 4)))
        if index % 6 == 2:
            price = self.price(company, "INST")
            lines.append(self.line("INST", 1, unit_price=0, list_value=price))
        lines += make_options(self, company, state)
        return [
            Command.create({**line, "sequence": 10 * number})
            for number, line in enumerate(lines, 1)
        ]

    def line(self, code: str, quantity: int, **values: Any) -> Values:
        product = self.products[code]
        return {"product_id": product.id, "quantity": quantity, **values}

    def price(self, company: Any, code: str) -> float:
        prices = company.billing_entity_id.document_pricelist_id
        return prices._get_product_price(self.products[code], 1.0)

    # -- Hilton Pattaya --------------------------------------------------------------

    def make_hilton_contract(self) -> None:
        """The contract that the guides speak of, with its number of the old system."""
        years = max(3, relativedelta(self.today, HILTON_DAY).years + 2)
        name = self.number("contract", HILTON_DAY)
        self.env["bmasia.contract"].create(
            {
                **self.contract_values(self.hilton, HILTON_DAY, 12 * years, "annual"),
                "name": name,
                "state": "active",
                "signed_date": HILTON_DAY,
                "user_id": self.team["norbert"].id,
                "line_ids": self.lines(self.hilton, 0),
                **self.sent(HILTON_DAY),
            }
        )

    def make_hilton_quote(self) -> None:
        """The quote that the guides speak of: the newest, on top of the list."""
        self.env["bmasia.quote"].create(
            {
                "name": "Q-2025-1006-426",
                "customer_id": self.hilton.id,
                "user_id": self.team["nikki.h"].id,
                "date": self.today,
                "term_months": 24,
                "note": "Thank you for your trust. เรายินดีให้บริการ",
                "line_ids": [
                    Command.create({"sequence": 10 * number, **line})
                    for number, line in enumerate(self._hilton_lines(), 1)
                ],
            }
        )

    def _hilton_lines(self) -> Iterator[Values]:
        yield {"display_type": "line_section", "name": "Music"}
        yield self.line(
            "SYB",
            8,
            discount=10,
            name=(
                "Soundtrack Your Brand: music subscription, per zone and year\n"
                "เพลงสำหรับล็อบบี้ ห้องอาหาร และสระว่ายน้ำ"
            ),
        )
        yield self.line(
            "BB",
            4,
            name=(
                "Beat Breeze: licence-inclusive music, per zone and year\n"
                "Âm nhạc nền cho nhà hàng Việt Nam và quầy bar"
            ),
        )
        yield {"display_type": "line_section", "name": "Equipment and service"}
        yield self.line("PLAYER", 2)
        yield self.line(
            "INST", 1, unit_price=0, list_value=self.price(self.hilton, "INST")
        )
        yield {
            "display_type": "line_note",
            "name": "Installation outside the hours of service, on a day you choose.",
        }

    # -- quotes ------------------------------------------------------------------------

    def make_quotes(self) -> None:
        values, index = [], 0
        for state, (count, first, step) in QUOTE_PLAN.items():
            for i in range(count):
                # the last sent ones revise the superseded ones, which come before them
                revises = state == "sent" and i >= count - REVISED
                company = self.others[(index - count * revises) % len(self.others)]
                day = self.ago(first - i * step)
                values.append(self._quote_values(index, company, state, day))
                index += 1
        self.quotes = self.env["bmasia.quote"].create(values)
        by_state = self.quotes.grouped("state")
        revisions = by_state["sent"][-REVISED:]
        for old, new in zip(by_state["superseded"], revisions, strict=True):
            new.revision_of_id = old

    def _quote_values(self, index: int, company: Any, state: str, day: date) -> Values:
        values = {
            "customer_id": company.id,
            "user_id": self.team[SELLERS[index % len(SELLERS)]].id,
            "date": day,
            "state": state,
            "term_months": (12, 12, 24, 12, 36)[index % 5],
            "billing_frequency": FREQUENCIES[index % len(FREQUENCIES)],
            "line_ids": self.lines(company, index, state),
        }
        if state == "draft":
            return values
        values |= {"name": self.number("quote", day), **self.sent(day)}
        decided = day + timedelta(days=12)
        if state == "accepted":
            values["accepted_date"] = decided
        if state == "rejected":
            values["rejected_date"] = decided
            values["reject_reason"] = REASONS[index % len(REASONS)]
        return values

    # -- contracts ---------------------------------------------------------------------

    def make_contracts(self) -> None:
        contract = self.env["bmasia.contract"]
        states = ["active"] * 14 + ["sent"] * 2 + ["draft"] * 2
        accepted = self.quotes.grouped("state")["accepted"]
        made = contract.create(
            [
                self._contract_of(quote, state)
                for quote, state in zip(accepted, states, strict=True)
            ]
        )
        plan = [
            *(("active", 400 + 60 * i, 36) for i in range(3)),
            # in their notice window, whatever day it is
            *(("active", 325 + 5 * i, 12) for i in range(2)),
            *(("expired", 520 + 40 * i, 12) for i in range(3)),
            *(("renewed", 420 + 30 * i, 12) for i in range(3)),
            *(("cancelled", 300 + 45 * i, 24) for i in range(2)),
        ]
        values = []
        for index, (state, days, term) in enumerate(plan, len(accepted)):
            company = self.others[index % len(self.others)]
            day = self.ago(days).replace(day=1)
            frequency = FREQUENCIES[index % len(FREQUENCIES)]
            values.append(
                {
                    **self.contract_values(company, day, term, frequency),
                    **self.signed(state, day - timedelta(days=20)),
                    "user_id": self.team[SELLERS[index % len(SELLERS)]].id,
                    "line_ids": self.lines(company, index),
                }
            )
        made += contract.create(values)
        self._agree_renewals(made)
        for old in made.filtered(lambda contract: contract.state == "renewed"):
            start = old.end_date + timedelta(days=1)
            old.copy(
                {
                    "renewed_from_id": old.id,
                    "start_date": start,
                    **self.signed("active", start - timedelta(days=30)),
                }
            )

    def _agree_renewals(self, contracts: Any) -> None:
        """What the next term costs, and why one did not go on."""
        ending = contracts.filtered("is_ending").sorted("id", reverse=True)
        ending[0].write({"renewal_rule": "percent", "renewal_percent": 5})
        ending[1].renewal_rule = "price_list"
        expired = contracts.filtered(lambda contract: contract.state == "expired")
        expired[0].lost_reason = "They play music of their own now."

    def contract_values(
        self, company: Any, start: date, term: int, frequency: str
    ) -> Values:
        entity = company.billing_entity_id
        contact = company.primary_contact_id
        platform = PLATFORMS[self.product_of(company)]
        return {
            "customer_id": company.id,
            "start_date": start,
            "term_months": term,
            "billing_frequency": frequency,
            "auto_renew": term > 12,
            "template_id": self.templates[entity, platform].id,
            "location_ids": [
                Command.create(
                    {
                        "name": f"{company.name}, {company.city}",
                        "platform": company.zone_ids[:1].platform,
                        "zone_count": company.zone_count,
                    }
                )
            ],
            "zone_ids": [Command.set(company.zone_ids.ids)],
            "signatory_ids": [
                Command.create(
                    {
                        "side": "seller",
                        "name": entity.document_signatory,
                        "title": entity.document_signatory_title,
                    }
                ),
                Command.create(
                    {
                        "side": "customer",
                        "name": contact.name,
                        "title": contact.function,
                    }
                ),
            ],
        }

    def _contract_of(self, quote: Any, state: str) -> Values:
        day = quote.accepted_date
        # a first of a month, after the signatures
        start = (day + timedelta(days=36)).replace(day=1)
        usual = self.contract_values(
            quote.customer_id, start, quote.term_months, quote.billing_frequency
        )
        return {**usual, **quote._contract_values(), **self.signed(state, day)}

    def signed(self, state: str, day: date) -> Values:
        """What a contract has beyond its draft: number, mail, signature."""
        if state == "draft":
            return {"state": state}
        values: Values = {"state": state, "name": self.number("contract", day)}
        values |= self.sent(day)
        if state != "sent":
            values["signed_date"] = day + timedelta(days=5)
        if state == "cancelled":
            values["cancelled_date"] = day + timedelta(days=90)
            values["cancel_reason"] = "The property has closed."
        return values

    # -- invoices ----------------------------------------------------------------------

    def make_invoices(self) -> None:
        """Those of the billing schedules, and sales without a contract beside them."""
        values = sorted(self._scheduled(), key=lambda value: value["issue_date"])
        spare = INVOICES - len(values) - CREDIT_NOTES
        values += [self._sale(index, spare) for index in range(spare)]
        values.sort(key=lambda value: value["issue_date"])
        for index, value in enumerate(values):
            self._settle(index, value)
        plans = [value.pop("plan") for value in values]
        invoices = self.env["bmasia.invoice"].create(values)
        planned = list(zip(invoices, plans, strict=True))
        self._make_payments(planned)
        credited = ("credit", "credit part")
        self._make_credit_notes([i for i, plan in planned if plan in credited])

    def _scheduled(self) -> Iterator[Values]:
        contracts = self.env["bmasia.contract"].search(
            [("state", "in", ("active", "renewed", "expired"))]
        )
        year = self.today - relativedelta(months=12)
        # what a contract that runs still owes must be there, however old
        due = contracts._rows_due().filtered(
            lambda row: row.contract_id.state == "active" or row.date > year
        )
        for rows in due.grouped(lambda row: row._invoice_key()).values():
            yield {
                **rows._invoice_values(),
                "issue_date": rows[0].date,
                "user_id": self.team["pom"].id,
            }

    def _sale(self, index: int, count: int) -> Values:
        company = self.others[(7 * index) % len(self.others)]
        codes = [("PLAYER", "INST", "PC")[index % 3]]
        # the first ones show what is rare
        plan = SALE_PLANS[index] if index < len(SALE_PLANS) else None
        if plan == "credit part":
            codes.append("INST")
        return {
            "customer_id": company.id,
            "user_id": self.team["pom"].id,
            "issue_date": self.ago(2 + 355 * (count - index) // count),
            "line_ids": [
                Command.create(self.line(code, 1 + index % 4)) for code in codes
            ],
            "plan": plan,
        }

    def _settle(self, index: int, values: Values) -> None:
        """What became of an invoice by now, by its age."""
        day = values["issue_date"]
        plan = values.get("plan") or self._usual_plan(index, day)
        values["plan"] = plan
        if plan == "draft":
            values["issue_date"] = False
            return
        kind = "proforma" if plan == "proforma" else "invoice"
        customer = self.env["bmasia.company"].browse(values["customer_id"])
        entity = self.env["res.company"].browse(values.get("company_id"))
        number = self.number(kind, day, entity or customer.billing_entity_id)
        values |= {"kind": kind, "name": number, **self.sent(day)}
        states = {"paid": "paid", "cancel": "cancelled", "credit": "credited"}
        values["state"] = states.get(plan, "issued")
        if plan == "paid":
            values["paid_date"] = self._paid_on(index, day)
        if plan == "cancel":
            values["cancelled_date"] = day + timedelta(days=3)
            values["cancel_reason"] = "Ordered twice."

    def _usual_plan(self, index: int, day: date) -> str:
        age = (self.today - day).days
        if age > PAID_AFTER:
            return "open" if index % 11 == 10 else "paid"
        if age > DUE_AFTER:
            return ("paid", "part", "open")[index % 3]
        return "paid" if index % 4 == 3 else "open"

    def _paid_on(self, index: int, day: date) -> date:
        return min(day + timedelta(days=8 + 7 * (index % 4)), self.today)

    def _make_payments(self, planned: list[tuple[Any, str]]) -> None:
        for index, (invoice, plan) in enumerate(planned):
            if plan not in ("paid", "part"):
                continue
            day = invoice.paid_date or self._paid_on(index, invoice.issue_date)
            total = invoice.amount_total / (2 if plan == "part" else 1)
            withheld = 0.0
            if plan == "paid" and invoice.currency_id.name == "THB" and index % 2:
                withheld = round(invoice.amount_untaxed * WITHHELD, 2)
            self._make_payment(
                invoice,
                {
                    "date": day,
                    "amount": round(total - withheld, 2),
                    "method": "promptpay" if withheld else "transfer",
                    "reference": f"DEMO-{index:04}",
                },
                withheld,
            )

    def _make_payment(self, invoice: Any, money: Values, withheld: float) -> None:
        """Money for one invoice, with the receipt that it had then."""
        ends = {
            "customer_id": invoice.customer_id.id,
            "company_id": invoice.company_id.id,
            "currency_id": invoice.currency_id.id,
        }
        payment = self.env["bmasia.payment"].create({**ends, **money})
        use = self.env["bmasia.payment.allocation"].create(
            {
                **ends,
                "payment_id": payment.id,
                "invoice_id": invoice.id,
                "date": money["date"],
                "amount": money["amount"],
                "withholding_amount": withheld,
                "state": "planned",
            }
        )
        use.state = "valid"
        use._fix_share()
        self.env["bmasia.receipt"]._make_for(
            use,
            name=self.number("receipt", money["date"], invoice.company_id),
            user_id=self.team["pom"].id,
            **self.sent(money["date"]),
        )
        certificates = self.env["bmasia.withholding.certificate"]
        certificates._owe_for(use)
        self._receive_certificate(use.certificate_id)

    def _receive_certificate(self, certificate: Any) -> None:
        """Most of the older ones are here."""
        day = certificate.paid_on
        if day and day < self.ago(60) and certificate.id % 5:
            certificate.action_receive(f"DEMO-{certificate.id:03}", day)

    def _make_credit_notes(self, invoices: list[Any]) -> None:
        values = []
        for invoice in invoices:
            day = invoice.issue_date + timedelta(days=4)
            values.append(
                {
                    "kind": "credit_note",
                    "reversed_id": invoice.id,
                    "customer_id": invoice.customer_id.id,
                    "user_id": invoice.user_id.id,
                    "issue_date": day,
                    "credit_reason": "The order was withdrawn.",
                    "line_ids": [
                        Command.create(line._copied_values())
                        for line in invoice.line_ids[:1]
                    ],
                    "name": self.number("credit_note", day, invoice.company_id),
                    "state": "issued",
                    **self.sent(day),
                }
            )
        self.env["bmasia.invoice"].create(values)
