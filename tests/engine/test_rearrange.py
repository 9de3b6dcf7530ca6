import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.executor import Executor
from striate.engine.isa import Isa
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place
from striate.engine.kernels.rearrange import emit_rearrange, lane_table, rearrange_arguments
from striate.engine.program import Reference
from striate.graph import GraphBuilder, Op
from striate.ops import Add, DepthToSpace, Neg, SpaceToDepth
from tests.engine.blocked import BlockedValue, each_target, layout_of, run


@each_target
@settings(max_examples=40)
@given(
    n=st.integers(1, 2),
    c=st.integers(1, 50),
    made_channels=st.integers(1, 50),
    spatial=st.lists(st.integers(1, 9), max_size=3),
    seed=st.integers(0, 99),
)
def test_any_channels(target: Isa, n: int, c: int, made_channels: int, spatial: list[int], seed: int) -> None:
    rng, lanes = np.random.default_rng(seed), target.lanes
    x = rng.standard_normal((n, c, *spatial)).astype(np.float32)
    halo = ((1, 2), (0, 1), (2, 0))[: len(spatial)]
    source = BlockedValue(layout_of(x.shape, lanes, halo), x, halo=np.nan)
    made = BlockedValue(layout_of((n, made_channels, *spatial), lanes, halo))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    channels = rng.integers(0, c, made_channels)
    table = lane_table(channels // lanes * places[0].block + channels % lanes, lanes)
    stages = (("affine", 2.0, 1.0),) if seed % 2 else ()
    shape = (n, made_channels, *spatial)
    spec, arguments, chunks = rearrange_arguments(shape, lanes, places[0], Target(places[1], stages), table.ctypes.data)
    run(emit_rearrange(spec, target), arguments, chunks)
    expected = x[:, channels]
    if stages:
        np.testing.assert_allclose(made.result(), 2 * expected + 1, rtol=2.0**-22, atol=2.0**-22)
    else:
        np.testing.assert_array_equal(made.result(), expected)


@each_target
@pytest.mark.parametrize("c", [4, 12, 36, 144])
@pytest.mark.parametrize("op", [DepthToSpace(2), DepthToSpace(2, "CRD"), SpaceToDepth(2), SpaceToDepth(3)])
def test_the_ops(monkeypatch: pytest.MonkeyPatch, target: Isa, op: Op, c: int) -> None:
    monkeypatch.setenv("STRIATE_ISA", target.name)
    x = np.random.default_rng(c).standard_normal((2, c, 6, 12)).astype(np.float32)
    build = GraphBuilder("net")
    (value,) = build.add(Neg(), [build.input("x", np.float32, x.shape)])
    (turned,) = build.add(op, [value])
    (last,) = build.add(Add(), [turned, turned]) if c == 4 else build.add(Neg(), [turned])
    executor = Executor(build.finish([last]))
    for keep in (False, True):
        assert not any(isinstance(part, Reference) for part in executor.prepare({"x": x}, keep).program.parts)
        values = executor.run({"x": x}, keep)
        (expected,) = op.reference(-x)
        np.testing.assert_array_equal(values[last], 2 * expected if c == 4 else -expected)
        if keep:
            np.testing.assert_array_equal(values[turned], expected)
