"""Which cell each cell of a result is a copy of, for the ops that only move data.

The op's own reference is run on the numbers of its operands' cells instead of on their contents: what then stands in a
cell of the result says where it came from. So no op that moves data needs a second description of what it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from striate import ops
from striate.graph import Array, Op

# What stands in a cell that is a copy of none: padding.
PADDING = -1

# Which operands hold the data that is moved; the others (axes, shape, indices ...) say how. None: all of them.
MOVED: dict[type[Op], tuple[int, ...] | None] = {
    ops.Identity: (0,),
    ops.Dropout: (0,),
    ops.Reshape: (0,),
    ops.Flatten: (0,),
    ops.Transpose: (0,),
    ops.Squeeze: (0,),
    ops.Unsqueeze: (0,),
    ops.Expand: (0,),
    ops.Tile: (0,),
    ops.Concat: None,
    ops.Split: (0,),
    ops.DepthToSpace: (0,),
    ops.SpaceToDepth: (0,),
    ops.Slice: (0,),
    ops.Gather: (0,),
    ops.GatherElements: (0,),
    ops.GatherND: (0,),
    ops.Pad: (0,),
}


def moves_data(op: Op) -> bool:
    """Whether the op's results are copies of its operands' cells."""
    return type(op) in MOVED


def moved_operands(op: Op, count: int) -> tuple[int, ...]:
    """Positions of the operands whose cells are moved, for a node with so many operands."""
    positions = MOVED[type(op)]
    return tuple(range(count)) if positions is None else positions


def provenance(op: Op, shapes: Sequence[tuple[int, ...] | None], contents: Sequence[Array | None]) -> tuple[Array, ...]:
    """For each result, the number of the cell that each of its cells is a copy of.

    Args:
        op: An op that moves data.
        shapes: Shapes of its operands.
        contents: Their contents; needed only of the operands that say how to move.

    Returns:
        Arrays of int64 in the results' shapes. Cells are counted in C order through all moved operands, one after the
        other; PADDING where a cell is a copy of none.
    """
    moved = moved_operands(op, len(shapes))
    operands: list[Array | None] = []
    start = 0
    for position, (shape, content) in enumerate(zip(shapes, contents, strict=True)):
        if position in moved and shape is not None:
            count = prod(shape)
            operands.append(np.arange(start, start + count, dtype=np.int64).reshape(shape))
            start += count
        else:
            operands.append(content)
    if isinstance(op, ops.Pad):
        operands += [None] * (4 - len(operands))
        operands[2] = np.array(PADDING, np.int64)
    return op.reference(*operands)


def cell_of(number: int, shapes: Sequence[tuple[int, ...]]) -> tuple[int, tuple[int, ...]]:
    """Which operand, and where in it, the cell of that number is.

    Args:
        number: As :func:`provenance` counts.
        shapes: Shapes of the moved operands.
    """
    for position, shape in enumerate(shapes):
        count = prod(shape)
        if number < count:
            return position, tuple(int(i) for i in np.unravel_index(number, shape))
        number -= count
    raise IndexError(number)
