"""Database defaults of what our addons add to tables of others."""

from typing import Any

from odoo.tools import SQL


def set_column_defaults(model: Any, addon: str) -> None:
    """Give each column that an addon requires of a model its default in SQL, too.

    Whoever writes a row without the ORM (core does when it neutralises a copy, other
    addons when they are installed) knows nothing of our fields.

    :param model: an empty recordset of the model
    :param str addon: the one whose columns these are
    """
    for field in model._fields.values():
        if set(field._modules) != {addon} or not (field.required and field.store):
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
