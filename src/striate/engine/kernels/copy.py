"""Copying cells of a blocked value to other places: Pad, Slice, Split and Resize to the nearest cell, in one kernel.

``y[n, c, p, r, q] = x[n, c + first, planes[p], rows[r], columns[q]]``: tables say which plane, row and column each one
of the result is a copy of; -1 is none, it holds the filling. Columns without a copy lie before and behind the others.
If the first channel is no multiple of the lanes, every vector is made of the last lanes of one block and the first of
the next; which ones is spelled into the kernel.

Cost: bandwidth. Exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.activation import spelled
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.epilogue import Epilogue, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.place import Place, Walker
from striate.engine.value import Value
from striate.graph import Array

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy is specialised on.

    Args:
        shift: The lane of the input's block at which the result's first channel lies.
        cut: Whether the result's spare lanes are channels of the input, and must be cleared.
        filling: What cells that are no copy hold; None if all are.
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.
    """

    shift: int = 0
    cut: bool = False
    filling: float | None = None
    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        filling = "" if self.filling is None else f"_{spelled('filled', self.filling)}"
        return f"copy_{self.shift}{'_cut' if self.cut else ''}{filling}{epilogue_name(self.stages)}"

    @property
    def keeps_zero(self) -> bool:
        """Whether spare lanes come out zero."""
        return not self.cut and not self.filling


@dataclass(frozen=True, slots=True)
class Axes:
    """Which input cell each plane, row and column of the result is a copy of; -1 where none is.

    Args:
        planes: int64, one for each plane of the result.
        rows: The same for rows.
        columns: The same for columns; those that are copies follow one another.
    """

    planes: Array
    rows: Array
    columns: Array

    @classmethod
    def of(cls, cells: Sequence[Array]) -> Axes:
        """From the cells of up to three spatial axes."""
        planes, rows, columns = [np.zeros(1, np.int64)] * (3 - len(cells)) + list(cells)
        return cls(planes, rows, columns)

    def table(self, x: Place, lanes: int) -> Array:
        """The table that the kernel reads: offsets in floats, int64 (planes + rows + columns,); -1 for none."""
        parts = [
            np.where(cells == NOWHERE, NOWHERE, cells * step)
            for cells, step in ((self.planes, x.plane), (self.rows, x.row), (self.columns, lanes))
        ]
        return np.ascontiguousarray(np.concatenate(parts), np.int64)


def emit_copy(spec: Copy, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the result's map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y, table = Walker(k, "x"), Walker(k, "y"), k.pointer("table")
    names = "planes rows x_blocks first_copied last_copied"
    size = {name: k.size(name) for name in names.split()}
    epilogue = Epilogue(k, spec.stages, spec.keeps_zero)
    zero = k.integer(0)
    source = x.at(chunk.sample, chunk.block, zero, zero)
    # The last block has no next one. Its last lanes are spare then, and cleared.
    following = x.at(chunk.sample, k.smaller(chunk.block + 1, size["x_blocks"] - 1), zero, zero)
    across = [spec.shift + i for i in range(k.lanes)]
    columns_at = size["planes"] + size["rows"]
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // size["rows"], line % size["rows"]
        site = epilogue.site(chunk.sample, chunk.block, plane, row)
        result = y.at(chunk.sample, chunk.block, plane, row)
        plane_offset, row_offset = k.load_size(table, plane), k.load_size(table, size["planes"] + row)

        def copied(first: Value, last: Value) -> None:
            with k.loop(first, last) as column:
                cell = plane_offset + row_offset + k.load_size(table, columns_at + column)
                value = k.load(source, cell)
                if spec.shift:
                    value = k.shuffle(value, k.load(following, cell), across)
                k.store(site.apply(value, pixel=column), result, column * k.lanes)

        def filled(first: Value, last: Value) -> None:
            with k.loop(first, last) as column:
                value = k.vector(spec.filling or 0.0)
                k.store(site.apply(value, pixel=column), result, column * k.lanes)

        if spec.filling is None:
            copied(chunk.first_column, chunk.last_column)
        else:
            left = k.smaller(k.larger(size["first_copied"], chunk.first_column), chunk.last_column)
            right = k.smaller(k.larger(size["last_copied"], left), chunk.last_column)
            # A plane or row that is no copy has no column that is one.
            right = k.select((plane_offset >= 0) & (row_offset >= 0), right, left)
            filled(chunk.first_column, left)
            copied(left, right)
            filled(right, chunk.last_column)
    return k


def copy_arguments(
    axes: Axes,
    channels: tuple[int, int, int],
    n: int,
    lanes: int,
    x: Place,
    y: Place,
    table: int,
    filling: float | None = None,
    stages: Stages = (),
    operands: Sequence[Place] = (),
    results: Sequence[Place] = (),
) -> tuple[Copy, dict[str, int], int]:
    """The kernel, its arguments by name, and the number of chunks.

    Args:
        axes: Which cells are copied.
        channels: Of the input; the first one that is copied; how many are.
        n: Samples.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the result lies.
        table: Address of ``axes.table(x, lanes)``.
        filling: What cells that are no copy hold.
        stages: Of the epilogue.
        operands: The epilogue's operands.
        results: The epilogue's results.
    """
    there, first, count = channels
    block, shift = divmod(first, lanes)
    cells = [axes.planes, axes.rows, axes.columns]
    missing = any((part == NOWHERE).any() for part in cells)
    # With a shift the last block's spare lanes may be those of a block that is read twice.
    cut = count % lanes > 0 and (shift > 0 or first + count < there)
    spec = Copy(shift, cut, (filling or 0.0) if missing else None, stages)
    planes, rows, columns = (part.size for part in cells)
    sizes, chunks = chunk_arguments(n, -(-count // lanes), planes, rows, columns)
    inside = np.flatnonzero(axes.columns != NOWHERE)
    own = {
        "table": table,
        "planes": planes,
        "rows": rows,
        "x_blocks": -(-there // lanes) - block,
        "first_copied": int(inside[0]) if inside.size else columns,
        "last_copied": int(inside[-1]) + 1 if inside.size else columns,
    }
    origin = replace(x, address=x.address + 4 * block * x.block)
    more = epilogue_arguments(stages, count, operands, results, spec.keeps_zero)
    return spec, {**sizes, **origin.arguments("x"), **y.arguments("y"), **own, **more}, chunks
