"""Layer and group norm as exporters wrote them out: one kernel each, and every value is there all the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine import run_plan
from striate.engine.executor import Executor
from striate.graph import Graph, GraphBuilder, Op
from striate.ops import Add, Conv, Div, InstanceNormalization, Mul, Pow, ReduceMean, Relu, Reshape, Sqrt, Sub, Transpose

rng = np.random.default_rng(5)


class Network:
    """A graph that begins with a 1x1 convolution, so that the value to be normalized lies in blocks."""

    def __init__(self, shape: tuple[int, ...], filters: int | None = None) -> None:
        self.build = GraphBuilder("norm")
        self.x = rng.standard_normal(shape).astype(np.float32) * 3 + 2
        self.start = self.build.input("x", np.float32, shape)
        if filters:
            weight = self.build.constant(rng.standard_normal((filters, shape[1], *[1] * len(shape[2:]))).astype("f"))
            rank = len(shape) - 2
            self.start = self.add(Conv((1,) * rank, ((0, 0),) * rank, (1,) * rank), self.start, weight)

    def constant(self, array: object, kind: str = "f") -> str:
        return self.build.constant(np.array(array, kind))

    def add(self, op: Op, *operands: str) -> str:
        return self.build.add(op, operands)[0]

    def layer_norm(self, x: str, axes: list[int], squared: str = "pow", again: bool = False) -> str:
        """The chain of PyTorch's exporter below opset 17, or of a layer norm written by hand."""
        over, epsilon = self.constant(axes, "q"), self.constant(1e-5)
        mean = self.add(ReduceMean(), x, over)
        deviation = self.add(Sub(), x, mean)
        power = (Pow(), deviation, self.constant(2.0)) if squared == "pow" else (Mul(), deviation, deviation)
        variance = self.add(ReduceMean(), self.add(*power), over)
        above = self.add(Sub(), x, mean) if again else deviation
        return self.add(Div(), above, self.add(Sqrt(), self.add(Add(), variance, epsilon)))

    def weights(self, x: str, *shape: int) -> str:
        weight, bias = (self.constant(rng.standard_normal(shape)) for _ in range(2))
        return self.add(Add(), self.add(Mul(), x, weight), bias)

    def group_norm(self, x: str, shape: tuple[int, ...], groups: int, *, plain: bool = True) -> str:
        """The chain of PyTorch's exporter."""
        long, back = self.constant([0, groups, -1], "q"), self.constant(shape, "q")
        scale, bias = np.ones(groups), np.zeros(groups)
        if not plain:
            scale, bias = rng.standard_normal((2, groups))
        made = self.add(Reshape(), x, long)
        made = self.add(InstanceNormalization(1e-5), made, self.constant(scale), self.constant(bias))
        return self.add(Reshape(), made, back)


def check(network: Network, *outputs: str) -> list[str]:
    """Compares all values of a kept run and the outputs of a plain one with the references; the plain one's kernels."""
    graph: Graph = network.build.finish(outputs)
    executor, inputs = Executor(graph), {"x": network.x}
    truth = run_plan(executor.prepare(inputs).plan, inputs, keep=True)
    for keep in (False, True):
        made = executor.run(inputs, keep=keep)
        wanted = [v for node in graph.nodes for v in node.outputs] if keep else graph.outputs
        for name in wanted:
            scale = max(1.0, float(np.abs(truth[name]).max()))
            np.testing.assert_allclose(made[name], truth[name], rtol=0, atol=1e-5 * scale, err_msg=name)
    program = executor.prepare(inputs).program
    assert len(program.parts) == 1  # nothing runs on a reference
    return [call.label for call in program.calls if call.label not in ("pack", "halo", "unpack")]


def last_axis(network: Network, x: str) -> str:
    """A linear layer's neighbourhood: channels are moved to the end, and back."""
    normed = network.weights(network.layer_norm(network.add(Transpose((0, 2, 3, 1)), x), [-1]), 24)
    return network.add(Transpose((0, 3, 1, 2)), normed)


FORMS: dict[str, Callable[[Network, str], str]] = {
    "channels last": last_axis,
    "channels first": lambda n, x: n.weights(n.layer_norm(x, [1]), 24, 1, 1),
    "a product for the square": lambda n, x: n.weights(n.layer_norm(x, [1], "mul"), 24, 1, 1),
    "deviations twice": lambda n, x: n.weights(n.layer_norm(x, [1], again=True), 24, 1, 1),
    "without weights": lambda n, x: n.layer_norm(x, [1]),
    "what follows": lambda n, x: n.add(Relu(), n.weights(n.layer_norm(x, [1]), 24, 1, 1)),
    "a factor alone": lambda n, x: n.add(Mul(), n.layer_norm(x, [1]), n.constant(rng.standard_normal((24, 1, 1)))),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_layer_norm_is_one_kernel(name: str) -> None:
    network = Network((2, 5, 6, 7), 24)
    kernels = check(network, FORMS[name](network, network.start))
    assert [label.split()[0] for label in kernels] == ["direct", "cell"]


@pytest.mark.parametrize(("axes", "label"), [([1, 2, 3], "moments of groups"), ([2, -1], "moments of maps")])
def test_statistics_over_maps(axes: list[int], label: str) -> None:
    network = Network((2, 5, 6, 7), 24)
    kernels = check(network, network.weights(network.layer_norm(network.start, axes), 24, 1, 1))
    assert kernels[-1] == "norm"
    assert label in kernels


def test_vectors() -> None:
    network = Network((3, 21))
    assert check(network, network.weights(network.layer_norm(network.start, [1]), 21)) == ["cell norm mean"]


@pytest.mark.parametrize("plain", [True, False], ids=["ones", "weights of groups"])
def test_a_group_norm_is_not_repacked(plain: bool) -> None:
    network = Network((2, 5, 6, 7), 24)
    normed = network.group_norm(network.start, (2, 24, 6, 7), 4, plain=plain)
    kernels = check(network, network.add(Relu(), network.weights(normed, 24, 1, 1)))
    assert kernels[1:] == ["moments", "moments of maps", "moments of groups", "norm"]


@settings(max_examples=30)
@given(data=st.data())
def test_any_group_norm(data: st.DataObject) -> None:
    groups, each = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 9))
    sizes = data.draw(st.lists(st.integers(2, 8), min_size=1, max_size=3))
    network = Network((data.draw(st.integers(1, 2)), 3, *sizes), groups * each)
    normed = network.group_norm(network.start, (network.x.shape[0], groups * each, *sizes), groups)
    check(network, network.weights(normed, groups * each, *[1] * len(sizes)))


def test_a_value_on_the_way_that_others_read_is_there() -> None:
    network = Network((2, 5, 6, 7), 24)
    over, epsilon = network.constant([1], "q"), network.constant(1e-5)
    mean = network.add(ReduceMean(), network.start, over)
    deviation = network.add(Sub(), network.start, mean)
    variance = network.add(ReduceMean(), network.add(Mul(), deviation, deviation), over)
    divisor = network.add(Sqrt(), network.add(Add(), variance, epsilon))
    graph = network.build.finish([network.add(Div(), deviation, divisor), variance])
    executor, inputs = Executor(graph), {"x": network.x}
    truth = run_plan(executor.prepare(inputs).plan, inputs, keep=True)
    for keep in (False, True):
        made = executor.run(inputs, keep=keep)
        for name in graph.outputs:
            np.testing.assert_allclose(made[name], truth[name], rtol=1e-4, atol=1e-4)


def _mean(n: Network, x: str, axes: tuple[int, ...] | list[int] = (1,)) -> str:
    return n.add(ReduceMean(), x, n.constant(list(axes), "q"))


def _less(n: Network, x: str) -> str:
    return n.add(Sub(), x, _mean(n, x))


def _spread(n: Network, x: str, axes: list[int] | None = None) -> str:
    deviation = _less(n, x)
    return n.add(Add(), _mean(n, n.add(Mul(), deviation, deviation), axes or [1]), n.constant(1e-3))


NEARLY: dict[str, Callable[[Network, str], str]] = {
    "turned round": lambda n, x: n.add(Div(), n.add(Sub(), _mean(n, x), x), n.add(Sqrt(), _spread(n, x))),
    "other axes": lambda n, x: n.add(Div(), _less(n, x), n.add(Sqrt(), _spread(n, x, [2, 3]))),
    "of something else": lambda n, x: n.add(Div(), n.add(Relu(), x), n.add(Sqrt(), _spread(n, x))),
}


@pytest.mark.parametrize("name", NEARLY)
def test_what_looks_alike_is_computed_as_it_stands(name: str) -> None:
    network = Network((2, 5, 6, 7), 24)
    graph = network.build.finish([NEARLY[name](network, network.start)])
    executor, inputs = Executor(graph), {"x": network.x}
    truth = run_plan(executor.prepare(inputs).plan, inputs, keep=True)
    made = executor.run(inputs, keep=True)
    for node in graph.nodes:
        for value in node.outputs:
            np.testing.assert_allclose(made[value], truth[value], rtol=1e-3, atol=1e-3, err_msg=value)
    assert not any("norm" in call.label for call in executor.prepare(inputs).program.calls)
