"""Where a mail server that a user typed may be. No ORM.

A user's host is a way to make this server connect somewhere (SSRF): it must not reach
this machine, its network or the cloud's metadata service. The administrator names the
internal mail servers, and the ports, that are allowed all the same.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import idna

from .in_time import in_time

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({25, 465, 587, 2525})
LOOK_UP = 5  # seconds; a resolver that is there answers within one
HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address in its last 32 bits
# what not every version of Python knows to be inside: local NAT64, former site-local
INSIDE = [ipaddress.ip_network(text) for text in ("64:ff9b:1::/48", "fec0::/10")]
IPV4_BITS = 0xFFFFFFFF

MALFORMED, INTERNAL, PORT = "host_malformed", "host_internal", "port_not_allowed"


class TargetRefused(Exception):
    """A mail server that must not be connected to; ``reason`` is a row's kind."""

    def __init__(self, reason: str, target: object) -> None:
        super().__init__(f"{reason}: {target}")
        self.reason = reason
        self.target = target


@dataclass(frozen=True)
class Exceptions:
    """What the administrator allows beyond the rule."""

    internal_hosts: frozenset[str] = frozenset()
    extra_ports: frozenset[int] = frozenset()

    @classmethod
    def from_text(cls, hosts: str | None, ports: str | None) -> "Exceptions":
        """Read comma-separated lists.

        >>> sorted(Exceptions.from_text("Localhost, relay.lan", "1025").internal_hosts)
        ['localhost', 'relay.lan']
        """
        numbers = {int(port) for port in _items(ports) if port.isdecimal()}
        return cls(frozenset(_items(hosts)), frozenset(numbers))


NONE_ALLOWED = Exceptions()


def normalize_host(host: str | None) -> str:
    """The host as it is looked up: trimmed, lower case, ASCII.

    >>> normalize_host(" SMTP.Bücher.example. ")
    'smtp.xn--bcher-kva.example'
    >>> normalize_host("a b")
    Traceback (most recent call last):
    ...
    odoo.addons.mail_user_smtp.tools.guard.TargetRefused: host_malformed: a b
    """
    name = (host or "").strip().lower().rstrip(".")
    if _address(name):
        return name
    try:
        name = name if name.isascii() else idna.encode(name).decode("ascii")
    except idna.IDNAError:
        raise TargetRefused(MALFORMED, host) from None
    if not HOST_NAME.fullmatch(name):
        raise TargetRefused(MALFORMED, host)
    return name


def check_port(port: int, exceptions: Exceptions = NONE_ALLOWED) -> None:
    """
    >>> check_port(587)
    >>> check_port(22)
    Traceback (most recent call last):
    ...
    odoo.addons.mail_user_smtp.tools.guard.TargetRefused: port_not_allowed: 22
    """
    if port not in PORTS | exceptions.extra_ports:
        raise TargetRefused(PORT, port)


def checked_addresses(
    host: str | None,
    port: int,
    exceptions: Exceptions = NONE_ALLOWED,
    resolve: Callable[..., Any] | None = None,
) -> list[str]:
    """The addresses of a mail server, all of which may be connected to.

    Connect to these, not to the name: a second look-up may give another answer.

    :param str host: name or address, as typed
    :param int port: its port
    :param Exceptions exceptions: what the administrator allows
    :param resolve: ``socket.getaddrinfo`` or a stand-in
    :returns: list of addresses as text, in the resolver's order
    :raises TargetRefused: one of the addresses is internal, or the port odd
    :raises OSError: the name cannot be resolved, or not within :data:`LOOK_UP`

    >>> checked_addresses("2130706433", 587)   # 127.0.0.1 in another spelling
    Traceback (most recent call last):
    ...
    odoo.addons.mail_user_smtp.tools.guard.TargetRefused: host_internal: 2130706433
    """
    check_port(port, exceptions)
    name = normalize_host(host)
    found = _look_up(resolve or socket.getaddrinfo, name, port)
    addresses: list[str] = list(dict.fromkeys(str(answer[4][0]) for answer in found))
    if name not in exceptions.internal_hosts:
        if not all(is_public(address) for address in addresses):
            raise TargetRefused(INTERNAL, host)
    return addresses


def _look_up(resolve: Callable[..., Any], name: str, port: int) -> Any:
    """
    :raises OSError: the name cannot be resolved; a resolver that is dead keeps whoever
        asks waiting for half a minute and more, as its administrator has set it
    """
    with suppress(TimeoutError):
        return in_time(LOOK_UP, lambda: resolve(name, port, 0, socket.SOCK_STREAM))
    # in the resolver's own words for it
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def is_public(address: str) -> bool:
    """Whether an address lies on the open internet.

    >>> [is_public(a) for a in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "0.0.0.0")]
    [True, False, False, False]
    >>> [is_public(a) for a in ("::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1")]
    [False, False, False]
    >>> is_public("fd00::1")
    False
    >>> [is_public(a) for a in ("2001:4860:4860::8888", "224.0.0.1", "fe80::1%eth0")]
    [True, False, False]
    """
    ip = _address(address)
    if ip is None:
        return False
    inner = _embedded(ip)
    if inner is not None:
        return is_public(str(inner))
    if ip.is_multicast or ip.is_reserved or any(ip in network for network in INSIDE):
        return False
    return ip.is_global


def _embedded(ip: IPAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to, or None."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & IPV4_BITS)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1]) or None


def _address(text: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _items(text: str | None) -> list[str]:
    return [item.strip().lower() for item in (text or "").split(",") if item.strip()]
