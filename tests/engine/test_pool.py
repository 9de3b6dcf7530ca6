"""Pooling kernels against the reference ops: any window, any rank."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.place import Place
from striate.engine.kernels.pool import Pool, emit_pool, pool_arguments, pool_table, pool_windows
from striate.errors import ParameterError, ShapeError
from striate.ops import AveragePool, LpPool, MaxPool
from striate.ops.pooling import Pool as PoolOp
from tests.engine.blocked import BlockedValue, each_target, layout_of, run

KINDS: dict[str, tuple[str, type[PoolOp], dict[str, object]]] = {
    "max": ("max", MaxPool, {}),
    "average": ("average", AveragePool, {}),
    "average_padded": ("average", AveragePool, {"count_include_pad": True}),
    "l1": ("l1", LpPool, {"p": 1}),
    "l2": ("l2", LpPool, {"p": 2}),
}


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, ...], PoolOp, str]:
    """A shape, an op and its name here."""
    rank = draw(st.integers(1, 3))
    shape = (
        draw(st.integers(1, 2)),
        draw(st.integers(1, 40)),
        *(draw(st.integers(1, 40 // rank)) for _ in range(rank)),
    )
    kernel, stride, dilation, padding = [], [], [], []
    for length in shape[2:]:
        kernel.append(draw(st.integers(1, 4)))
        stride.append(draw(st.integers(1, 4)))
        dilation.append(draw(st.integers(1, 3)))
        reach = (kernel[-1] - 1) * dilation[-1]
        padding.append((draw(st.integers(0, reach)), draw(st.integers(0, reach))))
        assume(length + sum(padding[-1]) > reach)
    name = draw(st.sampled_from(sorted(KINDS)))
    _, op, more = KINDS[name]
    ceil = draw(st.booleans())
    return shape, op(tuple(kernel), tuple(stride), tuple(padding), tuple(dilation), ceil_mode=ceil, **more), name


def pooled(op: PoolOp, name: str, x: np.ndarray, target: Isa, stages: tuple = ()) -> np.ndarray:
    rank, lanes = x.ndim - 2, target.lanes
    positions = op.positions(x.shape[2:])
    # The input's halo holds NaN: padding must not be read.
    source = BlockedValue(layout_of(x.shape, lanes, ((1, 2), (0, 1), (2, 0))[:rank]), x, halo=np.nan)
    made = BlockedValue(layout_of((*x.shape[:2], *positions), lanes, ((2, 0), (1, 1), (0, 3))[:rank]))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    pads = op.window.pads(x.shape[2:])
    axes = pool_windows(x.shape[2:], positions, op.kernel, op.stride, pads, op.dilation)
    table = pool_table(axes, places[0], lanes, include_pad=name == "average_padded")
    spec = Pool(KINDS[name][0], stages)
    arguments, chunks = pool_arguments(spec, x.shape[0], x.shape[1], axes, lanes, *places, table.ctypes.data)
    run(emit_pool(spec, target), arguments, chunks)
    return made.result()


@each_target
@settings(max_examples=60)
@given(drawn=windows(), seed=st.integers(0, 99))
def test_any_window(target: Isa, drawn: tuple[tuple[int, ...], PoolOp, str], seed: int) -> None:
    shape, op, name = drawn
    try:
        op.positions(shape[2:])
    except ShapeError:
        assume(False)
    x = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    if name == "max":
        x[x > 2] = np.nan
    expected = op.reference(x)[0]
    got = pooled(op, name, x, target)
    if name == "max":
        np.testing.assert_array_equal(got, expected)
    else:
        taps = np.prod(op.kernel)
        atol = (taps + 2) * 2.0**-24 * (1 if name.startswith("average") else taps) * np.abs(x).max()
        np.testing.assert_allclose(got, expected, rtol=4e-6, atol=atol)


@each_target
def test_a_residual_net_s_first_pool_with_an_epilogue(target: Isa) -> None:
    x = np.random.default_rng(0).standard_normal((1, 64, 57, 56)).astype(np.float32)
    op = MaxPool((3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1))
    got = pooled(op, "max", x, target, (("relu",),))
    np.testing.assert_array_equal(got, np.maximum(op.reference(x)[0], 0))


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ParameterError, match='pooling kind \\(="median"\\) must be one of max, average, l1, l2'):
        Pool("median")
