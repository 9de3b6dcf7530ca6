"""What the layers of a network are: shape, parameters, cost. Facts that need no input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from striate.dimension import Shape, Symbol, known_shape
from striate.engine.plan import bind_types
from striate.errors import StriateError
from striate.graph import LayerView, Model, Node, TensorType, tensor


@dataclass(frozen=True, slots=True)
class Layer:
    """Facts about one layer.

    Args:
        name: The source's name for it.
        kind: What kind of layer it is, in the source's words.
        output_shape: Shape of its output in the source's order of axes; None for a size that is free, None altogether
            when not even the rank is known before a run.
        parameters: Learned numbers that it holds (weights, biases; not running statistics). One shared by two layers
            counts in both.
        macs: Multiply-accumulates for one sample; None while a size that matters is free.
        nodes: Names of the graph's nodes that it consists of.
        output: Name of the value that is its output.
        weights: Names of its learned numbers, in the order of its nodes, see :attr:`striate.Network.weights`.
    """

    name: str
    kind: str
    output_shape: tuple[int | None, ...] | None
    parameters: int
    macs: int | None
    nodes: tuple[str, ...]
    output: str
    weights: tuple[str, ...]


def layer_facts(model: Model, input_shapes: Mapping[str, tuple[int, ...]] | None = None) -> tuple[Layer, ...]:
    """Facts about every layer of a model, in order.

    Args:
        model: The network.
        input_shapes: Concrete shapes of inputs by name, channels first, where the network leaves sizes free.

    Returns:
        The layers in order, MACs for one sample each.

    Raises:
        ShapeError: An input shape does not fit.
    """
    shapes = model.graph.types if input_shapes is None else _types_with(model, input_shapes)
    types = _types_of_one_sample(model, input_shapes or {})
    return tuple(
        Layer(
            view.name,
            view.kind,
            source_shape(model, view.output, shapes[view.output].shape),
            sum(_sizes(model, weight_values(model, view))),
            _macs(model, view, types),
            view.nodes,
            view.output,
            weight_values(model, view),
        )
        for view in model.layers
    )


def parameter_count(model: Model) -> int:
    """Learned numbers of the whole network, each counted once however many layers share it.

    Args:
        model: The network.

    Returns:
        Their number.
    """
    return sum(_sizes(model, {name for view in model.layers for name in weight_values(model, view)}))


def weight_values(model: Model, view: LayerView) -> tuple[str, ...]:
    """Names of the constants that hold a layer's learned numbers.

    Args:
        model: The network.
        view: The layer.

    Returns:
        Names, each once, in the order of the layer's nodes.
    """
    names: dict[str, None] = {}
    for node in (model.graph.node(name) for name in view.nodes):
        for position in node.op.weight_operands:
            name = node.inputs[position] if position < len(node.inputs) else None
            if name and name in model.graph.constants and model.graph.types[name].dtype.kind == "f":
                names[name] = None
    return tuple(names)


def source_shape(model: Model, value: str, shape: Shape | None) -> tuple[int | None, ...] | None:
    """A graph shape as the source orders its axes, with None for what is free.

    Args:
        model: The network, whose layout decides.
        value: Name of the value of that shape.
        shape: Sizes, channels first; None for an unknown rank.

    Returns:
        Sizes in the source's order of axes.
    """
    if shape is None:
        return None
    free = tuple(None if isinstance(size, Symbol) else size for size in shape)
    if model.layout_of(value) == "channels_last" and len(free) > 2:
        return (free[0], *free[2:], free[1])
    return free


def _sizes(model: Model, names: tuple[str, ...] | set[str]) -> list[int]:
    return [prod(known_shape(model.graph.types[name].shape or ())) for name in names]


def _types_of_one_sample(model: Model, input_shapes: Mapping[str, tuple[int, ...]]) -> Mapping[str, TensorType]:
    graph = model.graph
    inputs: dict[str, TensorType] = {}
    for name in graph.inputs:
        declared = graph.types[name].shape
        shape = input_shapes.get(name, declared)
        if shape and declared and isinstance(declared[0], Symbol):
            shape = (1, *shape[1:])
        inputs[name] = tensor(graph.types[name].dtype, shape)
    try:
        return bind_types(graph, inputs)
    except StriateError:
        return graph.types  # a rule that one sample does not fit says nothing about the network: cost stays unknown


def _types_with(model: Model, input_shapes: Mapping[str, tuple[int, ...]]) -> Mapping[str, TensorType]:
    types = model.graph.types
    inputs = {name: tensor(types[name].dtype, input_shapes.get(name, types[name].shape)) for name in model.graph.inputs}
    return bind_types(model.graph, inputs)


def _macs(model: Model, view: LayerView, types: Mapping[str, TensorType]) -> int | None:
    total = 0
    for node in (model.graph.node(name) for name in view.nodes):
        macs = _node_macs(node, types)
        if macs is None:
            return None
        total += macs
    return total


def _node_macs(node: Node, types: Mapping[str, TensorType]) -> int | None:
    operands = [types[name] if name else None for name in node.inputs]
    results = [types[name] for name in node.outputs if name]
    if not all(kind is None or kind.concrete for kind in (*operands, *results)):
        return None
    return node.op.cost(operands, results).macs
