from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money, shares
from .bmasia_invoice_payment import COUNTED

# Both take something back. An adjustment is no tax document: what it takes back was
# never taxed.
CREDITS = ("credit_note", "adjustment")
# Why a tax invoice may be corrected by a credit note: section 82/10 of the Thai Revenue
# Code, and what the Director-General added under it.
GROUNDS = [
    ("overcharged", "The price was calculated too high"),
    ("not_as_agreed", "The goods or the service were not as agreed"),
    ("short", "Less was delivered than invoiced"),
    ("returned", "The goods came back: defective, or not as described"),
    ("ended", "The service contract was ended before all of it was provided"),
    ("advance_returned", "An advance or deposit was paid back"),
]


class BmasiaInvoiceTaxMixin(models.AbstractModel):
    """When the tax of an invoice falls due, and which tax documents a credit corrects.

    Gives ``is_tax_invoice``, fixed when the invoice is issued, with what it declares by
    rate (``tax_declared``); a warning on drafts that a Thai customer could not use; and
    of a draft that credits, what becomes a credit note with VAT and what an adjustment
    without (``_part_by_tax``).

    The model provides ``kind``, ``state``, lines with products, and what
    ``bmasia.invoice.credit.mixin`` gives.

    How it works: of services, VAT falls due when the payment arrives (Thai Revenue
    Code, section 78/1): the invoice asks, the receipt is the tax invoice. Of goods, it
    falls due at delivery, or with the tax invoice if that is earlier (section 78): the
    invoice is the tax invoice, and the receipt is plain. So it is with services whose
    tax invoice was issued earlier on request (section 78/1). An invoice for both is one
    document with one day: all of it falls due with it, the earlier of the two.

    A credit note corrects *tax invoices* (sections 82/10 and 86/10). What was never
    taxed, as the unpaid part of a service, is taken back first, by an adjustment with
    numbers of its own; only the rest becomes a credit note, which names each tax
    invoice with its day and value, and its ground. Each rate counts for itself: what
    was paid at the credited one pays the others, with a receipt of their tax.
    """

    _name = "bmasia.invoice.tax.mixin"
    _description = "Tax of an Invoice"

    tax_invoice_asked = fields.Boolean(
        "Tax Invoice Asked For",
        copy=False,
        help="The customer wants the tax invoice before paying: this invoice is it, "
        "and its tax falls due now.",
    )
    is_tax_invoice = fields.Boolean("Tax Invoice", readonly=True, copy=False)
    tax_declared = fields.Json(
        "Declared by Rate",
        readonly=True,
        copy=False,
        help="Net and tax of this tax invoice; what advances declared is not in it.",
    )
    tax_warning = fields.Char(compute="_compute_tax_warning")
    lacks_branch = fields.Boolean(compute="_compute_tax_warning")
    credit_ground = fields.Selection(
        GROUNDS,
        "Ground",
        copy=False,
        help="Why the tax invoice is corrected; printed. The law knows no others.",
    )
    credit_event_date = fields.Date(
        "Day of the Event",
        copy=False,
        help="When the ground arose: the credit note belongs into that month or, where "
        "it cannot be helped, the next. Empty: the day it is issued.",
    )
    asks_ground = fields.Boolean(compute="_compute_asks_ground")
    credit_references = fields.Json(
        readonly=True, copy=False, help="The tax invoices that it corrects, as printed."
    )
    tax_given = fields.Json(
        readonly=True,
        copy=False,
        help="Tax by rate where it is a part of what tax invoices declared.",
    )
    credit_split = fields.Char(compute="_compute_credit_split")

    _declared_by_day = models.Index("(company_id, issue_date) WHERE is_tax_invoice")

    def _is_tax_invoice(self):
        """Whether this is the tax invoice of its sale; of a draft, whether it will be.

        :rtype: bool
        """
        self.ensure_one()
        if not self._is_draft():
            return self.is_tax_invoice
        due_now = self.tax_invoice_asked or any(
            line.product_id.tax_point == "delivery" for line in self._priced_lines()
        )
        return bool(self.kind == "invoice" and due_now and self._is_taxed())

    def _fix_tax_point(self):
        """Fix, before the number is given, what this invoice declares.

        Advances had their tax invoice when they were paid: what they declared is no
        part of this one.
        """
        if not self._is_tax_invoice():
            return
        advances = self._deducted_parts()
        rows = self._rows_on(self.issue_date)
        declared = shares.subtract(rows, *advances)
        self.sudo().write(
            {"is_tax_invoice": True, "tax_declared": shares.write(declared)}
        )

    def _deducted_parts(self):
        """Net and tax of the advances that this invoice deducts, one list each."""
        uses = self.allocation_ids.filtered(
            lambda use: use.advance_id and use.state == "valid"
        )
        return [shares.read(use.tax_base) for use in uses]

    def _declared_tax(self):
        """The VAT that this document declares, if it is a tax invoice.

        :rtype: float
        """
        return money.add(part.tax for part in shares.read(self.tax_declared))

    @api.depends("kind", "company_id")
    def _compute_asks_ground(self):
        """Of an entity that charges no VAT, nothing is corrected."""
        for invoice in self:
            is_note = invoice.kind == "credit_note"
            invoice.asks_ground = is_note and invoice._is_taxed()

    @api.depends(
        *("state", "kind", "company_id", "currency_id", "amount_tax"),
        *("customer_id.country_id", "customer_id.vat", "customer_id.branch"),
        *("partner_id", "customer_id.partner_id.contact_address"),
    )
    @api.depends_context("lang")
    def _compute_tax_warning(self):
        """What keeps a Thai customer from using the tax invoice of a draft.

        Section 86/4 of the Revenue Code says what must stand on it (see
        ``BmasiaReceipt._is_tax_invoice``), and that it is made out in Thai currency,
        unless the Director-General approves another.
        """
        for invoice in self:
            country = invoice.company_id.sudo().country_id.code
            is_tax_document = invoice.kind == "invoice" and invoice._is_taxed()
            gaps = []
            if invoice._is_draft() and is_tax_document and country == "TH":
                gaps = invoice._tax_gaps()
            invoice.tax_warning = " ".join(gaps)
            buyer = invoice.customer_id
            is_thai = buyer.country_id.code == "TH"
            invoice.lacks_branch = gaps and is_thai and buyer.vat and not buyer.branch

    def _tax_gaps(self):
        missing, sentences = self._buyer_gaps(), []
        if missing:
            sentences.append(
                self.env._(
                    "%(customer)s has no %(missing)s: without it, a company cannot "
                    "use the tax invoice.",
                    customer=self.customer_id.name,
                    missing=missing,
                )
            )
        if self.currency_id.name != "THB":
            sentences.append(
                self.env._(
                    "A tax invoice is made out in THB, unless the Revenue Department "
                    "has approved %s.",
                    self.currency_id.name,
                )
            )
        return sentences

    # ------------------------------------------------------------
    # WHAT TAX INVOICES DECLARED
    # ------------------------------------------------------------

    def _tax_invoices(self):
        """The tax invoices of this sale that count: itself, or receipts.

        :returns: list of dicts ``number``, ``date``, ``parts`` (of this invoice's part)
        """
        self.ensure_one()
        found = []
        if self.is_tax_invoice:
            parts = shares.read(self.tax_declared)
            found.append({"number": self.name, "date": self.issue_date, "parts": parts})
        for use in self.sudo().allocation_ids.sorted("id"):
            receipt = (use.advance_id or use).receipt_id
            if use.state == "valid" and receipt.is_tax_invoice:
                row = {"number": receipt.name, "date": receipt.date}
                found.append({**row, "parts": shares.read(use.tax_base)})
        return found

    def _tax_notes(self):
        """The credit notes with VAT that count."""
        return self._tax_notes_among(self.credit_note_ids)

    def _tax_notes_among(self, notes):
        return notes.filtered(
            lambda note: note.kind == "credit_note" and note.state in COUNTED
        )

    def _covered_parts(self):
        """What tax invoices declared of this sale and no credit note took back."""
        declared = [row["parts"] for row in self._tax_invoices()]
        taken = [note._tax_base() for note in self._tax_notes()]
        return shares.subtract(shares.add(*declared), *taken)

    def _left_parts(self):
        """What is left of this sale with its credit notes, by rate of today."""
        left = self._rows_on(self._today())
        return shares.subtract(left, *self._credited_parts())

    def _parts_taken_back(self):
        """What receipts declared of this and credit notes took back: money that is used
        for this now has its tax invoice for it anew.
        """
        if self.is_tax_invoice or not self._is_taxed():
            return []
        return [note._tax_base() for note in self._tax_notes()]

    # ------------------------------------------------------------
    # WHAT A CREDIT BECOMES
    # ------------------------------------------------------------

    def _is_credit(self):
        """Whether this takes something back: a credit note, or an adjustment."""
        self.ensure_one()
        return self.kind in CREDITS

    def _is_tax_credit(self):
        """Whether this is a credit note in the sense of the law: with VAT.

        :rtype: bool
        """
        self.ensure_one()
        return self.kind == "credit_note" and self._is_taxed()

    def _hides_tax(self):
        """An adjustment is no tax document, and shows no VAT: none had fallen due."""
        return self.kind == "adjustment" or super()._hides_tax()

    def _total_before(self):
        """What the invoice came to before this credit, tax included.

        :rtype: float
        """
        earlier = self._earlier_notes().mapped("amount_total")
        return money.subtract(self._credited_total(), *earlier)

    def _amount_without_tax_document(self):
        """What of this draft was never taxed, tax included."""
        if not self._is_tax_credit():
            return 0.0
        corrected = shares.total(self._parts_with_vat())
        return money.subtract(self.amount_total, corrected)

    def _parts_with_vat(self):
        """What of this draft tax invoices declared, by rate."""
        invoice, own = self.reversed_id, self._tax_base()
        left = shares.subtract(invoice._left_parts(), own)
        rounding = self.currency_id.rounding
        return shares.corrected(own, invoice._covered_parts(), left, rounding)

    @api.depends("state", "kind", "amount_total", "reversed_id", "company_id")
    @api.depends_context("lang")
    def _compute_credit_split(self):
        """What becomes of a draft when it is issued, in words."""
        for note in self:
            note.credit_split = False
            if note.state != "draft" or not note._is_tax_credit():
                continue
            without = note._amount_without_tax_document()
            rest = money.subtract(note.amount_total, without)
            if rest and not without:
                continue
            amounts = {
                "without": note._format_money(without),
                "rest": note._format_money(rest),
            }
            if not rest:
                note.credit_split = note.env._(
                    "Nothing of this was paid, so no tax invoice is corrected: it is "
                    "issued as an adjustment, without VAT."
                )
            else:
                note.credit_split = note.env._(
                    "%(without)s of this was never paid: it is issued as an adjustment "
                    "without VAT. A credit note with VAT is issued for %(rest)s.",
                    **amounts,
                )

    def _part_by_tax(self):
        """Make of a draft what it is: an adjustment, a credit note, or one of each.

        :returns: the adjustment that was made besides, a draft, or none
        """
        if not self._is_tax_credit():
            return self.browse()
        # a payment that is being noted decides what was paid
        serialize(self.reversed_id)
        without = self._amount_without_tax_document()
        own = self.sudo()
        if without == self.amount_total:  # or all of it was free
            own.write({"kind": "adjustment", "credit_ground": False})
            return self.browse()
        if not without:
            return self.browse()
        parts = self._parts_with_vat()
        rest = shares.subtract(self._tax_base(), parts)
        lines = self._parted_lines(parts)
        other = own.copy(
            {
                "kind": "adjustment",
                "reversed_id": self.reversed_id.id,
                "credit_reason": self.credit_reason,
                "parted_from_id": self.id,
                "issue_date": self.issue_date,
                "tax_given": shares.write(rest),
                "line_ids": [
                    Command.create(values) for _kept, values in lines if values
                ],
            }
        )
        kept = [Command.create(values) for values, _other in lines if values]
        own.write(
            {"tax_given": shares.write(parts), "line_ids": [Command.clear(), *kept]}
        )
        return other.with_env(self.env)

    def _use_for_other_rates(self):
        """What was paid at the rate that this takes back pays the other rates now: it
        is set off against the rest of the invoice, which has its receipt for it.
        """
        invoice = self.reversed_id
        if self.advance_id or not self._is_tax_credit():
            return
        declared = shares.add(invoice._covered_parts(), self._tax_base())
        left = shares.total(invoice._left_parts())
        too_much = max(money.subtract(shares.total(declared), left), 0.0)
        moved = money.subtract(self.amount_total, too_much)
        if moved > 0:
            self.env["bmasia.payment.allocation"].sudo().create(
                {
                    **self.env["bmasia.payment"]._ends_of(self, invoice),
                    "credit_note_id": self.id,
                    "invoice_id": invoice.id,
                    "date": self.issue_date,
                    "amount": moved,
                }
            )

    def _note_parted(self, other):
        """Say on both documents that the credit became two."""
        sentence = self.env._("What was never paid is taken back by %s, without VAT.")
        self.message_post(body=Markup.escape(sentence) % other._get_html_link())
        sentence = self.env._("What was paid is taken back by %s, with VAT.")
        other.message_post(body=Markup.escape(sentence) % self._get_html_link())

    def _parted_lines(self, parts):
        """The lines of a draft in two: what comes to these parts, and what is left.

        :param list parts: net and tax by rate
        :returns: list of pairs of values of lines, empty where nothing falls to one
        """
        kept = {part.key: part.base for part in parts}
        whole = {part.key: part.base for part in self._tax_base()}
        passed, taken, rounding = {}, {}, self.currency_id.rounding
        pairs = []
        for line in self._priced_lines():
            key = line._taxable_key()
            passed[key] = money.add([passed.get(key, 0.0), line.amount_untaxed])
            upto = 0.0
            if whole[key]:
                exact = money.exact(kept[key]) * money.exact(passed[key])
                upto = float(
                    money.to_currency(exact / money.exact(whole[key]), rounding)
                )
            own = money.subtract(upto, taken.get(key, 0.0))
            taken[key] = upto
            values = line._credited_part_values()
            left = money.subtract(line.amount_untaxed, own)
            is_free = not line.amount_untaxed
            pairs.append(
                [
                    {**values, "unit_price": part} if part or is_free else {}
                    for part in (own, left)
                ]
            )
        return pairs

    def _reckoned_tax(self, taxables):
        """What is a part of what tax invoices declared has its part of their tax."""
        if not self.tax_given:
            return super()._reckoned_tax(taxables)
        return shares.read(self.tax_given)

    def _fix_references(self):
        """Note on a credit note which tax invoices it corrects, as they stand now."""
        if not self._is_tax_credit():
            return
        rows = [
            {
                "number": row["number"],
                "date": str(row["date"]),
                "value": money.add(part.base for part in row["parts"]),
                "tax": money.add(part.tax for part in row["parts"]),
            }
            for row in self._corrected_tax_invoices()
        ]
        self.sudo().credit_references = rows

    def _corrected_tax_invoices(self):
        """The tax invoices that this credit note corrects, as ``_tax_invoices``."""
        return self.reversed_id._tax_invoices()

    def _printed_references(self):
        """The tax invoices that a credit note corrects: number, day, value, VAT.

        :rtype: list[dict]
        """
        read = fields.Date.to_date
        return [
            {**row, "date": read(row["date"])} for row in self.credit_references or ()
        ]

    def _reference_value(self):
        """The value that was, before this credit note: what the law asks to be printed
        beside the right one and their difference (section 86/10).

        :rtype: float
        """
        rows = self._printed_references()
        if not rows:
            return money.subtract(self._credited_net(), self._credited_earlier())
        earlier = self._tax_notes_among(self._sibling_notes()).filtered(
            lambda note: note != self
            and (note.issue_date, note.id)
            < (self.issue_date or note.issue_date, self.id)
        )
        declared = money.add(row["value"] for row in rows)
        return money.subtract(declared, *earlier.mapped("amount_untaxed"))

    def _check_tax_credit(self):
        """Whether a credit note has its ground, and comes in time.

        Section 86/10: it is issued in the month in which the ground arose or, where
        that cannot be helped, in the next one.

        :raises UserError: no ground, an event to come, or too late
        """
        if not self._is_tax_credit():
            return
        if not self.credit_ground:
            raise UserError(
                self.env._(
                    "Choose the ground on which %s corrects the tax invoice: the law "
                    "knows these only.",
                    self.display_name,
                )
            )
        day = self.issue_date or self._today()
        event = self.credit_event_date or day
        if event > day:
            raise UserError(
                self.env._("The credit note is dated before the event that it is for.")
            )
        latest = event.replace(day=1) + relativedelta(months=2, days=-1)
        if day > latest:
            raise UserError(
                self.env._(
                    "A credit note for an event of %(event)s is dated %(latest)s at "
                    "the latest: in its month or the next. Ask your accountant how to "
                    "correct the tax now.",
                    event=self._say_day(event),
                    latest=self._say_day(latest),
                )
            )

    def _check_credited_rates(self):
        """A credit takes tax back at the rates at which it was charged.

        :raises UserError: another rate
        """
        charged = {part.key for part in self._charged_parts()}
        for line in self._priced_lines():
            original = line.reversed_line_id
            same = line._taxable_key() in charged
            if original:
                usual = line.tax_category == original.tax_category == "standard"
                same = same and usual or line.tax_rate == original.tax_rate
            if not same:
                raise UserError(
                    self.env._(
                        "“%(line)s” is credited with tax of %(rate)s %%, at which "
                        "%(invoice)s charged nothing of it.",
                        line=line.name,
                        rate=line.tax_rate,
                        invoice=self._credited_document().display_name,
                    )
                )

    def _charged_parts(self):
        """What was charged by rate, before any credit."""
        return self.reversed_id._rows_on(self.reversed_id._today())
