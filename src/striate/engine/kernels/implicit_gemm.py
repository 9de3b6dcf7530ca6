"""Convolution of plain maps as a product of matrices that never exists as a whole: channels first in and out.

The weights (k, c*taps) are a matrix as the caller has them. The other one, what the windows see, is made for a block of
positions at a time (:mod:`.panel`), in memory that stays in the second-level cache; then for each tile of ``filters``
filters and ``vectors`` vectors of positions all ``c*taps`` products are summed in registers, and the sums go straight
to the result. Loops, outermost first: blocks of positions, parts of the channels (where a panel of all would be too
large), tiles of filters, tiles of positions, taps.

Lanes lie over positions, so nothing is packed, blocked, or brought back; groups are never mixed.

Cost per tap: ``vectors * filters`` FMAs for ``vectors`` vector loads and ``filters`` broadcasts; copying a panel costs
about as much as two filters do.
Error bound: a chain of ``C*T`` fused multiply-adds, as for the direct kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import prod

from striate.arithmetic import Pads, Window
from striate.dimension import known_shape
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import CHUNK_MACS, CHUNKS, Call
from striate.engine.kernels.panel import SPELLED_STRIDES, Panel, flattened, panel_arguments, pitch
from striate.engine.kernels.tiles import fits, tile_cycles
from striate.engine.value import Value

# Filters in a tile at most: each has a pointer of its own.
MOST_FILTERS = 8
# Vectors of positions in a tile at most, and sums and vectors of a panel together, by vector registers there are: with
# more LLVM moves vectors to the stack.
MOST_VECTORS = 6
MOST_TOGETHER = {32: 29, 16: 14}
# Cycles added for a vector from a panel, which decide between equals: it comes from further away than a weight.
PANEL_LOAD = 0.2
# Bytes of a panel at most: it shares the second-level cache with filters and results.
PANEL_BYTES = 384 * 1024
# Filters that a chunk has at least where filters are cut: so many make copying the panel anew worth it.
BAND_FILTERS = 128


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
    "channels part positions block blocks tiles band bands filters groups maps run slots slot x_sample x_group y_filter"
).split()


def emit_implicit(tile: ImplicitTile, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a few maps (samples and groups), one band of filters, one block of positions."""
    k = Emit(tile.name, target)
    pointers = {name: k.pointer(name) for name in ("x", "y", "w", "bias", "panels", "flags")}
    size = {name: k.size(name) for name in SIZES}
    panel = Panel(k, tile.stride)
    block, rest = k.chunk % size["blocks"], k.chunk // size["blocks"]
    begin, run = rest % size["bands"] * size["band"], rest // size["bands"] * size["run"]
    end = k.smaller(begin + size["band"], size["tiles"])
    first = block * size["block"]
    last = k.smaller(first + size["block"], size["positions"])
    with k.slot(pointers["flags"], size["slots"]) as slot:
        here = k.at(pointers["panels"], slot * size["slot"])
        with k.loop(run, k.smaller(run + size["run"], size["maps"])) as number:
            group, sample = number % size["groups"], number // size["groups"]
            x = k.at(pointers["x"], sample * size["x_sample"] + group * size["x_group"])
            product = _Product(k, tile, pointers, size, panel, here, number, group)
            with k.loop(0, size["channels"], size["part"]) as channel:
                count = k.smaller(size["part"], size["channels"] - channel)
                panel.fill(here, k.at(x, channel * panel.channel), count, first, last)
                with k.loop(begin, end) as some:
                    product.filters(some, channel, count, first, last)
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
        with k.branch(self.size["filters"] - filter_ < tile.filters) as (spare, whole):
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
        masks = (
            [None] * vectors
            if left is None
            else [*[None] * (vectors - 1), k.lanes_below(left - (vectors - 1) * k.lanes)]
        )
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


@dataclass(frozen=True, slots=True)
class Cut:
    """How the work is cut.

    Args:
        part: Channels in a panel.
        block: Positions in a panel.
        band: Tiles of filters in a chunk.
        run: Maps (samples and groups) in a chunk.
    """

    part: int
    block: int
    band: int
    run: int


def choose_implicit_tile(filters: int, positions: int, target: Isa) -> tuple[int, int]:
    """The (filters, vectors) of a tile that cost least for so many filters of a group and positions of a map."""
    width = -(-positions // target.lanes)

    def cost(tile: tuple[int, int]) -> float:
        (rows, spare), (columns, rest) = divmod(filters, tile[0]), divmod(width, tile[1])
        parts = [(rows, tile[0]), (1 if spare else 0, spare)]
        line = [(columns, tile[1]), (1 if rest else 0, rest)]
        return sum(n * m * (tile_cycles(f, v, target) + PANEL_LOAD * v) for n, f in parts for m, v in line if n and m)

    most = min(filters, MOST_FILTERS), min(width, MOST_VECTORS)
    together = MOST_TOGETHER[target.registers]
    every = [(f, v) for f in range(1, most[0] + 1) for v in range(1, most[1] + 1)]
    tiles = [(f, v) for f, v in every if fits(f, v, target) and (f + 1) * v <= together]
    return min(tiles, key=lambda tile: (cost(tile), -tile[0]))


def cut_implicit(
    maps: int, channels: int, taps: int, filters: int, positions: int, tile: tuple[int, int], target: Isa
) -> Cut:
    """Cuts the work so that panels stay in the cache and chunks are neither few nor tiny; depends on sizes only.

    Args:
        maps: Samples times groups.
        channels: Input channels of a group.
        taps: Taps of a channel.
        filters: Filters of a group.
        positions: Positions of a map.
        tile: Filters and vectors in a tile.
        target: Instruction set.
    """
    step = tile[1] * target.lanes
    columns, rows = -(-positions // step), -(-filters // tile[0])
    wanted = max(1, min(CHUNKS, maps * filters * positions * channels * taps // CHUNK_MACS))
    need = -(-wanted // maps)
    fitting = PANEL_BYTES // (4 * taps * channels * step)
    block = max(1, min(-(-columns // need), fitting)) * step
    part = min(channels, max(1, PANEL_BYTES // (4 * taps * pitch(block, target))))
    bands = max(1, min(-(-need // -(-positions // block)), filters // BAND_FILTERS))
    return Cut(part, block, -(-rows // bands), max(1, maps // wanted))


@dataclass(frozen=True)
class ImplicitPlan:
    """A convolution that is about to be called: all but addresses.

    Args:
        tile: What the kernel is specialised on.
        sizes: Arguments by name.
        slot: Floats of a panel.
        chunks: Pieces that the work is cut into; no more panels than that are of use.
    """

    tile: ImplicitTile
    sizes: Mapping[str, int]
    slot: int
    chunks: int


def plan_implicit(
    window: Window,
    pads: Pads,
    groups: int,
    x_shape: tuple[int, ...],
    weight_shape: tuple[int, ...],
    target: Isa,
) -> ImplicitPlan:
    """Chooses tile and panels.

    Args:
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis.
        groups: Parts that the channels are cut into.
        x_shape: Shape of the input (n, c, *spatial).
        weight_shape: Shape of the weights (k, c/groups, *kernel).
        target: Instruction set.
    """
    n, c, *lengths = x_shape
    filters, channels, maps = weight_shape[0] // groups, weight_shape[1], n * groups
    lengths, positions = tuple(lengths), known_shape(window.output(lengths))
    window, pads, lengths, positions = flattened(window, pads, lengths, positions)
    count, taps = prod(positions), prod(window.kernel)
    rows, vectors = choose_implicit_tile(filters, count, target)
    cut = cut_implicit(maps, channels, taps, filters, count, (rows, vectors), target)
    rest = -(-(count % (vectors * target.lanes)) // target.lanes)
    stride = window.stride[-1] if window.stride[-1] in SPELLED_STRIDES else 0
    tile = ImplicitTile(rows, filters % rows, vectors, rest, stride, cut.part < channels)
    tiles, slot = -(-filters // rows), cut.part * taps * pitch(cut.block, target)
    blocks, bands = -(-count // cut.block), -(-tiles // cut.band)
    sizes = {"channels": channels, "part": cut.part, "positions": count, "block": cut.block, "blocks": blocks}
    sizes |= {"tiles": tiles, "band": cut.band, "bands": bands, "filters": filters, "groups": groups, "maps": maps}
    sizes |= {"run": cut.run, "slot": slot, "x_sample": c * prod(lengths), "x_group": channels * prod(lengths)}
    sizes |= {"y_filter": count, **panel_arguments(window, pads, lengths, positions, cut.block, target)}
    return ImplicitPlan(tile, sizes, slot, blocks * bands * -(-maps // cut.run))


def call_implicit(plan: ImplicitPlan, places: Mapping[str, int], slots: int) -> Call:
    """One convolution.

    Args:
        plan: What was planned for it.
        places: Addresses of x, y, w, bias, panels (a slot each, aligned to vectors) and flags (FLAG numbers each).
        slots: How many panels there are.
    """
    tile = plan.tile
    arguments = {**plan.sizes, **places, "slots": slots}
    return Call(
        tile.name, partial(emit_implicit, tile), arguments, (), plan.chunks, f"implicit {tile.filters}×{tile.vectors}"
    )
