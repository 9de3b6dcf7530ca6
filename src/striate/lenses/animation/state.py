"""A plain state, which belongs to no network, as a run: one op on the numbers given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from striate.arguments import expect_flag, one_of, real_array
from striate.arithmetic import AutoPad, Pads, whole_numbers
from striate.engine import Recording
from striate.engine.limits import require_memory
from striate.errors import InvalidError, NonFiniteError, ParameterError, ShapeError
from striate.graph import Array, GraphBuilder, LayerView, Model, Op, type_of
from striate.lenses.animation.walk import Numbers
from striate.ops import AveragePool, Conv, ConvTranspose, MaxPool

Padding = int | str | Sequence[int] | Sequence[tuple[int, int]]
MOST_AXES = 3
POOLS = ("max", "average")


def convolution_state(
    x: Numbers,
    weight: Numbers,
    bias: Numbers | None,
    stride: int | Sequence[int],
    padding: Padding,
    dilation: int | Sequence[int],
    groups: int,
    transposed: bool,
) -> Recording:
    """A convolution, or a transposed one, of one sample.

    Args:
        x: (c, *spatial).
        weight: (k, c/groups, *kernel); (c, k/groups, *kernel) of a transposed one.
        bias: (k,), or None.
        stride: Cells between two positions.
        padding: Zeros around, see :func:`striate.animate`; cells cut from the result of a transposed one.
        dilation: Cells between two taps.
        groups: Parts that the channels are cut into.
        transposed: Whether it is transposed.
    """
    axes = x.ndim - 1
    (parts,) = _per_axis(groups, 1, "groups")
    expect_flag(transposed, "transposed")
    sizes = _per_axis(stride, axes, "stride"), _pads(padding, axes), _per_axis(dilation, axes, "dilation"), parts
    op = ConvTranspose(*sizes) if transposed else Conv(*sizes)
    return _run(op, x, weight, bias)


def pooling_state(
    x: Numbers,
    kind: str,
    size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    padding: Padding,
    dilation: int | Sequence[int],
) -> Recording:
    """A pooling of one sample (c, *spatial); the stride is the window's size if None."""
    one_of(kind, POOLS, "pool")
    axes = x.ndim - 1
    kernel, gaps = _per_axis(size, axes, "size"), _per_axis(dilation, axes, "dilation")
    steps = kernel if stride is None else _per_axis(stride, axes, "stride")
    make = MaxPool if kind == "max" else AveragePool
    return _run(make(kernel, steps, _pads(padding, axes), gaps), x, None, None)


def numbers_of(given: npt.ArrayLike, what: str) -> Numbers:
    """What was given, as float64.

    Raises:
        ShapeError, NonFiniteError: It holds no finite real numbers.
    """
    try:
        array = real_array(given, what)
    except InvalidError as error:
        raise ShapeError(f"{what} must be an array of numbers, with the same length in every row: {error}") from error
    if not array.size:
        raise ShapeError(f"{what} must be an array of numbers, with the same length in every row; it is empty")
    require_memory(8 * array.size, f"{what} in float64")
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise NonFiniteError(f"{what} holds NaN or infinity, expected finite numbers")
    return numbers


def _run(op: Op, x: Numbers, weight: Numbers | None, bias: Numbers | None) -> Recording:
    name = op.kind.lower()
    build = GraphBuilder(name)
    operands: list[str | None] = [build.input("input", np.float64, (1, *x.shape))]
    given = {"weight": weight, "bias": bias}
    operands += [build.constant(array, key) for key, array in given.items() if array is not None]
    outputs = build.add(op, operands, name)
    graph = build.finish(outputs)
    kinds = [type_of(array) for array in (x[None], weight, bias) if array is not None]
    results = op.infer(kinds)
    require_memory(sum(result.nbytes for result in results) + op.workspace(kinds, results), f"{op.kind} of {x.shape}")
    arrays: list[Array] = [x[None], *(array for array in (weight, bias) if array is not None)]
    values: dict[str, Array] = dict(graph.constants) | {"input": x[None]}
    with np.errstate(over="ignore", invalid="ignore"):
        values.update(zip(outputs, op.reference(*arrays), strict=True))
    if not np.isfinite(values[outputs[0]]).all():
        raise NonFiniteError("a sum is beyond what float64 can hold (1.8e308); scale the input or the kernel down")
    return Recording(Model(graph, (LayerView(name, op.kind, (name,), outputs[0]),)), values)


def _per_axis(given: int | Sequence[int], axes: int, what: str, least: int = 1) -> tuple[int, ...]:
    numbers = whole_numbers(given, f"{what} (={given}) must be a whole number, or one for each of {axes} axes")
    numbers = numbers * axes if len(numbers) == 1 else numbers
    if len(numbers) != axes:
        raise ParameterError(f"{what} (={given}) has {len(numbers)} entries, expected {axes}, one per spatial axis")
    if any(number < least for number in numbers):
        raise ParameterError(f"{what} (={given}) must be {'positive' if least else '0 or more'}")
    return numbers


def _pads(padding: Padding, axes: int) -> Pads | AutoPad:
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ParameterError(f'padding (="{padding}") must be "valid", "same" or numbers')
        return "same_upper" if padding == "same" else "valid"
    if not isinstance(padding, Iterable) or getattr(padding, "ndim", 1) == 0:
        return tuple((pad, pad) for pad in _per_axis(cast(int, padding), axes, "padding", 0))
    if any(isinstance(part, Iterable) for part in padding):
        pairs = [whole_numbers(part, f"padding (={padding}) must hold whole numbers") for part in padding]
        if len(pairs) != axes or any(len(pair) != 2 or min(pair) < 0 for pair in pairs):
            raise ParameterError(f"padding (={padding}) must be (before, after) for each of {axes} axes, 0 or more")
        return tuple((pair[0], pair[1]) for pair in pairs)
    sizes = [part for part in padding if not isinstance(part, Iterable)]
    return tuple((pad, pad) for pad in _per_axis(sizes, axes, "padding", 0))
