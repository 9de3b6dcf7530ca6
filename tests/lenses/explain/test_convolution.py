from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate import ops
from striate.lenses.explain import explain, unit_at


@st.composite
def convolutions(draw):
    rank = draw(st.integers(1, 3))

    def sizes(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(rank))

    groups = draw(st.sampled_from([1, 1, 2, 3]))
    kernel, stride, dilation = sizes(1, 3), sizes(1, 3), sizes(1, 2)
    lengths = tuple(d * (k - 1) + 1 + extra for k, d, extra in zip(kernel, dilation, sizes(0, 4), strict=True))
    padding = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank))
    return {
        "groups": groups,
        "channels": groups * draw(st.integers(1, 2)),
        "filters": groups * draw(st.integers(1, 2)),
        "kernel": kernel,
        "stride": stride,
        "dilation": dilation,
        "lengths": lengths,
        "padding": padding,
        "bias": draw(st.booleans()),
        "seed": draw(st.integers(0, 2**16)),
    }


def arrays(drawn, transposed):
    rng = np.random.default_rng(drawn["seed"])
    c, k, g = drawn["channels"], drawn["filters"], drawn["groups"]
    x = rng.normal(size=(2, c, *drawn["lengths"])).astype(np.float32)
    shape = (c, k // g, *drawn["kernel"]) if transposed else (k, c // g, *drawn["kernel"])
    weight = rng.normal(size=shape).astype(np.float32)
    return x, weight, rng.normal(size=k).astype(np.float32) if drawn["bias"] else None


def some_unit(recording, name, seed):
    array = recording.values[name]
    return tuple(int(i) for i in np.unravel_index(np.random.default_rng(seed).integers(array.size), array.shape))


@settings(max_examples=150)
@given(convolutions())
def test_convolution_equals_pytorch_in_double_precision(torch, record, check, drawn):
    x, weight, bias = arrays(drawn, False)
    recording = record(
        ops.Conv(drawn["stride"], drawn["padding"], drawn["dilation"], drawn["groups"]), [x, weight, bias]
    )
    index = some_unit(recording, "op", drawn["seed"])
    found = explain(recording, unit_at("op", index))
    function = [torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d][x.ndim - 3]
    padded = torch.tensor(np.pad(x, ((0, 0), (0, 0), *drawn["padding"])).astype(np.float64))
    truth = function(
        padded,
        torch.tensor(weight.astype(np.float64)),
        None if bias is None else torch.tensor(bias.astype(np.float64)),
        stride=drawn["stride"],
        dilation=drawn["dilation"],
        groups=drawn["groups"],
    )
    assert found.total == pytest.approx(float(truth[index]), rel=1e-12, abs=1e-12)
    assert found.window.shape == (drawn["channels"] // drawn["groups"], *drawn["kernel"])
    assert found.bias == (0.0 if bias is None else float(bias[index[1]]))
    check(recording, found)


@settings(max_examples=150)
@given(convolutions(), st.data())
def test_transposed_convolution_equals_pytorch_in_double_precision(torch, record, check, drawn, data):
    x, weight, bias = arrays(drawn, True)
    more = tuple(
        data.draw(st.integers(0, max(s, d) - 1)) for s, d in zip(drawn["stride"], drawn["dilation"], strict=True)
    )
    function = [
        torch.nn.functional.conv_transpose1d,
        torch.nn.functional.conv_transpose2d,
        torch.nn.functional.conv_transpose3d,
    ][x.ndim - 3]
    whole = function(
        torch.tensor(x.astype(np.float64)),
        torch.tensor(weight.astype(np.float64)),
        None if bias is None else torch.tensor(bias.astype(np.float64)),
        stride=drawn["stride"],
        output_padding=more,
        dilation=drawn["dilation"],
        groups=drawn["groups"],
    ).numpy()
    # PyTorch cuts the same from both ends: the rest is cut here.
    cut = tuple(
        (before, after) if before + after < size else (0, 0)
        for (before, after), size in zip(drawn["padding"], whole.shape[2:], strict=True)
    )
    truth = whole[
        (..., *(slice(before, size - after) for (before, after), size in zip(cut, whole.shape[2:], strict=True)))
    ]
    op = ops.ConvTranspose(drawn["stride"], cut, drawn["dilation"], drawn["groups"], more)
    recording = record(op, [x, weight, bias])
    index = some_unit(recording, "op", drawn["seed"])
    found = explain(recording, unit_at("op", index))
    assert recording.values["op"].shape == truth.shape
    assert found.total == pytest.approx(float(truth[index]), rel=1e-12, abs=1e-12)
    check(recording, found)


def test_same_padding_is_marked(record):
    x, weight = np.ones((1, 1, 5), np.float32), np.ones((1, 1, 4), np.float32)
    found = explain(record(ops.Conv((1,), "same_upper", (1,)), [x, weight]), "op:0@0")
    assert found.inside.tolist() == [[False, True, True, True]]
    assert [term.index for term in found.sources[0].terms()] == [None, (0, 0, 0), (0, 0, 1), (0, 0, 2)]
    assert found.formula() == "1.0×0.0 + 1.0×1.0 + 1.0×1.0 + 1.0×1.0 = 3.0"


def test_the_tutorials_line(record):
    x = np.array([0.0, 0.82, 0.5], np.float64).reshape(1, 1, 3)
    weight, bias = np.array([[[0.33, 0.34, -1.0]]]), np.array([0.25])
    found = explain(record(ops.Conv((1,), "valid", (1,)), [x, weight, bias]), "op:0@0")
    assert found.formula().startswith("0.33×0.0 + 0.34×0.82 + -1.0×0.5 + 0.25 = 0.02879")
    assert found.formula(2) == "0.33×0 + 0.34×0.82 + -1×0.5 + 0.25 ≈ 0.029"


def test_a_sum_of_thousands_of_terms_is_an_expression_that_python_reads(record, check):
    x = np.random.default_rng(0).normal(size=(1, 3000, 2)).astype(np.float32)
    weight = np.random.default_rng(1).normal(size=(1, 3000, 2)).astype(np.float32)
    recording = record(ops.Conv((1,), "valid", (1,)), [x, weight])
    found = explain(recording, "op:0@0")
    assert found.total == math.fsum((x.astype(np.float64) * weight).flat)
    assert found.formula().count("×") == 6000
    check(recording, found, tolerance=1e-5)
