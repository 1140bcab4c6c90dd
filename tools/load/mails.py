"""The mails that people asked for, as they arrive in the demo's inbox."""

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Collection

from tools.mailserver.store import KEPT
from tools.main_job import fetch

DOMAIN = "load.example.com"  # of the addresses that only ./run load writes to
PAUSE = 2  # seconds between two looks


class Post:
    """How often each of our addresses got a mail. Mails are deleted once counted: the
    inbox keeps the newest ``KEPT`` only.

    :param url: of the inbox
    """

    def __init__(self, url: str) -> None:
        self.url = f"{url}/api/v1/messages"
        self.copies: Counter[str] = Counter()

    def collect(self) -> None:
        """Count what has arrived, and leave the mails of others there."""
        counted = []
        for message in fetch(f"{self.url}?limit={KEPT}")["messages"]:
            to = [a for a in message["Envelope"]["To"] if a.endswith(f"@{DOMAIN}")]
            if to:
                self.copies.update(to)
                counted.append(message["ID"])
        if counted:  # no name at all means each of them
            self._delete(counted)

    def forget(self) -> None:
        """Begin anew, without the mails that are there."""
        self.collect()
        self.copies.clear()

    def wait_for(self, addresses: Collection[str], limit: float) -> None:
        """Collect until everybody has got something, or the time is over.

        :param limit: seconds
        """
        deadline = time.monotonic() + limit
        self.collect()
        while set(addresses) - set(self.copies) and time.monotonic() < deadline:
            time.sleep(PAUSE)
            self.collect()

    def _delete(self, ids: list[str]) -> None:
        request = urllib.request.Request(
            self.url,
            data=json.dumps({"IDs": ids}).encode(),
            method="DELETE",
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20):
            pass
