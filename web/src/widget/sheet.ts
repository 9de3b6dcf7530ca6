/** The studio's style for a widget: inside its shadow root, so that it touches nothing of the notebook's page. */
export function shadowed(sheet: string): string {
  return sheet
    .replace(/:root\[([^\]]*)\]/g, ':host([$1])')
    .replaceAll(':root', ':host')
    .replace(/(^|\})(\s*)body(\s*)\{/g, '$1$2.striate$3{')
}
