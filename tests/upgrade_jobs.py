"""What ``test_upgrade`` has done inside a database: ``python -m tests.upgrade_jobs``.

Runs on the code of the release as well as on today's: it uses only what both have.
"""

import json
import re
import sys

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

SENDER = "norbert@bmasiamusic.com"  # may send every kind of document
EACH = 3  # documents of a kind
DAY = "interval '1 day'"
# by which a letter is found to be the same as one of just now
MOMENTS = ("queued_at", "claimed_at", "handed_at", "sent_at", "date", "create_date")
MOMENTS_QUERY = """
SELECT c.table_name, string_agg(format('%%1$I = %%1$I - ' || %s, c.column_name), ', ')
  FROM information_schema.columns c JOIN information_schema.tables t
    ON t.table_name = c.table_name AND t.table_schema = c.table_schema
 WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE'
   AND c.udt_name = 'timestamp' AND c.column_name = ANY (%s)
 GROUP BY c.table_name
"""
LOG_COLUMNS = ("create_date", "create_uid", "write_date", "write_uid")
# When a job ran, when a view was written, who is in a group: no definition
MOVING = {
    "ir.cron": {"nextcall", "lastcall", "failure_count", "first_failure_date"},
    "ir.ui.view": {"arch_prev", "arch_updated"},
    "res.groups": {"user_ids", "all_user_ids"},
    "res.groups.privilege": set(),
    "ir.model": {"count"},
}
ACTION_ID = re.compile(r'(?<= name=")\d+(?=" type="action")')


def models(env):
    """The kinds of documents that are drafts first, by what they have."""
    wanted = {"state", "send_state"}
    found = [n for n, m in env.registry.items() if wanted <= m._fields.keys()]
    return sorted(name for name in found if not env.registry[name]._abstract)


def send(env):
    """Send documents of every kind.

    :returns: ``{model: {id: number}}``
    """
    sent = {}
    for model in models(env):
        documents = env[model].search([("state", "in", ("sent", "issued"))], order="id")
        drafts = env[model].search([("state", "=", "draft")], order="id")
        chosen = documents[:EACH].ids + drafts[:EACH].ids
        sent[model] = send_each(env, model, chosen)
    return sent


def send_again(env, sent):
    """Send what was sent by :func:`send` once more, as if on the next day."""
    env.cr.execute(MOMENTS_QUERY, [DAY, [*MOMENTS]])
    for table, columns in env.cr.fetchall():
        env.cr.execute(f'UPDATE "{table}" SET {columns}')
    env.invalidate_all()
    return {m: send_each(env, m, map(int, ids)) for m, ids in sent.items()}


def send_each(env, model, ids):
    numbers = {}
    for document in env[model].browse(ids):
        answer = document.send_email()
        if answer["status"] == "sent":
            numbers[document.id] = answer["number"]
    return numbers


def write_as_each(env):
    """A message to a customer from everybody whose mailbox works.

    :returns: ``{login of the mailbox: subject}``
    """
    domain = [("owner_user_id", "!=", False), ("user_smtp_state", "=", "ok")]
    customer = env["res.partner"].sudo().search([("email", "like", "example.com")])[0]
    subjects = {}
    for server in env["ir.mail_server"].sudo().search(domain, order="id"):
        subjects[server.smtp_user] = f"Upgraded {server.id}"
        customer.with_user(server.owner_user_id).message_post(
            body="From the mailbox that I had before",
            subject=subjects[server.smtp_user],
            partner_ids=customer.ids,
            subtype_xmlid="mail.mt_comment",
        )
    return subjects


def definitions(env, addons):
    """Everything that these addons define and no user changes, in terms that are the
    same in another database: ``{"model external id": {field: value}}``."""
    env = env(user=api.SUPERUSER_ID, context={"active_test": False})
    domain = [("module", "in", addons)]
    found = {}
    for data in env["ir.model.data"].search(domain):
        # whose it is that a model inherits another depends on the order of loading
        if data.model == "ir.model.inherit":
            continue
        if data.model.startswith("ir.") or data.model in MOVING:
            record = env[data.model].browse(data.res_id).exists()
            key = f"{data.model} {data.module}.{data.name}"
            found[key] = describe(record) if record else None
    return found


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
    return sorted(names[r.id] or f"{r._name} {r.display_name}" for r in value)


def action_name(env, action_id):
    return env["ir.actions.actions"].browse(int(action_id)).xml_id


JOBS = {job.__name__: job for job in (send, send_again, write_as_each, definitions)}


def main(name, *arguments):
    """Do one job and print what it returns as JSON."""
    config.parse_config(["--no-http"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cursor:
        users = api.Environment(cursor, api.SUPERUSER_ID, {})["res.users"]
        user = users.search([("login", "=", SENDER)]) or users.browse(1)
        env = api.Environment(cursor, user.id, {"lang": "en_US"})
        result = JOBS[name](env, *map(json.loads, arguments))
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
