from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.todo import Todo

from ..tools import money, withholding
from ..tools.roles import FINANCE
from .bmasia_invoice_todo import INVOICING

_lt = LazyTranslate(__name__)

FIGURES = frozenset(
    {"number", "date", "base", "rate", "amount", "income_type", "payer_vat"}
)


class BmasiaWithholdingCertificate(models.Model):
    """A certificate of tax withheld: owed by the customer, then received.

    Who withholds tax gives a certificate of it (Thai Revenue Code, section 50 bis), and
    the tax is only ours to deduct with it. A payment of which something was withheld
    makes the row; one certificate may serve several payments (``action_join``). A
    payment that is voided takes a row along that is still owed.
    """

    _name = "bmasia.withholding.certificate"
    _description = "Withholding Certificate"
    _inherit = [
        "document.input.mixin",
        "document.todo.mixin",
        "document.owned.mixin",
        "document.sums.mixin",
        "document.form.mixin",
        "mail.thread",
    ]
    _order = "paid_on desc, id desc"
    _rec_names_search = ["number", "customer_id"]

    _todos = (
        Todo(
            "certificates",
            _lt("Withholding certificates missing"),
            INVOICING,
            domain="_todo_owed",
            button=_lt("Ask for it"),
            method="action_ask",
            sequence=60,
            group=FINANCE,
            person="",
            amount="amount",
            day="paid_on",
            when=_lt("Withheld on"),
            order="paid_on, id",
        ),
    )

    customer_id = fields.Many2one(
        "bmasia.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    state = fields.Selection(
        [("owed", "Owed"), ("received", "Received")],
        "Status",
        default="owed",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    paid_on = fields.Date(
        "Withheld On", readonly=True, index=True, help="The first payment's day."
    )
    number = fields.Char(
        tracking=True, help="As the certificate says.", copy=False, index="trigram"
    )
    date = fields.Date(tracking=True, copy=False, help="Of the certificate.")
    base = fields.Monetary(help="Before VAT.")
    rate = fields.Float("Rate (%)", digits=(5, 2))
    amount = fields.Monetary("Tax Withheld", tracking=True)
    base_thb = fields.Float("Base in Baht", digits=(16, 2), readonly=True)
    amount_thb = fields.Float("Tax in Baht", digits=(16, 2), readonly=True)
    income_type = fields.Selection(withholding.INCOMES, "Income")
    payer_vat = fields.Char("Payer's Tax ID")
    file = fields.Binary("Certificate", attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    allocation_ids = fields.One2many(
        "bmasia.payment.allocation", "certificate_id", "Payments", readonly=True
    )
    receipt_ids = fields.Many2many("bmasia.receipt", compute="_compute_receipts")
    targets = fields.Char("For", compute="_compute_receipts")
    amount_withheld = fields.Monetary(
        "Withheld per the Payments",
        compute="_compute_withheld",
        store=True,
        help="As the payments were noted.",
    )
    difference = fields.Monetary(compute="_compute_withheld", store=True)
    days_owed = fields.Integer("Days", compute="_compute_days_owed")

    _owed = models.Index("(company_id, paid_on) WHERE state = 'owed'")

    @api.depends("number", "customer_id.name", "paid_on")
    def _compute_display_name(self):
        for certificate in self:
            day = str(certificate.paid_on or "")
            named = certificate.number or day
            parts = [certificate.customer_id.name, named]
            certificate.display_name = " · ".join(filter(None, parts))

    @api.depends("allocation_ids")
    def _compute_receipts(self):
        for certificate in self:
            uses = certificate.allocation_ids.sorted("id")
            certificate.receipt_ids = uses.receipt_id
            names = (receipt.display_name for receipt in uses.receipt_id)
            certificate.targets = ", ".join(names)

    @api.depends("amount", "allocation_ids.withholding_amount", "allocation_ids.state")
    def _compute_withheld(self):
        for certificate in self:
            valid = certificate.allocation_ids.filtered(lambda u: u.state == "valid")
            withheld = money.add(valid.mapped("withholding_amount"))
            certificate.amount_withheld = withheld
            certificate.difference = money.subtract(certificate.amount, withheld)

    @api.depends("state", "paid_on")
    def _compute_days_owed(self):
        for certificate in self:
            day = certificate.state == "owed" and certificate.paid_on
            today = certificate.company_id._today()
            certificate.days_owed = (today - day).days if day else 0

    # ------------------------------------------------------------
    # OWED
    # ------------------------------------------------------------

    @api.model
    def _owe_for(self, uses):
        """Make the rows of payments of which something was withheld: one per receipt.
        What is not paid back of it is owed by nobody.

        :param uses: ``bmasia.payment.allocation``, just made
        """
        withheld = uses.filtered(
            lambda use: (
                use.withholding_amount and use._is_in() and not use.certificate_id
            )
        )
        for group in withheld.grouped(lambda use: use._certificate_key()).values():
            certificate = self.sudo().create(self._values_for(group))
            group.certificate_id = certificate
            certificate._follow_payments()

    @api.model
    def _values_for(self, uses):
        first = uses[0]
        return {
            "customer_id": first.customer_id.id,
            "company_id": first.company_id.id,
            "currency_id": first.currency_id.id,
            "payer_vat": first._target()._customer()["vat"],
        }

    def _follow_payments(self):
        """What is owed follows the payments that are valid; received ones stay."""
        for certificate in self.filtered(lambda each: each.state == "owed"):
            uses = certificate.allocation_ids.filtered(lambda u: u.state == "valid")
            if not uses:
                certificate.unlink()
                continue
            base = money.add(use._withholding_base() for use in uses)
            amount = money.add(uses.mapped("withholding_amount"))
            rate = round(100 * amount / base, 2) if base else 0.0
            certificate.write(
                {
                    "paid_on": min(uses.mapped("date")),
                    "base": base,
                    "amount": amount,
                    "rate": rate,
                    "income_type": withholding.income_of(rate),
                    "base_thb": money.add(
                        use._in_baht(use._withholding_base()) for use in uses
                    ),
                    "amount_thb": money.add(
                        use._in_baht(use.withholding_amount) for use in uses
                    ),
                }
            )

    # ------------------------------------------------------------
    # RECEIVED
    # ------------------------------------------------------------

    def action_join(self):
        """One certificate serves all of these payments.

        :returns: the action that opens it
        :rtype: dict
        :raises UserError: they are of several customers, or one is received already
        """
        self.check_access("write")
        if len(self) < 2 or set(self.mapped("state")) != {"owed"}:
            raise UserError(
                self.env._("Choose two or more certificates that are still owed.")
            )
        for name in ("customer_id", "company_id", "currency_id"):
            if len(self[name]) > 1:
                raise UserError(
                    self.env._(
                        "One certificate is of one customer, one billing entity and "
                        "one currency."
                    )
                )
        first, *_others = self.sorted(lambda each: (each.paid_on, each.id))
        own = self.sudo()
        own.allocation_ids.certificate_id = first.sudo()
        own._follow_payments()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": first.id,
            "view_mode": "form",
        }

    def action_receive(self, number=None, date=None):
        """Note that the certificate is here.

        :param str number: of the certificate, unless it is noted already
        :param date: of the certificate, a date or ``YYYY-MM-DD``
        :returns: True
        :raises UserError: no number or no date
        """
        self._check_argument("number", number, "text")
        said = {"number": number, "date": self._read_day(date)}
        said = {name: value for name, value in said.items() if value}
        for certificate in self:
            certificate.check_access("write")
            if said:
                certificate.write(said)
            if not certificate.number or not certificate.date:
                raise UserError(
                    self.env._(
                        "Note the number and the date that stand on the certificate."
                    )
                )
            certificate.sudo().state = "received"
        return True

    def action_owe(self):
        """It was noted by mistake: the certificate is still owed.

        :returns: True
        """
        self.check_access("write")
        self.sudo().write({"state": "owed"})
        return True

    def action_ask(self):
        """Open a mail that asks the customer for it, for review.

        :returns: an action
        :rtype: dict
        :raises UserError: it is here, or no receipt is left to name
        """
        self.ensure_one()
        receipt = self.receipt_ids.filtered(lambda r: r.state == "issued")[:1]
        if self.state != "owed" or not receipt:
            raise UserError(self.env._("No certificate is owed here."))
        return receipt.action_ask_certificate()

    # ------------------------------------------------------------
    # MY DAY
    # ------------------------------------------------------------

    @api.model
    def _todo_owed(self):
        return [("state", "=", "owed")]

    def _todo_customer(self):
        return self.customer_id.name

    def _todo_name(self):
        return self.targets or self.display_name

    def _todo_why(self, todo):
        days = self.days_owed
        return self.env._("Owed for %s days", days) if days else ""

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    def write(self, vals):
        is_fixed = FIGURES & vals.keys() and not self.env.su
        if is_fixed and "received" in self.mapped("state"):
            raise UserError(
                self.env._(
                    "This certificate is noted as received. Take that back first."
                )
            )
        return super().write(vals)

    @api.constrains("base", "rate", "amount")
    def _check_figures(self):
        for certificate in self:
            if not (certificate.base >= 0 and certificate.amount >= 0):
                raise ValidationError(
                    self.env._("The amount of a certificate cannot be negative.")
                )
            if not 0 <= certificate.rate <= 100:
                raise ValidationError(
                    self.env._("A rate must be between 0 and 100 percent.")
                )
