import pytest
from hypothesis import given
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.tiles import choose_tile, fits
from tests.engine.blocked import each_target

WIDE = Isa("avx512", 16, 32, "", "")


@each_target
@given(width=st.integers(1, 10_000), filters=st.integers(1, 3000), depth=st.integers(1, 3000), taps=st.integers(1, 50))
def test_what_is_chosen_fits(target: Isa, width: int, filters: int, depth: int, taps: int) -> None:
    pixels, vectors = choose_tile(width, filters, target, depth, 1, taps)
    assert fits(pixels, vectors, target)
    assert pixels <= width
    assert (vectors - 1) * target.lanes < filters


@pytest.mark.parametrize(("width", "channels"), [(56, 256), (28, 512), (14, 512)])
def test_many_channels_have_few_filters_in_a_tile(width: int, channels: int) -> None:
    """Their weights are read again for each tile, from the second-level cache if they find room there."""
    _, vectors = choose_tile(width, channels, WIDE, channels, 1, 9)
    assert 4 * 9 * channels * vectors * WIDE.lanes < 640 * 1024
    assert choose_tile(width, channels, WIDE, 16, 1, 9)[1] > vectors
