"""Softmax over the channels of each cell in blocked layout, and its logarithm.

``y[c] = exp(x[c] - m) / sum over c of exp(x[c] - m)`` with m the largest x of the cell, in passes over its blocks: the
maximum, the exponentials, their sum, the division. Lanes beyond the last channel take no part and come out 0.

Cost: one exponential and one division a number. Error bound: ``(blocks + log2(lanes) + 4 + |x - m|) * 2^-23`` relative,
the last part being the rounding of x - m; of the logarithm ``(blocks + log2(lanes) + 4) * 2^-23 * (1 + |y|)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.elementary import exp, log
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value


@dataclass(frozen=True, slots=True)
class Softmax:
    """What a softmax kernel is specialised on.

    Args:
        logarithm: Whether the result's logarithm is wanted.
    """

    logarithm: bool = False

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return "log_softmax" if self.logarithm else "softmax"


def emit_softmax(spec: Softmax, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample, all channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x"), Walker(k, "y")
    rows, blocks, channels = (k.size(name) for name in ("rows", "channel_blocks", "channels"))
    last = blocks - 1
    used = k.lanes_below(channels - last * k.lanes)
    zero = k.integer(0)
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        with k.loop(chunk.first_column, chunk.last_column) as column:
            source = x.at(chunk.sample, zero, plane, row, column)
            result = y.at(chunk.sample, zero, plane, row, column)

            def masked(value: Value, otherwise: float) -> Value:
                return k.select(used, value, k.vector(otherwise))

            def read(block: Value, pointer: Value = source, step: Value = x.block) -> Value:
                return k.load(pointer, block * step)

            largest = _folded(k, last, float("-inf"), k.maximum_or_nan, read, masked)
            if spec.logarithm:
                total = _folded(k, last, 0.0, Value.__add__, lambda b: exp(k, read(b) - largest), masked)
                shift = log(k, total)
                _written(k, last, result, y.block, lambda b: read(b) - largest - shift, masked)
            else:
                _written(k, last, result, y.block, lambda b: exp(k, read(b) - largest), masked)
                again = _folded(k, last, 0.0, Value.__add__, lambda b: k.load(result, b * y.block), masked)
                _written(k, last, result, y.block, lambda b: k.load(result, b * y.block) / again, masked)
    return k


def _folded(
    k: Emit,
    last: Value,
    start: float,
    combine: Callable[[Value, Value], Value],
    value: Callable[[Value], Value],
    masked: Callable[[Value, float], Value],
) -> Value:
    """All channels of a cell combined, in every lane."""
    total = k.variable(k.vector(start))
    with k.loop(0, last) as block:
        total.set(combine(total(), value(block)))
    return k.across(combine(total(), masked(value(last), start)), combine)


def _written(
    k: Emit,
    last: Value,
    result: Value,
    step: Value,
    value: Callable[[Value], Value],
    masked: Callable[[Value, float], Value],
) -> None:
    with k.loop(0, last) as block:
        k.store(value(block), result, block * step)
    k.store(masked(value(last), 0.0), result, last * step)


def softmax_arguments(shape: tuple[int, ...], lanes: int, x: Place, y: Place) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        shape: (n, c, *spatial), not empty.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the result lies; it may be the same place.
    """
    planes, rows, columns = extents(shape[2:])
    blocks = -(-shape[1] // lanes)
    sizes, chunks = chunk_arguments(shape[0], 1, planes, rows, columns, 8 * blocks)
    own = {"rows": rows, "channel_blocks": blocks, "channels": shape[1]}
    return {**sizes, **x.arguments("x"), **y.arguments("y"), **own}, chunks
