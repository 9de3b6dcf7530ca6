"""What a report shows when nobody says: maps along the depth, and the way down from the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from striate import ops
from striate.errors import ParameterError, UnsupportedError
from striate.graph import UnitAddress
from striate.lenses.axes import require_drawable, sample_maps
from striate.lenses.layers import source_shape
from striate.lenses.prediction import is_classifier, predict
from striate.lenses.telling import telling_layers
from striate.run import Run
from striate.studio.answers.session import addressed, place

LAYERS, UNITS = 6, 4


@dataclass(frozen=True)
class ShownUnit:
    """A unit that is explained.

    Args:
        address: Which.
        why: Why it was chosen; empty where somebody asked for it.
    """

    address: UnitAddress
    why: str


def chosen_layers(run: Run, names: Sequence[str] | None) -> list[str]:
    """The layers whose maps are shown.

    Args:
        run: The run.
        names: Names; ("all",) for every layer that can be drawn; None for a few along the depth.

    Raises:
        UnknownNameError: There is no such layer.
        UnsupportedError: Its maps cannot be drawn.
    """
    if names is None:
        return [name for name in telling_layers(run.model, LAYERS) if drawable(run, name)]
    if list(names) == ["all"] and "all" not in run.model.layer_of:
        return [layer.name for layer in run.model.layers if drawable(run, layer.name)]
    for name in names:
        require_drawable(name, sample_maps(run.recording, name))
    return list(dict.fromkeys(names))


def drawable(run: Run, name: str) -> bool:
    """Whether a layer or input holds maps, lines or numbers that can be drawn."""
    try:
        require_drawable(name, sample_maps(run.recording, name))
    except UnsupportedError:
        return False
    return True


def chosen_units(run: Run, addresses: Sequence[str | UnitAddress] | None) -> list[ShownUnit]:
    """The units that are explained.

    Args:
        run: The run.
        addresses: Which; None for the strongest unit of the prediction and some on the way down from it.

    Raises:
        UnknownNameError, ParameterError: There is no such unit.
    """
    if addresses is None:
        return _way_down(run)
    found = [_on_the_page(run, run.unit(str(each)).address) for each in addresses]
    return [ShownUnit(address, "") for address in dict.fromkeys(found)]


def _on_the_page(run: Run, address: UnitAddress) -> UnitAddress:
    """The same unit by the name of its layer or input, which the page knows it by; a value may have another one."""
    name = addressed(run, run.model.value_name(address.layer))
    if name not in run.model.layer_of and name not in run.model.graph.inputs:
        raise ParameterError(
            f'unit "{address}" lies inside a layer, and a report explains outputs of layers; name one of them'
        )
    return replace(address, layer=name)


def _way_down(run: Run) -> list[ShownUnit]:
    """The prediction's strongest unit, and along its strongest contributions a few that add up or take the largest."""
    first = _strongest(run)
    if first is None:
        return []
    address, why = first
    steps: list[UnitAddress] = []
    for level in run.unit(str(address)).trace(width=1, most=1).levels:
        node = run.model.graph.producers.get(level.value_name)
        telling = node is not None and isinstance(
            node.op, ops.Conv | ops.ConvTranspose | ops.Gemm | ops.MatMul | ops.Pool
        )
        if telling and level.cells:
            unit = place(run, level.value_name, level.cells[0].index)
            # A value inside a layer has no place of its own on the page.
            if unit.layer in run.model.layer_of:
                steps.append(UnitAddress(unit.layer, unit.channel, unit.at, unit.sample))
    steps = [step for step in dict.fromkeys(steps) if step != address]
    if len(steps) > UNITS - 1:
        steps = [steps[round(i * (len(steps) - 1) / (UNITS - 2))] for i in range(UNITS - 1)]
    down = "on the way down: each step along the strongest contribution"
    return [ShownUnit(address, why), *(ShownUnit(step, down) for step in steps)]


def _strongest(run: Run) -> tuple[UnitAddress, str] | None:
    model = run.model
    name = model.graph.outputs[0]
    array = run.recording.values[name]
    if array.dtype.kind not in "biuf" or not array.size:
        return None
    scores = is_classifier(source_shape(model, name, model.graph.types[name].shape))
    ranked = predict(array[:1], 1) if scores else None
    if ranked is not None:
        index = (0, ranked.ranks[0].index, *(0,) * (array.ndim - 2))
        why = "the strongest class of the prediction"
    else:
        finite = np.where(np.isfinite(array), np.abs(array.astype(np.float64)), -1.0)
        index = tuple(int(i) for i in np.unravel_index(int(np.argmax(finite)), array.shape))
        why = "the number of the largest magnitude in the output"
    unit = place(run, name, index)
    return UnitAddress(unit.layer, unit.channel, unit.at, unit.sample), why


def checked_channels(channels: int | None) -> int | None:
    """How many channels of a layer are shown at most; None for all.

    Raises:
        ParameterError: It is not positive.
    """
    if channels is not None and channels < 1:
        raise ParameterError(f"channels (={channels}) must be positive, or None for all")
    return channels
