"""What came out of the races: plain data, to be printed or written as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.spread import Spread, geometric_mean


@dataclass(frozen=True)
class Lap:
    """One contestant in one row.

    Args:
        time: Seconds for one call.
        error: Largest difference from the reference, as a fraction of its largest number; None where the
            result has another shape or is not finite.
        correct: Whether that is within the case's tolerance.
    """

    time: Spread
    error: float | None
    correct: bool


@dataclass(frozen=True)
class Row:
    """One case.

    Args:
        set: The set it belongs to.
        case: Its name.
        macs: Multiplications with an addition.
        tolerance: Largest error allowed.
        laps: By contestant; the first is striate.
        absent: Why a contestant did not run, by its name.
    """

    set: str
    case: str
    macs: int
    tolerance: float
    laps: dict[str, Lap]
    absent: dict[str, str] = field(default_factory=dict[str, str])

    def ratio(self, name: str) -> float | None:
        """The contestant's median divided by striate's; None where one of them is missing or wrong."""
        first, other = self.laps.get("striate"), self.laps.get(name)
        if first is None or other is None or not (first.correct and other.correct):
            return None
        return other.time.median / first.time.median

    def gflops(self) -> float | None:
        """Billions of operations a second that striate makes, a multiplication and an addition counted as two."""
        first = self.laps.get("striate")
        return None if first is None else 2 * self.macs / first.time.median / 1e9


@dataclass(frozen=True)
class Measure:
    """Something that is measured in processes of its own: a time or a memory.

    Args:
        set: The set it belongs to.
        case: What was measured.
        contestant: Of whom.
        unit: "s" or "MiB".
        spread: The repeated measurements, in that unit.
    """

    set: str
    case: str
    contestant: str
    unit: str
    spread: Spread


@dataclass(frozen=True)
class Wait:
    """How long a person waits for something, or how large something is, and what it should be.

    Args:
        set: The set it belongs to.
        case: What was waited for.
        unit: "ms" or "kB".
        count: How often it was measured.
        median: The middle one.
        p95: Nineteen of twenty are not above it.
        most: The longest.
        target: What it should be at most, in the unit; None where nothing was promised.
        judged: Which of them is held against the target: "p95" or "most".
    """

    set: str
    case: str
    unit: str
    count: int
    median: float
    p95: float
    most: float
    target: float | None
    judged: str

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None without one."""
        value = self.p95 if self.judged == "p95" else self.most
        return None if self.target is None else value <= self.target


def waits(set: str, case: str, unit: str, values: Sequence[float], target: float | None, judged: str) -> Wait:
    """What is told of repeated waits; between two of them a quantile is interpolated linearly."""
    median, p95, most = (float(q) for q in np.quantile(np.array(values), [0.5, 0.95, 1]))
    return Wait(set, case, unit, len(values), median, p95, most, target, judged)


def contestants(rows: Sequence[Row]) -> list[str]:
    """Who took part in any row, in order."""
    return list(dict.fromkeys(name for row in rows for name in (*row.laps, *row.absent)))


def geometric_means(rows: Sequence[Row]) -> dict[str, float]:
    """For each contestant but striate the mean of its ratios, over the rows that have one."""
    means: dict[str, float] = {}
    for name in contestants(rows):
        ratios = [ratio for row in rows if (ratio := row.ratio(name)) is not None]
        if name != "striate" and ratios:
            means[name] = geometric_mean(ratios)
    return means
