from odoo import models

from .document_entity_mixin import SEVERAL


class IrUiMenu(models.Model):
    """Who works for one company has a menu item for it, where others have a list of
    billing entities.
    """

    _inherit = "ir.ui.menu"

    def _entity_menus(self):
        """External ids of the menu items of who works for one company, and for several.

        :returns: two lists
        :rtype: tuple
        """
        return ["document_flow.menu_our_company"], ["document_flow.menu_entities"]

    def _visible_menu_ids(self, debug=False):
        visible = super()._visible_menu_ids(debug)
        of_one, of_several = self._entity_menus()
        hidden = of_one if self.env.user.has_group(SEVERAL) else of_several
        by_name = self.env["ir.model.data"]._xmlid_to_res_id
        return visible - {by_name(n, raise_if_not_found=False) for n in hidden}
