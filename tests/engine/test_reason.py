"""Why a node runs on its reference, and which calls belong to which nodes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import striate.ops
from striate.engine import Executor
from striate.engine.isa import isa
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.functions import _named, has_function
from striate.engine.program import Program, Reference, Segment
from striate.graph import Array, GraphBuilder, Node, Op
from striate.ops import Abs, Conv, Gemm, Sin, Softmax

from .graphs import RandomNetwork

CONV = Conv((1, 1), ((1, 1), (1, 1)), (1, 1))


def program(op: Op, x: Array, *operands: Array | str) -> Program:
    """The op on input x and constants; a string is an input of that name and the shape of x."""
    build = GraphBuilder("net")
    inputs = {"x": x}
    names = [build.input("x", x.dtype, x.shape)]
    for operand in operands:
        if isinstance(operand, str):
            inputs[operand] = x
            names.append(build.input(operand, x.dtype, x.shape))
        else:
            names.append(build.constant(operand))
    graph = build.finish(build.add(op, names, "node")[:1])
    return Executor(graph).prepare(inputs).program


def floats(*shape: int) -> Array:
    return np.zeros(shape, np.float32)


@pytest.mark.parametrize(
    ("op", "operands", "reason"),
    [
        (Sin(), (floats(1, 2, 3, 3),), "no kernel for Sin"),
        (Abs(), (np.zeros((2, 3)),), '"x" is float64; kernels compute in float32'),
        (Abs(), (floats(0, 3),), '"x" is empty'),
        (
            Abs(),
            (floats(7),),
            '"x" has 1 axes; kernels take samples, channels and up to three spatial axes',
        ),
        (CONV, (floats(3, 3, 3, 3), "w"), 'its weights "w" are computed; kernels take constants'),
        (Softmax((0,)), (floats(2, 3),), "no kernel for Softmax with these attributes and operands"),
        (Gemm(trans_a=True), (floats(2, 3), floats(2, 4)), "no kernel for Gemm with these attributes and operands"),
    ],
)
def test_the_reason_is_told(op: Op, operands: Sequence[Array | str], reason: str) -> None:
    x, *others = operands
    assert isinstance(x, np.ndarray)
    (part,) = program(op, x, *others).parts
    assert isinstance(part, Reference)
    assert part.reason == reason


def test_whatever_becomes_a_function_is_known_as_one() -> None:
    """Both say it class by class: the table of names, and the question whether there is a kernel."""
    ops = [kind for kind in vars(striate.ops).values() if isinstance(kind, type) and issubclass(kind, Op)]
    made = [op for op in map(with_defaults, ops) if op is not None]
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (1, 3))
    lo = Lowering(build.finish([x]), {}, isa(), False, False, {}, {})
    functions = [op.kind for op in made if _named(lo, Node("n", op, ("x",), ("y",))) is not None]
    assert functions == [op.kind for op in made if has_function(op)]
    assert len(functions) > 20


def with_defaults(kind: type[Op]) -> Op | None:
    try:
        return kind()
    except TypeError:  # no function of one number: windows have no default
        return None


def test_groups_are_the_calls_in_order_and_their_nodes_the_graph_s() -> None:
    for seed in range(12):
        network = RandomNetwork(seed)
        executor = Executor(network.graph())
        made = executor.prepare({"x": network.x}).program
        segments = [part for part in made.parts if isinstance(part, Segment)]
        for segment in segments:
            bounds = [segment.begin, *(group.end for group in segment.groups)]
            assert [group.begin for group in segment.groups] == bounds[:-1]
            assert bounds[-1] == segment.end
            for group in segment.groups:
                assert set(group.values) <= made.homes.keys() | {"x"} | set(executor.graph.types)
        nodes = [name for segment in segments for name in segment.nodes]
        nodes += [part.node.name for part in made.parts if isinstance(part, Reference)]
        assert sorted(nodes) == sorted(node.name for node in executor.graph.nodes)
        assert all(call.label for call in made.calls)
