"""Sizes that a network computes for itself are known, up to the free ones, before it runs; and a run agrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from striate.dimension import Symbol
from striate.engine import make_plan, run_plan
from striate.errors import ShapeError
from striate.graph import GraphBuilder, tensor
from striate.ops import (
    Add,
    Cast,
    Concat,
    ConstantOfShape,
    Div,
    Equal,
    Expand,
    Floor,
    Gather,
    Less,
    Mul,
    Range,
    ReduceProd,
    Relu,
    Reshape,
    Resize,
    Shape,
    Size,
    Slice,
    Squeeze,
    Sub,
    Unsqueeze,
    Where,
)

N, H, W = Symbol("n"), Symbol("h"), Symbol("w")
INT, FLOAT = np.dtype(np.int64), np.dtype(np.float32)


class Net:
    """A graph in the making, with numbers in place of constants' names."""

    def __init__(self, *shape):
        self.build = GraphBuilder("net")
        self.x = self.build.input("x", np.float32, shape)

    def __call__(self, op, *operands):
        names = [name if isinstance(name, str) else self.build.constant(np.array(name)) for name in operands]
        return self.build.add(op, names)[0]

    def shape(self, value):
        return self.build.types[value].shape

    def holds(self, value):
        contents = self.build.types[value].value
        return None if contents is None else contents.tolist()

    def run(self, value, *shape):
        graph = self.build.finish([value])
        x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        return run_plan(make_plan(graph, {"x": tensor(x.dtype, x.shape)}), {"x": x})[value]


def size_of(net, axis):
    return net(Gather(), net(Shape(), net.x), axis)


def test_view_with_the_batch_size():
    net = Net(N, 512, 7, 7)
    rows = net(Unsqueeze(), size_of(net, 0), [0])
    y = net(Reshape(), net.x, net(Concat(0), rows, [-1]))
    assert net.shape(y) == (N, 25088)
    assert net.run(y, 3, 512, 7, 7).shape == (3, 25088)


def test_flatten_of_the_last_axes():
    net = Net(N, 8, H, W)
    sizes = net(Slice(), net(Shape(), net.x), [0], [2], [0])
    y = net(Reshape(), net.x, net(Concat(0), sizes, [-1]))
    assert net.shape(y) == (N, 8, H * W)
    assert net.run(y, 2, 8, 3, 5).shape == (2, 8, 15)


def test_channel_shuffle():
    net = Net(N, 116, H, W)
    groups = net(Div(), size_of(net, 1), 2)
    parts = [size_of(net, 0), 2, groups, size_of(net, 2), size_of(net, 3)]
    rows = [net(Unsqueeze(), part, [0]) for part in parts]
    y = net(Reshape(), net.x, net(Concat(0), *rows))
    assert net.shape(y) == (N, 2, 58, H, W)


def test_windows_cut_and_put_together_again():
    # Swin: (n, 56, 56, 96) -> (n*64, 49, 96) -> (n, 8, 8, 7, 7, 96), the batch size divided out again.
    net = Net(N, 8, 7, 8, 7, 96)
    windows = net(Reshape(), net.x, [-1, 49, 96])
    assert net.shape(windows) == (N * 64, 49, 96)
    batch = net(Div(), net(Gather(), net(Shape(), windows), 0), 64)
    assert net.holds(batch) == N
    y = net(Reshape(), windows, net(Concat(0), net(Unsqueeze(), batch, [0]), [8, 8, 7, 7, -1]))
    assert net.shape(y) == (N, 8, 8, 7, 7, 96)


def test_expand_as_torch_exports_it():
    # sizes that are -1 are replaced by 1: Where(sizes == -1, ones, sizes)
    net = Net(N, 1, 4)
    sizes = net(Concat(0), net(Unsqueeze(), size_of(net, 0), [0]), [-1], [4])
    ones = net(ConstantOfShape(1, INT), [3])
    unchanged = net(Equal(), sizes, net(Mul(), ones, -1))
    y = net(Expand(), net.x, net(Where(), unchanged, ones, sizes))
    assert net.holds(unchanged) == [False, True, False]
    assert net.shape(y) == (N, 1, 4)
    assert net.run(y, 2, 1, 4).shape == (2, 1, 4)


def test_sizes_in_floating_point():
    net = Net(N, 3, H, W)
    height = net(Cast(FLOAT), size_of(net, 2))
    twice = net(Cast(INT), net(Floor(), net(Mul(), height, np.float32(2))))
    assert net.holds(twice) == H * 2
    rows = [net(Unsqueeze(), size, [0]) for size in (size_of(net, 0), size_of(net, 1), twice, size_of(net, 3))]
    y = net.build.add(Resize(), [net.x, None, None, net(Concat(0), *rows)])[0]
    assert net.shape(y) == (N, 3, H * 2, W)
    assert net.run(y, 1, 3, 4, 5).shape == (1, 3, 8, 5)


def test_a_free_size_times_a_fraction_is_not_known():
    net = Net(N, 3, H, W)
    part = net(Cast(INT), net(Mul(), net(Cast(FLOAT), size_of(net, 2)), np.float32(1.5)))
    assert net.holds(part) is None
    y = net(Reshape(), net.x, net(Concat(0), net(Unsqueeze(), part, [0]), [-1]))
    # A size that only a run can tell is called after its place.
    assert net.shape(y) == (Symbol(f"{y}[0]"), Symbol(f"{y}[1]"))
    assert net.run(y, 1, 3, 4, 2).shape == (6, 4)


def test_a_known_size_times_a_fraction_is_known():
    net = Net(N, 3, 8, W)
    part = net(Cast(INT), net(Mul(), net(Cast(FLOAT), size_of(net, 2)), np.float32(1.5)))
    assert net.holds(part) == 12


def test_positions_and_products():
    net = Net(N, 8, 16)
    assert net.shape(net(Range(), 0, size_of(net, 0), 1)) == (N,)
    assert net.holds(net(Range(), 0, 3, 1)) == [0, 1, 2]
    assert net.holds(net(Size(), net.x)) == N * 128
    assert net.holds(net(ReduceProd(keepdims=False), net(Shape(), net.x))) == N * 128
    assert net.shape(net(ConstantOfShape(0.0, FLOAT), net(Shape(), net.x))) == (N, 8, 16)


def test_slice_up_to_half_of_a_free_size():
    net = Net(N, H, 4)
    half = net(Unsqueeze(), net(Div(), size_of(net, 1), 2), [0])
    first, second = net(Slice(), net.x, [0], half, [1]), net(Slice(), net.x, half, [2**63 - 1], [1])
    assert net.shape(first) == (N, H // 2, 4)
    assert net.shape(second) == (N, H - H // 2, 4)
    assert net.run(first, 2, 5, 4).shape == (2, 2, 4)
    assert net.run(second, 2, 5, 4).shape == (2, 3, 4)


def test_equality_of_a_free_size_is_known_only_where_it_is_certain():
    net = Net(N, H)
    assert net.holds(net(Equal(), size_of(net, 0), -1)) is False
    assert net.holds(net(Equal(), size_of(net, 0), size_of(net, 0))) is True
    assert net.holds(net(Equal(), size_of(net, 0), 1)) is None
    assert net.holds(net(Equal(), size_of(net, 0), size_of(net, 1))) is None
    assert net.holds(net(Equal(), net(Sub(), size_of(net, 0), 5), -1)) is None
    assert net.holds(net(Less(), size_of(net, 0), 5)) is None
    assert net.holds(net(Less(), 3, 5)) is True


def test_large_and_unknown_contents_are_left_alone():
    net = Net(N, 3)
    assert net.holds(net(Add(), np.arange(65), 1)) is None
    assert net.holds(net(Range(), 0, 10**9, 1)) is None
    assert net.holds(net(Relu(), net.x)) is None
    assert net.holds(net(Cast(INT), net.x)) is None


def test_an_index_outside_the_shape_is_an_error():
    net = Net(N, 3)
    with pytest.raises(Exception, match=r'Gather "gather": index 2 is outside axis 0 of the input\'s \(2,\)'):
        size_of(net, 2)


@given(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9))
def test_what_is_known_before_is_what_a_run_gives(n, h, w):
    net = Net(N, 6, H, W)
    half = net(Div(), net(Add(), size_of(net, 2), 1), 2)
    odd = net(Sub(), net(Mul(), size_of(net, 3), 3), half)
    row = net(Concat(0), net(Unsqueeze(), half, [0]), net(Unsqueeze(), odd, [0]), [7])
    assert net.holds(row) is not None
    sizes = {"n": n, "h": h, "w": w}
    assert [eval(str(size), {}, sizes) for size in net.holds(row)] == net.run(row, n, 6, h, w).tolist()


def test_squeeze_keeps_what_is_known():
    net = Net(N, 3)
    assert net.holds(net(Squeeze(), net(Slice(), net(Shape(), net.x), [1], [2]), [0])) == 3


def test_a_size_that_cannot_be_is_an_error_at_the_node_that_asks_for_it():
    net = Net(4, 3)
    with pytest.raises(ShapeError) as caught:
        net(Reshape(), net.x, net(Concat(0), net(Unsqueeze(), size_of(net, 0), [0]), [4]))
    assert (
        str(caught.value) == 'Reshape "reshape": shape (=(4, 4)) does not hold as many numbers as the input\'s (4, 3)'
    )
