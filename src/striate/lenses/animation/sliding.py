"""Where the window of an operation lies at each position: one rule for each kind of op that has a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from striate import ops
from striate.arithmetic import Pads, dilated_extent
from striate.lenses.animation.walk import CellKind, Cells, Field, Numbers
from striate.lenses.explain.site import Site


@dataclass(frozen=True, slots=True)
class Sliding:
    """How a window slides over the cells of an input.

    Args:
        kernel: Taps along each axis.
        stride: Cells between two positions.
        dilation: Cells between two taps.
        pads: Cells around the input, (before, after) along each axis.
        spread: Cells between two inputs: 1, or the stride of a transposed convolution.
        lengths: Spatial size of the input.
        counts: Spatial size of the output.
        flipped: Whether taps meet cells in reverse order.
        sizes: The output size of each axis, written out; () where the window covers all.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    pads: Pads
    spread: tuple[int, ...]
    lengths: tuple[int, ...]
    counts: tuple[int, ...]
    flipped: bool
    sizes: tuple[str, ...]

    def cells(self, position: Sequence[int]) -> Cells:
        """Coordinates of the cells under the window, (*kernel, axes), in the order in which they lie."""
        axes = [
            s * o - before + d * np.arange(k)
            for o, k, s, d, (before, _) in zip(
                position, self.kernel, self.stride, self.dilation, self.pads, strict=True
            )
        ]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)

    def field(self, x: Numbers, first: Sequence[int], last: Sequence[int]) -> Field:
        """What the windows from the first to the last position see; the whole input where these are all positions.

        Args:
            x: The input, (channels, *lengths).
            first: The first position along each axis.
            last: The last one.
        """
        low: list[int] = self.cells(first).reshape(-1, len(first))[0].tolist()
        high: list[int] = [end + 1 for end in self.cells(last).reshape(-1, len(last))[-1].tolist()]
        if not any(first) and all(o + 1 == count for o, count in zip(last, self.counts, strict=True)):
            ends = [(n - 1) * s + 1 for n, s in zip(self.lengths, self.spread, strict=True)]
            low = [min(start, 0) for start in low]
            high = [max(stop, end) for stop, end in zip(high, ends, strict=True)]
        reads: list[Cells] = []
        numbers = x
        kinds: Cells = np.zeros((), np.int64)
        for axis, (start, stop) in enumerate(zip(low, high, strict=True)):
            places = np.arange(start, stop)
            source, between = np.divmod(places, self.spread[axis])
            beyond = (places < 0) | (source > self.lengths[axis] - 1)
            beyond |= (source == self.lengths[axis] - 1) & (between > 0)
            kind = np.where(beyond, CellKind.PADDING, np.where(between > 0, CellKind.GAP, CellKind.INPUT))
            # Padding on any axis makes a cell padding, else a gap on any axis makes it a gap.
            kinds = np.where(
                (kinds[..., None] == CellKind.PADDING) | (kind == CellKind.PADDING),
                CellKind.PADDING,
                np.maximum(kinds[..., None], kind),
            )
            reads.append(np.clip(source, 0, self.lengths[axis] - 1))
        numbers = x[(slice(None), *np.ix_(*reads))]
        return Field(np.where(kinds == CellKind.INPUT, numbers, 0.0), kinds, tuple(low))


def sliding_of(site: Site) -> Sliding | None:
    """How the window of a node slides; None for an operation without one."""
    for kind, rule in _RULES.items():
        if isinstance(site.node.op, kind):
            return rule(site)
    return None


def channels_of(site: Site) -> tuple[int, ...]:
    """The channels of the input that go into the output's channel."""
    op, channel = site.node.op, site.index[1]
    if not isinstance(op, ops.Conv | ops.ConvTranspose):
        return (channel,)
    depth, filters = site.array(0).shape[1] // op.groups, site.result.shape[1] // op.groups
    first = channel // filters * depth
    return tuple(range(first, first + depth))


def _convolution(site: Site) -> Sliding:
    op = site.node.op
    assert isinstance(op, ops.Conv)
    kernel, lengths, counts = _sizes(site, site.array(1).shape[2:])
    pads = op.window(kernel).pads(lengths)
    sizes = _window_sizes(lengths, kernel, op.stride, op.dilation, pads, counts)
    ones = (1,) * len(kernel)
    return Sliding(kernel, op.stride, op.dilation, pads, ones, lengths, counts, False, sizes)


def _transposed(site: Site) -> Sliding:
    """``stride*i + dilation*t - padding = o``: the tap t at position o lies on ``o + padding - dilation*t``."""
    op = site.node.op
    assert isinstance(op, ops.ConvTranspose)
    kernel, lengths, counts = _sizes(site, site.array(1).shape[2:])
    cut = op.pads(lengths, kernel)
    spans = [dilated_extent(k, d) for k, d in zip(kernel, op.dilation, strict=True)]
    reach = [(n - 1) * s + 1 for n, s in zip(lengths, op.stride, strict=True)]
    pads = tuple(
        (span - 1 - before, count - 1 + before - room + 1)
        for span, (before, _), count, room in zip(spans, cut, counts, reach, strict=True)
    )
    sizes = tuple(
        f"({n} − 1)·{s} + {span} − {_twice(pad)}{_more(count, (n - 1) * s + span - sum(pad))} = {count}"
        for n, s, span, pad, count in zip(lengths, op.stride, spans, cut, counts, strict=True)
    )
    ones = (1,) * len(kernel)
    return Sliding(kernel, ones, op.dilation, pads, op.stride, lengths, counts, True, sizes)


def _pooling(site: Site) -> Sliding:
    op = site.node.op
    assert isinstance(op, ops.Pool)
    kernel, lengths, counts = _sizes(site, op.kernel)
    pads = op.window.pads(lengths)
    sizes = _window_sizes(lengths, kernel, op.stride, op.dilation, pads, counts, op.ceil_mode)
    ones = (1,) * len(kernel)
    return Sliding(kernel, op.stride, op.dilation, pads, ones, lengths, counts, False, sizes)


def _whole_map(site: Site) -> Sliding:
    """A global pooling: one window, over everything."""
    lengths = tuple(site.array(0).shape[2:])
    ones, pads = (1,) * len(lengths), ((0, 0),) * len(lengths)
    return Sliding(lengths, ones, ones, pads, ones, lengths, ones, False, ())


_RULES: dict[type[object], Callable[[Site], Sliding]] = {
    ops.Conv: _convolution,
    ops.ConvTranspose: _transposed,
    ops.Pool: _pooling,
    ops.GlobalPool: _whole_map,
}


def _sizes(site: Site, kernel: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    return tuple(kernel), tuple(site.array(0).shape[2:]), tuple(site.result.shape[2:])


def _window_sizes(
    lengths: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], pads: Pads,
    counts: Sequence[int], ceil: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    opened, closed = "⌈⌉" if ceil else "⌊⌋"
    return tuple(
        f"{opened}({n} + {_twice(pad)} − {k if d == 1 else f'({d}·({k} − 1) + 1)'})/{s}{closed} + 1 = {count}"
        for n, k, s, d, pad, count in zip(lengths, kernel, stride, dilation, pads, counts, strict=True)
    )


def _twice(pad: tuple[int, int]) -> str:
    return f"2·{pad[0]}" if pad[0] == pad[1] else f"({pad[0]} + {pad[1]})"


def _more(count: int, without: int) -> str:
    return f" + {count - without}" if count > without else ""
