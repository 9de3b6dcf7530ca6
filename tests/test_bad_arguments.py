"""Arguments of a wrong kind: every public function refuses them with an error of striate's own, in one line."""

import numpy as np
import pytest

import striate as st
from striate.errors import LimitError, NonFiniteError, ParameterError, StriateError

PLANE, SIGNAL, MAPS = np.ones((12, 12)), np.ones(20), np.ones((1, 2, 6, 6))
KERNEL, FILTERS = np.ones((3, 3)), np.ones((2, 2, 3, 3))
CONVOLUTION = st.lessons.Convolution(np.ones((2, 1, 3, 3)))
BENCH = st.lessons.Workbench([1.0, 2, 3, 4, 5], [1, 0, -1])
MERGED = st.merge_convolutions([1, 2, 1], [1, 0, -1])
NETWORK = st.load(st.bundled.model_path())
RUN = NETWORK.run(np.zeros((1, 3, 64, 64), np.float32))


class Stubborn:
    """What another library gives that will not be an array, such as a tensor with a gradient."""

    def __array__(self, *_arguments, **_options):
        raise RuntimeError("detach it first")


WRONG = (None, "", "a", b"x", [], {}, -1, 1.5, float("nan"), 10**30, [[1], [2, 3]], 1j, object())
ARRAYS = (
    np.zeros(0),
    np.array([1, None], object),
    np.ones(3, complex),
    np.array(["a"]),
    np.array(["2020-01-01"], "datetime64[D]"),
    np.zeros(2, [("a", "f4")]),
    np.full(3, 1e308),
    Stubborn(),
)
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
    "accepts": (st.lessons.questions("sizes")[0].accepts, {"given": "7"}),
    "remark": (st.lessons.questions("sizes")[0].remark, {"given": "7"}),
    "Convolution.of": (st.lessons.Convolution.of, {"source": NETWORK, "layer": "edges/Conv"}),
    "output_shape": (CONVOLUTION.output_shape, {"lengths": (6, 6)}),
    "inside": (MERGED.inside, {"lengths": (9,)}),
    "dense_layers": (st.lessons.dense_layers, {"run": RUN}),
    "hierarchy": (st.lessons.hierarchy, {"run": RUN, "levels": 3}),
    "stacked_convolutions": (st.lessons.stacked_convolutions, {"net": NETWORK}),
    "flatten_orders": (st.lessons.flatten_orders, {"shape": (2, 3, 3), "most": 8}),
    "resnet50": (st.lessons.resnet50, {"classes": 10}),
    "bank_call": (st.lessons.bank_call, {"name": "gaussian", "axes": 2, "size": 5}),
    "bank_filters": (st.lessons.bank_filters, {"names": ["sobel"], "axes": 2, "depth": 1, "taps": (3, 3)}),
    "code_for": (
        st.lessons.code_for,
        {"kernel": "sobel", "definition": "correlate", "then": ["relu"], "pool": 2, "spatial": 2, "padding": 0},
    ),
    "met_by": (BENCH.met_by, {"tap": (1,)}),
    "met_along": (BENCH.met_along, {"axis": 0, "tap": 1}),
    "combined": (BENCH.combined, {"how": "sum"}),
    "workbench_code": (st.lessons.workbench_code, {"bench": BENCH, "names": [""], "combine": "sum"}),
    "workbench_layers": (st.lessons.workbench_layers, {"bench": BENCH, "names": [""], "combine": "sum"}),
    "workbench_torch": (st.lessons.workbench_torch, {"bench": BENCH, "names": [""], "combine": "sum"}),
    "Workbench's words": (
        st.lessons.Workbench,
        {
            "x": PLANE,
            "weight": KERNEL,
            "operation": "convolution",
            "definition": "correlate",
            "groups": 1,
            "relu": False,
        },
    ),
    "explain_declaration": (
        st.explain_declaration,
        {"text": "nn.Conv2d(3, 8, 3)", "input_shape": (3, 9, 9), "dense_units": 3},
    ),
    "explain_declarations": (st.explain_declarations, {"text": "nn.Conv2d(3, 8, 3)", "input_shape": (3, 9, 9)}),
    "animate": (
        st.animate,
        {
            "input": PLANE,
            "kernel": KERNEL,
            "stride": 1,
            "padding": 0,
            "dilation": 1,
            "groups": 1,
            "steps": 3,
            "flip": False,
        },
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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", [name for name in CALLS if name not in ("flip", "image", "signal", "volume")])
def test_arrays_of_all_kinds_end_in_a_number_or_in_an_error_of_ours(name):
    function, given = CALLS[name]
    for argument in given:
        for array in ARRAYS:
            said = message(function, {**given, argument: array})
            assert "\n" not in said
            assert len(said) < 1_000


def test_one_number_is_not_the_first_of_several():
    for groups in ([1, 2], b"\x01", {1}, "1"):
        with pytest.raises(ParameterError, match="groups"):
            st.lessons.Workbench(PLANE, KERNEL, groups=groups)


def test_what_takes_no_time_for_a_small_input_takes_none_for_a_large_one():
    twin = st.dense_equivalent(st.lessons.Convolution([1, 2, 3], padding=1), (10**9,), largest=0)
    assert twin.connections == 3 * 10**9 - 2
    with pytest.raises(LimitError):
        MERGED.inside((10**12,))
    with pytest.raises(LimitError):
        st.lessons.resnet50(10**12)
    assert st.lessons.flatten_orders((3, 10**12), most=2).channels_last == ((0, 0), (1, 0))


def test_sums_beyond_float64_are_said_and_none_is_given():
    large = np.full(4, 1e308)
    for call in (
        lambda: CONVOLUTION(np.full((5, 5), 1e308)),
        lambda: st.lessons.Convolution([1.0, 1.0]).channel_sums(large),
        lambda: st.merge_convolutions(large, large),
        lambda: st.animate(large, [9.0, 9.0]),
    ):
        with pytest.raises(NonFiniteError, match="beyond what float64 can hold"):
            call()
    assert st.invariance_error(st.lessons.Pooling((2,)), large, 1).input_change < 1


def test_a_message_is_one_line_however_much_it_quotes():
    with pytest.raises(ParameterError) as caught:
        st.lessons.Convolution(KERNEL, stride=np.ones((30, 30)))
    assert "\n" not in str(caught.value)
    with pytest.raises(ParameterError) as caught:
        st.lessons.Convolution(KERNEL, padding="a" * 10**5)
    assert len(str(caught.value)) < 1_000


def message(function, given):
    """What the error says; "" where there is none: None, or 1.5 as a value, may be right."""
    try:
        function(**given)
    except StriateError as error:
        return str(error)
    return ""
