"""What all layers have in common: a name, weights in Keras's order and shapes, and their way into the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from inspect import signature
from typing import TypedDict, cast

import numpy as np
import numpy.typing as npt

from striate.errors import DtypeError, ParameterError, ShapeError, unknown_name
from striate.graph import Array
from striate.layers.initializers import Initializer, initial
from striate.layers.lowering import Lowering


class Common(TypedDict, total=False):
    """Arguments that every layer takes.

    Attributes:
        name: Name of the layer; Keras's way of naming if left out (conv2d, conv2d_1 ...).
        input_shape: For the first layer: shape of one sample, None for a free size.
        input_dim: Short for ``input_shape=(input_dim,)``.
    """

    name: str | None
    input_shape: Sequence[int | None]
    input_dim: int


class Layer:
    """Base of all layers.

    Args:
        **common: See :class:`Common`.

    Raises:
        ParameterError: An argument is not one that the layer takes.
    """

    def __init__(self, **common: object) -> None:
        for argument in common:
            if argument not in Common.__annotations__:
                own = [name for name in signature(type(self)).parameters if name != "common"]
                takes = ", ".join([*own, *Common.__annotations__])
                raise ParameterError(f'{type(self).__name__} has no argument "{argument}"; it takes {takes}')
        name, shape, dim = common.get("name"), common.get("input_shape"), common.get("input_dim")
        if name is not None and not (isinstance(name, str) and name):
            raise ParameterError(f"{type(self).__name__}: name (={name!r}) must be a text that is not empty")
        self.name: str = name or ""
        self.input_shape: tuple[int | None, ...] | None = None
        if shape is not None or dim is not None:
            self.input_shape = sample_shape(shape if shape is not None else (dim,), type(self).__name__)
        self._weights: dict[str, Array] = {}
        self._changed: list[Callable[[], None]] = []

    @property
    def kind(self) -> str:
        """Name of the class, as Keras has it."""
        return type(self).__name__

    @property
    def default_name(self) -> str:
        """The name that Keras would give: Conv2D -> conv2d, MaxPooling2D -> max_pooling2d."""
        spaced = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", self.kind)
        return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()

    # Names of weights that gradient descent does not change.
    not_trained: tuple[str, ...] = ()

    def lower(self, net: Lowering, x: str) -> str:
        """Adds the layer's nodes to the graph and gives the value that is its output."""
        raise NotImplementedError

    def weight(self, net: Lowering, label: str, shape: Sequence[int], initializer: Initializer) -> Array:
        """The weight of that label, Keras's shape; made on first use."""
        wanted = tuple(shape)
        if label not in self._weights or self._weights[label].shape != wanted:
            self._weights[label] = initial(initializer, wanted, net.rng)
        return self._weights[label]

    def get_weights(self) -> list[Array]:
        """Copies of the weights, in Keras's order and shapes."""
        return [array.copy() for array in self._weights.values()]

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Replaces the weights.

        Args:
            weights: Arrays in the order and shapes of :meth:`get_weights`.

        Raises:
            ShapeError: Number or shapes differ.
            DtypeError: They are not real numbers.
        """
        given = list(weights)
        if len(given) != len(self._weights):
            expected = ", ".join(f"{label} {array.shape}" for label, array in self._weights.items()) or "none"
            got = ", ".join(str(np.shape(array)) for array in given) or "none"
            hint = "" if self._weights else "; a layer has weights once its model knows its input_shape"
            raise ShapeError(f'layer "{self.name}" has {len(self._weights)} weights ({expected}), got {got}{hint}')
        made: dict[str, Array] = {}
        for (label, old), new in zip(self._weights.items(), given, strict=True):
            array = np.asarray(new)
            if array.dtype.kind not in "biuf":
                raise DtypeError(f'layer "{self.name}": {label} has type {array.dtype}, expected real numbers')
            if array.shape != old.shape:
                raise ShapeError(f'layer "{self.name}": {label} expects shape {old.shape}, got {array.shape}')
            made[label] = array.astype(np.float32)
        self._weights = made
        for changed in self._changed:
            changed()

    def watch(self, changed: Callable[[], None]) -> None:
        """Has a function called whenever the weights are replaced."""
        self._changed.append(changed)

    def count_params(self) -> int:
        """Number of weights, those that are not trained included."""
        return sum(array.size for array in self._weights.values())

    def count_not_trained(self) -> int:
        """Number of weights that gradient descent does not change."""
        return sum(array.size for label, array in self._weights.items() if label in self.not_trained)

    def forget(self) -> None:
        """Drops the weights, as when the input's shape is another."""
        self._weights = {}


def sample_shape(shape: object, subject: str) -> tuple[int | None, ...]:
    """The shape of one sample, without the batch.

    Raises:
        ParameterError: It is not a list of positive sizes or None.
    """
    sizes: list[int | None] = []
    given = cast("Sequence[object]", shape) if isinstance(shape, (tuple, list)) else (shape,)
    for size in given:
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ParameterError(f"{subject}: input_shape (={shape}) must hold positive sizes, or None for a free one")
        sizes.append(size)
    if not sizes:
        raise ParameterError(f"{subject}: input_shape is empty; give the shape of one sample, channels included")
    return tuple(sizes)


def find(layers: Sequence[Layer], name: str) -> Layer:
    """The layer of that name.

    Raises:
        UnknownNameError: There is none.
    """
    for layer in layers:
        if layer.name == name:
            return layer
    raise unknown_name("layer", name, [layer.name for layer in layers])
