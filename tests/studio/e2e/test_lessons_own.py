"""Lessons on one's own network and one's own picture: opened by the command, chosen or dropped while in a lesson."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served
from striate.lessons import Convolution, hierarchy, influence, stacked_convolutions
from striate.run import Run
from tests.studio.e2e.files import chooser, drop
from tests.studio.e2e.lesson import LessonPage, figures, lesson_page
from tests.studio.e2e.screen import about
from tests.studio.e2e.walk import Hand

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """A real network and a photo, as somebody has them."""
    made = tmp_path_factory.mktemp("own")
    shutil.copy(shared / "models" / "mobilenet_v2_imagenet.onnx", made / "net.onnx")
    shutil.copy(min((shared / "data" / "imagenet20").glob("*.jpg")), made / "photo.jpg")
    return made


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return st.load(folder / "net.onnx").run(st.image(folder / "photo.jpg"))


@pytest.fixture(scope="module")
def grey(folder: Path) -> np.ndarray:
    """The photo as the network sees it, without its colours."""
    return st.image(folder / "photo.jpg", preprocess="grey")[0]


@pytest.fixture(scope="module")
def studio(serve: Callable[..., Served], folder: Path) -> Served:
    return serve("open", folder / "net.onnx", folder / "photo.jpg")


def test_the_way_up_through_a_real_network(browser: Browser, studio: Served, folder: Path, run: Run) -> None:
    levels = hierarchy(run, 6)
    with lesson_page(browser, studio, "hierarchy") as at:
        expect(at.figure.get_by_role("radio")).to_have_count(len(levels))
        at.figure.get_by_role("radio").last.click()
        expect(at.number("unit")).to_have_text(levels[-1].unit)
        assert about(at.number("value").inner_text(), levels[-1].value, 6)
        space = at.ran(folder)
        assert space["level"].unit == levels[-1].unit
        assert np.array_equal(space["maps"], run[levels[-1].layer][0, list(levels[-1].order[:6])])


def test_the_sum_in_a_real_network(browser: Browser, studio: Served, folder: Path, run: Run, hand: Hand) -> None:
    with lesson_page(browser, studio, "channels", hand, step=5) as at:
        at.to_do(5)
        layers = at.figure.get_by_label("Layer", exact=True).locator("option")
        layer = layers.nth(3).get_attribute("value") or ""
        at.select("Layer", layer).slide("Filter", 5).done(5)
        maps = run[layer][0, 5]
        unit = run.unit(layer, channel=5, at=tuple(int(i) for i in np.unravel_index(maps.argmax(), maps.shape)))
        expect(at.number("unit")).to_have_text(str(unit.address))
        found, ranked = unit.explain(), unit.contributors().ranked
        one = Convolution.of(run, layer)
        expect(at.number("parameters")).to_have_text(f"{one.parameters.value:,}")
        assert about(at.number("total").inner_text(), found.total, 5)
        shown = figures(at.figure.locator("[data-row]").all_inner_texts())
        told = [each.signed for each in ranked[:12]] + (
            [sum(each.signed for each in ranked[12:])] if ranked[12:] else []
        )
        assert shown == pytest.approx([*told, found.bias], rel=1e-4)
        assert at.ran(folder)["found"].total == found.total
        at.only_this_hand()
        at.push(at.figure.get_by_role("button", name=f"Open {unit.address} in the network"))
        expect(at.page.locator("aside .unit h2")).to_have_text(str(unit.address))


def test_two_layers_of_a_real_network(browser: Browser, studio: Served, folder: Path, run: Run, hand: Hand) -> None:
    net = st.load(folder / "net.onnx")
    pair = stacked_convolutions(net)[0]
    merged = st.merge_convolutions(*(Convolution.of(net, name) for name in (pair.first, pair.second)), interior=True)
    seen = merged.measure(run.recording.values[pair.reads][:1])
    with lesson_page(browser, studio, "two-filters", hand, step=4) as at:
        at.to_do(4).choose("Kernels", "layers of the open network").done(4)
        expect(at.number("changed")).to_have_text(f"{int(seen.relu_differs.sum()):,} of {seen.relu_differs.size:,}")
        assert str(seen) in at.ran(folder)["said"]
        at.only_this_hand()


def test_how_far_a_real_network_sees(browser: Browser, studio: Served, folder: Path, run: Run, hand: Hand) -> None:
    with lesson_page(browser, studio, "pooling", hand, step=4) as at:
        at.to_do(4).button("Look at the open network").done(4)
        levels = hierarchy(run, 12)
        for level in levels:
            cell = at.figure.locator(f'[data-layer="{level.layer}"]')
            expect(cell).to_have_text(" × ".join(map(str, level.field)) or "everything")
        assert str(levels[-1]) in at.ran(folder)["said"]
        at.only_this_hand()


def test_a_photo_is_shifted_and_filtered(
    browser: Browser, studio: Served, folder: Path, grey: np.ndarray, hand: Hand
) -> None:
    with lesson_page(browser, studio, "assumptions", hand, step=6) as at:
        at.to_do(6).choose("Picture", "the open input").slide("Right", 3).done(6)
        seen = st.equivariance_error(SOBEL, grey, (0, 3))
        expect(at.number("interior")).to_have_text("exactly equal")
        expect(at.number("border")).to_have_text(f"{seen.border_differs:,} of {seen.border_cells:,}")
        assert str(seen) in at.ran(folder)["said"]
        at.only_this_hand()
    with lesson_page(browser, studio, "filters", hand, step=4) as at:
        at.choose("Picture", "the open input").choose("Kernel", "laplacian")
        expect(at.figure).to_contain_text("filtered: laplacian")
        assert np.array_equal(at.ran(folder)["x"], grey)
        at.only_this_hand()


def own_picture(folder: Path, name: str, seed: int) -> np.ndarray:
    """Saves a picture; as the bundled network sees it, in grey."""
    colours = np.random.default_rng(seed).integers(0, 256, (60 + seed, 90, 3), np.uint8)
    Image.fromarray(colours).save(folder / name)
    return st.image(folder / name, size=None, preprocess="grey")[0]


def pixel_is_that_of(at: LessonPage, folder: Path, grey: np.ndarray) -> None:
    cell = grey.shape[1] // 2, grey.shape[2] // 2
    seen = influence(SOBEL, grey, cell)
    expect(at.number("cell")).to_have_text(", ".join(map(str, cell)))
    expect(at.number("changed")).to_have_text(f"6 of {seen.changed.size:,}")
    assert np.array_equal(at.ran(folder)["x"], grey)


def test_a_picture_that_comes_while_one_is_in_a_lesson(browser: Browser, demo: Served, tmp_path: Path) -> None:
    first, second = own_picture(tmp_path, "first.png", 1), own_picture(tmp_path, "second.png", 2)
    with lesson_page(browser, demo, "assumptions") as at:
        at.choose("Picture", "the open input")
        button, field = chooser("Input")
        at.page.locator(field).set_input_files(tmp_path / "first.png")
        expect(at.page.locator(button)).to_contain_text("first.png")
        pixel_is_that_of(at.at(1), tmp_path, first)
        drop(at.page, tmp_path / "second.png")
        expect(at.page.locator(button)).to_contain_text("second.png")
        pixel_is_that_of(at.at(1), tmp_path, second)
        at.next().at(2).choose("Picture", "the open input").slide("Right", 5).done(2)
        seen = st.equivariance_error(SOBEL, second, (0, 5))
        expect(at.number("border")).to_have_text(f"{seen.border_differs:,} of {seen.border_cells:,}")
        assert str(seen) in at.ran(tmp_path)["said"]


def test_what_has_no_picture_or_no_convolution_is_said(
    browser: Browser, serve: Callable[..., Served], tmp_path: Path
) -> None:
    model = st.Sequential([st.layers.Dense(3, input_shape=(8,), name="d")], seed=0)
    model.save(tmp_path / "dense.onnx")
    np.save(tmp_path / "x.npy", np.ones((1, 8), np.float32))
    studio = serve("open", tmp_path / "dense.onnx", tmp_path / "x.npy")
    with lesson_page(browser, studio, "assumptions") as at:
        at.choose("Picture", "the open input")
        expect(at.figure.get_by_role("alert")).to_contain_text("is no picture; drop one on the page")
        at.to_do(1).choose("Picture", "the house")
        expect(at.figure.get_by_role("alert")).to_have_count(0)
        expect(at.number("changed")).to_have_text("6 of 21,904")
    with lesson_page(browser, studio, "channels", step=5) as at:
        expect(at.figure.get_by_role("alert")).to_contain_text("no convolution with fixed weights")
        at.done(5)
