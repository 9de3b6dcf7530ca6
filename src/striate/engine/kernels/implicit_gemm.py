"""Convolution of plain maps as a product of matrices that never exists as a whole: channels first in and out.

The weights (k, c*taps) are a matrix as the caller has them. The other one, what the windows see, is made for a block of
positions at a time (:mod:`.panel`), in memory that stays in the second-level cache; then for each tile of ``filters``
filters and ``vectors`` vectors of positions all ``c*taps`` products are summed in registers, and the sums go straight to
the result. Loops, outermost first: blocks of positions, parts of the channels (where a panel of all would be too
large), tiles of filters, tiles of positions, taps.

Lanes lie over positions, so nothing is packed, blocked, or brought back; groups are never mixed.

Cost per tap: ``vectors * filters`` FMAs for ``vectors`` vector loads and ``filters`` broadcasts; copying a panel costs
about as much as two filters do.
Error bound: a chain of ``C*T`` fused multiply-adds, as for the direct kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

from striate.engine.emit import Emit, Value
from striate.engine.isa import Isa
from striate.engine.kernels.panel import Panel


@dataclass(frozen=True, slots=True)
class ImplicitTile:
    """What the kernel is specialised on.

    Args:
        filters: Filters in a tile.
        spare: Filters that whole tiles leave over.
        vectors: Vectors of positions in a tile.
        rest: Vectors in the very last tile of positions, of which the last may not be full; 0 if all tiles are whole.
        stride: Cells between neighbouring positions of a row if spelled into the kernel, else 0.
        split: Whether the channels are cut into parts.
    """

    filters: int
    spare: int
    vectors: int
    rest: int
    stride: int
    split: bool

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        split = "_split" if self.split else ""
        return f"implicit_{self.filters}t{self.spare}x{self.vectors}r{self.rest}_s{self.stride}{split}"


SIZES = (
    "channels part positions block blocks tiles band bands filters groups slots slot x_sample x_group y_filter"
).split()


def emit_implicit(tile: ImplicitTile, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one sample, one group, one band of tiles of filters, one block of positions."""
    k = Emit(tile.name, target)
    pointers = {name: k.pointer(name) for name in ("x", "y", "w", "bias", "panels", "flags")}
    size = {name: k.size(name) for name in SIZES}
    panel = Panel(k, tile.stride)
    block, rest = k.chunk % size["blocks"], k.chunk // size["blocks"]
    band, rest = rest % size["bands"], rest // size["bands"]
    group, sample = rest % size["groups"], rest // size["groups"]
    x = k.at(pointers["x"], sample * size["x_sample"] + group * size["x_group"])
    first = block * size["block"]
    last = k.smaller(first + size["block"], size["positions"])
    with k.slot(pointers["flags"], size["slots"]) as slot:
        here = k.at(pointers["panels"], slot * size["slot"])
        product = _Product(k, tile, pointers, size, panel, here, sample * size["groups"] + group, group)
        with k.loop(0, size["channels"], size["part"]) as channel:
            count = k.smaller(size["part"], size["channels"] - channel)
            panel.fill(here, k.at(x, channel * panel.channel), count, first, last)
            begin = band * size["band"]
            with k.loop(begin, k.smaller(begin + size["band"], size["tiles"])) as number:
                product.filters(number, channel, count, first, last)
    return k


@dataclass(frozen=True, slots=True)
class _Product:
    """Products of filters with a panel."""

    k: Emit
    tile: ImplicitTile
    pointer: dict[str, Value]
    size: dict[str, Value]
    panel: Panel
    here: Value
    map: Value
    group: Value

    def filters(self, number: Value, channel: Value, count: Value, first: Value, last: Value) -> None:
        """All positions of a tile of filters."""
        k, tile = self.k, self.tile
        filter_ = number * tile.filters
        if not tile.spare:
            self._positions(tile.filters, filter_, channel, count, first, last)
            return
        with k.branch(size_left(self.size["filters"], filter_) < tile.filters) as (spare, whole):
            with spare:
                self._positions(tile.spare, filter_, channel, count, first, last)
            with whole:
                self._positions(tile.filters, filter_, channel, count, first, last)

    def _positions(self, filters: int, filter_: Value, channel: Value, count: Value, first: Value, last: Value) -> None:
        k, tile, size = self.k, self.tile, self.size
        terms, taps = size["channels"] * self.panel.taps, self.panel.taps
        weights = k.at(self.pointer["w"], (self.group * size["filters"] + filter_) * terms + channel * taps)
        bias = k.at(self.pointer["bias"], self.group * size["filters"] + filter_)
        y = k.at(self.pointer["y"], (self.map * size["filters"] + filter_) * size["y_filter"])
        rows = [k.at(weights, terms * f) for f in range(filters)]
        targets = [k.at(y, size["y_filter"] * f) for f in range(filters)]
        step = tile.vectors * k.lanes
        whole = first + (last - first) // step * step if tile.rest else last
        sums = _Sums(k, tile.split, rows, targets, bias, channel, count * taps, self.panel.pitch)
        with k.loop(first, whole, step) as position:
            sums.store(tile.vectors, k.at(self.here, position - first), position, None)
        if tile.rest:
            with k.when(last > whole):
                sums.store(tile.rest, k.at(self.here, whole - first), whole, last - whole)


def size_left(size: Value, done: Value) -> Value:
    """What is left of a size."""
    return size - done


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums of one tile of filters."""

    k: Emit
    split: bool
    weights: list[Value]
    targets: list[Value]
    bias: Value
    channel: Value
    terms: Value
    pitch: Value

    def store(self, vectors: int, panel: Value, position: Value, left: Value | None) -> None:
        """Sums one tile of positions, of which the last vector may not be full, and stores it."""
        k = self.k
        masks = [None] * vectors if left is None else [*[None] * (vectors - 1), k.lanes_below(left - (vectors - 1) * k.lanes)]
        sums = [[k.variable(k.broadcast(k.load_scalar(self.bias, f))) for _ in masks] for f in range(len(self.weights))]
        if self.split:
            with k.when(self.channel > 0):
                for row, target in zip(sums, self.targets, strict=True):
                    for v, (total, mask) in enumerate(zip(row, masks, strict=True)):
                        at = position + v * k.lanes
                        total.set(k.load(target, at, aligned=False) if mask is None else k.load_some(mask, target, at))
        row_of_panel = k.variable(panel)
        with k.loop(0, self.terms) as term:
            cells = [k.load(row_of_panel(), v * k.lanes) for v in range(vectors)]
            row_of_panel.set(k.at(row_of_panel(), self.pitch))
            for row, weights in zip(sums, self.weights, strict=True):
                factor = k.broadcast(k.load_scalar(weights, term))
                for total, cell in zip(row, cells, strict=True):
                    total.set(k.fma(factor, cell, total()))
        for row, target in zip(sums, self.targets, strict=True):
            for v, (total, mask) in enumerate(zip(row, masks, strict=True)):
                at = position + v * k.lanes
                if mask is None:
                    k.store(total(), target, at, aligned=False)
                else:
                    k.store_some(mask, total(), target, at)
