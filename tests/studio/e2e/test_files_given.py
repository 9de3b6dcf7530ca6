"""Files that are dropped or pasted outside the network's view: the workbench's input, a lesson's picture."""

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
from tests.studio.e2e.bench import BenchPage, opened
from tests.studio.e2e.files import chooser, copy, drop, hold
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.lesson import LessonPage

REFUSED_STATUS = "status of 415"


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    found = fresh_page(browser)
    with found as page:
        yield page
        # The browser notes each answer that is not 200.
        found.complaints[:] = [said for said in found.complaints if REFUSED_STATUS not in said]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "my photo (1).png"
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8)).save(path)
    return path


def overlay(page: Page, *files: Path) -> str:
    """What the page says while files are held over it."""
    hold(page, *files)
    said = page.locator(".over").inner_text()
    page.evaluate("() => document.querySelector('main').dispatchEvent(new DragEvent('drop', { bubbles: true }))")
    expect(page.locator(".over")).to_have_count(0)
    return said


def says_about_the_photo(bench: BenchPage, photo: Path) -> None:
    """It is in grey, under the kernel that is there."""
    grey = st.image(photo, size=None, preprocess="grey")[0]
    truth = st.lessons.Workbench(grey, st.filters.sobel(), padding=1)
    at = tuple(int(text) for text in bench.aside.locator("h2").inner_text().partition("@ ")[2].split(","))
    bench.value_is(float(truth.output[(0, *at)]))


def test_a_dropped_picture_is_the_workbench_s_input(page: Page, studio: Served, photo: Path) -> None:
    at = opened(page, studio, "mouse")
    assert "it becomes the workbench" in overlay(page, photo)
    drop(page, photo)
    at.shapes((1, 40, 60), (1, 40, 60)).tells("my photo (1).png: uploaded")
    says_about_the_photo(at, photo)
    expect(page).to_have_url(re.compile(r"x=my-photo-1[.\d]*:grey"))
    page.reload()
    at.shapes((1, 40, 60), (1, 40, 60))
    # The network keeps its own.
    at.key("1")
    expect(page.locator(chooser("Input")[0])).to_have_text(re.compile("house"))


def test_signals_and_volumes_bring_their_axes_and_back_goes_back(page: Page, studio: Served, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savetxt(tmp_path / "run.csv", rng.normal(size=(30, 2)), delimiter=",")
    np.save(tmp_path / "brain.npy", rng.normal(size=(6, 8, 7)))
    at = opened(page, studio, "mouse")
    before = at.arithmetic.inner_text()
    drop(page, tmp_path / "run.csv")
    at.shapes((2, 30), (1, 30))
    expect(page.get_by_role("radio", name="1-D")).to_have_attribute("aria-checked", "true")
    drop(page, tmp_path / "brain.npy")
    at.shapes((1, 6, 8, 7), (1, 6, 8, 7))
    expect(page.get_by_role("radio", name="3-D")).to_have_attribute("aria-checked", "true")
    page.go_back()
    at.shapes((2, 30), (1, 30))
    page.go_back()
    at.shapes((1, 256, 320), (1, 256, 320))
    expect(at.arithmetic).to_have_text(before, use_inner_text=True)
    page.go_forward()
    at.shapes((2, 30), (1, 30))


@pytest.mark.parametrize("name", ["notes.csv", "torn.png", "net.pt", "words.docx", "nothing.png", "endless.npy"])
def test_what_is_no_input_is_refused_where_it_was_dropped(
    page: Page, studio: Served, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    contents = {"notes.csv": b"a;b\nx;y\n", "torn.png": b"\x89PNG\r\n\x1a\nno picture", "nothing.png": b""}
    file.write_bytes(contents.get(name, b"PK"))
    if name == "endless.npy":
        np.save(file, np.array([[1.0, np.inf, 2.0]]))
    at = opened(page, studio, "mouse")
    before = at.arithmetic.inner_text()
    drop(page, file, at=(400, 300))
    report = page.locator(".report")
    expect(report.locator("p.wrong")).to_contain_text(name)
    expect(report).not_to_contain_text(str(tmp_path))
    box = report.bounding_box()
    assert box is not None
    assert (box["x"], box["y"]) == (400, 300)
    if name == "notes.csv":
        with pytest.raises(st.errors.StriateError) as refused:
            st.signal(file)
        expect(report.locator("p.wrong")).to_have_text(str(refused.value).replace(str(file), name))
    expect(at.arithmetic).to_have_text(before, use_inner_text=True)
    at.shapes((1, 256, 320), (1, 256, 320))
    page.keyboard.press("Escape")
    expect(report).to_have_count(0)


def test_a_network_opens_in_its_view_and_back_returns(page: Page, studio: Served, tmp_path: Path) -> None:
    network = tmp_path / "mine.onnx"
    network.write_bytes(bundled.model_path().read_bytes())
    at = opened(page, studio, "mouse", "d=2&x=house:grey&k=laplacian&p=1")
    drop(page, network)
    expect(page.locator(chooser("Network")[0])).to_have_text(re.compile("mine"))
    expect(page.locator("article.column").first).to_be_visible()
    page.go_back()
    at.tells("spike detector")


def test_a_copied_picture_becomes_the_input(page: Page, studio: Served, photo: Path) -> None:
    at = opened(page, studio, "mouse")
    copy(page, photo)
    page.keyboard.press("Control+v")
    at.shapes((1, 40, 60), (1, 40, 60))
    says_about_the_photo(at, photo)
    # Words that are pasted into a field are words.
    page.keyboard.press("p")
    page.evaluate("() => navigator.clipboard.writeText('nn.Conv1d(1, 2, 3)')")
    field = page.get_by_label("Layer line")
    field.fill("")
    page.keyboard.press("Control+v")
    expect(page.locator("aside")).to_contain_text("parameters")
    at.shapes((1, 40, 60), (1, 40, 60))


def lesson(page: Page, studio: Served, name: str, step: int) -> LessonPage:
    page.goto(f"{studio.entrance}&view=lessons#{name}/{step}")
    return LessonPage(page, name).at(step)


@pytest.mark.parametrize(
    ("name", "step", "group", "turned"),
    [
        ("filters", 4, "Picture", "the open input"),
        ("assumptions", 6, "Picture", "the open input"),
        ("two-filters", 4, "Kernels", "layers of the open network"),
    ],
)
def test_a_lesson_turns_to_a_dropped_picture(
    page: Page, studio: Served, photo: Path, name: str, step: int, group: str, turned: str
) -> None:
    lesson(page, studio, name, step)
    own = page.get_by_role("radiogroup", name=group).get_by_role("radio", name=turned)
    expect(own).to_have_attribute("aria-checked", "false")
    assert "this figure then shows it" in overlay(page, photo)
    drop(page, photo)
    expect(own).to_have_attribute("aria-checked", "true")
    expect(page.locator(chooser("Input")[0])).to_have_text(re.compile("my photo"))
    expect(page).to_have_url(re.compile(f"#{name}/{step}"))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_lesson_with_numbers_of_its_own_says_where_the_picture_goes(page: Page, studio: Served, photo: Path) -> None:
    lesson(page, studio, "filters", 1)
    before = page.locator(".widget").inner_text()
    assert "view, as this figure keeps its own numbers" in overlay(page, photo)
    drop(page, photo)
    expect(page.locator(chooser("Input")[0])).to_have_text(re.compile("my photo"))
    assert page.locator(".widget").inner_text() == before


def test_the_picture_of_a_lesson_goes_along_to_the_workbench(page: Page, studio: Served, photo: Path) -> None:
    lesson(page, studio, "filters", 4)
    drop(page, photo)
    expect(page.get_by_role("radio", name="the open input")).to_have_attribute("aria-checked", "true")
    page.get_by_role("button", name="Open in the workbench").click()
    expect(page.get_by_label("Input", exact=True).locator("option:checked")).to_have_text(re.compile("my photo"))
