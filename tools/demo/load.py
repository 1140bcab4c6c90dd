"""The demo: both entities, the team, 40 companies and a year of documents.

Deterministic, and dated relative to today. Everything that could be taken for real
(banks, tax ids, addresses) is marked as demo; all contacts are at ``example.com``. The
files and mails of what was sent come later, from ``tools/demo/history.py``.
"""

from dataclasses import dataclass
from typing import Any

from odoo.fields import Command

from tools.demo.customers import make_customers
from tools.demo.documents import make_documents
from tools.demo.entities import make_entities

PASSWORD = "demo"
RELAY, RELAY_NAME = "relay@bmasiamusic.com", "Relay of the demo"
# login without domain: name, group, sender profile, job title
TEAM = {
    "admin": ("Administrator", "base.group_system", False, False),
    "norbert": ("Norbert", "bmasia_crm.group_manager", "admin", "Managing Director"),
    "pom": ("Pom", "bmasia_crm.group_finance", "finance", "Accounting Manager"),
    "nikki.h": ("Nikki", "bmasia_crm.group_user", "sales", "Sales Manager"),
    "keith": ("Keith", "bmasia_crm.group_user", "support", "Technical Support"),
    "production": ("Production", "bmasia_crm.group_user", "production", "Production"),
}


@dataclass(frozen=True)
class MailServer:
    """The local mail server: a port for STARTTLS, one for implicit TLS, the logins."""

    host: str
    port: int
    tls_port: int
    passwords: dict[str, str]


def load(env: Any, mail_server: MailServer) -> None:
    """Fill a fresh database with the demo.

    :param env: of the superuser, in the database's first transaction after set-up
    :param MailServer mail_server: the local one, which also plays the internet's
    """
    # a year of documents is history: nobody followed their making
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
    env["ir.mail_server"].search([]).unlink()
    connect(env, mail_server)
    customers = make_customers(env, entities, team)
    make_documents(env, entities, team, customers)
    # the demo is long past its first hour
    env["ir.config_parameter"].set_param("bmasia_crm.checklist_hidden", "True")


def _install_thai(env: Any) -> None:
    language = env["res.lang"]._activate_lang("th_TH")
    env["base.language.install"].create({"lang_ids": language.ids}).lang_install()


def _make_team(env: Any, entities: dict[str, Any]) -> dict[str, Any]:
    companies = entities["TH"] | entities["HK"]
    env.ref("base.group_user").implied_ids |= env.ref("product.group_product_pricelist")
    team = {}
    for login, (name, group, profile, job) in TEAM.items():
        values = {
            "login": f"{login}@bmasiamusic.com",
            "name": name,
            "email": f"{login}@bmasiamusic.com",
            "function": job,
            "phone": "+66 2 000 0000",
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
    # the company's relay takes no sender of another domain
    env.ref("base.partner_root").email = "odoobot@bmasiamusic.com"
    # that the administrator got a name and a password here is no news to anybody
    env["mail.mail"].search([]).unlink()
    env["mail.delivery"].search([]).unlink()
    # a small company: the managing director takes new colleagues in
    env.ref("base.group_erp_manager").user_ids |= team["norbert"]
    return team


def connect(env: Any, mail_server: MailServer) -> None:
    """Point the relay and the team's mailboxes at the local mail server: at set-up, and
    again when its port, its passwords or the key ring is not the former one. A mailbox
    that somebody has moved to another host stays as it is.

    :param env: of the superuser
    :param MailServer mail_server: the local one
    """
    # on this machine, where the guard against private hosts refuses everybody else
    parameters = env["ir.config_parameter"]
    ports = f"{mail_server.port},{mail_server.tls_port}"
    parameters.set_param("mail_user_smtp.internal_hosts", mail_server.host)
    parameters.set_param("mail_user_smtp.extra_ports", ports)
    _make_relay(env, mail_server)
    logins = [f"{login}@bmasiamusic.com" for login in TEAM]
    for user in env["res.users"].search([("login", "in", logins)]):
        own = user.with_user(user).with_context(lang="en_US")
        is_here = own.smtp_host in (False, mail_server.host)
        if is_here and user.login in mail_server.passwords:
            _make_mailbox(own, mail_server)


def _make_relay(env: Any, mail_server: MailServer) -> None:
    values = {
        "name": RELAY_NAME,
        "smtp_host": mail_server.host,
        "smtp_port": mail_server.port,
        "smtp_encryption": "starttls_strict",
        "smtp_user": RELAY,
        "smtp_pass": mail_server.passwords[RELAY],
    }
    servers = env["ir.mail_server"]
    if relay := servers.search([("name", "=", RELAY_NAME)], limit=1):
        relay.write(values)
    else:
        servers.create(values)


def _make_mailbox(own: Any, mail_server: MailServer) -> None:
    own.write(
        {
            "smtp_host": mail_server.host,
            "smtp_port": mail_server.port,
            "smtp_security": "starttls",
            "smtp_email": own.email,
            "smtp_password": mail_server.passwords[own.login],
        }
    )
    server = own._smtp_server()
    server._try_account__(server._ask_sender_address)
    if own.smtp_state != "ok":
        raise RuntimeError(f"the mailbox of {own.login}: {own.smtp_error}")
