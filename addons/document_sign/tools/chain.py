"""A chain of events: each has the digest of the one before in its own, so that none is
changed, taken out or slipped in without a trace.

>>> first = link(START, {"kind": "viewed"})
>>> second = link(first, {"kind": "accepted"})
>>> events = [
...     {"content": {"kind": "viewed"}, "previous": START, "digest": first},
...     {"content": {"kind": "accepted"}, "previous": first, "digest": second},
... ]
>>> verify(events)
>>> verify([{**events[0], "content": {"kind": "asked"}}, events[1]])
0
>>> verify(events[1:]), verify([]), verify([events[1], events[0]])
(0, None, 0)
>>> verify([events[0], events[0], events[1]])
1
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

START = "0" * 64  # before the first event


def canonical(content: Mapping[str, Any]) -> bytes:
    """One text for one content, whatever the order of its names.

    >>> canonical({"b": 1, "a": "ก"}) == canonical({"a": "ก", "b": 1})
    True

    :param content: of values that JSON knows
    """
    said = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return said.encode()


def link(previous: str, content: Mapping[str, Any]) -> str:
    """The digest of an event.

    :param previous: the digest of the event before; ``START`` for the first one
    :param content: all that the event says
    :returns: SHA-256, in hexadecimal digits
    """
    return hashlib.sha256(previous.encode() + b"\n" + canonical(content)).hexdigest()


def verify(events: Iterable[Mapping[str, Any]]) -> int | None:
    """The first place at which a chain is broken.

    What was taken off its end is not seen from the chain: compare its last digest with
    one that was written down elsewhere.

    :param events: in their order, each with ``content``, ``previous`` and ``digest``
    :returns: the number of the first wrong one from 0, or None
    """
    before = START
    for number, event in enumerate(events):
        right = link(before, event["content"])
        if event["previous"] != before or event["digest"] != right:
            return number
        before = right
    return None
