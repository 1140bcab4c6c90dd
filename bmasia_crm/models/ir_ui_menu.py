from odoo import models


class IrUiMenu(models.Model):
    """The menu items of our company, and of our billing entities."""

    _inherit = "ir.ui.menu"

    def _entity_menus(self):
        of_one, of_several = super()._entity_menus()
        return (
            [*of_one, "bmasia_crm.menu_our_company"],
            [*of_several, "bmasia_crm.menu_entities"],
        )
