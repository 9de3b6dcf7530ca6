"""Resizing of maps in blocked layout by weighted cells: linear, cubic, antialiased, in any coordinates.

``y[p, r, q] = sum over a, b, c of u[p, a] * v[r, b] * w[q, c] * x[planes[p, a], rows[r, b], columns[q, c]]``: tables
hold, for each plane, row and column of the result, the cells that it reads and their weights. A few taps are written
out, and the weights of planes and rows stay in registers along a line; many are a loop.

Cost: one load and one operation a tap. Error bound: with T = taps of all axes, added up,
``(T + 4) * 2^-24 * sum |weights * x|``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.epilogue import Epilogue, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.place import Place, Walker
from striate.engine.value import Value
from striate.graph import Array

# Taps of a cell that are written out, at most.
WRITTEN = 8
NAMES = ("plane", "row", "column")


@dataclass(frozen=True, slots=True)
class Resize:
    """What a resizing kernel is specialised on.

    Args:
        taps: Cells that a plane, row and column read, where they are written out; one tap has weight 1. None where
            there are so many that they are a loop.
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.
    """

    taps: tuple[int, int, int] | None
    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        taps = "many" if self.taps is None else "_".join(map(str, self.taps))
        return f"resize_{taps}{epilogue_name(self.stages)}"


@dataclass(frozen=True, slots=True)
class Taps:
    """Along one axis, the cells that each place of the result reads, and their weights.

    Args:
        cells: int64 (places, taps).
        weights: (places, taps).
    """

    cells: Array
    weights: Array

    @classmethod
    def same(cls, length: int) -> Taps:
        """An axis that is not resized."""
        return cls(np.arange(length)[:, None], np.ones((length, 1)))


@dataclass(frozen=True, slots=True)
class Tables:
    """What the kernel reads; the arrays must outlive the runs.

    Args:
        offsets: int64, those of planes, then of rows, then of columns, in floats.
        weights: float32, in the same order.
    """

    offsets: Array
    weights: Array

    @classmethod
    def of(cls, axes: Sequence[Taps], x: Place, lanes: int) -> Tables:
        """For planes, rows and columns of an input that lies at that place."""
        steps = (x.plane, x.row, lanes)
        offsets = [(taps.cells * step).reshape(-1) for taps, step in zip(axes, steps, strict=True)]
        weights = [taps.weights.reshape(-1) for taps in axes]
        return cls(np.concatenate(offsets).astype(np.int64), np.concatenate(weights).astype(np.float32))


def emit_resize(spec: Resize, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the result's map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x"), Walker(k, "y")
    offsets, weights = k.pointer("offsets"), k.pointer("weights")
    planes, rows = k.size("planes"), k.size("rows")
    counts = [k.size(f"{name}_taps") for name in NAMES]
    if spec.taps is not None:
        counts = [k.integer(count) for count in spec.taps]
    epilogue = Epilogue(k, spec.stages)
    zero = k.integer(0)
    source = x.at(chunk.sample, chunk.block, zero, zero)
    rows_at = planes * counts[0]
    columns_at = rows_at + rows * counts[1]
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        site = epilogue.site(chunk.sample, chunk.block, plane, row)
        result = y.at(chunk.sample, chunk.block, plane, row)
        at = [plane * counts[0], rows_at + row * counts[1]]
        reader = _Reader(k, source, offsets, weights, at, counts)
        pairs = reader.pairs(spec.taps) if spec.taps is not None else []
        with k.loop(chunk.first_column, chunk.last_column) as column:
            first = columns_at + column * counts[2]
            total = reader.written(pairs, first, spec.taps[2]) if spec.taps is not None else reader.looped(first)
            k.store(site.apply(total, pixel=column), result, column * k.lanes)
    return k


@dataclass(frozen=True, slots=True)
class _Reader:
    """The taps of one line: where its plane's and its row's entries begin in the tables, and how many there are."""

    k: Emit
    source: Value
    offsets: Value
    weights: Value
    at: Sequence[Value]
    counts: Sequence[Value]

    def pairs(self, taps: tuple[int, int, int]) -> list[tuple[Value, Value | None]]:
        """For each tap of the plane and of the row where it begins, and its weight; None is 1."""
        k = self.k
        found: list[tuple[Value, Value | None]] = []
        for a in range(taps[0]):
            for b in range(taps[1]):
                places = self.at[0] + a, self.at[1] + b
                offset = k.load_size(self.offsets, places[0]) + k.load_size(self.offsets, places[1])
                weight: Value | None = None
                for place, count in zip(places, taps, strict=False):
                    if count > 1:
                        own = k.load_scalar(self.weights, place)
                        weight = own if weight is None else weight * own
                found.append((k.at(self.source, offset), None if weight is None else k.broadcast(weight)))
        return found

    def written(self, pairs: Sequence[tuple[Value, Value | None]], first: Value, taps: int) -> Value:
        """The sum of a cell's taps, those of its column beginning there."""
        k = self.k
        total: Value | None = None
        for c in range(taps):
            offset = k.load_size(self.offsets, first + c)
            part: Value | None = None
            for place, weight in pairs:
                value = k.load(place, offset)
                if weight is not None:
                    value = value * weight if part is None else k.fma(value, weight, part)
                part = value
            assert part is not None
            if taps > 1:
                weight = k.broadcast(k.load_scalar(self.weights, first + c))
                part = part * weight if total is None else k.fma(part, weight, total)
            total = part
        assert total is not None
        return total

    def looped(self, first: Value) -> Value:
        """The same for any number of taps."""
        k = self.k
        total = k.variable(k.vector(0.0))
        planes, rows, columns = self.counts
        with k.loop(self.at[0], self.at[0] + planes) as a, k.loop(self.at[1], self.at[1] + rows) as b:
            offset = k.load_size(self.offsets, a) + k.load_size(self.offsets, b)
            weight = k.load_scalar(self.weights, a) * k.load_scalar(self.weights, b)
            with k.loop(first, first + columns) as c:
                value = k.load(self.source, offset + k.load_size(self.offsets, c))
                factor = k.broadcast(weight * k.load_scalar(self.weights, c))
                total.set(k.fma(value, factor, total()))
        return total()


def resize_arguments(
    axes: Sequence[Taps],
    tables: Tables,
    shape: tuple[int, int],
    lanes: int,
    x: Place,
    y: Place,
    stages: Stages = (),
    operands: Sequence[Place] = (),
    results: Sequence[Place] = (),
) -> tuple[Resize, dict[str, int], int]:
    """The kernel, its arguments by name, and the number of chunks.

    Args:
        axes: Planes, rows and columns.
        tables: Made of them.
        shape: Samples and channels.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the result lies.
        stages: Of the epilogue.
        operands: The epilogue's operands.
        results: The epilogue's results.
    """
    n, channels = shape
    planes, rows, columns = (taps.cells.shape[1] for taps in axes)
    count = prod((planes, rows, columns))
    spec = Resize((planes, rows, columns) if count <= WRITTEN else None, stages)
    lengths = [len(taps.cells) for taps in axes]
    sizes, chunks = chunk_arguments(n, -(-channels // lanes), lengths[0], lengths[1], lengths[2], max(1, count // 2))
    own = {
        "offsets": tables.offsets.ctypes.data,
        "weights": tables.weights.ctypes.data,
        "planes": lengths[0],
        "rows": lengths[1],
    }
    own |= {f"{name}_taps": taps for name, taps in zip(NAMES, (planes, rows, columns), strict=True)}
    more = epilogue_arguments(stages, channels, operands, results)
    return spec, {**sizes, **x.arguments("x"), **y.arguments("y"), **own, **more}, chunks
