"""A played layer's numbers: from its framework's order of axes to the workbench's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from striate.errors import ShapeError
from striate.graph import Array
from striate.importers.declared import Convolution, TransposedConvolution
from striate.lenses.declared_layer import DeclaredLayer
from striate.lessons.bank import bank_filters
from striate.lessons.convolution import numbers


def array_of(given: npt.ArrayLike, what: str) -> Array:
    """Numbers as they are given, also as a framework's tensor that is being learned.

    Args:
        given: Finite real numbers.
        what: What they are, for the message.

    Returns:
        float64; float32 as it is, which a large picture has no room to leave.

    Raises:
        ShapeError, DtypeError, NonFiniteError: They are no array of such numbers.
    """
    detach = getattr(given, "detach", None)
    plain = cast(npt.ArrayLike, detach() if callable(detach) else given)
    if getattr(plain, "dtype", None) == np.float32:
        single = np.asarray(plain, np.float32)
        if np.isfinite(single).all():
            return single
    return numbers(plain, what)


def input_of(given: npt.ArrayLike, layer: DeclaredLayer, shape: tuple[int, ...]) -> Array:
    """One sample, (c, *spatial).

    Args:
        given: The same in the order of the layer's framework; without channels where it has one.
        layer: Which layer.
        shape: (c, *spatial) of the layer's input.

    Raises:
        ShapeError, DtypeError, NonFiniteError: It is no such sample.
    """
    array, wanted = array_of(given, "input"), layer.input_shape or ()
    if array.shape == wanted:
        return np.moveaxis(array, -1, 0) if layer.declaration.channels_last else array
    if shape[0] == 1 and array.shape == shape[1:]:
        return array[None]
    raise ShapeError(
        f"input has shape {array.shape}, {layer.declaration.kind} was declared for one sample {_sizes(wanted)}, "
        f"channels {'last' if layer.declaration.channels_last else 'first'}"
    )


def filters_of(given: npt.ArrayLike | str, layer: DeclaredLayer, shape: tuple[int, ...]) -> Array:
    """Filters (k, c/groups, *kernel).

    Args:
        given: The layer's own weights in the order of its framework; or one kernel, or the name of one in the bank, for
            every filter and channel.
        layer: Which layer.
        shape: (k, c/groups, *kernel) of it.

    Raises:
        UnknownNameError: There is no such kernel in the bank.
        ShapeError, ParameterError, DtypeError, NonFiniteError: They are no such weights.
    """
    taps, kind = shape[2:], layer.declaration.kind
    if isinstance(given, str):
        made, (kept,) = bank_filters((given,), len(taps), 1, taps)
        if not kept:
            raise ShapeError(f'kernel "{given}" is larger than the window of {kind}, {_sizes(taps)}')
        return np.broadcast_to(made[0, 0], shape)
    array = array_of(given, "kernel")
    if array.shape == taps:
        return np.broadcast_to(array, shape)
    own = next((each.shape for each in layer.weights or () if each.name == "weight"), ())
    if array.shape != own:
        raise ShapeError(
            f"kernel has shape {array.shape}; {kind} here takes weights {own}, as {_framework(layer)} has them, or one "
            f"kernel {taps} for every filter and channel"
        )
    return _filters_first(array, layer, shape)


def _filters_first(array: Array, layer: DeclaredLayer, shape: tuple[int, ...]) -> Array:
    meaning, depth = layer.declaration.meaning, shape[1]
    if layer.declaration.framework == "pytorch":
        if not isinstance(meaning, TransposedConvolution):
            return array
        # (c, k/groups, *kernel): the filters of a group stand behind the channels that they read.
        each = array.shape[1]
        parted = array.reshape(meaning.groups, depth, each, *shape[2:])
        return np.swapaxes(parted, 1, 2).reshape(shape)
    if isinstance(meaning, Convolution) and meaning.groups == 0:
        # (*kernel, c, multiplier): filter c·multiplier + m reads channel c alone.
        return np.moveaxis(array, (-2, -1), (0, 1)).reshape(shape)
    # (*kernel, c/groups, k), of a transposed convolution (*kernel, k, c).
    return np.moveaxis(array, (-2, -1), (0, 1) if isinstance(meaning, TransposedConvolution) else (1, 0))


def _framework(layer: DeclaredLayer) -> str:
    return "PyTorch" if layer.declaration.framework == "pytorch" else "Keras"


def _sizes(numbers: Sequence[int]) -> str:
    return "×".join(map(str, numbers))
