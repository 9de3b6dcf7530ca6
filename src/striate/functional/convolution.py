"""conv1d, conv2d, conv3d and their transposes, as torch.nn.functional has them."""

from __future__ import annotations

import numpy.typing as npt

from striate.arithmetic import AutoPad, Pads
from striate.engine.immediate import recall
from striate.errors import ParameterError
from striate.functional.apply import Sizes, batched, each, first_result, operands, plain, remembered, whole
from striate.graph import Array
from striate.ops import Conv, ConvTranspose

Padding = Sizes | str


def conv1d(
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """Convolves signals with filters: the sliding dot product, no flip.

    Args:
        input: (n, c, l), or (c, l) for one sample.
        weight: (k, c/groups, r): k filters.
        bias: (k,), or None.
        stride: Cells between two positions.
        padding: Zeros at both ends, or "valid" (none), or "same" (as many positions as cells; stride 1 only).
        dilation: Cells between two taps.
        groups: Parts that the channels are cut into.

    Returns:
        (n, k, positions), or without n; floating point of the widest operand, whole numbers counting as float32.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Exactness:
        Each sum of K products is off by at most about K eps times the sum of their magnitudes.

    Example:
        >>> conv1d([[[1, 2, 3, 4, 5]]], [[[1, 0, -1]]])
        array([[[-2., -2., -2.]]], dtype=float32)

    Source:
        torch.nn.functional.conv1d
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """Convolves images with filters: the sliding dot product, no flip.

    Args:
        input: (n, c, h, w), or (c, h, w) for one sample.
        weight: (k, c/groups, r, s): k filters.
        bias: (k,), or None.
        stride: Cells between two positions, one number or (height, width).
        padding: Zeros at both ends of each axis, one number or (height, width); or "valid" (none), or "same" (as many
            positions as cells; stride 1 only).
        dilation: Cells between two taps, one number or (height, width).
        groups: Parts that the channels are cut into.

    Returns:
        (n, k, *positions), or without n; floating point of the widest operand, whole numbers counting as float32.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Exactness:
        Each sum of K products is off by at most about K eps times the sum of their magnitudes.

    Example:
        >>> import numpy as np
        >>> conv2d(np.ones((1, 3, 8, 8)), np.ones((4, 3, 3, 3)), padding="same").shape
        (1, 4, 8, 8)

    Source:
        torch.nn.functional.conv2d
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """Convolves volumes with filters: the sliding dot product, no flip.

    Args:
        input: (n, c, d, h, w), or (c, d, h, w) for one sample.
        weight: (k, c/groups, q, r, s): k filters.
        bias: (k,), or None.
        stride: Cells between two positions, one number or (depth, height, width).
        padding: Zeros at both ends of each axis, one number or (depth, height, width); or "valid" (none), or "same"
            (as many positions as cells; stride 1 only).
        dilation: Cells between two taps, one number or (depth, height, width).
        groups: Parts that the channels are cut into.

    Returns:
        (n, k, *positions), or without n; floating point of the widest operand, whole numbers counting as float32.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Exactness:
        Each sum of K products is off by at most about K eps times the sum of their magnitudes.

    Example:
        >>> import numpy as np
        >>> conv3d(np.ones((1, 5, 5, 5)), np.ones((2, 1, 3, 3, 3)), stride=2).shape
        (2, 2, 2, 2)

    Source:
        torch.nn.functional.conv3d
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Array:
    """Transposed convolution of signals: each input cell adds its multiple of the kernel to the output.

    Args:
        input: (n, c, l), or (c, l) for one sample.
        weight: (c, k/groups, r).
        bias: (k,), or None.
        stride: Cells between the places that two neighbouring inputs are sent to.
        padding: Cells cut from both ends.
        output_padding: Cells added to the end; less than stride or dilation.
        groups: Parts that the channels are cut into.
        dilation: Cells between two taps.

    Returns:
        (n, k, positions), or without n; there are
        ``(l - 1) stride - 2 padding + dilation (r - 1) + output_padding + 1`` positions.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> conv_transpose1d([[[1, 2]]], [[[1, 1, 1]]], stride=2)
        array([[[1., 1., 3., 2., 2.]]], dtype=float32)

    Source:
        torch.nn.functional.conv_transpose1d
    """
    name = "conv_transpose1d"
    return _transposed(name, 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Array:
    """Transposed convolution of images: each input cell adds its multiple of the kernel to the output.

    Args:
        input: (n, c, h, w), or (c, h, w) for one sample.
        weight: (c, k/groups, r, s).
        bias: (k,), or None.
        stride: Cells between the places that two neighbouring inputs are sent to, one number or (height, width).
        padding: Cells cut from both ends of each axis, one number or (height, width).
        output_padding: Cells added to the end of each axis; less than stride or dilation.
        groups: Parts that the channels are cut into.
        dilation: Cells between two taps, one number or (height, width).

    Returns:
        (n, k, *positions), or without n; along an axis of I cells and K taps there are
        ``(I - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1`` positions.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Exactness:
        Each sum of K products is off by at most about K eps times the sum of their magnitudes.

    Example:
        >>> conv_transpose2d([[[1, 2]]], [[[[1, 1], [1, 1]]]], stride=2)
        array([[[1., 1., 2., 2.],
                [1., 1., 2., 2.]]], dtype=float32)

    Source:
        torch.nn.functional.conv_transpose2d
    """
    name = "conv_transpose2d"
    return _transposed(name, 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Array:
    """Transposed convolution of volumes: each input cell adds its multiple of the kernel to the output.

    Args:
        input: (n, c, d, h, w), or (c, d, h, w) for one sample.
        weight: (c, k/groups, q, r, s).
        bias: (k,), or None.
        stride: Cells between the places that two neighbouring inputs are sent to, one number or (depth, height, width).
        padding: Cells cut from both ends of each axis, one number or (depth, height, width).
        output_padding: Cells added to the end of each axis; less than stride or dilation.
        groups: Parts that the channels are cut into.
        dilation: Cells between two taps, one number or (depth, height, width).

    Returns:
        (n, k, *positions), or without n; along an axis of I cells and K taps there are
        ``(I - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1`` positions.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Exactness:
        Each sum of K products is off by at most about K eps times the sum of their magnitudes.

    Example:
        >>> import numpy as np
        >>> conv_transpose3d(np.ones((1, 2, 2, 2)), np.ones((1, 3, 2, 2, 2)), stride=2).shape
        (3, 4, 4, 4)

    Source:
        torch.nn.functional.conv_transpose3d
    """
    name = "conv_transpose3d"
    return _transposed(name, 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _conv(
    name: str,
    axes: int,
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None,
    stride: Sizes,
    padding: Padding,
    dilation: Sizes,
    groups: int,
) -> Array:
    options = (name, stride, padding, dilation, groups)
    # The first line is for most calls: five types cost 60 ns, and the loop over any options 500.
    known = type(stride) is type(padding) is type(dilation) is type(groups) is int or plain(*options)
    y = recall(options, input, weight, bias) if known else None
    if y is not None:
        return y
    one = _convolution(name, axes, stride, padding, dilation, groups)
    x, kernel, shift = operands(name, input, weight, bias)
    x, single = batched(x, axes, name)
    return first_result(one, name, x, kernel, shift, single, options if known else None)


@remembered
def _convolution(name: str, axes: int, stride: Sizes, padding: Padding, dilation: Sizes, groups: int) -> Conv:
    steps = each(stride, axes, name, "stride")
    return Conv(
        steps,
        _pads(padding, axes, steps, name),
        each(dilation, axes, name, "dilation"),
        whole(groups, name, "groups", 1),
    )


def _pads(padding: Padding, axes: int, stride: tuple[int, ...], name: str) -> Pads | AutoPad:
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ParameterError(f'{name}: padding (="{padding}") must be "valid", "same" or numbers')
        if padding == "valid":
            return "valid"
        if any(step != 1 for step in stride):
            raise ParameterError(f'{name}: padding "same" needs stride 1, got {stride}; give the padding in numbers')
        return "same_upper"
    return tuple((pad, pad) for pad in each(padding, axes, name, "padding", 0))


def _transposed(
    name: str,
    axes: int,
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None,
    stride: Sizes,
    padding: Sizes,
    output_padding: Sizes,
    groups: int,
    dilation: Sizes,
) -> Array:
    options = (name, stride, padding, output_padding, groups, dilation)
    whole = type(stride) is type(padding) is type(output_padding) is type(groups) is type(dilation) is int
    known = whole or plain(*options)
    y = recall(options, input, weight, bias) if known else None
    if y is not None:
        return y
    one = _transposed_convolution(name, axes, stride, padding, output_padding, groups, dilation)
    x, kernel, shift = operands(name, input, weight, bias)
    x, single = batched(x, axes, name)
    return first_result(one, name, x, kernel, shift, single, options if known else None)


@remembered
def _transposed_convolution(
    name: str, axes: int, stride: Sizes, padding: Sizes, output_padding: Sizes, groups: int, dilation: Sizes
) -> ConvTranspose:
    steps, gaps = each(stride, axes, name, "stride"), each(dilation, axes, name, "dilation")
    more = each(output_padding, axes, name, "output_padding", 0)
    if any(size >= max(step, gap) for size, step, gap in zip(more, steps, gaps, strict=True)):
        raise ParameterError(
            f"{name}: output_padding (={output_padding}) must be less than stride (={stride}) or dilation (={dilation})"
        )
    pads = tuple((pad, pad) for pad in each(padding, axes, name, "padding", 0))
    return ConvTranspose(steps, pads, gaps, whole(groups, name, "groups", 1), more)
