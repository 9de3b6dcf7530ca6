"""axe, which looks at a page for what shuts people out of it: a development dependency of web/, not shipped."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_LOOK = """async (rules) => {
    const wanted = { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] }
    const { violations } = await axe.run(document, wanted)
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`))
}"""


def faults(page: Page, axe: str) -> list[str]:
    """What axe, whose program is given, has against a page in the dark theme, and in the light one that it has then."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe)
    found: list[str] = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("(theme) => document.documentElement.dataset.theme === theme", arg=theme)
        found += [f"{theme}: {fault}" for fault in page.evaluate(_LOOK, RULES)]
    return found
