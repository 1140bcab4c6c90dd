from odoo import api, models
from odoo.fields import Command

from odoo.addons.document_flow.tools import numbering

PRICES = (12000, 7500)  # of the sample's lines, per year
WITHOUT_VAT = "0000000000000"


class BmasiaSampleMixin(models.AbstractModel):
    """A document with lines of which the form of a billing entity shows a sample.

    A model that has one says so (``_has_sample``) and adds its days and its state
    (``_sample_values``).
    """

    _name = "bmasia.sample.mixin"
    _description = "Sample of a Document With Lines"

    @api.model
    def _sample_of(self, company):
        customer = self._sample_customer()
        buyer = self.env["bmasia.company"].new({"name": customer["trade_name"]})
        sample = self.new(
            {
                "company_id": company,
                "customer_id": buyer,
                "partner_id": company.partner_id,
                "lang": self.env.lang,
                "customer_snapshot": customer,
                "line_ids": [Command.create(line) for line in self._sample_lines()],
                **self._sample_values(company),
            }
        )
        sample.name = sample._sample_number()
        sample.seller_snapshot = sample._seller_values()
        return sample

    @api.model
    def _sample_values(self, company):
        """What is special of a kind's sample.

        :returns: values as ``new`` takes them
        :rtype: dict
        """
        return {"state": "sent"}

    def _sample_number(self):
        company, codes = self.company_id, self._number_codes[self._number_kind()]
        code = company.entity_code or "TH"
        series = numbering.series(company.number_preset, codes, code, self._today())
        return numbering.numbered(series, 1)

    def _sample_customer(self):
        """A customer that nobody takes for a real one, as a snapshot has it."""
        _ = self.env._
        return {
            "name": _("Sample Hotel Co., Ltd."),
            "trade_name": _("Sample Hotel"),
            "branch": _("Head Office"),
            "vat": WITHOUT_VAT,
            "address": [_("99 Sample Road"), _("Sample City")],
            "phone": "",
            "email": "",
            "contact": _("Sample Contact"),
        }

    def _sample_lines(self):
        """What the sample sells, as values of its lines."""
        _ = self.env._
        names = (
            _("Background music\nLobby and restaurant"),
            _("Background music\nSwimming pool"),
        )
        return [
            {"name": name, "quantity": 1, "unit_price": price}
            for name, price in zip(names, PRICES, strict=True)
        ]
