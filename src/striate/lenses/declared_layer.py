"""What a declared layer does to an input: output size, parameters, cost, and the dense layer that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from striate.arithmetic import Window, convolution_parameters, dense_parameters
from striate.errors import DeclarationError, ParameterError, ShapeError
from striate.importers import declared
from striate.importers.declaration import Declaration
from striate.lenses.declared_size import Formula, Size, filled_in, pooled_sizes, transposed_sizes, window_sizes

__all__ = ["DeclaredLayer", "DenseTwin", "Formula", "Size", "WeightShape", "declared_layer"]


@dataclass(frozen=True, slots=True)
class WeightShape:
    """One learned array of a layer, in the order of axes of its framework."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DenseTwin:
    """A dense layer beside the declared one.

    Args:
        inputs: Numbers that it reads: the whole input.
        outputs: Numbers that it makes.
        parameters: Its weights and biases.
        weights: Its weights alone.
        ratio: How many times more parameters it has; None if the declared layer has none.
    """

    inputs: int
    outputs: int
    parameters: Formula
    weights: int
    ratio: float | None


@dataclass(frozen=True, slots=True)
class DeclaredLayer:
    """What a declared layer does.

    Args:
        declaration: The layer as it was pasted.
        input_shape: One sample, in the framework's order of axes; None if it is not known.
        output_shape: The same of the result.
        sizes: How each output size comes about.
        weights: The learned arrays; None if an unknown input decides.
        parameters: Number of learned numbers; None likewise.
        statistics: Numbers that are kept but not learned (running mean and variance).
        macs: Multiply-accumulates for one sample; None without an input.
        dense: The dense layer from the same input to the same output, of a convolution.
        against: The dense layer from the same input to as many units as were asked for.
    """

    declaration: Declaration
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None
    sizes: tuple[Size, ...]
    weights: tuple[WeightShape, ...] | None
    parameters: Formula | None
    statistics: int
    macs: Formula | None
    dense: DenseTwin | None
    against: DenseTwin | None

    def __str__(self) -> str:
        from importlib import import_module  # what draws stands above the lenses, see striate.lenses.shown

        return str(import_module("striate.render.declaration").declared_text(self))


_NOTHING = Formula("0", 0)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a rule finds, channels first."""

    output: tuple[int, ...] | None
    sizes: tuple[Size, ...] = ()
    weights: tuple[WeightShape, ...] | None = ()
    parameters: Formula | None = _NOTHING
    statistics: int = 0
    macs: Formula | None = _NOTHING


def declared_layer(
    declaration: Declaration, input_shape: Sequence[int] | None = None, dense_units: int | None = None
) -> DeclaredLayer:
    """Works out what a pasted layer does to an input.

    Args:
        declaration: From :func:`striate.importers.declaration.parse_declaration`.
        input_shape: Shape of one sample (no batch axis) in the framework's order: channels first for PyTorch, last for
            Keras. What the line says itself (``input_shape=``, ``in_features``) serves if it is left out.
        dense_units: Units of a dense layer on the same input to compare the parameters with.

    Returns:
        Shapes, parameters and cost with the formulas filled in. Exact.

    Raises:
        DeclarationError: The input does not fit the layer.
        ParameterError: ``dense_units`` is not positive, or there is no input to compare on.

    Example:
        >>> from striate.importers.declaration import parse_declaration
        >>> layer = declared_layer(parse_declaration("nn.Conv1d(17, 64, kernel_size=3, padding=1)"), (17, 30))
        >>> print(layer.output_shape, layer.parameters, sep="; ")
        (64, 30); 64*17*3 + 64 = 3,328
        >>> print(layer.sizes[0])
        length: floor((30 + 2*1 - 1*(3 - 1) - 1)/1) + 1 = 30
    """
    meaning, last = declaration.meaning, declaration.channels_last
    given = tuple(input_shape) if input_shape is not None else _own_input(declaration)
    if given is not None and (not given or any(size < 1 for size in given)):
        raise DeclarationError(f"{declaration.kind}: input {given} must have positive sizes; leave the batch out")
    first = None if given is None else _channels_first(given, last)
    try:
        facts = _RULES[type(meaning)](meaning, first, declaration)
    except (ShapeError, ParameterError) as error:
        raise DeclarationError(f"{declaration.kind}: {error}") from error
    output = None if facts.output is None else _source_order(facts.output, last)
    dense = against = None
    if facts.output is not None and isinstance(meaning, declared.Convolution | declared.TransposedConvolution):
        dense = _dense_twin(prod(given or ()), prod(facts.output), facts.parameters)
    if dense_units is not None:
        if dense_units < 1:
            raise ParameterError(f"units (={dense_units}) of the dense layer must be positive")
        if given is None:
            raise ParameterError("a dense layer to compare with needs an input shape; give one, such as 224x224x3")
        against = _dense_twin(prod(given), dense_units, facts.parameters)
    return DeclaredLayer(declaration, given, output, facts.sizes, facts.weights, facts.parameters, facts.statistics,
                         facts.macs, dense, against)  # fmt: skip


def _own_input(declaration: Declaration) -> tuple[int, ...] | None:
    if declaration.input_shape is not None:
        return declaration.input_shape
    meaning = declaration.meaning
    return (meaning.inputs,) if isinstance(meaning, declared.Dense) and meaning.inputs is not None else None


def _channels_first(shape: tuple[int, ...], last: bool) -> tuple[int, ...]:
    return (shape[-1], *shape[:-1]) if last else shape


def _source_order(shape: tuple[int, ...], last: bool) -> tuple[int, ...]:
    return (*shape[1:], shape[0]) if last else shape


def _dense_twin(inputs: int, outputs: int, own: Formula | None) -> DenseTwin:
    parameters = Formula(f"{inputs}*{outputs} + {outputs}", dense_parameters(inputs, outputs))
    ratio = parameters.value / own.value if own is not None and own.value else None
    return DenseTwin(inputs, outputs, parameters, inputs * outputs, ratio)


def _check_rank(shape: tuple[int, ...], rank: int, declaration: Declaration) -> None:
    if len(shape) == rank + 1:
        return
    axes = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}[rank]
    order = (*axes, "channels") if declaration.channels_last else ("channels", *axes)
    given = _source_order(shape, declaration.channels_last)
    batch = "; leave the batch out" if len(shape) == rank + 2 else ""
    raise DeclarationError(
        f"{declaration.kind}: input {'x'.join(map(str, given))} has {len(given)} axes, expected {rank + 1}: "
        f"{', '.join(order)}{batch}"
    )


def _check_channels(declared_for: int | None, shape: tuple[int, ...], name: str, declaration: Declaration) -> None:
    if declared_for is not None and declared_for != shape[0]:
        way = "; PyTorch's order is channels first" if declared_for in shape[1:] else ""
        raise DeclarationError(
            f"{declaration.kind}: {name} (={declared_for}) but the input {'x'.join(map(str, shape))} has {shape[0]} "
            f"channels{way}"
        )


# ------------------------------------------------------------------------------------------------ rules


def _convolution(layer: declared.Convolution, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is not None:
        _check_rank(shape, layer.rank, d)
        _check_channels(layer.in_channels, shape, "in_channels", d)
    channels = shape[0] if shape is not None else layer.in_channels
    sizes: tuple[Size, ...] = ()
    if shape is not None:
        sizes = window_sizes(Window(layer.kernel, layer.stride, layer.padding, layer.dilation), shape[1:])
    positions = tuple(size.value for size in sizes)
    if channels is None:
        return _Facts(None, weights=None, parameters=None, macs=None)
    groups = layer.groups or channels
    filters = layer.filters if layer.filters is not None else channels * layer.multiplier
    if channels % groups:
        raise DeclarationError(
            f"{d.kind}: the input's {channels} channels cannot be cut into groups (={groups}) of equal size"
        )
    taps = "*".join(map(str, layer.kernel))
    depth = channels // groups
    made = f"{filters}*{depth}*{taps}"
    if layer.pointwise is not None:
        return _separable(layer, channels, filters, positions, sizes)
    parameters = convolution_parameters(layer.kernel, channels, filters, groups, layer.bias)
    formula = Formula(made + (f" + {filters}" if layer.bias else ""), parameters)
    weights = _conv_weights(layer, filters, depth, channels, d)
    macs = None
    if shape is not None:
        where = "*".join(map(str, positions))
        macs = Formula(f"{where}*{made}", prod(positions) * filters * depth * prod(layer.kernel))
    return _Facts((filters, *positions) if shape is not None else None, sizes, weights, formula, macs=macs)


def _conv_weights(
    layer: declared.Convolution, filters: int, depth: int, channels: int, d: Declaration
) -> tuple[WeightShape, ...]:
    if d.framework == "pytorch":
        weight = (filters, depth, *layer.kernel)
    elif layer.groups == 0:
        weight = (*layer.kernel, channels, layer.multiplier)
    else:
        weight = (*layer.kernel, depth, filters)
    return (WeightShape("weight", weight), *((WeightShape("bias", (filters,)),) if layer.bias else ()))


def _separable(
    layer: declared.Convolution, channels: int, middle: int, positions: tuple[int, ...], sizes: tuple[Size, ...]
) -> _Facts:
    filters = layer.pointwise or 0
    taps = "*".join(map(str, layer.kernel))
    count = middle * prod(layer.kernel) + middle * filters
    made = f"{middle}*{taps} + {middle}*{filters}"
    weights = [WeightShape("depthwise", (*layer.kernel, channels, layer.multiplier))]
    weights.append(WeightShape("pointwise", (*(1,) * layer.rank, middle, filters)))
    if layer.bias:
        weights.append(WeightShape("bias", (filters,)))
    parameters = Formula(made + (f" + {filters}" if layer.bias else ""), count + (filters if layer.bias else 0))
    if not positions:
        return _Facts(None, weights=tuple(weights), parameters=parameters, macs=None)
    macs = Formula(f"{'*'.join(map(str, positions))}*({made})", prod(positions) * count)
    return _Facts((filters, *positions), sizes, tuple(weights), parameters, macs=macs)


def _transposed(layer: declared.TransposedConvolution, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is not None:
        _check_rank(shape, layer.rank, d)
        _check_channels(layer.in_channels, shape, "in_channels", d)
    channels = shape[0] if shape is not None else layer.in_channels
    if channels is None:
        return _Facts(None, weights=None, parameters=None, macs=None)
    depth, taps = layer.filters // layer.groups, "*".join(map(str, layer.kernel))
    count = channels * depth * prod(layer.kernel)
    made = f"{channels}*{depth}*{taps}"
    bias = layer.filters if layer.bias else 0
    parameters = Formula(made + (f" + {bias}" if bias else ""), count + bias)
    torch = d.framework == "pytorch"
    weight = (channels, depth, *layer.kernel) if torch else (*layer.kernel, depth, channels)
    weights = (WeightShape("weight", weight), *((WeightShape("bias", (bias,)),) if bias else ()))
    if shape is None:
        return _Facts(None, weights=weights, parameters=parameters, macs=None)
    sizes = transposed_sizes(layer, shape[1:])
    # Every input is multiplied with every tap, also where the product falls into what padding cuts off.
    macs = Formula(f"{'*'.join(map(str, shape[1:]))}*{made}", prod(shape[1:]) * count)
    return _Facts((layer.filters, *(size.value for size in sizes)), sizes, weights, parameters, macs=macs)


def _pooling(layer: declared.Pooling, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is None:
        return _Facts(None)
    _check_rank(shape, layer.rank, d)
    window = Window(layer.kernel, layer.stride, layer.padding, layer.dilation, layer.ceil_mode)
    sizes = pooled_sizes(window, shape[1:])
    return _Facts((shape[0], *(size.value for size in sizes)), sizes)


def _fixed_size(layer: declared.FixedSizePooling, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is None:
        return _Facts(None)
    _check_rank(shape, layer.rank, d)
    spatial = tuple(size or own for size, own in zip(layer.size, shape[1:], strict=bool(layer.size)))
    return _Facts((shape[0], *spatial))


def _dense(layer: declared.Dense, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    # Both frameworks apply a dense layer to the last axis; channels first has moved it to the front for Keras.
    place = 0 if d.channels_last else -1
    inputs = layer.inputs if shape is None else shape[place]
    if inputs is None:
        return _Facts(None, weights=None, parameters=None, macs=None)
    if layer.inputs is not None and inputs != layer.inputs:
        flat = "; flatten it first" if shape is not None and prod(shape) == layer.inputs else ""
        raise DeclarationError(
            f"{d.kind}: in_features (={layer.inputs}) but the input {'x'.join(map(str, shape or ()))} ends in "
            f"{inputs}{flat}"
        )
    parameters = dense_parameters(inputs, layer.units, layer.bias)
    formula = Formula(f"{inputs}*{layer.units}" + (f" + {layer.units}" if layer.bias else ""), parameters)
    weight = (layer.units, inputs) if d.framework == "pytorch" else (inputs, layer.units)
    weights = (WeightShape("weight", weight), *((WeightShape("bias", (layer.units,)),) if layer.bias else ()))
    if shape is None:
        return _Facts(None, weights=weights, parameters=formula, macs=None)
    output = (layer.units, *shape[1:]) if d.channels_last else (*shape[:-1], layer.units)
    times = prod(shape) // inputs
    macs = Formula((f"{times}*" if times > 1 else "") + f"{inputs}*{layer.units}", prod(shape) * layer.units)
    return _Facts(output, (), weights, formula, macs=macs)


def _normalization(layer: declared.Normalization, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is not None:
        # BatchNorm1d takes (channels,) as well as (channels, length).
        if layer.rank is not None and not (layer.rank == 1 and len(shape) == 1):
            _check_rank(shape, layer.rank, d)
        _check_channels(layer.channels, shape, "num_features" if layer.rank else "num_channels", d)
        if layer.shape and shape[-len(layer.shape) :] != layer.shape:
            raise DeclarationError(f"{d.kind}: normalized_shape (={layer.shape}) but the input is {shape}")
    size = layer.shape or ((layer.channels,) if layer.channels is not None else None)
    if size is None and shape is not None:
        size = (_axis_length(shape, layer.axis if layer.axis is not None else -1, d),)
    if size is None:
        return _Facts(None, weights=None, parameters=None)
    each = "*".join(map(str, size))
    count = len(layer.learned) * prod(size)
    weights = tuple(WeightShape(name, size) for name in layer.learned)
    formula = Formula(f"{len(layer.learned)}*{each}" if layer.learned else "0", count)
    return _Facts(shape, (), weights, formula, 2 * prod(size) if layer.statistics else 0)


def _axis_length(shape: tuple[int, ...], axis: int, d: Declaration) -> int:
    source = _source_order(shape, d.channels_last)
    index = axis if axis < 0 else axis - 1  # axis 0 is the batch
    if axis == 0 or not -len(source) <= index < len(source):
        raise DeclarationError(f"{d.kind}: axis (={axis}) is not an axis of the input {source} after the batch")
    return source[index]


def _flatten(layer: declared.Flatten, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is None:
        return _Facts(None)
    start, end = (axis - 1 if axis > 0 else axis + len(shape) if axis < 0 else -1 for axis in (layer.start, layer.end))
    if not 0 <= start <= end < len(shape):
        raise DeclarationError(
            f"{d.kind}: start_dim (={layer.start}) to end_dim (={layer.end}) must lie within the {len(shape)} axes "
            "after the batch (axis 0), in order"
        )
    joined = shape[start : end + 1]
    left = "*".join(map(str, joined))
    return _Facts((*shape[:start], prod(joined), *shape[end + 1 :]), (Size("flat", Formula(left, prod(joined))),))


def _elementwise(layer: declared.Elementwise, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    learned = layer.learned
    if shape is not None and learned > 1:
        _check_channels(learned, shape, "num_parameters", d)
    weights = (WeightShape("slope", (learned,)),) if learned else ()
    return _Facts(shape, (), weights, Formula(str(learned), learned))


def _padding(layer: declared.Padding, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is None:
        return _Facts(None)
    _check_rank(shape, layer.rank, d)
    texts = [f"{before} + {{}} + {after}" for before, after in layer.pads]
    lengths = [before + size + after for (before, after), size in zip(layer.pads, shape[1:], strict=True)]
    sizes = filled_in(shape[1:], texts, lengths)
    return _Facts((shape[0], *(size.value for size in sizes)), sizes)


def _upsampling(layer: declared.Upsampling, shape: tuple[int, ...] | None, d: Declaration) -> _Facts:
    if shape is None:
        return _Facts(None)
    rank = layer.rank or len(shape) - 1
    if rank not in (1, 2, 3):
        raise DeclarationError(f"{d.kind}: input {shape} has {len(shape)} axes, expected 2 to 4, channels first")
    _check_rank(shape, rank, d)
    given = layer.size or layer.factor
    if len(given) not in (1, rank):
        raise DeclarationError(f"{d.kind}: {given} has {len(given)} entries, expected {rank}, one per spatial axis")
    each = given * rank if len(given) == 1 else given
    if layer.size:
        return _Facts((shape[0], *(int(size) for size in each)))
    texts = [f"floor({{}}*{factor:g})" for factor in each]
    lengths = [int(size * factor) for size, factor in zip(shape[1:], each, strict=True)]
    if min(lengths) < 1:
        raise DeclarationError(f"{d.kind}: scale_factor (={given}) leaves nothing of the input {shape}")
    sizes = filled_in(shape[1:], texts, lengths)
    return _Facts((shape[0], *lengths), sizes)


_RULES: Mapping[type, Callable[..., _Facts]] = {
    declared.Convolution: _convolution,
    declared.TransposedConvolution: _transposed,
    declared.Pooling: _pooling,
    declared.FixedSizePooling: _fixed_size,
    declared.Dense: _dense,
    declared.Normalization: _normalization,
    declared.Flatten: _flatten,
    declared.Elementwise: _elementwise,
    declared.Padding: _padding,
    declared.Upsampling: _upsampling,
}
