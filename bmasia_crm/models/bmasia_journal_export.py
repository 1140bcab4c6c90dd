from base64 import b64encode
from operator import itemgetter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

from odoo.addons.document_flow.tools.rows import window_of

from ..tools import iif, sheets
from ..tools.report_table import Column, Table

QUICKBOOKS = {"invoice": "INVOICE", "credit_note": "CREDIT MEMO"}
QUICKBOOKS["adjustment"] = "CREDIT MEMO"


class BmasiaJournalExport(models.Model):
    """Entries that were handed to the accounting, each once.

    One export has what happened until a day and was in no export before: also what was
    dated into earlier months since, which it counts apart. It keeps a journal as CSV
    and XLSX and a file for QuickBooks.
    """

    _name = "bmasia.journal.export"
    _description = "Journal Export"
    _inherit = ["document.entity.mixin", "document.system.mixin"]
    _order = "id desc"
    _rec_name = "date_to"

    company_id = fields.Many2one(
        "res.company", "Billing Entity", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    entry_count = fields.Integer("Entries", readonly=True)
    late_count = fields.Integer(
        "Dated Earlier",
        readonly=True,
        help="Entries of days that an earlier export had already gone through: what "
        "changed since.",
    )
    row_ids = fields.One2many(
        "bmasia.journal.exported", "export_id", "Exported", readonly=True
    )
    csv_file = fields.Binary("Journal (CSV)", attachment=True, readonly=True)
    csv_name = fields.Char(compute="_compute_names")
    xlsx_file = fields.Binary("Journal (XLSX)", attachment=True, readonly=True)
    xlsx_name = fields.Char(compute="_compute_names")
    iif_file = fields.Binary("QuickBooks (IIF)", attachment=True, readonly=True)
    iif_name = fields.Char(compute="_compute_names")

    @api.depends("company_id", "date_to")
    def _compute_names(self):
        for export in self:
            code = export.company_id.entity_code or str(export.company_id.id)
            stem = f"journal {code} {export.date_to} {export.id}"
            for kind in ("csv", "xlsx", "iif"):
                export[f"{kind}_name"] = f"{stem}.{kind}"

    @api.model
    def _export(self, company, last):
        """Export what no export has had.

        :param company: ``res.company``
        :param datetime.date last: entries until then
        :returns: the action that opens the export
        :rtype: dict
        :raises UserError: nothing is new
        """
        self.env["bmasia.report"]._check_group()
        # Two clicks at once: the second one finds nothing new.
        self.env.cr.execute(
            SQL("SELECT id FROM res_company WHERE id = %s FOR UPDATE", company.id)
        )
        before = self.sudo().search([("company_id", "=", company.id)]).mapped("date_to")
        entries = self._new_entries(company, last)
        if not entries:
            raise UserError(
                self.env._("Everything until %s is exported already.", last)
            )
        rows = [rows for _key, rows in groupby(entries, itemgetter("key"))]
        late = max(before) if before else None
        export = self.sudo().create(
            {
                "company_id": company.id,
                "user_id": self.env.uid,
                "date_to": last,
                "entry_count": len(rows),
                "late_count": sum(
                    late is not None and r[0]["day"] <= late for r in rows
                ),
                **self._files(company, entries, rows),
            }
        )
        self.env["bmasia.journal.exported"]._note(export, [r[0]["key"] for r in rows])
        return window_of(export.with_env(self.env))

    def _new_entries(self, company, last):
        journal = self.env["bmasia.report.journal"]
        keys, first = journal._new_keys(company, last)
        condition = SQL(
            "e.day BETWEEN %s AND %s AND e.key = ANY(%s::text[])", first, last, keys
        )
        return journal._as_rows(journal._entries(company, condition))

    def _files(self, company, entries, rows):
        journal = self.env["bmasia.report.journal"]
        columns = [*journal._report_columns(None), Column("key", "Key")]
        table = Table(self.env._("Journal"), columns, entries, digits=journal._digits())
        files = {
            "csv_file": sheets.to_csv(table),
            "xlsx_file": sheets.to_xlsx(table),
            "iif_file": iif.to_iif(self._quickbooks(entry) for entry in rows),
        }
        return {name: b64encode(content) for name, content in files.items()}

    def _quickbooks(self, rows):
        first = rows[0]
        lines = [iif.Line(row["account_name"], row["amount"]) for row in rows]
        is_document = first["what"] in QUICKBOOKS
        if is_document:  # QuickBooks wants the receivables first
            lines = sorted(
                lines, key=lambda line: not line.account.startswith(self._first(rows))
            )
        name = next(
            (
                text
                for text in (first["legal_name"], first["customer"])
                if text and iif.ascii_only(text)
            ),
            f"Customer {first['customer_id']}",
        )
        return iif.Entry(
            QUICKBOOKS.get(first["what"], "GENERAL JOURNAL"),
            first["day"],
            first["number"] or "",
            name,
            lines,
            " ".join(
                text
                for text in (
                    first["event"],
                    first["number"],
                    first["is_foreign"] and first["currency"],
                )
                if text
            ),
        )

    def _first(self, rows):
        return next(
            (r["account_name"] for r in rows if r["account"] == "receivable"),
            rows[0]["account_name"],
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An export stays: what it has is in the accounting already.")
        )


class BmasiaJournalExported(models.Model):
    """One entry that an export has."""

    _name = "bmasia.journal.exported"
    _description = "Exported Entry"
    _inherit = ["document.entity.mixin", "document.system.mixin"]

    export_id = fields.Many2one(
        "bmasia.journal.export", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)

    _once = models.Constraint(
        "unique(company_id, key)", "This entry is exported already."
    )

    @api.model
    def _note(self, export, keys):
        """Note what an export has.

        :param export: ``bmasia.journal.export``
        :param list[str] keys: of its entries
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "INSERT INTO bmasia_journal_exported (export_id, company_id, key)"
                " SELECT %s, %s, unnest(%s)",
                export.id,
                export.company_id.id,
                keys,
            )
        )
        export.invalidate_recordset(["row_ids"])
