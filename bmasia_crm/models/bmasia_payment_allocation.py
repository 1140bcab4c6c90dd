from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money, shares
from .bmasia_invoice_payment import COUNTED

SOURCES = ("payment_id", "credit_note_id", "advance_id")
TARGETS = ("invoice_id", "contract_id", "quote_id", "refund_id")
SETTLING = ("amount", "withholding_amount", "bank_charge", "rounding")


class BmasiaPaymentAllocation(models.Model):
    """One use of money, on a day of its own.

    The money comes from a payment, from a credit note that is set off, or from an
    earlier advance. It goes to an invoice, to a quote or contract before there is any
    invoice (an advance), or back to the customer (``refund_id``, the payment out). Of a
    payment out, the invoice is the credit note that is paid back.

    What it settles of the invoice is more than the money where tax was withheld, the
    bank took its charge, or a small difference is rounded away. Its share of net and
    tax is fixed when it is made: the shares of an invoice sum to it.

    Rows are made by ``bmasia.payment`` and ``bmasia.invoice``, never by people, and
    none is deleted: it is voided.
    """

    _name = "bmasia.payment.allocation"
    _description = "Use of a Payment"
    _inherit = [
        "bmasia.closed.mixin",
        "document.input.mixin",
        "document.entity.mixin",
        "document.sums.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "target_name"

    payment_id = fields.Many2one(
        "bmasia.payment", readonly=True, index=True, ondelete="restrict"
    )
    credit_note_id = fields.Many2one(
        "bmasia.invoice",
        "Credit Note Set Off",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    advance_id = fields.Many2one(
        "bmasia.payment.allocation",
        "Advance",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_deposit = fields.Boolean(
        "Deposit", readonly=True, help="Deducted from the last invoice of its contract."
    )
    used_ids = fields.One2many(
        "bmasia.payment.allocation", "advance_id", "Deducted", readonly=True
    )
    invoice_id = fields.Many2one(
        "bmasia.invoice", readonly=True, index=True, ondelete="restrict"
    )
    contract_id = fields.Many2one(
        "bmasia.contract", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    quote_id = fields.Many2one(
        "bmasia.quote", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    refund_id = fields.Many2one(
        "bmasia.payment",
        "Paid Back By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    target_name = fields.Char("For", compute="_compute_target_name")
    customer_id = fields.Many2one(
        "bmasia.company", "Buyer", readonly=True, required=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", "Billing Entity", readonly=True, required=True, index=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    date = fields.Date(readonly=True, required=True, index=True)
    amount = fields.Monetary(
        readonly=True, help="The money alone, without withheld tax and charges."
    )
    withholding_amount = fields.Monetary(
        "Withheld",
        readonly=True,
        help="Tax that the customer withheld and pays to the state.",
    )
    bank_charge = fields.Monetary(
        readonly=True, help="What the banks kept of the transfer."
    )
    rounding = fields.Monetary(
        readonly=True, help="A difference too small to ask for; negative if too much."
    )
    settled = fields.Monetary(
        compute="_compute_settled",
        store=True,
        help="What it settles: the money, what was withheld, charge and rounding.",
    )
    amount_untaxed = fields.Monetary("Net", readonly=True)
    amount_tax = fields.Monetary("Tax", readonly=True)
    tax_base = fields.Json("Net and Tax by Rate", readonly=True)
    state = fields.Selection(
        [("planned", "Expected"), ("valid", "Valid"), ("voided", "Voided")],
        "Status",
        default="valid",
        required=True,
        readonly=True,
        index=True,
    )
    voided_date = fields.Date(
        readonly=True, help="From this day on, it pays nothing any more."
    )
    receipt_id = fields.Many2one(
        "bmasia.receipt", readonly=True, index=True, ondelete="restrict"
    )
    certificate_id = fields.Many2one(
        "bmasia.withholding.certificate",
        "Withholding Certificate",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    recovery_ids = fields.One2many(
        "bmasia.write.off", "allocation_id", "Write-Offs Taken Back", readonly=True
    )
    return_ids = fields.One2many(
        "bmasia.invoice", "advance_id", "Credit Notes of the Advance", readonly=True
    )
    amount_left = fields.Monetary(
        "Left of the Advance",
        compute="_compute_amount_left",
        store=True,
        help="What no invoice has deducted yet, and was not given back.",
    )

    # Reports of any day read all of an entity's uses, from the index alone.
    _facts = models.Index(
        "(company_id, date) INCLUDE (invoice_id, credit_note_id, payment_id, refund_id,"
        " amount, settled, state, voided_date)"
    )
    _advances = models.Index(
        "(customer_id, company_id) WHERE state = 'valid' AND amount_left > 0"
    )

    @api.depends(*SETTLING)
    def _compute_settled(self):
        for use in self:
            use.settled = money.add(use[name] for name in SETTLING)

    @api.depends(
        *("state", "settled", "contract_id", "quote_id", "invoice_id.kind"),
        *("advance_id", "used_ids.settled", "used_ids.state"),
        *("return_ids.amount_total", "return_ids.state"),
    )
    def _compute_amount_left(self):
        for use in self:
            used = use.used_ids.filtered(lambda row: row.state == "valid")
            gone = (*used.mapped("settled"), *use._returned().mapped("amount_total"))
            left = money.subtract(use.settled, *gone)
            counts = use._is_advance() and use.state == "valid"
            use.amount_left = left if counts else 0.0

    @api.depends("invoice_id.name", "contract_id.name", "quote_id.name", "refund_id")
    @api.depends_context("lang")
    def _compute_target_name(self):
        for use in self:
            use.target_name = use._target().display_name or use._description

    def _is_booked(self):
        return self.state == "valid"

    def _target(self):
        """What the money is for: an invoice, a contract, a quote, or a refund."""
        self.ensure_one()
        targets = (self[name] for name in TARGETS)
        return next((target for target in targets if target), self.browse())

    def _is_advance(self):
        """Whether this is money for something that is not invoiced yet."""
        self.ensure_one()
        if self.advance_id:
            return False
        is_proforma = self.invoice_id.kind == "proforma"
        return bool(self.contract_id or self.quote_id or is_proforma)

    def _contracts(self):
        """The contracts that an advance is for."""
        self.ensure_one()
        contracts = self.contract_id | self.invoice_id.contract_ids
        return contracts | self.quote_id.contract_ids

    def _returned(self):
        """The credit notes that count of this advance."""
        return self.return_ids.filtered(lambda note: note.state in COUNTED)

    def _check_not_returned(self):
        """
        :raises UserError: a credit note names the receipt of one of these advances
        """
        if notes := self._returned():
            raise UserError(
                self.env._(
                    "%s takes back a part of this: what it names stays.",
                    notes[0].display_name,
                )
            )

    def _is_own_note(self):
        """Whether a credit note pays the other rates of the invoice that it credits."""
        note = self.credit_note_id
        return bool(note and note.reversed_id == self.invoice_id)

    def _check_not_of_own_note(self):
        """
        :raises UserError: it belongs to a credit note, which stays
        """
        if own := self.filtered(lambda use: use._is_own_note()):
            raise UserError(
                self.env._(
                    "This belongs to %s: what was paid at one rate pays the others.",
                    own[0].credit_note_id.display_name,
                )
            )

    def _is_in(self):
        """Whether the customer settles something with it, and nothing is paid back."""
        self.ensure_one()
        return self.payment_id.direction != "out" and not self.refund_id

    def _tax_falls_due(self):
        """Whether VAT falls due with this use of money.

        Of services it does when the payment arrives (Thai Revenue Code, section 78/1),
        advances included. An advance that was taxed is not taxed again when an invoice
        deducts it. What had its tax invoice earlier is not taxed by its payment.
        """
        self.ensure_one()
        target = self._target()
        if not self._is_in() or self.advance_id:
            return False
        return target._is_taxed() and not self._has_tax_invoice()

    def _has_tax_invoice(self):
        """Whether the invoice itself was the tax invoice."""
        return self.invoice_id.is_tax_invoice

    # ------------------------------------------------------------
    # MADE AND VOIDED
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Use money. As superuser, an importer brings receipts of its own along."""
        uses = super().create(vals_list)
        uses.filtered(lambda use: use.state == "valid")._take_effect()
        return uses

    def _take_effect(self):
        """Fix the shares, see that they fit, and issue the receipts."""
        for use in self.sorted("id"):
            use._fix_share()
        self._check_fits()
        for use in self.sorted("id"):
            use.invoice_id._recover_written_off(use)
        self._make_receipts()
        self.env["bmasia.withholding.certificate"]._owe_for(self)
        self._note_withholding()
        self.invoice_id.filtered(lambda i: i.kind == "invoice")._settle_payment()

    def _fix_share(self):
        """Net and tax of what this settles, for good."""
        parts = [part for part in self._share_of_target() if part.base or part.tax]
        self.write(
            {
                "tax_base": shares.write(parts),
                "amount_untaxed": money.add(part.base for part in parts),
                "amount_tax": money.add(part.tax for part in parts),
            }
        )

    def _share_of_target(self):
        """Its part of the invoice, rate by rate: see ``tools/shares.py``.

        The shares of an advance are those of the advance's receipt, so that what is
        declared once is declared once; what is left of the invoice closes it.
        """
        rounding = self.currency_id.rounding
        if self.refund_id:
            return []
        if advance := self.advance_id:
            used = (advance.used_ids - self).filtered(lambda u: u.state == "valid")
            whole = shares.read(advance.tax_base)
            earlier = [shares.read(use.tax_base) for use in used]
            earlier += [note._tax_base() for note in advance._returned()]
            taken = shares.add(*earlier)
            return shares.share(whole, self.settled, taken, rounding)
        target = self._target()
        whole = target._rows_on(self.date, self)
        if target._name != "bmasia.invoice":
            return shares.share(whole, self.settled, rounding=rounding)
        earlier = (target.allocation_ids - self).filtered(lambda u: u.state == "valid")
        taken = shares.add(*(shares.read(use.tax_base) for use in earlier))
        if target.amount_credited or earlier.advance_id:
            # of what is left, since lines of another rate may be gone
            whole = shares.subtract(whole, *target._credited_parts(), taken)
            whole = shares.add(whole, *target._parts_taken_back())
            return shares.share(whole, self.settled, rounding=rounding)
        return shares.share(whole, self.settled, taken, rounding)

    def _make_receipts(self):
        """One receipt per buyer (tax id and branch) and tax point.

        Nothing is received when an advance is deducted or money is paid back: the first
        had its receipt, the second needs none.

        :returns: the receipts, a ``bmasia.receipt``
        """
        receipts = self.env["bmasia.receipt"]
        open_ = self.filtered(
            lambda use: use._is_in() and not use.advance_id and not use.receipt_id
        )
        for uses in open_.grouped(lambda use: use._receipt_key()).values():
            receipts += receipts._make_for(uses.sorted("id"))
        return receipts

    def _receipt_key(self):
        """What uses on one receipt have in common."""
        buyer = self._target()._customer()
        return (
            *(self.payment_id, self.credit_note_id, self.company_id, self.currency_id),
            *(buyer["name"], buyer["vat"], buyer["branch"]),
            *(self.date, self._tax_falls_due()),
        )

    # ------------------------------------------------------------
    # WITHHELD
    # ------------------------------------------------------------

    def _certificate_key(self):
        """What uses on one certificate have in common."""
        return self.receipt_id, self.customer_id, self.currency_id, self.date

    def _withholding_base(self):
        """Its part before VAT, of which tax is withheld."""
        return self.amount_untaxed or self.settled

    def _in_baht(self, amount):
        """An amount as the register has it: in baht, at its receipt's rate. Nothing
        where the entity declares nothing in baht, or no rate is known.
        """
        company = self.company_id.sudo()
        if not company._states_baht(self.currency_id):
            return amount if company._declares_in_baht() else 0.0
        found = self.env["bmasia.exchange.rate"]._rate_on(self.currency_id, self.date)
        rate = self.receipt_id.thb_rate or found.rate
        return float(money.to_currency(money.exact(amount) * money.exact(rate)))

    def _withholding_expected(self):
        """What should be withheld of it; None where nothing says."""
        invoice = self.invoice_id
        if not invoice or not self._is_in() or self.advance_id:
            return None
        return invoice._withholding_share(self.settled, self.date)

    def _note_withholding(self):
        """Say on the payment where another amount was withheld than was to be."""
        for use in self.filtered("withholding_amount"):
            expected = use._withholding_expected()
            if expected is None or expected == use.withholding_amount:
                continue
            money_format = use.invoice_id._format_money
            use.payment_id.message_post(
                body=self.env._(
                    "%(withheld)s was withheld of %(document)s; by its rates it would "
                    "be %(expected)s.",
                    withheld=money_format(use.withholding_amount),
                    document=use.invoice_id.display_name,
                    expected=money_format(expected),
                )
            )

    def _void(self):
        """Take these uses back, and put right what was credited of it."""
        valid = self.filtered(lambda use: use.state != "voided")
        valid._check_not_returned()
        valid._take_back()
        valid.invoice_id._credit_anew()

    def _take_back(self):
        """What these settled is open again."""
        valid = self.filtered(lambda use: use.state != "voided")
        if not valid:
            return
        valid.used_ids._void()
        for company, uses in valid.grouped("company_id").items():
            uses.write({"state": "voided", "voided_date": company._today()})
        valid.recovery_ids._void(self.env._("The payment was taken back."))
        valid.certificate_id._follow_payments()
        valid.invoice_id._reopen_payment()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What was booked is never deleted: void the payment instead.")
        )

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains(*SOURCES, *TARGETS)
    def _check_ends(self):
        for use in self:
            sources = [name for name in SOURCES if use[name]]
            targets = [name for name in TARGETS if use[name]]
            if len(sources) != 1 or len(targets) != 1:
                raise ValidationError(
                    self.env._("Choose one source of the money, and one use.")
                )

    @api.constrains(*SETTLING)
    def _check_amounts(self):
        for use in self:
            parts = (use.amount, use.withholding_amount, use.bank_charge)
            if not all(part >= 0 for part in parts):
                raise ValidationError(
                    self.env._("The amount of a payment cannot be negative.")
                )
            if not use.settled > 0:
                raise ValidationError(self.env._("Enter an amount above zero."))
            limit = use.company_id.sudo().rounding_limit
            if not abs(use.rounding) <= limit:
                raise ValidationError(
                    self.env._(
                        "%(rounding)s is more than may be rounded away: at most "
                        "%(limit)s. Leave it due, note what the bank took as bank "
                        "charge, or write it off.",
                        rounding=use.currency_id.format(use.rounding),
                        limit=use.currency_id.format(limit),
                    )
                )

    def _check_fits(self):
        """Whether there is as much to settle; with these uses counted already."""
        for use in self:
            use._check_day()
            if use.credit_note_id:
                use.credit_note_id._check_payable(use)
            if use.advance_id and use.advance_id.amount_left < 0:
                raise UserError(self.env._("The advance has less than that left."))
            if use.invoice_id:
                use.invoice_id._check_payable(use)
            elif use._is_advance():
                use._check_advance()

    def _check_advance(self):
        target = self._target()
        if not self._is_in():
            raise UserError(
                self.env._(
                    "Nothing is paid back of %s itself: credit the invoice, or pay "
                    "back what is on account.",
                    target.display_name,
                )
            )
        advances = target._advances().filtered(lambda use: use.state != "voided")
        paid = money.add(advances.mapped("settled"))
        if paid > target._payable_total():
            raise UserError(
                self.env._(
                    "%(document)s comes to %(total)s: more cannot be paid in advance.",
                    document=target.display_name,
                    total=target._format_money(target._payable_total()),
                )
            )

    def _check_day(self):
        today = self.company_id._today()
        if self.date > today or (self.payment_id and self.date < self.payment_id.date):
            raise UserError(
                self.env._(
                    "Money is used on the day that it arrived or later, and not in the "
                    "future."
                )
            )

    @api.model
    def _serialize_ends(self, vals_list):
        """Two clicks at once: the second one sees what the first one used."""
        for name in (*SOURCES, *TARGETS):
            model = self.env[self._fields[name].comodel_name]
            ids = sorted({vals[name] for vals in vals_list if vals.get(name)})
            records = model.browse(ids).exists()
            if model._name == "bmasia.invoice":
                # what is left of a credit note depends on its invoice's other ones
                records |= records.reversed_id
            if records:
                serialize(records.sorted("id"))

    def _ends(self):
        """Where money comes from and goes to, as values.

        :rtype: list[dict]
        """
        names = (*SOURCES, *TARGETS)
        return [{name: use[name].id for name in names} for use in self]

    @api.model
    def _open_advances(self, domain):
        """Advances that are not deducted in full, the oldest first."""
        domain = Domain(domain) & Domain("state", "=", "valid")
        return self.search(domain & Domain("amount_left", ">", 0), order="date, id")
