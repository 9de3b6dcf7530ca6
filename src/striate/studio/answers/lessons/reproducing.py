"""How a program reads what is open in the studio: the network and the input of lessons on one's own."""

from __future__ import annotations

from collections.abc import Mapping

from striate.lessons.programs import BUNDLED_MODEL, BUNDLED_PICTURE
from striate.reading import ReadInput
from striate.studio.samples import HOUSE, USUAL, usual
from striate.studio.sources import Source, graph_info
from striate.studio.store import OpenInput, OpenNetwork


def network_text(entry: OpenNetwork) -> str:
    """The network's file, as Python writes it."""
    return BUNDLED_MODEL if entry.network.model.graph.name == "edges" else repr(entry.name)


def picture_text(entry: OpenInput) -> str:
    """The file of an input that is a picture, as Python writes it."""
    return BUNDLED_PICTURE if _first(entry).sample == HOUSE.id else repr(entry.name)


def picture_sides(net: OpenNetwork) -> int | tuple[int, ...] | None:
    """Sides that a picture gets for a network; None where it keeps its own."""
    shape = graph_info(net.network.model, net.network.model.graph.inputs[0]).shape
    sides = () if shape is None else shape[2:]
    if len(sides) != 2 or None in sides:
        return None
    height, width = (side or 0 for side in sides)
    return height if height == width else (height, width)


def input_text(net: OpenNetwork, entry: OpenInput, values: Mapping[str, ReadInput]) -> str:
    """What reads an input from its files, the network being ``net``."""
    model = net.network.model
    found = next(iter(values.values()))
    alone, source = len(values) == 1, _first(entry)
    first = model.layout_of(model.graph.inputs[0]) == "channels_first"
    if alone and first and found.picture is not None and found.array.shape[1] == 3:
        how, factor = (_scaling(found), "") if _scaling(found) != "none" else ("unit", "255 * ")
        return f'{factor}st.image({picture_text(entry)}, size={picture_sides(net)}, preprocess="{how}")'
    if alone and source.sample not in (None, HOUSE.id, USUAL.id):
        return f'sample_input(net, "{source.sample}")'
    given = ", ".join(_given(name, each, len(values) > 1) for name, each in entry.sources.items())
    scaled = f', "{_scaling(found)}"' if found.picture is not None else ""
    return f"read_inputs(net.inputs, net.model.layout_of, [{given}]{scaled}).arrays"


def _first(entry: OpenInput) -> Source:
    return next(iter(entry.sources.values()))


def _given(name: str, source: Source, named: bool) -> str:
    if source.sample == HOUSE.id:
        return f'"{name}=" + str({BUNDLED_PICTURE})' if named else f"str({BUNDLED_PICTURE})"
    text = f"{usual(name):g}" if source.sample == USUAL.id else source.name
    return repr(f"{name}={text}" if named else text)


def _scaling(found: ReadInput) -> str:
    """How a picture's values were scaled, by what that has made of black and white."""
    scale, offset = found.scale[0], found.offset[0]
    if offset:
        return "signed" if (scale, offset) == (2, -1) else "imagenet"
    return "none" if scale == 255 else "unit"
