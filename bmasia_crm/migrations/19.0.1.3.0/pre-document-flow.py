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
MODELS = {
    "bmasia.number": "document.number",
    "bmasia.reminder": "document.reminder",
    "bmasia.send.request": "document.send.request",
    "bmasia.send.batch": "document.send.batch",
    "bmasia.send.batch.line": "document.send.batch.line",
}
DIALOGS = ("bmasia_send_wizard", "bmasia_move_wizard")


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
    _rename_values(cr)
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
    if column_exists(cr, table, old):
        names = map(SQL.identifier, (table, old, new))
        cr.execute(SQL("ALTER TABLE %s RENAME COLUMN %s TO %s", *names))


def _rename_values(cr):
    """What other tables say by name."""
    for old, new in PICTURES.items():
        cr.execute(
            "UPDATE ir_attachment SET res_field = %s, name = %s"
            " WHERE res_model = 'res.company' AND res_field = %s",
            (new, new, old),
        )
    for old, new in MODELS.items():
        cr.execute(
            "UPDATE ir_filters SET model_id = %s WHERE model_id = %s", (new, old)
        )
        cr.execute(
            "UPDATE ir_exports SET resource = %s WHERE resource = %s", (new, old)
        )
    cr.execute(
        "UPDATE ir_config_parameter SET key = 'document_flow.reminders_stopped'"
        " WHERE key = 'bmasia_crm.reminders_stopped'"
    )
    cr.execute(
        "UPDATE mail_activity"
        " SET note = replace("
        "note, '/odoo/bmasia-reminders/', '/odoo/document-reminders/')"
        " WHERE note LIKE '%%/odoo/bmasia-reminders/%%'"
    )


def _replace_crons(cr):
    """The new ones run as the old ones did; these go."""
    for name in CRONS:
        cr.execute(
            """
            UPDATE ir_cron AS new
               SET active = old.active, interval_number = old.interval_number,
                   interval_type = old.interval_type, nextcall = old.nextcall
              FROM ir_cron AS old, ir_model_data AS was, ir_model_data AS is_now
             WHERE was.module = 'bmasia_crm' AND was.name = %(name)s
               AND was.model = 'ir.cron' AND was.res_id = old.id
               AND is_now.module = 'document_flow' AND is_now.name = %(name)s
               AND is_now.model = 'ir.cron' AND is_now.res_id = new.id
            """,
            {"name": name},
        )
        cr.execute(
            """
            WITH gone AS (
                DELETE FROM ir_model_data
                 WHERE module = 'bmasia_crm' AND name = %s AND model = 'ir.cron'
             RETURNING res_id
            ), crons AS (
                DELETE FROM ir_cron WHERE id IN (SELECT res_id FROM gone)
             RETURNING ir_actions_server_id
            )
            DELETE FROM ir_act_server
             WHERE id IN (SELECT ir_actions_server_id FROM crons)
            """,
            (name,),
        )
