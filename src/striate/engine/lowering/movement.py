"""What moves values without computing: concatenation, flattening, and nodes that change nothing."""

from __future__ import annotations

from functools import partial
from math import prod

from striate.engine.kernels.call import Call
from striate.engine.kernels.concat import concat_arguments, emit_concat
from striate.engine.kernels.pack import Plain, emit_pack, pack_arguments
from striate.engine.layout import Blocked
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.views import covers, lower_reshape
from striate.graph import Node
from striate.ops import Concat


def lower_concat(lo: Lowering, node: Node) -> bool:
    """Concat of channels."""
    assert isinstance(node.op, Concat)
    shapes = [lo.map_shape(value) for value in node.inputs]
    result = lo.map_shape(node.outputs[0])
    if result is None or any(shape is None for shape in shapes) or node.op.axis % len(result) != 1:
        return False
    sources = [lo.source(value) for value in node.inputs if value]
    _, y = lo.make(node.outputs[0])
    first = 0
    for value, shape, (layout, x) in zip(node.inputs, shapes, sources, strict=True):
        assert shape is not None and value is not None
        lo.source(value)
        spec, arguments, chunks = concat_arguments(shape, layout.lanes, first, x, y)
        lo.call(Call(spec.name, partial(emit_concat, spec), arguments, (), chunks, "concat"))
        first += shape[1]
    lo.extend(node.outputs[0])
    lo.computed(node)
    return True


def lower_same(lo: Lowering, node: Node) -> bool:
    """Identity and Dropout: the same memory under another name."""
    source, value = node.inputs[0], node.outputs[0]
    if source is None or any(node.outputs[1:]) or lo.shape(source) is None or not lo.native(source):
        return False
    for last in (False, True):
        if lo.made(source, last) and covers(lo.layout(source, last), lo.halos.get(value, ())):
            lo.share(value, source, lo.layout(source, last), last, last)
            lo.computed(node)
            return True
    lo.view(node, value, source, lambda home: home)
    lo.computed(node)
    return True


def lower_flatten(lo: Lowering, node: Node) -> bool:
    """Flatten, Reshape, Squeeze and Unsqueeze; of (n, c, *spatial) to (n, c*spatial) in blocks."""
    return _lower_flat(lo, node) or lower_reshape(lo, node)


def _lower_flat(lo: Lowering, node: Node) -> bool:
    source, value = node.inputs[0], node.outputs[0]
    shape, result = lo.map_shape(source), lo.map_shape(value)
    if source is None or shape is None or result is None or not lo.made(source, False):
        return False
    if result != (shape[0], prod(shape[1:])):
        return False
    layout, x = lo.source(source)
    lanes = layout.lanes
    flat = Blocked(result[0], result[1], (), (), lanes)
    if prod(shape[2:]) == 1 and prod(layout.padded) == 1:
        lo.share(value, source, flat)
        lo.computed(node)
        return True
    if result[1] % lanes:
        return False  # spare lanes behind the last number would have to be cleared
    _, y = lo.make(value)
    lo.source(source)
    steps = (flat.strides[0], *(prod(shape[axis + 1 :]) for axis in range(1, len(shape))))
    spec, arguments, chunks = pack_arguments(shape, lanes, x, Plain.of(y.address, steps), backwards=True)
    lo.call(Call(spec.name, partial(emit_pack, spec), arguments, (), chunks, "unpack"))
    lo.computed(node)
    return True
