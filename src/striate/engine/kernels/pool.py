"""Pooling of windows in blocked layout: maximum, mean or norm, lanes over channels.

The textbook's loop over output cells and the taps of each cell's window. A table says for each output plane, row and
column which taps lie inside the input (where the first one is, and how many there are), so that padding is never read
and stride, dilation and ceil_mode are no code; one compiled kernel serves every window. Columns whose window has all
its taps inside go ``TILE`` at a time, each with its own register, to hide the latency of a chain of maxima or sums.

Cost: one load and one operation for each tap. Error bound of the mean and the norms: a chain of T additions,
``|error| <= (T + 2) * 2^-24 * mean |x|`` to first order; the maximum is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from striate.arithmetic import Pads
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.epilogue import Epilogue, Site, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.place import Place, Walker
from striate.engine.value import Value
from striate.errors import ParameterError
from striate.graph import Array

KINDS = ("max", "average", "l1", "l2")
# Output columns at a time.
TILE = 4
# Whole numbers in the table for each output plane, row or column: offset of the first tap, taps, what to divide by.
ENTRY = 3


@dataclass(frozen=True, slots=True)
class Pool:
    """What a pooling kernel is specialised on.

    Args:
        kind: "max", "average", "l1" (sum of sizes) or "l2" (root of the sum of squares).
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.

    Raises:
        ParameterError: The kind is not known.
    """

    kind: str
    stages: Stages = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(f'pooling kind (="{self.kind}") must be one of {", ".join(KINDS)}')

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"pool_{self.kind}{epilogue_name(self.stages)}"

    @property
    def keeps_zero(self) -> bool:
        """Whether spare lanes come out zero: not the maximum of a window without taps, which is minus infinity."""
        return self.kind != "max"


@dataclass(frozen=True, slots=True)
class _Taps:
    """The taps along one axis: pointer offset of the first, how many, the step between two, and the divisor."""

    first: Value
    count: Value
    step: Value
    divisor: Value


def emit_pool(spec: Pool, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the output map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x"), Walker(k, "y")
    table = k.pointer("table")
    names = "planes rows plane_step row_step column_step column_stride first_whole last_whole"
    size = {name: k.size(name) for name in names.split()}
    epilogue = Epilogue(k, spec.stages, spec.keeps_zero)
    zero = k.integer(0)
    source = x.at(chunk.sample, chunk.block, zero, zero)

    def taps(entry: Value, step: Value) -> _Taps:
        at = entry * ENTRY
        return _Taps(k.load_size(table, at), k.load_size(table, at + 1), step, k.load_size(table, at + 2))

    def cells(site: Site, place: Value, axes: tuple[_Taps, _Taps, _Taps], column: Value, count: int) -> None:
        totals = _window(k, spec.kind, source, axes, size["column_stride"], count)
        divisor = axes[0].divisor * axes[1].divisor * axes[2].divisor
        for p, total in enumerate(totals):
            value = _finished(k, spec.kind, total, divisor)
            k.store(site.apply(value, pixel=column + p), place, (column + p) * k.lanes)

    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // size["rows"], line % size["rows"]
        site = epilogue.site(chunk.sample, chunk.block, plane, row)
        place = y.at(chunk.sample, chunk.block, plane, row)
        planes, rows = taps(plane, size["plane_step"]), taps(size["planes"] + row, size["row_step"])
        columns_at = size["planes"] + size["rows"]

        def several(column: Value, count: int) -> None:
            columns = taps(columns_at + column, size["column_step"])
            cells(site, place, (planes, rows, columns), column, count)

        # Before, within and behind the columns whose windows lie inside; what is left over of these goes with the last.
        left = k.smaller(k.larger(size["first_whole"], chunk.first_column), chunk.last_column)
        right = k.smaller(k.larger(size["last_whole"], left), chunk.last_column)
        middle = left + (right - left) // TILE * TILE
        with k.loop(chunk.first_column, left) as column:
            several(column, 1)
        with k.loop(left, middle, TILE) as column:
            several(column, TILE)
        with k.loop(middle, chunk.last_column) as column:
            several(column, 1)
    return k


def _window(
    k: Emit, kind: str, source: Value, axes: tuple[_Taps, _Taps, _Taps], stride: Value, count: int
) -> list[Value]:
    """The maxima or sums of the windows of neighbouring columns."""
    planes, rows, columns = axes
    totals = [k.variable(k.vector(float("-inf") if kind == "max" else 0.0)) for _ in range(count)]
    start = planes.first + rows.first + columns.first
    with k.loop(0, planes.count) as a, k.loop(0, rows.count) as b, k.loop(0, columns.count) as c:
        tap = k.at(source, start + a * planes.step + b * rows.step + c * columns.step)
        for p, total in enumerate(totals):
            value = k.load(tap, stride * p)
            match kind:
                case "max":
                    total.set(k.maximum_or_nan(value, total()))
                case "average":
                    total.set(total() + value)
                case "l1":
                    total.set(total() + k.absolute(value))
                case _:
                    total.set(k.fma(value, value, total()))
    return [total() for total in totals]


def _finished(k: Emit, kind: str, total: Value, divisor: Value) -> Value:
    match kind:
        case "average":
            return total / k.broadcast(k.float_of(divisor))
        case "l2":
            return k.square_root(total)
        case _:
            return total


@dataclass(frozen=True, slots=True)
class PoolWindow:
    """The window along one axis, in cells.

    Args:
        length: Cells of the input.
        positions: Cells of the output.
        kernel: Taps.
        stride: Cells between two positions.
        padding: Cells before and after the input.
        dilation: Cells between two taps.
    """

    length: int
    positions: int
    kernel: int = 1
    stride: int = 1
    padding: tuple[int, int] = (0, 0)
    dilation: int = 1

    def inside(self) -> tuple[Array, Array]:
        """For each position the first tap inside the input, and how many taps are; int64."""
        start = np.arange(self.positions, dtype=np.int64) * self.stride - self.padding[0]
        first = np.clip(-(start // self.dilation), 0, self.kernel)
        end = np.clip(-((start - self.length) // self.dilation), 0, self.kernel)
        return first, np.maximum(end - first, 0)

    def padded_taps(self) -> Array:
        """For each position how many taps lie in the input or its padding; int64, at least 1."""
        start = np.arange(self.positions, dtype=np.int64) * self.stride
        room = self.length + sum(self.padding)
        return np.clip(-((start - room) // self.dilation), 1, self.kernel)


def pool_windows(
    lengths: Sequence[int],
    positions: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Pads,
    dilation: Sequence[int],
) -> tuple[PoolWindow, PoolWindow, PoolWindow]:
    """The windows along planes, rows and columns of a map with up to three spatial axes."""
    given = [PoolWindow(*facts) for facts in zip(lengths, positions, kernel, stride, padding, dilation, strict=True)]
    planes, rows, columns = [PoolWindow(1, 1)] * (3 - len(given)) + given
    return planes, rows, columns


def pool_table(windows: tuple[PoolWindow, PoolWindow, PoolWindow], x: Place, lanes: int, include_pad: bool) -> Array:
    """The table that the kernel reads, int64 (planes + rows + columns of the output, 3); it must outlive the runs.

    Args:
        windows: Along planes, rows and columns.
        x: Where the input lies.
        lanes: Channels in a block.
        include_pad: Whether padding counts in what a mean is divided by.
    """
    parts: list[Array] = []
    for window, step in zip(windows, (x.plane, x.row, lanes), strict=True):
        first, count = window.inside()
        start = np.arange(window.positions) * window.stride - window.padding[0] + first * window.dilation
        divisor = window.padded_taps() if include_pad else np.maximum(count, 1)
        parts.append(np.stack([np.where(count > 0, start, 0) * step, count, divisor], axis=1))
    return np.ascontiguousarray(np.concatenate(parts), np.int64)


def pool_arguments(
    spec: Pool,
    n: int,
    channels: int,
    windows: tuple[PoolWindow, PoolWindow, PoolWindow],
    lanes: int,
    x: Place,
    y: Place,
    table: int,
    operands: Sequence[Place] = (),
    results: Sequence[Place] = (),
) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        spec: The kernel.
        n: Samples.
        channels: Channels.
        windows: Along planes, rows and columns.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the output lies.
        table: Address of :func:`pool_table`.
        operands: The epilogue's operands.
        results: The epilogue's results.
    """
    planes, rows, columns = windows
    taps = planes.kernel * rows.kernel * columns.kernel
    sizes, chunks = chunk_arguments(
        n, -(-channels // lanes), planes.positions, rows.positions, columns.positions, max(1, taps // 2)
    )
    whole = np.flatnonzero(columns.inside()[1] == columns.kernel)
    own = {
        "table": table,
        "planes": planes.positions,
        "rows": rows.positions,
        "plane_step": planes.dilation * x.plane,
        "row_step": rows.dilation * x.row,
        "column_step": columns.dilation * lanes,
        "column_stride": columns.stride * lanes,
        "first_whole": int(whole[0]) if whole.size else 0,
        "last_whole": int(whole[-1]) + 1 if whole.size else 0,
    }
    stages = epilogue_arguments(spec.stages, channels, operands, results, spec.keeps_zero)
    return {**sizes, **x.arguments("x"), **y.arguments("y"), **own, **stages}, chunks
