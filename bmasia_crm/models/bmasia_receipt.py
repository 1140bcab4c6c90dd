from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.ours import OURS
from odoo.addons.document_flow.tools.transitions import Question, Transition

from ..tools import money, shares
from ..tools.roles import FINANCE
from .bmasia_asked_mixin import KEPT, SENDING
from .bmasia_payment import METHODS

_lt = LazyTranslate(__name__)

AMOUNTS = ("amount_untaxed", "amount_tax", "amount_total", "amount_received")
DEDUCTED = ("withholding_amount", "bank_charge", "rounding")
# Fixed with the receipt's number.
FIXED = frozenset(
    {"invoice_id", "payment_id", "date", "tax_point", "lang", "tax_base"}
    | {"customer_id", "partner_id", "company_id", "currency_id"}
    | {"method", "reference", "is_tax_invoice", *AMOUNTS, *DEDUCTED}
    | {"thb_rate", "thb_rate_source", "thb_rate_date"}
)
SET_OFF = ("set_off", "Set-Off")
VOID = Question("action_void", _lt("Void receipt"), reason=_lt("Reason"), hint=KEPT)
RECEIPT_TRANSITIONS = {
    ("issued", "voided"): Transition(FINANCE, (), "voided_date", VOID),
}


class BmasiaReceipt(models.Model):
    """The document that a customer gets for what was paid: one per buyer and tax point.

    The uses of a payment make it; from then on it has its number, its amounts and its
    file. It is the tax invoice as well where VAT falls due with the payment. Void, it
    keeps its number, and the money gets a new one.
    """

    _name = "bmasia.receipt"
    _description = "Receipt"
    _inherit = [
        "bmasia.reissue.mixin",
        "bmasia.copies.mixin",
        "bmasia.receipt.withholding.mixin",
        "bmasia.tax.document.mixin",
        "bmasia.customer.mixin",
        "document.stateful.mixin",
    ]
    _order = "date desc, id desc"

    _transitions = RECEIPT_TRANSITIONS
    _further_questions = (SENDING,)
    _stamps = frozenset({"void_reason"})
    _number_codes = {"receipt": Codes("REC", "RC", per_entity=True)}
    _report = "bmasia_crm.action_report_receipt"
    _plural = "receipts"
    _void_states = frozenset({"voided"})
    _replaceable = frozenset({"lang", "method", "reference"})
    _mail_template = "bmasia_crm.template_receipt_send"
    _receives_field = "receives_invoices"

    name = fields.Char("Receipt Number")
    state = fields.Selection(
        [("issued", "Issued"), ("voided", "Voided")],
        "Status",
        default="issued",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    payment_id = fields.Many2one(
        "bmasia.payment", readonly=True, index=True, ondelete="restrict"
    )
    allocation_ids = fields.One2many(
        "bmasia.payment.allocation", "receipt_id", "Received For", readonly=True
    )
    invoice_id = fields.Many2one(
        "bmasia.invoice",
        "First Invoice",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The one that it is for, or the first of several.",
    )
    invoice_ids = fields.Many2many("bmasia.invoice", compute="_compute_targets")
    targets = fields.Char("For", compute="_compute_targets")
    customer_id = fields.Many2one(
        "bmasia.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # as what was paid has them: nothing is computed of the customer of today
    company_id = fields.Many2one(compute=None, precompute=False, readonly=True)
    partner_id = fields.Many2one(readonly=True)
    currency_id = fields.Many2one(compute=None, precompute=False, readonly=True)
    lang = fields.Selection(compute=None, precompute=False, readonly=True)
    date = fields.Date(readonly=True, required=True, index=True, tracking=True)
    tax_point = fields.Date(
        readonly=True, index=True, help="When the tax on it fell due."
    )
    is_tax_invoice = fields.Boolean("Tax Invoice", readonly=True, index=True)
    amount_untaxed = fields.Monetary("Net", readonly=True)
    amount_tax = fields.Monetary("Tax", readonly=True)
    amount_total = fields.Monetary("Total", readonly=True, tracking=True)
    withholding_amount = fields.Monetary(
        "Withheld",
        readonly=True,
        help="Tax that the customer withheld and pays to the state.",
    )
    bank_charge = fields.Monetary(
        readonly=True, help="What the banks kept of the transfer."
    )
    rounding = fields.Monetary(readonly=True)
    amount_received = fields.Monetary(
        "Received", readonly=True, help="What arrived.", tracking=True
    )
    tax_base = fields.Json("Net and Tax by Rate", readonly=True)
    amount_advance = fields.Monetary(related="payment_id.amount_advance")
    method = fields.Selection([*METHODS, SET_OFF], readonly=True)
    reference = fields.Char(readonly=True, help="The bank's.")
    tax_warning = fields.Char(compute="_compute_tax_warning")
    void_reason = fields.Text(readonly=True, copy=False)
    voided_date = fields.Date(readonly=True, copy=False)
    replaced_by_id = fields.Many2one(
        "bmasia.receipt", readonly=True, copy=False, index="btree_not_null"
    )
    replaces_id = fields.Many2one(
        "bmasia.receipt", readonly=True, copy=False, index="btree_not_null"
    )
    substitute_ids = fields.Many2many(
        "ir.attachment",
        "bmasia_receipt_substitute_rel",
        string="Substitutes",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )

    _in_order = models.Index("(date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, date DESC, id DESC)")

    @api.depends(
        *("allocation_ids.invoice_id.name", "allocation_ids.contract_id.name"),
        *("allocation_ids.quote_id.name", "invoice_id"),
    )
    def _compute_targets(self):
        for receipt in self:
            uses = receipt.allocation_ids.sorted("id")
            receipt.invoice_ids = uses.invoice_id | receipt.invoice_id
            named = [use._target() for use in uses] or [receipt.invoice_id]
            receipt.targets = ", ".join(
                dict.fromkeys(target.display_name for target in named if target)
            )

    @api.depends("is_tax_invoice", "state", "company_id", "customer_id.country_id")
    @api.depends_context("lang")
    def _compute_tax_warning(self):
        """What keeps a Thai customer from using this tax invoice."""
        for receipt in self:
            is_thai = receipt.company_id.sudo().country_id.code == "TH"
            counts = is_thai and receipt.is_tax_invoice and receipt.state == "issued"
            missing = counts and receipt._buyer_gaps()
            receipt.tax_warning = missing and self.env._(
                "No %(missing)s of the buyer is on this tax invoice: a company cannot "
                "use it. Put the company right, then issue the receipt anew.",
                missing=missing,
            )

    @api.model
    def _unfinished_domain(self):
        # whoever noted a payment is named on it for good
        return Domain.FALSE

    def _kind_label(self):
        return self.env._("receipt")

    @api.model
    def _kind_plural(self):
        return self.env._("receipts")

    def _addressee(self):
        self.ensure_one()
        return self.customer_id.name or ""

    def _paid_document(self):
        """What it is for, or the first of several."""
        use = self.allocation_ids.sorted("id")[:1]
        # one of before 19.0.1.4.0 gets its use at the end of the upgrade
        return (use and use._target()) or self.invoice_id

    def _customer_values(self):
        """The buyer as what was paid names it, unless it was put right since."""
        return {**self._paid_document()._customer(), **(self.buyer_particulars or {})}

    def _fresh_particulars(self):
        context = {"fresh_particulars": OURS, "lang": self._get_print_lang()}
        return self._paid_document().with_context(**context)._customer_values()

    def _check_can_replace(self):
        result = super()._check_can_replace()
        self.allocation_ids._check_not_returned()
        return result

    def _issue_anew(self, values, reason):
        uses = self.allocation_ids
        made = self.copy({**values, "name": False, "date": self.date})
        uses.write({"receipt_id": made.id})
        made._issue()
        self._void(reason)
        return made

    def _document_values(self):
        values = super()._document_values()
        names = ("date", "withholding_amount", "method", "reference")
        values.update({name: self[name] for name in names})
        # as snapshots name it since there are any
        return {**values, "amount": self.amount_received, "invoice": self.targets}

    # ------------------------------------------------------------
    # MADE
    # ------------------------------------------------------------

    @api.model
    def _make_for(self, uses, **brought):
        """Issue the receipt of uses that have buyer, day and payment in common.

        :param uses: ``bmasia.payment.allocation``
        :param brought: what an importer brings along, as a number of its own
        :returns: the receipt
        """
        first, target = uses[0], uses[0]._target()
        payment, note = first.payment_id, first.credit_note_id
        receipt = self.create(
            {
                "payment_id": payment.id,
                "invoice_id": uses.invoice_id[:1].id,
                "customer_id": target.customer_id.id,
                "company_id": first.company_id.id,
                "partner_id": target.partner_id.id,
                "currency_id": first.currency_id.id,
                "lang": target.lang,
                "date": first.date,
                "tax_point": first.date,
                "is_tax_invoice": first._tax_falls_due(),
                "method": payment.method or SET_OFF[0],
                "reference": payment.reference if payment else note.name,
                **self._sums_of(uses),
                **payment._tax_details(),
                **brought,
            }
        )
        uses.write({"receipt_id": receipt.id})
        if not brought.get("name"):
            receipt._issue()
        return receipt

    @api.model
    def _sums_of(self, uses):
        """The amounts that a receipt has for good; where no tax falls due, none."""
        parts = shares.add(*(shares.read(use.tax_base) for use in uses))
        total = money.add(uses.mapped("settled"))
        due = uses[0]._tax_falls_due()
        tax = money.add(part.tax for part in parts) if due else 0.0
        return {
            **{name: money.add(uses.mapped(name)) for name in DEDUCTED},
            "amount_received": money.add(uses.mapped("amount")),
            "amount_untaxed": money.subtract(total, tax),
            "amount_tax": tax,
            "amount_total": total,
            "tax_base": shares.write(parts) if due else [],
        }

    def _issue(self):
        """Issued with its number, whoever prints it when."""
        self._freeze_parties()
        self._issue_document()

    def write(self, vals):
        if FIXED & vals.keys() and any(self.mapped("name")):
            raise UserError(
                self.env._("What a receipt says stays, as it has its number.")
            )
        return super().write(vals)

    def action_mark_sent(self, sent_date=None):
        """Say that the receipt reached the customer by other means.

        :param sent_date: the day, a date or ``YYYY-MM-DD``; default today
        :returns: True
        :raises UserError: the day is still to come, or before the receipt's own
        """
        for receipt in self:
            receipt.check_access("write")
            receipt._mark_sent(sent_date)
        return True

    # ------------------------------------------------------------
    # VOIDED
    # ------------------------------------------------------------

    def action_void(self, reason):
        """Take a receipt back. What it settled is open again; the money is the
        customer's credit until it is used anew, which makes a new receipt.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, or void already
        """
        reason = self._read_reason(reason, self.env._("Say why the receipt is voided."))
        for receipt in self:
            receipt.check_access("write")
            receipt._check_may_undo()
            own = receipt.sudo()
            own.allocation_ids._check_not_of_own_note()
            own._void(reason)
            own.allocation_ids._void()
        return True

    def _void(self, reason):
        """Void the document itself; its number stays."""
        for receipt in self:
            receipt._transition_to("voided", void_reason=reason)

    # ------------------------------------------------------------
    # WHAT THE RECEIPT SAYS
    # ------------------------------------------------------------

    def _is_tax_invoice(self):
        """Whether this receipt is the tax invoice as well: VAT fell due with it.

        Of a service, the tax is due when the payment arrives (Thai Revenue Code,
        section 78/1), and a registered seller issues the tax invoice then. Section 86/4
        asks for: the words "tax invoice" in plain sight; name, address and tax id of
        the seller; name and address of the buyer; a serial number; description,
        quantity and value of what was sold; the VAT apart from that value; the date;
        and, by the Director-General's notifications under its number 8, the buyer's
        tax id and which establishment, head office or branch, sells and buys. English
        beside Thai currency is allowed (notification on VAT no. 92); the Thai words
        stand there too, since the buyer's accountant looks for them.

        An entity that is not registered, as in Hong Kong, issues plain receipts.
        """
        self.ensure_one()
        return self.is_tax_invoice

    def _is_tax_document(self):
        return self._is_tax_invoice()

    def _needs_thb(self):
        """Also what was withheld is declared in baht, whatever the receipt is."""
        company = self.company_id.sudo()
        is_withheld = bool(self.withholding_amount)
        return super()._needs_thb() or (
            is_withheld and company._states_baht(self.currency_id)
        )

    def _dates_are_given(self):
        # made as superuser for whoever notes the payment
        return self.env.uid == SUPERUSER_ID

    def _paid_whole(self):
        """The invoice that this receipt alone pays in full, or none.

        One that declared its tax itself is one row, tax included: the receipt does not
        show that tax, and lines without it would not come to what was received.
        """
        self.ensure_one()
        invoice = self.invoice_id
        is_one = len(self.allocation_ids) <= 1 and invoice.kind == "invoice"
        whole = is_one and self.amount_total == invoice.amount_total
        whole = whole and self.amount_tax == invoice.amount_tax
        return invoice if whole else invoice.browse()

    def _printed_uses(self):
        """What it is for, one row each: the net part where tax is shown apart.

        :returns: list of dicts ``title``, ``lines`` and ``amount``
        """
        self.ensure_one()
        receipt = self.with_context(lang=self._get_print_lang())
        shows_tax = self.amount_tax or self.is_tax_invoice
        return [
            {
                "title": receipt._title_of(use),
                "lines": use._target()._counted_lines(),
                "amount": use.amount_untaxed if shows_tax else use.settled,
            }
            for use in receipt.allocation_ids.sorted("id")
        ]

    def _title_of(self, use):
        target = use._target()
        number, _ = target.display_name, self.env._
        if use._is_advance():
            kind = target._kind_label()
            return _(
                "Advance payment for %(kind)s %(number)s", kind=kind, number=number
            )
        if use.settled == target.amount_total:
            return _("Invoice %s", number)
        return _("Part payment of invoice %s", number)

    def _receipt_rows(self):
        """The rows below the lines, as :meth:`bmasia.document.mixin._totals_rows`.

        A tax invoice shows its tax even where the rate is zero.
        """
        self.ensure_one()
        env = self.with_context(lang=self._get_print_lang()).env
        above = self._rows_above_net()
        rows = []
        if self.amount_tax or self.is_tax_invoice:
            label = env._("Net") if above else env._("Subtotal")
            rows.append(("net", label, self.amount_untaxed))
            rows += self._tax_rows()
        deducted = [
            ("withheld", env._("Withholding tax"), self.withholding_amount),
            ("charge", env._("Bank charge"), self.bank_charge),
            ("rounding", env._("Rounding"), self.rounding),
        ]
        deducted = [
            (kind, label, -amount) for kind, label, amount in deducted if amount
        ]
        if deducted:
            rows.append(("sum", env._("Total"), self.amount_total))
        rows += deducted
        received = env._("Received")
        if self.method == SET_OFF[0]:
            received = env._("Set off")
        rows.append(("total", received, self.amount_received))
        names = ("kind", "label", "amount")
        return above + [dict(zip(names, row, strict=True)) for row in rows]

    def _tax_rows(self):
        """The tax as documents with lines print it; also where it is zero."""
        rows = shares.read(self.tax_base)
        if not rows:
            return [("tax", self._tax_name(), self.amount_tax)]
        return [
            (step["kind"], step["label"], step["amount"])
            for step in self._tax_steps(rows, names_zero=True)
        ]

    def _rows_above_net(self):
        """Gross and discount as the invoice has them, where it is paid at once."""
        steps = [step for each in self._paid_whole() for step in each._totals_rows()]
        return [step for step in steps if step["kind"] in ("gross", "discount")]

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "invoice_number": _("The invoice that was paid"),
            "amount_paid": _("What arrived"),
            "amount_withheld": _("Tax that the customer withheld; empty if none"),
            "payment_date": _("When it arrived"),
        }

    def _document_variables(self):
        withheld = self.withholding_amount
        return {
            **super()._document_variables(),
            "invoice_number": self.targets,
            "amount_paid": self._format_money(self.amount_received),
            "amount_withheld": withheld and self._format_money(withheld),
            "payment_date": self._format_day(self.date),
        }
