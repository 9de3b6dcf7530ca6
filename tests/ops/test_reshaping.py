from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Cost, tensor, type_of
from striate.ops import Flatten, Reshape, Squeeze, Transpose, Unsqueeze
from tests.ops.operands import counted, ints, of_shape, sizes_of

N, H = Symbol("n"), Symbol("h")
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=6)


@given(SHAPES, st.data())
def test_reshape_like_onnxruntime(apply, ort_run, shape, data):
    wanted = list(data.draw(st.permutations(shape)))
    if len(wanted) > 1 and data.draw(st.booleans()):
        wanted = [wanted[0] * wanted[1], *wanted[2:]]
    if data.draw(st.booleans()):
        wanted[data.draw(st.integers(0, len(wanted) - 1))] = -1
    for axis, size in enumerate(wanted[: len(shape)]):
        if size == shape[axis] and data.draw(st.booleans()):
            wanted[axis] = 0
    x = counted(shape)
    (y,) = apply(Reshape(), x, ints(*wanted), free=())
    np.testing.assert_array_equal(y, ort_run("Reshape", x, ints(*wanted))[0])


@pytest.mark.parametrize(
    ("given_shape", "wanted", "expected"),
    [
        ((N, 512, 7, 7), (N, -1), (N, 25088)),
        ((N, 512, 7, 7), (0, -1), (N, 25088)),
        ((N, 512, 7, 7), (-1, 25088), (N, 25088)),
        ((N, 8, H, 5), (N, -1, H, 5), (N, 8, H, 5)),
        ((N * 64, 49, 32), (N, 8, 8, 49, -1), (N, 8, 8, 49, 32)),
        ((N, 3, H, H), (0, 3, -1), (N, 3, H * H)),
        ((N, 6), (H, -1), (H, UNKNOWN)),
    ],
)
def test_reshape_keeps_free_sizes(given_shape, wanted, expected):
    row = np.empty(len(wanted), object)
    row[:] = wanted
    assert sizes_of(Reshape(), of_shape(*given_shape), tensor(np.int64, row.shape, row)) == expected


def test_reshape_to_unknown_sizes():
    assert sizes_of(Reshape(), of_shape(2, 6), tensor(np.int64, (3,))) == (UNKNOWN,) * 3
    assert sizes_of(Reshape(), of_shape(2, 6), tensor(np.int64, (N,))) is None
    assert sizes_of(Reshape(), tensor(np.float32, None), type_of(ints(2, -1, 0))) == (2, UNKNOWN, UNKNOWN)


def test_reshape_with_zeros_allowed(apply):
    (y,) = apply(Reshape(allowzero=True), np.zeros((0, 4), np.float32), ints(2, 0), free=())
    assert y.shape == (2, 0)


@pytest.mark.parametrize(
    ("op", "wanted", "message"),
    [
        (Reshape(), ints(5, 2), "shape (=(5, 2)) does not hold as many numbers as the input's (3, 4)"),
        (Reshape(), ints(5, -1), "shape (=(5, -1)) does not divide the input's (3, 4) evenly"),
        (Reshape(), ints(-1, -1), "shape (=(-1, -1)) must be sizes, with -1 at most once"),
        (Reshape(), ints(-2, 6), "shape (=(-2, 6)) must be sizes, with -1 at most once"),
        (Reshape(), ints(3, 4, 0), "shape (=(3, 4, 0)) has 0 at axis 2, which the input's (3, 4) has not"),
        (Reshape(allowzero=True), ints(0, -1), "shape (=(0, -1)) has 0 and -1, so that -1 could be anything"),
        (Reshape(), ints(12).reshape(1, 1), "shape has shape (1, 1), expected one row of numbers"),
    ],
)
def test_reshape_that_does_not_fit(op, wanted, message):
    with pytest.raises(ShapeError) as caught:
        op.infer([of_shape(3, 4), type_of(wanted)])
    assert str(caught.value) == message


def test_reshape_needs_whole_numbers():
    with pytest.raises(DtypeError, match="shape has type float32, expected int64"):
        Reshape().infer([of_shape(3, 4), of_shape(2)])
    with pytest.raises(ShapeError, match="shape is required"):
        Reshape().infer([of_shape(3, 4)])


@given(SHAPES, st.data())
def test_flatten_like_onnxruntime(apply, ort_run, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape)))
    (y,) = apply(Flatten(axis), counted(shape))
    np.testing.assert_array_equal(y, ort_run("Flatten", counted(shape), axis=axis)[0])


def test_flatten_of_free_sizes():
    assert sizes_of(Flatten(), of_shape(N, 8, 4)) == (N, 32)
    assert sizes_of(Flatten(), tensor(np.float32, None)) == (UNKNOWN, UNKNOWN)
    with pytest.raises(ParameterError, match=r"axis \(=3\) does not exist in rank 2; allowed: from -2 to 1"):
        Flatten(3).infer([of_shape(2, 2)])


@given(SHAPES, st.data())
def test_transpose_like_onnxruntime(apply, ort_run, shape, data):
    perm = tuple(data.draw(st.permutations(range(len(shape)))))
    (y,) = apply(Transpose(perm), counted(shape))
    np.testing.assert_array_equal(y, ort_run("Transpose", counted(shape), perm=perm)[0])


def test_transpose_without_perm_reverses(apply):
    assert apply(Transpose(), counted((2, 3, 4)))[0].shape == (4, 3, 2)


def test_transpose_needs_each_axis_once():
    with pytest.raises(ParameterError) as caught:
        Transpose((0, 2, 2)).infer([of_shape(1, 2, 3)])
    assert str(caught.value) == "perm (=(0, 2, 2)) must name each of the 3 axes of the input's (1, 2, 3) once"


@given(SHAPES, st.data())
def test_unsqueeze_and_squeeze_like_onnxruntime(apply, ort_run, shape, data):
    more = data.draw(st.integers(1, 3))
    rank = len(shape) + more
    places = st.lists(st.integers(0, rank - 1), min_size=more, max_size=more, unique=True)
    axes = [axis - rank * data.draw(st.booleans()) for axis in data.draw(places)]
    (y,) = apply(Unsqueeze(), counted(shape), ints(*axes))
    np.testing.assert_array_equal(y, ort_run("Unsqueeze", counted(shape), ints(*axes))[0])
    (back,) = apply(Squeeze(), y, ints(*axes))
    np.testing.assert_array_equal(back, counted(shape))
    np.testing.assert_array_equal(back, ort_run("Squeeze", y, ints(*axes))[0])


def test_squeeze_of_all_axes(apply):
    assert apply(Squeeze(), counted((1, 3, 1)), free=())[0].shape == (3,)
    # A free size could turn out to be 1, so not even the rank is known.
    assert sizes_of(Squeeze(), of_shape(N, 3, 1)) is None
    assert sizes_of(Squeeze(), of_shape(N, 3, 1), tensor(np.int64, (1,))) == (UNKNOWN, UNKNOWN)
    assert sizes_of(Unsqueeze(), of_shape(N, 3), tensor(np.int64, (1,))) == (UNKNOWN,) * 3


@pytest.mark.parametrize(
    ("op", "axes", "error", "message"),
    [
        (Squeeze(), ints(1), ShapeError, "axis 1 of the input's (1, 3) has size 3; only size 1 can be dropped"),
        (Squeeze(), ints(2), ParameterError, "axes (=2) does not exist in rank 2; allowed: from -2 to 1"),
        (Squeeze(), ints(0, -2), ParameterError, "axes (=(0, -2)) names an axis twice"),
        (Unsqueeze(), ints(3), ParameterError, "axes (=3) does not exist in rank 3; allowed: from -3 to 2"),
    ],
)
def test_axes_that_do_not_fit(op, axes, error, message):
    with pytest.raises(error) as caught:
        op.infer([of_shape(1, 3), type_of(axes)])
    assert str(caught.value) == message


def test_moving_costs_nothing():
    assert Transpose().cost([of_shape(4, 5)], [of_shape(5, 4)]) == Cost(0, 0)
