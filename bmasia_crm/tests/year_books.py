"""The books of the accountant's year, kept in fractions by hand-made rules.

Nothing of the product is used here: what this says is what its reports must say.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from . import year_table
from .year_table import DUE_DAYS, rows

EVERY = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "annual": 12}
AGES = ("current", "1_30", "31_60", "61_90", "older")


def satang(value):
    """Rounded to hundredths, a half away from zero."""
    sign = -1 if value < 0 else 1
    return sign * Fraction(floor(abs(value) * 100 + Fraction(1, 2)), 100)


def number(text):
    return Fraction(text) if text else Fraction(0)


def later(day, months):
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def until(day, months):
    """The last day of so many months: before the same day of the later month, which may
    lack it (section 193/5 of the Thai Civil and Commercial Code).
    """
    there = later(day, months)
    return there - timedelta(1) if there.day == day.day else there


def month_ends(first, last):
    """The last day of each month that is over."""
    day, found = first, []
    while (end := later(day.replace(day=1), 1) - timedelta(1)) <= last:
        found.append(end)
        day = end + timedelta(1)
    return found


@dataclass
class Bill:
    """An invoice."""

    key: str
    customer: str
    seller: str
    currency: str
    day: date
    recurring: Fraction
    once: Fraction = Fraction(0)
    first: date | None = None
    last: date | None = None
    contract: str = ""
    goods: bool = False
    rate: Fraction = Fraction(1)

    @property
    def net(self):
        return self.recurring + self.once

    @property
    def tax(self):
        return satang(self.net * 7 / 100) if self.seller == "SM" else Fraction(0)

    @property
    def total(self):
        return self.net + self.tax

    @property
    def due(self):
        return self.day + timedelta(DUE_DAYS)


@dataclass
class Use:
    """Money that settles a part of a bill; ``tax`` is its part of the tax."""

    bill: Bill
    day: date
    amount: Fraction
    withheld: Fraction = Fraction(0)
    charge: Fraction = Fraction(0)
    rounding: Fraction = Fraction(0)
    voided: date | None = None
    advance: bool = False
    tax: Fraction = Fraction(0)

    @property
    def settled(self):
        return self.amount + self.withheld + self.charge + self.rounding

    def counts(self, day):
        return self.day <= day and not (self.voided and self.voided <= day)


@dataclass
class Credit:
    """What a bill is lowered by; ``is_taxed``: as a credit note with VAT."""

    bill: Bill
    day: date
    net: Fraction
    tax: Fraction
    is_taxed: bool

    @property
    def total(self):
        return self.net + self.tax


@dataclass
class Money:
    """What came into the bank, or went out of it."""

    customer: str
    seller: str
    day: date
    amount: Fraction
    currency: str
    voided: date | None = None


@dataclass
class Books:
    """All that happened; each figure is asked as of a day, by seller and currency."""

    bills: dict = field(default_factory=dict)
    uses: list = field(default_factory=list)
    credits: list = field(default_factory=list)
    money: list = field(default_factory=list)
    contracts: dict = field(default_factory=dict)
    merged: dict = field(default_factory=dict)

    # ------------------------------------------------------------
    # WHAT CONTRACTS ARE BILLED
    # ------------------------------------------------------------

    def add_contract(self, row):
        start, months = date.fromisoformat(row["start"]), int(row["months"])
        every = EVERY.get(row["billing"], months)
        starts = list(range(0, months, every))
        cuts = [*starts, months]
        periods = [
            (until(start, a) + timedelta(1), until(start, b), b - a)
            for a, b in zip(starts, cuts[1:], strict=True)
        ]
        recurring = [Fraction(0)] * len(periods)
        once, yearly = Fraction(0), Fraction(0)
        own_bills = []  # of what begins within a period
        for line in row["lines"].split(";"):
            kind, *words = line.split()
            if kind == "once":
                once += Fraction(words[0])
            elif kind == "days":
                price = Fraction(words[0])
                begins, ends = map(date.fromisoformat, words[1:])
                year = (later(begins, 12) - begins).days
                days = (ends - begins).days + 1
                whole, before, passed = satang(price * days / year), Fraction(0), 0
                for place, (first, last, _months) in enumerate(periods):
                    served = (min(last, ends) - max(first, begins)).days + 1
                    if served <= 0:
                        continue
                    passed += served
                    upto = satang(whole * passed / days)
                    if begins > first:
                        own_bills.append((begins, last, upto - before))
                    else:
                        recurring[place] += upto - before
                    before = upto
                yearly += price
            else:
                discount = Fraction(words[3]) if len(words) > 3 else 0
                gross = satang(Fraction(kind) * Fraction(words[1]))
                of_year = gross - satang(gross * discount / 100)
                yearly += of_year
                whole, before, passed = satang(of_year * months / 12), Fraction(0), 0
                for place, (_first, _last, count) in enumerate(periods):
                    passed += count
                    upto = satang(whole * passed / months)
                    recurring[place] += upto - before
                    before = upto
        self.contracts[row["key"]] = {
            "seller": row["seller"],
            "start": start,
            "end": until(start, months),
            "yearly": yearly,
            "cancelled": None,
            "signed": date.fromisoformat(row["signed"]),
        }
        bills = [
            (first, last, net)
            for (first, last, _months), net in zip(periods, recurring, strict=True)
        ]
        for place, (first, last, net) in enumerate(sorted([*bills, *own_bills])):
            key = f"{row['key']}{place + 1}"
            if first <= year_table.LAST:
                self.bills[key] = Bill(
                    key,
                    row["customer"],
                    row["seller"],
                    "THB" if row["seller"] == "SM" else "USD",
                    first,
                    net,
                    once if not place else Fraction(0),
                    first,
                    last,
                    row["key"],
                )

    def add_sale(self, row):
        days = [
            date.fromisoformat(row[name]) if row[name] else None
            for name in ("from", "until")
        ]
        self.bills[row["key"]] = Bill(
            row["key"],
            row["customer"],
            row["seller"],
            row["currency"],
            date.fromisoformat(row["day"]),
            number(row["net"]) if days[0] else Fraction(0),
            Fraction(0) if days[0] else number(row["net"]),
            *days,
            goods=bool(row["goods"]),
        )

    def cancel(self, key, day):
        """No bill of it follows."""
        self.contracts[key]["cancelled"] = day
        for name, bill in list(self.bills.items()):
            if bill.contract == key and bill.day > day:
                del self.bills[name]

    # ------------------------------------------------------------
    # WHAT HAPPENS TO A BILL
    # ------------------------------------------------------------

    def uses_of(self, bill, day):
        return [use for use in self.uses if use.bill is bill and use.counts(day)]

    def credits_of(self, bill, day):
        return [note for note in self.credits if note.bill is bill and note.day <= day]

    def open_of(self, bill, day):
        """What the customer owes of it; negative: is to be paid back."""
        if bill.day > day:
            return -sum(
                (use.settled for use in self.uses_of(bill, day) if not use.advance),
                Fraction(0),
            )
        settled = sum((use.settled for use in self.uses_of(bill, day)), Fraction(0))
        credited = sum((note.total for note in self.credits_of(bill, day)), Fraction(0))
        return bill.total - settled - credited

    def pay(self, bill, day, amount, **parts):
        """Money for a bill; what is too much stays the customer's.

        :param amount: None for what is due, less the other parts
        """
        left = self.open_of(bill, day) - sum(parts.values(), Fraction(0))
        amount = left if amount is None else amount
        use = Use(bill, day, min(amount, left), **parts)
        self._add_use(use)
        self.money.append(Money(bill.customer, bill.seller, day, amount, bill.currency))
        return use

    def _add_use(self, use):
        """Its tax closes that of the bill, whatever the parts are."""
        bill, day = use.bill, use.day
        before = self.uses_of(bill, day)
        taxed = sum((other.tax for other in before), Fraction(0))
        settled = sum((other.settled for other in before), Fraction(0))
        notes = self.credits_of(bill, day)
        if notes or any(other.advance for other in before):
            tax = bill.tax - taxed - sum(note.tax for note in notes)
            whole = bill.total - settled - sum(note.total for note in notes)
            use.tax = satang(tax * use.settled / whole)
        else:
            use.tax = satang(bill.tax * (settled + use.settled) / bill.total) - taxed
        self.uses.append(use)

    def advance(self, key, day, amount):
        """Money before the bill, which its first one deducts."""
        bill = self.bills[f"{key}1"]
        use = Use(bill, day, amount, advance=True)
        use.tax = satang(bill.tax * amount / bill.total)
        self.uses.append(use)
        self.money.append(Money(bill.customer, bill.seller, day, amount, bill.currency))

    def credit(self, bill, day, net):
        """What was never paid goes first, without VAT; the rest is a credit note."""
        tax = satang(net * 7 / 100) if bill.seller == "SM" else Fraction(0)
        total, unpaid = net + tax, max(self.open_of(bill, day), Fraction(0))
        rest = total - min(total, unpaid)
        own = satang(tax * rest / total) if rest else Fraction(0)
        for part, share, taxed in ((rest, own, True), (total - rest, tax - own, False)):
            if part:
                self.credits.append(Credit(bill, day, part - share, share, taxed))

    def pay_back(self, bill, day, amount):
        self.uses.append(Use(bill, day, -amount))
        self.money.append(
            Money(bill.customer, bill.seller, day, -amount, bill.currency)
        )

    # ------------------------------------------------------------
    # WHAT REPORTS ASK
    # ------------------------------------------------------------

    def _mine(self, seller, currency, things):
        return [
            thing
            for thing in things
            if (thing.seller, thing.currency) == (seller, currency)
        ]

    def who(self, customer):
        """The customer that a name stands for after the merge."""
        return self.merged.get(customer, customer)

    def vat(self, first, last):
        """Value and tax of a month's tax documents of SM, in baht."""
        value = tax = Fraction(0)
        for bill in self._mine("SM", "THB", self.bills.values()):
            if bill.goods and first <= bill.day <= last:
                value, tax = value + bill.net, tax + bill.tax
        for use in self.uses:
            bill = use.bill
            counts = first <= use.day <= last and not use.voided and use.settled > 0
            if counts and bill.seller == "SM" and not bill.goods:
                value += satang((use.settled - use.tax) * bill.rate)
                tax += satang(use.tax * bill.rate)
        for note in self.credits:
            if note.is_taxed and first <= note.day <= last:
                value, tax = value - note.net, tax - note.tax
        return value, tax

    def aged(self, seller, currency, day):
        """What each customer owes, by age."""
        found = {}
        for bill in self._mine(seller, currency, self.bills.values()):
            left = self.open_of(bill, day)
            if bill.day <= day and left > 0:
                days = (day - bill.due).days
                age = AGES[sum(days > limit for limit in (0, 30, 60, 90))]
                own = found.setdefault(
                    self.who(bill.customer), dict.fromkeys(AGES, Fraction(0))
                )
                own[age] += left
        return found

    def balances(self, seller, currency, day):
        """What each customer's account says: charged, less credited and paid."""
        found = {}

        def add(customer, amount):
            customer = self.who(customer)
            found[customer] = found.get(customer, Fraction(0)) + amount

        for bill in self._mine(seller, currency, self.bills.values()):
            if bill.day <= day:
                add(bill.customer, bill.total)
                for note in self.credits_of(bill, day):
                    add(bill.customer, -note.total)
                for use in self.uses_of(bill, day):
                    add(bill.customer, -(use.settled - use.amount))
        for each in self._mine(seller, currency, self.money):
            if each.day <= day and not (each.voided and each.voided <= day):
                add(each.customer, -each.amount)
        return found

    def invoiced(self, seller, currency, first, last):
        """Net of a month, less what was credited in it."""
        bills = self._mine(seller, currency, self.bills.values())
        net = sum((b.net for b in bills if first <= b.day <= last), Fraction(0))
        for note in self.credits:
            mine = (note.bill.seller, note.bill.currency) == (seller, currency)
            if mine and first <= note.day <= last:
                net -= note.net
        return net

    def deferred(self, seller, currency, day):
        """What of the bills is for days to come; credits take from that first."""
        whole = Fraction(0)
        for bill in self._mine(seller, currency, self.bills.values()):
            if (
                not bill.first
                or not bill.day <= day < bill.last
                or bill.last == bill.day
            ):
                continue
            days = (bill.last - bill.first).days + 1

            def left(when, bill=bill, days=days):
                return Fraction(min((bill.last - when).days, days), days)

            taken = sum(
                (note.net / left(note.day) for note in self.credits_of(bill, day)),
                Fraction(0),
            )
            whole += satang(max(bill.recurring - taken, 0) * left(day))
        return whole

    def yearly(self, seller, day):
        """What the contracts that run on a day are worth in a year."""
        return sum(
            (
                each["yearly"]
                for each in self.contracts.values()
                if each["seller"] == seller
                and max(each["start"], each["signed"]) <= day <= each["end"]
                and not (each["cancelled"] and each["cancelled"] <= day)
            ),
            Fraction(0),
        )

    def withheld(self, seller, first, last):
        """Base and tax of what customers withheld, in baht of SM."""
        base = tax = Fraction(0)
        for use in self.uses:
            counts = first <= use.day <= last and not use.voided and use.withheld
            if counts and use.bill.seller == seller:
                base += satang((use.settled - use.tax) * use.bill.rate)
                tax += satang(use.withheld * use.bill.rate)
        return base, tax

    def accounts(self, currency, day):
        """What stands on the accounts of SM; credits are negative."""
        bills = [b for b in self._mine("SM", currency, self.bills.values())]
        of = {
            name: Fraction(0)
            for name in (
                "receivable",
                "income",
                "vat",
                "vat_undue",
                "bank",
                "withholding",
                "charge",
                "rounding",
                "advance",
            )
        }
        for bill in bills:
            if bill.day <= day:
                of["receivable"] += bill.total
                of["income"] -= bill.net
                of["vat" if bill.goods else "vat_undue"] -= bill.tax
            for note in self.credits_of(bill, day):
                of["receivable"] -= note.total
                of["income"] += note.net
                of["vat" if note.is_taxed else "vat_undue"] += note.tax
            for use in self.uses_of(bill, day):
                waits = use.advance and bill.day > day
                of["advance" if waits else "receivable"] -= use.settled
                of["withholding"] += use.withheld
                of["charge"] += use.charge
                of["rounding"] += use.rounding
                if use.settled > 0 and not bill.goods:
                    of["vat_undue"] += use.tax
                    of["vat"] -= use.tax
        for each in self._mine("SM", currency, self.money):
            if each.day <= day and not (each.voided and each.voided <= day):
                of["bank"] += each.amount
        # money that is used for nothing
        used = sum((u.amount for b in bills for u in self.uses_of(b, day)), Fraction(0))
        of["advance"] -= of["bank"] - used
        return {name: amount for name, amount in of.items() if amount}


def planned_bills():
    """The books before anything is paid."""
    books = Books()
    contracts = {row["key"]: row for row in rows(year_table.CONTRACTS)}
    for row in contracts.values():
        books.add_contract(row)
    renewal = year_table.RENEWAL
    old = contracts[renewal["of"]]
    price = Fraction(old["lines"].split()[2])
    dearer = price * (100 + renewal["percent"]) / 100
    start = books.contracts[renewal["of"]]["end"] + timedelta(1)
    books.add_contract(
        {
            **old,
            "key": renewal["key"],
            "start": str(start),
            "signed": str(renewal["signed"]),
            "lines": f"1 x {dearer}",
        }
    )
    for row in rows(year_table.SALES):
        books.add_sale(row)
    books.bills["Z"].rate = Fraction(str(year_table.RATE[1]))
    cancelled = year_table.CANCELLED
    books.cancel(cancelled["key"], cancelled["day"])
    return books
