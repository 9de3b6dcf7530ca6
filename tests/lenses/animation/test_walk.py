"""The steps of a window: against PyTorch for drawn shapes, and the numbers of the textbook examples."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import striate as st
from striate import ops
from striate.errors import NonFiniteError, ParameterError, ShapeError, UnknownNameError, UnsupportedOpError
from striate.graph import GraphBuilder, LayerView, Model
from striate.lenses.animation import CellKind, walk

CHAPTER = [[int(digit) for digit in row] for row in "12012 01210 20101 12021 01210".split()]
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


def numbers(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def check(walk):
    """What holds for every walk: windows are the field's cells, sums add up, the output is what the steps come to."""
    field = walk.field
    for step in walk:
        places = tuple(np.moveaxis(step.cells - np.array(field.origin), -1, 0))
        assert np.array_equal(step.window, field.numbers[(slice(None), *places)])
        assert np.array_equal(step.inside, field.kinds[places] == CellKind.INPUT)
        if step.products is not None:
            assert np.array_equal(step.products, step.kernel * step.window)
            assert math.fsum([*step.products.flat, step.bias]) == pytest.approx(step.total, rel=1e-12, abs=1e-12)
        here = tuple(o - first for o, first in zip(step.position, walk.first, strict=True))
        assert walk.output[here] == step.value == pytest.approx(step.total, rel=1e-9, abs=1e-9)


def test_the_chapters_example_in_two_dimensions():
    shown = st.animate(CHAPTER, SOBEL)
    assert shown.walk.output.tolist() == [[2, -1, -2], [-1, 0, -1], [-1, 0, 0]]
    assert [step.position for step in shown.steps[:4]] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    first = shown.steps[0]
    assert first.window[0].tolist() == [[1, 2, 0], [0, 1, 2], [2, 0, 1]]
    assert first.products[0].tolist() == [[-1, 0, 0], [0, 0, 4], [-2, 0, 1]]
    assert shown.walk.sizes == ("⌊(5 + 2·0 − 3)/1⌋ + 1 = 3",) * 2
    assert np.array_equal(st.animate(CHAPTER, "sobel").walk.output, shown.walk.output)


def test_examples_in_one_dimension():
    assert [step.value for step in st.animate([1, 2, 3, 4, 5], [1, 0, -1]).steps] == [-2, -2, -2]
    assert [step.value for step in st.animate([1, 2, 3, 4, 5], [1, 0, -1], flip=True).steps] == [2, 2, 2]
    shown = st.animate([0.0, 0.82, 0.91], [0.33, 0.34, 0.33], padding=1)
    assert shown.steps[0].formula == "0.33×0.0 + 0.34×0.0 + 0.33×0.82 = 0.2706"
    assert shown.walk.field.kinds.tolist() == [CellKind.PADDING, *[CellKind.INPUT] * 3, CellKind.PADDING]
    assert shown.walk.sizes == ("⌊(3 + 2·1 − 3)/1⌋ + 1 = 3",)


@some.composite
def layers(draw):
    axes = draw(some.integers(1, 3))
    sizes = some.integers(1, 3)
    each = [draw(sizes) for _ in range(axes)]
    return {
        "axes": axes,
        "kernel": each,
        "stride": [draw(sizes) for _ in range(axes)],
        "dilation": [draw(some.integers(1, 2)) for _ in range(axes)],
        "padding": [draw(some.integers(0, 2)) for _ in range(axes)],
        "lengths": [draw(some.integers(5, 7 if axes < 3 else 5)) for _ in range(axes)],
        "groups": draw(some.integers(1, 2)),
        "depth": draw(some.integers(1, 2)),
        "seed": draw(some.integers(0, 99)),
    }


@settings(max_examples=25, derandomize=True, deadline=None)
@given(layer=layers())
def test_convolutions(torch, layer):
    groups, depth, seed = layer["groups"], layer["depth"], layer["seed"]
    x = numbers(seed, groups * depth, *layer["lengths"])
    weight, bias = numbers(seed + 1, 2 * groups, depth, *layer["kernel"]), numbers(seed + 2, 2 * groups)
    options = {name: layer[name] for name in ("stride", "padding", "dilation", "groups")}
    wanted = getattr(torch.nn.functional, f"conv{layer['axes']}d")(*map(torch.tensor, (x, weight, bias)), **options)
    for channel in (0, 2 * groups - 1):
        box = [(0, size) for size in wanted.shape[1:]]
        shown = st.animate(x, weight, bias, **options, channel=channel, positions=box)
        check(shown.walk)
        np.testing.assert_allclose(shown.walk.output, wanted[channel].numpy(), rtol=1e-9, atol=1e-9)
        assert shown.walk.channels == tuple(range(channel // 2 * depth, channel // 2 * depth + depth))


@settings(max_examples=25, derandomize=True, deadline=None)
@given(layer=layers())
def test_transposed_convolutions(torch, layer):
    groups, depth, seed = layer["groups"], layer["depth"], layer["seed"]
    x = numbers(seed, groups * depth, *(size // 2 + 1 for size in layer["lengths"]))
    weight = numbers(seed + 1, groups * depth, 2, *layer["kernel"])
    padding = [
        min(pad, (size - 1) * gap)
        for pad, size, gap in zip(layer["padding"], layer["kernel"], layer["dilation"], strict=True)
    ]
    options = {"stride": layer["stride"], "padding": padding, "groups": groups, "dilation": layer["dilation"]}
    function = getattr(torch.nn.functional, f"conv_transpose{layer['axes']}d")
    wanted = function(torch.tensor(x), torch.tensor(weight), **options)
    if 0 in wanted.shape or wanted[0].numel() > 300:
        return
    box = [(0, size) for size in wanted.shape[1:]]
    shown = st.animate(x, weight, **options, transposed=True, channel=2 * groups - 1, positions=box)
    check(shown.walk)
    np.testing.assert_allclose(shown.walk.output, wanted[-1].numpy(), rtol=1e-9, atol=1e-9)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(layer=layers(), kind=some.sampled_from(["max", "average"]))
def test_poolings(torch, layer, kind):
    axes, kernel = layer["axes"], layer["kernel"]
    x = numbers(layer["seed"], 2, *layer["lengths"])
    padding = [min(pad, size // 2) for pad, size in zip(layer["padding"], kernel, strict=True)]
    function = getattr(torch.nn.functional, f"{kind[:3].replace('ave', 'avg')}_pool{axes}d")
    options = {"count_include_pad": False} if kind == "average" else {}
    wanted = function(torch.tensor(x), kernel, layer["stride"], padding, **options)[1]
    box = [(0, size) for size in wanted.shape]
    options = {"stride": layer["stride"], "padding": padding, "channel": 1, "positions": box}
    shown = st.animate(x, pool=kind, size=kernel, **options)
    check(shown.walk)
    np.testing.assert_allclose(shown.walk.output, wanted.numpy(), rtol=1e-9, atol=1e-9)
    for step in shown.steps:
        if kind == "max":
            assert step.window[step.winner] == step.value
        else:
            assert step.divisor in (None, step.inside.sum())


@pytest.fixture(scope="module")
def run():
    net = st.load(st.bundled.model_path())
    return net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))


MAPS = [("grey/Conv", 0), ("edges/Conv", 5), ("shapes/Conv", 3), ("pool1/MaxPool", 2)]


@pytest.mark.parametrize(("layer", "channel"), MAPS)
def test_layers_of_a_network(run, layer, channel):
    shown = run.animate(f"{layer}:{channel}")
    (rows, columns) = (
        (first, first + size) for first, size in zip(shown.walk.first, shown.walk.output.shape, strict=True)
    )
    part = run[layer][0, channel][slice(*rows), slice(*columns)]
    np.testing.assert_allclose(shown.walk.output, part)
    np.testing.assert_allclose([step.total for step in shown.steps], part.reshape(-1), atol=1e-5)
    assert len(shown) == 49
    assert np.abs(part).max() == np.abs(run[layer][0, channel]).max()
    assert shown.omitted == (
        f"positions {rows[0]}:{rows[1]},{columns[0]}:{columns[1]} of {'×'.join(map(str, run[layer].shape[2:]))}; "
        "the rest is not shown"
    )
    check_field = shown.walk.field.numbers.shape[1:]
    assert all(size <= 20 for size in check_field)


def test_a_layer_with_an_activation_shows_it_as_a_stage():
    model = st.Sequential([st.layers.Conv1D(1, 2, activation="relu", input_shape=(4, 1))])
    model.set_weights([np.array([[[-1]], [[1]]]), np.array([0.5])])
    shown = st.Network(model.to_model()).run(np.array([0.0, 2, 1, 1]).reshape(1, 4, 1)).animate("conv1d")
    assert [step.total for step in shown.steps] == [2.5, -0.5, 0.5]
    assert [step.value for step in shown.steps] == [2.5, 0, 0.5]
    assert [stage.kind for stage in shown.steps[1].stages] == ["Relu"]


def test_a_part_and_a_number_of_steps():
    x = numbers(0, 40, 50)
    shown = st.animate(x, SOBEL, positions=[(10, 12), (20, 23)], steps=4)
    assert [step.position for step in shown.steps] == [(10, 20), (10, 21), (10, 22), (11, 20)]
    assert shown.walk.output.shape == (2, 3)
    assert np.array_equal(shown.walk.field.numbers[0], x[10:14, 20:25])
    assert shown.omitted == "positions 10:12,20:23 of 38×48; the rest is not shown"
    assert st.animate(CHAPTER, SOBEL, steps=2).omitted == ""


def refused(kind, message, *args, **options):
    with pytest.raises(kind, match=re.escape(message)):
        st.animate(*args, **options)


def test_a_part_around_a_place():
    recording = (
        st.Network(
            st.Sequential([st.layers.Conv1D(1, 3, strides=4, input_shape=(200, 1), name="c")], seed=0).to_model()
        )
        .run(np.zeros((1, 200, 1), np.float32))
        .recording
    )
    # Six windows of three cells, four cells apart, are 23 cells side by side.
    assert [step.position for step in walk(recording, "c:0", around=(30,))] == [(at,) for at in range(27, 33)]
    assert [step.position for step in walk(recording, "c:0", around=(49,))] == [(at,) for at in range(44, 50)]
    assert len(walk(recording, "c:0", [(0, 20)], around=(30,))) == 20
    assert len(walk(recording, "c:0", around=(30, 2))) == 6  # a place of other axes is none


def test_what_does_not_fit():
    refused(ParameterError, "animate needs a kernel (weights, or a name such as sobel), or pool", CHAPTER)
    refused(UnknownNameError, 'no filter "sobell"; did you mean "sobel"', CHAPTER, "sobell")
    refused(ShapeError, "kernel has shape (2,), input (5, 5); expected as many axes as the input", CHAPTER, [1, 2])
    refused(ShapeError, "window spans 6 cells", CHAPTER, np.ones((6, 6)))
    refused(ShapeError, "input must be an array of numbers, with the same length in every row", [[1], [1, 2]], [1])
    refused(NonFiniteError, "input holds NaN or infinity, expected finite numbers", [1, np.nan], [1])
    refused(ParameterError, "stride (=0) must be positive", CHAPTER, SOBEL, stride=0)
    refused(ParameterError, 'padding (="half") must be "valid", "same" or numbers', CHAPTER, SOBEL, padding="half")
    refused(ParameterError, 'pool (="max") has no kernel; leave out', CHAPTER, SOBEL, pool="max")
    refused(ParameterError, 'pool (="min") must be one of max, average', CHAPTER, pool="min")
    refused(ParameterError, 'positions (=0:9,0:3) of layer "conv" must lie in 0:3,0:3, first:end along each axis',
            CHAPTER, SOBEL, positions=[(0, 9), (0, 3)])  # fmt: skip
    refused(ParameterError, "steps (=0) must be one positive number", CHAPTER, SOBEL, steps=0)
    refused(ParameterError, "900 positions are more than the 500 that an animation may have; name fewer",
            np.zeros((32, 32)), SOBEL, positions=[(0, 30), (0, 30)])  # fmt: skip
    refused(
        ParameterError, 'layer "conv" has 1 channels, from 0; channel 3 is not among them', CHAPTER, SOBEL, channel=3
    )


def test_layers_without_a_window(run):
    def refused(kind, address, message):
        with pytest.raises(kind, match=re.escape(message)):
            run.animate(address)

    listed = "layers with one: grey/Conv, edges/Conv, pool1/MaxPool, shapes/Conv, pool2/MaxPool and 2 more"
    relu = f'layer "edges/Relu" is Relu: no window slides over an input there; {listed}'
    refused(UnsupportedOpError, "edges/Relu:0", relu)
    refused(UnsupportedOpError, "image:0", 'layer "image" is an input: no window slides')
    refused(UnsupportedOpError, "verdict/Gemm:0", 'layer "verdict/Gemm" is Gemm: no window slides')
    several = 'layer "edges/Conv" has 12 channels; say which one, such as edges/Conv:0'
    refused(ParameterError, "edges/Conv", several)
    refused(ParameterError, "edges/Conv:0@1,2", "an animation shows all positions of a map; leave out @1,2")


def pooled(kind, shape, **attributes):
    """The run of one ONNX pooling on drawn numbers, and these."""
    x = numbers(7, *shape).astype(np.float32)
    build = GraphBuilder("pool")
    outputs = build.add(getattr(ops, kind)(**attributes), [build.input("x", np.float32, shape)], "pool")
    graph = build.finish(outputs)
    return st.Network(Model(graph, (LayerView("pool", kind, ("pool",), outputs[0]),))).run(x), x


@pytest.mark.parametrize("lengths", [(9,), (4, 5), (2, 3, 4)])
@pytest.mark.parametrize(
    ("kind", "attributes", "truth"),
    [
        ("GlobalMaxPool", {}, np.max),
        ("GlobalAveragePool", {}, np.mean),
        ("GlobalLpPool", {"p": 3}, lambda x: (np.abs(x) ** 3).sum() ** (1 / 3)),
    ],
)
def test_a_global_pooling_is_one_window_over_all(lengths, kind, attributes, truth):
    run, x = pooled(kind, (1, 2, *lengths), **attributes)
    found = walk(run.recording, "pool:1")
    (step,) = found.steps
    assert np.array_equal(step.window[0], x[0, 1])
    assert step.inside.all()
    assert step.total == pytest.approx(truth(x[0, 1].astype(float)), rel=1e-6)
    facts = f"window {'×'.join(map(str, lengths))}, the whole map"
    assert found.facts == ((facts, "p 3") if attributes else (facts,))
    assert (found.sizes, found.order) == ((), attributes.get("p", 0))


def test_a_window_that_no_frame_can_show_is_refused():
    run, _ = pooled("GlobalMaxPool", (1, 1, 129, 64))
    with pytest.raises(UnsupportedOpError) as caught:
        walk(run.recording, "pool:0")
    said = "with a window of 129×64, 8,256 cells; up to 8,192 can be drawn: use a smaller input"
    assert str(caught.value) == f'layer "pool" is GlobalMaxPool {said}'


def test_the_order_of_a_norm():
    run, x = pooled("LpPool", (1, 1, 6), kernel=(2,), stride=(1,), padding=((0, 0),), dilation=(1,), p=2)
    found = walk(run.recording, "pool:0")
    truth = np.sqrt(x[0, 0, :-1].astype(float) ** 2 + x[0, 0, 1:].astype(float) ** 2)
    assert [step.total for step in found] == pytest.approx(truth.tolist())
    assert (found.order, found.facts) == (2, ("window 2", "stride 1", "p 2"))
