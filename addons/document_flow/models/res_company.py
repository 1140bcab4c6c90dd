from zoneinfo import ZoneInfo, available_timezones

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import numbering
from ..tools.colours import HEX
from ..tools.columns import set_column_defaults

TIME_ZONE = "Asia/Bangkok"
PLACEHOLDER = "My Company"  # what Odoo calls the company of a new database
NUMBERING_FIELDS = {"number_preset", "entity_code"}
NUMBERING = "document_flow.group_numbering"
MOST_LINK_DAYS = 3650  # ten years, as long as documents are kept
# Pixels of the longer side that are kept; printed, they are far smaller.
PICTURES = {"logo": 1920, "document_signature": 1024, "document_stamp": 1024}
ADMINISTRATOR = "base.group_erp_manager"
CONFIGURE = ("document_flow.group_manager", ADMINISTRATOR)
# What of Odoo's own fields stands on an entity's form. The others say who works here,
# which partner this is, what is above it: those are the administrator's.
OF_MANAGERS = frozenset(
    {"name", "logo", "vat", "company_registry", "email", "phone", "website"}
    | {"street", "street2", "zip", "city", "state_id", "country_id"}
    | {"bank_ids", "currency_id"}
)


def _time_zones(_model):
    return [(name, name) for name in sorted(available_timezones()) if "/" in name]


class ResCompany(models.Model):
    """A billing entity: who sells, how its documents look, are numbered and dated."""

    _name = "res.company"
    _inherit = ["document.sample.mixin", "document.input.mixin", "res.company"]

    # The list of entities, and the form of one: of the addon that knows most of them.
    _entities_path = "document-entities"
    _entity_form = "document_flow.entity_view_form"

    legal_name = fields.Char(
        translate=True, help="As registered; printed on every document."
    )
    document_address = fields.Text(
        "Address on Documents",
        translate=True,
        help="As Thai tax documents ask for, in Thai too. Empty: the company's "
        "address.",
    )
    document_accent = fields.Char(
        "Colour", help="Of rules and headings on documents, as #e8910c."
    )
    legal_branch = fields.Char(
        "Branch",
        translate=True,
        help='As Thai tax documents ask for, as "Head Office".',
    )
    entity_code = fields.Char(
        "Prefix",
        size=4,
        help="Two to four capital letters, as TH. Numbers per year need it.",
    )
    time_zone = fields.Selection(
        _time_zones, default=TIME_ZONE, required=True, help="Decides a document's day."
    )
    number_preset = fields.Selection(
        [
            ("day", "Per day: Q-2025-1006-001"),
            ("year", "Per year, with a code: TH-QT26001"),
        ],
        "Number Format",
        default="day",
        required=True,
        help="Finance chooses it before the first number is given.",
    )
    numbers_given = fields.Boolean(compute="_compute_numbers_given")
    entity_code_fixed = fields.Boolean(compute="_compute_numbers_given")
    number_example = fields.Char("Example", compute="_compute_number_example")
    document_footer = fields.Char("Footer Line", translate=True)
    document_signatory = fields.Char("Signatory")
    document_signatory_title = fields.Char("Signatory's Title", translate=True)
    # each internal and portal user reads companies
    document_signature = fields.Image(
        "Signature",
        max_width=1024,
        max_height=1024,
        groups="document_flow.group_manager,base.group_erp_manager",
    )
    document_stamp = fields.Image(
        "Stamp",
        max_width=1024,
        max_height=1024,
        groups="document_flow.group_manager,base.group_erp_manager",
    )
    reminder_mode = fields.Selection(
        [
            ("on", "On"),
            ("dry_run", "Dry run: only list what would be created"),
            ("off", "Off"),
        ],
        "Reminders",
        default="on",
        required=True,
        help="Off stops all reminders at once.",
    )

    link_days = fields.Integer(
        "Links Work For (Days)",
        default=90,
        required=True,
        help="Counted from the day until which a document holds or is to be paid. Then "
        "its page offers a new link to the addresses on file.",
    )

    _entity_code = models.UniqueIndex(
        "(entity_code) WHERE entity_code IS NOT NULL AND entity_code != ''",
        "Another billing entity has this code: their numbers would be mixed up.",
    )

    def init(self):
        """Let others make companies by SQL."""
        set_column_defaults(self, "document_flow")
        return super().init()

    def _compute_numbers_given(self):
        groups = self.env["document.number"].sudo()._read_group([], ["company_id"])
        given = {company.id for (company,) in groups}
        for company in self:
            company.numbers_given = company.id in given
            company.entity_code_fixed = company.numbers_given and bool(
                company._origin.entity_code
            )

    @api.depends("number_preset", "entity_code")
    def _compute_number_example(self):
        known = self.env["document.numbered.mixin"]._all_number_codes().values()
        for company in self:
            day, code = company._today(), company.entity_code or "TH"
            series = (
                numbering.series(company.number_preset, codes, code, day)
                for codes in known
            )
            numbers = (numbering.numbered(prefix, 1) for prefix in series)
            company.number_example = ", ".join(numbers)

    @api.onchange("legal_name")
    def _onchange_legal_name(self):
        """What it is called in mails and lists, as long as nobody has chosen a name."""
        if self.legal_name and self.name in (False, PLACEHOLDER):
            self.name = self.legal_name

    @api.constrains("document_accent")
    def _check_document_accent(self):
        for company in self.filtered("document_accent"):
            if not HEX.fullmatch(company.document_accent):
                raise ValidationError(
                    self.env._("A colour is written as # and six digits, as #e8910c.")
                )

    @api.constrains("link_days")
    def _check_link_days(self):
        for company in self:
            if not 0 <= company.link_days <= MOST_LINK_DAYS:
                raise ValidationError(self.env._("Links work for 0 to 3,650 days."))

    @api.constrains("entity_code", "number_preset")
    def _check_entity_code(self):
        for company in self:
            code = company.entity_code
            if code and not (code.isascii() and code.isalpha() and code.isupper()):
                raise ValidationError(
                    self.env._("The code in numbers is two to four capital letters.")
                )
            if company.number_preset == "year" and len(code or "") < 2:
                raise ValidationError(
                    self.env._("Numbers per year need a code, as TH.")
                )

    @api.model
    def _check_may_configure(self):
        """Bank, address and tax id of an entity stand on every document."""
        if not self.env.su and not any(map(self.env.user.has_group, CONFIGURE)):
            raise AccessError(self.env._("Only managers set up billing entities."))

    def _check_managed(self, vals):
        """
        :raises AccessError: these values change what only administrators may change
        """
        if self.env.su or self.env.user.has_group(ADMINISTRATOR):
            return
        if found := vals.keys() - OF_MANAGERS - self._own_fields():
            labels = sorted(
                str(self._fields[name]._description_string(self.env))
                for name in found & self._fields.keys()
            )
            raise AccessError(
                self.env._(
                    "Only an administrator changes this of a billing entity: %s. Ask "
                    "one.",
                    ", ".join(labels or sorted(found)),
                )
            )

    @api.model
    def _own_fields(self):
        """The fields that this addon, and those that build on it, bring: found, so that
        a new one is open to managers, and a new one of Odoo's is not.

        :rtype: set[str]
        """
        flow = self.env.ref("base.module_document_flow").sudo()
        ours = {*flow.mapped("name"), *flow.downstream_dependencies().mapped("name")}
        return {name for name, field in self._fields.items() if field._module in ours}

    def _check_currency_may_change(self, vals):
        """
        :raises UserError: numbers were given, to documents of another currency
        """
        if self.env.su or "currency_id" not in vals:
            return
        field = self._fields["currency_id"]
        new = field.convert_to_cache(vals["currency_id"], self[:1], validate=False)
        if self.filtered(lambda c: c.numbers_given and c.currency_id.id != new):
            raise UserError(
                self.env._(
                    "Numbers of this entity were given already; its currency stays. "
                    "Choose another currency on the document."
                )
            )

    def _check_numbering_may_change(self, vals):
        changed = self.filtered(lambda company: company._changed_numbering(vals))
        if not changed:
            return
        if not self.env.su and not self.env.user.has_group(NUMBERING):
            raise UserError(self.env._("Finance owns the numbering."))
        # a code that was missing may come later: no number has it yet
        fixed = changed.filtered(
            lambda company: company.entity_code
            or company._changed_numbering(vals) != {"entity_code"}
        )
        used = (
            self.env["document.number"]
            .sudo()
            .search_count([("company_id", "in", fixed.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Numbers of this entity were given already; their form stays."
                )
            )

    def _changed_numbering(self, vals):
        """Which of the numbering's fields these values would change."""
        return {
            name
            for name in NUMBERING_FIELDS & vals.keys()
            if (vals[name] or False) != self[name]
        }

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_printable_pictures(v) for v in vals_list])

    def write(self, vals):
        if vals.keys() - NUMBERING_FIELDS:
            self._check_may_configure()
        self._check_managed(vals)
        self._check_currency_may_change(vals)
        if NUMBERING_FIELDS & vals.keys():
            self._check_numbering_may_change(vals)
        return super().write(self._with_printable_pictures(vals))

    def _with_printable_pictures(self, vals):
        """These values, with each picture as it prints everywhere.

        :raises UserError: nobody can print one of them
        """
        reports = self.env["ir.actions.report"]
        changed = {
            name: reports._printable_picture(vals[name], longest)
            for name, longest in PICTURES.items()
            if vals.get(name)
        }
        return {**vals, **changed}

    @api.model
    def action_open_own_company(self):
        """Open the current company, for whoever works for no other.

        :returns: an action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Our Company"),
            "res_model": self._name,
            "res_id": self.env.company.id,
            "views": [(self.env.ref(self._entity_form).id, "form")],
        }

    # ------------------------------------------------------------
    # WHAT DOCUMENTS ASK
    # ------------------------------------------------------------

    def _today(self):
        """Today at this entity's desk."""
        zone = ZoneInfo(self.sudo().time_zone or TIME_ZONE)
        return (
            fields.Datetime.now()
            .replace(tzinfo=ZoneInfo("UTC"))
            .astimezone(zone)
            .date()
        )

    def _missing_on_documents(self, tax_id=False):
        """What the reader of a document would look for in vain: the parts of this
        entity that nobody has filled in.

        :param bool tax_id: whether its documents state a tax id
        :returns: their names, translated
        :rtype: list[str]
        """
        entity = self.sudo()
        named = entity.legal_name or entity.name != PLACEHOLDER
        address = entity.document_address or (entity.street and entity.country_id)
        parts = [
            (self.env._("its name"), named),
            (self.env._("its address"), address),
            (self.env._("its tax ID"), entity.vat or not tax_id),
        ]
        return [label for label, is_there in parts if not is_there]

    def _bank_account(self, currency):
        """The account of this currency, else the one for all currencies."""
        accounts = self.sudo().bank_ids
        own = accounts.filtered(lambda bank: bank.currency_id == currency)
        return (own or accounts.filtered(lambda bank: not bank.currency_id))[:1]

    def _local_day(self, moment):
        """The day of a moment at this entity's desk.

        :param datetime moment: in UTC
        """
        zone = self.sudo().time_zone
        there = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return there.date()
