from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import date_utils

from ..tools import money
from ..tools.roles import MANAGER

VALUES = ("taxed", "zero", "exempt", "tax")  # of a row, as the return asks for them
TEXTS = ("model", "id", "name", "buyer", "vat", "branch", "is_void", "currency")


class BmasiaVatReturn(models.Model):
    """The VAT sales report of a month as it was filed.

    The rows stay as they were handed in, whatever happens to the documents. A manager
    deletes one that was marked as filed by mistake.
    """

    _name = "bmasia.vat.return"
    _description = "Filed VAT Report"
    _inherit = ["document.entity.mixin", "document.system.mixin"]
    _order = "month desc, id desc"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company", "Billing Entity", required=True, readonly=True, index=True
    )
    month = fields.Date(
        required=True, readonly=True, help="The first day of the month."
    )
    filed_date = fields.Date("Filed On", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Filed By", required=True, readonly=True)
    rows = fields.Json(readonly=True)
    amount_untaxed = fields.Float("Value", readonly=True, digits=(16, 2))
    amount_tax = fields.Float("VAT", readonly=True, digits=(16, 2))

    _month = models.Constraint(
        "unique(company_id, month)", "This month is marked as filed already."
    )

    @api.model
    def _file(self, chosen):
        """Freeze a month.

        :param chosen: what the VAT report was asked for
        :raises UserError: filed already, or the month is not over
        """
        self.env["bmasia.report"]._check_group()
        report = self.env["bmasia.report.vat"]
        if not report._may("file", chosen):
            raise UserError(
                self.env._("This month is marked as filed already, or is not over.")
            )
        rows = report._tax_documents(chosen.company, chosen.first, chosen.last)
        sums = report._build(chosen).totals()
        return self.sudo().create(
            {
                "company_id": chosen.entity,
                "month": chosen.first,
                "filed_date": chosen.company._today(),
                "user_id": self.env.uid,
                "rows": [self._kept(row) for row in rows],
                "amount_untaxed": money.add(
                    row[name] for row in sums for name in VALUES[:-1]
                ),
                "amount_tax": money.add(row["tax"] for row in sums),
            }
        )

    def _kept(self, row):
        kept = {name: row[name] for name in (*TEXTS, *VALUES)}
        return {**kept, "date": fields.Date.to_string(row["date"])}

    def _rows_as_filed(self):
        """The rows as the report has them.

        :rtype: list[dict]
        """
        self.ensure_one()
        return [
            {
                **row,
                "date": fields.Date.to_date(row["date"]),
                "_open": {"model": row["model"], "id": row["id"]},
            }
            for row in self.rows or []
        ]

    def _days(self):
        self.ensure_one()
        return self.month, date_utils.end_of(self.month, "month")

    @api.model
    def _of_month(self, company, first):
        domain = [("company_id", "=", company.id), ("month", "=", first)]
        return self.sudo().search(domain)

    @api.model
    def _of_period(self, chosen):
        return self.sudo().search(
            [
                ("company_id", "=", chosen.entity),
                ("month", ">=", chosen.first.replace(day=1)),
                ("month", "<=", chosen.last),
            ],
            order="month",
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_by_managers(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only a manager takes back that a month was filed.")
            )
