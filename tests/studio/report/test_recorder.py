"""Maps in 255 levels: zero is exact, all else near, whatever the numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as strategy
from hypothesis.extra import numpy as arrays

from striate.studio.report.recorder import quantise


def restored(codes, extents):
    """Levels as numbers again, written as web/src/protocol/recorded.ts does it."""
    made = np.empty(codes.shape)
    for i, (low, high) in enumerate(extents):
        level = codes[i].astype(np.float64)
        numbers = (level - 128) / 127 * max(-low, high) if low < 0 else (level - 1) / 254 * high
        made[i] = np.where(codes[i] == 0, np.nan, numbers)
    return made


@given(
    maps=arrays.arrays(
        np.float32,
        arrays.array_shapes(min_dims=1, max_dims=3, max_side=6),
        elements=strategy.floats(-(2.0**99), 2.0**99, width=32, allow_subnormal=False),
    )
)
def test_levels_are_near(maps):
    flat = maps.reshape(len(maps), -1).astype(np.float64)
    extents = np.stack([flat.min(axis=1), flat.max(axis=1)], axis=1)
    codes = quantise({"maps": maps, "extents": extents})["maps"]
    assert codes.dtype == np.uint8
    back = restored(codes, extents)
    assert not back[maps == 0].any()
    reach = np.abs(flat).max(axis=1).reshape(-1, *(1,) * (maps.ndim - 1))
    assert (np.abs(back - maps) <= reach / 250).all()


def test_extremes_are_exact():
    maps = np.array([[-4.0, 1.0], [0.0, 3.0]], np.float32)
    extents = np.array([[-4.0, 1.0], [0.0, 3.0]])
    back = restored(quantise({"maps": maps, "extents": extents})["maps"], extents)
    assert back[0, 0] == -4
    assert back[1].tolist() == [0, 3]


def test_what_is_no_number_stays_none():
    maps = np.array([[np.nan, np.inf, 1.0], [np.nan, np.nan, -np.inf]], np.float32)
    extents = np.array([[1.0, 1.0], [np.nan, np.nan]])
    assert quantise({"maps": maps, "extents": extents})["maps"].tolist() == [[0, 0, 255], [0, 0, 0]]
