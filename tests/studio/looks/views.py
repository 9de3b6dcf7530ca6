"""Every view of the studio, and what one does to have it on the screen."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page, expect

import striate as st
from benchmarks.studio.notebook_page import NotebookPage
from striate import bundled
from tests.studio.looks.benches import BENCHES
from tests.studio.looks.lessons import LESSONS
from tests.studio.looks.scenes import Scenes, house
from tests.studio.looks.view import PATIENCE, View, rest

UNIT = "shapes/Conv:3@50,24"
NOTEBOOK = "<style>body {{ margin: 12px; background: {page}; color: {ink} }}</style>"


def keys(*pressed: str) -> Callable[[Page, Scenes], None]:
    def act(page: Page, _: Scenes) -> None:
        for key in pressed:
            page.keyboard.press(key)

    return act


def pinned(page: Page, _: Scenes) -> None:
    """Three maps of a layer pinned, side by side under the stage."""
    for channel in (2, 3, 4):
        expect(page.locator(".open h2")).to_have_text(f"edges/Conv:{channel}")
        page.keyboard.press("p")
        page.keyboard.press("]")
    page.keyboard.press("Escape")


def pointed(page: Page, _: Scenes) -> None:
    page.locator('.tile[aria-label^="edges/Relu channel 3"]').hover()


def searched(page: Page, _: Scenes) -> None:
    page.keyboard.press("/")
    page.keyboard.type("conv")


def chosen(what: str) -> Callable[[Page, Scenes], None]:
    return lambda page, _: page.locator(f'button[aria-label^="{what}: "]').click()


def painted(page: Page, _: Scenes) -> None:
    """A stroke over the input; what is painted on is the editor's first pad."""
    page.keyboard.press("e")
    pad = page.locator(".editor [role=application]").first
    pad.wait_for()
    rest(page)
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=12)
    page.mouse.up()
    expect(page.get_by_label("What is edited")).to_contain_text("painted")
    page.mouse.move(0, 0)


def differing(page: Page, scenes: Scenes) -> None:
    painted(page, scenes)
    page.keyboard.press("v")


def reweighed(page: Page, _: Scenes) -> None:
    """One weight of a filter changed."""
    page.keyboard.press("w")
    field = page.get_by_label(re.compile("^weight .*, .* of ")).nth(4)
    field.fill("1.5")
    field.press("Enter")
    expect(page.get_by_label("What is edited")).to_contain_text("kernel")


def switched(page: Page, _: Scenes) -> None:
    page.keyboard.press("x")
    expect(page.get_by_label("What is edited")).to_contain_text("off")


def dropped(page: Page, _: Scenes) -> None:
    """A file that cannot be opened is dropped in the middle."""
    page.evaluate(
        """(text) => {
            const dataTransfer = new DataTransfer()
            dataTransfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], 'net.pt'))
            const [clientX, clientY] = [innerWidth / 2, innerHeight / 2]
            for (const type of ['dragenter', 'dragover', 'drop']) {
                const event = new DragEvent(type, { dataTransfer, clientX, clientY, bubbles: true, cancelable: true })
                document.querySelector('main').dispatchEvent(event)
            }
        }""",
        base64.b64encode(b"PK").decode(),
    )
    expect(page.locator(".report p.wrong")).to_be_visible()


def dragged(page: Page, _: Scenes) -> None:
    """A file is held over the page."""
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer()
            dataTransfer.items.add(new File([new Uint8Array(2)], 'house.png'))
            document.querySelector('main').dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true }))
        }"""
    )


def lost(page: Page, scenes: Scenes) -> None:
    scenes.end("lost")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer", timeout=PATIENCE)


def opening(page: Page, scenes: Scenes) -> None:
    """What stands there while the server has not answered yet."""
    page.route_web_socket("**/ws*", lambda _: None)
    page.goto(scenes.studio("demo").entrance)


def scrolled(page: Page, _: Scenes) -> None:
    page.locator(".scroller").focus()
    page.keyboard.press("End")


def tall(page: Page, _: Scenes) -> None:
    page.keyboard.press("/")
    page.keyboard.type("block100.conv1")
    page.keyboard.press("Enter")


def benched(act: Callable[[Page, str], None]) -> Callable[[Page, Scenes], None]:
    return lambda page, scenes: act(page, scenes.studio("demo").address)


def report(page: Page, scenes: Scenes) -> None:
    path = scenes.folder / "house.html"
    if not path.exists():
        labels = bundled.labels_path().read_text("utf-8").split()
        layers = ["edges/Relu", "parts/Relu"]
        st.report(house(), path, title="The house", layers=layers, units=[UNIT, "verdict/Gemm:0"], labels=labels)
    page.goto(path.as_uri())
    expect(page.locator(".unit canvas").first).to_be_visible()


def unit_of_report(page: Page, scenes: Scenes) -> None:
    report(page, scenes)
    page.locator(".unit").first.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.unit').scrollIntoView({ block: 'start' })")


def notebook(page: Page) -> str:
    """The ground of a notebook in the page's theme."""
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    return NOTEBOOK.format(page="#111", ink="#eee") if dark else NOTEBOOK.format(page="#fff", ink="#111")


def outputs(*names: str) -> Callable[[Page, Scenes], None]:
    """What a network, a run or a number shows as a notebook's output."""

    def act(page: Page, _: Scenes) -> None:
        run = house()
        shown = {"net": st.load(bundled.model_path()), "run": run, "unit": run.unit(UNIT)}
        page.set_content(notebook(page) + "<br>".join(shown[name]._repr_html_() for name in names))

    return act


def widget(*unit: str) -> Callable[[Page, Scenes], None]:
    """The widget of a network, or of one of its numbers, in a notebook's output."""

    def act(page: Page, _: Scenes) -> None:
        page.set_content(notebook(page))
        kernel = NotebookPage(st.widget(house(), *unit), page)
        _KERNELS.append(kernel)
        shown = page.get_by_label(f"Map {UNIT.split('@')[0]}") if unit else page.locator(".tile").first
        expect(shown).to_be_visible(timeout=PATIENCE)
        rest(page)
        page.evaluate("leave = (before => () => {})(leave)")

    return act


# Widgets whose Python side still runs; they end with their page.
_KERNELS: list[NotebookPage] = []


def end_kernels() -> None:
    while _KERNELS:
        _KERNELS.pop().end()


VIEWS: Mapping[str, View] = {
    "opening": View("", act=opening),
    "link-elsewhere": View("demo", query="n=elsewhere"),
    "network": View("demo"),
    "network-end": View("demo", act=scrolled),
    "network-pointed": View("demo", act=pointed),
    "network-mobilenet": View("mobilenet"),
    "network-mobilenet-end": View("mobilenet", act=scrolled),
    "network-sensor": View("sensor"),
    "network-volume": View("volume"),
    "network-swift": View("swift"),
    "network-swift-end": View("swift", act=scrolled),
    "network-tall": View("tall", act=tall),
    "unit-one-channel": View("demo", "edges/Conv:2@105,44"),
    "unit-channels": View("demo", UNIT),
    "unit-digits": View("demo", UNIT, keys("d")),
    "unit-pixel": View("demo", "image:1@50,80"),
    "unit-padding": View("kinds", "plain:2@0,0"),
    "unit-depthwise": View("mobilenet", "node_Conv_812:5@20,30"),
    "unit-many": View("mobilenet", "node_Conv_816:5@20,30"),
    "unit-dilated": View("kinds", "dilated:2@3,2"),
    "unit-strided": View("kinds", "strided:4@3,3"),
    "unit-grouped": View("kinds", "grouped:3@2,2"),
    "unit-transposed": View("kinds", "up:1@4,5"),
    "unit-max": View("demo", "pool1/MaxPool:2@30,40"),
    "unit-mean": View("kinds", "mean:2@3,3"),
    "unit-global": View("demo", "average/GlobalAveragePool:2@0,0"),
    "unit-norm": View("kinds", "norm:1@3,3"),
    "unit-add": View("kinds", "skip:2@1,1"),
    "unit-dense": View("demo", "verdict/Gemm:1"),
    "unit-dense-many": View("mobilenet", "node_linear:251"),
    "unit-relu": View("demo", "shapes/Relu:3@50,24"),
    "unit-sigmoid": View("kinds", "gate:2@1,1"),
    "unit-softmax": View("demo", "verdict/Softmax:1"),
    "unit-copy": View("kinds", "both:4@1,1"),
    "unit-opaque": View("opaque", "det:2"),
    "unit-signal": View("sensor", "c1/Conv:2@20"),
    "unit-signal-dilated": View("sensor", "c2/Conv:2@12"),
    "unit-volume": View("volume", "c1/Conv:1@3,4,5"),
    "unit-swift": View("swift", "v359:3@20,10"),
    "pins": View("demo", "edges/Conv:2", pinned),
    "search": View("demo", act=searched),
    "choose-network": View("demo", act=chosen("Network")),
    "choose-input": View("demo", act=chosen("Input")),
    "edit-image": View("demo", act=painted),
    "edit-signal": View("sensor", act=painted),
    "edit-volume": View("volume", act=painted),
    "edit-kernel": View("demo", "edges/Conv:2@105,44", reweighed),
    "edit-off": View("demo", "edges/Conv:2@105,44", switched),
    "difference": View("demo", act=differing),
    "difference-unit": View("demo", UNIT, differing),
    "help": View("demo", UNIT, keys("h")),
    "drag": View("demo", act=dragged),
    "refused": View("demo", act=dropped, complains=True),
    "lost": View("lost", act=lost, complains=True),
    **{name: View("demo", act=benched(act)) for name, act in BENCHES.items()},
    **LESSONS,
    "report": View("", act=report),
    "report-unit": View("", act=unit_of_report),
    "notebook-network": View("", act=outputs("net")),
    "notebook-run": View("", act=outputs("run", "unit")),
    "widget": View("", act=widget(UNIT)),
    "widget-network": View("", act=widget()),
}
