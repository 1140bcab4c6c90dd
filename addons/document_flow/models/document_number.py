import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import numbering

ATTEMPTS = 200  # numbers that others may take between our snapshot and our turn


class DocumentNumber(models.Model):
    """The register of all numbers: each one is given once and never back.

    No counter row: under Odoo's REPEATABLE READ, the second of two transactions that
    update one row fails and has to be run again from its start. Here it inserts the
    next number, waits for the first one at the unique index, and takes the one after
    (or the same, if the first was rolled back). Hence no gap and no collision.
    """

    _name = "document.number"
    _description = "Number of a Document"
    _inherit = ["document.entity.mixin"]
    _order = "series desc, value desc"
    _rec_name = "name"

    name = fields.Char(required=True, readonly=True)
    series = fields.Char(required=True, readonly=True)
    value = fields.Integer(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )

    _unique_value = models.Constraint(
        "unique(series, value)", "This number was given already."
    )
    _document = models.Index("(res_model, res_id)")

    @api.model
    def _next_number(self, document, kind, day):
        """Give a document the next number of its series.

        Held until the transaction ends: make it the last write before rendering.

        :param document: the record
        :param str kind: a key of the document's ``_number_codes``
        :param date day: of issue
        :returns: the number
        :raises UserError: the entity has no code, and its numbers would be mixed with
            those of another one
        """
        company = document.company_id.sudo()
        codes = document._number_codes[kind]
        preset, entity = company.number_preset, company.entity_code
        if codes.per_entity and not entity:
            self._check_alone_without_code(company, kind)
        prefix = numbering.series(preset, codes, entity, day)
        self.env.flush_all()
        first = self._last_value(prefix) + 1
        for value in range(first, first + ATTEMPTS):
            if number := self._insert_number(document, kind, prefix, value):
                return number
        raise UserError(self.env._("No number could be assigned. Try again."))

    @api.model
    def _check_alone_without_code(self, company, kind):
        """One entity may do without a code in its numbers; a second needs one."""
        others = self.sudo().search_count(
            [
                *(("kind", "=", kind), ("company_id", "!=", company.id)),
                ("company_id.entity_code", "in", (False, "")),
            ],
            limit=1,
        )
        if others:
            raise UserError(
                self.env._(
                    "%s has no code for its numbers yet, as TH, and they would be "
                    "mixed up with those of another billing entity. Finance sets it "
                    "in Numbering.",
                    company.name,
                )
            )

    @api.model
    def _last_value(self, prefix):
        self.env.cr.execute(
            "SELECT COALESCE(max(value), 0) FROM document_number WHERE series = %s",
            (prefix,),
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _insert_number(self, document, kind, prefix, value):
        """Insert a number, unless another document has it by now.

        :returns: the number, or None if it is not ours
        """
        number = numbering.numbered(prefix, value)
        row = (
            number,
            prefix,
            value,
            document.company_id.id,
            kind,
            document._name,
            document.id,
            self.env.uid,
            self.env.uid,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    """
                    INSERT INTO document_number
                           (name, series, value, company_id, kind, res_model, res_id,
                            create_uid, write_uid, create_date, write_date)
                    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s,
                            now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
                    """,
                    row,
                    log_exceptions=False,
                )
        except psycopg2.errors.UniqueViolation:
            return None
        return number

    @api.model
    def _register_number(self, document, kind):
        """Keep the series behind a number that came from elsewhere, as an import."""
        known = document._all_number_codes().values()
        if parsed := numbering.parse(document.name, known):
            self.env.flush_all()
            self._insert_number(document, kind, *parsed)
