from odoo import api, fields, models
from odoo.exceptions import UserError

SEND_STATES = [
    ("none", "Not sent"),
    ("sending", "Sending"),
    ("queued", "Queued"),
    ("refused", "Refused"),
    ("unknown", "Unknown"),
    ("sent", "Sent"),
]


class BmasiaSendableMixin(models.AbstractModel):
    """A document with a number that is printed, archived and mailed.

    A model says what kind of document it is (``_number_kind``), which report prints it
    and which template goes with it; the rest happens here and in the two files beside:
    ``bmasia_sendable_document`` (number, PDF, archive) and ``bmasia_sendable_mail``.
    """

    _name = "bmasia.sendable.mixin"
    _description = "Document That Can Be Sent"
    _inherit = [
        *("bmasia.input.mixin", "bmasia.entity.document.mixin", "portal.mixin"),
        *("mail.thread", "mail.activity.mixin"),
    ]
    _rec_names_search = ["name", "partner_id.name"]
    _kept_fields = frozenset({"access_token"})

    # Set by the model: the kind's name in addresses, as "quotes".
    _plural = ""
    # Set by the model: xml ids of the template, and who receives it by preference.
    _mail_template = ""
    _receives_field = ""

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(tracking=True)
    partner_id = fields.Many2one(
        "res.partner", "Addressed To", required=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
    )
    currency_id = fields.Many2one("res.currency", required=True)
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(), "Language of the Document"
    )
    send_state = fields.Selection(
        SEND_STATES,
        "Mail",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    send_info = fields.Char("About the Mail", compute="_compute_send_info")
    send_header = fields.Char(
        readonly=True, copy=False, help="Message-ID of the last mail."
    )
    sent_date = fields.Datetime("Sent On", readonly=True, copy=False)
    delivery_ids = fields.One2many(
        "mail.delivery",
        "res_id",
        "Deliveries",
        domain=lambda self: [("model", "=", self._name)],
        readonly=True,
    )
    archive_ids = fields.Many2many(
        "ir.attachment",
        string="Sent Documents",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    document_digest = fields.Char(
        readonly=True, copy=False, help="Tells whether the archived PDF is still true."
    )
    seller_snapshot = fields.Json(readonly=True, copy=False)
    customer_snapshot = fields.Json(readonly=True, copy=False)
    legacy_uuid = fields.Char("UUID in the Old System", readonly=True, copy=False)

    _legacy = models.UniqueIndex("(legacy_uuid) WHERE legacy_uuid IS NOT NULL")
    _number = models.UniqueIndex(
        "(name) WHERE name IS NOT NULL", "A document with this number exists already."
    )

    # ------------------------------------------------------------
    # WHAT KIND OF DOCUMENT
    # ------------------------------------------------------------

    @api.model
    def _kinds(self):
        """The kinds of documents that are installed: found, not listed.

        :returns: the models, as empty recordsets by name in addresses
        :rtype: dict
        """
        names = self.env.registry.descendants(["bmasia.sendable.mixin"], "_inherit")
        models_ = (self.env[name] for name in sorted(names))
        return {m._plural: m for m in models_ if not m._abstract}

    def _number_kind(self):
        """Which numbers this document gets: a key of ``tools.numbering.DAY_CODES``."""
        raise NotImplementedError

    def _kind_label(self):
        """What people call this document, in lower case, as in "Draft quote"."""
        raise NotImplementedError

    def _addressee(self):
        """The customer's name in titles and file names."""
        self.ensure_one()
        return self.partner_id.sudo().display_name or ""

    def _is_draft(self):
        """Whether the document is still being written."""
        self.ensure_one()
        return not self.name

    def _today(self):
        """Today at the billing entity's desk."""
        return self.company_id._today()

    def _get_print_lang(self):
        """The language that the document and its mail are written in."""
        self.ensure_one()
        return self.lang or self.partner_id.sudo().lang or self.env.lang or "en_US"

    @api.depends("name", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for document in self:
            document.display_name = document.name or document._draft_name()

    def _draft_name(self):
        parts = [self.env._("Draft %s", self._kind_label()), self._addressee()]
        return " · ".join(filter(None, parts))

    # ------------------------------------------------------------
    # WHO MAY WRITE WHAT
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for document in documents:
            if document.name:
                self.env["bmasia.number"]._register_number(
                    document, document._number_kind()
                )
        return documents

    def write(self, vals):
        if vals.get("name"):
            self._check_first_number(vals["name"])
        result = super().write(vals)
        if vals.get("name"):
            for document in self:
                self.env["bmasia.number"]._register_number(
                    document, document._number_kind()
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        if numbered := self.filtered("name"):
            raise UserError(
                self.env._(
                    "%s has a number and is kept: gaps in the numbers would have to be "
                    "explained to the tax office.",
                    numbered[0].name,
                )
            )

    def _typed_sentence(self, names):
        if "name" in names:
            return self.env._(
                "Numbers are assigned by the system when a document is sent."
            )
        return super()._typed_sentence(names)

    def _check_first_number(self, number):
        """A number stays for good, also for superusers."""
        if any(document.name and document.name != number for document in self):
            raise UserError(self.env._("A number that was given is never changed."))
