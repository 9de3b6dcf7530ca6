"""To see and to touch (mission E1 to E3): its own numbers on the screen, by mouse alone and by keys alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served
from striate.lessons import Workbench, bank_filters
from tests.studio.e2e.bench import BenchPage, bench_page
from tests.studio.e2e.screen import number
from tests.studio.looks.benches import LENET

CONV1D = "nn.Conv1d(17, 64, kernel_size=3, padding=1)"


@pytest.fixture(scope="module")
def engine(shared: Path) -> Path:
    return shared / "data" / "cmapss"


@pytest.fixture(scope="module")
def studio(serve: Callable[..., Served], engine: Path) -> Served:
    return serve("demo", "--data", engine)


def test_e1_the_signal_with_everything_written_out(bench: BenchPage) -> None:
    x = np.array([0, 0.82, 0.91, 0.4, 0.35, 0.88, 0.9, 0.1])
    truth = Workbench(x, [0.33, 0.34, 0.33], padding=1)
    bench.example("smoothing").says("0.33×0 + 0.34×0 + 0.33×0.82 = 0.2706")
    # Two cells of padding beside the eight of the signal.
    assert bench.figures("input") == [0, *x, 0]
    bench.step().says("0.33×0 + 0.34×0.82 + 0.33×0.91 = 0.5791").gives(truth.output[0][:2])
    bench.step().gives(truth.output[0][:3])
    bench.tells("⌊(8 + 2·1 − 3)/1⌋ + 1 = 8", "1·1·3 = 3")
    speed = bench.page.get_by_label("Speed", exact=True)
    if bench.hand == "mouse":
        box = speed.bounding_box()
        assert box is not None
        bench.page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    else:
        bench.key(*">" * 8)
    expect(speed).to_have_attribute("aria-valuetext", "5000 positions a second")
    if bench.hand == "mouse":
        bench.click("Play")
    else:
        bench.key("Space")
    expect(bench.position).to_have_text("8 of 8")
    bench.gives(truth.output[0])
    _edit_the_kernel(bench, x)


def _edit_the_kernel(bench: BenchPage, x: np.ndarray) -> None:
    """Another weight in its middle: dragged, or typed and stepped."""
    weight = bench.page.get_by_label("weight 1", exact=True)
    if bench.hand == "mouse":
        box = weight.bounding_box()
        assert box is not None
        bench.page.mouse.move(box["x"] + 20, box["y"] + 15)
        bench.page.mouse.down()
        bench.page.mouse.move(box["x"] + 120, box["y"] + 15, steps=5)
        bench.page.mouse.up()
    else:
        bench.type(weight, "0.5")
        bench.tab_to(weight)
        bench.page.keyboard.press("ArrowUp")
    # A hundred pixels are the kernel's largest weight; the step of a key is a tenth.
    middle = 0.6 if bench.hand == "keys" else 0.68
    expect(bench.page).to_have_url(re.compile(re.escape(f"w=1x1x3:0.33,{middle},0.33")))
    bench.gives(Workbench(x, [0.33, middle, 0.33], padding=1).output)


def test_e1_on_a_real_sensor(bench: BenchPage, engine: Path) -> None:
    x = st.lessons.cmapss(engine / "train_FD001.txt")
    bench.radio("Axes", "1-D").choose("Input", "cmapss").shapes(x.shape, (1, 192))
    bench.tells("NASA C-MAPSS train_FD001.txt (Saxena and Goebel, 2008), engine 1", "sensor 21")
    bench.choose("channel", "9").choose("Kernel of the bank", "smoothing")
    truth = Workbench(x, bank_filters(["smoothing"], 1, depth=17)[0], padding=1)
    bench.tells(*truth.sizes, "1·17·3 = 51")
    signal = bench.page.locator('.widget [aria-label^="input"]')
    if bench.hand == "mouse":
        box = signal.bounding_box()
        assert box is not None
        bench.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 30)
        bench.page.mouse.down()
        bench.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 30, steps=10)
        bench.page.mouse.up()
    else:
        bench.tab_to(signal)
        for key in ["Shift+ArrowRight"] * 11 + ["ArrowLeft"] * 2:
            bench.page.keyboard.press(key)
    expect(bench.position).not_to_have_text(re.compile("^1 of"))
    at = int(bench.position.inner_text().split(" ")[0]) - 1
    assert at > 50
    expect(bench.aside.locator("h2").first).to_have_text(f"output @ {at}")
    bench.value_is(truth.output[0, at])
    # The arithmetic says what each channel adds.
    parts = np.sum(x[:, at - 1 : at + 2].astype(float) * bank_filters(["smoothing"], 1)[0][0], axis=1)
    terms = re.findall(r"([−+]?)\s*([\d.e−]+)ch \d+", bench.arithmetic.inner_text().replace("\n", " "))
    said = [number(text) * (-1 if sign == "−" else 1) for sign, text in terms]
    assert len(said) == 17
    np.testing.assert_allclose(sorted(said), sorted(parts), rtol=1e-4, atol=1e-6)


def test_e2_the_chapter_s_image_and_sobel(bench: BenchPage) -> None:
    truth = [2, -1, -2, -1, 0, -1, -1, 0, 0]
    bench.example("chapter").says("−1×1 + 0×2 + 1×0 − 2×0 + 0×1 + 2×2 − 1×2 + 0×0 + 1×1 = 2").gives(truth)
    assert bench.figures("input") == [int(digit) for digit in "1201201210201011202101210"]
    for place, value in enumerate(truth):
        row, column = divmod(place, 3)
        if place:
            _go(bench, row, column)
        expect(bench.aside.locator("h2").first).to_have_text(f"output @ {row}, {column}")
        bench.value_is(value)
        assert bench.written_out() == (value, value)


def _go(bench: BenchPage, row: int, column: int) -> None:
    """The window to a position: dragged over the 5×5 cells of the input, or by arrows."""
    grid = bench.page.locator('.widget [aria-label^="input"]')
    if bench.hand == "keys":
        bench.tab_to(grid)
        for key in ["ArrowDown", "ArrowLeft", "ArrowLeft"] if column == 0 else ["ArrowRight"]:
            bench.page.keyboard.press(key)
        return
    box = grid.bounding_box()
    assert box is not None
    cell = box["width"] / 5
    bench.page.mouse.move(box["x"] + 2.5 * cell, box["y"] + 2.5 * cell)
    bench.page.mouse.down()
    bench.page.mouse.move(box["x"] + (column + 1.5) * cell, box["y"] + (row + 1.5) * cell, steps=4)
    bench.page.mouse.up()


def test_e2_any_picture_and_any_kernel(bench: BenchPage) -> None:
    grey = st.image(st.bundled.picture_path(), size=None, preprocess="grey")[0]
    bench.choose("Kernel of the bank", "laplacian").tells(st.filters.describe(st.filters.laplacian()).text)
    truth = Workbench(grey, bank_filters(["laplacian"], 2)[0], padding=1)
    before = bench.position.inner_text()
    bench.step()
    expect(bench.position).not_to_have_text(before)
    at = divmod(int(bench.position.inner_text().split(" of")[0].replace(",", "")) - 1, grey.shape[-1])
    bench.value_is(truth.output[(0, *at)])
    products, total = bench.written_out()
    assert products == pytest.approx(total, abs=2e-3)
    assert total == pytest.approx(truth.output[(0, *at)], abs=1e-4)


def _line(bench: BenchPage, text: str, shape: str = "") -> BenchPage:
    """Pastes a line, by keys."""
    field = bench.page.get_by_label("Layer line")
    bench.tab_to(field)
    bench.page.keyboard.press("ControlOrMeta+a")
    bench.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    bench.page.keyboard.press("ControlOrMeta+v")
    expect(field).to_have_value(text)
    bench.type(bench.page.get_by_label("Shape of the input"), shape or " ")
    return bench


@pytest.mark.parametrize(
    ("button", "line", "shapes", "before"),
    [
        ("PyTorch", CONV1D, "17 × 192 → 64 × 192", (17, 192)),
        ("Keras", 'Conv1D(64, 3, padding="same", input_shape=(30, 17))', "30 × 17 → 30 × 64", (17, 30)),
    ],
)
def test_e3_both_forms_on_the_real_sensors(
    bench: BenchPage, engine: Path, monkeypatch: pytest.MonkeyPatch, button: str, line: str, shapes: str,
    before: tuple[int, int],
) -> None:  # fmt: skip
    if bench.hand == "mouse":
        bench.beside("Paste a layer").click(button, bench.aside)
    else:
        bench.key("p")
        _line(bench, line)
    bench.tells("64·17·3 + 64 = 3,328", shapes)
    meanings = bench.aside.locator("dl.arguments")
    for part in ("3 cells",) if button == "PyTorch" else ("64",):
        expect(meanings).to_contain_text(part)
    length = before[1]
    dense = 17 * length * 64 * length + 64 * length
    bench.tells(f"{dense:,}", f"{round(dense / 3328):,} times as many", "C-MAPSS FD001, engine 1")
    bench.click("try it: play exactly this layer").shapes(before, (64, length))
    bench.beside("The sum").tells(
        "64·17·3 + 64 = 3,328", "NASA C-MAPSS train_FD001.txt (Saxena and Goebel, 2008), engine 1", "sensor 21"
    )
    x = st.lessons.cmapss(engine / "train_FD001.txt")[:, :length]
    truth = Workbench(x, bank_filters(["untrained"] * 64, 1, depth=17)[0], padding=1)
    bench.value_is(truth.output[0, 0])
    monkeypatch.chdir(engine)
    np.testing.assert_allclose(bench.result()["y"], truth.output, atol=1e-5)
    y = bench.result("Keras layers" if button == "Keras" else "calls")["y"]
    np.testing.assert_allclose(y[0].T if button == "Keras" else y, truth.output, atol=1e-5)


def test_e3_a_sequence_row_by_row(bench: BenchPage) -> None:
    """The table of LeNet; one of its layers as closely as a single one; loaded again it is still there."""
    if bench.hand == "mouse":
        bench.beside("Paste a layer").click("LeNet", bench.aside)
    else:
        bench.key("p")
        _line(bench, LENET, "1x32x32")
    stack = st.explain_declarations(LENET, (1, 32, 32))
    rows = bench.page.get_by_role("grid", name="Layers, one after the other").locator("[data-layer]")
    expect(rows).to_have_count(len(stack.layers))
    for row, layer, field in zip(rows.all(), stack.layers, stack.receptive_fields, strict=True):
        assert layer.output_shape is not None
        assert layer.parameters is not None
        assert layer.macs is not None
        cells = [layer.declaration.text, "×".join(map(str, layer.output_shape)), f"{layer.parameters.value:,}"]
        seen = "all" if field == "all" else "×".join(map(str, field or ()))
        assert row.get_by_role("gridcell").all_inner_texts()[1:] == [*cells, f"{layer.macs.value:,}", seen]
    bench.tells("together", f"{stack.parameters:,}", f"{stack.macs:,}")
    if bench.hand == "mouse":
        rows.nth(3).click()
    else:
        bench.tab_to(rows.nth(0))
        for key in ("End", "ArrowUp", "Home", "PageDown", *["ArrowUp"] * 5):
            bench.page.keyboard.press(key)
        expect(rows.nth(3)).to_be_focused()
    chosen = bench.page.get_by_role("group", name="The layer")
    expect(rows.nth(3)).to_have_attribute("aria-selected", "true")
    expect(chosen).to_contain_text("layer 4 of 10: Conv2d (PyTorch, channels first)")
    expect(chosen).to_contain_text("16·6·5·5 + 16 = 2,416")
    expect(chosen.get_by_label("Save the running window")).to_be_visible()
    said = io.StringIO()
    with redirect_stdout(said):
        exec(chosen.get_by_label("Python that tells the same").inner_text(), {})
    assert said.getvalue() == f"{stack}\n\n{stack.layers[3]}\n"
    bench.click("try it: play exactly this layer").shapes((6, 14, 14), (16, 10, 10))
    expect(bench.page).to_have_url(re.compile("x=noise:6x14x14.*&layer=4&see=paste$"))
    bench.page.reload()
    bench.shapes((6, 14, 14), (16, 10, 10))
    expect(rows.nth(3)).to_have_attribute("aria-selected", "true")
    expect(chosen).to_contain_text("layer 4 of 10")
    expect(bench.page.get_by_label("Layer line")).to_have_value(LENET)


@pytest.mark.parametrize(
    ("line", "shape", "field", "message"),
    [
        (
            LENET,
            "1x28x28",
            "Shape of the input",
            "layer 8 of 10, nn.Linear(400, 120): it does not fit behind layer 7, nn.Flatten(), which leaves 256",
        ),
        (
            "nn.Sequential(nn.ReLU(), nn.Conv2d(3, 8))",
            "",
            "Layer line",
            "layer 2 of 2, nn.Conv2d(3, 8): Conv2d: argument kernel_size is missing",
        ),
        ("nn.Conv1d(17, 64)", "", "Layer line", "kernel_size"),
        ("hello", "", "Layer line", "is no call"),
        ("nn.Conv2d(4, 6, 3, groups=3)", "", "Layer line", "in_channels (=4) cannot be cut into groups (=3)"),
        ("Conv2D(5, 3, groups=2, input_shape=(9, 9, 4))", "", "Layer line", "cannot be cut into groups (=2)"),
        ("nn.Conv1d(17, 64, 3)", "16x30", "Shape of the input", "16 channels"),
        ("nn.Conv2d(1, 4, 7)", "1x5x5", "Shape of the input", "7"),
        ("nn.Conv1d(17, 64, 3)", "a lot", "Shape of the input", 'input shape "a lot" must be whole numbers'),
    ],
)
def test_e3_what_is_wrong_is_said_beside_its_field(
    browser: Browser, studio: Served, line: str, shape: str, field: str, message: str
) -> None:
    with bench_page(browser, studio, "keys") as bench:
        bench.key("p")
        _line(bench, line, shape)
        wrong = bench.page.get_by_label(field)
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(bench.aside.locator('[aria-invalid="true"]')).to_have_count(1)
        alert = bench.page.get_by_role("alert")
        expect(alert).to_contain_text(message)
        above, below = wrong.bounding_box(), alert.bounding_box()
        assert above is not None
        assert below is not None
        assert 0 <= below["y"] - (above["y"] + above["height"]) < 24
        _line(bench, CONV1D)
        expect(alert).to_have_count(0)
        bench.tells("64·17·3 + 64 = 3,328")
