"""The workbench in a real browser, by mouse and by keys: what stands there is what the Python API says."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

import striate as st
from benchmarks.studio.serving import Served
from striate import bundled
from striate.lessons import Workbench, worked_examples
from tests.studio.e2e.bench import BenchPage, opened
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.screen import number

EXAMPLES = {example.name: example for example in worked_examples()}


@pytest.fixture
def bench(browser: Browser, studio: Served) -> Generator[BenchPage]:
    """A workbench at which both hands work."""
    with fresh_page(browser) as page:
        yield opened(page, studio, "mouse")


@pytest.mark.parametrize("name", ["strided", "dilated", "upsampling", "average-pool"])
def test_further_examples_have_their_numbers(bench: BenchPage, name: str) -> None:
    page = bench.page
    bench.example(name)
    example = EXAMPLES[name].bench
    expect(page.locator(".widget .caption").first).to_contain_text(" × ".join(map(str, example.x.shape)))
    truth = example.output[0].ravel()
    expect(page.locator('.widget [aria-label^="output"] text:not(.tick)')).to_have_count(truth.size)
    np.testing.assert_allclose(bench.figures("output"), truth, atol=5e-3)
    for text in example.sizes:
        expect(page.locator("aside")).to_contain_text(text)


def test_a_weight_shows_every_cell_that_it_meets(bench: BenchPage) -> None:
    page = bench.page
    bench.example("strided")
    page.get_by_label("weight 0, 2").hover()
    expect(page.locator(".widget .lattice")).to_have_count(1)
    expect(page.locator(".widget .mark.strong")).to_have_count(1)
    expect(bench.arithmetic.locator(".pointed")).to_have_count(1)


def test_weights_are_typed_stepped_and_refused(bench: BenchPage) -> None:
    page = bench.page
    bench.example("sliding-product")
    weight = page.get_by_label("weight 0", exact=True)
    weight.fill("3")
    weight.press("Enter")
    bench.says("3×1 + 0×2 − 1×3 = 0")
    expect(page).to_have_url(re.compile("w=1x1x3:3,0,-1"))
    weight.focus()
    page.keyboard.press("ArrowUp")
    bench.says("3.1×1 + 0×2 − 1×3 = 0.1")
    weight.fill("much")
    weight.press("Enter")
    expect(page.get_by_role("alert")).to_have_text('a weight must be a number; "much" is none')
    bench.says("3.1×1 + 0×2 − 1×3 = 0.1")


def test_convolve_turns_the_kernel_round(bench: BenchPage) -> None:
    page = bench.page
    bench.example("sliding-product")
    page.get_by_role("radio", name="convolve").click()
    bench.says("−1×1 + 0×2 + 1×3 = 2")
    expect(page.get_by_label("The kernel turned round")).to_have_text(re.compile(r"−1\s*0\s*1"))
    page.keyboard.press("x")
    bench.says("1×1 + 0×2 − 1×3 = −2")


def test_the_whole_picture_by_name_with_its_meaning_and_its_code(bench: BenchPage) -> None:
    page = bench.page
    page.get_by_label("Kernel of the bank").select_option("prewitt")
    expect(page.locator("aside")).to_contain_text("edge detector")
    page.keyboard.press("c")
    expect(page.get_by_label("Python that does the same")).to_contain_text("st.filters.prewitt()")
    space: dict[str, object] = {}
    exec(page.get_by_label("Python that does the same").inner_text(), space)
    grey = st.image(bundled.picture_path(), size=None, preprocess="grey")[0]
    assert np.allclose(np.asarray(space["y"]), Workbench(grey, st.filters.prewitt(), padding=1).output, atol=1e-5)


def test_a_film_is_saved(bench: BenchPage) -> None:
    page = bench.page
    bench.example("bump")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="GIF").click()
    assert waiting.value.suggested_filename == "convolution-3.gif"
    assert waiting.value.path().read_bytes().startswith(b"GIF89a")


def test_a_link_opens_the_state_and_keys_go_between_the_views(
    bench: BenchPage, studio: Served, browser: Browser
) -> None:
    page = bench.page
    bench.example("chapter")
    page.keyboard.press(".")
    expect(page).to_have_url(re.compile("at=0,1"))
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("aside h2").first).to_have_text("output @ 0, 1")
    page.keyboard.press("1")
    expect(page.locator(".tile").first).to_be_visible()
    page.keyboard.press("2")
    expect(bench.arithmetic).to_be_visible()
    page.go_back()
    expect(page.locator(".tile").first).to_be_visible()


def test_an_upload_becomes_the_input(bench: BenchPage, tmp_path: object) -> None:
    page = bench.page
    x = np.round(np.random.default_rng(0).normal(size=12), 2)
    path = f"{tmp_path}/run.csv"
    np.savetxt(path, x[:, None], delimiter=",")
    page.locator('input[type="file"][accept*=".csv"]').last.set_input_files(path)
    expect(page.locator(".widget .caption").first).to_contain_text("1 × 12")
    expect(page.locator("aside")).to_contain_text("run.csv: uploaded")


def colours(page: Page, which: str) -> np.ndarray:
    """The colours of input or output as they are drawn, (rows, columns, rgb)."""
    rows, columns, data = page.locator(f'.widget [aria-label^="{which}"] canvas').evaluate(
        """canvas => {
          const { width, height } = canvas
          const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
          copy.drawImage(canvas, 0, 0)
          return [height, width, Array.from(copy.getImageData(0, 0, width, height).data)]
        }"""
    )
    return np.array(data).reshape(rows, columns, 4)[..., :3]


def cell_of(page: Page, which: str) -> int:
    """How many numbers along an axis a drawn cell stands for, as the words above the picture say it."""
    text = page.locator(".widget .caption", has_text=which).first.inner_text()
    found = re.search(r"drawn (\d+) × (\d+) in one", text)
    assert found is not None
    assert found[1] == found[2]
    return int(found[1])


def drawn_is(page: Page, truth: np.ndarray) -> None:
    """The output's picture has the signs of what is largest in each cell, and the page's colour where that is 0."""
    shown, cell = colours(page, "output"), cell_of(page, "output")
    rows, columns = (-(-length // cell) for length in truth.shape)
    assert shown.shape == (rows, columns, 3)
    padded = np.zeros((rows * cell, columns * cell))
    padded[: truth.shape[0], : truth.shape[1]] = truth
    cells = padded.reshape(rows, cell, columns, cell).swapaxes(1, 2).reshape(rows, columns, -1)
    largest = np.take_along_axis(cells, np.abs(cells).argmax(-1, keepdims=True), -1)[..., 0]
    redder = shown[..., 0] - shown[..., 2]
    reach = np.abs(truth).max()
    assert (redder[largest > 0.2 * reach] > 20).all()
    assert (redder[largest < -0.2 * reach] < -20).all()
    assert (np.abs(redder[np.abs(largest) < 1e-3 * reach]) < 4).all()


def test_a_large_picture_is_drawn_smaller_and_says_so_while_every_number_is_there(
    bench: BenchPage, tmp_path: Path
) -> None:
    page = bench.page
    height, width = 1300, 1901
    rng = np.random.default_rng(0)
    pixels = np.full((height, width), 128, np.uint8)
    # Lone points, far apart: a picture that left out rows would not show them.
    places = [(int(y), int(x)) for y, x in zip(rng.integers(5, 1295, 40), rng.integers(5, 1895, 40), strict=True)]
    for y, x in places:
        pixels[y, x] = rng.choice([0, 255])
    Image.fromarray(pixels).save(tmp_path / "points.png")
    page.locator('input[type="file"][accept*=".csv"]').last.set_input_files(tmp_path / "points.png")
    expect(page.locator(".widget .caption").first).to_contain_text("1 × 1300 × 1901")
    page.get_by_label("Kernel of the bank").select_option("laplacian")
    expect(page.locator(".widget .caption", has_text="output").first).to_contain_text("largest magnitude")
    expect(page.locator(".widget .caption", has_text="input").first).to_contain_text("their mean")
    expect(page.locator("aside")).to_contain_text("spike detector")
    x = st.image(tmp_path / "points.png", size=None, preprocess="grey")[0]
    weight = np.array(st.filters.laplacian())
    drawn_is(page, Workbench(x, weight, padding=1).output[0])

    # The input by the mean of each block.
    cell = cell_of(page, "input")
    means = np.array(
        [[x[0, y : y + cell, z : z + cell].mean() for z in range(0, width, cell)] for y in range(0, height, cell)]
    )
    np.testing.assert_allclose(colours(page, "input"), np.repeat(255 * means[..., None], 3, -1), atol=0.75)

    # What is pointed at is one number of them all, exactly.
    box = page.locator('.widget [aria-label^="output"]').bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.61 * box["width"], box["y"] + 0.37 * box["height"])
    row, column = int(0.37 * height), int(0.61 * width)
    header = page.locator("aside h2").first
    expect(header).to_have_text(re.compile(r"output @ \d+, \d+"))
    y, z = (int(found) for found in re.findall(r"\d+", header.inner_text()))
    assert abs(y - row) <= box["height"] / height + 2
    assert abs(z - column) <= box["width"] / width + 2
    whole = Workbench(x, weight, padding=1)
    page.goto(re.sub(r"at=\d+,\d+", f"at={places[0][0]},{places[0][1]}", page.url))
    expect(header).to_have_text(f"output @ {places[0][0]}, {places[0][1]}")
    value = page.locator("aside .value").first.get_attribute("title")
    assert value is not None
    assert abs(number(value) - whole.output[(0, *places[0])]) < 1e-5

    # An edit of the kernel renews the picture.
    weight = weight.copy()
    weight[0, 0] = 5
    cells = page.get_by_label("weight 0, 0")
    cells.fill("5")
    cells.press("Enter")
    expect(page).to_have_url(re.compile("w=1x1x3x3:5"))
    drawn_is(page, Workbench(x, weight, padding=1).output[0])
