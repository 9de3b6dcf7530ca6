"""What is known of a tensor before it exists: element type, shape, and sometimes its contents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from striate.dimension import Dim, Shape, Symbol, is_concrete

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class TensorType:
    """Element type, shape and, where it is known before anything runs, the contents of a tensor.

    Args:
        dtype: NumPy element type.
        shape: Sizes, each an int or a symbol; None when not even the rank is known.
        value: The contents where they are known: a constant, or the sizes that a shape computation works on (then an
            object array that may hold symbols).
    """

    dtype: np.dtype[Any]
    shape: Shape | None
    value: Array | None = None

    def __str__(self) -> str:
        if self.shape is None:
            return f"{self.dtype} (shape unknown)"
        return f"{self.dtype} ({', '.join(str(size) for size in self.shape)}{',' if len(self.shape) == 1 else ''})"

    @property
    def rank(self) -> int | None:
        """Number of axes, None if unknown."""
        return None if self.shape is None else len(self.shape)

    @property
    def concrete(self) -> bool:
        """Whether every size is a number."""
        return self.shape is not None and is_concrete(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that the tensor takes; 0 while a size is free."""
        if self.shape is None:
            return 0
        total = self.dtype.itemsize
        for size in self.shape:
            if isinstance(size, Symbol):
                return 0
            total *= size
        return total


def tensor(dtype: npt.DTypeLike, shape: tuple[Dim, ...] | None, value: Array | None = None) -> TensorType:
    """Shorthand for :class:`TensorType`, with anything that NumPy takes for a dtype."""
    return TensorType(np.dtype(dtype), shape, value)


def type_of(array: Array) -> TensorType:
    """The type of an array whose contents are known."""
    return TensorType(array.dtype, tuple(int(size) for size in array.shape), array)
