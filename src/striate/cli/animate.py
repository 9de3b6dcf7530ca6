"""``striate animate``: the running window with its values, as GIF, MP4, SVG or one picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, read_shape, run_network
from striate.cli.terminal import progress, say
from striate.errors import ParameterError

if TYPE_CHECKING:
    from striate.animation import Animation
    from striate.graph import Array

_SIGNALS, _ARRAYS = (".csv", ".tsv", ".txt", ".wav"), (".npy", ".npz")


@app.command(
    epilog="Example: striate animate net.onnx house.png edges/Conv:0 --preprocess unit -o window.gif; "
    'striate animate --kernel sobel --input "1 2 0 1 2; 0 1 2 1 0; 2 0 1 0 1" -o sobel.gif'
)
def animate(
    model: Annotated[str | None, typer.Argument(help="An ONNX file; left out with --kernel or --pool.")] = None,
    inputs: Annotated[
        list[str] | None, typer.Argument(help="The network's inputs, and the map: layer:channel, such as conv1:3.")
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help=".gif, .mp4 (needs ffmpeg), .svg or .png of one step, or a folder for SVGs."),
    ] = Path("animation.gif"),
    kernel: Annotated[
        str | None, typer.Option(help='A kernel of the bank (sobel), or numbers: "-1 0 1; -2 0 2; -1 0 1".')
    ] = None,
    pool: Annotated[str | None, typer.Option(help="max or average, instead of a kernel.")] = None,
    source: Annotated[
        str | None, typer.Option("--input", "-i", help='What it slides over: a file, or numbers: "0 0.82 0.91 0.4".')
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
    """Animate the window of a network's layer, or of a kernel or pooling of your own, every product written out."""
    sides = read_shape(size)
    if len(sides) != 2:
        raise ParameterError(f'size (="{size}") must be width x height, such as 1280x720')
    if theme != "light" and theme != "dark":
        raise ParameterError(f'theme (="{theme}") must be one of light, dark')
    box = None if positions is None else read_positions(positions)
    state = {"stride": stride, "padding": padding, "dilation": dilation, "transposed": transposed, "flip": flip,
             "window": window}  # fmt: skip
    if model is None:
        shown = _of_state(kernel, pool, source, state, box, steps)
    else:
        named = [
            f"--{name}" for name, value in (state | {"kernel": kernel, "pool": pool, "input": source}).items() if value
        ]
        if named:
            raise ParameterError(
                f"{named[0]} is for a kernel of your own; a layer of a network has its own: leave out MODEL"
            )
        shown = _of_layer(model, list(inputs or ()), preprocess, box, steps)
    with progress("drawing") as moved:
        written = shown.save(out, fps=fps, step=step, theme=theme, size=(sides[0], sides[1]), progress=moved)
    what = "one step" if written.suffix.lower() in (".png", ".svg") else f"{len(shown)} steps"
    say(f"{written}: {what} of {shown.walk.kind}" + (f"; {shown.omitted}" if shown.omitted else ""))


def _of_layer(
    model: str, given: list[str], preprocess: str | None, positions: list[tuple[int, int]] | None, steps: int | None
) -> Animation:
    if len(given) < 2:
        raise ParameterError(
            "animate needs MODEL INPUT LAYER:CHANNEL, such as net.onnx cat.jpg conv1:3, or --kernel and --input"
        )
    network = open_network(model)
    *files, layer = given
    network.model.address(layer)
    return run_network(network, open_inputs(network, files, preprocess)).animate(
        layer, positions=positions, steps=steps
    )


def _of_state(
    kernel: str | None, pool: str | None, source: str | None, state: dict[str, str | bool | None],
    positions: list[tuple[int, int]] | None, steps: int | None,
) -> Animation:  # fmt: skip
    from striate.animation import animate as animate_state

    if (kernel is None) == (pool is None) or source is None:
        raise ParameterError(
            "animate needs MODEL INPUT LAYER:CHANNEL, or --input with either --kernel or --pool (max or average)"
        )
    if pool not in (None, "max", "average"):
        raise ParameterError(f'pool (="{pool}") must be one of max, average')
    x = _input(source)
    padding = state["padding"]
    return animate_state(
        x,
        None if kernel is None else _kernel(kernel),
        stride=_sizes(state["stride"], "stride"),
        padding=padding if isinstance(padding, str) and padding.isalpha() else _sizes(padding, "padding") or 0,
        dilation=_sizes(state["dilation"], "dilation") or 1,
        transposed=bool(state["transposed"]),
        flip=bool(state["flip"]),
        pool="max" if pool == "max" else "average" if pool == "average" else None,
        size=_sizes(state["window"], "window") or 2,
        positions=positions,
        steps=steps,
    )


def read_positions(text: str) -> list[tuple[int, int]]:
    """A part of a map as people write it.

    Raises:
        ParameterError: It is none.

    Example:
        >>> read_positions("40:48,100:112")
        [(40, 48), (100, 112)]
    """
    pairs = [part.split(":") for part in text.replace(" ", "").split(",")]
    if any(len(pair) != 2 or not all(end.isascii() and end.isdigit() for end in pair) for pair in pairs):
        raise ParameterError(f'positions (="{text}") must be first:end for each axis, such as 40:48,100:112')
    return [(int(first), int(end)) for first, end in pairs]


def read_numbers(text: str) -> list[float] | list[list[float]] | None:
    """Numbers in a row, or rows with semicolons between; None where the text is something else.

    Example:
        >>> read_numbers("1 2; 3 4"), read_numbers("0,0.5"), read_numbers("sobel")
        ([[1.0, 2.0], [3.0, 4.0]], [0.0, 0.5], None)
    """
    try:
        rows = [[float(part) for part in row.replace(",", " ").split()] for row in text.split(";")]
    except ValueError:
        return None
    return rows if ";" in text else rows[0]


def _kernel(text: str) -> str | list[float] | list[list[float]]:
    found = read_numbers(text)
    return text if found is None else found


def _input(text: str) -> Array | list[float] | list[list[float]]:
    """Numbers, or a file: a signal with its channels, the brightness of an image from 0 to 1, an array as it is."""
    found = None if Path(text).exists() else read_numbers(text)
    if found is not None:
        return found
    from striate.media import image, signal
    from striate.media.files import existing_file, load_npy

    suffix = Path(text).suffix.lower()
    if suffix in _ARRAYS:
        return load_npy(existing_file(text, "array"), "array")
    if suffix in _SIGNALS:
        channels = signal(text)[0]
        return channels[0] if len(channels) == 1 else channels
    return image(text, size=None, preprocess="grey")[0, 0]


def _sizes(text: object, what: str) -> int | tuple[int, ...] | None:
    """One number for all axes, or one for each."""
    if text is None:
        return None
    parts = str(text).lower().replace("×", "x").replace(",", "x").split("x")
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise ParameterError(f'{what} (="{text}") must be a whole number, or one for each axis, such as 2 or 2x1')
    return int(parts[0]) if len(parts) == 1 else tuple(int(part) for part in parts)
