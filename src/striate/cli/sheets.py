"""Contact sheets of a run's layers, written to a folder: what ``maps``, ``filters`` and ``demo`` share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from striate.cli.writing import write_picture
from striate.errors import ParameterError

if TYPE_CHECKING:
    from striate.graph import Array
    from striate.network import Network
    from striate.render.colour import Scale, Scope
    from striate.render.sheet import Page
    from striate.run import Run

SCOPES = ("unit", "layer", "network")


def checked_scope(text: str) -> Scope:
    """The scope of a scale.

    Raises:
        ParameterError: It is none of the three.
    """
    if text == "unit" or text == "layer" or text == "network":
        return text
    raise ParameterError(f'scale (="{text}") must be one of {", ".join(SCOPES)}')


def drawable(run: Run, names: Sequence[str]) -> list[str]:
    """Layers whose output is real numbers on at most three spatial axes."""
    found: list[str] = []
    for name in names:
        array = graph_array(run, name)
        if array is not None and array.dtype.kind == "f" and 1 < array.ndim <= 5 and array.size:
            found.append(name)
    return found


def graph_array(run: Run, name: str) -> Array | None:
    """A layer's output, channels first."""
    return run.recording.values.get(run.model.value_name(name))


def network_scale(run: Run, names: Sequence[str]) -> Scale:
    """One scale for the numbers of all these layers."""
    from striate.render.colour import scale_of

    arrays = [graph_array(run, name) for name in names]
    return scale_of([array for array in arrays if array is not None])


def write_maps(run: Run, name: str, folder: Path, scope: Scope, scale: Scale | None, number: int | None) -> list[Path]:
    """Writes the contact sheets of one layer.

    Args:
        run: The run.
        name: The layer.
        folder: Where they go.
        scope: What a scale holds for.
        scale: The network's scale where that is the scope.
        number: Place of the layer in the network, in front of the file's name so that they sort.

    Returns:
        The files.
    """
    from striate.render.sheet import map_pages

    array = graph_array(run, name)
    if array is None or array.ndim < 2:
        raise ParameterError(f'layer "{name}" has no maps: its output has {0 if array is None else array.ndim} axes')
    kind = _kind(run, name)
    sample = f" · sample 0 of {array.shape[0]}" if array.shape[0] > 1 else ""
    facts = f"{kind} · {'×'.join(map(str, array.shape[1:]))}{sample}"
    pages = list(map_pages(array[0], name, facts, scope, scale))
    return _write(pages, folder, name, number)


def write_kernels(network: Network, name: str, folder: Path, scope: Scope) -> list[Path]:
    """Writes the sheets of a layer's kernels.

    Raises:
        ParameterError: The layer has none.
    """
    from striate.lenses.kernels import kernels
    from striate.render.sheet import kernel_pages

    found = kernels(network.model, name)
    facts = f"{found.kind} · {len(found.weights)} filters of {'×'.join(map(str, found.weights.shape[1:]))}"
    return _write(list(kernel_pages(found.weights, found.layer, facts, scope)), folder, f"{found.layer}-filters", None)


def _write(pages: Sequence[Page], folder: Path, name: str, number: int | None) -> list[Path]:
    stem = file_name(name) if number is None else f"{number:03d}-{file_name(name)}"
    written: list[Path] = []
    for index, page in enumerate(pages):
        digits = len(str(len(pages)))
        part = f"-{index + 1:0{digits}}of{len(pages)}" if len(pages) > 1 else ""
        written.append(write_picture(page.image, folder / f"{stem}{part}.png"))
    return written


def listed(files: Sequence[Path]) -> str:
    """Files in a line: each of a few, the first and last of many."""
    if len(files) <= 2:
        return ", ".join(map(str, files))
    return f"{files[0]} to {files[-1].name} ({len(files)} pages)"


def file_name(name: str) -> str:
    """A layer's name as part of a file name.

    Example:
        >>> file_name("/features/0/Conv:1")
        'features.0.Conv_1'
    """
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "." if c == "/" else "_" for c in name)
    return kept.strip(".")[:80] or "layer"


def _kind(run: Run, name: str) -> str:
    layer = run.model.layer_of.get(name)
    if layer is not None:
        return layer.kind
    node = run.model.node_of(name)
    return node.op.kind if node is not None else "Input"
