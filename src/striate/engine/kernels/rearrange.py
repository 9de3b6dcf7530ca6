"""Copying single numbers between channels and cells in blocked layout: DepthToSpace and SpaceToDepth.

Each lane of a result's vector comes from a place of its own: a table says how far from the cell it is read. The cells
that are read, and those that are written, may be some steps apart. ``lanes`` loads and one store a vector.

Cost: a load and an insertion a number. Exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.epilogue import Epilogue, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place, Walker, extents
from striate.graph import Array


@dataclass(frozen=True, slots=True)
class Rearrange:
    """What the kernel is specialised on.

    Args:
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.
    """

    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"rearrange{epilogue_name(self.stages)}"


def emit_rearrange(spec: Rearrange, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the positions of one sample and one block of the result's channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x", strided=True), Walker(k, "y", strided=True)
    rows, table = k.size("rows"), k.pointer("table")
    # Spare lanes read what is at hand, and are cleared.
    epilogue = Epilogue(k, spec.stages, keeps_zero=False, strided=True)
    offsets = [k.load_size(table, chunk.block * k.lanes + lane) for lane in range(k.lanes)]
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        source = x.at(chunk.sample, k.integer(0), plane, row)
        result = y.at(chunk.sample, chunk.block, plane, row)
        site = epilogue.site(chunk.sample, chunk.block, plane, row)
        with k.loop(chunk.first_column, chunk.last_column) as column:
            cell = k.at(source, column * x.column)
            value = k.vector_of([k.load_scalar(cell, offset) for offset in offsets])
            k.store(site.apply(value, pixel=column), result, column * y.column)
    return k


def lane_table(offsets: Array, lanes: int) -> Array:
    """The table that the kernel reads, int64, from the floats between a cell and what each channel of the result is."""
    table = np.zeros(-(-offsets.size // lanes) * lanes, np.int64)
    table[: offsets.size] = offsets
    return table


def rearrange_arguments(
    shape: tuple[int, ...], lanes: int, x: Place, target: Target, table: int
) -> tuple[Rearrange, dict[str, int], int]:
    """The kernel, its arguments by name, and the number of chunks.

    Args:
        shape: (n, c, *spatial) of what is written.
        lanes: Channels in a block.
        x: The first cell that is read, and the steps from one to the next.
        target: Where the results go.
        table: Address of :func:`lane_table`.
    """
    planes, rows, columns = extents(shape[2:])
    sizes, chunks = chunk_arguments(shape[0], -(-shape[1] // lanes), planes, rows, columns, lanes)
    places = x.arguments("x", strided=True) | target.y.arguments("y", strided=True)
    own = {"rows": rows, "table": table}
    more = epilogue_arguments(target.stages, shape[1], target.operands, target.results, keeps_zero=False, strided=True)
    return Rearrange(target.stages), {**sizes, **places, **own, **more}, chunks
