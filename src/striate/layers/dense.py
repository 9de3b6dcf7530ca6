"""The dense layer: every output sees every input."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from striate.layers.activation import activate, checked_activation
from striate.layers.arguments import positive
from striate.layers.initializers import Initializer
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering, known
from striate.ops import Add, Conv, Gemm, MatMul, Mul


class Dense(Layer):
    """Dense layer over the last axis: ``activation(x @ kernel + bias)``.

    Weights: kernel (inputs, units), bias (units,).

    Args:
        units: Number of outputs.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each output.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Dense(2, kernel_initializer="ones", input_shape=(3,))]).predict([[1, 2, 3]])
        array([[6., 6.]], dtype=float32)
    """

    def __init__(
        self,
        units: int,
        activation: str | None = None,
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        bias_initializer: Initializer = "zeros",
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.units = positive(units, "Dense: units")
        self.activation = checked_activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Gemm, or for an input with positions a 1x1 Conv (channels last) or MatMul and Add."""
        inputs = known(net.shape(x)[-1], f'layer "{self.name}": the number of inputs (last axis)')
        kernel = self.weight(net, "kernel", (inputs, self.units), self.kernel_initializer)
        bias = self.weight(net, "bias", (self.units,), self.bias_initializer) if self.use_bias else None
        operands = [] if bias is None else [net.constant(bias, "bias")]
        rank = net.rank(x)
        if rank == 2:
            made = net.add(Gemm(1.0, 1.0, False, False), x, net.constant(kernel, "kernel"), *operands)
        elif net.layout == "channels_last":
            ones = (1,) * (rank - 2)
            weights = net.constant(kernel.T.reshape(self.units, inputs, *ones), "kernel")
            made = net.add(Conv(ones, ((0, 0),) * (rank - 2), ones), x, weights, *operands)
        else:
            made = net.add(MatMul(), x, net.constant(kernel, "kernel"))
            made = net.add(Add(), made, *operands) if operands else made
        return activate(net, made, self.activation)


class Rescaling(Layer):
    """``x * scale + offset``, such as ``Rescaling(1/255)``.

    Args:
        scale: Factor.
        offset: What is added.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Rescaling(0.5, input_shape=(3,))]).predict([[-1, 0, 2]])
        array([[-0.5,  0. ,  1. ]], dtype=float32)
    """

    def __init__(self, scale: float, offset: float = 0.0, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.scale, self.offset = scale, offset

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Mul and, unless the offset is 0, Add."""
        made = net.add(Mul(), x, net.constant(np.array(self.scale, np.float32), "scale"))
        if not self.offset:
            return made
        return net.add(Add(), made, net.constant(np.array(self.offset, np.float32), "offset"))
