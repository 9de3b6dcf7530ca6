"""The table of layers that can be pasted: name -> the arguments it takes and how they become its meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from striate.arithmetic import AutoPad, Pads, dilated_extent
from striate.errors import DeclarationError
from striate.importers import declaration_arguments as take
from striate.importers.declaration_arguments import REQUIRED, Parameter, Value
from striate.importers.declared import (
    Convolution,
    Dense,
    Elementwise,
    FixedSizePooling,
    Flatten,
    Meaning,
    Normalization,
    Padding,
    Pooling,
    TransposedConvolution,
    Upsampling,
)

Framework = Literal["pytorch", "keras"]


@dataclass(frozen=True)
class Values:
    """Checked values of a layer's arguments, with accessors for each kind."""

    values: Mapping[str, Value]
    rank: int

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def count(self, name: str) -> int:
        """A whole number."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def flag(self, name: str) -> bool:
        """True or False."""
        return bool(self.values[name])

    def sizes(self, name: str) -> tuple[int, ...]:
        """One number per axis."""
        return spread(self.values[name], self.rank)


@dataclass(frozen=True)
class LayerKind:
    """A layer that can be pasted.

    Args:
        framework: Whose it is.
        rank: Spatial axes, 0 where it does not matter.
        parameters: What it takes.
        meaning: From checked values to what it is.
    """

    framework: Framework
    rank: int
    parameters: tuple[Parameter, ...]
    meaning: Callable[[Values], Meaning]


def spread(value: Value, rank: int) -> tuple[int, ...]:
    """One number for each axis, from one for all or a tuple.

    Example:
        >>> spread(3, 2)
        (3, 3)
    """
    if isinstance(value, tuple):
        sizes = tuple(part for part in value if isinstance(part, int))
        return sizes * rank if len(sizes) == 1 else sizes
    assert isinstance(value, int)
    return (value,) * rank


def _both_ends(cells: tuple[int, ...]) -> Pads:
    return tuple((size, size) for size in cells)


def _same_name(padding: Value) -> AutoPad:
    return "same_upper" if padding == "same" else "valid"


# ------------------------------------------------------------------------------------------------ PyTorch


def _torch_conv(v: Values) -> Meaning:
    padding: Pads | AutoPad
    if isinstance(v["padding"], str):
        padding = _same_name(v["padding"])
        if v["padding"] == "same" and any(stride != 1 for stride in v.sizes("stride")):
            raise DeclarationError(f'padding (="same") works only with stride 1, stride is {v["stride"]}; give numbers')
    else:
        padding = _both_ends(v.sizes("padding"))
    _check_groups(v, "in_channels", "out_channels")
    return Convolution(v.rank, v.count("in_channels"), v.count("out_channels"), v.sizes("kernel_size"),
                       v.sizes("stride"), padding, v.sizes("dilation"), v.count("groups"), v.flag("bias"))  # fmt: skip


def _torch_conv_transpose(v: Values) -> Meaning:
    _check_groups(v, "in_channels", "out_channels")
    extra, stride, dilation = v.sizes("output_padding"), v.sizes("stride"), v.sizes("dilation")
    if any(more >= max(s, d) for more, s, d in zip(extra, stride, dilation, strict=True)):
        raise DeclarationError(
            f"output_padding (={v['output_padding']}) must be smaller than stride (={v['stride']}) or dilation "
            f"(={v['dilation']})"
        )
    return TransposedConvolution(v.rank, v.count("in_channels"), v.count("out_channels"), v.sizes("kernel_size"),
                                 stride, _both_ends(v.sizes("padding")), dilation, extra, v.count("groups"),
                                 v.flag("bias"))  # fmt: skip


def _torch_pool(v: Values) -> Meaning:
    kernel = v.sizes("kernel_size")
    stride = kernel if v["stride"] is None else v.sizes("stride")
    dilation = v.sizes("dilation") if "dilation" in v.values else (1,) * v.rank
    padding = v.sizes("padding") if "padding" in v.values else (0,) * v.rank
    spans = [dilated_extent(k, d) for k, d in zip(kernel, dilation, strict=True)]
    if any(cells > span // 2 for cells, span in zip(padding, spans, strict=True)):
        raise DeclarationError(
            f"padding (={v['padding']}) is more than half of what kernel_size (={v['kernel_size']}) spans, so a window "
            "could hold no real cell; use less padding"
        )
    return Pooling(v.rank, kernel, stride, _both_ends(padding), dilation, v.flag("ceil_mode"))


def _torch_adaptive(v: Values) -> Meaning:
    wanted = v["output_size"]
    sizes = wanted if isinstance(wanted, tuple) else (wanted,) * v.rank
    return FixedSizePooling(v.rank, tuple(_kept_or_size(size, v) for size in sizes))


def _kept_or_size(size: Value, v: Values) -> int | None:
    wanted = v["output_size"]
    if isinstance(wanted, tuple) and len(wanted) != v.rank:
        raise DeclarationError(f"output_size (={wanted}) has {len(wanted)} entries, expected {v.rank}, one per axis")
    if size is not None and (not isinstance(size, int) or size < 1):
        raise DeclarationError(f"output_size (={wanted}) must hold positive numbers, or None to keep an axis")
    return size


def _torch_norm(v: Values) -> Meaning:
    learned = (("scale", "shift") if v["bias"] else ("scale",)) if v["affine"] else ()
    return Normalization(v.rank, v.count("num_features"), learned, v.flag("track_running_stats"))


def _torch_group_norm(v: Values) -> Meaning:
    groups, channels = v.count("num_groups"), v.count("num_channels")
    if channels % groups:
        raise DeclarationError(f"num_channels (={channels}) cannot be cut into num_groups (={groups}) of equal size")
    learned = (("scale", "shift") if v["bias"] else ("scale",)) if v["affine"] else ()
    return Normalization(None, channels, learned, groups=groups)


def _torch_layer_norm(v: Values) -> Meaning:
    learned = (("scale", "shift") if v["bias"] else ("scale",)) if v["elementwise_affine"] else ()
    shape = v["normalized_shape"]
    return Normalization(None, None, learned, shape=spread(shape, len(shape) if isinstance(shape, tuple) else 1))


def _torch_upsample(v: Values) -> Meaning:
    size, factor = v["size"], v["scale_factor"]
    if (size is None) == (factor is None):
        raise DeclarationError(f"size (={size}) or scale_factor (={factor}): give one of the two")
    if size is not None:
        return Upsampling(None, size=tuple(part for part in _parts(size) if isinstance(part, int)))
    return Upsampling(None, factor=tuple(float(part) for part in _parts(factor) if isinstance(part, int | float)))


def _parts(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _torch_zero_pad(v: Values) -> Meaning:
    given = v["padding"]
    cells = given if isinstance(given, tuple) else (given,) * (2 * v.rank)
    numbers = tuple(part for part in cells if isinstance(part, int))
    if len(numbers) != 2 * v.rank or len(cells) != len(numbers):
        raise DeclarationError(f"padding (={given}) must be one number or {2 * v.rank}, two per axis, last axis first")
    pairs = [(numbers[2 * i], numbers[2 * i + 1]) for i in range(v.rank)]
    return Padding(v.rank, tuple(reversed(pairs)))


# ------------------------------------------------------------------------------------------------ Keras


def _keras_windows(v: Values) -> None:
    if any(s != 1 for s in v.sizes("strides")) and any(d != 1 for d in v.sizes("dilation_rate")):
        raise DeclarationError(
            f"strides (={v['strides']}) and dilation_rate (={v['dilation_rate']}) cannot both be more than 1 in Keras"
        )


def _keras_padding(v: Values) -> Pads | AutoPad:
    if v["padding"] == "causal":
        ahead = zip(v.sizes("kernel_size"), v.sizes("dilation_rate"), strict=True)
        return tuple((dilated_extent(k, d) - 1, 0) for k, d in ahead)
    return _same_name(v["padding"])


def _keras_conv(v: Values) -> Meaning:
    _keras_windows(v)
    if v.count("filters") % v.count("groups"):
        raise DeclarationError(f"filters (={v['filters']}) cannot be cut into groups (={v['groups']}) of equal size")
    return Convolution(v.rank, None, v.count("filters"), v.sizes("kernel_size"), v.sizes("strides"), _keras_padding(v),
                       v.sizes("dilation_rate"), v.count("groups"), v.flag("use_bias"))  # fmt: skip


def _keras_depthwise(v: Values) -> Meaning:
    _keras_windows(v)
    return Convolution(v.rank, None, None, v.sizes("kernel_size"), v.sizes("strides"), _keras_padding(v),
                       v.sizes("dilation_rate"), 0, v.flag("use_bias"), v.count("depth_multiplier"))  # fmt: skip


def _keras_separable(v: Values) -> Meaning:
    _keras_windows(v)
    return Convolution(v.rank, None, None, v.sizes("kernel_size"), v.sizes("strides"), _keras_padding(v),
                       v.sizes("dilation_rate"), 0, v.flag("use_bias"), v.count("depth_multiplier"),
                       v.count("filters"))  # fmt: skip


def _keras_conv_transpose(v: Values) -> Meaning:
    _keras_windows(v)
    extra = None if v["output_padding"] is None else v.sizes("output_padding")
    if extra is not None and any(more >= s for more, s in zip(extra, v.sizes("strides"), strict=True)):
        raise DeclarationError(
            f"output_padding (={v['output_padding']}) must be smaller than strides (={v['strides']})"
        )
    padding: Literal["same", "valid"] = "same" if v["padding"] == "same" else "valid"
    return TransposedConvolution(v.rank, None, v.count("filters"), v.sizes("kernel_size"), v.sizes("strides"), padding,
                                 v.sizes("dilation_rate"), extra, 1, v.flag("use_bias"))  # fmt: skip


def _keras_pool(v: Values) -> Meaning:
    kernel = v.sizes("pool_size")
    stride = kernel if v["strides"] is None else v.sizes("strides")
    return Pooling(v.rank, kernel, stride, _same_name(v["padding"]), (1,) * v.rank)


def _keras_norm(v: Values) -> Meaning:
    learned = tuple(name for name, on in (("scale", v["scale"]), ("shift", v["center"])) if on)
    axis = v["axis"]
    if not isinstance(axis, int):
        raise DeclarationError(f"axis (={axis}) must be one number here")
    return Normalization(None, None, learned, "momentum" in v.values, axis=axis)


def _keras_zero_padding(v: Values) -> Meaning:
    given = v["padding"]
    if isinstance(given, int):
        return Padding(v.rank, ((given, given),) * v.rank)
    parts: tuple[Value, ...] = given if isinstance(given, tuple) else ()
    if v.rank == 1 and len(parts) == 2:
        parts = (parts,)
    pairs = [spread(part, 2) for part in parts if isinstance(part, int | tuple)]
    if len(pairs) != v.rank or any(len(pair) != 2 for pair in pairs):
        raise DeclarationError(f"padding (={given}) must be one number, one per axis or (before, after) per axis")
    return Padding(v.rank, tuple((before, after) for before, after in pairs))


# ------------------------------------------------------------------------------------------------ tables


def _check_groups(v: Values, *names: str) -> None:
    for name in names:
        if v.count(name) % v.count("groups"):
            raise DeclarationError(
                f"{name} (={v[name]}) cannot be cut into groups (={v['groups']}) of equal size; "
                f"use groups that divide {v[name]}"
            )


def _torch_layers() -> dict[str, LayerKind]:
    table: dict[str, LayerKind] = {}

    def add(name: str, parameters: tuple[Parameter, ...], meaning: Callable[[Values], Meaning], rank: int = 0) -> None:
        table[name] = LayerKind("pytorch", rank, parameters, meaning)

    for rank in (1, 2, 3):
        add(f"Conv{rank}d", take.TORCH_CONV, _torch_conv, rank)
        add(f"ConvTranspose{rank}d", take.TORCH_CONV_TRANSPOSE, _torch_conv_transpose, rank)
        add(f"MaxPool{rank}d", take.TORCH_MAX_POOL, _torch_pool, rank)
        add(f"AvgPool{rank}d", take.TORCH_AVG_POOL_1D if rank == 1 else take.TORCH_AVG_POOL, _torch_pool, rank)
        add(f"LPPool{rank}d", take.TORCH_LP_POOL, _torch_pool, rank)
        add(f"AdaptiveAvgPool{rank}d", take.TORCH_ADAPTIVE_AVG, _torch_adaptive, rank)
        add(f"AdaptiveMaxPool{rank}d", take.TORCH_ADAPTIVE_MAX, _torch_adaptive, rank)
        add(f"BatchNorm{rank}d", take.TORCH_BATCH_NORM, _torch_norm, rank)
        add(f"InstanceNorm{rank}d", take.TORCH_INSTANCE_NORM, _torch_norm, rank)
        add(f"ZeroPad{rank}d", take.TORCH_ZERO_PAD, _torch_zero_pad, rank)
        add(f"Dropout{rank}d", take.TORCH_DROPOUT, lambda v: Elementwise())
    add("Dropout", take.TORCH_DROPOUT, lambda v: Elementwise())
    add("GroupNorm", take.TORCH_GROUP_NORM, _torch_group_norm)
    add("LayerNorm", take.TORCH_LAYER_NORM, _torch_layer_norm)
    add("Linear", take.TORCH_LINEAR, lambda v: Dense(v.count("in_features"), v.count("out_features"), v.flag("bias")))
    add("Flatten", take.TORCH_FLATTEN, lambda v: Flatten(v.count("start_dim"), v.count("end_dim")))
    add("Upsample", take.TORCH_UPSAMPLE, _torch_upsample)
    for name in ("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid"):
        add(name, take.activation(inplace=True), lambda v: Elementwise())
    for name in ("Sigmoid", "Tanh", "Softsign", "Identity"):
        add(name, (), lambda v: Elementwise())
    add("LeakyReLU", take.activation(("negative_slope", 0.01), inplace=True), lambda v: Elementwise())
    add("ELU", take.activation(("alpha", 1.0), inplace=True), lambda v: Elementwise())
    add("CELU", take.activation(("alpha", 1.0), inplace=True), lambda v: Elementwise())
    add("Softplus", take.activation(("beta", 1.0), ("threshold", 20.0)), lambda v: Elementwise())
    approximate = Parameter("approximate", "word", "none", "the error function is found so: {}", words=("none", "tanh"))
    add("GELU", (approximate,), lambda v: Elementwise())
    slopes = Parameter("num_parameters", "count", 1, "{} learned slopes for negative numbers")
    start = Parameter("init", "number", 0.25, "a slope starts at {}")
    device = take.TORCH_LINEAR[-2:]
    add("PReLU", (slopes, start, *device), lambda v: Elementwise(v.count("num_parameters")))
    add("Softmax", take.axis_of_softmax("dim", None), lambda v: Elementwise())
    add("LogSoftmax", take.axis_of_softmax("dim", None), lambda v: Elementwise())
    return table


def _keras_layers() -> dict[str, LayerKind]:
    table: dict[str, LayerKind] = {}

    def add(parameters: tuple[Parameter, ...], meaning: Callable[[Values], Meaning], rank: int, *names: str) -> None:
        table.update({name: LayerKind("keras", rank, parameters, meaning) for name in names})

    for rank in (1, 2, 3):
        d = f"{rank}D"
        add(take.keras_conv(rank), _keras_conv, rank, f"Conv{d}", f"Convolution{d}")
        transpose = (f"Conv{d}Transpose", f"Convolution{d}Transpose")
        add(take.keras_conv_transpose(rank), _keras_conv_transpose, rank, *transpose)
        add(take.keras_pool(2), _keras_pool, rank, f"MaxPooling{d}", f"MaxPool{d}")
        add(take.keras_pool(REQUIRED), _keras_pool, rank, f"AveragePooling{d}", f"AvgPool{d}")
        for how, short in (("Max", "Max"), ("Average", "Avg")):
            names = (f"Global{how}Pooling{d}", f"Global{short}Pool{d}")
            add(take.KERAS_GLOBAL_POOL, _keras_global, rank, *names)
        add(take.KERAS_ZERO_PADDING, _keras_zero_padding, rank, f"ZeroPadding{d}")
        add(take.KERAS_UPSAMPLING[rank], lambda v: Upsampling(v.rank, v.sizes("size")), rank, f"UpSampling{d}")
        add(take.keras_spatial_dropout(rank), lambda v: Elementwise(), rank, f"SpatialDropout{d}")
        if rank < 3:
            add(take.KERAS_DEPTHWISE, _keras_depthwise, rank, f"DepthwiseConv{d}")
            add(take.keras_separable(rank), _keras_separable, rank, f"SeparableConv{d}", f"SeparableConvolution{d}")
    add(take.KERAS_DENSE, lambda v: Dense(None, v.count("units"), v.flag("use_bias")), 0, "Dense")
    add(take.KERAS_FLATTEN, lambda v: Flatten(), 0, "Flatten")
    add(take.KERAS_ACTIVATION, lambda v: Elementwise(), 0, "Activation")
    add(take.KERAS_BATCH_NORM, _keras_norm, 0, "BatchNormalization")
    add(take.KERAS_LAYER_NORM, _keras_norm, 0, "LayerNormalization")
    add(take.KERAS_DROPOUT, lambda v: Elementwise(), 0, "Dropout")
    relu = (Parameter("max_value", "number", None, "cut off above {}", {None: "not cut off above"}),)
    relu += take.activation(("negative_slope", 0.0), ("threshold", 0.0), base=True)
    add(relu, lambda v: Elementwise(), 0, "ReLU")
    add(take.activation(("negative_slope", 0.3), base=True), lambda v: Elementwise(), 0, "LeakyReLU")
    add(take.activation(("alpha", 1.0), base=True), lambda v: Elementwise(), 0, "ELU")
    add(take.axis_of_softmax("axis", -1, base=True), lambda v: Elementwise(), 0, "Softmax")
    return table


def _keras_global(v: Values) -> Meaning:
    return FixedSizePooling(v.rank, (1,) * v.rank if v["keepdims"] else ())


TORCH_LAYERS: Mapping[str, LayerKind] = _torch_layers()
KERAS_LAYERS: Mapping[str, LayerKind] = _keras_layers()
