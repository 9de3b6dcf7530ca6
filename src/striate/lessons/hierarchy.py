"""From edges to objects: a few layers of a run, from the input to the end, each by the place that excites it most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from striate import ops
from striate.arguments import expect, shown
from striate.arithmetic import whole_number
from striate.errors import ParameterError
from striate.graph import Array
from striate.lenses.shown import Printed
from striate.run import Run


@dataclass(frozen=True, eq=False)
class Level(Printed):
    """One layer of the way up.

    Args:
        layer: Its name.
        channels: How many maps it has.
        shape: Their sizes.
        order: The channels, those with the largest number first.
        unit: Address of the layer's largest number.
        value: That number.
        box: The cells of the input that it sees, (start, stop) per axis, cut off at the border; () where a unit has no
            place, or its field is not known.
        field: Cells that a unit sees, per axis, whether they are there or not; () likewise.
    """

    layer: str
    channels: int
    shape: tuple[int, ...]
    order: tuple[int, ...]
    unit: str
    value: float
    box: tuple[tuple[int, int], ...]
    field: tuple[int, ...]

    def __str__(self) -> str:
        seen = "×".join(map(str, self.field)) or "all"
        return f"{self.layer}: {self.channels} maps of {'×'.join(map(str, self.shape))}, a unit sees {seen}"


def hierarchy(run: Run, levels: int = 5) -> tuple[Level, ...]:
    """The way from the input to the end of a network, by layers spread evenly over it.

    Args:
        run: What the network made of an input.
        levels: At most so many layers: convolutions, each with the activation behind it.

    Returns:
        The layers in order, each with its most excited unit and what that sees of the input.

    Raises:
        ParameterError: There is no layer to be shown.

    Example:
        >>> import striate as st
        >>> run = st.load(st.bundled.model_path()).run(st.image(st.bundled.picture_path(), size=64, preprocess="unit"))
        >>> for level in hierarchy(run):
        ...     print(level)
        grey/Conv: 1 maps of 64×64, a unit sees 1×1
        edges/Relu: 12 maps of 62×62, a unit sees 3×3
        shapes/Relu: 10 maps of 29×29, a unit sees 8×8
        parts/Relu: 6 maps of 12×12, a unit sees 18×18
    """
    expect(run, Run, "run", "a run of a network: net.run(x)")
    levels = whole_number(levels, f"levels (={shown(levels)}) must be at least 1", 1)
    layers = _convolutions(run)
    if not layers:
        raise ParameterError("the network has no convolution with maps, so there is no way from edges to objects")
    chosen = sorted({round(float(place)) for place in np.linspace(0, len(layers) - 1, min(levels, len(layers)))})
    return tuple(_level(run, layers[place]) for place in chosen)


def _convolutions(run: Run) -> Sequence[str]:
    """The layers that convolve or, where an activation follows, that activation."""
    graph = run.model.graph
    readers: dict[str, list[str]] = {}
    for node in graph.nodes:
        for name in filter(None, node.inputs):
            readers.setdefault(name, []).append(node.name)
    nodes = {node.name: node for node in graph.nodes}
    found: list[str] = []
    for node in graph.nodes:
        if not isinstance(node.op, ops.Conv) or run.recording.values[node.outputs[0]].ndim < 3:
            continue
        value = node.outputs[0]
        while len(readers.get(value, [])) == 1:
            follower = nodes[readers[value][0]]
            if not isinstance(follower.op, ops.Activation | ops.BatchNormalization):
                break
            value = follower.outputs[0]
        view = run.model.layer_of_value.get(value)
        found.append(value if view is None else view.name)
    return found


def _level(run: Run, layer: str) -> Level:
    maps: Array = run.recording.values[run.model.value_name(layer)][0]
    largest = maps.reshape(len(maps), -1).max(axis=1)
    order = np.argsort(-largest, kind="stable")
    channel = int(order[0])
    at = tuple(int(i) for i in np.unravel_index(int(maps[channel].argmax()), maps.shape[1:]))
    unit = run.unit(layer, channel=channel, at=at)
    seen = unit.receptive_field()
    boxes = tuple(seen.inputs.values())
    first = boxes[0] if len(boxes) == 1 else None
    box = tuple(first.clipped) if first is not None and first.clipped is not None else ()
    field = tuple(stop - start for start, stop in first.unclipped) if first is not None and first.unclipped else ()
    return Level(
        layer,
        len(maps),
        maps.shape[1:],
        tuple(map(int, order)),
        str(unit.address),
        float(maps[(channel, *at)]),
        box,
        field,
    )
