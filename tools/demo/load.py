"""The demo: both entities, the team, 40 companies and a year of papers.

Deterministic, and dated relative to today. Everything that could be taken for real
(banks, tax ids, addresses) is marked as demo; all contacts are at ``example.com``.
"""

from odoo.fields import Command

from tools.demo.customers import make_customers
from tools.demo.entities import make_entities
from tools.demo.papers import make_papers

PASSWORD = "demo"
RELAY = "relay@bmasiamusic.com"
# login without domain: name, group, sender profile
TEAM = {
    "admin": ("Administrator", "base.group_system", False),
    "norbert": ("Norbert", "bmasia_crm.group_manager", "admin"),
    "pom": ("Pom", "bmasia_crm.group_finance", "finance"),
    "nikki.h": ("Nikki", "bmasia_crm.group_user", "sales"),
    "keith": ("Keith", "bmasia_crm.group_user", "support"),
    "production": ("Production", "bmasia_crm.group_user", "production"),
}


def load(env, mail_host, mail_port, mail_password_by_login):
    """Fill a fresh database with the demo.

    :param env: of the superuser, in the database's first transaction after set-up
    :param str mail_host: the local mail server, which also plays the internet's
    :param int mail_port: for STARTTLS
    :param dict mail_password_by_login: the local mail server's logins
    """
    # a year of papers is history: nobody followed their making
    env = env(
        context={
            **env.context,
            "tracking_disable": True,
            "mail_create_nosubscribe": True,
            "no_reset_password": True,
        }
    )
    _install_thai(env)
    entities = make_entities(env)
    team = _make_team(env, entities)
    _allow_local_mail(env, mail_host, mail_port)
    _make_relay(env, mail_host, mail_port, mail_password_by_login[RELAY])
    for login, user in team.items():
        password = mail_password_by_login.get(f"{login}@bmasiamusic.com")
        if password:
            _make_mailbox(user, mail_host, mail_port, password)
    customers = make_customers(env, entities, team)
    make_papers(env, entities, team, customers)


def _install_thai(env):
    language = env["res.lang"]._activate_lang("th_TH")
    env["base.language.install"].create({"lang_ids": language.ids}).lang_install()


def _make_team(env, entities):
    companies = entities["TH"] | entities["HK"]
    env.ref("base.group_user").implied_ids |= env.ref("product.group_product_pricelist")
    team = {}
    for login, (name, group, profile) in TEAM.items():
        values = {
            "login": f"{login}@bmasiamusic.com",
            "name": name,
            "email": f"{login}@bmasiamusic.com",
            "password": PASSWORD,
            "tz": "Asia/Bangkok",
            "lang": "en_US",
            "sender_profile": profile,
            "company_id": entities["TH"].id,
            "company_ids": [Command.set(companies.ids)],
            "group_ids": [Command.link(env.ref(group).id)],
        }
        if login == "admin":
            user = env.ref("base.user_admin")
            user.write(values)
        else:
            user = env["res.users"].create(values)
        team[login] = user
    return team


def _allow_local_mail(env, host, port):
    """The demo's mail server is on this machine, which the guard refuses elsewhere."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("mail_user_smtp.internal_hosts", host)
    parameters.set_param("mail_user_smtp.extra_ports", str(port))


def _make_relay(env, host, port, password):
    env["ir.mail_server"].search([]).unlink()
    env["ir.mail_server"].create(
        {
            "name": "Relay of the demo",
            "smtp_host": host,
            "smtp_port": port,
            "smtp_encryption": "starttls_strict",
            "smtp_user": RELAY,
            "smtp_pass": password,
        }
    )


def _make_mailbox(user, host, port, password):
    own = user.with_user(user).with_context(lang="en_US")
    own.write(
        {
            "smtp_host": host,
            "smtp_port": port,
            "smtp_security": "starttls",
            "smtp_email": user.email,
            "smtp_password": password,
        }
    )
    own.action_test_smtp()
    if own.smtp_state != "ok":
        raise RuntimeError(f"the mailbox of {user.login}: {own.smtp_error}")
