"""``striate demo``: the studio on the bundled network and picture, or the whole way as text and pictures."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, run_network
from striate.cli.sheets import drawable, graph_array, listed, write_kernels, write_maps
from striate.cli.terminal import heading, progress, say, say_at_once, width
from striate.cli.writing import write_picture
from striate.errors import InvalidError, MissingDependencyError, OutputError
from striate.reading import Opened, read_labels
from striate.writing import make_folder, write_file

if TYPE_CHECKING:
    from striate.network import Network
    from striate.run import Run, Unit

SHOWN_LAYERS = 20


@dataclass(frozen=True)
class _Scene:
    network: Network
    opened: Opened
    run: Run
    folder: Path
    asked: str


@app.command(epilog="Example: striate demo; striate demo --text -o out; striate demo --files .")
def demo(
    model: Annotated[str | None, typer.Option(help="An ONNX file; the bundled network if left out.")] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="Its input; the bundled picture if left out.")
    ] = None,
    labels: options.Labels = None,
    preprocess: options.Preprocess = None,
    text: Annotated[
        bool, typer.Option("--text", help="Print it and draw it into files instead of opening the studio.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="With --text: folder for the pictures (striate-demo).")
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option(help="Put the network, the picture and the names of the classes into that folder, and leave."),
    ] = None,
    host: options.Host = "127.0.0.1",
    port: options.Port = 0,
    no_browser: options.NoBrowser = False,
    data: options.Data = None,
) -> None:
    """Open the studio on the bundled network and picture; with --text print what it makes of it, product by product."""
    if files is not None:
        _put_files(files)
        return
    if text or out is not None:
        _print(model, inputs, labels, preprocess, out or Path("striate-demo"))
        return
    from striate.studio.pages import pages
    from striate.studio.serve import serve

    try:
        pages()
    except MissingDependencyError as error:
        say(f"{error}. So this is printed instead:")
        say()
        _print(model, inputs, labels, preprocess, Path("striate-demo"))
        return
    if model is not None and not inputs:
        from striate import bundled

        network = open_network(model)
        inputs = [str(bundled.picture_path())] if _takes_a_picture(network) else None
    serve(model, inputs or (), preprocess, labels, host, port, not no_browser, say_at_once, data)


def _put_files(folder: Path) -> None:
    """The files that the examples in the help and in the documentation are about."""
    from striate import bundled

    sources = {
        "net.onnx": bundled.model_path(),
        "house.png": bundled.picture_path(),
        "labels.txt": bundled.labels_path(),
    }
    make_folder(folder)
    contents = {folder / name: source.read_bytes() for name, source in sources.items()}
    for path, data in contents.items():
        if path.exists() and (not path.is_file() or path.read_bytes() != data):
            raise OutputError(f'cannot write "{path}": another one is there; name another folder')
    for path, data in contents.items():
        write_file(path, partial(_write, data))
        say(str(path))


def _write(data: bytes, file: BinaryIO) -> None:
    file.write(data)


def _print(model: str | None, inputs: list[str] | None, labels: Path | None, preprocess: str | None, out: Path) -> None:
    """Opens a network, runs it on a picture, draws its feature maps and explains one number."""
    scene = _open(model, inputs, preprocess, out)
    _show_network(scene)
    _show_prediction(scene, _bundled_labels() if model is None and labels is None else labels)
    _show_maps(scene)
    _show_unit(scene)


def _bundled_labels() -> Path:
    from striate import bundled

    return bundled.labels_path()


def _open(model: str | None, inputs: list[str] | None, preprocess: str | None, out: Path) -> _Scene:
    from striate import bundled

    if model is None:
        network = open_network(str(bundled.model_path()))
        preprocess = preprocess or "unit"
    else:
        network = open_network(model)
        if not inputs and not _takes_a_picture(network):
            shapes = ", ".join(f"{info.name} {info.shape}" for info in network.inputs)
            raise InvalidError(f'network "{model}" takes no picture ({shapes}); give --input')
    given = inputs or [str(bundled.picture_path())]
    opened = open_inputs(network, given, preprocess)
    asked = shlex.join([model or str(bundled.model_path()), *given])
    if preprocess is not None:
        asked += f" --preprocess {preprocess}"
    return _Scene(network, opened, run_network(network, opened), make_folder(out), asked)


def _takes_a_picture(network: Network) -> bool:
    return len(network.inputs) == 1 and len(network.inputs[0].shape or ()) == 4


def _show_network(scene: _Scene) -> None:
    from striate.lenses.summary import summary

    model = scene.network.model
    table = summary(model, {name: scene.run.recording.values[name].shape for name in model.graph.inputs})
    heading(f"The network: {table.name}")
    lines = str(table).splitlines()
    layers, totals = lines[1:-2], lines[-1]
    half = SHOWN_LAYERS // 2
    say(lines[0])
    if len(layers) > SHOWN_LAYERS:
        left_out = f"... {len(layers) - SHOWN_LAYERS} more layers (striate summary lists all) ..."
        layers = [*layers[:half], left_out, *layers[-half:]]
    for line in layers:
        say(line)
    say()
    say(totals)
    say()


def _show_prediction(scene: _Scene, labels: Path | None) -> None:
    from striate.lenses.prediction import is_classifier, predict
    from striate.render.prediction import output_line, prediction_text

    heading("What it makes of the input")
    for note in scene.opened.notes:
        say(note)
    found = predict(scene.run.output) if is_classifier(scene.network.outputs[0].shape) else None
    names = read_labels(labels, 0 if found is None else found.classes)
    for name, array in scene.run.outputs.items():
        say(output_line(name, array))
    if found is not None:
        say(prediction_text(found, names))
    say()


def _show_maps(scene: _Scene) -> None:
    from striate.lenses.kernels import convolutions
    from striate.lenses.telling import telling_layers

    heading("Its feature maps")
    places = {name: place for place, name in enumerate(scene.network.layers)}
    chosen = drawable(scene.run, telling_layers(scene.network.model))
    files: dict[str, list[Path]] = {}
    with progress("drawing") as moved:
        for done, name in enumerate(chosen):
            if moved is not None:
                moved(done, len(chosen), name)
            files[name] = write_maps(scene.run, name, scene.folder, "layer", None, places.get(name))
    first = next(iter(convolutions(scene.network.model)), None)
    if first is not None:
        files[f"filters of {first}"] = write_kernels(scene.network, first, scene.folder, "layer")
    wide = max((len(name) for name in files), default=0)
    for name, pages in files.items():
        say(f"  {name:<{wide}}  {listed(pages)}")
    say()


def _show_unit(scene: _Scene) -> None:
    from striate.lenses.telling import telling_convolution
    from striate.render.explanation import explanation_text
    from striate.render.explanation_picture import explanation_picture
    from striate.render.field_picture import field_on_picture
    from striate.render.receptive_field import field_text

    model = scene.network.model
    layer = telling_convolution(model, scene.run.recording.values[model.graph.inputs[0]].shape[2:])
    if layer is None:
        return
    unit = _strongest(scene.run, layer)
    found = unit.explain()
    heading(f"One number, explained: the strongest of {layer}")
    say(explanation_text(found, channels=2, width=width()))
    say(f"  {write_picture(explanation_picture(found), scene.folder / 'explained.png')}")
    say()
    heading("Where it looks")
    seen = unit.receptive_field()
    say(field_text(seen))
    for name, picture in scene.opened.pictures.items():
        say(f"  {write_picture(field_on_picture(seen, name, picture), scene.folder / 'field.png')}")
    say()
    say(f"Every file is in {scene.folder}. Ask about any other number of any layer:")
    say(f"  striate explain {scene.asked} {shlex.quote(str(unit.address))}")


def _strongest(run: Run, layer: str) -> Unit:
    """The largest number of a layer's first sample."""
    import numpy as np

    array = graph_array(run, layer)
    assert array is not None  # a layer of the network has a value in every run
    flat = np.where(np.isfinite(array[0]), array[0], -np.inf)
    channel, *at = np.unravel_index(int(np.argmax(flat)), flat.shape)
    return run.unit(layer, channel=int(channel), at=tuple(int(place) for place in at), sample=0)
