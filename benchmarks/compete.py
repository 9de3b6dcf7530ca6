"""A set of cases: every contestant prepared, checked against the reference, raced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks.case import Case, Entry
from benchmarks.contestant import Contestant, Library
from benchmarks.exactness import largest_error
from benchmarks.race import Rules, race
from benchmarks.results import Lap, Row
from benchmarks.spread import spread


def compete(
    name: str,
    cases: Sequence[Case],
    libraries: Sequence[Library],
    threads: int,
    rules: Rules,
    starting: Callable[[Case], None] = lambda case: None,
) -> Iterator[Row]:
    """Races the libraries on each case.

    Args:
        name: The set's.
        cases: What to race on.
        libraries: Who races; striate is the first.
        threads: Threads of each.
        rules: How often, how long.
        starting: Told of each case before its turn.

    Yields:
        A row for each case, when it is finished.
    """
    for case in cases:
        starting(case)
        yield _row(name, Entry(case), libraries, threads, rules)


def _row(name: str, entry: Entry, libraries: Sequence[Library], threads: int, rules: Rules) -> Row:
    case = entry.case
    runners: list[Contestant] = []
    errors: dict[str, float | None] = {}
    absent: dict[str, str] = {}
    for library in libraries:
        try:
            runner = library.enter(entry, threads)
            errors[library.name] = largest_error(runner.plain(runner.call()), entry.reference)
            runners.append(runner)
        # A peer that cannot run a case fails in ways of its own, and must not end the race of the others.
        except Exception as error:
            absent[library.name] = f"{type(error).__name__}: {error}".splitlines()[0]
    times = race(runners, rules)
    laps = {who: Lap(spread(values), errors[who], _within(errors[who], case)) for who, values in times.items()}
    return Row(name, case.name, entry.macs, case.tolerance, laps, absent)


def _within(error: float | None, case: Case) -> bool:
    return error is not None and error <= case.tolerance
