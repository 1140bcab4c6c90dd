"""The name that this system has in the mails that it writes. No ORM."""

import ipaddress
from urllib.parse import urlsplit

from .addresses import wire_form

# Names that mean another machine, or none, to whoever gets the mail.
LOCAL = ("local", "localhost", "localdomain", "internal", "intranet", "lan", "home")
NOBODY = "mail.invalid"  # reserved by RFC 2606: it is nobody else's either


def site_name(url: str | None, address: str | None) -> str:
    """The host name of the site, else the domain of who writes.

    :param str url: the site's own address
    :param str address: the sender's

    >>> site_name("https://crm.example.com/odoo", "nikki@example.org")
    'crm.example.com'
    >>> site_name("http://127.0.0.1:8069", "nikki@example.org")
    'example.org'
    >>> site_name("http://odoo.internal", "nikki@m\u00fcnchen.example")
    'xn--mnchen-3ya.example'
    >>> site_name("http://localhost:8069", None)
    'mail.invalid'
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        host = ""
    for name in (host, wire_form(address).rpartition("@")[2]):
        ascii_name = wire_form(f"x@{name}").partition("@")[2]
        if _is_public(ascii_name):
            return ascii_name
    return NOBODY


def _is_public(name: str) -> bool:
    labels = name.split(".")
    if len(labels) < 2 or not name.isascii() or labels[-1] in LOCAL:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return all(labels)
    return False
