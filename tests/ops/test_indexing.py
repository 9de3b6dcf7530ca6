from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import tensor, type_of
from striate.ops import Gather, GatherElements, GatherND, Slice
from striate.ops.indexing import sliced_size
from tests.ops.operands import counted, ints, of_shape, sizes_of

N = Symbol("n")
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)
FAR = 2**63 - 1
EDGES = st.one_of(st.integers(-7, 7), st.sampled_from([FAR, -FAR, 2**31 - 1, -(2**31)]))
STEPS = st.sampled_from([1, 1, 2, 3, -1, -2])


@given(SHAPES, st.data())
def test_slice_like_onnxruntime(apply, ort_run, shape, data):
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    axes = [axis - len(shape) * data.draw(st.booleans()) for axis in axes]
    starts, ends, steps = (ints(*(data.draw(kind) for _ in axes)) for kind in (EDGES, EDGES, STEPS))
    # Counting down, the highest end gives nothing; ONNX Runtime reads it as "to the beginning".
    ends = np.where((steps < 0) & (ends >= 2**31 - 1), 7, ends)
    (y,) = apply(Slice(), counted(shape), starts, ends, ints(*axes), steps, free=())
    np.testing.assert_array_equal(y, ort_run("Slice", counted(shape), starts, ends, ints(*axes), steps)[0])


def test_slice_of_the_first_axes(apply):
    (y,) = apply(Slice(), counted((3, 4)), ints(1), ints(2), free=())
    np.testing.assert_array_equal(y, [[4, 5, 6, 7]])


@given(st.integers(1, 9), EDGES, EDGES, STEPS)
def test_slice_of_a_free_size_agrees_with_runs(size, start, end, step):
    cells = range(size)[slice(start, None if step < 0 and end < -size else end, step)]
    assume(len(cells) > 0)
    assume(start in (FAR, 2**31 - 1, -FAR, -(2**31)) or -size <= start < size)
    length = sliced_size(N, start, end, step)
    assert eval(str(length), {}, {"n": size}) == len(cells)


@pytest.mark.parametrize(
    ("start", "end", "step", "expected"),
    [
        (0, FAR, 1, N),
        (1, -1, 1, N - 2),
        (-3, FAR, 1, 3),
        (0, FAR, 2, (N + 1) // 2),
        (-1, -FAR, -1, N),
        (0, N, 1, N),
        (0, N // 2, 1, N // 2),
        (N // 2, FAR, 1, N - N // 2),
    ],
)
def test_slice_formulas(start, end, step, expected):
    assert sliced_size(N, start, end, step) == expected


def test_slice_with_unknown_operands():
    assert sizes_of(Slice(), of_shape(N, 4), tensor(np.int64, (1,)), type_of(ints(3)), type_of(ints(1))) == (N, UNKNOWN)
    assert sizes_of(Slice(), of_shape(N, 4), tensor(np.int64, (N,)), tensor(np.int64, (N,))) == (UNKNOWN, UNKNOWN)
    assert sizes_of(Slice(), tensor(np.float32, None), type_of(ints(0)), type_of(ints(3))) is None


@given(SHAPES, st.data())
def test_gather_like_onnxruntime(apply, ort_run, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    indices = data.draw(
        hnp.arrays(
            data.draw(st.sampled_from([np.int32, np.int64])),
            data.draw(hnp.array_shapes(min_dims=0, max_dims=2, max_side=3)),
            elements=st.integers(-shape[axis], shape[axis] - 1),
        )
    )
    (y,) = apply(Gather(axis), counted(shape), indices)
    np.testing.assert_array_equal(y, ort_run("Gather", counted(shape), indices, axis=axis)[0])


@given(SHAPES, st.data())
def test_gather_elements_like_onnxruntime(apply, ort_run, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    picked = [data.draw(st.integers(1, size)) for size in shape]
    picked[axis] = data.draw(st.integers(1, 6))
    indices = data.draw(hnp.arrays(np.int64, picked, elements=st.integers(-shape[axis], shape[axis] - 1)))
    (y,) = apply(GatherElements(axis), counted(shape), indices, free=(0, 1))
    np.testing.assert_array_equal(y, ort_run("GatherElements", counted(shape), indices, axis=axis)[0])


@given(hnp.array_shapes(min_dims=2, max_dims=4, max_side=4), st.data())
def test_gather_nd_like_onnxruntime(apply, ort_run, shape, data):
    batch = data.draw(st.integers(0, len(shape) - 1))
    depth = data.draw(st.integers(1, len(shape) - batch))
    rows = data.draw(hnp.array_shapes(min_dims=1, max_dims=2, max_side=3))
    columns = [
        data.draw(hnp.arrays(np.int64, (*shape[:batch], *rows), elements=st.integers(-size, size - 1)))
        for size in shape[batch : batch + depth]
    ]
    indices = np.stack(columns, axis=-1)
    (y,) = apply(GatherND(batch), counted(shape), indices)
    np.testing.assert_array_equal(y, ort_run("GatherND", counted(shape), indices, batch_dims=batch)[0])


def test_gather_nd_of_unknown_depth():
    assert sizes_of(GatherND(), of_shape(3, 4), tensor(np.int64, (2, N))) is None


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (
            Slice(),
            [of_shape(4), type_of(ints(0)), type_of(ints(4)), type_of(ints(0)), type_of(ints(0))],
            ParameterError,
            "steps (=0) must not be 0",
        ),
        (
            Slice(),
            [of_shape(4, 4), type_of(ints(0, 0)), type_of(ints(4)), type_of(ints(0, 1))],
            ShapeError,
            "starts, ends and steps must have 2 entries, one for each of the axes (=(0, 1))",
        ),
        (
            Slice(),
            [of_shape(4), type_of(ints(0)), type_of(ints(4)), type_of(ints(1))],
            ParameterError,
            "axes (=1) does not exist in rank 1; allowed: from -1 to 0",
        ),
        (
            Gather(1),
            [of_shape(2, 3), type_of(ints(0, 3))],
            ParameterError,
            "index 3 is outside axis 1 of the input's (2, 3)",
        ),
        (
            Gather(0),
            [of_shape(2, 3), type_of(ints(0, -3))],
            ParameterError,
            "index -3 is outside axis 0 of the input's (2, 3)",
        ),
        (Gather(0), [of_shape(2), of_shape(1)], DtypeError, "indices have type float32, expected int64 or int32"),
        (
            GatherElements(0),
            [of_shape(2, 3), tensor(np.int64, (2,))],
            ShapeError,
            "indices have shape (2,), input (2, 3); expected the same rank",
        ),
        (
            GatherND(1),
            [of_shape(2, 3), tensor(np.int64, (2, 2))],
            ShapeError,
            "indices have shape (2, 2): rows of 2 numbers; input (2, 3) has 1 axes after batch_dims (=1)",
        ),
        (
            GatherND(2),
            [of_shape(2, 3), tensor(np.int64, (2, 2))],
            ParameterError,
            "batch_dims (=2) must be below the ranks of input (2, 3) and indices (2, 2)",
        ),
    ],
)
def test_what_does_not_fit(op, operands, error, message):
    with pytest.raises(error) as caught:
        op.infer(operands)
    assert str(caught.value) == message
