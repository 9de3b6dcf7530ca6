"""One picture of one view, always taken alike."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.studio.looks.scenes import Scenes
from tests.studio.looks.views import VIEWS, end_kernels

# Width, height, how much larger the browser shows everything: the last one is a projector's far row.
SIZES = {
    "1280x720": (1280, 720, 1.0),
    "1440x900": (1440, 900, 1.0),
    "1920x1080": (1920, 1080, 1.0),
    "zoomed": (1280, 720, 1.5),
}
THEMES = ("light", "dark")
# By the object model: the page's security policy allows no other way. A widget stands in a root of its own, and takes
# its theme from the colour of the text around it, which therefore stays.
_DRESS = """
const dressed = (text) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); return [sheet] }
if (location.protocol !== 'about:') document.adoptedStyleSheets = dressed(%s)
const attach = Element.prototype.attachShadow
Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options)
    root.adoptedStyleSheets = dressed(%s)
    return root
}
"""


def photograph(browser: Browser, scenes: Scenes, name: str, size: str, theme: str, sheet: str = "") -> bytes:
    """The picture of a view, as PNG.

    Args:
        browser: It gets a context of its own.
        scenes: What is open.
        name: The view's.
        size: One of ``SIZES``.
        theme: "light" or "dark".
        sheet: Rules that the page has besides its own.
    """
    width, height, zoom = SIZES[size]
    context = browser.new_context(
        viewport={"width": round(width / zoom), "height": round(height / zoom)},
        device_scale_factor=zoom,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    if sheet:
        context.add_init_script(_DRESS % (repr(sheet), repr(sheet.replace(":root", ":host"))))
    page = context.new_page()
    try:
        return VIEWS[name].show(page, scenes)
    finally:
        end_kernels()
        context.close()
