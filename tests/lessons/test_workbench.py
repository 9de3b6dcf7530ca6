"""A state of the workbench against PyTorch, and what is told of it against counting it out."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import ParameterError, ShapeError, StriateError
from striate.lessons import Workbench, explain_declaration, worked_examples

MISSION = {
    "sliding-product": [-2, -2, -2],
    "bump": [0, 0, 1, 1, 0, 0],
    # Nine products that make 46 + 58 + 50; the tutorial's page prints 146 for it.
    "square": [[154, 157], [200, 233]],
    "vertical-line": [[0, 0, 3, 3, 0, 0]] * 6,
    "chapter": [[2, -1, -2], [-1, 0, -1], [-1, 0, 0]],
    "max-pool": [[9, 7], [6, 8]],
    "average-pool": [[6.5, 4.5], [3.5, 5.5]],
}


@settings(max_examples=60)
@given(
    axes=draws.integers(1, 3),
    groups=draws.integers(1, 2),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 3),
    padding=draws.integers(0, 2),
    dilation=draws.integers(1, 2),
    transposed=draws.booleans(),
    flip=draws.booleans(),
    relu=draws.booleans(),
)
def test_convolutions_are_pytorch_s(torch, axes, groups, kernel, stride, padding, dilation, transposed, flip, relu):
    rng = np.random.default_rng(kernel + stride)
    assume(not transposed or padding <= dilation * (kernel - 1))
    weight = rng.normal(size=(3 * groups, 2, *[kernel] * axes))
    x, bias = rng.normal(size=(2 * groups, *range(5, 5 + axes))), rng.normal(size=3 * groups)
    bench = Workbench(
        x,
        weight,
        "transposed" if transposed else "convolution",
        bias=bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        definition="convolve" if flip else "correlate",
        relu=relu,
    )
    turned = torch.tensor(np.flip(weight, tuple(range(2, 2 + axes))).copy() if flip else weight)
    function = getattr(torch.nn.functional, f"conv{'_transpose' if transposed else ''}{axes}d")
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    if transposed:
        # Each group's filters by input channel, as PyTorch has them.
        turned = torch.cat([turned[3 * g : 3 * g + 3].transpose(0, 1) for g in range(groups)])
    truth = function(torch.tensor(x), turned, torch.tensor(bias), **options).numpy()
    assert np.allclose(bench.output, np.maximum(truth, 0) if relu else truth, atol=1e-10)
    assert bench.parameters.value == weight.size + len(bias)
    assert [int(text.rpartition("= ")[2]) for text in bench.sizes] == list(truth.shape[1:])
    at = tuple(int(rng.integers(size)) for size in truth.shape[1:])
    found = bench.run.unit(st.lessons.workbench.LAYER, channel=1, at=at).explain()
    assert found.total == pytest.approx(truth[(1, *at)], abs=1e-10)
    assert found.value == pytest.approx(bench.output[(1, *at)], abs=1e-10)


@settings(max_examples=40)
@given(
    axes=draws.integers(1, 3),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 3),
    padding=draws.integers(0, 1),
    dilation=draws.integers(1, 2),
    most=draws.booleans(),
    ceil=draws.booleans(),
)
def test_poolings_are_pytorch_s(torch, axes, kernel, stride, padding, dilation, most, ceil):
    assume(2 * padding <= kernel)
    x = np.random.default_rng(kernel).normal(size=(2, *range(7, 7 + axes)))
    operation = "max_pool" if most else "average_pool"
    dilation = dilation if most else 1
    options = {"stride": stride, "padding": padding, "ceil_mode": ceil}
    bench = Workbench(x, None, operation, kernel=kernel, dilation=dilation, count_padding=True, **options)
    function = getattr(torch.nn.functional, f"{'max' if most else 'avg'}_pool{axes}d")
    truth = function(torch.tensor(x), kernel, **options, **({"dilation": dilation} if most else {})).numpy()
    assert np.allclose(bench.output, truth, atol=1e-12)
    assert bench.parameters.value == 0


@settings(max_examples=40)
@given(
    axes=draws.integers(1, 2),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 3),
    padding=draws.integers(0, 2),
    dilation=draws.integers(1, 2),
    transposed=draws.booleans(),
    flip=draws.booleans(),
)
def test_a_weight_meets_the_cells_that_change_with_it(axes, kernel, stride, padding, dilation, transposed, flip):
    """The truth: a cell is met by a weight if a result depends on that cell while all other weights are 0."""
    assume(not transposed or padding <= dilation * (kernel - 1))
    lengths = tuple(range(4, 4 + axes))
    rng = np.random.default_rng(kernel)
    tap = tuple(int(rng.integers(kernel)) for _ in range(axes))
    weight = np.zeros((1, 1, *[kernel] * axes))
    weight[(0, 0, *tap)] = 1
    options = {
        "operation": "transposed" if transposed else "convolution",
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "definition": "convolve" if flip else "correlate",
    }
    met = np.zeros(lengths, bool)
    for place in product(*map(range, lengths)):
        x = np.zeros((1, *lengths))
        x[(0, *place)] = 1
        try:
            met[place] = Workbench(x, weight, **options).output.any()
        except ShapeError:
            assume(False)
    found = Workbench(np.zeros((1, *lengths)), weight, **options).met_by(tap)
    said = np.zeros(lengths, bool)
    if found is not None:
        said[np.ix_(*(range(first, last + 1, step) for first, last, step in found))] = True
    assert np.array_equal(said, met)


@settings(max_examples=60)
@given(
    operation=draws.sampled_from(["convolution", "transposed", "max_pool", "average_pool"]),
    axes=draws.integers(1, 2),
    kernel=draws.integers(1, 4),
    stride=draws.integers(1, 3),
    padding=draws.integers(0, 3),
    dilation=draws.integers(1, 3),
)
def test_whatever_a_slider_can_reach_is_possible(operation, axes, kernel, stride, padding, dilation):
    x = np.ones((1, *range(6, 6 + axes)))

    def made(**sizes):
        pooled = operation.endswith("pool")
        side = sizes.pop("kernel")
        weight = None if pooled else np.ones((1, 1, *[side] * axes))
        return Workbench(x, weight, operation, kernel=side, **sizes)

    sizes = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    try:
        ranges = made(**sizes).ranges()
    except StriateError:
        assume(False)
    for name, (least, most) in ranges.items():
        assert least <= most
        for value in {least, most, (least + most) // 2}:
            made(**(sizes | {name: value}))


def test_a_size_beyond_the_usual_ones_is_within_its_range():
    """As a pasted global pooling has it; where not all axes have room for it, the range ends at what has."""
    assert Workbench(np.ones((1, 60, 60)), operation="max_pool", kernel=60).ranges()["kernel"] == (1, 60)
    assert Workbench(np.ones((1, 5, 60)), operation="max_pool", kernel=(5, 60)).ranges()["kernel"] == (1, 5)
    assert Workbench(np.ones(60), [1, 1], dilation=20).ranges()["dilation"] == (1, 20)


def test_the_documents_numbers():
    made = {example.name: example.bench.output for example in worked_examples()}
    for name, numbers in MISSION.items():
        assert np.array_equal(made[name][0], numbers), name
    assert made["smoothing"][0][1] == pytest.approx(0.33 * 0 + 0.34 * 0.82 + 0.33 * 0.91)


def test_lines_in_both_directions_come_together():
    bench = next(example.bench for example in worked_examples() if example.name == "lines")
    vertical, horizontal = bench.output
    assert np.array_equal(bench.combined("sum"), vertical + horizontal)
    assert np.allclose(bench.combined("magnitude"), np.hypot(vertical, horizontal))
    assert np.array_equal(bench.combined("largest"), np.maximum(vertical, horizontal))
    assert vertical[2, 1] > 0 == horizontal[2, 1]
    with pytest.raises(ParameterError, match=r'combine .="mean". must be one of magnitude, sum, largest'):
        bench.combined("mean")


@pytest.mark.parametrize("shape", [(2, 30), (2, 9, 8), (2, 5, 4, 6)])
def test_extremes_of_each_map(shape):
    rng = np.random.default_rng(len(shape))
    bench = Workbench(rng.normal(size=shape), rng.normal(size=(3, 2, *(2,) * (len(shape) - 1))), relu=True)
    listed = [one.ravel().tolist() for one in bench.output]
    assert bench.extents.tolist() == [[min(one), max(one)] for one in listed]


def test_large_states_run_on_the_engine():
    x = np.random.default_rng(0).random((1, 700, 800)).astype(np.float32)
    bench = Workbench(x, st.filters.sobel(), padding=1)
    assert bench.output.dtype == np.float32
    assert np.allclose(bench.output[0], st.correlate(x[0], st.filters.sobel(), mode="same", boundary="zero"), atol=1e-5)
    found = bench.run.unit("layer:0@300,400").explain()
    assert found.agrees


def test_same_padding_of_a_transposed_one_gives_the_input_times_the_stride():
    assert Workbench(np.ones((1, 5)), np.ones((1, 1, 4)), "transposed", stride=2, padding="same").output.shape == (
        1,
        10,
    )


@pytest.mark.parametrize(
    ("x", "weight", "options", "message"),
    [
        (
            [1, 2],
            [1, 2, 3],
            {},
            r"kernel 3 with dilation 1 spans 3 cells, but the padded input has only 2 along axis 0",
        ),
        (
            np.ones((3, 5)),
            np.ones((4, 1, 3)),
            {"groups": 2},
            r"groups .=2. must be a positive number that divides the 3",
        ),
        (np.ones((4, 5)), np.ones((4, 1, 3)), {"groups": 2}, r"filters for 1 channels, but the input has 4 in groups"),
        (np.ones((1, 5)), None, {"operation": "max_pool", "padding": 2}, r"must be at most half its window"),
        (np.ones((1, 5)), None, {"operation": "average_pool", "dilation": 2}, r"dilation .*average pooling must be 1"),
        (np.ones((1, 2)), np.ones((1, 1, 1)), {"operation": "transposed", "padding": 1}, "cuts the whole result away"),
        (np.ones((1, 5)), None, {}, "a convolution needs a weight"),
        (np.ones((1, 5)), np.ones((1, 1, 3)), {"bias": [1, 2]}, r"bias has shape \(2,\), expected \(1,\)"),
        (np.ones(5), np.ones((1, 1, 3, 3)), {}, r"input has shape \(5,\), expected .* 2 spatial axes"),
        (np.ones((1, 5)), np.ones((1, 1, 3)), {"operation": "fold"}, 'operation .="fold". must be one of convolution'),
        (np.ones((1, 5)), np.ones((1, 1, 3)), {"operation": "transposed", "output_padding": 1}, "must be less than"),
        (np.ones((1, 5)), np.ones((1, 1, 3)), {"stride": 0}, "stride .=0. must be a positive whole number"),
    ],
)
def test_what_is_no_layer(x, weight, options, message):
    with pytest.raises(StriateError, match=message):
        Workbench(x, weight, **options)


def test_products_of_a_transposed_convolution_are_those_of_its_layer():
    for rank, groups in ((1, 1), (2, 2), (3, 1)):
        x, weight = np.ones((2, *(3, 4, 5)[:rank])), np.ones((4, 2 // groups, *(3, 2, 2)[:rank]))
        bench = Workbench(x, weight, "transposed", stride=2, groups=groups)
        line = f"nn.ConvTranspose{rank}d(2, 4, {weight.shape[2:]}, stride=2, groups={groups})"
        assert bench.macs.value == explain_declaration(line, x.shape).macs.value
        assert eval(bench.macs.text.replace("·", "*")) == bench.macs.value
