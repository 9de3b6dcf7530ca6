"""``striate filter``: a hand-crafted kernel applied to an image or a signal."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from striate.cli.app import app
from striate.cli.terminal import say
from striate.cli.writing import write_picture
from striate.errors import NonFiniteError, ParameterError
from striate.writing import write_file

if TYPE_CHECKING:
    from striate.graph import Array

_SIGNALS = (".csv", ".tsv", ".txt", ".wav")


@app.command(name="filter", epilog="Example: striate filter sobel house.png -o edges.png")
def filter_file(
    name: Annotated[str, typer.Argument(help="Name of a kernel; striate filters lists them.")],
    source: Annotated[str, typer.Argument(help="An image, a signal (.csv, .wav) or an array (.npy).")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where it goes: .png a picture, .npy the exact numbers, .csv a signal.")
    ],
    axis: Annotated[
        int | None, typer.Option(help="Axis of a directional kernel; left out, all axes give the gradient's magnitude.")
    ] = None,
    size: Annotated[int | None, typer.Option(help="The kernel's size, where it has one.")] = None,
    sigma: Annotated[float | None, typer.Option(help="The kernel's width, where it has one.")] = None,
    colours: Annotated[
        bool | None,
        typer.Option(
            "--colours/--grey", help="Filter each colour, or the brightness; edge detectors take the brightness."
        ),
    ] = None,
) -> None:
    """Apply a kernel of the bank to an image or a signal; signed results are drawn blue to red about zero."""
    from striate import filter as apply
    from striate.filters import get

    mean = bool(abs(float(get(name)().sum())) > 1e-3)  # keeps brightness as it is; else it is a detector
    data, seen = _read(source, mean if colours is None else colours)
    options: dict[str, float] = {}
    if size is not None:
        options["size"] = size
    if sigma is not None:
        options["sigma"] = sigma
    spatial = 1 if _is_signal(source) else None
    kernel_of = partial(apply, data, name, axis, "reflect", "same", spatial)
    result = kernel_of(**options)
    own_colours = mean and seen == "image"
    _write(result, name, out, seen, own_colours)
    low, high = float(result.min()), float(result.max())
    of = " of the brightness" if seen == "image" and data.ndim == 2 else ""
    cut = float(((result < -0.5) | (result >= 255.5)).mean()) if own_colours and out.suffix.lower() != ".npy" else 0.0
    clipped = f"; {cut:.2%} of the numbers lie outside 0 to 255 and are clipped in the picture" if cut else ""
    say(f"{out}: {'×'.join(map(str, result.shape))}{of}, from {low:.6g} to {high:.6g}{clipped}")


def _is_signal(source: str) -> bool:
    return Path(source).suffix.lower() in _SIGNALS


def _read(source: str, in_colours: bool) -> tuple[Array, str]:
    """The data and what they are: "image", "signal" or "array"."""
    import numpy as np

    from striate.media import picture, signal
    from striate.media.files import existing_file, load_npy

    if _is_signal(source):
        found = signal(source)[0]
        return (found[0] if len(found) == 1 else found.T), "signal"
    if Path(source).suffix.lower() in (".npy", ".npz"):
        return _finite(load_npy(existing_file(source, "array"), "array"), source), "array"
    colours = picture(source)
    if in_colours:
        return colours, "image"
    # The luma weights of ITU-R BT.601.
    return (colours @ np.array([0.299, 0.587, 0.114])).astype(np.float32), "image"


def _finite(array: Array, source: str) -> Array:
    import numpy as np

    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = tuple(map(int, bad[0]))
        raise NonFiniteError(
            f'array "{source}" holds {len(bad)} NaN or infinite numbers, the first at {where}; a window that meets one '
            "gives nothing else, so mend the data"
        )
    return array


def _write(result: Array, name: str, out: Path, seen: str, own_colours: bool) -> None:
    import numpy as np

    suffix = out.suffix.lower()
    if suffix == ".npy":
        write_file(out, lambda file: np.save(file, result))
    elif suffix == ".csv":
        if result.ndim > 2:
            raise ParameterError(f'cannot write "{out}": the result has {result.ndim} axes; use .npy or .png')
        write_file(out, lambda file: np.savetxt(file, result, delimiter=",", fmt="%.9g"))
    else:
        from striate.render.filtered import filtered_picture

        write_picture(filtered_picture(result, name, seen, own_colours), out)
