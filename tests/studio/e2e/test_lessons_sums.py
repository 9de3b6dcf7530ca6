"""The sliding sum, sizes, channels, pooling and the loop: by mouse and by keys, against the Python API."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

import striate as st
from striate.lessons import Convolution, Pooling, field_growth, hierarchy, sliding_sum
from striate.run import Run
from tests.studio.e2e.lesson import LessonPage, figures, lesson
from tests.studio.e2e.screen import about
from tests.studio.e2e.walk import Hand

IMAGE = np.array([[9, 8, 7, 6], [5, 4, 3, 2], [1, 2, 3, 4], [5, 6, 7, 8]], float)
KERNEL = np.arange(1.0, 10).reshape(3, 3)


def output(page: LessonPage) -> list[float]:
    """The numbers of the output that are there already."""
    return figures([text for text in page.cells("Output") if text])


@lesson("sliding-sum")
def test_the_sum_slides(at: LessonPage, hand: Hand) -> None:
    def forward() -> None:
        at.settled()
        if hand == "mouse":
            at.figure.get_by_role("button", name="Forward").click()
        else:
            at.tab_to(at.figure.get_by_role("button", name="Forward")).key("ArrowRight")

    expect(at.number("sum")).to_have_text("1×1 + 2×0 + 3×−1 = −2")
    at.to_do(1)
    forward()
    expect(at.number("sum")).to_have_text("2×1 + 3×0 + 4×−1 = −2")
    at.done(1).next().at(2).to_do(2)
    assert output(at) == [-2]
    forward()
    forward()
    at.done(2)
    assert output(at) == list(st.correlate([1, 2, 3, 4, 5], [1, 0, -1])) == [-2, -2, -2]
    at.next().at(3).choose("Definition", "convolve").done(3)
    expect(at.number("value")).to_have_text("2")
    assert at.ran()["y"].ravel().tolist() == [2, 2, 2]
    forward()
    forward()
    assert output(at) == list(st.convolve([1, 2, 3, 4, 5], [1, 0, -1])) == [2, 2, 2]
    at.next().at(4)
    expect(at.number("sum")).to_have_text("9×1 + 8×2 + 7×3 + 5×4 + 4×5 + 3×6 + 1×7 + 2×8 + 3×9 = 154")
    if hand == "mouse":
        cells = at.figure.get_by_label("Output", exact=True).locator("span")
        for i in (1, 3, 2):
            cells.nth(i).click()
    else:
        at.key("ArrowRight", "ArrowDown", "ArrowLeft")
    at.done(4)
    assert at.ran()["y"].ravel().tolist() == [154, 157, 200, 233]
    assert output(at) == list(st.correlate(IMAGE, KERNEL).ravel()) == [154, 157, 200, 233]
    at.next().at(5).choose("Kernel", "smoothing")
    forward()
    expect(at.number("sum")).to_have_text("0×0.33 + 0.82×0.34 + 0.91×0.33 = 0.5791")
    at.done(5)
    smoothed = st.correlate([0, 0, 0.82, 0.91, 0.66, 0.4, 0.35, 0.1, 0, 0], [0.33, 0.34, 0.33])
    assert at.ran()["y"].ravel() == pytest.approx(smoothed)
    at.over(5)


@lesson("sliding-sum")
@pytest.mark.parametrize("hand", ["mouse"], indirect=True)
def test_any_weight_and_a_dragged_window(at: LessonPage) -> None:
    at.type("Weight 2", -0.5)
    expect(at.number("sum")).to_have_text("1×1 + 2×−0.5 + 3×−1 = −3")
    cells = at.figure.get_by_label("Input", exact=True).locator("span")
    cells.nth(1).hover()
    at.page.mouse.down()
    cells.nth(3).hover()
    at.page.mouse.up()
    expect(at.number("sum")).to_have_text("3×1 + 4×−0.5 + 5×−1 = −4")


@lesson("sliding-sum")
@pytest.mark.parametrize("hand", ["mouse"], indirect=True)
def test_the_workbench_goes_on_from_here(at: LessonPage) -> None:
    at.button("Forward").done(1).next().at(2).next().at(3).choose("Definition", "convolve").done(3)
    at.page.get_by_role("button", name="Open in the workbench").click()
    expect(at.page.get_by_role("button", name="Workbench")).to_have_attribute("aria-current", "page")
    assert "w=1x1x3:1,0,-1" in at.page.url
    assert "in=1x5:1,2,3,4,5" in at.page.url
    assert "def=convolve" in at.page.url
    at.page.go_back()
    at.at(3)


@lesson("sizes")
def test_sizes(at: LessonPage) -> None:
    def size(length: int, kernel: int, **options: int) -> str:
        made = st.conv1d(np.zeros((1, 1, length)), np.zeros((1, 1, kernel)), **options).shape[-1]
        assert at.ran()["y"].shape[-1] == made
        return str(made)

    expect(at.number("size")).to_have_text("8")
    at.slide("Kernel", 4).done(1)
    expect(at.number("size")).to_have_text("7")
    expect(at.number("size")).to_have_text(size(10, 4))
    expect(at.number("formula")).to_have_text("⌊(10 + 2·0 − 1·(4 − 1) − 1)/1⌋ + 1")
    at.next().at(2).slide("Padding", 1).done(2)
    expect(at.number("size")).to_have_text("8")
    expect(at.number("size")).to_have_text(size(8, 3, padding=1))
    at.next().at(3).slide("Stride", 2).done(3)
    expect(at.number("size")).to_have_text("4")
    expect(at.number("size")).to_have_text(size(8, 3, padding=1, stride=2))
    at.next().at(4).slide("Dilation", 2).done(4)
    expect(at.number("size")).to_have_text("6")
    expect(at.number("size")).to_have_text(size(10, 3, dilation=2))
    expect(at.figure).to_contain_text("The kernel spans 5 cells")
    at.next().at(5).slide("Stride", 4).done(5)
    expect(at.number("size")).to_have_text("4")
    expect(at.number("size")).to_have_text(size(16, 3, stride=4))
    at.over(5)


@lesson("sizes")
def test_what_is_impossible_cannot_be_chosen(at: LessonPage) -> None:
    at.slide("Dilation", 4)
    expect(at.figure.get_by_role("slider", name="Kernel")).to_have_attribute("max", "3")
    expect(at.figure.get_by_role("slider", name="Length")).to_have_attribute("min", "9")
    at.slide("Padding", 2)
    expect(at.figure.get_by_role("slider", name="Kernel")).to_have_attribute("max", "4")
    at.slide("Length", 5).slide("Kernel", 3)
    expect(at.figure.get_by_role("slider", name="Padding")).to_have_attribute("min", "2")
    expect(at.number("size")).to_have_text("1")
    assert at.page.get_by_role("alert").count() == 0
    at.only_this_hand()


@lesson("channels")
def test_channels(at: LessonPage, hand: Hand, run: Run) -> None:
    x = np.array([figures(at.cells(f"Input, {name}")) for name in ("red", "green", "blue")]).reshape(3, 5, 5)

    def shown() -> np.ndarray:
        return np.array([figures(at.cells(f"Filter, {name}")) for name in ("red", "green", "blue")]).reshape(3, 3, 3)

    first = shown()
    sums = [st.correlate(x[c], first[c])[0, 1] for c in range(3)]
    at.to_do(1)
    if hand == "mouse":
        at.figure.get_by_label("Input, red").locator("span").nth(7).click()
    else:
        at.key("ArrowRight")
    at.done(1)
    for name, value in zip(("red", "green", "blue"), sums, strict=True):
        expect(at.number(f"sum-{name}")).to_have_text(f"{value:g}".replace("-", "−"))
    one = Convolution(first[None], np.array([-3.0]))
    assert figures([at.number("value").inner_text()]) == [one(x)[0, 0, 1]]
    assert np.array_equal(at.ran()["y"].reshape(3, 3), one(x)[0])
    at.next().at(2).slide("Filters", 4).done(2)
    expect(at.figure.get_by_role("button", name="Map ")).to_have_count(4)
    at.slide("Shown is filter", 2)
    expect(at.figure).to_contain_text("filter 2, 3 × 3 × 3")
    at.next().at(3).slide("Filters", 32).done(3)
    expect(at.number("parameters")).to_have_text("896")
    assert Convolution(np.ones((32, 3, 3, 3)), np.ones(32)).parameters.value == 896
    expect(at.figure.get_by_role("button", name="Map ")).to_have_count(32)
    assert at.ran()["y"].shape[-3] == 32
    at.next().at(4)
    at.push(at.figure.get_by_role("button", name="Map 0"))
    plain = figures(at.cells("Values of map 0"))
    assert plain == list(one(x).ravel())
    at.choose("Behind the sum", "ReLU").done(4)
    at.becomes("Values of map 0", [max(value, 0) for value in plain])
    assert np.array_equal(at.ran()["y"].reshape(4, 9)[0], [max(value, 0) for value in plain])
    at.next().at(5).to_do(5).select("Layer", "shapes/Conv").slide("Filter", 4).done(5)
    unit = run.unit("shapes/Conv", channel=4, at=np.unravel_index(run["shapes/Conv"][0, 4].argmax(), (125, 157)))
    expect(at.number("unit")).to_have_text(str(unit.address))
    found, ranked = unit.explain(), unit.contributors().ranked
    expect(at.number("parameters")).to_have_text(f"{Convolution.of(run, 'shapes/Conv').parameters.value:,}")
    assert about(at.number("total").inner_text(), found.total, 5)
    rows = at.figure.locator("[data-row]")
    names = [f"channel {each.channel}" for each in ranked] + ["bias"]
    assert rows.evaluate_all("rows => rows.map((row) => row.dataset.row)") == names
    for text, value in zip(rows.all_inner_texts(), [*(each.signed for each in ranked), found.bias], strict=True):
        assert figures([text])[0] == pytest.approx(value, rel=1e-4)
    assert at.ran()["found"].total == found.total
    at.over(5)


@lesson("pooling")
def test_pooling(at: LessonPage, hand: Hand, run: Run) -> None:
    x = np.array(figures(at.cells("Map"))).reshape(1, 4, 4)
    assert figures(at.cells("Pooled")) == list(Pooling((2, 2))(x).ravel())
    for axis in range(2):
        expect(at.number(f"size-{axis}")).to_have_text("⌊(4 + 2·0 − 1·(2 − 1) − 1)/2⌋ + 1 = 2")
    at.choose("Kind", "the mean").done(1)
    mean = list(Pooling((2, 2), "average")(x).ravel())
    at.becomes("Pooled", mean).becomes("Flattened", mean)
    assert list(at.ran()["y"].ravel()) == mean
    expect(at.number("parameters")).to_have_text("0")
    at.next().at(2).to_do(2)
    if hand == "mouse":
        at.figure.get_by_label("Map", exact=True).locator("span").nth(3).hover()
    else:
        at.tab_to(at.figure.get_by_role("button").last).key("ArrowRight", "ArrowRight")
    at.done(2)
    expect(at.figure.locator(".chosen")).to_have_count(2)
    at.next().at(3)
    layers: list[Convolution | Pooling] = [Convolution(np.ones(3))]
    for name, layer in [("+ 2 × 2 pooling", Pooling((2,))), ("+ 3 × 3 convolution", layers[0])] * 2:
        at.to_do(3).button(name)
        layers.append(layer)
        expect(at.number(f"field-{len(layers)}")).to_have_text(str(field_growth(layers)[-1].field[0]))
    at.done(3)
    expect(at.number("field-5")).to_have_text("18")
    assert [seen.field for seen in field_growth(at.ran()["layers"])] == [(3,), (4,), (8,), (10,), (18,)]
    at.next().at(4).to_do(4).button("Look at the open network").done(4)
    for level in hierarchy(run, 12):
        cell = at.figure.locator(f'[data-layer="{level.layer}"]')
        expect(cell).to_have_text(" × ".join(map(str, level.field)))
        assert str(level) in at.ran()["said"]
    at.over(4)


@lesson("loop")
def test_the_loop_line_by_line(at: LessonPage, hand: Hand) -> None:
    loop = sliding_sum([1, 2, 3, 4, 5], [1, 0, -1])
    steps = list(loop)

    def forward() -> None:
        if hand == "mouse":
            at.figure.get_by_role("button", name="Forward").click()
        else:
            at.key("ArrowRight")

    def shows(index: int) -> None:
        step = steps[index]
        expect(at.number("step")).to_have_text(f"{index + 1} of {len(steps)}")
        expect(at.figure.locator("li.lit")).to_have_text(loop.lines[step.line - 1].strip())
        for name, value in step.variables.items():
            if isinstance(value, int | float):
                expect(at.figure.locator(f'[data-variable="{name}"]')).to_have_text(repr(value))

    written = next(i for i, step in enumerate(steps) if loop.lines[step.line - 1].strip().startswith("y["))
    for index in range(written + 1):
        shows(index)
        if index < written:
            at.to_do(1)
            forward()
    at.done(1)
    expect(at.number("sum")).to_have_text("1×1 + 2×0 + 3×−1")
    at.next().at(2)
    shows(12)
    for _ in range(3):
        if hand == "mouse":
            at.figure.get_by_role("button", name="Back").click()
        else:
            at.key("ArrowLeft")
    shows(9)
    at.done(2).next().at(3).to_do(3)
    expect(at.number("step")).to_have_text(f"1 of {len(list(sliding_sum(IMAGE, KERNEL)))}")
    if hand == "mouse":
        at.figure.get_by_role("button", name="Last line").click()
    else:
        at.key("End")
    at.done(3)
    assert figures(at.cells("Output so far")) == list(sliding_sum(IMAGE, KERNEL).output.ravel()) == [154, 157, 200, 233]
    assert at.ran()["said"].count("154") == 2
    at.next().at(4)
    calls = sliding_sum(IMAGE, KERNEL).calls
    for name, key in (("PyTorch", "pytorch"), ("Keras", "keras")):
        at.choose("Library", name)
        expect(at.figure.get_by_label("One call")).to_have_text(calls[key])
    at.slide("Padding", 1).done(4)
    expect(at.figure.get_by_label("One call")).to_have_text(sliding_sum(IMAGE, KERNEL, padding=1).calls["keras"])
    padded = sliding_sum(IMAGE, KERNEL, padding=1).output
    space = at.ran()
    assert np.array_equal(space["sliding_sum"](IMAGE, KERNEL), padded)
    assert np.array_equal(space["x"], IMAGE)
    said = space["said"].replace("[", " ").replace("]", " ").split()
    assert [float(number) for number in said] == [*padded.ravel(), *padded.ravel()]
    at.over(4)
