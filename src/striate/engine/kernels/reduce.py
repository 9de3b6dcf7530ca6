"""Reductions over all spatial axes in blocked layout: what global pooling and spatial means are.

Each channel's map becomes one number: rows are reduced by ``SUMS`` registers in turn, so that neither the latency of an
addition nor a long chain of roundings is felt, and rows are combined in order. The order does not depend on threads.

Cost: bandwidth. Error bound of sums: ``|error| <= (columns/SUMS + SUMS + planes*rows) * 2^-24 * sum |x|``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.epilogue import Epilogue, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value
from striate.errors import ParameterError

KINDS = ("mean", "sum", "max", "min", "l1", "l2", "sum_square")
# Partial sums of a row.
SUMS = 8


@dataclass(frozen=True, slots=True)
class Reduce:
    """What a reduction is specialised on.

    Args:
        kind: "mean", "sum", "max", "min", "l1", "l2" or "sum_square".
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.

    Raises:
        ParameterError: The kind is not known.
    """

    kind: str
    stages: Stages = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(f'reduction (="{self.kind}") must be one of {", ".join(KINDS)}')

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"reduce_{self.kind}{epilogue_name(self.stages)}"

    @property
    def start(self) -> float:
        """What an empty reduction gives."""
        return {"max": float("-inf"), "min": float("inf")}.get(self.kind, 0.0)


def emit_reduce(spec: Reduce, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one sample and one block of channels."""
    k = Emit(spec.name, target)
    x, y = Walker(k, "x"), Walker(k, "y")
    planes, rows, columns, blocks = (k.size(name) for name in ("planes", "rows", "columns", "blocks"))
    epilogue = Epilogue(k, spec.stages)
    sample, block, zero = k.chunk // blocks, k.chunk % blocks, k.integer(0)
    total = k.variable(k.vector(spec.start))
    with k.loop(0, planes) as plane, k.loop(0, rows) as row:
        line = x.at(sample, block, plane, row)
        sums = [k.variable(k.vector(spec.start)) for _ in range(SUMS)]
        whole = columns // SUMS * SUMS
        with k.loop(0, whole, SUMS) as column:
            for i, part in enumerate(sums):
                part.set(_taken(k, spec.kind, part(), k.load(line, (column + i) * k.lanes)))
        with k.loop(whole, columns) as column:
            sums[0].set(_taken(k, spec.kind, sums[0](), k.load(line, column * k.lanes)))
        parts = [part() for part in sums]
        while len(parts) > 1:
            parts = [_combined(k, spec.kind, a, b) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        total.set(_combined(k, spec.kind, total(), parts[0]))
    result = total()
    if spec.kind == "mean":
        result = result / k.broadcast(k.float_of(planes * rows * columns))
    elif spec.kind == "l2":
        result = k.square_root(result)
    site = epilogue.site(sample, block, zero, zero)
    k.store(site.apply(result), y.at(sample, block, zero, zero))
    return k


def _taken(k: Emit, kind: str, total: Value, value: Value) -> Value:
    if kind in ("l2", "sum_square"):
        return k.fma(value, value, total)
    return _combined(k, kind, total, k.absolute(value) if kind == "l1" else value)


def _combined(k: Emit, kind: str, a: Value, b: Value) -> Value:
    match kind:
        case "max":
            return k.maximum_or_nan(b, a)
        case "min":
            return k.minimum_or_nan(b, a)
        case _:
            return a + b


def reduce_arguments(
    spec: Reduce,
    shape: tuple[int, ...],
    lanes: int,
    x: Place,
    y: Place,
    operands: Sequence[Place] = (),
    results: Sequence[Place] = (),
) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        spec: The kernel.
        shape: (n, c, *spatial) of the input; no spatial axis is empty.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the output (n, c, 1, ...) lies.
        operands: The epilogue's operands.
        results: The epilogue's results.
    """
    planes, rows, columns = extents(shape[2:])
    blocks = -(-shape[1] // lanes)
    own = {"planes": planes, "rows": rows, "columns": columns, "blocks": blocks}
    stages = epilogue_arguments(spec.stages, shape[1], operands, results)
    return {**x.arguments("x"), **y.arguments("y"), **own, **stages}, shape[0] * blocks
