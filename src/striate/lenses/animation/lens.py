"""The lens: from a layer and a channel to the steps of its window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice, product
from typing import cast

import numpy as np

from striate.arguments import shown
from striate.arithmetic import dilated_extent, whole_numbers
from striate.engine import Recording
from striate.errors import ParameterError, UnsupportedOpError
from striate.graph import Array, UnitAddress
from striate.lenses.animation.sliding import Sliding, channels_of, sliding_of
from striate.lenses.animation.walk import Extent, Numbers, Step, Walk
from striate.lenses.explain import Explanation, explain
from striate.lenses.explain.lens import main_site
from striate.lenses.explain.site import Site
from striate.ops import GlobalLpPool, LpPool

# A map with more positions along an axis than the first number shows as many as the second, by number of axes.
ROOM = {1: (20, 14), 2: (10, 7), 3: (5, 4)}
# Cells of a signal that stand side by side with figures in them, and the fewest positions, however far apart.
MOST_CELLS, FEWEST = 24, 4
# Cells of a window that a frame can still show.
MOST_TAPS = 8192
# A frame takes tens of milliseconds and a viewer's patience; nobody looks at more.
MOST_STEPS = 500

Positions = Sequence[Sequence[int]]


def walk(
    recording: Recording,
    address: UnitAddress | str,
    positions: Positions | None = None,
    steps: int | None = None,
    around: Sequence[int] | None = None,
) -> Walk:
    """The way of a layer's window over its input, position by position.

    Args:
        recording: A run with every value kept.
        address: ``layer:channel``, without a position.
        positions: (first, end) along each spatial axis, the end not included; if None all of a small map, and of a
            large one those around its largest magnitude.
        steps: The most steps; all positions if None.
        around: Of a large map those around this position; without ``positions``.

    Returns:
        The steps, row by row, and what they slide over; numbers in float64.

    Raises:
        UnknownNameError: There is no such layer; the message says what is near.
        ParameterError: Channel or positions are missing, too many or outside.
        UnsupportedOpError: No window slides there.

    Exactness: as for :func:`striate.lenses.explain.explain`.

    Example:
        >>> import numpy as np, striate as st
        >>> model = st.Sequential([st.layers.Conv1D(1, 3, input_shape=(8, 1))])
        >>> model.set_weights([np.array([[[0]], [[1]], [[0]]]), np.array([0])])
        >>> run = st.Network(model.to_model()).run(np.array([0, 0, 0, 1, 1, 0, 0, 0]).reshape(1, 8, 1))
        >>> [step.value for step in walk(run.recording, "conv1d:0")]
        [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    """
    unit, maps = _map(recording, address)
    site = main_site(recording, UnitAddress(unit.layer, unit.channel, (0,) * maps.ndim, unit.sample))
    sliding = None if site is None or not maps.ndim else sliding_of(site)
    if site is None or sliding is None or sliding.counts != maps.shape:
        raise _no_window(recording, unit.layer, site)
    _require_drawable(unit.layer, site.node.op.kind, sliding)
    box, omitted = _box(maps, positions, around, unit.layer, sliding)
    limit = _limit(steps, math.prod(end - first for first, end in box))
    first, last = tuple(low for low, _ in box), tuple(high - 1 for _, high in box)
    places = islice(product(*(range(*pair) for pair in box)), limit)
    found = [_found(recording, unit, place) for place in places]
    channels = channels_of(site)
    x = site.array(0)[unit.sample][list(channels)].astype(np.float64)
    kernel = found[0].kernel
    order = site.node.op.p if isinstance(site.node.op, LpPool | GlobalLpPool) else 0
    return Walk(
        name=unit.layer,
        kind=site.node.op.kind,
        channel=unit.channel or 0,
        facts=(*_facts(sliding, found[0]), *([f"p {order}"] if order else [])),
        sizes=sliding.sizes,
        channels=channels,
        is_given=site.name(0) in recording.model.graph.inputs,
        input_shape=sliding.lengths,
        field=sliding.field(x, first, last),
        output=maps[tuple(slice(*pair) for pair in box)].astype(np.float64),
        first=first,
        output_shape=sliding.counts,
        gap=sliding.stride,
        input_extent=_extent(x),
        kernel_extent=Extent(0.0, 0.0) if kernel is None else _extent(kernel),
        output_extent=_extent(maps),
        order=order,
        steps=tuple(_step(sliding, each) for each in found),
        omitted=omitted,
    )


def _map(recording: Recording, address: UnitAddress | str) -> tuple[UnitAddress, Array]:
    """The unit with its channel filled in, and the map of that channel."""
    model = recording.model
    unit = model.address(address) if isinstance(address, str) else address
    array = recording.values[model.value_name(unit.layer)]
    if unit.at:
        at = ",".join(str(index) for index in unit.at)
        raise ParameterError(f'"{unit}": an animation shows all positions of a map; leave out @{at}, or give positions')
    if array.ndim < 2:
        raise ParameterError(f'layer "{unit.layer}" has the shape {array.shape}: no maps that a window could make')
    if unit.channel is None and array.shape[1] > 1:
        raise ParameterError(
            f'layer "{unit.layer}" has {array.shape[1]} channels; say which one, such as {unit.layer}:0'
        )
    unit = UnitAddress(unit.layer, unit.channel or 0, (), unit.sample)
    for what, index, count in (("channel", unit.channel or 0, array.shape[1]), ("sample", unit.sample, len(array))):
        if not 0 <= index < count:
            raise ParameterError(f'layer "{unit.layer}" has {count} {what}s, from 0; {what} {index} is not among them')
    return unit, array[unit.sample, unit.channel or 0]


def _require_drawable(layer: str, kind: str, sliding: Sliding) -> None:
    cells = math.prod(sliding.kernel)
    if cells > MOST_TAPS:
        raise UnsupportedOpError(
            f'layer "{layer}" is {kind} with a window of {_sizes(sliding.kernel)}, {cells:,} cells; up to '
            f"{MOST_TAPS:,} can be drawn: use a smaller input"
        )


def _no_window(recording: Recording, layer: str, site: Site | None) -> UnsupportedOpError:
    kind = "an input" if site is None else site.node.op.kind
    pools = ("MaxPool", "AveragePool", "LpPool")
    wanted = ("Conv", "ConvTranspose", *pools, *(f"Global{pool}" for pool in pools))
    graph, layers = recording.model.graph, recording.model.layers
    kinds = {node.name: node.op.kind for node in graph.nodes}
    have = [each.name for each in layers if any(kinds.get(node) in wanted for node in each.nodes)]
    listed = ", ".join(have[:5]) + (f" and {len(have) - 5} more" if len(have) > 5 else "")
    way = f"layers with one: {listed}" if have else "this network has no layer with one"
    return UnsupportedOpError(f'layer "{layer}" is {kind}: no window slides over an input there; {way}')


def _box(
    maps: Array, positions: Positions | None, around: Sequence[int] | None, layer: str, sliding: Sliding
) -> tuple[list[tuple[int, int]], str]:
    """(first, end) along each axis, and what that leaves out."""
    shape = maps.shape
    if positions is None:
        places = _peak(maps) if around is None or len(around) != len(shape) else around
        many, few = _room(sliding)
        box = [
            _around(place, size, few) if size > many else (0, size) for place, size in zip(places, shape, strict=True)
        ]
    else:
        box = [_pair(pair) for pair in _pairs(positions)]
        if len(box) != len(shape) or any(not 0 <= a < b <= n for (a, b), n in zip(box, shape, strict=False)):
            raise ParameterError(
                f'positions (={_ranges(box)}) of layer "{layer}" must lie in {_ranges([(0, n) for n in shape])}, '
                "first:end along each axis"
            )
    whole = all(pair == (0, size) for pair, size in zip(box, shape, strict=True))
    sizes = "×".join(str(size) for size in shape)
    return box, "" if whole else f"positions {_ranges(box)} of {sizes}; the rest is not shown"


def _pairs(positions: Positions) -> Positions:
    if not isinstance(cast(object, positions), Sequence) or isinstance(cast(object, positions), str):
        raise ParameterError(f"positions (={shown(positions)}) must be first and end for each axis, such as (0, 3)")
    return positions


def _peak(maps: Array) -> list[int]:
    """Where the largest magnitude is."""
    flat = int(np.argmax(np.abs(np.nan_to_num(maps.astype(np.float64)))))
    return [int(place) for place in np.unravel_index(flat, maps.shape)]


def _room(sliding: Sliding) -> tuple[int, int]:
    """Positions of an axis from which on it is cut, and how many are then left."""
    axes = len(sliding.counts)
    many, few = ROOM.get(axes, ROOM[3])
    if axes != 1:
        return many, few
    fitting = (MOST_CELLS - dilated_extent(sliding.kernel[0], sliding.dilation[0])) // sliding.stride[0] + 1
    room = max(FEWEST, fitting)
    return min(many, room), min(few, room)


def _around(place: int, size: int, count: int) -> tuple[int, int]:
    first = max(0, min(place - count // 2, size - count))
    return first, first + count


def _pair(given: object) -> tuple[int, int]:
    wanted = f"positions must be (first, end) along each axis, got {given}"
    numbers = whole_numbers(given, wanted)
    if len(numbers) != 2:
        raise ParameterError(wanted)
    return numbers[0], numbers[1]


def _ranges(box: Sequence[tuple[int, int]]) -> str:
    return ",".join(f"{first}:{end}" for first, end in box)


def _limit(steps: int | None, count: int) -> int:
    if steps is not None:
        found = whole_numbers(steps, f"steps (={steps}) must be a whole number")
        if len(found) != 1 or found[0] < 1:
            raise ParameterError(f"steps (={steps}) must be one positive number")
        (steps,) = found
    limit = count if steps is None else min(steps, count)
    if limit > MOST_STEPS:
        raise ParameterError(f"{limit} positions are more than the {MOST_STEPS} that an animation may have; name fewer")
    return limit


def _found(recording: Recording, unit: UnitAddress, place: tuple[int, ...]) -> Explanation:
    return explain(recording, UnitAddress(unit.layer, unit.channel, place, unit.sample))


def _facts(sliding: Sliding, found: Explanation) -> tuple[str, ...]:
    if found.kind in ("Conv", "ConvTranspose"):
        return tuple(found.facts[0].split(", "))
    if not sliding.sizes:
        return (f"window {_sizes(sliding.kernel)}, the whole map",)
    facts = [f"window {_sizes(sliding.kernel)}", f"stride {_sizes(sliding.stride)}"]
    if math.prod(sliding.dilation) != 1:
        facts.append(f"dilation {_sizes(sliding.dilation)}")
    if any(sum(pad) for pad in sliding.pads):
        facts.append("padding " + "×".join(str(a) if a == b else f"{a}+{b}" for a, b in sliding.pads))
    return tuple(facts)


def _sizes(numbers: Sequence[int]) -> str:
    return "×".join(str(size) for size in numbers)


def _extent(numbers: Array) -> Extent:
    finite = numbers[np.isfinite(numbers)]
    return Extent(float(finite.min()), float(finite.max())) if finite.size else Extent(0.0, 0.0)


def _step(sliding: Sliding, found: Explanation) -> Step:
    axes = len(sliding.kernel)
    position = found.index[2:]
    shape = (-1, *sliding.kernel)
    turn = tuple(range(1, axes + 1)) if sliding.flipped else ()

    def lain(part: Numbers | None) -> Numbers | None:
        return None if part is None else np.flip(part.reshape(shape), turn)

    window, inside = found.window, found.inside
    if window is None or inside is None:  # a pooling that meets no cell
        window, inside = np.zeros(sliding.kernel), np.zeros(sliding.kernel, bool)
    lying = np.flip(window.reshape(shape), turn)
    is_sum = found.kind in ("Conv", "ConvTranspose")
    winner = found.winner
    return Step(
        position=position,
        cells=sliding.cells(position),
        inside=np.flip(inside.reshape(shape), turn)[0],
        window=lying,
        kernel=lain(found.kernel) if is_sum else None,
        products=lain(found.products) if is_sum else None,
        bias=found.bias,
        divisor=found.divisor,
        winner=None if winner is None else (0, *winner),
        total=found.total,
        stages=found.stages,
        value=found.value,
        formula=found.formula(),
    )
