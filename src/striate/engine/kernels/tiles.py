"""Which register tile: a small cost model of one processor core.

A tile of p positions and v vectors of filters does, for each input channel and tap, ``p*v`` FMAs with ``p``
broadcasts and ``v`` loads of weights. Taken per core and cycle: 2 FMAs, 2 loads, 4 cycles until an FMA's sum can be
used again, and 32 bytes of weights from the second-level cache. What the slowest of the four takes is the tile's
cost, and a little for each load, which decides between equals.
"""

from __future__ import annotations

from functools import lru_cache

from striate.engine.isa import Isa

FMAS, LOADS, LATENCY, STREAM = 2, 2, 4, 32
A_LITTLE = 0.1
# Bytes of a tile's weights that stay in the second-level cache beside its input while it moves on, and cycles that
# each MiB more adds to every byte read, to a limit: they come from further and further away. Measured: 3x3 taps over 64
# to 512 channels on maps of 14x14 to 56x56, where it decides 1 to 3%.
NEAR, FARTHER, FARTHEST = 256 * 1024, 0.012, 2.0
# Most sums in a tile, most positions, and most sums and weights together. Found by reading what LLVM makes of each
# tile: with more it moves vectors to the stack. Without an FMA a product needs a register of its own.
LARGEST = {"avx512": (27, 27, 30), "avx2": (12, 8, 14), "generic": (8, 8, 12)}


def tile_cycles(pixels: int, vectors: int, target: Isa) -> float:
    """Cycles per input channel and tap."""
    streamed = vectors * target.lanes * 4 / STREAM
    loads = pixels + vectors
    return max(pixels * vectors / FMAS, LATENCY, loads / LOADS, streamed) + A_LITTLE * loads


def fits(pixels: int, vectors: int, target: Isa) -> bool:
    """Whether sums, weights and what else is alive stay in registers."""
    sums, positions, together = LARGEST[target.name]
    count = pixels * vectors
    return count <= sums and pixels <= positions and count + vectors <= together


@lru_cache(maxsize=4096)
def choose_tile(
    width: int, filters: int, target: Isa, depth: int = 1, groups: int = 1, taps: int = 1
) -> tuple[int, int]:
    """The (pixels, vectors) that cost least for lines of so many positions.

    Args:
        width: Positions in a line.
        filters: Filters of all groups.
        target: Instruction set.
        depth: Input channels of a group.
        groups: Groups of the convolution: the more filters in a tile, the more of their inputs are others'.
        taps: Taps of a filter.
    """
    most = -(-filters // target.lanes)
    candidates = [
        (pixels, vectors)
        for vectors in range(1, min(most, 8 if width == 1 else 4) + 1)
        for pixels in range(1, min(width, target.registers) + 1)
        if fits(pixels, vectors, target)
    ]
    return min(
        candidates, key=lambda tile: (_cost(*tile, width, filters, target, depth, groups, taps), -tile[1], tile[0])
    )


def _cost(
    pixels: int, vectors: int, width: int, filters: int, target: Isa, depth: int, groups: int, taps: int
) -> float:
    whole, rest = divmod(width, pixels)
    blocks = -(-filters // target.lanes)
    full, tail = divmod(blocks, vectors)
    total = 0.0
    for count, size in ((full, vectors), (1 if tail else 0, tail)):
        if count:
            line = whole * tile_cycles(pixels, size, target) + (tile_cycles(rest, size, target) if rest else 0)
            channels = channels_seen(size * target.lanes, filters, depth, groups)
            line += -(-width // pixels) * _distance(size * target.lanes * 4, channels * taps)
            total += count * line * channels
    return total


def _distance(nbytes: int, terms: int) -> float:
    """Cycles that a tile's weights, so many bytes for each of its terms, take to come from further away."""
    return nbytes * FARTHER * min(FARTHEST, max(0, nbytes * terms - NEAR) / 2**20)


def channels_seen(count: int, filters: int, depth: int, groups: int) -> int:
    """Input channels that so many neighbouring filters see between them, in whole quads."""
    per_group = filters // groups
    spanned = min(groups, -(-count // per_group) + (1 if per_group > 1 and count % per_group else 0))
    return -(-spanned * depth // 4) * 4
