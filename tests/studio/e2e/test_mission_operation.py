"""The operation (mission A), row by row: its own numbers on the screen, by mouse alone and by keys alone."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served
from striate import bundled
from striate.lessons import Workbench, bank_filters
from tests.studio.e2e.bench import BenchPage, bench_page
from tests.studio.e2e.screen import number

SQUARE = np.array([[9, 8, 7, 6], [5, 4, 3, 2], [1, 2, 3, 4], [5, 6, 7, 8]], float)


def test_a1_a_sliding_dot_product_and_its_line_of_pytorch(bench: BenchPage, torch: object) -> None:
    bench.example("sliding-product").says("1×1 + 0×2 − 1×3 = −2")
    bench.step().says("1×2 + 0×3 − 1×4 = −2").step().says("1×3 + 0×4 − 1×5 = −2").gives([-2, -2, -2])
    bench.tells("(f ⋆ g)[n] = Σₖ f[n + k]·g[k]")
    assert list(st.correlate([1, 2, 3, 4, 5], [1, 0, -1])) == [-2, -2, -2]
    assert "F.conv1d(x, weight)" in bench.code("PyTorch")
    found = bench.result("PyTorch")
    assert (tuple(found["x"].shape), tuple(found["weight"].shape)) == ((1, 1, 5), (1, 1, 3))
    assert found["y"].tolist() == [[[-2, -2, -2]]]


def test_a2_the_flipped_definition_and_which_one_is_meant(bench: BenchPage) -> None:
    bench.example("sliding-product").gives([-2, -2, -2])
    definition = bench.aside.get_by_label("Definition")
    expect(definition).to_contain_text("Deep learning correlates, and calls it convolution")
    expect(definition).to_contain_text("For kernels that are learned it does not matter")
    expect(definition.locator("[aria-current]")).to_contain_text("correlate (f ⋆ g)[n] = Σₖ f[n + k]·g[k]")
    bench.radio("definition", "convolve").says("−1×1 + 0×2 + 1×3 = 2").gives([2, 2, 2])
    expect(definition.locator("[aria-current]")).to_contain_text("convolve (f ∗ g)[n] = Σₖ f[n − k]·g[k]")
    expect(bench.page.get_by_label("The kernel turned round")).to_contain_text("−1")
    assert list(st.convolve([1, 2, 3, 4, 5], [1, 0, -1], mode="valid")) == [2, 2, 2]
    bench.radio("definition", "correlate").gives([-2, -2, -2])


def test_a3_two_dimensions(bench: BenchPage) -> None:
    # The documents say 146 where their own formula gives 154.
    bench.example("square").says("1×9 + 2×8 + 3×7 + 4×5 + 5×4 + 6×3 + 7×1 + 8×2 + 9×3 = 154")
    bench.gives([154, 157, 200, 233]).tells("(I ⋆ K)[i, j] = Σₘₙ I[i + m, j + n]·K[m, n]")
    assert st.correlate(SQUARE, np.arange(1.0, 10).reshape(3, 3)).tolist() == [[154, 157], [200, 233]]
    for value in (157, 200, 233):
        bench.step()
        bench.value_is(value)
        assert bench.written_out() == (value, value)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_a4_one_interface_for_data_of_any_rank(bench: BenchPage, axes: int) -> None:
    other = "2-D" if axes != 2 else "1-D"
    bench.radio("Axes", other).radio("Axes", f"{axes}-D")
    controls = bench.page.get_by_role("group", name="Sizes and options").locator("[data-field]")
    expect(controls).to_have_count(6)
    names = controls.evaluate_all("fields => fields.map((field) => field.dataset.field)")
    assert names == ["kernel", "stride", "padding", "dilation", "bias", "filters"]
    grey = st.image(bundled.picture_path(), size=None, preprocess="grey")[0]
    x, name = {1: (st.lessons.ecg()[None], "derivative"), 2: (grey, "sobel"), 3: (st.lessons.ball()[None], "sobel")}[
        axes
    ]
    truth = Workbench(x, bank_filters([name], axes)[0], padding=1)
    bench.shapes(x.shape, truth.output.shape).tells(*truth.sizes, f"{truth.parameters.text} = {truth.parameters.value}")
    at = tuple(int(part) for part in bench.aside.locator("h2").first.inner_text().split("@")[1].split(","))
    bench.value_is(truth.output[(0, *at)])
    np.testing.assert_allclose(bench.result()["y"], truth.output, atol=1e-5)
    bench.size("stride", 2)
    halved = Workbench(x, bank_filters([name], axes)[0], padding=1, stride=2)
    bench.shapes(x.shape, halved.output.shape).tells(*halved.sizes)


def test_a5_output_sizes_with_the_formula_filled_in(bench: BenchPage) -> None:
    bench.example("ten-and-four").tells("O = ⌊(I + 2·P − K)/S⌋ + 1", "⌊(10 + 2·0 − 4)/1⌋ + 1 = 7")
    ten = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3], float)
    bench.gives(st.correlate(ten, np.full(4, 0.25))).shapes((1, 10), (1, 7))
    bench.example("smoothing").tells("⌊(8 + 2·1 − 3)/1⌋ + 1 = 8").shapes((1, 8), (1, 8))
    eight = np.array([0, 0.82, 0.91, 0.4, 0.35, 0.88, 0.9, 0.1])
    weight = np.array([0.33, 0.34, 0.33])
    for name, value, options in (
        ("stride", 2, {"padding": 1, "stride": 2}),
        ("padding", 0, {"padding": 0, "stride": 2}),
        ("dilation", 3, {"padding": 0, "stride": 2, "dilation": 3}),
    ):
        bench.size(name, value)
        truth = Workbench(eight, weight, **options)
        bench.tells(*truth.sizes).gives(truth.output)
        np.testing.assert_allclose(
            truth.output[0], st.conv1d(eight[None].astype("f"), weight[None, None].astype("f"), **options)[0], atol=1e-6
        )
    bench.tells("O = ⌊(I + 2·P − (D·(K − 1) + 1))/S⌋ + 1", "⌊(8 + 2·0 − (3·(3 − 1) + 1))/2⌋ + 1 = 1")


@pytest.mark.parametrize(("word", "length"), [("same", 4), ("valid", 3), ("0+1", 4), ("2", 5)])
def test_a5_padding_by_a_word_or_for_each_end(browser: Browser, studio: Served, word: str, length: int) -> None:
    with bench_page(browser, studio, "keys") as bench:
        bench.example("smoothing").size("stride", 2)
        bench.type(bench.page.get_by_label("padding", exact=True), word)
        bench.shapes((1, 8), (1, length))
        pads = [(0, 1)] if word == "0+1" else int(word) if word.isdigit() else word
        truth = Workbench([0, 0.82, 0.91, 0.4, 0.35, 0.88, 0.9, 0.1], [0.33, 0.34, 0.33], stride=2, padding=pads)
        bench.tells(*truth.sizes).gives(truth.output)


def test_a5_groups_cut_the_channels_into_parts(bench: BenchPage) -> None:
    bench.radio("Channels", "colours").tells("1·3·3·3 = 27").size("filters", 3).tells("3·3·3·3 = 81")
    bench.slide("groups", 1)
    bench.tells("3·1·3·3 = 27", "3 filters of 1 × 3 × 3, each for one of 3 groups of the channels; 3 maps")
    found = bench.result()
    assert found["weight"].shape == (3, 1, 3, 3)
    shown = number(bench.aside.locator("header .value").get_attribute("title") or "")
    at = tuple(int(part) for part in bench.aside.locator("h2").first.inner_text().split("@")[1].split(","))
    assert shown == pytest.approx(found["y"][(0, *at)], rel=1e-4)


def test_a6_a_filter_is_as_deep_as_its_input_and_gives_one_map(bench: BenchPage) -> None:
    bench.radio("Channels", "colours").tells("one filter of 3 × 3 × 3: as deep as the input; it makes one map")
    colours = st.image(bundled.picture_path(), size=None, preprocess="unit")[0]
    truth = Workbench(colours, bank_filters(["sobel"], 2, depth=3)[0], padding=1)
    at = tuple(int(part) for part in bench.aside.locator("h2").first.inner_text().split("@")[1].split(","))
    bench.value_is(truth.output[(0, *at)])
    expect(bench.aside.locator('article[aria-label^="input channel"]')).to_have_count(3)
    bench.click("+ filter").tells("2 filters of 3 × 3 × 3: as deep as the input; 2 maps")
    maps = bench.page.get_by_role("radiogroup", name="Maps").get_by_role("radio", name="map of")
    expect(maps).to_have_count(2)
    bench.size("filters", 32).shapes((3, 256, 320), (32, 256, 320))
    bench.tells("32 filters of 3 × 3 × 3: as deep as the input; 32 maps", "32·3·3·3 = 864")
    expect(maps).to_have_count(32)
    names = ["sobel", "sobel@0", *["untrained"] * 30]
    np.testing.assert_array_equal(bench.result()["y"].shape, (32, 256, 320))
    many = Workbench(colours, bank_filters(names, 2, depth=3)[0], padding=1)
    if bench.hand == "mouse":
        maps.nth(31).click()
    else:
        bench.key(*"]" * 31)
    expect(bench.aside.locator("h2").first).to_contain_text("output 31 @")
    bench.value_is(many.output[(31, *at)])


def test_a6_a_pasted_layer_of_thirty_two_filters(bench: BenchPage) -> None:
    bench.beside("Paste a layer").click("RGB").tells("32·3·3·3 + 32 = 896").click("try it: play exactly this layer")
    bench.beside("The sum").tells("32 filters of 3 × 3 × 3: as deep as the input; 32 maps", "32·3·3·3 + 32 = 896")
    expect(bench.page.get_by_role("radiogroup", name="Maps").get_by_role("radio", name="map of")).to_have_count(32)
    assert bench.result()["y"].shape == (32, 16, 16)


def test_a6_five_hundred_and_twelve_filters(browser: Browser, studio: Served) -> None:
    with bench_page(browser, studio, "keys", "d=2&x=house&k=sobel&p=1") as bench:
        bench.size("filters", 512).shapes((3, 256, 320), (512, 256, 320))
        bench.tells("512 filters of 3 × 3 × 3: as deep as the input; 512 maps", "512·3·3·3 = 13,824")
        maps = bench.page.get_by_role("radiogroup", name="Maps")
        expect(maps).to_contain_text("0–63 of 512")
        bench.type(bench.page.get_by_label("Map", exact=True), "511")
        expect(bench.aside.locator("h2").first).to_contain_text("output 511 @")
        expect(maps).to_contain_text("448–511 of 512")


def test_a7_bias_and_relu_after_the_sum(bench: BenchPage) -> None:
    x, weight = np.arange(1.0, 6), np.array([1.0, 0, -1])
    bench.example("sliding-product").size("bias", 3).says("1×1 + 0×2 − 1×3 + 3 = 1").gives([1, 1, 1])
    bench.tick("ReLU").says("1×1 + 0×2 − 1×3 + 3 = 1 → ReLU 1").tells("ReLU: not negative, so it stays")
    bench.size("bias", 1).says("1×1 + 0×2 − 1×3 + 1 = −1 → ReLU 0").tells("ReLU: negative, so 0").gives([0, 0, 0])
    assert Workbench(x, weight, bias=3, relu=True).output.tolist() == [[1, 1, 1]]
    assert Workbench(x, weight, bias=1, relu=True).output.tolist() == [[0, 0, 0]]
    assert "y = st.functional.relu(y)" in bench.code()


def test_a8_pooling_and_flatten_learn_nothing(bench: BenchPage) -> None:
    line = bench.page.get_by_label("All maps in a line", exact=True)
    bench.example("max-pool").gives([9, 7, 6, 8]).says("max(9, 8, 5, 4) = 9")
    parameters = bench.aside.locator("section", has_text="Parameters").locator(".formula")
    for part in ("weights", "flatten"):
        expect(parameters.filter(has_text=part)).to_contain_text("0: nothing is learned")
    expect(line.get_by_role("listitem")).to_have_text(["9", "7", "6", "8"])
    expect(bench.page.locator(".flat p")).to_contain_text("1 × 2 × 2 → 4")
    assert bench.result()["y"].tolist() == [9, 7, 6, 8]
    assert st.max_pool2d(SQUARE[None].astype("f"), 2).ravel().tolist() == [9, 7, 6, 8]
    bench.choose("Operation", "average_pool").gives([6.5, 4.5, 3.5, 5.5]).says("(9 + 8 + 5 + 4) / 4 = 6.5")
    expect(line.get_by_role("listitem")).to_have_text(["6.5", "4.5", "3.5", "5.5"])
    bench.tick("flatten")
    expect(line).to_have_count(0)
    bench.beside("Paste a layer").click("flatten", bench.aside).tells("flat: 32·7·7 = 1,568")
    expect(bench.aside.locator(".facts", has_text="parameters")).to_contain_text("0: nothing is learned")
