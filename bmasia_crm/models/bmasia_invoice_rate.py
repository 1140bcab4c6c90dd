from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.document_flow.tools import figures

from ..tools import money, rates, shares
from .bmasia_invoice_payment import COUNTED
from .bmasia_line_tax_mixin import STANDARD

# What a line that credits has of its own, where it becomes several.
KEPT = frozenset({"name", "contract_line_id", "schedule_id"})


class BmasiaInvoiceRateMixin(models.AbstractModel):
    """What an open invoice comes to where the rate of VAT has changed since it was
    issued.

    Gives the sale at the rates of a day (``_rows_on``), what that is more or less than
    what is printed (``amount_rate_change``), by day (``rate_changes``), and the words
    that say why (``_rate_change_words``).

    The model provides ``kind``, ``state``, ``issue_date``, ``is_tax_invoice``, and the
    uses of money, credit notes and write-offs.

    How it works: of a service, the rate is that of the day of payment (Thai Revenue
    Code, section 78/1). Net was agreed; what of it is open on the first day of a new
    rate is taxed anew, and what was paid, credited or written off before keeps its
    rate. The invoice itself stays as printed. One that is the tax invoice keeps its
    rate for good: its tax fell due with it (section 78). ``tools/rates.py`` reckons.
    """

    _name = "bmasia.invoice.rate.mixin"
    _description = "Tax Rate of an Open Invoice"

    currency_id = fields.Many2one("res.currency")
    amount_rate_change = fields.Monetary(
        "New Tax Rate",
        compute="_compute_rate_change",
        store=True,
        help="By how much the printed total changes, since the tax rate changed; "
        "negative if less.",
    )
    rate_changes = fields.Json(
        compute="_compute_rate_change",
        store=True,
        help="The same by day.",
    )
    rate_note = fields.Char(compute="_compute_rate_note")

    # ------------------------------------------------------------
    # AT THE RATE OF A DAY
    # ------------------------------------------------------------

    def _rate_facts(self):
        """Until when it serves, and when it was agreed; the latest of its contracts
        counts.
        """
        signed = filter(None, self.contract_ids.sudo().mapped("signed_date"))
        agreed = max(signed, default=self.issue_date)
        return self.period_end or self.issue_date, agreed

    def _has_rate_of_day(self):
        """Whether another rate can count for it than is printed."""
        self.ensure_one()
        is_open = self.kind == "invoice" and self.state != "cancelled"
        return bool(is_open and self.issue_date)

    def _printed_rate(self):
        """The standard rate at which this was issued."""
        return self._standard_rate(self.issue_date)

    def _rate_now(self, day):
        """The standard rate of what is paid on a day."""
        return self._standard_rate(self.issue_date if self.is_tax_invoice else day)

    def _rows_on(self, day, without=None, span=None):
        """Net and tax of this by rate, at the rates of a day.

        :param day: the standard rate of which counts
        :param without: a use of money that is about to settle, whatever was given up
        :param span: first day, and the one after the last one, of what is looked at
        :rtype: list[money.TaxRow]
        """
        whole = self._tax_base()
        if self.kind == "proforma":
            return super()._rows_on(day)
        if not self._has_rate_of_day():
            return whole
        printed, now = self._printed_rate(), self._rate_now(day)
        if not printed or not now:
            return whole  # who is not registered: as it was asked for
        kept = self._settled_parts(without, span)
        return rates.at_rate(whole, printed, now, kept, self._rounding())

    def _total_at(self, day):
        """What this would come to if all of it were paid on a day."""
        whole = self._tax_base()
        if self._has_rate_of_day():
            pair = self._printed_rate(), self._rate_now(day)
            whole = (
                rates.restated(whole, *pair, self._rounding()) if all(pair) else whole
            )
        return shares.total(whole)

    def _settled_parts(self, without, span):
        """What keeps its rate: what was paid, taken back or given up, by rate.

        What a credit note with VAT takes back was paid before, and counts once.
        """
        uses = self.allocation_ids.sudo()
        uses -= without or uses.browse()
        given_up = self.write_off_ids.sudo()
        notes = self.credit_note_ids.filtered(lambda note: note.state in COUNTED)
        if span and span[1]:
            notes = notes.filtered(lambda note: note.issue_date < span[1])
        adjusted = notes.filtered(lambda note: note.kind == "adjustment")
        credited = [note._tax_base() for note in notes - adjusted]
        paid = self._parts_of(uses, span)
        unpaid = shares.subtract(shares.add(*credited), paid)
        return shares.add(
            paid,
            [row for row in unpaid if row.base > 0],
            *(note._tax_base() for note in adjusted),
            [] if without else self._parts_of(given_up, span),
        )

    @api.model
    def _parts_of(self, rows, span):
        """Net and tax of uses of money or write-offs that counted in a span of days."""
        first, end = span or (None, None)

        def counted(row):
            if end and row.date >= end:
                return False
            undone = row.state == "voided" and (not end or row.voided_date <= first)
            return row.state != "planned" and not undone

        return shares.add(*(shares.read(r.tax_base) for r in rows if counted(r)))

    @api.depends(
        *("kind", "state", "issue_date", "is_tax_invoice", "period_end", "company_id"),
        *("amount_total", "contract_ids.signed_date"),
        *("allocation_ids.tax_base", "allocation_ids.state"),
        *("credit_note_ids.state", "credit_note_ids.amount_total"),
        *("write_off_ids.tax_base", "write_off_ids.state"),
    )
    def _compute_rate_change(self):
        for invoice in self:
            changes = invoice._rate_changes() if invoice._has_rate_of_day() else []
            invoice.rate_changes = changes
            invoice.amount_rate_change = money.add(row["amount"] for row in changes)

    def _rate_changes(self):
        """What each change of the rate adds, as it was then.

        :returns: list of dicts ``date``, ``amount``; first what an advance makes, that
            was taxed at another rate than this invoice; last what was taken back since
        """
        issued, days = self.issue_date, []
        if not self.is_tax_invoice:
            last = max(self._today(), issued)
            company = self.company_id.sudo()
            days = company._tax_changes(issued, last, *self._rate_facts())
        if days:
            undone = [*self.allocation_ids.sudo(), *self.write_off_ids.sudo()]
            days += [row.voided_date for row in undone if row.state == "voided"]
        elif not self.allocation_ids.advance_id:
            return []  # as nearly all
        days = [issued, *sorted({day for day in days if day > issued})]
        total, found = shares.total(self._tax_base()), []
        for day, following in zip(days, [*days[1:], None], strict=True):
            now = shares.total(self._rows_on(day, span=(day, following)))
            amount, total = money.subtract(now, total), now
            if amount:
                found.append({"date": str(day), "amount": amount})
        return found

    def _follow_tax_rate(self):
        """Reckon anew what is due: another day has come, or another rate."""
        self.modified(["is_tax_invoice"])

    def _asked_total(self):
        """What this asks for in all: its total, and what a new rate makes of it."""
        return money.add([self.amount_total, self.amount_rate_change])

    def _due_on(self, day):
        """What is due, if it is paid on a day."""
        total = shares.total(self._rows_on(day))
        gone = (self.amount_paid, self.amount_credited, self.amount_written_off)
        return max(money.subtract(total, *gone, -self._given_back()), 0.0)

    def _left_beside(self, use):
        """What a use of money finds to settle, on its day."""
        total = self._asked_in_all()
        if self._has_rate_of_day():
            total = shares.total(self._rows_on(use.date, use))
            total = money.subtract(total, self.amount_credited, -self._given_back())
        return max(money.subtract(total, self._settled_by(), -use.settled), 0.0)

    def _payable_on(self, day):
        if self.kind != "invoice":
            return super()._payable_on(day)
        return self._due_on(day) or self.amount_written_off

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    @api.depends("rate_changes", "amount_due", "state")
    @api.depends_context("lang")
    def _compute_rate_note(self):
        for invoice in self:
            asks = invoice.state == "issued" and invoice.amount_due
            words = asks and invoice._rate_change_words(self.env.lang or "en_US")
            invoice.rate_note = words or False

    def _rate_change_words(self, lang=None):
        """Why another amount is due than is printed; empty where none is.

        :param str lang: default: the customer's
        :rtype: str
        """
        self.ensure_one()
        if not self._has_rate_of_day() or self.is_tax_invoice:
            return ""
        today, facts = self._today(), self._rate_facts()
        days = self.company_id.sudo()._tax_changes(self.issue_date, today, *facts)
        if not days or not self.amount_rate_change:
            return ""
        invoice = self.with_context(lang=lang or self._get_print_lang())
        return invoice.env._(
            "%(tax)s is %(rate)s %% from %(day)s, also on what was invoiced before and "
            "is paid later. The printed total changes by %(change)s.",
            tax=invoice.company_id.sudo().tax_label or invoice.env._("Tax"),
            rate=figures.number(self._standard_rate(today)),
            day=self._format_day(days[-1], lang=invoice.env.lang),
            change=self._format_money(self.amount_rate_change),
        )

    def _marked_words(self):
        """Who opens the file that was sent reads what is due now, and gets no code to
        pay what is printed."""
        words = super()._marked_words()
        if words or not self.rate_note:
            return words
        document = self.with_context(lang=self._get_print_lang())
        rate = figures.number(self._standard_rate(self._today()))
        return [
            document.env._("Tax %s %%", rate),
            document.env._("To pay: %s", self._format_money(self.amount_due)),
        ]

    # ------------------------------------------------------------
    # CREDITED
    # ------------------------------------------------------------

    def _at_charged_rates(self, lines):
        """Lines of a credit note at the rates at which this was charged.

        What was paid at one rate and is open at another makes two lines of one.

        :param lines: tuples of a line of this invoice, the net that is credited of it,
            and the values of the line that credits it
        :returns: values of lines
        """
        printed = STANDARD, self._printed_rate()
        left = shares.subtract(self._rows_on(self._today()), *self._credited_parts())
        own = {row.key for row in self._tax_base()} - {printed}
        charged = [row for row in left if row.category == STANDARD]
        charged = [row for row in charged if row.key not in own and row.base > 0]
        if not charged or [row.key for row in charged] == [printed]:
            return [values for _line, _net, values in lines]
        found, passed = [], 0.0
        for line, net, values in lines:
            if line.display_type or line._taxable_key() != printed:
                found.append(values)
            elif len(charged) == 1:
                found.append({**values, "tax_rate": charged[0].rate})
            else:
                found += self._split_by_rate((line, net, values), charged, passed)
                passed = money.add([passed, net])
        return found

    def _split_by_rate(self, credited, charged, passed):
        """A line that credits, once for each rate, in proportion to what was charged.

        :param credited: as of ``_at_charged_rates``
        :param passed: what lines before it credit
        """
        line, net, values = credited
        whole = money.exact(money.add(row.base for row in charged))
        rest, found = net, []
        for row in reversed(charged):
            upto = [
                money.to_currency(
                    money.exact(row.base) * money.exact(amount) / whole,
                    self._rounding(),
                )
                for amount in (passed, money.add([passed, net]))
            ]
            part = rest if row == charged[0] else float(upto[1] - upto[0])
            rest = money.subtract(rest, part)
            if part:
                mine = {**line._credited_part_values(), "reversed_line_id": line.id}
                mine |= {name: values[name] for name in KEPT & values.keys()}
                found.append({**mine, "unit_price": part, "tax_rate": row.rate})
        return found

    def _credit_at_charged_rates(self):
        """Tax the lines of a draft that credits as its invoice is charged by now: the
        rate may have changed since the draft was written.
        """
        original = self.reversed_id
        if not original:
            return
        charged = {part.key for part in self._charged_parts()}
        strays = self._priced_lines().filtered(
            lambda line: line._taxable_key() not in charged
            and line.reversed_line_id
            and line.tax_category == STANDARD
        )
        if not strays:
            return
        lines = [
            (
                line.reversed_line_id,
                line.amount_untaxed,
                {
                    **line._credited_part_values(),
                    "reversed_line_id": line.reversed_line_id.id,
                    "contract_line_id": line.contract_line_id.id,
                    "schedule_id": line.schedule_id.id,
                    "unit_price": line.amount_untaxed,
                },
            )
            for line in strays
        ]
        made = original._at_charged_rates(lines)
        self.sudo().write(
            {
                "line_ids": [
                    *(Command.delete(line.id) for line in strays),
                    *(Command.create(values) for values in made),
                ]
            }
        )
