"""Runs one op on arrays: types settled, shapes checked, memory asked for, errors with the function's name in front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from numbers import Real
from typing import ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt

from striate.arguments import real_array
from striate.arithmetic import whole_numbers
from striate.engine.immediate import Immediate, Options, Ready, immediate, recall, remember
from striate.engine.limits import require_memory
from striate.errors import InvalidError, ParameterError, ShapeError
from striate.graph import Array, Op, type_of

Sizes = int | Sequence[int]
Given = ParamSpec("Given")
Kind = TypeVar("Kind", bound=Op)
# Options that kernels are written for have so many digits behind the point at most, and are not larger than this.
DIGITS, LARGEST = 2, 100
_PLAIN = {int, bool, str, type(None)}


def remembered(make: Callable[Given, Kind]) -> Callable[Given, Immediate[Kind]]:
    """Makes an op from a function's arguments only once for the same arguments, ready to be computed at once.

    Args:
        make: Makes it; the arguments are the function's name, numbers, tuples and lists.
    """

    def made(*arguments: Given.args, **options: Given.kwargs) -> Immediate[Kind]:
        return immediate(make(*arguments, **options))

    known = lru_cache(maxsize=1024, typed=True)(made)

    def look(*arguments: Given.args, **options: Given.kwargs) -> Immediate[Kind]:
        for argument in arguments:
            if type(argument) not in _PLAIN and not _whole_tuple(argument):
                return made(*arguments, **options)
        return known(*arguments, **options)

    return look


def _whole_tuple(argument: object) -> bool:
    """Whether an argument can be looked up though it is not a single number: lists have no hash, and 1.0 equals 1."""
    return type(argument) is tuple and all(type(size) is int for size in cast("tuple[object, ...]", argument))


def plain(*sizes: object) -> bool:
    """Whether a call with these sizes may be remembered: lists have no hash, and 1.0 or True would find what 1 left."""
    return all(type(size) in (int, str, type(None)) or _whole_tuple(size) for size in sizes)


def first_result(
    one: Immediate[Op],
    name: str,
    x: Array,
    weight: Array | None = None,
    bias: Array | None = None,
    single: bool = False,
    options: Options | None = None,
) -> Array:
    """The first result of an op on arrays, by emitted kernels where there are some for it.

    Args:
        one: The op.
        name: Name of the public function, for messages.
        x: The input, with a batch axis.
        weight: The weights, if the op has some.
        bias: The bias, or None.
        single: Whether the caller gave one sample, without that axis.
        options: What later calls like this one are found by (see :func:`recall`), if they shall be.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message begins with the name.
        LimitError: It would take more than the memory limit.
    """
    operands = (x,) if weight is None else (x, weight, bias)
    _check(one.op, name, operands)
    prepared = one.prepare(x, weight, bias)
    y = None if prepared is None else Ready(prepared, prepared.shape).run(x, weight, bias)
    y = _reference(one.op, operands)[0] if y is None else y
    y = y[0] if single else y
    if prepared is not None and options is not None:
        remember(options, Ready(prepared, y.shape), x[0] if single else x, weight, bias)
    return y


def apply(op: Op, name: str, *operands: Array | None) -> tuple[Array, ...]:
    """The results of an op on arrays.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message begins with the name.
        LimitError: It would take more than the memory limit.
    """
    _check(op, name, operands)
    return _reference(op, operands)


def _check(op: Op, name: str, operands: Sequence[Array | None]) -> None:
    kinds = [None if operand is None else type_of(operand) for operand in operands]
    try:
        results = op.infer(kinds)
        room = op.workspace(kinds, results)
    except InvalidError as error:
        raise type(error)(f"{name}: {error}") from error
    # The results and about as much again on the way to them.
    require_memory(3 * sum(result.nbytes for result in results) + room, name)


def _reference(op: Op, operands: Sequence[Array | None]) -> tuple[Array, ...]:
    with np.errstate(all="ignore"):  # NaN and infinity are results like others
        return op.reference(*operands)


def arrays(name: str, *given: tuple[str, npt.ArrayLike]) -> list[Array]:
    """The given arrays in one floating-point type, the widest among them; whole numbers count as float32.

    Args:
        name: The function.
        *given: Names and values.

    Raises:
        ShapeError, DtypeError: A value is not an array of real numbers.
    """
    made = [real_array(values, f"{name}: {what}") for what, values in given]
    floating = [array.dtype for array in made if array.dtype.kind == "f"]
    if len(floating) < len(made):
        floating.append(np.dtype(np.float32))
    dtype = np.result_type(*floating)
    require_memory(sum(array.size * dtype.itemsize for array in made if array.dtype != dtype), name)
    return [array.astype(dtype, copy=False) for array in made]


def operands(
    name: str, x: npt.ArrayLike, weight: npt.ArrayLike | None = None, bias: npt.ArrayLike | None = None
) -> tuple[Array, Array | None, Array | None]:
    """Input, weight and bias in one type, those left out as None."""
    optional = [(what, values) for what, values in (("weight", weight), ("bias", bias)) if values is not None]
    made = iter(arrays(name, ("input", x), *optional))
    return next(made), None if weight is None else next(made), None if bias is None else next(made)


def batched(x: Array, axes: int, name: str) -> tuple[Array, bool]:
    """The input with a batch axis, and whether that had to be added.

    Raises:
        ShapeError: The rank is neither that of a batch nor that of one sample.
    """
    if x.ndim == axes + 2:
        return x, False
    if x.ndim == axes + 1:
        return x[None], True
    spatial = ", ".join(("l", "h, w", "d, h, w")[axes - 1 : axes])
    raise ShapeError(f"{name}: input has shape {x.shape}, expected (n, c, {spatial}) or (c, {spatial})")


def each(sizes: Sizes, axes: int, name: str, what: str, lowest: int = 1) -> tuple[int, ...]:
    """One size for each axis.

    Raises:
        ParameterError: There are too few or too many, or one is too small.
    """
    wanted = f"{name}: {what} (={sizes}) must be a whole number from {lowest} on, or {axes} of them"
    spread = whole_numbers(sizes, wanted)
    if len(spread) == 1:
        spread = spread * axes
    if len(spread) != axes or any(size < lowest for size in spread):
        raise ParameterError(wanted)
    return spread


def real(given: object, name: str, what: str) -> float:
    """A real number of whatever type.

    Raises:
        ParameterError: It is something else.
    """
    if not isinstance(given, Real):
        raise ParameterError(f"{name}: {what} (={given}) must be a number")
    return float(given)


def whole(given: object, name: str, what: str, lowest: int | None = None) -> int:
    """A whole number of whatever integer type.

    Raises:
        ParameterError: It is something else, or too small.
    """
    wanted = f"{name}: {what} (={given}) must be a whole number" + ("" if lowest is None else f" from {lowest} on")
    numbers = whole_numbers(given, wanted)
    if len(numbers) != 1 or (lowest is not None and numbers[0] < lowest):
        raise ParameterError(wanted)
    return numbers[0]


def of_each_number(
    name: str, input: npt.ArrayLike, make: Callable[..., Op], *options: float | str, bounds: tuple[float, ...] = ()
) -> Array:
    """A function of each number, found at once where it was called before.

    A kernel is written for each choice of options. So that nobody who tries out a thousand of them waits for a thousand
    kernels, there are kernels only for short decimal fractions; everything else is left to NumPy, always.

    Args:
        name: Name of the public function, for messages.
        input: The operand.
        make: Makes the op from the options; it checks them.
        *options: What the caller gave beside the operand.
        bounds: Numbers that the op takes as further operands.
    """
    key = (name, *options, *bounds)
    y = recall(key, input)
    if y is not None:
        return y
    op = make(*options)
    (x,) = arrays(name, ("input", input))
    _check(op, name, (x, *(np.array(bound, x.dtype) for bound in bounds)))
    native = x.ndim > 0 and all(map(_short, (*options, *bounds)))
    prepared = immediate(op, *bounds).prepare(x) if native else None
    ready = None if prepared is None else Ready(prepared, x.shape)
    y = None if ready is None else ready.run(x, None, None)
    if y is None:
        return _reference(op, (x, *(np.array(bound, x.dtype) for bound in bounds)))[0]
    if ready is not None:
        remember(key, ready, x)
    return y


def along_axis(name: str, input: npt.ArrayLike, make: Callable[[tuple[int, ...]], Op], dim: int) -> Array:
    """A function of the numbers along an axis, found at once where it was called before; kernels do the last axis.

    Args:
        name: Name of the public function, for messages.
        input: The operand.
        make: Makes the op from the axes.
        dim: The axis, negative ones counted from the last.
    """
    y = recall((name, dim), input) if type(dim) is int else None
    if y is not None:
        return y
    dim = whole(dim, name, "dim")
    op = make((dim,))
    (x,) = arrays(name, ("input", input))
    _check(op, name, (x,))
    if x.ndim and x.size and dim in (-1, x.ndim - 1):
        prepared = immediate(make((1,))).prepare(x.reshape(-1, x.shape[-1]))
        ready = None if prepared is None else Ready(prepared, x.shape)
        y = None if ready is None else ready.run(x, None, None)
        if ready is not None and y is not None:
            remember((name, dim), ready, x)
            return y
    return _reference(op, (x,))[0]


def _short(option: object) -> bool:
    """Whether an option is a word, or a number with few digits."""
    if not isinstance(option, Real):
        return isinstance(option, str)
    number = float(option)
    return abs(number) <= LARGEST and number == round(number, DIGITS)
