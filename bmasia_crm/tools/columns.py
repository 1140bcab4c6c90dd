"""Database defaults of what this addon adds to tables of others."""

from typing import Any

from odoo.tools import SQL

OURS = {"bmasia_crm"}


def set_column_defaults(model: Any) -> None:
    """Give each column that this addon requires of a model its default in SQL, too.

    Whoever writes a row without the ORM (core does when it neutralises a copy, other
    addons when they are installed) knows nothing of our fields.

    :param model: an empty recordset of the model
    """
    for field in model._fields.values():
        if set(field._modules) != OURS or not (field.required and field.store):
            continue
        value = field.convert_to_column_insert(field.default(model), model)
        model.env.cr.execute(
            SQL(
                "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s",
                SQL.identifier(model._table),
                SQL.identifier(field.name),
                value,
            )
        )
