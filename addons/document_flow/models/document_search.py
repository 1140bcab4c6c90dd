import logging

import psycopg2

from odoo import models
from odoo.modules import db
from odoo.orm.registry import _unaccent
from odoo.tools import SQL, mute_logger

from ..tools import folding

_logger = logging.getLogger(__name__)

# Every column by which pickers search contacts: one without an index makes the others
# useless. With the name alone, for lists of companies.
CONTACT_COLUMNS = ("complete_name", "name", "email", "ref", "vat", "company_registry")


class DocumentSearch(models.AbstractModel):
    """Text is found however it was typed: without its accents, in full width, with
    another hyphen.

    Gives every ``ilike`` of Odoo (lists, pickers, ``name_search``, RPC, REST) what
    :func:`odoo.addons.document_flow.tools.folding.fold` says, and what is searched by a
    trigram index stays so.

    How it works: Odoo calls ``unaccent(text)`` on both sides of ``ilike``, and in its
    trigram indexes, where the database has such a function and it is immutable. Ours is
    one that needs no extension and no superuser. It is made, or renewed with the
    indexes that use it, with each installation or upgrade of this addon.
    """

    _name = "document.search"
    _description = "Search"

    def init(self):
        self._make_trigrams()
        if self._make_function():
            self._fold_indexes()
            self._index_contacts()
        # Odoo looked for both when it loaded the database, before this
        pool, cr = self.pool, self.env.cr
        pool.has_trigram, pool.has_unaccent = db.has_trigram(cr), db.has_unaccent(cr)
        if pool.has_unaccent:
            pool.unaccent = _unaccent
        return super().init()

    def _register_hook(self):
        super()._register_hook()
        if self.pool.has_unaccent:
            # of records in memory, as PostgreSQL does of those that are stored
            self.pool.unaccent_python = folding.fold

    def _make_trigrams(self):
        if not self.pool.has_trigram:
            self._attempt(
                "CREATE EXTENSION IF NOT EXISTS pg_trgm",
                "Names will be searched by reading every row: PostgreSQL's extension"
                " pg_trgm is missing (%s). As its superuser: CREATE EXTENSION pg_trgm;"
                " then upgrade document_flow.",
            )

    def _make_function(self):
        """
        :returns: whether the database has the function of this version
        """
        if self._is_of_extension() and not self._drop_extension():
            return False
        comment = "SELECT obj_description(to_regprocedure('unaccent(text)'), 'pg_proc')"
        self.env.cr.execute(comment)
        if self.env.cr.fetchone() == (folding.version(),):
            return True
        self.env.cr.execute(folding.function())
        self.env.cr.execute(
            "COMMENT ON FUNCTION unaccent(text) IS %s", [folding.version()]
        )
        self.env.cr.execute(
            """SELECT DISTINCT objid::regclass::text FROM pg_depend
            WHERE refclassid = 'pg_proc'::regclass AND classid = 'pg_class'::regclass
            AND refobjid = to_regprocedure('unaccent(text)')"""
        )
        for (index,) in self.env.cr.fetchall():
            self.env.cr.execute(SQL("REINDEX INDEX %s", SQL(index)))
        return True

    def _is_of_extension(self):
        self.env.cr.execute(
            """SELECT FROM pg_depend WHERE deptype = 'e'
            AND classid = 'pg_proc'::regclass
            AND objid = to_regprocedure('unaccent(text)')"""
        )
        return bool(self.env.cr.rowcount)

    def _drop_extension(self):
        """PostgreSQL's own ``unaccent`` knows accents alone. Its place is taken, unless
        it belongs to somebody else or something else uses it."""
        return self._attempt(
            "DROP EXTENSION unaccent",
            "Accents are ignored in searches, but not hyphens, widths and Thai"
            " spellings: PostgreSQL's extension unaccent is in the way (%s). As its"
            " superuser: DROP EXTENSION unaccent CASCADE; then upgrade document_flow.",
        )

    def _attempt(self, statement, warning):
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env.cr.execute(statement)
        except psycopg2.Error as error:
            _logger.warning(warning, str(error).strip().splitlines()[0])
            return False
        return True

    def _fold_indexes(self):
        """Trigram indexes that were made without the function are of no use with it."""
        self.env.cr.execute(
            """SELECT index.relname, indrelid::regclass::text,
                pg_get_indexdef(indexrelid, 1, false)
            FROM pg_index JOIN pg_class index ON index.oid = indexrelid
            JOIN pg_opclass ON pg_opclass.oid = indclass[0]
            WHERE opcname = 'gin_trgm_ops' AND indnatts = 1 AND indpred IS NULL
            AND index.relnamespace = current_schema::regnamespace"""
        )
        for index, table, expression in self.env.cr.fetchall():
            if "unaccent(" not in expression:
                self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
                self._index(index, table, f"unaccent({expression})")

    def _index_contacts(self):
        self.env.cr.execute("SELECT to_regclass('res_partner_folded')")
        if self.env.cr.fetchone() == (None,) and db.has_trigram(self.env.cr):
            folded = (f"unaccent({column})" for column in CONTACT_COLUMNS)
            self._index("res_partner_folded", "res_partner", *folded)

    def _index(self, name, table, *expressions):
        columns = ", ".join(f"{each} gin_trgm_ops" for each in expressions)
        self.env.cr.execute(
            SQL(
                "CREATE INDEX %s ON %s USING gin (%s)",
                SQL.identifier(name),
                SQL(table.replace("%", "%%")),
                SQL(columns.replace("%", "%%")),
            )
        )
