"""Visitors without a name, as far as limits tell them apart."""

import ipaddress


def network_of(remote: str | None) -> str:
    """The network that somebody asks from: whoever has one IPv6 address has all of its
    last 64 bits.

    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7")
    ('192.0.2.7', '192.0.2.7')
    >>> network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::9")
    ('2001:db8:1:2::/64', '2001:db8:1:2::/64')
    >>> network_of("unknown"), network_of(None)
    ('unknown', '')

    :param remote: the address, as the server gives it
    """
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return remote or ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))
