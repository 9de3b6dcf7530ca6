"""Traces: in a piecewise linear network the gains that reach the input are the gradient, and the amounts add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate import ops
from striate.errors import ParameterError
from striate.graph import GraphBuilder, Model
from striate.lenses.explain import unit_at
from striate.lenses.trace import trace

ALL = 10**6


def numbers(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def network(seed, last=None):
    """conv-bn-relu, a skip, a concatenation, both kinds of pooling, a dense layer."""
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (1, 2, 8, 8))

    def conv(x, shape, name):
        same = ops.Conv((1, 1), ((1, 1), (1, 1)), (1, 1))
        weight, bias = build.constant(numbers(seed, *shape)), build.constant(numbers(seed + 1, shape[0]))
        return build.add(same, [x, weight, bias], name)[0]

    y = conv(x, (4, 2, 3, 3), "conv1")
    four = [build.constant(np.abs(numbers(seed + i, 4)) + 0.1) for i in range(4)]
    (y,) = build.add(ops.BatchNormalization(), [y, *four], "bn")
    (y,) = build.add(ops.Relu(), [y], "relu1")
    (s,) = build.add(ops.Add(), [y, conv(y, (4, 4, 3, 3), "conv2")], "skip")
    (s,) = build.add(ops.Concat(1), [s, x], "cat")
    p, _ = build.add(ops.MaxPool((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1)), [s], "pool", ["pool", ""])
    (p,) = build.add(ops.LeakyRelu(0.2), [conv(p, (3, 6, 3, 3), "conv3")], "leaky")
    (p,) = build.add(ops.AveragePool((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1)), [p], "mean")
    (p,) = build.add(ops.Flatten(), [p], "flat")
    (p,) = build.add(ops.Gemm(), [p, build.constant(numbers(seed, 12, 5)), build.constant(numbers(seed, 5))], "fc")
    if last is not None:
        (p,) = build.add(last, [p], "last")
    return Model(build.finish([p]), ())


def torch_answer(torch, model, x, seed):
    """The same network in PyTorch, in double precision."""
    f = torch.nn.functional
    wide = {name: torch.tensor(array.astype(np.float64)) for name, array in model.graph.constants.items()}
    node = {node.name: node for node in model.graph.nodes}

    def conv(x, name):
        _, w, b = node[name].inputs
        return f.conv2d(x, wide[w], wide[b], padding=1)

    scale, bias, mean, variance = (wide[name] for name in node["bn"].inputs[1:])
    y = f.relu(f.batch_norm(conv(x, "conv1"), mean, variance, scale, bias, eps=1e-5))
    s = torch.cat([y + conv(y, "conv2"), x], 1)
    p = f.avg_pool2d(f.leaky_relu(conv(f.max_pool2d(s, 2), "conv3"), 0.2), 2)
    _, w, b = node["fc"].inputs
    return p.flatten(1) @ wide[w] + wide[b]


def adds_up(found):
    parts = found.reached + found.biases + found.left_out + found.stopped + found.rounding
    scale = sum(level.magnitude for level in found.levels)
    assert parts == pytest.approx(found.value, abs=1e-12 * max(scale, 1e-30))


@settings(max_examples=25)
@given(st.integers(0, 2**16))
def test_followed_completely_the_gains_are_the_gradient(torch, run_model, seed):
    model = network(seed)
    x = numbers(seed + 9, 1, 2, 8, 8)
    recording = run_model(model, {"x": x})
    found = trace(recording, f"fc:{seed % 5}", width=ALL, most=ALL)
    image = torch.tensor(x.astype(np.float64), requires_grad=True)
    answer = torch_answer(torch, model, image, seed)[0, seed % 5]
    (gradient,) = torch.autograd.grad(answer, image)
    gains = np.zeros(x.shape)
    for cell in found.inputs[0].cells:
        gains[cell.index] = cell.gain
    np.testing.assert_allclose(gains, gradient.numpy(), rtol=1e-6, atol=1e-6 * np.abs(gradient.numpy()).max())
    assert found.left_out == found.stopped == 0
    assert found.reached + found.biases == pytest.approx(
        found.value, abs=1e-5 * max(level.magnitude for level in found.levels)
    )
    assert all(level.share == level.magnitude_share == 1 and level.rule == "" for level in found.levels)
    adds_up(found)


@settings(max_examples=40)
@given(st.integers(0, 2**16), st.integers(1, 5), st.sampled_from([None, ops.Sigmoid(), ops.Softmax((1,)), ops.Tanh()]))
def test_followed_in_part_it_says_how_much(run_model, seed, width, last):
    model = network(seed, last)
    recording = run_model(model, {"x": numbers(seed + 9, 1, 2, 8, 8)})
    layer = ["relu1", "skip", "pool", "leaky", "fc", "last"][seed % (6 if last else 5)]
    array = recording.values[layer]
    index = tuple(int(i) for i in np.unravel_index(seed % array.size, array.shape))
    found = trace(recording, unit_at(layer, index), width=width)
    assert found.value == array[index]
    for level in found.levels:
        assert 0 <= level.magnitude_share <= 1 + 1e-12
        assert level.ended == "input" or len(level.cells) <= 32
        above = [(link.value_name, link.index) for cell in level.cells for link in cell.above]
        assert level.ended == "input" or len(level.cells) <= width * max(1, len(set(above)))
        for cell in level.cells:
            assert cell.number == recording.values[level.value_name][cell.index]
            # The links speak of what came from cells that were followed: all of a cell's amount.
            if cell.above:
                assert sum(link.amount for link in cell.above) == pytest.approx(cell.amount, rel=1e-9, abs=1e-12)
    adds_up(found)


def test_it_starts_with_the_strongest_terms(run_model):
    model = network(1)
    recording = run_model(model, {"x": numbers(10, 1, 2, 8, 8)})
    found = trace(recording, "fc:2", width=2)
    assert [level.name for level in found.levels[:3]] == ["fc", "flat", "mean"]
    weights = recording.values[model.graph.node("fc").inputs[1]][:, 2].astype(np.float64)
    amounts = weights * recording.values["flat"][0]
    order = np.argsort(-np.abs(amounts))
    assert [cell.index[1] for cell in found.levels[1].cells] == order[:2].tolist()
    assert found.levels[1].amount == pytest.approx(amounts.sum())
    assert found.levels[1].share == pytest.approx(amounts[order[:2]].sum() / amounts.sum())
    assert found.levels[1].magnitude_share == pytest.approx(np.abs(amounts[order[:2]]).sum() / np.abs(amounts).sum())


def test_depth_ends_it(run_model):
    recording = run_model(network(2), {"x": numbers(11, 1, 2, 8, 8)})
    found = trace(recording, "fc:0", depth=2)
    assert [level.ended for level in found.levels] == ["", "", "depth"]
    assert found.inputs == ()
    adds_up(found)


def test_its_text(run_model):
    recording = run_model(network(3, ops.Sigmoid()), {"x": numbers(12, 1, 2, 8, 8) / 100})
    text = str(trace(recording, "last:1", width=2))
    assert text.startswith(f'last:1 = {float(recording.values["last"][0, 1]):.6g}\nSigmoid "last"\n')
    assert "(not linear: traced in proportion, as the factor result/operand)" in text
    assert "2 of " in text
    assert "% of their magnitudes" in text
    assert text.splitlines()[-1].startswith("input cells give ")


def test_a_unit_of_zero_says_what_it_was_made_of(run_model):
    build = GraphBuilder("off")
    x = build.input("x", np.float32, (1, 2))
    (y,) = build.add(ops.Relu(), [x], "relu")
    found = trace(run_model(Model(build.finish([y]), ()), {"x": np.array([[-1, 2]], np.float32)}), "relu:0")
    assert found.note == "the unit is 0, so that nothing gives anything to it; it was made of x = -1"
    assert found.accounted == 0
    adds_up(found)


def test_a_value_that_is_computed_from_itself_twice(run_model):
    build = GraphBuilder("square")
    x = build.input("x", np.float32, (1, 1))
    (y,) = build.add(ops.Mul(), [x, x], "square")
    found = trace(run_model(Model(build.finish([y]), ()), {"x": np.array([[3]], np.float32)}), "square:0")
    assert found.reached == 9
    assert "half" in found.levels[0].rule


def test_errors(run_model):
    recording = run_model(network(4), {"x": numbers(13, 1, 2, 8, 8)})
    with pytest.raises(ParameterError, match=r"width \(=0\) must be a positive whole number"):
        trace(recording, "fc:0", width=0)
    with pytest.raises(ParameterError, match=r"most \(=-1\) must be a positive whole number"):
        trace(recording, "fc:0", most=-1)
    with pytest.raises(ParameterError, match=r"depth \(=0\) must be a positive whole number"):
        trace(recording, "fc:0", depth=0)


def test_what_was_not_chosen_is_no_way_down_even_where_it_is_infinite(run_model):
    build = GraphBuilder("choice")
    x = build.input("x", np.float32, (1, 2))
    lowest = build.constant(np.full((1, 2), -np.inf, np.float32), "lowest")
    (y,) = build.add(ops.Where(), [build.constant(np.array([[True, False]])), x, lowest], "choice")
    (z,) = build.add(ops.ReduceMax(), [y, build.constant(np.array([1]))], "max")
    found = trace(run_model(Model(build.finish([z]), ()), {"x": np.array([[3, 4]], np.float32)}), "max:0")
    assert [level.name for level in found.levels] == ["max", "choice", "x"]
    assert found.accounted == 1
