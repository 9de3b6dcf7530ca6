from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Cost, tensor, type_of
from striate.ops import Pad
from tests.ops.operands import ints, of_shape

N = Symbol("n")
TORCH_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def noise(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("mode", TORCH_MODES)
@given(st.lists(st.integers(2, 6), min_size=1, max_size=3), st.integers(0, 99), st.data())
def test_pad_like_torch(apply, torch, mode, lengths, seed, data):
    x = noise((2, 3, *lengths), seed)
    counts = st.integers(0, 3) if mode == "constant" else st.just(0)
    pads = [(data.draw(counts), data.draw(counts)) for _ in range(2)]
    for length in lengths:
        low = -(length // 2) if mode == "constant" else 0
        pads.append((data.draw(st.integers(low, length - 1)), data.draw(st.integers(low, length - 1))))
    flat = ints(*(before for before, _ in pads), *(after for _, after in pads))
    value = np.float32(0.5) if mode == "constant" else None
    (y,) = apply(Pad(mode), x, flat, None if value is None else np.array(value))
    spatial = pads if mode == "constant" else pads[2:]
    in_torch = [count for pair in reversed(spatial) for count in pair]
    wanted = torch.nn.functional.pad(torch.tensor(x), in_torch, mode=TORCH_MODES[mode], value=value)
    np.testing.assert_array_equal(y, wanted.numpy())


@pytest.mark.parametrize("mode", TORCH_MODES)
@given(hnp.array_shapes(min_dims=1, max_dims=3, min_side=3, max_side=6), st.integers(0, 99), st.data())
def test_pad_of_some_axes_like_onnxruntime(apply, ort_run, mode, shape, seed, data):
    x = noise(shape, seed)
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    pads = ints(*(data.draw(st.integers(0, shape[axis] - 1)) for _ in range(2) for axis in axes))
    axes = ints(*(axis - len(shape) * data.draw(st.booleans()) for axis in axes))
    (y,) = apply(Pad(mode), x, pads, None, axes)
    np.testing.assert_array_equal(y, ort_run("Pad", x, pads, None, axes, mode=mode)[0])


@pytest.mark.parametrize(
    ("mode", "pads", "expected"),
    [
        ("constant", (-1, 2), [2, 3, 4, 0, 0]),
        ("edge", (-1, 2), [2, 3, 4, 4, 4]),
        ("reflect", (-1, 2), [2, 3, 4, 3, 2]),
        ("wrap", (-1, 2), [2, 3, 4, 2, 3]),
        ("edge", (2, -3), [1, 1, 1]),
    ],
)
def test_cells_are_cut_before_any_are_added(apply, mode, pads, expected):
    x = np.array([1, 2, 3, 4], np.float32)
    np.testing.assert_array_equal(apply(Pad(mode), x, ints(*pads))[0], expected)


def test_pad_of_whole_numbers_and_truths(apply):
    np.testing.assert_array_equal(apply(Pad(), ints(1, 2), ints(1, 1), ints(7).reshape(()))[0], [7, 1, 2, 7])
    np.testing.assert_array_equal(apply(Pad(), np.array([True]), ints(1, 0))[0], [False, True])


def test_pad_of_unknown_sizes():
    def sizes_of(*operands):
        return Pad().infer(operands)[0].shape

    assert sizes_of(of_shape(N, 3), type_of(ints(1, 0, 2, 0))) == (N + 3, 3)
    assert sizes_of(of_shape(N, 3), tensor(np.int64, (4,))) == (UNKNOWN, UNKNOWN)
    assert sizes_of(of_shape(N, 3), tensor(np.int64, (2,)), None, type_of(ints(1))) == (N, UNKNOWN)
    assert sizes_of(of_shape(N, 3), tensor(np.int64, (2,)), None, tensor(np.int64, (1,))) == (UNKNOWN, UNKNOWN)
    assert sizes_of(tensor(np.float32, None), type_of(ints(1, 1))) is None


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (
            Pad(),
            [of_shape(1, 4), type_of(ints(1, 1))],
            ShapeError,
            "pads has 2 entries, expected 4: before and after for each of 2 axes",
        ),
        (
            Pad(),
            [of_shape(4), type_of(ints(-3, -2))],
            ShapeError,
            "pads -3 and -2 cut more than axis 0 has (size 4)",
        ),
        (
            Pad("reflect"),
            [of_shape(0), type_of(ints(1, 0))],
            ShapeError,
            'nothing is left of axis 0 (size 0) for mode "reflect" to repeat',
        ),
        (
            Pad("mirror"),
            [of_shape(4), type_of(ints(1, 1))],
            ParameterError,
            'mode (="mirror") must be one of constant, reflect, edge, wrap',
        ),
        (
            Pad(),
            [of_shape(4), type_of(ints(1, 1)), tensor(np.int64, ())],
            DtypeError,
            "value has type int64, input float32; expected the same type",
        ),
        (Pad(), [of_shape(4), of_shape(2)], DtypeError, "pads has type float32, expected int64"),
    ],
)
def test_what_does_not_fit(op, operands, error, message):
    with pytest.raises(error) as caught:
        op.infer(operands)
    assert str(caught.value) == message


def test_pad_costs_nothing():
    assert Pad().cost([of_shape(4), type_of(ints(1, 1))], [of_shape(6)]) == Cost(0, 0)
