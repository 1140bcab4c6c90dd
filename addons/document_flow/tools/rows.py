"""What is done with records of whichever model: to work on them alone, to open them."""

from typing import Any

from odoo.tools import SQL


def serialize(records: Any) -> None:
    """Let only one transaction at a time work on these rows.

    A real update, not a lock: a second transaction whose snapshot is older fails and is
    run again by Odoo, and then sees what the first one did.
    """
    records.env.flush_all()
    records.env.cr.execute(
        SQL(
            "UPDATE %s SET id = id WHERE id = ANY(%s)",
            SQL.identifier(records._table),
            list(records.ids),
        )
    )
    records.invalidate_recordset()


def window_of(records: Any) -> dict[str, Any]:
    """The action that opens one record, or a list of several."""
    action = {
        "type": "ir.actions.act_window",
        "name": records._description,
        "res_model": records._name,
        "views": [[False, "list"], [False, "form"]],
        "domain": [["id", "in", records.ids]],
    }
    if len(records) == 1:
        action.update(res_id=records.id, views=[[False, "form"]])
        del action["domain"]
    return action
