from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.names import one_line
from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.transitions import SYSTEM, Question, Transition

from ..tools.roles import MANAGER, USER
from .bmasia_asked_mixin import KEPT, REOPENING, SENDING, SIGNING
from .bmasia_document_mixin import DOCUMENT_FIELDS
from .bmasia_document_totals import AMOUNTS

_lt = LazyTranslate(__name__)
# A correction of dates or names is routine; it is tracked and printed anew.
CORRECTABLE = frozenset(
    {"start_date", "term_months", "billing_frequency", "partner_id", "lang", "terms"}
    | {"property_name", "auto_renew", "notice_days", "signatory_ids", "location_ids"}
    | {"renewal_rule", "renewal_percent"}
    | {"bank_account_id", "master_contract_id", "category", "template_id"}
    | {"payer_id"}
)
# What both sides have signed; a correction of it is a manager's.
AGREED = CORRECTABLE - {
    *("partner_id", "bank_account_id", "lang", "property_name", "location_ids"),
    *("auto_renew", "renewal_rule", "renewal_percent"),
}
CANCELLATION = Question(
    "action_cancel", _lt("Cancel contract"), reason=_lt("Reason"), hint=KEPT
)
CONTRACT_TRANSITIONS = {
    ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",), asks=SENDING),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date", CANCELLATION
    ),
    ("sent", "active"): Transition(USER, ("_check_can_activate",), asks=SIGNING),
    ("sent", "cancelled"): Transition(MANAGER, (), "cancelled_date", CANCELLATION),
    ("active", "sent"): Transition(MANAGER, ("_check_can_reopen",), asks=REOPENING),
    ("active", "cancelled"): Transition(MANAGER, (), "cancelled_date", CANCELLATION),
    ("active", "expired"): Transition(SYSTEM, ("_check_term_over",)),
    ("active", "renewed"): Transition(SYSTEM, ("_check_successor_started",)),
    ("expired", "sent"): Transition(MANAGER, ("_check_can_reopen",), asks=REOPENING),
    ("expired", "renewed"): Transition(SYSTEM, ("_check_successor_started",)),
    ("renewed", "active"): Transition(SYSTEM, ("_check_successor_open",)),
    ("renewed", "expired"): Transition(SYSTEM, ("_check_successor_open",)),
}


class BmasiaContract(models.Model):
    """Music for a customer's properties over a term, for yearly and single amounts.

    Its fields, dates and states are here. Its parts have a mixin each: who signs and
    where music plays, what the clauses say, the next term, the billing schedule.
    """

    _name = "bmasia.contract"
    _description = "Contract"
    _inherit = [
        "bmasia.contract.todo.mixin",
        "bmasia.contract.parties.mixin",
        "bmasia.contract.text.mixin",
        "bmasia.contract.chain.mixin",
        "bmasia.contract.outcome.mixin",
        "bmasia.contract.end.mixin",
        "bmasia.contract.renewal.mixin",
        "bmasia.contract.pricing.mixin",
        "bmasia.contract.amendment.mixin",
        "bmasia.contract.changes.mixin",
        "bmasia.contract.billing.mixin",
        "bmasia.contract.payer.mixin",
        "bmasia.contract.service.mixin",
        "bmasia.contract.parity.mixin",
        "bmasia.contract.reopened.mixin",
        "bmasia.term.mixin",
        "bmasia.document.mixin",
    ]
    _order = "start_date desc, id desc"

    _transitions = CONTRACT_TRANSITIONS
    _number_codes = {"contract": Codes("C", "CT")}
    _tax_day_field = "start_date"
    _report = "bmasia_crm.action_report_contract"
    _plural = "contracts"
    _mail_template = "bmasia_crm.template_contract_send"
    _receives_field = "receives_contracts"
    _terms_field = "contract_terms"
    _derived_fields = frozenset(
        {*AMOUNTS, "annual_value", "term_value", "value_at_end", "end_date"}
    )
    _document_fields = DOCUMENT_FIELDS | CORRECTABLE
    _proposed_fields = frozenset({"quote_id"})
    _open_fields = {
        "sent": DOCUMENT_FIELDS - {"company_id", "customer_id"} | CORRECTABLE,
        "active": CORRECTABLE,
    }

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("renewed", "Renewed"),
            ("cancelled", "Cancelled"),
        ],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        "bmasia.contract.line",
        "contract_id",
        "Lines",
        domain=[("service_from", "=", False)],
        copy=True,
        help="As signed. What amendments brought is in all lines.",
    )
    start_date = fields.Date(
        compute="_compute_start_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    term_months = fields.Integer(tracking=True)
    billing_frequency = fields.Selection(tracking=True)
    category = fields.Selection(
        [
            ("standard", "Standard"),
            ("master", "Master Agreement"),
            ("participation", "Participation Agreement"),
        ],
        default="standard",
        required=True,
    )
    master_contract_id = fields.Many2one(
        "bmasia.contract",
        "Master Agreement",
        domain=[("category", "=", "master")],
        index="btree_not_null",
        ondelete="restrict",
    )
    participation_ids = fields.One2many("bmasia.contract", "master_contract_id")
    property_name = fields.Char(help="The venue, where the legal entity has others.")
    quote_id = fields.Many2one(
        "bmasia.quote", readonly=True, copy=False, index="btree_not_null"
    )
    signed_date = fields.Date(readonly=True, copy=False, tracking=True)
    cancelled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    _quote = models.UniqueIndex(
        "(quote_id) INCLUDE (company_id) "
        "WHERE quote_id IS NOT NULL AND state != 'cancelled'",
        "This quote has a contract already.",
    )

    # Lists in order; the first screen adds up what runs without reading the rows.
    _in_order = models.Index("(start_date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, start_date DESC, id DESC)")
    # The oldest drafts of somebody, on My Day: see bmasia.quote.
    _drafts = models.Index(
        "(start_date, id) INCLUDE (user_id, company_id, renewed_from_id) "
        "WHERE state = 'draft'"
    )
    _running = models.Index(
        "(company_id, end_date) INCLUDE (id, state, start_date, notice_from,"
        " currency_id, annual_value, renewed_from_id) WHERE state = 'active'"
    )
    _signed = models.Index(
        "(company_id, signed_date) INCLUDE (currency_id, annual_value, state) "
        "WHERE signed_date IS NOT NULL"
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.model
    def _unfinished_domain(self):
        return Domain("state", "in", ("draft", "sent", "active", "expired"))

    def _kind_label(self):
        return self.env._("contract")

    @api.model
    def _kind_plural(self):
        return self.env._("contracts")

    @api.depends("company_id")
    def _compute_start_date(self):
        for contract in self:
            contract.start_date = contract.start_date or contract._today()

    def _tax_day(self):
        # nothing of it is paid before it begins, as far as one can tell
        return max(super()._tax_day(), self._today())

    def _rate_facts(self):
        return None, self.signed_date

    def _get_print_lang(self):
        """A bill for several contracts is in one language (``billed_in``)."""
        return self.env.context.get("billed_in") or super()._get_print_lang()

    def _document_values(self):
        values = super()._document_values()
        if self.master_contract_id:
            values["master"] = self.master_contract_id.sudo().name
        return values

    def _participations(self):
        """The agreements under this master that have a number, oldest first."""
        documents = self.sudo().participation_ids
        return documents.filtered(
            lambda document: document.name and document.state != "cancelled"
        ).sorted(lambda document: (document.start_date, document.id))

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "property_name": _("The venue, else the customer's trade name"),
            "start_date": _("First day of the term"),
            "end_date": _("Last day of the term"),
            "days_left": _("Days until the term ends; empty afterwards"),
            "annual_value_net": _("A year of it before tax"),
            "monthly_value_net": _("A month of it before tax"),
            "term_value_net": _("Value of the whole term before tax"),
            "renewal_start": _("First day of the next term"),
            "renewal_value_net": _("A year of the next term before tax"),
            "renewal_prices": _("The prices that the next term changes; may be empty"),
        }

    def _document_variables(self):
        values = super()._document_variables()
        left = self._days_left()
        monthly = self.currency_id.round(self.annual_value / 12)
        return {
            **values,
            "property_name": one_line(self.property_name or values["trade_name"]),
            "start_date": self._format_day(self.start_date),
            "end_date": self._format_day(self.end_date),
            "days_left": str(left) if left >= 0 else False,
            "annual_value_net": self._format_money(self.annual_value),
            "monthly_value_net": self._format_money(monthly),
            "term_value_net": self._format_money(self.term_value),
            "renewal_start": self._format_day(self.end_date + timedelta(days=1)),
            "renewal_value_net": self._format_money(self.renewal_value),
            "renewal_prices": self._new_prices_words() or False,
        }

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("category", "master_contract_id")
    def _check_master(self):
        for contract in self:
            master = contract.master_contract_id
            if contract.category == "participation" and not master:
                raise ValidationError(
                    self.env._("A participation agreement names its master agreement.")
                )
            if master and contract.category != "participation":
                raise ValidationError(
                    self.env._("Only a participation agreement has a master.")
                )
            if master and master.category != "master":
                raise ValidationError(
                    self.env._("%s is no master agreement.", master.display_name)
                )

    def _check_open(self, names):
        """What was signed is corrected by managers only, as it prints anew."""
        super()._check_open(names)
        user = self.env.user
        if not names & AGREED or self.env.su or user.has_group(MANAGER):
            return
        if signed := self.filtered(lambda contract: contract.state == "active"):
            raise UserError(
                self.env._(
                    "%(contract)s is signed. Only a manager corrects this: %(fields)s.",
                    contract=signed[0].display_name,
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(names & AGREED)
                    ),
                )
            )

    def _check_can_activate(self):
        if not self.signed_date:
            raise UserError(self.env._("Say on which day the contract was signed."))
        self._check_can_leave_draft()

    # ------------------------------------------------------------
    # TRANSITIONS
    # ------------------------------------------------------------

    def action_activate(self, signed_date=None):
        """The contract is signed. A renewal ends what it renews once it has started.

        :param signed_date: a date or ``YYYY-MM-DD``
        :returns: True
        :raises UserError: the contract was not sent; the day is missing, still to come
            or before it was sent
        """
        for contract in self:
            day = signed_date and contract._read_answer_day(signed_date)
            contract._activate(day)
        return True

    def _activate(self, day):
        if not (day or self.signed_date):
            raise UserError(self.env._("Say on which day the contract was signed."))
        if day:
            self.sudo().signed_date = day
        self._transition_to("active")
        self._plan()  # a draft of an earlier version may have another one
        self.renewed_from_id._settle_renewal()
