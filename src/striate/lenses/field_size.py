"""How large a region of the input each value sees: receptive-field sizes of a whole network, in one pass forward.

With field size r and jump j (input cells between two neighbouring units), a window of K taps with dilation D and
stride S gives ``r' = r + D(K-1) j`` and ``j' = S j`` (Araujo, Norris & Sim, "Computing receptive fields of
convolutional neural networks", Distill, 2019). Padding does not change the size. A place's field is what all its
channels see together, which is more than one of them sees where SpaceToDepth has made channels of neighbours. Exactly
which cells a given unit sees is the question of :mod:`striate.lenses.receptive_field`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from striate import ops
from striate.arithmetic import dilated_extent
from striate.graph import Graph, Node, Op


@dataclass(frozen=True, slots=True)
class FieldSize:
    """What a unit sees of the input.

    Args:
        size: Cells per spatial axis of the input; () together with ``whole`` for everything.
        jump: Input cells between two neighbouring units, per axis.
        whole: Whether a unit sees the whole input.
    """

    size: tuple[Fraction, ...] = ()
    jump: tuple[Fraction, ...] = ()
    whole: bool = False

    def cells(self) -> tuple[int, ...]:
        """The size in whole cells."""
        return tuple(ceil(size) for size in self.size)

    def grown(self, more: Sequence[Fraction | int], factor: Sequence[Fraction | int]) -> FieldSize | None:
        """Behind a layer that reads ``more`` further units an axis, its own ``factor`` of theirs apart.

        Returns:
            None where the axes do not match.
        """
        if not len(self.size) == len(more) == len(factor):
            return None
        size = tuple(r + reach * j for r, reach, j in zip(self.size, more, self.jump, strict=True))
        return FieldSize(size, tuple(j * s for j, s in zip(self.jump, factor, strict=True)))


WHOLE = FieldSize(whole=True)
_Rule = Callable[[Graph, Node, FieldSize], FieldSize | None]


def field_sizes(graph: Graph) -> Mapping[str, FieldSize | None]:
    """What each value of a graph sees of the input; None where it cannot be said; constants are left out."""
    fields: dict[str, FieldSize | None] = {name: _of_input(graph, name) for name in graph.inputs}
    for node in graph.nodes:
        read = [fields[name] for name in node.inputs if name and name in fields]
        if not read:
            continue
        joined = _join(read)
        rule = next((_RULES[kind] for kind in type(node.op).__mro__ if kind in _RULES), None)
        seen = WHOLE if joined == WHOLE else None if joined is None or rule is None else rule(graph, node, joined)
        fields.update({name: seen for name in node.outputs if name})
    return fields


def _of_input(graph: Graph, name: str) -> FieldSize | None:
    shape = graph.types[name].shape
    if shape is None:
        return None
    one = (Fraction(1),) * max(0, len(shape) - 2)
    return FieldSize(one, one) if one else WHOLE


def _join(fields: Sequence[FieldSize | None]) -> FieldSize | None:
    """What is seen through several operands: as much as through the one that sees most."""
    first = fields[0]
    if any(field is None for field in fields) or first is None:
        return None
    if any(field == WHOLE for field in fields):
        return WHOLE
    known = [field for field in fields if field is not None]
    if any(field.jump != first.jump for field in known):
        return None
    return FieldSize(tuple(max(sizes) for sizes in zip(*(field.size for field in known), strict=True)), first.jump)


def _convolution(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    op, weight = node.op, graph.types[node.inputs[1] or ""].shape
    assert isinstance(op, ops.Conv)
    kernel = [size for size in (weight or ())[2:] if isinstance(size, int)]
    spans = [dilated_extent(k, d) - 1 for k, d in zip(kernel, op.dilation, strict=False)]
    return seen.grown(spans, op.stride)


def _transposed(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    """An output meets at most every S-th tap: ``ceil(span/S)`` inputs."""
    op, weight = node.op, graph.types[node.inputs[1] or ""].shape
    assert isinstance(op, ops.ConvTranspose)
    kernel = [size for size in (weight or ())[2:] if isinstance(size, int)]
    sizes = zip(kernel, op.dilation, op.stride, strict=False)
    reach = [-(-dilated_extent(k, d) // s) - 1 for k, d, s in sizes]
    return seen.grown(reach, [Fraction(1, s) for s in op.stride])


def _pool(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    op = node.op
    assert isinstance(op, ops.Pool)
    return seen.grown([dilated_extent(k, d) - 1 for k, d in zip(op.kernel, op.dilation, strict=True)], op.stride)


def _same(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    return seen


def _whole(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    return WHOLE


def _reduction(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    """Over channels alone it changes nothing, over all spatial axes it sees everything."""
    data, axes = node.inputs[0], node.inputs[1] if len(node.inputs) > 1 else None
    shape = graph.types[data or ""].shape
    if shape is None or (axes is not None and axes not in graph.constants):
        return None
    rank = len(shape)
    over = {int(axis) % rank for axis in graph.constants[axes].flat} if axes else set(range(rank))
    spatial = set(range(2, rank))
    return WHOLE if spatial <= over else seen if not spatial & over else None


def _rearranged(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    """Units keep their fields; which axis is which stays clear only if the spatial ones stay last."""
    before, after = (graph.types[name or ""].shape for name in (node.inputs[0], node.outputs[0]))
    if before is None or after is None:
        return None
    axes = len(seen.size)
    flat = len(after) <= 2
    kept = before[len(before) - axes :] == after[len(after) - axes :]
    if isinstance(node.op, ops.Transpose):
        perm = node.op.perm or tuple(reversed(range(len(before))))
        kept = perm[len(perm) - axes :] == tuple(range(len(before) - axes, len(before)))
    return seen if flat or kept else None


def _blocks(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    """Cells move between channels and space: a block's cells become the channels of one place."""
    op, axes = node.op, len(seen.size)
    assert isinstance(op, ops.DepthToSpace | ops.SpaceToDepth)
    if isinstance(op, ops.SpaceToDepth):
        return seen.grown([op.blocksize - 1] * axes, [op.blocksize] * axes)
    return seen.grown([0] * axes, [Fraction(1, op.blocksize)] * axes)


def _softmax(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    """Over channels it changes nothing."""
    op, shape = node.op, graph.types[node.inputs[0] or ""].shape
    assert isinstance(op, ops.Softmax)
    if shape is None:
        return None
    return seen if {axis % len(shape) for axis in op.axes} <= {0, 1} else WHOLE


def _resize(graph: Graph, node: Node, seen: FieldSize) -> FieldSize | None:
    """Each new cell is made of 1 (nearest), 2 (linear) or 4 (cubic) old ones; with antialiasing of more."""
    op = node.op
    assert isinstance(op, ops.Resize)
    before, after = (graph.types[name or ""].shape for name in (node.inputs[0], node.outputs[0]))
    scales = graph.constants.get(node.inputs[2] or "") if len(node.inputs) > 2 else None
    axes = len(seen.size)
    if op.antialias or before is None or after is None:
        return None
    if scales is not None and scales.size == len(before):
        factors = [Fraction(float(scale)).limit_denominator(1000) for scale in scales[-axes:]]
    else:
        pairs = list(zip(before[-axes:], after[-axes:], strict=False))
        factors = [Fraction(new, old) for old, new in pairs if isinstance(old, int) and isinstance(new, int)]
    if any(factor <= 0 for factor in factors):
        return None
    reach = {"nearest": 0, "linear": 1, "cubic": 3}[op.mode]
    return seen.grown([0 if factor == 1 else reach for factor in factors], [1 / factor for factor in factors])


_RULES: Mapping[type[Op], _Rule] = {
    ops.Conv: _convolution,
    ops.ConvTranspose: _transposed,
    ops.Pool: _pool,
    ops.GlobalPool: _whole,
    ops.Gemm: _whole,
    ops.MatMul: _whole,
    ops.Reduction: _reduction,
    ops.Pointwise: _same,
    ops.Broadcasting: _same,
    ops.Variadic: _same,
    ops.Identity: _same,
    ops.Dropout: _same,
    ops.BatchNormalization: _same,
    ops.LRN: _same,
    ops.InstanceNormalization: _whole,
    ops.GroupNormalization: _whole,
    ops.MeanVarianceNormalization: _whole,
    ops.Where: _same,
    ops.Softmax: _softmax,
    ops.Resize: _resize,
    ops.Cast: _same,
    ops.Pad: _same,
    ops.Concat: _same,
    ops.Split: _same,
    ops.Expand: _same,
    ops.Flatten: _rearranged,
    ops.Reshape: _rearranged,
    ops.Squeeze: _rearranged,
    ops.Unsqueeze: _rearranged,
    ops.Transpose: _rearranged,
    ops.DepthToSpace: _blocks,
    ops.SpaceToDepth: _blocks,
}
