"""Receptive fields against what really reaches a unit.

The random networks are linear with positive weights and no biases, so nothing cancels: a unit's answers to one-hot
inputs, one for each cell and all in one batch, are its gradient, and a cell influences it exactly where that is not 0.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate import ops
from striate.dimension import Symbol
from striate.errors import ParameterError, ShapeError
from striate.graph import GraphBuilder, Model
from striate.lenses.explain import unit_at
from striate.lenses.receptive_field import receptive_field


class Stack:
    """A random network under construction, each step drawn."""

    def __init__(self, draw, rank: int) -> None:
        self.draw, self.rank = draw, rank
        self.build = GraphBuilder("random")
        self.random = np.random.default_rng(draw(st.integers(0, 2**16)))
        lengths = tuple(draw(st.integers(4, 9 if rank < 3 else 5)) for _ in range(rank))
        self.shape = (draw(st.sampled_from([1, 2])), *lengths)
        self.top = self.build.input("x", np.float64, (Symbol("n"), *self.shape))

    def channels(self) -> int:
        return self.build.types[self.top].shape[1]

    def lengths(self) -> tuple[int, ...]:
        return self.build.types[self.top].shape[2:]

    def sizes(self, low: int, high: int) -> tuple[int, ...]:
        return tuple(self.draw(st.integers(low, high)) for _ in range(self.rank))

    def weight(self, *shape: int) -> str:
        return self.build.constant(self.random.uniform(0.5, 1.5, shape), "w")

    def whole(self, *numbers: int) -> str:
        return self.build.constant(np.array(numbers), "k")

    def add(self, op, *inputs) -> str:
        return self.build.add(op, inputs)[0]

    def pads(self) -> tuple[tuple[int, int], ...]:
        return tuple((self.draw(st.integers(0, 2)), self.draw(st.integers(0, 2))) for _ in range(self.rank))

    def convolved(self, top: str, same: bool = False) -> str:
        c = self.channels()
        groups = 2 if c % 2 == 0 and self.draw(st.booleans()) else 1
        dilation = self.sizes(1, 2)
        room = [(size + 1) // 2 for size in self.lengths()]
        kernel = tuple(min(k, r) for k, r in zip(self.sizes(1, 3), room, strict=True))
        stride = (1,) * self.rank if same else self.sizes(1, 2)
        padding = "same_upper" if same else self.pads()
        op = ops.Conv(stride, padding, dilation, groups)
        return self.add(op, top, self.weight(2 * groups if not same else c, c // groups, *kernel))

    def step(self, kind: str) -> None:
        self.top = getattr(self, f"_{kind}")(self.top)

    def _conv(self, x):
        return self.convolved(x)

    def _transposed(self, x):
        op = ops.ConvTranspose(self.sizes(1, 3), tuple((0, 0) for _ in range(self.rank)), self.sizes(1, 2))
        return self.add(op, x, self.weight(self.channels(), 2, *self.sizes(1, 3)))

    def _pool(self, x):
        op = ops.AveragePool((2,) * self.rank, self.sizes(1, 2), ((1, 0),) * self.rank, (1,) * self.rank, True)
        return self.add(op, x)

    def _skip(self, x):
        return self.add(ops.Add(), x, self.convolved(x, same=True))

    def _concat(self, x):
        return self.add(ops.Concat(1), self.convolved(x, same=True), x)

    def _join(self, x):
        return self.add(ops.Concat(2), x, self.convolved(x, same=True))

    def _relu(self, x):
        return self.add(ops.Relu(), x)

    def _upsample(self, x):
        mode = self.draw(st.sampled_from(["nearest", "linear"]))
        scales = self.build.constant(np.array([1, 1, *[2] * self.rank], np.float32))
        return self.add(ops.Resize(mode), x, None, scales)

    def _pad(self, x):
        mode = self.draw(st.sampled_from(["constant", "edge", "reflect"]))
        return self.add(ops.Pad(mode), x, self.whole(0, 0, *[1] * self.rank, 0, 0, *[2] * self.rank))

    def _slice(self, x):
        step = self.draw(st.sampled_from([1, 2]))
        return self.add(ops.Slice(), x, self.whole(1), self.whole(100), self.whole(2), self.whole(step))

    def _flip(self, x):
        return self.add(ops.Slice(), x, self.whole(-1), self.whole(-100), self.whole(2), self.whole(-1))

    def _turn(self, x):
        return self.add(ops.Transpose((0, 1, *reversed(range(2, self.rank + 2)))), x)

    def _shuffle(self, x):
        c, spatial = self.channels(), self.lengths()
        halves = 2 if c % 2 == 0 else 1
        y = self.add(ops.Reshape(), x, self.whole(0, halves, c // halves, *spatial))
        y = self.add(ops.Transpose((0, 2, 1, *range(3, self.rank + 3))), y)
        return self.add(ops.Reshape(), y, self.whole(0, c, *spatial))

    def _squeeze_and_excite(self, x):
        return self.add(ops.Add(), x, self.add(ops.GlobalAveragePool(), x))

    def _mean(self, x):
        return self.add(ops.Add(), x, self.add(ops.ReduceMean(), x, self.whole(2)))

    def dense(self) -> None:
        flat = self.add(ops.Flatten(), self.top)
        self.top = self.add(ops.Gemm(), flat, self.weight(self.build.types[flat].shape[1], 3))

    def finish(self) -> Model:
        return Model(self.build.finish([self.top]), ())


PLAIN = ["conv", "conv", "pool", "skip", "concat", "relu"]
ALL = [
    *PLAIN,
    "transposed",
    "upsample",
    "pad",
    "slice",
    "flip",
    "turn",
    "shuffle",
    "join",
    "squeeze_and_excite",
    "mean",
]


@st.composite
def networks(draw, kinds):
    stack = Stack(draw, draw(st.integers(1, 3)))
    for _ in range(draw(st.integers(1, 4))):
        if np.prod(stack.lengths()) <= 400 and min(stack.lengths()) >= 3:
            stack.step(draw(st.sampled_from(kinds)))
    if kinds is ALL and draw(st.integers(0, 7)) == 0:
        stack.dense()
    return stack.finish(), stack.shape, stack.top


def one_hot_answers(run_model, model, shape, top):
    """The answers of all units of ``top`` to each cell of the input by itself."""
    count = int(np.prod(shape))
    basis = np.eye(count).reshape(count, *shape)
    return run_model(model, {"x": basis}).values[top]


@settings(max_examples=250)
@given(networks(ALL), st.integers(0, 2**16))
def test_masks_are_the_cells_with_a_gradient(run_model, network, seed):
    model, shape, top = network
    answers = one_hot_answers(run_model, model, shape, top)
    unit = np.unravel_index(np.random.default_rng(seed).integers(answers[0].size), answers.shape[1:])
    index = (0, *map(int, unit))
    found = receptive_field(model, unit_at(top, index), input_shapes={"x": (1, *shape)})
    truth = answers[(slice(None), *unit)].reshape(1, *shape) != 0
    np.testing.assert_array_equal(found.mask, truth)
    assert found.exact
    if found.clipped is None:
        assert not truth.any()
        return
    for axis, ((a, b), (first, stop)) in enumerate(zip(found.clipped, found.unclipped, strict=True), start=2):
        along = np.flatnonzero(truth.any(axis=tuple(i for i in range(truth.ndim) if i != axis)))
        assert (a, b) == (along[0], along[-1] + 1)
        assert first <= a < b <= stop


@settings(max_examples=100)
@given(networks(PLAIN), st.integers(0, 2**16))
def test_a_box_that_lies_inside_is_the_box_of_the_mask(network, seed):
    model, shape, top = network
    types = model.graph.types[top].shape
    rng = np.random.default_rng(seed)
    index = (0, *(int(rng.integers(size)) for size in types[1:]))
    found = receptive_field(model, unit_at(top, index), input_shapes={"x": (1, *shape)})
    if found.clipped is None:
        return
    inside = [a >= 0 and b <= size for (a, b), size in zip(found.unclipped, shape[1:], strict=True)]
    if all(inside):
        assert found.clipped == found.unclipped


def plain_chain():
    """Three convolutions: fields of 3, 7 (dilated by 2 at stride 2 later) cells, as the algebra says."""
    build = GraphBuilder("chain")
    top = build.input("x", np.float32, (1, 1, 20, 20))
    for i, (kernel, stride, pad, dilation) in enumerate([(3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 2, 2)]):
        weight = build.constant(np.ones((1, 1, kernel, kernel), np.float32))
        op = ops.Conv((stride, stride), ((pad, pad), (pad, pad)), (dilation, dilation))
        (top,) = build.add(op, [top, weight], name=f"conv{i + 1}")
    (top, *_) = build.add(ops.MaxPool((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1)), [top], name="pool")
    return Model(build.finish([top]), ())


def test_size_stride_and_centre_follow_the_algebra():
    model = plain_chain()
    found = receptive_field(model, "conv3:0@0,5")
    # r = 3, then 3 + 2*1 = 5, then 5 + 2*2*2 = 13; the stride is 2.
    assert found.size == (13, 13)
    assert found.stride == (2.0, 2.0)
    assert found.unclipped == ((-6, 7), (4, 17))
    assert found.clipped == ((0, 7), (4, 17))
    assert found.centre == (0.5, 10.5)
    assert found.exact
    assert found.reason == ""
    assert "conv3:0@0,5 sees" in str(found)


def test_dilation_leaves_holes():
    build = GraphBuilder("holes")
    x = build.input("x", np.float32, (1, 1, 9))
    (y,) = build.add(ops.Conv((1,), ((0, 0),), (3,)), [x, build.constant(np.ones((1, 1, 3), np.float32))], name="conv")
    found = receptive_field(Model(build.finish([y]), ()), "conv:0@1")
    assert found.clipped == ((1, 8),)
    assert np.flatnonzero(found.mask).tolist() == [1, 4, 7]


def test_max_pooling_is_an_upper_bound_and_data_says_which(run_model):
    model = plain_chain()
    bound = receptive_field(model, "pool:0@1,1")
    assert not bound.exact
    assert 'MaxPool "pool" passes on one cell of each window' in bound.reason
    x = np.random.default_rng(0).normal(size=(1, 1, 20, 20)).astype(np.float32)
    recording = run_model(model, {"x": x})
    winner = receptive_field(recording, "pool:0@1,1", follow="data")
    assert winner.exact
    assert (bound.mask | winner.mask).sum() == bound.mask.sum()
    window = recording.values["conv3"][0, 0, 2:4, 2:4]
    row, column = np.unravel_index(window.argmax(), window.shape)
    unit = receptive_field(model, f"conv3:0@{2 + row},{2 + column}")
    np.testing.assert_array_equal(winner.mask, unit.mask)


@pytest.mark.parametrize(
    ("op", "operands"),
    [
        (ops.GlobalMaxPool(), ["x"]),
        (ops.ReduceMax(), ["x", np.array([2, 3])]),
        (ops.ReduceMin(False), ["x", np.array([1, -1])]),
        (ops.Max(), ["x", "z"]),
        (ops.Where(), [np.array([True, False, True, False]), "x", "z"]),
    ],
    ids=str,
)
def test_following_data_changes_where_the_number_comes_from(run_model, op, operands):
    """Moving a winner moves the unit; moving anything else a little does not."""
    build = GraphBuilder("choice")
    names = {name: build.input(name, np.float64, (1, 2, 3, 4)) for name in ("x", "z")}
    (y,) = build.add(op, [names[o] if isinstance(o, str) else build.constant(o) for o in operands], name="op")
    model = Model(build.finish([y]), ())
    rng = np.random.default_rng(5)
    feeds = {name: rng.permutation(24).reshape(1, 2, 3, 4).astype(np.float64) + i / 2 for i, name in enumerate(names)}
    recording = run_model(model, feeds)
    index = tuple(size - 1 for size in recording.values["op"].shape)
    found = receptive_field(recording, unit_at("op", index), follow="data")
    for name, field in found.inputs.items():
        for cell in np.ndindex(1, 2, 3, 4):
            moved = {n: array.copy() for n, array in feeds.items()}
            moved[name][cell] += 0.01
            changed = run_model(model, moved).values["op"][index] != recording.values["op"][index]
            assert changed == field.mask[cell]


def test_of_two_inputs_each_has_its_field():
    build = GraphBuilder("two")
    a, b = (build.input(name, np.float32, (1, 1, 6)) for name in "ab")
    (y,) = build.add(ops.Conv((1,), ((1, 1),), (1,)), [a, build.constant(np.ones((1, 1, 3), np.float32))], name="conv")
    (z,) = build.add(ops.Add(), [y, b], name="sum")
    found = receptive_field(Model(build.finish([y, z]), ()), "sum:0@0")
    assert found.inputs["a"].clipped == ((0, 2),)
    assert found.inputs["a"].unclipped == ((-1, 2),)
    assert found.inputs["b"].clipped == ((0, 1),)
    alone = receptive_field(Model(build.finish([y, z]), ()), "conv:0@0")
    assert alone.inputs["b"].clipped is None
    assert "nothing of b" in str(alone)


def test_pytorch_gradients_of_a_network_with_relu(torch, run_model):
    rng = np.random.default_rng(3)
    weights = [rng.uniform(0.1, 1, shape).astype(np.float32) for shape in ((4, 2, 3, 3), (4, 1, 3, 3), (4, 3, 2, 2))]
    build = GraphBuilder("relu")
    x = build.input("x", np.float32, (1, 2, 11, 12))
    w = [build.constant(weight) for weight in weights]
    (y,) = build.add(ops.Conv((2, 1), ((1, 1), (0, 2)), (1, 2)), [x, w[0]])
    (y,) = build.add(ops.Relu(), [y])
    (y,) = build.add(ops.Conv((1, 2), ((1, 1), (1, 1)), (1, 1), 4), [y, w[1]])
    (y,) = build.add(ops.ConvTranspose((2, 3), ((1, 0), (0, 1)), (1, 1)), [y, w[2]], name="top")
    model = Model(build.finish([y]), ())
    image = torch.ones(1, 2, 11, 12, requires_grad=True)
    f = torch.nn.functional
    z = f.relu(f.conv2d(f.pad(image, (0, 2, 1, 1)), torch.tensor(weights[0]), stride=(2, 1), dilation=(1, 2)))
    z = f.conv2d(z, torch.tensor(weights[1]), stride=(1, 2), padding=1, groups=4)
    z = f.conv_transpose2d(z, torch.tensor(weights[2]), stride=(2, 3))[:, :, 1:, :-1]
    for index in [(0, 0, 0, 0), (0, 2, 5, 7), (0, 1, 10, 3), (0, 0, 3, 11)]:
        (gradient,) = torch.autograd.grad(z[index], image, retain_graph=True)
        found = receptive_field(model, unit_at("top", index))
        np.testing.assert_array_equal(found.mask, gradient.numpy() != 0)


def test_errors():
    model = plain_chain()
    with pytest.raises(ParameterError, match='follow="data" needs the numbers of a run'):
        receptive_field(model, "conv1:0@0,0", follow="data")
    build = GraphBuilder("free")
    x = build.input("x", np.float32, (1, 1, Symbol("w")))
    (y,) = build.add(ops.Relu(), [x], name="relu")
    with pytest.raises(ShapeError, match=r'input "x" is float32 .* give its shape'):
        receptive_field(Model(build.finish([y]), ()), "relu:0@0")
