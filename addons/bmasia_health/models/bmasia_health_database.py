from odoo import api, models
from odoo.tools import SQL, sql
from odoo.tools.translate import LazyTranslate

from odoo.addons.document_flow.tools import folding

from ..tools.findings import FAIL, OK, WARN, Finding, check, missing

_lt = LazyTranslate(__name__)

SHOWN = 5  # of what is named in a sentence
NUMBERED = "document.numbered.mixin"


class BmasiaHealthDatabase(models.AbstractModel):
    """Numbers, extensions and indexes: part of ``bmasia.health``.

    Gives: checks that read whole tables or catalogues, for who asks now and then. Kinds
    of documents and indexes are found in the registry.
    """

    _name = "bmasia.health.database.mixin"
    _description = "Health of the Database"

    # ------------------------------------------------------------
    # NUMBERS
    # ------------------------------------------------------------

    @check(_lt("Numbers without gaps"), 100)
    def _check_number_gaps(self):
        self.env.cr.execute(
            "SELECT series FROM document_number GROUP BY series"
            " HAVING count(*) <> max(value) - min(value) + 1 ORDER BY series"
        )
        broken = [series for (series,) in self.env.cr.fetchall()]
        if not broken:
            return Finding(OK, self.env._("No number is missing in any series"))
        return Finding(
            WARN,
            self.env._("Missing: %s", "; ".join(map(self._gaps_in, broken[:SHOWN])))
            + ("; …" if len(broken) > SHOWN else ""),
            self.env._(
                "Imported numbers may leave gaps. Else ask who changed the database."
            ),
        )

    def _gaps_in(self, series):
        self.env.cr.execute(
            "SELECT value FROM document_number WHERE series = %s", [series]
        )
        gaps = missing(value for (value,) in self.env.cr.fetchall())
        shown = (f"{a}" if a == b else f"{a}–{b}" for a, b in gaps[:SHOWN])
        return f"{series} {', '.join(shown)}" + (", …" if len(gaps) > SHOWN else "")

    @check(_lt("Numbers given once"), 110)
    def _check_number_duplicates(self):
        tables = [SQL.identifier(table) for table in self._numbered_tables()]
        numbers = SQL(" UNION ALL ").join(
            SQL("SELECT name FROM %s WHERE name IS NOT NULL", table) for table in tables
        )
        found = self.env.execute_query(
            SQL("SELECT name FROM (%s) a GROUP BY name HAVING count(*) > 1", numbers)
        )
        names = sorted(name for (name,) in found)
        if not names:
            return Finding(OK, self.env._("No two documents have the same number"))
        return Finding(
            FAIL,
            self.env._("Given twice: %s", ", ".join(names[:SHOWN])),
            self.env._("Find both documents, and void the one that is wrong."),
        )

    @api.model
    def _numbered_tables(self):
        names = self.env.registry.descendants([NUMBERED], "_inherit")
        return sorted(self.env[n]._table for n in names if self.env[n]._auto)

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    @check(_lt("PostgreSQL's extension pg_trgm"), 120)
    def _check_trigrams(self):
        self.env.cr.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if not self.env.cr.fetchone():
            return Finding(
                WARN,
                self.env._("Missing: searches for names read every row"),
                self.env._(
                    "As PostgreSQL's superuser: %s; then restart Odoo.",
                    f"psql -d {self.env.cr.dbname} -c 'CREATE EXTENSION pg_trgm'",
                ),
            )
        if waiting := self._missing_trigram_indexes():
            return Finding(
                WARN,
                self.env._("Indexes are missing: %s", ", ".join(waiting[:SHOWN])),
                self.env._(
                    "Stop the server and run: %s",
                    f"odoo -d {self.env.cr.dbname} -u document_flow --stop-after-init",
                ),
            )
        return Finding(OK, self.env._("It is there, with its indexes"))

    @api.model
    def _missing_trigram_indexes(self):
        wanted = {
            sql.make_index_name(model._table, field.name)
            for model in self.env.values()
            if model._auto and not model._abstract
            for field in model._fields.values()
            if field.index == "trigram" and field.store and field.column_type
        }
        self.env.cr.execute("SELECT indexname FROM pg_indexes")
        return sorted(wanted - {name for (name,) in self.env.cr.fetchall()})

    @check(_lt("The function unaccent"), 130)
    def _check_unaccent(self):
        self.env.cr.execute(
            "SELECT obj_description(to_regprocedure('unaccent(text)'), 'pg_proc')"
        )
        if self.env.cr.fetchone() == (folding.version(),):
            return Finding(
                OK, self.env._("Searches ignore accents, hyphens and widths")
            )
        name = self.env.cr.dbname
        return Finding(
            WARN,
            self.env._("It is not ours: searches ignore accents alone, or nothing"),
            self.env._(
                "As PostgreSQL's superuser: %(drop)s; then run: %(upgrade)s",
                drop=f"psql -d {name} -c 'DROP EXTENSION IF EXISTS unaccent CASCADE'",
                upgrade=f"odoo -d {name} -u document_flow --stop-after-init",
            ),
        )
