"""What a run has seen: the table, and whether something is wrong."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

GROWTH = 0.10  # of memory, from the middle of a run to its end, at most
STEADY = 300  # seconds; in a shorter run the caches of the workers are still filling
MEBIBYTE = 1024 * 1024
NAMED = 5  # addresses in a sentence


@dataclass(frozen=True)
class Step:
    """The answers of one kind of step; times in milliseconds."""

    times: int
    failed: int
    percentiles: tuple[float, float, float]  # 50, 95, 99


@dataclass(frozen=True)
class Outcome:
    """One run.

    :param alone: the steps of one person alone, in the same run
    :param memory: bytes of Odoo's processes, from the start of the load to its end
    :param asked: addresses that a mail was asked for
    :param answered: those where the answer said that it is sent
    :param copies: mails that arrived, by address
    """

    users: int
    seconds: float
    steps: dict[str, Step]
    alone: dict[str, Step]
    errors: list[tuple[str, str, int]] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    asked: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    copies: Counter[str] = field(default_factory=Counter)

    @property
    def growth(self) -> float:
        """Of memory, from the middle of the run to its end.

        >>> f"{Outcome(1, 1, {}, {}, memory=[50, 100, 100, 100, 103]).growth:.2f}"
        '0.03'
        """
        _start, middle, end = self._memory()
        return end / middle - 1

    def _memory(self) -> tuple[float, float, float]:
        """At the start, in the middle fifth, in the last fifth."""
        fifth = max(1, len(self.memory) // 5)
        begin = (len(self.memory) - fifth) // 2
        middle = self.memory[begin : begin + fifth]
        return self.memory[0], fmean(middle), fmean(self.memory[-fifth:])

    def faults(self) -> list[str]:
        """What must not be, in sentences; empty: all is well.

        >>> once, twice = Counter({"a@x": 1}), Counter({"a@x": 2})
        >>> a = frozenset({"a@x"})
        >>> Outcome(1, 1, {}, {}, asked=a, answered=a, copies=once).faults()
        []
        >>> Outcome(1, 1, {}, {}, asked=a, answered=a, copies=twice).faults()
        ['1 mails arrived more than once: a@x']
        >>> Outcome(1, 1, {}, {}, asked=a, answered=a).faults()
        ['1 mails were lost: a@x']
        """
        return list(self._faults())

    def _faults(self) -> Iterator[str]:
        for step, what, times in self.errors:
            yield f"{step}: {what} ({times} ×)"
        for addresses, sentence in (
            (self.answered - set(self.copies), "were lost"),
            ({a for a, n in self.copies.items() if n > 1}, "arrived more than once"),
            (set(self.copies) - self.asked, "arrived that nobody asked for"),
        ):
            if addresses:
                some = ", ".join(sorted(addresses)[:NAMED])
                yield f"{len(addresses)} mails {sentence}: {some}"
        if self.seconds >= STEADY and self.memory and self.growth > GROWTH:
            yield f"memory grew by {self.growth:.1%}, at most {GROWTH:.0%} are right"

    def lines(self) -> list[str]:
        """The table, for the terminal."""
        times = sum(step.times for step in self.steps.values())
        return [
            f"\n{self.users} people for {self.seconds:.0f} s: {times:,} steps,"
            f" {times / self.seconds:.1f} a second; in milliseconds, p95 also against"
            " that of one person alone",
            f"  {'step':<18}{'times':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'alone':>8}"
            f"{'ratio':>9}{'errors':>8}",
            *(self._row(name, step) for name, step in sorted(self.steps.items())),
            *self._memory_lines(),
            f"Mails: {len(self.answered):,} said to be sent,"
            f" {len(self.asked - self.answered):,} cut off by the end;"
            f" {len(self.copies):,} arrived,"
            f" {sum(n == 1 for n in self.copies.values()):,} of them once",
            *(f"WRONG: {fault}" for fault in self.faults()),
        ]

    def _row(self, name: str, step: Step) -> str:
        p50, p95, p99 = step.percentiles
        row = f"  {name:<18}{step.times:>7,}{p50:>8.0f}{p95:>8.0f}{p99:>8.0f}"
        alone = self.alone.get(name)
        if alone and alone.percentiles[1]:
            before = alone.percentiles[1]
            row += f"{before:>8.0f}{p95 / before:>7.1f} ×"
        else:  # it did not come to that
            row += f"{'':>17}"
        return row + f"{step.failed:>8}"

    def _memory_lines(self) -> Iterator[str]:
        if not self.memory:
            return
        start, middle, end = (f"{size / MEBIBYTE:,.0f}" for size in self._memory())
        judged = f"at most {GROWTH:.0%}" if self.seconds >= STEADY else "not judged"
        yield (
            f"Memory of Odoo: {start} MB at the start, {middle} in the middle, {end} at"
            f" the end: {self.growth:+.1%} since the middle ({judged})"
        )


def steps_of(answer: dict[str, Any]) -> dict[str, Step]:
    """The steps that ``tools.load.drive`` printed."""
    found = {}
    for name, step in answer["steps"].items():
        p50, p95, p99 = step["percentiles"]
        found[name] = Step(step["times"], step["failed"], (p50, p95, p99))
    return found
