"""Normalization over the channels of each cell in blocked layout: layer norm of (n, c), root mean square, norms.

In passes over the blocks of a cell: statistics, then the results. The mean is found as in
:mod:`striate.engine.kernels.moments`, from the cell's first channel, so that a mean far from zero costs no digits.

    "mean": y = (x - mean) / divisor * weight + bias, divisor of the variance
    "rms":  y = x / divisor * weight, divisor of the mean square
    "l1", "l2": y = x / norm, or x where the norm is 0

Cost: three reads of a cell (two without a mean), from cache but for the first. Error bound: with T = blocks +
log2(lanes) + 4, ``2*T * 2^-24 * (|y - bias| + |weight|) + 2^-24 * |y|`` for "mean", ``T * 2^-24 * |y|`` for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.epilogue import Epilogue, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.moments import Scaling
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value
from striate.errors import ParameterError

KINDS = ("mean", "rms", "l1", "l2")


@dataclass(frozen=True, slots=True)
class CellNorm:
    """What the kernel is specialised on.

    Args:
        kind: "mean", "rms", "l1" or "l2".
        scaling: The divisor of "mean" and "rms", which must have one.
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.

    Raises:
        ParameterError: The kind is not known, or its scaling is missing or one too many.
    """

    kind: str
    scaling: Scaling | None = None
    stages: Stages = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(f'normalization (="{self.kind}") must be one of {", ".join(KINDS)}')
        if (self.kind in ("mean", "rms")) != self.weighted:
            raise ParameterError(f'normalization "{self.kind}" has scaling {self.scaling}; "mean" and "rms" have one')

    @property
    def weighted(self) -> bool:
        """Whether it has a scaling, weights and biases."""
        return self.scaling is not None

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        scaling = f"_{self.scaling.name}" if self.scaling else ""
        return f"cell_norm_{self.kind}{scaling}{epilogue_name(self.stages)}"


def emit_cell_norm(spec: CellNorm, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample, all channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x"), Walker(k, "y")
    rows, blocks, count = (k.size(name) for name in ("rows", "channel_blocks", "count"))
    weight, bias = (k.pointer("weight"), k.pointer("bias")) if spec.weighted else (None, None)
    # Spare lanes may come out other than zero where a statistic is infinite or NaN.
    epilogue = Epilogue(k, spec.stages, keeps_zero=False)
    last, zero = blocks - 1, k.integer(0)
    used = k.lanes_below(count - last * k.lanes)
    number = k.broadcast(k.float_of(count))
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        with k.loop(chunk.first_column, chunk.last_column) as column:
            source = x.at(chunk.sample, zero, plane, row, column)
            result = y.at(chunk.sample, zero, plane, row, column)

            def total(value: Callable[[Value], Value], source: Value = source) -> Value:
                """Sum over all channels, in every lane."""
                sums = k.variable(k.vector(0.0))
                with k.loop(0, last) as block:
                    sums.set(sums() + value(k.load(source, block * x.block)))
                rest = k.select(used, value(k.load(source, last * x.block)), k.vector(0.0))
                return k.across(sums() + rest, Value.__add__)

            r, d, factor = _statistics(k, spec, total, k.broadcast(k.load_scalar(source)), number)
            with k.loop(0, blocks) as block:
                value = k.load(source, block * x.block)
                if r is not None and d is not None:
                    value = (value - r) - d
                value = value * factor
                if weight is not None and bias is not None:
                    value = k.fma(value, k.load(weight, block * k.lanes), k.load(bias, block * k.lanes))
                site = epilogue.site(chunk.sample, block, plane, row, column)
                k.store(site.apply(value), result, block * y.block)
    return k


def _statistics(
    k: Emit, spec: CellNorm, total: Callable[[Callable[[Value], Value]], Value], first: Value, count: Value
) -> tuple[Value | None, Value | None, Value]:
    """What is taken away, in two parts, and the factor."""
    one = k.vector(1.0)
    match spec.kind, spec.scaling:
        case "mean", Scaling() as scaling:
            r = first + total(lambda value: value - first) / count
            d = total(lambda value: value - r) / count

            def square(value: Value) -> Value:
                off = (value - r) - d
                return off * off

            return r, d, scaling.factor(k, one, total(square) / count)
        case "rms", Scaling() as scaling:
            return None, None, scaling.factor(k, one, total(lambda value: value * value) / count)
        case "l1", _:
            norm = total(k.absolute)
        case _:
            norm = k.square_root(total(lambda value: value * value))
    return None, None, one / k.select(norm <= 0.0, one, norm)


def cell_norm_arguments(
    spec: CellNorm,
    shape: tuple[int, ...],
    lanes: int,
    x: Place,
    y: Place,
    weight: int,
    bias: int,
    operands: Sequence[Place] = (),
    results: Sequence[Place] = (),
) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        spec: The kernel.
        shape: (n, c, *spatial), not empty.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the result lies; it may be the same place.
        weight: Address of a number for each channel, zero in spare lanes; not read by "l1" and "l2".
        bias: The same.
        operands: The epilogue's operands.
        results: The epilogue's results.
    """
    planes, rows, columns = extents(shape[2:])
    blocks = -(-shape[1] // lanes)
    sizes, chunks = chunk_arguments(shape[0], 1, planes, rows, columns, 4 * blocks)
    own = {"rows": rows, "channel_blocks": blocks, "count": shape[1]}
    if spec.weighted:
        own |= {"weight": weight, "bias": bias}
    stages = epilogue_arguments(spec.stages, shape[1], operands, results, keeps_zero=False)
    return {**sizes, **x.arguments("x"), **y.arguments("y"), **own, **stages}, chunks
