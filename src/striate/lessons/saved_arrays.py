"""Files of the arrays that are too long to stand in a program."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from striate.graph import Array

Operand = Literal["input", "weight", "bias"]


@dataclass(frozen=True, eq=False)
class SavedArray:
    """An array that a program reads from a file.

    Args:
        operand: What the program takes it for.
        file: Name of the file, as the program has it.
        array: Its numbers, float32, to be written with ``np.save``.
    """

    operand: Operand
    file: str
    array: Array


class SavedArrays:
    """Collects the arrays that a program reads from files, while the program is written.

    Args:
        taken: Names of the other files that the program reads; no array gets one of them.

    Attributes:
        files: What was put in, in the program's order.

    Example:
        >>> import striate as st
        >>> saved = SavedArrays(taken=["own-input.npy"])
        >>> bench = st.lessons.Workbench(np.ones((1, 9, 9)), operation="max_pool", kernel=(2, 2))
        >>> print(st.lessons.workbench_code(bench, saved=saved))
        import numpy as np
        import striate as st
        <BLANKLINE>
        x = np.load("own-input-2.npy")
        y = st.max_pool2d(x, 2)
        <BLANKLINE>
        >>> [(each.operand, each.file, each.array.shape) for each in saved.files]
        [('input', 'own-input-2.npy', (1, 9, 9))]
    """

    def __init__(self, taken: Collection[str] = ()) -> None:
        # Some file systems do not tell capital letters from small ones.
        self._taken = {name.casefold() for name in taken}
        self.files: list[SavedArray] = []

    def load(self, operand: Operand, array: Array) -> str:
        """Puts an array in; gives the Python that reads it."""
        name, number = f"own-{operand}.npy", 1
        while name in self._taken:
            number += 1
            name = f"own-{operand}-{number}.npy"
        self._taken.add(name)
        self.files.append(SavedArray(operand, name, np.asarray(array, np.float32)))
        return f'np.load("{name}")'
