"""Operands that tests of many ops are given."""

import math

import numpy as np

from striate.graph import tensor


def counted(shape):
    """An array of a shape whose every number tells where it stood."""
    return np.arange(math.prod(shape), dtype=np.float32).reshape(shape)


def ints(*numbers):
    """Whole numbers as an operand: sizes, axes, indices."""
    return np.array(numbers, np.int64)


def of_shape(*shape):
    """The type of a float32 operand."""
    return tensor(np.float32, shape)


def sizes_of(op, *operands):
    """The shape that an op's rule gives its first result."""
    return op.infer(operands)[0].shape
