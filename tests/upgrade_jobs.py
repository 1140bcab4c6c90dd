"""What ``test_upgrade`` has done inside a database: ``python -m tests.upgrade_jobs``.

Runs on the code of the release as well as on today's: it uses only what both have.
"""

import json
import re
import sys
from datetime import datetime

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
# How and when a job runs, when a view was written, who is in a group: no definition
MOVING = {
    "ir.cron": {
        *("active", "interval_number", "nextcall", "lastcall"),
        *("failure_count", "first_failure_date"),
    },
    "ir.ui.view": {"arch_prev", "arch_updated"},
    "res.groups": {"user_ids", "all_user_ids"},
    "res.groups.privilege": set(),
    "ir.model": {"count"},
}
WAITING, FAR = "Waits for the upgrade", datetime(2099, 1, 1)
FOOTER = ("document_footer", "paper_footer")
REMINDER = ("document_reminder_id", "reminder_id")
SIGNATURE = ("document_signature", "paper_signature")
PICTURE = (  # one white point
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJ"
    "RU5ErkJggg=="
)
LINK = re.compile(r'href="/odoo/([\w-]+)/(\d+)"')
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
    receipts = known(env, "bmasia.receipt", "bmasia.payment")
    ids = env[receipts].search([], order="id", limit=EACH).ids
    sent[receipts] = send_each(env, receipts, ids)
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
    today = {"bmasia.payment": "bmasia.receipt"}
    return {
        m: send_each(env, today.get(m, m), map(int, ids)) for m, ids in sent.items()
    }


def archive(env):
    """Print two active contracts, and correct the first one afterwards.

    :returns: their ids
    """
    contracts = env["bmasia.contract"].search([("state", "=", "active")], order="id")
    for contract in contracts[:2]:
        contract._archive_pdf()
    correct(contracts[0])
    return contracts[:2].ids


def archive_again(env, ids):
    """Print them once more, and the second one again when it was corrected too.

    :returns: how many files each has: before, after, and after the correction
    """
    contracts = env["bmasia.contract"].browse(ids)
    counts = [[len(contract.archive_ids) for contract in contracts]]
    for corrected in (contracts.browse(), contracts[1]):
        for contract in corrected:
            correct(contract)
        for contract in contracts:
            contract._archive_pdf()
        counts.append([len(contract.archive_ids) for contract in contracts])
    return counts


def correct(contract):
    """Give it another contact, whose name is printed."""
    values = {"name": "Corrected", "parent_id": contract.customer_id.partner_id.id}
    contract.partner_id = contract.env["res.partner"].create(values)


def use(env):
    """What people leave behind besides documents: reminders with their activities, a
    bulk send, a mail that waits, a favourite, a first page, a default, a picture, a job
    that is switched off.

    :returns: see :func:`used`
    """
    env = env(su=True)
    reminders = env[known(env, "document.reminder", "bmasia.reminder")]
    reminders._cron_draft()
    batches = env[known(env, "document.send.batch", "bmasia.send.batch")]
    batches._open_for(env["bmasia.quote"].search([("state", "=", "draft")], limit=2))
    reminder = reminders.search([], limit=1)
    mail = {"subject": WAITING, "model": reminder.res_model, "res_id": reminder.res_id}
    mail |= {"email_to": "waits@example.com", "scheduled_date": FAR}
    if name := known(env["mail.mail"]._fields, *REMINDER):
        mail[name] = reminder.id
    env["mail.mail"].create(mail)
    action = env["ir.actions.act_window"].search([("res_model", "=", reminders._name)])
    favourite = {"name": WAITING, "model_id": reminders._name, "action_id": action.id}
    env["ir.filters"].create(favourite)
    env.user.action_id = action.id
    fields = env["res.company"]._fields
    env["ir.default"].set("res.company", known(fields, *FOOTER), WAITING)
    env.company[known(fields, *SIGNATURE)] = PICTURE
    for cron in jobs_of_documents(env):
        cron.write({"active": False, "interval_number": 3})
        cron._trigger(FAR)
    env.flush_all()
    return used(env)


def used(env):
    """What is left of that, in terms that do not depend on names in the code."""
    env = env(su=True)
    fields = env["res.company"]._fields
    waiting = env["mail.mail"].search([("subject", "=", WAITING)])
    name = known(waiting._fields, *REMINDER)
    favourite = env["ir.filters"].search([("name", "=", WAITING)])
    actions = favourite.action_id | env.user.action_id
    (action,) = env["ir.actions.act_window"].browse(actions.ids)
    crons = jobs_of_documents(env)
    triggers = env["ir.cron.trigger"].search([("call_at", "=", FAR)], order="cron_id")
    return {
        "reminder": name and waiting[name].res_id == waiting.res_id,
        "favourite": action.res_model == favourite.model_id,
        "window": action.res_model.removeprefix("bmasia.").removeprefix("document."),
        "default": env["ir.default"]._get("res.company", known(fields, *FOOTER)),
        "picture": bool(env.company[known(fields, *SIGNATURE)]),
        "jobs": [[cron.active, cron.interval_number] for cron in crons],
        "triggers": triggers.cron_id == crons,
        "links": links_in_activities(env),
    }


def links_in_activities(env):
    """Those to a record that is there, and to one that is not."""
    found = [0, 0]
    for activity in env["mail.activity"].search([("note", "!=", False)]):
        for path, record in LINK.findall(activity.note):
            action = env["ir.actions.act_window"].search([("path", "=", path)])
            is_there = action and env[action.res_model].browse(int(record)).exists()
            found[not is_there] += 1
    return found


def jobs_of_documents(env):
    crons = env["ir.cron"].with_context(active_test=False)
    code = ("model._cron_draft()", "model._cron_send()")
    return crons.search([("code", "in", code)], order="code")


def known(names, *candidates):
    """The first of some names that this code knows."""
    return next((name for name in candidates if name in names), None)


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


JOBS = {
    job.__name__: job
    for job in (
        *(send, send_again, archive, archive_again, use, used),
        *(write_as_each, definitions),
    )
}


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
