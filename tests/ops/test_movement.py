from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import tensor, type_of
from striate.ops import Concat, DepthToSpace, Expand, SpaceToDepth, Split, Tile
from tests.ops.operands import counted, ints, of_shape, sizes_of

N, H = Symbol("n"), Symbol("h")
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)


def symbols(*sizes):
    row = np.empty(len(sizes), object)
    row[:] = sizes
    return tensor(np.int64, row.shape, row)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4))
def test_expand_like_onnxruntime(apply, ort_run, shapes):
    x, shape = counted(shapes.input_shapes[0]), ints(*shapes.input_shapes[1])
    (y,) = apply(Expand(), x, shape)
    np.testing.assert_array_equal(y, ort_run("Expand", x, shape)[0])


def test_expand_to_free_sizes():
    assert sizes_of(Expand(), of_shape(1, 3), symbols(N, 1, 3)) == (N, 1, 3)
    assert sizes_of(Expand(), of_shape(N, 3), symbols(N, 3)) == (N, 3)
    assert sizes_of(Expand(), of_shape(2, 1), tensor(np.int64, (3,))) == (UNKNOWN,) * 3
    assert sizes_of(Expand(), of_shape(2, 1), tensor(np.int64, (N,))) is None


@given(SHAPES, st.data())
def test_tile_like_onnxruntime(apply, ort_run, shape, data):
    repeats = ints(*(data.draw(st.integers(0, 3)) for _ in shape))
    (y,) = apply(Tile(), counted(shape), repeats)
    np.testing.assert_array_equal(y, ort_run("Tile", counted(shape), repeats)[0])


@given(SHAPES, st.data())
def test_concat_like_onnxruntime(apply, ort_run, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    lengths = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    place = axis % len(shape)
    parts = [counted((*shape[:place], length, *shape[place + 1 :])) + i for i, length in enumerate(lengths)]
    (y,) = apply(Concat(axis), *parts, free=tuple(range(len(parts))))
    np.testing.assert_array_equal(y, ort_run("Concat", *parts, axis=axis)[0])


def test_concat_of_partly_known_shapes():
    assert sizes_of(Concat(1), of_shape(N, 3, H), of_shape(2, 5, H)) == (2, 8, H)
    assert sizes_of(Concat(1), of_shape(2, 3), tensor(np.float32, None)) == (2, UNKNOWN)
    assert sizes_of(Concat(1), tensor(np.float32, None)) is None


@given(SHAPES, st.data())
def test_split_like_onnxruntime(apply, ort_run, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    cuts = sorted(data.draw(st.lists(st.integers(0, shape[axis]), max_size=3)))
    split = ints(*np.diff([0, *cuts, shape[axis]]))
    parts = apply(Split(axis), counted(shape), split)
    wanted = ort_run("Split", counted(shape), split, axis=axis, results=len(split))
    for part, right in zip(parts, wanted, strict=True):
        np.testing.assert_array_equal(part, right)


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 1))
def test_split_into_equal_parts_like_onnxruntime(apply, ort_run, length, count, axis):
    assume(-(-length // count) * (count - 1) < length)  # ONNX Runtime makes no empty part
    x = counted((length, 2) if axis == 0 else (2, length))
    parts = apply(Split(axis, count), x)
    wanted = ort_run("Split", x, axis=axis, num_outputs=count, results=count)
    for part, right in zip(parts, wanted, strict=True):
        np.testing.assert_array_equal(part, right)


def test_split_of_unknown_sizes():
    parts = Split(1, 2).infer([of_shape(N, 8), tensor(np.int64, (2,))])
    assert [part.shape for part in parts] == [(N, UNKNOWN)] * 2
    assert [part.shape for part in Split(0, 3).infer([tensor(np.float32, None)])] == [None] * 3


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
@given(st.integers(1, 2), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_depth_to_space_like_onnxruntime(apply, ort_run, mode, n, c, h, w, b):
    x = counted((n, c * b * b, h, w))
    (y,) = apply(DepthToSpace(b, mode), x)
    np.testing.assert_array_equal(y, ort_run("DepthToSpace", x, blocksize=b, mode=mode)[0])


def test_depth_to_space_crd_is_pixel_shuffle(apply, torch):
    x = counted((2, 12, 3, 4))
    (y,) = apply(DepthToSpace(2, "CRD"), x)
    np.testing.assert_array_equal(y, torch.pixel_shuffle(torch.tensor(x), 2).numpy())


@given(st.integers(1, 2), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_space_to_depth_undoes_depth_to_space(apply, ort_run, n, c, h, w, b):
    x = counted((n, c, h * b, w * b))
    (y,) = apply(SpaceToDepth(b), x)
    np.testing.assert_array_equal(y, ort_run("SpaceToDepth", x, blocksize=b)[0])
    np.testing.assert_array_equal(apply(DepthToSpace(b), y)[0], x)


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (
            Expand(),
            [of_shape(2, 3), type_of(ints(2, 4))],
            ShapeError,
            "shapes (2, 3) and (2, 4) do not broadcast: 3 and 4 differ and neither is 1",
        ),
        (
            Expand(),
            [of_shape(1, 3), type_of(ints(-1, 3))],
            ParameterError,
            "shape (=(-1, 3)) must not be negative; 1 keeps a size",
        ),
        (
            Tile(),
            [of_shape(2, 3), type_of(ints(2))],
            ShapeError,
            "repeats has 1 entries, input has shape (2, 3); expected one for each axis",
        ),
        (Tile(), [of_shape(2), type_of(ints(-2))], ParameterError, "repeats (=(-2,)) must not be negative"),
        (
            Concat(1),
            [of_shape(2, 3), of_shape(4, 3)],
            ShapeError,
            "inputs have shapes (2, 3) and (4, 3); all sizes but that of axis 1 must be the same",
        ),
        (
            Concat(0),
            [of_shape(2, 3), of_shape(2)],
            ShapeError,
            "inputs have shapes (2, 3) and (2,); expected the same rank",
        ),
        (
            Concat(0),
            [of_shape(2), tensor(np.int64, (2,))],
            DtypeError,
            "inputs have types float32, int64; expected one type for all",
        ),
        (Concat(0), [], ShapeError, "input 0 is required"),
        (
            Split(1),
            [of_shape(2, 7), type_of(ints(3, 3))],
            ShapeError,
            "split (=(3, 3)) must be sizes that add up to 7, the size of axis 1",
        ),
        (
            Split(0),
            [of_shape(2)],
            ParameterError,
            "num_outputs (=0) must be positive where no split is given",
        ),
        (Split(0, 4), [of_shape(5)], ShapeError, "axis 0 has size 5, too short for 4 parts of 2"),
        (
            DepthToSpace(2),
            [of_shape(1, 6, 2, 2)],
            ShapeError,
            "input has shape (1, 6, 2, 2); 6 channels are not a multiple of blocksize² (=4)",
        ),
        (
            SpaceToDepth(2),
            [of_shape(1, 1, 4, 5)],
            ShapeError,
            "input has shape (1, 1, 4, 5); height and width must be multiples of blocksize (=2)",
        ),
        (SpaceToDepth(0), [of_shape(1, 1, 4, 5)], ParameterError, "blocksize (=0) must be positive"),
        (SpaceToDepth(2), [of_shape(1, 4, 5)], ShapeError, "input has shape (1, 4, 5), expected (n, c, h, w)"),
        (
            DepthToSpace(2, "RCD"),
            [of_shape(1, 4, 2, 2)],
            ParameterError,
            'mode (="RCD") must be "DCR" or "CRD"',
        ),
    ],
)
def test_what_does_not_fit(op, operands, error, message):
    with pytest.raises(error) as caught:
        op.infer(operands)
    assert str(caught.value) == message
