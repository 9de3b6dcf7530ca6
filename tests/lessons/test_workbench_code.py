"""The code of every kind of state runs as it stands and gives the state's maps."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import StriateError, UnsupportedError
from striate.lessons import (
    Workbench,
    bank_filters,
    workbench_code,
    workbench_layers,
    workbench_torch,
    worked_examples,
)


def run(code):
    space = {}
    exec(code, space)
    return space["y"]


def run_layers(code):
    """Channels first again, without the batch."""
    return np.moveaxis(np.asarray(run(code))[0], -1, 0)


def run_torch(code):
    return run(code).numpy()[0]


STATES = draws.fixed_dictionaries(
    {
        "operation": draws.sampled_from(["convolution", "transposed", "max_pool", "average_pool"]),
        "axes": draws.integers(1, 3),
        "groups": draws.integers(1, 2),
        "kernel": draws.integers(1, 3),
        "stride": draws.integers(1, 3),
        "padding": draws.sampled_from([0, 1, 2, "same", (0, 1)]),
        "dilation": draws.integers(1, 2),
        "more": draws.integers(0, 1),
        "flags": draws.tuples(*[draws.booleans()] * 5),
    }
)


def bench_of(operation, axes, groups, kernel, stride, padding, dilation, more, flags):
    bias, flip, relu, ceil, count = flags
    rng = np.random.default_rng(kernel)
    pooled = operation.endswith("pool")
    weight = None if pooled else rng.normal(size=(2 * groups, 2, *[kernel] * axes)).astype(np.float32)
    options = {
        "definition": "convolve" if flip and not pooled else "correlate",
        "relu": relu,
        "kernel": (kernel,) * axes,
    }
    options |= {"ceil_mode": ceil, "count_padding": count} if pooled else {"groups": groups, "output_padding": more}
    options |= {"bias": rng.normal(size=2 * groups).astype(np.float32)} if bias and not pooled else {}
    return Workbench(
        rng.normal(size=(2 * groups, *range(5, 5 + axes))).astype(np.float32),
        weight,
        operation,
        stride=stride,
        padding=[padding] * axes if isinstance(padding, tuple) else padding,
        dilation=dilation,
        **options,
    )


@pytest.mark.parametrize("form", [workbench_code, workbench_layers, workbench_torch])
@settings(max_examples=120)
@given(state=STATES)
def test_any_state(form, torch, state):
    try:
        bench = bench_of(**state)
        code = form(bench)
    except StriateError:
        assume(False)
    y = {workbench_code: run, workbench_layers: run_layers, workbench_torch: run_torch}[form](code)
    assert y.shape == bench.output.shape
    assert np.allclose(y, bench.output, atol=1e-4)


@pytest.mark.parametrize("example", worked_examples(), ids=lambda example: example.name)
def test_every_worked_example(example, torch):
    bench = example.bench
    truth = bench.flat if bench.flatten else bench.output
    assert np.allclose(run(workbench_code(bench)), truth, atol=1e-5)
    assert np.allclose(run_torch(workbench_torch(bench)), truth, atol=1e-5)
    layers = run(workbench_layers(bench))[0]
    # One map in a line has the same order with channels last.
    assert np.allclose(layers if bench.flatten else np.moveaxis(layers, -1, 0), truth, atol=1e-5)


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`:UserWarning")
@pytest.mark.parametrize("name", ["bump", "vertical-line", "smoothing", "max-pool", "lines"])
def test_the_same_lines_run_in_keras(name, keras):
    """Only the imports change."""
    bench = next(each.bench for each in worked_examples() if each.name == name)
    code = workbench_layers(bench)
    theirs = code.replace("striate.layers", "keras.layers").replace("from striate", "from keras")
    assert "striate" not in theirs
    assert np.allclose(run(theirs), run(code), atol=1e-6)


def test_the_tutorials_lines():
    bench = {each.name: each.bench for each in worked_examples()}
    space = {}
    exec(workbench_layers(bench["bump"]), space)
    assert "Conv1D(1, 3, input_shape=(8, 1))" in workbench_layers(bench["bump"])
    assert space["x"].shape == (1, 8, 1)
    weights, bias = space["model"].get_weights()
    assert weights.tolist() == [[[0]], [[1]], [[0]]]
    assert bias.tolist() == [0]
    assert space["y"].tolist() == [[[0], [0], [1], [1], [0], [0]]]
    assert "Conv2D(1, 3, input_shape=(8, 8, 1))" in workbench_layers(bench["vertical-line"])
    assert np.array_equal(run(workbench_layers(bench["vertical-line"]))[0, :, :, 0], [[0, 0, 3, 3, 0, 0]] * 6)


@pytest.mark.parametrize(
    ("form", "options", "message"),
    [
        (workbench_torch, {"operation": "max_pool", "kernel": (2,), "padding": [(0, 1)]}, r"differently .* \(0\+1\)"),
        (workbench_torch, {"operation": "max_pool", "kernel": (3,), "dilation": 2, "padding": 2}, "half their kernel"),
        (workbench_layers, {"operation": "max_pool", "kernel": (2,), "ceil_mode": True}, "no max pool of Keras"),
        (workbench_layers, {"operation": "average_pool", "kernel": (4,), "padding": 1, "stride": 1}, 'by "same"'),
    ],
)
def test_what_no_peer_can_do(form, options, message):
    with pytest.raises(UnsupportedError, match=message):
        form(Workbench(np.arange(7.0), **options))


@pytest.mark.parametrize(
    "names", [["sobel"], ["sobel", "sobel@0"], ["untrained"] * 3, ["gaussian", "box"], ["sobel", "gaussian"]]
)
@pytest.mark.parametrize("depth", [1, 3])
def test_names_of_the_bank(names, depth, torch):
    taps = (5, 5) if "gaussian" in names else (3, 3)
    weight, kept = bank_filters(names, 2, depth, taps)
    source = f'x = st.image(st.bundled.picture_path(), size=None, preprocess="{"unit" if depth == 3 else "grey"}")[0]'
    space = {"st": st}
    exec(source, space)
    bench = Workbench(space["x"], weight, padding=1)
    code = workbench_code(bench, source, kept, "magnitude")
    assert np.allclose(run(code), bench.combined("magnitude"), atol=1e-3)
    assert np.allclose(run(workbench_layers(bench, source, kept, "largest"))[0], bench.combined("largest"), atol=1e-3)
    assert np.allclose(run(workbench_torch(bench, source, kept, "sum"))[0], bench.combined("sum"), atol=1e-3)
    if names == ["sobel", "sobel@0"] and depth == 1:
        assert "weight = np.array([[st.filters.sobel()], [st.filters.sobel(axis=0)]])" in code.splitlines()
