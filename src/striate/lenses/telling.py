"""Which layers of a network are worth a first look."""

from __future__ import annotations

from collections.abc import Sequence

from striate import ops
from striate.graph import Model
from striate.lenses.field_size import field_sizes
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


def telling_convolution(model: Model, lengths: Sequence[int]) -> str | None:
    """The last convolution whose sums and whose place say something.

    That is one with a kernel larger than one cell, and with units that see at most half of the input along each axis;
    without such a one the last with a larger kernel, or any.

    Args:
        model: The network.
        lengths: Spatial size of the input.
    """
    known = convolutions(model)
    fields = field_sizes(model.graph)
    fallback = next(iter(known), None)
    for name, node in known.items():
        kernel = model.graph.types[node.inputs[1] or ""].shape or ()
        if any(size != 1 for size in kernel[2:]):
            fallback = name
    for name, node in reversed(known.items()):
        kernel = model.graph.types[node.inputs[1] or ""].shape or ()
        seen = fields.get(node.outputs[0])
        if seen is None or seen.whole or all(size == 1 for size in kernel[2:]):
            continue
        if all(2 * cells <= length for cells, length in zip(seen.cells(), lengths, strict=False)):
            return name
    return fallback
