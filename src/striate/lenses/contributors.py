"""Which channels a map is made of, and how much of it each accounts for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from striate import ops
from striate.engine import Recording
from striate.engine.immediate import immediate
from striate.graph import Array, Node, Op
from striate.lenses.axes import checked_channel, sample_maps
from striate.lenses.explain import Explanation
from striate.lenses.explain.explanation import Operand
from striate.lenses.provenance import moved_operands, moves_data, provenance

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contributor:
    """One channel that a map or a unit is made of.

    Args:
        value_name: The value that it belongs to.
        channel: Which channel of it.
        amount: Mean over the map of the magnitude of what the channel gives; of a unit just that magnitude.
        signed: Mean over the map of what it gives; of a unit just that.
        share: The amount as a part of all contributors' amounts, from 0 to 1; 0 where all are 0.
    """

    value_name: str
    channel: int
    amount: float
    signed: float
    share: float


@dataclass(frozen=True, slots=True)
class Contributors:
    """All channels that a map or a unit is made of.

    Args:
        ranked: The strongest first; empty where the layer does not add anything up.
        bias: What is added that belongs to no channel (mean over the map).
        note: How it was worked out, or why there is nothing.
    """

    ranked: tuple[Contributor, ...]
    bias: float
    note: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """What each of some channels of a value gives, as mean magnitude and mean over the map."""

    value_name: str
    channels: list[int]
    amounts: Numbers
    signed: Numbers


def _parts(value_name: str | None, channels: range | list[int], given: Array) -> _Parts:
    """The same from what each channel gives to each cell of the map: (channels, cells)."""
    numbers = np.asarray(given, np.float64)
    return _Parts(value_name or "", list(channels), np.abs(numbers).mean(axis=1), numbers.mean(axis=1))


@dataclass(frozen=True)
class _Place:
    """A map of a node; ``inside`` are the names of all nodes of its layer."""

    recording: Recording
    node: Node
    channel: int
    sample: int
    inside: frozenset[str]

    def array(self, position: int) -> Array:
        return self.recording.values[self.node.inputs[position] or ""]

    def constant(self, position: int) -> bool:
        return self.node.inputs[position] in self.recording.model.graph.constants

    @property
    def result(self) -> Array:
        return self.recording.values[self.node.outputs[0]]


_Found = tuple[list[_Parts], float, str]
EXACT = "partial sums, exactly as they are added up"
SAME = "each map follows from the map of the same number"
MOVED = "numbers are moved, not added: by where each comes from"
NOTHING = "this kind of layer adds nothing up by channels; hover a cell to see what it is made of"


def contributors(recording: Recording, layer: str, channel: int, sample: int = 0) -> Contributors:
    """The channels that a map is made of.

    For a convolution or a dense layer these are its partial sums: for each input channel, what its kernel makes of it
    before the bias, averaged over the map. For an addition they are the operands; where a layer treats each channel
    for itself, it is that one channel.

    Args:
        recording: A run.
        layer: Name of a layer, node or value; of a layer of several nodes its main node counts.
        channel: Which map.
        sample: Which sample of the batch.

    Raises:
        UnknownNameError: Nothing is called so.
        ParameterError: There is no such channel or sample.

    Exactness: partial sums are computed in the network's own type; the bias and all signed amounts add up to the
    mean of the map before what the layer does afterwards, to rounding.
    """
    checked_channel(layer, sample_maps(recording, layer, sample), channel)
    node = _main_node(recording, layer)
    if node is None:
        return Contributors((), 0.0, "given: an input or a constant of the network")
    view = recording.model.layer_of.get(recording.model.aliases.get(layer, layer))
    inside = frozenset({node.name} if view is None else view.nodes)
    return _of_node(_Place(recording, node, channel, sample, inside))


def _of_node(place: _Place) -> Contributors:
    """What a node's map is made of; what the layer's own nodes have made is followed on to where it comes from."""
    rule = _rule(place.node.op)
    found = None if rule is None else rule(place, place.node.op)
    if found is None:
        return Contributors((), 0.0, NOTHING)
    parts, bias, note = found
    ranked: list[Contributor] = []
    for part in parts:
        for number, amount, signed in zip(part.channels, part.amounts, part.signed, strict=True):
            here = Contributor(part.value_name, number, float(amount), float(signed), 0.0)
            ranked += _followed(place, here)
    return Contributors(_ranked(ranked), bias, note)


def _followed(place: _Place, here: Contributor) -> list[Contributor]:
    """A contributor, or what it is made of itself where it lies within the layer: shared out in proportion."""
    maker = place.recording.model.graph.producers.get(here.value_name)
    if maker is None or maker.name not in place.inside:
        return [here]
    before = _of_node(replace(place, node=maker, channel=here.channel)).ranked
    return [replace(each, amount=here.amount * each.share, signed=here.signed * each.share) for each in before] or [
        here
    ]


def unit_contributors(recording: Recording, found: Explanation) -> Contributors:
    """The channels that one number is made of: the terms of its explanation, added up by channel.

    Args:
        recording: The run that the explanation is of.
        found: The explanation.

    Returns:
        A contributor for each channel of each traced operand; ``bias`` is the part of the total that none accounts
        for, and that of constants.
    """
    ranked: list[Contributor] = []
    bias = found.rest
    for operand in found.operands:
        if operand.coefficients is None:
            continue
        amounts = (operand.coefficients * operand.numbers)[operand.inside]
        if operand.value_name in recording.model.graph.constants:
            bias += float(amounts.sum())
            continue
        channels = _channels(operand, len(found.index))[operand.inside]
        numbers, places = np.unique(channels, return_inverse=True)
        sums = np.bincount(places.reshape(-1), amounts.reshape(-1), numbers.size)
        ranked += [
            Contributor(operand.value_name, int(number), abs(float(given)), float(given), 0.0)
            for number, given in zip(numbers, sums, strict=True)
        ]
    return Contributors(_ranked(ranked), bias, found.rule or EXACT)


def _channels(operand: Operand, rank: int) -> npt.NDArray[np.int64]:
    """The channel of each cell; an operand of fewer axes than the result's rank is broadcast from behind."""
    own = operand.indices.shape[-1]
    axis = own - rank + 1 if own < rank else min(1, own - 1)
    return operand.indices[..., axis] if axis >= 0 else np.zeros(operand.numbers.shape, np.int64)


def _ranked(found: list[Contributor]) -> tuple[Contributor, ...]:
    whole = sum(each.amount for each in found if np.isfinite(each.amount))
    found = [replace(each, share=each.amount / whole if whole else 0.0) for each in found]
    # NaN comes first: whoever looks for it wants to see where it comes from.
    return tuple(sorted(found, key=lambda each: -each.amount if np.isfinite(each.amount) else -np.inf))


def _main_node(recording: Recording, name: str) -> Node | None:
    """The node that adds up: back from the layer's output over its nodes that treat each channel for itself."""
    model = recording.model
    node = model.node_of(name)
    view = model.layer_of.get(model.aliases.get(name, name))
    while node is not None and view is not None and _for_itself(node, model.graph.constants):
        before = model.graph.producers.get(node.inputs[0] or "")
        if before is None or before.name not in view.nodes:
            break
        node = before
    return node


def _for_itself(node: Node, constants: Mapping[str, Array]) -> bool:
    """Whether a node treats each channel for itself; so does a product with a constant."""
    return _rule(node.op) is _channelwise or (_rule(node.op) is _product and node.inputs[1] in constants)


def _rule(op: Op) -> Callable[[_Place, Any], _Found | None] | None:
    return next((_RULES[kind] for kind in type(op).__mro__ if kind in _RULES), None)


# ---- a rule for each kind of op


def _convolution(place: _Place, op: Op) -> _Found | None:
    """One filter channel by channel is a grouped convolution with as many groups as channels."""
    assert isinstance(op, ops.Conv)
    weight = place.array(1)
    depth = weight.shape[1]
    first = place.channel // (weight.shape[0] // op.groups) * depth
    seen = place.array(0)[place.sample : place.sample + 1, first : first + depth]
    alone = replace(op, groups=depth)
    sums = _convolved(alone, seen, weight[place.channel][:, None])
    return [_parts(place.node.inputs[0], range(first, first + depth), sums)], _bias(place), EXACT


def _transposed(place: _Place, op: Op) -> _Found | None:
    assert isinstance(op, ops.ConvTranspose)
    weight = place.array(1)
    per_group, depth = weight.shape[1], weight.shape[0] // op.groups
    first = place.channel // per_group * depth
    seen = place.array(0)[place.sample : place.sample + 1, first : first + depth]
    taps = weight[first : first + depth, place.channel % per_group][:, None]
    sums = _convolved(replace(op, groups=depth), seen, taps)
    return [_parts(place.node.inputs[0], range(first, first + depth), sums)], _bias(place), EXACT


def _convolved(op: Op, x: Array, weight: Array) -> Array:
    x, weight = np.ascontiguousarray(x), np.ascontiguousarray(weight)
    made = immediate(op).compute(x, weight)
    if made is None:
        with np.errstate(all="ignore"):
            made = op.reference(x, weight, None)[0]
    return made.reshape(len(weight), -1)


def _bias(place: _Place) -> float:
    inputs = place.node.inputs
    return float(place.array(2)[place.channel]) if len(inputs) > 2 and inputs[2] else 0.0


def _dense(place: _Place, op: Op) -> _Found | None:
    """Each input times its weight."""
    source, a, b = place.node.inputs[0], place.array(0), place.array(1)
    if a.ndim != 2 or b.ndim != 2:
        return None
    alpha, bias = 1.0, 0.0
    if isinstance(op, ops.Gemm):
        a, b = (a.T if op.trans_a else a), (b.T if op.trans_b else b)
        alpha = op.alpha
        if len(place.node.inputs) > 2 and place.node.inputs[2]:
            added = np.broadcast_to(place.array(2), place.result.shape)
            bias = op.beta * float(added[place.sample, place.channel])
    products = alpha * np.take(a, place.sample, 0).astype(np.float64) * np.take(b, place.channel, 1)
    parts = [_parts(source, range(products.size), products.reshape(-1, 1))]
    return parts, bias, EXACT


def _sum(place: _Place, op: Op) -> _Found | None:
    count = len(place.node.inputs)
    signs = [1.0, -1.0] if isinstance(op, ops.Sub) else [1 / count if isinstance(op, ops.Mean) else 1.0] * count
    parts: list[_Parts] = []
    bias = 0.0
    for position, sign in enumerate(signs):
        number, given = _operand_map(place, position)
        if place.constant(position):
            bias += sign * float(given.mean())
        else:
            parts.append(_parts(place.node.inputs[position], [number], sign * given.reshape(1, -1)))
    return parts, bias, EXACT


def _extreme(place: _Place, op: Op) -> _Found | None:
    """What each operand gives where it is the one that is passed on."""
    result = place.result[place.sample, place.channel] if place.result.ndim > 1 else place.result
    parts: list[_Parts] = []
    for position in range(len(place.node.inputs)):
        number, given = _operand_map(place, position)
        won = np.where(given == result, given, 0)
        if not place.constant(position):
            parts.append(_parts(place.node.inputs[position], [number], won.reshape(1, -1)))
    return parts, 0.0, "what each operand gives where it is the one that is passed on"


def _product(place: _Place, op: Op) -> _Found | None:
    """A factor that is a constant scales the other; two activations are given half of their product each."""
    result = place.result[place.sample, place.channel] if place.result.ndim > 1 else place.result
    variable = [position for position in range(2) if not place.constant(position)]
    parts = [
        _parts(place.node.inputs[p], [_operand_map(place, p)[0]], result.reshape(1, -1) / len(variable))
        for p in variable
    ]
    note = SAME if len(parts) == 1 else "a product of two activations: half of it is given to each"
    return parts, 0.0, note


def _operand_map(place: _Place, position: int) -> tuple[int, Array]:
    """The channel of an operand that the map is made of, and its numbers, broadcast to the map."""
    rank = place.result.ndim
    array = place.array(position)
    wide = np.broadcast_to(array, place.result.shape)
    given = wide[place.sample, place.channel] if rank > 1 else wide
    # The channel axis counts from the end, as broadcasting does; an operand may lack it.
    axis = array.ndim - rank + 1
    sizes: list[int] = [int(size) for size in array.shape]
    own = sizes[axis] if rank > 1 and 0 <= axis < len(sizes) else 1
    return (place.channel if own > 1 else 0), np.asarray(given)


def _channelwise(place: _Place, op: Op) -> _Found | None:
    source, result = place.array(0), place.result
    if source.ndim < 2 or result.ndim < 2 or source.shape[1] != result.shape[1]:
        return None
    given = result[place.sample, place.channel]
    return [_parts(place.node.inputs[0], [place.channel], given.reshape(1, -1))], 0.0, SAME


def _movement(place: _Place, op: Op) -> _Found | None:
    """Where each number comes from, counted by channels."""
    result = place.result
    if result.ndim < 2 or not moves_data(op):
        return None
    operands = [place.recording.values[name] if name else None for name in place.node.inputs]
    origin = provenance(op, [None if each is None else each.shape for each in operands], operands)[0]
    cells = origin[place.sample, place.channel].reshape(-1)
    operands, cells, names = _moved_before(place, operands, cells)
    numbers = np.asarray(result[place.sample, place.channel], np.float64).reshape(-1)
    parts: list[_Parts] = []
    start = 0
    for array, name in zip(operands, names, strict=True):
        mine = (cells >= start) & (cells < start + array.size)
        if mine.any() and name not in place.recording.model.graph.constants and array.ndim:
            behind = prod(array.shape[2:]) if array.ndim > 1 else 1
            channels = (cells[mine] - start) // behind % array.shape[min(1, array.ndim - 1)]
            found, places = np.unique(channels, return_inverse=True)
            signed, amounts = (np.bincount(places, n[mine], found.size) for n in (numbers, np.abs(numbers)))
            numbered = [int(number) for number in found]
            parts.append(_Parts(name, numbered, amounts / cells.size, signed / cells.size))
        start += array.size
    return parts, 0.0, MOVED


def _moved_before(place: _Place, operands: list[Array | None], cells: Array) -> tuple[list[Array], Array, list[str]]:
    """The moved operands; behind another move within the layer, those of that one, and where cells come from there."""
    graph = place.recording.model.graph
    node, found = place.node, operands
    while True:
        positions = moved_operands(node.op, len(found))
        arrays = [found[position] for position in positions]
        names = [node.inputs[position] or "" for position in positions]
        maker = graph.producers.get(names[0]) if len(names) == 1 else None
        if maker is None or maker.name not in place.inside or not moves_data(maker.op) or any(maker.outputs[1:]):
            kept = [(array, name) for array, name in zip(arrays, names, strict=True) if array is not None]
            return [array for array, _ in kept], cells, [name for _, name in kept]
        node, found = maker, [place.recording.values[name] if name else None for name in maker.inputs]
        origin = provenance(node.op, [None if each is None else each.shape for each in found], found)[0].reshape(-1)
        cells = np.where(cells < 0, cells, origin[cells])


_RULES: dict[type[Op], Callable[[_Place, Any], _Found | None]] = {
    ops.Conv: _convolution,
    ops.ConvTranspose: _transposed,
    ops.Gemm: _dense,
    ops.MatMul: _dense,
    ops.Add: _sum,
    ops.Sub: _sum,
    ops.Sum: _sum,
    ops.Mean: _sum,
    ops.Max: _extreme,
    ops.Min: _extreme,
    ops.Mul: _product,
    ops.Pointwise: _channelwise,
    ops.Normalization: _channelwise,
    ops.Pool: _channelwise,
    ops.GlobalPool: _channelwise,
    ops.Resize: _channelwise,
    ops.Reduction: _channelwise,
    ops.Identity: _channelwise,
    ops.Dropout: _channelwise,
    ops.Movement: _movement,
}
