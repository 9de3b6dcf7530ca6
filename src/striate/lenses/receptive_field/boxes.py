"""Boxes that may reach beyond a value: interval arithmetic backwards through a network, for many units at once.

A box has a start and a stop (half open) for each axis of a value. Windows move and widen it, as in the algebra of
receptive fields (Araujo, Norris & Sim, "Computing receptive fields of convolutional neural networks", 2019)::

    start' = stride*start - padding        stop' = stride*(stop - 1) - padding + dilation*(kernel - 1) + 1

Nothing is cut off at a value's edges, so that a field hangs over the image where the network pads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from striate.graph import Array, Node, Op
from striate.lenses.receptive_field.frame import Frame, Frames

Edges = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Boxes:
    """A box for each of several units.

    Args:
        start: First cell of each axis, shape (units, rank).
        stop: The cell behind the last, shape (units, rank).
        present: Whether the unit sees anything of this value at all, shape (units,).
    """

    start: Edges
    stop: Edges
    present: npt.NDArray[np.bool_]

    def __or__(self, other: Boxes) -> Boxes:
        """The smallest box around both."""
        mine, yours = self.present[:, None], other.present[:, None]
        start = np.where(mine & yours, np.minimum(self.start, other.start), np.where(mine, self.start, other.start))
        stop = np.where(mine & yours, np.maximum(self.stop, other.stop), np.where(mine, self.stop, other.stop))
        return Boxes(start, stop, self.present | other.present)

    def without_empty(self) -> Boxes:
        """Units whose box is empty see nothing."""
        return Boxes(self.start, self.stop, self.present & (self.start < self.stop).all(axis=1))

    def axis(self, axis: int) -> tuple[Edges, Edges]:
        """Start and stop along one axis."""
        return self.start[:, axis], self.stop[:, axis]


def of_axes(axes: list[tuple[Edges, Edges]], present: npt.NDArray[np.bool_]) -> Boxes:
    """Boxes from start and stop along each axis."""
    count = len(present)
    if not axes:
        nothing = np.zeros((count, 0), np.int64)
        return Boxes(nothing, nothing, present)
    start = np.stack([np.broadcast_to(a, (count,)) for a, _ in axes], axis=1).astype(np.int64)
    stop = np.stack([np.broadcast_to(b, (count,)) for _, b in axes], axis=1).astype(np.int64)
    return Boxes(start, stop, present).without_empty()


def full(size: int) -> tuple[Edges, Edges]:
    """A whole axis."""
    return np.array(0), np.array(size)


# What a rule gives: operand's position -> the box of each unit; None for an axis whose place is lost (see Whole).
Axes = list[tuple[Edges, Edges] | None]
BoxRule = Callable[[Frame, Any, Boxes], Mapping[int, Axes]]
# The box of a value where an op mixes its axes: the value's whole extent, or what a mask says.
Whole = Callable[[str], list[tuple[Edges, Edges]]]

O = TypeVar("O", bound=Op)

BOX_RULES: dict[type[Op], BoxRule] = {}


def bounds(*kinds: type[O]) -> Callable[[Callable[[Frame, O, Boxes], Mapping[int, Axes]]], BoxRule]:
    """Enters a function into the table as the box rule of these kinds of op."""

    def enter(rule: Callable[[Frame, O, Boxes], Mapping[int, Axes]]) -> BoxRule:
        for kind in kinds:
            BOX_RULES[kind] = rule
        return rule

    return enter


def sampled(joined: Array, slope: Fraction, start: Edges, stop: Edges) -> tuple[Edges, Edges]:
    """The cells between the first and last that are joined to places of a box; outside the map by the slope."""
    count = len(joined)
    first, last = np.clip(start, 0, count - 1), np.clip(stop - 1, 0, count - 1)
    rising = np.where(joined.any(axis=1), joined.argmax(axis=1), 0)
    falling = np.where(joined.any(axis=1), joined.shape[1] - joined[:, ::-1].argmax(axis=1), 0)
    before = np.array([math.floor(int(k) * slope) for k in np.atleast_1d(start - first)])
    behind = np.array([math.ceil(int(k) * slope) for k in np.atleast_1d(stop - 1 - last)])
    low = np.array([rising[a : b + 1].min() for a, b in zip(first, last, strict=True)])
    high = np.array([falling[a : b + 1].max() for a, b in zip(first, last, strict=True)])
    return low + before, high + behind


def boxes_back(
    frames: Frames, start: Mapping[str, Boxes], whole: Whole, reached: Callable[[str], bool]
) -> dict[str, Boxes]:
    """Carries boxes backwards through a whole graph.

    Args:
        frames: The graph.
        start: Boxes to begin with, by value.
        whole: The box of a value whose axes an op mixes.
        reached: Whether a value can influence the units at all.

    Returns:
        Boxes of all values that are reached.
    """
    found: dict[str, Boxes] = dict(start)
    for node in reversed(frames.graph.nodes):
        for output, name in enumerate(node.outputs):
            if name and name in found:
                _step(frames, node, output, found, whole, reached)
    return found


def _step(
    frames: Frames, node: Node, output: int, found: dict[str, Boxes], whole: Whole, reached: Callable[[str], bool]
) -> None:
    frame = replace(frames.of(node), output=output)
    boxes = found[node.outputs[output]]
    rule = next((BOX_RULES[base] for base in type(node.op).__mro__ if base in BOX_RULES), None)
    known: Mapping[int, Axes] = rule(frame, node.op, boxes) if rule is not None else {}
    for position, name in enumerate(node.inputs):
        if not name or name in frames.graph.constants or not reached(name):
            continue
        lost = whole(name)
        axes: Axes = known[position] if position in known else [None] * len(lost)
        made = of_axes([own if own is not None else axis for own, axis in zip(axes, lost, strict=True)], boxes.present)
        found[name] = found[name] | made if name in found else made
