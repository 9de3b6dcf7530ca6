"""What a caller gives for a network's inputs, checked and turned into the arrays that the graph takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from striate.errors import DtypeError, InvalidError, NonFiniteError, ShapeError, unknown_name
from striate.graph import Array, Layout, Model
from striate.lenses.layers import source_shape

Given = npt.ArrayLike | Mapping[str, npt.ArrayLike]
# Element kinds that become each wanted kind without changing what a number means: integers become floats, never back.
_TAKEN = {"f": "fiu", "i": "iu", "u": "iu"}


@dataclass(frozen=True, slots=True)
class ValueInfo:
    """Name, shape and element type of an input or output.

    Args:
        name: Its name in the source.
        shape: Sizes in the source's order of axes; None for one that is free; None altogether for an unknown rank.
        dtype: NumPy element type.
    """

    name: str
    shape: tuple[int | None, ...] | None
    dtype: np.dtype[Any]


def value_info(model: Model, name: str) -> ValueInfo:
    """Name, shape and element type of one of the model's values, as its source orders the axes."""
    kind = model.graph.types[name]
    return ValueInfo(name, source_shape(model, name, kind.shape), kind.dtype)


def graph_inputs(model: Model, x: Given, allow_nonfinite: bool = False) -> dict[str, Array]:
    """The graph's inputs, channels first and of the right type.

    Args:
        model: The network.
        x: The one input, or inputs by name.
        allow_nonfinite: Whether NaN and infinity are taken.

    Raises:
        UnknownNameError, InvalidError: An input is not one of the network's, or one is missing.
        ShapeError, DtypeError, NonFiniteError: An input does not fit; the message says what would.
    """
    names = model.graph.inputs
    if isinstance(x, Mapping):
        given = x
        for name in given:
            if name not in names:
                raise unknown_name("input", name, names)
    elif len(names) == 1:
        given = {names[0]: x}
    else:
        raise InvalidError(f"the network has {len(names)} inputs ({', '.join(names)}); give a dict by name")
    missing = [name for name in names if name not in given]
    if missing:
        raise InvalidError(f'input "{missing[0]}" is missing; the network needs {", ".join(names)}')
    arrays: dict[str, Array] = {}
    for name in names:
        info = value_info(model, name)
        array = as_numbers(f'input "{name}"', given[name], info.dtype)
        _check_shape(info, array.shape)
        if not allow_nonfinite:
            _check_finite(name, array)
        arrays[name] = to_graph(array, model.layout_of(name))
    return arrays


def graph_shapes(
    model: Model, given: Mapping[str, tuple[int, ...]] | tuple[int, ...] | None
) -> dict[str, tuple[int, ...]]:
    """The shapes of the graph's inputs, channels first, with every size known; a free batch is one sample.

    Args:
        model: The network.
        given: Shape of the first input, or shapes by name, in the source's order of axes; None where none is free.

    Raises:
        ShapeError: A size is free and not given.
    """
    names = model.graph.inputs
    shapes = {name: value_info(model, name).shape for name in names}
    # A free batch changes nothing about what a unit sees.
    shapes = {name: (1, *shape[1:]) if shape and shape[0] is None else shape for name, shape in shapes.items()}
    if given is not None:
        shapes.update(given if isinstance(given, Mapping) else {names[0]: given})
    result: dict[str, tuple[int, ...]] = {}
    for name in names:
        shape = shapes[name]
        sizes = [size for size in shape or () if size is not None]
        if shape is None or len(sizes) != len(shape):
            raise ShapeError(f'input "{name}" has the shape {shape}; give input_shape (--shape) with every size')
        if model.layout_of(name) == "channels_last" and len(sizes) > 2:
            sizes.insert(1, sizes.pop())
        result[name] = tuple(sizes)
    return result


def to_graph(array: Array, layout: Layout) -> Array:
    """An array in the source's order of axes, channels first."""
    if layout == "channels_last" and array.ndim > 2:
        array = np.moveaxis(array, -1, 1)
    return np.ascontiguousarray(array) if array.ndim else array


def to_source(array: Array, layout: Layout) -> Array:
    """A channels-first array in the source's order of axes."""
    return np.moveaxis(array, 1, -1) if layout == "channels_last" and array.ndim > 2 else array


def as_numbers(subject: str, given: npt.ArrayLike, dtype: np.dtype[Any]) -> Array:
    """An array of the wanted element type, where no number changes its meaning on the way.

    Raises:
        DtypeError: It is no array of numbers of a kind that fits.
    """
    try:
        array = np.asarray(given)
    except (ValueError, TypeError) as error:
        raise DtypeError(f"{subject} is not an array of numbers: {error}") from error
    if array.dtype.kind not in _TAKEN.get(dtype.kind, dtype.kind):
        raise DtypeError(f"{subject} has type {array.dtype}, expected {dtype}; convert it first")
    with np.errstate(over="ignore"):  # a float64 beyond float32 becomes infinity, which the finite check names
        converted = array.astype(dtype, copy=False)
    if dtype.kind in "iu" and not np.array_equal(converted, array):
        raise DtypeError(f"{subject} holds numbers that {dtype} cannot hold")
    return converted


def _check_shape(info: ValueInfo, shape: tuple[int, ...]) -> None:
    if info.shape is None:
        return
    expected = f"({', '.join('free' if size is None else str(size) for size in info.shape)})"
    if len(shape) != len(info.shape):
        way_out = "; the first axis is the batch: give x[None]" if len(shape) == len(info.shape) - 1 else ""
        raise ShapeError(f'input "{info.name}" has shape {shape} of rank {len(shape)}, expected {expected}{way_out}')
    if any(want is not None and want != size for want, size in zip(info.shape, shape, strict=True)):
        raise ShapeError(f'input "{info.name}" has shape {shape}, expected {expected}')
    if 0 in shape and 0 not in info.shape:
        raise ShapeError(f'input "{info.name}" is empty: shape {shape}, expected {expected}')


def _check_finite(name: str, array: Array) -> None:
    if array.dtype.kind != "f":
        return
    finite = np.isfinite(array)
    if finite.all():
        return
    where = tuple(int(index) for index in np.argwhere(~finite)[0])
    raise NonFiniteError(
        f'input "{name}" holds {int(array.size - finite.sum())} NaN or infinite numbers, the first at {where}; '
        "mend the data, or run(x, allow_nonfinite=True) to see where they lead"
    )
