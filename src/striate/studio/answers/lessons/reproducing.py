"""How a program reads what is open in the studio: the network and the input of lessons on one's own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from striate.given import to_source
from striate.graph import Array
from striate.lessons.code import INLINE
from striate.lessons.programs import BUNDLED_MODEL
from striate.reading import ReadInput
from striate.studio.answers.session import Session
from striate.studio.present import Reading, picture_path, present_name, source_path
from striate.studio.program_files import ProgramFile
from striate.studio.protocol.programs import ProgramFile as Entry
from striate.studio.samples import HOUSE, USUAL
from striate.studio.sources import picture_sides
from striate.studio.store import OpenInput, OpenNetwork


def network_reading(entry: OpenNetwork) -> Reading:
    """The network's file."""
    if entry.network.model.graph.name == "edges":
        return Reading(BUNDLED_MODEL)
    return Reading(repr(entry.name), (ProgramFile(entry.name, "the network", None),))


def readings(session: Session, network: str, given: str) -> tuple[Reading, Reading]:
    """What reads an open network, and what reads its present input."""
    net, entry = session.opened(network, given)
    return network_reading(net), input_reading(session, net, entry)


def entries(*found: Reading | None) -> tuple[Entry, ...]:
    """Their files in the protocol's form."""
    return tuple(file.entry for each in found if each is not None for file in each.files)


def input_reading(session: Session, net: OpenNetwork, entry: OpenInput) -> Reading:
    """What reads the present input, with this tab's edits; its numbers are those that the network gets, to the bit."""
    state = session.history(net.id, entry.id).now
    values = session.store.values(net, entry)
    found = None if state.inputs or len(values) > 1 else _from_source(net, entry, values)
    if found is not None:
        return found
    layout_of = net.network.model.layout_of
    edited = {name: to_source(array, layout_of(name)) for name, array in state.arrays.items()}
    return _from_arrays(present_name(entry, state), {**{name: each.array for name, each in values.items()}, **edited})


def _from_source(net: OpenNetwork, entry: OpenInput, values: Mapping[str, ReadInput]) -> Reading | None:
    """What reads the one input from its file or makes the sample; None where neither does."""
    model = net.network.model
    (port, found), source = next(iter(values.items())), next(iter(entry.sources.values()), None)
    if source is None or found.array.size <= INLINE:
        return None
    if source.sample not in (None, HOUSE.id, USUAL.id):
        return Reading(f'sample_input(net, "{source.sample}")')
    path = source_path(source)
    if path is None:
        return None
    scaling = _scaling(found) if found.picture is not None else None
    colours = scaling is not None and model.layout_of(port) == "channels_first" and found.array.shape[1] == 3
    if colours and picture_path(source) is not None:
        how, factor = (scaling, "") if scaling != "none" else ("unit", "255 * ")
        text = f'{factor}st.image({path.text}, size={picture_sides(model, port)}, preprocess="{how}")'
        return Reading(text, path.files)
    given = path.text if path.files else f"str({path.text})"
    scaled = "" if scaling is None else f', "{scaling}"'
    # In what is given, "name=file" stands for an input and its file.
    return (
        None
        if "=" in given
        else Reading(f"read_inputs(net.inputs, net.model.layout_of, [{given}]{scaled}).arrays", path.files)
    )


def _from_arrays(name: str, arrays: Mapping[str, Array]) -> Reading:
    alone = len(arrays) == 1
    if sum(array.size for array in arrays.values()) <= INLINE and all(map(_plain, arrays.values())):
        written = {port: _written(array) for port, array in arrays.items()}
        if alone:
            return Reading(next(iter(written.values())))
        return Reading("{" + ", ".join(f"{port!r}: {text}" for port, text in written.items()) + "}")
    if alone:
        file = ProgramFile(f"{name}.npy", "the input", next(iter(arrays.values())))
        return Reading(f'np.load("{file.name}")', (file,))
    file = ProgramFile(f"{name}.npz", "the inputs", arrays)
    return Reading(f'dict(np.load("{file.name}"))', (file,))


def _plain(array: Array) -> bool:
    """Whether Python can write its numbers."""
    return array.dtype.kind in "biu" or (array.dtype.kind == "f" and bool(np.isfinite(array).all()))


def _written(array: Array) -> str:
    """An array as Python writes it, with the shortest digits that give the same numbers again."""
    short = array.astype(np.float64)
    for place in np.ndindex(array.shape) if array.dtype.kind == "f" else ():
        short[place] = float(str(array[place]))
    listed = short.tolist() if array.dtype.kind == "f" else array.tolist()
    return f'np.array({listed}, "{array.dtype.name}")'


def _scaling(found: ReadInput) -> str:
    """How a picture's values were scaled, by what that has made of black and white."""
    scale, offset = found.scale[0], found.offset[0]
    if offset:
        return "signed" if (scale, offset) == (2, -1) else "imagenet"
    return "none" if scale == 255 else "unit"
