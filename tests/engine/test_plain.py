import numpy as np
import pytest

from striate.engine import Executor
from striate.engine.layout import Blocked, aligned
from striate.engine.plain import MANY, to_plain
from striate.engine.program import LENT_BYTES, Instance, Segment
from striate.graph import GraphBuilder
from striate.ops import Conv, Relu


@pytest.mark.parametrize("spatial", [(900,), (31, 33), (5, 14, 17)])
@pytest.mark.parametrize("lanes", [4, 8, 16])
def test_blocked_values_become_plain_ones(spatial: tuple[int, ...], lanes: int) -> None:
    x = np.random.default_rng(1).standard_normal((2, 21, *spatial), np.float32)
    layout = Blocked(2, 21, spatial, ((1, 2),) * len(spatial), lanes)
    assert layout.size >= MANY
    memory = aligned(layout.size).reshape(layout.shape)
    memory[:] = np.nan
    layout.pack(x, memory)
    np.testing.assert_array_equal(to_plain(layout, memory), x)


def _executor(size: int) -> Executor:
    rng = np.random.default_rng(2)
    build = GraphBuilder("two readers")
    x = build.input("x", np.float32, (1, 20, size, size))
    weight = build.constant(rng.standard_normal((24, 20, 3, 3), np.float32))
    (y,) = build.add(Conv((1, 1), ((1, 1), (1, 1)), (1, 1)), [x, weight], outputs=["y"])
    (z,) = build.add(Relu(), [x], outputs=["z"])
    return Executor(build.finish([y, z]))


@pytest.mark.parametrize("size", [5, 40])
def test_inputs_are_read_where_they_lie_and_let_go_again(size: int) -> None:
    executor = _executor(size)
    x = np.random.default_rng(3).standard_normal((1, 20, size, size), np.float32)
    assert (x.nbytes >= LENT_BYTES) == (size == 40)
    expected = executor.run({"x": x}, native=False)
    strided = np.repeat(x, 2, axis=3)[..., ::2]
    odd = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float32).reshape(x.shape)  # not aligned
    program = executor.prepare({"x": x}).program
    (segment,) = program.parts
    assert isinstance(segment, Segment)
    assert all(program.lends(fetch, segment) for fetch in segment.fetches)
    for given in (x, strided, odd, x):
        found = executor.run({"x": given})
        for name in ("y", "z"):
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-4)
        instance: Instance = program.take()
        own = instance.arguments[program.virtual]
        low, high = instance.arena.ctypes.data, instance.arena.ctypes.data + instance.arena.nbytes
        assert ((own >= low - 4096) & (own < high)).all(), "an argument still points to the caller's array"
        program.give_back(instance)
