"""Which layers of a network are worth a first look."""

from __future__ import annotations

from striate import ops
from striate.graph import Model
from striate.lenses.kernels import convolutions

MOST = 6


def telling_layers(model: Model, most: int = MOST) -> list[str]:
    """A few layers, spread over the depth: at each spatial size the last with maps, and the first convolution.

    A layer counts with what follows it at once: where an activation stands behind a convolution, the activation's maps
    are shown.
    """
    chosen: dict[tuple[object, ...], str] = {}
    first: str | None = None
    for layer in model.layers:
        shape = model.graph.types[layer.output].shape
        if shape is None or not 3 <= len(shape) <= 5 or all(size == 1 for size in shape[2:]):
            continue
        nodes = [model.graph.node(name) for name in layer.nodes]
        if not nodes or isinstance(nodes[-1].op, ops.Movement | ops.Identity | ops.Dropout):
            continue
        first = first or layer.name
        chosen[tuple(shape[2:])] = layer.name
    names: list[str] = list(dict.fromkeys([first, *chosen.values()])) if first is not None else []
    if len(names) <= most:
        return names
    step = (len(names) - 1) / (most - 1)
    return [names[round(i * step)] for i in range(most)]


def telling_convolution(model: Model) -> str | None:
    """The last convolution with a kernel larger than one cell and with maps: the one whose sums say most."""
    for name, node in reversed(convolutions(model).items()):
        kernel = model.graph.types[node.inputs[1] or ""].shape or ()
        shape = model.graph.types[node.outputs[0]].shape or ()
        if any(size != 1 for size in kernel[2:]) and any(size != 1 for size in shape[2:]):
            return name
    return next(iter(convolutions(model)), None)
