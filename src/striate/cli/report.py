"""``striate report``: one HTML file with the network, its maps and explained numbers, for a mail or for paper."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, run_network
from striate.cli.terminal import say
from striate.errors import ParameterError
from striate.writing import write_file

if TYPE_CHECKING:
    from striate.network import Network

Layers = Annotated[
    str | None,
    typer.Option(
        help="Layers whose maps are shown, with commas between them, or all; a few along the depth if left out."
    ),
]
Units = Annotated[
    list[str] | None,
    typer.Option(
        "--unit",
        help="A number to explain, layer:channel@position; can be given several times. If left out, the strongest of "
        "the prediction and some on the way down from it.",
    ),
]
Channels = Annotated[str, typer.Option(help="How many maps of each layer: a number, or all.")]


@app.command(
    epilog="Example: striate report net.onnx house.png --preprocess unit --unit edges/Conv:0@105,44 -o house.html"
)
def report(
    model: options.Model,
    inputs: options.Inputs,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file that is written.")] = Path("report.html"),
    layers: Layers = None,
    unit: Units = None,
    channels: Channels = "32",
    title: Annotated[str | None, typer.Option(help="What stands at its head; network and input if left out.")] = None,
    labels: options.Labels = None,
    preprocess: options.Preprocess = None,
    json: options.Json = False,
) -> None:
    """Write a report: one HTML file without a server, with maps, explained numbers and the table of layers."""
    from striate.reading import assigned, read_labels
    from striate.render.plain import to_json
    from striate.studio.naming import shown_name
    from striate.studio.report import compose

    count = _channels(channels)
    network = open_network(model)
    opened = open_inputs(network, inputs, preprocess)
    run = run_network(network, opened)
    # The page is for others: files are called by their names, not by where they lie here.
    read = {
        name: replace(found, note=found.note.replace(text, shown_name(text)))
        for (name, text), found in zip(assigned(list(opened.inputs), inputs), opened.inputs.values(), strict=True)
    }
    made = compose(
        run,
        layers=_layers(network, layers),
        units=unit,
        channels=count,
        title=title,
        labels=read_labels(labels, _classes(network)),
        name=shown_name(model),
        inputs=read,
        input_name=", ".join(shown_name(text) for text in inputs),
        source=_source(model),
    )
    data = made.html.encode()

    def fill(file: BinaryIO) -> None:
        file.write(data)

    write_file(out, fill)
    if json:
        facts = {"file": str(out), "bytes": made.bytes, "layers": made.layers, "units": made.units, "notes": made.notes}
        say(to_json(facts))
        return
    say(f"{out}  {made.bytes / 1e6:.1f} MB")
    shown = f"maps of {len(made.layers)} of {len(network.layers)} layers"
    say(f"  {shown}, {channels} channels of each (--layers, --channels)")
    say(f"  {len(made.units)} numbers explained (--unit): {', '.join(made.units)}")
    for note in made.notes[1:]:
        say(f"  {note}")


def _channels(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ParameterError(f'channels (="{text}") must be a positive number, or all')
    return int(text)


def _layers(network: Network, text: str | None) -> list[str] | None:
    """Names between commas; a layer whose name has a comma itself is taken whole."""
    if text is None:
        return None
    if network.model.knows(text):
        return [text]
    return [part.strip() for part in text.split(",") if part.strip()]


def _classes(network: Network) -> int:
    from striate.lenses.prediction import is_classifier

    shapes = [info.shape for info in network.outputs if is_classifier(info.shape)]
    return next((shape[1] or 0 for shape in shapes if shape is not None), 0)


def _source(model: str) -> list[tuple[str, str]]:
    data = Path(model).read_bytes()
    return [("file", f"{len(data):,} bytes"), ("SHA-256", hashlib.sha256(data).hexdigest())]
