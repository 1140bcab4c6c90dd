"""What PostgreSQL looks at to answer a statement, for tests of what grows for years."""

import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tools import SQL

REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


@contextmanager
def reading(table):
    """Note the statements that read a table, on whichever cursor.

    :param str table: its name
    :returns: a list that fills with their texts, values included
    """
    found, execute = [], Cursor.execute
    reads = re.compile(rf'\b(?:FROM|JOIN)\s+"?{table}\b')

    def note(cursor, query, params=None, **options):
        text = cursor.mogrify(query, params).decode()
        if text.lstrip().startswith("SELECT") and reads.search(text):
            found.append(text)
        return execute(cursor, query, params, **options)

    with patch.object(Cursor, "execute", note):
        yield found


def rows_read(cr, statement, table):
    """The rows of a table that PostgreSQL looks at: those that it takes, and those that
    it reads and drops. The statement is run.

    :param str statement: its text, values included
    :rtype: int
    """
    escaped = statement.replace("%", "%%")
    cr.execute(SQL("EXPLAIN (ANALYZE, FORMAT JSON) " + escaped))
    plans = [cr.fetchone()[0][0]["Plan"]]
    for plan in plans:
        plans += plan.get("Plans", [])
    scans = [plan for plan in plans if plan.get("Relation Name") == table]
    assert scans, f"{table} is not read by {statement}"
    return int(sum(map(_looked_at, scans)))


def _looked_at(plan):
    rows = plan["Actual Rows"] + sum(plan.get(removed, 0) for removed in REMOVED)
    return rows * plan["Actual Loops"]
