"""Planes and rows of a kernel that lie in the padding: what they would add is zero, so they are left out.

A line of positions meets the kernel's planes and rows at the same places, all along. On a map of 7 rows a 3x3 kernel's
first row is in the padding for one line, its last one for another: 2 of 21, and as many of the multiplications.

Zero times an infinite weight is no zero, so where a weight is not finite nothing may be left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from striate.arithmetic import Pads, Window
from striate.engine.emit import Emit
from striate.engine.kernels.place import Place
from striate.engine.value import Value

AXES = ("plane", "row")
# More cells than any axis has.
_ENDLESS = 2**40
_STILL = Place(0)


def taps_inside(k: Emit, start: Value, taps: Value, dilation: Value, length: Value) -> tuple[Value, Value]:
    """The first tap on a cell of the input, and the first one past its end.

    Args:
        k: The kernel.
        start: The cell under the window's first tap; negative or past the end in the padding.
        taps: How many there are.
        dilation: Cells between two of them.
        length: Cells of the input.
    """
    zero = k.integer(0)
    low = (k.larger(zero - start, zero) + dilation - 1) // dilation
    high = (k.larger(length - start, zero) + dilation - 1) // dilation
    return low, k.smaller(high, taps)


@dataclass(frozen=True, slots=True)
class AxisClip:
    """A kernel's planes or rows over an input.

    Args:
        taps: How many there are.
        dilation: Cells between two of them.
        before: Cells of padding in front of the input.
        length: Cells of the input.
        steps: Cells from one position to the next plane, row and column, as a place's.
    """

    taps: int
    dilation: int = 1
    before: int = 0
    length: int = _ENDLESS
    steps: Place = _STILL

    def moved(self, steps: Place) -> AxisClip:
        """The same for lines that were put together in another way; nothing is left out if it differs along a line."""
        return AxisClip(self.taps) if steps.column else replace(self, steps=steps)

    def arguments(self, axis: str) -> dict[str, int]:
        """The arguments of :class:`LineTaps`, by name."""
        steps = {"to_plane": self.steps.plane, "to_row": self.steps.row}
        facts = {"taps": self.taps, "dilation": self.dilation, "before": self.before, "length": self.length}
        return {f"{part}_{axis}": value for part, value in (facts | steps).items()}


Clips = tuple[AxisClip, AxisClip]
WHOLE: Clips = AxisClip(1), AxisClip(1)


def clips(window: Window, pads: Pads, lengths: Sequence[int], finite: bool) -> Clips:
    """Planes and rows of a window over inputs of these sizes.

    Args:
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis.
        lengths: The input's spatial sizes.
        finite: Whether all weights are.
    """
    missing = 3 - len(lengths)
    found: list[AxisClip] = [AxisClip(1)] * missing
    facts = zip(window.kernel, window.stride, window.dilation, pads, lengths, strict=True)
    for axis, (taps, stride, dilation, pad, length) in enumerate(facts, missing):
        steps = Place(0, plane=stride) if axis == 0 else Place(0, row=stride)
        clipped = finite and taps > 1 and any(pad)
        found.append(AxisClip(taps, dilation, pad[0], length, steps) if clipped else AxisClip(taps))
    return found[0], found[1]


class LineTaps:
    """Inside a kernel: which planes and rows of the window a line of positions meets.

    Args:
        k: The kernel, which gets the arguments of two :class:`AxisClip`.
    """

    def __init__(self, k: Emit) -> None:
        self.k = k
        parts = "taps dilation before length to_plane to_row".split()
        self.axes = [{part: k.size(f"{part}_{axis}") for part in parts} for axis in AXES]

    def line(self, plane: Value, row: Value) -> Value:
        """Number of a row among the rows of all planes."""
        return plane * self.axes[1]["taps"] + row

    def count(self) -> Value:
        """Rows of all planes of the window."""
        return self.axes[0]["taps"] * self.axes[1]["taps"]

    def inside(self, plane: Value, row: Value) -> list[tuple[Value, Value]]:
        """The first plane and the one past the last, and the same of rows, for one line."""
        found: list[tuple[Value, Value]] = []
        for axis in self.axes:
            start = plane * axis["to_plane"] + row * axis["to_row"] - axis["before"]
            found.append(taps_inside(self.k, start, axis["taps"], axis["dilation"], axis["length"]))
        return found
