"""What the lessons are told is what the Python API says."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter

import striate as st
from striate.errors import LimitError, MessageError, ParameterError, UnknownNameError
from striate.lessons import Convolution, field_growth, questions, sliding_sum
from striate.studio.answers import ANSWERS
from striate.studio.answers.lessons import measuring
from striate.studio.protocol import EXCHANGES
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
        assert (judged.right, judged.answer, judged.why) == (True, each.answer, each.why)
    assert not ask("check_answer", lesson="sizes", question="length", given="8")[0].right
    with pytest.raises(UnknownNameError, match='question "lenght"'):
        ask("check_answer", lesson="sizes", question="lenght", given="7")


def test_the_explosion():
    answer, _ = ask("explosion", input_shape=(224, 224, 3), units=1000)
    assert (answer.parameters.value, answer.convolution.value, answer.resnet) == (150_529_000, 1_792, 25_557_032)
    assert answer.ratio == pytest.approx(84_000, rel=1e-3)
    assert answer.bytes == 4 * 150_529_000
    assert ask("explosion", input_shape=(32, 32, 3), units=512)[0].weights.value == 1_572_864


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
    layers = [{"kind": "convolution", "kernel": 3}, {"kind": "pooling", "kernel": 2, "stride": 2}] * 2
    answer, _ = ask("growth", layers=layers)
    one = [Convolution(np.ones(3)), st.lessons.Pooling((2,))] * 2
    assert [stage.field.value for stage in answer.stages] == [seen.field[0] for seen in field_growth(one)]
    assert len(ran(answer.code)["layers"]) == 4


class Studio:
    """Stands in for the session of a tab on the bundled network and picture."""

    def __init__(self):
        self.network = st.load(st.bundled.model_path())
        self.image = st.image(st.bundled.picture_path(), size=96, preprocess="unit")
        self.store = self
        self.preprocess = None

    name = "edges.onnx"

    def opened(self, network, source):
        return self, Picture()

    def values(self, network, entry):
        return {"image": Picture()}

    def run(self, request, work):
        return self.network.run(self.image), 0


class Picture:
    name, preprocess, offset, scale = "house.png", None, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    picture = np.rint(st.image(st.bundled.picture_path(), size=96, preprocess="unit")[0] * 255).astype(np.uint8)
    picture = np.ascontiguousarray(picture.transpose(1, 2, 0))


def test_a_networks_own_layers(monkeypatch):
    session = Studio()
    answer, arrays = ask("merge", session=session, network="n", input="x")
    assert [(pair.first, pair.second) for pair in answer.pairs] == [("grey/Conv", "edges/Conv")]
    assert (answer.maps, answer.exact) == ((3, 1, 12), True)
    held = session.network.run(session.image)["edges/Conv"][0, answer.channel]
    assert np.allclose(arrays["merged"], held, atol=1e-4)
    with pytest.raises(ParameterError, match="there is no pair number 1"):
        ask("merge", session=session, network="n", input="x", pair=1)
    monkeypatch.setattr(measuring, "_MOST", 94 * 94 * 12 * 3 * 9 - 1)
    with pytest.raises(LimitError, match="would compute 2,862,864 products on this input, up to 2,862,863"):
        ask("merge", session=session, network="n", input="x")


def test_the_way_up_and_ones_own_picture():
    session = Studio()
    answer, _ = ask("hierarchy", session=session, network="n", input="x", levels=3)
    levels = st.lessons.hierarchy(session.network.run(session.image), 3)
    assert [(one.layer, one.unit, one.value) for one in answer.levels] == [(b.layer, b.unit, b.value) for b in levels]
    assert ran(answer.code)["level"].layer == "parts/Relu"
    answer, arrays = ask("shift_measure", session=session, kernel="box", shift=(0, 1), network="n", input="x")
    grey = st.image(Picture.picture, size=None, preprocess="grey")[0]
    assert np.allclose(arrays["x"], grey[0], atol=1e-6)
    assert "'house.png'" in answer.code
    answer, arrays = ask("slide", session=session, kernel="box", network="n", input="x")
    assert np.allclose(arrays["y"], Convolution(np.asarray(st.filters.box()))(grey), atol=1e-6)
    assert "'house.png'" in answer.code
