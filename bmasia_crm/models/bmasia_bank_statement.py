import hashlib
from base64 import b64decode
from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.document_flow.tools.rows import serialize

from ..tools import statements

PREVIEW_ROWS = 8
PREVIEW_COLUMNS = 14
LARGEST_FILE = 5_000_000  # bytes
CELLS_SHOWN = 10  # of those that cannot be read


class BmasiaBankStatement(models.Model):
    """A bank statement as CSV: its lines, each with a proposal of what it pays.

    The file is kept. Reading it makes all of its lines or, with a bad file, none, and
    says which cell cannot be read. A line that another statement has brought already is
    not made again, so statements may overlap.
    """

    _name = "bmasia.bank.statement"
    _description = "Bank Statement"
    _inherit = [
        "document.input.mixin",
        "document.kept.mixin",
        "document.entity.mixin",
        "document.form.mixin",
    ]
    _order = "id desc"

    name = fields.Char("File Name", required=True, default="statement.csv")
    file = fields.Binary("CSV File", required=True, attachment=True)
    company_id = fields.Many2one(
        "res.company",
        "Billing Entity",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    entity_partner_id = fields.Many2one(related="company_id.partner_id")
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        "Account",
        required=True,
        ondelete="restrict",
        domain="[('partner_id', '=', entity_partner_id)]",
        compute="_compute_bank_account_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    mapping_id = fields.Many2one(
        "bmasia.bank.mapping",
        "Columns",
        required=True,
        ondelete="restrict",
        compute="_compute_mapping_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    state = fields.Selection(
        [("draft", "Not Read"), ("read", "Read")],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    line_ids = fields.One2many("bmasia.bank.statement.line", "statement_id", "Lines")
    known_count = fields.Integer(
        "Known Before",
        readonly=True,
        copy=False,
        help="Lines that another statement had brought already.",
    )
    open_count = fields.Integer("To Do", compute="_compute_counts", store=True)
    line_count = fields.Integer("Lines Read", compute="_compute_counts", store=True)
    date_from = fields.Date("From", compute="_compute_counts", store=True)
    date_to = fields.Date("Until", compute="_compute_counts", store=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("company_id")
    def _compute_bank_account_id(self):
        for statement in self:
            company = statement.company_id
            known = statement.bank_account_id.sudo()
            if known.partner_id != company.sudo().partner_id:
                account = company._bank_account(company.sudo().currency_id)
                statement.bank_account_id = account.sudo(self.env.su)

    @api.depends("company_id", "bank_account_id")
    def _compute_currency_id(self):
        for statement in self:
            own = statement.bank_account_id.sudo().currency_id
            statement.currency_id = own or statement.company_id.sudo().currency_id

    @api.depends("bank_account_id")
    def _compute_mapping_id(self):
        """As the account's last statement was read."""
        for statement in self:
            last = self.search(
                [
                    ("bank_account_id", "=", statement.bank_account_id.id),
                    ("state", "=", "read"),
                ],
                limit=1,
            )
            statement.mapping_id = last.mapping_id or statement.mapping_id

    @api.depends("line_ids.state", "line_ids.date")
    def _compute_counts(self):
        for statement in self:
            lines = statement.line_ids
            days = lines.mapped("date")
            statement.line_count = len(lines)
            statement.open_count = len(
                lines.filtered(lambda line: line.state == "open")
            )
            statement.date_from = min(days, default=False)
            statement.date_to = max(days, default=False)

    @api.depends("file", "state")
    @api.depends_context("lang")
    def _compute_preview(self):
        """The first rows of the file, for whoever names its columns."""
        for statement in self:
            statement.preview = statement.state == "draft" and statement._first_rows()

    def _first_rows(self):
        try:
            text = statements.decode(self._data())
            found = max(
                (rows for _delimiter, rows in statements.rows(text)),
                key=lambda rows: max(map(len, rows)),
                default=[],
            )
        except statements.StatementError as error:
            return Markup("<p>%s</p>") % self._sentence(error)
        except UserError as error:
            return Markup("<p>%s</p>") % str(error)
        filled = [row for row in found if any(row)][:PREVIEW_ROWS]
        cell = Markup("<td class='text-nowrap'>%s</td>")
        rows = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(cell % each for each in row[:PREVIEW_COLUMNS])
            for row in filled
        )
        return (
            Markup("<div class='table-responsive'><table class='table table-sm'>%s")
            + Markup("</table></div>")
        ) % rows

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def action_read(self):
        """Read the file: make its lines, and propose what each pays.

        :returns: True
        :raises UserError: the file cannot be read: which cells, or which columns it has
        """
        for statement in self:
            statement.check_access("write")
            serialize(statement)
            if statement.state != "draft":
                raise UserError(
                    self.env._("%s was read already.", statement.display_name)
                )
            try:
                found = statements.read(
                    statement._data(), statement.mapping_id._columns()
                )
            except statements.StatementError as error:
                raise UserError(statement._sentence(error)) from error
            statement._make_lines(found)
        return True

    def _data(self):
        """The bytes of the file."""
        data = self.with_context(bin_size=False).file
        data = b64decode(data or b"")
        if len(data) > LARGEST_FILE:
            raise UserError(
                self.env._("The file is too large. Export a shorter period.")
            )
        return data

    def _make_lines(self, found):
        lines = self.env["bmasia.bank.statement.line"].sudo()
        values = [self._line_values(line, nth) for line, nth in _numbered(found)]
        marks = [each["fingerprint"] for each in values]
        known = lines.search([("fingerprint", "in", marks)]).mapped("fingerprint")
        new = [each for each in values if each["fingerprint"] not in set(known)]
        lines.create(new)
        self.sudo().write({"state": "read", "known_count": len(values) - len(new)})
        self.line_ids.filtered(lambda line: line.state == "open")._propose()

    def _line_values(self, line, nth):
        said = [str(line.day), str(line.amount), line.reference, line.text, str(nth)]
        mark = "\x1f".join([str(self.bank_account_id.id), *said])
        return {
            "statement_id": self.id,
            "row": line.row,
            "date": line.day,
            "amount": float(line.amount),
            "reference": line.reference,
            "text": line.text,
            "fingerprint": hashlib.sha256(mark.encode()).hexdigest(),
            # money that goes out pays no invoice
            "state": "open" if line.amount > 0 else "ignored",
        }

    def _sentence(self, error):
        """What is wrong with a file, and what to do."""
        _, values = self.env._, error.values
        if error.reason == "columns":
            there = ", ".join(values["there"]) or _("none that look like headings")
            return _(
                "The file has no column “%(missing)s”. Its headings: %(there)s. Choose "
                "other columns, or change them.",
                missing="”, “".join(values["missing"]),
                there=there,
            )
        if error.reason == "cells":
            return self._sentence_on_cells(values["cells"])
        sentences = {
            "empty": _("The file is empty."),
            "binary": _(
                "This is no CSV file. In the bank's export, or in Excel, choose CSV."
            ),
            "encoding": _(
                "The file's letters cannot be read: save it as CSV UTF-8, or in Thai "
                "(Windows-874)."
            ),
            "quotes": _(
                "A quotation mark in the file never closes, so that rows are missing. "
                "Correct it in the file, or export it again."
            ),
            "large": _("The file has too many rows. Export a shorter period."),
            "nothing": _("The file has no movements below its headings."),
        }
        return sentences[error.reason]

    def _sentence_on_cells(self, cells):
        _ = self.env._
        shown = "\n".join(
            _(
                "Row %(row)s, %(column)s: “%(value)s”",
                row=cell.row,
                column=cell.column,
                value=cell.value[:40],
            )
            for cell in cells[:CELLS_SHOWN]
        )
        return _(
            "Nothing was read: %(count)s cells are no day or no amount. Correct "
            "them in the file, or choose another order of day and month.\n"
            "%(cells)s",
            count=len(cells),
            cells=shown,
        )

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("bank_account_id", "company_id")
    def _check_bank_account(self):
        for statement in self.sudo():
            owner = statement.company_id.partner_id
            if statement.bank_account_id.partner_id != owner:
                raise ValidationError(
                    self.env._("The bank account belongs to another billing entity.")
                )

    def write(self, vals):
        fixed = {"file", "company_id", "bank_account_id", "currency_id", "mapping_id"}
        if fixed & vals.keys() and any(row.state == "read" for row in self):
            raise UserError(
                self.env._("This statement was read. Make a new one for another file.")
            )
        return super().write(vals)

    @api.depends("line_ids.state")
    def _compute_is_kept(self):
        for statement in self:
            statement.is_kept = "booked" in statement.line_ids.mapped("state")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if any(self.mapped("is_kept")):
            raise UserError(
                self.env._("Payments were noted from this statement: it stays.")
            )


def _numbered(lines):
    """Each line, and how many equal ones came before: two equal transfers are two."""
    seen = Counter()
    for line in lines:
        key = (line.day, line.amount, line.reference, line.text)
        yield line, seen[key]
        seen[key] += 1
