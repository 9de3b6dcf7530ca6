"""Hand-crafted filters (mission B), row by row: its own numbers on the screen, by mouse alone and by keys alone."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served
from striate import bundled
from striate.lessons import Workbench, bank_filters, worked_examples
from tests.studio.e2e.bench import BenchPage, bench_page
from tests.studio.e2e.screen import number
from tests.studio.live import until


def test_b1_the_tutorial_s_first_example(bench: BenchPage) -> None:
    bench.example("bump").gives([0, 0, 1, 1, 0, 0]).shapes((1, 8), (1, 6)).tells("1·1·3 + 1 = 4")
    code = bench.code("Keras layers")
    assert "model = Sequential([Conv1D(1, 3, input_shape=(8, 1))])" in code
    assert "model.set_weights([weight, bias])" in code
    found: dict[str, Any] = {}
    exec(code, found)
    assert found["x"].shape == (1, 8, 1)
    weights, bias = found["model"].get_weights()
    assert (weights.tolist(), bias.tolist()) == ([[[0]], [[1]], [[0]]], [0])
    assert found["y"].shape == (1, 6, 1)
    assert found["y"].ravel().tolist() == [0, 0, 1, 1, 0, 0]


def test_b2_the_tutorial_s_vertical_line(bench: BenchPage) -> None:
    bench.example("vertical-line").gives([[0, 0, 3, 3, 0, 0]] * 6).shapes((1, 8, 8), (1, 6, 6))
    code = bench.code("Keras layers")
    assert "Conv2D(1, 3, input_shape=(8, 8, 1))" in code
    found: dict[str, Any] = {}
    exec(code, found)
    assert found["x"][0, :, 3:5, 0].tolist() == [[1, 1]] * 8
    assert found["y"][0, :, :, 0].tolist() == [[0, 0, 3, 3, 0, 0]] * 6


def test_b3_both_detectors_and_all_lines_as_one(bench: BenchPage) -> None:
    truth = {example.name: example.bench for example in worked_examples()}["lines"]
    bench.example("lines").gives(truth.output[0])
    bench.radio("Maps", "map of filter 1").gives(truth.output[1])
    bench.radio("Maps", "all as one").gives(truth.combined("sum"))
    for how in ("magnitude", "largest"):
        bench.choose("How the maps are combined", how).gives(truth.combined(how))  # pyright: ignore[reportArgumentType]
    # Every cell of the picture's two lines shows, of the sum as of the rest.
    assert (truth.combined("sum") > 0).sum() > max((each > 0).sum() for each in truth.output)


@pytest.mark.parametrize("axes", [1, 2])
def test_b4_every_kernel_of_the_bank_by_name(bench: BenchPage, axes: int) -> None:
    bench.radio("Axes", "1-D" if axes == 2 else "2-D").radio("Axes", f"{axes}-D")
    field = bench.page.get_by_label("Kernel of the bank")
    names: list[str] = field.evaluate("field => [...field.options].map((option) => option.value)")
    known = {name for name in st.filters.names() if axes in st.filters.get(name).ranks}
    assert {name.partition("@")[0] for name in names} == known
    assert {"prewitt", "sobel", "box", "gaussian", "sharpen", "derivative", "smoothing", "spike"} <= known
    x = st.lessons.ecg() if axes == 1 else st.image(bundled.picture_path(), size=None, preprocess="grey")[0]
    for name in names:
        bench.choose("Kernel of the bank", name)
        weight, _ = bank_filters([name], axes)
        truth = Workbench(x, weight, padding=1)
        said = st.filters.describe(weight[0, 0])
        bench.tells(f"{said.kind}: {said.text}", said.facts, *truth.sizes)
        at = tuple(int(part) for part in (bench.aside.locator("h2").first.inner_text()).split("@")[1].split(","))
        bench.value_is(truth.output[(0, *at)])


def test_b4_on_a_photo_of_one_s_own(browser: Browser, studio: Served, shared: Any) -> None:
    photo = sorted((shared / "data" / "imagenet20").glob("*.jpg"))[0]
    with bench_page(browser, studio, "mouse") as bench:
        # The browser's own window for choosing a file is out of reach of either hand.
        bench.page.locator('input[type="file"][accept*=".csv"]').last.set_input_files(photo)
        grey = st.image(photo, size=None, preprocess="grey")[0]
        for name in ("sobel", "prewitt", "box", "gaussian", "sharpen"):
            bench.choose("Kernel of the bank", name)
            truth = Workbench(grey, bank_filters([name], 2)[0], padding=1)
            bench.shapes(grey.shape, truth.output.shape).tells(f"{photo.name}: uploaded", *truth.sizes)
            at = tuple(int(part) for part in (bench.aside.locator("h2").first.inner_text()).split("@")[1].split(","))
            bench.value_is(truth.output[(0, *at)])


@pytest.mark.parametrize(
    ("axes", "name", "kind"),
    [
        (2, "prewitt", "edge detector"),
        (2, "sobel", "edge detector"),
        (2, "box", "blur"),
        (2, "gaussian", "blur"),
        (2, "sharpen", "sharpener"),
        (1, "derivative", "derivative"),
        (1, "smoothing", "blur"),
        (1, "spike", "spike detector"),
    ],
)
def test_b5_what_the_weights_encode(bench: BenchPage, axes: int, name: str, kind: str) -> None:
    bench.radio("Axes", f"{axes}-D").choose("Kernel of the bank", name)
    said = st.filters.describe(bank_filters([name], axes)[0][0, 0])
    assert said.kind == kind
    meaning = bench.aside.locator("section", has_text="What the kernel means")
    expect(meaning).to_contain_text(re.compile(re.escape(said.kind)))
    expect(meaning).to_contain_text(said.text)
    expect(meaning).to_contain_text(said.facts)


def test_b5_own_weights_are_understood_too(bench: BenchPage) -> None:
    bench.example("sliding-product").tells("derivative: one side against the other")
    weight = bench.page.get_by_label("weight 2", exact=True)
    if bench.hand == "keys":
        for place, text in (("0", "0.5"), ("1", "0.5"), ("2", "0.5")):
            bench.type(bench.page.get_by_label(f"weight {place}", exact=True), text)
        said = st.filters.describe(np.array([0.5, 0.5, 0.5]))
        bench.tells(f"{said.kind}: {said.text}")
        return
    weight.scroll_into_view_if_needed()
    box = weight.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    bench.page.mouse.move(x, y)
    bench.page.mouse.down()
    bench.page.mouse.move(x + 200, y, steps=8)
    bench.page.mouse.up()
    expect(bench.page).to_have_url(re.compile(r"w=1x1x3:1,0,[\d.]+"))

    def meaning() -> str:
        """Of the kernel in the address, which follows the mouse a moment later."""
        said = st.filters.describe(np.array([1, 0, number(bench.page.url.split("w=1x1x3:1,0,")[1])]))
        return f"{said.kind}: {said.text}"

    until(lambda: meaning() in bench.aside.inner_text(), otherwise=meaning)
