"""Records all that the page asks about one explained number (``web/src/report/UnitPart.svelte`` and what it shows)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

from striate.errors import StriateError
from striate.graph import Array, UnitAddress
from striate.studio.protocol.network import LayerInfo
from striate.studio.protocol.unit import ExplainAnswer
from striate.studio.report.choice import ShownUnit
from striate.studio.report.recorder import Recorder

# Channels of a window that come in full; of windows of one cell, which are lines, there are more.
_FEW, _MORE = 8, 20
# Channels of a stage's own explanation.
_STAGE = 12
# Cells along the longest axis of the small map beside a channel's products, and those of a line.
_PANE, _LINE = 56, 576
# Cells up to which an explained unit's map comes with it, each as the run holds it.
_CELLS = 1 << 18
_BINS = 48

Fields = dict[str, object]


@dataclass(frozen=True)
class Pane:
    """A small map beside the numbers, with a box around its cells; of a volume the plane through the box's middle.

    Args:
        layer: Layer or input that it shows.
        channel: Which map.
        start: First cell of the box along each spatial axis; empty where there are none.
        stop: Last cell of the box.
    """

    layer: str
    channel: int
    start: tuple[int, ...]
    stop: tuple[int, ...]


def record_unit(recorder: Recorder, layers: Mapping[str, LayerInfo], unit: ShownUnit, notes: list[str]) -> bool:
    """Records a number's explanation, map, field and spread.

    Args:
        recorder: What keeps the answers.
        layers: The network's layers and inputs, as the page knows them.
        unit: The number.
        notes: Gets a sentence for what is left out.

    Returns:
        False where the number cannot be explained and nobody asked for it.
    """
    address = unit.address
    here: Fields = _map_of(address) | {"at": address.at}
    try:
        answer, arrays = recorder.ask("explain", here | {"strongest": _strongest(layers[address.layer])})
        recorder.ask("formula", here)
        recorder.ask("field", here)
    except StriateError:
        if not unit.why:
            raise
        return False
    if isinstance(answer, ExplainAnswer):
        _record_stages(recorder, answer, here)
        for pane in _panes(answer, arrays, layers, address):
            recorder.ask("maps", {"view": _view(pane, layers[pane.layer], address.sample)}, quantised=True)
    _record_map(recorder, layers[address.layer], address, notes)
    return True


def _strongest(info: LayerInfo) -> int:
    """How many channels of its window come in full."""
    return _MORE if info.kernel is None or all(taps == 1 for taps in info.kernel[2:]) else _FEW


def _record_stages(recorder: Recorder, answer: ExplainAnswer, here: Fields) -> None:
    """What the layer does to the total afterwards: each stage opens to an explanation of its own."""
    for stage in answer.stages:
        # One that cannot be explained says so where it is opened.
        with contextlib.suppress(StriateError):
            recorder.ask("explain", here | {"layer": stage.name, "strongest": _STAGE})


def _map_of(address: UnitAddress) -> Fields:
    return {"layer": address.layer, "channel": address.channel or 0, "sample": address.sample}


def _record_map(recorder: Recorder, info: LayerInfo, address: UnitAddress, notes: list[str]) -> None:
    """The map that the number lies in, and how it is spread; of a signal without a channel axis that is all of it."""
    cells = prod(size or 1 for size in info.spatial) if info.spatial else info.channels or 1
    line = info.line != ""
    about = _map_of(address) | ({"channel": 0, "line": True} if line else {})
    if cells > _CELLS:
        size = "×".join(map(str, info.spatial or (cells,)))
        notes.append(f"The map of {address} has {size} cells, too many for a report: it is left out.")
    elif info.spatial or line:
        recorder.ask("map", about)
    spread: Fields = {"layer": address.layer, "channel": None if line else address.channel or 0}
    recorder.ask("histogram", spread | {"sample": address.sample, "bins": _BINS})
    recorder.ask("channel_statistics", {"layer": address.layer, "sample": address.sample})


def _panes(
    answer: ExplainAnswer, arrays: Mapping[str, Array], layers: Mapping[str, LayerInfo], address: UnitAddress
) -> Iterator[Pane]:
    """The maps that the window, the operands that are one cell, or an input's own cell lie in."""
    if answer.view == "given":
        yield Pane(address.layer, address.channel or 0, address.at, address.at)
    if answer.window is not None and answer.window.source in layers:
        yield from _boxes(answer.window.source, arrays["cells"])
    for i, operand in enumerate(answer.operands):
        if operand.count == 1 and not operand.constant and operand.source in layers:
            yield from _boxes(operand.source, arrays[f"operand.{i}.cells"])


def _boxes(layer: str, cells: Array) -> Iterator[Pane]:
    """For each channel the box around its cells (..., 1 + spatial rank); -1 stands for padding, () for one number."""
    if cells.shape[-1] == 0:
        yield Pane(layer, 0, (), ())
        return
    places = cells.reshape(-1, cells.shape[-1])
    for channel in sorted({int(place[0]) for place in places if place[0] >= 0}):
        own = places[places[:, 0] == channel, 1:]
        yield Pane(layer, channel, tuple(map(int, own.min(axis=0))), tuple(map(int, own.max(axis=0))))


def _view(pane: Pane, info: LayerInfo, sample: int) -> Fields:
    shape = tuple(size or 1 for size in info.spatial)
    # The same step along each axis: a cell stays a square.
    step = -(-max(shape, default=1) // (_LINE if len(shape) == 1 else _PANE))
    height, width = (-(-size // step) for size in (1, 1, *shape)[-2:])
    view: Fields = {"layer": pane.layer, "sample": sample, "first": pane.channel, "count": 1}
    view["size"] = {"height": height, "width": width}
    if len(shape) == 3 and pane.start:
        view["slice"] = {"axis": 0, "index": (pane.start[0] + pane.stop[0]) // 2}
    return view
