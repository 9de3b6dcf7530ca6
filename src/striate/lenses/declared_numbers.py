"""Rules of declared layers that have no window: dense layers, norms, functions of each number, other shapes."""

from __future__ import annotations

from math import prod

from striate.arithmetic import dense_parameters
from striate.errors import DeclarationError
from striate.importers import declared
from striate.importers.declaration import Declaration
from striate.lenses.declared_facts import (
    Facts,
    WeightShape,
    channels_first,
    check_channels,
    check_rank,
    source_order,
)
from striate.lenses.declared_size import Formula, Size


def dense(layer: declared.Dense, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Every output sums every input."""
    # Both frameworks apply a dense layer to the last axis; channels first has moved it to the front for Keras.
    place = 0 if d.channels_last else -1
    inputs = layer.inputs if shape is None else shape[place]
    if inputs is None:
        return Facts(None, weights=None, parameters=None, macs=None)
    if layer.inputs is not None and inputs != layer.inputs:
        flat = "; flatten it first" if shape is not None and prod(shape) == layer.inputs else ""
        given = "x".join(map(str, shape or ()))
        what = f"has {inputs} numbers" if shape is not None and len(shape) == 1 else f"{given} ends in {inputs}{flat}"
        raise DeclarationError(f"{d.kind}: in_features (={layer.inputs}) but the input {what}")
    parameters = dense_parameters(inputs, layer.units, layer.bias)
    formula = Formula(f"{inputs}*{layer.units}" + (f" + {layer.units}" if layer.bias else ""), parameters)
    weight = (layer.units, inputs) if d.framework == "pytorch" else (inputs, layer.units)
    weights = (WeightShape("weight", weight), *((WeightShape("bias", (layer.units,)),) if layer.bias else ()))
    if shape is None:
        return Facts(None, weights=weights, parameters=formula, macs=None)
    output = (layer.units, *shape[1:]) if d.channels_last else (*shape[:-1], layer.units)
    times = prod(shape) // inputs
    macs = Formula((f"{times}*" if times > 1 else "") + f"{inputs}*{layer.units}", prod(shape) * layer.units)
    return Facts(output, (), weights, formula, macs=macs)


def normalization(layer: declared.Normalization, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """A norm with learned scale and shift; the shape stays."""
    if shape is not None:
        _check_normalized(layer, shape, d)
    size = layer.shape or ((layer.channels,) if layer.channels is not None else None)
    if size is None and shape is not None:
        axes = layer.axes or ((-1,) if d.channels_last else (1,))
        size = tuple(_axis_length(shape, axis, d) for axis in axes)
        if size[0] % layer.groups:
            raise DeclarationError(
                f"{d.kind}: {size[0]} channels cannot be cut into groups (={layer.groups}) of equal size"
            )
    if size is None:
        return Facts(None, weights=None, parameters=None)
    each = "*".join(map(str, size))
    count = len(layer.learned) * prod(size)
    weights = tuple(WeightShape(name, size) for name in layer.learned)
    formula = Formula(f"{len(layer.learned)}*{each}" if layer.learned else "0", count)
    return Facts(shape, (), weights, formula, 2 * prod(size) if layer.statistics else 0)


def _check_normalized(layer: declared.Normalization, shape: tuple[int, ...], d: Declaration) -> None:
    # BatchNorm1d takes (channels,) as well as (channels, length).
    if layer.rank is not None and not (layer.rank == 1 and len(shape) == 1):
        check_rank(shape, layer.rank, d)
    group_norm = d.kind == "GroupNorm"
    check_channels(layer.channels, shape, "num_channels" if group_norm else "num_features", d)
    if layer.shape and shape[-len(layer.shape) :] != layer.shape:
        raise DeclarationError(f"{d.kind}: normalized_shape (={layer.shape}) but the input is {shape}")


def _axis_length(shape: tuple[int, ...], axis: int, d: Declaration) -> int:
    source = source_order(shape, d.channels_last)
    index = axis if axis < 0 else axis - 1  # axis 0 is the batch
    if axis == 0 or not -len(source) <= index < len(source):
        raise DeclarationError(f"{d.kind}: axis (={axis}) is not an axis of the input {source} after the batch")
    return source[index]


def flatten(layer: declared.Flatten, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Some axes become one."""
    if shape is None:
        return Facts(None)
    start, end = (axis - 1 if axis > 0 else axis + len(shape) if axis < 0 else -1 for axis in (layer.start, layer.end))
    if not 0 <= start <= end < len(shape):
        raise DeclarationError(
            f"{d.kind}: start_dim (={layer.start}) to end_dim (={layer.end}) must lie within the {len(shape)} axes "
            "after the batch (axis 0), in order"
        )
    joined = shape[start : end + 1]
    left = "*".join(map(str, joined))
    return Facts((*shape[:start], prod(joined), *shape[end + 1 :]), (Size("flat", Formula(left, prod(joined))),))


def elementwise(layer: declared.Elementwise, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """The shape stays."""
    learned, axis = layer.learned, layer.axis
    if shape is not None and learned > 1:
        check_channels(learned, shape, "num_parameters", d)
    if shape is not None and axis is not None and not -len(shape) - 1 <= axis <= len(shape):
        name = "axis" if d.framework == "keras" else "dim"
        raise DeclarationError(
            f"{d.kind}: {name} (={axis}) is no axis of an input with {len(shape)} axes after the batch (axis 0)"
        )
    if shape is not None and shape[0] % layer.groups:
        raise DeclarationError(
            f"{d.kind}: {shape[0]} channels cannot be cut into groups (={layer.groups}) of equal size"
        )
    weights = (WeightShape("slope", (learned,)),) if learned else ()
    return Facts(shape, (), weights, Formula(str(learned), learned))


def slopes(layer: declared.Slopes, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """A slope for each place, but for the axes that share one."""
    if shape is None:
        return Facts(None, weights=None, parameters=None)
    source = list(source_order(shape, d.channels_last))
    for axis in layer.shared:
        _axis_length(shape, axis, d)
        source[axis if axis < 0 else axis - 1] = 1
    weights = (WeightShape("alpha", tuple(source)),)
    return Facts(shape, (), weights, Formula("*".join(map(str, source)), prod(source)))


def embedding(layer: declared.Embedding, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """A row for each whole number."""
    weights = (WeightShape("weight", (layer.rows, layer.width)),)
    formula = Formula(f"{layer.rows}*{layer.width}", layer.rows * layer.width)
    if shape is None:
        return Facts(None, weights=weights, parameters=formula)
    # A new last axis, where Keras has its channels.
    source = (*source_order(shape, d.channels_last), layer.width)
    return Facts(channels_first(source, d.channels_last), (), weights, formula)


def reshape(layer: declared.Reshape, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """The same numbers in another shape."""
    if shape is None:
        return Facts(None)
    wanted, count = layer.shape, prod(shape)
    known = prod(size for size in wanted if size != -1)
    free = wanted.count(-1)
    if free > 1 or min(wanted, default=1) < -1 or not known or (count % known if free else count != known):
        raise DeclarationError(f"{d.kind}: target_shape (={wanted}) does not hold the input's {count} numbers")
    source = tuple(count // known if size == -1 else size for size in wanted)
    return Facts(channels_first(source, d.channels_last))


def permute(layer: declared.Permute, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """The axes in another order."""
    if shape is None:
        return Facts(None)
    source = source_order(shape, d.channels_last)
    if len(layer.order) != len(source):
        raise DeclarationError(
            f"{d.kind}: dims (={layer.order}) name {len(layer.order)} axes, the input has {len(source)}"
        )
    return Facts(channels_first(tuple(source[axis - 1] for axis in layer.order), d.channels_last))


def repeat(layer: declared.Repeat, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """A vector becomes a signal of equal steps."""
    if shape is None:
        return Facts(None)
    if len(shape) != 1:
        raise DeclarationError(f"{d.kind}: input {shape} has {len(shape)} axes, expected 1: a vector")
    return Facts(channels_first((layer.times, *shape), d.channels_last))


def gate(layer: declared.Gate, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Half of an axis is left."""
    if shape is None:
        return Facts(None)
    place = _place(layer.axis, len(shape), d)
    size = shape[place]
    if size % 2:
        raise DeclarationError(f"{d.kind}: axis {layer.axis} has {size} numbers; two halves need an even count")
    return Facts((*shape[:place], size // 2, *shape[place + 1 :]))


def unflatten(layer: declared.Unflatten, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """One axis becomes several."""
    if shape is None:
        return Facts(None)
    place = _place(layer.axis, len(shape), d)
    known, free = prod(size for size in layer.sizes if size != -1), layer.sizes.count(-1)
    if min(layer.sizes) < -1 or free > 1 or not known or (shape[place] % known if free else shape[place] != known):
        raise DeclarationError(
            f"{d.kind}: unflattened_size (={layer.sizes}) does not hold the {shape[place]} numbers of axis {layer.axis}"
        )
    made = tuple(shape[place] // known if size == -1 else size for size in layer.sizes)
    return Facts((*shape[:place], *made, *shape[place + 1 :]))


def _place(axis: int, axes: int, d: Declaration) -> int:
    """Which axis of one sample that is, counted with the batch (0) as PyTorch does."""
    place = axis - 1 if axis > 0 else axis + axes
    if axis == 0 or not 0 <= place < axes:
        raise DeclarationError(
            f"{d.kind}: dim (={axis}) is no axis of an input with {axes} axes after the batch (axis 0)"
        )
    return place
