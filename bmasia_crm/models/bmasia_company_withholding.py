from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BmasiaCompanyWithholdingMixin(models.AbstractModel):
    """What a customer withholds of what it is billed, and how it wants to see that.

    Gives the percentage of a product (``_withholding_rate``): the customer's one rate,
    or each product's, or the billing entity's; none for who pays outside Thailand.

    The model provides ``country_id``.
    """

    _name = "bmasia.company.withholding.mixin"
    _description = "Withholding of a Customer"

    withholding_by = fields.Selection(
        [("product", "Each product's rate"), ("own", "One rate for all")],
        "Withholds",
        default="product",
        required=True,
        tracking=True,
        help="A state body withholds 1 % of services and goods alike; who withholds "
        "nothing has the rate 0.",
    )
    withholding_rate = fields.Float(
        "Withholding (%)",
        digits=(5, 2),
        tracking=True,
        help="Of everything that it is billed.",
    )
    show_withholding = fields.Boolean(
        "Print Less Withholding",
        help="New invoices print what is left to transfer below their total, and ask "
        "for that in the PromptPay code.",
    )

    @api.constrains("withholding_rate")
    def _check_withholding_rate(self):
        for company in self:
            if not 0 <= company.withholding_rate <= 100:
                raise ValidationError(
                    self.env._("A rate must be between 0 and 100 percent.")
                )

    def _withholding_rate(self, entity, product):
        """The percentage that this customer withholds of a product.

        :param entity: who bills it
        :param product: ``product.product``, possibly empty
        """
        if self.withholding_by == "own":
            return self.withholding_rate
        country = self.country_id.code
        default = entity.sudo().withholding_rate
        if not default or country not in ("TH", False):
            return 0.0  # Thai law binds those who pay in Thailand
        return product.sudo().withholding_rate if product else default
