"""PyTorch's layers: name -> the arguments it takes and how they become its meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from striate.arithmetic import AutoPad, Pads, dilated_extent
from striate.errors import DeclarationError
from striate.importers.declaration import torch_arguments as take
from striate.importers.declaration.kinds import (
    LayerKind,
    Values,
    adaptive_size,
    both_ends,
    check_groups,
    parts,
    same_name,
    spread,
)
from striate.importers.declaration.parameter import Parameter, Value
from striate.importers.declared import (
    Convolution,
    Dense,
    Elementwise,
    Embedding,
    FixedSizePooling,
    Flatten,
    FractionalPooling,
    Gate,
    Meaning,
    Normalization,
    Padding,
    PaddingMode,
    Patches,
    PixelShuffle,
    Pooling,
    TransposedConvolution,
    Unflatten,
    Unpooling,
    Upsampling,
)


def padding_mode(value: Value) -> PaddingMode:
    """The word as a type; it has been checked."""
    found: PaddingMode | None = _MODES.get(value) if isinstance(value, str) else None
    assert found is not None
    return found


_MODES: Mapping[str, PaddingMode] = {
    "zeros": "zeros",
    "reflect": "reflect",
    "replicate": "replicate",
    "circular": "circular",
}


def _conv(v: Values) -> Meaning:
    padding: Pads | AutoPad
    if isinstance(v["padding"], str):
        padding = same_name(v["padding"])
        if v["padding"] == "same" and any(stride != 1 for stride in v.sizes("stride")):
            raise DeclarationError(f'padding (="same") works only with stride 1, stride is {v["stride"]}; give numbers')
    else:
        padding = both_ends(v.sizes("padding"))
    _check_kernel(v)
    return Convolution(v.rank, _channels_in(v), v.count("out_channels"), v.sizes("kernel_size"), v.sizes("stride"),
                       padding, v.sizes("dilation"), v.count("groups"), v.flag("bias"),
                       padding_mode=padding_mode(v["padding_mode"]))  # fmt: skip


def _channels_in(v: Values) -> int | None:
    """Those of the input; None for a lazy layer, which takes them from its first input."""
    known = "in_channels" in v.values
    check_groups(v, *(("in_channels",) if known else ()), "out_channels")
    return v.count("in_channels") if known else None


def _check_kernel(v: Values) -> None:
    given = v["kernel_size"]
    if isinstance(given, tuple) and len(given) != v.rank:
        raise DeclarationError(f"kernel_size (={given}) has {len(given)} entries, expected {v.rank}, one per axis")


def _conv_transpose(v: Values) -> Meaning:
    _check_kernel(v)
    extra, stride, dilation = v.sizes("output_padding"), v.sizes("stride"), v.sizes("dilation")
    if any(more >= max(s, d) for more, s, d in zip(extra, stride, dilation, strict=True)):
        raise DeclarationError(
            f"output_padding (={v['output_padding']}) must be smaller than stride (={v['stride']}) or dilation "
            f"(={v['dilation']})"
        )
    return TransposedConvolution(v.rank, _channels_in(v), v.count("out_channels"), v.sizes("kernel_size"),
                                 stride, both_ends(v.sizes("padding")), dilation, extra, v.count("groups"),
                                 v.flag("bias"))  # fmt: skip


def _pool(v: Values) -> Meaning:
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
    return Pooling(v.rank, kernel, stride, both_ends(padding), dilation, v.flag("ceil_mode"))


def _norm(v: Values) -> Meaning:
    learned = (("scale", "shift") if v["bias"] else ("scale",)) if v["affine"] else ()
    channels = v.count("num_features") if "num_features" in v.values else None
    return Normalization(v.rank or None, channels, learned, v.flag("track_running_stats"))


def _group_norm(v: Values) -> Meaning:
    groups, channels = v.count("num_groups"), v.count("num_channels")
    if channels % groups:
        raise DeclarationError(f"num_channels (={channels}) cannot be cut into num_groups (={groups}) of equal size")
    learned = (("scale", "shift") if v["bias"] else ("scale",)) if v["affine"] else ()
    return Normalization(None, channels, learned, groups=groups)


def _layer_norm(v: Values) -> Meaning:
    shifted = ("shift",) if v.values.get("bias") else ()  # RMS norm knows no shift
    learned = ("scale", *shifted) if v["elementwise_affine"] else ()
    shape = v["normalized_shape"]
    return Normalization(None, None, learned, shape=spread(shape, len(shape) if isinstance(shape, tuple) else 1))


_RANK_OF_MODE = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


def _upsample(v: Values) -> Meaning:
    mode = v.values.get("mode")
    rank = v.rank or (_RANK_OF_MODE.get(mode) if isinstance(mode, str) else None)
    if rank is None and v.values.get("align_corners") is not None:
        raise DeclarationError(f'align_corners (={v["align_corners"]}) means nothing for mode "{mode}"; leave it out')
    size, factor = v["size"], v["scale_factor"]
    if (size is None) == (factor is None):
        raise DeclarationError(f"size (={size}) or scale_factor (={factor}): give one of the two")
    if size is not None:
        return Upsampling(rank, size=tuple(part for part in parts(size) if isinstance(part, int)))
    return Upsampling(rank, factor=tuple(float(part) for part in parts(factor) if isinstance(part, int | float)))


def _pad(mode: PaddingMode) -> Callable[[Values], Meaning]:
    return lambda v: Padding(v.rank, _pairs(v), mode)


def _pairs(v: Values) -> Pads:
    given = v["padding"]
    cells = given if isinstance(given, tuple) else (given,) * (2 * v.rank)
    numbers = tuple(part for part in cells if isinstance(part, int))
    if len(numbers) != 2 * v.rank or len(cells) != len(numbers):
        raise DeclarationError(f"padding (={given}) must be one number or {2 * v.rank}, two per axis, last axis first")
    pairs = [(numbers[2 * i], numbers[2 * i + 1]) for i in range(v.rank)]
    return tuple(reversed(pairs))


def _softmax(v: Values) -> Meaning:
    axis = v["dim"]
    return Elementwise(axis=axis if isinstance(axis, int) else None)


def _each_number(v: Values) -> Meaning:
    return Elementwise()


def _whole(v: Values, name: str) -> tuple[int, ...]:
    return tuple(part for part in parts(v[name]) if isinstance(part, int))


def _gate(v: Values) -> Meaning:
    return Gate(_one_axis(v))


def _unflatten(v: Values) -> Meaning:
    return Unflatten(_one_axis(v), _whole(v, "unflattened_size"))


def _one_axis(v: Values) -> int:
    axis = v["dim"]
    if not isinstance(axis, int):
        raise DeclarationError(f"dim (={axis}) must be one whole number")
    return axis


def _patches(v: Values) -> Meaning:
    size = v.sizes("output_size") if "output_size" in v.values else ()
    return Patches(2, v.sizes("kernel_size"), v.sizes("stride"), both_ends(v.sizes("padding")), v.sizes("dilation"),
                   size)  # fmt: skip


def _unpooling(v: Values) -> Meaning:
    kernel = v.sizes("kernel_size")
    return Unpooling(v.rank, kernel, kernel if v["stride"] is None else v.sizes("stride"), v.sizes("padding"))


def _fractional(v: Values) -> Meaning:
    size, ratio = v["output_size"], v["output_ratio"]
    if (size is None) == (ratio is None):
        raise DeclarationError(f"output_size (={size}) or output_ratio (={ratio}): give one of the two")
    kernel = v.sizes("kernel_size")
    if ratio is None:
        return FractionalPooling(v.rank, kernel, v.sizes("output_size"))
    shares = tuple(float(part) for part in parts(ratio) if isinstance(part, int | float))
    if len(shares) not in (1, v.rank) or not all(0 < share < 1 for share in shares):
        raise DeclarationError(f"output_ratio (={ratio}) must be between 0 and 1, one number or {v.rank}, one per axis")
    return FractionalPooling(v.rank, kernel, ratio=shares)


class _Add(Protocol):
    """Enters a layer in the table."""

    def __call__(
        self, name: str, parameters: tuple[Parameter, ...], meaning: Callable[[Values], Meaning], rank: int = 0
    ) -> None: ...


def _add_windows(add: _Add) -> None:
    for rank in (1, 2, 3):
        add(f"Conv{rank}d", take.CONV, _conv, rank)
        add(f"LazyConv{rank}d", take.lazy(take.CONV), _conv, rank)
        add(f"ConvTranspose{rank}d", take.CONV_TRANSPOSE, _conv_transpose, rank)
        add(f"LazyConvTranspose{rank}d", take.lazy(take.CONV_TRANSPOSE), _conv_transpose, rank)
        add(f"MaxPool{rank}d", take.MAX_POOL, _pool, rank)
        add(f"AvgPool{rank}d", take.AVG_POOL_1D if rank == 1 else take.AVG_POOL, _pool, rank)
        add(f"LPPool{rank}d", take.LP_POOL, _pool, rank)
        add(f"MaxUnpool{rank}d", take.MAX_UNPOOL, _unpooling, rank)
        for name, arguments in (("AdaptiveAvgPool", take.ADAPTIVE_AVG), ("AdaptiveMaxPool", take.ADAPTIVE_MAX)):
            add(f"{name}{rank}d", arguments, lambda v: FixedSizePooling(v.rank, adaptive_size(v)), rank)


def _add_edges(add: _Add) -> None:
    for rank in (2, 3):
        add(f"FractionalMaxPool{rank}d", take.FRACTIONAL_POOL, _fractional, rank)
    for rank in (1, 2, 3):
        add(f"ZeroPad{rank}d", take.ZERO_PAD, _pad("zeros"), rank)
        add(f"ConstantPad{rank}d", take.CONSTANT_PAD, _pad("zeros"), rank)
        add(f"ReflectionPad{rank}d", take.PAD, _pad("reflect"), rank)
        add(f"ReplicationPad{rank}d", take.PAD, _pad("replicate"), rank)
        add(f"CircularPad{rank}d", take.PAD, _pad("circular"), rank)
    add("Upsample", take.UPSAMPLE, _upsample)
    add("UpsamplingNearest2d", take.UPSAMPLE_FIXED, _upsample, 2)
    add("UpsamplingBilinear2d", take.UPSAMPLE_FIXED, _upsample, 2)
    add("Unfold", take.UNFOLD, _patches, 2)
    add("Fold", take.FOLD, _patches, 2)
    add("PixelShuffle", take.PIXEL_SHUFFLE, lambda v: PixelShuffle(v.count("upscale_factor")))
    add("PixelUnshuffle", take.PIXEL_UNSHUFFLE, lambda v: PixelShuffle(v.count("downscale_factor"), back=True))
    add("ChannelShuffle", take.CHANNEL_SHUFFLE, lambda v: Elementwise(groups=v.count("groups")))


def _add_norms(add: _Add) -> None:
    for rank in (1, 2, 3):
        add(f"BatchNorm{rank}d", take.BATCH_NORM, _norm, rank)
        add(f"LazyBatchNorm{rank}d", take.lazy(take.BATCH_NORM), _norm, rank)
        add(f"InstanceNorm{rank}d", take.INSTANCE_NORM, _norm, rank)
        add(f"LazyInstanceNorm{rank}d", take.lazy(take.BATCH_NORM), _norm, rank)  # learns, unlike the other
    add("SyncBatchNorm", take.SYNC_BATCH_NORM, _norm)
    add("GroupNorm", take.GROUP_NORM, _group_norm)
    add("LayerNorm", take.LAYER_NORM, _layer_norm)
    add("RMSNorm", take.RMS_NORM, _layer_norm)
    add("CrossMapLRN2d", take.CROSS_MAP_NORM, _each_number, 2)
    add("LocalResponseNorm", take.LOCAL_RESPONSE_NORM, _each_number)


def _add_activations(add: _Add) -> None:
    for name in ("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid"):
        add(name, take.activation(inplace=True), _each_number)
    for name in ("Sigmoid", "Tanh", "Softsign", "Identity", "LogSigmoid", "Tanhshrink", "Softmax2d"):
        add(name, (), _each_number)
    add("LeakyReLU", take.activation(("negative_slope", 0.01), inplace=True), _each_number)
    add("ELU", take.activation(("alpha", 1.0), inplace=True), _each_number)
    add("CELU", take.activation(("alpha", 1.0), inplace=True), _each_number)
    add("RReLU", take.activation(("lower", 1 / 8), ("upper", 1 / 3), inplace=True), _each_number)
    add("Softplus", take.activation(("beta", 1.0), ("threshold", 20.0)), _each_number)
    add("Softshrink", take.activation(("lambd", 0.5)), _each_number)
    add("Hardshrink", take.activation(("lambd", 0.5)), _each_number)
    add("Hardtanh", take.HARDTANH, _each_number)
    add("Threshold", take.THRESHOLD, _each_number)
    add("GELU", take.GELU, _each_number)
    add("PReLU", take.PRELU, lambda v: Elementwise(v.count("num_parameters")))
    for name in ("Softmax", "LogSoftmax", "Softmin"):
        add(name, take.axis_of_softmax(), _softmax)
    for name in ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"):
        add(name, take.DROPOUT, _each_number)


def _layers() -> dict[str, LayerKind]:
    table: dict[str, LayerKind] = {}

    def add(name: str, parameters: tuple[Parameter, ...], meaning: Callable[[Values], Meaning], rank: int = 0) -> None:
        table[name] = LayerKind("pytorch", rank, parameters, meaning)

    _add_windows(add)
    _add_edges(add)
    _add_norms(add)
    add("Linear", take.LINEAR, lambda v: Dense(v.count("in_features"), v.count("out_features"), v.flag("bias")))
    add("LazyLinear", take.lazy(take.LINEAR), lambda v: Dense(None, v.count("out_features"), v.flag("bias")))
    add("Flatten", take.FLATTEN, lambda v: Flatten(v.count("start_dim"), v.count("end_dim")))
    add("Unflatten", take.UNFLATTEN, _unflatten)
    add("GLU", take.GLU, _gate)
    add("Embedding", take.EMBEDDING, lambda v: Embedding(v.count("num_embeddings"), v.count("embedding_dim")))
    _add_activations(add)
    return table


TORCH_LAYERS: Mapping[str, LayerKind] = _layers()
