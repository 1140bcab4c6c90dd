"""What ``test_upgrade`` has done inside a database: ``python -m tests.upgrade_jobs``.

Runs on the code of the release as well as on today's: it uses only what both have.
"""

import json
import re
import sys
from ast import literal_eval
from contextlib import suppress
from datetime import datetime
from inspect import signature

from upgrade_definitions import MADE, definitions  # beside this script

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo import api
from odoo.exceptions import UserError
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
# What people make themselves: by which field it is found, and the way to the model.
OF_RECEIPTS = "Made by us about receipts"
MENU = "bmasia_crm.menu_companies"  # which everybody may see
CUSTOM = {
    "ir.actions.server": ("name", "model_id"),
    "ir.cron": ("name", "model_id"),
    "ir.actions.act_window": ("name", "res_model"),
    "ir.ui.menu": ("name", "action.res_model"),
    "mail.template": ("name", "model_id"),
    "ir.rule": ("name", "model_id"),
    "ir.model.access": ("name", "model_id"),
    "ir.filters": ("name", "model_id"),
    "ir.exports": ("name", "resource"),
    "ir.attachment": ("name", "res_model"),
    "mail.message": ("subject", "model"),
    "ir.model.data": ("name", "model"),
}
PRINTED = {
    ("bmasia.contract",): [("state", "=", "active")],
    ("bmasia.receipt", "bmasia.payment"): [("archive_ids", "=", False)],
}
TODAY = {"bmasia.payment": "bmasia.receipt"}  # what a model is called now
KEY = "00000000-0000-4000-8000-000000000000"  # of the link in a mail
WAITING, FAR = "Waits for the upgrade", datetime(2099, 1, 1)
FOOTER = ("document_footer", "paper_footer")
REMINDER = ("document_reminder_id", "reminder_id")
SIGNATURE = ("document_signature", "paper_signature")
PICTURE = (  # one white point
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJ"
    "RU5ErkJggg=="
)
LINK = re.compile(r'href="/odoo/([\w-]+)/(\d+)"')


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
    begin_day(env)
    return {
        m: send_each(env, TODAY.get(m, m), map(int, ids)) for m, ids in sent.items()
    }


def begin_day(env):
    """Nothing was sent just now: no limit of an account is reached."""
    env.cr.execute(MOMENTS_QUERY, [DAY, [*MOMENTS]])
    for table, columns in env.cr.fetchall():
        env.cr.execute(f'UPDATE "{table}" SET {columns}')
    env.invalidate_all()


def archive(env):
    """Print two contracts and two receipts, and correct the first one of each after.

    :returns: by model, their ids and whether the first one could be corrected
    """
    printed = {}
    for names, domain in PRINTED.items():
        model = known(env, *names)
        documents = env[model].search(domain, order="id", limit=2)
        for document in documents:
            document._archive_pdf()
        printed[model] = [documents.ids, correct(documents[0])]
    return printed


def archive_again(env, printed):
    """Print them once more, and the second one again when it was corrected too.

    :returns: how many files each has, by model: before, after, and after the correction
    """
    counts = {}
    for model, (ids, _is_corrected) in printed.items():
        documents = env[TODAY.get(model, model)].browse(ids)
        counts[model] = [[len(document.archive_ids) for document in documents]]
        for corrected in (documents.browse(), documents[1]):
            for document in corrected:
                correct(document)
            for document in documents:
                document._archive_pdf()
            counts[model].append([len(document.archive_ids) for document in documents])
    return counts


def correct(document):
    """Give a contract another contact, a receipt another reference, as printed.

    :returns: whether it can be: since the second release, a receipt cannot
    """
    if "reference" in document._fields:
        with suppress(UserError):
            document.sudo().reference = "Corrected"
        return document.reference == "Corrected"
    values = {"name": "Corrected", "parent_id": document.customer_id.partner_id.id}
    document.partner_id = document.env["res.partner"].create(values)
    return True


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
    env.ref("base.user_admin").group_ids -= groups_of_managers(env)
    env.ref(MENU).group_ids += env["res.groups"].create({"name": MADE})
    customise(env, reminder)
    customise_receipts(env)
    template_of_reminder(env).subject = WAITING
    sent = [("state", "=", "sent"), ("name", "!=", False)]
    env["bmasia.quote"].search(sent, limit=1).access_token = KEY
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
        "managed": manages(env, env.ref("base.user_admin")),
        "made": customised(env),
        "receipts": customised_receipts(env),
        "words": words_of_reminder(env),
        "menu": MADE in env.ref(MENU).group_ids.mapped("name"),
        "link": opened_by_key(env),
    }


def opened_by_key(env):
    """The number of the quote that the link of an earlier mail opens."""
    if "document.link" in env:
        return env["document.link"]._find(KEY)._document().name
    return env["bmasia.quote"].search([("access_token", "=", KEY)]).name


def manages(env, user):
    """Which groups of managers of ours somebody is in."""
    return (groups_of_managers(env) & user.all_group_ids).mapped("name")


def groups_of_managers(env):
    named = env["ir.model.data"].search(
        [("model", "=", "res.groups"), ("name", "=", "group_manager")]
    )
    return env["res.groups"].browse(named.mapped("res_id"))


def customise(env, reminder):
    """What people make themselves for a model that moves: see ``CUSTOM``."""
    model = env["ir.model"]._get(reminder._name)
    customer = known(reminder._fields, "partner_id", "customer_id")
    field = {"name": "x_note", "model_id": model.id, "ttype": "char"}
    env["ir.model.fields"].create(field)
    reminder.x_note = WAITING
    partners = env["ir.model"]._get("res.partner")
    field = {"name": "x_reminder_id", "model_id": partners.id, "ttype": "many2one"}
    env["ir.model.fields"].create({**field, "relation": reminder._name})
    env.user.partner_id.x_reminder_id = reminder
    (window,) = env["ir.actions.act_window"].search([("res_model", "=", model.model)])
    env["ir.ui.menu"].create({"name": MADE, "action": f"{window._name},{window.id}"})
    of_model = {"name": MADE, "model_id": model.id}
    code = f"action = {{'count': env['{model.model}'].search_count([])}}"
    env["ir.actions.server"].create(
        {**of_model, "binding_model_id": model.id, "state": "code", "code": code}
    )
    env["ir.cron"].create({**of_model, "active": False, "state": "code", "code": code})
    env["mail.template"].create({**of_model, "subject": "About a reminder"})
    env["ir.rule"].create({**of_model, "domain_force": "[]"})
    env["ir.model.access"].create({**of_model, "perm_read": True})
    env["ir.filters"].create(
        {
            "name": MADE,
            "model_id": model.model,
            "domain": f"[('{customer}', '!=', False)]",
            "context": f"{{'group_by': ['{customer}']}}",
        }
    )
    lines = [(0, 0, {"name": f"{customer}/name"})]
    exported = {"name": MADE, "resource": model.model, "export_fields": lines}
    env["ir.exports"].create(exported)
    env["ir.actions.act_window"].create({"name": MADE, "res_model": model.model})
    here = {"res_id": reminder.id}
    file = {"name": MADE, "raw": b"made", "res_model": model.model, **here}
    env["ir.attachment"].create(file)
    env["mail.message"].create({"subject": MADE, "model": model.model, **here})
    name = {"module": "__export__", "name": "made_by_us", "model": model.model, **here}
    env["ir.model.data"].create(name)


def customised(env):
    """What is left of that, and whether it still works."""
    found = {model: [] for model in CUSTOM}
    for model, (name, naming) in CUSTOM.items():
        for record in (
            env[model]
            .with_context(active_test=False)
            .search([(name, "=", "made_by_us" if model == "ir.model.data" else MADE)])
        ):
            about = record.mapped(naming)
            about = about[0] if isinstance(about, list) else about.model
            found[model].append(about.removeprefix("bmasia.").removeprefix("document."))
    reminders = env[known(env, "document.reminder", "bmasia.reminder")]
    favourite = env["ir.filters"].search([("name", "=", MADE)])
    (column,) = literal_eval(favourite.context)["group_by"]
    (exported,) = env["ir.exports"].search([("name", "=", MADE)]).export_fields
    rows = reminders.search([], limit=1).export_data([exported.name])["datas"]
    return {
        **found,
        "typed": reminders.search([("x_note", "=", WAITING)]).mapped("res_id"),
        "points": env.user.partner_id.x_reminder_id.x_note,
        "ran": env["ir.actions.server"].search([("name", "=", MADE)])[0].run()["count"],
        "filtered": reminders.search_count(literal_eval(favourite.domain)),
        "grouped": len(reminders._read_group([], [column])),
        "exported": len(rows),
    }


def customise_receipts(env):
    """What people make themselves for the model that is called otherwise since."""
    receipts = env[known(env, "bmasia.receipt", "bmasia.payment")]
    model = env["ir.model"]._get(receipts._name)
    amount = known(receipts._fields, "amount_received", "amount")
    of_model = {"name": OF_RECEIPTS, "model_id": model.id}
    # money has no number
    numbered = f"env['{model.model}'].search_count([('name', '!=', False)])"
    code = f"action = {{'count': {numbered}}}"
    env["ir.actions.server"].create({**of_model, "state": "code", "code": code})
    env["ir.filters"].create(
        {
            "name": OF_RECEIPTS,
            "model_id": model.model,
            "domain": f"[('{amount}', '>', 1000), ('invoice_id.amount_tax', '>', 0)]",
            "sort": f'["{amount} desc"]',
        }
    )
    lines = [(0, 0, {"name": amount})]
    exported = {"name": OF_RECEIPTS, "resource": model.model, "export_fields": lines}
    env["ir.exports"].create(exported)


def customised_receipts(env):
    """What is left of that, and whether it still works."""
    made = [("name", "=", OF_RECEIPTS)]
    favourite, exports = env["ir.filters"].search(made), env["ir.exports"].search(made)
    domain, (order,) = literal_eval(favourite.domain), literal_eval(favourite.sort)
    found = env[favourite.model_id].search(domain, order=f"{order}, id")
    return {
        "ran": env["ir.actions.server"].search(made).run()["count"],
        "found": found.mapped("name"),
        "exported": found.export_data(exports.export_fields.mapped("name"))["datas"],
    }


def words_of_reminder(env):
    """The subject that reminds of an invoice first; each step has words of its own
    since."""
    return template_of_reminder(env).subject


def template_of_reminder(env):
    if "document.reminder.step" not in env:
        return env.ref("bmasia_crm.template_invoice_reminder")
    steps = env["document.reminder.step"].search([("kind", "=", "overdue_7")])
    return steps.template_id


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
    # whatever was sent by the demo a moment ago
    asked = signature(env[model].send_email).parameters
    chosen = {"send_again": True} if "send_again" in asked else {}
    for document in env[model].browse(ids):
        answer = document.send_email(**chosen)
        if answer["status"] == "sent":
            numbers[document.id] = answer["number"]
    return numbers


def write_as_each(env):
    """A message to a customer from everybody whose mailbox works.

    :returns: ``{login of the mailbox: subject}``
    """
    begin_day(env)
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
