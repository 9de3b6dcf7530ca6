"""Functional operations on emitted kernels, and not on the reference: against PyTorch in float64, every attribute."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate import functional as F
from striate.engine import set_threads, thread_count
from striate.engine.immediate import carry_out, compute
from striate.engine.immediate.calls import _ready
from striate.engine.immediate.packing import COMPARED_FIRST, FEW_BYTES, WeightStore
from striate.errors import LimitError
from striate.ops import AveragePool, Conv, ConvTranspose, MaxPool

EPSILON = 2.0**-24
# PyTorch remarks that it makes a copy for some paddings.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


@contextmanager
def natively():
    """Fails whatever an op's reference would compute."""

    def refuse(self, *operands):
        raise AssertionError(f"{self} ran on its reference")

    with pytest.MonkeyPatch.context() as patch:
        for kind in (Conv, ConvTranspose, MaxPool, AveragePool):
            patch.setattr(kind, "reference", refuse)
        yield


def random(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def close(ours, torch, name, arrays, terms, **options):
    """Within the bound for chains of so many terms, products rounded too: 2 * terms * eps * the sum of magnitudes."""
    function = getattr(torch.nn.functional, name)
    wide = [torch.from_numpy(a.astype(np.float64)) for a in arrays]
    truth = function(*wide, **options).numpy()
    size = function(*(a.abs() for a in wide), **options).numpy()
    assert ours.dtype == np.float32
    assert ours.shape == truth.shape
    assert np.all(np.abs(ours - truth) <= 2 * (terms + 2) * EPSILON * size + 1e-30)


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=60)
@given(data=st.data())
def test_conv(axes, data, torch):
    kernel = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    dilation = tuple(data.draw(st.integers(1, 2)) for _ in range(axes))
    padding = data.draw(st.sampled_from([0, 1, 2, "same", "valid", tuple(range(axes))]))
    stride = 1 if padding == "same" else data.draw(st.sampled_from([1, 2, 3, tuple(range(1, axes + 1))]))
    groups = data.draw(st.sampled_from([1, 1, 2, 5, 16]))
    depth, per_group = (data.draw(st.sampled_from([1, 2, 3, 17])) for _ in range(2))
    lengths = [d * (k - 1) + 1 + data.draw(st.integers(0, 9)) for k, d in zip(kernel, dilation, strict=True)]
    x = random(1, data.draw(st.integers(1, 2)), depth * groups, *lengths)
    arrays = [x, random(2, per_group * groups, depth, *kernel)]
    if data.draw(st.booleans()):
        arrays.append(random(3, per_group * groups))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    with natively():
        first = getattr(F, f"conv{axes}d")(*arrays, **options)
        again = getattr(F, f"conv{axes}d")(*arrays, **options)
        single = getattr(F, f"conv{axes}d")(x[0], *arrays[1:], **options)
    close(first, torch, f"conv{axes}d", arrays, arrays[1][0].size, **options)
    np.testing.assert_array_equal(again, first)
    np.testing.assert_allclose(single, first[0], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=40)
@given(data=st.data())
def test_conv_transpose(axes, data, torch):
    kernel = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    stride, dilation = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    more = data.draw(st.integers(0, max(stride, dilation) - 1))
    padding = data.draw(st.integers(0, 1))
    groups, depth, per_group = (data.draw(st.sampled_from([1, 2, 7])) for _ in range(3))
    lengths = [data.draw(st.integers(1, 6)) for _ in range(axes)]
    ends = [(n - 1) * stride - 2 * padding + dilation * (k - 1) + more for n, k in zip(lengths, kernel, strict=True)]
    assume(min(ends) >= 0)
    arrays = [random(1, 2, depth * groups, *lengths), random(2, depth * groups, per_group, *kernel)]
    if data.draw(st.booleans()):
        arrays.append(random(3, per_group * groups))
    options = {
        "stride": stride,
        "padding": padding,
        "output_padding": more,
        "groups": groups,
        "dilation": dilation,
    }
    with natively():
        ours = getattr(F, f"conv_transpose{axes}d")(*arrays, **options)
    close(ours, torch, f"conv_transpose{axes}d", arrays, depth * arrays[1][0, 0].size, **options)


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=40)
@given(data=st.data())
def test_pooling(axes, data, torch):
    kernel = tuple(data.draw(st.integers(1, 3)) for _ in range(axes))
    padding = data.draw(st.integers(0, min(kernel) // 2))
    stride, ceil_mode = data.draw(st.sampled_from([None, 1, 2])), data.draw(st.booleans())
    dilation = data.draw(st.integers(1, 2))
    lengths = [dilation * (k - 1) + 1 + data.draw(st.integers(0, 7)) for k in kernel]
    x = random(1, 2, data.draw(st.sampled_from([1, 3, 16, 19])), *lengths)
    common = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    theirs = torch.nn.functional
    truth = getattr(theirs, f"max_pool{axes}d")(torch.from_numpy(x), dilation=dilation, **common).numpy()
    include = data.draw(st.booleans())
    with natively():
        np.testing.assert_array_equal(getattr(F, f"max_pool{axes}d")(x, dilation=dilation, **common), truth)
        means = getattr(F, f"avg_pool{axes}d")(x, **common, count_include_pad=include)
    options = {**common, "count_include_pad": include}
    close(means, torch, f"avg_pool{axes}d", [x], np.prod(kernel), **options)


@pytest.mark.parametrize("target", ["avx512", "avx2", "generic"])
def test_every_instruction_set(target, torch, monkeypatch):
    from striate.engine.isa import isa
    from striate.errors import ParameterError

    monkeypatch.setenv("STRIATE_ISA", target)
    try:
        isa()
    except ParameterError:
        pytest.skip(f"this processor has no {target}")
    for shape, filters in (((1, 3, 9, 9), (8, 3, 3, 3)), ((2, 40, 6, 5), (33, 40, 3, 3))):
        arrays = [random(1, *shape), random(2, *filters)]
        with natively():
            for _ in range(2):
                close(F.conv2d(*arrays, padding=1), torch, "conv2d", arrays, arrays[1][0].size, padding=1)


# Weights that are packed and found by their contents; found by their address and compared before a run, or during it;
# and read as they are.
SMALL, LARGE, HUGE, PLAIN = (16, 16, 2, 2), (32, 32, 3, 3), (64, 64, 3, 3), (40, 24, 1, 1)


@pytest.mark.parametrize("shape", [SMALL, LARGE, HUGE, PLAIN])
def test_weights_that_change_in_place_are_seen(shape, torch):
    assert 4 * np.prod(SMALL) <= FEW_BYTES < 4 * np.prod(LARGE) <= COMPARED_FIRST < 4 * np.prod(HUGE)
    x, w, b = random(1, 1, shape[1], 8, 8), random(2, *shape), random(3, shape[0])
    for step in range(6):
        with natively():
            close(F.conv2d(x, w, b), torch, "conv2d", [x, w, b], w[0].size)
        w.flat[(step * 7919) % w.size] += 1
        w[-1, -1, -1, -1] -= 1
        b[step % 4] -= 2


@pytest.mark.parametrize("shape", [SMALL, LARGE, HUGE, PLAIN])
def test_read_only_weights_may_change_through_another_view(shape):
    x, w = random(1, 1, shape[1], 8, 8), random(2, *shape)
    seen = w.view()
    seen.flags.writeable = False
    before = F.conv2d(x, seen)
    w *= 2
    np.testing.assert_allclose(F.conv2d(x, seen), 2 * before, rtol=1e-5)


def test_other_weights_at_the_same_address(torch):
    x = random(1, 1, LARGE[1], 8, 8)
    memory = np.zeros(2 * int(np.prod(LARGE)), np.float32)
    for seed in range(3):
        w = memory[: memory.size // 2].reshape(LARGE)
        w[...] = random(seed, *LARGE)
        with natively():
            close(F.conv2d(x, w), torch, "conv2d", [x, w], w[0].size)
        del w
    for seed in range(20):  # freed, and most likely another one in its place
        w = random(seed, *LARGE)
        close(F.conv2d(x, w), torch, "conv2d", [x, w], w[0].size)


def test_weights_seen_through_strides(torch):
    x = random(1, 1, LARGE[1], 8, 8)
    every = random(2, *(2 * size for size in LARGE))
    for w in (every[::2, ::2, ::2, ::2], every[::-2, 1::2, 1::2, ::2], random(3, *LARGE[::-1]).T):
        close(F.conv2d(x, w), torch, "conv2d", [x, np.ascontiguousarray(w)], w[0].size)


def test_the_same_weights_are_packed_once(monkeypatch):
    made = []
    keep = WeightStore._keep
    monkeypatch.setattr(WeightStore, "_keep", lambda self, *given: made.append(given) or keep(self, *given))
    for shape, times in ((SMALL, 1), (LARGE, 1), (HUGE, 1), (PLAIN, 0)):
        w = random(9, *shape)
        made.clear()
        for _ in range(3):
            for samples in (1, 2, 3):
                F.conv2d(random(1, samples, shape[1], 8, 8), w)
        assert len(made) == times


def test_inputs_of_any_kind(torch):
    w = random(2, 8, 3, 3, 3)
    x = random(1, 2, 3, 9, 9)
    frozen = x.copy()
    frozen.flags.writeable = False
    bytes_ = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float32).reshape(x.shape)  # not aligned
    strided = np.ascontiguousarray(x.transpose(3, 2, 1, 0)).transpose(3, 2, 1, 0)
    expected = F.conv2d(x, w)
    for given_x in (frozen, bytes_, strided, x[:, ::-1][:, ::-1], torch.from_numpy(x)):
        np.testing.assert_array_equal(F.conv2d(given_x, w), expected)
    assert F.conv2d(x.astype(np.float64), w).dtype == np.float64
    assert F.conv2d(x.astype(np.float16), w.astype(np.float16)).dtype == np.float16


def test_results_are_arrays_of_their_own():
    x, w = random(1, 1, 3, 9, 9), random(2, 8, 3, 3, 3)
    first = F.conv2d(x, w)
    kept = first.copy()
    F.conv2d(x + 1, w)
    np.testing.assert_array_equal(first, kept)
    first[...] = 7
    np.testing.assert_array_equal(F.conv2d(x, w), kept)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_stays_in_its_group(bad):
    for groups, depth, per_group in ((4, 2, 3), (2, 3, 1), (8, 1, 1), (8, 1, 2), (3, 5, 20)):
        x = random(1, 2, groups * depth, 6, 6)
        x[1, 0, 2, 2] = bad
        w = random(2, groups * per_group, depth, 3, 3)
        reference = Conv((1, 1), ((1, 1), (1, 1)), (1, 1), groups).reference(x, w, None)[0]
        for _ in range(2):
            y = F.conv2d(x, w, padding=1, groups=groups)
            np.testing.assert_array_equal(np.isnan(y), np.isnan(reference))
            np.testing.assert_allclose(y, reference, rtol=1e-3, atol=1e-4)
        wt = random(2, groups * depth, per_group, 3, 3)
        with np.errstate(all="ignore"):
            reference = ConvTranspose((2, 2), ((0, 0), (0, 0)), (1, 1), groups).reference(x, wt, None)[0]
        y = F.conv_transpose2d(x, wt, stride=2, groups=groups)
        np.testing.assert_array_equal(np.isfinite(y), np.isfinite(reference))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [SMALL, LARGE, HUGE, PLAIN])
def test_weights_that_are_not_finite(shape, bad):
    x, w = random(1, 1, shape[1], 8, 8), random(2, *shape)
    for change in (lambda: None, lambda: w.__setitem__((1, 1, 0, 0), bad), lambda: w.__setitem__((1, 1, 0, 0), 1)):
        change()
        with np.errstate(all="ignore"):
            reference = Conv((1, 1), ((1, 1), (1, 1)), (1, 1)).reference(x, w, None)[0]
        for _ in range(2):
            np.testing.assert_allclose(F.conv2d(x, w, padding=1), reference, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_pooling_what_is_not_finite(bad, torch):
    x = random(1, 1, 5, 9, 9)
    x[0, 2, 4, 4] = bad
    theirs = torch.nn.functional
    np.testing.assert_array_equal(F.max_pool2d(x, 3, 1, 1), theirs.max_pool2d(torch.from_numpy(x), 3, 1, 1).numpy())
    truth = theirs.avg_pool2d(torch.from_numpy(x), 3, 1, 1).numpy()
    np.testing.assert_allclose(F.avg_pool2d(x, 3, 1, 1), truth, rtol=1e-5, atol=1e-6)


def test_many_threads_at_once():
    shapes = [(1, 3, 9, 9), (2, 24, 12, 12), (1, 24, 40, 40)]
    weights = [random(s, 8 + s, shape[1], 3, 3) for s, shape in enumerate(shapes)]
    inputs = [[random(10 * s + t, *shape) for t in range(8)] for s, shape in enumerate(shapes)]
    truth = [[F.conv2d(x, w) for x in xs] for xs, w in zip(inputs, weights, strict=True)]
    wrong = []

    def work(t):
        for i in range(60):
            s = (t + i) % len(shapes)
            mine = weights[s] * (1 + t % 2)  # two sets of weights for one shape
            y = F.conv2d(inputs[s][t], mine)
            if not np.allclose(y, truth[s][t] * (1 + t % 2), rtol=1e-4, atol=1e-4):
                wrong.append((t, i))

    threads = [threading.Thread(target=work, args=(t,)) for t in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_same_bits_for_any_number_of_threads():
    x, w = random(1, 2, 32, 40, 40), random(2, 64, 32, 3, 3)
    before = thread_count()
    try:
        results = []
        for threads in (1, 2, 5):
            set_threads(threads)
            results.append(F.conv2d(x, w, padding=1))
    finally:
        set_threads(before)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


def test_memory_is_checked_before_anything_is_allocated(monkeypatch):
    x, w = random(1, 1, 3, 8, 8), random(2, 4, 3, 3, 3)
    with pytest.raises(LimitError, match="conv2d would take"):
        F.conv2d(x, w, padding=10**6)
    with pytest.raises(LimitError, match="conv2d would take"):
        F.conv2d(x, w, padding=10**6, stride=10**6)
    with pytest.raises(LimitError, match="conv_transpose2d would take"):
        F.conv_transpose2d(x, random(2, 3, 4, 3, 3), stride=10**5)


def test_the_reference_on_request(monkeypatch):
    x, w = random(1, 1, 3, 9, 9), random(2, 8, 3, 3, 3)
    F.conv2d(x, w)
    monkeypatch.setenv("STRIATE_ENGINE", "reference")
    with natively(), pytest.raises(AssertionError, match="ran on its reference"):
        F.conv2d(x, w)


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(compute, "PREPARED_KEPT", 4)
    w = random(2, 8, 3, 3, 3)
    for size in range(3, 20):
        F.conv2d(random(1, 1, 3, size, size), w)
        assert len(compute._prepared) <= 4
    store = WeightStore(limit=10**6)
    monkeypatch.setattr(carry_out, "weights", store)
    x = random(1, 1, LARGE[1], 9, 9)
    for seed in range(40):
        F.conv2d(x, random(seed, *LARGE) if seed else random(0, *LARGE))
        assert sum(entry.nbytes for entry in store._kept.values()) <= 10**6


def test_many_calls_keep_nothing():
    """Prepared ops and packed weights are found again: ten thousand calls make no more of them."""
    x, w, large = random(1, 1, 3, 9, 9), random(2, 8, 3, 3, 3), random(3, *LARGE)
    deep = random(4, 1, LARGE[1], 5, 5)

    def kept():
        return len(compute._prepared), len(carry_out.weights._kept), len(_ready)

    for _ in range(2):  # where other tests have filled what is kept, preparing the second call forgets the first one
        F.conv2d(x, w), F.conv2d(deep, large)
    before = kept()
    for _ in range(10_000):
        F.conv2d(x, w)
    for _ in range(1000):
        F.conv2d(deep, large)
    assert kept() == before
