"""Files into the studio's page: chosen, or dropped on it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page


def chooser(what: str) -> tuple[str, str]:
    """The button of a menu, and the hidden field behind its "Open a file"."""
    return f'button[aria-label^="{what}: "]', f'.chooser:has(button[aria-label^="{what}: "]) input[type=file]'


def hold(page: Page, *files: Path) -> None:
    """Comes over the page with files, without letting go."""
    _drag(page, files, (0, 0), "dragenter", "dragover")


def drop(page: Page, *files: Path, at: tuple[int, int] = (0, 0)) -> None:
    """Drops files on the page."""
    _drag(page, files, at, "dragenter", "dragover", "drop")


def _drag(page: Page, files: Sequence[Path], at: tuple[int, int], *events: str) -> None:
    contents = [[file.name, base64.b64encode(file.read_bytes()).decode()] for file in files]
    page.evaluate(
        """([files, [clientX, clientY], events]) => {
            const dataTransfer = new DataTransfer()
            const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
            for (const [name, text] of files) dataTransfer.items.add(new File([bytes(text)], name))
            for (const type of events) {
                const event = new DragEvent(type, { dataTransfer, clientX, clientY, bubbles: true, cancelable: true })
                document.querySelector('main').dispatchEvent(event)
            }
        }""",
        [contents, list(at), list(events)],
    )


def copy(page: Page, picture: Path) -> None:
    """Copies a picture, .png, to the clipboard."""
    page.evaluate(
        """async (text) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
            const blob = new Blob([bytes], { type: 'image/png' })
            await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
        }""",
        base64.b64encode(picture.read_bytes()).decode(),
    )
