"""Composes a report of a run: chooses what is shown, asks for it, writes the file."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

import striate
from striate.errors import OutputError
from striate.graph import UnitAddress
from striate.lenses.summary import summary
from striate.reading import ReadInput
from striate.run import Run
from striate.studio.protocol.base import PROTOCOL
from striate.studio.protocol.network import LayerInfo, NetworkAnswer
from striate.studio.report.choice import checked_channels, chosen_layers, chosen_units, drawable
from striate.studio.report.page import page
from striate.studio.report.recorder import Recorder
from striate.studio.report.unit_part import record_unit
from striate.studio.single import Single, single

CHANNELS = 32
# Cells of a drawn map along its longest axis, and those of a line.
_MAP, _LINE = 112, 576
# Numbers of a vector that are shown.
_NUMBERS = 1 << 16
# The most channels that one request for maps may name.
_MOST_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Report:
    """A report that is ready to be written.

    Args:
        html: The whole file.
        title: Its title.
        layers: Layers whose maps are shown.
        units: Addresses of the units that are explained.
        notes: What is left out or coarser than the run, a sentence each.
    """

    html: str
    title: str
    layers: tuple[str, ...]
    units: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """Size of the file."""
        return len(self.html.encode())


def report(
    run: Run,
    path: str | PathLike[str],
    *,
    layers: Sequence[str] | None = None,
    units: Sequence[str | UnitAddress] | None = None,
    channels: int | None = CHANNELS,
    title: str | None = None,
    labels: Sequence[str] | None = None,
) -> Report:
    """Writes a report of a run: one HTML file that needs no server and no network, for a browser, a mail or paper.

    Args:
        run: The run.
        path: Where the file goes; one that is there is replaced.
        layers: Names of layers whose maps are shown; ``["all"]`` for all; a few along the depth if None.
        units: Addresses of numbers that are explained, such as ``conv1:3@10,12``; if None, the strongest unit of the
            prediction and some on the way down from it.
        channels: How many maps of each layer, the first ones; None for all. The page says how many there are.
        title: What stands at its head.
        labels: Name of each class.

    Returns:
        The report, with what it shows and what was left out.

    Raises:
        UnknownNameError, ParameterError: A layer or unit does not exist.
        UnsupportedError: A layer's maps cannot be drawn.
        MissingDependencyError: This installation lacks the studio's page.
        OutputError: The file cannot be written.

    Exactness: explanations, and the maps that explained units lie in, hold the run's own numbers; the other maps are
        pictures of 255 levels each, which the page says.

    Example:
        >>> import striate as st
        >>> net = st.load(st.bundled.model_path())
        >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
        >>> st.report(run, "house.html", units=["shapes/Conv:3@50,24"]).units  # doctest: +SKIP
        ('shapes/Conv:3@50,24',)
    """
    made = compose(run, layers=layers, units=units, channels=channels, title=title, labels=labels)
    try:
        Path(path).write_text(made.html, "utf-8")
    except OSError as error:
        raise OutputError(f'cannot write "{path}": {(error.strerror or str(error)).lower()}') from error
    return made


def compose(
    run: Run,
    *,
    layers: Sequence[str] | None = None,
    units: Sequence[str | UnitAddress] | None = None,
    channels: int | None = CHANNELS,
    title: str | None = None,
    labels: Sequence[str] | None = None,
    name: str | None = None,
    inputs: Mapping[str, ReadInput] | None = None,
    input_name: str | None = None,
    source: Sequence[tuple[str, str]] = (),
) -> Report:
    """Puts a report together without writing it.

    Args:
        run: The run.
        layers: As of :func:`report`, and so are ``units``, ``channels`` and ``title``.
        units: Which numbers are explained.
        channels: How many maps of each layer.
        title: What stands at its head.
        labels: Name of each class.
        name: What to call the network.
        inputs: What was read for each input, with the notes and pictures that the page shows.
        input_name: What to call the input.
        source: Facts about where the network comes from, each a name and a text.
    """
    limit = checked_channels(channels)
    shown_layers, shown_units = chosen_layers(run, layers), chosen_units(run, units)
    opened = single(run, name, inputs, input_name, labels)
    recorder = Recorder(opened)
    notes: list[str] = []
    given_parts = _record_run(recorder, run, opened)
    infos = _layer_infos(recorder)
    parts = [_record_layer(recorder, run, layer, limit) for layer in shown_layers]
    kept = [unit for unit in shown_units if record_unit(recorder, infos, unit, notes)]
    notes.insert(0, _LEVELS)
    network = opened.store.networks[opened.network].name
    given = opened.store.inputs[opened.input].name
    heading = title or f"{network} on {given}"
    manifest: dict[str, object] = {
        "title": heading,
        "made": datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z"),
        "versions": _versions(),
        "network": network,
        "input": given,
        "source": [["network", network], *([key, text] for key, text in source)],
        "inputs": given_parts,
        "layers": parts,
        "units": [{"address": str(unit.address), "why": unit.why} for unit in kept],
        "sees": _sees(run),
        "notes": notes,
    }
    html = page(heading, f"striate {striate.__version__}", manifest, recorder.packed())
    return Report(html, heading, tuple(shown_layers), tuple(str(unit.address) for unit in kept), tuple(notes))


_LEVELS = (
    "Small maps are pictures: each is stored in 255 levels between its own extremes, zero exactly zero, and where a "
    "map is larger than its picture the cell of the largest magnitude stands for its neighbours. Explanations, and the "
    "large maps that explained numbers lie in, hold the numbers of the run itself."
)


def _record_run(recorder: Recorder, run: Run, opened: Single) -> list[dict[str, object]]:
    """What every page shows: layers, statistics, what came out and what went in; inputs that are drawn as maps."""
    recorder.ask("hello", {"protocol": PROTOCOL})
    recorder.ask("statistics")
    recorder.ask("prediction", {"top": 5})
    recorder.ask("input")
    recorder.ask("samples", {"network": opened.network})
    read = opened.store.inputs[opened.input].read[opened.network]
    drawn = [port for port, found in read.items() if found.picture is None and drawable(run, port)]
    return [_record_layer(recorder, run, port, CHANNELS) for port in drawn]


def _layer_infos(recorder: Recorder) -> dict[str, LayerInfo]:
    """Layers and inputs by name, as the page knows them."""
    answer, _ = recorder.ask("network")
    assert isinstance(answer, NetworkAnswer)
    return {info.name: info for info in answer.layers}


def _record_layer(recorder: Recorder, run: Run, layer: str, limit: int | None) -> dict[str, object]:
    """Some maps of a layer as pictures."""
    shape = run.recording.values[run.model.value_name(layer)].shape
    channels = shape[1] if len(shape) > 1 else shape[0] if shape else 1
    spatial = shape[2:]
    # A vector is one picture however long it is.
    most = channels if limit is None else limit if spatial else _NUMBERS
    count = min(most, channels)
    # The same step along each axis: a cell stays a square.
    step = -(-max(spatial, default=1) // (_LINE if len(spatial) == 1 else _MAP))
    height, width = (-(-size // step) for size in (1, 1, *spatial)[-2:])
    for first in range(0, count, _MOST_AT_ONCE):
        view: dict[str, object] = {"layer": layer, "first": first, "count": min(_MOST_AT_ONCE, count - first)}
        recorder.ask("maps", {"view": view | {"size": {"height": height, "width": width}}}, quantised=True)
    return {"layer": layer, "first": 0, "count": count}


def _sees(run: Run) -> dict[str, str]:
    shapes = {name: run.recording.values[name].shape for name in run.model.graph.inputs}
    return {row.name: row.texts()[-1] for row in summary(run.model, shapes).rows}


def _versions() -> list[list[str]]:
    return [
        ["striate", striate.__version__],
        ["NumPy", np.__version__],
        ["Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"],
    ]
