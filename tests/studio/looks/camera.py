"""One picture of one view, always taken alike."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.studio.looks.scenes import Scenes
from tests.studio.looks.view import rest
from tests.studio.looks.views import VIEWS, end_kernels

# Width, height, how much larger the browser shows everything: the last one is a projector's far row.
SIZES = {"1280x720": (1280, 720, 1.0), "1920x1080": (1920, 1080, 1.0), "zoomed": (1280, 720, 1.5)}
THEMES = ("light", "dark")


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
        # By the object model: the page's security policy allows no other way.
        context.add_init_script(
            f"const sheet = new CSSStyleSheet(); sheet.replaceSync({sheet!r}); document.adoptedStyleSheets = [sheet]"
        )
    page = context.new_page()
    try:
        VIEWS[name].show(page, scenes)
        return rest(page)
    finally:
        end_kernels()
        context.close()
