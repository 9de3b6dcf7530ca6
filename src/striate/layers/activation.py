"""Activations by Keras's names, and as layers of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Unpack

import numpy as np

from striate.errors import ParameterError, UnsupportedError, unknown_name
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering, known
from striate.ops import (
    Celu,
    Clip,
    Elu,
    Exp,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSoftmax,
    Mish,
    PRelu,
    Relu,
    Selu,
    Sigmoid,
    Softplus,
    Softsign,
    Swish,
    Tanh,
    ThresholdedRelu,
)
from striate.ops import (
    Softmax as SoftmaxOp,
)

_Lowered = Callable[[Lowering, str], str]


def _clipped(low: float | None, high: float | None) -> _Lowered:
    def lower(net: Lowering, x: str) -> str:
        bounds = [
            None if bound is None else net.constant(np.array(bound, np.float32), label)
            for bound, label in ((low, "min"), (high, "max"))
        ]
        return net.add(Clip(), x, *bounds)

    return lower


def _last_axis(net: Lowering, x: str) -> int:
    """Where Keras's last axis is in the graph."""
    return 1 if net.layout == "channels_last" else net.rank(x) - 1


# Keras's name -> how it is added to the graph. "linear" and None add nothing.
_ACTIVATIONS: dict[str, _Lowered] = {
    "linear": lambda net, x: x,
    "relu": lambda net, x: net.add(Relu(), x),
    "relu6": _clipped(0, 6),
    "leaky_relu": lambda net, x: net.add(LeakyRelu(0.2), x),
    "elu": lambda net, x: net.add(Elu(1.0), x),
    "selu": lambda net, x: net.add(Selu(), x),
    "celu": lambda net, x: net.add(Celu(1.0), x),
    "sigmoid": lambda net, x: net.add(Sigmoid(), x),
    "hard_sigmoid": lambda net, x: net.add(HardSigmoid(1 / 6, 0.5), x),
    "tanh": lambda net, x: net.add(Tanh(), x),
    "hard_tanh": _clipped(-1, 1),
    "softmax": lambda net, x: net.add(SoftmaxOp((_last_axis(net, x),)), x),
    "log_softmax": lambda net, x: net.add(LogSoftmax((_last_axis(net, x),)), x),
    "softplus": lambda net, x: net.add(Softplus(), x),
    "softsign": lambda net, x: net.add(Softsign(), x),
    "exponential": lambda net, x: net.add(Exp(), x),
    "gelu": lambda net, x: net.add(Gelu("none"), x),
    "silu": lambda net, x: net.add(Swish(1.0), x),
    "swish": lambda net, x: net.add(Swish(1.0), x),
    "hard_silu": lambda net, x: net.add(HardSwish(), x),
    "hard_swish": lambda net, x: net.add(HardSwish(), x),
    "mish": lambda net, x: net.add(Mish(), x),
}


def checked_activation(name: str | None) -> str:
    """The name, "linear" for None.

    Raises:
        UnknownNameError: There is no activation of that name.
    """
    if name is not None and (not isinstance(name, str) or name not in _ACTIVATIONS):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise unknown_name("activation", str(name), _ACTIVATIONS)
    return name or "linear"


def activate(net: Lowering, x: str, name: str) -> str:
    """Adds the activation of that name behind a value."""
    return _ACTIVATIONS[name](net, x)


class Activation(Layer):
    """An activation function as a layer.

    Args:
        activation: Its name: relu, sigmoid, tanh, softmax ...
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        UnknownNameError: There is no activation of that name.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Activation("relu", input_shape=(3,))]).predict([[-1, 0, 2]])
        array([[0., 0., 2.]], dtype=float32)
    """

    def __init__(self, activation: str, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.activation = checked_activation(activation)

    def lower(self, net: Lowering, x: str) -> str:
        """Adds the activation."""
        return activate(net, x, self.activation)


class ReLU(Layer):
    """``max(0, x)``, with a slope below, a threshold, or a largest value.

    Args:
        max_value: Largest value; None for no limit.
        negative_slope: Slope for negative inputs.
        threshold: Inputs below it count as negative.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: A number is negative.
        UnsupportedError: Threshold and slope together.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([ReLU(max_value=1, input_shape=(3,))]).predict([[-1, 0, 2]])
        array([[0., 0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        for what, value in (("max_value", max_value), ("negative_slope", negative_slope), ("threshold", threshold)):
            if value is not None and value < 0:
                raise ParameterError(f"ReLU: {what} (={value}) must not be negative")
        if threshold and negative_slope:
            raise UnsupportedError("ReLU: threshold and negative_slope together; use LeakyReLU for the slope")
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def lower(self, net: Lowering, x: str) -> str:
        """Adds what the three numbers ask for."""
        if self.threshold:
            x = net.add(ThresholdedRelu(self.threshold), x)
        elif self.negative_slope:
            x = net.add(LeakyRelu(self.negative_slope), x)
        elif self.max_value is not None:
            return _clipped(0, self.max_value)(net, x)
        else:
            return net.add(Relu(), x)
        return x if self.max_value is None else _clipped(None, self.max_value)(net, x)


class LeakyReLU(Layer):
    """``x`` where it is positive, ``negative_slope * x`` elsewhere.

    Args:
        negative_slope: Slope for negative inputs.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([LeakyReLU(0.5, input_shape=(3,))]).predict([[-1, 0, 2]])
        array([[-0.5,  0. ,  2. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.negative_slope = negative_slope

    def lower(self, net: Lowering, x: str) -> str:
        """Adds LeakyRelu."""
        return net.add(LeakyRelu(self.negative_slope), x)


class ELU(Layer):
    """``x`` where it is positive, ``alpha (exp(x) - 1)`` elsewhere.

    Args:
        alpha: Size of the negative limit.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([ELU(input_shape=(3,))]).predict([[-1, 0, 2]])
        array([[-0.63212055,  0.        ,  2.        ]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.alpha = alpha

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Elu."""
        return net.add(Elu(self.alpha), x)


class PReLU(Layer):
    """Leaky ReLU with a learned slope for each element, or shared along axes.

    Args:
        alpha_initializer: First values of the slopes.
        shared_axes: Keras axes, counted from 1, along which the slope is the same.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([PReLU(input_shape=(3,))]).predict([[-1, 0, 2]])
        array([[-0.,  0.,  2.]], dtype=float32)
    """

    def __init__(
        self,
        alpha_initializer: str = "zeros",
        shared_axes: Sequence[int] | int | None = None,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.alpha_initializer = alpha_initializer
        axes = [shared_axes] if isinstance(shared_axes, int) else list(shared_axes or ())
        self.shared_axes = tuple(axes)

    def lower(self, net: Lowering, x: str) -> str:
        """Adds PRelu, the slopes in the graph's order of axes."""
        shape = [
            1 if axis in self.shared_axes else known(size, f"axis {axis} of the input of PReLU")
            for axis, size in enumerate(net.shape(x)[1:], 1)
        ]
        slope = self.weight(net, "alpha", shape, self.alpha_initializer)
        if net.layout == "channels_last" and slope.ndim > 1:
            slope = np.moveaxis(slope, -1, 0)
        return net.add(PRelu(), x, net.constant(slope, "alpha"))


class Softmax(Layer):
    """``exp(x)`` divided by its sum along an axis.

    Args:
        axis: Keras axis; the last one by default.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Softmax(input_shape=(2,))]).predict([[1, 1]])
        array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.axis = axis

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Softmax along the graph's axis for Keras's."""
        moved = net.enter(x, self.axis)
        return net.leave(net.add(SoftmaxOp((1,)), moved), self.axis)
