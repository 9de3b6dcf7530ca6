"""Which elements of a node's operands can influence given elements of its results: the table of rules and its use.

A rule goes backwards through one op: from a mask over each result (True where an element matters) to a mask over each
operand. The rules follow the structure of the op, not the numbers: a weight of 0 still joins its cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from striate.graph import Op
from striate.lenses.receptive_field.frame import Frame, Frames

Mask = npt.NDArray[np.bool_]
# What a rule gives: operand's position -> which of its elements can influence; operands left out cannot.
Influences = Mapping[int, Mask]
Rule = Callable[[Frame, Any, tuple[Mask, ...]], Influences]

O = TypeVar("O", bound=Op)

RULES: dict[type[Op], Rule] = {}


def spreads(*kinds: type[O]) -> Callable[[Callable[[Frame, O, tuple[Mask, ...]], Influences]], Rule]:
    """Enters a function into the table as the rule of these kinds of op."""

    def enter(rule: Callable[[Frame, O, tuple[Mask, ...]], Influences]) -> Rule:
        for kind in kinds:
            RULES[kind] = rule
        return rule

    return enter


def influences(frame: Frame, masks: tuple[Mask, ...]) -> Influences:
    """Applies the rule of the frame's op, or of its nearest base class that has one; without a rule all matters."""
    rule = next((RULES[base] for base in type(frame.node.op).__mro__ if base in RULES), None)
    if rule is None:
        frame.remark("has no rule: any element of its operands may influence any of its results")
        return everything(frame, range(len(frame.shapes)))
    found = dict(rule(frame, frame.node.op, masks))
    return found if any(narrowed(mask).any() for mask in masks) else {}


def everything(frame: Frame, positions: Iterable[int]) -> dict[int, Mask]:
    """All elements of these operands."""
    return {i: np.broadcast_to(np.True_, frame.shape(i)) for i in positions if frame.has(i)}


def reduced(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """The elements of a broadcast operand that meet a True element."""
    extra = mask.ndim - len(shape)
    mask = any_along(mask, range(extra))
    return any_along(mask, [axis for axis, size in enumerate(shape) if size == 1 and mask.shape[axis] != 1], keep=True)


def any_along(mask: Mask, axes: Iterable[int], keep: bool = False) -> Mask:
    """Whether anything is True along some axes, which are kept with size 1 or dropped."""
    along = tuple(axes)
    found = np.asarray(narrowed(mask).any(axis=along, keepdims=True), np.bool_)
    found = np.broadcast_to(found, [1 if axis in along else size for axis, size in enumerate(mask.shape)])
    return found if keep else found.squeeze(along)


def narrowed(mask: Mask, axes: Iterable[int] | None = None) -> Mask:
    """The mask without its repetitions: size 1 along (these of the) axes along which it was broadcast.

    Most layers look at all channels alike: the masks of what is beneath them hold one channel, whatever their shape.
    """
    looked = range(mask.ndim) if axes is None else axes
    repeated = [axis for axis in looked if mask.strides[axis] == 0 and mask.shape[axis] > 1]
    return mask[tuple(slice(0, 1) if axis in repeated else slice(None) for axis in range(mask.ndim))]


def united(one: Mask, other: Mask) -> Mask:
    """What is True in either of two masks of a shape."""
    return np.broadcast_to(narrowed(one) | narrowed(other), one.shape)


def spread_back(
    frames: Frames, start: Mapping[str, Mask], follow: Callable[[Frame, tuple[Mask, ...]], Influences]
) -> dict[str, Mask]:
    """Carries masks backwards through a whole graph.

    Args:
        frames: The graph.
        start: Masks to begin with, by value.
        follow: The rule for each node, :func:`influences` or one that looks at data first.

    Returns:
        Masks of all values that can influence, the graph's inputs among them.
    """
    masks: dict[str, Mask] = dict(start)
    graph = frames.graph
    for node in reversed(graph.nodes):
        if not any(name in masks for name in node.outputs if name):
            continue
        frame = frames.of(node)
        made = tuple(
            masks[name] if name in masks else np.zeros(shape if shape is not None else (), bool)
            for name, shape in zip(node.outputs, frame.results, strict=True)
        )
        for position, mask in follow(frame, made).items():
            name = node.inputs[position]
            if name and name not in graph.constants and narrowed(mask).any():
                masks[name] = united(masks[name], mask) if name in masks else mask
    return masks
