"""Keras's layers: name -> the arguments it takes and how they become its meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from striate.arithmetic import AutoPad, Pads, dilated_extent
from striate.errors import DeclarationError
from striate.importers.declaration import keras_arguments as take
from striate.importers.declaration.keras_augmentation import AUGMENTATIONS
from striate.importers.declaration.kinds import LayerKind, Values, adaptive_size, parts, same_name, spread
from striate.importers.declaration.parameter import REQUIRED, Parameter, Value
from striate.importers.declared import (
    Convolution,
    Crop,
    Dense,
    Elementwise,
    Embedding,
    FixedSizePooling,
    Flatten,
    Meaning,
    Normalization,
    Padding,
    Permute,
    Pooling,
    Repeat,
    Reshape,
    Slopes,
    TransposedConvolution,
    Upsampling,
)


def _windows(v: Values) -> None:
    if any(s != 1 for s in v.sizes("strides")) and any(d != 1 for d in v.sizes("dilation_rate")):
        raise DeclarationError(
            f"strides (={v['strides']}) and dilation_rate (={v['dilation_rate']}) cannot both be more than 1 in Keras"
        )


def _padding(v: Values) -> Pads | AutoPad:
    if v["padding"] == "causal":
        ahead = zip(v.sizes("kernel_size"), v.sizes("dilation_rate"), strict=True)
        return tuple((dilated_extent(k, d) - 1, 0) for k, d in ahead)
    return same_name(v["padding"])


def _conv(v: Values) -> Meaning:
    _windows(v)
    if v.count("filters") % v.count("groups"):
        raise DeclarationError(f"filters (={v['filters']}) cannot be cut into groups (={v['groups']}) of equal size")
    return Convolution(v.rank, None, v.count("filters"), v.sizes("kernel_size"), v.sizes("strides"), _padding(v),
                       v.sizes("dilation_rate"), v.count("groups"), v.flag("use_bias"))  # fmt: skip


def _depthwise(v: Values) -> Meaning:
    _windows(v)
    return Convolution(v.rank, None, None, v.sizes("kernel_size"), v.sizes("strides"), _padding(v),
                       v.sizes("dilation_rate"), 0, v.flag("use_bias"), v.count("depth_multiplier"))  # fmt: skip


def _separable(v: Values) -> Meaning:
    _windows(v)
    return Convolution(v.rank, None, None, v.sizes("kernel_size"), v.sizes("strides"), _padding(v),
                       v.sizes("dilation_rate"), 0, v.flag("use_bias"), v.count("depth_multiplier"),
                       v.count("filters"))  # fmt: skip


def _conv_transpose(v: Values) -> Meaning:
    _windows(v)
    extra = None if v["output_padding"] is None else v.sizes("output_padding")
    if extra is not None and any(more >= s for more, s in zip(extra, v.sizes("strides"), strict=True)):
        raise DeclarationError(
            f"output_padding (={v['output_padding']}) must be smaller than strides (={v['strides']})"
        )
    padding: Literal["same", "valid"] = "same" if v["padding"] == "same" else "valid"
    return TransposedConvolution(v.rank, None, v.count("filters"), v.sizes("kernel_size"), v.sizes("strides"), padding,
                                 v.sizes("dilation_rate"), extra, 1, v.flag("use_bias"))  # fmt: skip


def _pool(v: Values) -> Meaning:
    kernel = v.sizes("pool_size")
    stride = kernel if v["strides"] is None else v.sizes("strides")
    return Pooling(v.rank, kernel, stride, same_name(v["padding"]), (1,) * v.rank)


def _learned(v: Values) -> tuple[str, ...]:
    return tuple(name for name, on in (("scale", v["scale"]), ("shift", v["center"])) if on)


def _axes(v: Values) -> tuple[int, ...]:
    axes = tuple(axis for axis in parts(v["axis"]) if isinstance(axis, int))
    if not axes:
        raise DeclarationError(f"axis (={v['axis']}) must be a whole number or a list of them")
    return axes


def _batch_norm(v: Values) -> Meaning:
    if not isinstance(v["axis"], int):
        raise DeclarationError(f"axis (={v['axis']}) must be one number here")
    return Normalization(None, None, _learned(v), statistics=True, axes=_axes(v))


def _group_norm(v: Values) -> Meaning:
    if not isinstance(v["axis"], int):
        raise DeclarationError(f"axis (={v['axis']}) must be one number here")
    return Normalization(None, None, _learned(v), groups=v.count("groups"), axes=_axes(v))


def _cells_at_edges(v: Values, name: str) -> Pads:
    given = v[name]
    if isinstance(given, int):
        return ((given, given),) * v.rank
    sides: tuple[Value, ...] = given if isinstance(given, tuple) else ()
    if v.rank == 1 and len(sides) == 2:
        sides = (sides,)
    pairs = [spread(part, 2) for part in sides if isinstance(part, int | tuple)]
    if len(pairs) != v.rank or any(len(pair) != 2 for pair in pairs):
        raise DeclarationError(f"{name} (={given}) must be one number, one per axis or (before, after) per axis")
    return tuple((before, after) for before, after in pairs)


def _cropping(v: Values) -> Meaning:
    return Padding(v.rank, tuple((-before, -after) for before, after in _cells_at_edges(v, "cropping")))


def _crop(v: Values) -> Meaning:
    return Crop(2, (v.count("height"), v.count("width")))


def _data_norm(v: Values) -> Meaning:
    """Mean and variance of the data, found by adapt() and never learned; given ones are no numbers of the layer's."""
    if v["axis"] is None or v["mean"] is not None:
        return Elementwise()
    return Normalization(None, None, (), statistics=True, axes=_axes(v))


def _prelu(v: Values) -> Meaning:
    shared = v["shared_axes"]
    return Slopes(tuple(axis for axis in parts(shared) if isinstance(axis, int)))


def _softmax(v: Values) -> Meaning:
    axis = v["axis"]
    return Elementwise(axis=axis if isinstance(axis, int) else None)


def _whole_numbers(v: Values, name: str) -> tuple[int, ...]:
    return tuple(part for part in parts(v[name]) if isinstance(part, int))


def _permute(v: Values) -> Meaning:
    order = _whole_numbers(v, "dims")
    if sorted(order) != list(range(1, len(order) + 1)):
        raise DeclarationError(f"dims (={v['dims']}) must name each axis once, counted from 1 (0 is the batch)")
    return Permute(order)


def _each_number(v: Values) -> Meaning:
    return Elementwise()


class _Add(Protocol):
    """Enters a layer in the table, under all its names."""

    def __call__(
        self, parameters: tuple[Parameter, ...], meaning: Callable[[Values], Meaning], rank: int, *names: str
    ) -> None: ...


def _add_windows(add: _Add) -> None:
    for rank in (1, 2, 3):
        d = f"{rank}D"
        add(take.conv(rank), _conv, rank, f"Conv{d}", f"Convolution{d}")
        transpose = (f"Conv{d}Transpose", f"Convolution{d}Transpose")
        add(take.conv_transpose(rank), _conv_transpose, rank, *transpose)
        add(take.pool(2), _pool, rank, f"MaxPooling{d}", f"MaxPool{d}")
        add(take.pool(REQUIRED), _pool, rank, f"AveragePooling{d}", f"AvgPool{d}")
        for how, short in (("Max", "Max"), ("Average", "Avg")):
            add(take.GLOBAL_POOL, _global, rank, f"Global{how}Pooling{d}", f"Global{short}Pool{d}")
            fixed = f"Adaptive{how}Pooling{d}"
            add(take.ADAPTIVE, lambda v: FixedSizePooling(v.rank, adaptive_size(v)), rank, fixed)
        if rank < 3:
            add(take.DEPTHWISE, _depthwise, rank, f"DepthwiseConv{d}")
            add(take.separable(rank), _separable, rank, f"SeparableConv{d}", f"SeparableConvolution{d}")


def _add_shapes(add: _Add) -> None:
    for rank in (1, 2, 3):
        d = f"{rank}D"
        add(take.ZERO_PADDING, lambda v: Padding(v.rank, _cells_at_edges(v, "padding")), rank, f"ZeroPadding{d}")
        add(take.cropping(rank), _cropping, rank, f"Cropping{d}")
        add(take.UPSAMPLING[rank], lambda v: Upsampling(v.rank, v.sizes("size")), rank, f"UpSampling{d}")
    size = ("height", "width")
    add(take.RESIZING, lambda v: Upsampling(2, size=tuple(map(v.count, size))), 2, "Resizing")
    add(take.crop("data_format"), _crop, 2, "CenterCrop")
    add(take.crop("seed", "data_format", "name"), _crop, 2, "RandomCrop")
    add(take.FLATTEN, lambda v: Flatten(), 0, "Flatten")
    add(take.RESHAPE, lambda v: Reshape(_whole_numbers(v, "target_shape")), 0, "Reshape")
    add(take.PERMUTE, _permute, 0, "Permute")
    add(take.REPEAT, lambda v: Repeat(v.count("n")), 0, "RepeatVector")
    add(take.EMBEDDING, lambda v: Embedding(v.count("input_dim"), v.count("output_dim")), 0, "Embedding")
    add(take.INPUT, _each_number, 0, "Input")
    add(take.INPUT_LAYER, _each_number, 0, "InputLayer")


def _add_each_number(add: _Add) -> None:
    for rank in (1, 2, 3):
        add(take.spatial_dropout(rank), _each_number, rank, f"SpatialDropout{rank}D")
    add(take.DROPOUT, _each_number, 0, "Dropout")
    add(take.ALPHA_DROPOUT, _each_number, 0, "AlphaDropout")
    add(take.NOISY_DROPOUT, _each_number, 0, "GaussianDropout")
    add(take.NOISE, _each_number, 0, "GaussianNoise")
    add(take.RESCALING, _each_number, 0, "Rescaling")
    add(take.ACTIVATION, _each_number, 0, "Activation")
    add(take.relu(), _each_number, 0, "ReLU")
    add(take.LEAKY_RELU, _each_number, 0, "LeakyReLU")
    add(take.activation(("alpha", 1.0)), _each_number, 0, "ELU")
    add(take.PRELU, _prelu, 0, "PReLU")
    add(take.axis_of_softmax(), _softmax, 0, "Softmax")
    add(take.BASE, _each_number, 0, "Identity")
    add(take.MASKING, _each_number, 0, "Masking")
    add(take.ACTIVITY, _each_number, 0, "ActivityRegularization")
    for name, arguments in AUGMENTATIONS.items():
        add(arguments, _each_number, 2, name)
    add(take.UNIT_NORM, _each_number, 0, "UnitNormalization")


def _layers() -> dict[str, LayerKind]:
    table: dict[str, LayerKind] = {}

    def add(parameters: tuple[Parameter, ...], meaning: Callable[[Values], Meaning], rank: int, *names: str) -> None:
        table.update({name: LayerKind("keras", rank, parameters, meaning) for name in names})

    _add_windows(add)
    _add_shapes(add)
    add(take.DENSE, lambda v: Dense(None, v.count("units"), v.flag("use_bias")), 0, "Dense")
    add(take.BATCH_NORM, _batch_norm, 0, "BatchNormalization")
    add(take.LAYER_NORM, lambda v: Normalization(None, None, _learned(v), axes=_axes(v)), 0, "LayerNormalization")
    add(take.NORMALIZATION, _data_norm, 0, "Normalization")
    add(take.GROUP_NORM, _group_norm, 0, "GroupNormalization")
    add(take.RMS_NORM, lambda v: Normalization(None, None, ("scale",), axes=_axes(v)), 0, "RMSNormalization")
    _add_each_number(add)
    return table


def _global(v: Values) -> Meaning:
    return FixedSizePooling(v.rank, (1,) * v.rank if v["keepdims"] else ())


KERAS_LAYERS: Mapping[str, LayerKind] = _layers()

# Names that an ``activation=`` may have.
ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
    "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus",
    "swish", "tanh", "tanh_shrink", "threshold",
)  # fmt: skip
