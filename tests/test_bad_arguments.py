"""Arguments of a wrong kind: every public function refuses them with an error of striate's own, in one line."""

import numpy as np
import pytest

import striate as st
from striate.errors import StriateError

PLANE, SIGNAL, MAPS = np.ones((12, 12)), np.ones(20), np.ones((1, 2, 6, 6))
KERNEL, FILTERS = np.ones((3, 3)), np.ones((2, 2, 3, 3))
CONVOLUTION = st.lessons.Convolution(np.ones((2, 1, 3, 3)))
WRONG = (None, "", "a", b"x", [], {}, -1, 1.5, float("nan"), 10**30, [[1], [2, 3]], 1j, object())
# A call that is right, and its arguments that are then given wrongly one by one.
CALLS = {
    "correlate": (st.correlate, {"a": PLANE, "kernel": KERNEL, "mode": "same", "boundary": "zero", "stride": 1}),
    "convolve": (st.convolve, {"a": PLANE, "kernel": KERNEL, "dilation": 1, "value": 0.0}),
    "filter": (st.filter, {"data": PLANE, "kernel": "sobel", "axis": None, "boundary": "reflect", "mode": "same"}),
    "describe": (st.filters.describe, {"kernel": KERNEL}),
    "get": (st.filters.get, {"name": "sobel"}),
    "conv2d": (
        st.conv2d,
        {"input": MAPS, "weight": FILTERS, "bias": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1},
    ),
    "conv_transpose2d": (
        st.conv_transpose2d,
        {"input": MAPS, "weight": FILTERS, "stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1},
    ),
    "max_pool2d": (st.max_pool2d, {"input": MAPS, "kernel_size": 2, "stride": None, "padding": 0, "dilation": 1}),
    "avg_pool2d": (st.avg_pool2d, {"input": MAPS, "kernel_size": 2, "stride": None, "padding": 0}),
    "lp_pool2d": (st.lp_pool2d, {"input": MAPS, "norm_type": 2, "kernel_size": 2, "stride": None}),
    "adaptive_avg_pool2d": (st.adaptive_avg_pool2d, {"input": MAPS, "output_size": 2}),
    "merge_convolutions": (st.merge_convolutions, {"first": np.ones((1, 1, 3)), "second": np.ones((1, 1, 3))}),
    "equivariance_error": (st.equivariance_error, {"part": CONVOLUTION, "x": PLANE, "shift": (1, 1)}),
    "invariance_error": (st.invariance_error, {"part": CONVOLUTION, "x": PLANE, "shift": (1, 1)}),
    "dense_equivalent": (st.dense_equivalent, {"convolution": CONVOLUTION, "input_shape": (1, 6, 6), "largest": 99}),
    "sliding_sum": (st.sliding_sum, {"x": SIGNAL, "kernel": [1, 2], "stride": 1, "padding": 0, "dilation": 1}),
    "parameter_explosion": (st.lessons.parameter_explosion, {"input_shape": (3, 4, 4), "units": 10, "filters": 2}),
    "influence": (st.lessons.influence, {"part": CONVOLUTION, "x": PLANE, "cell": (3, 3), "by": 1.0}),
    "Convolution": (st.lessons.Convolution, {"weight": FILTERS, "stride": 1, "padding": 0, "dilation": 1, "groups": 1}),
    "Pooling": (st.lessons.Pooling, {"kernel": (2, 2), "kind": "max", "stride": (2, 2)}),
    "Workbench": (st.lessons.Workbench, {"x": PLANE[None], "weight": np.ones((1, 1, 3, 3))}),
    "field_growth": (st.lessons.field_growth, {"layers": [CONVOLUTION]}),
    "questions": (st.lessons.questions, {"lesson": "sizes"}),
    "explain_declaration": (
        st.explain_declaration,
        {"text": "nn.Conv2d(3, 8, 3)", "input_shape": (3, 9, 9), "dense_units": 3},
    ),
    "explain_declarations": (st.explain_declarations, {"text": "nn.Conv2d(3, 8, 3)", "input_shape": (3, 9, 9)}),
    "animate": (
        st.animate,
        {"input": PLANE, "kernel": KERNEL, "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "steps": 3},
    ),
    "flip": (st.flip, {"axis": 0}),
    "image": (st.image, {"source": PLANE, "size": 8, "preprocess": None}),
    "signal": (st.signal, {"source": SIGNAL, "columns": None}),
    "volume": (st.volume, {"source": np.ones((4, 4, 4)), "preprocess": None}),
    "Conv2D": (
        st.layers.Conv2D,
        {"filters": 3, "kernel_size": 3, "strides": 1, "padding": "same", "groups": 1, "activation": None},
    ),
    "MaxPooling2D": (st.layers.MaxPooling2D, {"pool_size": 2, "strides": None, "padding": "valid"}),
    "Dense": (st.layers.Dense, {"units": 3, "activation": None}),
    "Sequential": (st.Sequential, {"layers": [st.layers.Dense(3)]}),
}


@pytest.mark.parametrize(("name", "argument"), [(name, each) for name, (_, given) in CALLS.items() for each in given])
def test_wrong_kinds_are_refused_or_taken(name, argument):
    function, given = CALLS[name]
    if name == "flip":
        given = {"array": MAPS, **given}
    function(**given)
    said = [message(function, {**given, argument: wrong}) for wrong in WRONG]
    assert any(said)
    assert all("\n" not in each and len(each) > 15 for each in said if each), said


def message(function, given):
    """What the error says; "" where there is none: None, or 1.5 as a value, may be right."""
    try:
        function(**given)
    except StriateError as error:
        return str(error)
    return ""
