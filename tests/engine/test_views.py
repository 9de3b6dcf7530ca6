"""Networks that transpose, reshape and cut, and read the last axis: the reference's values, all on kernels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine import run_plan
from striate.engine.executor import Executor
from striate.engine.isa import Isa
from striate.engine.lowering.views import restrided
from striate.engine.program import Segment
from striate.graph import Array, Graph, GraphBuilder, Op
from striate.ops import (
    Add,
    Conv,
    Gather,
    LayerNormalization,
    MatMul,
    Mul,
    Relu,
    Reshape,
    Slice,
    Softmax,
    Split,
    Transpose,
)

from .blocked import each_target


class Views:
    """A network of views and of ops on the last axis that grows step by step."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
        self.build = GraphBuilder("views")
        rank = data.draw(st.integers(3, 5))
        self.x = self.numbers(*data.draw(st.lists(st.integers(1, 7), min_size=rank, max_size=rank)))
        self.value = self.build.input("x", np.float32, self.x.shape)

    def numbers(self, *shape: int) -> Array:
        return self.rng.standard_normal(shape).astype(np.float32)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(int(str(size)) for size in self.build.types[self.value].shape or ())

    def add(self, op: Op, *operands: str | Array) -> None:
        names = [o if isinstance(o, str) else self.build.constant(o) for o in operands]
        outputs = [self.build.unused_value("normed")] if isinstance(op, LayerNormalization) else None
        self.value = self.build.add(op, [self.value, *names], outputs=outputs)[-1]

    def step(self) -> None:
        shape, rank = self.shape, len(self.shape)
        match self.data.draw(
            st.sampled_from("transpose transpose reshape part relu bias norm linear matmul conv".split())
        ):
            case "transpose":
                self.add(Transpose(tuple(self.data.draw(st.permutations(range(rank))))))
            case "reshape":
                self.reshape(shape)
            case "part":
                self.part(shape, self.data.draw(st.integers(0, rank - 1)))
            case "relu":
                self.add(Relu())
            case "bias":
                self.add(Add(), self.numbers(*shape[self.data.draw(st.integers(1, rank - 1)) :]))
            case "norm":
                self.add(LayerNormalization(-1, 0.1), self.numbers(shape[-1]), self.numbers(shape[-1]))
            case "linear":
                self.add(MatMul(), self.numbers(shape[-1], self.data.draw(st.integers(1, 20))) / np.float32(shape[-1]))
            case "matmul":
                before = self.value
                self.add(Transpose((*range(rank - 2), rank - 1, rank - 2)))
                self.value = self.build.add(MatMul(), [before, self.value])[0]
                self.add(Softmax((-1,)))
                self.value = self.build.add(MatMul(), [self.value, before])[0]
            case _:
                ones = (1,) * (rank - 2)
                weight = self.numbers(3, shape[1], *[3] * (rank - 2)) / np.float32(3 * shape[1])
                self.add(Conv(ones, ((1, 1),) * (rank - 2), ones), weight)

    def reshape(self, shape: tuple[int, ...]) -> None:
        axis = self.data.draw(st.integers(0, len(shape) - 2))
        if len(shape) > 3:
            wanted = (*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :])
        else:
            size = next(d for d in (3, 2, 1) if shape[axis] % d == 0)
            wanted = (*shape[:axis], shape[axis] // size, size, *shape[axis + 1 :])
        self.add(Reshape(), np.array(wanted, np.int64))

    def part(self, shape: tuple[int, ...], axis: int) -> None:
        kind = self.data.draw(st.sampled_from(["slice", "split", "gather"]))
        first = self.data.draw(st.integers(0, shape[axis] - 1))
        if kind == "slice":
            step = self.data.draw(st.sampled_from([1, 2, -1]))
            ends = [-100] if step < 0 else [100]
            self.add(Slice(), *(np.array(part, np.int64) for part in ([first], ends, [axis], [step])))
        elif kind == "split" and first:
            self.add(Split(axis), np.array([first, shape[axis] - first], np.int64))
        elif kind == "gather" and len(shape) > 3:
            self.add(Gather(axis), np.array(first, np.int64))

    def finish(self) -> Graph:
        self.add(Mul(), np.array(2, np.float32))
        return self.build.finish([self.value])


@each_target
@settings(max_examples=25)
@given(data=st.data())
def test_any_views(target: Isa, data: st.DataObject) -> None:
    network = Views(data)
    for _ in range(data.draw(st.integers(1, 7))):
        network.step()
    executor, inputs = Executor(network.finish()), {"x": network.x}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIATE_ISA", target.name)
        truth = run_plan(executor.prepare(inputs).plan, inputs, keep=True)
        kept, plain = executor.run(inputs, keep=True), executor.run(inputs)
        parts = executor.prepare(inputs).program.parts
    assert all(isinstance(part, Segment) for part in parts)
    for made, names in ((kept, truth), (plain, executor.graph.outputs)):
        for name in names:
            scale = max(1.0, float(np.abs(truth[name]).max(initial=0)))
            np.testing.assert_allclose(made[name], truth[name], rtol=0, atol=2e-5 * scale, err_msg=name)


def test_a_reshape_moves_the_cells_of_any_number_of_axes() -> None:
    build = GraphBuilder("eight axes")
    x = np.random.default_rng(4).standard_normal((1, 16, 6, 6)).astype(np.float32)
    made = build.add(Relu(), [build.input("x", np.float32, x.shape)])[0]
    made = build.add(Reshape(), [made, build.constant(np.array([2, 2, 2, 2, 2, 3, 2, 3]))])[0]
    made = build.add(Transpose(), [made])[0]
    made = build.add(Reshape(), [made, build.constant(np.array([4, -1]))])[0]
    graph = build.finish([build.add(Relu(), [made])[0]])
    result = Executor(graph).run({"x": x}, keep=False)[graph.outputs[0]]
    np.testing.assert_array_equal(result, np.maximum(x, 0).reshape(2, 2, 2, 2, 2, 3, 2, 3).T.reshape(4, -1))


@given(data=st.data())
def test_strides_of_another_shape(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    order = data.draw(st.permutations(range(len(sizes))))
    array = np.arange(int(np.prod(sizes)), dtype=np.float32).reshape(sizes).transpose(order)
    cut = data.draw(st.integers(1, 4))
    wanted = [int(s) for s in data.draw(st.permutations([*array.shape, 1]))] if cut == 4 else [array.size // cut, cut]
    if int(np.prod(wanted)) != array.size:
        return
    found = restrided(array.shape, [step // 4 for step in array.strides], wanted)
    if found is None:
        assert not np.shares_memory(array.reshape(wanted), array)
    else:
        seen = np.lib.stride_tricks.as_strided(array, wanted, [4 * step for step in found])
        np.testing.assert_array_equal(seen, array.reshape(wanted))
