"""What the templates of the contract and of its renewal notice may call."""

from odoo import models


class ContractValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_contract"
    _inherit = "bmasia.report.values"
    _description = "Values of the Contract"
    _document_model = "bmasia.contract"

    def _values(self):
        return {
            **super()._values(),
            "term_rows": lambda contract: contract._term_rows(),
        }


class RenewalNoticeValues(models.AbstractModel):
    """The letter prints the terms of the next contract, and sentences of its own."""

    _name = "report.bmasia_crm.report_renewal_notice"
    _inherit = "report.bmasia_crm.report_contract"
    _description = "Values of the Renewal Notice"

    def _values(self):
        return {**super()._values(), "notice": self._notice}

    def _notice(self, contract):
        """The sentences of the letter about the end of a contract.

        :returns: dict ``greeting``, ``offer``, ``request``
        """
        _ = contract.with_context(lang=contract._get_print_lang()).env._
        customer = contract._customer()
        return {
            "greeting": _("Dear %s,", customer["contact"] or customer["name"]),
            "offer": _(
                "Your agreement %(number)s on background music ends on %(day)s. We "
                "would be glad to keep the music playing and offer to renew it for "
                "%(months)d months from the day after, on these terms:",
                number=contract.name,
                day=contract._format_day(contract.end_date),
                months=contract.term_months,
            ),
            "request": _(
                "Nothing is renewed without your word. Please tell us at least "
                "%(days)d days before the end whether you wish to go on, change the "
                "number of zones, or stop.",
                days=contract._notice_days(),
            ),
        }
