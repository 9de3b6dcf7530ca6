"""Opening networks and inputs: samples, chosen files, dropped files; refusals in the words of the Python error."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served, served
from striate import bundled
from tests.studio.e2e.files import chooser, drop
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.networks import Opened, kinds
from tests.studio.e2e.screen import Screen


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return kinds(tmp_path_factory.mktemp("kinds"))


def test_a_sample_by_mouse(screen: Screen, scene: Opened) -> None:
    screen.enter()
    button, _ = chooser("Input")
    screen.page.locator(button).click()
    screen.page.get_by_role("menuitem", name=re.compile("^zeros")).click()
    expect(screen.page.locator(button)).to_have_text(re.compile("zeros"))
    expect(screen.tile("image", 0)).to_have_attribute("title", re.compile(": 0 to 0$"))
    expect(screen.page).to_have_url(re.compile(r"x=zeros"))
    screen.page.go_back()
    expect(screen.page.locator(button)).to_have_text(re.compile("house"))
    expect(screen.tile("image", 0)).not_to_have_attribute("title", re.compile(": 0 to 0$"))


def test_a_sample_by_keyboard(screen: Screen) -> None:
    screen.enter()
    button, _ = chooser("Input")
    screen.page.locator(button).focus()
    screen.key("Enter")
    sample = screen.page.get_by_role("menuitem", name=re.compile("^noise"))
    expect(sample).to_be_visible()
    for _ in range(10):
        screen.key("ArrowDown")
        if sample.evaluate("(item) => item === document.activeElement"):
            break
    screen.key("Enter")
    expect(screen.page.locator(button)).to_have_text(re.compile("noise"))


def test_a_network_and_its_input_by_choosing_files(screen: Screen, other: Opened) -> None:
    screen.enter()
    button, field = chooser("Network")
    screen.page.locator(field).set_input_files(other.model)
    expect(screen.page.locator(button)).to_have_text(re.compile("kinds"))
    expect(screen.column("plain")).to_be_visible()
    button, field = chooser("Input")
    screen.page.locator(field).set_input_files(other.given)
    expect(screen.page.locator(button)).to_have_text(re.compile(r"x\.npy"))
    screen.run = other.run
    screen.open("plain", 1).hover(3, 4).explains("plain:1@3,4")


def test_dropped_together(screen: Screen, other: Opened) -> None:
    screen.enter()
    drop(screen.page, other.given, other.model)
    expect(screen.page.locator(chooser("Input")[0])).to_have_text(re.compile(r"x\.npy"))
    screen.run = other.run
    screen.open("norm", 1).hover(3, 4).explains("norm:1@3,4")


def test_a_dropped_picture(screen: Screen, tmp_path: Path) -> None:
    screen.enter()
    colours = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    Image.fromarray(colours).save(tmp_path / "colours.png")
    drop(screen.page, tmp_path / "colours.png")
    expect(screen.page.locator(chooser("Input")[0])).to_have_text(re.compile(r"colours\.png"))
    x = st.image(tmp_path / "colours.png", size=None, preprocess="unit")
    screen.run = st.load(bundled.model_path()).run(x)
    screen.open("image", 1).hover(3, 4).explains("image:1@3,4")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("net.pt", b"PK", "PyTorch file, which can run code"),
        ("net.onnx", b"nothing of the sort", "net.onnx"),
        ("wrong.npy", "array", r"has shape \(1, 7, 5, 5\), expected \(free, 3, free, free\)"),
        ("notes.txt", b"words", r"notes\.txt"),
    ],
)
def test_what_cannot_be_opened_is_told_and_nothing_else_changes(
    screen: Screen, tmp_path: Path, name: str, content: bytes | str, words: str
) -> None:
    file = tmp_path / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.save(file, np.zeros((1, 7, 5, 5), np.float32))
    screen.enter()
    drop(screen.page, file)
    report = screen.page.locator(".report")
    expect(report.locator("p.wrong")).to_have_text(re.compile(words))
    expect(report).not_to_contain_text("/tmp")
    expect(screen.page.locator(chooser("Input")[0])).to_have_text(re.compile("house"))
    report.get_by_role("button", name="Dismiss").click()
    expect(report).to_have_count(0)
    screen.settled()
    # The browser notes each answer that is not 200.
    screen.complaints[:] = [said for said in screen.complaints if "status of 415" not in said]


def test_a_server_that_is_gone_is_told(browser: Browser, scene: Opened) -> None:
    page = fresh_page(browser)
    with served(["demo"]) as studio, page as found:
        Screen(found, studio, scene.run).enter()
        assert page.complaints == []
        studio.process.kill()
        studio.process.wait()
        expect(found.get_by_role("alert")).to_contain_text("The server does not answer")
        page.complaints.clear()  # the browser says that it cannot connect
        found.goto("about:blank")
        page.complaints.clear()


def test_what_a_tab_held_is_freed_when_it_closes(
    browser: Browser, screen: Screen, studio: Served, other: Opened
) -> None:
    screen.enter()
    with fresh_page(browser, alone=True) as page:
        guest = Screen(page, studio, other.run).enter()
        drop(guest.page, other.model)
        expect(guest.page.locator(chooser("Network")[0])).to_have_text(re.compile("kinds"))
        screen.page.locator(chooser("Network")[0]).click()
        # That of a tab closed a moment ago may still stand beside it.
        expect(screen.page.get_by_role("menuitemradio", name=re.compile("kinds")).first).to_be_visible()
    expect(screen.page.get_by_role("menuitemradio", name=re.compile("kinds"))).to_have_count(0)
