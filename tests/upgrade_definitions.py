"""What addons define in a database, in terms that are the same in another one. For
``upgrade_jobs.py``, on today's code."""

import re

from odoo import api

LOG_COLUMNS = ("create_date", "create_uid", "write_date", "write_uid")
# How and when a job runs, when a view was written, who is in a group: no definition
MOVING = {
    "ir.cron": {
        *("active", "interval_number", "nextcall", "lastcall"),
        *("failure_count", "first_failure_date"),
    },
    "ir.ui.view": {"arch_prev", "arch_updated"},
    "res.groups": {"user_ids", "all_user_ids"},
    "res.groups.privilege": set(),
    # its words are those of whichever addon was loaded last
    "ir.model": {"count", "info"},
}
MADE = "Made by us"
ACTION_ID = re.compile(r'(?<= name=")\d+(?=" type="action")')


def definitions(env, addons):
    """Everything that these addons define and no user changes, in terms that are the
    same in another database: ``{"model external id": {field: value}}``."""
    env = env(user=api.SUPERUSER_ID, context={"active_test": False})
    domain = [("module", "in", addons)]
    found = {}
    for data in env["ir.model.data"].search(domain):
        # whose it is that a model inherits another depends on the order of loading,
        # which is not that of a new database where an addon came with the upgrade
        if data.model == "ir.model.inherit":
            continue
        if data.model.startswith("ir.") or data.model in MOVING:
            record = env[data.model].browse(data.res_id).exists()
            # people's fields get an external id when their model's addon is upgraded
            if data.model == "ir.model.fields" and record.state == "manual":
                continue
            module = "" if is_of_a_mixin(record) else data.module
            key = f"{data.model} {module}.{data.name}"
            found[key] = describe(record) if record else None
    return found


def is_of_a_mixin(record):
    """Whether this is a field that its model has of a model that it inherits, and so is
    of the addon of either, whichever was loaded later."""
    if record._name != "ir.model.fields" or record.model not in record.env:
        return False
    parts = record.env.registry[record.model].__bases__
    own = [part for part in parts if getattr(part, "pool", None) is None]
    return not any(record.name in vars(part) for part in own)


def describe(record):
    moving = {"id", "parent_path", *LOG_COLUMNS, *MOVING.get(record._name, ())}
    return {
        name: plain(record, field)
        for name, field in record._fields.items()
        if field.store and field.type != "binary" and name not in moving
    }


def plain(record, field):
    value = record[field.name]
    if field.name == "arch_db":
        return ACTION_ID.sub(lambda found: action_name(record.env, found[0]), value)
    if field.type == "reference" and value:
        return value.get_external_id()[value.id]
    if not field.relational:
        return str(value)
    # lines are described by themselves
    if field.type == "one2many":
        return None
    names = value.get_external_id()
    # a group that people made is none of ours: see "used"
    defined = value.filtered(lambda r: names[r.id] or r.display_name != MADE)
    return sorted(names[r.id] or f"{r._name} {r.display_name}" for r in defined)


def action_name(env, action_id):
    return env["ir.actions.actions"].browse(int(action_id)).xml_id
