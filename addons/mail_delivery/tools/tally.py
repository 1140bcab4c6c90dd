"""What a run did, for its line in the log. No ORM."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts of one run.

    >>> tally = Tally()
    >>> tally.count("sent"), tally.count("deferred"), tally.skipped.add(7)
    (None, None, None)
    >>> tally.line(left=3, oldest=125)  # doctest: +NORMALIZE_WHITESPACE
    'served 2: sent 1, deferred 1, refused 0, unknown 0, cancelled 0;
     left 3, oldest waiting 125 s; accounts failed 0, skipped 1'
    """

    states: Counter[str] = field(default_factory=Counter)
    failed: set[int | None] = field(default_factory=set)
    skipped: set[int | None] = field(default_factory=set)
    served: int = 0

    def count(self, state: str) -> None:
        self.states[state] += 1
        self.served += 1

    def __bool__(self) -> bool:
        return bool(self.states or self.failed or self.skipped)

    def line(self, left: int, oldest: int) -> str:
        names = ("sent", "deferred", "refused", "unknown", "cancelled")
        states = ", ".join(f"{name} {self.states[name]}" for name in names)
        return (
            f"served {self.served}: {states}; left {left}, oldest waiting {oldest} s; "
            f"accounts failed {len(self.failed)}, skipped {len(self.skipped)}"
        )
