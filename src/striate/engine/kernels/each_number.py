"""A function of each number of a plain array, whatever its shape: ``y[i] = f(x[i])``, a vector at a time.

Cost: bandwidth, unless the function is long. Error bound: the function's, see :mod:`striate.engine.kernels.activation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.activation import Constants, function, spelled
from striate.engine.kernels.call import Call

# Numbers that a chunk computes: some tens of microseconds for long functions.
SPAN = 8192


@dataclass(frozen=True, slots=True)
class EachNumber:
    """What the kernel is specialised on.

    Args:
        function: One of :data:`striate.engine.kernels.activation.FUNCTIONS`.
        constants: Its constants.
    """

    function: str
    constants: Constants = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"each_{spelled(self.function, *self.constants)}"


def emit_each_number(spec: EachNumber, target: Isa) -> Emit:
    """Writes the kernel."""
    k = Emit(spec.name, target)
    x, y, count = k.pointer("x"), k.pointer("y"), k.size("count")
    apply = function(spec.function, *spec.constants).emit
    start = k.chunk * SPAN
    stop = k.smaller(start + SPAN, count)
    whole = start + (stop - start) // k.lanes * k.lanes
    with k.loop(start, whole, k.lanes) as i:
        k.store(apply(k, k.load(x, i, aligned=False), *spec.constants), y, i, aligned=False)
    with k.when(stop > whole):
        rest = k.lanes_below(stop - whole)
        k.store_some(rest, apply(k, k.load_some(rest, x, whole), *spec.constants), y, whole)
    return k


def call_each_number(spec: EachNumber, x: int, y: int, count: int) -> Call:
    """The function of so many numbers.

    Args:
        spec: Which one.
        x: Address of the numbers.
        y: Address of the results.
        count: How many.
    """
    arguments = {"x": x, "y": y, "count": count}
    return Call(spec.name, partial(emit_each_number, spec), arguments, (), -(-count // SPAN), f"each {spec.function}")
