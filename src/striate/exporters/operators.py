"""The table of operations that can be written to ONNX: for each class, its ONNX name and attributes.

Operands need no table: an op has those of the newest ONNX version, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from striate.arithmetic import same_padding
from striate.errors import UnsupportedOpError
from striate.graph import Node, Op, TensorType
from striate.ops import (
    Add,
    AveragePool,
    BatchNormalization,
    Celu,
    Clip,
    Conv,
    ConvTranspose,
    Elu,
    Exp,
    Flatten,
    Gelu,
    Gemm,
    GlobalAveragePool,
    GlobalMaxPool,
    GroupNormalization,
    HardSigmoid,
    HardSwish,
    Identity,
    LayerNormalization,
    LeakyRelu,
    LogSoftmax,
    MatMul,
    MaxPool,
    Mish,
    Mul,
    Pad,
    PRelu,
    Relu,
    Reshape,
    Resize,
    Selu,
    Sigmoid,
    Slice,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
    ThresholdedRelu,
    Transpose,
)

Attributes = dict[str, Any]
Types = Sequence[TensorType | None]
_Writer = Callable[[Any, Types], Attributes]


def attributes(node: Node, operands: Types) -> Attributes:
    """The ONNX attributes of a node.

    Raises:
        UnsupportedOpError: There is no row for its op.
    """
    for kind in type(node.op).__mro__:
        if kind in _TABLE:
            return _TABLE[kind](node.op, operands)
    raise UnsupportedOpError(f'{node.op.kind} "{node.name}" cannot be written to ONNX')


def _named(**fields: str) -> _Writer:
    """Attributes that are the op's fields under other names."""
    return lambda op, operands: {attribute: getattr(op, field) for attribute, field in fields.items()}


def _window(op: Any, kernel: Sequence[int], operands: Types) -> Attributes:
    made: Attributes = {"kernel_shape": list(kernel), "strides": list(op.stride), "dilations": list(op.dilation)}
    padding = op.padding
    if padding in ("same_upper", "same_lower"):
        lengths = operands[0].shape[2:] if operands[0] is not None and operands[0].shape is not None else ()
        # ONNX Runtime has no "same" padding with dilation; where it does not depend on a free size it is written out.
        if all(isinstance(n, int) or s == 1 for n, s in zip(lengths, op.stride, strict=True)):
            # with stride 1 it is the same for every length
            sizes = zip(lengths, kernel, op.stride, op.dilation, strict=True)
            padding = [
                same_padding(n if isinstance(n, int) else 1, k, s, d, padding == "same_upper") for n, k, s, d in sizes
            ]
    if isinstance(padding, str):
        made["auto_pad"] = padding.upper()
    else:
        made["pads"] = [before for before, _ in padding] + [after for _, after in padding]
    return made


def _convolution(op: Conv, operands: Types) -> Attributes:
    return {**_window(op, _kernel(operands), operands), "group": op.groups}


def _transposed(op: ConvTranspose, operands: Types) -> Attributes:
    kernel = _kernel(operands)
    made: Attributes = {"kernel_shape": kernel, "strides": list(op.stride), "dilations": list(op.dilation)}
    made["group"] = op.groups
    if any(op.output_padding):
        made["output_padding"] = list(op.output_padding)
    if op.output_shape:
        made["output_shape"] = list(op.output_shape)
    if isinstance(op.padding, str):
        made["auto_pad"] = op.padding.upper()
    elif not op.output_shape:
        made["pads"] = [before for before, _ in op.padding] + [after for _, after in op.padding]
    return made


def _kernel(operands: Types) -> list[int]:
    weight = operands[1]
    assert weight is not None and weight.shape is not None
    return [int(size) for size in weight.shape[2:] if isinstance(size, int)]


def _average(op: AveragePool, operands: Types) -> Attributes:
    made = {**_window(op, op.kernel, operands), "ceil_mode": int(op.ceil_mode)}
    return {**made, "count_include_pad": int(op.count_include_pad)}


def _maximum(op: MaxPool, operands: Types) -> Attributes:
    return {**_window(op, op.kernel, operands), "ceil_mode": int(op.ceil_mode), "storage_order": op.storage_order}


def _softmax(op: Softmax, operands: Types) -> Attributes:
    if len(op.axes) != 1:
        raise UnsupportedOpError(f"{op.kind} over axes {op.axes} together cannot be written to ONNX, only over one")
    return {"axis": op.axes[0]}


def _gemm(op: Gemm, operands: Types) -> Attributes:
    return {"alpha": op.alpha, "beta": op.beta, "transA": int(op.trans_a), "transB": int(op.trans_b)}


def _resize(op: Resize, operands: Types) -> Attributes:
    made: Attributes = {
        "mode": op.mode,
        "coordinate_transformation_mode": op.coordinate_transformation_mode,
        "nearest_mode": op.nearest_mode,
        "cubic_coeff_a": op.cubic_coeff_a,
        "exclude_outside": int(op.exclude_outside),
        "extrapolation_value": op.extrapolation_value,
        "antialias": int(op.antialias),
        "keep_aspect_ratio_policy": op.keep_aspect_ratio_policy,
    }
    return {**made, "axes": list(op.axes)} if op.axes else made


_TABLE: dict[type[Op], _Writer] = {
    **dict.fromkeys((Add, Mul, MatMul, Relu, Sigmoid, Tanh, Softplus, Softsign, Exp, HardSwish, Mish), _named()),
    **dict.fromkeys((Clip, PRelu, Identity, Slice, GlobalAveragePool, GlobalMaxPool), _named()),
    **dict.fromkeys((LeakyRelu, Elu, Celu, ThresholdedRelu), _named(alpha="alpha")),
    Selu: _named(alpha="alpha", gamma="gamma"),
    HardSigmoid: _named(alpha="alpha", beta="beta"),
    Gelu: _named(approximate="approximate"),
    Conv: _convolution,
    ConvTranspose: _transposed,
    MaxPool: _maximum,
    AveragePool: _average,
    BatchNormalization: _named(epsilon="epsilon"),
    LayerNormalization: _named(axis="axis", epsilon="epsilon"),
    GroupNormalization: _named(num_groups="num_groups", epsilon="epsilon"),
    Softmax: _softmax,
    LogSoftmax: _softmax,
    Gemm: _gemm,
    Flatten: _named(axis="axis"),
    Reshape: lambda op, operands: {"allowzero": int(op.allowzero)},
    Transpose: lambda op, operands: {"perm": list(op.perm)} if op.perm else {},
    Pad: _named(mode="mode"),
    Resize: _resize,
}
