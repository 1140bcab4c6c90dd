"""One idempotency key per call that sends, the same one when Odoo runs the call again.

After a conflict with another transaction, Odoo rolls back and runs the same call once
more, on the same cursor (``odoo.service.model.retrying``). What was committed before
that, the intent to send a mail, is found by its key then, and not sent twice. So the
key must outlive the rollback, but not the cursor:

- ``cursor.cache`` does not serve: Odoo empties it with each commit and each rollback;
- the calls are counted, and a rollback starts counting anew: the first call after it
  gets the key of the first call before it. A second call without a rollback gets
  another one.
"""

import uuid
from collections import Counter, defaultdict
from typing import Any
from weakref import WeakKeyDictionary

_by_cursor: WeakKeyDictionary[Any, "RequestKeys"] = WeakKeyDictionary()


class RequestKeys:
    """The keys of the calls on one cursor."""

    def __init__(self) -> None:
        self._given: dict[str, list[str]] = defaultdict(list)
        self._count: Counter[str] = Counter()

    @classmethod
    def of(cls, cursor: Any) -> "RequestKeys":
        """The keys of a cursor, which live as long as it does.

        :param odoo.sql_db.BaseCursor cursor: of the call
        :rtype: RequestKeys
        """
        return _by_cursor.setdefault(cursor, cls())

    def next(self, cursor: Any, digest: str) -> str:
        """The key of this call.

        :param cursor: as in :meth:`of`
        :param str digest: of what is asked: calls that differ in it are counted apart
        :rtype: str
        """
        self.follow(cursor)
        keys, number = self._given[digest], self._count[digest]
        self._count[digest] += 1
        if number == len(keys):
            keys.append(uuid.uuid4().hex)
        return keys[number]

    def follow(self, cursor: Any) -> None:
        """Notice the next rollback; to be said again after a commit, with which Odoo
        forgets it.

        :param cursor: as in :meth:`of`
        """
        cursor.postrollback.add(self._count.clear)
