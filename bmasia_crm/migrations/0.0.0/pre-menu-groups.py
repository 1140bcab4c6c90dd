"""At each upgrade, menus lose those groups of ours that their data may no longer name.

Odoo adds the groups that the data name, which are loaded after this, and takes none
away. Groups that somebody made or added stay.
"""

OURS = ("bmasia_crm", "document_flow")


def migrate(cr, _version):
    cr.execute(
        """
        DELETE FROM ir_ui_menu_group_rel
         WHERE menu_id IN (SELECT res_id FROM ir_model_data
                            WHERE module = 'bmasia_crm' AND model = 'ir.ui.menu')
           AND gid IN (SELECT res_id FROM ir_model_data
                        WHERE module IN %s AND model = 'res.groups')
        """,
        (OURS,),
    )
