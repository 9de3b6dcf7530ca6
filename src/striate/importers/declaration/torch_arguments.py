"""What PyTorch's layers take: order, defaults, what is allowed, and what each argument means in words.

Source: the signatures in the documentation of ``torch.nn`` (2.13); a test compares them.
"""

from __future__ import annotations

from dataclasses import replace

from striate.importers.declaration.parameter import (
    ALL_CHANNELS,
    AVERAGING,
    DILATION,
    DILATIONS,
    EPSILON,
    GROUPS,
    INPLACE,
    KERNEL,
    ONE_FILTER,
    PADDED,
    POOL_STRIDE,
    REQUIRED,
    STRIDE,
    STRIDES,
    Parameter,
    flag,
    plain,
)

_LEARNED_BIAS = flag("bias", True, "one learned number is added to each output channel", "no bias is added")
_DEVICE = plain("device", "dtype")
_IN = Parameter("in_channels", "count", REQUIRED, "the input has {} channels", {1: "the input has one channel"})
_OUT = Parameter("out_channels", "count", REQUIRED, "{} filters, each makes one feature map", ONE_FILTER)
_KERNEL = Parameter("kernel_size", "sizes", REQUIRED, KERNEL)
_STRIDE = Parameter("stride", "sizes", 1, STRIDE, STRIDES)
_POOL_STRIDE = Parameter("stride", "sizes", None, STRIDE, {**STRIDES, **POOL_STRIDE})
_SAME = "cells are added at the edges so that the output is as long as the input"
_PADDING = Parameter(
    "padding", "padding", 0, "{} cells are added at each edge", {**PADDED, "same": _SAME}, ("valid", "same")
)
_CELLS = Parameter("padding", "cells", 0, "{} cells are added at each edge", PADDED)
_DILATION = Parameter("dilation", "sizes", 1, DILATION, DILATIONS)
_GROUPS = Parameter("groups", "count", 1, GROUPS, ALL_CHANNELS)
_PADDING_MODE = Parameter(
    "padding_mode",
    "word",
    "zeros",
    "what is added at the edges: {}",
    words=("zeros", "reflect", "replicate", "circular"),
)
_INDICES = flag("return_indices", False, "the place of each maximum is given too", "only the maxima are given")
_CEIL = flag("ceil_mode", False, "a last, partial window counts", "a last, partial window is left out")
_COUNT_PAD = flag("count_include_pad", True, "added zeros count in the average", "only real cells count in the average")

CONV = (_IN, _OUT, _KERNEL, _STRIDE, _PADDING, _DILATION, _GROUPS, _LEARNED_BIAS, _PADDING_MODE, *_DEVICE)
CONV_TRANSPOSE = (
    _IN,
    _OUT,
    _KERNEL,
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
    _GROUPS,
    _LEARNED_BIAS,
    _DILATION,
    Parameter("padding_mode", "word", "zeros", "a transposed convolution knows only {}", words=("zeros",)),
    *_DEVICE,
)
MAX_POOL = (_KERNEL, _POOL_STRIDE, _CELLS, _DILATION, _INDICES, _CEIL)
AVG_POOL_1D = (_KERNEL, _POOL_STRIDE, _CELLS, _CEIL, _COUNT_PAD)
AVG_POOL = (
    *AVG_POOL_1D,
    Parameter("divisor_override", "count", None, "sums are divided by {}", {None: "sums are divided by the cells"}),
)
LP_POOL = (
    Parameter("norm_type", "number", REQUIRED, "the norm's power: {}"),
    _KERNEL,
    _POOL_STRIDE,
    _CEIL,
)
_OUTPUT_SIZE = Parameter("output_size", "shape", REQUIRED, "the output has {} cells, whatever the input's size")
ADAPTIVE_AVG = (_OUTPUT_SIZE,)
ADAPTIVE_MAX = (_OUTPUT_SIZE, _INDICES)


def _norm(affine: bool, statistics: bool) -> tuple[Parameter, ...]:
    return (
        Parameter("num_features", "count", REQUIRED, "the input has {} channels"),
        Parameter("eps", "number", 1e-5, EPSILON),
        Parameter("momentum", "number", 0.1, AVERAGING, optional=True),
        flag("affine", affine, "each channel has a learned scale and shift", "nothing is learned"),
        flag("track_running_stats", statistics, "mean and variance come from training", "those of each input"),
        *_DEVICE,
        Parameter("bias", "flag", True, "", {True: "shift is learned", False: "no shift"}, keyword=True),
    )


BATCH_NORM = _norm(affine=True, statistics=True)
SYNC_BATCH_NORM = (*BATCH_NORM[:5], *plain("process_group"), *BATCH_NORM[5:])
INSTANCE_NORM = _norm(affine=False, statistics=False)
_SHAPE_OF_NORM = Parameter("normalized_shape", "shape", REQUIRED, "statistics over the last axes, of size {}")
_SCALE = flag("elementwise_affine", True, "each element has a learned scale", "nothing is learned")
GROUP_NORM = (
    Parameter("num_groups", "count", REQUIRED, "statistics over {} groups of channels"),
    Parameter("num_channels", "count", REQUIRED, "the input has {} channels"),
    Parameter("eps", "number", 1e-5, EPSILON),
    flag("affine", True, "each channel has a learned scale and shift", "nothing is learned"),
    *_DEVICE,
    Parameter("bias", "flag", True, "", {True: "shift is learned", False: "no shift"}, keyword=True),
)
LAYER_NORM = (
    _SHAPE_OF_NORM,
    Parameter("eps", "number", 1e-5, EPSILON),
    _SCALE,
    flag("bias", True, "each element has a learned shift", "no shift"),
    *_DEVICE,
)
LINEAR = (
    Parameter("in_features", "count", REQUIRED, "each output sums {} inputs"),
    Parameter("out_features", "count", REQUIRED, "{} outputs"),
    flag("bias", True, "one learned number is added to each output", "no bias is added"),
    *_DEVICE,
)
FLATTEN = (
    Parameter("start_dim", "axes", 1, "axes from {} on become one (0 is the batch)"),
    Parameter("end_dim", "axes", -1, "up to axis {}", {-1: "up to the last axis"}),
)
DROPOUT = (
    Parameter("p", "rate", 0.5, "in training a number is set to zero with probability {}; else none"),
    INPLACE,
)
UPSAMPLE = (
    Parameter("size", "shape", None, "the output has {} cells", {None: "the size follows from scale_factor"}),
    Parameter("scale_factor", "shape", None, "each axis becomes {} times as long", {None: "it follows from size"}),
    Parameter("mode", "word", "nearest", "how values between are found: {}",
              words=("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear")),
    Parameter("align_corners", "flag", None, "whether corner cells stay in the corners"),
    *plain("recompute_scale_factor"),
)  # fmt: skip
UPSAMPLE_FIXED = UPSAMPLE[:2]  # the mode is in the layer's name
# Negative numbers cut off.
_PADS = Parameter("padding", "axes", REQUIRED, "cells added at the edges, last axis first: {}")
PAD = (_PADS,)
ZERO_PAD = (replace(_PADS, meaning="zeros added at the edges, last axis first: {}"),)
CONSTANT_PAD = (_PADS, Parameter("value", "number", REQUIRED, "what is added: {}"))
RMS_NORM = (
    _SHAPE_OF_NORM,
    Parameter("eps", "number", None, EPSILON, {None: "the smallest step of the numbers' type is added"}),
    _SCALE,
    *_DEVICE,
)
LOCAL_RESPONSE_NORM = (
    Parameter("size", "count", REQUIRED, "each number is divided by the size of its neighbours in {} channels"),
    Parameter("alpha", "number", 1e-4, "the neighbours' squares count {} times"),
    Parameter("beta", "number", 0.75, "the power of the divisor: {}"),
    Parameter("k", "number", 1.0, "{} is added to the divisor"),
)
GLU = (
    Parameter("dim", "axes", -1, "axis {} is halved: one half, squashed by a sigmoid, multiplies the other",
              {-1: "the last axis is halved: one half, squashed by a sigmoid, multiplies the other"}),
)  # fmt: skip
UNFLATTEN = (
    Parameter("dim", "axes", REQUIRED, "axis {} becomes several (0 is the batch)"),
    Parameter("unflattened_size", "axes", REQUIRED, "of these sizes: {}"),
)
_PATCHES = (_KERNEL, _DILATION, _CELLS, Parameter("stride", "sizes", 1, STRIDE, STRIDES))
UNFOLD = _PATCHES
FOLD = (Parameter("output_size", "sizes", REQUIRED, "the patches are added up on {each} cells"), *_PATCHES)
MAX_UNPOOL = (
    replace(_KERNEL, meaning="each number goes back among {each} cells, to the place that the pooling's indices say"),
    Parameter("stride", "sizes", None, "neighbouring windows of the pooling lay {} cells apart",
              {None: "the windows of the pooling did not overlap"}),
    Parameter("padding", "cells", 0, "{} cells were added at each edge before the pooling", {0: "nothing was added"}),
)  # fmt: skip
FRACTIONAL_POOL = (
    _KERNEL,
    Parameter("output_size", "sizes", None, "{each} windows, at random places", {None: "output_ratio says how many"}),
    Parameter("output_ratio", "shape", None, "{} times as many windows as cells", {None: "output_size says how many"}),
    _INDICES,
    *plain("_random_samples"),
)
CROSS_MAP_NORM = (
    Parameter("size", "count", REQUIRED, "each number is divided by the size of its neighbours in {} channels"),
    Parameter("alpha", "number", 1e-4, "the neighbours' squares count {} times"),
    Parameter("beta", "number", 0.75, "the power of the divisor: {}"),
    Parameter("k", "number", 1, "{} is added to the divisor"),
)
PIXEL_SHUFFLE = (
    Parameter("upscale_factor", "count", REQUIRED, "{} times as long each way; every {}·{} channels become one"),
)
PIXEL_UNSHUFFLE = (
    Parameter("downscale_factor", "count", REQUIRED, "1/{} as long each way; every channel becomes {}·{}"),
)
CHANNEL_SHUFFLE = (Parameter("groups", "count", REQUIRED, "channels of {} groups are dealt out in turn"),)
EMBEDDING = (
    Parameter("num_embeddings", "count", REQUIRED, "the table has {} rows, one for each whole number of the input"),
    Parameter("embedding_dim", "count", REQUIRED, "each row has {} learned numbers"),
    *plain("padding_idx", "max_norm"),
    Parameter("norm_type", "number", 2.0, "the norm that max_norm means: {}"),
    flag("scale_grad_by_freq", False, "rare rows learn faster", "all rows learn alike"),
    flag("sparse", False, "gradients are kept sparse", "gradients are kept dense"),
    *plain("_weight"),
    flag("_freeze", False, "the table is not trained", "the table is trained"),
    *_DEVICE,
)
HARDTANH = (
    Parameter("min_val", "number", -1.0, "cut off below {}"),
    Parameter("max_val", "number", 1.0, "cut off above {}"),
    INPLACE,
    *plain("min_value", "max_value"),
)
THRESHOLD = (
    Parameter("threshold", "number", REQUIRED, "numbers up to {} are replaced"),
    Parameter("value", "number", REQUIRED, "they become {}"),
    INPLACE,
)
GELU = (Parameter("approximate", "word", "none", "the error function is found so: {}", words=("none", "tanh")),)
PRELU = (
    Parameter("num_parameters", "count", 1, "{} learned slopes for negative numbers"),
    Parameter("init", "number", 0.25, "a slope starts at {}"),
    *_DEVICE,
)


def lazy(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The same without the first: a lazy layer takes the number of its inputs from the first one that it sees."""
    return parameters[1:]


def activation(*own: tuple[str, float], inplace: bool = False) -> tuple[Parameter, ...]:
    """Arguments of a function of one number."""
    numbers = tuple(Parameter(name, "number", default, "{}") for name, default in own)
    return (*numbers, *((INPLACE,) if inplace else ()))


def axis_of_softmax() -> tuple[Parameter, ...]:
    """The axis that a softmax sums to one over."""
    return (Parameter("dim", "axes", None, "the numbers along axis {} sum to one", {None: "the axis is guessed"}),)
