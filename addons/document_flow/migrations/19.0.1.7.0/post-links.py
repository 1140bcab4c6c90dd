"""The keys of mails that left become links with a key of which only a digest is kept.

They go on to open their document, for as long as a link does now. Frozen code.
"""

import hashlib

from odoo.tools import SQL

WITH_TOKEN = """
SELECT c.table_name, m.model
  FROM information_schema.columns AS c
  JOIN information_schema.columns AS s USING (table_schema, table_name)
  JOIN ir_model AS m ON replace(m.model, '.', '_') = c.table_name
 WHERE c.table_schema = 'public' AND c.column_name = 'access_token'
   AND s.column_name = 'send_state'
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(WITH_TOKEN)
    for table, model in cr.fetchall():
        name = SQL.identifier(table)
        cr.execute(
            SQL(
                "SELECT id, company_id, access_token FROM %s"
                " WHERE access_token IS NOT NULL",
                name,
            )
        )
        rows = [
            (model, row, company, hashlib.sha256(token.encode()).hexdigest(), "mail")
            for row, company, token in cr.fetchall()
        ]
        cr.executemany(
            "INSERT INTO document_link (res_model, res_id, company_id, digest, purpose,"
            " create_uid, create_date, write_uid, write_date)"
            " VALUES (%s, %s, %s, %s, %s, 1, now() AT TIME ZONE 'UTC', 1,"
            " now() AT TIME ZONE 'UTC') ON CONFLICT (digest) DO NOTHING",
            rows,
        )
        cr.execute(SQL("UPDATE %s SET access_token = NULL", name))
