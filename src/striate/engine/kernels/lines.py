"""The positions that a convolution fills: planes of rows of columns, and the places that are walked along with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from striate.engine.emit import Emit
from striate.engine.kernels.epilogue import CELLS, Epilogue, Stages, epilogue_arguments
from striate.engine.kernels.place import Place, Walker
from striate.engine.value import Value

Counts = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a convolution's results go.

    Args:
        y: The output.
        stages: What happens to a result before it is stored.
        operands: Of the stages, by number.
        results: Of the stages, by number.
    """

    y: Place
    stages: Stages = ()
    operands: Sequence[Place] = field(default=())
    results: Sequence[Place] = field(default=())

    def every(self, first: Sequence[int], step: Sequence[int]) -> Target:
        """The same for every step-th position from a first one on."""
        cells = cell_operands(self.stages)
        return Target(
            every(self.y, first, step),
            self.stages,
            [every(place, first, step) if i in cells else place for i, place in enumerate(self.operands)],
            [every(place, first, step) for place in self.results],
        )

    def arguments(self, channels: int) -> dict[str, int]:
        """Arguments of :class:`Results`, by name."""
        more = epilogue_arguments(self.stages, channels, self.operands, self.results, strided=True)
        return self.y.arguments("y", strided=True) | more


def cell_operands(stages: Stages) -> list[int]:
    """Operands that have a number for each result, not one for each channel."""
    return sorted({int(stage[1]) for stage in stages if stage[0] in CELLS})


def every(place: Place, first: Sequence[int], step: Sequence[int]) -> Place:
    """Every step-th cell of a place from a first one on.

    Args:
        place: The place, its steps those of the value's last one to three axes.
        first: Cells from the place's own first cell, per spatial axis.
        step: Cells, per spatial axis.
    """
    missing = (0,) * (3 - len(first))
    strides = (place.plane, place.row, place.column)
    origin = place.address + 4 * sum(f * stride for f, stride in zip((*missing, *first), strides, strict=True))
    plane, row, column = (s * stride for s, stride in zip((*missing, *step), strides, strict=True))
    return replace(place, address=origin, plane=plane, row=row, column=column)


def merge(
    counts: Counts, x: Place, target: Target, others: Sequence[Place] = ()
) -> tuple[Counts, Place, Target, list[Place]]:
    """The same positions as fewer and longer lines, where everything goes from one line to the next without a jump.

    Args:
        counts: Planes, rows and columns.
        x: The input.
        target: Where the results go.
        others: Whatever else moves along with the positions.
    """
    cells = cell_operands(target.stages)
    places = [x, target.y, *others, *target.results, *(target.operands[i] for i in cells)]
    axes: list[tuple[int, list[int]]] = []  # innermost first: positions, and each place's step
    for count, name in zip(reversed(counts), ("column", "row", "plane"), strict=True):
        steps = [int(getattr(place, name)) for place in places]
        if count == 1:
            continue
        if axes and steps == [axes[-1][0] * inner for inner in axes[-1][1]]:
            axes[-1] = (axes[-1][0] * count, axes[-1][1])
        else:
            axes.append((count, steps))
    axes += [(1, [0] * len(places))] * (3 - len(axes))
    (columns, column), (rows, row), (planes, plane) = axes
    moved = [replace(p, plane=plane[i], row=row[i], column=column[i]) for i, p in enumerate(places)]
    first = 2 + len(others)
    behind = first + len(target.results)
    operands = list(target.operands)
    for i, place in zip(cells, moved[behind:], strict=True):
        operands[i] = place
    made = Target(moved[1], target.stages, operands, moved[first:behind])
    return (planes, rows, columns), moved[0], made, moved[2:first]


class Results:
    """The results inside a kernel: where they are stored, and what happens to them before."""

    def __init__(self, k: Emit, stages: Stages) -> None:
        self.k = k
        self.y = Walker(k, "y", strided=True)
        self.epilogue = Epilogue(k, stages, strided=True)

    def store(self, sums: Sequence[Sequence[Value]], *position: Value) -> None:
        """Stores a tile, by pixel and vector, at (sample, block, plane, row, column)."""
        place, site = self.y.at(*position), self.epilogue.site(*position)
        for p, row in enumerate(sums):
            for v, value in enumerate(row):
                cell = self.k.at(place, self.y.block * v + self.y.column * p)
                self.k.store(site.apply(value, vector=v, pixel=p), cell)
