"""Edit and see: whatever is edited on the page, its maps and its prediction are those of the Python API."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper
from playwright.sync_api import Browser, Locator, expect

import striate as st
from benchmarks.studio.serving import Served
from striate import bundled
from striate.run import Run
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.networks import Opened, opened, write_onnx
from tests.studio.e2e.screen import Screen
from tests.studio.live import until


@pytest.fixture(scope="module")
def network(scene: Opened) -> st.Network:
    return st.load(scene.model)


@pytest.fixture(scope="module")
def image() -> Any:
    return st.image(bundled.picture_path(), size=None, preprocess="unit")


def predicts(screen: Screen, run: Run) -> None:
    chances = run.output.reshape(-1)
    order = np.argsort(-chances, kind="stable")
    names = bundled.labels_path().read_text().split()
    expect(screen.page.locator(".ranks .label")).to_have_text([names[i] for i in order])
    found = [text.rstrip("%") for text in screen.texts(".ranks .figure")]
    assert all(abs(float(text.lstrip("<>")) - 100 * chances[i]) <= 1 for text, i in zip(found, order, strict=True))


def pad(screen: Screen) -> Locator:
    return screen.page.locator(".editor [role=application]")


def point_at(screen: Screen, row: int, column: int) -> None:
    """Puts the pointer on a cell of the bundled picture, also while what stands around the pad moves it."""

    def there() -> bool:
        box = pad(screen).bounding_box()
        assert box is not None
        share = box["width"] / 320
        screen.page.mouse.move(box["x"] + (column + 0.5) * share, box["y"] + (row + 0.5) * share)
        return f"at row {row}, column {column};" in said()

    def said() -> str:
        return pad(screen).get_attribute("aria-label") or ""

    until(there, otherwise=lambda: f"the pad does not come to rest: {said()}")


def click(screen: Screen, row: int, column: int) -> None:
    point_at(screen, row, column)
    screen.page.mouse.down()
    screen.page.mouse.up()


def disc(shape: tuple[int, ...], row: int, column: int, diameter: int) -> Any:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return (rows - row) ** 2 + (columns - column) ** 2 <= (diameter / 2) ** 2


def test_painting_erasing_and_the_way_back(screen: Screen, scene: Opened, network: st.Network, image: Any) -> None:
    screen.enter()
    page = screen.page
    page.get_by_role("button", name="Edit the input image").click()
    click(screen, 60, 100)
    edited = image.copy()
    edited[:, :, disc((256, 320), 60, 100, 9)] = 0
    run = network.run(edited)
    screen.shows(run.__getitem__)
    predicts(screen, run)
    expect(page.get_by_label("What is edited")).to_contain_text("input image painted")
    page.get_by_role("radio", name="Difference").click()
    screen.shows(run.difference(scene.run).__getitem__)
    expect(page.locator(".owner")).to_have_text("of each layer")
    page.get_by_role("radio", name="Value").click()
    page.get_by_role("radio", name="Erase").click()
    click(screen, 60, 100)
    screen.shows(scene.run.__getitem__)
    page.get_by_role("button", name="Undo").click()
    screen.shows(run.__getitem__)
    page.get_by_role("button", name="Return: input image painted").click()
    screen.shows(scene.run.__getitem__)
    predicts(screen, scene.run)


def test_a_drag_of_the_move_tool_is_one_step(screen: Screen, network: st.Network, image: Any) -> None:
    screen.enter()
    page = screen.key("e").page
    page.get_by_role("radio", name="Move").click()
    page.get_by_label("what comes in").select_option("wrap")
    point_at(screen, 50, 50)
    page.mouse.down()
    point_at(screen, 55, 60)
    point_at(screen, 60, 70)
    page.mouse.up()
    screen.shows(network.run(np.roll(image, (10, 20), (2, 3))).__getitem__)
    expect(page.get_by_label("What is edited")).to_have_text(re.compile("moved"))
    screen.key("z")
    expect(page.get_by_label("What is edited")).to_have_text("as it was opened")
    screen.key("Z")
    screen.shows(network.run(np.roll(image, (10, 20), (2, 3))).__getitem__)


def test_keys_alone_paint_mirror_and_return(screen: Screen, scene: Opened, network: st.Network, image: Any) -> None:
    screen.enter()
    screen.key("e")
    screen.tab_to(pad(screen))
    screen.key("ArrowRight", "Space")
    edited = image.copy()
    edited[:, :, disc((256, 320), 128, 161, 9)] = 0
    screen.shows(network.run(edited).__getitem__)
    screen.tab_to(screen.page.get_by_role("button", name="Mirror along w"))
    screen.key("Enter")
    run = network.run(np.ascontiguousarray(edited[..., ::-1]))
    screen.shows(run.__getitem__)
    screen.key("v")
    screen.shows(run.difference(scene.run).__getitem__)
    screen.key("r")
    screen.shows(scene.run.__getitem__)


def test_a_weight_is_typed_and_a_channel_switched_off(screen: Screen, scene: Opened, network: st.Network) -> None:
    screen.enter()
    screen.open("edges/Conv", 2).key("w")
    field = screen.page.get_by_label("weight 0, 1 of grey/Conv:0")
    field.fill("1.5")
    field.press("Enter")
    expect(screen.page.get_by_label("What is edited")).to_contain_text("edges/Conv:2 kernel, 1 number")
    name = network.filter("edges/Conv", 2).name
    weights = network.weights[name].copy()
    weights[2, 0, 0, 1] = 1.5
    changed = network.replace({name: weights})
    screen.shows(changed.run(given(scene)).__getitem__)
    screen.page.locator(".open").get_by_role("button", name="Switch off").click()
    off = changed.switch_off({"edges/Conv": 2}).run(given(scene))
    screen.shows(off.__getitem__)
    screen.key("x")
    screen.shows(changed.run(given(scene)).__getitem__)
    screen.page.get_by_role("button", name="Return: edges/Conv:2 kernel, 1 number").click()
    screen.shows(scene.run.__getitem__)


def test_a_weight_is_dragged_also_while_its_text_is_selected(
    screen: Screen, scene: Opened, network: st.Network
) -> None:
    screen.enter()
    page = screen.open("edges/Conv", 2).key("w").page
    field = page.get_by_label("weight 0, 1 of grey/Conv:0")
    field.select_text()
    box = field.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=5)
    page.mouse.up()
    # Two hundred pixels are the kernel's largest weight.
    filter = network.filter("edges/Conv", 2)
    weights = network.weights[filter.name].copy()
    kernel = weights[2, 0]
    kernel[0, 1] = float(f"{kernel[0, 1] + np.abs(kernel).max() / 2:.5g}")
    screen.shows(network.replace({filter.name: weights}).run(given(scene)).__getitem__)


def given(scene: Opened) -> Any:
    return scene.run[scene.run.model.graph.inputs[0]]


def test_swapping_by_a_sample_a_file_and_without_a_camera(screen: Screen, scene: Opened, tmp_path: Path) -> None:
    screen.enter()
    page = screen.key("e").page
    page.get_by_role("button", name="zeros").click()
    screen.shows(st.load(scene.model).run(np.zeros_like(given(scene))).__getitem__)
    page.locator(".swap input[type=file]").set_input_files(bundled.picture_path())
    screen.shows(scene.run.__getitem__)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    page.locator(".swap input[type=file]").set_input_files(broken)
    expect(page.get_by_role("alert")).to_contain_text("broken.png")
    page.get_by_role("button", name="Camera").click()
    expect(page.locator(".swap [role=alert]")).to_have_text(re.compile("camera", re.IGNORECASE))


def small(folder: Path, kind: str) -> Opened:
    """A convolution and a ReLU over a line of three channels, or over a volume."""
    rng = np.random.default_rng(3)
    sizes = [3, 48] if kind == "line" else [1, 8, 10, 12]
    taps = [3] * (len(sizes) - 1)
    arrays = {"w": rng.normal(size=(4, sizes[0], *taps)).astype(np.float32)}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["conv"], "conv", pads=[1] * 2 * len(taps)),
        helper.make_node("Relu", ["conv"], ["relu"], "relu"),
    ]
    model = write_onnx(folder / f"{kind}.onnx", nodes, arrays, {"x": ["n", *sizes]}, {"relu": ["n", 4, *sizes[1:]]})
    x = rng.normal(size=(1, *sizes)).astype(np.float32)
    np.save(folder / f"{kind}.npy", x)
    return opened(model, folder / f"{kind}.npy", x)


def test_samples_of_a_signal(browser: Browser, serve: Callable[..., Served], tmp_path: Path) -> None:
    scene = small(tmp_path, "line")
    with fresh_page(browser) as page:
        screen = Screen(page, serve(scene.model, scene.given), scene.run).enter().key("e")
        pad(screen).focus()
        screen.key("ArrowRight", "ArrowUp")
        expect(page.get_by_label("What is edited")).to_contain_text("painted")
        found = re.search(r", at 25: ([^;]+);", pad(screen).get_attribute("aria-label") or "")
        assert found is not None
        edited = given(scene).copy()
        reach = max(edited[0, 0].max(), 0) - min(edited[0, 0].min(), 0)
        assert float(found[1].replace("−", "-")) == pytest.approx(edited[0, 0, 25] + reach / 100, rel=1e-5)
        edited[0, 0, 25] += reach / 100
        screen.shows(st.load(scene.model).run(edited).__getitem__, least=2)
        screen.key("r")
        screen.shows(scene.run.__getitem__, least=2)


def test_a_slice_of_a_volume(browser: Browser, serve: Callable[..., Served], tmp_path: Path) -> None:
    scene = small(tmp_path, "volume")
    with fresh_page(browser) as page:
        screen = Screen(page, serve(scene.model, scene.given), scene.run).enter().key("e")
        page.get_by_label("value").fill("9")
        page.get_by_label("brush").fill("3")
        page.get_by_label("Index of the slice").fill("2")
        pad(screen).focus()
        screen.key("ArrowRight", "Space")
        edited = given(scene).copy()
        edited[0, 0, 2, disc((10, 12), 5, 7, 3)] = 9
        run = st.load(scene.model).run(edited)
        screen.shows(run.__getitem__, least=2)
        screen.key("v")
        screen.shows(run.difference(scene.run).__getitem__, least=2)
