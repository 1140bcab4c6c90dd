from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.names import one_line
from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.document_flow.tools.transitions import Question, Transition

from ..tools.roles import MANAGER, USER
from .bmasia_asked_mixin import KEPT, REOPENING, SENDING, SIGNING
from .bmasia_contract_parties import SIGNATORY
from .bmasia_document_totals import AMOUNTS

_lt = LazyTranslate(__name__)
CANCELLATION = Question(
    "action_cancel", _lt("Cancel amendment"), reason=_lt("Reason"), hint=KEPT
)
AMENDMENT_TRANSITIONS = {
    ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",), asks=SENDING),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date", CANCELLATION
    ),
    ("sent", "active"): Transition(USER, ("_check_can_activate",), asks=SIGNING),
    ("sent", "cancelled"): Transition(MANAGER, (), "cancelled_date", CANCELLATION),
    ("active", "sent"): Transition(MANAGER, ("_check_can_reopen",), asks=REOPENING),
    ("active", "cancelled"): Transition(
        MANAGER, ("_check_can_withdraw",), "cancelled_date", CANCELLATION
    ),
}


class BmasiaAmendment(models.Model):
    """What both sides agree to change in a running contract, from a day on.

    It adds lines, changes or removes them, and may make the term longer or shorter. As
    a draft it says what it will bill and credit (``bmasia.amendment.effects.mixin``).
    Once it is signed, the contract has new lines from that day, and the schedule
    follows; what was signed and billed before stays. Until its day a manager may take
    it back.
    """

    _name = "bmasia.amendment"
    _description = "Amendment"
    _inherit = [
        "bmasia.amendment.checks.mixin",
        "bmasia.reopened.mixin",
        "bmasia.amendment.effects.mixin",
        "bmasia.document.totals.mixin",
        "bmasia.addressee.mixin",
    ]
    _order = "start_date desc, id desc"

    _number_codes = {"amendment": Codes("AM", "AM")}
    _plural = "amendments"
    _report = "bmasia_crm.action_report_amendment"
    _mail_template = "bmasia_crm.template_amendment_send"
    _receives_field = "receives_contracts"
    _transitions = AMENDMENT_TRANSITIONS
    _answer_fields = ("signed_date", "active_since")
    _stamps = frozenset({"signed_date", "cancel_reason", "quote_id"})
    _derived_fields = frozenset(AMOUNTS)
    _moves_entity = frozenset({"company_id", "customer_id", "contract_id"})
    _document_fields = frozenset(
        {
            *("company_id", "customer_id", "partner_id", "currency_id", "lang"),
            *("contract_id", "start_date", "term_months", "line_ids", "note"),
            *("bank_account_id", "signatory_ids"),
        }
    )

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("active", "Active"),
            ("cancelled", "Cancelled"),
        ],
        "Status",
    )
    contract_id = fields.Many2one(
        "bmasia.contract",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("state", "=", "active")],
    )
    customer_id = fields.Many2one(
        compute="_compute_customer_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    property_name = fields.Char(related="contract_id.property_name")
    start_date = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env.company._today(),
        tracking=True,
        help="The first day on which the contract is as this amendment says.",
    )
    term_months = fields.Integer(
        "New Term (months)",
        tracking=True,
        help="The whole term from the contract's first day; 0: as it is.",
    )
    line_ids = fields.One2many(
        "bmasia.amendment.line", "amendment_id", "Changes", copy=True
    )
    signatory_ids = fields.One2many(
        "bmasia.amendment.signatory", "amendment_id", "Signatories", copy=True
    )
    note = fields.Text("Other Agreements", help="Printed.")
    quote_id = fields.Many2one(
        "bmasia.quote", readonly=True, copy=False, index="btree_not_null"
    )
    signed_date = fields.Date(readonly=True, copy=False, tracking=True)
    active_since = fields.Datetime(readonly=True, copy=False)
    cancelled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    _quote = models.UniqueIndex(
        "(quote_id) WHERE quote_id IS NOT NULL AND state != 'cancelled'",
        "This quote has an amendment already.",
    )
    _in_order = models.Index("(start_date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, start_date DESC, id DESC)")

    # ------------------------------------------------------------
    # FROM ITS CONTRACT
    # ------------------------------------------------------------

    @api.depends("contract_id.customer_id")
    def _compute_customer_id(self):
        for amendment in self:
            amendment.customer_id = amendment.contract_id.customer_id

    @api.depends("contract_id")
    def _compute_company_id(self):
        for amendment in self:
            entity = amendment.contract_id.company_id
            amendment.company_id = entity or self.env.company

    @api.depends("contract_id")
    def _compute_currency_id(self):
        for amendment in self:
            currency = amendment.contract_id.currency_id
            amendment.currency_id = currency or self.env.company.currency_id

    @api.depends("contract_id")
    def _compute_partner_id(self):
        contracts = self.filtered("contract_id")
        for amendment in contracts:
            amendment.partner_id = amendment.contract_id.partner_id
        return super(BmasiaAmendment, self - contracts)._compute_partner_id()

    @api.depends("contract_id")
    def _compute_lang(self):
        result = super()._compute_lang()
        for amendment in self.filtered("contract_id"):
            if amendment._is_draft():
                amendment.lang = amendment.contract_id.lang
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Who signed the contract is proposed to sign its amendment."""
        amendments = super().create(vals_list)
        for amendment, vals in zip(amendments, vals_list, strict=True):
            if "signatory_ids" not in vals and amendment._is_draft():
                amendment.signatory_ids = [
                    Command.create({name: signer[name] for name in SIGNATORY})
                    for signer in amendment.contract_id.signatory_ids
                ]
        return amendments

    @api.model
    def _unfinished_domain(self):
        return Domain("state", "in", ("draft", "sent"))

    def _kind_label(self):
        return self.env._("amendment")

    @api.model
    def _kind_plural(self):
        return self.env._("amendments")

    # ------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------

    def _document_values(self):
        return {
            **super()._document_values(),
            "contract": self.contract_id.name,
            "contract_date": self.contract_id.signed_date,
            "lines": [line._document_values() for line in self.line_ids],
            "signatories": [
                {name: signer[name] for name in SIGNATORY}
                for signer in self.signatory_ids
            ],
            "effects": [effect._document_values() for effect in self.effect_ids],
        }

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        meanings = {
            **super()._mail_variable_meanings(),
            "contract_number": _("Number of the contract"),
            "property_name": _("The venue, else the customer's trade name"),
            "start_date": _("The day from which it holds"),
            "annual_value_before": _("A year of the contract before tax, as it was"),
            "annual_value_after": _("A year of the contract before tax, from then on"),
        }
        for name in ("amount_net", "amount_tax", "amount_total", "tax_note"):
            meanings.pop(name, None)
        return meanings

    def _document_variables(self):
        values = super()._document_variables()
        for name in ("amount_net", "amount_tax", "amount_total", "tax_note"):
            values.pop(name, None)
        place = self.contract_id.property_name or values["trade_name"]
        return {
            **values,
            "contract_number": self.contract_id.name,
            "property_name": one_line(place),
            "start_date": self._format_day(self.start_date),
            "annual_value_before": self._format_money(self.value_before),
            "annual_value_after": self._format_money(self.value_after),
        }

    # ------------------------------------------------------------
    # TRANSITIONS
    # ------------------------------------------------------------

    def action_activate(self, signed_date=None):
        """The amendment is signed: the contract follows it from its day on.

        Bills and credits that it makes are those that it named, unless something was
        billed meanwhile.

        :param signed_date: a date or ``YYYY-MM-DD``
        :returns: True
        :raises UserError: it was not sent; the day is missing, still to come or before
            it was sent; or the contract has changed so that it cannot be followed
        """
        for amendment in self:
            day = signed_date and amendment._read_answer_day(signed_date)
            amendment._activate(day)
        return True

    def _reopen(self, reason):
        contract = self.contract_id.sudo()
        serialize(contract)
        result = super()._reopen(reason)
        self._take_back(contract)
        return result

    def _take_back(self, contract):
        """The contract's lines and schedule are as before this was signed."""
        self.sudo().line_ids.brought_ids.is_withdrawn = True
        contract._follow_amendment(self)

    def _activate(self, day):
        self.check_access("write")
        contract = self.contract_id.sudo()
        serialize(contract)
        if not (day or self.signed_date):
            raise UserError(self.env._("Say on which day the amendment was signed."))
        if day:
            self.sudo().signed_date = day
        self._transition_to("active", active_since=self.env.cr.now())
        self.sudo().line_ids._bring()
        contract._follow_amendment(self)

    def action_cancel(self, reason):
        """Take the amendment back. One that is signed, before its day: the contract's
        lines and schedule are as before.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, its day has come, or something of it was billed
        """
        reason = self._read_reason(
            reason, self.env._("Say why the amendment is cancelled.")
        )
        for amendment in self:
            amendment._cancel(reason)
        return True

    def _cancel(self, reason):
        contract, was_active = self.contract_id.sudo(), self.state == "active"
        serialize(contract)
        self._transition_to("cancelled", cancel_reason=reason)
        if was_active:
            self._take_back(contract)
