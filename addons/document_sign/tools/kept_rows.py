"""Tables whose rows are never changed or deleted, by the database itself.

Odoo's superuser mode passes every check of a model; this stops it, and a statement that
somebody types. Who owns the table can take the trigger out: what was changed then is
found by the chain of digests (``chain.py``).
"""

import re
from collections.abc import Collection
from typing import Any

NAME = re.compile(r"[a-z][a-z0-9_]*")
FUNCTION = """
CREATE OR REPLACE FUNCTION document_sign_keep_row() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV AND NOT EXISTS (
            SELECT FROM unnest(TG_ARGV) AS name
            WHERE to_jsonb(NEW)->name NOT IN ('null', to_jsonb(OLD)->name)
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$ LANGUAGE plpgsql
"""
TRIGGERS = """
DROP TRIGGER IF EXISTS {table}_keep_row ON {table};
CREATE TRIGGER {table}_keep_row BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION document_sign_keep_row({but});
DROP TRIGGER IF EXISTS {table}_keep_rows ON {table};
CREATE TRIGGER {table}_keep_rows BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION document_sign_keep_row()
"""


def statements(table: str, but: Collection[str] = ()) -> tuple[str, str]:
    """What makes the triggers of a table; a second time changes nothing.

    >>> function, triggers = statements("document_event", ["link_id"])
    >>> "BEFORE UPDATE OR DELETE ON document_event" in triggers
    True
    >>> "document_sign_keep_row('link_id')" in triggers
    True
    >>> statements("x; DROP TABLE y")
    Traceback (most recent call last):
    ValueError: no name of a table or column: x; DROP TABLE y

    :param table: its name
    :param but: columns that foreign keys empty when what they point at goes; they may
        be emptied, and have no other value ever
    :raises ValueError: a name that PostgreSQL would read as something else
    """
    for name in (table, *but):
        if not NAME.fullmatch(name):
            raise ValueError(f"no name of a table or column: {name}")
    columns = ", ".join(f"'{name}'" for name in but)
    return FUNCTION, TRIGGERS.format(table=table, but=columns)


def keep_rows(cr: Any, table: str, but: Collection[str] = ()) -> None:
    """Let nobody change or delete the rows of a table.

    :param cr: a cursor of the database
    :param table: its name
    :param but: as of :func:`statements`
    """
    for statement in statements(table, but):
        cr.execute(statement)
