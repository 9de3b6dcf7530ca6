"""Conversions at the graph's edges: plain arrays into blocked values and back.

Where cells of a row follow one another (channels first), ``lanes`` rows of ``lanes`` cells are read as vectors,
transposed in registers, and written as vectors: a matrix is transposed by log2(lanes) rounds in which blocks of half
the size change places (J. O. Eklundh, A fast computer method for matrix transposing, 1972). Where channels follow one
another (channels last), vectors are copied as they are. Any other strides are followed number by number.

Cost: bandwidth, and ``log2(lanes)`` shuffles a vector; with other strides a load and a store a number. Exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import Chunk, chunk_arguments, declare_chunk
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value

AXES = ("sample", "channel", "plane", "row", "column")


@dataclass(frozen=True, slots=True)
class Pack:
    """What a conversion is specialised on.

    Args:
        neighbours: What follows one another in the plain array: "cells", "channels" or "none".
        backwards: From blocked to plain.
    """

    neighbours: str
    backwards: bool = False

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"{'unpack' if self.backwards else 'pack'}_{self.neighbours}"


@dataclass(frozen=True, slots=True)
class Plain:
    """Where a plain array lies, and floats between neighbours along its axes.

    Args:
        address: Of its first number, in bytes.
        sample: Floats to the next sample.
        channel: Floats to the next channel.
        plane: Floats to the next plane.
        row: Floats to the next row.
        column: Floats to the next column.
    """

    address: int
    sample: int
    channel: int
    plane: int = 0
    row: int = 0
    column: int = 1

    @classmethod
    def of(cls, address: int, strides: Sequence[int]) -> Plain:
        """From the floats between neighbours along (n, c, *spatial)."""
        sample, channel, *spatial = strides
        plane, row, column = [0, 0, 1, *spatial][-3:] if spatial else (0, 0, 1)
        return cls(address, sample, channel, plane, row, column)

    @property
    def neighbours(self) -> str:
        """What follows one another in memory."""
        if self.channel == 1:
            return "channels"
        return "cells" if self.column == 1 else "none"


def emit_pack(spec: Pack, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    blocked = Walker(k, "blocked")
    plain = k.pointer("plain")
    step = {axis: k.size(f"plain_{axis}") for axis in AXES}
    rows, channels = k.size("rows"), k.size("channels")
    left = k.smaller(channels - chunk.block * k.lanes, k.integer(k.lanes))
    base = k.at(plain, chunk.sample * step["sample"] + chunk.block * k.lanes * step["channel"])
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        there = k.at(base, plane * step["plane"] + row * step["row"])
        here = blocked.at(chunk.sample, chunk.block, plane, row)
        match spec.neighbours:
            case "cells":
                _transposed(k, spec.backwards, chunk, here, there, step["channel"], left)
            case "channels":
                _copied(k, spec.backwards, chunk, here, there, step["column"], left)
            case _:
                _one_by_one(k, spec.backwards, chunk, here, there, step, left)
    return k


def _transposed(k: Emit, backwards: bool, chunk: Chunk, here: Value, there: Value, channel: Value, left: Value) -> None:
    whole = chunk.first_column + (chunk.last_column - chunk.first_column) // k.lanes * k.lanes
    tile = _tile_to_plain if backwards else _tile_to_blocked
    with k.loop(chunk.first_column, whole, k.lanes) as column:
        tile(k, here, there, column, k.integer(k.lanes), channel, left, True)
    with k.when(whole < chunk.last_column):
        tile(k, here, there, whole, chunk.last_column - whole, channel, left, False)


def _tile_to_blocked(
    k: Emit, here: Value, there: Value, column: Value, count: Value, channel: Value, left: Value, whole: bool
) -> None:
    """Some cells, at most ``lanes``, of a block's channels, of which the last block may have fewer."""
    cells, zero = k.lanes_below(count), k.vector(0.0)
    vectors: list[Value] = []
    for i in range(k.lanes):
        # A channel that is not there is read from the last one that is, and cleared.
        place = k.at(there, k.smaller(left - 1, k.integer(i)) * channel)
        vector = k.load(place, column, aligned=False) if whole else k.load_some(cells, place, column)
        vectors.append(k.select(left > i, vector, zero))
    for i, vector in enumerate(transposed(k, vectors)):
        place = k.at(here, (column + i) * k.lanes)
        if whole:
            k.store(vector, place)
        else:
            with k.when(count > i):
                k.store(vector, place)


def _tile_to_plain(
    k: Emit, here: Value, there: Value, column: Value, count: Value, channel: Value, left: Value, whole: bool
) -> None:
    cells = k.lanes_below(count)
    # A cell that is not there is read from the last one that is, and not written.
    vectors = [k.load(here, (column + k.smaller(count - 1, k.integer(i))) * k.lanes) for i in range(k.lanes)]
    for i, vector in enumerate(transposed(k, vectors)):
        with k.when(left > i):
            place = k.at(there, channel * i)
            if whole:
                k.store(vector, place, column, aligned=False)
            else:
                k.store_some(cells, vector, place, column)


def transposed(k: Emit, vectors: Sequence[Value]) -> list[Value]:
    """As many vectors as lanes, as a matrix transposed: lane i of vector j becomes lane j of vector i."""
    current, half = list(vectors), k.lanes // 2
    while half:
        # In every square of side 2*half the upper right and the lower left quarter change places.
        upper = [i if i & half == 0 else k.lanes + (i ^ half) for i in range(k.lanes)]
        lower = [i ^ half if i & half == 0 else k.lanes + i for i in range(k.lanes)]
        for i in range(k.lanes):
            if i & half == 0:
                a, b = current[i], current[i + half]
                current[i], current[i + half] = k.shuffle(a, b, upper), k.shuffle(a, b, lower)
        half //= 2
    return current


def _copied(k: Emit, backwards: bool, chunk: Chunk, here: Value, there: Value, column: Value, left: Value) -> None:
    mask = k.lanes_below(left)
    with k.loop(chunk.first_column, chunk.last_column) as cell:
        place = k.at(there, cell * column)
        if backwards:
            k.store_some(mask, k.load(here, cell * k.lanes), place)
        else:
            k.store(k.load_some(mask, place), here, cell * k.lanes)


def _one_by_one(
    k: Emit, backwards: bool, chunk: Chunk, here: Value, there: Value, step: dict[str, Value], left: Value
) -> None:
    with k.loop(chunk.first_column, chunk.last_column) as cell:
        place, vector = k.at(there, cell * step["column"]), k.at(here, cell * k.lanes)
        if not backwards:
            k.store(k.vector(0.0), vector)
        with k.loop(0, left) as channel:
            if backwards:
                k.store(k.load_scalar(vector, channel), place, channel * step["channel"])
            else:
                k.store(k.load_scalar(place, channel * step["channel"]), vector, channel)


def pack_arguments(
    shape: tuple[int, ...], lanes: int, blocked: Place, plain: Plain, backwards: bool = False
) -> tuple[Pack, dict[str, int], int]:
    """The kernel, its arguments by name, and the number of chunks.

    Args:
        shape: (n, c, *spatial), not empty.
        lanes: Channels in a block.
        blocked: Where the blocked value lies.
        plain: Where the plain array lies.
        backwards: From blocked to plain.
    """
    planes, rows, columns = extents(shape[2:])
    # Rows (and planes) that follow one another without a gap on both sides are one long row.
    if plain.column == 1 and plain.row == columns and blocked.row == columns * lanes:
        rows, columns = 1, rows * columns
        if plain.plane == columns and blocked.plane == columns * lanes:
            planes, columns = 1, planes * columns
    sizes, chunks = chunk_arguments(shape[0], -(-shape[1] // lanes), planes, rows, columns)
    steps = {f"plain_{axis}": getattr(plain, axis) for axis in AXES}
    own = {"plain": plain.address, **steps, "rows": rows, "channels": shape[1]}
    return Pack(plain.neighbours, backwards), {**sizes, **blocked.arguments("blocked"), **own}, chunks
