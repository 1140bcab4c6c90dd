"""What keeps lists, their search and the first screen fast with 100,000 documents.

The first screen adds up what a state has: its indexes hold all that it asks for, so
that the documents themselves, which are wide, are not read.

Record rules ask for the billing entity each time. Who works for one of them has lists
in an index of that entity's; for several, PostgreSQL reads the common one in order.
"""

import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.modules.db import has_trigram
from odoo.tools import SQL, mute_logger

_logger = logging.getLogger(__name__)

MATCHES = 1000  # companies by name; more match only what is typed first
SAMPLED = 1000  # values that PostgreSQL remembers of a column, where it has 100 else


class BmasiaDocumentMixin(models.AbstractModel):
    _inherit = "bmasia.document.mixin"

    def init(self):
        """Let PostgreSQL sample more numbers. Where one of a hundred looks like what is
        searched, it expects one document in a hundred to do so, and rather reads all of
        them in the list's order than use the index.
        """
        if self._auto:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s ALTER COLUMN name SET STATISTICS %s",
                    SQL.identifier(self._table),
                    SQL(str(SAMPLED)),
                )
            )
        return super().init()

    @api.model
    def _search(self, domain, *arguments, **options):
        """Look the companies up first: "this number, or a document of these companies"
        then uses two indexes, where a subquery would read every document."""
        domain = Domain(domain).map_conditions(self._companies_first)
        return super()._search(domain, *arguments, **options)

    def _companies_first(self, condition):
        named = condition.field_expr == "customer_id" and condition.operator == "ilike"
        if not named or not condition.value:
            return condition
        companies = self.env["bmasia.company"].with_context(active_test=False)
        typed = Domain("display_name", "ilike", condition.value)
        ids = list(companies._search(typed, limit=MATCHES + 1))
        return Domain("customer_id", "in", ids) if len(ids) <= MATCHES else condition


class BmasiaQuote(models.Model):
    _inherit = "bmasia.quote"

    _in_order = models.Index("(date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, date DESC, id DESC)")
    _open_quotes = models.Index(
        "(company_id, currency_id) INCLUDE (amount_untaxed, state) "
        "WHERE state IN ('draft', 'sent')"
    )


class BmasiaContract(models.Model):
    _inherit = "bmasia.contract"

    _in_order = models.Index("(start_date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, start_date DESC, id DESC)")
    _running = models.Index(
        "(company_id, end_date) INCLUDE (currency_id, annual_value, state) "
        "WHERE state = 'active'"
    )


class BmasiaInvoice(models.Model):
    _inherit = "bmasia.invoice"

    _in_order = models.Index("(issue_date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, issue_date DESC, id DESC)")
    _revenue = models.Index(
        "(company_id, issue_date) "
        "INCLUDE (currency_id, amount_untaxed_signed, state, kind) "
        "WHERE state IN ('issued', 'paid', 'credited') "
        "AND kind IN ('invoice', 'credit_note')"
    )
    _due = models.Index(
        "(company_id, due_date) INCLUDE (currency_id, amount_due, state) "
        "WHERE state = 'issued'"
    )


class BmasiaCompany(models.Model):
    _inherit = "bmasia.company"

    _in_order = models.Index("(name, id)")

    def init(self):
        """Let this installation or upgrade make the indexes by which parts of names are
        searched: Odoo does so only where it finds their extension."""
        if not self.pool.has_trigram:
            self._make_trigrams()
        return super().init()

    def _make_trigrams(self):
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env.cr.execute("CREATE EXTENSION pg_trgm")
        except psycopg2.Error as error:
            _logger.warning(
                "Names will be searched by reading every row: PostgreSQL's extension"
                " pg_trgm is missing (%s). As its superuser: CREATE EXTENSION pg_trgm;"
                " then upgrade bmasia_crm.",
                str(error).strip().splitlines()[0],
            )
            return
        # Odoo looked for it when it loaded the database, before this
        self.pool.has_trigram = has_trigram(self.env.cr)
