"""``striate animate``: the running window with its values, as GIF, MP4, SVG or one picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from striate.cli import given_options as options
from striate.cli.animate_declared import Given, animate_declared, is_declaration
from striate.cli.animate_numbers import (
    SIGNALS,
    load_picture,
    load_signal,
    read_bias,
    read_input,
    read_kernel,
    read_positions,
    read_sizes,
)
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, read_shape, run_network
from striate.cli.terminal import progress, say
from striate.errors import ParameterError

if TYPE_CHECKING:
    from striate.animation import Animation
    from striate.cli.animate_numbers import Numbers
    from striate.graph import Array

_NEEDS = (
    "animate needs MODEL INPUT LAYER:CHANNEL, such as net.onnx cat.jpg conv1:3; or a layer such as "
    '"nn.Conv2d(1, 1, 3)"; or --input with either --kernel or --pool (max or average)'
)


@app.command(
    epilog="Example: striate animate net.onnx house.png edges/Conv:0 --preprocess unit -o window.gif; "
    'striate animate "nn.Conv2d(1, 1, 3, stride=2, padding=1)" --input 1x9x9 -o strided.gif; '
    'striate animate --kernel sobel --input "1 2 0 1 2; 0 1 2 1 0; 2 0 1 0 1" -o sobel.gif'
)
def animate(
    model: Annotated[
        str | None,
        typer.Argument(
            help='An ONNX file, or a layer in PyTorch or Keras, such as "nn.Conv2d(1, 8, 3)" or "MaxPooling2D()"; '
            "left out with --kernel or --pool alone."
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Argument(help="The network's inputs, and the map: layer:channel, such as conv1:3.")
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help=".gif, .mp4 (needs ffmpeg), .svg or .png of one step, or a folder for SVGs."),
    ] = Path("animation.gif"),
    kernel: Annotated[
        str | None,
        typer.Option(
            help='A kernel of the bank (sobel), numbers ("-1 0 1; -2 0 2; -1 0 1"), or weights in a .npy file, as the '
            "layer's framework has them."
        ),
    ] = None,
    bias: Annotated[str | None, typer.Option(help="What is added: a number, one for each filter, or .npy.")] = None,
    pool: Annotated[str | None, typer.Option(help="max or average, instead of a kernel.")] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--input",
            "-i",
            help='What it slides over: a file, or numbers ("0 0.82 0.91 0.4"); of a declared layer also the shape of '
            "one sample (3x9x9, Keras 9x9x3), for random values.",
        ),
    ] = None,
    channel: Annotated[
        int | None, typer.Option(help="Which output channel of a declared layer or of filters, from 0.")
    ] = None,
    window: Annotated[str | None, typer.Option(help="Window of a pooling, such as 2 or 2x3.")] = None,
    stride: Annotated[str | None, typer.Option(help="Cells between two positions, such as 2 or 2x1.")] = None,
    padding: Annotated[str | None, typer.Option(help="Zeros around: 1, 1x0, same or valid.")] = None,
    dilation: Annotated[str | None, typer.Option(help="Cells between two taps.")] = None,
    transposed: Annotated[bool, typer.Option("--transposed", help="A transposed convolution.")] = False,
    flip: Annotated[
        bool, typer.Option("--flip", help="Turn the kernel round first (mathematics' convolution).")
    ] = False,
    positions: Annotated[
        str | None, typer.Option(help="Which positions of a large map, first:end for each axis: 40:48,100:112.")
    ] = None,
    steps: Annotated[int | None, typer.Option(help="The most steps.")] = None,
    step: Annotated[
        int | None, typer.Option(help="Which step a .png or .svg shows, from 0; the last if left out.")
    ] = None,
    fps: Annotated[float, typer.Option(help="Steps a second.")] = 2.0,
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "1280x720",
    theme: Annotated[str, typer.Option(help="light or dark.")] = "light",
    preprocess: options.Preprocess = None,
) -> None:
    """Animate the window of a network's layer, of a declared layer, or of a kernel or pooling of your own.

    Every product is written out.
    """
    sides = read_shape(size)
    if len(sides) != 2:
        raise ParameterError(f'size (="{size}") must be width x height, such as 1280x720')
    if theme != "light" and theme != "dark":
        raise ParameterError(f'theme (="{theme}") must be one of light, dark')
    box = None if positions is None else read_positions(positions)
    state = {"stride": stride, "padding": padding, "dilation": dilation, "transposed": transposed, "flip": flip,
             "window": window, "pool": pool}  # fmt: skip
    given = Given(source, kernel, bias, channel or 0, box, steps)
    if model is not None and not is_declaration(model):
        more = {"kernel": kernel, "bias": bias, "input": source, "channel": channel}
        _refuse(
            state | more,
            "is for a layer or kernel of your own; a layer of a network has its own, and its channel stands behind it "
            "(conv1:3): leave it out",
        )
        shown = _of_layer(model, list(inputs or ()), preprocess, box, steps)
    else:
        _refuse({"preprocess": preprocess}, "is for a network's inputs; a picture has values from 0 to 1 here")
        if model is None:
            shown = _of_state(state, given)
        else:
            _refuse(state, "stands in the declaration itself: write it there")
            if inputs:
                raise ParameterError(f'"{inputs[0]}" stands behind a declared layer; its input goes to --input')
            shown = animate_declared(model, given)
    with progress("drawing") as moved:
        written = shown.save(out, fps=fps, step=step, theme=theme, size=(sides[0], sides[1]), progress=moved)
    what = "one step" if written.suffix.lower() in (".png", ".svg") else f"{len(shown)} steps"
    say(
        "; ".join(
            part for part in (f"{written}: {what} of {shown.walk.kind}", shown.walk.origin, shown.omitted) if part
        )
    )


def _refuse(given: Mapping[str, object], why: str) -> None:
    """Options that do not belong to what is animated are not passed over in silence."""
    for name, value in given.items():
        if value is not None and value is not False:
            raise ParameterError(f"--{name} {why}")


def _of_layer(
    model: str, given: list[str], preprocess: str | None, positions: list[tuple[int, int]] | None, steps: int | None
) -> Animation:
    if len(given) < 2:
        raise ParameterError(_NEEDS)
    network = open_network(model)
    *files, layer = given
    network.model.address(layer)
    return run_network(network, open_inputs(network, files, preprocess)).animate(
        layer, positions=positions, steps=steps
    )


def _of_state(state: dict[str, str | bool | None], given: Given) -> Animation:
    from striate.animation import animate as animate_state

    pool = state["pool"]
    if (given.kernel is None) == (pool is None) or given.source is None:
        raise ParameterError(_NEEDS)
    if pool not in (None, "max", "average"):
        raise ParameterError(f'pool (="{pool}") must be one of max, average')
    padding = state["padding"]
    return animate_state(
        _input(given.source),
        None if given.kernel is None else read_kernel(given.kernel),
        read_bias(given.bias),
        stride=read_sizes(state["stride"], "stride"),
        padding=padding if isinstance(padding, str) and padding.isalpha() else read_sizes(padding, "padding") or 0,
        dilation=read_sizes(state["dilation"], "dilation") or 1,
        transposed=bool(state["transposed"]),
        flip=bool(state["flip"]),
        pool="max" if pool == "max" else "average" if pool == "average" else None,
        size=read_sizes(state["window"], "window") or 2,
        channel=given.channel,
        positions=given.positions,
        steps=given.steps,
    )


def _input(text: str) -> Array | Numbers:
    """Numbers, or a file: a signal with its channels, the brightness of an image from 0 to 1, an array as it is."""
    found = read_input(text, 'a file, or numbers such as "0 1 0; 1 2 1"')
    if found is not None:
        return found
    if Path(text).suffix.lower() in SIGNALS:
        channels = load_signal(text)
        return channels[0] if len(channels) == 1 else channels
    return load_picture(text, grey=True)[0]
