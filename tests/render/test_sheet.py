"""Contact sheets: every cell of every map stands where it should, in its colour, enlarged by a whole number."""

import numpy as np
import pytest

from striate.render.canvas import MARGIN, fitted, printable, width_of
from striate.render.colour import Scale, rgb, scale_of
from striate.render.sheet import HEADER, LABEL, SPACE, kernel_pages, map_pages
from striate.render.tiles import bars, line, thinning, zoom_for


def maps(channels, *sizes, seed=0):
    return np.random.default_rng(seed).normal(size=(channels, *sizes)).astype(np.float32)


def area(page, index, columns, height, width, zoom):
    """The part of a page where the picture of a map must be."""
    top = HEADER + LABEL + (index // columns) * (height * zoom + LABEL + SPACE)
    left = MARGIN + (index % columns) * (width * zoom + SPACE)
    return np.asarray(page.image)[top : top + height * zoom, left : left + width * zoom]


@pytest.mark.parametrize(("size", "zoom"), [(7, 16), (14, 8), (56, 2), (112, 1)])
def test_every_map_is_drawn_cell_by_cell(size, zoom):
    data = maps(20, size, size)
    (page,) = map_pages(data, "c1", "Conv")
    expected = scale_of([data]).pixels(data).repeat(zoom, axis=1).repeat(zoom, axis=2)
    for channel in range(20):
        assert np.array_equal(area(page, channel, 8, size, size, zoom), expected[channel])


def test_all_channels_are_there_64_to_a_page():
    pages = list(map_pages(maps(96, 14, 14), "c1", "Conv"))
    assert [(page.first, page.last, page.total) for page in pages] == [(0, 63, 96), (64, 95, 96)]
    assert sum(page.last - page.first + 1 for page in map_pages(maps(333, 2, 3), "x", "y")) == 333


def test_the_scope_decides_the_scale():
    data = maps(2, 4, 4)
    data[1] *= 10
    zoom = zoom_for(4, 4)
    (unit,) = map_pages(data, "c1", "Conv", scope="unit")
    (layer,) = map_pages(data, "c1", "Conv", scope="layer")
    (network,) = map_pages(data, "c1", "Conv", scope="network", scale=Scale("signed", -1000.0, 1000.0))
    own = scale_of([data[0]]).pixels(data[0]).repeat(zoom, 0).repeat(zoom, 1)
    assert np.array_equal(area(unit, 0, 2, 4, 4, zoom), own)
    assert not np.array_equal(area(layer, 0, 2, 4, 4, zoom), own)
    quiet = area(network, 1, 2, 4, 4, zoom).astype(int)
    assert np.abs(quiet - rgb("fbfbfa")).max() < 16


def test_a_map_of_relu_is_unsigned_and_silence_looks_silent():
    data = np.maximum(maps(3, 8, 8), 0)
    data[2] = 0
    (page,) = map_pages(data, "r1", "Relu")
    silent = area(page, 2, 3, 8, 8, zoom_for(8, 8))
    assert (silent == rgb("440154")).all()


def test_a_large_map_is_thinned_and_the_page_says_so():
    data = maps(2, 900, 500)
    assert thinning((900, 500)) == 3
    (page,) = map_pages(data, "c1", "Conv")
    expected = scale_of([data]).pixels(data)[:, ::3, ::3]
    assert np.array_equal(area(page, 0, 2, 300, 167, 1), expected[0])


@pytest.mark.parametrize("shape", [(5, 200), (5, 3000), (2, 1), (4, 6, 8, 10), (1000,), (7, 1, 1), (1, 1)])
def test_other_ranks_have_a_page(shape):
    pages = list(map_pages(maps(*shape), "x", "y"))
    assert pages[-1].last == shape[0] - 1
    assert np.asarray(pages[0].image).std() > 0


def test_numbers_that_are_none_are_magenta_not_hidden():
    data = maps(2, 7, 7)
    data[0, 0, 0] = np.nan
    data[1] = np.inf
    (page,) = map_pages(data, "c1", "Conv")
    zoom = zoom_for(7, 7)
    assert (area(page, 0, 2, 7, 7, zoom)[:zoom, :zoom] == (255, 0, 255)).all()
    assert (area(page, 1, 2, 7, 7, zoom) == (255, 0, 255)).all()


def test_kernels_are_mosaics_of_their_channels():
    weights = maps(10, 3, 3, 3)
    (page,) = kernel_pages(weights, "c1", "Conv")
    scale = Scale("signed", -float(np.abs(weights).max()), float(np.abs(weights).max()))
    zoom = zoom_for(3, 11)
    drawn = area(page, 4, 8, 3, 11, zoom)[::zoom, ::zoom]
    for channel in range(3):
        cells = drawn[:, channel * 4 : channel * 4 + 3]
        assert np.array_equal(cells, scale.pixels(weights[4, channel]))
    assert (drawn[:, 3] == rgb("d4d4d1")).all()


@pytest.mark.parametrize("shape", [(4, 17, 3), (4, 96, 1, 1), (3, 2, 3, 3, 3), (300, 1, 5, 5)])
@pytest.mark.parametrize("scope", ["unit", "layer"])
def test_kernels_of_every_rank(shape, scope):
    pages = list(kernel_pages(np.abs(maps(*shape)), "c1", "Conv", scope))
    assert pages[-1].last == shape[0] - 1


def test_a_line_goes_through_its_samples():
    image = np.asarray(line(np.array([0.0, 1.0, 0.0, -1.0] * 10), Scale("signed", -1.0, 1.0), width=160, height=41))
    ink = (image == rgb("16181a")).all(axis=-1)
    assert ink[1:3].any()
    assert ink[-3:-1].any()


def test_text_fits_and_can_be_drawn():
    assert width_of(fitted("features." * 40, 18, 300), 18) <= 300
    assert fitted("short", 18, 300) == "short"
    assert printable("3×3 → Σ\n名") == "3x3 -> sum??"


def test_single_numbers_are_bars_from_zero_in_the_scales_colours():
    numbers = np.array([1.0, -2.0, 0.5, 2.0], np.float32)
    scale = scale_of([numbers])
    drawn = np.asarray(bars(numbers, scale, 402, 103))
    heights = [25, 50, 12.5, 50]  # of 100 pixels for the scale from -2 to 2
    for place, (colour, height) in enumerate(zip(scale.pixels(numbers), heights, strict=True)):
        column = drawn[1:-1, 60 * place + 20]
        filled = np.flatnonzero((column == colour).all(axis=1))
        assert abs(len(filled) - height) <= 2
        assert (filled > 48).all() if numbers[place] < 0 else (filled < 51).all()


def test_one_number_is_drawn_and_many_become_a_line():
    single = np.float32([3.0])
    colour = scale_of([single]).pixels(single)[0]
    assert (np.asarray(bars(single, scale_of([single]), 402, 103)) == colour).all(axis=2).sum() > 1000
    many = maps(1, 1000)[0]
    scale = scale_of([many])
    assert np.array_equal(np.asarray(bars(many, scale, 402, 103)), np.asarray(line(many, scale, 402, 103)))
