"""Payment and receipt were one; what has a number is the receipt.

Rows, files, messages, activities, links and the register of numbers go along: the table
is called otherwise, and whatever names the model names the new one. The money beside it
is made afterwards (``post-receipts.py``), when its tables are there.
"""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

OLD, NEW = "bmasia_payment", "bmasia_receipt"
OLD_MODEL, NEW_MODEL = "bmasia.payment", "bmasia.receipt"
FILES = "_ir_attachment_rel"
# Columns of any table that hold the name of a model, and those that hold a record.
NAMING = ("model", "res_model", "model_name", "model_id", "resource", "relation")
POINTING = ("document", "resource_ref")
# xml ids: how they begin, and how they begin now
XML_IDS = {
    "model_bmasia_payment": "model_bmasia_receipt",
    "field_bmasia_payment__": "field_bmasia_receipt__",
    "selection__bmasia_payment__": "selection__bmasia_receipt__",
    "constraint_bmasia_payment_": "constraint_bmasia_receipt_",
    "bmasia_payment_view_": "bmasia_receipt_view_",
    "bmasia_payment_action": "bmasia_receipt_action",
}
GONE = ("bmasia_receipt_view_form_register", "bmasia_receipt_action_register")


def migrate(cr, version):
    """Call the table, and all that names it, by the name of the document."""
    if table_exists(cr, NEW) or not table_exists(cr, OLD):
        return
    _rename_table(cr, OLD, NEW)
    _rename_table(cr, OLD + FILES, NEW + FILES)
    _rename_column(cr, NEW + FILES, f"{OLD}_id", f"{NEW}_id")
    _name_index_anew(cr)
    _rename_column(cr, NEW, "amount", "amount_received")
    cr.execute(
        "UPDATE ir_model_fields SET name = 'amount_received'"
        " WHERE model = %s AND name = 'amount'",
        (OLD_MODEL,),
    )
    _rename_model(cr)
    _rename_in_code(cr)
    _rename_in_searches(cr)
    _rename_xml_ids(cr)
    cr.execute(
        "UPDATE ir_ui_view SET active = false FROM ir_model_data AS named"
        " WHERE named.module = 'bmasia_crm' AND named.name = ANY (%s)"
        " AND named.model = 'ir.ui.view' AND named.res_id = ir_ui_view.id",
        (list(GONE),),
    )


def _rename_table(cr, old, new):
    """The table with its sequence, its constraints and its indexes."""
    cr.execute(
        SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(old), SQL.identifier(new))
    )
    cr.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND conname LIKE %s",
        (new, f"{old}%"),
    )
    for (name,) in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
                SQL.identifier(new),
                SQL.identifier(name),
                SQL.identifier(name.replace(old, new, 1)),
            )
        )
    cr.execute(
        "SELECT relname, relkind FROM pg_class"
        " WHERE relname LIKE %s AND relkind IN ('i', 'S')"
        " AND (relkind = 'S' OR oid IN (SELECT indexrelid FROM pg_index"
        " WHERE indrelid = %s::regclass))",
        (f"{old}\\_%", new),
    )
    for name, kind in cr.fetchall():
        if kind == "S" and name != f"{old}_id_seq":
            continue
        cr.execute(
            SQL(
                "ALTER %s %s RENAME TO %s",
                SQL("INDEX" if kind == "i" else "SEQUENCE"),
                SQL.identifier(name),
                SQL.identifier(name.replace(old, new, 1)),
            )
        )


def _name_index_anew(cr):
    """PostgreSQL names the index of the files itself, and cuts the name."""
    table = NEW + FILES
    cr.execute(
        "SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisprimary",
        (table,),
    )
    for (name,) in cr.fetchall():
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    cr.execute(
        SQL(
            "CREATE INDEX ON %s (ir_attachment_id, %s)",
            SQL.identifier(table),
            SQL.identifier(f"{NEW}_id"),
        )
    )


def _rename_column(cr, table, old, new):
    if not column_exists(cr, table, old):
        return
    cr.execute(
        SQL(
            "ALTER TABLE %s RENAME COLUMN %s TO %s",
            *map(SQL.identifier, (table, old, new)),
        )
    )
    for kind, query in (
        (
            "CONSTRAINT",
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
            " AND strpos(conname, %s) > 0",
        ),
        (
            "INDEX",
            "SELECT indexname FROM pg_indexes WHERE tablename = %s"
            " AND strpos(indexname, %s) > 0",
        ),
    ):
        cr.execute(query, (table, f"_{old}_"))
        for (name,) in cr.fetchall():
            renamed = name.replace(f"_{old}_", f"_{new}_")
            change = SQL(
                "ALTER INDEX %s RENAME TO %s", *map(SQL.identifier, (name, renamed))
            )
            if kind == "CONSTRAINT":
                change = SQL(
                    "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
                    *map(SQL.identifier, (table, name, renamed)),
                )
            cr.execute(change)


def _rename_model(cr):
    """In every table that names a model, whichever addon has it."""
    cr.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns AS c"
        " JOIN information_schema.tables AS t USING (table_schema, table_name)"
        " WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'"
        " AND c.udt_name IN ('varchar', 'text') AND c.column_name = ANY (%s)",
        ([*NAMING, *POINTING],),
    )
    for table, column in cr.fetchall():
        names = {"table": SQL.identifier(table), "column": SQL.identifier(column)}
        if column in NAMING:
            cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(new)s"
                    " WHERE %(column)s = %(old)s",
                    **names,
                    new=NEW_MODEL,
                    old=OLD_MODEL,
                )
            )
        else:
            cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s ="
                    " replace(%(column)s, %(old)s, %(new)s)"
                    " WHERE %(column)s LIKE %(like)s",
                    **names,
                    new=f"{NEW_MODEL},",
                    old=f"{OLD_MODEL},",
                    like=f"{OLD_MODEL},%",
                )
            )
    for table in ("ir_model_constraint", "ir_model_relation"):
        cr.execute(
            SQL(
                "UPDATE %s SET name = replace(name, %s, %s) WHERE name LIKE %s",
                SQL.identifier(table),
                OLD,
                NEW,
                f"{OLD}\\_%",
            )
        )


def _rename_in_code(cr):
    """As ``env["bmasia.payment"]`` in what people made: they meant receipts."""
    for quote in ("'", '"'):
        cr.execute(
            "UPDATE ir_act_server SET code = replace(code, %(old)s, %(new)s)"
            " WHERE strpos(code, %(old)s) > 0",
            {"old": f"{quote}{OLD_MODEL}{quote}", "new": f"{quote}{NEW_MODEL}{quote}"},
        )


def _rename_in_searches(cr):
    """The amount in people's filters and exports of receipts."""
    for column in ("domain", "context", "sort"):
        cr.execute(
            SQL(
                "UPDATE ir_filters SET %(column)s ="
                " regexp_replace(%(column)s, %(old)s, 'amount_received', 'g')"
                " WHERE model_id = %(model)s",
                column=SQL.identifier(column),
                # a whole word, and no part of a path through another model
                old=r"(?<![\w.])amount(?!\w)",
                model=NEW_MODEL,
            )
        )
    cr.execute(
        "UPDATE ir_exports_line AS line SET name = 'amount_received'"
        " FROM ir_exports AS list WHERE line.export_id = list.id"
        " AND list.resource = %s AND line.name = 'amount'",
        (NEW_MODEL,),
    )


def _rename_xml_ids(cr):
    for old, new in XML_IDS.items():
        cr.execute(
            "UPDATE ir_model_data SET name = replace(name, %s, %s)"
            " WHERE module = 'bmasia_crm' AND strpos(name, %s) = 1",
            (old, new, old),
        )
    cr.execute(
        "UPDATE ir_model_data SET name = 'field_bmasia_receipt__amount_received'"
        " WHERE module = 'bmasia_crm' AND name = 'field_bmasia_receipt__amount'"
    )
