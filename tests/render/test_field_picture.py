import numpy as np
import pytest

import striate as st
from striate.render.canvas import FIELD, MARGIN
from striate.render.field_picture import CAPTION, HEADER, LINES, field_on_numbers, field_on_picture


def network(rank: int, channels: int) -> st.Sequential:
    """Two convolutions of three taps, the second with a stride of 2: a unit sees 5 cells from twice its place on."""
    kind = (st.layers.Conv1D, st.layers.Conv2D, st.layers.Conv3D)[rank - 1]
    return st.Sequential(
        [st.layers.Input((12,) * rank + (channels,)), kind(2, 3, name="a"), kind(2, 3, strides=2, name="b")]
    )


def teal_box(pixels: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last rows and columns of the outline."""
    rows, columns = np.nonzero((pixels == FIELD).all(axis=-1))
    return (int(rows.min()), int(rows.max())), (int(columns.min()), int(columns.max()))


def test_the_box_on_a_map_encloses_its_cells() -> None:
    net = st.load(network(2, 3))
    found = net.receptive_field("b:1@1,2")
    assert found.clipped == ((2, 7), (4, 9))
    numbers = np.random.default_rng(0).normal(size=(3, 12, 12)).astype(np.float32)
    zoom = 480 // 12 + 1
    for pixels, top in (
        (np.asarray(field_on_numbers(found, net.inputs[0].name, numbers)), HEADER + CAPTION),
        (np.asarray(field_on_picture(found, net.inputs[0].name, np.zeros((12, 12, 3), np.uint8))), HEADER),
    ):
        (first, last), (left, right) = teal_box(pixels)
        assert (first + 2, last - 1) == (top + 2 * zoom, top + 7 * zoom)
        assert (left + 2, right - 1) == (MARGIN + 4 * zoom, MARGIN + 9 * zoom)


@pytest.mark.parametrize("channels", [1, LINES + 3])
def test_the_span_of_a_signal_holds_its_samples(channels: int) -> None:
    net = st.load(network(1, channels))
    found = net.receptive_field("b:0@3")
    assert found.clipped == ((6, 11),)
    signals = np.tile(np.linspace(-1, 1, 12, dtype=np.float32), (channels, 1))
    pixels = np.asarray(field_on_numbers(found, net.inputs[0].name, signals))
    (_, bottom), (left, right) = teal_box(pixels)
    step = (480 - 3) / 11
    assert MARGIN + 1 + 5 * step < left + 2 < MARGIN + 1 + 6 * step
    assert MARGIN + 1 + 10 * step < right - 1 < MARGIN + 1 + 11 * step
    assert (bottom > HEADER + CAPTION + 72 + 4) == (channels > 1)
    # Within the span the line keeps its ink, outside it is paler.
    line = pixels[HEADER + CAPTION : HEADER + CAPTION + 72]
    assert line[:, left + 4 : right - 4].min() < 40
    assert line[:, MARGIN + 4 : left - 4].min() > 100


def test_long_signals_share_columns() -> None:
    net = st.load(st.Sequential([st.layers.Input((5000, 1)), st.layers.Conv1D(1, 500, name="a")]))
    found = net.receptive_field("a:0@2500")
    pixels = np.asarray(field_on_numbers(found, next(iter(found.inputs)), np.zeros((1, 5000), np.float32)))
    _, (left, right) = teal_box(pixels)
    width = pixels.shape[1] - 2 * MARGIN
    assert abs((left + 2 - MARGIN) / width - 0.5) < 0.01
    assert abs((right - 1 - MARGIN) / width - 0.6) < 0.01


def test_a_volume_has_a_box_on_each_of_three_planes() -> None:
    net = st.load(network(3, 2))
    found = net.receptive_field("b:0@0,1,2")
    assert found.clipped == ((0, 5), (2, 7), (4, 9))
    volume = np.random.default_rng(0).normal(size=(2, 12, 12, 12)).astype(np.float32)
    pixels = np.asarray(field_on_numbers(found, net.inputs[0].name, volume))
    zoom = 448 // 12
    plane = 12 * zoom
    for number, (down, across) in enumerate([(1, 2), (0, 2), (0, 1)]):
        left = MARGIN + number * (plane + 14)
        (first, _), (begin, end) = teal_box(pixels[:, left - 3 : left + plane + 3])
        assert first + 2 == HEADER + CAPTION + found.clipped[down][0] * zoom
        assert (begin - 3 + 2, end - 3 - 1) == tuple(edge * zoom for edge in found.clipped[across])


def test_who_sees_nothing_has_no_box() -> None:
    net = st.load(network(2, 1))
    found = net.receptive_field("b:0@0,0")
    seen = found.inputs[net.inputs[0].name]
    nothing = type(found)(
        found.unit,
        {seen.name: type(seen)(seen.name, None, None, (), (), (), np.zeros_like(seen.mask))},
        True,
        "",
    )
    pixels = np.asarray(field_on_numbers(nothing, seen.name, np.ones((1, 12, 12), np.float32)))
    assert not (pixels == FIELD).all(axis=-1).any()
