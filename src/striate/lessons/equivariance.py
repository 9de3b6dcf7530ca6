"""Equivariance and invariance to shifts, measured.

A convolution is equivariant: ``conv(shift(x)) == shift(conv(x))``, wherever no border is in sight. Two things break it:

- the border: what a shift moves out is lost, what comes in is new, and padding stays where it is;
- the stride: outputs lie s cells apart, so a shift of the input by q moves them by q/s, which is a place of the output
  only where s divides q.

Invariance is another thing: the same numbers at the same places in spite of the shift. Pooling gives some of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from striate.arithmetic import whole_numbers
from striate.errors import ParameterError
from striate.graph import Array
from striate.lessons.parts import Part, as_part
from striate.lessons.told import Told, first_map
from striate.media import shift as shifted

# Less than this part of the largest number is rounding: float64 for a part, float32 for a network's layer.
_ROUNDING = {8: 1e-10, 4: 1e-4, 2: 1e-1}


@dataclass(frozen=True, eq=False)
class Equivariance(Told):
    """A part on a shifted input, beside the shifted result; arrays are (n, k, *positions).

    Args:
        shift: Cells by which the input was shifted, per axis.
        stride: Cells of the input between two neighbouring outputs.
        output_shift: Places by which the result was shifted: ``shift / stride``, the nearest whole number.
        remainder: Cells of the shift that are left over; not 0 where the stride does not divide it.
        of_shifted: ``conv(shift(x))``.
        shifted: ``shift(conv(x))``.
        difference: ``of_shifted - shifted``.
        interior: (*positions): outputs that see no border and no new cell, before and after.
        differs: (*positions): where any number differs by more than rounding.
    """

    shift: tuple[int, ...]
    stride: tuple[int, ...]
    output_shift: tuple[int, ...]
    remainder: tuple[int, ...]
    of_shifted: Array
    shifted: Array
    difference: Array
    interior: Array
    differs: Array

    TITLE = "Equivariance: shift, then convolve, or convolve, then shift"

    def panels(self) -> Sequence[tuple[str, Array]]:
        """The first map on both ways, and where they differ."""
        arrays = {"conv(shift(x))": self.of_shifted, "shift(conv(x))": self.shifted, "difference": self.difference}
        return [(label, first_map(array)) for label, array in arrays.items()]

    @property
    def aligned(self) -> bool:
        """Whether the stride divides the shift, so that the result should only have moved."""
        return not any(self.remainder)

    @property
    def moves(self) -> tuple[float, ...]:
        """Places of the output by which the result should move, per axis; a part of a place where not aligned."""
        return tuple(q / s for q, s in zip(self.shift, self.stride, strict=True))

    @property
    def interior_error(self) -> float:
        """Largest magnitude of the difference in the interior: rounding where aligned, else what the stride does."""
        return float(np.abs(self.difference[..., self.interior]).max(initial=0.0))

    @property
    def border_error(self) -> float:
        """The same at the border."""
        return float(np.abs(self.difference[..., ~self.interior]).max(initial=0.0))

    @property
    def border_cells(self) -> int:
        """Positions that see the border or what a shift brought in."""
        return int((~self.interior).sum())

    @property
    def border_differs(self) -> int:
        """How many of those do differ."""
        return int((self.differs & ~self.interior).sum())

    def __str__(self) -> str:
        inside = int(self.interior.sum())
        lines = [f"shift {self.shift}, stride {self.stride}: the result moves by {self.output_shift}"]
        if not inside:
            lines.append("interior: none, every output sees the border")
        elif self.aligned:
            lines.append(f"interior: {inside:,} positions, error {self.interior_error:.2g}: equivariant")
        else:
            wrong = int((self.differs & self.interior).sum())
            lines.append(
                f"interior: {wrong:,} of {inside:,} positions differ, by up to {self.interior_error:.4g}: the stride; "
                f"exact only for shifts by multiples of {self.stride}"
            )
        lines.append(
            f"border: {self.border_differs:,} of {self.border_cells:,} positions differ, by up to "
            f"{self.border_error:.4g}"
        )
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Invariance(Told):
    """A part on an input and on the shifted input; arrays are (n, k, *positions).

    Args:
        shift: Cells by which the input was shifted, per axis.
        before: ``part(x)``.
        after: ``part(shift(x))``.
        difference: ``after - before``.
        interior: (*positions): outputs that see no border and no new cell, before and after; all False where the part
            sees everything.
        input_change: How far the input moved: ``|shift(x) - x| / |x|``, Euclidean.
        change: The same of the result (1 where it was all zeros and is no more).
        same: Part of the numbers that stayed as they were, but for rounding.
    """

    shift: tuple[int, ...]
    before: Array
    after: Array
    difference: Array
    interior: Array
    input_change: float
    change: float
    same: float

    TITLE = "Invariance: how much of the result stays as it is"

    def panels(self) -> Sequence[tuple[str, Array]]:
        """The first map before and after, and what changed."""
        arrays = {"part(x)": self.before, "part(shift(x))": self.after, "difference": self.difference}
        return [(label, first_map(array)) for label, array in arrays.items() if array.ndim > 2]

    def __str__(self) -> str:
        return (
            f"shift {self.shift}: the input changes by {self.input_change:.1%}, the result by {self.change:.1%}; "
            f"{self.same:.1%} of its numbers stay as they were"
        )


def equivariance_error(
    part: object, x: npt.ArrayLike, shift: int | Sequence[int], layer: str | None = None
) -> Equivariance:
    """Whether a part does the same after a shift as before it: ``conv(shift(x))`` against ``shift(conv(x))``.

    Args:
        part: A :class:`striate.lessons.Convolution` or :class:`striate.lessons.Pooling`, weights, a bare kernel or a
            unit's filter; a list of them, also with functions of each number such as ``st.functional.relu``; or a
            network.
        x: The input, (n, c, *spatial) or (c, *spatial), with one channel also (*spatial); in a network's own order.
        shift: Cells along each spatial axis, positive towards larger indices; zeros come in.
        layer: Which layer of the network; its output if left out.

    Returns:
        Both arrays, their difference, and what border and stride have to do with it.

    Raises:
        ShapeError, ParameterError: Part, input or shift do not fit.
        UnsupportedError: The layer's outputs lie a part of a cell apart.

    Exactness:
        Float64, but a network's layer runs in its own type. The interior is where every cell in the window, before and
        after, is one of the input's own.

    Example:
        >>> seen = equivariance_error([1, 0, -1], [0, 0, 1, 3, 2, 0, 4, 0], 2)
        >>> seen.interior_error, seen.border_differs
        (0.0, 0)
        >>> from striate.lessons import Convolution
        >>> print(equivariance_error(Convolution([1, 2], stride=2), [0, 1, 3, 2, 0, 4, 0, 5], 1))
        shift (1,), stride (2,): the result moves by (1,)
        interior: 3 of 3 positions differ, by up to 5: the stride; exact only for shifts by multiples of (2,)
        border: 0 of 1 positions differ, by up to 0
    """
    known, data = as_part(part, x, layer)
    cells = _cells(shift, known.axes)
    before = known.run(data)
    if known.reach is None or before.ndim != data.ndim:
        raise ParameterError(
            f"the part's output {before.shape} has no places that could move with the input; measure invariance_error"
        )
    jump = known.reach.jump
    places = tuple((2 * q + s) // (2 * s) for q, s in zip(cells, jump, strict=True))  # halves go up
    after, moved = known.run(shifted(data, cells, "zero")), shifted(before, places, "zero")
    interior = _interior(known, data.shape[2:], before.shape[2:], cells, places)
    difference = after - moved
    bound = _bound(before, after)
    differs: Array = np.abs(difference).max(axis=(0, 1), initial=0.0, keepdims=True)[0, 0] > bound
    rest = tuple(q - p * s for q, p, s in zip(cells, places, jump, strict=True))
    return Equivariance(cells, jump, places, rest, after, moved, difference, interior, differs)


def invariance_error(
    part: object, x: npt.ArrayLike, shift: int | Sequence[int], layer: str | None = None
) -> Invariance:
    """How much a part's result stays as it is when its input is shifted.

    Args:
        part: As for :func:`equivariance_error`; a network's layer may also have lost all places.
        x: As for :func:`equivariance_error`.
        shift: As for :func:`equivariance_error`.
        layer: As for :func:`equivariance_error`.

    Returns:
        Both results, their difference, how many numbers stayed, and how far input and result changed.

    Raises:
        ShapeError, ParameterError, UnsupportedError: As for :func:`equivariance_error`.

    Example:
        >>> from striate.lessons import Pooling
        >>> print(invariance_error(Pooling((4,)), [0, 7, 0, 0, 0, 5, 0, 0], 1))
        shift (1,): the input changes by 141.4%, the result by 0.0%; 100.0% of its numbers stay as they were
    """
    known, data = as_part(part, x, layer)
    cells = _cells(shift, known.axes)
    moved = shifted(data, cells, "zero")
    before, after = known.run(data), known.run(moved)
    difference = after - before
    still = (0,) * known.axes
    interior = _interior(known, data.shape[2:], before.shape[2:], cells, still)
    same = float((np.abs(difference) <= _bound(before, after)).mean())
    return Invariance(cells, before, after, difference, interior, _change(data, moved), _change(before, after), same)


def _cells(shift: int | Sequence[int], axes: int) -> tuple[int, ...]:
    wanted = f"shift (={shift}) must be a whole number of cells for each of {axes} axes"
    cells = whole_numbers(shift, wanted)
    if len(cells) != axes:
        raise ParameterError(wanted)
    return cells


def _interior(
    part: Part, lengths: Sequence[int], positions: Sequence[int], cells: Sequence[int], places: Sequence[int]
) -> Array:
    """Outputs whose windows lie inside the input before and after the shift, and that had a counterpart before."""
    if part.reach is None or len(positions) != len(lengths):
        return np.zeros(positions, bool)
    inside = np.ones(positions, bool)
    for axis, (count, length) in enumerate(zip(positions, lengths, strict=True)):
        o = np.arange(count)
        first = part.reach.start[axis] + part.reach.jump[axis] * o
        # The window's cells in the shifted input, the same cells of the input itself, and those of the output that
        # the shift brings here.
        starts = (first, first - cells[axis], first - places[axis] * part.reach.jump[axis])
        good = (o >= places[axis]) & (o < count + places[axis])
        for start in starts:
            good &= (start >= 0) & (start + part.reach.size[axis] <= length)
        inside &= good.reshape((-1,) + (1,) * (len(positions) - axis - 1))
    return inside


def _bound(before: Array, after: Array) -> float:
    largest = max(float(np.abs(before).max(initial=0.0)), float(np.abs(after).max(initial=0.0)))
    return _ROUNDING.get(before.dtype.itemsize, 1e-4) * largest


def _change(before: Array, after: Array) -> float:
    # In parts of the largest number, whose square could be beyond float64.
    largest = float(np.abs(before).max(initial=0.0)) or 1.0
    size = float(np.linalg.norm((before / largest).ravel()))
    moved = float(np.linalg.norm((after / largest - before / largest).ravel()))
    return moved / size if size else float(moved > 0)
