from odoo import models
from odoo.tools import SQL

from ..models.bmasia_exchange_rate import BAHT, VALID_DAYS

# Who bought, as the document says; ``d`` is the document, ``c`` its customer of today.
BUYER = SQL(
    "COALESCE(d.customer_snapshot ->> 'name', c.legal_name, c.name) AS buyer,"
    " COALESCE(d.customer_snapshot ->> 'vat', c.vat) AS vat,"
    " COALESCE(d.customer_snapshot ->> 'branch', c.branch) AS branch"
)


class BmasiaReportBahtMixin(models.AbstractModel):
    """Amounts of a Thai entity in baht, whatever the documents' currency.

    Tax is declared in Thai currency (Thai Revenue Code, sections 79/4 and 9). The rate
    is that of the document. One that has none, of before rates were noted, counts at
    the rate of its day under *Exchange Rates*; where that is missing, its row has no
    amounts and says so.

    The model is a report whose rows are of ``k``, a currency. Other entities' reports
    are in the currencies of their documents.
    """

    _name = "bmasia.report.baht.mixin"
    _description = "Amounts in Baht"

    def _one_currency(self, company):
        return BAHT if company._declares_in_baht() else None

    def _currency_in(self, company):
        if company._declares_in_baht():
            return SQL("%s AS currency", BAHT)
        return SQL("k.name AS currency")

    def _digits_in(self, company):
        return SQL("2") if company._declares_in_baht() else SQL("k.decimal_places")

    def _note_unknown(self, rows, name):
        """Say in ``status`` which rows have no amounts for want of a rate."""
        for row in rows:
            if row[name] is None:
                row["status"] = self.env._("No exchange rate")

    def _rate_in(self, company, rate, day):
        """What a unit of ``k`` counts, null where nobody knows.

        :param odoo.tools.SQL rate: of the document
        :param odoo.tools.SQL day: of the document
        """
        if not company._declares_in_baht():
            return SQL("1::numeric")
        return SQL(
            "CASE WHEN k.name = %(baht)s THEN 1 ELSE COALESCE("
            " NULLIF(%(rate)s::numeric, 0), (SELECT x.rate::numeric"
            "  FROM bmasia_exchange_rate x WHERE x.currency_id = k.id"
            "  AND x.date <= %(day)s AND x.date > %(day)s - %(valid)s"
            "  ORDER BY x.date DESC LIMIT 1)) END",
            baht=BAHT,
            rate=rate,
            day=day,
            valid=VALID_DAYS,
        )
