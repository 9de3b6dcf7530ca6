"""Zeroing the halo of a blocked value: the padding that its readers take for granted.

Every plane and row outside the map is zeroed whole, and of the rows inside what lies before and behind the map.
Cost: one store a vector of halo.
"""

from __future__ import annotations

from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.layout import Blocked
from striate.engine.value import Value


@dataclass(frozen=True, slots=True)
class Halo:
    """What a kernel that zeroes halos is specialised on: nothing."""

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return "halo"


SIZES = "plane_before planes plane_after row_before rows row_after column_before columns column_after".split()


def emit_halo(spec: Halo, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one sample and one block of channels."""
    k = Emit(spec.name, target)
    memory = k.pointer("memory")
    size = {name: k.size(name) for name in SIZES}
    width, height, depth = (
        size[f"{axis}_before"] + size[f"{axis}s"] + size[f"{axis}_after"] for axis in ("column", "row", "plane")
    )
    base = k.at(memory, k.chunk * depth * height * width * k.lanes)
    zero = k.vector(0.0)

    def cleared(line: Value, first: Value, last: Value) -> None:
        with k.loop(first, last) as column:
            k.store(zero, line, column * k.lanes)

    with k.loop(0, depth) as plane, k.loop(0, height) as row:
        line = k.at(base, (plane * height + row) * width * k.lanes)
        inside = _within(k, plane, size, "plane") & _within(k, row, size, "row")
        # Outside the map the part before it is the whole row.
        cleared(line, k.integer(0), k.select(inside, size["column_before"], width))
        cleared(line, k.select(inside, size["column_before"] + size["columns"], width), width)
    return k


def _within(k: Emit, position: Value, size: dict[str, Value], axis: str) -> Value:
    before = size[f"{axis}_before"]
    return (position >= before) & (position < before + size[f"{axis}s"])


def halo_arguments(layout: Blocked, base: int) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks, for a value of that layout in memory that begins at ``base``."""
    arguments = {"memory": base}
    halo = (*((0, 0),) * 3, *layout.halo)[-3:]
    spatial = (1, 1, 1, *layout.spatial)[-3:]
    for axis, (before, after), cells in zip(("plane", "row", "column"), halo, spatial, strict=True):
        arguments |= {f"{axis}_before": before, f"{axis}s": cells, f"{axis}_after": after}
    return arguments, layout.n * layout.blocks
