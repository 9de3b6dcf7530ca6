"""How the engine lays a value in memory: channels in blocks of one vector, with room for padding around each map.

A value of shape (n, c, *spatial) becomes ``[n][ceil(c/lanes)][before + size + after ...][lanes]`` float32: a vector
holds neighbouring channels of one cell. The halo (``before`` and ``after``) is the zero padding that a convolution
reading the value asks for, so that its kernel has no border case. Lanes beyond c are zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from striate.arithmetic import Pads
from striate.graph import Array

ALIGNMENT = 64


@dataclass(frozen=True)
class Blocked:
    """The layout of one value.

    Args:
        n: Samples.
        c: Channels.
        spatial: Cells per spatial axis.
        halo: Cells of zero padding (before, after) per spatial axis.
        lanes: Channels in a block.
    """

    n: int
    c: int
    spatial: tuple[int, ...]
    halo: Pads
    lanes: int

    @property
    def blocks(self) -> int:
        """Blocks of channels."""
        return -(-self.c // self.lanes)

    @cached_property
    def padded(self) -> tuple[int, ...]:
        """Cells per spatial axis, halo included."""
        return tuple(before + size + after for (before, after), size in zip(self.halo, self.spatial, strict=True))

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Shape of the memory."""
        return (self.n, self.blocks, *self.padded, self.lanes)

    @property
    def size(self) -> int:
        """Floats that it takes."""
        return prod(self.shape)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """Floats between neighbours along (n, block, *spatial)."""
        sizes = (self.blocks, *self.padded, self.lanes)
        return tuple(prod(sizes[axis:]) for axis in range(len(sizes)))

    @cached_property
    def origin(self) -> int:
        """Floats from the base to the first cell inside the halo."""
        return sum(before * step for (before, _), step in zip(self.halo, self.strides[2:], strict=True))

    def allocate(self) -> Array:
        """Zeroed, aligned memory for it."""
        return aligned(self.size).reshape(self.shape)

    def pack(self, array: Array, memory: Array) -> None:
        """Copies a channels-first array into blocked memory; halo and spare lanes are left as they are."""
        inside = memory[(slice(None), slice(None), *self._interior())]
        whole, rest = divmod(self.c, self.lanes)
        moved = np.moveaxis(array[:, : whole * self.lanes].reshape(self.n, whole, self.lanes, *self.spatial), 2, -1)
        inside[:, :whole] = moved
        if rest:
            inside[:, whole, ..., :rest] = np.moveaxis(array[:, whole * self.lanes :], 1, -1)

    def unpack(self, memory: Array) -> Array:
        """The channels-first array that blocked memory holds, always a copy."""
        inside = memory[(slice(None), slice(None), *self._interior())]
        moved = np.moveaxis(inside, -1, 2).reshape(self.n, self.blocks * self.lanes, *self.spatial)
        # Of one sample without spatial axes the cut is contiguous already, and would still be the memory itself.
        return np.array(moved[:, : self.c], order="C", copy=True)

    def _interior(self) -> tuple[slice, ...]:
        return tuple(slice(before, before + size) for (before, _), size in zip(self.halo, self.spatial, strict=True))


def aligned(count: int) -> Array:
    """Zeroed float32 memory whose base is a multiple of 64 bytes."""
    raw = np.zeros(count + ALIGNMENT // 4, np.float32)
    skip = (-raw.ctypes.data % ALIGNMENT) // 4
    return raw[skip : skip + count]
