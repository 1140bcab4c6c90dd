"""An accountant's year: every report says what books kept by hand say.

The year is in ``year_table.py``, the books in ``year_books.py``; neither asks the
product for anything.
"""

from collections import defaultdict
from datetime import date
from fractions import Fraction

from odoo.fields import Domain
from odoo.tests import tagged

from ..models.bmasia_dashboard_figures import BOOKED
from . import year_table
from .reports import ReportCase
from .year_books import AGES, month_ends, number, planned_bills
from .year_table import rows

ACCOUNTS = {
    "receivable": "Accounts Receivable (THB)",
    "income": "Sales",
    "vat": "Output VAT",
    "vat_undue": "Undue Output VAT",
    "bank": "Bank",
    "withholding": "Withholding Tax",
    "charge": "Bank Charges",
    "rounding": "Rounding",
    "advance": "Customer Advances",
}
ENTITIES = (("SM", "THB"), ("SX", "USD"))
SOLD = (*ENTITIES, ("SM", "USD"))


@tagged("post_install", "-at_install")
class TestYear(ReportCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thailand.write(
            {
                "country_id": cls.env.ref("base.th").id,
                "payment_days": year_table.DUE_DAYS,
            }
        )
        cls.hongkong.payment_days = year_table.DUE_DAYS
        cls.sellers = {"SM": cls.thailand, "SX": cls.hongkong}
        cls.usd = cls.currency("USD")
        cls.people = {
            name: cls.make_company(name, country=f"base.{code.lower()}")
            for code, names in year_table.CUSTOMERS.items()
            for name in names
        }
        day, rate = year_table.RATE
        cls.env["bmasia.exchange.rate"].create(
            {"currency_id": cls.usd.id, "date": day, "rate": rate}
        )

    def setUp(self):
        super().setUp()
        self.books = planned_bills()
        self.contracts, self.bills, self.paid, self.screens = {}, {}, {}, {}
        self.live()

    # ------------------------------------------------------------
    # THE YEAR
    # ------------------------------------------------------------

    def live(self):
        """Day by day: contracts are signed, the system bills, then comes the rest."""
        signed, events = defaultdict(list), defaultdict(list)

        def plan(day, act, *arguments, when=events):
            when[str(day)].append(lambda: act(*arguments))

        for row in rows(year_table.CONTRACTS):
            plan(row["signed"], self.sign, row, when=signed)
        plan(year_table.RENEWAL["signed"], self.renew, when=signed)
        plan(year_table.ADVANCE["day"], self.take_advance)
        for row in rows(year_table.SALES):
            plan(row["day"], self.sell, row)
        for row in rows(year_table.PAYMENTS):
            plan(row["day"], self.pay_bill, row)
        for row in rows(year_table.CREDITS):
            plan(row["day"], self.credit_bill, row)
            if row["paid back"]:
                plan(row["paid back"], self.pay_back, row)
        plan(year_table.BOUNCED, self.bounce)
        plan(year_table.CANCELLED["day"], self.cancel)
        plan(year_table.REFUNDED["day"], self.refund)
        plan(year_table.MERGED["day"], self.merge)
        billed = {str(bill.day) for bill in self.books.bills.values()}
        ends = {str(day) for day in self.ends()}
        for day in sorted(billed | ends | signed.keys() | events.keys()):
            with self.on(day):
                self.day = date.fromisoformat(day)
                for act in signed[day]:
                    act()
                self.issue_what_is_due()
                for act in events[day]:
                    act()
                if day in ends:
                    self.screens[self.day] = self.look()

    def sign(self, row):
        lines = []
        for line in row["lines"].split(";"):
            kind, *words = line.split()
            if kind == "once":
                lines.append(self.line(float(words[0]), kind="one_time"))
            elif kind == "days":
                first, last = words[1:]
                lines.append(self.line(float(words[0]), date_from=first, date_to=last))
            else:
                discount = float(words[3]) if len(words) > 3 else 0.0
                lines.append(self.line(float(words[1]), float(kind), discount=discount))
        contract = self.contract(
            *lines,
            customer_id=self.people[row["customer"]].id,
            company_id=self.sellers[row["seller"]].id,
            start_date=row["start"],
            term_months=int(row["months"]),
            billing_frequency=row["billing"],
        )
        contract.action_mark_sent()
        contract.action_activate(row["signed"])
        self.contracts[row["key"]] = contract

    def renew(self):
        row = year_table.RENEWAL
        old = self.contracts[row["of"]]
        new = old.browse(old.action_renew(row["percent"])["res_id"])
        new.action_mark_sent()
        new.action_activate(self.day)
        self.contracts[row["key"]] = new

    def issue_what_is_due(self):
        contracts = self.env["bmasia.contract"]
        contracts._cron_follow_dates()
        contracts._cron_create_invoices()
        for key, contract in self.contracts.items():
            drafts = contract.invoice_ids.filtered(lambda i: i.state == "draft")
            for invoice in drafts.sorted("period_start"):
                place = list(contract.schedule_ids).index(invoice.schedule_id) + 1
                invoice.with_user(self.pom).action_issue()
                self.bills[f"{key}{place}"] = invoice

    def sell(self, row):
        product = self.env.ref("bmasia_crm.product_player") if row["goods"] else None
        spread = {"period_start": row["from"], "period_end": row["until"]}
        self.bills[row["key"]] = self.issued_invoice(
            self.line(
                float(row["net"]),
                product_id=product and product.id,
                kind="recurring" if row["from"] else "one_time",
            ),
            customer_id=self.people[row["customer"]].id,
            company_id=self.sellers[row["seller"]].id,
            currency_id=self.currency(row["currency"]).id,
            **(spread if row["from"] else {}),
        )

    def both(self, key):
        """A bill in the books, and as Pom has it."""
        return self.books.bills[key], self.bills[key].with_user(self.pom)

    def pay_bill(self, row):
        bill, invoice = self.both(row["bill"])
        parts = {name: number(row[name]) for name in ("withheld", "charge", "rounding")}
        amount = number(row["amount"]) if row["amount"] else None
        use = self.books.pay(bill, self.day, amount, **parts)
        answer = invoice.action_register_payment(
            float(use.amount if amount is None else amount),
            withholding_amount=float(parts["withheld"]),
            bank_charge=float(parts["charge"]),
            rounding=float(parts["rounding"]),
        )
        self.paid[row["day"], row["bill"]] = (use, answer["id"])

    def take_advance(self):
        row = year_table.ADVANCE
        contract = self.contracts[row["contract"]]
        self.books.advance(row["contract"], self.day, Fraction(row["amount"]))
        self.env["bmasia.payment"].with_user(self.pom).register(
            contract.customer_id.id,
            contract.company_id.id,
            row["amount"],
            allocations=[{"contract_id": contract.id, "amount": row["amount"]}],
        )

    def bounce(self):
        (found,) = [
            self.paid[row["day"], row["bill"]]
            for row in rows(year_table.PAYMENTS)
            if row["note"] == "bounces"
        ]
        use, payment = found
        use.voided = self.day
        for each in self.books.money:
            if each.day == use.day and each.customer == use.bill.customer:
                each.voided = self.day
        self.env["bmasia.payment"].browse(payment).with_user(self.norbert).action_void(
            "No"
        )

    def credit_bill(self, row):
        bill, invoice = self.both(row["bill"])
        self.books.credit(bill, self.day, number(row["net"]))
        opened = invoice.action_credit("Agreed", ground="ended")
        note = invoice.browse(opened["res_id"])
        note.line_ids[0].unit_price = float(row["net"])
        note.action_issue()

    def pay_back(self, row):
        bill, invoice = self.both(row["bill"])
        left = -self.books.open_of(bill, self.day)
        self.books.pay_back(bill, self.day, left)
        (note,) = invoice.credit_note_ids.filtered(lambda n: n.kind == "credit_note")
        note.action_register_payment(float(left))

    def refund(self):
        row = year_table.REFUNDED
        bill, invoice = self.both(row["bill"])
        left = sum(
            m.amount
            for m in self.books.money
            if m.customer == bill.customer and m.currency == "USD"
        )
        left -= sum(u.amount for u in self.books.uses if u.bill is bill)
        self.books.money.append(
            type(self.books.money[0])(
                bill.customer, bill.seller, self.day, -left, bill.currency
            )
        )
        payment = invoice.payment_ids
        self.assertEqual(payment.amount_unallocated, left)
        payment.action_refund()

    def cancel(self):
        self.contracts[year_table.CANCELLED["key"]].with_user(
            self.norbert
        ).action_cancel("The hotel closes")

    def merge(self):
        row = year_table.MERGED
        source, target = self.people[row["customer"]], self.people[row["into"]]
        source.with_user(self.norbert).action_merge_into(target.id)
        self.books.merged[row["customer"]] = row["into"]

    # ------------------------------------------------------------
    # COMPARED
    # ------------------------------------------------------------

    def test_reports_say_what_the_books_say(self):
        for check in (
            self.check_bills,
            self.check_vat,
            self.check_receivables,
            self.check_statements,
            self.check_revenue,
            self.check_recurring_value,
            self.check_withholding,
            self.check_journal,
            self.check_screens,
        ):
            with self.subTest(check.__name__):
                check()

    def ends(self):
        return month_ends(year_table.FIRST, year_table.LAST)

    def assert_same(self, found, wanted, about):
        """Equal to the satang; what is nothing need not be named."""
        found = {key: round(value, 2) for key, value in found.items() if value}
        wanted = {key: round(float(value), 2) for key, value in wanted.items() if value}
        self.assertEqual(found, wanted, about)

    def check_bills(self):
        self.assertEqual(self.bills.keys(), self.books.bills.keys())
        for key, bill in self.books.bills.items():
            invoice = self.bills[key]
            self.assertEqual(
                (invoice.issue_date, invoice.due_date), (bill.day, bill.due), key
            )
            self.assert_same(
                {"net": invoice.amount_untaxed, "tax": invoice.amount_tax},
                {"net": bill.net, "tax": bill.tax},
                key,
            )

    def check_vat(self):
        declared = 0
        for end in [*self.ends(), year_table.LAST]:
            value, tax = self.books.vat(end.replace(day=1), end)
            found = {n: self.total("vat", n, month=end) for n in ("taxed", "tax")}
            self.assert_same(found, {"taxed": value, "tax": tax}, end)
            declared += bool(tax)
        self.assertEqual(declared, 11, "in September nothing was")

    def check_receivables(self):
        names = dict.fromkeys(("SM", "SX"), 0)
        for end in self.ends():
            for seller, currency in SOLD:
                table = self.rows(
                    "receivables", date=end, company_id=self.sellers[seller].id
                )
                found = {
                    (row["customer"], age): row[age]
                    for row in table
                    if row["currency"] == currency
                    for age in AGES
                }
                wanted = {
                    (customer, age): amount
                    for customer, ages in self.books.aged(seller, currency, end).items()
                    for age, amount in ages.items()
                }
                self.assert_same(found, wanted, (end, seller))
                names[seller] += len(table)
        self.assertTrue(all(names.values()))

    def check_statements(self):
        for end in self.ends():
            for seller, currency in SOLD:
                found = {}
                for name, customer in self.people.items():
                    table = self.rows(
                        "statement",
                        customer_id=customer.id,
                        date_from=year_table.FIRST,
                        date_to=end,
                        company_id=self.sellers[seller].id,
                    )
                    mine = [row for row in table if row["currency"] == currency]
                    found[name] = mine[-1]["balance"] if mine else 0
                wanted = self.books.balances(seller, currency, end)
                self.assert_same(found, wanted, (end, seller))

    def check_revenue(self):
        ends = self.ends()
        for seller, currency in SOLD:
            table = self.rows(
                "revenue",
                date_from=ends[0],
                date_to=ends[-1],
                company_id=self.sellers[seller].id,
            )
            table = [row for row in table if row["currency"] == currency]
            self.assertEqual(len(table), len(ends))
            before = Fraction(0)
            for end, row in zip(ends, table, strict=True):
                net = self.books.invoiced(seller, currency, end.replace(day=1), end)
                after = self.books.deferred(seller, currency, end)
                wanted = {
                    "invoiced": net,
                    "deferred": after,
                    "recognised": net + before - after,
                }
                self.assert_same({n: row[n] for n in wanted}, wanted, (end, seller))
                listed = self.total(
                    "deferred",
                    "deferred",
                    currency,
                    date=end,
                    company_id=self.sellers[seller].id,
                )
                self.assertEqual(listed, row["deferred"])
                before = after

    def look(self):
        """What the first screen says now, by figure and currency."""
        screen = self.env["bmasia.dashboard"].with_user(self.norbert)
        codes = self.env["res.currency"]
        return {
            figure["key"]: {codes.browse(c).name: v for c, v in figure["amounts"]}
            for figure in screen.get_figures()["figures"]
        }

    def check_recurring_value(self):
        for end in self.ends():
            wanted = {code: self.books.yearly(who, end) for who, code in ENTITIES}
            self.assert_same(self.screens[end]["annual_value"], wanted, end)

    def check_withholding(self):
        for end in self.ends():
            first = end.replace(day=1)
            days = {"date_from": first, "date_to": end}
            base, tax = self.books.withheld("SM", first, end)
            found = {
                "base": self.total("withholding", "amount_untaxed", **days),
                "tax": self.total("withholding", "withholding_amount", **days),
            }
            self.assert_same(found, {"base": base, "tax": tax}, end)
        certificates = self.env["bmasia.withholding.certificate"].search(
            [("company_id", "=", self.thailand.id)]
        )
        first = year_table.FIRST
        base, tax = self.books.withheld("SM", first, year_table.LAST)
        self.assert_same(
            {
                "base": sum(certificates.mapped("base_thb")),
                "tax": sum(certificates.mapped("amount_thb")),
            },
            {"base": base, "tax": tax},
            "certificates",
        )

    def check_journal(self):
        for end in self.ends():
            table = self.rows("journal", date_from=year_table.FIRST, date_to=end)
            found, entries = defaultdict(float), defaultdict(float)
            for row in table:
                amount = (row["debit"] or 0) - (row["credit"] or 0)
                entries[row["key"]] += amount
                if row["currency"] == "THB":
                    found[row["account_name"]] += amount
            self.assertFalse({k for k, v in entries.items() if round(v, 2)}, end)
            wanted = {
                ACCOUNTS[name]: amount
                for name, amount in self.books.accounts("THB", end).items()
            }
            found = {account: round(amount, 2) for account, amount in found.items()}
            self.assert_same(found, wanted, end)

    def check_screens(self):
        """First screen, list, pivot and report, of each month on its last day."""
        for end in self.ends():
            first = end.replace(day=1)
            for code in ("THB", "USD"):
                who = [seller for seller, currency in SOLD if currency == code]
                net = sum(self.books.invoiced(each, code, first, end) for each in who)
                late = sum(
                    sum(ages.values()) - ages["current"]
                    for each in who
                    for ages in self.books.aged(each, code, end).values()
                )
                screen = self.screens[end]
                for source, found, wanted in (
                    ("first screen", screen["revenue"].get(code), net),
                    ("overdue", screen["overdue"].get(code), late),
                    *(
                        (name, sums, net)
                        for name, sums in self.summed(code, first, end)
                    ),
                ):
                    self.assert_same({code: found}, {code: wanted}, (source, end))

    def summed(self, code, first, last):
        """What list and pivot of invoices add up to, as they open."""
        invoices = self.env["bmasia.invoice"].with_user(self.norbert)
        domain = Domain(BOOKED) & Domain("currency_id.name", "=", code)
        domain &= Domain("issue_date", ">=", first) & Domain("issue_date", "<=", last)
        total = "amount_untaxed_signed"
        (group,) = invoices.formatted_read_group(domain, [], [f"{total}:sum"])
        yield "pivot", group[f"{total}:sum"] or 0
        yield "list", sum(invoices.search(domain).mapped(total))
