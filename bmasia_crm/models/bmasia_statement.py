from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.transitions import Transition

from ..tools.report_table import Chosen
from ..tools.roles import FINANCE
from .bmasia_asked_mixin import SENDING


class BmasiaStatement(models.Model):
    """A statement of account: what a customer owes on a day, and how it came to that.

    Its rows are those of the report of the same name (``bmasia.report.statement``).
    Once it is sent, the file that was sent is what it says.
    """

    _name = "bmasia.statement"
    _description = "Statement of Account"
    _inherit = ["bmasia.customer.mixin", "document.draft.mixin"]
    _order = "date desc, id desc"

    _transitions = {
        ("draft", "sent"): Transition(
            FINANCE, ("_check_can_leave_draft",), asks=SENDING
        ),
    }
    _number_codes = {"statement": Codes("SOA", "SA")}
    _report = "bmasia_crm.action_report_statement"
    _plural = "statements"
    _mail_template = "bmasia_crm.template_statement_send"
    _receives_field = "receives_invoices"
    _document_fields = frozenset(
        {"customer_id", "partner_id", "company_id", "lang", "date_from", "date"}
    )

    state = fields.Selection([("draft", "Draft"), ("sent", "Sent")], "Status")
    customer_id = fields.Many2one(
        "bmasia.company", required=True, index=True, ondelete="restrict", tracking=True
    )
    partner_id = fields.Many2one(
        compute="_compute_partner_id", store=True, readonly=False, precompute=True
    )
    date_from = fields.Date(
        "From",
        compute="_compute_days",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="What was before is brought forward.",
    )
    date = fields.Date(
        "As of",
        compute="_compute_days",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )

    _in_order = models.Index("(date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, date DESC, id DESC)")

    @api.depends("customer_id")
    def _compute_company_id(self):
        for statement in self:
            if not statement.company_id:
                entity = statement.customer_id.sudo().billing_entity_id
                statement.company_id = entity.sudo(self.env.su) or self.env.company

    @api.depends("customer_id")
    def _compute_partner_id(self):
        for statement in self:
            customer, current = statement.customer_id, statement.partner_id
            if not current or not current._belongs_to(customer.partner_id):
                contacts = customer._contacts_for(self._receives_field)
                statement.partner_id = contacts[:1] or customer.partner_id

    @api.depends("partner_id")
    def _compute_lang(self):
        for statement in self:
            customer = statement.customer_id.partner_id
            statement.lang = statement.partner_id.lang or customer.lang or self.env.lang

    @api.depends("company_id")
    def _compute_days(self):
        for statement in self:
            today = statement.company_id._today()
            statement.date = statement.date or today
            first = statement.date.replace(month=1, day=1)
            statement.date_from = statement.date_from or first

    def _kind_label(self):
        return self.env._("statement of account")

    @api.model
    def _kind_plural(self):
        return self.env._("statements of account")

    def _addressee(self):
        self.ensure_one()
        return self.customer_id.name or ""

    @api.model
    def _unfinished_domain(self):
        return Domain("state", "=", "draft")

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("date_from", "date")
    def _check_days(self):
        for statement in self:
            if statement.date_from > statement.date:
                raise ValidationError(
                    self.env._("The statement ends before it starts.")
                )

    def _check_can_leave_draft(self):
        if self.date > self._today():
            raise UserError(self.env._("A statement is not made ahead of its day."))
        return super()._check_can_leave_draft()

    # ------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------

    def _tables(self):
        """The account in each currency, in the document's language.

        :returns: ``Table`` by the currency's code
        :rtype: dict
        """
        self.ensure_one()
        company, customer = self.company_id.sudo(), self.customer_id
        report = self.env["bmasia.report.statement"].sudo()
        report = report.with_context(lang=self._get_print_lang())
        asked = Chosen(company, self.date_from, self.date, customer.sudo())
        table = report._build(asked)
        found = {}
        for row in table.rows:
            found.setdefault(row["currency"], []).append(row)
        return {code: table.with_rows(rows) for code, rows in found.items()}

    def _balances(self):
        """What is owed in the end, by the currency's code.

        :rtype: dict[str, float]
        """
        return {c: table.rows[-1]["balance"] for c, table in self._tables().items()}

    def _day_text(self, day):
        return self._format_day(day, "d MMM")

    def _document_values(self):
        values = super()._document_values()
        tables = self._tables().items()
        said = {
            code: [table.texts(row, str) for row in table.rows]
            for code, table in tables
        }
        return {**values, "date_from": self.date_from, "rows": said}

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "statement_date": _("The day that it is made for"),
            "balance": _("What the customer owes in the end, in each currency"),
        }

    def _document_variables(self):
        balances = [
            f"{code} {balance:,.2f}" for code, balance in self._balances().items()
        ]
        return {
            **super()._document_variables(),
            "statement_date": self._format_day(self.date),
            "balance": ", ".join(balances) or self._format_money(0),
        }

    # ------------------------------------------------------------
    # MADE FOR MANY
    # ------------------------------------------------------------

    @api.model
    def _make_for(self, company, customers, day):
        """Statements of customers as of a day: drafts that are there, else new ones.

        :param company: ``res.company``
        :param customers: ``bmasia.company``
        :param datetime.date day: as of
        :rtype: bmasia.statement
        """
        there = self.search(
            [
                *(("company_id", "=", company.id), ("date", "=", day)),
                *(("customer_id", "in", customers.ids), ("state", "=", "draft")),
            ]
        )
        return there | self.create(
            [
                {"customer_id": each.id, "company_id": company.id, "date": day}
                for each in customers - there.customer_id
            ]
        )
