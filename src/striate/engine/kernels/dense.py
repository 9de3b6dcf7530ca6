"""Dense layers, ``y[n, k] = b[k] + sum over c of w[k, c] * x[n, c]``: the direct kernel with samples as positions.

The weights are read once for each tile of samples. For one sample nothing is used twice, so the memory that they come
from sets the pace: the tile is then one sample by up to eight vectors, as many independent sums as it takes to keep
loading.

Cost per input channel: ``samples * vectors`` FMAs for ``vectors`` vector loads; ``4*k*c`` bytes of weights for each
tile.
Error bound: as for the direct kernel, a chain of C fused multiply-adds.
"""

from __future__ import annotations

from dataclasses import replace

from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.kernels.direct import DirectWeights, call_direct, pack_direct
from striate.engine.kernels.lines import Target, cell_operands
from striate.engine.kernels.place import Place
from striate.engine.kernels.tiles import choose_tile
from striate.engine.layout import Blocked
from striate.graph import Array


def pack_dense(weight: Array, bias: Array | None, n: int, target: Isa) -> tuple[DirectWeights, int]:
    """Weights (k, c) and bias (k,) packed for so many samples, and the samples of a tile."""
    pixels, vectors = choose_tile(n, weight.shape[0], target)
    return pack_direct(weight[:, :, None], bias, 1, vectors, target.lanes), pixels


def call_dense(weights: DirectWeights, pixels: int, x: Blocked, x_base: int, target: Target) -> Call:
    """A dense layer of a value (n, c).

    Args:
        weights: Packed weights.
        pixels: Samples in a tile.
        x: The input's layout, without spatial axes.
        x_base: Its address.
        target: Where the results go; an operand for each channel must be the same for all samples.
    """
    cells = cell_operands(target.stages)
    as_columns = Target(
        _samples_as_columns(target.y),
        target.stages,
        [_samples_as_columns(place) if i in cells else place for i, place in enumerate(target.operands)],
        [_samples_as_columns(place) for place in target.results],
    )
    place = _samples_as_columns(Place.of(x, x_base))
    return call_direct(weights, pixels, 1, (1, 1, x.n), place, [0], as_columns)


def _samples_as_columns(place: Place) -> Place:
    return replace(place, sample=0, column=place.sample)
