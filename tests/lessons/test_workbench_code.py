"""The code of every kind of state runs as it stands and gives the state's maps."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import StriateError
from striate.lessons import Workbench, bank_filters, workbench_code, worked_examples


def run(code):
    space = {}
    exec(code, space)
    return space["y"]


@settings(max_examples=120)
@given(
    operation=draws.sampled_from(["convolution", "transposed", "max_pool", "average_pool"]),
    axes=draws.integers(1, 3),
    groups=draws.integers(1, 2),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 3),
    padding=draws.sampled_from([0, 1, 2, "same", (0, 1)]),
    dilation=draws.integers(1, 2),
    more=draws.integers(0, 1),
    flags=draws.tuples(*[draws.booleans()] * 5),
)
def test_any_state(operation, axes, groups, kernel, stride, padding, dilation, more, flags):
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
    try:
        bench = Workbench(
            rng.normal(size=(2 * groups, *range(5, 5 + axes))).astype(np.float32),
            weight,
            operation,
            stride=stride,
            padding=[padding] * axes if isinstance(padding, tuple) else padding,
            dilation=dilation,
            **options,
        )
    except StriateError:
        assume(False)
    y = run(workbench_code(bench))
    assert y.shape == bench.output.shape
    assert np.allclose(y, bench.output, atol=1e-4)


@pytest.mark.parametrize("example", worked_examples(), ids=lambda example: example.name)
def test_every_worked_example(example):
    assert np.allclose(run(workbench_code(example.bench)), example.bench.output, atol=1e-5)


@pytest.mark.parametrize(
    "names", [["sobel"], ["sobel", "sobel@0"], ["untrained"] * 3, ["gaussian", "box"], ["sobel", "gaussian"]]
)
@pytest.mark.parametrize("depth", [1, 3])
def test_names_of_the_bank(names, depth):
    taps = (5, 5) if "gaussian" in names else (3, 3)
    weight, kept = bank_filters(names, 2, depth, taps)
    source = f'x = st.image(st.bundled.picture_path(), size=None, preprocess="{"unit" if depth == 3 else "grey"}")[0]'
    space = {"st": st}
    exec(source, space)
    bench = Workbench(space["x"], weight, padding=1)
    code = workbench_code(bench, source, kept, "magnitude")
    assert np.allclose(run(code), bench.combined("magnitude"), atol=1e-3)
    if names == ["sobel", "sobel@0"] and depth == 1:
        assert "weight = np.array([[st.filters.sobel()], [st.filters.sobel(axis=0)]])" in code.splitlines()
