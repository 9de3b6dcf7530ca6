"""Rules of declared layers that have a window or change the lengths of spatial axes."""

from __future__ import annotations

from math import prod

from striate.arithmetic import Pads, Window, convolution_parameters, dilated_extent
from striate.errors import DeclarationError
from striate.importers import declared
from striate.importers.declaration import Declaration
from striate.lenses.declared_facts import Facts, WeightShape, check_channels, check_rank
from striate.lenses.declared_size import AXES, Formula, Size, filled_in, pooled_sizes, transposed_sizes, window_sizes


def convolution(layer: declared.Convolution, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """A convolution, whatever its groups; a separable one is two."""
    if shape is not None:
        check_rank(shape, layer.rank, d)
        check_channels(layer.in_channels, shape, "in_channels", d)
    channels = shape[0] if shape is not None else layer.in_channels
    sizes: tuple[Size, ...] = ()
    if shape is not None:
        sizes = window_sizes(Window(layer.kernel, layer.stride, layer.padding, layer.dilation), shape[1:])
        _check_edges(_added(layer), layer.padding_mode, shape[1:], d)
    positions = tuple(size.value for size in sizes)
    if channels is None:
        return Facts(None, weights=None, parameters=None, macs=None)
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
    return Facts((filters, *positions) if shape is not None else None, sizes, weights, formula, macs=macs)


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
) -> Facts:
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
        return Facts(None, weights=tuple(weights), parameters=parameters, macs=None)
    macs = Formula(f"{'*'.join(map(str, positions))}*({made})", prod(positions) * count)
    return Facts((filters, *positions), sizes, tuple(weights), parameters, macs=macs)


def transposed(layer: declared.TransposedConvolution, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """A transposed convolution."""
    if shape is not None:
        check_rank(shape, layer.rank, d)
        check_channels(layer.in_channels, shape, "in_channels", d)
    channels = shape[0] if shape is not None else layer.in_channels
    if channels is None:
        return Facts(None, weights=None, parameters=None, macs=None)
    if channels % layer.groups:
        raise DeclarationError(
            f"{d.kind}: the input's {channels} channels cannot be cut into groups (={layer.groups}) of equal size"
        )
    depth, taps = layer.filters // layer.groups, "*".join(map(str, layer.kernel))
    count = channels * depth * prod(layer.kernel)
    made = f"{channels}*{depth}*{taps}"
    bias = layer.filters if layer.bias else 0
    parameters = Formula(made + (f" + {bias}" if bias else ""), count + bias)
    torch = d.framework == "pytorch"
    weight = (channels, depth, *layer.kernel) if torch else (*layer.kernel, depth, channels)
    weights = (WeightShape("weight", weight), *((WeightShape("bias", (bias,)),) if bias else ()))
    if shape is None:
        return Facts(None, weights=weights, parameters=parameters, macs=None)
    sizes = transposed_sizes(layer, shape[1:])
    # Every input is multiplied with every tap, also where the product falls into what padding cuts off.
    macs = Formula(f"{'*'.join(map(str, shape[1:]))}*{made}", prod(shape[1:]) * count)
    return Facts((layer.filters, *(size.value for size in sizes)), sizes, weights, parameters, macs=macs)


def pooling(layer: declared.Pooling, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Pooling with a sliding window."""
    if shape is None:
        return Facts(None)
    check_rank(shape, layer.rank, d)
    window = Window(layer.kernel, layer.stride, layer.padding, layer.dilation, layer.ceil_mode)
    sizes = pooled_sizes(window, shape[1:])
    return Facts((shape[0], *(size.value for size in sizes)), sizes)


def fixed_size(layer: declared.FixedSizePooling, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Pooling to a size of its own."""
    if shape is None:
        return Facts(None)
    check_rank(shape, layer.rank, d)
    spatial = tuple(size or own for size, own in zip(layer.size, shape[1:], strict=bool(layer.size)))
    return Facts((shape[0], *spatial))


def padding(layer: declared.Padding, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Cells added or cut off at the edges."""
    if shape is None:
        return Facts(None)
    check_rank(shape, layer.rank, d)
    _check_edges(layer.pads, layer.mode, shape[1:], d)
    texts = ["{}" + "".join(f" {'-' if cells < 0 else '+'} {abs(cells)}" for cells in pair) for pair in layer.pads]
    lengths = [before + size + after for (before, after), size in zip(layer.pads, shape[1:], strict=True)]
    if min(lengths) < 1:
        raise DeclarationError(f"{d.kind}: cutting {layer.pads} off leaves nothing of the input {shape}")
    sizes = filled_in(shape[1:], texts, lengths)
    return Facts((shape[0], *(size.value for size in sizes)), sizes)


def upsampling(layer: declared.Upsampling, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Each axis longer."""
    if shape is None:
        return Facts(None)
    rank = layer.rank or len(shape) - 1
    if rank not in (1, 2, 3):
        raise DeclarationError(f"{d.kind}: input {shape} has {len(shape)} axes, expected 2 to 4, channels first")
    check_rank(shape, rank, d)
    given = layer.size or layer.factor
    if len(given) not in (1, rank):
        raise DeclarationError(f"{d.kind}: {given} has {len(given)} entries, expected {rank}, one per spatial axis")
    each = given * rank if len(given) == 1 else given
    if layer.size:
        return Facts((shape[0], *(int(size) for size in each)))
    texts = [f"floor({{}}*{factor:g})" for factor in each]
    lengths = [int(size * factor) for size, factor in zip(shape[1:], each, strict=True)]
    if min(lengths) < 1:
        raise DeclarationError(f"{d.kind}: scale_factor (={given}) leaves nothing of the input {shape}")
    sizes = filled_in(shape[1:], texts, lengths)
    return Facts((shape[0], *lengths), sizes)


def pixel_shuffle(layer: declared.PixelShuffle, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """Channels to cells, ``c·f·f, h, w`` to ``c, h·f, w·f``, or back."""
    if shape is None:
        return Facts(None)
    check_rank(shape, 2, d)
    factor, channels = layer.factor, shape[0]
    cut, what = (shape[1:], "height and width") if layer.back else ((channels,), "channels")
    parts = factor if layer.back else factor * factor
    if any(size % parts for size in cut):
        raise DeclarationError(f"{d.kind}: {what} {'x'.join(map(str, cut))} must be multiples of {parts}")
    if layer.back:
        sizes = filled_in(shape[1:], [f"{{}}//{factor}"] * 2, [size // factor for size in shape[1:]])
        return Facts((channels * factor * factor, *(size.value for size in sizes)), sizes)
    sizes = filled_in(shape[1:], [f"{{}}*{factor}"] * 2, [size * factor for size in shape[1:]])
    return Facts((channels // parts, *(size.value for size in sizes)), sizes)


def _added(layer: declared.Convolution) -> Pads:
    """Cells added at the edges, (before, after) per axis."""
    if not isinstance(layer.padding, str):
        return layer.padding
    if layer.padding == "valid":
        return ((0, 0),) * layer.rank
    # Only with stride 1, where "same" adds D(K-1) cells, the odd one behind.
    cells = [dilated_extent(k, s) - 1 for k, s in zip(layer.kernel, layer.dilation, strict=True)]
    return tuple((count // 2, count - count // 2) for count in cells)


def _check_edges(pads: Pads, mode: declared.PaddingMode, lengths: tuple[int, ...], d: Declaration) -> None:
    """A mirror or a ring has only so many cells to give."""
    most = {"reflect": -1, "circular": 0}.get(mode)
    if most is None:
        return
    for axis, pair, length in zip(AXES[len(lengths)], pads, lengths, strict=True):
        if max(pair) > length + most:
            raise DeclarationError(
                f'{d.kind}: mode "{mode}" can add at most {length + most} cells to a {axis} of {length}, '
                f"not {max(pair)}; use less padding or a larger input"
            )
