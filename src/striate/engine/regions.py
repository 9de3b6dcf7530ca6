"""Memory of a program: every buffer is a region, and regions whose lives do not overlap share bytes.

While a program is put together, nobody knows where a region will lie; kernels' arguments are absolute addresses,
though. So each region gets a range of virtual addresses of its own, far beyond any real one, and calls are made with
those. When all lives are known, regions get their offsets in one arena, and the virtual addresses are replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

import numpy as np

from striate.engine.layout import ALIGNMENT, Blocked
from striate.graph import Array

# Virtual addresses begin here; a region's range is 2^RANGE_BITS bytes, its base in the middle, so that an address
# slightly below the base (a window's first cell in the halo) is still the region's.
FIRST = 1 << 61
RANGE_BITS = 40
MIDDLE = 1 << (RANGE_BITS - 1)
# Sizes are often whole pages; so many cache lines more, and buffers side by side do not fight for the same cache sets.
SPARE = 17


@dataclass(slots=True)
class Region:
    """One buffer of a program.

    Args:
        index: Its number.
        nbytes: Bytes that it takes.
        first: Number of the first call that touches it.
        last: Number of the last one.
    """

    index: int
    nbytes: int
    first: int
    last: int

    @property
    def address(self) -> int:
        """Its virtual address."""
        return FIRST + (self.index << RANGE_BITS) + MIDDLE


@dataclass(frozen=True, slots=True)
class Home:
    """Where a value lives; two values may share a region, each in its own shape.

    Args:
        region: The memory.
        layout: The blocked layout of the value; None for a plain array.
        shape: The value's shape.
        last: Whether the layout's channels are the value's last axis; else they are its second one.
        strides: Of a plain array, floats between neighbours along each axis; None if they follow one another.
        offset: Of a plain array, floats from the region's beginning to its first number.
    """

    region: Region
    layout: Blocked | None
    shape: tuple[int, ...]
    last: bool = False
    strides: tuple[int, ...] | None = None
    offset: int = 0

    @property
    def steps(self) -> tuple[int, ...]:
        """Of a plain array, floats between neighbours along each axis."""
        if self.strides is not None:
            return self.strides
        return tuple(prod(self.shape[axis + 1 :]) for axis in range(len(self.shape)))


@dataclass
class Regions:
    """All regions of a program that is being put together."""

    all: list[Region] = field(default_factory=list[Region])

    def new(self, nbytes: int, now: int) -> Region:
        """A new region, alive from now on."""
        rounded = (-(-max(nbytes, 1) // ALIGNMENT) + SPARE) * ALIGNMENT
        region = Region(len(self.all), rounded, now, now)
        self.all.append(region)
        return region

    def arrange(self, reuse: bool) -> tuple[Array, int]:
        """Offsets of all regions in one arena, int64, and the arena's size, both in bytes.

        Large regions are placed first, each at the lowest offset where no region alive at the same time lies (Pisarchyk
        and Lee, "Efficient memory management for deep neural net inference", 2020). Without reuse all lie apart.
        """
        offsets = np.zeros(len(self.all), np.int64)
        placed: list[Region] = []
        total = 0
        for region in sorted(self.all, key=lambda r: (-r.nbytes, r.index)):
            offset = 0 if reuse else total
            if reuse:
                others = [o for o in placed if o.first <= region.last and region.first <= o.last]
                for other in sorted(others, key=lambda o: int(offsets[o.index])):
                    if offset + region.nbytes <= offsets[other.index]:
                        break
                    offset = max(offset, int(offsets[other.index]) + other.nbytes)
            offsets[region.index] = offset
            placed.append(region)
            total = max(total, offset + region.nbytes)
        return offsets, total


def resolve(arguments: Array, offsets: Array) -> tuple[Array, Array]:
    """Virtual addresses as offsets in the arena: the arguments with them in place, and where they are.

    Args:
        arguments: int64, all calls' arguments.
        offsets: Of each region in the arena.
    """
    virtual = arguments >= FIRST
    found = arguments.copy()
    inside = arguments[virtual] - FIRST
    region = inside >> RANGE_BITS
    found[virtual] = offsets[region] + (inside & ((1 << RANGE_BITS) - 1)) - MIDDLE
    return found, virtual


def places_of(region: Region, arguments: Array) -> tuple[Array, Array]:
    """Where arguments hold virtual addresses in a region, and how many bytes each lies behind its base.

    Args:
        region: The region.
        arguments: int64, before :func:`resolve`.
    """
    low = region.address - MIDDLE
    places = np.flatnonzero((arguments >= low) & (arguments < low + (1 << RANGE_BITS)))
    return places, arguments[places] - region.address
