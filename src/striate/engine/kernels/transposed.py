"""Transposed convolution as dense direct convolutions, one for each phase of the stride; no zeros are put in.

``y[k, s*i + d*t - p] += w[c, k, t] * x[c, i]``: along one axis, an output at ``o = phase + s*j`` meets the taps t for
which ``phase + p - d*t`` is a multiple of the stride, each with input ``j + (phase + p - d*t)/s``. So the outputs of
one phase are a convolution of stride 1 with those taps, and they are stored ``s`` cells apart. In more dimensions the
phases are the combinations of the axes' phases. A phase without taps stores the bias. Padding, output padding and
dilation are all in the table of taps; the input carries the zeros that are read past its ends as a halo.

Cost and error bound: those of :mod:`striate.engine.kernels.direct` with the taps that an output really has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from striate.arithmetic import Pads
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.kernels.direct import DirectWeights, call_direct, pack_direct
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place, extents
from striate.engine.kernels.tiles import choose_tile
from striate.engine.layout import Blocked
from striate.graph import Array


@dataclass(frozen=True, slots=True)
class AxisPhase:
    """What the outputs of one phase are made of along one axis.

    Args:
        first: The first output.
        count: Outputs of the phase.
        taps: Each tap of the kernel that they meet, with the input of the first output that it is multiplied with.
    """

    first: int
    count: int
    taps: tuple[tuple[int, int], ...]


def axis_phases(length: int, kernel: int, stride: int, dilation: int, before: int) -> list[AxisPhase]:
    """The phases of an axis that have outputs.

    Args:
        length: Outputs.
        kernel: Taps.
        stride: Outputs between the places that two neighbouring inputs are sent to.
        dilation: Outputs between two taps.
        before: Outputs cut from the beginning.
    """
    found: list[AxisPhase] = []
    for phase in range(min(stride, length)):
        reach = [(tap, phase + before - dilation * tap) for tap in range(kernel)]
        taps = tuple((tap, offset // stride) for tap, offset in reach if offset % stride == 0)
        found.append(AxisPhase(phase, -(-(length - phase) // stride), taps))
    return found


@dataclass(frozen=True)
class TransposedConvolution:
    """Attributes of a transposed convolution and its sizes, per spatial axis.

    Args:
        lengths: Inputs.
        positions: Outputs.
        kernel: Taps.
        stride: Outputs between the places that two neighbouring inputs are sent to.
        dilation: Outputs between two taps.
        before: Outputs cut from the beginning.
    """

    lengths: tuple[int, ...]
    positions: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]

    def phases(self) -> list[list[AxisPhase]]:
        """The phases of each axis."""
        axes = zip(self.positions, self.kernel, self.stride, self.dilation, self.before, strict=True)
        return [axis_phases(*facts) for facts in axes]

    def needed_halo(self) -> Pads:
        """Zero cells before and after the input that are read."""
        found: list[tuple[int, int]] = []
        for length, phases in zip(self.lengths, self.phases(), strict=True):
            ends = [(offset, offset + phase.count - 1) for phase in phases for _, offset in phase.taps]
            low, high = min((end[0] for end in ends), default=0), max((end[1] for end in ends), default=0)
            found.append((max(0, -low), max(0, high - (length - 1))))
        return tuple(found)


@dataclass(frozen=True)
class PhaseWeights:
    """One phase: its part of each axis, its packed weights and the positions of its tile."""

    axes: tuple[AxisPhase, ...]
    weights: DirectWeights
    pixels: int


def pack_transposed(
    weight: Array, bias: Array | None, groups: int, shape: TransposedConvolution, target: Isa
) -> list[PhaseWeights]:
    """Packs weights (c, k/groups, *kernel) phase by phase."""
    c, per_group = weight.shape[:2]
    filters, depth = per_group * groups, c // groups
    forward = weight.reshape(groups, depth, per_group, -1).swapaxes(1, 2).reshape(filters, depth, -1)
    steps = [prod(shape.kernel[axis + 1 :]) for axis in range(len(shape.kernel))]
    found: list[PhaseWeights] = []
    for axes in product(*shape.phases()):
        taps = [
            sum(tap * step for (tap, _), step in zip(combination, steps, strict=True))
            for combination in product(*(axis.taps for axis in axes))
        ]
        pixels, vectors = choose_tile(axes[-1].count, filters, target, depth, groups)
        packed = pack_direct(forward[:, :, taps], bias, groups, vectors, target.lanes)
        found.append(PhaseWeights(axes, packed, pixels))
    return found


def call_transposed(
    phases: Sequence[PhaseWeights], stride: Sequence[int], x: Blocked, x_base: int, target: Target
) -> list[Call]:
    """A transposed convolution: one call for each phase; they do not depend on one another.

    Args:
        phases: Packed weights.
        stride: The convolution's.
        x: The input's layout; its halo is at least what TransposedConvolution.needed_halo says.
        x_base: Its address.
        target: Where the results go.
    """
    cells = x.strides[2:]
    calls: list[Call] = []
    for phase in phases:
        offsets = [
            sum(offset * cell for (_, offset), cell in zip(combination, cells, strict=True))
            for combination in product(*(axis.taps for axis in phase.axes))
        ]
        counts = extents(tuple(axis.count for axis in phase.axes))
        part = target.every([axis.first for axis in phase.axes], stride)
        calls.append(call_direct(phase.weights, phase.pixels, x.n, counts, Place.of(x, x_base), offsets, part))
    return calls
