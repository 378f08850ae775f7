"""Comparisons on a machine that is never quiet: A B A B …, and the median of each."""

from dataclasses import dataclass, field
from statistics import median
from typing import Callable

from .servers import Server

Measure = Callable[[], float]


def interleaved(measures: dict[str, Measure], rounds: int) -> dict[str, list[float]]:
    """Each measure once a round, in turn; every other round backwards, so that a drift hits all alike."""
    results: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(rounds):
        names = list(measures)
        for name in reversed(names) if turn % 2 else names:
            results[name].append(measures[name]())
    return results


def ratio(results: dict[str, list[float]], one: str, other: str) -> float:
    """The median of the rounds' own ratios: what both suffered in a round cancels out."""
    return median(a / b for a, b in zip(results[one], results[other]))


@dataclass
class Effort:
    """What a server computes for one answer: unlike the rate, hardly disturbed by what else the machine does."""

    server: Server
    seconds: list[float] = field(default_factory=list)

    def during(self, measure: Measure, lasting: float) -> float:
        """The measure's rate; notes the processor time of each of its answers."""
        before = self.server.processor_seconds
        rate = measure()
        self.seconds.append((self.server.processor_seconds - before) / max(1, rate * lasting))
        return rate

    def __str__(self) -> str:
        return f"{median(self.seconds) * 1e6:.1f} µs"
