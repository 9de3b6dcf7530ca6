"""The lens: which region of the input can influence a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from striate.engine import Recording
from striate.engine.plan import bind_types
from striate.errors import ParameterError, ShapeError
from striate.graph import Array, Model, TensorType, UnitAddress, tensor, unit_index
from striate.lenses.receptive_field.boxes import Boxes, Edges, boxes_back
from striate.lenses.receptive_field.frame import Frames
from striate.lenses.receptive_field.masks import Mask, any_along, influences, narrowed, spread_back
from striate.lenses.receptive_field.winners import followed
from striate.lenses.shown import Printed

Box = tuple[tuple[int, int], ...]

# Units this many places apart tell the stride, also where it is a fraction: it is divisible by 1 ... 10.
_FAR = 2520


@dataclass(frozen=True, eq=False)
class InputField:
    """What a unit sees of one input of the network.

    Boxes have a half-open (start, stop), as in Python's slices, for each spatial axis; of an input with two axes or one
    for its last axis.

    Args:
        name: The input.
        clipped: The smallest box around all cells that can influence the unit; None where none can.
        unclipped: The same as if the input went on beyond its edges; it may start below 0 and end behind the input.
        size: Cells of the unclipped box, per axis.
        stride: By how many cells the field moves from a unit to its neighbour, per axis; 0 where an op loses the
            place (a dense layer, a global pooling).
        centre: Middle of the unclipped box, in cells; cell 0 reaches from 0 to 1.
        mask: Which cells can influence the unit, in the input's shape, channels first. The cells of a dilated
            convolution leave gaps, so the mask may have holes where the box has none.
    """

    name: str
    clipped: Box | None
    unclipped: Box | None
    size: tuple[int, ...]
    stride: tuple[float, ...]
    centre: tuple[float, ...]
    mask: Mask


@dataclass(frozen=True, eq=False)
class ReceptiveField(Printed):
    """What a unit sees of the network's inputs.

    Args:
        unit: Which unit.
        inputs: Its field in each input, by name.
        exact: Whether every cell of the masks really can influence the unit; else they are an upper bound.
        reason: Why they are an upper bound, or what was followed; "" where there is nothing to say.
    """

    unit: UnitAddress
    inputs: Mapping[str, InputField]
    exact: bool
    reason: str

    @property
    def _first(self) -> InputField:
        seen = [found for found in self.inputs.values() if found.clipped is not None]
        return seen[0] if seen else next(iter(self.inputs.values()))

    @property
    def clipped(self) -> Box | None:
        """The box in the (first) input that the unit sees, cut off at the input's edges."""
        return self._first.clipped

    @property
    def unclipped(self) -> Box | None:
        """The box in the (first) input that the unit sees, also beyond the input's edges."""
        return self._first.unclipped

    @property
    def size(self) -> tuple[int, ...]:
        """Cells of the unclipped box, per axis."""
        return self._first.size

    @property
    def stride(self) -> tuple[float, ...]:
        """By how many cells the field moves from unit to unit, per axis."""
        return self._first.stride

    @property
    def centre(self) -> tuple[float, ...]:
        """Middle of the unclipped box, in cells."""
        return self._first.centre

    @property
    def mask(self) -> Mask:
        """Which cells of the (first) input can influence the unit."""
        return self._first.mask

    def __str__(self) -> str:
        lines = [f"{self.unit} sees"]
        for found in self.inputs.values():
            if found.clipped is None:
                lines.append(f"  nothing of {found.name}")
                continue
            if not found.clipped:
                lines.append(f"  {found.name}, its one number")
                continue
            size = "×".join(str(cells) for cells in found.size)
            lines.append(f"  {found.name}[{_text(found.clipped)}] ({size}; without edges [{_text(found.unclipped)}])")
        lines.append("  " + ("exact" if self.exact else "an upper bound") + (f": {self.reason}" if self.reason else ""))
        return "\n".join(lines)


def _text(box: Box | None) -> str:
    return ", ".join(f"{start}:{stop}" for start, stop in box or ())


def receptive_field(
    source: Recording | Model,
    address: UnitAddress | str,
    follow: Literal["structure", "data"] = "structure",
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
) -> ReceptiveField:
    """The cells of the input that can influence a unit.

    Args:
        source: A run; or a model with concrete input shapes.
        address: Which unit: ``layer:channel@position``.
        follow: "structure" for what the network's connections allow, whatever the numbers; "data" to follow, through
            maxima, minima and choices, only what won in this run.
        input_shapes: Shapes of the model's inputs, channels first; where left out, the model must fix them.

    Returns:
        Boxes and masks for each input. The structure is followed exactly, cell by cell: through strides, padding,
        dilation, branches, reshaped and moved data. Max pooling (and whatever else chooses by data) makes it an upper
        bound, since only one cell of a window counts at a time; ``reason`` names the layer.

    Raises:
        UnknownNameError, ParameterError: There is no such unit, or ``follow`` is neither, or needs a run.
        ShapeError: A size is free and not given.

    Example:
        >>> import striate as st
        >>> layers = [st.layers.Conv1D(2, 3, padding="same", input_shape=(8, 1)), st.layers.Conv1D(1, 3, strides=2)]
        >>> found = receptive_field(st.Sequential(layers).to_model(), "conv1d_1:0@0", input_shapes={"input": (1, 1, 8)})
        >>> found.clipped, found.unclipped, found.size, found.stride
        (((0, 4),), ((-1, 4),), (5,), (2.0,))
    """
    model, types, values = _world(source, input_shapes)
    unit = model.address(address) if isinstance(address, str) else address
    if follow not in ("structure", "data"):
        raise ParameterError(f'follow (="{follow}") must be "structure" or "data"')
    if follow == "data" and values is None:
        raise ParameterError('follow="data" needs the numbers of a run; take the unit of a run instead of the network')
    remarks: list[str] = []
    frames = Frames(model, types, values, remarks)
    name = model.value_name(unit.layer)
    shape = frames.shape(name)
    index = unit_index(unit, shape, model.layout_of(name))
    if unit.channel is None and shape:
        unit = UnitAddress(unit.layer, 0, unit.at, unit.sample)
    start = np.zeros(shape, bool)
    start[index] = True
    masks = spread_back(frames, {name: start}, followed if follow == "data" else influences)
    reason = "; ".join(dict.fromkeys(remarks))
    boxes = _boxes(frames, name, index, masks)
    inputs = {n: _input_field(n, frames.shape(n), masks.get(n), boxes.get(n), len(index)) for n in model.graph.inputs}
    if follow == "data":
        return ReceptiveField(unit, inputs, not reason, reason or "of maxima and choices only what won in this run")
    return ReceptiveField(unit, inputs, not reason, reason)


def _world(
    source: Recording | Model, shapes: Mapping[str, tuple[int, ...]] | None
) -> tuple[Model, Mapping[str, TensorType], Mapping[str, Array] | None]:
    if isinstance(source, Recording):
        return source.model, source.model.graph.types, source.values
    graph = source.graph
    inputs: dict[str, TensorType] = {}
    for name in graph.inputs:
        shape = (shapes or {}).get(name, graph.types[name].shape)
        kind = tensor(graph.types[name].dtype, shape)
        if not kind.concrete:
            raise ShapeError(f'input "{name}" is {kind}; give its shape: a receptive field depends on it')
        inputs[name] = kind
    return source, bind_types(graph, inputs), None


def _boxes(frames: Frames, name: str, index: tuple[int, ...], masks: Mapping[str, Mask]) -> dict[str, Boxes]:
    """Unclipped boxes of the unit and of units far away along each spatial axis, from which the stride follows."""
    rows = [np.array(index, np.int64)]
    for axis in range(2, len(index)):
        moved = rows[0].copy()
        moved[axis] += _FAR
        rows.append(moved)
    start = np.stack(rows)
    here = Boxes(start, start + 1, np.ones(len(rows), bool))
    return boxes_back(frames, {name: here}, lambda value: _extent(masks[value]), masks.__contains__)


def _extent(mask: Mask) -> list[tuple[Edges, Edges]]:
    """First and last True along each axis."""
    found: list[tuple[Edges, Edges]] = []
    for axis in range(mask.ndim):
        along = np.flatnonzero(any_along(mask, [a for a in range(mask.ndim) if a != axis]))
        found.append((along[:1], along[-1:] + 1))
    return found


def _input_field(name: str, shape: tuple[int, ...], mask: Mask | None, boxes: Boxes | None, rank: int) -> InputField:
    if mask is None or not narrowed(mask).any():
        return InputField(name, None, None, (), (), (), np.zeros(shape, bool))
    axes = range(2, len(shape)) if len(shape) > 2 else range(max(0, len(shape) - 1), len(shape))
    edges = _extent(mask)
    clipped = tuple((int(edges[axis][0][0]), int(edges[axis][1][0])) for axis in axes)
    assert boxes is not None  # whatever a mask reaches, a box reaches
    unclipped = tuple((int(boxes.start[0, axis]), int(boxes.stop[0, axis])) for axis in axes)
    stride = tuple(_stride(boxes, axis, rank) for axis in axes)
    centre = tuple((first + stop) / 2 for first, stop in unclipped)
    return InputField(name, clipped, unclipped, tuple(b - a for a, b in unclipped), stride, centre, mask)


def _stride(boxes: Boxes, axis: int, rank: int) -> float:
    row = axis - 1
    if axis < 2 or axis >= rank or not boxes.present[row]:
        return 0.0
    return float(boxes.start[row, axis] - boxes.start[0, axis]) / _FAR
