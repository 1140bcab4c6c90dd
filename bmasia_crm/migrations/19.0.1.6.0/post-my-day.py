"""The first menu item is My Day now, in each language that had a name for it."""

NAMES = {"th_TH": "งานวันนี้"}


def migrate(cr, _version):
    """Odoo keeps the translation of a name that changed."""
    for language, name in NAMES.items():
        cr.execute(
            """
            UPDATE ir_ui_menu menu
               SET name = menu.name || jsonb_build_object(%s::text, %s::text)
              FROM ir_model_data data
             WHERE data.module = 'bmasia_crm' AND data.name = 'menu_dashboard'
               AND data.model = 'ir.ui.menu' AND data.res_id = menu.id
               AND jsonb_exists(menu.name, %s)
            """,
            (language, name, language),
        )
