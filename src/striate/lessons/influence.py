"""What one cell of the input can change: locality and sharing of weights, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Real

import numpy as np
import numpy.typing as npt

from striate.arithmetic import whole_numbers
from striate.errors import ParameterError
from striate.graph import Array
from striate.lessons.parts import as_part
from striate.lessons.told import Told, first_map


@dataclass(frozen=True, eq=False)
class Influence(Told):
    """A part before and after one cell of its input was changed; arrays are (n, k, *positions).

    Args:
        cell: Which cell, per axis, in every channel.
        by: What was added to it.
        before: ``part(x)``.
        after: ``part(x)`` with the cell changed.
        difference: ``after - before``.
        changed: (*positions): where any number is another one than before.
        box: (start, stop) of the outputs that changed, per axis; () where none has.
    """

    cell: tuple[int, ...]
    by: float
    before: Array
    after: Array
    difference: Array
    changed: Array
    box: tuple[tuple[int, int], ...]

    TITLE = "What one cell of the input changes"

    def panels(self) -> Sequence[tuple[str, Array]]:
        """The first map before and after, and what changed."""
        arrays = {"before": self.before, "after": self.after, "difference": self.difference}
        return [(label, first_map(array)) for label, array in arrays.items() if array.ndim > 2]

    @property
    def response(self) -> Array:
        """The difference where something changed, for a change by one: of a convolution its kernel, turned round."""
        inside = tuple(slice(start, stop) for start, stop in self.box) or (slice(0),) * self.changed.ndim
        return self.difference[(..., *inside)] / self.by

    def __str__(self) -> str:
        count = int(self.changed.sum())
        if not count:
            return f"cell {self.cell} changed by {self.by:g}: none of {self.changed.size:,} outputs changes"
        spans = " × ".join(f"{start} to {stop - 1}" for start, stop in self.box)
        said = f"{count:,} of {self.changed.size:,} outputs change"
        return f"cell {self.cell} changed by {self.by:g}: {said}, all at {spans}"


def influence(
    part: object, x: npt.ArrayLike, cell: int | Sequence[int], by: float = 1.0, layer: str | None = None
) -> Influence:
    """Changes one cell of an input and sees which numbers of a part's result change, and by how much.

    A convolution is local: only outputs whose window holds the cell can change. And its weights are shared: away from
    the border the same change has the same effect wherever the cell is.

    Args:
        part: As for :func:`striate.equivariance_error`.
        x: The input, (n, c, *spatial) or (c, *spatial), with one channel also (*spatial); in a network's own order.
        cell: Which cell, one number for each spatial axis; it is changed in every sample and channel.
        by: What is added to it; not 0.
        layer: Which layer of the network; its output if left out.

    Returns:
        Both results and what differs. Nothing is rounded away: an output counts as changed if any bit of it is.

    Raises:
        ShapeError, ParameterError, UnsupportedError: Part, input or cell do not fit.

    Example:
        >>> seen = influence([1, 2, 4], [0, 1, 0, 3, 0, 2, 5], 3)
        >>> print(seen)
        cell (3,) changed by 1: 3 of 5 outputs change, all at 1 to 3
        >>> seen.response[0, 0]
        array([4., 2., 1.])
    """
    known, data = as_part(part, x, layer)
    at = _cell(cell, data.shape[2:])
    if not (isinstance(by, Real) and isfinite(by) and by):
        raise ParameterError(f"by (={by}) must be a number other than 0: what is added to the cell")
    touched = np.array(data)
    touched[(..., *at)] += by
    before, after = known.run(data), known.run(touched)
    difference = after - before
    changed = np.asarray((before != after).any(axis=(0, 1)))
    places = np.argwhere(changed)
    edges = zip(places.min(0), places.max(0), strict=True) if len(places) else ()
    box = tuple((int(first), int(last) + 1) for first, last in edges)
    return Influence(at, float(by), before, after, difference, changed, box)


def _cell(cell: int | Sequence[int], lengths: Sequence[int]) -> tuple[int, ...]:
    wanted = (
        f"cell (={cell}) must be a place in the input of {'×'.join(map(str, lengths))} cells, a number for each axis"
    )
    at = whole_numbers(cell, wanted)
    if len(at) != len(lengths) or not all(0 <= place < length for place, length in zip(at, lengths, strict=True)):
        raise ParameterError(wanted)
    return at
