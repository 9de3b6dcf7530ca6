"""The arguments that PyTorch's and Keras's layers take: order, defaults, what is allowed, and what each means in words.

Sources: the signatures in the documentation of ``torch.nn`` (2.13) and ``keras.layers`` (3.15); tests compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = int | float | bool | str | None | tuple["Value", ...]
Wanted = Literal["count", "sizes", "cells", "padding", "flag", "number", "word", "shape", "pads", "axes", "any"]


class Required:
    """Marks an argument without a default."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = Required()


@dataclass(frozen=True)
class Parameter:
    """One argument that a layer takes.

    Args:
        name: Its name.
        wanted: What is allowed: a positive "count", positive "sizes" (one for all axes or one each), "cells" (the same,
            zero allowed), "padding" (cells or a word), a "flag", a "number", a "word" of ``words``, a "shape" of any
            length, "pads" (before and after), "axes" (numbers that may be negative) or "any" expression.
        default: What it is when left out.
        meaning: What it means, with ``{}`` for the value, ``{each}`` for the value along each axis.
        when: What particular values mean instead.
        words: The words that are allowed.
        keyword: Whether it can only be given by name.
    """

    name: str
    wanted: Wanted
    default: Value | Required
    meaning: str
    when: Mapping[Value, str] = field(default_factory=dict["Value", str])
    words: tuple[str, ...] = ()
    keyword: bool = False

    def describe(self, value: Value, rank: int = 1) -> str:
        """What this argument means with that value, in a layer of so many spatial axes."""
        if self.wanted in ("sizes", "cells", "padding") and isinstance(value, tuple) and len(set(value)) == 1:
            value = value[0] if value[0] in self.when else value
        for special, text in self.when.items():
            if special == value and isinstance(special, bool) == isinstance(value, bool):
                return text
        each = (value,) * rank if isinstance(value, int) and rank else value
        return self.meaning.replace("{}", in_words(value)).replace("{each}", in_words(each))


def in_words(value: Value) -> str:
    """A value as one writes it in a sentence: sizes joined by ×.

    Example:
        >>> in_words((3, 3))
        '3 × 3'
    """
    if isinstance(value, tuple):
        return " × ".join(f"({in_words(part)})" if isinstance(part, tuple) else in_words(part) for part in value)
    return str(value)


def _flag(name: str, default: bool, yes: str, no: str) -> Parameter:
    return Parameter(name, "flag", default, "", {True: yes, False: no})


def _plain(*names: str, keyword: bool = False) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, "any", None, "no effect on shape or cost", keyword=keyword) for name in names)


_ONE_FILTER: dict[Value, str] = {1: "one filter, it makes one feature map"}
_KERNEL = "each window covers {each} cells"
_STRIDE = "the window moves {} cells at a time"
_STRIDES: dict[Value, str] = {1: "the window moves one cell at a time"}
_DILATION = "neighbouring taps are {} cells apart"
_DILATIONS: dict[Value, str] = {1: "the taps lie side by side"}
_GROUPS = "the channels are cut into {} groups; a filter sees only its own"
_ALL_CHANNELS: dict[Value, str] = {1: "every filter sees all input channels"}
_NO_PADDING: dict[Value, str] = {0: "nothing is added at the edges", "valid": "nothing is added at the edges"}
_PADDED = {**_NO_PADDING, 1: "one cell is added at each edge"}
_SAME = "zeros are added so that the output is as long as the input divided by the stride, rounded up"
_POOL_STRIDE: dict[Value, str] = {None: "the window moves by its own size: windows do not overlap"}
_LEARNED_BIAS = _flag("bias", True, "one learned number is added to each output channel", "no bias is added")
_DEVICE = _plain("device", "dtype")
_EPSILON = "{} is added to the variance so that nothing is divided by zero"
_AVERAGING = "how fast the running statistics follow, in training only"
_INPLACE = Parameter("inplace", "flag", False, "where the result is stored; the same numbers")

# ------------------------------------------------------------------------------------------------ PyTorch

_IN = Parameter("in_channels", "count", REQUIRED, "the input has {} channels", {1: "the input has one channel"})
_OUT = Parameter("out_channels", "count", REQUIRED, "{} filters, each makes one feature map", _ONE_FILTER)
_TORCH_KERNEL = Parameter("kernel_size", "sizes", REQUIRED, _KERNEL)
_TORCH_STRIDE = Parameter("stride", "sizes", 1, _STRIDE, _STRIDES)
_TORCH_POOL_STRIDE = Parameter("stride", "sizes", None, _STRIDE, {**_STRIDES, **_POOL_STRIDE})
_TORCH_PADDING = Parameter(
    "padding", "padding", 0, "{} cells of zeros are added at each edge", {**_PADDED, "same": _SAME}, ("valid", "same")
)
_TORCH_CELLS = Parameter("padding", "cells", 0, "{} cells are added at each edge", _PADDED)
_TORCH_DILATION = Parameter("dilation", "sizes", 1, _DILATION, _DILATIONS)
_TORCH_GROUPS = Parameter("groups", "count", 1, _GROUPS, _ALL_CHANNELS)
_PADDING_MODE = Parameter(
    "padding_mode",
    "word",
    "zeros",
    "what is added at the edges: {}",
    words=("zeros", "reflect", "replicate", "circular"),
)
_INDICES = _flag("return_indices", False, "the place of each maximum is given too", "only the maxima are given")
_CEIL = _flag("ceil_mode", False, "a last, partial window counts", "a last, partial window is left out")
_COUNT_PAD = _flag(
    "count_include_pad", True, "added zeros count in the average", "only real cells count in the average"
)

TORCH_CONV = (_IN, _OUT, _TORCH_KERNEL, _TORCH_STRIDE, _TORCH_PADDING, _TORCH_DILATION, _TORCH_GROUPS, _LEARNED_BIAS,
              _PADDING_MODE, *_DEVICE)  # fmt: skip
TORCH_CONV_TRANSPOSE = (
    _IN,
    _OUT,
    _TORCH_KERNEL,
    Parameter("stride", "sizes", 1, "neighbouring inputs are sent {} cells apart"),
    Parameter(
        "padding",
        "cells",
        0,
        "{} cells are cut from each edge of the result",
        {0: "nothing is cut off", 1: "one cell is cut from each edge of the result"},
    ),
    Parameter(
        "output_padding",
        "cells",
        0,
        "{} cells are added at the end",
        {0: "nothing is added at the end", 1: "one cell is added at the end"},
    ),
    _TORCH_GROUPS,
    _LEARNED_BIAS,
    _TORCH_DILATION,
    Parameter("padding_mode", "word", "zeros", "a transposed convolution knows only {}", words=("zeros",)),
    *_DEVICE,
)
TORCH_MAX_POOL = (_TORCH_KERNEL, _TORCH_POOL_STRIDE, _TORCH_CELLS, _TORCH_DILATION, _INDICES, _CEIL)
TORCH_AVG_POOL_1D = (_TORCH_KERNEL, _TORCH_POOL_STRIDE, _TORCH_CELLS, _CEIL, _COUNT_PAD)
TORCH_AVG_POOL = (
    *TORCH_AVG_POOL_1D,
    Parameter("divisor_override", "count", None, "sums are divided by {}", {None: "sums are divided by the cells"}),
)
TORCH_LP_POOL = (
    Parameter("norm_type", "number", REQUIRED, "the norm's power: {}"),
    _TORCH_KERNEL,
    _TORCH_POOL_STRIDE,
    _CEIL,
)
_OUTPUT_SIZE = Parameter("output_size", "shape", REQUIRED, "the output has {} cells, whatever the input's size")
TORCH_ADAPTIVE_AVG = (_OUTPUT_SIZE,)
TORCH_ADAPTIVE_MAX = (_OUTPUT_SIZE, _INDICES)


def _torch_norm(affine: bool, statistics: bool) -> tuple[Parameter, ...]:
    return (
        Parameter("num_features", "count", REQUIRED, "the input has {} channels"),
        Parameter("eps", "number", 1e-5, _EPSILON),
        Parameter("momentum", "number", 0.1, _AVERAGING),
        _flag("affine", affine, "each channel has a learned scale and shift", "nothing is learned"),
        _flag("track_running_stats", statistics, "mean and variance come from training", "those of each input"),
        *_DEVICE,
        Parameter("bias", "flag", True, "", {True: "shift is learned", False: "no shift"}, keyword=True),
    )


TORCH_BATCH_NORM = _torch_norm(affine=True, statistics=True)
TORCH_INSTANCE_NORM = _torch_norm(affine=False, statistics=False)
TORCH_GROUP_NORM = (
    Parameter("num_groups", "count", REQUIRED, "statistics over {} groups of channels"),
    Parameter("num_channels", "count", REQUIRED, "the input has {} channels"),
    Parameter("eps", "number", 1e-5, _EPSILON),
    _flag("affine", True, "each channel has a learned scale and shift", "nothing is learned"),
    *_DEVICE,
    Parameter("bias", "flag", True, "", {True: "shift is learned", False: "no shift"}, keyword=True),
)
TORCH_LAYER_NORM = (
    Parameter("normalized_shape", "shape", REQUIRED, "statistics over the last axes, of size {}"),
    Parameter("eps", "number", 1e-5, _EPSILON),
    _flag("elementwise_affine", True, "each element has a learned scale", "nothing is learned"),
    _flag("bias", True, "each element has a learned shift", "no shift"),
    *_DEVICE,
)
TORCH_LINEAR = (
    Parameter("in_features", "count", REQUIRED, "each output sums {} inputs"),
    Parameter("out_features", "count", REQUIRED, "{} outputs"),
    _flag("bias", True, "one learned number is added to each output", "no bias is added"),
    *_DEVICE,
)
TORCH_FLATTEN = (
    Parameter("start_dim", "axes", 1, "axes from {} on become one (0 is the batch)"),
    Parameter("end_dim", "axes", -1, "up to axis {}", {-1: "up to the last axis"}),
)
TORCH_DROPOUT = (
    Parameter("p", "number", 0.5, "in training a number is set to zero with probability {}; else none"),
    _INPLACE,
)
TORCH_UPSAMPLE = (
    Parameter("size", "shape", None, "the output has {} cells", {None: "the size follows from scale_factor"}),
    Parameter("scale_factor", "shape", None, "each axis becomes {} times as long", {None: "it follows from size"}),
    Parameter("mode", "word", "nearest", "how values between are found: {}",
              words=("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear")),
    Parameter("align_corners", "flag", None, "whether corner cells stay in the corners"),
    *_plain("recompute_scale_factor"),
)  # fmt: skip
TORCH_ZERO_PAD = (Parameter("padding", "pads", REQUIRED, "zeros added at the edges, last axis first: {}"),)

# ------------------------------------------------------------------------------------------------ Keras

_FILTERS = Parameter("filters", "count", REQUIRED, "{} filters, each makes one feature map", _ONE_FILTER)
_KERAS_KERNEL = Parameter("kernel_size", "sizes", REQUIRED, _KERNEL)
_KERAS_STRIDE = Parameter("strides", "sizes", 1, _STRIDE, _STRIDES)
_KERAS_PADDING = Parameter("padding", "word", "valid", "", {**_NO_PADDING, "same": _SAME}, words=("valid", "same"))
_CUT: dict[Value, str] = {
    "valid": "nothing is cut from the edges",
    "same": "cells are cut from the edges so that the output is as long as the input times the stride",
}
_KERAS_CUT = Parameter("padding", "word", "valid", "", _CUT, words=("valid", "same"))
_CAUSAL_PADDING = Parameter(
    "padding",
    "word",
    "valid",
    "",
    {**_NO_PADDING, "same": _SAME, "causal": "zeros are added at the beginning: no output looks ahead"},
    words=("valid", "same", "causal"),
)
_FORMAT = Parameter(
    "data_format", "word", None, "axes in the order {}", {None: "axes in the order channels_last"},
    words=("channels_last", "channels_first"),
)  # fmt: skip
_KERAS_DILATION = Parameter("dilation_rate", "sizes", 1, _DILATION, _DILATIONS)
_KERAS_GROUPS = Parameter("groups", "count", 1, _GROUPS, _ALL_CHANNELS)
_ACTIVATION = Parameter("activation", "any", None, "{} is applied to the result", {None: "no activation follows"})
_USE_BIAS = _flag("use_bias", True, "one learned number is added to each output channel", "no bias is added")
_MULTIPLIER = Parameter(
    "depth_multiplier", "count", 1, "{} filters for each input channel", {1: "one filter for each input channel"}
)
_OUTPUT_PADDING = Parameter(
    "output_padding", "cells", None, "{} cells are added at the end", {None: "the length follows from the padding"}
)
_BASE = (
    Parameter("input_shape", "shape", None, "one sample has the shape {}", keyword=True),
    *_plain("name", "dtype", "trainable", "autocast", keyword=True),
)
_TRAINING = _plain("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                   "activity_regularizer", "kernel_constraint", "bias_constraint")  # fmt: skip
_DEPTHWISE_TRAINING = _plain("depthwise_initializer", "bias_initializer", "depthwise_regularizer", "bias_regularizer",
                             "activity_regularizer", "depthwise_constraint", "bias_constraint")  # fmt: skip
_SEPARABLE_TRAINING = _plain(
    "depthwise_initializer", "pointwise_initializer", "bias_initializer", "depthwise_regularizer",
    "pointwise_regularizer", "bias_regularizer", "activity_regularizer", "depthwise_constraint", "pointwise_constraint",
    "bias_constraint",
)  # fmt: skip


def keras_conv(rank: int) -> tuple[Parameter, ...]:
    """Conv1D knows causal padding, the others do not."""
    padding = _CAUSAL_PADDING if rank == 1 else _KERAS_PADDING
    return (_FILTERS, _KERAS_KERNEL, _KERAS_STRIDE, padding, _FORMAT, _KERAS_DILATION, _KERAS_GROUPS, _ACTIVATION,
            _USE_BIAS, *_TRAINING, *_BASE)  # fmt: skip


def keras_conv_transpose(rank: int) -> tuple[Parameter, ...]:
    """Conv3DTranspose takes two arguments in the other order."""
    middle = (_FORMAT, _OUTPUT_PADDING) if rank == 3 else (_OUTPUT_PADDING, _FORMAT)
    return (_FILTERS, _KERAS_KERNEL, _KERAS_STRIDE, _KERAS_CUT, *middle, _KERAS_DILATION, _ACTIVATION, _USE_BIAS,
            *_TRAINING, *_BASE)  # fmt: skip


KERAS_DEPTHWISE = (_KERAS_KERNEL, _KERAS_STRIDE, _KERAS_PADDING, _MULTIPLIER, _FORMAT, _KERAS_DILATION, _ACTIVATION,
                   _USE_BIAS, *_DEPTHWISE_TRAINING, *_BASE)  # fmt: skip


def keras_separable(rank: int) -> tuple[Parameter, ...]:
    """SeparableConv1D knows causal padding too."""
    padding = _CAUSAL_PADDING if rank == 1 else _KERAS_PADDING
    return (_FILTERS, _KERAS_KERNEL, _KERAS_STRIDE, padding, _FORMAT, _KERAS_DILATION, _MULTIPLIER, _ACTIVATION,
            _USE_BIAS, *_SEPARABLE_TRAINING, *_BASE)  # fmt: skip


def keras_pool(default: int | Required) -> tuple[Parameter, ...]:
    """Max and average pooling; AveragePooling and MaxPooling of some ranks have no default size."""
    return (
        Parameter("pool_size", "sizes", default, _KERNEL),
        Parameter("strides", "sizes", None, _STRIDE, {**_STRIDES, **_POOL_STRIDE}),
        _KERAS_PADDING,
        _FORMAT,
        *_plain("name"),
        *(base for base in _BASE if base.name != "name"),
    )


KERAS_GLOBAL_POOL = (
    _FORMAT,
    _flag("keepdims", False, "the pooled axes stay, with length 1", "the pooled axes go"),
    *_BASE,
)
KERAS_DENSE = (
    Parameter("units", "count", REQUIRED, "{} outputs, each sums all inputs"),
    _ACTIVATION,
    _flag("use_bias", True, "one learned number is added to each output", "no bias is added"),
    *_TRAINING,
    *_plain("lora_rank", "lora_alpha", "quantization_config"),
    *_BASE,
)
KERAS_FLATTEN = (_FORMAT, *_BASE)
KERAS_ACTIVATION = (Parameter("activation", "any", REQUIRED, "{} is applied to each number"), *_BASE)
KERAS_BATCH_NORM = (
    Parameter("axis", "axes", -1, "statistics of each index of axis {}", {-1: "statistics of each channel"}),
    Parameter("momentum", "number", 0.99, _AVERAGING),
    Parameter("epsilon", "number", 1e-3, _EPSILON),
    _flag("center", True, "each channel has a learned shift", "no shift is learned"),
    _flag("scale", True, "each channel has a learned scale", "no scale is learned"),
    *_plain("beta_initializer", "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer",
            "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint", "renorm", "renorm_clipping",
            "renorm_momentum", "synchronized"),
    *_BASE,
)  # fmt: skip
KERAS_LAYER_NORM = (
    Parameter("axis", "axes", -1, "statistics over axis {}", {-1: "statistics over the last axis"}),
    *KERAS_BATCH_NORM[2:5],
    *_plain("beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer", "beta_constraint",
            "gamma_constraint"),
    *_BASE,
)  # fmt: skip
KERAS_DROPOUT = (
    Parameter("rate", "number", REQUIRED, "in training a number is set to zero with probability {}; else none"),
    *_plain("noise_shape", "seed"),
    *_BASE,
)


def keras_spatial_dropout(rank: int) -> tuple[Parameter, ...]:
    """SpatialDropout1D knows no other order of axes."""
    return (
        Parameter("rate", "number", REQUIRED, "in training a map is set to zero with probability {}; else none"),
        *((_FORMAT,) if rank > 1 else ()),
        *_plain("seed", "name", "dtype"),
        *(base for base in _BASE if base.name not in ("name", "dtype")),
    )


KERAS_ZERO_PADDING = (Parameter("padding", "pads", 1, "zeros added at the edges: {}"), _FORMAT, *_BASE)
_FACTOR = Parameter("size", "sizes", 2, "each axis becomes {} times as long")
KERAS_UPSAMPLING = {
    1: (_FACTOR, *_BASE),
    2: (_FACTOR, _FORMAT, Parameter("interpolation", "word", "nearest", "how values between are found: {}",
        words=("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")), *_BASE),
    3: (_FACTOR, _FORMAT, *_BASE),
}  # fmt: skip


def activation(*own: tuple[str, float], inplace: bool = False, base: bool = False) -> tuple[Parameter, ...]:
    """Arguments of a function of one number."""
    numbers = tuple(Parameter(name, "number", default, "{}") for name, default in own)
    return (*numbers, *((_INPLACE,) if inplace else ()), *(_BASE if base else ()))


def axis_of_softmax(name: str, default: int | None, base: bool = False) -> tuple[Parameter, ...]:
    """The axis that a softmax sums to one over."""
    parameter = Parameter(name, "axes", default, "the numbers along axis {} sum to one", {None: "the axis is guessed"})
    return (parameter, *(_BASE if base else ()))
