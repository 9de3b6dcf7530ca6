"""A plain array with any strides copied to one whose numbers follow one another.

``y[i, j, ...] = x[i*s0 + j*s1 + ...]`` the last axis innermost: by vectors where its numbers are neighbours in x,
else one by one. Cost: bandwidth; a load and a store a number where they are not neighbours. Exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call

# The last axes, walked inside a chunk; the indices of all others make it up.
INNER = 2


@dataclass(frozen=True, slots=True)
class Strided:
    """What the kernel is specialised on.

    Args:
        neighbours: Whether the last axis's numbers follow one another.
        outer: How many axes stand before the last two.
    """

    neighbours: bool
    outer: int

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"strided_{self.outer}_{'neighbours' if self.neighbours else 'apart'}"


def emit_strided(spec: Strided, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one index of each of the outer axes."""
    k = Emit(spec.name, target)
    x, y = k.pointer("x"), k.pointer("y")
    sizes = [k.size(f"size{axis}") for axis in range(spec.outer + INNER)]
    steps = [k.size(f"step{axis}") for axis in range(spec.outer + INNER)]
    rest, source = k.chunk, x
    for axis in reversed(range(spec.outer)):
        source = k.at(source, rest % sizes[axis] * steps[axis])
        rest = rest // sizes[axis]
    rows, columns = sizes[spec.outer :]
    result = k.at(y, k.chunk * rows * columns)
    with k.loop(0, rows) as row:
        here, there = k.at(source, row * steps[spec.outer]), k.at(result, row * columns)
        if spec.neighbours:
            whole = columns // k.lanes * k.lanes
            with k.loop(0, whole, k.lanes) as column:
                k.store(k.load(here, column, aligned=False), there, column, aligned=False)
            mask = k.lanes_below(columns - whole)
            k.store_some(mask, k.load_some(mask, here, whole), there, whole)
        else:
            with k.loop(0, columns) as column:
                k.store(k.load_scalar(here, column * steps[-1]), there, column)
    return k


def call_strided(shape: Sequence[int], strides: Sequence[int], x: int, y: int) -> Call:
    """The copy.

    Args:
        shape: Sizes, none of them zero.
        strides: Floats between neighbours of x along each axis.
        x: Address of the first number.
        y: Address of the result.
    """
    axes = merged(shape, strides)
    axes = [(1, 0)] * (INNER - len(axes)) + axes
    outer = len(axes) - INNER
    arguments = {"x": x, "y": y}
    arguments |= {f"size{i}": size for i, (size, _) in enumerate(axes)}
    arguments |= {f"step{i}": step for i, (_, step) in enumerate(axes)}
    spec = Strided(axes[-1][1] == 1, outer)
    chunks = prod(size for size, _ in axes[:outer])
    return Call(spec.name, partial(emit_strided, spec), arguments, (), chunks, "copy")


def merged(shape: Sequence[int], strides: Sequence[int]) -> list[tuple[int, int]]:
    """Size and stride of the axes, those left out that have one index, and those joined that follow one another."""
    axes: list[tuple[int, int]] = []
    for size, step in zip(shape, strides, strict=True):
        if size == 1:
            continue
        if axes and axes[-1][1] == size * step:
            axes[-1] = (axes[-1][0] * size, step)
        else:
            axes.append((size, step))
    return axes or [(1, 1)]
