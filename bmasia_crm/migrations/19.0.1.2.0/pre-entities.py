"""Whose document a mail, a request to send or a line of a bulk send belongs to."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists

DOCUMENTS = {
    "bmasia.quote": "bmasia_quote",
    "bmasia.contract": "bmasia_contract",
    "bmasia.invoice": "bmasia_invoice",
    "bmasia.payment": "bmasia_payment",
}
# table: its column with the model's name
TABLES = {
    "mail_delivery": "model",
    "bmasia_send_request": "res_model",
    "bmasia_send_batch_line": "res_model",
}


BATCHES = """
    CREATE TABLE bmasia_send_batch_res_company_rel (
        bmasia_send_batch_id int4 NOT NULL, res_company_id int4 NOT NULL,
        PRIMARY KEY (bmasia_send_batch_id, res_company_id)
    );
    CREATE INDEX ON bmasia_send_batch_res_company_rel
        (res_company_id, bmasia_send_batch_id);
    INSERT INTO bmasia_send_batch_res_company_rel
    SELECT DISTINCT batch_id, company_id FROM bmasia_send_batch_line
    WHERE company_id IS NOT NULL
"""


def migrate(cr, version):
    """Fill the entity in at once: row by row, a log of years would take hours."""
    for table, model_column in TABLES.items():
        if not table_exists(cr, table):
            continue
        if not column_exists(cr, table, "company_id"):
            create_column(cr, table, "company_id", "int4")
        for model, documents in DOCUMENTS.items():
            cr.execute(
                SQL(
                    "UPDATE %s AS row SET company_id = document.company_id "
                    "FROM %s AS document "
                    "WHERE row.%s = %s AND row.res_id = document.id "
                    "AND row.company_id IS NULL",
                    SQL.identifier(table),
                    SQL.identifier(documents),
                    SQL.identifier(model_column),
                    model,
                )
            )
    for model, documents in DOCUMENTS.items():
        cr.execute(
            SQL(
                "UPDATE mail_message AS message "
                "SET record_company_id = document.company_id FROM %s AS document "
                "WHERE message.model = %s AND message.res_id = document.id "
                "AND message.record_company_id IS DISTINCT FROM document.company_id",
                SQL.identifier(documents),
                model,
            )
        )
    lines, entities = "bmasia_send_batch_line", "bmasia_send_batch_res_company_rel"
    if table_exists(cr, lines) and not table_exists(cr, entities):
        cr.execute(BATCHES)
