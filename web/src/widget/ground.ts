/** Whether a page is light or dark, by the colour of its text: every notebook has its own way to say it, all have text. */
export function darkPage(element: Element): boolean {
  const parts = getComputedStyle(element).color.match(/[\d.]+/g)?.map(Number) ?? []
  const [red = 0, green = 0, blue = 0] = parts
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140
}

/** Calls back now and whenever the page's theme may have changed; returns how to stop. */
export function followGround(element: Element, change: (dark: boolean) => void): () => void {
  const look = (): void => change(darkPage(element))
  look()
  const observer = new MutationObserver(() => requestAnimationFrame(look))
  const options = { attributes: true, attributeFilter: ['class', 'style', 'theme', 'data-theme', 'data-jp-theme-light', 'data-jp-theme-name'] }
  for (const target of [document.documentElement, document.body]) observer.observe(target, options)
  return () => observer.disconnect()
}
