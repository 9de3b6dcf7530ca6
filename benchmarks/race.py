"""The race itself: contestants take turns, A B C A B C ..., in one process.

What happens to the machine meanwhile (another program, a change of clock) then meets all of them alike. Before each
turn comes a pause, because worker threads of most libraries go on spinning after a result (PyTorch's for 9 ms, ONNX
Runtime's for 38 ms, by the processor time of their threads) and would take the cores from whoever comes next; and then
one call that is not timed, which brings weights and input back into the caches. A turn is as many calls as fill a time
that the clock can tell well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from benchmarks.contestant import Contestant

WARM_CALLS = 3


@dataclass(frozen=True)
class Rules:
    """How a race is run.

    Args:
        repeat: Turns of each contestant.
        turn: Seconds that a turn shall last at least; a call that takes longer is a turn of its own.
        pause: Seconds of rest before a turn.
        clock: Gives seconds.
        sleep: Waits for so many seconds.
    """

    repeat: int = 15
    turn: float = 0.02
    pause: float = 0.06
    clock: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep


def race(contestants: Sequence[Contestant], rules: Rules) -> dict[str, list[float]]:
    """Lets the contestants run in turns.

    Args:
        contestants: In the order of their turns, each under a name of its own.
        rules: How often, how long.

    Returns:
        Seconds for one call, for each turn of each contestant.
    """
    calls = {one.name: _calls_per_turn(one, rules) for one in contestants}
    times: dict[str, list[float]] = {one.name: [] for one in contestants}
    for _ in range(rules.repeat):
        for one in contestants:
            rules.sleep(rules.pause)
            one.call()
            times[one.name].append(_timed(one.call, calls[one.name], rules.clock))
    return times


def _calls_per_turn(one: Contestant, rules: Rules) -> int:
    """Warms up (a library may compile, tune or allocate at its first calls), then sees how long a call takes."""
    for _ in range(WARM_CALLS):
        one.call()
    seconds = _timed(one.call, 1, rules.clock)
    return max(1, ceil(rules.turn / seconds)) if seconds > 0 else 1


def _timed(call: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(calls):
        call()
    return (clock() - start) / calls
