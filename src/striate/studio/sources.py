"""Where an input's numbers come from, and how they become what a network takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Literal

import numpy as np

from striate.dimension import Symbol
from striate.errors import LimitError, ShapeError, StriateError
from striate.given import ValueInfo, to_source
from striate.graph import Array, Layout, Model
from striate.network import Network
from striate.reading import NUMBERS, PAGES, TABLES, ReadInput, is_number, read_input, read_picture, sizes_text
from striate.studio.limits import Limits
from striate.studio.samples import HOUSE, USUAL, one_number, sample_array, takes, usual

Kind = Literal["picture", "signal", "volume", "numbers"]


@dataclass(frozen=True, eq=False)
class Source:
    """Where the numbers for one input come from: a file, a sample, or an array.

    Args:
        name: What it is called, for people.
        kind: What it is.
        path: A file of ours, or one that the command line named.
        sample: Id of a sample.
        array: Numbers in the page's hands: a picture uint8 (h, w, 3), or an input without its batch axis.
    """

    name: str
    kind: Kind
    path: Path | None = None
    sample: str | None = None
    array: Array | None = None


def file_kind(name: str, info: ValueInfo) -> Kind:
    """What a file is, by its suffix and the input that it is for."""
    suffix = Path(name.lower()).suffix
    if is_number(name):
        return "numbers"
    if suffix in TABLES:
        return "signal"
    if suffix in NUMBERS:
        wanted = takes(info)
        return "numbers" if wanted == "picture" else wanted
    return "volume" if suffix in PAGES and takes(info) == "volume" else "picture"


def graph_info(model: Model, name: str) -> ValueInfo:
    """Name, shape (channels first, None for what is free) and type of one of a model's values."""
    kind = model.graph.types[name]
    if kind.shape is None:
        return ValueInfo(name, None, kind.dtype)
    return ValueInfo(name, tuple(None if isinstance(size, Symbol) else size for size in kind.shape), kind.dtype)


def picture_sides(model: Model, port: str) -> int | tuple[int, ...] | None:
    """Sides that a picture gets for an input; None where it keeps its own."""
    shape = graph_info(model, port).shape
    sides = () if shape is None else shape[2:]
    if len(sides) != 2 or None in sides:
        return None
    height, width = (side or 0 for side in sides)
    return height if height == width else (height, width)


def settings(model: Model, given: Collection[str]) -> dict[str, Source]:
    """Guesses for the inputs that are single numbers and that nobody gave: by their names, and called so.

    Args:
        model: The network.
        given: Names of the inputs that are given.
    """
    infos = [graph_info(model, name) for name in model.graph.inputs if name not in given]
    return {
        info.name: Source(f"{info.name} = {usual(info.name):g} (a guess)", "numbers", sample=USUAL.id)
        for info in infos
        if one_number(info)
    }


def read_source(
    network: Network,
    sources: Mapping[str, Source],
    preprocess: str | None,
    limits: Limits,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
) -> dict[str, ReadInput]:
    """What a network's inputs are filled with.

    Args:
        network: The network.
        sources: By input; for a network whose inputs are called otherwise, in their order.
        preprocess: How a picture's values are scaled.
        limits: Bounds on pictures and numbers.
        shapes: By input, in the source's order of axes, what it has to fit also where the network leaves that open.

    Raises:
        StriateError: One cannot be read, or made to fit; messages name files as people do.
    """
    infos = {info.name: info for info in network.inputs}
    infos |= {name: ValueInfo(name, shape, infos[name].dtype) for name, shape in (shapes or {}).items()}
    if len(sources) != len(infos):
        raise ShapeError(f"{len(sources)} inputs are given, the network has {len(infos)}: {', '.join(infos)}")
    if set(sources) != set(infos):
        sources = dict(zip(infos, sources.values(), strict=True))
    return {name: _read(network, infos[name], source, preprocess, limits) for name, source in sources.items()}


def _read(network: Network, info: ValueInfo, source: Source, preprocess: str | None, limits: Limits) -> ReadInput:
    layout = network.model.layout_of(info.name)
    first = _channels_first(info, layout)
    # The bundled network's kernels are made for plain values; nothing in a file says so.
    preprocess = preprocess or ("unit" if network.model.graph.name == "edges" else None)
    if source.path is not None:
        found = _read_file(info, source, preprocess, layout == "channels_last", limits)
    elif source.sample == HOUSE.id:
        from striate import bundled

        house = Source(source.name, source.kind, bundled.picture_path())
        found = _read_file(info, house, preprocess, layout == "channels_last", limits)
    elif source.sample is not None:
        array = to_source(sample_array(source.sample, first), layout)
        found = ReadInput(array, f"{source.name}, made for {sizes_text(array.shape)}")
    else:
        assert source.array is not None
        found = _from_array(info, first, source, preprocess, layout == "channels_last", limits)
    if found.array.size > limits.values:
        raise LimitError(f'"{source.name}" has {found.array.size:,} values, the limit is {limits.values:,}')
    return found


def sample_input(network: Network, sample: str) -> Array:
    """A sample for the first input of a network, in the source's order of axes; not for the bundled picture.

    Raises:
        UnknownNameError: There is no such sample.
        LimitError: It would take more than the memory limit.
    """
    info = network.inputs[0]
    layout = network.model.layout_of(info.name)
    return to_source(sample_array(sample, _channels_first(info, layout)), layout)


def _channels_first(info: ValueInfo, layout: Layout) -> ValueInfo:
    """What an input takes, in the graph's order of axes."""
    if layout == "channels_first" or info.shape is None or len(info.shape) <= 2:
        return info
    return ValueInfo(info.name, (info.shape[0], info.shape[-1], *info.shape[1:-1]), info.dtype)


def _read_file(info: ValueInfo, source: Source, preprocess: str | None, last: bool, limits: Limits) -> ReadInput:
    path = str(source.path)
    try:
        if source.kind == "picture":
            _require_pixels(path, limits)
        found = read_input(info, path, preprocess, last)
    except StriateError as error:
        # The file has a name of our own; people know it by theirs.
        raise type(error)(str(error).replace(path, source.name)) from error
    return ReadInput(found.array, found.note.replace(path, source.name), found.picture, found.scale, found.offset)


def _require_pixels(path: str, limits: Limits) -> None:
    """Looks at the header only, before anything is decoded."""
    import warnings

    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as found:
                width, height = found.size
        except Exception:  # what is wrong with the file is said by whoever reads it
            return
    if width * height > limits.picture_pixels:
        raise LimitError(
            f'image "{path}" has {width} × {height} pixels, the limit is {limits.picture_pixels:,}; make it smaller'
        )


def _from_array(
    info: ValueInfo, first: ValueInfo, source: Source, preprocess: str | None, last: bool, limits: Limits
) -> ReadInput:
    array = source.array
    assert array is not None
    if prod(array.shape) > limits.values:
        raise LimitError(f'"{source.name}" has {array.size:,} values, the limit is {limits.values:,}')
    if array.dtype == np.uint8 and array.ndim == 3 and takes(first) == "picture":
        return read_picture(info, array, source.name, preprocess, last)
    batch = array if first.shape is not None and array.ndim == len(first.shape) else array[None]
    numbers = batch.astype(info.dtype) if info.dtype.kind == "f" else batch
    return ReadInput(to_source(numbers, "channels_last" if last else "channels_first"), f"{source.name}, as given")
