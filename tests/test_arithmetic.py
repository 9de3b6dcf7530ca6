"""Sizes against counting on one's fingers, against PyTorch, and against the mission's own numbers."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import onnx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate.arithmetic import (
    AutoPad,
    Pads,
    Window,
    convolution_parameters,
    dense_parameters,
    dilated_extent,
    output_length,
    same_padding,
    transposed_length,
)
from striate.dimension import Symbol
from striate.errors import ParameterError, ShapeError

LENGTH, KERNEL, STRIDE, DILATION = st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 4)
PAD = st.integers(0, 6)


def positions(length: int, kernel: int, stride: int, padding: tuple[int, int], dilation: int) -> list[list[int]]:
    """Slides the window by strides and lists the cells under its taps, while all are in the padded input."""
    windows: list[list[int]] = []
    start = -padding[0]
    while start + (kernel - 1) * dilation < length + padding[1]:
        windows.append([start + tap * dilation for tap in range(kernel)])
        start += stride
    return windows


class TestMission:
    """Rows of the mission, with its numbers."""

    def test_a5_output_length(self) -> None:
        assert output_length(10, 4) == 7
        assert output_length(8, 3, stride=1, padding=(1, 1)) == 8

    def test_a6_a_filter_is_as_deep_as_its_input(self) -> None:
        assert convolution_parameters((3, 3), in_channels=3, filters=1, bias=False) == 27

    def test_c4_sensors(self) -> None:
        assert convolution_parameters((3,), in_channels=17, filters=64, bias=False) == 3264
        assert convolution_parameters((3,), in_channels=17, filters=64) == 3328

    def test_d1_parameter_explosion(self) -> None:
        dense, convolution = dense_parameters(224 * 224 * 3, 1000), convolution_parameters((3, 3), 3, 64)
        assert (dense, convolution) == (150_529_000, 1_792)
        assert round(dense / convolution, -3) == 84_000
        assert dense_parameters(32 * 32 * 3, 512, bias=False) == 1_572_864

    def test_d2_connectivity(self) -> None:
        assert dense_parameters(16, 16, bias=False) == 256
        assert convolution_parameters((3, 3), 1, 1, bias=False) == 9


@given(LENGTH, KERNEL, STRIDE, st.tuples(PAD, PAD), DILATION)
def test_output_length_counts_the_positions(length: int, k: int, s: int, padding: tuple[int, int], d: int) -> None:
    windows = positions(length, k, s, padding, d)
    if windows:
        assert output_length(length, k, s, padding, d) == len(windows)
        assert {window[-1] - window[0] + 1 for window in windows} == {dilated_extent(k, d)}
    else:
        with pytest.raises(ShapeError, match=r"use a smaller kernel or more padding$"):
            output_length(length, k, s, padding, d)


def test_a_window_that_does_not_fit_says_so() -> None:
    with pytest.raises(ShapeError) as caught:
        output_length(4, 3, padding=(1, 0), dilation=3)
    assert str(caught.value) == (
        "window spans 7 cells (kernel 3, dilation 3) but the padded input has only 5 (length 4, padding 1+0); "
        "use a smaller kernel or more padding"
    )


@given(LENGTH, KERNEL, STRIDE, st.tuples(PAD, PAD), DILATION, st.booleans())
def test_a_free_length_gives_the_same_formula(
    length: int, k: int, s: int, padding: tuple[int, int], d: int, ceil_mode: bool
) -> None:
    assume(dilated_extent(k, d) <= length + sum(padding))
    formula = str(output_length(Symbol("h"), k, s, padding, d, ceil_mode))
    assert eval(formula, {"h": length}) == output_length(length, k, s, padding, d, ceil_mode)


@given(LENGTH, KERNEL, STRIDE, st.integers(0, 3), DILATION, st.booleans())
def test_pooling_length_is_pytorchs(
    torch: ModuleType, length: int, k: int, s: int, p: int, d: int, ceil_mode: bool
) -> None:
    assume(2 * p <= k and dilated_extent(k, d) <= length + 2 * p)
    truth = torch.nn.functional.max_pool1d(torch.zeros(1, 1, length), k, s, p, d, ceil_mode).shape[-1]
    assert output_length(length, k, s, (p, p), d, ceil_mode) == truth


@given(LENGTH, KERNEL, STRIDE, st.integers(0, 3), DILATION, st.data())
def test_transposed_length_is_pytorchs(
    torch: ModuleType, length: int, k: int, s: int, p: int, d: int, data: st.DataObject
) -> None:
    extra = data.draw(st.integers(0, max(s, d) - 1), label="output_padding")
    found = transposed_length(length, k, s, (p, p), d, extra)
    assume(isinstance(found, int) and found > 0)
    x, weight = torch.zeros(1, 1, length), torch.zeros(1, 1, k)
    assert found == torch.nn.functional.conv_transpose1d(x, weight, None, s, p, extra, 1, d).shape[-1]


@given(LENGTH, KERNEL, STRIDE, st.tuples(PAD, PAD), DILATION)
def test_transposed_length_undoes_output_length(length: int, k: int, s: int, pad: tuple[int, int], d: int) -> None:
    assume(dilated_extent(k, d) <= length + sum(pad))
    down = output_length(length, k, s, pad, d)
    lost = (length + sum(pad) - dilated_extent(k, d)) % s
    assert transposed_length(down, k, s, pad, d, output_padding=lost) == length


@given(LENGTH, KERNEL, STRIDE, DILATION, st.booleans())
def test_same_padding_is_the_least_that_reaches_the_length(length: int, k: int, s: int, d: int, upper: bool) -> None:
    before, after = same_padding(length, k, s, d, upper)
    wanted = -(-length // s)
    assert (after - before if upper else before - after) in (0, 1)
    if before + after:  # one cell less and a window is missing
        assert output_length(length, k, s, (before, after), d) == wanted
        assert len(positions(length, k, s, (before, after - 1), d)) == wanted - 1
    else:
        assert len(positions(length, k, s, (0, 0), d)) >= wanted


@given(st.lists(KERNEL, min_size=1, max_size=3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_parameters_are_pytorchs(
    torch: ModuleType, kernel: list[int], groups: int, per_group: int, filters: int, bias: bool
) -> None:
    layer_type = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)[len(kernel) - 1]
    layer = layer_type(groups * per_group, groups * filters, tuple(kernel), groups=groups, bias=bias, device="meta")
    truth = sum(parameter.numel() for parameter in layer.parameters())
    assert convolution_parameters(kernel, groups * per_group, groups * filters, groups, bias) == truth


@pytest.mark.parametrize(("kernel", "bias"), [((3,), True), ((3, 5), False), ((2, 3, 4), True)])
def test_parameters_are_kerass(keras: ModuleType, kernel: tuple[int, ...], bias: bool) -> None:
    layer_type = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)[len(kernel) - 1]
    layer = layer_type(4, kernel, groups=2, use_bias=bias)
    layer.build((None, *(9 for _ in kernel), 6))
    assert convolution_parameters(kernel, 6, 4, groups=2, bias=bias) == layer.count_params()


def pool(onnxruntime: ModuleType, x: np.ndarray, k: int, s: int, **padding: str | list[int]) -> np.ndarray:
    """ONNX Runtime's maximum over windows of k cells."""
    node = onnx.helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[k], strides=[s], **padding)
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in "xy"]
    model = onnx.helper.make_model(
        onnx.helper.make_graph([node], "pool", ends[:1], ends[1:]),
        opset_imports=[onnx.helper.make_opsetid("", 17)],
        ir_version=8,
    )
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


@settings(max_examples=40)
@given(LENGTH, KERNEL, STRIDE, st.booleans())
def test_same_padding_is_onnx_runtimes(onnxruntime: ModuleType, length: int, k: int, s: int, upper: bool) -> None:
    assume(s <= k)  # beyond that ONNX Runtime computes negative padding and refuses
    before, after = same_padding(length, k, s, upper=upper)
    x = np.random.default_rng(0).permutation(length).astype(np.float32).reshape(1, 1, length)
    truth = pool(onnxruntime, x, k, s, auto_pad="SAME_UPPER" if upper else "SAME_LOWER")
    np.testing.assert_array_equal(pool(onnxruntime, x, k, s, pads=[before, after]), truth)


def window(kernel: tuple[int, ...], padding: Pads | AutoPad, stride: int = 1, dilation: int = 1) -> Window:
    rank = len(kernel)
    return Window(kernel, (stride,) * rank, padding, (dilation,) * rank)


class TestWindow:
    """The window that convolution and pooling share."""

    @pytest.mark.parametrize(
        ("padding", "pads", "output"),
        [
            ("valid", ((0, 0), (0, 0)), (3, 4)),
            ("same_upper", ((0, 1), (0, 1)), (4, 4)),
            ("same_lower", ((1, 0), (1, 0)), (4, 4)),
            (((1, 2), (0, 1)), ((1, 2), (0, 1)), (5, 4)),
        ],
    )
    def test_padding(self, padding: Pads | AutoPad, pads: Pads, output: tuple[int, ...]) -> None:
        subject = window((2, 3), padding, stride=2)
        lengths = (7, 8) if padding != "valid" else (7, 9)
        assert subject.pads(lengths) == pads
        assert subject.output(lengths) == output

    @given(
        st.lists(LENGTH, min_size=1, max_size=3),
        KERNEL,
        STRIDE,
        DILATION,
        st.sampled_from(["same_upper", "same_lower"]),
    )
    def test_same_is_the_length_over_the_stride(
        self, lengths: list[int], k: int, s: int, d: int, rule: AutoPad
    ) -> None:
        subject = window((k,) * len(lengths), rule, s, d)
        assert subject.output(lengths) == tuple(-(-length // s) for length in lengths)

    def test_free_sizes(self) -> None:
        h, w = Symbol("h"), Symbol("w")
        assert str(window((3, 3), "same_upper", stride=2).output((h, w))) == "((h + 1)//2, (w + 1)//2)"
        assert str(window((3, 5), "valid").output((h, 9))) == "(h - 2, 5)"

    def test_ceil_mode_counts_a_partial_window(self) -> None:
        assert Window((3,), (2,), ((0, 0),), (1,), ceil_mode=True).output((6,)) == (3,)
        assert Window((3,), (2,), ((0, 0),), (1,), ceil_mode=False).output((6,)) == (2,)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (((3, 3), (1,), "valid", (1, 1)), r"^stride \(=\(1,\)\) has 1 entries, expected 2, one per spatial axis$"),
            (
                ((3,), (1,), "valid", (1, 1)),
                r"^dilation \(=\(1, 1\)\) has 2 entries, expected 1, one per spatial axis$",
            ),
            (
                ((3,), (1,), ((0, 0), (0, 0)), (1,)),
                r"^padding \(=.*\) has 2 entries, expected 1, one per spatial axis$",
            ),
            (((0,), (1,), "valid", (1,)), r"^kernel \(=\(0,\)\) must be positive$"),
            (((3,), (-1,), "valid", (1,)), r"^stride \(=\(-1,\)\) must be positive$"),
        ],
    )
    def test_impossible_windows(self, arguments: tuple[object, ...], message: str) -> None:
        with pytest.raises(ParameterError, match=message):
            Window(*arguments)
