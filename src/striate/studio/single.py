"""A studio around one run, without a server: what a report is composed from and a notebook's widget talks to."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from striate.errors import InvalidError
from striate.given import to_source
from striate.graph import Array
from striate.network import Network
from striate.reading import ReadInput
from striate.run import Run
from striate.studio.limits import Limits
from striate.studio.naming import identity, shown_name
from striate.studio.samples import takes
from striate.studio.sources import graph_info
from striate.studio.store import COMMAND_LINE, OpenInput, Store
from striate.studio.work import Work


@dataclass(frozen=True, eq=False)
class Single:
    """A store in which one network and one input are open.

    Args:
        store: The store.
        network: Id of the network.
        input: Id of the input.
    """

    store: Store
    network: str
    input: str


def single(
    run: Run,
    name: str | None = None,
    inputs: Mapping[str, ReadInput] | None = None,
    input_name: str | None = None,
    labels: Sequence[str] | None = None,
) -> Single:
    """Opens a run.

    Args:
        run: The run.
        name: What to call the network; by its own name if None.
        inputs: What was read for each of its inputs; without it the run's own arrays are shown as they are.
        input_name: What to call the input.
        labels: Name of each class.

    Raises:
        InvalidError: There are more or fewer labels than classes.
    """
    model = run.model
    network = Network(model)
    # Nothing is uploaded, so that the folder is never made.
    store = Store(Limits(), Path(tempfile.gettempdir()) / "striate-unused")
    title = shown_name(name or model.graph.name or "network")
    entry = store.add_network(network, title, COMMAND_LINE, _checked(run, labels))
    read = dict(inputs) if inputs is not None else {port: given_array(run, port) for port in model.graph.inputs}
    kind = takes(graph_info(model, model.graph.inputs[0])) if model.graph.inputs else "numbers"
    shown = shown_name(input_name or ", ".join(model.graph.inputs) or "input")
    opened = OpenInput(identity(shown, ()), shown, kind, entry.id, {}, None, {COMMAND_LINE}, {entry.id: read})
    store.inputs[opened.id] = opened
    store.run((entry.id, opened.id), lambda: run, Work())
    return Single(store, entry.id, opened.id)


def given_array(run: Run, port: str) -> ReadInput:
    """An input as the run holds it. Three channels of a picture are shown as colours between its least and greatest."""
    array = run.recording.values[port]
    given = to_source(array, run.model.layout_of(port))
    shape = "×".join(map(str, array.shape)) or "one number"
    if array.ndim != 4 or array.shape[1] != 3 or array.dtype.kind != "f" or not np.isfinite(array[0]).all():
        return ReadInput(given, f"an array of shape {shape}, as given")
    picture, low, high = _colours(array[0])
    note = f"an array of shape {shape}, as given; colours run from {low:.4g} (dark) to {high:.4g} (light)"
    reach = (high - low) or 1.0
    return ReadInput(given, note, picture, (reach,) * 3, (low,) * 3)


def _colours(maps: Array) -> tuple[Array, float, float]:
    low, high = float(maps.min()), float(maps.max())
    levels = np.rint((maps.astype(np.float64) - low) * (255 / ((high - low) or 1.0)))
    return np.ascontiguousarray(levels.astype(np.uint8).transpose(1, 2, 0)), low, high


def _checked(run: Run, labels: Sequence[str] | None) -> list[str] | None:
    if labels is None:
        return None
    sizes = [
        shape[1] for shape in (run.recording.values[name].shape for name in run.model.graph.outputs) if len(shape) > 1
    ]
    if len(labels) not in sizes:
        classes = ", ".join(map(str, sizes)) or "none"
        raise InvalidError(f"{len(labels)} labels are given, the network's outputs have {classes} classes; one a class")
    return list(labels)
