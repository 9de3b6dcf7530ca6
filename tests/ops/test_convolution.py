from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.arithmetic import dilated_extent
from striate.dimension import Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Cost, tensor
from striate.ops import Conv, ConvTranspose

TOLERANCE = {"f2": 1e-2, "f4": 1e-5, "f8": 1e-12}


@dataclass(frozen=True)
class Case:
    """One convolution: attributes and operands."""

    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int
    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray | None
    output_padding: tuple[int, ...] = ()

    @property
    def rank(self):
        return len(self.stride)

    @property
    def operands(self):
        return (self.x, self.weight) if self.bias is None else (self.x, self.weight, self.bias)

    @property
    def onnx_pads(self):
        return [before for before, _ in self.padding] + [after for _, after in self.padding]

    def torch_operands(self, torch):
        return [torch.from_numpy(a.astype("f8")) for a in self.operands]


@st.composite
def cases(draw, transposed=False, padded=True, dtypes=("f2", "f4", "f8")):
    rank = draw(st.integers(1, 3))
    several = lambda low, high: tuple(draw(st.integers(low, high)) for _ in range(rank))  # noqa: E731
    kernel, stride, dilation = several(1, 3), several(1, 3), several(1, 3)
    padding = tuple((draw(st.integers(0, 3)), draw(st.integers(0, 3))) if padded else (0, 0) for _ in range(rank))
    spans = [dilated_extent(k, d) for k, d in zip(kernel, dilation, strict=True)]
    more = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    if transposed:  # enough that something is left when the padding is cut
        least = [max(1, -(-(sum(p) + 1 - span) // s) + 1) for p, span, s in zip(padding, spans, stride, strict=True)]
    else:
        least = [max(1, span - sum(p)) for p, span in zip(padding, spans, strict=True)]
    lengths = [draw(st.integers(low, low + 4)) for low in least]
    groups, depth, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    channels = groups * depth
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    dtype = draw(st.sampled_from(dtypes))
    weight = (channels, filters, *kernel) if transposed else (groups * filters, depth, *kernel)
    shapes = [(draw(st.integers(1, 2)), channels, *lengths), weight, (groups * filters,)]
    x, w, b = (numbers.standard_normal(shape).astype(dtype) for shape in shapes)
    return Case(stride, padding, dilation, groups, x, w, b if draw(st.booleans()) else None, more if transposed else ())


def close(y, wanted, dtype):
    tolerance = TOLERANCE[np.dtype(dtype).str[1:]]
    np.testing.assert_allclose(y, np.asarray(wanted), rtol=tolerance, atol=tolerance)


@given(case=cases())
def test_convolution_agrees_with_torch(torch, apply, case):
    op = Conv(case.stride, case.padding, case.dilation, case.groups)
    (y,) = apply(op, *case.operands)
    x, *parameters = case.torch_operands(torch)
    padded = torch.nn.functional.pad(x, [cells for pair in reversed(case.padding) for cells in pair])
    function = getattr(torch.nn.functional, f"conv{case.rank}d")
    wanted = function(padded, *parameters, stride=case.stride, dilation=case.dilation, groups=case.groups)
    close(y, wanted, case.x.dtype)


@given(case=cases(dtypes=("f4",)))
@settings(max_examples=40)
def test_convolution_agrees_with_onnx_runtime(ort_run, apply, case):
    (y,) = apply(Conv(case.stride, case.padding, case.dilation, case.groups), *case.operands)
    attributes = {"strides": case.stride, "dilations": case.dilation, "group": case.groups, "pads": case.onnx_pads}
    close(y, ort_run("Conv", *case.operands, **attributes)[0], "f4")


@given(case=cases(padded=False, dtypes=("f4",)), padding=st.sampled_from(["same_upper", "same_lower", "valid"]))
@settings(max_examples=40)
def test_padding_rules_agree_with_onnx_runtime(ort_run, apply, case, padding):
    # ONNX Runtime computes the rules without dilation only
    op = Conv(case.stride, padding, (1,) * case.rank, case.groups)
    (y,) = apply(op, *case.operands)
    close(y, ort_run("Conv", *case.operands, strides=case.stride, group=case.groups, auto_pad=padding.upper())[0], "f4")


@given(case=cases(transposed=True))
def test_transposed_convolution_agrees_with_torch(torch, apply, case):
    op = ConvTranspose(case.stride, case.padding, case.dilation, case.groups, case.output_padding)
    (y,) = apply(op, *case.operands)
    function = getattr(torch.nn.functional, f"conv_transpose{case.rank}d")
    whole = function(
        *case.torch_operands(torch),
        stride=case.stride,
        dilation=case.dilation,
        groups=case.groups,
        output_padding=case.output_padding,
    )
    kept = tuple(
        slice(before, size - after) for (before, after), size in zip(case.padding, whole.shape[2:], strict=True)
    )
    close(y, whole[(..., *kept)], case.x.dtype)


@given(case=cases(transposed=True, dtypes=("f4",)))
@settings(max_examples=40)
def test_transposed_convolution_agrees_with_onnx_runtime(ort_run, apply, case):
    if any(more >= stride for more, stride in zip(case.output_padding, case.stride, strict=True)):
        return  # ONNX Runtime takes less than one stride
    op = ConvTranspose(case.stride, case.padding, case.dilation, case.groups, case.output_padding)
    (y,) = apply(op, *case.operands)
    attributes = {"strides": case.stride, "dilations": case.dilation, "group": case.groups, "pads": case.onnx_pads}
    wanted = ort_run("ConvTranspose", *case.operands, output_padding=case.output_padding, **attributes)[0]
    close(y, wanted, "f4")


@given(case=cases(transposed=True, padded=False, dtypes=("f4",)), data=st.data())
@settings(max_examples=40)
def test_a_wanted_output_shape_agrees_with_onnx_runtime(ort_run, apply, case, data):
    sizes = zip(case.x.shape[2:], case.weight.shape[2:], case.stride, case.dilation, strict=True)
    full = [(length - 1) * s + dilated_extent(k, d) for length, k, s, d in sizes]
    shape = tuple(data.draw(st.integers(max(1, size - 3), size)) for size in full)
    rule = data.draw(st.sampled_from(["same_upper", "same_lower", "none"]))
    padding = ((0, 0),) * case.rank if rule == "none" else rule
    op = ConvTranspose(case.stride, padding, case.dilation, case.groups, output_shape=shape)
    (y,) = apply(op, *case.operands, free=())
    named = {} if rule == "none" else {"auto_pad": rule.upper()}
    attributes = {"strides": case.stride, "dilations": case.dilation, "group": case.groups, "output_shape": shape}
    close(y, ort_run("ConvTranspose", *case.operands, **attributes, **named)[0], "f4")


@given(
    case=cases(transposed=True, padded=False, dtypes=("f4",)),
    rule=st.sampled_from(["same_upper", "same_lower", "valid"]),
)
@settings(max_examples=40)
def test_transposed_padding_rules_agree_with_onnx_runtime(ort_run, apply, case, rule):
    sizes = zip(case.weight.shape[2:], case.stride, case.dilation, strict=True)
    if rule != "valid" and any(dilated_extent(k, d) < s for k, s, d in sizes):
        return
    (y,) = apply(ConvTranspose(case.stride, rule, case.dilation, case.groups), *case.operands)
    attributes = {"strides": case.stride, "dilations": case.dilation, "group": case.groups, "auto_pad": rule.upper()}
    close(y, ort_run("ConvTranspose", *case.operands, **attributes)[0], "f4")


def test_transposed_same_is_stride_times_the_length_even_with_a_small_kernel(apply):
    x, weight = np.ones((1, 1, 3), np.float32), np.ones((1, 1, 1), np.float32)
    for rule in ("same_upper", "same_lower"):
        (y,) = apply(ConvTranspose((2,), rule, (1,)), x, weight, np.array([0.5], np.float32))
        np.testing.assert_allclose(y, [[[1.5, 0.5, 1.5, 0.5, 1.5, 0.5]]])


def test_the_transpose_is_the_adjoint(apply):
    """The dot product of conv(x) with y is that of x with the transpose of y."""
    numbers = np.random.default_rng(0)
    x, weight = numbers.standard_normal((2, 4, 9, 7)), numbers.standard_normal((6, 2, 3, 2))
    attributes = ((2, 3), ((1, 0), (0, 1)), (1, 2), 2)
    (seen,) = apply(Conv(*attributes), x, weight)
    y = numbers.standard_normal(seen.shape)
    (back,) = apply(ConvTranspose(*attributes, output_padding=(1, 2)), y, weight)
    assert back.shape == x.shape
    np.testing.assert_allclose(np.vdot(seen, y), np.vdot(x, back), rtol=1e-12)


@pytest.mark.parametrize("op", [Conv((1,), ((0, 0),), (1,)), ConvTranspose((1,), ((0, 0),), (1,))])
def test_empty_batch(apply, op):
    (y,) = apply(op, np.zeros((0, 2, 5), np.float32), np.zeros((2, 2, 3), np.float32), np.zeros(2, np.float32))
    assert y.shape == (0, 2, 3 if op.kind == "Conv" else 7)


def test_cost_counts_every_product():
    x, weight, bias = tensor("f4", (1, 4, 8, 8)), tensor("f4", (6, 2, 3, 3)), tensor("f4", (6,))
    conv = Conv((1, 1), ((1, 1), (1, 1)), (1, 1), 2)
    assert conv.cost([x, weight, bias], conv.infer([x, weight, bias])) == Cost(6 * 64 * 2 * 9, 6 * 64)
    weight = tensor("f4", (4, 3, 2, 2))
    back = ConvTranspose((2, 2), ((0, 0), (0, 0)), (1, 1), 2)
    assert back.cost([x, weight], back.infer([x, weight])) == Cost(4 * 64 * 3 * 4)


def test_free_sizes_pass():
    x = tensor("f4", (Symbol("n"), 3, Symbol("h"), 8))
    weight = tensor("f4", (4, 3, 3, 3))
    (y,) = Conv((2, 2), ((1, 1), (1, 1)), (1, 1)).infer([x, weight])
    assert str(y) == "float32 (n, 4, (h + 1)//2, 4)"
    (y,) = Conv((1, 1), "valid", (1, 1)).infer([tensor("f4", None), weight])
    assert y.shape is None
    (y,) = ConvTranspose((2, 2), "same_upper", (1, 1)).infer([x, tensor("f4", (3, 5, 3, 3))])
    assert str(y) == "float32 (n, 5, 2*h, 16)"


X, W = tensor("f4", (1, 4, 8)), tensor("f4", (6, 4, 3))
CONV, BACK = Conv((1,), ((0, 0),), (1,)), ConvTranspose((1,), ((0, 0),), (1,))
PLANE = (1,), ((0, 0),), (1,)


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (CONV, [X, tensor("f4", (6, 2, 3))], ShapeError, r"expects 2 input channels, .*check groups \(=1\)"),
        (Conv(*PLANE, 2), [X, W], ShapeError, r"weight expects 8 input channels"),
        (Conv(*PLANE, 4), [X, tensor("f4", (6, 1, 3))], ShapeError, r"6 filters cannot be cut into groups \(=4\)"),
        (Conv(*PLANE, 0), [X, W], ParameterError, r"groups \(=0\) must be positive"),
        (CONV, [X, W, tensor("f4", (4,))], ShapeError, r"bias has shape \(4,\), expected \(6,\)"),
        (CONV, [X, W, tensor("f8", (6,))], DtypeError, "input has type float32 and bias float64"),
        (CONV, [X, tensor("f2", (6, 4, 3))], DtypeError, "input has type float32 and weight float16"),
        (CONV, [tensor("i8", (1, 4, 8)), W], DtypeError, "input has type int64, expected a floating-point"),
        (CONV, [X], ShapeError, "weight is required"),
        (CONV, [X, tensor("f4", (6, 4, 3, 3))], ShapeError, "of the same rank, 3 or more"),
        (CONV, [tensor("f4", (1, 4, 0)), W], ShapeError, "a spatial axis without cells"),
        (CONV, [tensor("f4", (1, 4, 2)), W], ShapeError, "window spans 3 cells"),
        (CONV, [X, tensor("f4", (6, 4, Symbol("r")))], ShapeError, r"weight \(6, 4, r\) is r, which is free"),
        (CONV, [X, tensor("f4", (6, 4, 0))], ParameterError, r"kernel \(=\(0,\)\) must be positive"),
        (Conv((0,), ((0, 0),), (1,)), [X, W], ParameterError, r"stride \(=\(0,\)\) must be positive"),
        (Conv((1, 1), ((0, 0),), (1,)), [X, W], ParameterError, r"stride \(=\(1, 1\)\) has 2 entries, expected 1"),
        (Conv((1,), ((-1, 0),), (1,)), [X, W], ParameterError, "must not be negative"),
        (Conv((1,), "same", (1,)), [X, W], ParameterError, '"same_upper", "same_lower", "valid" or cells'),
        (BACK, [X, tensor("f4", (3, 2, 3))], ShapeError, "weight expects 3 input channels"),
        (ConvTranspose(*PLANE, 3), [X, tensor("f4", (4, 2, 3))], ShapeError, "4 input channels cannot be cut"),
        (ConvTranspose(*PLANE, 0), [X, tensor("f4", (4, 2, 3))], ParameterError, r"groups \(=0\)"),
        (ConvTranspose((1,), ((9, 9),), (1,)), [X, tensor("f4", (4, 2, 3))], ShapeError, "cuts everything away"),
        (ConvTranspose(*PLANE, 1, (-1,)), [X, tensor("f4", (4, 2, 3))], ParameterError, "must be 0 or more"),
        (ConvTranspose(*PLANE, 1, (1, 1)), [X, tensor("f4", (4, 2, 3))], ParameterError, "has 2 entries, expected 1"),
        (ConvTranspose(*PLANE, 1, (), (0,)), [X, tensor("f4", (4, 2, 3))], ParameterError, "must be positive"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(op, operands, error, message):
    with pytest.raises(error, match=message):
        op.infer(operands)
