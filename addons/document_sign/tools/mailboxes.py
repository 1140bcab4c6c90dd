"""Whose mailbox an address leads to. No ORM."""

from collections.abc import Iterable

from odoo.addons.mail_delivery.tools.addresses import read


def mailboxes(texts: Iterable[str | None]) -> frozenset[str]:
    """The mailboxes that addresses lead to, as mail servers take them. What stands
    behind a plus is none of its own: it is delivered to the same person.

    >>> sorted(mailboxes(["Pom <POM+x@Example.com>", "al@example.com, b@example.com"]))
    ['al@example.com', 'b@example.com', 'pom@example.com']
    >>> mailboxes([None, "", "pom"])
    frozenset()

    :param texts: addresses as they are kept, several in one text as well
    """
    return frozenset(_without_tag(box.wire) for box in read(texts).good)


def _without_tag(wire: str) -> str:
    local, _at, domain = wire.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
