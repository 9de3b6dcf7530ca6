"""The workbench: what a layer makes of an input, and one number of it explained."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from striate.errors import ParameterError
from striate.filters import describe
from striate.graph import Array, UnitAddress
from striate.lenses.maps import reduced
from striate.lessons.workbench import LAYER, Workbench
from striate.run import Unit
from striate.studio.answers.bench_drawn import drawn_cell, drawn_input, drawn_output
from striate.studio.answers.flattened import orders_of
from striate.studio.answers.session import Session
from striate.studio.answers.unit import explanation_of
from striate.studio.bench_limits import require_drawable
from striate.studio.protocol.bench import (
    OWN,
    BenchAnswer,
    BenchRanges,
    BenchRequest,
    BenchState,
    BenchUnitAnswer,
    BenchUnitRequest,
    Geometry,
    KernelWords,
)
from striate.studio.protocol.filled import Filled
from striate.studio.work import Work
from striate.studio.workbenches import digest_of

Arrays = Mapping[str, Array]
# Kernels that are put into words, and pixels of a small map.
_WORDS, _TILE = 64, 96
# Maps that are shown small beside each other, and numbers that are shown in a line.
_TILES, _LINE = 64, 256
# Filters that a slider goes up to and can still hit each number; more are typed.
_FILTERS = 64
# Channels of an input that come all at once.
_CHANNELS = 3
# In a map of no more numbers the window begins at the first, else so many cells from the borders at least.
_FEW, _BORDER = 400, 2


def made(session: Session, request: BenchRequest, arrays: Arrays, work: Work) -> tuple[BenchAnswer, Arrays]:
    """Everything about a state."""
    arrays = session.workbenches.numbers(request.state, arrays)
    own = request.state.source == OWN
    # Before the state: where an open picture changes meanwhile, the key is an old one's, and the page gets it anew.
    source, grey = (None, False) if own else session.workbenches.source(request.state.source)
    bench, state = session.workbenches.bench(request.state, arrays)
    shown, extent = _shown_map(bench, state, request.filter)
    geometry = _geometry(bench)
    cell, input_cell = drawn_cell(geometry, request.size)
    page = max(request.filter, 0) // _TILES * _TILES
    sent = {"output": drawn_output(shown, cell), **_numbers(bench, page)}
    first, last = _channels_in_sight(bench, request.channel)
    picture = source is not None and source.picture
    name = f"{OWN}:{digest_of(arrays)}" if source is None else f"{state.source}~{source.version}"
    key = f"{name}/{bench.channels}/{first}/{input_cell}"
    if key != request.have:
        sent["input"] = drawn_input(bench.x[first:last], input_cell, picture)
    answer = BenchAnswer(
        id=request.id,
        state=state,
        source=None if source is None else source.entry,
        key=key,
        input_shape=bench.x.shape,
        input_first=first,
        input_cell=input_cell,
        input_reduced="" if input_cell == 1 else "mean" if picture else "largest magnitude",
        input_extent=(float(bench.x.min()), float(bench.x.max())),
        output_shape=bench.output.shape,
        output_extent=(float(extent[0]), float(extent[1])),
        cell=cell,
        start=_start(shown) if request.seek else None,
        sizes=bench.sizes,
        parameters=Filled.of(bench.parameters),
        macs=Filled.of(bench.macs),
        tiles_first=page,
        flattened=Filled.of(bench.flattened),
        orders=orders_of(bench.output.shape) if bench.flatten else None,
        geometry=geometry,
        meets=tuple(_meets(bench, axis) for axis in range(len(bench.kernel))),
        words=_words(bench),
        ranges=_ranges(bench, len(arrays["input"]) if source is None else 1 if grey else source.shape[0]),
        exact=bench.output.dtype == np.float64,
    )
    return answer, sent


def explained(
    session: Session, request: BenchUnitRequest, arrays: Arrays, work: Work
) -> tuple[BenchUnitAnswer, Arrays]:
    """One number of the output."""
    bench, _ = session.workbenches.bench(request.state, arrays)
    unit = Unit(bench.run, UnitAddress(LAYER, request.filter, request.at, 0))
    answer, sent = explanation_of(bench.run, unit, request.id, 0, request.strongest)
    return BenchUnitAnswer(id=request.id, unit=answer), sent


def _numbers(bench: Workbench, page: int) -> dict[str, Array]:
    """What goes with every map: extremes, small maps from one on, weights; and the maps in a line, if they are."""
    found = {"extents": bench.extents}
    if bench.filters > 1:
        found["tiles"] = _tiles(bench.output[page : page + _TILES])
    if bench.flatten:
        found["flat"] = np.ascontiguousarray(bench.flat[:_LINE], np.float32)
    operands = {"weight": bench.weight, "bias": bench.bias}
    return found | {name: array for name, array in operands.items() if array is not None}


def _channels_in_sight(bench: Workbench, channel: int) -> tuple[int, int]:
    """First channel of the input that is sent, and the one behind the last: all of a few, else the one in sight."""
    if bench.channels <= _CHANNELS:
        return 0, bench.channels
    first = min(channel, bench.channels - 1)
    return first, first + 1


def _shown_map(bench: Workbench, state: BenchState, number: int) -> tuple[Array, Array]:
    """A map by its number, or all of them as one; and its least and greatest number."""
    if number < 0:
        with np.errstate(over="ignore"):
            shown = bench.combined(state.combine)
        extent = np.array([shown.min(), shown.max()])
        require_drawable(f'combine (="{state.combine}"): a number', extent, "use smaller weights")
        return shown, extent
    if number >= bench.filters:
        raise ParameterError(f"filter (={number}) must be less than {bench.filters}, the number of maps")
    return bench.output[number], bench.extents[number]


def _start(shown: Array) -> tuple[int, ...]:
    if shown.size <= _FEW:
        return (0,) * shown.ndim
    inside = np.abs(shown[tuple(slice(_BORDER, max(length - _BORDER, 0)) for length in shown.shape)])
    if not inside.size:
        return tuple(length // 2 for length in shown.shape)
    # fmax takes what is a number; where nothing is, the first place is as good as any.
    place = np.unravel_index(int(np.argmax(np.fmax(inside, 0))), inside.shape)
    return tuple(int(index) + _BORDER for index in place)


def _tiles(maps: Array) -> Array:
    """All maps small enough for a thumbnail."""
    maps = maps[:, maps.shape[1] // 2] if maps.ndim == 4 else maps
    cell = tuple(-(-size // _TILE) for size in maps.shape[1:])
    return reduced(maps, cell)[0] if max(cell) > 1 else np.ascontiguousarray(maps, np.float32)


def _geometry(bench: Workbench) -> Geometry:
    found = bench.sliding
    return Geometry(
        kernel=found.kernel,
        stride=found.stride,
        dilation=found.dilation,
        pads=found.pads,
        spread=found.spread,
        lengths=found.lengths,
        counts=found.counts,
        flipped=bench.flipped,
    )


def _meets(bench: Workbench, axis: int) -> tuple[tuple[int, int, int] | None, ...]:
    """Of every tap of one axis the cells that it meets; the axes do not depend on each other."""
    return tuple(bench.met_along(axis, tap) for tap in range(bench.kernel[axis]))


def _words(bench: Workbench) -> tuple[KernelWords, ...]:
    weight = bench.sliding_weight
    if weight is None:
        return ()
    found: list[KernelWords] = []
    for number, channel in list(product(range(len(weight)), range(weight.shape[1])))[:_WORDS]:
        said = describe(weight[number, channel])
        found.append(KernelWords(kind=said.kind, text=said.text, facts=said.facts))
    return tuple(found)


def _ranges(bench: Workbench, channels: int) -> BenchRanges:
    found = bench.ranges()
    return BenchRanges(
        kernel=found["kernel"],
        stride=found["stride"],
        padding=found["padding"],
        dilation=found["dilation"],
        groups=bench.possible_groups(),
        channels=(bench.groups, channels),
        filters=(bench.groups, max(_FILTERS, bench.filters)),
    )
