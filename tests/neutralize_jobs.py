"""What ``test_neutralize`` and ``test_backup`` have done inside a database: every way
by which mail leaves.

``python -m tests.neutralize_jobs JOB`` prints what the job returns as JSON.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

NIKKI, ADMIN = "nikki.h@bmasiamusic.com", "admin@bmasiamusic.com"
WAITING = "Waited in the dump"  # subject, with what kind of mail it is
NOW = "Pressed on the copy"
# jobs of Odoo that have nothing to do with mail, and take long
LEFT_OUT = ("base.autovacuum_job",)
OWN = (
    "bmasia_crm.",
    "document_flow.",
    "mail.",
    "mail_delivery.",
    "mail_user_smtp.",
    "portal.",
)
WANTED = 8  # drafts


def quotes_of(env):
    """Her drafts; tests before this one may have sent some of the demo's."""
    domain = [("state", "=", "draft"), ("user_id", "=", env.uid)]
    quotes = env["bmasia.quote"].search(domain, order="id desc")
    for _missing in range(WANTED - len(quotes)):
        quotes |= quotes[:1].copy()
    return quotes


def customer_of(env):
    return env["res.partner"].search([("email", "like", "example.com")], limit=1)


def fill(env, port):
    """Let mail of every kind wait: queued, deferred, scheduled, in a batch; and have it
    fetched.

    :param port: of the server to fetch from
    """
    fetch_from(env, port)
    later = fields.Datetime.now() + timedelta(days=1)
    customer = customer_of(env)
    for kind in ("queued", "deferred"):
        values = {
            "subject": f"{WAITING}: {kind}",
            "body_html": "<p>Dear customer</p>",
            "email_from": env.user.email_formatted,
            "author_id": env.user.partner_id.id,
            "recipient_ids": customer.ids,
            "scheduled_date": later,
        }
        mail = env["mail.mail"].sudo().create(values)
        if kind == "deferred":
            rows = env["mail.delivery"].sudo().search([("mail_id", "=", mail.id)])
            rows.write({"state": "deferred", "reason": "busy", "next_attempt": later})
    quotes = quotes_of(env)
    quotes[0].send_email(subject=f"{WAITING}: document", send_at=str(later))
    env["mail.scheduled.message"].create(
        {
            "model": customer._name,
            "res_id": customer.id,
            "author_id": env.user.partner_id.id,
            "subject": f"{WAITING}: scheduled",
            "body": "Dear customer",
            "partner_ids": customer.ids,
            "scheduled_date": later,
            "is_note": False,
        }
    )
    batch = env["document.send.batch"].browse(quotes[1:3].action_send()["res_id"])
    batch.action_send()
    return quotes[1:3].ids


def fetch_from(env, port):
    """An incoming mail server, used as soon as its job runs."""
    values = {"name": "Local", "server_type": "imap", "server": "127.0.0.1"}
    values |= {"port": int(port), "is_ssl": False, "user": "u", "password": "p"}
    server = env["fetchmail.server"].sudo().create(values)
    server.write({"state": "done", "active": True})


def leave(env):
    """Try every way out.

    :returns: ``{way: what became of it}``
    """
    become_due(env)
    ways = {**ways_of_people(env), **ways_of_jobs(env)}
    return {name: attempt(env, way) for name, way in ways.items()}


def become_due(env):
    """As if a day had gone by."""
    for statement in (
        "UPDATE mail_mail SET scheduled_date = now() WHERE scheduled_date > now()",
        "UPDATE mail_scheduled_message SET scheduled_date = now() - interval '1 hour'",
        "UPDATE mail_delivery SET next_attempt = now() - interval '1 hour'"
        " WHERE state IN ('queued', 'deferred')",
    ):
        env.cr.execute(statement)
    env.invalidate_all()
    env.cr.commit()


def ways_of_people(env):
    customer = customer_of(env)
    quotes = quotes_of(env)[5:]
    admin = env["res.users"].search([("login", "=", ADMIN)])

    def wizard():
        action = quotes[1].action_send()
        wizard = env[action["res_model"]].browse(action["res_id"])
        wizard.subject = f"{NOW}: wizard"
        return wizard.action_send()

    def post(user, subject):
        return customer.with_user(user).message_post(
            body="Dear customer",
            subject=subject,
            partner_ids=customer.ids,
            subtype_xmlid="mail.mt_comment",
        )

    def compose():
        composer = env["mail.compose.message"].create(
            {
                "model": customer._name,
                "res_ids": str(customer.ids),
                "subject": f"{NOW}: composer",
                "body": "Dear customer",
                "partner_ids": customer.ids,
            }
        )
        composer.action_send_mail()

    return {
        "send_email": lambda: quotes[0].send_email(subject=f"{NOW}: send_email"),
        "wizard": wizard,
        "chatter": lambda: post(env.user, f"{NOW}: chatter"),
        "composer": compose,
        # by the relay: in Odoo, else of the environment
        "relay": lambda: relay(env, customer),
        "password": lambda: admin.with_user(admin).sudo().action_reset_password(),
    }


def relay(env, customer):
    values = {
        "subject": f"{NOW}: relay",
        "body_html": "<p>Code 123456</p>",
        "email_to": customer.email,
        "email_from": "info@bmasiamusic.com",
    }
    env(user=api.SUPERUSER_ID)["mail.mail"].create(values).send()


def ways_of_jobs(env):
    jobs = env["ir.cron"].sudo().with_context(active_test=False).search([])
    names = jobs.get_external_id()
    return {
        f"job {names[job.id]}": job.method_direct_trigger
        for job in jobs
        if names[job.id].startswith(OWN) and names[job.id] not in LEFT_OUT
    }


def attempt(env, way):
    try:
        way()
        env.cr.commit()
        return "done"
    except Exception as error:
        env.cr.rollback()
        return f"{type(error).__name__}: {error}"


def revive(env):
    """What somebody does who wants the copy to mail: a relay, mailboxes, jobs."""
    env = env(user=api.SUPERUSER_ID, context={"active_test": False})
    env["ir.mail_server"].search([("name", "like", "neutralization")]).unlink()
    env["ir.mail_server"].search([]).active = True
    env["ir.cron"].search([]).active = True
    server = env["ir.mail_server"].search([("owner_user_id", "=", False)], limit=1)
    server.smtp_pass = os.environ["RELAY_PASSWORD"]


def work_off(env):
    """What a server's scheduler does: the jobs that are due, and the queue."""
    return {name: attempt(env, way) for name, way in ways_of_jobs(env).items()}


def sent(env):
    """How many recipients got what was written here, by subject."""
    rows = env["mail.delivery"].sudo().search([("state", "=", "sent")])
    found = Counter(rows.mapped("subject"))
    return {
        subject: count
        for subject, count in found.items()
        if subject and subject.startswith((WAITING, NOW))
    }


def state(env):
    """What is left of the waiting ones, in words."""
    env = env(user=api.SUPERUSER_ID)
    rows = env["mail.delivery"].search([("subject", "like", WAITING)])
    documents = [
        model.search_count([("send_state", "in", ("queued", "sending"))])
        for model in env.values()
        if "send_state" in model._fields and not model._abstract
    ]
    return {
        "neutralized": env["ir.config_parameter"].get_param("database.is_neutralized"),
        "rows": {row.subject: row.explanation for row in rows},
        "mails": env["mail.mail"].search_count([("state", "=", "outgoing")]),
        "scheduled": env["mail.scheduled.message"].search_count([]),
        "batches": env["document.send.batch"].search_count([("state", "=", "running")]),
        "documents": sum(documents),
    }


JOBS = {job.__name__: job for job in (fill, leave, revive, sent, state, work_off)}


def main(name, *arguments):
    """Do one job, as Nikki, and print what it returns."""
    config.parse_config(["--no-http"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cursor:
        users = api.Environment(cursor, api.SUPERUSER_ID, {})["res.users"]
        nikki = users.search([("login", "=", NIKKI)])
        env = api.Environment(cursor, nikki.id, {"lang": "en_US", "tz": "UTC"})
        result = JOBS[name](env, *arguments)
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
