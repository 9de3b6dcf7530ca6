"""What the lessons are told is what the Python API says."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter

import striate as st
from striate.errors import LimitError, MessageError, ParameterError, UnknownNameError
from striate.lessons import Convolution, field_growth, questions, sliding_sum
from striate.studio.answers import ANSWERS
from striate.studio.answers.lessons import measuring
from striate.studio.answers.session import Session
from striate.studio.limits import Limits
from striate.studio.protocol import EXCHANGES
from striate.studio.sources import Source
from striate.studio.store import Store
from striate.studio.work import Work

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def ask(asked, arrays=None, session=None, **fields):
    request = TypeAdapter(EXCHANGES[asked][0]).validate_python({"id": 1, "type": asked, **fields})
    return ANSWERS[asked](session, request, arrays or {}, Work())


def ran(code):
    space = {}
    exec(code, space)
    return space


def test_questions_come_without_answers_and_are_judged():
    answer, _ = ask("lesson_questions", lesson="sizes")
    assert [each.name for each in answer.questions] == [each.name for each in questions("sizes")]
    for each in questions("sizes"):
        judged, _ = ask("check_answer", lesson="sizes", question=each.name, given=each.answer)
        assert (judged.right, judged.answer, judged.why, judged.remark) == (True, each.answer, each.why, "")
    length = questions("sizes")[0]
    for given in ("8", "6"):
        judged, _ = ask("check_answer", lesson="sizes", question="length", given=given)
        assert (judged.right, judged.remark) == (False, length.remark(given))
    with pytest.raises(UnknownNameError, match='question "lenght"'):
        ask("check_answer", lesson="sizes", question="lenght", given="7")


def test_the_explosion():
    answer, _ = ask("explosion", input_shape=(224, 224, 3), units=1000)
    assert (answer.parameters.value, answer.convolution.value, answer.resnet) == (150_529_000, 1_792, 25_557_032)
    assert answer.ratio == pytest.approx(84_000, rel=1e-3)
    assert answer.bytes == 4 * 150_529_000
    assert ask("explosion", input_shape=(32, 32, 3), units=512)[0].weights.value == 1_572_864


def test_a_kernel_is_named_for_what_it_is():
    for name in ("box", "sobel", "sharpen", "kirsch"):
        answer, arrays = ask("slide", kernel=name)
        described = st.filters.describe(arrays["weight"][0, 0])
        assert (answer.kind, answer.description) == (described.kind, described.text)
    two = {"x": np.ones((1, 5)), "weight": np.ones((2, 1, 3))}
    assert (ask("slide", two)[0].kind, ask("slide", two)[0].description) == ("", "")


def test_the_dense_twin():
    answer, arrays = ask("dense_twin", size=(4, 4), kernel=(3, 3), padding=1)
    assert (answer.weights.value, answer.connections, answer.own) == (256, 100, 9)
    twin = st.dense_equivalent(Convolution(np.ones((3, 3)), padding=1), (4, 4))
    assert np.array_equal(arrays["shared"], twin.shared)
    assert np.array_equal(ran(answer.code)["twin"].shared, twin.shared)


@pytest.mark.parametrize(("stride", "pool"), [(1, 0), (2, 0), (1, 4)])
def test_shifts(stride, pool):
    answer, arrays = ask("shift_measure", kernel="sobel", shift=(3, -2), stride=stride, pool=pool)
    space = ran(answer.code)
    seen = st.equivariance_error(space["part"], space["x"], (3, -2))
    still = st.invariance_error(space["part"], space["x"], (3, -2))
    assert (answer.interior_error, answer.border_error) == (seen.interior_error, seen.border_error)
    assert (answer.aligned, answer.output_shift) == (seen.aligned, seen.output_shift)
    assert answer.moves == tuple(q / (stride * max(pool, 1)) for q in (3, -2))
    assert answer.interior + answer.border == seen.interior.size
    assert (answer.change, answer.same) == (still.change, still.same)
    assert np.allclose(arrays["difference"], seen.difference[0, 0], atol=1e-6)
    assert np.array_equal(arrays["moved"], st.media.shift(space["x"][None], (3, -2), "zero")[0, 0])


def test_merged_kernels():
    answer, arrays = ask("merge", {"first": SOBEL.T, "second": SOBEL})
    space = ran(answer.code)
    seen = space["merged"].measure(space["x"])
    assert np.array_equal(arrays["merged_kernel"], space["merged"].convolution.weight[0, 0])
    assert answer.error < 1e-10 * answer.largest < answer.relu_error
    assert (answer.relu_error, answer.relu_changed) == (seen.relu_error, int(seen.relu_differs.sum()))
    assert (answer.stack_parameters.value, answer.merged_parameters.value) == (18, 25)
    x = np.array([0.0, 1, 2, 3, 2, 1, 0, 0])
    answer, arrays = ask("merge", {"first": np.array([1.0, 0, -1]), "second": np.array([1.0, 2, 1]), "x": x})
    assert list(arrays["stack"]) == [-6, 0, 6, 7]
    assert list(arrays["relu_difference"]) == [6, 2, 0, 0]


def test_the_loop():
    x, kernel = np.arange(16.0).reshape(4, 4), SOBEL
    answer, arrays = ask("loop", {"x": x, "kernel": kernel}, padding=1, stride=2)
    loop = sliding_sum(x, kernel, 2, 1)
    steps = list(loop)
    assert answer.lines == loop.lines
    assert [moment.line for moment in answer.steps] == [step.line for step in steps]
    assert np.array_equal(arrays["output"], loop.output)
    assert np.array_equal(arrays["made"][-1], loop.output)
    for i, step in enumerate(steps):
        held = {each.name: each.text for each in answer.steps[i].variables}
        assert set(held) == set(step.variables) - {"x", "kernel"}
        if "total" in held:
            assert float(held["total"]) == step.variables["total"]
        cell = tuple(arrays["cells"][i])
        assert cell == (step.terms[-1].cell if step.terms else (-1, -1))
    with pytest.raises(LimitError, match="take a smaller input or kernel"):
        ask("loop", {"x": np.ones((64, 64)), "kernel": np.ones((3, 3))})
    with pytest.raises(MessageError, match='needs the array "x"'):
        ask("loop")


@pytest.mark.parametrize("definition", ["correlate", "convolve"])
def test_a_window_with_all_its_products(definition):
    rng = np.random.default_rng(0)
    x, weight, bias = rng.normal(size=(2, 7, 6)), rng.normal(size=(3, 2, 3, 2)), rng.normal(size=3)
    answer, arrays = ask(
        "slide", {"x": x, "weight": weight, "bias": bias}, definition=definition, stride=2, padding=1, relu=True
    )
    laid = np.flip(weight, (2, 3)) if definition == "convolve" else weight
    y = np.maximum(Convolution(laid, bias, 2, 1)(x), 0)
    assert np.allclose(arrays["y"], y)
    sums = arrays["products"].sum(axis=(3, 4, 5)) + bias[:, None, None]
    assert np.allclose(np.maximum(sums, 0), y)
    assert np.allclose(arrays["sums"], arrays["products"].sum(axis=(4, 5)).transpose(0, 3, 1, 2))
    assert np.allclose(arrays["totals"], sums)
    assert answer.span == (3, 2)
    assert [size.value for size in answer.sizes] == list(y.shape[1:])
    assert answer.parameters.value == weight.size + 3
    assert np.allclose(ran(answer.code)["y"], y, atol=1e-5)


def test_a_named_kernel_on_the_picture():
    answer, arrays = ask("slide", kernel="sobel")
    space = ran(answer.code)
    assert np.allclose(arrays["y"], space["y"], atol=1e-4)
    assert answer.description == st.filters.describe(st.filters.sobel()).text
    assert "products" not in arrays


def test_pooling_and_growth():
    x = np.random.default_rng(0).normal(size=(2, 6, 5))
    answer, arrays = ask("pool", {"x": x}, kernel=(2, 2), stride=(2, 2), kind="average")
    assert np.allclose(arrays["y"], st.avg_pool2d(x[None], 2)[0])
    assert np.array_equal(arrays["flat"], arrays["y"].ravel())
    assert [size.value for size in answer.sizes] == [3, 2]
    at = {f"{c}@{i},{j}": arrays["y"][c, i, j] for c in range(2) for i in range(3) for j in range(2)}
    assert np.array_equal(arrays["flat"][:6], [at[entry] for entry in answer.orders.pytorch])
    assert np.array_equal(np.moveaxis(arrays["y"], 0, -1).ravel()[:6], [at[entry] for entry in answer.orders.keras])
    layers = [{"kind": "convolution", "kernel": 3}, {"kind": "pooling", "kernel": 2, "stride": 2}] * 2
    answer, _ = ask("growth", layers=layers)
    one = [Convolution(np.ones(3)), st.lessons.Pooling((2,))] * 2
    assert [stage.field.value for stage in answer.stages] == [seen.field[0] for seen in field_growth(one)]
    assert len(ran(answer.code)["layers"]) == 4


@pytest.fixture
def opened(tmp_path):
    """A tab on the bundled network with a picture of one's own, in the folder that programs run in."""
    colours = np.random.default_rng(0).integers(0, 256, (96, 72, 3), np.uint8)
    Image.fromarray(colours).save(tmp_path / "own.png")
    store = Store(Limits(), tmp_path / "uploads")
    net = store.add_network(st.load(st.bundled.model_path()), "edges.onnx", "tab")
    source = Source("own.png", "picture", tmp_path / "own.png")
    entry = store.add_input(net, {net.network.inputs[0].name: source}, "own.png", None, "tab")
    yield Session(store, "tab"), {"network": net.id, "input": entry.id}
    store.close()


@pytest.fixture
def run(opened):
    session, place = opened
    net, entry = session.opened(place["network"], place["input"])
    return net.network.run(session.store.values(net, entry)["image"].array)


def test_a_networks_own_layers(opened, run, monkeypatch, tmp_path):
    session, place = opened
    monkeypatch.chdir(tmp_path)
    answer, arrays = ask("merge", session=session, **place)
    assert [(pair.first, pair.second) for pair in answer.pairs] == [("grey/Conv", "edges/Conv")]
    assert (answer.maps, answer.exact) == ((3, 1, 12), True)
    held = run["edges/Conv"][0, answer.channel]
    assert np.allclose(arrays["merged"], held, atol=1e-4)
    space = ran(answer.code)
    assert np.array_equal(arrays["merged"], space["seen"].merged[0, answer.channel].astype(np.float32))
    assert (answer.error, answer.relu_error) == (space["seen"].error, space["seen"].relu_error)
    with pytest.raises(ParameterError, match="there is no pair number 1"):
        ask("merge", session=session, **place, pair=1)
    monkeypatch.setattr(measuring, "_MOST", 94 * 70 * 12 * 3 * 9 - 1)
    with pytest.raises(LimitError, match="would compute 2,131,920 products on this input, up to 2,131,919"):
        ask("merge", session=session, **place)


def test_what_its_layers_would_need_as_dense_ones(opened, run, monkeypatch, tmp_path):
    session, place = opened
    monkeypatch.chdir(tmp_path)
    answer, _ = ask("dense_layers", session=session, **place)
    twins = st.lessons.dense_layers(run)
    assert [(one.layer, one.own.value, one.dense.value, one.ratio) for one in answer.layers] == [
        (twin.layer, twin.own.value, twin.dense.value, twin.ratio) for twin in twins
    ]
    assert ran(answer.code)["twins"] == twins


def test_a_network_with_nothing_to_merge(tmp_path):
    layers = st.layers
    stack = [layers.Conv2D(2, 3, input_shape=(8, 8, 1)), layers.MaxPooling2D(2), layers.Conv2D(2, 1)]
    st.Sequential(stack, seed=0).save(tmp_path / "apart.onnx")
    store = Store(Limits(), tmp_path / "uploads")
    net = store.add_network(st.load(tmp_path / "apart.onnx"), "apart.onnx", "tab")
    entry = store.add_input(
        net, {net.network.inputs[0].name: Source("noise", "noise", None, "noise")}, "noise", None, "tab"
    )
    with pytest.raises(ParameterError, match="there is nothing to merge; take two kernels instead"):
        ask("merge", session=Session(store, "tab"), network=net.id, input=entry.id)


def test_the_way_up(opened, run, monkeypatch, tmp_path):
    session, place = opened
    monkeypatch.chdir(tmp_path)
    answer, _ = ask("hierarchy", session=session, **place, levels=3)
    levels = st.lessons.hierarchy(run, 3)
    assert [(one.layer, one.unit, one.value) for one in answer.levels] == [(b.layer, b.unit, b.value) for b in levels]
    space = ran(answer.code)
    assert (space["level"].unit, space["level"].value) == (levels[-1].unit, levels[-1].value)
    assert np.array_equal(space["maps"], run["parts/Relu"][0, list(levels[-1].order)])


def test_what_each_channel_gives(opened, run, monkeypatch, tmp_path):
    session, place = opened
    monkeypatch.chdir(tmp_path)
    answer, arrays = ask("filter_sums", session=session, **place)
    convolutions = ("grey/Conv", "edges/Conv", "shapes/Conv", "parts/Conv")
    assert (answer.layers, answer.layer, answer.filter, answer.filters, answer.depth) == (
        convolutions,
        "grey/Conv",
        0,
        1,
        3,
    )
    answer, arrays = ask("filter_sums", session=session, **place, layer="shapes/Conv", filter=4, most=5)
    unit = run.unit(answer.unit)
    assert unit.value == run["shapes/Conv"][0, 4].max()
    found = unit.explain()
    assert (answer.bias, answer.total, answer.value) == (found.bias, found.total, found.value)
    sums = found.products.sum(axis=(1, 2))
    assert np.allclose(arrays["sums"], sums[arrays["channels"]])
    assert np.array_equal(np.sort(np.abs(sums))[::-1][:5], np.abs(sums[arrays["channels"]]))
    assert answer.others == 7
    assert answer.rest + arrays["sums"].sum() + answer.bias == pytest.approx(answer.total)
    assert answer.parameters.value == st.lessons.Convolution.of(run, "shapes/Conv").parameters.value
    assert ran(answer.code)["found"].total == answer.total
    with pytest.raises(ParameterError, match=r"filter \(=10\) must be below 10"):
        ask("filter_sums", session=session, **place, layer="shapes/Conv", filter=10)
    with pytest.raises(UnknownNameError, match='convolution "shapes/Relu"'):
        ask("filter_sums", session=session, **place, layer="shapes/Relu")


def test_ones_own_picture(opened, monkeypatch, tmp_path):
    session, place = opened
    monkeypatch.chdir(tmp_path)
    grey = st.image(tmp_path / "own.png", size=None, preprocess="grey")[0]
    answer, arrays = ask("shift_measure", session=session, kernel="box", shift=(0, 1), **place)
    assert np.array_equal(arrays["x"], grey[0])
    space = ran(answer.code)
    assert np.array_equal(space["x"], grey)
    assert answer.border_error == st.equivariance_error(space["part"], grey, (0, 1)).border_error
    answer, arrays = ask("slide", session=session, kernel="box", **place)
    assert np.allclose(arrays["y"], ran(answer.code)["y"], atol=1e-6)
    answer, arrays = ask("influence", session=session, kernel="sobel", cell=(20, 30), **place)
    seen = st.lessons.influence(SOBEL, grey, (20, 30))
    assert (answer.changed, answer.outputs, answer.box) == (6, 94 * 70, ((18, 21), (28, 31)))
    assert np.array_equal(arrays["response"], np.flip(SOBEL))
    assert ask("influence", session=session, kernel="sobel", **place)[0].cell == (48, 36)
    assert np.array_equal(arrays["difference"], seen.difference[0, 0].astype(np.float32))
    assert str(ran(answer.code)["seen"]) == answer.told == str(seen)
