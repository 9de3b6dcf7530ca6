"""The layers of a network in the protocol's form: modules, columns, operands, a line of facts."""

from __future__ import annotations

import math
from collections.abc import Mapping

from striate import ops
from striate.dimension import Symbol
from striate.engine.plan import bind_types
from striate.graph import LayerView, Model, Node, Op, TensorType, tensor
from striate.lenses.layers import Layer, layer_facts
from striate.network import Network
from striate.reading import sizes_text
from striate.studio.answers.signal import signals
from striate.studio.protocol.network import LayerInfo, Operand

# Ops whose results are never negative, whatever they are given.
_UNSIGNED: tuple[type[Op], ...] = (
    ops.Relu,
    ops.Sigmoid,
    ops.HardSigmoid,
    ops.Softplus,
    ops.Exp,
    ops.Abs,
    ops.Sqrt,
    ops.Softmax,
)
# Ops that cannot make a negative number of others.
_KEEPS_SIGN: tuple[type[Op], ...] = (
    ops.MaxPool,
    ops.AveragePool,
    ops.GlobalPool,
    ops.LpPool,
    ops.Identity,
    ops.Dropout,
    ops.Concat,
    ops.Reshape,
    ops.Flatten,
    ops.Transpose,
    ops.Squeeze,
    ops.Unsqueeze,
    ops.Slice,
    ops.Split,
    ops.Add,
    ops.Mul,
    ops.ReduceMean,
    ops.ReduceSum,
    ops.ReduceMax,
)


def layer_infos(network: Network, shapes: Mapping[str, tuple[int, ...]] | None) -> tuple[LayerInfo, ...]:
    """Inputs of the network, then its layers in order.

    Args:
        network: The network.
        shapes: Shapes of its inputs, channels first, that make all others concrete; None leaves free sizes free.

    Raises:
        ShapeError: The shapes do not fit.
    """
    model = network.model
    types = _types(model, shapes)
    facts = {layer.name: layer for layer in (layer_facts(model, shapes) if shapes else network.layers.values())}
    columns: dict[str, int] = {}
    signed: dict[str, bool | None] = {}
    lines = signals(model)
    paths = _module_paths(model)
    infos: list[LayerInfo] = []
    for name in model.graph.inputs:
        columns[name] = 0
        infos.append(_input_info(model, name, types[name], lines.get(name, "")))
    for view in model.layers:
        operands = _operands(model, view)
        columns[view.name] = 1 + max((columns.get(operand.source, 0) for operand in operands), default=0)
        for node in (model.graph.node(each) for each in view.nodes):
            for value in node.outputs:
                signed[value] = _signed(model, node, signed)
        infos.append(
            _layer_info(model, view, facts[view.name], types[view.output], operands, columns, signed[view.output])
        )
        infos[-1] = infos[-1].model_copy(update={"line": lines.get(view.output, ""), **_placed(view.name, paths)})
    return tuple(infos)


def _types(model: Model, shapes: Mapping[str, tuple[int, ...]] | None) -> Mapping[str, TensorType]:
    if shapes is None:
        return model.graph.types
    inputs = {name: tensor(model.graph.types[name].dtype, shape) for name, shape in shapes.items()}
    return bind_types(model.graph, inputs)


def _sizes(kind: TensorType) -> tuple[int | None, ...] | None:
    if kind.shape is None:
        return None
    return tuple(None if isinstance(size, Symbol) else size for size in kind.shape)


def _input_info(model: Model, name: str, kind: TensorType, line: str) -> LayerInfo:
    shape = _sizes(kind)
    return LayerInfo(
        name=name,
        kind="Input",
        module=(),
        label=name,
        column=0,
        shape=shape,
        channels=_channels(shape),
        spatial=() if shape is None else shape[2:],
        parameters=0,
        macs=0,
        facts=f"Input · {_shape_text(shape)} · {kind.dtype}",
        kernel=None,
        operands=(),
        line=line,
        signed=None,
        output=name in model.graph.outputs,
    )


def _layer_info(
    model: Model,
    view: LayerView,
    layer: Layer,
    kind: TensorType,
    operands: tuple[Operand, ...],
    columns: Mapping[str, int],
    signed: bool | None,
) -> LayerInfo:
    shape = _sizes(kind)
    module, label = module_path(view.name)
    return LayerInfo(
        name=view.name,
        kind=view.kind,
        module=module,
        label=label,
        column=columns[view.name],
        shape=shape,
        channels=_channels(shape),
        spatial=() if shape is None else shape[2:],
        parameters=layer.parameters,
        macs=layer.macs,
        facts=facts_line(model, view, shape),
        kernel=_kernel(model, view),
        operands=operands,
        line="",
        signed=signed,
        output=view.output in model.graph.outputs,
    )


def module_path(name: str) -> tuple[tuple[str, ...], str]:
    """The modules around a layer, and its own name: of ``/features/features.0/Conv`` and of ``layer1.0.conv2``.

    A number in a dotted path says nothing by itself, so it keeps the word before it.

    Example:
        >>> module_path("/features/features.0/Conv"), module_path("layer1.0.conv2"), module_path("conv")
        ((('features', 'features.0'), 'Conv'), (('layer1', 'layer1.0'), 'conv2'), ((), 'conv'))
        >>> module_path("features.1.conv.0.0"), module_path("features.0.0")
        ((('features', 'features.1'), 'conv.0.0'), (('features', 'features.0'), 'features.0.0'))
    """
    if "/" in name:
        parts = [part for part in name.split("/") if part]
        return (tuple(parts[:-1]), parts[-1]) if parts else ((), name)
    return _dotted_path(name)


def _dotted_path(name: str) -> tuple[tuple[str, ...], str]:
    words: list[list[str]] = []
    for part in (part for part in name.split(".") if part):
        if part.isdigit() and words:
            words[-1].append(part)
        else:
            words.append([part])
    if not words:
        return (), name
    # Of a path that is one word with numbers the word's own levels are the modules.
    *above, own = words if len(words) > 1 else [words[0][:-1], words[0]] if len(words[0]) > 1 else [words[0]]
    modules = [".".join(word[:depth]) for word in above for depth in range(1, len(word) + 1)]
    return tuple(modules), ".".join(own)


def _module_paths(model: Model) -> Mapping[str, str]:
    """The module that an exporter noted for each layer: that of its weight where it is known by several."""
    found: dict[str, str] = {}
    for alias, layer in model.aliases.items():
        known = found.get(layer)
        if known is None or (alias.count("."), known) > (known.count("."), alias):
            found[layer] = alias
    return found


def _placed(name: str, paths: Mapping[str, str]) -> dict[str, object]:
    """Module and label from the noted path, where the layer's own name tells none."""
    if name not in paths or module_path(name)[0]:
        return {}
    module, label = module_path(paths[name])
    return {"module": module, "label": label}


def _channels(shape: tuple[int | None, ...] | None) -> int | None:
    if shape is None:
        return None
    return shape[1] if len(shape) > 1 else shape[0] if shape else 1


def _operands(model: Model, view: LayerView) -> tuple[Operand, ...]:
    graph = model.graph
    own = {value for name in view.nodes for value in graph.node(name).outputs}
    sources: dict[str, None] = {}
    for node in (graph.node(name) for name in view.nodes):
        for value in node.inputs:
            if value is None or value in own or value in graph.constants:
                continue
            producer = graph.producers.get(value)
            layer = None if producer is None else model.layer_of_node.get(producer.name)
            sources[value if layer is None else layer.name] = None
    return tuple(Operand(source=name, role="other" if place else "input") for place, name in enumerate(sources))


def _weight(model: Model, node: Node) -> tuple[int, ...] | None:
    if not isinstance(node.op, ops.Conv | ops.ConvTranspose | ops.Gemm | ops.MatMul):
        return None
    held = model.graph.constants.get(node.inputs[1] or "")
    return None if held is None else held.shape


def _kernel(model: Model, view: LayerView) -> tuple[int, ...] | None:
    for node in (model.graph.node(name) for name in view.nodes):
        shape = _weight(model, node)
        if shape is None:
            continue
        if isinstance(node.op, ops.ConvTranspose):
            groups = node.op.groups
            return (shape[1] * groups, shape[0] // groups, *shape[2:])
        if isinstance(node.op, ops.Conv):
            return shape
        if len(shape) == 2 and model.graph.types[node.outputs[0]].rank == 2:
            return shape if isinstance(node.op, ops.Gemm) and node.op.trans_b else (shape[1], shape[0])
    return None


def facts_line(model: Model, view: LayerView, shape: tuple[int | None, ...] | None) -> str:
    """One line: ``Conv 3×3 /2 · 32 × 112 × 112 · 864 + 32 parameters``."""
    parts = [" ".join([view.kind, *_attributes(model, view)]), _shape_text(shape)]
    counts: list[int] = []
    seen: set[str] = set()
    for node in (model.graph.node(name) for name in view.nodes):
        for position in node.op.weight_operands:
            name = node.inputs[position] if position < len(node.inputs) else None
            held = model.graph.constants.get(name) if name else None
            if held is not None and held.dtype.kind == "f" and name not in seen:
                seen.add(name or "")
                counts.append(held.size)
    if counts:
        noun = "parameter" if counts == [1] else "parameters"
        parts.append(f"{' + '.join(f'{count:,}' for count in counts)} {noun}")
    return " · ".join(parts)


def _shape_text(shape: tuple[int | None, ...] | None) -> str:
    if shape is None:
        return "shape not known before a run"
    return sizes_text(shape[1:] if len(shape) > 1 else shape).replace("×", " × ")


def _attributes(model: Model, view: LayerView) -> list[str]:
    """Kernel, stride, dilation and groups of the first node that has some."""
    for node in (model.graph.node(name) for name in view.nodes):
        op = node.op
        if isinstance(op, ops.Conv | ops.ConvTranspose):
            weight = _weight(model, node)
            taps = () if weight is None else weight[2:]
            found = [sizes_text(taps)] if taps else []
            found += [f"/{_once(op.stride)}"] if math.prod(op.stride) != 1 else []
            found += [f"dilation {_once(op.dilation)}"] if math.prod(op.dilation) != 1 else []
            if op.groups > 1:
                alone = weight is not None and weight[1] == 1 and isinstance(op, ops.Conv)
                found.append("depthwise" if alone else f"{op.groups} groups")
            return found
        if isinstance(op, ops.MaxPool | ops.AveragePool | ops.LpPool):
            found = [sizes_text(op.kernel)]
            return found + ([f"/{_once(op.stride)}"] if math.prod(op.stride) != 1 else [])
    return []


def _once(sizes: tuple[int, ...]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else sizes_text(sizes)


def _signed(model: Model, node: Node, signed: Mapping[str, bool | None]) -> bool | None:
    """False where a node's results are never negative; None where that is not known."""
    if isinstance(node.op, ops.LogSoftmax):
        return True
    if isinstance(node.op, _UNSIGNED):
        return False
    if isinstance(node.op, ops.Clip) and len(node.inputs) > 1:
        low = model.graph.constants.get(node.inputs[1] or "")
        return False if low is not None and low.size == 1 and float(low.reshape(-1)[0]) >= 0 else None
    if isinstance(node.op, _KEEPS_SIGN):
        variable = [value for value in node.inputs if value and value not in model.graph.constants]
        fixed = [model.graph.constants[value] for value in node.inputs if value and value in model.graph.constants]
        fixed = [held for held in fixed if held.dtype.kind == "f"]
        if variable and all(signed.get(value) is False for value in variable):
            return False if all(held.size and held.min() >= 0 for held in fixed) else None
    return None
