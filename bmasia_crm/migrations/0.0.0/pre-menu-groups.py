"""At each upgrade, menus get exactly the groups that their data name.

Odoo adds those that are new, and takes none away that a menu no longer names.
"""


def migrate(cr, _version):
    cr.execute(
        """
        DELETE FROM ir_ui_menu_group_rel WHERE menu_id IN (
            SELECT res_id FROM ir_model_data
             WHERE module = 'bmasia_crm' AND model = 'ir.ui.menu')
        """
    )
