"""What the template of the amendment may call."""

from odoo import models


class AmendmentValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_amendment"
    _inherit = "bmasia.report.values"
    _description = "Values of the Amendment"
    _document_model = "bmasia.amendment"

    def _values(self):
        return {
            **super()._values(),
            "price": lambda document, price: document._format_price(price),
            "sentences": self._sentences,
        }

    def _sentences(self, amendment):
        """What an amendment says in words.

        :returns: dict ``agreement``, ``term``, ``rule``; ``term`` may be empty
        """
        _ = amendment.with_context(lang=amendment._get_print_lang()).env._
        contract, day = amendment.contract_id, amendment._format_day
        return {
            "agreement": _(
                "Both sides change agreement %(number)s of %(dated)s as follows, from "
                "%(day)s on. All else stays as it was agreed, and this amendment ends "
                "with the agreement.",
                number=contract.name,
                dated=day(contract.signed_date or contract.start_date),
                day=day(amendment.start_date),
            ),
            "term": amendment.term_months
            and _(
                "The term is %(months)d months from %(start)s, until %(end)s. It was "
                "%(before)d months.",
                months=amendment.term_months,
                start=day(contract.start_date),
                end=day(amendment._new_end()),
                before=contract.term_months,
            ),
            "rule": _(
                "A whole billing period is charged its share of the yearly price; one "
                "that is not whole, its days of service out of the days of the period. "
                "What was invoiced stays: the difference is invoiced or credited."
            ),
        }
