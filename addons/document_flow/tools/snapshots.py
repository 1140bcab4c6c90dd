"""What a document said when it was printed, to be compared with what it says now.

A snapshot is plain JSON with a version. Later code may print more: what an old snapshot
does not know is no change.

>>> printed = take({"note": "Thanks", "lines": [{"name": "Bar"}]})
>>> agrees(printed, {"note": "Thanks", "lines": [{"name": "Bar", "unit": "zone"}]})
True
>>> agrees(printed, {"note": "Thanks", "lines": []})
False
"""

import hashlib
import json
from typing import Any

VERSION = 1  # of what the values mean; a new one needs a reader for those before it


def take(values: dict[str, Any]) -> dict[str, Any]:
    """A snapshot of values.

    :param dict values: what is printed; days and amounts as they are

    >>> from datetime import date
    >>> take({"date": date(2026, 1, 2)})
    {'version': 1, 'values': {'date': '2026-01-02'}}
    """
    return {"version": VERSION, "values": _plain(values)}


def digest(snapshot: dict[str, Any]) -> str:
    """The SHA-256 of a snapshot, in hexadecimal digits.

    >>> digest(take({"a": 1, "b": 2})) == digest(take({"b": 2, "a": 1}))
    True
    """
    content = json.dumps(snapshot, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def agrees(snapshot: dict[str, Any], values: dict[str, Any]) -> bool:
    """Whether a document still says all that the snapshot says.

    :param dict snapshot: of :func:`take`
    :param dict values: what would be printed now

    >>> agrees(take({"term": 12}), {"term": 24})
    False
    """
    return _known(snapshot["values"], _plain(values)) == snapshot["values"]


def _plain(values: Any) -> Any:
    return json.loads(json.dumps(values, default=str))


def _known(then: Any, now: Any) -> Any:
    """What is said now, without what was not told then."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {key: _known(then[key], now[key]) for key in then if key in now}
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [_known(*pair) for pair in zip(then, now, strict=True)]
    return now
