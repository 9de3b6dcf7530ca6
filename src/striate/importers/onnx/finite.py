"""Weights must be numbers: one NaN in a convolution makes every map behind it blank."""

from __future__ import annotations

import numpy as np

from striate.errors import NonFiniteError
from striate.graph import Array, Graph

# Looked at in pieces: the answers for a large weight at once would take a quarter of its memory.
_PIECE = 2**18
_CHECKED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization"})


def require_finite(graph: Graph) -> None:
    """Checks the constant operands of the ops that multiply by weights.

    Raises:
        NonFiniteError: One holds NaN or infinity.
    """
    seen: set[str] = set()
    for node in graph.nodes:
        if node.op.kind not in _CHECKED:
            continue
        for name in node.inputs:
            if name is None or name in seen or name not in graph.constants:
                continue
            seen.add(name)
            array = graph.constants[name]
            if array.dtype.kind not in "fc" or _finite(array):
                continue
            wrong = ~np.isfinite(array)
            first = tuple(int(index) for index in np.argwhere(wrong)[0])
            raise NonFiniteError(
                f'weight "{name}" of {node.op.kind} "{node.name}" holds {int(wrong.sum())} of {array.size} '
                "numbers that are "
                f"NaN or infinite, the first at {first} (={array[first]}); allow_nonfinite=True opens the "
                "model all the same"
            )


def _finite(array: Array) -> bool:
    numbers = array.reshape(-1)
    return all(np.isfinite(numbers[begin : begin + _PIECE]).all() for begin in range(0, numbers.size, _PIECE))
