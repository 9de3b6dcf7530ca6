"""Programs that are taken along: with the files that the page offers beside them they run, and give what it shows."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

import striate as st
from benchmarks.studio.serving import Served
from striate import bundled
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen, about

FILES = "Files that the program reads"


def taken_along(page: Page, program: Locator, folder: Path, names: list[str]) -> dict[str, Any]:
    """Downloads every file beside a program and runs it there."""
    offered = page.get_by_role("list", name=FILES)
    expect(offered.get_by_role("listitem")).to_have_count(len(names))
    for name in names:
        with page.expect_download(timeout=60_000) as waiting:
            offered.get_by_role("button", name=f"Download {name}", exact=True).click()
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(folder / name)
    space: dict[str, Any] = {}
    here = Path.cwd()
    try:
        os.chdir(folder)
        with redirect_stdout(io.StringIO()):
            exec(program.inner_text(), space)
    finally:
        os.chdir(here)
    return space


def to_lesson(page: Page, title: str) -> Locator:
    """From the network to a lesson, in the same tab; its figure."""
    page.keyboard.press("3")
    page.get_by_role("button", name=re.compile(title)).click()
    return page.locator(".widget")


def test_a_lesson_on_an_edited_input_and_network(screen: Screen, scene: Opened, tmp_path: Path) -> None:
    page = screen.enter().page
    screen.open("edges/Conv", 2)
    page.locator(".open").get_by_role("button", name="Switch off").click()
    expect(page.get_by_label("What is edited")).to_contain_text("edges/Conv:2 off")
    screen.key("e")
    page.get_by_role("button", name="Mirror along w").click()
    expect(page.get_by_label("What is edited")).to_contain_text("input image mirrored")
    figure = to_lesson(page, "From edges to objects")
    expect(figure.locator('[data-name="edited-input"]')).to_contain_text("input image mirrored")
    expect(figure.locator('[data-name="left-out"]')).to_contain_text("edges/Conv:2 off")
    figure.get_by_role("button", name=re.compile("The same in Python")).click()
    space = taken_along(page, page.get_by_label("Python", exact=True), tmp_path, ["house-mirrored.npy"])
    mirrored = np.ascontiguousarray(scene.run.recording.values["image"][..., ::-1])
    assert np.array_equal(space["run"].recording.values["image"], mirrored)
    first = st.lessons.hierarchy(st.load(bundled.model_path()).run(mirrored), 6)[0]
    expect(figure.locator('[data-name="unit"]')).to_have_text(first.unit)
    assert about(figure.locator('[data-name="value"]').inner_text(), first.value, 6)


def test_a_lesson_on_the_edited_picture(screen: Screen, tmp_path: Path) -> None:
    page = screen.enter().page
    screen.key("e")
    page.get_by_role("button", name="Mirror along h").click()
    expect(page.get_by_label("What is edited")).to_contain_text("input image mirrored")
    figure = to_lesson(page, "three assumptions")
    figure.get_by_role("radiogroup", name="Picture").get_by_role("radio", name="the open input").click()
    expect(figure.locator('[data-name="edited-input"]')).to_contain_text("input image mirrored")
    figure.get_by_role("button", name=re.compile("The same in Python")).click()
    program = page.get_by_label("Python", exact=True)
    space = taken_along(page, program, tmp_path, ["house-mirrored-grey.npy"])
    grey = st.image(bundled.picture_path(), size=None, preprocess="grey")[0]
    assert np.array_equal(space["x"], grey[:, ::-1])
    assert "np.load" in program.inner_text()


def test_the_workbench_on_an_upload(browser: Browser, studio: Served, tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    Image.fromarray(colours).save(tmp_path / "my photo.png")
    with fresh_page(browser) as page:
        page.goto(f"{studio.entrance}&view=workbench#d=2&x=house:grey&k=sobel&p=1")
        expect(page.locator(".widget .caption").first).to_be_visible()
        page.locator('input[type="file"][accept*=".csv"]').last.set_input_files(tmp_path / "my photo.png")
        expect(page.locator("aside")).to_contain_text("my photo.png: uploaded")
        page.keyboard.press("c")
        expect(page.get_by_label("Python that does the same")).to_contain_text("my photo.png")
        folder = tmp_path / "taken"
        folder.mkdir()
        program = page.get_by_label("Python that does the same")
        space = taken_along(page, program, folder, ["my photo.png"])
        assert (folder / "my photo.png").read_bytes() == (tmp_path / "my photo.png").read_bytes()
        assert space["x"].shape[-2:] == (40, 50)
