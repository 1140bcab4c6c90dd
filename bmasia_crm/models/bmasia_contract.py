from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import schedule, transitions
from .bmasia_document_mixin import AMOUNTS, DOCUMENT_FIELDS
from .bmasia_quote import FREQUENCIES, MAX_TERM

NOTICE_DAYS = 60  # what the chains' master agreements ask for
# What decides when and how much is billed.
SCHEDULE_FIELDS = {"start_date", "term_months", "billing_frequency", "line_ids"}
# A correction of dates or names is routine; it is tracked and printed anew.
CORRECTABLE = frozenset(
    {"start_date", "term_months", "billing_frequency", "partner_id", "lang", "terms"}
    | {"property_name", "auto_renew", "notice_days", "signatory_ids", "location_ids"}
    | {"bank_account_id", "master_contract_id", "category", "template_id"}
)
# What both sides have signed; a correction of it is a manager's.
AGREED = CORRECTABLE - {
    *("partner_id", "bank_account_id", "lang", "property_name", "location_ids"),
    "auto_renew",
}


class BmasiaContract(models.Model):
    _name = "bmasia.contract"
    _description = "Contract"
    _inherit = ["bmasia.document.mixin"]
    _order = "start_date desc, id desc"

    _transitions = transitions.CONTRACT_TRANSITIONS
    _plural = "contracts"
    _mail_template = "bmasia_crm.template_contract_send"
    _receives_field = "receives_contracts"
    _terms_field = "contract_terms"
    _derived_fields = frozenset({*AMOUNTS, "annual_value", "term_value", "end_date"})
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
        "bmasia.contract.line", "contract_id", "Lines", copy=True
    )
    start_date = fields.Date(
        compute="_compute_start_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    term_months = fields.Integer(
        "Term (months)", default=12, required=True, tracking=True
    )
    end_date = fields.Date(
        compute="_compute_end_date",
        store=True,
        index=True,
        help="The last day of the term.",
    )
    annual_value = fields.Monetary(
        compute="_compute_values",
        store=True,
        tracking=True,
        help="Net: what the recurring lines come to in a year.",
    )
    term_value = fields.Monetary(
        "Value of the Term",
        compute="_compute_values",
        store=True,
        help="Net: the yearly amounts over the whole term, plus what is paid once.",
    )
    billing_frequency = fields.Selection(
        FREQUENCIES, default="annual", required=True, tracking=True
    )
    auto_renew = fields.Boolean(help="Reminds us; nothing is renewed automatically.")
    notice_days = fields.Integer(default=NOTICE_DAYS)
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
    renewed_from_id = fields.Many2one(
        "bmasia.contract", readonly=True, copy=False, index="btree_not_null"
    )
    renewal_ids = fields.One2many("bmasia.contract", "renewed_from_id", "Renewals")
    renewal_id = fields.Many2one(
        "bmasia.contract", "Renewal", compute="_compute_renewal_id", store=True
    )
    template_id = fields.Many2one(
        "bmasia.contract.template",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        ondelete="restrict",
    )
    without_clauses = fields.Boolean(
        help="This contract is sent with its lines and terms only, on purpose.",
    )
    lacks_clauses = fields.Boolean(compute="_compute_lacks_clauses")
    location_ids = fields.One2many(
        "bmasia.location", "contract_id", "Locations", copy=True
    )
    zone_ids = fields.Many2many("bmasia.zone", string="Zones")
    zone_warning = fields.Char(compute="_compute_zone_warning")
    signatory_ids = fields.One2many(
        "bmasia.signatory", "contract_id", "Signatories", copy=True
    )
    schedule_ids = fields.One2many(
        "bmasia.contract.schedule", "contract_id", "Billing Schedule", readonly=True
    )
    invoice_ids = fields.One2many("bmasia.invoice", "contract_id", "Invoices")
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    signed_date = fields.Date(readonly=True, copy=False, tracking=True)
    cancelled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)
    notice_date = fields.Date(
        "Renewal Notice Sent", readonly=True, copy=False, help="Last sent on this day."
    )

    _quote = models.UniqueIndex(
        "(quote_id) WHERE quote_id IS NOT NULL AND state != 'cancelled'",
        "This quote has a contract already.",
    )
    _renewed_from = models.UniqueIndex(
        "(renewed_from_id) WHERE renewed_from_id IS NOT NULL AND state != 'cancelled'",
        "This contract has a renewal already.",
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    def _number_kind(self):
        return "contract"

    def _kind_label(self):
        return self.env._("contract")

    def _compute_access_url(self):
        for contract in self:
            contract.access_url = f"/my/contracts/{contract.id}"

    @api.depends("company_id")
    def _compute_start_date(self):
        for contract in self:
            contract.start_date = contract.start_date or contract._today()

    @api.depends(
        *("company_id", "category", "lang", "without_clauses"),
        *("line_ids.product_id", "line_ids.kind"),
    )
    def _compute_template_id(self):
        for contract in self:
            known = contract.template_id
            is_open = contract.state == "draft" and not contract.without_clauses
            if is_open and not (known and known._may_stay(contract)):
                known = known._for_contract(contract)
            contract.template_id = known

    @api.depends("state", "template_id.section_ids", "without_clauses")
    def _compute_lacks_clauses(self):
        for contract in self:
            wanted = contract.state == "draft" and not contract.without_clauses
            contract.lacks_clauses = wanted and not contract._clauses()

    @api.depends("start_date", "term_months")
    def _compute_end_date(self):
        for contract in self:
            months = contract.term_months
            known = contract.start_date and 1 <= months <= MAX_TERM
            contract.end_date = known and schedule.end_of(contract.start_date, months)

    @api.depends("term_months", "line_ids.amount_untaxed", "line_ids.kind")
    def _compute_values(self):
        for contract in self:
            contract.annual_value = contract.line_ids._net_per_year()
            contract.term_value = contract.line_ids._value_over(contract.term_months)

    @api.depends("renewal_ids.state")
    def _compute_renewal_id(self):
        for contract in self:
            contract.renewal_id = contract.renewal_ids.filtered(
                lambda renewal: renewal.state != "cancelled"
            )[:1]

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        for contract in self:
            contract.invoice_count = len(contract.invoice_ids)

    @api.depends(
        *("location_ids.zone_count", "location_ids.platform", "zone_ids"),
        *("line_ids.quantity", "line_ids.kind", "line_ids.product_id"),
    )
    @api.depends_context("lang")
    def _compute_zone_warning(self):
        """Zones are what is sold: their number in all tables should be the same."""
        labels = dict(
            self.location_ids._fields["platform"]._description_selection(self.env)
        )
        for contract in self:
            sold = contract.line_ids._zones_by_platform()
            listed, named = contract._zones_listed(), len(contract.zone_ids)
            wrong = [p for p in labels if sold.get(p, 0) != listed.get(p, 0)]
            sentences = [
                self.env._(
                    "%(platform)s: the lines have %(sold)g zones, the locations "
                    "%(listed)d.",
                    platform=labels[platform],
                    sold=sold.get(platform, 0),
                    listed=listed.get(platform, 0),
                )
                for platform in (wrong if listed else ())
            ]
            if named and named != sum(sold.values()):
                sentences.append(
                    self.env._(
                        "The lines have %(sold)g zones; listed by name: %(named)d.",
                        sold=sum(sold.values()),
                        named=named,
                    )
                )
            contract.zone_warning = " ".join(sentences)

    def _total_label(self):
        return self.env["bmasia.quote"]._yearly_label(
            self._priced_lines(), self.term_months
        )

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("term_months", "notice_days")
    def _check_term(self):
        for contract in self:
            if not 1 <= contract.term_months <= MAX_TERM:
                raise ValidationError(
                    self.env._("The term is between 1 and %s months.", MAX_TERM)
                )
            if contract.notice_days < 0:
                raise ValidationError(
                    self.env._("The days of notice cannot be negative.")
                )

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
        if not names & AGREED or self.env.su or user.has_group(transitions.MANAGER):
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

    def _check_can_send(self):
        if self.state == "cancelled":
            raise UserError(self.env._("%s was cancelled.", self.display_name))
        if self.lacks_clauses:
            raise UserError(
                self.env._(
                    "%s has no clauses. Choose a template on the contract, or tick "
                    "“Without clauses” there if that is meant.",
                    self.display_name,
                )
            )
        self._sections()
        return super()._check_can_send()

    def _check_can_activate(self):
        if not self.signed_date:
            raise UserError(self.env._("Say on which day the contract was signed."))
        self._check_can_leave_draft()

    def _check_term_over(self):
        if self.end_date >= self._today():
            raise UserError(
                self.env._(
                    "%(contract)s runs until %(day)s.",
                    contract=self.display_name,
                    day=self.end_date,
                )
            )

    def _check_successor_started(self):
        renewal = self.renewal_id
        if renewal.state != "active" or renewal.start_date > self._today():
            raise UserError(
                self.env._("The renewal of %s has not started.", self.display_name)
            )

    # ------------------------------------------------------------
    # KEEPING THE SCHEDULE
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts._plan()
        return contracts

    def write(self, vals):
        touched = SCHEDULE_FIELDS & vals.keys()
        if touched:
            self._check_schedule_may_change()
        result = super().write(vals)
        if touched:
            self._plan()
        return result

    def _follow_lines(self):
        self._plan()

    def _check_schedule_may_change(self):
        for contract in self:
            if contract.schedule_ids.invoice_id:
                raise UserError(
                    self.env._(
                        "%s has been invoiced. Dates, term and billing stay, unless "
                        "its invoices are cancelled first.",
                        contract.display_name,
                    )
                )
