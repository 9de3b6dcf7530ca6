"""The lens: from a unit's address to its explanation."""

from __future__ import annotations

import inspect
import math
from dataclasses import fields

import numpy as np

from striate.engine import Recording
from striate.graph import Array, LayerView, UnitAddress, unit_index
from striate.lenses.explain.explanation import Explanation, Finding, Stage
from striate.lenses.explain.expression import fill
from striate.lenses.explain.site import Reader, Site
from striate.lenses.explain.table import explain_site, explainer_of


def explain(recording: Recording, address: UnitAddress | str) -> Explanation:
    """The whole computation behind one number of a run.

    Args:
        recording: A run with every value kept.
        address: Which number: ``layer:channel@position``. A layer of several nodes is explained at its main node (its
            convolution, say), and what it does to the total afterwards is listed as stages; the address of a node or
            a value means just that node.

    Returns:
        Operands, products, bias and total in float64 of the operands as the run holds them, and the run's own value.

    Raises:
        UnknownNameError: There is no such layer; the message says what is near.
        ParameterError: Channel, position or sample are missing, too many or outside.
        UnsupportedOpError: Striate does not know the inside of the operation.

    Exactness: the products of float32 operands are exact and their sum is rounded once; the run itself adds up in its
    own type, so ``total`` and ``held`` agree to ``TOLERANCE`` of the largest magnitude in the value.

    Example:
        >>> import numpy as np, striate as st
        >>> model = st.Sequential([st.layers.Conv1D(1, 3, activation="relu", input_shape=(8, 1))])
        >>> model.set_weights([np.array([[[-1]], [[0]], [[2]]]), np.array([0.5])])
        >>> run = st.Network(model.to_model()).run(np.arange(8.0).reshape(1, 8, 1))
        >>> found = explain(run.recording, "conv1d:0@1")
        >>> found.formula()
        '-1.0×1.0 + 0.0×2.0 + 2.0×3.0 + 0.5 = 5.5'
        >>> found.stages
        (Stage(name='conv1d/Relu', kind='Relu', value=5.5),)
    """
    reader, unit, value_name, index = _located(recording, address)
    value = float(reader.array(value_name)[index])
    site, stages = _explained(reader, unit, value_name, index)
    if site is None:
        return _given(reader, unit, value_name, index, value)
    return _explanation(explain_site(site), site, unit, stages, value)


def main_site(recording: Recording, address: UnitAddress | str) -> Site | None:
    """Where :func:`explain` looks for that unit; None for a number that is given."""
    return _explained(*_located(recording, address))[0]


def _located(recording: Recording, address: UnitAddress | str) -> tuple[Reader, UnitAddress, str, tuple[int, ...]]:
    model = recording.model
    unit = model.address(address) if isinstance(address, str) else address
    value_name = model.value_name(unit.layer)
    reader = Reader(recording)
    array = reader.array(value_name)
    index = unit_index(unit, array.shape, model.layout_of(value_name))
    if unit.channel is None and array.ndim:
        unit = UnitAddress(unit.layer, 0, unit.at, unit.sample)
    return reader, unit, value_name, index


def _explained(
    reader: Reader, unit: UnitAddress, value_name: str, index: tuple[int, ...]
) -> tuple[Site | None, tuple[Stage, ...]]:
    """The node of the layer that is explained, and what follows it there."""
    model = reader.recording.model
    layer = model.layer_of.get(model.aliases.get(unit.layer, unit.layer))
    site = reader.site(value_name, index)
    return (site, ()) if site is None or layer is None else _main_site(site, layer)


def explain_value(recording: Recording, value_name: str, index: tuple[int, ...]) -> Explanation:
    """As :func:`explain`, for the cell of a value by its channels-first index; always just the node that makes it."""
    reader = Reader(recording)
    value = float(reader.array(value_name)[index])
    unit = unit_at(value_name, index)
    site = reader.site(value_name, index)
    if site is None:
        return _given(reader, unit, value_name, index, value)
    return _explanation(explain_site(site), site, unit, (), value)


def unit_at(value_name: str, index: tuple[int, ...]) -> UnitAddress:
    """The address of a value's cell.

    Example:
        >>> str(unit_at("conv1", (0, 3, 10, 12)))
        'conv1:3@10,12'
    """
    if len(index) < 2:
        return UnitAddress(value_name, index[0] if index else None)
    return UnitAddress(value_name, index[1], tuple(index[2:]), index[0])


def _main_site(site: Site, layer: LayerView) -> tuple[Site, tuple[Stage, ...]]:
    """Goes back over nodes of the layer that depend on a single cell, to the first that depends on several."""
    passed: list[Stage] = []
    here: Site | None = site
    while here is not None and here.node.name in layer.nodes and explainer_of(type(here.node.op)) is not None:
        step = _single_source(here)
        if step is None:
            return here, tuple(reversed(passed))
        passed.append(Stage(here.node.name, here.node.op.kind, here.held))
        here = site.reader.site(*step)
    return site, ()


def _single_source(site: Site) -> tuple[str, tuple[int, ...]] | None:
    """The one cell that is traced from this element, where there is just one."""
    operands = [operand for operand in explain_site(site).operands if operand.coefficients is not None]
    if len(operands) != 1 or operands[0].numbers.ndim:
        return None
    return operands[0].value_name, tuple(int(i) for i in operands[0].indices)


def _explanation(
    finding: Finding, site: Site, unit: UnitAddress, stages: tuple[Stage, ...], value: float
) -> Explanation:
    found = {part.name: getattr(finding, part.name) for part in fields(Finding)}
    return Explanation(
        **found,
        unit=unit,
        kind=site.node.op.kind,
        name=site.node.name,
        value_name=site.node.outputs[site.output],
        index=site.index,
        held=site.held,
        stages=stages,
        value=value,
        scale=_scale(site.result),
        words=_words(site),
    )


def _words(site: Site) -> str:
    """The first sentence of the definition of the op, which says what it does."""
    text = inspect.getdoc(type(site.node.op)) or ""
    return text.partition("\n\n")[0].replace("\n", " ").replace("``", "")


def _given(reader: Reader, unit: UnitAddress, value_name: str, index: tuple[int, ...], value: float) -> Explanation:
    constant = reader.is_constant(value_name)
    return Explanation(
        operands=(),
        total=value,
        rest=value,
        expression=fill("{}", value),
        facts=("given: a constant of the network" if constant else "given: an input of the network",),
        unit=unit,
        kind="Constant" if constant else "Input",
        name=value_name,
        value_name=value_name,
        index=index,
        held=value,
        value=value,
        scale=_scale(reader.array(value_name)),
    )


def _scale(array: Array) -> float:
    if array.size and array.dtype.kind in "fiu":
        # Least and greatest are found without a copy; they are no finite numbers if anything is not.
        low, high = float(array.min()), float(array.max())
        if math.isfinite(low) and math.isfinite(high):
            return max(abs(low), abs(high))
    finite = np.abs(array[np.isfinite(array)].astype(np.float64))
    return float(finite.max()) if finite.size else 0.0
