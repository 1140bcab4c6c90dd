"""The name by which this server greets another. No ORM."""

import ipaddress
import re
from urllib.parse import urlsplit

import idna

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{4,253}}$)({LABEL}\.)+{LABEL}")
# last labels that nobody outside knows: RFC 2606, 6762, 8375, ICANN's "internal"
PRIVATE = frozenset(
    "arpa corp example home internal intranet invalid lan local localdomain "
    "localhost private test".split()
)


def greeting_name(base_url: str | None, address: str = "") -> str:
    """The name in EHLO: many servers refuse a name that cannot exist, and the machine's
    own is often that of a container.

    :param str base_url: where people reach this site
    :param str address: of the sender, whose domain comes next
    :returns: a domain, or nothing: then the connection's own address is used

    >>> greeting_name("https://crm.example.com:8443/odoo", "nikki@example.net")
    'crm.example.com'
    >>> greeting_name("http://4f2c9d1be07a:8069", "info@bücher.example.com")
    'xn--bcher-kva.example.com'
    >>> greeting_name("http://odoo.internal", "nikki@localhost")
    ''
    """
    return _real_domain(_host(base_url)) or _real_domain(address.rpartition("@")[2])


def address_literal(address: str) -> str:
    """An IP address in place of a name.

    >>> address_literal("192.0.2.1"), address_literal("2001:db8::1%eth0")
    ('[192.0.2.1]', '[IPv6:2001:db8::1]')
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    return f"[{ip}]" if ip.version == 4 else f"[IPv6:{ip}]"


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _real_domain(name: str) -> str:
    name = name.strip().lower().removesuffix(".")
    try:
        name = name if name.isascii() else idna.encode(name).decode("ascii")
    except idna.IDNAError:
        return ""
    last = name.rpartition(".")[2]
    # a name that ends in a number is an address
    is_real = DOMAIN.fullmatch(name) and last not in PRIVATE and not last.isdecimal()
    return name if is_real else ""
