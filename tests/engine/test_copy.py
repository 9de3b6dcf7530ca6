import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.copy import NOWHERE, Axes, copy_arguments, emit_copy
from striate.engine.kernels.place import Place
from tests.engine.blocked import BlockedValue, each_target, layout_of, run


def copied(
    target: Isa,
    x: np.ndarray,
    first: int,
    count: int,
    cells: list[np.ndarray],
    filling: float = 0.0,
    stages: tuple = (),
) -> np.ndarray:
    lanes = target.lanes
    halo = ((1, 2), (0, 1), (2, 0))[: x.ndim - 2]
    source = BlockedValue(layout_of(x.shape, lanes, halo), x, halo=np.nan)
    shape = (x.shape[0], count, *(part.size for part in cells))
    made = BlockedValue(layout_of(shape, lanes, halo[::-1]))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    axes = Axes.of(cells)
    table = axes.table(places[0], lanes)
    channels = x.shape[1], first, count
    spec, arguments, chunks = copy_arguments(
        axes, channels, x.shape[0], lanes, *places, table.ctypes.data, filling, stages
    )
    run(emit_copy(spec, target), arguments, chunks)
    return made.result()


@st.composite
def axes(draw: st.DrawFn) -> tuple[list[int], list[np.ndarray]]:
    """Sizes of up to three axes, and for each one cells in any order, with places without a copy around them."""
    sizes = draw(st.lists(st.integers(1, 9), max_size=3))
    cells: list[np.ndarray] = []
    for size in sizes:
        taken = draw(st.lists(st.integers(0, size - 1), max_size=12))
        before, after = draw(st.integers(0, 3)), draw(st.integers(0 if taken else 1, 3))
        cells.append(np.array([NOWHERE] * before + taken + [NOWHERE] * after))
    return sizes, cells


@each_target
@settings(max_examples=100)
@given(
    n=st.integers(1, 2),
    before=st.integers(0, 40),
    count=st.integers(1, 40),
    after=st.integers(0, 40),
    drawn=axes(),
    filling=st.sampled_from([0.0, -1.5, -np.inf]),
    seed=st.integers(0, 99),
)
def test_any_cells(
    target: Isa,
    n: int,
    before: int,
    count: int,
    after: int,
    drawn: tuple[list[int], list[np.ndarray]],
    filling: float,
    seed: int,
) -> None:
    sizes, cells = drawn
    x = np.random.default_rng(seed).standard_normal((n, before + count + after, *sizes)).astype(np.float32)
    stages = (("relu",),) if seed % 2 else ()
    got = copied(target, x, before, count, cells, filling, stages)
    expected = x[:, before : before + count]
    for axis, part in enumerate(cells, start=2):
        expected = np.take(expected, np.maximum(part, 0), axis)
    for axis, part in enumerate(cells, start=2):
        expected[(slice(None),) * axis + (part == NOWHERE,)] = filling
    np.testing.assert_array_equal(got, np.maximum(expected, 0) if stages else expected)


@each_target
def test_wide_maps_are_cut_into_pieces(target: Isa) -> None:
    x = np.random.default_rng(0).standard_normal((1, 3, 2, 2100)).astype(np.float32)
    cells = [np.array([NOWHERE, 1, 0]), np.concatenate([[NOWHERE] * 1500, np.arange(2100), [NOWHERE] * 3])]
    got = copied(target, x, 0, 3, cells, 2.5)
    expected = np.full((1, 3, 3, 3603), 2.5, np.float32)
    expected[:, :, 1:, 1500:3600] = x[:, :, ::-1]
    np.testing.assert_array_equal(got, expected)
