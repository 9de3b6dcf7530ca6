"""The whole network on the stage: names, shapes, every map of every layer, its colours' scale, what feeds it."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import striate as st
from striate import bundled
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen, about, exactly, number


def layers(scene: Opened) -> list[str]:
    return list(st.load(scene.model).layers)


def test_every_layer_is_there_with_its_kind_and_its_shape(screen: Screen, scene: Opened) -> None:
    screen.enter()
    found = [article.get_attribute("aria-label") for article in screen.page.locator("article.column").all()]
    assert found[0] == "image, Input"
    for name in layers(scene):
        column = screen.column(name)
        column.scroll_into_view_if_needed()
        expect(column).to_be_visible()
        shape = " × ".join(str(size) for size in scene.run[name].shape[1:])
        assert shape in (column.locator("header p").get_attribute("title") or "")


def test_the_inspector_says_what_the_network_is_and_what_it_says(screen: Screen, scene: Opened) -> None:
    screen.enter()
    network = st.load(scene.model)
    expect(screen.inspector).to_contain_text(f"{network.parameters:,}")
    expect(screen.inspector).to_contain_text(re.compile(rf"layers\s*{len(layers(scene))}\b"))
    chances = scene.run.output.reshape(-1)  # the network's last layer is a softmax
    names = bundled.labels_path().read_text().split()
    order = np.argsort(-chances, kind="stable")
    expect(screen.page.locator(".ranks .label")).to_have_text([names[i] for i in order])
    expect(screen.page.locator(".ranks .figure")).to_have_text([f"{round(100 * chances[i])}%" for i in order])


def test_a_map_says_its_extent_and_every_channel_has_one(screen: Screen, scene: Opened) -> None:
    screen.enter()
    for name in layers(scene):
        values = scene.run[name][0]
        if values.ndim != 3:
            continue
        screen.column(name).scroll_into_view_if_needed()
        for channel, plane in enumerate(values):
            tile = screen.tile(name, channel)
            expect(tile).to_have_attribute("title", re.compile(rf"channel {channel}: .* to "))
            low, high = (tile.get_attribute("title") or "").split(": ", 1)[1].split(" to ")
            assert about(low, plane.min())
            assert about(high, plane.max())


def test_the_colours_of_a_map_are_its_numbers(screen: Screen, scene: Opened) -> None:
    screen.enter()
    name = next(name for name in layers(scene) if scene.run[name].min() < 0 and scene.run[name].ndim == 4)
    screen.key("u")
    screen.column(name).scroll_into_view_if_needed()
    screen.open(name, 0)
    plane = scene.run[name][0, 0]
    for place in (np.argmax(plane), np.argmin(plane)):
        row, column = (int(step) for step in np.unravel_index(int(place), plane.shape))
        red, green, blue = pixel(screen, row, column)
        if plane[row, column] > 0:
            assert red > blue, (red, green, blue)
        else:
            assert blue > red, (red, green, blue)


def pixel(screen: Screen, row: int, column: int) -> tuple[int, ...]:
    """The colour on the screen of a cell of the open map."""
    screen.page.mouse.move(0, 0)
    x, y = screen.point_of(row, column)
    shot = screen.page.screenshot(clip={"x": int(x), "y": int(y), "width": 1, "height": 1})
    return Image.open(BytesIO(shot)).convert("RGB").getpixel((0, 0))  # type: ignore[return-value]


def test_the_scale_is_of_the_map_the_layer_or_the_network(screen: Screen, scene: Opened) -> None:
    screen.enter()
    name, channel = next(
        (name, 1) for name in layers(scene) if scene.run[name].ndim == 4 and scene.run[name].shape[1] > 1
    )
    screen.column(name).scroll_into_view_if_needed()
    screen.open(name, channel)
    extent = {
        "Unit": scene.run[name][0, channel],
        "Layer": scene.run[name],
        "Network": np.concatenate([scene.run[layer].ravel() for layer in layers(scene)]),
    }
    for scope, values in extent.items():
        screen.page.get_by_role("radio", name=scope).click()
        expect(screen.page.get_by_role("radio", name=scope)).to_have_attribute("aria-checked", "true")
        owner = {"Unit": f":{channel}", "Layer": name.split("/")[-1], "Network": "the network"}[scope]
        expect(screen.page.locator(".owner")).to_contain_text(owner)
        low, high = (number(text) for text in screen.texts(".ramp .figure"))
        reach = float(np.abs(values).max())
        assert high == pytest.approx(reach if low < 0 else values.max(), rel=5e-3), scope
        assert low == pytest.approx(-reach if low < 0 else 0, rel=5e-3, abs=1e-12)


def test_pointing_at_a_map_lights_the_channels_that_it_is_made_of(screen: Screen, scene: Opened) -> None:
    screen.enter()
    network = st.load(scene.model)
    name = [name for name in layers(scene) if network.layers[name].kind == "Conv"][1]
    screen.column(name).scroll_into_view_if_needed()
    screen.tile(name, 0).hover()
    found = scene.run.contributors(name, 0).ranked[:8]
    labels = screen.page.locator("svg.links text")
    expect(labels).to_have_count(len(found))
    for text, contributor in zip(labels.all_text_contents(), found, strict=True):
        share = round(100 * contributor.share)
        assert text.endswith(f"{share}%") or share == 0 or (share == 100 and text.endswith(">99%")), (text, contributor)


def test_a_map_by_keyboard_alone(screen: Screen, scene: Opened) -> None:
    screen.enter()
    first = layers(scene)[0]
    screen.page.locator(".scroller").focus()
    screen.key("ArrowRight", "ArrowRight")
    expect(screen.page.locator("article.chosen")).to_have_count(1)
    screen.key("Home", "Escape", "/")
    screen.page.keyboard.type(f"{first}:0@3,4")
    screen.key("Enter")
    screen.opened(first, 0).explains(f"{first}:0@3,4")
    screen.key("Escape")
    expect(screen.page.locator(".open")).to_have_count(0)


def test_a_value_under_the_pointer_is_that_of_the_run(screen: Screen, scene: Opened) -> None:
    screen.enter()
    name = layers(scene)[1]
    screen.column(name).scroll_into_view_if_needed()
    screen.open(name, 0)
    rows, columns = scene.run[name].shape[2:]
    for at in ((0, 0), (rows // 2, columns // 3), (rows - 1, columns - 1)):
        screen.hover(*at).explains(f"{name}:0@{at[0]},{at[1]}")


def test_figures_in_full(scene: Opened) -> None:
    assert exactly("−0.1", -0.1)
    assert not exactly("0.1000001", 0.1)
    assert about("≈ 0.333", 1 / 3)
    assert not about("0.333", 1 / 3)
    assert Path(scene.model).exists()
