"""Filters, the three assumptions, two filters, from edges to objects: by mouse and by keys, against the Python API."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import striate as st
from striate.lessons import Convolution, Pooling, hierarchy, influence
from striate.lessons.programs import PICTURE_SIZE
from striate.run import Run
from tests.studio.e2e.lesson import LessonPage, figures, lesson
from tests.studio.e2e.screen import about
from tests.studio.e2e.walk import Hand
from tests.studio.live import until

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return st.image(st.bundled.picture_path(), size=PICTURE_SIZE, preprocess="grey")[0]


@lesson("filters")
def test_filters(at: LessonPage, hand: Hand) -> None:
    def go_right() -> None:
        if hand == "mouse":
            at.figure.get_by_role("button", name="Forward").click()
        else:
            at.leave_field().key("ArrowRight")

    at.to_do(1)
    for _ in range(5):
        go_right()
    at.done(1)
    assert figures(at.cells("Output")) == [0, 0, 1, 1, 0, 0]
    assert list(at.ran()["y"].ravel()) == [0, 0, 1, 1, 0, 0]
    at.next().at(2).to_do(2)
    if hand == "mouse":
        at.figure.get_by_label("Output", exact=True).locator("span").nth(8).click()
    else:
        at.key("ArrowDown", "ArrowRight").to_do(2).key("ArrowRight")
    at.done(2)
    for _ in range(40):
        at.button("Forward")
    for _ in range(40):
        at.button("Back")
    assert figures(at.cells("Output")) == [0, 0, 3, 3, 0, 0] * 6
    at.next().at(3).to_do(3)
    x = np.array(figures(at.cells("Input"))).reshape(8, 8)
    column, line = np.zeros((3, 3)), np.zeros((3, 3))
    column[:, 1] = line[1] = 1
    at.becomes("Output", list(st.correlate(x, column).ravel()))
    at.choose("Map", "horizontal lines").becomes("Output", list(st.correlate(x, line).ravel()))
    at.choose("Map", "both maps added").done(3)
    both = st.correlate(x, column) + st.correlate(x, line)
    at.becomes("Output", list(both.ravel()))
    assert np.array_equal(at.ran()["y"][0, 2] if at.ran()["y"].ndim == 4 else at.ran()["y"][2], both)
    at.next().at(4).to_do(4)
    for name in ("sobel", "laplacian", "emboss"):
        at.choose("Kernel", name)
        kernel = np.asarray(st.filters.get(name)())
        expect(at.number("description")).to_have_text(st.filters.describe(kernel).text)
        assert figures(at.cells("Kernel")) == pytest.approx(list(kernel.ravel()), rel=5e-3)
    at.choose("Picture", "the open input").done(4)
    expect(at.figure.get_by_label("the picture", exact=True)).to_be_visible()
    expect(at.figure).to_contain_text("filtered: emboss")
    own = st.image(st.bundled.picture_path(), size=None, preprocess="grey")[0]
    expect(at.figure).to_contain_text("The same in Python")
    assert "size=None" in at.code()
    assert np.array_equal(at.ran()["x"], own)
    at.next().at(5).to_do(5)
    for name in ("gaussian", "prewitt", "sharpen"):
        at.choose("Kernel", name)
        # A kernel counts once it is answered what it is.
        expect(at.number("description")).to_have_text(st.filters.describe(np.asarray(st.filters.get(name)())).text)
    at.done(5)
    assert "st.conv2d(x, weight)" in at.code()
    at.over(5)


@lesson("assumptions")
def test_shifts(at: LessonPage, hand: Hand, picture: np.ndarray) -> None:
    at.to_do(1)
    expect(at.number("changed")).to_have_text("6 of 21,904 outputs".removesuffix(" outputs"))
    assert figures(at.cells("Response")) == list(np.flip(SOBEL).ravel())
    if hand == "mouse":
        plane = at.figure.locator(".plane")
        box = plane.bounding_box()
        assert box is not None
        at.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        at.page.mouse.down()
        at.page.mouse.move(box["x"] + box["width"] * 30.5 / 150, box["y"] + box["height"] * 40.5 / 150, steps=4)
        at.page.mouse.up()
    else:
        at.key(*["Shift+ArrowLeft"] * 4, *["ArrowLeft"] * 5, *["Shift+ArrowUp"] * 3, *["ArrowUp"] * 5)
    expect(at.number("cell")).to_have_text("40, 30")
    at.settled().done(1)
    poked = influence(SOBEL, picture, (40, 30))
    expect(at.number("changed")).to_have_text(f"{int(poked.changed.sum())} of {poked.changed.size:,}")
    expect(at.number("box")).to_have_text("38 to 40, 28 to 30")
    assert poked.box == ((38, 41), (28, 31))
    assert figures(at.cells("Response")) == list(poked.response.ravel()) == list(np.flip(SOBEL).ravel())
    assert str(at.ran()["seen"]) == str(poked)

    at.next().at(2).to_do(2).slide("Right", 5).done(2)
    seen = st.equivariance_error(SOBEL, picture, (0, 5))
    expect(at.number("interior")).to_have_text("exactly equal")
    expect(at.number("moves")).to_have_text("0, 5")
    assert seen.interior_error == 0
    expect(at.number("border")).to_have_text(f"{seen.border_differs:,} of {seen.border_cells:,}")
    assert str(seen) in at.ran()["said"]
    at.next().at(3).to_do(3).slide("Padding", 1).done(3)
    seen = st.equivariance_error(Convolution(SOBEL, padding=1), picture, (0, 5))
    expect(at.number("border")).to_have_text(f"{seen.border_differs:,} of {seen.border_cells:,}")
    assert str(seen) in at.ran()["said"]
    at.next().at(4).slide("Stride", 2).to_do(4)
    seen = st.equivariance_error(Convolution(SOBEL, stride=2), picture, (0, 5))
    wrong, inside = int((seen.differs & seen.interior).sum()), int(seen.interior.sum())
    expect(at.number("interior")).to_have_text(f"{wrong:,} of {inside:,} differ")
    expect(at.number("moves")).to_have_text("0, 2.5")
    assert about(at.number("interior-error").inner_text(), seen.interior_error, 4)
    assert str(seen) in at.ran()["said"]
    at.slide("Right", 6).done(4)
    expect(at.number("interior")).to_have_text("exactly equal")
    at.next().at(5).slide("Right", 1).to_do(5).choose("Max pooling", "8 × 8").done(5)
    still = st.invariance_error([Convolution(SOBEL), Pooling((8, 8))], picture, (0, 1))
    expect(at.number("input-change")).to_have_text(f"{still.input_change:.1%}")
    expect(at.number("change")).to_have_text(f"{still.change:.1%}")
    expect(at.number("same")).to_have_text(f"{still.same:.1%}")
    assert str(still) in at.ran()["said"]
    at.next().at(6).choose("Picture", "the open input").slide("Down", -2).done(6)
    own = st.image(st.bundled.picture_path(), size=None, preprocess="grey")[0]
    seen = st.equivariance_error(SOBEL, own, (-2, 0))
    expect(at.number("border")).to_have_text(f"{seen.border_differs:,} of {seen.border_cells:,}")
    assert str(seen) in at.ran()["said"]
    at.select("Kernel", "gaussian")
    expect(at.number("interior")).to_have_text("exactly equal")
    at.over(6)


@lesson("two-filters")
def test_two_filters(at: LessonPage, picture: np.ndarray, run: Run) -> None:
    box = np.ones((3, 3))
    at.to_do(1).select("Second kernel", "sobel").done(1)
    merged = st.merge_convolutions(box, SOBEL)
    at.becomes("Merged kernel", list(merged.convolution.weight.ravel()))
    seen = merged.measure(picture)
    assert about(at.number("error").inner_text(), seen.error, 2)
    expect(at.number("parameters")).to_have_text("1·1·3·3 + 1·1·3·3 = 18, merged 1·1·5·5 = 25")
    assert str(seen) in at.ran()["said"]
    at.next().at(2).to_do(2).type("First, weight 1,1", -3).done(2)
    box[1, 1] = -3
    merged = st.merge_convolutions(box, SOBEL)
    at.becomes("Merged kernel", list(merged.convolution.weight.ravel()))
    # The program follows the typed number by an answer of its own.
    until(lambda: np.array_equal(at.ran()["merged"].convolution.weight, merged.convolution.weight))
    at.next().at(3).to_do(3).choose("Between them", "ReLU between").done(3)
    seen = st.merge_convolutions(SOBEL, np.ones((3, 3))).measure(picture)
    expect(at.number("changed")).to_have_text(f"{int(seen.relu_differs.sum()):,} of {seen.relu_differs.size:,}")
    assert about(at.number("relu-error").inner_text(), seen.relu_error, 4)
    assert str(seen) in at.ran()["said"]
    at.next().at(4).choose("Kernels", "layers of the open network").done(4)
    expect(at.figure).to_contain_text("nothing stands between them")
    expect(at.figure.get_by_label("Layers", exact=True).locator("option")).to_have_text(["grey/Conv → edges/Conv"])
    first, second = (Convolution.of(run, name) for name in ("grey/Conv", "edges/Conv"))
    seen = st.merge_convolutions(first, second, interior=True).measure(run["image"])
    expect(at.number("changed")).to_have_text(f"{int(seen.relu_differs.sum()):,} of {seen.relu_differs.size:,}")
    assert str(seen) in at.ran()["said"]
    at.over(4)


@lesson("hierarchy")
def test_the_way_up(at: LessonPage, run: Run, hand: Hand) -> None:
    levels = hierarchy(run, 6)

    def go(level: int) -> None:
        if hand == "mouse":
            at.figure.get_by_role("radio").nth(level).click()
        else:
            at.leave_field().key("ArrowRight")
        expect(at.number("unit")).to_have_text(levels[level].unit)
        expect(at.number("field")).to_have_text(" × ".join(map(str, levels[level].field)) + " pixels")
        assert about(at.number("value").inner_text(), levels[level].value, 6)

    expect(at.figure.get_by_role("radio")).to_have_count(len(levels))
    at.to_do(1)
    go(1)
    at.done(1).next().at(2).to_do(2)
    for level in range(1, len(levels)):
        go(level)
    at.done(2)
    names = at.figure.locator("figcaption").all_inner_texts()
    assert names == [f"map {channel}" for channel in levels[-1].order[:6]]
    assert levels[-1].unit in at.ran()["said"]
    at.next().at(3).to_do(3)
    choose = at.figure.get_by_role("button", name=re.compile("^Choose map"))
    at.push(choose.first).done(3)
    at.over(3)
    at.push(choose.first).push(at.page.get_by_role("button", name=re.compile("in the network$")))
    expect(at.page.locator(".open h2")).to_have_text(f"{levels[0].layer}:{levels[0].order[0]}")
