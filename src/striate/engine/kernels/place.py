"""Where a blocked value lies, as kernels see it: an address and the steps from one cell to the next along each axis.

Kernels walk (sample, block, plane, row, column); a value of lower rank has one plane, or one row too. So 1-D, 2-D and
3-D are the same code. Columns follow one another without gaps, one vector each, unless a kernel asks for their step
too.
"""

from __future__ import annotations

from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.layout import Blocked
from striate.engine.value import Value

AXES = ("sample", "block", "plane", "row")


@dataclass(frozen=True, slots=True)
class Place:
    """The first inner cell of a blocked value and the steps between cells; a step of 0 repeats it along that axis.

    Args:
        address: Of the first inner cell, in bytes.
        sample: Floats to the next sample.
        block: Floats to the next block of channels.
        plane: Floats to the next plane.
        row: Floats to the next row.
        column: Floats to the next column, for kernels that ask.
    """

    address: int
    sample: int = 0
    block: int = 0
    plane: int = 0
    row: int = 0
    column: int = 0

    @classmethod
    def of(cls, layout: Blocked, base: int) -> Place:
        """Where a value of that layout lies in memory that begins at ``base``."""
        sample, block, *spatial = layout.strides
        plane, row = [0, 0, *spatial[:-1]][-2:]
        return cls(base + 4 * layout.origin, sample, block, plane, row, layout.lanes)

    def arguments(self, name: str, strided: bool = False) -> dict[str, int]:
        """The arguments that :class:`Walker` asks for, by name."""
        steps = {f"{name}_{axis}": getattr(self, axis) for axis in (*AXES, *(("column",) if strided else ()))}
        return {name: self.address, **steps}


class Walker:
    """A blocked value inside a kernel.

    Args:
        k: The kernel, which gets five more arguments, or six.
        name: Their prefix.
        strided: Whether the step between columns is an argument too; else it is one vector.
    """

    def __init__(self, k: Emit, name: str, strided: bool = False) -> None:
        self.k = k
        self.pointer = k.pointer(name)
        self.sample, self.block, self.plane, self.row = (k.size(f"{name}_{axis}") for axis in AXES)
        self.column = k.size(f"{name}_column") if strided else k.integer(k.lanes)

    def at(self, sample: Value, block: Value, plane: Value, row: Value, column: Value | int = 0) -> Value:
        """Pointer to a cell."""
        offset = sample * self.sample + block * self.block + plane * self.plane + row * self.row
        return self.k.at(self.k.at(self.pointer, offset), self.column * column)


def extents(spatial: tuple[int, ...]) -> tuple[int, int, int]:
    """(planes, rows, columns) of a map with up to three spatial axes."""
    planes, rows, columns = (1, 1, 1, *spatial)[-3:]
    return planes, rows, columns
