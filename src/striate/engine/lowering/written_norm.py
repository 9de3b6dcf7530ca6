"""Normalizations as exporters write them out: many nodes that are one kernel.

Layer norm was for long no operator of its own::

    ReduceMean -> Sub -> Pow 2 or Mul -> ReduceMean -> Add epsilon -> Sqrt -> Div [-> Mul weight [-> Add bias]]

and neither was group norm, each group of channels being made one long channel and back::

    Reshape -> InstanceNormalization -> Reshape [-> Mul weight [-> Add bias]]

The statistics are taken over the value as it lies, so nothing is moved. A run that keeps its values keeps what goes in
and what comes out; what lies between follows from it and is computed when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from striate.engine.kernels.cell_norm import CellNorm
from striate.engine.kernels.moments import Scaling
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.normalization import Normalized, Statistics, lower_normalized
from striate.engine.lowering.scalars import scalar_function
from striate.graph import Array, Node
from striate.ops import Add, Div, InstanceNormalization, Mul, ReduceMean, Reshape, Sqrt, Sub


@dataclass
class _Chain:
    """Nodes that are one normalization.

    Args:
        nodes: All of them, the one that gives the result last.
        weight: A factor for each channel.
        bias: What is added then.
    """

    nodes: list[Node]
    weight: Array
    bias: Array

    def take_weights(self, lo: Lowering, shape: tuple[int, ...], last: bool) -> None:
        """Takes in a product and a sum with a constant number for each channel."""
        for kind in (Mul, Add):
            value = self.nodes[-1].outputs[0]
            node = _only_reader(lo, value, kind)
            other = None if node is None else _other(node, value)
            vector = None if other is None else lo.per_channel(other, shape, last)
            if node is None or vector is None:
                return
            if kind is Mul:
                self.weight = vector
            else:
                self.bias = vector
            self.nodes.append(node)

    def closed(self, lo: Lowering) -> bool:
        """Whether nobody else reads what lies between."""
        names = [node.name for node in self.nodes]
        return not any(lo.needed(node.outputs[0], *names) or node.name in lo.done for node in self.nodes[:-1])


def lower_written_layer_norm(lo: Lowering, node: Node) -> bool:
    """The mean that a written-out layer norm begins with."""
    source, axes = node.inputs[0], _axes(lo, node)
    if source is None or axes is None:
        return False
    rank = len(lo.types[source].shape or ())
    last = rank > 2 and axes == (rank - 1,)
    shape, found = lo.map_shape(source, last), _deviations(lo, node, source, axes)
    if shape is None or found is None:
        return False
    nodes, epsilon = found
    cell, statistics = None, None
    if last or axes == (1,):
        cell = CellNorm("mean", Scaling(epsilon))
    elif axes in (tuple(range(1, rank)), tuple(range(2, rank))):
        statistics = Statistics(1 if axes[0] == 1 else shape[1], Scaling(epsilon))
    chain = _Chain(nodes, np.ones(shape[1], np.float32), np.zeros(shape[1], np.float32))
    if (cell is None and statistics is None) or not chain.closed(lo):
        return False
    chain.take_weights(lo, shape, last)
    how = Normalized(source, shape, cell, statistics, chain.weight, chain.bias, last)
    return lower_normalized(lo, chain.nodes, how)


def lower_written_group_norm(lo: Lowering, node: Node) -> bool:
    """The reshape that a written-out group norm begins with."""
    source = node.inputs[0]
    norm = _only_reader(lo, node.outputs[0], InstanceNormalization)
    back = None if norm is None else _only_reader(lo, norm.outputs[0], Reshape)
    shape, grouped = lo.map_shape(source), lo.shape(node.outputs[0])
    if norm is None or back is None or source is None or shape is None or grouped is None:
        return False
    assert isinstance(norm.op, InstanceNormalization)
    scale, bias = (lo.constant(name) for name in norm.inputs[1:3])
    chain_of = [node, norm, back]
    groups = grouped[1]
    if scale is None or bias is None or len(grouped) < 3 or grouped[0] != shape[0] or shape[1] % groups:
        return False
    if lo.shape(back.outputs[0]) != shape or norm.inputs[0] != node.outputs[0] or len(shape) < 3:
        return False
    each = shape[1] // groups
    chain = _Chain(chain_of, np.repeat(scale, each), np.repeat(bias, each))
    if not chain.closed(lo):
        return False
    if np.all(scale == 1) and not bias.any():
        chain.take_weights(lo, shape, False)
    statistics = Statistics(groups, Scaling(norm.op.epsilon))
    how = Normalized(source, shape, None, statistics, chain.weight, chain.bias, False)
    return lower_normalized(lo, chain.nodes, how)


def _deviations(lo: Lowering, mean: Node, source: str, axes: tuple[int, ...]) -> tuple[list[Node], float] | None:
    """The nodes from the mean to the quotient of deviation and its root mean square, and epsilon."""
    centred = [node for node in lo.graph.consumers.get(mean.outputs[0], ()) if isinstance(node.op, Sub)]
    if not 1 <= len(centred) <= 2 or any(list(node.inputs) != [source, mean.outputs[0]] for node in centred):
        return None
    values = [node.outputs[0] for node in centred]
    readers = [node for value in values for node in lo.graph.consumers.get(value, ())]
    square = next((node for node in readers if _squares(lo, node)), None)
    variance = None if square is None else _only_reader(lo, square.outputs[0], ReduceMean)
    if square is None or variance is None or _axes(lo, variance) != axes:
        return None
    moved = _only_reader(lo, variance.outputs[0], Add)
    root = None if moved is None else _only_reader(lo, moved.outputs[0], Sqrt)
    quotient = None if root is None else _only_reader(lo, root.outputs[0], Div)
    if moved is None or root is None or quotient is None:
        return None
    epsilon = scalar_function(lo, moved)
    if epsilon is None or quotient.inputs[0] not in values or quotient.inputs[1] != root.outputs[0]:
        return None
    (_, _, number) = epsilon[1]
    return [mean, *centred, square, variance, moved, root, quotient], float(number)


def _squares(lo: Lowering, node: Node) -> bool:
    if isinstance(node.op, Mul):
        return node.inputs[0] == node.inputs[1]
    function = scalar_function(lo, node)
    return function is not None and function[1] == ("power", 2.0)


def _axes(lo: Lowering, node: Node) -> tuple[int, ...] | None:
    """The axes that a mean is taken over, in order, if they stay with size 1."""
    axes = lo.contents(node, 1)
    if not isinstance(node.op, ReduceMean) or not node.op.keepdims or axes is None or axes.size == 0:
        return None
    rank = len(lo.types[str(node.inputs[0])].shape or ())
    return tuple(sorted(int(axis) % rank for axis in axes.reshape(-1)))


def _only_reader(lo: Lowering, value: str, kind: type) -> Node | None:
    """The one node that reads a value, if it is of that kind and the value no output."""
    readers = lo.graph.consumers.get(value, ())
    if len(readers) != 1 or not isinstance(readers[0].op, kind) or lo.needed(value, readers[0].name):
        return None
    return readers[0]


def _other(node: Node, value: str) -> str | None:
    """The operand of two that is not the value."""
    first, second = node.inputs[:2]
    return second if first == value else first
