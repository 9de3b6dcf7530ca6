"""``striate field``: which part of the input a unit sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, read_shape, run_network
from striate.cli.terminal import say
from striate.cli.writing import write_picture
from striate.errors import ParameterError
from striate.reading import Opened

if TYPE_CHECKING:
    from pathlib import Path

    from striate.graph import Array, Layout
    from striate.lenses.receptive_field import ReceptiveField
    from striate.network import Network

# Of an input that can be drawn: sample, channel and three spatial ones.
MOST_AXES = 5


@app.command(
    epilog="Example: striate field net.onnx parts/Relu:0@23,10 --input house.png --preprocess unit -o field.png"
)
def field(
    model: options.Model,
    unit: options.Address,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", "-i", help="Input to draw the field on, or name=FILE for each.")
    ] = None,
    shape: Annotated[
        str | None, typer.Option(help="Input shape with batch, such as 1x3x224x224, where sizes are free.")
    ] = None,
    data: Annotated[bool, typer.Option("--data", help="Follow only the winners of this input's max pooling.")] = False,
    preprocess: options.Preprocess = None,
    out: options.Picture = None,
    as_json: options.Json = False,
) -> None:
    """Say which cells of the input can influence a unit, and whether that is exact or an upper bound."""
    from striate.render.plain import to_json
    from striate.render.receptive_field import field_plain, field_text

    network = open_network(model)
    network.model.address(unit)
    opened = open_inputs(network, inputs, preprocess) if inputs else None
    found = _found(network, unit, opened, shape, data)
    if out is not None:
        _draw(network, found, opened, out)
    say(to_json(field_plain(found)) if as_json else field_text(found))


def _found(network: Network, unit: str, opened: Opened | None, shape: str | None, data: bool) -> ReceptiveField:
    if opened is None:
        if data:
            raise ParameterError("--data needs the numbers of a run; give --input")
        return network.receptive_field(unit, None if shape is None else read_shape(shape))
    if data:
        return run_network(network, opened).unit(unit).receptive_field("data")
    return network.receptive_field(unit, {name: array.shape for name, array in opened.arrays.items()})


def _draw(network: Network, found: ReceptiveField, opened: Opened | None, out: Path) -> None:
    """Draws the field on the picture if there is one, else on the first input that has positions."""
    from striate.render.field_picture import field_on_numbers, field_on_picture

    if opened is None:
        raise ParameterError("--out draws the field on the input; give one with --input")
    for name, picture in opened.pictures.items():
        write_picture(field_on_picture(found, name, picture), out)
        return
    for name, array in opened.arrays.items():
        if 0 < array.ndim <= MOST_AXES:
            write_picture(
                field_on_numbers(found, name, _channels_first(found, array, network.model.layout_of(name))), out
            )
            return
    raise ParameterError("--out draws the field on a signal, a map or a volume, and no input of this network is one")


def _channels_first(found: ReceptiveField, array: Array, layout: Layout) -> Array:
    """The unit's sample of an input as (c, *spatial); one of two axes or one is a signal."""
    import numpy as np

    if array.ndim < 3:
        return array[min(found.unit.sample, len(array) - 1)][None] if array.ndim == 2 else array[None]
    moved = np.moveaxis(array, -1, 1) if layout == "channels_last" else array
    return moved[min(found.unit.sample, len(moved) - 1)]
