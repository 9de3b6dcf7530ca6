"""Filters put together from kernels of the bank and from own weights, all of one size."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from striate import filters
from striate.arguments import expect_text, expect_texts, shown
from striate.arithmetic import whole_number, whole_numbers
from striate.engine import require_memory
from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.lessons.convolution import numbers

# Weights as they are before any learning: normally distributed (He), always the same, with two decimals.
UNTRAINED = "untrained"


def bank_call(name: str, axes: int, size: int | None = None) -> dict[str, int]:
    """The options that make a kernel of the bank for so many axes.

    Args:
        name: Its name; "@0" behind it for the derivative along axis 0.
        axes: Spatial axes.
        size: Cells of its window, of those that can have any.

    Returns:
        Keyword arguments of the kernel's function.

    Raises:
        UnknownNameError: No kernel has that name.
        ParameterError: It does not exist for so many axes, or has no direction.

    Example:
        >>> bank_call("sobel@0", 2), bank_call("gaussian", 1, 7)
        ({'axis': 0}, {'size': 7, 'ndim': 1})
    """
    expect_text(name, "name")
    axes = _axes(axes)
    if size is not None:
        size = whole_number(size, f"size (={shown(size)}) must be a whole number from 1 on", 1)
    plain, at, direction = name.partition("@")
    found = filters.get(plain)
    if axes not in found.ranks:
        raise ParameterError(f'kernel "{plain}" exists for {found.ranks} axes, not for {axes}; check spatial (={axes})')
    parameters = inspect.signature(found.make).parameters
    call: dict[str, int] = {}
    if at:
        if "axis" not in parameters or not direction.isdigit() or int(direction) >= axes:
            raise ParameterError(f'kernel "{name}": "{plain}" has no axis "{direction}" in {axes} dimensions')
        call["axis"] = int(direction)
    if size is not None and "size" in parameters and size != parameters["size"].default:
        call["size"] = size
    if "ndim" in parameters and parameters["ndim"].default != axes:
        call["ndim"] = axes
    return call


def bank_filters(
    names: Sequence[str],
    axes: int,
    depth: int = 1,
    taps: Sequence[int] = (),
    given: npt.ArrayLike | None = None,
) -> tuple[Array, tuple[str, ...]]:
    """Filters (k, depth, *taps) from names and own weights.

    A kernel of the bank stands in each channel alike. One that is smaller than the window stands in its middle.

    Args:
        names: For each filter its kernel in the bank (see :func:`bank_call`), "" where its weights are given, or
            "untrained" for weights as they are before any learning, always the same.
        axes: Spatial axes.
        depth: Channels that each filter reads.
        taps: The window; that of the largest kernel if empty.
        given: Own weights (k, c, *taps); too few filters or channels are repeated, windows cut or filled with zeros.

    Returns:
        The filters, and their names: "" for one that had to be cut.

    Raises:
        UnknownNameError, ParameterError: There is no such kernel.
        ShapeError, DtypeError, NonFiniteError: The weights are none.

    Example:
        >>> weight, names = bank_filters(["vertical_line", "box"], 2, taps=(5, 5))
        >>> weight.shape, names
        ((2, 1, 5, 5), ('vertical_line', 'box'))
        >>> bank_filters(["spike", ""], 1, given=[[[1, 2, 3]]])[0][1]
        array([[1., 2., 3.]])
    """
    names = expect_texts(names, "names", 'names of kernels, "" where the weights are given')
    if not names:
        raise ParameterError("a convolution needs at least one filter; names is empty")
    axes = _axes(axes)
    depth = whole_number(depth, f"depth (={shown(depth)}) must be a whole number from 1 on", 1)
    asked = f"kernel (={shown(taps)}) must be a positive whole number, or {axes} of them"
    taps = whole_numbers(taps, asked)
    own = None if given is None else numbers(given, "weight")
    if own is not None and (own.ndim != axes + 2 or not own.size):
        raise ShapeError(f"weight has shape {own.shape}, expected (k, c/groups, *kernel) with {axes} axes of taps")
    if own is None and "" in names:
        raise ShapeError(f"filter {list(names).index('')} has no name, so its weights must be given")
    made = [_kernel(name, axes, taps) if name and name != UNTRAINED else None for name in names]
    sizes = [kernel.shape for kernel in made if kernel is not None]
    sizes += [own.shape[2:]] if own is not None and "" in names else []
    sizes += [] if sizes else [(3,) * axes]
    window = tuple(taps) if taps else tuple(max(each) for each in zip(*sizes, strict=True))
    window = window * axes if len(window) == 1 else window
    if len(window) != axes or min(window) < 1:
        raise ParameterError(asked)
    require_memory(8 * len(names) * depth * prod(window), "filters")
    kept: list[str] = []
    stacked: list[Array] = []
    for place, (name, kernel) in enumerate(zip(names, made, strict=True)):
        if kernel is not None:
            stacked.append(np.repeat(_centred(kernel[None], window), depth, axis=0))
            kept.append(name if all(size <= room for size, room in zip(kernel.shape, window, strict=True)) else "")
        elif name == UNTRAINED:
            deviation = (2 / (depth * prod(window))) ** 0.5
            stacked.append(np.round(np.random.default_rng(place).normal(0, deviation, (depth, *window)), 2))
            kept.append(name)
        elif own is not None:
            filter_ = own[place % len(own)]
            stacked.append(_centred(filter_[np.arange(depth) % len(filter_)], window))
            kept.append("")
    return np.stack(stacked).astype(np.float64), tuple(kept)


def _axes(axes: int) -> int:
    return whole_number(axes, f"axes (={shown(axes)}) must be a whole number from 1 on", 1)


def _kernel(name: str, axes: int, taps: Sequence[int]) -> Array:
    # A Gaussian of another width is another Gaussian, not the same one with zeros around it.
    size = taps[0] if taps and len(set(taps)) == 1 and taps[0] % 2 and taps[0] > 1 else None
    found = filters.get(name.partition("@")[0])
    # Decimals such as 0.33 are meant as they are written, not as their nearest float32.
    return _decimal(found.make(**bank_call(name, axes, size)))


def _decimal(kernel: Array) -> Array:
    """The float64 numbers with the same shortest digits as float32 ones."""
    return np.array([float(str(weight)) for weight in kernel.astype(np.float32).ravel()]).reshape(kernel.shape)


def _centred(kernels: Array, window: Sequence[int]) -> Array:
    """Kernels (c, *taps) in the middle of a window: cut, or filled with zeros."""
    for axis, (size, room) in enumerate(zip(kernels.shape[1:], window, strict=True), start=1):
        if size > room:
            first = (size - room) // 2
            kernels = np.take(kernels, range(first, first + room), axis)
        elif size < room:
            # An even kernel's middle lies behind it, so that growing by one adds a cell at the end first.
            before = (room - size) // 2
            pads = [(0, 0)] * kernels.ndim
            pads[axis] = (before, room - size - before)
            kernels = np.pad(kernels, pads)
    return kernels
