"""Copying a blocked value's channels into those of a larger one, from any channel on: what Concat is, input by input.

If the first channel is a multiple of the lanes, whole vectors are copied (or nothing is: the producer may have written
there already). Else every vector of the result takes the last lanes of one input block and the first of the next; which
ones is spelled into the kernel. The first vector keeps the lanes that the input before it has filled, so inputs are
copied in order, one step each; what the last vector gets beyond the input's channels is zero, until the next one comes.

Cost: bandwidth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value


@dataclass(frozen=True, slots=True)
class Concat:
    """What a copy of channels is specialised on.

    Args:
        shift: The lane at which the input's first channel goes: the channel modulo the lanes.
    """

    shift: int

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"concat_{self.shift}"


def emit_concat(spec: Concat, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample and one block of the result."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x"), Walker(k, "y")
    rows, x_blocks = k.size("rows"), k.size("x_blocks")
    shift, lanes = spec.shift, k.lanes
    block = chunk.block

    def copied(pick: Callable[[Value, Value], Value]) -> None:
        with k.loop(chunk.first_line, chunk.last_line) as line:
            plane, row = line // rows, line % rows
            source = x.at(chunk.sample, block, plane, row)
            result = y.at(chunk.sample, block, plane, row)
            with k.loop(chunk.first_column, chunk.last_column) as column:
                cell = column * lanes
                k.store(pick(k.at(source, cell), k.at(result, cell)), result, cell)

    if shift == 0:
        copied(lambda source, result: k.load(source))
        return k
    kept = [*range(shift), *range(lanes, 2 * lanes - shift)]
    across = [lanes - shift + i for i in range(lanes)]
    before = k.integer(0) - x.block
    with k.when(k.equal(block, 0)):
        copied(lambda source, result: k.shuffle(k.load(result), k.load(source), kept))
    with k.when((block > 0) & (block < x_blocks)):
        copied(lambda source, result: k.shuffle(k.load(source, before), k.load(source), across))
    with k.when(block >= x_blocks):
        copied(lambda source, result: k.shuffle(k.load(source, before), k.vector(0.0), across))
    return k


def concat_arguments(
    shape: tuple[int, ...], lanes: int, first_channel: int, x: Place, y: Place
) -> tuple[Concat, dict[str, int], int]:
    """The kernel, its arguments by name, and the number of chunks.

    Args:
        shape: (n, c, *spatial) of the input.
        lanes: Channels in a block.
        first_channel: The result's channel at which the input's first one goes.
        x: Where the input lies.
        y: Where the whole result lies.
    """
    planes, rows, columns = extents(shape[2:])
    block, shift = divmod(first_channel, lanes)
    sizes, chunks = chunk_arguments(shape[0], -(-(shift + shape[1]) // lanes), planes, rows, columns)
    target = Place(y.address + 4 * block * y.block, y.sample, y.block, y.plane, y.row)
    own = {"rows": rows, "x_blocks": -(-shape[1] // lanes)}
    return Concat(shift), {**sizes, **x.arguments("x"), **target.arguments("y"), **own}, chunks
