"""Calls that were made before: looked up by one key, and as right as the first time."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import striate
from striate import functional as F
from striate.engine import limits
from striate.engine.immediate import carry_out, compute, prepared
from striate.engine.immediate.calls import _ready, forget
from striate.engine.immediate.carry_out import Ready
from striate.errors import LimitError, ParameterError, ShapeError
from striate.ops import Conv


def random(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.fixture
def careful(monkeypatch):
    """Calls that took the long way."""
    taken = []
    run = Ready._run_with_care
    monkeypatch.setattr(Ready, "_run_with_care", lambda self, *given: taken.append(given) or run(self, *given))
    return taken


X, W, B = random(1, 1, 3, 9, 9), random(2, 8, 3, 3, 3), random(3, 8)
PICTURE, KERNEL = random(4, 1, 1, 20, 20), random(5, 1, 1, 3, 3)
# Each an object that stays, as a loop's weights do: their identity is the hint at which memory has them packed.
SIGNAL, SIGNAL_KERNEL, UP, UP_2D = random(6, 3, 9), random(7, 8, 3, 3), random(8, 3, 8, 3), random(11, 3, 3, 3, 3)
VOLUME, CUBE = random(9, 1, 2, 5, 6, 7), random(10, 2, 2, 2, 2, 2)
CALLS = {
    "conv1d": lambda: F.conv1d(SIGNAL[None], SIGNAL_KERNEL, B, padding=1),
    "conv2d": lambda: F.conv2d(X, W, B, padding=(0, 1)),
    "conv2d of one sample": lambda: F.conv2d(X[0], W, B, padding="same"),
    "conv3d": lambda: F.conv3d(VOLUME, CUBE),
    "a filter on the maps as they are": lambda: F.conv2d(PICTURE, KERNEL, padding=1),
    "conv_transpose1d": lambda: F.conv_transpose1d(SIGNAL, UP, stride=2),
    "conv_transpose2d": lambda: F.conv_transpose2d(X, UP_2D, stride=2, output_padding=1),
    "conv_transpose3d": lambda: F.conv_transpose3d(VOLUME, CUBE, stride=2),
    "max_pool1d": lambda: F.max_pool1d(SIGNAL, 2),
    "max_pool2d": lambda: F.max_pool2d(X, 3, 2, padding=1, ceil_mode=True),
    "max_pool3d": lambda: F.max_pool3d(VOLUME, 2),
    "avg_pool1d": lambda: F.avg_pool1d(SIGNAL, 2),
    "avg_pool2d": lambda: F.avg_pool2d(X, (3, 2), count_include_pad=False),
    "avg_pool3d": lambda: F.avg_pool3d(VOLUME, 2, stride=(1, 2, 3)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_made_before_goes_the_short_way(name, careful):
    forget()
    call = CALLS[name]
    first = call()
    assert careful
    careful.clear()
    again = call()
    assert not careful
    np.testing.assert_array_equal(again, first)
    assert again is not first


@settings(max_examples=60)
@given(data=st.data())
def test_any_order_of_weights_inputs_and_shapes(data):
    """Few arrays, changed in place between calls, in any order: always the sum that the reference gives."""
    draw = np.random.default_rng(data.draw(st.integers(0, 99)))
    shapes = [(4, 3, 3, 3), (4, 3, 3, 3), (2, 3, 1, 3), (33, 3, 3, 3)]
    weights = [draw.standard_normal(shape).astype(np.float32) for shape in shapes]
    biases = [None, draw.standard_normal(4).astype(np.float32)]
    inputs = [draw.standard_normal((1, 3, 6, size)).astype(np.float32) for size in (5, 5, 18)]
    op = Conv((1, 1), ((1, 1), (1, 1)), (1, 1))
    for _ in range(12):
        w, x = data.draw(st.sampled_from(weights)), data.draw(st.sampled_from(inputs))
        b = data.draw(st.sampled_from(biases)) if len(w) == 4 else None
        changed = data.draw(st.sampled_from([x, w, b, None]))
        if changed is not None:
            changed.flat[data.draw(st.integers(0, changed.size - 1))] += 1
        expected = op.reference(x, w, b)[0]
        np.testing.assert_allclose(F.conv2d(x, w, b, padding=1), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", [(8, 3, 3, 3), (40, 24, 3, 3), (60, 80, 3, 3)])
def test_the_last_weight_and_the_last_of_the_bias_count(shape):
    """Few weights, more than are found by contents, more than are compared before the run."""
    x, w, b = random(1, 1, shape[1], 5, 5), random(2, *shape), random(3, shape[0])
    for array in (w, b, w, b):
        before = F.conv2d(x, w, b)
        array[(-1,) * array.ndim] += 8
        after = F.conv2d(x, w, b)
        np.testing.assert_array_equal(after[:, :-1], before[:, :-1])
        assert np.all(after[:, -1] != before[:, -1])


def test_weights_in_turn_are_packed_once(monkeypatch):
    made = []
    keep = carry_out.weights._keep
    monkeypatch.setattr(carry_out.weights, "_keep", lambda *given: made.append(given) or keep(*given))
    x = random(49, 1, 16, 9, 9)
    weights = [random(50 + i, 16, 16, 3, 3) for i in range(7)]
    for _ in range(5):
        for w in weights:
            F.conv2d(x, w)
    assert len(made) == 7


def test_options_that_only_look_the_same():
    F.conv2d(X, W, stride=1, groups=1)
    for stride in (1.0, True, (1.0, 1), [1.0, 1]):
        with pytest.raises(ParameterError, match="stride"):
            F.conv2d(X, W, stride=stride)
    F.max_pool2d(X, 2)
    for size in (2.0, (2, 2.0)):
        with pytest.raises(ParameterError, match="kernel_size"):
            F.max_pool2d(X, size)
    np.testing.assert_array_equal(F.conv2d(X, W, stride=[2, 1]), F.conv2d(X, W, stride=(2, 1)))
    np.testing.assert_array_equal(F.conv2d(X, W, stride=np.int64(2)), F.conv2d(X, W, stride=2))


def test_operands_that_only_have_the_same_shapes(torch):
    expected = F.conv2d(X, W, B)
    whole = np.round(4 * X)
    big_endian, matrix = X.astype(">f4"), X.view(np.ma.MaskedArray)
    for x in (big_endian, matrix, torch.from_numpy(X), X.tolist(), X.astype(np.float64)):
        np.testing.assert_allclose(F.conv2d(x, W, B), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(F.conv2d(whole.astype(np.int32), W, B), F.conv2d(whole, W, B))
    np.testing.assert_allclose(F.conv2d(X, W.astype(">f4"), B.astype(np.float64)), expected, rtol=1e-5, atol=1e-5)
    assert F.conv2d(X, W, B.astype(np.float64)).dtype == np.float64
    with pytest.raises(ShapeError, match="conv2d"):
        F.conv2d(X, W, B[:4])
    with pytest.raises(ShapeError, match="conv2d"):
        F.conv2d(X[:, :2], W)


def test_operands_in_pieces(careful):
    wide = random(5, 2, 6, 18, 18)
    x, w, b = wide[::2, ::2, ::2, ::2], random(6, 16, 3, 3, 3)[::2], random(7, 16)[::-2]
    expected = F.conv2d(x.copy(), w.copy(), b.copy())
    for _ in range(2):
        np.testing.assert_array_equal(F.conv2d(x, w, b), expected)
    y = F.max_pool2d(x, 2)
    np.testing.assert_array_equal(F.max_pool2d(x, 2), y)
    np.testing.assert_array_equal(y, F.max_pool2d(x.copy(), 2))


def test_settings_are_seen_at_once(monkeypatch):
    call = lambda: F.conv2d(X, W, padding=1)  # noqa: E731
    expected = call()
    monkeypatch.setattr(Conv, "reference", lambda self, *operands: (np.full((1, 8, 9, 9), 7, np.float32),))
    np.testing.assert_array_equal(call(), expected)
    monkeypatch.setenv("STRIATE_ENGINE", "reference")
    assert np.all(call() == 7)
    monkeypatch.setenv("STRIATE_ENGINE", "nonsense")
    with pytest.raises(ParameterError, match="STRIATE_ENGINE"):
        call()
    monkeypatch.delenv("STRIATE_ENGINE")
    monkeypatch.setenv(limits.VARIABLE, "2000")
    with pytest.raises(LimitError, match="conv2d would take"):
        call()
    monkeypatch.delenv(limits.VARIABLE)
    monkeypatch.setenv("STRIATE_ISA", "nonsense")
    with pytest.raises(ParameterError, match="STRIATE_ISA"):
        call()
    monkeypatch.delenv("STRIATE_ISA")
    np.testing.assert_array_equal(call(), expected)


def test_exact_calls_are_prepared_by_themselves(monkeypatch):
    monkeypatch.setattr(compute, "_prepared", {})  # crowded by other tests, it would let go of what is remembered
    forget()
    y = F.conv2d(X, W, B, dilation=2)
    before = len(_ready)
    with striate.exact():
        np.testing.assert_array_equal(F.conv2d(X, W, B, dilation=2), y)
        np.testing.assert_array_equal(F.conv2d(X, W, B, dilation=2), y)
    assert len(_ready) == before + 1


@pytest.mark.parametrize("work", [0, 10**9])
def test_with_and_without_pythons_lock_many_threads(work, monkeypatch):
    monkeypatch.setattr(prepared, "HELD_WORK", work)
    monkeypatch.setattr(compute, "_prepared", {})
    forget()
    weights = [random(70 + i, 8, 3, 3, 3) for i in range(3)]
    truth = [F.conv2d(X, w, padding=1) for w in weights]
    bad = []

    def loop(first):
        for i in range(400):
            if not np.array_equal(F.conv2d(X, weights[(first + i) % 3], padding=1), truth[(first + i) % 3]):
                bad.append(i)

    threads = [threading.Thread(target=loop, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not bad


def test_pythons_whose_objects_look_otherwise(monkeypatch):
    expected = {name: call() for name, call in CALLS.items()}
    monkeypatch.setattr(prepared, "readable", lambda: False)
    monkeypatch.setattr(compute, "_prepared", {})
    forget()
    for name, call in CALLS.items():
        for _ in range(2):
            np.testing.assert_array_equal(call(), expected[name])
    w = W.copy()
    before = F.conv2d(X, w)
    w *= 2
    np.testing.assert_allclose(F.conv2d(X, w), 2 * before, rtol=1e-6)
    forget()
    monkeypatch.setattr(compute, "_prepared", {})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_stays_in_its_group_again_and_again(bad):
    x, w = random(1, 1, 8, 5, 5), random(2, 8, 2, 3, 3)
    for value in (0.5, bad, 0.25, bad):
        x[0, 3, 2, 2] = value
        with np.errstate(all="ignore"):
            expected = Conv((1, 1), ((0, 0), (0, 0)), (1, 1), 4).reference(x, w, None)[0]
        y = F.conv2d(x, w, groups=4)
        np.testing.assert_array_equal(np.isfinite(y), np.isfinite(expected))
    x[...] = 1
    w[5, 0, 1, 1] = bad
    for _ in range(3):
        np.testing.assert_array_equal(np.isfinite(F.conv2d(x, w, groups=4))[0, :, 0, 0], np.arange(8) != 5)


def test_operands_are_let_go():
    import gc
    import weakref

    class Array(np.ndarray):
        pass

    base = random(1, 1, 3, 9, 9).view(Array)
    x = np.asarray(base)
    gone = weakref.ref(base)
    F.conv2d(x, W)
    F.conv2d(x, W)
    del base, x
    gc.collect()
    assert gone() is None


def test_empty_inputs_after_full_ones():
    F.max_pool2d(X, 2)
    assert F.max_pool2d(X[:0], 2).shape == (0, 3, 4, 4)
    assert F.conv2d(X[:0], W).shape == (0, 8, 7, 7)
    assert F.conv2d(X[:0], W).shape == (0, 8, 7, 7)


def test_remembered_calls_are_bounded(monkeypatch):
    monkeypatch.setattr("striate.engine.immediate.calls.KEPT", 5)
    for size in range(4, 30):
        F.max_pool1d(random(1, 1, size), 2)
        assert len(_ready) <= 5
