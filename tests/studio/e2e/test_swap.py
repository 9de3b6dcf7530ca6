"""Another input in the place of this one: from a camera, from the clipboard, dropped on the editor."""

from __future__ import annotations

import base64
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.browser import find_browser
from benchmarks.studio.serving import Served
from striate import bundled
from tests.studio.e2e.files import copy
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen

# A camera that shows a moving picture of Chromium's own, and a person who allows it.
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# What the page reads off the camera's picture, kept for the test: (height, width, rgba).
LISTEN = """(() => {
  const read = OffscreenCanvasRenderingContext2D.prototype.getImageData
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...where) {
    window.taken = read.apply(this, where)
    return window.taken
  }
})()"""
TAKEN = """() => {
  const { width, height, data } = window.taken
  let text = ''
  for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192))
  return [height, width, btoa(text)]
}"""
DROP = """([name, text]) => {
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name))
  for (const type of ['dragenter', 'dragover', 'drop']) {
    const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })
    document.querySelector('.swap h3').dispatchEvent(event)
  }
}"""


@pytest.fixture(scope="module")
def filming(browser: Browser) -> Generator[Browser]:
    """A browser with a camera."""
    found = browser.browser_type.launch(executable_path=find_browser(), args=["--no-sandbox", *CAMERA])
    yield found
    found.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of the sizes that the demo's has, so that it is taken as it is."""
    path = tmp_path / "colours.png"
    Image.fromarray(np.random.default_rng(7).integers(0, 256, (256, 320, 3), np.uint8)).save(path)
    return path


def run_on(picture: Any) -> st.Run:
    return st.load(bundled.model_path()).run(st.image(picture, size=(256, 320), preprocess="unit"))


def text_of(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def test_what_the_camera_sees(filming: Browser, studio: Served, scene: Opened) -> None:
    with (found := fresh_page(filming, alone=True)) as page:
        found.context.grant_permissions(["camera"])
        page.add_init_script(LISTEN)
        screen = Screen(page, studio, scene.run, found.complaints).enter()
        screen.key("e")
        page.get_by_role("button", name="Camera").click()
        page.wait_for_function("() => document.querySelector('.swap video')?.videoWidth > 0")
        page.get_by_role("button", name="Take this picture").click()
        expect(page.locator(".swap video")).to_have_count(0)
        expect(page.get_by_label("What is edited")).to_contain_text("input image replaced by the camera")
        height, width, text = page.evaluate(TAKEN)
        seen = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3]
        assert seen.std() > 1  # the camera's picture is no blank
        screen.shows(run_on(seen).__getitem__)
        page.get_by_role("button", name="Undo").click()
        screen.shows(scene.run.__getitem__)


def test_the_camera_can_be_turned_off_again(filming: Browser, studio: Served, scene: Opened) -> None:
    with (found := fresh_page(filming, alone=True)) as page:
        found.context.grant_permissions(["camera"])
        screen = Screen(page, studio, scene.run, found.complaints).enter()
        screen.key("e")
        page.get_by_role("button", name="Camera").click()
        track = page.wait_for_function("() => document.querySelector('.swap video')?.srcObject?.getTracks()[0]")
        page.get_by_role("button", name="Camera off").click()
        expect(page.locator(".swap video")).to_have_count(0)
        assert track.evaluate("(track) => track.readyState") == "ended"
        screen.shows(scene.run.__getitem__)


def test_what_the_clipboard_holds_by_its_button(screen: Screen, photo: Path) -> None:
    screen.enter()
    page = screen.key("e").page
    copy(page, photo)
    page.get_by_role("button", name="Paste").click()
    expect(page.get_by_label("What is edited")).to_contain_text("input image replaced by pasted.png")
    screen.shows(run_on(photo).__getitem__)


def test_what_the_clipboard_holds_by_its_keys(screen: Screen, photo: Path) -> None:
    screen.enter()
    page = screen.key("e").page
    copy(page, photo)
    page.keyboard.press("Control+v")
    expect(page.get_by_label("What is edited")).to_contain_text("input image replaced by")
    screen.shows(run_on(photo).__getitem__)


def test_a_clipboard_without_a_picture_is_told(screen: Screen, scene: Opened) -> None:
    screen.enter()
    page = screen.key("e").page
    page.evaluate("navigator.clipboard.writeText('words')")
    page.get_by_role("button", name="Paste").click()
    expect(page.locator(".swap [role=alert]")).to_have_text("The clipboard holds no picture; copy one first.")
    screen.shows(scene.run.__getitem__)


def test_what_is_dropped_on_the_editor_replaces_the_input_and_opens_nothing(screen: Screen, photo: Path) -> None:
    screen.enter()
    page = screen.key("e").page
    page.evaluate(DROP, ["colours.png", text_of(photo)])
    expect(page.get_by_label("What is edited")).to_contain_text("input image replaced by colours.png")
    screen.shows(run_on(photo).__getitem__)
    expect(page.locator('button[aria-label^="Input: "]')).to_have_text(re.compile("house"))
    # What the whole page shows while a file is over it is gone again.
    expect(page.get_by_text("Drop an .onnx network")).to_have_count(0)


def test_a_network_dropped_on_the_editor_is_no_input(screen: Screen, scene: Opened) -> None:
    screen.enter()
    page = screen.key("e").page
    page.evaluate(DROP, ["net.onnx", text_of(Path(bundled.model_path()))])
    expect(page.locator(".swap [role=alert]")).to_have_text(
        '"net.onnx" is a network, not an input; open it from the bar above'
    )
    screen.shows(scene.run.__getitem__)
