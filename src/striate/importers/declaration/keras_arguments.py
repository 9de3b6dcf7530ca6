"""What Keras's layers take: order, defaults, what is allowed, and what each argument means in words.

Source: the signatures in the documentation of ``keras.layers`` (3.15); a test compares them.
"""

from __future__ import annotations

from striate.importers.declaration.parameter import (
    ALL_CHANNELS,
    AVERAGING,
    DILATION,
    DILATIONS,
    EPSILON,
    GROUPS,
    KERNEL,
    NO_PADDING,
    ONE_FILTER,
    POOL_STRIDE,
    REQUIRED,
    SAME,
    STRIDE,
    STRIDES,
    Parameter,
    Required,
    Value,
    flag,
    plain,
)

_FILTERS = Parameter("filters", "count", REQUIRED, "{} filters, each makes one feature map", ONE_FILTER)
_KERNEL = Parameter("kernel_size", "sizes", REQUIRED, KERNEL)
_STRIDE = Parameter("strides", "sizes", 1, STRIDE, STRIDES)
_PADDING = Parameter("padding", "word", "valid", "", {**NO_PADDING, "same": SAME}, words=("valid", "same"))
_CUTS: dict[Value, str] = {
    "valid": "nothing is cut from the edges",
    "same": "cells are cut from the edges so that the output is as long as the input times the stride",
}
_CUT = Parameter("padding", "word", "valid", "", _CUTS, words=("valid", "same"))
_CAUSAL_PADDING = Parameter(
    "padding",
    "word",
    "valid",
    "",
    {**NO_PADDING, "same": SAME, "causal": "zeros are added at the beginning: no output looks ahead"},
    words=("valid", "same", "causal"),
)
FORMAT = Parameter(
    "data_format", "word", None, "axes in the order {}", {None: "axes in the order channels_last"},
    words=("channels_last", "channels_first"),
)  # fmt: skip
_DILATION = Parameter("dilation_rate", "sizes", 1, DILATION, DILATIONS)
_GROUPS = Parameter("groups", "count", 1, GROUPS, ALL_CHANNELS)
_ACTIVATION = Parameter("activation", "any", None, "{} is applied to the result", {None: "no activation follows"})
_USE_BIAS = flag("use_bias", True, "one learned number is added to each output channel", "no bias is added")
_MULTIPLIER = Parameter(
    "depth_multiplier", "count", 1, "{} filters for each input channel", {1: "one filter for each input channel"}
)
_OUTPUT_PADDING = Parameter(
    "output_padding", "cells", None, "{} cells are added at the end", {None: "the length follows from the padding"}
)
BASE = (
    Parameter("input_shape", "shape", None, "one sample has the shape {}", keyword=True),
    *plain("name", "dtype", "trainable", "autocast", keyword=True),
)
_TRAINING = plain("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                   "activity_regularizer", "kernel_constraint", "bias_constraint")  # fmt: skip
_DEPTHWISE_TRAINING = plain("depthwise_initializer", "bias_initializer", "depthwise_regularizer", "bias_regularizer",
                             "activity_regularizer", "depthwise_constraint", "bias_constraint")  # fmt: skip
_SEPARABLE_TRAINING = plain(
    "depthwise_initializer", "pointwise_initializer", "bias_initializer", "depthwise_regularizer",
    "pointwise_regularizer", "bias_regularizer", "activity_regularizer", "depthwise_constraint", "pointwise_constraint",
    "bias_constraint",
)  # fmt: skip


def conv(rank: int) -> tuple[Parameter, ...]:
    """Conv1D knows causal padding, the others do not."""
    padding = _CAUSAL_PADDING if rank == 1 else _PADDING
    return (_FILTERS, _KERNEL, _STRIDE, padding, FORMAT, _DILATION, _GROUPS, _ACTIVATION,
            _USE_BIAS, *_TRAINING, *BASE)  # fmt: skip


def conv_transpose(rank: int) -> tuple[Parameter, ...]:
    """Conv3DTranspose takes two arguments in the other order."""
    middle = (FORMAT, _OUTPUT_PADDING) if rank == 3 else (_OUTPUT_PADDING, FORMAT)
    return (_FILTERS, _KERNEL, _STRIDE, _CUT, *middle, _DILATION, _ACTIVATION, _USE_BIAS,
            *_TRAINING, *BASE)  # fmt: skip


DEPTHWISE = (_KERNEL, _STRIDE, _PADDING, _MULTIPLIER, FORMAT, _DILATION, _ACTIVATION,
                   _USE_BIAS, *_DEPTHWISE_TRAINING, *BASE)  # fmt: skip


def separable(rank: int) -> tuple[Parameter, ...]:
    """SeparableConv1D knows causal padding too."""
    padding = _CAUSAL_PADDING if rank == 1 else _PADDING
    return (_FILTERS, _KERNEL, _STRIDE, padding, FORMAT, _DILATION, _MULTIPLIER, _ACTIVATION,
            _USE_BIAS, *_SEPARABLE_TRAINING, *BASE)  # fmt: skip


def pool(default: int | Required) -> tuple[Parameter, ...]:
    """Max and average pooling; AveragePooling and MaxPooling of some ranks have no default size."""
    return (
        Parameter("pool_size", "sizes", default, KERNEL),
        Parameter("strides", "sizes", None, STRIDE, {**STRIDES, **POOL_STRIDE}),
        _PADDING,
        FORMAT,
        *plain("name"),
        *(base for base in BASE if base.name != "name"),
    )


GLOBAL_POOL = (
    FORMAT,
    flag("keepdims", False, "the pooled axes stay, with length 1", "the pooled axes go"),
    *BASE,
)
DENSE = (
    Parameter("units", "count", REQUIRED, "{} outputs, each sums all inputs"),
    _ACTIVATION,
    flag("use_bias", True, "one learned number is added to each output", "no bias is added"),
    *_TRAINING,
    *plain("lora_rank", "lora_alpha", "quantization_config"),
    Parameter("input_dim", "count", None, "one sample has {} numbers", keyword=True),
    *BASE,
)
FLATTEN = (FORMAT, *BASE)
ACTIVATION = (Parameter("activation", "any", REQUIRED, "{} is applied to each number"), *BASE)
_CHANNEL_AXIS = Parameter("axis", "axes", -1, "statistics of each index of axis {}", {-1: "statistics of each channel"})
_LAST_AXIS = Parameter("axis", "axes", -1, "statistics over axis {}", {-1: "statistics over the last axis"})
BATCH_NORM = (
    _CHANNEL_AXIS,
    Parameter("momentum", "number", 0.99, AVERAGING),
    Parameter("epsilon", "number", 1e-3, EPSILON),
    flag("center", True, "each channel has a learned shift", "no shift is learned"),
    flag("scale", True, "each channel has a learned scale", "no scale is learned"),
    *plain("beta_initializer", "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer",
            "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint", "renorm", "renorm_clipping",
            "renorm_momentum", "synchronized"),
    *BASE,
)  # fmt: skip
LAYER_NORM = (
    _LAST_AXIS,
    *BATCH_NORM[2:5],
    *plain("beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer", "beta_constraint",
            "gamma_constraint"),
    *BASE,
)  # fmt: skip
DROPOUT = (
    Parameter("rate", "rate", REQUIRED, "in training a number is set to zero with probability {}; else none"),
    *plain("noise_shape", "seed"),
    *BASE,
)


def spatial_dropout(rank: int) -> tuple[Parameter, ...]:
    """SpatialDropout1D knows no other order of axes."""
    return (
        Parameter("rate", "rate", REQUIRED, "in training a map is set to zero with probability {}; else none"),
        *((FORMAT,) if rank > 1 else ()),
        *plain("seed", "name", "dtype"),
        *(base for base in BASE if base.name not in ("name", "dtype")),
    )


ZERO_PADDING = (Parameter("padding", "pads", 1, "zeros added at the edges: {}"), FORMAT, *BASE)
_FACTOR = Parameter("size", "sizes", 2, "each axis becomes {} times as long")
UPSAMPLING = {
    1: (_FACTOR, *BASE),
    2: (_FACTOR, FORMAT, Parameter("interpolation", "word", "nearest", "how values between are found: {}",
        words=("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")), *BASE),
    3: (_FACTOR, FORMAT, *BASE),
}  # fmt: skip


SCALE_AND_SHIFT = BATCH_NORM[2:5]
_NORM_TRAINING = plain("beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer",
                       "beta_constraint", "gamma_constraint")  # fmt: skip
GROUP_NORM = (
    Parameter("groups", "count", 32, "statistics over {} groups of channels"),
    _CHANNEL_AXIS,
    *SCALE_AND_SHIFT,
    *_NORM_TRAINING,
    *BASE,
)
RMS_NORM = (_LAST_AXIS, Parameter("epsilon", "number", 1e-6, EPSILON), *BASE)
UNIT_NORM = (_LAST_AXIS, *BASE)
NOISE = (Parameter("stddev", "number", REQUIRED, "noise of that size, {}, in training only"), *plain("seed"), *BASE)
NOISY_DROPOUT = (
    Parameter("rate", "rate", REQUIRED, "in training numbers are multiplied with noise, as strong as a dropout of {}"),
    *plain("seed"),
    *BASE,
)
ALPHA_DROPOUT = (DROPOUT[0], *plain("noise_shape", "seed"), *BASE)
PRELU = (
    *plain("alpha_initializer", "alpha_regularizer", "alpha_constraint"),
    Parameter("shared_axes", "axes", None, "one slope for all places along axis {}", {None: "a slope for each number"}),
    *BASE,
)
LEAKY_RELU = (
    Parameter("negative_slope", "number", 0.3, "negative numbers are multiplied with {}"),
    Parameter("alpha", "number", None, "negative_slope's name in Keras 2", keyword=True),
    *BASE,
)
EMBEDDING = (
    Parameter("input_dim", "count", REQUIRED, "the table has {} rows, one for each whole number of the input"),
    Parameter("output_dim", "count", REQUIRED, "each row has {} learned numbers"),
    *plain("embeddings_initializer", "embeddings_regularizer", "embeddings_constraint"),
    flag("mask_zero", False, "the number 0 means that nothing is there", "every number counts"),
    *plain("weights", "lora_rank", "lora_alpha", "quantization_config"),
    *BASE,
)
RESHAPE = (Parameter("target_shape", "axes", REQUIRED, "the same numbers in the shape {}"), *BASE)
PERMUTE = (Parameter("dims", "axes", REQUIRED, "the axes in another order, counted from 1: {}"), *BASE)
REPEAT = (Parameter("n", "count", REQUIRED, "the vector stands {} times"), *BASE)
RESCALING = (
    Parameter("scale", "number", REQUIRED, "each number is multiplied with {}"),
    Parameter("offset", "number", 0.0, "then {} is added"),
    *BASE,
)
RESIZING = (
    Parameter("height", "count", REQUIRED, "the output is {} cells high"),
    Parameter("width", "count", REQUIRED, "the output is {} cells wide"),
    *plain("interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode", "fill_value", "antialias"),
    FORMAT,
    *BASE,
)


def crop(*more: str) -> tuple[Parameter, ...]:
    """A crop at the centre, or with a seed at a random place in training."""
    return (
        Parameter("height", "count", REQUIRED, "a part {} cells high"),
        Parameter("width", "count", REQUIRED, "a part {} cells wide"),
        *(FORMAT if name == "data_format" else plain(name)[0] for name in more),
        *(base for base in BASE if base.name not in more),
    )


MASKING = (
    Parameter("mask_value", "number", 0.0, "steps that hold {} alone are passed over by layers that know"),
    *BASE,
)
ACTIVITY = (
    Parameter("l1", "number", 0.0, "in training {} times the magnitudes is added to the loss"),
    Parameter("l2", "number", 0.0, "in training {} times the squares is added to the loss"),
    *BASE,
)
NORMALIZATION = (
    Parameter("axis", "axes", -1, "a mean and a variance for each index of axis {}",
              {-1: "a mean and a variance for each channel", None: "one mean and one variance"}, optional=True),
    Parameter("mean", "any", None, "what is subtracted: {}", {None: "the mean comes from adapt()"}),
    Parameter("variance", "any", None, "whose root it is divided by: {}", {None: "the variance comes from adapt()"}),
    flag("invert", False, "the other way round: back to the data's own range", "less the mean, by the root"),
    *BASE,
)  # fmt: skip
ADAPTIVE = (
    Parameter("output_size", "shape", REQUIRED, "the output has {} cells, whatever the input's size"),
    FORMAT,
    *BASE,
)
INPUT = (
    Parameter("shape", "shape", None, "one sample has the shape {}", {None: "the shape is not said"}),
    *plain("batch_size", "dtype", "sparse", "ragged", "batch_shape", "name", "tensor", "optional"),
)
INPUT_LAYER = (
    INPUT[0],
    *plain("batch_size", "dtype", "sparse", "ragged", "batch_shape", "input_tensor", "optional", "name"),
)


def cropping(rank: int) -> tuple[Parameter, ...]:
    """Cropping1D knows no other order of axes, and each rank has a default of its own."""
    default: Value = {1: 1, 2: 0, 3: 1}[rank]
    cells = Parameter("cropping", "pads", default, "cells cut off at the edges: {}")
    return (cells, *((FORMAT,) if rank > 1 else ()), *BASE)


def activation(*own: tuple[str, float]) -> tuple[Parameter, ...]:
    """Arguments of a function of one number."""
    return (*(Parameter(name, "number", default, "{}") for name, default in own), *BASE)


def relu() -> tuple[Parameter, ...]:
    """ReLU may be cut off above, begin elsewhere and let something of negative numbers through."""
    above = Parameter("max_value", "number", None, "cut off above {}", {None: "not cut off above"})
    return (above, *activation(("negative_slope", 0.0), ("threshold", 0.0)))


def axis_of_softmax() -> tuple[Parameter, ...]:
    """The axis that a softmax sums to one over."""
    return (Parameter("axis", "axes", -1, "the numbers along axis {} sum to one"), *BASE)
