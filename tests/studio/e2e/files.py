"""Files into the studio's page: chosen, or dropped on it."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import Page


def chooser(what: str) -> tuple[str, str]:
    """The button of a menu, and the hidden field behind its "Open a file"."""
    return f'button[aria-label^="{what}: "]', f'.chooser:has(button[aria-label^="{what}: "]) input[type=file]'


def drop(page: Page, *files: Path) -> None:
    """Drops files on the page."""
    contents = [[file.name, base64.b64encode(file.read_bytes()).decode()] for file in files]
    page.evaluate(
        """(files) => {
            const dataTransfer = new DataTransfer()
            const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
            for (const [name, text] of files) dataTransfer.items.add(new File([bytes(text)], name))
            for (const type of ['dragenter', 'dragover', 'drop']) {
                const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })
                document.querySelector('main').dispatchEvent(event)
            }
        }""",
        contents,
    )
