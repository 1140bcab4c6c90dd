"""What people made themselves for the models that move to ``document_flow``.

Fields, automations, scheduled actions, filters, exports, templates, files and access
rights name a model in a column, or point at its row in ``ir_model``. The database is
asked which tables do, so that those of other addons follow as well; what still names a
model at the end of the upgrade is deleted along with it. Runs before the rows move:
fields that people added take their columns along.
"""

from odoo.tools import SQL

MODELS = {
    "bmasia.number": "document.number",
    "bmasia.reminder": "document.reminder",
    "bmasia.send.request": "document.send.request",
    "bmasia.send.batch": "document.send.batch",
    "bmasia.send.batch.line": "document.send.batch.line",
    "bmasia.send.wizard": "document.send.wizard",
    "bmasia.move.wizard": "bmasia.transition.wizard",
}
# Columns that hold a model's name, in whichever table.
NAMING = (
    *("model", "model_id", "model_name"),
    *("res_model", "parent_res_model", "resource"),
)
# Core's own account of what a model consists of; of fields, only people's move.
REFLECTED = (
    *("ir_model", "ir_model_fields", "ir_model_fields_selection"),
    *("ir_model_constraint", "ir_model_relation", "ir_model_inherit"),
)
# Fields of reminders and bulk sends: in a list or a search, and in a condition.
FIELDS = {"paper_name": "document_name", "customer_id": "partner_id"}
IN_DOMAINS = {
    "paper_name": "document_name",
    "customer_id": "partner_id.bmasia_company_ids",
}


def migrate(cr, version):
    """Point all of that at the new models."""
    cr.execute("SELECT model, id FROM ir_model WHERE model = ANY (%s)", ([*MODELS],))
    old_ids = dict(cr.fetchall())
    for old, old_id in old_ids.items():
        _move_fields(cr, old, old_id)
        _repoint(cr, "ir_model", old_id, _new_id(cr, old))
        _rename_in_columns(cr, old)
        _rename_in_code(cr, old)
        _rename_in_searches(cr, MODELS[old])


def _new_id(cr, old):
    """The row of the new model; a dialog's comes with this addon, a moment later."""
    new = MODELS[old]
    cr.execute("SELECT id FROM ir_model WHERE model = %s", (new,))
    found = cr.fetchone()
    return found and found[0]


def _move_fields(cr, old, old_id):
    """Fields that people added, with their columns; what points at other fields finds
    those of the new model."""
    new_id = _new_id(cr, old)
    cr.execute(
        "UPDATE ir_model_fields SET relation = %s"
        " WHERE relation = %s AND state = 'manual'",
        (MODELS[old], old),
    )
    if not new_id:
        return
    table, new_table = old.replace(".", "_"), MODELS[old].replace(".", "_")
    cr.execute(
        """
        SELECT attname, format_type(atttypid, atttypmod)
          FROM pg_attribute JOIN ir_model_fields ON name = attname
         WHERE attrelid = to_regclass(%s) AND model_id = %s AND state = 'manual'
        """,
        (table, old_id),
    )
    for name, kind in cr.fetchall():
        names = map(SQL.identifier, (new_table, name))
        cr.execute(SQL("ALTER TABLE %s ADD COLUMN %s %s", *names, SQL(kind)))
    cr.execute(
        "UPDATE ir_model_fields SET model = %s, model_id = %s"
        " WHERE model_id = %s AND state = 'manual'",
        (MODELS[old], new_id, old_id),
    )
    cr.execute(
        "SELECT name, id FROM ir_model_fields WHERE model_id = %s AND state = 'base'",
        (old_id,),
    )
    for name, field_id in cr.fetchall():
        cr.execute(
            "SELECT id FROM ir_model_fields WHERE model_id = %s AND name = %s",
            (new_id, FIELDS.get(name, name)),
        )
        if found := cr.fetchone():
            _repoint(cr, "ir_model_fields", field_id, found[0])


def _repoint(cr, table, old_id, new_id):
    """Every row that refers to one row of a table refers to another one of it."""
    if not new_id:
        return
    cr.execute(
        """
        SELECT conrelid::regclass::text, attname
          FROM pg_constraint JOIN pg_attribute
            ON attrelid = conrelid AND attnum = conkey[1]
         WHERE contype = 'f' AND confrelid = %s::regclass
           AND conrelid::regclass::text != ALL (%s)
        """,
        (table, [*REFLECTED]),
    )
    for referring, column in cr.fetchall():
        names = SQL.identifier(referring), SQL.identifier(column)
        query = "UPDATE %s SET %s = %s WHERE %s = %s"
        cr.execute(SQL(query, *names, new_id, names[1], old_id))


def _rename_in_columns(cr, old):
    cr.execute(
        """
        SELECT table_name, column_name
          FROM information_schema.columns JOIN information_schema.tables
         USING (table_schema, table_name)
         WHERE table_schema = current_schema AND table_type = 'BASE TABLE'
           AND udt_name IN ('varchar', 'text') AND column_name = ANY (%s)
           AND table_name != ALL (%s)
        """,
        ([*NAMING], [*REFLECTED]),
    )
    for table, column in cr.fetchall():
        names = SQL.identifier(table), SQL.identifier(column)
        query = "UPDATE %s SET %s = %s WHERE %s = %s"
        cr.execute(SQL(query, *names, MODELS[old], names[1], old))


def _rename_in_code(cr, old):
    """As ``env["bmasia.reminder"]``."""
    for quote in ("'", '"'):
        cr.execute(
            "UPDATE ir_act_server SET code = replace(code, %(old)s, %(new)s)"
            " WHERE strpos(code, %(old)s) > 0",
            {"old": f"{quote}{old}{quote}", "new": f"{quote}{MODELS[old]}{quote}"},
        )


def _rename_in_searches(cr, model):
    """Fields in people's filters and exports of a model, which has its new name."""
    for column, words in (
        ("domain", IN_DOMAINS),
        ("context", FIELDS),
        ("sort", FIELDS),
    ):
        for old, new in words.items():
            cr.execute(
                SQL(
                    "UPDATE ir_filters SET %s = regexp_replace(%s, %s, %s, 'g')"
                    " WHERE model_id = %s",
                    *(SQL.identifier(column), SQL.identifier(column)),
                    # a whole word, and no part of a path through another model
                    *(rf"(?<![\w.]){old}(?!\w)", new, model),
                )
            )
    for old, new in FIELDS.items():
        cr.execute(
            "UPDATE ir_exports_line AS line"
            " SET name = regexp_replace(line.name, %s, %s)"
            " FROM ir_exports AS list"
            " WHERE line.export_id = list.id AND list.resource = %s",
            (rf"^{old}(?!\w)", new, model),
        )
