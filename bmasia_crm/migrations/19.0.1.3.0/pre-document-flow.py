"""What moved to ``document_flow``: its tables exist by now, and are empty.

Rows keep their ids, so that whatever names one still finds it; ``document_flow`` does
not know who stands on it, hence this is done here.
"""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

# old table: new table, in an order in which each finds what it points at
TABLES = {
    "bmasia_number": "document_number",
    "bmasia_reminder": "document_reminder",
    "bmasia_send_request": "document_send_request",
    "bmasia_send_batch": "document_send_batch",
    "bmasia_send_batch_line": "document_send_batch_line",
    "bmasia_send_batch_res_company_rel": "document_send_batch_res_company_rel",
}
RENAMED = {
    "paper_name": "document_name",
    "bmasia_send_batch_id": "document_send_batch_id",
}
CUSTOMER = (
    "(SELECT company.partner_id FROM bmasia_company AS company"
    " WHERE company.id = old.customer_id)"
)
# table: old column: new column, which document_flow has made and nobody filled
COPIED = {
    "res_company": {
        "paper_address": "document_address",
        "paper_accent": "document_accent",
        "paper_footer": "document_footer",
        "paper_signatory": "document_signatory",
        "paper_signatory_title": "document_signatory_title",
    },
    "res_users": {"crm_manager_id": "document_manager_id"},
    "ir_attachment": {"paper_sha256": "document_sha256"},
    "mail_mail": {"reminder_id": "document_reminder_id"},
}
# table: old column: new column, of this addon's own models
MOVED = {
    "res_company": {"paper_pricelist_id": "document_pricelist_id"},
    **{
        table: {"paper_digest": "document_digest"}
        for table in (
            *("bmasia_quote", "bmasia_contract"),
            *("bmasia_invoice", "bmasia_payment"),
        )
    },
}
PICTURES = {
    "paper_signature": "document_signature",
    "paper_stamp": "document_stamp",
}
CRONS = ("ir_cron_send_batches", "ir_cron_draft_reminders")
ACTIONS = {
    "bmasia_reminder_action": "document_reminder_action",
    "bmasia_send_batch_action": "document_send_batch_action",
    "bmasia_numbering_action": "numbering_action",
    "mail_template_action_papers": "mail_template_action_documents",
    "mail_delivery_action_held": "mail_delivery_action_held",
    "mail_delivery_action_history": "mail_delivery_action_history",
}
# in the notes of activities
LINKS = {
    "/odoo/bmasia-reminders/": "/odoo/document-reminders/",
    "/odoo/action-bmasia_crm.mail_delivery_action_held": (
        "/odoo/action-document_flow.mail_delivery_action_held"
    ),
}
# Gone, or moved: until the end of an upgrade, Odoo adds them to the views that they
# extend, whose fields have other names by then.
VIEWS = """
bmasia_quote_view_form_sending bmasia_contract_view_form_sending
bmasia_invoice_view_form_sending bmasia_payment_view_form_sending
bmasia_entity_view_form_reminders bmasia_move_wizard_view_form
bmasia_numbering_view_list bmasia_reminder_view_form bmasia_reminder_view_kanban
bmasia_reminder_view_list bmasia_reminder_view_search bmasia_send_batch_view_form
bmasia_send_batch_view_kanban bmasia_send_batch_view_list bmasia_send_wizard_view_form
mail_delivery_view_form_held mail_delivery_view_list_held
mail_delivery_view_list_history mail_delivery_view_list_paper mail_template_view_form
mail_template_view_kanban paper_address paper_bank paper_layout paper_lines paper_note
paper_signature paper_sums paper_terms paper_words portal_ended portal_not_there
res_partner_bank_view_list_entity res_users_view_form_manager
res_users_view_form_preferences
"""
DIALOGS = (
    *("bmasia_send_wizard_to_rel", "bmasia_send_wizard_cc_rel"),
    *("bmasia_send_wizard_ir_attachment_rel", "bmasia_send_wizard"),
    "bmasia_move_wizard",
)
# What a group no longer implies itself: data only add. Who may edit any template runs
# code as they please.
NO_LONGER_IMPLIED = (
    ("group_user", "base", "group_user"),
    ("group_manager", "mail_delivery", "group_delivery_manager"),
    ("group_manager", "mail", "group_mail_template_editor"),
)


def migrate(cr, version):
    """Take rows, columns, pictures and settings along."""
    for old, new in TABLES.items():
        _copy_rows(cr, old, new)
    for table, columns in COPIED.items():
        for old, new in columns.items():
            _copy_column(cr, table, old, new)
    for table, columns in MOVED.items():
        for old, new in columns.items():
            _rename_column(cr, table, old, new)
    for old in (*reversed(TABLES), *DIALOGS):
        cr.execute(SQL("DROP TABLE IF EXISTS %s CASCADE", SQL.identifier(old)))
    cr.execute(
        "UPDATE ir_ui_view SET active = false FROM ir_model_data AS named"
        " WHERE named.module = 'bmasia_crm' AND named.name = ANY (%s)"
        " AND named.model = 'ir.ui.view' AND named.res_id = ir_ui_view.id",
        (VIEWS.split(),),
    )
    for group, module, implied in NO_LONGER_IMPLIED:
        cr.execute(
            "DELETE FROM res_groups_implied_rel USING ir_model_data AS ours,"
            " ir_model_data AS theirs WHERE gid = ours.res_id AND hid = theirs.res_id"
            " AND ours.module = 'bmasia_crm' AND ours.name = %s"
            " AND theirs.module = %s AND theirs.name = %s",
            (group, module, implied),
        )
    _rename_values(cr)
    _keep_defaults(cr)
    _keep_actions(cr)
    _keep_managers(cr)
    _replace_crons(cr)


def _columns(cr, table):
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s"
        " ORDER BY ordinal_position",
        (table,),
    )
    return [name for (name,) in cr.fetchall()]


def _copy_rows(cr, old, new):
    if not table_exists(cr, old):
        return
    there = set(_columns(cr, new))
    pairs = {
        RENAMED.get(name, name): f'old."{name}"'
        for name in _columns(cr, old)
        if RENAMED.get(name, name) in there
    }
    if "partner_id" in there and column_exists(cr, old, "customer_id"):
        pairs["partner_id"] = CUSTOMER
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS old ORDER BY 1",
            SQL.identifier(new),
            SQL(", ").join(map(SQL.identifier, pairs)),
            SQL(", ".join(pairs.values())),
            SQL.identifier(old),
        )
    )
    if "id" in pairs:
        cr.execute(
            SQL(
                "SELECT setval(%s, (SELECT COALESCE(max(id), 0) + 1 FROM %s), false)",
                f"{new}_id_seq",
                SQL.identifier(new),
            )
        )


def _copy_column(cr, table, old, new):
    if not column_exists(cr, table, old):
        return
    table, old, new = map(SQL.identifier, (table, old, new))
    cr.execute(SQL("UPDATE %s SET %s = %s WHERE %s IS NOT NULL", table, new, old, old))
    cr.execute(SQL("ALTER TABLE %s DROP COLUMN %s CASCADE", table, old))


def _rename_column(cr, table, old, new):
    if not column_exists(cr, table, old):
        return
    names = map(SQL.identifier, (table, old, new))
    cr.execute(SQL("ALTER TABLE %s RENAME COLUMN %s TO %s", *names))
    cr.execute(
        "UPDATE ir_model_fields SET name = %s"
        " WHERE name = %s AND replace(model, '.', '_') = %s",
        (new, old, table),
    )
    keys = [f"{table}_{name}_fkey" for name in (old, new)]
    cr.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", keys[:1])
    if cr.rowcount:
        names = map(SQL.identifier, (table, *keys))
        cr.execute(SQL("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", *names))


def _rename_values(cr):
    """What other tables say by name."""
    for old, new in PICTURES.items():
        cr.execute(
            "UPDATE ir_attachment SET res_field = %s, name = %s"
            " WHERE res_model = 'res.company' AND res_field = %s",
            (new, new, old),
        )
    cr.execute(
        "UPDATE ir_config_parameter SET key = 'document_flow.reminders_stopped'"
        " WHERE key = 'bmasia_crm.reminders_stopped'"
    )
    for old, new in LINKS.items():
        cr.execute(
            "UPDATE mail_activity SET note = replace(note, %s, %s)"
            " WHERE strpos(note, %s) > 0",
            (old, new, old),
        )


def _keep_defaults(cr):
    """What people chose as the default of a field that is another one now."""
    for table, columns in COPIED.items():
        for old, new in columns.items():
            cr.execute(
                """
                UPDATE ir_default AS chosen SET field_id = is_now.id
                  FROM ir_model_fields AS was, ir_model_fields AS is_now
                 WHERE chosen.field_id = was.id AND was.name = %s
                   AND is_now.model = was.model AND is_now.name = %s
                   AND replace(was.model, '.', '_') = %s
                """,
                (old, new, table),
            )


def _keep_actions(cr):
    """People's favourites, first pages and menus point at windows, which go with their
    old names."""
    for table in ("ir_filters", "res_users"):
        for old, new in ACTIONS.items():
            cr.execute(
                SQL(
                    """
                    UPDATE %s AS row SET action_id = is_now.res_id
                      FROM ir_model_data AS was, ir_model_data AS is_now
                     WHERE row.action_id = was.res_id
                       AND was.module = 'bmasia_crm' AND was.name = %s
                       AND is_now.module = 'document_flow' AND is_now.name = %s
                       AND was.model = 'ir.actions.act_window'
                       AND is_now.model = was.model
                    """,
                    SQL.identifier(table),
                    old,
                    new,
                )
            )
    for old, new in ACTIONS.items():
        cr.execute(
            """
            UPDATE ir_ui_menu SET action = concat(is_now.model, ',', is_now.res_id)
              FROM ir_model_data AS was, ir_model_data AS is_now
             WHERE action = concat(was.model, ',', was.res_id)
               AND was.module = 'bmasia_crm' AND was.name = %s
               AND is_now.module = 'document_flow' AND is_now.name = %s
               AND was.model = 'ir.actions.act_window' AND is_now.model = was.model
            """,
            (old, new),
        )


def _keep_managers(cr):
    """``document_flow`` has just made the administrator a manager of documents; whom
    somebody took out of our managers is none."""
    cr.execute(
        """
        DELETE FROM res_groups_users_rel AS made USING ir_model_data AS new
         WHERE new.module = 'document_flow' AND new.name = 'group_manager'
           AND made.gid = new.res_id AND made.uid NOT IN (
               SELECT ours.uid FROM res_groups_users_rel AS ours
                 JOIN ir_model_data AS old ON old.res_id = ours.gid
                WHERE old.module = 'bmasia_crm' AND old.name = 'group_manager')
        """
    )


def _replace_crons(cr):
    """The new ones run as the old ones did, also what was asked for already; these
    go."""
    for name in CRONS:
        cr.execute(
            """
            SELECT was.res_id, is_now.res_id
              FROM ir_model_data AS was, ir_model_data AS is_now
             WHERE was.module = 'bmasia_crm' AND is_now.module = 'document_flow'
               AND was.name = %(name)s AND is_now.name = %(name)s
               AND was.model = 'ir.cron' AND is_now.model = 'ir.cron'
            """,
            {"name": name},
        )
        for old, new in cr.fetchall():
            _replace_cron(cr, old, new)
        cr.execute(
            "DELETE FROM ir_model_data WHERE module = 'bmasia_crm' AND name = ANY (%s)",
            ([name, f"{name}_ir_actions_server"],),
        )


def _replace_cron(cr, old, new):
    ids = {"old": old, "new": new}
    cr.execute(
        """
        UPDATE ir_cron AS new
           SET active = old.active, interval_number = old.interval_number,
               interval_type = old.interval_type, nextcall = old.nextcall,
               lastcall = old.lastcall, priority = old.priority
          FROM ir_cron AS old
         WHERE old.id = %(old)s AND new.id = %(new)s
        """,
        ids,
    )
    cr.execute(
        "UPDATE ir_cron_trigger SET cron_id = %(new)s WHERE cron_id = %(old)s", ids
    )
    cr.execute(
        """
        WITH gone AS (DELETE FROM ir_cron WHERE id = %(old)s
                      RETURNING ir_actions_server_id)
        DELETE FROM ir_act_server WHERE id IN (SELECT ir_actions_server_id FROM gone)
        """,
        ids,
    )
